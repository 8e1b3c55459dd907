"""Water that runs to neighbours: against a plain loop, kept to the litre, and never worse for less.

The plain loop has the formula of a broad-crested weir and knows nothing of the arrays.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.sim.nature.overflow import Given, Overflow, OverflowRules, given_links, neighbours_of
from anlan.sim.place.exposure import Exposure, exposure_of
from anlan.sim.scenario.schema import WaterLink
from tests.oracle.calm import places

TICK_H = 5.0 / 60.0
RULES = OverflowRules(4, 3.0, 20.0, 0.15, 0.12, 1.7)
SEEDS = settings(max_examples=40, derandomize=True, deadline=None)


def ground(number: int, seed: int = 0, rise_m: float = 1.0) -> Exposure:
    """Places strewn over some kilometres, of different area and height."""
    rng = np.random.default_rng(seed)
    return replace(
        exposure_of(places(number, [])),
        lat=31.9 + 0.03 * rng.random(number),
        lon=121.2 + 0.03 * rng.random(number),
        elevation_m=3.0 + rise_m * rng.random(number),
        area_m2=1e6 * (0.2 + 3.0 * rng.random(number)),
    )


def plainly(sites: Exposure, stored_mm: Any) -> Any:
    """m3 that come to each place in a tick, pair by pair."""
    ones, others = neighbours_of(sites, RULES.neighbours, RULES.neighbour_km)
    pairs = list(zip(ones.tolist(), others.tolist(), strict=True))

    def is_low(p: int) -> bool:
        near = [other for q in pairs if p in q for other in q]
        return bool(sites.elevation_m[p] <= min((sites.elevation_m[n] for n in near), default=99.0))

    came = [0.0] * len(stored_mm)
    for pair in pairs:
        level = [sites.elevation_m[p] + stored_mm[p] / 1000.0 / 0.12 for p in pair]
        low, high = sorted(pair, key=lambda p: level[pair.index(p)])
        sill = max(sites.elevation_m[p] for p in pair) + 0.15
        over = max(level) - sill
        if over <= 0.0:
            continue
        most = max(sum(p in q for q in pairs) + is_low(p) for p in pair)
        shared = 1.0 / sum(1.0 / (0.12 * sites.area_m2[p]) for p in pair)
        weir = 1.7 * 20.0 * over**1.5 * TICK_H * 3600.0
        m3 = min(weir, 0.5 * shared / most * min(over, max(level) - min(level)))
        came[low] += m3
        came[high] -= m3
    return np.array(came)


@SEEDS
@given(seed=st.integers(0, 10**6), number=st.integers(2, 12), rise_m=st.floats(0.0, 2.0))
def test_as_over_a_weir_pair_by_pair_and_nothing_is_lost(
    seed: int, number: int, rise_m: float
) -> None:
    sites = ground(number, seed, rise_m)
    stored_mm = np.random.default_rng(seed).random(number) * 300.0
    net_mm = Overflow(RULES, sites, TICK_H).net_mm(stored_mm)
    m3 = net_mm * sites.area_m2 / 1000.0
    assert m3 == pytest.approx(plainly(sites, stored_mm), rel=1e-9, abs=1e-6)
    assert abs(m3.sum()) <= 1e-9 * np.abs(m3).sum()
    assert (stored_mm + net_mm >= 0.0).all()


@SEEDS
@given(seed=st.integers(0, 10**6), tick_h=st.sampled_from([TICK_H, 0.5, 6.0]))
def test_less_water_somewhere_is_more_nowhere(seed: int, tick_h: float) -> None:
    """However long the tick: so what is pumped out above never floods anybody below."""
    rng = np.random.default_rng(seed)
    sites = ground(10, seed)
    overflow = Overflow(RULES, sites, tick_h)
    much_mm = rng.random(10) * 400.0
    less_mm = much_mm * np.where(rng.random(10) < 0.3, rng.random(10), 1.0)
    for _ in range(20):
        for mm in (much_mm, less_mm):
            mm += overflow.net_mm(mm) - overflow.to_river_mm(mm, 3.3)
        assert (less_mm <= much_mm + 1e-9).all()


def test_it_comes_to_rest_level_and_the_higher_ground_keeps_its_kerb() -> None:
    """Two places on one level end level; below the kerb nothing moves."""
    sites = replace(ground(2), elevation_m=np.full(2, 3.0))
    overflow = Overflow(RULES, sites, TICK_H)
    stored_mm = np.array([240.0, 0.0])  # 2 m
    for _ in range(4000):
        stored_mm = stored_mm + overflow.net_mm(stored_mm)
    assert stored_mm[0] == pytest.approx(max(stored_mm[1], 0.12 * 150.0), rel=1e-3)
    assert stored_mm[1] > 0.0
    assert not overflow.runs_over(np.array([0.12 * 149.0, 0.0]))


def test_none_runs_without_a_width_and_twice_the_width_carries_more() -> None:
    sites, stored_mm = ground(2), np.array([60.0, 0.0])
    sites = replace(sites, elevation_m=np.array([4.0, 3.0]))
    runs = [Overflow(replace(RULES, overflow_width_m=w), sites, TICK_H) for w in (0.0, 1.0, 2.0)]
    assert [o.runs_over(stored_mm) for o in runs] == [False, True, True]
    moved = [float(o.net_mm(stored_mm)[1]) for o in runs]
    assert moved[2] == pytest.approx(2.0 * moved[1])
    assert moved[1] > 0.0


def test_rows_in_another_order_give_the_same_bits() -> None:
    sites = ground(12, 5)
    stored_mm = np.random.default_rng(5).random(12) * 300.0
    turned = replace(sites, **{f: getattr(sites, f)[::-1].copy()
                               for f in ("lat", "lon", "elevation_m", "area_m2")})  # fmt: skip
    found = Overflow(RULES, turned, TICK_H).net_mm(stored_mm[::-1].copy())[::-1]
    assert (found == Overflow(RULES, sites, TICK_H).net_mm(stored_mm)).all()


def test_the_lowest_runs_to_a_river_until_that_stands_as_high() -> None:
    """0.5 m in the lower place: held back by 3.5 m outside, over a free kerb 0.35 m deep."""
    sites = replace(ground(2), elevation_m=np.array([4.0, 3.0]), area_m2=np.full(2, 1e6))
    overflow, stored_mm = Overflow(RULES, sites, TICK_H), np.array([60.0, 60.0])
    free, less, held = (overflow.to_river_mm(stored_mm, m) for m in (0.0, 3.3, 3.5))
    assert free == pytest.approx([0.0, 1.7 * 20.0 * 0.35**1.5 * 300.0 / 1e3])
    assert less == pytest.approx([0.0, 1.7 * 20.0 * 0.2**1.5 * 300.0 / 1e3])
    assert not held.any()


def test_a_table_that_says_what_is_assumed_gives_the_same_bits() -> None:
    """And with nothing assumed: no neighbours, no width but that of the table."""
    sites = ground(9, 3)
    stored_mm = np.random.default_rng(3).random(9) * 300.0
    one, other = neighbours_of(sites, RULES.neighbours, RULES.neighbour_km)
    sill_m = np.maximum(sites.elevation_m[one], sites.elevation_m[other]) + RULES.overflow_crest_m
    given = Given(one, other, sill_m, np.full(len(one), RULES.overflow_width_m))
    alone = replace(RULES, neighbours=0, overflow_width_m=0.0)
    found = Overflow(alone, sites, TICK_H, given)
    assert found.runs_over(stored_mm)
    assert found.net_mm(stored_mm) == pytest.approx(
        Overflow(RULES, sites, TICK_H).net_mm(stored_mm), rel=1e-12
    )


def test_links_of_a_table_stand_in_place_of_the_neighbours() -> None:
    """Of three places one after the other the first runs to the last alone, as over its own weir:
    twice as wide, twice as much; and rows in another order, ends the other way round, change
    nothing.
    """
    three = places(3, [(0, 1, 1.0, 40.0), (1, 2, 1.0, 40.0)])
    rows = tuple(
        c.model_copy(update={"elevation_m": 5.0 - n, "lon": 121.2 + 0.01 * n, "area_km2": 1.0})
        for n, c in enumerate(three.communities)
    )
    stored_mm, moved = np.array([36.0, 0.0, 0.0]), []  # 0.3 m
    for width_m, turn in ((1.0, False), (2.0, False), (2.0, True)):
        ends = ("c2", "c0") if turn else ("c0", "c2")
        link = WaterLink(
            from_community=ends[0], to_community=ends[1], sill_m=5.1, width_m=width_m,
            mark="assumption",
        )  # fmt: skip
        scenario = three.model_copy(update={"communities": rows, "water_links": (link,)})
        overflow = Overflow(RULES, exposure_of(scenario), TICK_H, given_links(scenario))
        assert overflow.runs_over(stored_mm)
        assert not overflow.runs_over(np.array([0.0, 12.0 * 0.9, 0.0]))
        moved.append(overflow.net_mm(stored_mm))
    m3 = 1.7 * 0.2**1.5 * TICK_H * 3600.0
    assert moved[0] == pytest.approx([-m3 / 1e3, 0.0, m3 / 1e3])
    assert moved[1] == pytest.approx(2.0 * moved[0])
    assert (moved[2] == moved[1]).all()


@SEEDS
@given(seed=st.integers(0, 10**6))
def test_less_water_somewhere_is_more_nowhere_over_links_of_a_table(seed: int) -> None:
    rng = np.random.default_rng(seed)
    sites = ground(8, seed)
    one, other = np.triu_indices(8, 1)
    keep = rng.random(len(one)) < 0.4
    keep[0] = True
    one, other = one[keep], other[keep]
    high_m = np.maximum(sites.elevation_m[one], sites.elevation_m[other])
    given = Given(one, other, high_m + 0.3 * rng.random(len(one)), 100.0 * rng.random(len(one)))
    overflow = Overflow(RULES, sites, TICK_H, given)
    much_mm = rng.random(8) * 400.0
    less_mm = much_mm * np.where(rng.random(8) < 0.3, rng.random(8), 1.0)
    volume = much_mm @ sites.area_m2
    for _ in range(20):
        for mm in (much_mm, less_mm):
            mm += overflow.net_mm(mm)
        assert (less_mm <= much_mm + 1e-9).all()
    assert much_mm @ sites.area_m2 == pytest.approx(volume, rel=1e-12)
