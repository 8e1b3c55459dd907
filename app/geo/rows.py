"""Features -> rows of a scenario's table: what was taken, and of each what is missing or odd."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from pydantic_core import PydanticUndefined

from anlan.analysis.map_frames import Pair, Point, seat_pairs
from anlan.app.geo.features import Feature
from anlan.app.geo.shapes import area_km2, inside
from anlan.app.geo.words import choices_of, head_of
from anlan.app.workbook.amounts import understood, unit_in
from anlan.app.workbook.known import Head, fills, folded
from anlan.app.workbook.places import community_of, town_id
from anlan.app.workbook.rows import id_of
from anlan.app.workbook.tables import TextTable
from anlan.sim import great_circle_km
from anlan.sim.scenario.errors import shown

LITRES = {"L": 1.0, "mL": 0.001, "m3": 1000.0, "kg": 1.0}  # of water
SAME_POINT_KM = 0.001  # a water point this near to another is the same one
SMALLEST_KM2 = 1e-4  # that communities.csv takes
ASSUMED, FOUND = "assumption", "found"
MAIN = {"shelters": "capacity", "water_points": "lon"}  # what a row is mostly about


@dataclass(frozen=True)
class Told:
    """Something of a feature that somebody should know; `key` behind `cli.import_geo.feature.`."""

    key: str
    feature: int
    name: str
    fill: Mapping[str, object] = field(default_factory=dict)


@dataclass
class Filling:
    """A table with the features in it, and what became of them."""

    table: TextTable
    name: str
    file: str
    snap_km: float
    towns: TextTable
    communities: TextTable
    told: list[Told] = field(default_factory=list)
    pairs: list[Pair] = field(default_factory=list)  # what is given beside what was known
    counts: Counter[str] = field(default_factory=Counter)  # new, changed, same, left
    unread: Counter[str] = field(default_factory=Counter)  # properties
    written: set[int] = field(default_factory=set)

    def origin(self, at: int, feature: Feature) -> None:
        """Note that a row is a feature's, so that what is wrong with it is told by its number."""
        self.written.add(at)
        self.table.origins[at] = ("features", str(feature.number), {})

    def tell(self, key: str, feature: Feature, name: str, **fill: object) -> None:
        """Note something of a feature."""
        self.told.append(Told(key, feature.number, name, fill))


def fill(out: Filling, features: Sequence[Feature]) -> None:
    """Put features into a table, one after the other."""
    for feature in features:
        out.counts[_put(out, feature)] += 1


def _put(out: Filling, feature: Feature) -> str:
    """One feature in the table; what became of it."""
    given, assumed = _given(out, feature)
    name = given.pop("name_zh", "")
    if feature.point is None:
        out.tell("no_point", feature, name)
        return "left"
    if not name:
        if out.name != "water_points":
            out.tell("no_name", feature, "")
            return "left"
        name = f"{out.file.rpartition('.')[0]} {feature.number}"
    at = _same_point(out, feature.point) if out.name == "water_points" else out.table.find(name)
    if at is None and out.name == "communities":
        at = _community(out, name, given.get("town", ""))
    if at is not None and at in out.written:
        out.tell("twice", feature, name)
        return "left"
    old = out.table.rows[at] if at is not None else None
    if not _place(out, feature, name, given, old):
        return "left"
    # A town only helps to find a community: which it is of is not the layer's to say.
    given = {k: v for k, v in given.items() if k in out.table.model.model_fields and k != "town"}
    if old is None:
        return _new(out, feature, name, given, assumed)
    out.origin(at or 0, feature)
    changes = {k: v for k, v in given.items() if not _alike(old.get(k, ""), v)}
    # What stands for the whole row must have been given before it counts as found.
    before, mark = old.get("source", ""), old.get("mark", "")
    if assumed:
        mark = ASSUMED
    elif MAIN.get(out.name) in given and before != _source(out, feature):
        mark = FOUND
    if not changes and mark == old.get("mark", ""):
        return "same"
    old |= changes
    _sign(out, feature, old, mark)
    if MAIN.get(out.name) not in given and "source" in old:
        old["source"] = f"{before}; {old['source']}"
    for column in changes:
        out.table.need(column)
    return "changed"


def _alike(old: str, new: str) -> bool:
    try:
        return float(old) == float(new)
    except ValueError:
        return old == new


def _sign(out: Filling, feature: Feature, row: dict[str, str], mark: str) -> None:
    fields = out.table.model.model_fields
    if "source" in fields:
        row["source"] = _source(out, feature)
    if "mark" in fields:
        row["mark"] = mark


def _source(out: Filling, feature: Feature) -> str:
    return f"{out.file}, feature {feature.number}"


def _new(
    out: Filling, feature: Feature, name: str, given: dict[str, str], assumed: bool
) -> str:  # fmt: skip
    """A new row, if enough is known of it."""
    fields = out.table.model.model_fields
    row = {"name_zh": name, "name_en": "", out.table.key: id_of(name, out.table)} | given
    for column, stands_in in fills(out.name).items():
        if column in fields and column not in row:
            row[column], assumed = _by_name(out.name, column, name) or stands_in.value, True
            out.tell("filled", feature, name, column=column, value=row[column])
    if "kind" in fields and "kind" not in row and (kind := _by_name(out.name, "kind", name)):
        row["kind"] = kind
    _sign(out, feature, row, ASSUMED if assumed else FOUND)
    missing = [
        column for column, spec in fields.items()
        if column not in row and spec.is_required() and spec.default is PydanticUndefined
    ]  # fmt: skip
    if missing:
        out.tell("missing", feature, name, columns=", ".join(missing))
        return "left"
    for column in row:
        out.table.need(column)
    out.origin(len(out.table.rows), feature)
    out.table.rows.append(row)
    return "new"


def _by_name(table: str, column: str, name: str) -> str:
    """A kind or level that the name itself says."""
    words = choices_of(table, column)
    within = [w for w in words if len(w) >= 2 and w in folded(name)]
    return words[max(within, key=len)] if within else ""


def _given(out: Filling, feature: Feature) -> tuple[dict[str, str], bool]:
    """What a feature's properties say, by column; whether some of it was read with a doubt."""
    found: dict[str, str] = {}
    assumed = False
    name = _name(out, feature)
    for key, value in feature.properties.items():
        head, unit = head_of(key, out.name)
        text = f"{value}".strip()
        if head is None or head.takes == "ignore":
            out.unread[key] += 1
        elif head.field in ("lon", "lat") or not text or head.field in found:
            continue  # the geometry says where it is; of several names the first counts
        elif head.takes in ("count", "count0", "number"):
            number, doubted = _number(out, feature, head, unit, value, name)
            assumed |= doubted
            if number:
                found[head.field] = number
        elif head.takes == "choice":
            choice = choices_of(out.name, head.field).get(folded(text))
            if choice is None:
                out.tell("no_choice", feature, name, column=head.field, text=shown(text))
            else:
                found[head.field] = choice
        else:
            found[head.field] = text
    return found, assumed


def _name(out: Filling, feature: Feature) -> str:
    for key, value in feature.properties.items():
        head, _ = head_of(key, out.name)
        if head is not None and head.field == "name_zh" and f"{value}".strip():
            return f"{value}".strip()
    return ""


def _number(
    out: Filling, feature: Feature, head: Head, unit: str, value: str | float, name: str
) -> tuple[str, bool]:
    """A property's number in the column's unit; empty, and told, where it says none."""
    amount = understood(value)
    if amount.value is None or amount.asked or not math.isfinite(amount.value):
        out.tell("no_number", feature, name, column=head.field, text=shown(value))
        return "", False
    factor = 1.0
    if written := amount.unit or unit:
        base, times = unit_in(written) or (written, 1.0)
        same = base == head.unit or (head.unit == "person" and base == "")
        litres = LITRES.get(base) if head.unit == "L" else None
        if not (same or litres):
            out.tell("no_unit", feature, name, column=head.field, text=shown(written))
            return "", False
        factor = times * (litres or 1.0)
    if amount.doubt:
        out.tell("about", feature, name, column=head.field, text=shown(value))
    number = amount.value * factor
    text = str(int(number)) if number.is_integer() else f"{number:.6g}"
    return text, bool(amount.doubt)


def _same_point(out: Filling, point: Point) -> int | None:
    for n, row in enumerate(out.table.rows):
        if great_circle_km(float(row["lon"]), float(row["lat"]), *point) < SAME_POINT_KM:
            return n
    return None


def _community(out: Filling, name: str, town: str) -> int | None:
    """The row of a community by its name, with or without its town's."""
    town_of = town_id(town, out.towns) if town else None
    place = community_of(name, town_of, out.towns, out.table)
    return out.table.find(place.community) if place is not None and not place.how else None


def _place(
    out: Filling, feature: Feature, name: str, given: dict[str, str], old: Mapping[str, str] | None
) -> bool:
    """Where a feature is, as the table has it; whether it lies in the district."""
    point = feature.point or (0.0, 0.0)
    near, km = _nearest(out, point)
    if km > out.snap_km:
        out.tell("far", feature, name, km=f"{km:,.1f}", place=near.get("name_zh", ""))
        return False
    if out.name == "shelters":
        _shelter(out, feature, name, given, near)
        return True
    known = _point(old) if old is not None else None
    if known is not None and not feature.polygons:
        out.pairs.append(Pair(name, point, known))
    if feature.polygons and out.name == "communities":
        given["area_km2"] = f"{max(SMALLEST_KM2, area_km2(feature.polygons)):.4g}"
        if known is not None and inside(known, feature.polygons):
            return True
        out.tell("moved", feature, name)
    given["lon"], given["lat"] = f"{point[0]:.6f}", f"{point[1]:.6f}"
    return True


def _shelter(
    out: Filling, feature: Feature, name: str, given: dict[str, str], near: Mapping[str, str]
) -> None:
    """The community that a shelter stands in: the one that it names, else the nearest."""
    point = feature.point or (0.0, 0.0)
    text, town = given.pop("community", ""), given.get("town", "")
    named = _community_named(out, text, town) if text else None
    if named is None:
        given["community"] = near["community"]
        km = great_circle_km(*point, *(_point(near) or point))
        out.tell("nearest", feature, name, place=near.get("name_zh", ""), km=f"{km:.1f}")
        return
    given["community"] = named["community"]
    seat = _point(named) or point
    out.pairs.append(Pair(name, point, seat))
    if (km := great_circle_km(*point, *seat)) > out.snap_km:
        out.tell("elsewhere", feature, name, place=named.get("name_zh", ""), km=f"{km:.1f}")


def _community_named(out: Filling, text: str, town: str) -> Mapping[str, str] | None:
    town_of = town_id(town, out.towns) if town else None
    place = community_of(text, town_of, out.towns, out.communities)
    at = out.communities.find(place.community) if place is not None and not place.how else None
    return out.communities.rows[at] if at is not None else None


def _nearest(out: Filling, point: Point) -> tuple[Mapping[str, str], float]:
    """The community whose point is nearest, and how far it is."""
    rows = [(row, at) for row in out.communities.rows if (at := _point(row)) is not None]
    row, at = min(rows, key=lambda one: great_circle_km(*point, *one[1]))
    return row, great_circle_km(*point, *at)


def _point(row: Mapping[str, str]) -> Point | None:
    try:
        return float(row["lon"]), float(row["lat"])
    except (KeyError, ValueError):
        return None


def known_pairs(out: Filling, features: Sequence[Feature]) -> Iterator[Pair]:
    """Each feature that is known elsewhere, beside where: a row, its community, a town's seat."""
    yield from out.pairs
    for feature in features:
        if feature.point is not None and not feature.polygons:
            yield from seat_pairs([_name(out, feature)], feature.point)
