"""Many questions at once: Holm by hand, and p-values that may be looked at after every run."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import binomtest, ttest_1samp

from anlan.analysis.statistics.multiple import holm, planned_interval, planned_test


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


def test_weighted_holm_by_hand() -> None:
    """Weights 2, 1, 1 at 0.05: a half, half of what is left, and all that is left then."""
    rejected, levels = holm([0.024, 0.06, 0.024], 0.05, [2.0, 1.0, 1.0])
    assert rejected.tolist() == [True, False, True]
    assert levels == pytest.approx([0.025, 0.05, 0.025])
    rejected, levels = holm([0.026, 0.012, 0.0], 0.05, [2.0, 1.0, 0.0])
    assert rejected.tolist() == [True, True, False]  # what has no weight is never rejected
    assert levels == pytest.approx([0.05, 0.05 / 3, 0.0])


def test_equal_weights_are_holms_own() -> None:
    rng = np.random.default_rng(4)
    for _ in range(50):
        p = rng.uniform(size=9) ** 3
        one, other = holm(p, 0.05), holm(p, 0.05, np.full(9, 0.3))
        assert (one[0] == other[0]).all()
        assert other[1] == pytest.approx(one[1])


def test_weighted_holm_keeps_its_level_over_a_family() -> None:
    rng = np.random.default_rng(6)
    weights = [4.0, 4.0, *[1.0] * 8]
    wrong = sum(holm(rng.uniform(size=10), 0.05, weights)[0].any() for _ in range(4000))
    assert wrong / 4000 < 0.05 + 3 * math.sqrt(0.05 * 0.95 / 4000)


LOOKS = (6, 12, 24)


@pytest.mark.parametrize(
    "draw",
    [
        pytest.param("normal", marks=pytest.mark.long),
        pytest.param("many zeros", marks=pytest.mark.long),
        "heavy",
    ],
)
def test_looking_as_planned_finds_nothing_that_is_not_there(draw: str) -> None:
    """The chance that p ever falls to 0.05 is at most 0.05; a t-test at each look errs more."""
    rng = np.random.default_rng(3)
    wrong = naive = 0
    for _ in range(1000):
        d = rng.normal(size=24)
        if draw == "many zeros":
            d = d * (rng.uniform(size=24) < 0.3)
        if draw == "heavy":
            d = d**3
        looked = [planned_test(d[:n], LOOKS[: k + 1], 3).p_value for k, n in enumerate(LOOKS)]
        wrong += any(p <= 0.05 for p in looked)
        naive += any(ttest_1samp(d[:n], 0.0).pvalue <= 0.05 for n in LOOKS)
    assert wrong / 1000 <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / 1000)
    assert naive > 1.5 * wrong


def test_a_look_is_the_better_of_two_tests_at_its_share_of_the_chance() -> None:
    """Bonferroni over both tests and over the planned looks; scipy's tests are the reference."""
    d = np.random.default_rng(5).normal(size=12) + 0.7

    def both(known: np.ndarray) -> float:
        signs = binomtest(int((known > 0).sum()), len(known)).pvalue
        return 2.0 * min(float(ttest_1samp(known, 0.0).pvalue), float(signs))

    assert planned_test(d, [12]).p_value == pytest.approx(both(d))
    assert planned_test(d, [6, 12]).p_value == pytest.approx(2 * min(both(d[:6]), both(d)))
    assert planned_test(d, [6], 3).p_value == pytest.approx(3 * both(d[:6]))


def test_what_always_goes_the_same_way_is_seen_though_its_mean_is_unsure() -> None:
    """Eleven small rises and a very large one: Student's test is lost, the signs are not."""
    d = np.array([0.01] * 11 + [50.0])
    assert ttest_1samp(d, 0.0).pvalue > 0.3
    assert planned_test(d, [12]) == (pytest.approx(2 * 2 * 0.5**12), True)
    assert planned_interval(d, 0.05, [12]).low < 0.0
    assert planned_test(-d, [12]).rises is False
    steady = np.random.default_rng(8).normal(size=12) - 3.0
    assert planned_test(steady, [12]).rises is False


@pytest.mark.parametrize("alpha", [0.05, 0.001])
@pytest.mark.parametrize("n", [6, 20, 100])
def test_the_interval_holds_0_just_where_students_test_does(alpha: float, n: int) -> None:
    rng = np.random.default_rng(n)
    for shift in np.linspace(0, 3, 40):
        d = rng.normal(size=n) + shift
        found = planned_interval(d, alpha, [n])
        above = 2.0 * float(ttest_1samp(d, 0.0).pvalue) > alpha
        assert (found.low <= 0.0 <= found.high) == above


def test_nothing_is_said_of_nothing_and_equal_differences_settle_after_some_runs() -> None:
    assert planned_test([], [2]).p_value == planned_test([3.0], [2]).p_value == 1.0
    assert planned_test([0.0] * 50, [50]) == planned_test([math.nan] * 50, [50]) == (1.0, False)
    assert planned_test([2.0] * 3, [3]).p_value > 0.05
    assert planned_test([2.0] * 12, [12]).p_value < 1e-4
    assert planned_interval([2.0] * 3, 0.05, [3]).low == -math.inf
    assert planned_interval([2.0] * 12, 0.05, [12])[:3] == (2.0, 2.0, 2.0)
    assert planned_interval([2.0, 1.0, 2.0], 0.0, [3]).high == math.inf  # of no weight
    assert math.isnan(planned_interval([], 0.05, [2]).estimate)
    some, known = [1.0, math.nan, 1.5, 1.2], [1.0, 1.5, 1.2]
    assert planned_test(some, [4]) == planned_test(known, [3])
