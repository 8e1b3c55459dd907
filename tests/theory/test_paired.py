"""Paired differences against published cases and against the coverage that they promise."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from anlan.analysis.compare.differences import differences
from anlan.analysis.statistics.paired import (
    mean_difference,
    newcombe,
    share_difference,
    wilson,
)
from anlan.sim.scenario.errors import BadInput
from anlan.sim.scenario.schema import Target
from tests.fabricated import targets


def test_newcombe_and_mcnemar_on_a_published_case() -> None:
    """Bentur et al. 2009, airways of 21 children before and after a transplant: 1, 1, 7, 12.

    As worked out by Fagerland, Lydersen and Laake 2014, Statistics in Medicine 33: 2850-2875.
    """
    before = [1] * 2 + [0] * 19
    after = [1, 0] + [1] * 7 + [0] * 12
    found = share_difference(before, after)
    assert found.interval.estimate == pytest.approx(6 / 21)
    assert found.interval[1:3] == pytest.approx((0.026, 0.507), abs=6e-4)
    assert found.p_value == pytest.approx(0.0703, abs=5e-5)


def test_wilson_on_a_published_case() -> None:
    """Newcombe 1998, Statistics in Medicine 17: 857-872, table I: 81 of 263."""
    assert wilson(81, 263, 0.95) == pytest.approx((0.2553, 0.3662), abs=5e-5)


def test_shares_are_covered_as_often_as_promised() -> None:
    """Over all outcomes of 30 pairs, weighted by their chance: no simulation."""
    chances = stats.multinomial(30, (0.5, 0.25, 0.1, 0.15))  # both, gained, lost, neither
    covered = 0.0
    for both, gained, lost in itertools.product(range(31), repeat=3):
        neither = 30 - both - gained - lost
        if neither >= 0:
            found = newcombe(both, gained, lost, neither)
            if found.low <= 0.15 <= found.high:
                covered += chances.pmf((both, gained, lost, neither))
    assert 0.94 < covered < 0.97


def test_pairing_saves_what_the_shared_chance_is_worth() -> None:
    """Var(a) + Var(b) over Var(b - a) is 1 / (1 - rho) where both vary alike."""
    rng = np.random.default_rng(1)
    storm = rng.normal(0, 3, 100_000)
    a, b = (storm + rng.normal(0, 1, 100_000) for _ in range(2))
    found = mean_difference(a, b + 0.5)
    assert found.variance_ratio == pytest.approx(1 / (1 - 9 / 10), rel=0.03)
    assert found.interval.low < 0.5 < found.interval.high
    same = stats.ttest_rel(b + 0.5, a).confidence_interval(0.95)
    assert found.interval[1:3] == pytest.approx((same.low, same.high))
    assert mean_difference(a, a + 1.0).variance_ratio > 1e6  # but for rounding, all is shared
    assert math.isnan(mean_difference([1, 1, 1], [1, 1, 1]).variance_ratio)


def test_bootstrapped_means_are_covered_as_often_as_promised() -> None:
    rng = np.random.default_rng(2)
    inside = 0
    for _ in range(200):
        other = rng.exponential(1.0, 60)
        found = mean_difference(np.zeros(60), other, method="bootstrap").interval
        inside += found.low <= 1.0 <= found.high
    assert inside / 200 > 0.88  # 95 % promised; BCa falls somewhat short on skewed values
    assert found == mean_difference(np.zeros(60), other, method="bootstrap").interval
    assert found.high - other.mean() > other.mean() - found.low  # leans to the long tail


def frame() -> pd.DataFrame:
    rng = np.random.default_rng(3)
    rows = []
    for run in range(200):
        storm = rng.normal(60, 20)
        for variant, shift in ((0, 0.0), (1, -10.0), (2, 0.0)):
            wait = storm + shift + rng.normal(0, 2)
            rows.append((variant, run, wait if run % 7 or variant else math.nan))
    table = pd.DataFrame(rows, columns=["variant", "run", "rescue.response_min_mean"])
    return table.sample(frac=1, random_state=1)


def test_every_variant_against_the_base() -> None:
    rescue = next(t for t in targets() if t.id == "rescue")
    share = Target(**{**dict(rescue), "id": "quick", "statistic": "share_of_runs_at_most",
                      "at_least": 0.9})  # fmt: skip
    found = differences(frame(), 0, targets=[rescue, share]).set_index(["name", "variant"])
    assert list(found["kind"]) == ["mean", "mean", "share", "share"]
    better, same = found.loc[("rescue", 1)], found.loc[("rescue", 2)]
    assert better["low"] < -10 < better["high"] < 0
    assert same["low"] < 0 < same["high"]
    assert (better["pairs"], better["left_out"]) == (171, 29)
    assert better["variance_ratio"] > 50
    assert found.loc[("quick", 1), "low"] > 0
    assert found.loc[("quick", 1), "p_value"] < 1e-4
    wide = differences(frame(), 0, targets=[rescue, share], together=True)
    assert (wide["high"] - wide["low"] > (found["high"] - found["low"]).to_numpy()).all()


def test_what_cannot_be_compared_is_said() -> None:
    with pytest.raises(BadInput, match="no variant 7"):
        differences(frame(), 7, ["rescue.response_min_mean"])
    with pytest.raises(BadInput, match=r"did you mean rescue\.response_min_mean"):
        differences(frame(), 0, ["rescue.response_min_men"])
    with pytest.raises(ValueError, match="keeps the limit"):
        share_difference([0.3], [1.0])
    with pytest.raises(ValueError, match="as many runs"):
        mean_difference([1.0], [1.0, 2.0])
    nothing = share_difference([math.nan], [1.0])
    assert (nothing.pairs, nothing.left_out, nothing.interval[1:3]) == (0, 1, (-1.0, 1.0))


def test_a_difference_that_is_the_same_in_few_pairs_may_be_so_by_chance() -> None:
    """As a sign test has it: five equal signs of five have a chance of 1 in 16, six of 1 in 32."""
    for pairs, confidence, has in (
        (4, 0.95, False),
        (5, 0.95, False),
        (6, 0.95, True),
        (6, 0.99, False),
    ):
        found = mean_difference(np.zeros(pairs), np.full(pairs, -1.0), confidence).interval
        assert found.estimate == -1.0
        assert bool(np.isfinite(found.low)) == has
        assert not has or found.low == found.high == -1.0
