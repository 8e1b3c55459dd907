"""The order in which a scenario lists its hazards and the rows of its tables changes no fact.

Rows of the ledger may come in another order (a table by place and hour follows the places); the
facts are the same ones, named by the same ids.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from anlan import sim
from anlan.sim.checks import check
from anlan.sim.engine import prepare
from anlan.sim.ledger import TABLES
from anlan.sim.place.roads import RoadMap, RoadTable
from anlan.sim.scenario.registry import Table, entries
from anlan.sim.scenario.schema import BuildingFireHazard, Scenario
from tests.oracle.calm import places
from tests.oracle.district import beside_a_fire, cut

Facts = dict[str, Counter[tuple[Any, ...]]]


IN_TIME = {"gauge", "tracks", "weather"}  # their rows must go forward in time


def side_by_side() -> tuple[str, ...]:
    """The tables whose rows stand side by side: all of the registry but those in time."""
    parts = (e for e in entries(Scenario) if isinstance(e.part, Table) and not e.part.ordered)
    return tuple(e.attribute for e in parts if e.attribute not in IN_TIME)


def facts(scenario: Scenario, seed: int) -> Facts:
    """The facts of a run, whatever the order of their rows; what is no number is like itself."""
    tables = prepare(scenario).run(seed, 0).tables()
    return {
        name: Counter(zip(*(_plain(v) for v in columns.values()), strict=True))
        for name, columns in tables.items()
    }


def _plain(values: Any) -> list[Any]:
    if values.dtype.kind == "f":
        return np.where(np.isnan(values), None, values).tolist()
    return list(values.tolist())


def shuffled(scenario: Scenario, seed: int, tables: tuple[str, ...]) -> Scenario:
    """The same scenario with the rows of some tables in another order."""
    rng = np.random.default_rng(seed)
    update = {}
    for table in tables:
        rows = getattr(scenario, table) or ()
        if not rows:
            continue
        update[table] = tuple(rows[n] for n in rng.permutation(len(rows)))
        if len(rows) > 1 and update[table] == rows:
            update[table] = rows[::-1]
    found = scenario.model_copy(update=update)
    check(found)
    return found


def assert_alike(one: Facts, other: Facts) -> None:
    """The same facts."""
    for name in TABLES:
        if one[name] != other[name]:
            here, there = one[name] - other[name], other[name] - one[name]
            pytest.fail(f"{name}: only here {list(here)[:3]}, only there {list(there)[:3]}")


# -- where everything is scarce ------------------------------------------------------------------


def crowded() -> Scenario:
    """Two towns of few places in a severe storm, with fires in buildings, too few seats on buses
    and places in shelters, and stores and teams of which any could go.
    """
    one = cut(900, 6, 48, 30.0, tree__blocking_share=0.02, fire__rate_per_1000_year=400.0)
    towns = (*one.towns, one.towns[0].model_copy(update={"town": "another-town"}))
    # As far from the coast as each other, and every second one of the other town.
    places = tuple(
        c.model_copy(update={"coast_km": 3.0, "town": towns[n % 2].town})
        for n, c in enumerate(one.communities)
    )
    twins = tuple(s.model_copy(update={"store": f"a-{s.store}"}) for s in one.stores)
    both = tuple(
        s.model_copy(update={"holder": f"a-{s.holder}"})
        for s in one.stock
        if s.holder in {store.store for store in one.stores}
    )
    teams = tuple(
        t.model_copy(update={"capabilities": (*t.capabilities, "fire")})
        if t.kind == "comprehensive"
        else t
        for t in one.teams
    )
    return one.model_copy(
        update={
            "towns": towns,
            "communities": places,
            "stores": (*one.stores, *twins),
            "stock": (*one.stock, *both),
            "hazards": {**one.hazards, "building_fire": BuildingFireHazard(random=True)},
            "teams": (*teams, *(t.model_copy(update={"team": f"a-{t.team}"}) for t in teams)),
        }
    )


def blaze() -> Scenario:
    """Fires beside two villages, with more than one of everything that a fire has."""
    one = beside_a_fire(300, 5, forest__pass_flame_m=0.1)
    (lit,) = one.ignitions
    second = lit.model_copy(update={"ignition": "a-second", "lon": lit.lon + 0.0004})
    return one.model_copy(update={"ignitions": (lit, second)})


SCENARIOS: dict[str, Callable[[], Scenario]] = {"crowded": crowded, "blaze": blaze}
LONG = {
    "haimen-typhoon": {"settings.duration_h": "40", "settings.start_before_closest_h": "30"},
    "linyi-building-fire": {},
    "pingshan-forest-fire": {"settings.duration_h": "16"},
    "linyi-flood": {"parameters.flood.ponding_share": "0.02",
                    "parameters.flood.drain_working_share": "0.1"},
}  # fmt: skip


@pytest.fixture(scope="module", params=list(SCENARIOS))
def played(request: pytest.FixtureRequest) -> tuple[Scenario, Facts]:
    """A scenario and the facts of a run of it as it is listed."""
    scenario = SCENARIOS[request.param]()
    return scenario, facts(scenario, 11)


@pytest.mark.parametrize("table", [*side_by_side(), "all of them"])
def test_rows_in_another_order_are_the_same_facts(
    played: tuple[Scenario, Facts], table: str
) -> None:
    scenario, listed = played
    tables = side_by_side() if table == "all of them" else (table,)
    if table != "all of them" and len(getattr(scenario, table) or ()) < 2:
        return  # there is no other order
    for seed in (1, 2):
        assert_alike(listed, facts(shuffled(scenario, seed, tables), 11))


def turned(scenario: Scenario) -> Scenario:
    """Hazards and parameters from the last to the first."""
    update = {n: dict(reversed(getattr(scenario, n).items())) for n in ("hazards", "parameters")}
    return scenario.model_copy(update=update)


def test_hazards_and_parameters_in_another_order_are_the_same_facts(
    played: tuple[Scenario, Facts],
) -> None:
    scenario, listed = played
    assert len(scenario.hazards) > 1
    assert list(turned(scenario).hazards) == list(scenario.hazards)[::-1]
    assert_alike(listed, facts(turned(scenario), 11))


@pytest.mark.long
@pytest.mark.parametrize("name", LONG)
def test_a_shipped_scenario_listed_in_another_order_is_the_same_facts(name: str) -> None:
    scenario = sim.load(name, LONG[name])
    other = turned(shuffled(scenario, 3, side_by_side()))
    assert_alike(facts(scenario, 11), facts(other, 11))


def test_of_ways_that_take_equally_long_the_same_one_is_driven() -> None:
    """A square lattice of equal roads: many ways between two places, and one is named by ids."""
    n = 4
    links = [(r * n + c, r * n + c + step, 3.0, 40.0)
             for r in range(n) for c in range(n)
             for step, inside in ((1, c + 1 < n), (n, r + 1 < n)) if inside]  # fmt: skip
    square = places(n * n, links)
    ways = []
    for scenario in (square, shuffled(square, 1, ("communities", "roads"))):
        index = {c.community: k for k, c in enumerate(scenario.communities)}
        table = RoadTable(scenario, index)
        roads = RoadMap(table)
        roads.set_minutes("car", table.free_min)
        names = list(index)
        found = {}
        for a in index:
            for b in index:
                route = roads.route("car", index[a], index[b])
                assert route is not None
                found[a, b] = [names[k] for k in route.nodes]
        ways.append(found)
    assert ways[0] == ways[1]


def test_there_is_something_to_contend_for() -> None:
    """Households without a place or a seat, crews and stores in turn: else order could not tell."""
    found = facts(crowded(), 11)
    outcome = list(TABLES["evacuation"]).index("outcome")
    assert {row[outcome] for row in found["evacuation"]} >= {"arrived", "no_place"}
    assert len({row[0] for row in found["deployment"]}) > 4
    assert len({row[2] for row in found["delivery"]}) > 2
