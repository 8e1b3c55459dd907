"""Runoff (V12), surge (V11), and the water balance of a cell."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.sim.forcing import surge
from anlan.sim.nature import water as flood


def test_v12_runoff_by_curve_number() -> None:
    q = flood.runoff_mm(np.array([100.0, 200.0, 50.0]), np.array([80.0, 90.0, 70.0]))
    assert q == pytest.approx([50.54, 169.71, 5.81], rel=1e-3)
    # TR-55's own table: 4 inches on curve number 80.
    assert flood.runoff_mm(101.6, 80.0) / 25.4 == pytest.approx(2.04, abs=0.005)


def test_no_runoff_below_the_first_loss_and_all_of_it_from_a_sealed_place() -> None:
    assert flood.runoff_mm(10.0, 70.0) == 0.0
    assert flood.runoff_mm(np.array([0.0, 25.0]), 100.0) == pytest.approx([0.0, 25.0])


def test_v11_surge_by_bathtub_and_by_wind_setup() -> None:
    level = surge.bathtub_level_m(45.0)
    assert level == pytest.approx(3.688, rel=1e-3)
    assert surge.flood_depth_m(level, 1.0, 5.0, 0.2) == pytest.approx(1.688, rel=1e-3)
    assert surge.setup_m(40.0, 50.0, 10.0, 0.0025, 1.2, 1025.0) == pytest.approx(2.387, rel=1e-3)


def test_tide_has_its_amplitude_and_period() -> None:
    t = surge.tide_m(np.array([0.0, 6.21, 12.42]), 1.8, 12.42, 0.0)
    assert t == pytest.approx([1.8, -1.8, 1.8])


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    ticks=st.integers(1, 40),
    places=st.integers(1, 5),
    with_sea=st.booleans(),
)
def test_water_is_neither_made_nor_lost(seed: int, ticks: int, places: int, with_sea: bool) -> None:
    rng = np.random.default_rng(seed)
    rain_mm = (rng.random((ticks, places)) * 20.0).astype(np.float32)
    rain_mm *= rng.random((ticks, 1)) < 0.6  # with dry ticks between
    number = rng.uniform(30.0, 100.0, places)
    sea_mm = (rng.random((ticks, places)) * 60.0 - 30.0).astype(np.float32)
    cell = flood.balance(
        rain_mm,
        number,
        rng.uniform(0.0, 3.0, places),
        rng.uniform(0.0, 3.0, places),
        rng.random(ticks) < 0.7,
        rng.random((ticks, places)) < 0.7,
        sea_mm if with_sea else None,
    )
    assert (cell.stored_mm >= 0.0).all()
    assert cell.runoff_mm == pytest.approx(
        flood.runoff_mm(rain_mm.sum(axis=0, dtype=np.float64), number), abs=1e-6
    )
    came = cell.runoff_mm + cell.from_sea_mm
    assert cell.stored_mm[-1] + cell.drained_mm + cell.pumped_mm == pytest.approx(came, abs=1e-3)


def test_pumps_that_stand_still_leave_their_water() -> None:
    rain_mm = np.full((6, 2), 5.0, dtype=np.float32)
    on = np.ones((6, 2), dtype=bool)
    on[:, 1] = False
    cell = flood.balance(
        rain_mm, np.full(2, 100.0), np.zeros(2), np.full(2, 2.0), np.ones(6, dtype=bool), on
    )
    assert cell.stored_mm[-1] == pytest.approx([18.0, 30.0])
    assert cell.pumped_mm == pytest.approx([12.0, 0.0])


def test_shut_gates_hold_the_water_back_until_they_open() -> None:
    rain_mm = np.array([[10.0], [0.0], [0.0]], dtype=np.float32)
    cell = flood.balance(
        rain_mm,
        np.array([100.0]),
        np.array([4.0]),
        np.zeros(1),
        np.array([False, False, True]),
        np.ones((3, 1), dtype=bool),
    )
    assert cell.stored_mm[:, 0] == pytest.approx([10.0, 10.0, 6.0])


def test_a_road_lies_under_its_deeper_end_and_its_dip_fills_with_the_water() -> None:
    depth = np.array([[0.0, 0.0, 0.2], [0.05, 0.02, 0.0]], dtype=np.float32)
    road = flood.road_depth_m(
        depth, np.array([0, 1]), np.array([1, 2]), np.array([0.25, 0.25], dtype=np.float32), 0.1
    )
    assert road == pytest.approx(np.array([[0.0, 0.45], [0.175, 0.07]]))
