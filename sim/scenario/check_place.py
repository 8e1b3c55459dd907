"""Whether towns, residents, roads and stores fit together."""

from __future__ import annotations

from anlan.sim.scenario.errors import bad
from anlan.sim.scenario.places import Places
from anlan.sim.scenario.schema import Scenario

MAX_RESIDENTS = 50_000_000  # arrays of this length still fit into a large machine's memory


def check_towns(scenario: Scenario, at: Places) -> None:
    """Every town has a community."""
    lived_in = {c.town for c in scenario.communities}
    for i, town in enumerate(scenario.towns):
        if town.town not in lived_in:
            problem = f"no community belongs to {town.town}; give it one in communities.csv"
            raise at.wrong(problem, "towns.csv", i, town, "town")


def check_stores(scenario: Scenario, at: Places) -> None:
    """A store's trucks carry something."""
    for i, store in enumerate(scenario.stores):
        if store.trucks and not (store.truck_kg and store.truck_m3):
            column = "truck_m3" if store.truck_kg else "truck_kg"
            problem = (
                f"{store.trucks} trucks that carry nothing; give one truck's load, more than 0"
            )
            raise at.wrong(problem, "stores.csv", i, store, column)


def check_residents(scenario: Scenario, at: Places) -> None:
    """There is somebody, and no more than memory holds; a row stands for whole people."""
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


def check_roads(scenario: Scenario, at: Places) -> None:
    """A road leads from one community to another, one road a pair; all are joined."""
    pairs: set[frozenset[str]] = set()
    for i, road in enumerate(scenario.roads):
        pair = frozenset((road.from_community, road.to_community))
        problem = ""
        if len(pair) == 1:
            problem = f"the road leads from {road.from_community} to itself; give another end"
        elif pair in pairs:
            problem = (
                f"a second road between {road.from_community} and {road.to_community}; "
                "keep the faster one"
            )
        if problem:
            raise at.wrong(problem, "roads.csv", i, road, "to_community")
        pairs.add(pair)
    _check_joined(scenario, at)


def _check_joined(scenario: Scenario, at: Places) -> None:
    """Every community must be reached from the first, the roads being all open."""
    beside: dict[str, list[str]] = {c.community: [] for c in scenario.communities}
    for road in scenario.roads:
        beside[road.from_community].append(road.to_community)
        beside[road.to_community].append(road.from_community)
    first = scenario.communities[0].community
    reached, edge = {first}, [first]
    while edge:
        for name in beside[edge.pop()]:
            if name not in reached:
                reached.add(name)
                edge.append(name)
    if 2 * len(reached) < len(beside):  # then it is the first's own part that is cut off
        reached = set(beside) - reached
    for i, community in enumerate(scenario.communities):
        if community.community not in reached:
            problem = f"no road joins {community.community} to the rest; add one to roads.csv"
            raise at.wrong(problem, "communities.csv", i, community, "community")
