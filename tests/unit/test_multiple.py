"""Many questions at once: Holm by hand, and p-values that may be looked at after every run."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import ttest_1samp

from anlan.analysis.statistics.multiple import holm, planned_interval, planned_p_value


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


LOOKS = (12, 24, 48)


@pytest.mark.parametrize("draw", [pytest.param("normal", marks=pytest.mark.long), "many zeros"])
def test_looking_as_planned_finds_nothing_that_is_not_there(draw: str) -> None:
    """The chance that p ever falls to 0.05 is at most 0.05; a t-test at each look errs more."""
    rng = np.random.default_rng(3)
    wrong = naive = 0
    for _ in range(2000):
        d = rng.normal(size=48)
        if draw == "many zeros":
            d = d * (rng.uniform(size=48) < 0.3)
        wrong += any(planned_p_value(d[:n], LOOKS[: k + 1]) <= 0.05 for k, n in enumerate(LOOKS))
        naive += any(ttest_1samp(d[:n], 0.0).pvalue <= 0.05 for n in LOOKS)
    assert wrong / 2000 <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / 2000)
    assert naive > 1.5 * wrong


def test_one_look_is_students_test_at_its_share_of_the_chance() -> None:
    d = np.random.default_rng(5).normal(size=12) + 0.7
    whole = float(ttest_1samp(d, 0.0).pvalue)
    assert planned_p_value(d, [12]) == pytest.approx(whole / 0.8)
    later = float(ttest_1samp(d, 0.0).pvalue) / (0.8 * 0.2)
    first = float(ttest_1samp(d[:6], 0.0).pvalue) / 0.8
    assert planned_p_value(d, [6, 12]) == pytest.approx(min(first, later))


@pytest.mark.parametrize("alpha", [0.05, 0.001])
@pytest.mark.parametrize("n", [6, 20, 100])
def test_the_interval_holds_0_just_where_the_p_value_is_above_alpha(alpha: float, n: int) -> None:
    rng = np.random.default_rng(n)
    for shift in np.linspace(0, 3, 40):
        d = rng.normal(size=n) + shift
        found = planned_interval(d, alpha, [n])
        assert (found.low <= 0.0 <= found.high) == (planned_p_value(d, [n]) > alpha)


def test_nothing_is_said_of_nothing_and_equal_differences_settle_after_some_runs() -> None:
    assert planned_p_value([], [2]) == planned_p_value([3.0], [2]) == 1.0
    assert planned_p_value([0.0] * 50, [50]) == planned_p_value([math.nan] * 50, [50]) == 1.0
    assert planned_p_value([2.0] * 3, [3]) > 0.05
    assert planned_p_value([2.0] * 12, [12]) < 1e-4
    assert planned_interval([2.0] * 3, 0.05, [3]).low == -math.inf
    assert planned_interval([2.0] * 12, 0.05, [12])[:3] == (2.0, 2.0, 2.0)
    assert math.isnan(planned_interval([], 0.05, [2]).estimate)
    some, known = [1.0, math.nan, 1.5, 1.2], [1.0, 1.5, 1.2]
    assert planned_p_value(some, [4]) == planned_p_value(known, [3])
