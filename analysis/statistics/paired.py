"""Pairs of runs that met the same chance: how much the second of each pair differs.

Run 7 of every variant has the same storm and the same people (common random numbers), so
variants are compared run by run: the difference of a pair is free of the chance that both share.
How much that saves is said with every comparison.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from anlan.analysis.statistics.intervals import Interval, mean_interval

Floats = NDArray[np.float64]
Method = Literal["t", "bootstrap"]
RESAMPLES = 2000


@dataclass(frozen=True)
class Difference:
    """`interval` is of other minus base, over the `pairs` of runs that both could judge.

    `variance_ratio`: how many times as many runs it would take to be as sure without pairing
    (1: pairing gave nothing; below 1: it cost; NaN: nothing varied). `p_value`: how likely a
    difference so large would be if there were none, for a share only (exact McNemar), else NaN.
    """

    base_value: float
    other_value: float
    interval: Interval
    pairs: int
    left_out: int
    variance_ratio: float
    p_value: float


def mean_difference(
    base: ArrayLike,
    other: ArrayLike,
    confidence: float = 0.95,
    method: Method = "t",
    seed: int = 1,
) -> Difference:
    """Mean of other minus base, run by run: (n,) arrays in the same order; NaN pairs are left out.

    "t" is Student's interval of the paired differences. "bootstrap" is the bias-corrected and
    accelerated one (Efron 1987, Journal of the American Statistical Association 82: 171-185) for
    skewed differences, with 20 pairs or more; `seed` makes it the same every time. A difference
    that is the same in every pair has an interval of no width from so many pairs on as a sign test
    would need (six at 95 %); fewer give none, as one does: they may be alike by chance.
    """
    a, b, left_out = _paired(base, other)
    d = b - a
    found = mean_interval(d, confidence)
    if method == "bootstrap" and len(d) > 1 and np.ptp(d) > 0.0:
        found = _bootstrapped(d, confidence, seed)
    if len(d) > 1 and np.ptp(d) == 0.0 and d[0] != 0.0 and 2.0 ** (1 - len(d)) > 1.0 - confidence:
        found = Interval(float(d[0]), -math.inf, math.inf, False)
    return Difference(_mean(a), _mean(b), found, len(d), left_out, _ratio(a, b), math.nan)


def share_difference(base: ArrayLike, other: ArrayLike, confidence: float = 0.95) -> Difference:
    """Share of runs that keep a limit, other minus base: (n,) of 1, 0 or NaN, in the same order.

    The interval is Newcombe's square-and-add (method 10), which keeps to -1..1 and holds near 0 %
    and 100 %; the p-value is McNemar's, exact. Raises ValueError for other values.
    Source: Newcombe 1998, Statistics in Medicine 17: 2635-2650; McNemar 1947, Psychometrika 12.
    """
    a, b, left_out = _paired(base, other)
    if not np.isin(np.concatenate([a, b]), (0.0, 1.0)).all():
        raise ValueError("a run keeps the limit (1) or not (0)")
    if not len(a):
        nothing = Interval(math.nan, -1.0, 1.0, False)
        return Difference(math.nan, math.nan, nothing, 0, left_out, math.nan, math.nan)
    both, gained, lost = (int(x.sum()) for x in (a * b, (1 - a) * b, a * (1 - b)))
    found = newcombe(both, gained, lost, len(a) - both - gained - lost, confidence)
    p = _mcnemar(gained, lost)
    return Difference(_mean(a), _mean(b), found, len(a), left_out, _ratio(a, b), p)


def newcombe(both: int, gained: int, lost: int, neither: int, confidence: float = 0.95) -> Interval:
    """Interval of (gained - lost) / n for paired shares, from the four counts of pairs."""
    n = both + gained + lost + neither
    before, after = both + lost, both + gained
    low_a, high_a = wilson(before, n, confidence)
    low_b, high_b = wilson(after, n, confidence)
    p, q = before / n, after / n
    likeness = _phi(both, gained, lost, neither)
    down_a, up_a, down_b, up_b = p - low_a, high_a - p, q - low_b, high_b - q
    down = math.sqrt(max(down_b**2 - 2 * likeness * down_b * up_a + up_a**2, 0.0))
    up = math.sqrt(max(up_b**2 - 2 * likeness * up_b * down_a + down_a**2, 0.0))
    return Interval(q - p, q - p - down, q - p + up, False)


def wilson(successes: int, n: int, confidence: float) -> tuple[float, float]:
    """Wilson's score interval of one share. Source: Wilson 1927, JASA 22: 209-212."""
    from scipy.special import ndtri

    z = float(ndtri(0.5 + confidence / 2.0))
    centre = (successes + z * z / 2.0) / (n + z * z)
    half = z / (n + z * z) * math.sqrt(successes * (n - successes) / n + z * z / 4.0)
    return max(centre - half, 0.0), min(centre + half, 1.0)


def _phi(both: int, gained: int, lost: int, neither: int) -> float:
    """Correlation of the pairs, drawn towards 0 where it is positive (Newcombe's method 10)."""
    n = both + gained + lost + neither
    product = (both + lost) * (gained + neither) * (both + gained) * (lost + neither)
    if product == 0:
        return 0.0
    cross = both * neither - gained * lost
    return (max(cross - n / 2.0, 0.0) if cross > 0 else cross) / math.sqrt(product)


def _mcnemar(gained: int, lost: int) -> float:
    """Two-sided exact p-value: of the pairs that changed, as many should gain as lose."""
    from scipy.stats import binomtest

    return float(binomtest(gained, gained + lost).pvalue) if gained + lost else 1.0


def _bootstrapped(d: Floats, confidence: float, seed: int) -> Interval:
    from scipy.stats import bootstrap

    rng = np.random.default_rng(seed)
    found = bootstrap(
        (d,), np.mean, n_resamples=RESAMPLES, confidence_level=confidence, rng=rng
    ).confidence_interval
    return Interval(float(d.mean()), float(found.low), float(found.high), False)


def _paired(base: ArrayLike, other: ArrayLike) -> tuple[Floats, Floats, int]:
    a, b = np.asarray(base, dtype=float), np.asarray(other, dtype=float)
    if a.shape != b.shape:
        raise ValueError(f"pairs need as many runs on both sides, not {len(a)} and {len(b)}")
    judged = ~(np.isnan(a) | np.isnan(b))
    return a[judged], b[judged], int((~judged).sum())


def _ratio(a: Floats, b: Floats) -> float:
    if len(a) < 2:
        return math.nan
    apart, paired = a.var(ddof=1) + b.var(ddof=1), (b - a).var(ddof=1)
    if paired == 0.0:
        return math.inf if apart > 0.0 else math.nan
    return float(apart / paired)


def _mean(values: Floats) -> float:
    return float(values.mean()) if len(values) else math.nan
