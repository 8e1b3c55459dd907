"""How sure the runs make us: exact intervals for shares, t intervals for means."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike


class Interval(NamedTuple):
    """An estimate with its two ends. `exact` is false where it rests on a normal mean."""

    estimate: float
    low: float
    high: float
    exact: bool


def clopper_pearson(successes: int, n: int, confidence: float = 0.95) -> Interval:
    """Exact two-sided interval for a share of runs, from the beta distribution.

    Each end leaves at most (1 - confidence) / 2. Raises ValueError for successes outside 0..n.
    Source: Clopper and Pearson 1934, Biometrika 26: 404-413.
    """
    from scipy.special import betaincinv  # late: half a second

    if not 0 <= successes <= n:
        raise ValueError(f"{successes} successes of {n}")
    if n == 0:
        return Interval(math.nan, 0.0, 1.0, True)
    tail = (1.0 - confidence) / 2.0
    low = float(betaincinv(successes, n - successes + 1, tail)) if successes else 0.0
    high = float(betaincinv(successes + 1, n - successes, 1.0 - tail)) if successes < n else 1.0
    return Interval(successes / n, low, high, True)


def mean_interval(values: ArrayLike, confidence: float = 0.95) -> Interval:
    """Student's t interval for the mean over runs; NaN values are left out.

    Exact for normal values, else good from some 30 runs on (central limit). One run settles
    nothing: its interval is everything. Equal values give an interval of no width, which
    says nothing about outcomes that the runs did not show (see `rule_of_three`).
    """
    from scipy.special import stdtrit

    judged = np.asarray(values, dtype=float)
    judged = judged[~np.isnan(judged)]
    n = len(judged)
    if n == 0:
        return Interval(math.nan, -math.inf, math.inf, False)
    mean = float(judged.mean())
    if n == 1:
        return Interval(mean, -math.inf, math.inf, False)
    if np.ptp(judged) == 0.0:  # the mean of equal numbers is that number, without rounding
        return Interval(float(judged[0]), float(judged[0]), float(judged[0]), False)
    half = float(stdtrit(n - 1, 0.5 + confidence / 2.0) * judged.std(ddof=1) / math.sqrt(n))
    return Interval(mean, mean - half, mean + half, False)


def rule_of_three(n: int, confidence: float = 0.95) -> float:
    """Largest chance an outcome may have that n runs did not show, at a one-sided confidence.

    1 - (1 - confidence)^(1/n), some 3/n at 95 %. Source: Hanley and Lippman-Hand 1983, JAMA 249.
    """
    return 1.0 - (1.0 - confidence) ** (1.0 / n) if n else 1.0


def runs_needed(at_least: float, confidence: float = 0.95) -> int:
    """How many runs, all good, it takes for the exact interval to lie above `at_least`."""
    return math.ceil(math.log((1.0 - confidence) / 2.0) / math.log(at_least) - 1e-9)
