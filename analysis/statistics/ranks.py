"""How a number goes with another, by ranks: Spearman's correlation with an interval."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from anlan.analysis.statistics.intervals import Interval

FEWEST = 4  # pairs; of fewer no interval is known
FIELLER = 1.06  # variance of the transformed rank correlation, times n - 3


def rank_correlation(first: ArrayLike, second: ArrayLike, confidence: float = 0.95) -> Interval:
    """Spearman's rank correlation of (n,) pairs, NaN left out, with Fisher's interval.

    The variance of its transform is 1.06 / (n - 3) (Fieller, Hartley and Pearson 1957, Biometrika
    44: 470-481), good for correlations up to some 0.8. NaN, and everything, where one of the two
    does not vary or there are fewer than four pairs.
    """
    from scipy.special import ndtri

    a, b = np.asarray(first, dtype=float), np.asarray(second, dtype=float)
    known = ~(np.isnan(a) | np.isnan(b))
    a, b = a[known], b[known]
    if len(a) < FEWEST or np.ptp(a) == 0.0 or np.ptp(b) == 0.0:
        return Interval(math.nan, -1.0, 1.0, False)
    r = float(np.corrcoef(_ranks(a), _ranks(b))[0, 1])
    if abs(r) > 1.0 - 1e-12:
        if 2.0 / math.factorial(min(len(a), 20)) > 1.0 - confidence:  # of all orders, these two
            return Interval(float(np.sign(r)), -1.0, 1.0, False)
        return Interval(float(np.sign(r)), float(np.sign(r)), float(np.sign(r)), False)
    half = float(ndtri(0.5 + confidence / 2.0)) * math.sqrt(FIELLER / (len(a) - 3))
    middle = math.atanh(r)
    return Interval(r, math.tanh(middle - half), math.tanh(middle + half), False)


def _ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Ranks; equal values share the mean of theirs."""
    from scipy.stats import rankdata

    return np.asarray(rankdata(values), dtype=float)
