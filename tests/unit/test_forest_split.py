"""A second forest fire is not left alone while all crews are at the first."""

from __future__ import annotations

import numpy as np
import pytest

from anlan import sim
from anlan.sim.command.dispatch import can_leave
from anlan.sim.engine import prepare
from anlan.sim.fires.forest_scene import ForestScene
from tests.oracle.runs import FIERCE, Tables, check_crews, forest_of, rows


def second_fire(share: float, hours: int) -> tuple[list[int], ForestScene, ForestScene, Tables]:
    """Pingshan's two fires, which one brigade of nine crews can fight, run 1.

    How many crews could have left the first fire at the end of each tick, the two fires, and the
    facts.
    """
    changed = {"settings.duration_h": str(hours), "parameters.forest.split_share": str(share)}
    changed |= FIERCE
    scenario = sim.load("pingshan-forest-fire", changed)
    model = prepare(scenario).model(1, 1)
    first, second = forest_of(model).fires
    at_first = []
    for _ in range(scenario.ticks):
        model.step()
        at_first.append(len(can_leave(first.incident)))
        check_crews(model)
    model.finish()
    return at_first, first, second, model.ledger.tables()


def test_a_new_fire_gets_half_the_crews_of_the_larger_one_within_the_hour() -> None:
    at_first, first, second, tables = second_fire(0.5, 6)
    assert first.most_crews == 9
    sent = int(second.incident.sent_min // 5)
    before = at_first[sent - 1]
    assert before >= 2
    # As both need it, rounded down to whole crews: the larger fire keeps the larger part.
    assert 1 <= second.most_crews <= before // 2
    assert before - second.most_crews >= second.most_crews
    waited = second.incident.sent_min - second.incident.read_min
    assert 0 <= waited <= 10
    assert second.incident.read_min < second.arrived_min
    # They walk out of the first fire before they drive, so they come later than a fresh crew would.
    assert second.arrived_min - second.incident.sent_min <= 60
    # Each of them is written down twice: sent on from the one, and sent to the other.
    moved = rows(tables["deployment"], outcome="sent_on")
    assert len(moved["crew"]) == second.most_crews
    assert set(moved["incident"]) == {first.incident.id}
    assert set(moved["left_tick"]) == {sent}
    there = rows(tables["deployment"], incident=second.incident.id)
    assert sorted(there["crew"]) == sorted(moved["crew"])
    assert set(there["sent_tick"]) == {sent}


def test_without_the_share_a_new_fire_waits_for_a_free_crew() -> None:
    _, first, second, _ = second_fire(0.0, 6)
    assert first.most_crews == 9
    assert second.incident.crews == []
    assert not np.isnan(second.incident.read_min)
    assert np.isnan(second.arrived_min)
    with pytest.raises(sim.BadInput, match="split_share"):
        second_fire(0.6, 6)
