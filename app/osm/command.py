"""`anlan import-roads`: the roads of an OpenStreetMap extract into a scenario's folder.

Roads between places that lie near the network take the place of the folder's own between them;
a place that the extract does not reach keeps the roads that it has. The roads before are kept as
`roads.before.csv`, and `roads.osm.txt` says whose data these are and what was done.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from anlan.analysis.words import LANGS, trait, word
from anlan.analysis.words.errors import in_words
from anlan.analysis.words.names import name_of
from anlan.app.aside import set_aside
from anlan.app.folder import path_text
from anlan.app.osm.between import (
    KM_PER_DEGREE,
    NOBODY,
    Snapped,
    Way,
    main_network,
    snap,
    ways_between,
)
from anlan.app.osm.ways import Box, Floats, Told, read_streets
from anlan.app.progress import say
from anlan.app.workbook.into import Outcome, made
from anlan.sim import SHIPPED, Scenario, folder_of, load
from anlan.sim.scenario.errors import BadInput, bad, reason, shown, worded
from anlan.sim.study import write_table, write_text

FILE, NOTICE = "roads.csv", "roads.osm.txt"
OURS, SOURCE = "osm.", "OpenStreetMap, ODbL 1.0"
ASSUMPTIONS = "assumptions.csv"
FAR_KM = 1.0  # a place farther from its street than this is named
MOST_NAMED = 10
COLUMNS = ("road", "from_community", "to_community", "length_km", "speed_kmh", "trees_per_km",
           "dip_m", "oneway", "lanes", "max_kg", "max_height_m", "contraflow_to",
           "mark")  # fmt: skip


@dataclass(frozen=True)
class Found:
    """What came of an extract."""

    snapped: Snapped
    ways: Sequence[Way]
    told: Told
    points: int
    islands: int
    lost_km: float


def import_roads(extract: Path, folder: Path, snap_km: float, margin_km: float, lang: str) -> int:
    """Write the roads of an extract into a scenario's folder. Raises BadInput."""
    home = folder_of(folder)
    if home.parent == SHIPPED:
        raise BadInput(word("cli.import_roads.shipped", lang, name=home.name))
    scenario = load(home)
    found = roads_of(extract, scenario, snap_km, margin_km)
    rows, kept = _rows(scenario, found), _kept(scenario, found)
    text, own = _text([*rows, *kept]), any(not r["road"].startswith(OURS) for r in kept)
    try:
        _prove(home, text)
        notice = "\n\n".join(_notice(extract, scenario, found, one) for one in LANGS)
        before = set_aside(home, FILE, text)
        write_text(home / NOTICE, notice)
        write_table(home / ASSUMPTIONS, _assumed(scenario, own))
        write_table(home / FILE, text)
    except OSError as error:
        told = in_words(reason(error), lang)
        why = word("cli.import_roads.unwritable", lang, folder=path_text(home), why=told)
        raise BadInput(why) from None
    for line in _lines(scenario, found, len(rows), len(kept), lang):
        say(line)
    if lost := _no_more_turned(scenario, [*rows, *kept]):
        say(word("cli.import_roads.turned", lang, n=len(lost), first=lost[0]))
    say(word("cli.import_roads.done", lang, folder=path_text(home), before=before, notice=NOTICE))
    return 0


def roads_of(extract: Path, scenario: Scenario, snap_km: float, margin_km: float) -> Found:
    """The roads between a scenario's places by an extract. Raises BadInput."""
    lon = np.array([c.lon for c in scenario.communities])
    lat = np.array([c.lat for c in scenario.communities])
    streets, told = read_streets(extract, _box(lon, lat, margin_km))
    if not len(streets.tail):
        raise bad(
            worded(
                "holds no road within {margin_km:g} km of the district's places, which lie at "
                "{west:.2f} to {east:.2f} E, {south:.2f} to {north:.2f} N; give an extract "
                "of there",
                margin_km=margin_km, west=float(lon.min()), east=float(lon.max()),
                south=float(lat.min()), north=float(lat.max()),
            ),
            shown(extract.name),
        )  # fmt: skip
    main, islands, lost_km = main_network(streets)
    snapped = snap(lon, lat, streets, main, snap_km)
    if int((snapped.point != NOBODY).sum()) < 2:
        raise bad(
            worded(
                "fewer than two of the district's places lie within {snap_km:g} km of its main "
                "network, from which all of it can be reached and back (the nearest "
                "{least_km:.1f} km); give an extract of there, or a larger --snap-km",
                snap_km=snap_km, least_km=float(snapped.away_km.min()),
            ),
            shown(extract.name),
        )  # fmt: skip
    ways = ways_between(streets, main, snapped)
    return Found(snapped, ways, told, len(streets.lon), islands, lost_km)


def _box(lon: Floats, lat: Floats, margin_km: float) -> Box:
    up = margin_km / KM_PER_DEGREE
    out = up / max(0.1, float(np.cos(np.radians(np.abs(lat).max()))))
    return Box(lon.min() - out, lat.min() - up, lon.max() + out, lat.max() + up)


Record = dict[str, str]


def _rows(scenario: Scenario, found: Found) -> list[Record]:
    """roads.csv rows of the ways, each named by its ends."""
    ids = [c.community for c in scenario.communities]
    turned = _turned(scenario)
    return [
        {
            "road": f"{OURS}{ids[way.tail]}.{ids[way.head]}",
            "from_community": ids[way.tail],
            "to_community": ids[way.head],
            "length_km": f"{way.length_km:.3f}",
            "speed_kmh": f"{way.length_km / way.hours:.1f}",
            "trees_per_km": f"{way.trees / way.length_km:.0f}",
            "dip_m": "0",
            "oneway": "1" if way.oneway else "0",
            "lanes": str(min(12, way.lanes)),
            "max_kg": f"{way.max_kg:.0f}" if np.isfinite(way.max_kg) else "",
            "max_height_m": f"{way.max_height_m:g}" if np.isfinite(way.max_height_m) else "",
            # Which way lanes are turned is the plan's, and holds for the real road as well.
            "contraflow_to": ""
            if way.oneway
            else turned.get(_ends(ids[way.tail], ids[way.head]), ""),
            "mark": "found",
        }
        for way in found.ways
    ]


def _ends(one: str, other: str) -> frozenset[str]:
    return frozenset((one, other))


def _turned(scenario: Scenario) -> dict[frozenset[str], str]:
    """The two ends of each road whose lanes may be turned -> the end to which they are."""
    return {
        _ends(r.from_community, r.to_community): r.contraflow_to
        for r in scenario.roads
        if r.contraflow_to is not None
    }


def _no_more_turned(scenario: Scenario, rows: Sequence[Record]) -> list[str]:
    """The ends of roads whose lanes might be turned and that no such road joins now."""
    still = {_ends(r["from_community"], r["to_community"]) for r in rows if r["contraflow_to"]}
    return [", ".join(sorted(ends)) for ends in _turned(scenario) if ends not in still]


def _kept(scenario: Scenario, found: Found) -> list[Record]:
    """The folder's own roads to places that the network does not reach."""
    reached = {
        c.community
        for c, point in zip(scenario.communities, found.snapped.point, strict=True)
        if point != NOBODY
    }
    kept = []
    for road in scenario.roads:
        if road.from_community in reached and road.to_community in reached:
            continue
        row = road.model_dump(mode="json")
        kept.append({k: _cell(v) for k, v in row.items()})
    return kept


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return f"{value:d}"
    return "" if value is None else f"{value}"


def _text(rows: Sequence[Record]) -> str:
    """The table, with the columns that any of its rows fills."""
    names = [*COLUMNS, *sorted({name for row in rows for name in row} - set(COLUMNS))]
    used = [n for n in names if n in COLUMNS[:7] or n == "mark" or any(_says(r, n) for r in rows)]
    out = io.StringIO()
    table = csv.DictWriter(out, used, restval="", extrasaction="ignore", lineterminator="\n")
    table.writeheader()
    table.writerows(rows)
    return out.getvalue()


def _says(row: Record, name: str) -> bool:
    """Whether a row gives a column that may be left out: a road is two-way unless it says so."""
    return row.get(name, "") not in (("", "0") if name == "oneway" else ("",))


def _assumed(scenario: Scenario, own: bool) -> str:
    """The folder's list of what it assumes, with what is assumed of these roads; what it says of
    its roads before stays where some of them do (`own`).
    """
    rows = [
        row.model_dump()
        for row in scenario.assumptions
        if row.file != FILE or (own and row.source != SOURCE)
    ]
    texts = {lang: word("cli.import_roads.assumed", lang) for lang in LANGS}
    out = io.StringIO()
    table = csv.DictWriter(out, ["file", *LANGS, "source"], restval="", extrasaction="ignore",
                           lineterminator="\n")  # fmt: skip
    table.writeheader()
    table.writerows([*rows, {"file": FILE, **texts, "source": SOURCE}])
    return out.getvalue()


def _prove(home: Path, text: str) -> None:
    """Load the folder as it would be, before anything in it is changed. Raises BadInput."""
    with made(home, Outcome(texts={FILE: text}), home.parent):
        pass


def _lines(scenario: Scenario, found: Found, new: int, kept: int, lang: str) -> list[str]:
    """What a user is told on the screen."""
    told, snapped = found.told, found.snapped
    away_km = snapped.away_km
    on = snapped.point != NOBODY
    lines = [
        word("cli.import_roads.read", lang, ways=told.ways, km=sum(told.by_class_km.values()),
             points=found.points, closed=told.closed, bridge_km=told.bridge_km),
        word("cli.import_roads.islands", lang, islands=found.islands, km=found.lost_km),
        word("cli.import_roads.snapped", lang, places=int(on.sum()), of=len(on),
             median_km=float(np.median(away_km[on])), most_km=float(away_km[on].max())),
        word("cli.import_roads.made", lang, roads=new, kept=kept,
             km=sum(w.length_km for w in found.ways)),
    ]  # fmt: skip
    names = [name_of(c, lang) for c in scenario.communities]
    groups = (
        ("cli.import_roads.left", ~on, True),
        ("cli.import_roads.far", on & (away_km > FAR_KM), True),
        ("cli.import_roads.island", on & snapped.island, False),
        ("cli.import_roads.alone", on & ~_joined(found, len(on)), False),
    )
    for key, which, with_km in groups:
        if which.any():
            listed = [
                f"{names[n]} ({away_km[n]:.1f} km)" if with_km else names[n]
                for n in np.flatnonzero(which)[:MOST_NAMED]
            ]
            lines.append(
                word(key, lang, n=int(which.sum()), names=_listed(listed, int(which.sum()), lang))
            )
    if told.not_read:
        tags = [f"{shown(tag)} ({n})" for tag, n in told.not_read.most_common(MOST_NAMED)]
        named = _listed(tags, len(told.not_read), lang)
        lines.append(word("cli.import_roads.tags", lang, tags=named))
    return lines


def _listed(names: Sequence[str], of: int, lang: str) -> str:
    """Names in a row, with a mark where there are more."""
    return trait("between_names", lang).join(names) + (" …" if of > len(names) else "")


def _joined(found: Found, places: int) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    joined = np.zeros(places, dtype=bool)
    for way in found.ways:
        joined[[way.tail, way.head]] = True
    return joined


def _notice(extract: Path, scenario: Scenario, found: Found, lang: str) -> str:
    """Whose data the roads are, what was done, and how far each place lies from its street."""
    with extract.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    lines = [
        word("cli.import_roads.notice", lang, file=shown(extract.name), sha256=digest,
             day=datetime.now(UTC).date().isoformat()),
        *(
            f"{c.community}\t{away:.3f} km" + ("" if point != NOBODY else "\t–")
            for c, away, point in zip(scenario.communities, found.snapped.away_km,
                                      found.snapped.point, strict=True)
        ),
    ]  # fmt: skip
    return "\n".join(lines) + "\n"
