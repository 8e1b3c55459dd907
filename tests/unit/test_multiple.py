"""Many questions at once: Holm by hand, and p-values that may be looked at after every run."""

from __future__ import annotations

import math

import numpy as np
import pytest

from anlan.analysis.statistics.multiple import holm, sequential_interval, sequential_p_value


def test_holm_by_hand() -> None:
    """Holm's steps at 0.05 over four: 0.0125, 0.0167, 0.025, 0.05."""
    rejected, levels = holm([0.04, 0.001, 0.03, 0.016], 0.05)
    assert rejected.tolist() == [False, True, False, True]
    assert levels == pytest.approx([0.025, 0.0125, 0.025, 0.05 / 3])


def test_holm_stops_at_the_first_that_is_too_large() -> None:
    """The last step would let 0.04 pass by itself."""
    rejected, _ = holm([0.03, 0.04], 0.05)
    assert rejected.tolist() == [False, False]
    assert holm([0.02, 0.04], 0.05)[0].tolist() == [True, True]
    assert holm([], 0.05)[0].tolist() == []


def test_holm_rejects_no_less_than_bonferroni() -> None:
    rng = np.random.default_rng(1)
    for _ in range(50):
        p = rng.uniform(size=12) ** 4
        assert (holm(p, 0.05)[0] | (p > 0.05 / 12)).all()


def test_holm_keeps_its_level_over_a_family() -> None:
    """Twenty effects that are not there: hardly ever is one found (uniform p-values)."""
    rng = np.random.default_rng(2)
    wrong = sum(holm(rng.uniform(size=20), 0.05)[0].any() for _ in range(4000))
    assert wrong / 4000 < 0.05 + 3 * math.sqrt(0.05 * 0.95 / 4000)


@pytest.mark.parametrize("draw", ["normal", "many zeros"])
def test_looking_after_every_run_finds_nothing_that_is_not_there(draw: str) -> None:
    """The chance that p ever falls to 0.05 is at most 0.05; a t-test so used would err far more."""
    from scipy.stats import ttest_1samp

    rng = np.random.default_rng(3)
    wrong = naive = 0
    for _ in range(400):
        d = rng.normal(size=60)
        if draw == "many zeros":
            d = d * (rng.uniform(size=60) < 0.3)
        wrong += any(sequential_p_value(d[:n]) <= 0.05 for n in range(2, 61))
        naive += any(ttest_1samp(d[:n], 0.0).pvalue <= 0.05 for n in range(10, 61))
    assert wrong / 400 <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / 400)
    assert naive > 2 * wrong


def test_an_effect_is_found_and_a_larger_one_sooner() -> None:
    rng = np.random.default_rng(4)
    d = rng.normal(size=400)
    runs = [
        next(n for n in range(2, 401) if sequential_p_value(d[:n] + e) < 1e-3) for e in (0.5, 2)
    ]
    assert runs[1] < runs[0] < 400


@pytest.mark.parametrize("alpha", [0.05, 0.001])
@pytest.mark.parametrize("n", [6, 20, 100])
def test_the_interval_holds_0_just_where_the_p_value_is_above_alpha(alpha: float, n: int) -> None:
    rng = np.random.default_rng(n)
    for shift in np.linspace(0, 3, 40):
        d = rng.normal(size=n) + shift
        found = sequential_interval(d, alpha)
        assert (found.low <= 0.0 <= found.high) == (sequential_p_value(d) > alpha)


def test_nothing_is_said_of_nothing_and_equal_differences_settle_after_some_runs() -> None:
    assert sequential_p_value([]) == sequential_p_value([3.0]) == 1.0
    assert sequential_p_value([0.0] * 50) == sequential_p_value([math.nan] * 50) == 1.0
    assert sequential_p_value([2.0] * 3) > 0.05
    assert sequential_p_value([2.0] * 12) < 1e-4
    assert sequential_interval([2.0] * 3, 0.05).low == -math.inf
    assert sequential_interval([2.0] * 12, 0.05)[:3] == (2.0, 2.0, 2.0)
    assert math.isnan(sequential_interval([], 0.05).estimate)
    assert sequential_p_value([1.0, math.nan, 1.5, 1.2]) == sequential_p_value([1.0, 1.5, 1.2])
