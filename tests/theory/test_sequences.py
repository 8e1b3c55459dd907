"""Looking after every batch: the chance of ever being wrong stays below alpha, and runs are spared.

Every test plays thousands of made-up studies whose truth is known, at the point where a false
alarm is easiest: the truth is exactly what is asked.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from numpy.typing import ArrayLike
from scipy import stats
from scipy.special import betaincinv, betaln

from anlan.analysis.statistics.intervals import clopper_pearson
from anlan.analysis.statistics.sequences import (
    bounded_bounds,
    log_capital,
    mean_bounds,
    plug_in_stakes,
    share_bounds,
    student_half_width,
)

ALPHA, BATCH, MOST, STUDIES = 0.05, 20, 2000, 4000
LOOKS = np.arange(BATCH, MOST + 1, BATCH)


def log_evidence(k: ArrayLike, n: ArrayLike, share: float) -> Any:
    """Log of the mixture martingale against one share, from its definition (Robbins 1970)."""
    good, of = np.asarray(k, dtype=float), np.asarray(n, dtype=float)
    mixture = betaln(good + 0.5, of - good + 0.5) - betaln(0.5, 0.5)
    return mixture - good * math.log(share) - (of - good) * math.log1p(-share)


def share_ends(k: int, n: int) -> tuple[float, float]:
    low, high = share_bounds([k], [n], ALPHA)
    return float(low[0]), float(high[0])


def mean_ends(values: ArrayLike, bounds: tuple[float, float] | None = None) -> tuple[float, float]:
    """After all of the values."""
    given = np.asarray(values, dtype=float)
    low, high = mean_bounds(given, [len(given)], ALPHA, bounds)
    return float(low[0]), float(high[0])


def above(alpha: float, n: int) -> float:
    """What a share of n studies stays below if its truth is alpha, but for 1 chance in 10,000."""
    return float(stats.binom.ppf(0.9999, n, alpha)) / n


@pytest.mark.parametrize("asked", [0.5, 0.9, 0.95, 0.99])
def test_a_share_looked_at_every_batch_raises_few_false_alarms(asked: float) -> None:
    rng = np.random.default_rng(1)
    k = rng.binomial(BATCH, asked, (STUDIES, len(LOOKS))).cumsum(axis=1)
    alarms = (log_evidence(k, LOOKS, asked) >= math.log(1 / ALPHA)).any(axis=1)
    assert alarms.mean() <= above(ALPHA, STUDIES)


@pytest.mark.parametrize("asked", [0.5, 0.95])
def test_naive_intervals_looked_at_every_batch_raise_many(asked: float) -> None:
    rng = np.random.default_rng(1)
    k = rng.binomial(BATCH, asked, (STUDIES, len(LOOKS))).cumsum(axis=1)
    with np.errstate(invalid="ignore"):
        low = np.where(k > 0, betaincinv(np.maximum(k, 1), LOOKS - k + 1, ALPHA / 2), 0.0)
        high = np.where(k < LOOKS, betaincinv(k + 1, np.maximum(LOOKS - k, 1), 1 - ALPHA / 2), 1.0)
    assert (low[0, 4], high[0, 4]) == pytest.approx(clopper_pearson(int(k[0, 4]), 100)[1:3])
    wrong = ((low > asked) | (high < asked)).any(axis=1)
    assert wrong.mean() > 4 * ALPHA


def test_the_interval_holds_just_the_shares_that_the_martingale_has_not_ruled_out() -> None:
    for k, n in ((0, 1), (0, 50), (7, 50), (95, 100), (50, 50), (999_950, 1_000_000)):
        low, high = share_ends(k, n)
        for end, outwards in ((low, -1), (high, 1)):
            if 0 < end < 1:
                at = log_evidence(k, n, end)
                assert at == pytest.approx(math.log(1 / ALPHA), abs=1e-6)
                beyond = end + outwards * 1e-3 * min(end, 1 - end)
                assert log_evidence(k, n, beyond) > at


def test_the_mixture_is_a_martingale() -> None:
    """Its expectation is 1 at every number of runs: summed over all outcomes, exactly."""
    for n in (1, 10, 300):
        k = np.arange(n + 1)
        weight = stats.binom.pmf(k, n, 0.9)
        assert (weight * np.exp(log_evidence(k, n, 0.9))).sum() == pytest.approx(1.0)


def test_a_million_runs_are_sound() -> None:
    """As the mixture's theory has it: half the width is some sqrt(p q / n (log(n ...)))."""
    n, p = 1_000_000, 0.95
    low, high = share_ends(950_000, n)
    laplace = math.log(n * p * (1 - p)) + math.log(math.pi / 2) - math.log(p * (1 - p))
    half = math.sqrt(p * (1 - p) / n * (2 * math.log(1 / ALPHA) + laplace))
    assert high - low == pytest.approx(2 * half, rel=0.02)
    low, high = share_ends(n, n)
    assert high == 1.0
    assert 0.99998 < low < 1.0


def test_easy_targets_spare_runs_against_a_fixed_budget() -> None:
    """A plan that asks for 90 %: at a true 99 % or 60 % few runs decide, and rightly."""
    rng = np.random.default_rng(3)
    for truth, budget in ((0.99, 200), (0.60, 80)):
        k = rng.binomial(BATCH, truth, (1000, len(LOOKS))).cumsum(axis=1)
        low, high = share_bounds(k, np.broadcast_to(LOOKS, k.shape), ALPHA)
        right = low > 0.9 if truth > 0.9 else high < 0.9
        assert right.any(axis=1).all()
        used = LOOKS[right.argmax(axis=1)]
        assert used.mean() < budget < MOST


def test_means_of_normal_values_with_unknown_spread() -> None:
    rng = np.random.default_rng(4)
    x = rng.normal(0.0, 7.0, (STUDIES, 500))
    n = np.arange(1.0, 501.0)
    mean = x.cumsum(axis=1) / n
    variance = ((x**2).cumsum(axis=1) - n * mean**2) / np.maximum(n - 1, 1)
    half = student_half_width(n, np.sqrt(np.maximum(variance, 0)), ALPHA)
    assert (np.abs(mean) > half).any(axis=1).mean() <= above(ALPHA, STUDIES)  # every single run
    naive = stats.t.ppf(1 - ALPHA / 2, LOOKS[:25] - 1) * np.sqrt(variance[:, LOOKS[:25] - 1])
    wrong = np.abs(mean[:, LOOKS[:25] - 1]) > naive / np.sqrt(LOOKS[:25])
    assert wrong.any(axis=1).mean() > 3 * ALPHA


def test_bounded_means_need_no_normal_values() -> None:
    """Nine runs in ten give 1 and the tenth 0.2: as far from normal as shares get."""
    rng = np.random.default_rng(5)
    x = np.where(rng.random((1000, 500)) < 0.9, 1.0, 0.2)
    alarms = 0
    for values in x:
        stakes = plug_in_stakes(values, ALPHA)
        up = log_capital(values, stakes, 0.92)
        down = log_capital(1 - values, stakes, 0.08)
        alarms += max(up.max(), down.max()) >= math.log(2 / ALPHA)
    assert alarms / 1000 <= above(ALPHA, 1000)
    low, high = bounded_bounds(x[0], [20, 500], ALPHA)
    stakes = plug_in_stakes(x[0], ALPHA)
    assert log_capital(x[0], stakes, float(low[1]))[-1] == pytest.approx(math.log(2 / ALPHA))
    assert low[0] < low[1] < x[0].mean() < high[1] <= high[0] <= 1.0


def test_what_settles_nothing() -> None:
    assert mean_ends([3.0]) == (-math.inf, math.inf)
    assert mean_ends([5.0] * 500)[0] == -math.inf  # equal so far; nothing known of the rest
    assert mean_ends([1.0] * 500, bounds=(0, 1))[0] > 0.98  # a share cannot be far off
    with pytest.raises(ValueError, match="not 0 to 1"):
        mean_ends([0.5, 1.5], bounds=(0, 1))


def test_large_numbers_keep_their_spread() -> None:
    small, large = (mean_ends(np.arange(100) % 3 + shift) for shift in (0.0, 1e9))
    assert large[1] - large[0] == pytest.approx(small[1] - small[0], rel=1e-6)
