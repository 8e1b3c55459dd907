"""What is odd about a scenario: it can be played, but may not mean what it says.

`check` refuses what cannot be; here is told what is taken at its word although it is unlikely.
Each kind is told once, with the first row and how many there are. The words are those of
`analysis`: `note.<key>` in its list.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise

from pydantic import BaseModel

from anlan.sim.scenario.check_where import SAME_PLACE_KM, lines_km
from anlan.sim.scenario.clock import (
    chosen_storm,
    chosen_track,
    closest_approach,
    great_circle_km,
    start_time,
)
from anlan.sim.scenario.schema import Item, Scenario, TyphoonHazard

HOUR = timedelta(hours=1)
FAR_KM = 50.0  # more than a township's usual extent: a village so far from its town is a slip
# A road over hills is some 1.3 to 3 times the straight line; ten times is only one that leads
# round a river's mouth, or metres written as kilometres. Short ways inside a place may wind.
LONG_TIMES = 10.0
LONG_KM = 10.0
ROUNDING = 0.98  # of the straight line: places are given to some hundred metres
# The fastest centres ever tracked (after turning into the westerlies) went some 30 m/s.
FAST_MS = 45.0
# Agencies give a fix every 6 hours; a storm that comes ashore lies within such a gap for long.
GAP = timedelta(hours=12)
FAR_STORM_KM = 500.0  # gales reach 300 to 400 km from a large typhoon's centre
SPARSE = timedelta(hours=12)  # weather by the day has no afternoon
DAY_H, DAY_MEALS = 24, 3
KMH_A_MS = 3.6


@dataclass(frozen=True)
class Odd:
    """Something unlikely: its key, where the first of it stands, and what fills the words.

    `index`: of the row in the file, from 0; None where it is no one row.
    """

    key: str
    file: str = ""
    index: int | None = None
    column: str = ""
    fill: Mapping[str, object] = field(default_factory=dict)


Found = tuple[int, Mapping[str, object]]  # index of a row, what is said of it


def told(key: str, file: str, column: str, found: Sequence[Found]) -> Iterator[Odd]:
    """The first of the rows of one kind, with how many there are; nothing without any."""
    if found:
        index, fill = found[0]
        yield Odd(key, file, index, column, {"n": len(found), **fill})


def odd_of_tables(scenario: Scenario) -> list[Odd]:
    """What is odd about places, teams, stores, stock, and the hours that the sky is given for."""
    return [one for look in LOOKS for one in look(scenario)]


def _far_communities(scenario: Scenario) -> Iterator[Odd]:
    towns = {t.town: (t.lon, t.lat) for t in scenario.towns}
    far = [
        (i, {"what": c.community, "town": c.town, "km": f"{km:.0f}"})
        for i, c in enumerate(scenario.communities)
        if (km := great_circle_km(*towns[c.town], c.lon, c.lat)) > FAR_KM
    ]
    yield from told("far_community", "communities.csv", "lon", far)


def _roads(scenario: Scenario) -> Iterator[Odd]:
    short: list[Found] = []
    long: list[Found] = []
    for i, (road, line) in enumerate(zip(scenario.roads, lines_km(scenario), strict=True)):
        said = {"what": road.road, "km": f"{road.length_km:g}", "line": f"{line:.1f}"}
        if line > SAME_PLACE_KM and road.length_km < ROUNDING * line:
            short.append((i, said))
        elif road.length_km > LONG_KM and road.length_km > LONG_TIMES * line:
            long.append((i, said))
    yield from told("short_road", "roads.csv", "length_km", short)
    yield from told("long_road", "roads.csv", "length_km", long)


def _turned(scenario: Scenario) -> Iterator[Odd]:
    """Roads that contraflow leaves without a lane inwards, and those with no lane to turn round."""
    last: list[Found] = []
    none: list[Found] = []
    for i, road in enumerate(scenario.roads):
        if road.contraflow_to is None:
            continue
        main = road.speed_kmh >= scenario.p("road.main_kmh")
        usual = scenario.p("road.main_lanes" if main else "road.local_lanes")
        if road.oneway:
            none.append((i, {"what": road.road}))
        elif (road.lanes or usual) <= 1:
            share = f"{scenario.p('road.contraflow_in_share'):g}"
            last.append((i, {"what": road.road, "share": share}))
    yield from told("turned_oneway", "roads.csv", "contraflow_to", none)
    yield from told("turned_last_lane", "roads.csv", "contraflow_to", last)


def _parallel(scenario: Scenario) -> Iterator[Odd]:
    """Two roads between the same two places: a second bridge, or one road in two rows."""
    seen: dict[tuple[object, ...], str] = {}
    found: list[Found] = []
    for i, road in enumerate(scenario.roads):
        limits = (road.max_kg, road.max_height_m)
        there = (road.from_community, road.to_community)
        ways = [there] if road.oneway else [there, there[::-1]]
        other = next((seen[(*w, *limits)] for w in ways if (*w, *limits) in seen), None)
        if other is not None:
            found.append((i, {"what": road.road, "other": other}))
        seen |= {(*w, *limits): road.road for w in ways}
    yield from told("parallel_road", "roads.csv", "to_community", found)


def _crews(scenario: Scenario) -> Iterator[Odd]:
    large = [
        (i, {"what": t.team, "size": t.crew_size, "members": t.members})
        for i, t in enumerate(scenario.teams)
        if 0 < t.members < t.crew_size
    ]
    yield from told("large_crew", "teams.csv", "crew_size", large)


def _empty(scenario: Scenario) -> Iterator[Odd]:
    """What is counted although it can do nothing."""
    stocked = {s.holder for s in scenario.stock if s.quantity}
    empty: list[tuple[str, str, str, list[str | None]]] = [
        ("no_members", "teams.csv", "members", [t.team if not t.members else None
                                                for t in scenario.teams]),
        ("empty_store", "stores.csv", "trucks",
         [s.store if not s.trucks and s.store not in stocked else None for s in scenario.stores]),
        ("no_capacity", "shelters.csv", "capacity",
         [s.shelter if not s.capacity else None for s in scenario.shelters]),
    ]  # fmt: skip
    for key, file, column, names in empty:
        found = [(i, {"what": name}) for i, name in enumerate(names) if name is not None]
        yield from told(key, file, column, found)


def _twice(scenario: Scenario) -> Iterator[Odd]:
    """Rows of one name in one place, which count twice."""
    tables: tuple[tuple[str, Sequence[BaseModel]], ...] = (
        ("teams.csv", scenario.teams),
        ("stores.csv", scenario.stores),
        ("shelters.csv", scenario.shelters),
        ("hospitals.csv", scenario.hospitals or ()),
        ("communities.csv", scenario.communities),
    )
    for file, rows in tables:
        where = "town" if file == "communities.csv" else "community"
        seen: dict[tuple[str, str], str] = {}
        found: list[Found] = []
        for i, row in enumerate(rows):
            raw = row.__dict__
            name = next(iter(raw.values()))
            key = ("".join(str(raw["name_zh"]).split()).casefold(), raw[where])
            if key in seen:
                found.append((i, {"what": name, "other": seen[key], "place": raw[where]}))
            seen.setdefault(key, name)
        yield from told("twice", file, "name_zh", found)


def need_of_a_day(item: Item) -> float:
    """What one person needs of an item who comes in and stays a day."""
    entry = item.need_on_entry_permille / 1000.0
    return DAY_H * item.need_per_h + DAY_MEALS * item.need_per_meal + entry


def _stock(scenario: Scenario) -> Iterator[Odd]:
    """Stock that is less than one person needs in a day: litres written for millilitres."""
    items = {i.item: i for i in scenario.items}
    small = [
        (
            i,
            {
                "what": s.item,
                "holder": s.holder,
                "has": f"{s.quantity:,}",
                "unit": items[s.item].unit,
                "day": f"{need:,.10g}",
            },
        )
        for i, s in enumerate(scenario.stock)
        if 0 < s.quantity < (need := need_of_a_day(items[s.item]))
    ]
    yield from told("small_stock", "stock.csv", "quantity", small)


def _track(scenario: Scenario) -> Iterator[Odd]:
    """A storm's centre that leaps, or of which nobody says where it is for long; a radius that no
    run reads.
    """
    storm = chosen_storm(scenario)
    chosen = [(i, f) for i, f in enumerate(scenario.tracks) if f.storm == storm]
    fast: list[Found] = []
    gaps: list[Found] = []
    for (_, a), (i, b) in pairwise(chosen):
        km = great_circle_km(a.lon, a.lat, b.lon, b.lat)
        seconds = (b.time - a.time).total_seconds()
        if (ms := 1000.0 * km / seconds) > FAST_MS:
            minutes = f"{seconds / 60.0:.3g}"
            fast.append((i, {"km": f"{km:.0f}", "min": minutes, "ms": f"{ms:.0f}"}))
        if b.time - a.time > GAP:
            gaps.append((i, {"h": f"{(b.time - a.time) / HOUR:.3g}", "km": f"{km:.0f}"}))
    outer = [(i, {"km": f"{f.outer_km:g}"}) for i, f in chosen if f.outer_km is not None]
    yield from told("outer_km", "tracks.csv", "outer_km", outer)
    yield from told("track_fast", "tracks.csv", "time", fast)
    yield from told("track_gap", "tracks.csv", "time", gaps)


def _storm(scenario: Scenario) -> Iterator[Odd]:
    """A storm that never comes near, and a run that is over before it does or begins after it."""
    if not chosen_track(scenario):
        return
    near, km = closest_approach(scenario)
    start = start_time(scenario)
    end = start + timedelta(hours=scenario.settings.duration_h)
    if km > FAR_STORM_KM:
        yield Odd("far_storm", "tracks.csv", None, "", {"km": f"{km:,.0f}"})
    said = {"near": near.astimezone(start.tzinfo).isoformat(timespec="minutes")}
    if end <= near:
        key = "start" if scenario.settings.start is not None else "start_before_closest_h"
        said |= {"where": f"scenario.toml, scenario.{key}", "h": f"{(near - end) / HOUR:.3g}"}
        yield Odd("run_before_storm", fill=said)
    elif start >= near:
        said |= {"where": "scenario.toml, scenario.start", "h": f"{(start - near) / HOUR:.3g}"}
        yield Odd("run_after_storm", fill=said)


def _gauge(scenario: Scenario) -> Iterator[Odd]:
    """Measured rain for some of the run's hours only, or by the day."""
    storm = scenario.hazard(TyphoonHazard)
    if storm is None or storm.rain != "gauge":
        return
    steps = [
        (i, {"h": f"{(b.time - a.time) / HOUR:.3g}"})
        for i, (a, b) in enumerate(pairwise(scenario.gauge), start=1)
        if b.time - a.time > HOUR
    ]
    yield from told("gauge_steps", "gauge.csv", "time", steps)
    start, whole = start_time(scenario), scenario.settings.duration_h
    end, none = start + timedelta(hours=whole), timedelta(0)
    covered = sum(
        (max(none, min(g.time + HOUR, end) - max(g.time, start)) for g in scenario.gauge), none
    )
    if covered < end - start:
        fill = {"h": f"{covered / HOUR:.3g}", "whole": whole}
        yield Odd("gauge_part", "gauge.csv", 0, "time", fill)


def _weather(scenario: Scenario) -> Iterator[Odd]:
    """Wind of gale force where the weather is a table's, and a table by the day."""
    if "weather" not in scenario.hazards and scenario.forest is None:
        return
    gales = [
        (i, {"ms": f"{w.wind_ms:g}", "kmh": f"{w.wind_ms / KMH_A_MS:.3g}"})
        for i, w in enumerate(scenario.weather)
        if w.wind_ms > scenario.p("measure.gale_ms")  # 10 m/s in km/h are 36
    ]
    yield from told("weather_gale", "weather.csv", "wind_ms", gales)
    sparse = [
        (i, {"h": f"{(b.time - a.time) / HOUR:.3g}"})
        for i, (a, b) in enumerate(pairwise(scenario.weather), start=1)
        if b.time - a.time > SPARSE
    ]
    yield from told("weather_steps", "weather.csv", "time", sparse)


LOOKS: tuple[Callable[[Scenario], Iterator[Odd]], ...] = (
    _far_communities,
    _roads,
    _turned,
    _parallel,
    _crews,
    _empty,
    _twice,
    _stock,
    _track,
    _storm,
    _gauge,
    _weather,
)
