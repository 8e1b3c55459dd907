"""Poles (V15), trees, and the gusts and hours that poles, trees and repair crews go by."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from anlan.sim.chance import Streams, keys_of
from anlan.sim.ledger import Ledger
from anlan.sim.networks import fragility as networks
from anlan.sim.networks.power import Power, PowerRules
from anlan.sim.networks.trees import TreeRules, Trees
from anlan.sim.place.exposure import Exposure, exposure_of
from anlan.sim.scenario.schema import Scenario
from tests.oracle.calm import air, places

CURVE = (0.3, 42.0, 4.0)


def across(gust_ms: Any, blocking_share: float, median_ms: float, scale_ms: float) -> Any:
    """The chance that a tree has fallen across its road by a gust."""
    return blocking_share / (1.0 + np.exp(-(gust_ms - median_ms) / scale_ms))


def test_v15_pole_and_feeder_failure() -> None:
    printed = np.array([0.00169, 0.00433, 0.01109])  # to 5e-6, which is 0.04 m/s at most
    assert networks.feeder_strength_ms(printed, 1) == pytest.approx([30.0, 40.0, 50.0], abs=0.04)
    assert networks.feeder_strength_ms(0.0830, 20) == pytest.approx(40.0, abs=0.02)


def test_half_of_the_trees_fall_at_the_median_gust_and_a_road_counts_them_all() -> None:
    # One tree at the median: half falls, three tenths of that lie across the road.
    for trees in (1.0, 2.0):
        mean = -np.log(0.85**trees)
        assert networks.road_gust_ms(mean, trees, *CURVE) == pytest.approx(42.0)


def test_a_strength_is_the_gust_at_which_the_chance_reaches_the_draw() -> None:
    u = np.linspace(0.01, 0.99, 33)
    feeder = networks.feeder_strength_ms(u, 20.0)
    pole = 1e-4 * np.exp(0.0421 * 2.236936 * feeder)
    assert 1.0 - (1.0 - pole) ** 20 == pytest.approx(u, rel=1e-9)
    road = networks.road_gust_ms(-np.log1p(-u), 40.0, *CURVE)
    assert 1.0 - (1.0 - across(road, *CURVE)) ** 40 == pytest.approx(u, rel=1e-9)


def test_a_road_without_trees_or_with_too_few_never_closes() -> None:
    assert networks.road_gust_ms(0.001, 0.0, *CURVE) == np.inf
    most = -np.log(0.7)  # at most 0.3 of one tree
    assert networks.road_gust_ms(most + 1e-9, 1.0, *CURVE) == np.inf
    assert np.isfinite(networks.road_gust_ms(most - 1e-9, 1.0, *CURVE))


def wooded(roads: int) -> tuple[Scenario, Exposure]:
    """Two places with so many roads of 1 km with 100 trees between them."""
    scenario = places(2, [(0, 1, 1.0, 40.0)] * roads)
    rows = tuple(r.model_copy(update={"trees_per_km": 100.0}) for r in scenario.roads)
    scenario = scenario.model_copy(update={"roads": rows})
    return scenario, exposure_of(scenario)


def test_fallen_trees_follow_a_poisson_number_whose_mean_goes_with_the_gust() -> None:
    """Gusts that come in steps let fall what one gust of the last step's strength lets fall."""
    n = 4_000
    scenario, sites = wooded(n)
    rules = TreeRules.read(scenario)
    keys = keys_of(f"r{k}" for k in range(n))
    trees = Trees(rules, keys, sites, Streams(3, 0))
    at_once = Trees(rules, keys, sites, Streams(3, 0))
    curve = (rules.blocking_share, rules.median_gust_ms, rules.gust_scale_ms)
    for gust_ms in (rules.min_gust_ms, 30.0, 36.0, 36.0, 20.0, 41.0):
        trees.step(air(2, gust_ms=gust_ms))
    at_once.step(air(2, gust_ms=41.0))
    # ln(1 - s / (1 + e^(-(g - m) / k))) a tree: by hand, for 100 trees.
    share = curve[0] / (1.0 + np.exp(-(41.0 - curve[1]) / curve[2]))
    mean = -100.0 * np.log1p(-share)
    assert -100.0 * np.log1p(-across(41.0, *curve)) == pytest.approx(mean)
    assert trees.across.mean() == pytest.approx(mean, abs=4.5 * np.sqrt(mean / n))
    assert trees.across.var(ddof=1) == pytest.approx(mean, rel=4.5 * np.sqrt(2.0 / n))
    assert (trees.across == 0).mean() == pytest.approx(np.exp(-mean), abs=4.5 * 0.5 / np.sqrt(n))
    assert (trees.across == at_once.across).all()


def test_trees_that_a_crew_has_cleared_do_not_fall_again() -> None:
    scenario, sites = wooded(200)
    trees = Trees(
        TreeRules.read(scenario), keys_of(f"r{k}" for k in range(200)), sites, Streams(3, 0)
    )
    fallen = trees.step(air(2, gust_ms=41.0))
    assert sum(count for _, count in fallen) == trees.across.sum() > 0
    for road, _ in fallen:
        trees.clear(road)
    assert trees.step(air(2, gust_ms=41.0)) == []
    assert not trees.across.any()
    assert trees.step(air(2, gust_ms=50.0)) != []  # but those that stood it fall in a stronger one


def power_of() -> Power:
    """One place's power, whose feeder fails at 20 m/s and is repaired in 2.2 hours."""
    scenario = places(1, [])
    rules = replace(
        PowerRules.read(scenario), poles_per_feeder=1e9, min_gust_ms=20.0, crew_wind_ms=17.0
    )
    power = Power(rules, keys_of(["c0"]), ["c0"], 5 / 60.0, Streams(1, 0), Ledger())
    power.repair_h[:] = 2.2
    return power


def play(power: Power, gust_ms: list[float], wind_ms: list[float]) -> list[bool]:
    """Whether the power is out after each tick."""
    out = []
    for tick, (gust, wind) in enumerate(zip(gust_ms, wind_ms, strict=True)):
        power.step(tick, air(1, gust_ms=gust, wind_ms=wind))
        out.append(bool(power.out[0]))
    return out


def test_a_feeder_fails_in_the_first_tick_whose_gust_reaches_its_strength_and_never_again() -> None:
    gust = [10.0, 19.9, 20.0, 25.0] + [0.0] * 40 + [60.0] + [0.0] * 5
    out = play(power_of(), gust, [0.0] * 50)
    # 2.2 h are 26.4 ticks of five minutes: the 27th tick of repair ends it.
    assert np.flatnonzero(out).tolist() == list(range(2, 2 + 27))


def test_repair_goes_on_only_in_ticks_whose_wind_lets_crews_work() -> None:
    """Down in tick 2; ten ticks too windy in two parts: 27 ticks of work take 37."""
    wind = [5.0] * 6 + [17.0] * 4 + [16.9] * 5 + [30.0] * 6 + [5.0] * 40
    out = play(power_of(), [0.0, 0.0, 20.0] + [0.0] * 58, wind)
    assert np.flatnonzero(out).tolist() == list(range(2, 2 + 27 + 10))


def test_a_crew_that_helps_shortens_the_repair_by_its_hours() -> None:
    power = power_of()
    assert play(power, [20.0, 0.0], [0.0, 0.0]) == [True, True]
    power.work(0, 1.0)  # of 2.2 h: 1.2 h are left, less the tick that is done
    rest = play(power, [0.0] * 30, [0.0] * 30)
    assert sum(rest) == 13  # 14.4 ticks, one done: the 14th of these ends it


def test_repair_times_are_exponential() -> None:
    u = (np.arange(10_000) + 0.5) / 10_000
    wait = networks.exponential(u, 18.0)
    assert wait.mean() == pytest.approx(18.0, rel=1e-3)
    assert (wait > 18.0).mean() == pytest.approx(np.exp(-1.0), abs=1e-3)
