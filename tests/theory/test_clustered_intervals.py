"""Intervals over clusters, such as fires over seasons, against what they must be."""

from __future__ import annotations

import math

import numpy as np
import pytest

from anlan.analysis.statistics.intervals import (
    clopper_pearson,
    clustered_share,
    mean_interval,
    ratio_interval,
)


def test_all_good_is_clopper_and_pearsons() -> None:
    of = np.array([1, 0, 3, 2, 0, 1])
    found, exact = clustered_share(of, of), clopper_pearson(7, 7)
    assert (found.estimate, found.high) == (1.0, 1.0)
    assert found.low == pytest.approx(exact.low)


def test_never_narrower_than_independent_trials() -> None:
    of = np.full(50, 2)
    good = np.array([2] * 25 + [1] * 25)
    found, exact = clustered_share(good, of), clopper_pearson(75, 100)
    assert found.low <= exact.low + 1e-12
    assert found.high >= exact.high - 1e-12


def test_clusters_that_stand_and_fall_together_are_one_trial_each() -> None:
    """Each cluster all good or all bad: the interval is that of so many clusters, nearly."""
    of = np.full(200, 5)
    good = np.where(np.arange(200) < 180, 5, 0)
    found, clusters = clustered_share(good, of), clopper_pearson(180, 200)
    assert found.low == pytest.approx(clusters.low, abs=0.002)
    assert found.high == pytest.approx(clusters.high, abs=0.002)


def test_nothing_tried_says_nothing() -> None:
    found = clustered_share(np.zeros(3), np.zeros(3))
    assert math.isnan(found.estimate)
    assert (found.low, found.high) == (0.0, 1.0)
    assert math.isnan(ratio_interval(np.zeros(3), np.zeros(3)).estimate)


def test_a_bottom_of_one_is_the_mean() -> None:
    values = np.array([1.0, 4.0, 2.0, 8.0])
    assert ratio_interval(values, np.ones(4))[:3] == pytest.approx(mean_interval(values)[:3])


def test_covers_the_truth_as_often_as_it_says() -> None:
    """Poisson numbers of fires a season, each season with its own share of good ones."""
    generator = np.random.default_rng(1)
    inside, times = 0, 600
    for _ in range(times):
        of = generator.poisson(0.75, 400)
        good = generator.binomial(of, generator.beta(9.0, 1.0, 400))
        found = clustered_share(good, of)
        inside += found.low <= 0.9 <= found.high
    assert inside / times > 0.93
