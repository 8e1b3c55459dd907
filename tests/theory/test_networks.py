"""Poles (V15), trees, and the first moment at which a drawn strength is reached."""

from __future__ import annotations

import numpy as np
import pytest

from anlan.sim.networks import fragility as networks

CURVE = (0.3, 42.0, 4.0)


def test_v15_pole_and_feeder_failure() -> None:
    assert networks.pole_failure(np.array([30.0, 40.0, 50.0])) == pytest.approx(
        [0.00169, 0.00433, 0.01109],
        abs=5e-6,  # as printed
    )
    assert networks.feeder_failure(40.0, 20) == pytest.approx(0.0830, rel=1e-3)


def test_half_of_the_trees_fall_at_the_median_gust_and_a_road_counts_them_all() -> None:
    assert networks.tree_fall(42.0, 42.0, 4.0) == 0.5
    # One tree at the median: half falls, three tenths of that lie across the road.
    assert networks.road_blocked(42.0, 1.0, *CURVE) == pytest.approx(0.15)
    assert networks.road_blocked(42.0, 2.0, *CURVE) == pytest.approx(1 - 0.85**2)


def test_a_strength_is_the_gust_at_which_the_chance_reaches_the_draw() -> None:
    u = np.linspace(0.01, 0.99, 33)
    feeder = networks.feeder_strength_ms(u, 20.0)
    assert networks.feeder_failure(feeder, 20.0) == pytest.approx(u, rel=1e-9)
    road = networks.road_gust_ms(-np.log1p(-u), 40.0, *CURVE)
    assert networks.road_blocked(road, 40.0, *CURVE) == pytest.approx(u, rel=1e-9)


def test_a_road_without_trees_or_with_too_few_never_closes() -> None:
    assert networks.road_gust_ms(0.001, 0.0, *CURVE) == np.inf
    most = -np.log(0.7)  # at most 0.3 of one tree
    assert networks.road_gust_ms(most + 1e-9, 1.0, *CURVE) == np.inf
    assert np.isfinite(networks.road_gust_ms(most - 1e-9, 1.0, *CURVE))


def test_further_trees_follow_a_poisson_number() -> None:
    n = 20_000
    u = (np.arange(n) + 0.5) / n  # every quantile once: no drawing
    more = networks.blockages(u, np.full(n, 1.7)) - 1
    assert more.mean() == pytest.approx(1.7, rel=1e-3)
    assert more.var() == pytest.approx(1.7, rel=1e-2)
    assert (more == 0).mean() == pytest.approx(np.exp(-1.7), abs=1e-4)


def test_first_tick_that_reaches_a_threshold() -> None:
    gust = np.array([[10.0, 10.0], [25.0, 15.0], [20.0, 19.0]], dtype=np.float32)
    assert networks.first_tick(gust, np.array([20.0, 20.0])).tolist() == [1, 3]


def test_crews_wait_for_the_last_of_the_wind_and_then_for_the_outage() -> None:
    wind = np.array([[5.0, 5.0], [20.0, 5.0], [9.0, 5.0], [18.0, 5.0], [9.0, 5.0]])
    calm = networks.calm_from(wind.astype(np.float32), 17.0)
    assert calm.tolist() == [4, 0]
    up = networks.restored_tick(
        np.array([1, 2], dtype=np.int32), calm, np.array([2.2, 2.2]), ticks=20
    )
    assert up.tolist() == [7, 5]


def test_repair_times_are_exponential() -> None:
    u = (np.arange(10_000) + 0.5) / 10_000
    wait = networks.exponential(u, 18.0)
    assert wait.mean() == pytest.approx(18.0, rel=1e-3)
    assert (wait > 18.0).mean() == pytest.approx(np.exp(-1.0), abs=1e-3)
