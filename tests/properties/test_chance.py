"""The same seed is the same to the bit; more help does not change the disaster."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from anlan import sim
from anlan.sim.chance import Streams, keys_of, members, stream
from anlan.sim.engine import Engine, prepare
from anlan.sim.ledger import TABLES
from anlan.sim.model import ResponseModel
from anlan.sim.people.draws import draw
from anlan.sim.place.world import build
from anlan.sim.scenario.schema import Scenario
from tests.house import modules
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
    few, many = (prepare(s).model(seed, 0).parts for s in (scenario, more))
    assert bits(few.forcing) == bits(many.forcing)
    assert bits(few.power.stands_ms) == bits(many.power.stands_ms)
    assert bits(few.power.repair_h) == bits(many.power.repair_h)
    assert bits(few.trees.stands_ms) == bits(many.trees.stands_ms)


def fallen(model: ResponseModel) -> list[tuple[int, int, int]]:
    """Play a run; (tick, road, trees) of all that fell across roads, cleared again or not."""
    found: list[tuple[int, int, int]] = []
    trees, step = model.parts.trees, model.parts.trees.step

    def noting(gust_ms: Any) -> list[tuple[int, int]]:
        fell = step(gust_ms)
        found.extend((model.parts.present.tick, road, count) for road, count in fell)
        return fell

    trees.step = noting  # type: ignore[method-assign]
    model.run()
    return found


def test_more_help_meets_the_same_disaster_in_the_ledger() -> None:
    """In whole runs: the storm, the water and the networks, who hears the warning when, and every
    tree that falls, are those of the draws whoever comes to help. Without mobile pumps: these do
    change the water.
    """
    scenario = cut(300, 4, 48, 24.0, tree__blocking_share=0.05)
    teams = tuple(t.model_copy(update={"pumps_m3_h": None}) for t in scenario.teams)
    scenario = scenario.model_copy(update={"teams": teams})
    models = [prepare(s).model(3, 0) for s in (scenario, helped(scenario, 4, 3, 400))]
    fell = [fallen(model) for model in models]
    few, many = (model.ledger.tables() for model in models)
    assert fell[0] == fell[1] != []
    assert {"storm", "warning", "outage"}.isdisjoint(same(few, many))
    assert "crew_level" in same(few, many)
    weather = {c: v for c, v in few["hazard_level"].items() if c != "cut_off"}
    for column, values in weather.items():
        assert (values == many["hazard_level"][column]).all(), column


def test_a_draw_belongs_to_its_thing() -> None:
    """Whatever else there is, and in whatever order it is asked for."""
    streams, of = Streams(7, 3), stream("test.thing", "thing")
    ids = [f"thing-{n}" for n in range(40)]
    whole = dict(zip(ids, streams.uniform(of, keys_of(ids)).tolist(), strict=True))
    some = ids[30:3:-2]
    assert streams.uniform(of, keys_of(some)).tolist() == [whole[i] for i in some]
    household = members(keys_of(["a", "b"]), np.array([3, 2]))
    assert members(keys_of(["b"]), np.array([5]))[:2].tolist() == household[3:].tolist()
    ones = {streams.one(of, i, draw) for i in ids for draw in range(20)}
    assert len(ones) == 800


def test_a_stream_is_declared_once() -> None:
    stream("test.once", "thing")
    stream("test.once", "thing")  # the same module, read again
    with pytest.raises(ValueError, match=r"test.once is declared in .*test_chance already"):
        exec("stream('test.once', 'thing')", {"__name__": "another.module", "stream": stream})
    with pytest.raises(ValueError, match="declared"):
        stream("test.once", "another kind of thing")


def test_nobody_draws_but_from_a_declared_stream() -> None:
    """All chance goes through sim/chance.py; the one other is named with its reason."""
    words = ("default_rng", "Philox", "import random", "RandomState")
    drawing = {
        name
        for name, path in modules().items()
        if name.startswith("anlan.sim.") and any(w in path.read_text("utf-8") for w in words)
    }
    # The hills of a made-up landscape are drawn from a seed of their own, the same in every run.
    assert drawing == {"anlan.sim.chance", "anlan.sim.place.landscape.synthetic"}


def shuffled(scenario: Scenario, seed: int) -> Scenario:
    """The same district, the rows of every table in another order."""
    rng = np.random.default_rng(seed)

    def mixed(rows: Any) -> Any:
        return tuple(rows[n] for n in rng.permutation(len(rows)))

    tables = ("towns", "communities", "roads", "teams", "stores", "shelters", "stock", "items")
    return scenario.model_copy(update={t: mixed(getattr(scenario, t)) for t in tables})


@QUICK
@given(seed=st.integers(0, 10**6))
def test_rows_in_another_order_draw_the_same(seed: int) -> None:
    """Thresholds of every household and resident, the storm, poles, trees and stores: by ids."""
    scenario = cut(300, 4, 24, 12.0)
    other = shuffled(scenario, seed)
    found = []
    for s in (scenario, other):
        model = prepare(s).model(seed, 0)
        p, people = model.parts, model.parts.world.people
        draws = draw(s, people, p.streams)
        sky = p.forcing.sky
        assert sky is not None
        by_place = {}
        for n, c in enumerate(s.communities):
            homes = slice(people.household_start[n], people.household_start[n + 1])
            first, last = (people.resident_start[people.household_start[n + k]] for k in (0, 1))
            by_place[c.community] = (
                people.dwelling[homes].tolist(), people.car[homes].tolist(),
                people.age_band[first:last].tolist(), draws.order_u[homes].tolist(),
                draws.floor_m[homes].tolist(), draws.fate_u[first:last].tolist(),
                sky.gust_ms[:, n].tolist(), sky.rain_mm_h[:, n].tolist(),
                float(p.power.stands_ms[n]), float(p.power.repair_h[n]),
            )  # fmt: skip
        by_road = {r.road: float(p.trees.stands_ms[n]) for n, r in enumerate(s.roads)}
        by_store = {store.id: store.stock.sum() for store in p.stores}
        found.append((by_place, by_road, by_store, sky.sea_level_m.tolist()))
    assert found[0] == found[1]


def test_the_engine_is_not_spent_by_a_run() -> None:
    """Runs of one engine do not leak into each other, in whatever order they are played."""
    scenario = sim.load("tiny")
    engine = prepare(scenario)
    assert isinstance(engine, Engine)
    in_order = [engine.run(5, r).tables() for r in range(3)]
    backwards = [engine.run(5, r).tables() for r in (2, 1, 0)][::-1]
    assert all(same(a, b) == [] for a, b in zip(in_order, backwards, strict=True))
