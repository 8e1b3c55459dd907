"""How soon roads alone let people out, against the formula of a bottleneck.

N vehicles that all have to pass one link of capacity c, from time t on: the last of them has come
to its end no sooner than t + N / c + the way. A queue of vehicles that pass one by one is counted
out beside it.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_array

from anlan import sim
from anlan.analysis.deadline.bottleneck import Trips, Ways

VEH_H = 540.0  # one lane of a local road, as the parameters have it
WAY_H = 6.0 / 36.0  # the one road of tiny: 6 km at 36 km/h
SEAT, PORT = 0, 1


def ways(**sets: str) -> Ways:
    return Ways.of(sim.load("tiny", {key.replace("__", "."): v for key, v in sets.items()}))


def last_out_h(vehicles: int, capacity: float, way_h: float) -> float:
    """Counted out: one vehicle after another enters when the link lets it, then drives its way."""
    free_h, out_h = 0.0, 0.0
    for _ in range(vehicles):
        free_h += 1.0 / capacity
        out_h = free_h + way_h
    return out_h


@pytest.mark.parametrize("vehicles", [1, 60, 3000])
def test_one_link_is_cleared_by_the_formula(vehicles: int) -> None:
    found = ways().no_sooner_h([Trips(PORT, SEAT, float(vehicles))])
    assert found == pytest.approx(vehicles / VEH_H + WAY_H)
    assert found == pytest.approx(last_out_h(vehicles, VEH_H, WAY_H))


def test_lanes_add_and_each_way_has_its_own() -> None:
    both = [Trips(PORT, SEAT, 1200.0), Trips(SEAT, PORT, 1200.0)]
    assert ways().no_sooner_h(both) == pytest.approx(1200.0 / VEH_H + WAY_H)
    doubled = ways(parameters__road__local_lanes="2")
    assert doubled.no_sooner_h(both) == pytest.approx(1200.0 / (2.0 * VEH_H) + WAY_H)


def test_who_takes_no_road_waits_for_none() -> None:
    assert ways().no_sooner_h([]) == 0.0
    assert ways().no_sooner_h([Trips(PORT, PORT, 500.0), Trips(PORT, SEAT, 0.0)]) == 0.0


def test_the_worst_link_of_a_line_binds() -> None:
    """Three places on one street, 10 and 20 minutes apart: the outer one's people pass both links.

    Over the inner link go 300 + 600 vehicles: 900 / 540 h and its 10 minutes are more than 300 /
    540 h and the 30 minutes from the outer place.
    """
    inner, middle, outer = 0, 1, 2
    rows, columns = [inner, middle, middle, outer], [middle, inner, outer, middle]
    minutes = csr_array(([10.0, 10.0, 20.0, 20.0], (rows, columns)), shape=(3, 3))
    street = Ways(minutes, dict.fromkeys(zip(rows, columns, strict=True), VEH_H))
    far, near = Trips(outer, inner, 300.0), Trips(middle, inner, 600.0)
    assert street.no_sooner_h([far, near]) == pytest.approx(900.0 / VEH_H + 10.0 / 60.0)
    assert street.no_sooner_h([far]) == pytest.approx(300.0 / VEH_H + 30.0 / 60.0)
    few = Trips(middle, inner, 60.0)
    assert street.no_sooner_h([far, few]) == pytest.approx(300.0 / VEH_H + 30.0 / 60.0)


def test_it_never_exceeds_a_queue_that_is_counted_out() -> None:
    """Vehicles of two origins that share a link, in a random order: the bound is not beaten."""
    rng = np.random.default_rng(1)
    for _ in range(20):
        first, second = rng.integers(1, 400, 2).tolist()
        bound = ways().no_sooner_h([Trips(PORT, SEAT, first), Trips(PORT, SEAT, second)])
        assert bound <= last_out_h(first + second, VEH_H, WAY_H) + 1e-9
