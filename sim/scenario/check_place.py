"""Whether towns, residents, roads and stores fit together."""

from __future__ import annotations

from collections.abc import Mapping

from anlan.sim.scenario.errors import Slips, bad, worded
from anlan.sim.scenario.places import Places
from anlan.sim.scenario.schema import Road, Scenario

MAX_RESIDENTS = 50_000_000  # arrays of this length still fit into a large machine's memory


def check_towns(scenario: Scenario, at: Places) -> None:
    """Every town has a community."""
    slips, lived_in = Slips(), {c.town for c in scenario.communities}
    for i, town in enumerate(scenario.towns):
        if town.town not in lived_in:
            problem = worded(
                "no community belongs to {town}; give it one in communities.csv", town=town.town
            )
            slips.note(at.wrong(problem, "towns.csv", i, town, "town"))
    slips.raise_first()


def check_stores(scenario: Scenario, at: Places) -> None:
    """A store's trucks carry something."""
    slips = Slips()
    for i, store in enumerate(scenario.stores):
        if store.trucks and not (store.truck_kg and store.truck_m3):
            column = "truck_m3" if store.truck_kg else "truck_kg"
            problem = worded(
                "{trucks} trucks that carry nothing; give one truck's load, more than 0",
                trucks=store.trucks,
            )
            slips.note(at.wrong(problem, "stores.csv", i, store, column))
    slips.raise_first()


def check_residents(scenario: Scenario, at: Places) -> None:
    """There is somebody, and no more than memory holds; a row stands for whole people."""
    slips = Slips()
    if not 0 < scenario.residents <= MAX_RESIDENTS:
        problem = worded(
            "the residents add up to {residents}; give from 1 to {most}",
            residents=scenario.residents,
            most=MAX_RESIDENTS,
        )
        slips.note(bad(problem, "communities.csv", None, "residents"))
    scale = scenario.p("residents.scale")
    if scale < 1 or scale != int(scale):
        problem = worded(
            "{scale:g} is not a whole number of people; give 1, or for exploratory work 2 to 1000",
            scale=scale,
        )
        slips.note(bad(problem, "parameters.csv, residents.scale", None, "value"))
    slips.raise_first()


def check_roads(scenario: Scenario, at: Places) -> None:
    """Roads lead from one community to another, and all are joined. Two may lead the same way."""
    slips = Slips()
    for i, road in enumerate(scenario.roads):
        if road.from_community == road.to_community:
            problem = worded(
                "the road leads from {from_community} to itself; give another end",
                from_community=road.from_community,
            )
            slips.note(at.wrong(problem, "roads.csv", i, road, "to_community"))
        ends = (road.to_community,) if road.oneway else (road.from_community, road.to_community)
        if road.contraflow_to is not None and road.contraflow_to not in ends:
            problem = worded(
                "{contraflow_to} is no end that the road leads to; give {to_community}, or leave "
                "it empty",
                contraflow_to=road.contraflow_to,
                to_community=road.to_community,
            )
            slips.note(at.wrong(problem, "roads.csv", i, road, "contraflow_to"))
    slips.raise_first()  # else its place would be told a second time, as one that none joins
    _check_joined(scenario, at)


def _check_joined(scenario: Scenario, at: Places) -> None:
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
    slips = Slips()
    for i, row in enumerate(scenario.communities):
        name = row.community
        if name not in joined:
            problem = worded("no road joins {name} to the rest; add one to roads.csv", name=name)
        elif joined == names and name not in entered:
            problem = worded(
                "one-way roads only lead out of {name}; add one that leads in to roads.csv",
                name=name,
            )
        elif joined == names and name not in left:
            problem = worded(
                "one-way roads only lead into {name}; add one that leads out to roads.csv",
                name=name,
            )
        else:
            continue
        slips.note(at.wrong(problem, "communities.csv", i, row, "community"))
    slips.raise_first()


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
