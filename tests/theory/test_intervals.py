"""The intervals against published values and against coverage worked out exactly."""

from __future__ import annotations

import math

import numpy as np
import pytest

from anlan.analysis.statistics.intervals import (
    clopper_pearson,
    mean_interval,
    rule_of_three,
    runs_needed,
)


@pytest.mark.parametrize(
    ("k", "n", "low", "high"),
    [
        # 95 % limits as printed in tables of exact binomial confidence limits
        # (Documenta Geigy, Scientific Tables, 7th ed., 1970)
        (0, 10, 0.0, 0.3085),
        (1, 10, 0.0025, 0.4450),
        (5, 10, 0.1871, 0.8129),
        (10, 10, 0.6915, 1.0),
        (10, 100, 0.0490, 0.1762),
    ],
)
def test_clopper_pearson_gives_the_printed_limits(k, n, low, high):
    found = clopper_pearson(k, n)
    assert (found.low, found.high) == pytest.approx((low, high), abs=5e-5)
    assert found.estimate == k / n


@pytest.mark.parametrize("confidence", [0.9, 0.95, 0.99])
def test_each_end_leaves_exactly_its_tail(confidence):
    """The ends solve the equations that define them, checked with binomial sums."""
    n, k = 20, 14
    found = clopper_pearson(k, n, confidence)
    assert _tail(n, found.low, range(k, n + 1)) == pytest.approx((1 - confidence) / 2, rel=1e-9)
    assert _tail(n, found.high, range(k + 1)) == pytest.approx((1 - confidence) / 2, rel=1e-9)


@pytest.mark.parametrize("n", [1, 5, 20, 50])
def test_coverage_is_never_below_the_stated_confidence(n):
    """Exact coverage: for each true share, the binomial weight of the counts that cover it."""
    ends = [clopper_pearson(k, n) for k in range(n + 1)]
    for p in np.linspace(0.01, 0.99, 99):
        covering = [k for k, found in enumerate(ends) if found.low <= p <= found.high]
        assert _tail(n, p, covering) >= 0.95 - 1e-12


def test_the_t_interval_is_the_textbook_one():
    """1 .. 10: mean 5.5, standard deviation 3.0277, t(9, 0.975) = 2.2622 from the table."""
    found = mean_interval(np.arange(1.0, 11.0))
    half = 2.2622 * math.sqrt(82.5 / 9) / math.sqrt(10)
    assert found.estimate == 5.5
    assert (found.low, found.high) == pytest.approx((5.5 - half, 5.5 + half), abs=1e-4)


def test_a_mean_of_one_run_settles_nothing_and_missing_values_are_left_out():
    assert mean_interval([3.0]).low == -math.inf
    assert math.isnan(mean_interval([math.nan]).estimate)
    assert mean_interval([1.0, math.nan, 3.0]) == mean_interval([1.0, 3.0])


def test_equal_values_give_their_value_exactly():
    found = mean_interval([0.1] * 7)
    assert (found.estimate, found.low, found.high) == (0.1, 0.1, 0.1)


def test_the_rule_of_three_solves_its_equation():
    assert (1 - rule_of_three(100)) ** 100 == pytest.approx(0.05)
    assert rule_of_three(100) == pytest.approx(3 / 100, rel=0.02)  # the rule's own name
    assert rule_of_three(0) == 1.0


@pytest.mark.parametrize("at_least", [0.5, 0.9, 0.95, 0.99])
def test_runs_needed_is_the_fewest_that_can_show_it(at_least):
    n = runs_needed(at_least)
    assert clopper_pearson(n, n).low >= at_least
    assert clopper_pearson(n - 1, n - 1).low < at_least


def test_more_successes_than_runs_is_an_error():
    with pytest.raises(ValueError, match="4 successes of 3"):
        clopper_pearson(4, 3)


def _tail(n, p, counts):
    return sum(math.comb(n, k) * p**k * (1 - p) ** (n - k) for k in counts)
