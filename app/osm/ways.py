"""An OpenStreetMap extract -> the drivable ways in it, cut at a box: each step of each way a link.

Tags are read as the OpenStreetMap wiki defines them (Key:oneway, Key:maxspeed, Key:lanes,
Key:maxweight, Key:maxheight, Key:access). What a tag does not say goes by the class of the road
(`highways.csv`, assumptions).
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from anlan.sim.scenario.errors import BadInput, bad, reason, shown, worded

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

HIGHWAYS = Path(__file__).with_name("highways.csv")
SHUT = frozenset({"no", "private", "agricultural", "forestry"})  # values that keep cars out
YARD = frozenset({"driveway", "parking_aisle", "drive-through"})  # service ways into one place
KMH_PER_MPH = 1.609344
KG_PER_TONNE, KG_PER_SHORT_TON = 1000.0, 907.18474
M_PER_FOOT, M_PER_INCH = 0.3048, 0.0254
# What a tag may say; anything beyond is a slip of whoever drew the way, as roads.csv would say too.
TAKES = {"maxspeed": (1.0, 300.0), "lanes": (1.0, 24.0), "maxweight": (100.0, 1e6),
         "maxheight": (1.0, 20.0)}  # fmt: skip
BOTH_WAYS = frozenset({"no", "false", "0", "alternating"})


@dataclass(frozen=True)
class Highway:
    """What is assumed of a class of road: lanes are those of one direction."""

    speed_kmh: float
    lanes: int
    trees_per_km: float


@dataclass(frozen=True)
class Limits:
    """What the tags of one way say, None where nothing; `forward`, `back`: may be driven so."""

    kind: str
    forward: bool
    back: bool
    speed_kmh: float
    lanes: int
    trees_per_km: float
    max_kg: float
    max_height_m: float
    over_water_or_under_ground: bool


@dataclass
class Told:
    """What a user should know of an extract: ways, kilometres by class, tags not understood."""

    ways: int = 0
    by_class_km: dict[str, float] = field(default_factory=dict)
    closed: int = 0
    not_read: Counter[str] = field(default_factory=Counter)  # "maxspeed=RU:urban" -> ways
    bridge_km: float = 0.0


@dataclass(frozen=True)
class Streets:
    """N points and L directed links between neighbouring points of ways.

    `lon`, `lat` (N,) degrees; `tail`, `head` (L,) numbers of points; the rest (L,).
    """

    lon: Floats
    lat: Floats
    tail: Ints
    head: Ints
    length_km: Floats
    speed_kmh: Floats
    lanes: Floats
    trees_per_km: Floats
    max_kg: Floats
    max_height_m: Floats


@dataclass(frozen=True)
class Box:
    """A window in degrees."""

    west: float
    south: float
    east: float
    north: float

    def holds(self, lon: Floats, lat: Floats) -> NDArray[np.bool_]:
        """Which points lie within."""
        return (lon >= self.west) & (lon <= self.east) & (lat >= self.south) & (lat <= self.north)


@cache
def highways() -> Mapping[str, Highway]:
    """class -> what is assumed of it, from `highways.csv`."""
    with HIGHWAYS.open(encoding="utf-8", newline="") as file:
        return {
            r["class"]: Highway(float(r["speed_kmh"]), int(r["lanes"]), float(r["trees_per_km"]))
            for r in csv.DictReader(file)
        }


def read_streets(path: Path, box: Box) -> tuple[Streets, Told]:
    """The drivable links of an extract (.osm.pbf, .osm, .osm.bz2) within a box. Raises BadInput."""
    number: dict[int, int] = {}  # OpenStreetMap's id of a point -> its row
    lon: list[float] = []
    lat: list[float] = []
    links: list[tuple[float, ...]] = []
    told = Told()
    for tags, refs, xs, ys in _drivable(path):
        limits = limits_of(tags, told)
        if limits is None:
            continue
        inside = box.holds(xs, ys)
        step_km = _step_km(xs, ys)
        ends = []
        for ref, east, north in zip(refs, xs.tolist(), ys.tolist(), strict=True):
            if ref not in number:
                number[ref] = len(lon)
                lon.append(east)
                lat.append(north)
            ends.append(number[ref])
        kept_km = 0.0
        for k, km in enumerate(step_km.tolist()):
            if not (inside[k] or inside[k + 1]) or ends[k] == ends[k + 1]:
                continue
            kept_km += km
            row = (km, limits.speed_kmh, limits.lanes, limits.trees_per_km, limits.max_kg,
                   limits.max_height_m)  # fmt: skip
            if limits.forward:
                links.append((ends[k], ends[k + 1], *row))
            if limits.back:
                links.append((ends[k + 1], ends[k], *row))
        if kept_km:
            told.ways += 1
            told.by_class_km[limits.kind] = told.by_class_km.get(limits.kind, 0.0) + kept_km
            told.bridge_km += kept_km * limits.over_water_or_under_ground
    table = np.array(links, dtype=float).reshape(-1, 8)
    tail, head = table[:, 0].astype(np.int64), table[:, 1].astype(np.int64)
    return Streets(np.array(lon), np.array(lat), tail, head, *table[:, 2:].T), told


def _drivable(path: Path) -> Iterator[tuple[dict[str, str], list[int], Floats, Floats]]:
    """Tags, ids of points and where these are, of each way with a class of road that is known."""
    osmium = needed()
    if path.exists() and not path.is_file():
        raise bad(worded("is not a plain file"), shown(str(path)))
    if not path.exists():
        raise bad(
            worded("there is no such file; give an extract of OpenStreetMap (.osm.pbf)"),
            shown(str(path)),
        )
    try:
        found = osmium.FileProcessor(str(path)).with_locations()
        found = found.with_filter(osmium.filter.EntityFilter(osmium.osm.WAY))
        for way in found.with_filter(osmium.filter.KeyFilter("highway")):
            tags = {tag.k: tag.v for tag in way.tags}
            if tags["highway"] not in highways():
                continue
            # Where points are missing from the extract nobody knows how the way goes.
            for there, nodes in groupby(way.nodes, key=lambda n: n.location.valid()):
                at = [(n.ref, n.location.lon, n.location.lat) for n in nodes] if there else []
                if len(at) > 1:
                    refs, xs, ys = zip(*at, strict=True)
                    yield tags, list(refs), np.array(xs), np.array(ys)
    except (RuntimeError, OSError, ValueError, osmium.InvalidLocationError) as error:
        raise bad(
            worded("cannot be read as an extract of OpenStreetMap: {why}", why=_why(error)),
            shown(path.name),
        ) from None


def _why(error: Exception) -> str:
    return reason(error) if isinstance(error, OSError) else shown(str(error))


def needed() -> Any:
    """The library of the extra `osm`. Raises BadInput where it is not installed."""
    from importlib import import_module

    try:
        return import_module("osmium")
    except ImportError:
        raise BadInput(
            worded("reading an extract needs osmium; run pip install -e '.[osm]'")
        ) from None


def limits_of(tags: Mapping[str, str], told: Told) -> Limits | None:
    """What the tags of a way say; None of one that cars may not use. Others are noted in `told`."""
    kind = tags["highway"]
    gate = next((tags[k] for k in ("motor_vehicle", "vehicle", "access") if k in tags), "yes")
    if gate in SHUT or tags.get("service") in YARD or tags.get("area") == "yes":
        told.closed += 1
        return None
    usual = highways()[kind]
    forward, back = _ways(tags, told)
    return Limits(
        kind,
        forward,
        back,
        min(usual.speed_kmh, _told(tags, "maxspeed", kmh, told) or usual.speed_kmh),
        _lanes(tags, forward and back, usual.lanes, told),
        usual.trees_per_km,
        _told(tags, "maxweight", kilograms, told) or float("inf"),
        _told(tags, "maxheight", metres, told) or float("inf"),
        tags.get("bridge", "no") != "no" or tags.get("tunnel", "no") != "no",
    )


def _ways(tags: Mapping[str, str], told: Told) -> tuple[bool, bool]:
    """Whether a way may be driven as it is drawn, and against that; both where nobody can tell."""
    usual = tags["highway"] == "motorway" or tags.get("junction") in ("roundabout", "circular")
    value = tags.get("oneway", "yes" if usual else "no")
    if value in ("-1", "reverse"):
        return False, True
    if value in ("yes", "true", "1"):
        return True, False
    if value not in BOTH_WAYS:
        told.not_read[f"oneway={value}"] += 1
    return True, True


def _lanes(tags: Mapping[str, str], both: bool, usual: int, told: Told) -> int:
    """Lanes of one direction; `lanes` counts those of both."""
    found = _told(tags, "lanes", _whole, told)
    if found is None:
        return usual
    return max(1, int(found) // 2 if both else int(found))


def _told(tags: Mapping[str, str], key: str, read: Any, told: Told) -> float | None:
    """The value of a tag; None where there is none, or none that can be read, which is noted."""
    if key not in tags or tags[key] in ("none", "default", "no", "unsigned", "below_default"):
        return None
    value: float | None = read(tags[key].strip().lower())
    least, most = TAKES[key]
    if value is None or not least <= value <= most:
        told.not_read[f"{key}={tags[key]}"] += 1
        return None
    return value


def kmh(text: str) -> float | None:
    """km/h of a `maxspeed`: `50`, `50 km/h`, `30 mph`, `walk`; None of what is no number."""
    if text == "walk":
        return 5.0
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(km/h|kmh|kph|mph)?", text)
    return float(found[1]) * (KMH_PER_MPH if found[2] == "mph" else 1.0) if found else None


def kilograms(text: str) -> float | None:
    """kg of a `maxweight`: `7.5` (tonnes), `7.5 t`, `7500 kg`, `5 st` (short tons)."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(t|kg|st|lbs)?", text)
    if not found:
        return None
    unit = {"kg": 1.0, "st": KG_PER_SHORT_TON, "lbs": KG_PER_SHORT_TON / 2000.0}
    return float(found[1]) * unit.get(found[2] or "t", KG_PER_TONNE)


def metres(text: str) -> float | None:
    """Metres of a `maxheight`: `3.5`, `3.5 m`, `12'6"`, `12 ft`."""
    if found := re.fullmatch(r"(\d+(?:\.\d+)?)\s*m?", text):
        return float(found[1])
    found = re.fullmatch(r"(\d+)\s*(?:'|ft)\s*(?:(\d+(?:\.\d+)?)\s*(?:\"|in)?)?", text)
    return float(found[1]) * M_PER_FOOT + float(found[2] or 0) * M_PER_INCH if found else None


def _whole(text: str) -> float | None:
    return float(text) if text.isdecimal() else None


def _step_km(lon: Floats, lat: Floats) -> Floats:
    """Great-circle kilometres from each point of a way to the next (haversine, R 6,371 km)."""
    up = np.radians(lat)
    turned = np.sin(np.diff(np.radians(lon)) / 2) ** 2
    half = np.sin(np.diff(up) / 2) ** 2 + np.cos(up[:-1]) * np.cos(up[1:]) * turned
    return np.asarray(2.0 * 6371.0 * np.arcsin(np.sqrt(half)))
