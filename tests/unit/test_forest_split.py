"""A second forest fire is not left alone while all crews are at the first."""

from __future__ import annotations

import numpy as np
import pytest

from anlan import sim
from anlan.sim.chance import Streams
from anlan.sim.command.policies import can_leave
from anlan.sim.engine import prepare
from anlan.sim.fires.wildfire import Wildfire
from anlan.sim.model import ResponseModel


def second_fire(share: float, hours: int) -> tuple[list[int], Wildfire, Wildfire]:
    """Pingshan's two fires, which one brigade of nine crews can fight, run 1.

    How many crews were at work at the first fire at the end of each tick, and the two fires.
    """
    changed = {"settings.duration_h": str(hours), "parameters.forest.split_share": str(share)}
    scenario = sim.load("pingshan-forest-fire", changed)
    engine = prepare(scenario)
    streams = Streams(1, 1)
    model = ResponseModel(engine.world, engine.hazard.realise(streams), streams)
    (source,) = model.fires
    first, second = source.fires  # type: ignore[attr-defined]
    at_first = []
    for _ in range(scenario.ticks):
        model.step()
        at_first.append(len(can_leave(first.incident)) if first.incident else 0)
        for crew in model.crews:
            at = [i for i in model.incidents if crew in i.crews]
            assert len(at) <= 1  # a crew is at one fire at a time
            assert not at or crew.task is at[0]
    return at_first, first, second


def test_a_new_fire_gets_half_the_crews_of_the_larger_one_within_the_hour() -> None:
    at_first, first, second = second_fire(0.5, 6)
    assert first.incident is not None
    assert second.incident is not None
    assert first.most_crews == 9
    before = at_first[second.incident.dispatched_tick - 1]
    assert before >= 2
    assert second.most_crews == before // 2  # rounded down
    waited = second.incident.dispatched_tick - second.incident.known_tick
    assert 0 <= waited * 5 <= 10
    assert second.incident.known_tick * 5 < second.arrived_min
    # They walk out of the first fire before they drive, so they come later than a fresh crew would.
    assert second.arrived_min - second.incident.dispatched_tick * 5 <= 60


def test_without_the_share_a_new_fire_waits_for_a_free_crew() -> None:
    _, first, second = second_fire(0.0, 6)
    assert first.incident is not None
    assert second.incident is not None
    assert first.most_crews == 9
    assert second.incident.crews == []
    assert np.isnan(second.arrived_min)
    with pytest.raises(sim.BadInput, match="split_share"):
        second_fire(0.6, 6)
