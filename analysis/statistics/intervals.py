"""How sure the runs make us: exact intervals for shares, t intervals for means."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray


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


def within_range(found: Interval, unit: str, judged: NDArray[np.float64]) -> Interval:
    """Cut an interval of a mean of some values, none NaN, to what a measure of that unit can be: a
    share to 0..1, a count to 0 up. That of a single run stays everything.
    """
    if len(judged) < 2 or judged.min() < 0.0:
        return found
    high = min(found.high, 1.0) if unit == "share" and judged.max() <= 1.0 else found.high
    return found._replace(low=max(found.low, 0.0), high=high)


def rule_of_three(n: int, confidence: float = 0.95) -> float:
    """Largest chance an outcome may have that n runs did not show, at a one-sided confidence.

    1 - (1 - confidence)^(1/n), some 3/n at 95 %. Source: Hanley and Lippman-Hand 1983, JAMA 249.
    """
    return 1.0 - (1.0 - confidence) ** (1.0 / n) if n else 1.0


def runs_needed(at_least: float, confidence: float = 0.95) -> int:
    """How many runs, all good, it takes for the exact interval to lie above `at_least`."""
    return math.ceil(math.log((1.0 - confidence) / 2.0) / math.log(at_least) - 1e-9)


def clustered_share(good: ArrayLike, of: ArrayLike, confidence: float = 0.95) -> Interval:
    """Interval of a share that is pooled over clusters, such as fires over seasons.

    good, of: (m,) counts of each cluster. Clopper and Pearson's interval at the effective number
    of trials p (1 - p) / v, at most as many as there are, with v the linearised variance of the
    ratio over clusters. NaN and 0 to 1 where there was no trial. Source: Korn and Graubard 1998,
    Survey Methodology 24: 193-201.
    """
    from scipy.special import betaincinv

    hits, trials = np.asarray(good, dtype=float), np.asarray(of, dtype=float)
    n = float(trials.sum())
    if n == 0.0:
        return Interval(math.nan, 0.0, 1.0, False)
    p = float(hits.sum()) / n
    variance = _ratio_variance(hits, trials, p)
    effective = min(p * (1.0 - p) / variance, n) if variance > 0.0 else n
    k, tail = p * effective, (1.0 - confidence) / 2.0
    low = float(betaincinv(k, effective - k + 1.0, tail)) if k > 0.0 else 0.0
    high = float(betaincinv(k + 1.0, effective - k, 1.0 - tail)) if k < effective else 1.0
    return Interval(p, low, high, False)


def ratio_interval(top: ArrayLike, bottom: ArrayLike, confidence: float = 0.95) -> Interval:
    """Student's t interval of a ratio of sums over clusters, by its linearised variance.

    With a bottom of 1 each it is `mean_interval`. NaN and no bounds where the bottom sums to 0;
    no bounds with one cluster that has any. Source: Cochran 1977, Sampling Techniques, 2.11.
    """
    from scipy.special import stdtrit

    above, below = np.asarray(top, dtype=float), np.asarray(bottom, dtype=float)
    some = below > 0.0
    above, below = above[some], below[some]
    if not len(below):
        return Interval(math.nan, -math.inf, math.inf, False)
    ratio = float(above.sum() / below.sum())
    if len(below) == 1:
        return Interval(ratio, -math.inf, math.inf, False)
    spread = math.sqrt(_ratio_variance(above, below, ratio))
    half = float(stdtrit(len(below) - 1, 0.5 + confidence / 2.0)) * spread
    return Interval(ratio, ratio - half, ratio + half, False)


def _ratio_variance(top: Any, bottom: Any, ratio: float) -> float:
    m = len(bottom)
    if m < 2:
        return 0.0
    off = top - ratio * bottom
    return float(m / (m - 1.0) * np.square(off).sum() / bottom.sum() ** 2)
