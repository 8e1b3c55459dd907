"""People come out, or are treated, one after another as the work at an incident goes on."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from anlan import sim
from anlan.sim.model import ResponseModel
from anlan.sim.parts import Parts
from anlan.sim.people.wounds import Severity
from anlan.sim.scenario.schema import Scenario
from tests.oracle.calm import places
from tests.oracle.district import set_parameters
from tests.oracle.held import act, hold
from tests.oracle.runs import calm_run

UNTIRING = {
    "team__tired_at_shift_end": 1.0, "team__tired_at_24h": 1.0, "team__shift_h": 48.0,
    "team__on_duty_most_h": 48.0,
}  # fmt: skip


def town(can: str, boats: int = 0, **values: float) -> Scenario:
    """One village of 90 in homes of three, and one crew of eight that is always awake."""
    row = places(1, [])
    village = row.communities[0].model_copy(
        update={"residents": 90, "households": 30, "kind": "village"}
    )
    team = sim.load("tiny").teams[0].model_copy(
        update={
            "team": "eight", "community": "c0", "kind": "comprehensive", "members": 8,
            "crew_size": 8, "boats": boats, "capabilities": (can,), "asked_at": None,
        }
    )  # fmt: skip
    made = row.model_copy(update={"communities": (village,), "teams": (team,)})
    return set_parameters(made, **(UNTIRING | values))


def noted(model: ResponseModel) -> list[tuple[str, float, list[int]]]:
    """What happens at each turn: (incident, minute, persons), as the run goes on."""
    people, found = model.parts.people, []
    hand_over = people.their_turn

    def note(persons: Any, incident: Any, minute: float) -> float:
        found.append((incident.id, minute, persons.tolist()))
        return float(hand_over(persons, incident, minute))

    people.their_turn = note  # type: ignore[method-assign]
    return found


def ruin(parts: Parts, tick: int) -> None:
    """The home of the largest household falls."""
    parts.people.ruin(np.array([int(np.argmax(parts.world.people.sizes))]), tick)


def test_out_of_a_ruin_as_the_person_hours_are_done() -> None:
    """Some in a ruin who take 3, 20 or 40 person-hours, as chance has it; eight dig."""
    scenario = town(
        "rescue", damage__collapse_trapped_share=1.0, damage__collapse_death_share=0.0,
        damage__trapped_scale_h=1000.0, quake__void_share=0.4, quake__entombed_share=0.2,
        quake__entombed_person_h=40.0,
    )  # fmt: skip
    model = act(calm_run(scenario, seed=2), {10: ruin})
    turns = noted(model)
    model.run()
    (fallen,) = (i for i in model.parts.incidents.all if i.kind == "collapse")
    persons = fallen.persons
    assert persons >= 2
    each_h = np.sort(model.parts.workplace._each_h(fallen))
    assert len(set(each_h)) > 1
    expected = fallen.started_min + 60.0 * np.cumsum(each_h) / 8.0
    minutes = [minute for name, minute, _ in turns if name == fallen.id]
    assert minutes == pytest.approx(expected[: len(minutes)])
    assert len(minutes) == persons
    assert fallen.done_min == pytest.approx(expected[-1])
    assert fallen.rescued == persons


def test_out_of_the_water_a_boatload_at_a_time_those_first_who_are_not_upstairs() -> None:
    """The whole village is stranded at once; one boat takes six at a time."""
    level = {"damage__floor_sd_m": 0.0, "damage__higher_ground_m": 0.0}
    scenario = town("water", boats=1, damage__upstairs_share=0.5, **level)
    depth_m = np.zeros((scenario.ticks, 1))
    depth_m[10:] = 1.5
    model = hold(calm_run(scenario, seed=2), depth_m=depth_m)
    turns = noted(model)
    model.run()
    (flood,) = (i for i in model.parts.incidents.all if i.kind == "flood")
    loads = [persons for _, _, persons in turns]
    assert [len(load) for load in loads] == [6] * 15
    minutes = np.array([minute for _, minute, _ in turns])
    trip_min = 60.0 * 6 / model.parts.workplace.rules.boat_persons_per_h(90)
    assert np.diff(minutes) == pytest.approx(np.full(14, trip_min))
    assert minutes[0] == pytest.approx(flood.started_min + trip_min)
    draws = model.parts.people.flooding.draws  # type: ignore[attr-defined]
    upstairs = [bool(draws.fate_u[p] < 0.5) for load in loads for p in load]
    assert upstairs == sorted(upstairs)


def test_the_hurt_are_treated_by_triage_and_a_crew_helps_them_all_first() -> None:
    """Everybody of a home is hurt. Eight medics give first aid within five minutes; then each takes
    two person-hours by all of them together, four at one person at most; and the badly hurt are
    carried to the road before the next one's turn.
    """
    scenario = town(
        "medical", damage__collapse_injured_share=1.0, damage__collapse_trapped_share=0.0,
        damage__collapse_death_share=0.0, wounds__expectant_half_life_min=1e6,
        wounds__immediate_half_life_min=1e6,
    )  # fmt: skip
    model = act(calm_run(scenario, seed=2), {10: ruin})
    turns = noted(model)
    model.run()
    (wounds,) = (i for i in model.parts.incidents.all if i.kind == "injury")
    of = model.parts.people.casualties.wounded  # type: ignore[attr-defined]
    order = of.in_turn(wounds.people)
    assert [p for _, _, persons in turns for p in persons][: len(order)] == order
    assert wounds.persons >= 2
    pace, carried_min, at_work_min = min(8.0, 4.0 * wounds.persons), 0.0, 0.0
    for n, person in enumerate(order):
        wound = of.of[person]
        assert wound.aid_min == pytest.approx(wounds.arrived_min + 5.0)
        at_work_min = 60.0 * 2.0 * (n + 1) / pace
        assert wound.care_min == pytest.approx(wounds.started_min + at_work_min + carried_min)
        if wound.severity != Severity.MINIMAL:  # carried by six of them, without a stretcher
            carried_min += 0.3 / 1.3 * 60.0
            assert wound.carried_min == pytest.approx(wound.care_min + 0.3 / 1.3 * 60.0)
    assert wounds.done_min == pytest.approx(wounds.started_min + at_work_min + carried_min)
    assert carried_min > 0.0
