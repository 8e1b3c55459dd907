"""Crews: how they are made up, tire and rest."""

from __future__ import annotations

import numpy as np
import pytest

from anlan import sim
from anlan.sim.crews.crew import Crew
from anlan.sim.incidents.incident import NOBODY, Incident
from tests.oracle.calm import places
from tests.oracle.district import set_parameters
from tests.oracle.held import hold
from tests.oracle.runs import calm_run, rows

TINY = sim.load("tiny")


def test_a_crew_tires_along_two_lines() -> None:
    """1 when fresh, .7 after the shift of 12 h, .4 after 24 h and later."""
    crew = calm_run(TINY).parts.crews[0]
    crew.on_duty_since_min = 100.0
    for hours, rate in ((0, 1.0), (6, 0.85), (12, 0.7), (18, 0.55), (24, 0.4), (30, 0.4)):
        assert crew.efficiency(100.0 + hours * 60.0) == pytest.approx(rate)


def test_a_shift_of_a_day_has_no_second_line() -> None:
    crew = calm_run(set_parameters(TINY, team__shift_h=24.0)).parts.crews[0]
    crew.on_duty_since_min = 0.0
    assert crew.efficiency(12 * 60.0) == pytest.approx(0.85)
    assert crew.efficiency(24 * 60.0) == pytest.approx(0.7)
    assert crew.efficiency(25 * 60.0) == pytest.approx(0.4)


def test_who_stands_by_at_the_base_is_there_for_as_long_as_it_takes() -> None:
    """Round the clock from tick 0: nobody goes home from waiting, where nothing happens."""
    team = TINY.teams[0].model_copy(update={"kind": "comprehensive"})
    model = calm_run(TINY.model_copy(update={"teams": (team,)}))
    assert model.run().tables()["crew_level"]["idle"].tolist() == [2] * 36


@pytest.mark.parametrize("called", [True, False])
def test_who_was_called_in_waits_on_if_a_level_calls_for_it_and_goes_home_if_none_does(
    called: bool,
) -> None:
    """2 crews muster within the first hour, and are idle for a shift of 12 h."""
    model = calm_run(TINY)
    for crew in model.parts.crews:
        crew.called = called
        crew.call_in(0.0)
    levels = model.run().tables()["crew_level"]
    idle, off = levels["idle"].tolist(), levels["off_duty"].tolist()
    assert idle[1:12] == [2] * 11
    assert idle[14:] == [2 if called else 0] * 22
    assert off[14:] == [0 if called else 2] * 22
    if not called:  # rested, so it can be called in again
        assert all(crew.ready_min < 13 * 60.0 for crew in model.parts.crews)


@pytest.mark.parametrize(("waits_h", "left_h"), [(0.0, 5.0), (2.0, 5.0), (7.9, 5.0), (8.0, 0.0)])
def test_waiting_at_the_base_is_no_duty_and_eight_hours_of_it_are_a_rest(
    waits_h: float, left_h: float
) -> None:
    """A station's crew after five hours of work: what it has behind it when it sets out again."""
    team = TINY.teams[0].model_copy(update={"kind": "comprehensive"})
    model = calm_run(TINY.model_copy(update={"teams": (team,)}))
    crew = model.parts.crews[0]
    crew.on_duty_since_min = 0.0
    crew.finish_task(300.0)
    incident = Incident[Crew]("flood/here/0", "flood", crew.base, 60, NOBODY, persons=1)
    sets_out = 300.0 + 60.0 * waits_h
    assert crew.send(incident, crew.base, sets_out)
    assert sets_out - crew.on_duty_since_min == pytest.approx(60.0 * left_h)


def test_a_shift_ends_for_whoever_waits_elsewhere() -> None:
    """12 h of duty away from the base, 8 h of rest, back on duty by itself."""
    team = TINY.teams[0].model_copy(update={"kind": "comprehensive"})
    model = calm_run(TINY.model_copy(update={"teams": (team,)}))
    for crew in model.parts.crews:
        crew.place = 1 - crew.base
        crew.finish_task(0.0)
    levels = model.run().tables()["crew_level"]
    # 2 crews idle in hours 1-12 (tick 144 ends it), resting for 8 h, back at tick 144 + 96 = 240.
    assert levels["idle"].tolist() == [2] * 12 + [0] * 8 + [2] * 12 + [0] * 4
    assert (levels["idle"] + levels["off_duty"]).tolist() == [2] * 36


def test_boats_are_shared_out() -> None:
    team = TINY.teams[0]
    many = team.model_copy(update={"members": 13, "crew_size": 4, "boats": 6})
    crews = calm_run(TINY.model_copy(update={"teams": (many,)})).parts.crews
    assert [c.boats for c in crews] == [2, 2, 1, 1]
    assert [c.vehicle for c in crews] == ["boat"] * 4
    nobody = team.model_copy(update={"members": 0})
    assert calm_run(TINY.model_copy(update={"teams": (nobody,)})).parts.crews == []


def test_who_comes_without_a_boat_to_deep_water_has_reached_nobody() -> None:
    """The only crew wades, and the water is too deep from the start: the response runs on."""
    scenario = places(1, [])
    team = sim.load("tiny").teams[0].model_copy(
        update={"community": "c0", "kind": "comprehensive", "members": 6, "crew_size": 6,
                "boats": 0, "capabilities": ("water",)}
    )  # fmt: skip
    place = scenario.communities[0].model_copy(
        update={"residents": 40, "households": 16, "low_lying_share": 1.0, "kind": "village"}
    )
    scenario = scenario.model_copy(update={"teams": (team,), "communities": (place,)})
    model = calm_run(scenario)
    deep_m = scenario.p("team.wade_limit_m") + 0.3
    hold(model, depth_m=np.full((model.ticks, 1), deep_m))
    tables = model.run().tables()
    stays = rows(tables["deployment"])
    assert stays["incident"]
    assert not np.isnan(stays["arrived_min"]).any()
    found = rows(tables["incident"], kind="flood")
    assert np.isnan(found["arrived_min"]).all()
    assert found["crew"] == [""] * len(found["crew"])
