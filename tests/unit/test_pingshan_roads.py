"""Pingshan's stress event: which roads the water closes, and whom that cuts off."""

from __future__ import annotations

import numpy as np
import pytest

from anlan import sim
from anlan.sim.engine import prepare

NAME = "pingshan-typhoon-stress"


def test_roads_leave_the_valley_floors_here_and_not_in_the_plains() -> None:
    rise_m = np.array([-r.dip_m for r in sim.load(NAME).roads])
    assert (rise_m > 0.1).mean() > 0.5
    assert rise_m.max() <= 0.6
    assert min(r.dip_m for r in sim.load("haimen-typhoon-stress").roads) >= 0.0


@pytest.mark.long
def test_not_all_roads_close_at_once_and_lower_ones_cut_more_people_off() -> None:
    """With all roads as low as the streets of their ends everybody outside the largest community
    is cut off at once, whatever anybody does (0.6 m stop a lorry, the streets stand 0.8 m deep)."""
    scenario = sim.load(NAME)
    residents = np.array([c.residents for c in scenario.communities])
    low = tuple(r.model_copy(update={"dip_m": max(0.0, r.dip_m)}) for r in scenario.roads)
    most = []
    for case in (scenario, scenario.model_copy(update={"roads": low})):
        level = prepare(case).model(1, 0).run().table("hazard_level")
        cut_off = level["cut_off"].reshape(-1, len(residents))
        most.append(int((cut_off * residents).sum(axis=1).max()))
    assert 0 < most[0] < most[1] == residents.sum() - residents.max()
