"""What no row can know by itself: ids that must exist, orders that must hold, roads that must meet.

`check(scenario, lines)` raises BadInput at the first slip. `lines` knows the editor's line of
each row and key; without it (a scenario changed in memory) a row is named by its id.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from pydantic import BaseModel

from anlan.sim.scenario.clock import chosen_track, closest_approach, start_time
from anlan.sim.scenario.errors import BadInput, bad, bad_key, nearest, shown
from anlan.sim.scenario.schema import SIGNALS, Ignition, Road, Scenario
from anlan.sim.scenario.tables import Toml

MAX_RESIDENTS = 50_000_000  # arrays of this length still fit into a large machine's memory
MAX_FIRE_TICK_MIN = 5  # dispatch falls on ticks: a longer one would blur the five-minute target
SHARE_SLACK = 1e-6
MIN_MAP_CELLS = 3  # a side; fewer leave no cell inside the border
LEVELS = ("IV", "III", "II", "I")


@dataclass(frozen=True)
class Lines:
    """Where the rows and keys of a scenario stand in its files, as an editor counts lines."""

    rows: Mapping[str, Sequence[int]]
    tomls: Mapping[str, Toml]


class _Places:
    """Words where something stands: by line if known, by id if not."""

    def __init__(self, lines: Lines | None) -> None:
        self.lines = lines

    def wrong(self, problem: str, file: str, index: int, row: BaseModel, column: str) -> BadInput:
        """The BadInput for a cell of a table."""
        if self.lines is None:
            first = next(iter(row.__dict__.values()))
            return bad(problem, f"{file}, {first}", None, column)
        return bad(problem, file, self.lines.rows[file][index], column)

    def wrong_key(
        self, problem: str, file: str, table: str, key: str, index: int | None = None
    ) -> BadInput:
        """The BadInput for a key of a TOML table, or of the index-th (from 0) of a list."""
        if self.lines is None:
            name = table if index is None else f"{table}[{index + 1}]"
            return bad_key(problem, file, f"{name}.{key}")
        return self.lines.tomls[file].wrong(problem, table, key, index)


def check(scenario: Scenario, lines: Lines | None = None) -> None:
    """Raise BadInput if the parts of a scenario do not fit together."""
    at = _Places(lines)
    _check_ids(scenario, at)
    _check_references(scenario, at)
    _check_command(scenario, at)
    check_policies(scenario, lines)
    _check_stock(scenario, at)
    _check_residents(scenario)
    _check_roads(scenario, at)
    _check_tracks(scenario, at)
    _check_weather(scenario, at)
    _check_gauge(scenario, at)
    _check_building_classes(scenario, at)
    _check_building_fires(scenario, at)
    _check_forest(scenario, at)
    _check_responses(scenario, at)
    _check_targets(scenario, at)


def _check_ids(scenario: Scenario, at: _Places) -> None:
    sites = {
        "communities.csv": (scenario.communities, "community"),
        "teams.csv": (scenario.teams, "team"),
        "stores.csv": (scenario.stores, "store"),
        "shelters.csv": (scenario.shelters, "shelter"),
    }
    seen: dict[str, str] = {}
    for file, (rows, column) in sites.items():
        _check_unique(rows, file, column, at, seen)
    _check_unique(scenario.towns, "towns.csv", "town", at, {})
    _check_unique(scenario.roads, "roads.csv", "road", at, {})
    _check_unique(scenario.items, "items.csv", "item", at, {})


def _check_unique(
    rows: Iterable[BaseModel], file: str, column: str, at: _Places, seen: dict[str, str]
) -> None:
    for i, row in enumerate(rows):
        name = str(getattr(row, column))
        if name in seen:
            raise at.wrong(
                f"{name} is already the id of a row in {seen[name]}; give another id",
                file,
                i,
                row,
                column,
            )
        seen[name] = file


def _check_references(scenario: Scenario, at: _Places) -> None:
    towns = {t.town for t in scenario.towns}
    places = {c.community for c in scenario.communities}
    for i, community in enumerate(scenario.communities):
        _known(
            community.town,
            towns,
            "town",
            "towns.csv",
            at,
            "communities.csv",
            i,
            community,
        )
    lived_in = {c.town for c in scenario.communities}
    for i, town in enumerate(scenario.towns):
        if town.town not in lived_in:
            raise at.wrong(
                f"no community belongs to {town.town}; give it one in communities.csv",
                "towns.csv",
                i,
                town,
                "town",
            )
    based: dict[str, Sequence[BaseModel]] = {
        "teams.csv": scenario.teams,
        "stores.csv": scenario.stores,
        "shelters.csv": scenario.shelters,
        "watch_points.csv": scenario.watch_points,
    }
    for file, rows in based.items():
        for i, row in enumerate(rows):
            name = str(getattr(row, "community"))  # noqa: B009 (rows of four kinds)
            _known(name, places, "community", "communities.csv", at, file, i, row)
    for i, store in enumerate(scenario.stores):
        if store.trucks and not (store.truck_kg and store.truck_m3):
            column = "truck_m3" if store.truck_kg else "truck_kg"
            raise at.wrong(
                f"{store.trucks} trucks that carry nothing; give one truck's load, more than 0",
                "stores.csv",
                i,
                store,
                column,
            )


def _check_command(scenario: Scenario, at: _Places) -> None:
    places = {c.community for c in scenario.communities}
    seat = scenario.settings.command_community
    if seat is not None and seat not in places:
        raise at.wrong_key(
            f"no community {seat} in communities.csv; {nearest(seat, places)}",
            "scenario.toml",
            "scenario",
            "command_community",
        )


def check_policies(scenario: Scenario, lines: Lines | None = None) -> None:
    """Raise BadInput when [policy] names a policy that is not in its table."""
    from anlan.sim.command.policies import DISPATCH, SUPPLY

    for key, name, table in (
        ("dispatch", scenario.policy.dispatch, DISPATCH),
        ("supply", scenario.policy.supply, SUPPLY),
    ):
        if name not in table:
            problem = f"no policy {shown(name)}; {nearest(name, table)}"
            raise _Places(lines).wrong_key(problem, "scenario.toml", "policy", key)


def _known(
    name: str,
    valid: set[str],
    what: str,
    where: str,
    at: _Places,
    file: str,
    index: int,
    row: BaseModel,
    column: str = "",
) -> None:
    if name not in valid:
        problem = f"no {what} {name} in {where}; {nearest(name, valid)}"
        raise at.wrong(problem, file, index, row, column or what)


def _check_stock(scenario: Scenario, at: _Places) -> None:
    holders = {s.store for s in scenario.stores} | {s.shelter for s in scenario.shelters}
    items = {i.item for i in scenario.items}
    seen: set[tuple[str, str]] = set()
    for i, row in enumerate(scenario.stock):
        _known(
            row.holder,
            holders,
            "store or shelter",
            "stores.csv or shelters.csv",
            at,
            "stock.csv",
            i,
            row,
            "holder",
        )
        _known(row.item, items, "item", "items.csv", at, "stock.csv", i, row)
        if (row.holder, row.item) in seen:
            raise at.wrong(
                f"{row.holder} has a row for {row.item} already; put the two together",
                "stock.csv",
                i,
                row,
                "item",
            )
        seen.add((row.holder, row.item))


def _check_residents(scenario: Scenario) -> None:
    if not 0 < scenario.residents <= MAX_RESIDENTS:
        raise bad(
            f"the residents add up to {scenario.residents}; give from 1 to {MAX_RESIDENTS}",
            "communities.csv",
            None,
            "residents",
        )
    scale = scenario.p("residents.scale")
    if scale < 1 or scale != int(scale):
        raise bad(
            f"{scale:g} is not a whole number of people; give 1, or for exploratory work 2 to 1000",
            "parameters.csv, residents.scale",
            None,
            "value",
        )


def _check_roads(scenario: Scenario, at: _Places) -> None:
    places = {c.community for c in scenario.communities}
    ways: set[tuple[str, str, float | None, float | None]] = set()
    for i, road in enumerate(scenario.roads):
        for column in ("from_community", "to_community"):
            name = str(getattr(road, column))
            _known(
                name,
                places,
                "community",
                "communities.csv",
                at,
                "roads.csv",
                i,
                road,
                column,
            )
        if road.from_community == road.to_community:
            raise at.wrong(
                f"the road leads from {road.from_community} to itself; give another end",
                "roads.csv",
                i,
                road,
                "to_community",
            )
        there = (road.from_community, road.to_community, road.max_kg, road.max_height_m)
        back = (road.to_community, road.from_community, road.max_kg, road.max_height_m)
        if there in ways or (back in ways and not road.oneway):
            raise at.wrong(
                f"a second road between {road.from_community} and {road.to_community} "
                "with the same limits; keep the faster one",
                "roads.csv",
                i,
                road,
                "to_community",
            )
        ways |= {there} if road.oneway else {there, back}
    _check_joined(scenario, at)


def _check_joined(scenario: Scenario, at: _Places) -> None:
    """Every community must be reached from the others and be left again, all roads being open."""
    leading: dict[str, list[str]] = {c.community: [] for c in scenario.communities}
    coming: dict[str, list[str]] = {c.community: [] for c in scenario.communities}
    for road in scenario.roads:
        for start, end in _directions(road):
            leading[start].append(end)
            coming[end].append(start)
    names = set(leading)
    joined = _reached(scenario.communities[0].community, {n: leading[n] + coming[n] for n in names})
    if 2 * len(joined) < len(names):  # then it is the first's own part that is cut off
        joined = names - joined
    entered, left = _one_part(scenario, leading, coming)
    for i, row in enumerate(scenario.communities):
        name = row.community
        if name not in joined:
            problem = f"no road joins {name} to the rest; add one to roads.csv"
        elif joined == names and name not in entered:
            problem = f"one-way roads only lead out of {name}; add one that leads in to roads.csv"
        elif joined == names and name not in left:
            problem = f"one-way roads only lead into {name}; add one that leads out to roads.csv"
        else:
            continue
        raise at.wrong(problem, "communities.csv", i, row, "community")


def _one_part(
    scenario: Scenario, leading: Mapping[str, list[str]], coming: Mapping[str, list[str]]
) -> tuple[set[str], set[str]]:
    """What can be reached from a community, and from where it can be: of one in the larger part."""
    first = scenario.communities[0].community
    entered, left = _reached(first, leading), _reached(first, coming)
    apart = [c.community for c in scenario.communities if c.community not in entered & left]
    if 2 * len(apart) > len(leading):
        entered, left = _reached(apart[0], leading), _reached(apart[0], coming)
    return entered, left


def _directions(road: Road) -> list[tuple[str, str]]:
    there = (road.from_community, road.to_community)
    return [there] if road.oneway else [there, there[::-1]]


def _reached(first: str, leading: Mapping[str, list[str]]) -> set[str]:
    """All that can be reached from a community."""
    reached, edge = {first}, [first]
    while edge:
        for name in leading[edge.pop()]:
            if name not in reached:
                reached.add(name)
                edge.append(name)
    return reached


def _check_tracks(scenario: Scenario, at: _Places) -> None:
    last: dict[str, datetime] = {}
    for i, fix in enumerate(scenario.tracks):
        before = last.get(fix.storm)
        if before is not None and fix.time <= before:
            raise at.wrong(
                f"{fix.time.isoformat()} is not after {before.isoformat()}, the fix of "
                f"{fix.storm} before it; sort the storm's fixes by time",
                "tracks.csv",
                i,
                fix,
                "time",
            )
        last[fix.storm] = fix.time
    storm = scenario.hazard.storm
    if scenario.hazard.kind != "typhoon" or storm is None:
        return
    if storm not in last:
        raise at.wrong_key(
            f"no storm {storm} in tracks.csv; {nearest(storm, last)}",
            "scenario.toml",
            "hazard",
            "storm",
        )
    _check_approach(scenario)


def _check_approach(scenario: Scenario) -> None:
    track = chosen_track(scenario)
    near, _ = closest_approach(scenario)
    if not track[0].time < near < track[-1].time:
        raise bad(
            f"the storm {scenario.hazard.storm} is nearest to the district at an end of its track "
            f"({near.isoformat()}); give fixes before and after its closest approach",
            "tracks.csv",
            None,
            "time",
        )


def _check_gauge(scenario: Scenario, at: _Places) -> None:
    if scenario.hazard.rain == "gauge" and not scenario.gauge:
        raise at.wrong_key(
            "rain is gauge, but there is no gauge.csv with rows; give one, or write r-clipper",
            "scenario.toml",
            "hazard",
            "rain",
        )
    for i, (a, b) in enumerate(pairwise(scenario.gauge)):
        if b.time - a.time < timedelta(hours=1):
            raise at.wrong(
                f"{b.time.isoformat()} is less than an hour after the row before; "
                "give one row an hour, in time",
                "gauge.csv",
                i + 1,
                b,
                "time",
            )


def _check_weather(scenario: Scenario, at: _Places) -> None:
    if scenario.hazard.kind == "weather" and scenario.hazard.rain == "gauge":
        raise at.wrong_key(
            "kind weather takes its rain from weather.csv; leave rain out",
            "scenario.toml",
            "hazard",
            "rain",
        )
    if scenario.hazard.kind == "weather" and not scenario.weather:
        raise at.wrong_key(
            "kind is weather, but there is no weather.csv with rows; give one",
            "scenario.toml",
            "hazard",
            "kind",
        )
    for i, (a, b) in enumerate(pairwise(scenario.weather)):
        if b.time <= a.time:
            raise at.wrong(
                f"{b.time.isoformat()} is not after the row before; sort the rows by time",
                "weather.csv",
                i + 1,
                b,
                "time",
            )


def _check_building_classes(scenario: Scenario, at: _Places) -> None:
    _check_unique(scenario.building_classes, "building_classes.csv", "building_class", at, {})
    for column in ("share_neighbourhood", "share_village"):
        total = sum(getattr(c, column) for c in scenario.building_classes)
        if scenario.building_classes and abs(total - 1.0) > SHARE_SLACK:
            raise bad(
                f"the classes' shares add up to {total:g}; they must add up to 1",
                "building_classes.csv",
                None,
                column,
            )


def _check_forest(scenario: Scenario, at: _Places) -> None:
    if scenario.forest is None:
        for file, rows, column, what in (
            ("ignitions.csv", scenario.ignitions, "ignition", "a fire to burn in"),
            ("belts.csv", scenario.belts, "belt", "a belt to stand in"),
        ):
            if rows:
                problem = f"there is no [forest] in scenario.toml for {what}; give one"
                raise at.wrong(problem, file, 0, rows[0], column)
        return
    from anlan.sim.place.landscape.fuels import check_fuels

    if not scenario.weather:
        raise bad("a forest fire needs its weather; give rows", "weather.csv", None, "time")
    if scenario.fuels:
        check_fuels(scenario.fuels)
    _check_forest_weather(scenario, at)
    _check_map(scenario, at)
    _check_unique(scenario.ignitions, "ignitions.csv", "ignition", at, {})
    _check_unique(scenario.watch_points, "watch_points.csv", "watch", at, {})
    _check_unique(scenario.belts, "belts.csv", "belt", at, {})
    _check_unique(scenario.water_points, "water_points.csv", "point", at, {})
    start = start_time(scenario)
    end = start + timedelta(hours=scenario.settings.duration_h)
    for i, row in enumerate(scenario.ignitions):
        if not start <= row.time < end:
            raise at.wrong(
                f"{row.time.isoformat()} is outside the run, which goes from "
                f"{start.isoformat()} to {end.isoformat()}",
                "ignitions.csv",
                i,
                row,
                "time",
            )
    for i, row in enumerate(scenario.ignitions):
        _check_burns(scenario, at, "ignitions.csv", i, row)
    for i, belt in enumerate(scenario.belts):
        for place in belt.places:
            _cell_on_map(scenario, place, at, "belts.csv", i, belt, "points")


def _check_forest_weather(scenario: Scenario, at: _Places) -> None:
    """A fire's weather must be such as a front is worked out for; other hazards take more."""
    from anlan.sim.forcing.fire_weather import LIMITS

    for i, row in enumerate(scenario.weather):
        for column, (low, high) in LIMITS.items():
            value = getattr(row, column)
            if not low <= value <= high:
                raise at.wrong(
                    f"{value:g} is no weather for a forest fire; give {low:g} to {high:g}",
                    "weather.csv",
                    i,
                    row,
                    column,
                )


def _check_map(scenario: Scenario, at: _Places) -> None:
    """The map must have an inside: a fire that has reached the border cannot be contained."""
    from anlan.sim.place.landscape.land import land_of

    land = land_of(scenario)
    if min(land.rows, land.cols) >= MIN_MAP_CELLS:
        return
    problem = (
        f"a map of {land.rows} x {land.cols} cells is all border, which no crew can hold; "
        f"give at least {MIN_MAP_CELLS} rows and {MIN_MAP_CELLS} columns"
    )
    short = "rows" if land.rows < MIN_MAP_CELLS else "cols"
    if scenario.grids:
        raise bad(f"n{short}: {problem}", "elevation.asc")
    raise at.wrong_key(problem, "scenario.toml", "forest", short)


def _cell_on_map(
    scenario: Scenario,
    place: tuple[float, float],
    at: _Places,
    file: str,
    index: int,
    row: BaseModel,
    column: str,
) -> tuple[int, int]:
    """Row and column of (lon, lat). Raises BadInput outside the map."""
    from anlan.sim.place.landscape.land import land_of

    land = land_of(scenario)
    r, c = land.cell_at(*place)
    if not (0 <= r < land.rows and 0 <= c < land.cols):
        west, north = land.place(-0.5, -0.5)
        east, south = land.place(land.rows - 0.5, land.cols - 0.5)
        raise at.wrong(
            f"({place[0]:g}, {place[1]:g}) is outside the map, which goes from "
            f"{west:.4f} to {east:.4f} east and {south:.4f} to {north:.4f} north",
            file,
            index,
            row,
            column,
        )
    return r, c


def _check_burns(scenario: Scenario, at: _Places, file: str, index: int, row: Ignition) -> None:
    """Every fire breaks out on the map, where something burns."""
    from anlan.sim.place.landscape.land import land_of

    land = land_of(scenario)
    r, c = _cell_on_map(scenario, (row.lon, row.lat), at, file, index, row, "lon")
    if not land.fuels.column("ks")[land.fuel[r, c]] > 0:
        raise at.wrong(
            "nothing burns at this place (rock, water or houses); give another",
            file,
            index,
            row,
            "lon",
        )


def _check_building_fires(scenario: Scenario, at: _Places) -> None:
    random, listed = scenario.fire.random_buildings, scenario.building_fires
    if not random and not listed:
        return
    if scenario.settings.tick_min > MAX_FIRE_TICK_MIN:
        raise at.wrong_key(
            f"{scenario.settings.tick_min} min is too long for fires in buildings; "
            f"give at most {MAX_FIRE_TICK_MIN}, best 1",
            "scenario.toml",
            "scenario",
            "tick_min",
        )
    file = "building_fires.csv"
    _check_unique(listed, file, "fire", at, {})
    people = {c.community: c.residents for c in scenario.communities}
    classes = {c.building_class for c in scenario.building_classes}
    start = start_time(scenario)
    end = start + timedelta(hours=scenario.settings.duration_h)
    for i, row in enumerate(listed):
        _known(row.community, set(people), "community", "communities.csv", at, file, i, row)
        where = "building_classes.csv"
        _known(row.building_class, classes, "building_class", where, at, file, i, row)
        if not start <= row.time < end:
            raise at.wrong(
                f"{row.time.isoformat()} is outside the run, which goes from "
                f"{start.isoformat()} to {end.isoformat()}",
                file,
                i,
                row,
                "time",
            )
        if row.victims is not None and row.victims > people[row.community]:
            raise at.wrong(
                f"{row.victims} victims, but {row.community} has {people[row.community]} "
                "residents; give at most as many",
                file,
                i,
                row,
                "victims",
            )


def _check_responses(scenario: Scenario, at: _Places) -> None:
    for key, order in (("level", LEVELS), ("signal", SIGNALS)):
        ranks = [order.index(getattr(r, key)) for r in scenario.responses]
        for i, (a, b) in enumerate(pairwise(ranks)):
            if b <= a:
                raise at.wrong_key(
                    f"{order[b]} does not stand above {order[a]} of the response before it; "
                    f"write the responses lowest first, in the order {', '.join(order)}",
                    "scenario.toml",
                    "response",
                    key,
                    i + 1,
                )


def _check_targets(scenario: Scenario, at: _Places) -> None:
    seen: set[str] = set()
    for i, target in enumerate(scenario.plan.targets):
        if target.id in seen:
            raise at.wrong_key(
                f"{target.id} is already the id of a target; give another id",
                "plan.toml",
                "target",
                "id",
                i,
            )
        seen.add(target.id)
