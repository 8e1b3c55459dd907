"""A village behind one road, and a tree across it: who lacks something from when until when."""

from __future__ import annotations

from typing import Any

import numpy as np

from anlan import sim
from anlan.analysis.measures.registry import measure_run
from anlan.sim.ledger import NEVER
from anlan.sim.model import ResponseModel
from tests.oracle.district import set_parameters
from tests.oracle.held import act, hold
from tests.oracle.runs import calm_run

FALLS, CLEARED = 12, 200  # ticks of five minutes; the road is shut and open from the next phase on
PORT = "port"


def played(cleared_tick: int | None, kits: float = 0.0, **scenario: Any) -> ResponseModel:
    """Tiny in calm weather without a team: a tree lies across its road from tick 12 on."""
    tiny = sim.load("tiny").model_copy(update={"teams": (), **scenario})
    changes = {"residents__larder_mean_h": 12.0, "residents__kit_share": kits}
    model = hold(calm_run(set_parameters(tiny, **changes)), trees={FALLS: {0: 1}})
    if cleared_tick is not None:
        act(model, {cleared_tick: lambda parts, tick: parts.trees.clear(0)})
    model.run()
    return model


def cut_off(model: ResponseModel) -> dict[str, Any]:
    """The rows of those at risk since they are cut off; one household is one row or part of it."""
    rows = model.parts.ledger.tables()["at_risk"]
    return {name: column[rows["way"] == "road"] for name, column in rows.items()}


def bare_at(model: ResponseModel) -> dict[int, int]:
    """Tick -> persons of the port whose larder would be bare then, by their own draws."""
    people, draws = model.parts.world.people, model.parts.people.on_the_way.draws
    found: dict[int, int] = {}
    first, last = people.household_start[1], people.household_start[2]
    for home in range(int(first), int(last)):
        tick = FALLS + int(draws.bare_ticks[home])
        if tick < model.ticks:
            found[tick] = found.get(tick, 0) + int(people.sizes[home])
    return found


def by_tick(rows: dict[str, Any]) -> dict[int, int]:
    """From-tick -> persons."""
    return {
        int(tick): int(rows["persons"][rows["from_tick"] == tick].sum())
        for tick in np.unique(rows["from_tick"])
    }


def test_the_smaller_part_is_cut_off_and_runs_out_household_by_household() -> None:
    model = played(None)
    rows = cut_off(model)
    assert set(rows["community"]) == {PORT}
    assert set(rows["cause"]) == {"cut_off"}
    assert by_tick(rows) == bare_at(model)
    assert len(bare_at(model)) > 3
    # No lorry can come, so nobody is ever given anything.
    assert (rows["relief_tick"] == NEVER).all()
    assert (rows["ended_tick"] == NEVER).all()
    level = model.parts.ledger.tables()["hazard_level"]
    # From the tick after the end of the first hour on.
    shut = level["cut_off"][level["community"] == PORT]
    assert shut.tolist() == [False] + [True] * (len(shut) - 1)
    assert not level["cut_off"][level["community"] != PORT].any()


def test_they_draw_on_the_site_of_their_community_while_they_lack() -> None:
    model = played(CLEARED)
    level = model.parts.ledger.tables()["site_level"]
    here = (level["site"] == PORT) & (level["item"] == level["item"][0])
    found = dict(zip(level["tick"][here].tolist(), level["persons"][here].tolist(), strict=True))
    for tick in range(11, model.ticks, 12):
        lacks = sum(n for since, n in bare_at(model).items() if since <= tick)
        assert found.get(tick, 0) == (lacks if tick <= CLEARED else 0), tick
    assert max(found.values()) > 0


def test_who_is_at_risk_is_the_same_when_the_road_is_cleared_and_they_are_helped() -> None:
    model = played(CLEARED)
    rows = cut_off(model)
    assert by_tick(rows) == bare_at(model)
    lacked = rows["from_tick"] <= CLEARED
    assert lacked.any()
    assert (~lacked).any()
    assert (rows["relief_tick"][lacked] == CLEARED + 1).all()  # when the road is open
    assert (rows["relief_tick"][~lacked] == rows["from_tick"][~lacked]).all()  # spared


def test_a_kit_lasts_three_days_longer_and_nobody_with_one_lacks_anything() -> None:
    """All of the 36 hours of the run. As many are at risk as without kits, from the same ticks."""
    without, kept = played(None), played(None, kits=1.0)
    rows, on_a_kit = cut_off(without), cut_off(kept)
    assert by_tick(on_a_kit) == by_tick(rows)
    assert (rows["lacks_tick"] == rows["from_tick"]).all()
    longer = kept.parts.world.scenario.p("residents.kit_reserve_h") * 12
    assert (on_a_kit["lacks_tick"] == on_a_kit["from_tick"] + longer).all()
    assert on_a_kit["lacks_tick"].min() >= kept.ticks
    assert not (kept.parts.ledger.tables()["site_level"]["site"] == PORT).any()
    for model, helped in ((without, 0.0), (kept, 1.0)):
        found = measure_run(model.parts.world.scenario, model.parts.ledger.tables())
        assert found["relief.cut_off_within_10h_share"] == helped
        assert (found["relief.cut_off_wait_person_h"] == 0.0) == bool(helped)


def test_a_road_that_is_cleared_helps_those_too_who_live_on_a_kit() -> None:
    rows = cut_off(played(CLEARED, kits=1.0))
    lacked = rows["from_tick"] <= CLEARED
    assert (rows["relief_tick"][lacked] == CLEARED + 1).all()
    assert (rows["relief_tick"][~lacked] == rows["from_tick"][~lacked]).all()
