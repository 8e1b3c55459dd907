"""Rain against R-CLIPER's values (V10), and the mean and likeness of its random cells."""

from __future__ import annotations

import numpy as np
import pytest

from anlan.sim import portable
from anlan.sim.forcing import rain


def test_v10_rcliper_at_three_radii_and_for_a_weak_storm() -> None:
    v = rain.rcliper_mm_h(np.array([0.0, 39.68, 100.0]), 65.0)
    assert v == pytest.approx([6.837, 8.005, 4.831], rel=1e-3)
    assert rain.rcliper_mm_h(100.0, 35.0) == pytest.approx(2.358, rel=1e-3)


def test_rcliper_never_goes_below_nought_for_a_dying_storm() -> None:
    assert (rain.rcliper_mm_h(np.linspace(0.0, 500.0, 50), 5.0) >= 0.0).all()


def test_a_storms_factor_has_mean_one() -> None:
    # Gauss-Hermite quadrature gives the expectation without drawing.
    z, w = np.polynomial.hermite_e.hermegauss(40)
    mean = (w * rain.lognormal_factor(z, 0.6)).sum() / w.sum()
    assert mean == pytest.approx(1.0, rel=portable.RESOLUTION)


def test_cells_keep_unit_variance_and_are_alike_only_nearby() -> None:
    lat = np.array([31.9, 31.905, 31.9])
    lon = np.array([121.2, 121.2, 121.7])  # 0.6 km and 47 km from the first
    lattice = rain.lattice_over(lat, lon, 10.0)
    on_points = np.zeros((lattice.points, 3))
    on_points[lattice.corners, np.arange(3)] = lattice.weights
    likeness = on_points.T @ on_points
    assert np.diag(likeness) == pytest.approx(np.ones(3), rel=1e-5)
    assert likeness[0, 1] > 0.9
    assert likeness[0, 2] == 0.0


def test_cells_run_straight_between_their_hours() -> None:
    lattice = rain.lattice_over(np.array([31.9]), np.array([121.2]), 10.0)
    draws = np.zeros((3, lattice.points), dtype=np.float32)
    draws[1] = 1.0
    factor = rain.cell_factor(draws, lattice, np.array([0.0, 0.5, 1.0, 2.0, 9.0]), 1.0, 0.5)
    calm, wet = np.exp(-0.125), float(factor[2, 0])
    assert factor[:, 0] == pytest.approx([calm, (calm + wet) / 2, wet, calm, calm], rel=1e-5)


def test_a_gauge_hour_holds_for_its_hour_and_not_beyond() -> None:
    rate = rain.gauge_mm_h(
        np.array([1.0, 2.0, 4.0]),
        np.array([5.0, 7.0, 9.0]),
        np.array([0.5, 1.0, 1.95, 2.0, 3.5, 4.99, 5.0]),
    )
    assert rate == pytest.approx([0.0, 5.0, 5.0, 7.0, 0.0, 9.0, 0.0])
