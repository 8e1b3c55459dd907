"""The same seed is the same to the bit; more help does not change the disaster."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from anlan import sim
from anlan.sim.chance import Streams
from anlan.sim.engine import Engine, prepare
from anlan.sim.forcing.hazards import HAZARDS
from anlan.sim.ledger import TABLES
from anlan.sim.people.draws import draw
from anlan.sim.place.world import build
from anlan.sim.scenario.schema import Scenario
from tests.oracle.district import cut

Tables = dict[str, dict[str, Any]]
QUICK = settings(
    max_examples=4, derandomize=True, deadline=None, phases=[Phase.explicit, Phase.generate]
)


def same(a: Tables, b: Tables) -> list[str]:
    """Names of the tables that differ."""
    return [
        t
        for t in TABLES
        if any(a[t][c].tolist() != b[t][c].tolist() or a[t][c].dtype != b[t][c].dtype for c in a[t])
    ]


def bits(value: Any) -> list[bytes]:
    """Every array in a dataclass of arrays, as bytes."""
    if isinstance(value, np.ndarray):
        return [value.tobytes()]
    if isinstance(value, dict):
        return [x for key in sorted(value) for x in bits(value[key])]
    if is_dataclass(value):
        return [x for f in fields(value) for x in bits(getattr(value, f.name))]
    return [repr(value).encode()]


@QUICK
@given(seed=st.integers(0, 2**62), run=st.integers(0, 500))
def test_same_seed_same_tables(seed: int, run: int) -> None:
    scenario = sim.load("tiny")
    first = sim.run(scenario, seed, run).tables()
    again = sim.run(sim.load("tiny"), seed, run).tables()  # another object: all is built anew
    assert same(first, again) == []


def test_another_seed_or_run_differs() -> None:
    scenario = sim.load("tiny")
    first = sim.run(scenario, 1, 0).tables()
    assert {"storm", "hazard_level"} <= set(same(first, sim.run(scenario, 2, 0).tables()))
    assert {"storm", "hazard_level"} <= set(same(first, sim.run(scenario, 1, 1).tables()))


def helped(scenario: Scenario, crews: int, trucks: int, places: int) -> Scenario:
    """The same district with more of everything that helps."""
    return scenario.model_copy(
        update={
            "teams": tuple(
                t.model_copy(update={"members": t.members + crews * t.crew_size})
                for t in scenario.teams
            )
            + tuple(
                t.model_copy(update={"team": f"{t.team}-2", "boats": t.boats + 3})
                for t in scenario.teams
            ),
            "stores": tuple(
                s.model_copy(update={"trucks": s.trucks + trucks}) for s in scenario.stores
            ),
            "shelters": tuple(
                s.model_copy(update={"capacity": s.capacity + places}) for s in scenario.shelters
            ),
        }
    )


@QUICK
@given(
    seed=st.integers(0, 10**6),
    crews=st.integers(0, 9),
    trucks=st.integers(0, 9),
    places=st.integers(0, 500),
)
def test_more_help_meets_the_same_disaster(seed: int, crews: int, trucks: int, places: int) -> None:
    scenario = cut(300, 4, 24, 12.0)
    more = helped(scenario, crews, trucks, places)
    streams = Streams(seed, 0)
    one, two = build(scenario), build(more)
    assert bits(one.people) == bits(two.people)
    assert bits(draw(scenario, one.people, streams)) == bits(draw(more, two.people, streams))
    storm = HAZARDS["typhoon"](scenario).realise(streams)
    assert bits(storm) == bits(HAZARDS["typhoon"](more).realise(streams))


def test_more_help_meets_the_same_disaster_in_the_ledger() -> None:
    """In whole runs: the storm, and when residents hear and collapse, are those of the draws."""
    scenario = cut(300, 4, 48, 24.0, tree__blocking_share=0.05)
    few = prepare(scenario).run(3, 0).tables()
    many = prepare(helped(scenario, 4, 3, 400)).run(3, 0).tables()
    assert {"storm", "warning"}.isdisjoint(same(few, many))
    assert "crew_level" in same(few, many)
    weather = {c: v for c, v in few["hazard_level"].items() if c != "cut_off"}
    for column, values in weather.items():
        assert (values == many["hazard_level"][column]).all(), column

    def trees(tables: Tables) -> list[tuple[Any, ...]]:
        here = tables["incident"]["kind"] == "tree"
        return list(
            zip(
                tables["incident"]["place"][here],
                tables["incident"]["occurred_tick"][here],
                strict=True,
            )
        )

    assert trees(few) == trees(many) != []


def test_draws_of_an_entity_do_not_depend_on_how_many_there_are() -> None:
    streams = Streams(7, 3)
    assert (streams.uniform("x", 10) == streams.uniform("x", 1000)[:10]).all()
    assert (streams.normal("x", 10) == streams.normal("x", 1000)[:10]).all()
    ones = {streams.one("x", entity, number) for entity in range(20) for number in range(20)}
    assert len(ones) == 400


def test_the_engine_is_not_spent_by_a_run() -> None:
    """Runs of one engine do not leak into each other, in whatever order they are played."""
    scenario = sim.load("tiny")
    engine = prepare(scenario)
    assert isinstance(engine, Engine)
    in_order = [engine.run(5, r).tables() for r in range(3)]
    backwards = [engine.run(5, r).tables() for r in (2, 1, 0)][::-1]
    assert all(same(a, b) == [] for a, b in zip(in_order, backwards, strict=True))
