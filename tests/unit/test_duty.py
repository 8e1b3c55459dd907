"""Crews by state, in the order of their turns."""

from __future__ import annotations

from dataclasses import dataclass

from anlan.sim import load
from anlan.sim.crews.duty import Duty
from anlan.sim.engine import prepare


@dataclass
class One:
    turn: int


def test_those_of_a_state_stand_in_the_order_of_their_turns() -> None:
    duty: Duty[One] = Duty()
    crews = [One(turn) for turn in (5, 1, 3)]
    for crew in crews:
        duty.enters(crew, "idle")
    assert [c.turn for c in duty.those("idle")] == [1, 3, 5]
    duty.leaves(crews[2], "idle")
    duty.enters(crews[2], "working")
    assert [c.turn for c in duty.those("idle")] == [1, 5]
    assert duty.those("working") == [crews[2]]
    assert duty.those("off_duty") == []


def test_every_crew_of_a_run_stands_under_the_state_that_it_has() -> None:
    model = prepare(load("tiny")).model(1, 0)
    seen = set()
    while model.parts.present.tick < 200:
        model.step()
        crews = model.parts.crews
        duty = crews[0].world.duty
        for state in {c.state for c in crews}:
            seen.add(state)
            assert duty.those(state) == [c for c in crews if c.state == state]
    assert len(seen) >= 3
