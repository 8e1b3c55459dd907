"""Many questions at once: which effects are there, when so many were looked for."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtr, stdtrit

from anlan.analysis.statistics.intervals import Interval

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

FIRST_SHARE = 0.8  # most rows are looked at once
TINY = 1e-12  # a spread that is only rounding, as a share of the mean


def holm(p_values: ArrayLike, alpha: float) -> tuple[Bools, Floats]:
    """Which of (m,) p-values Holm's step-down rejects, and the level that each was held against.

    The chance of any wrong rejection is at most alpha, whatever hangs together with what. The
    smallest p-value is held against alpha / m, the next against alpha / (m - 1), and so on up to
    the first that is too large; that one and all after it are held against its level.
    Source: Holm 1979, Scandinavian Journal of Statistics 6: 65-70.
    """
    p = np.asarray(p_values, dtype=float)
    order = np.argsort(p, kind="stable")
    steps = alpha / np.arange(len(p), 0, -1)
    if not len(p):
        return np.zeros(0, dtype=bool), steps
    failed = np.flatnonzero(p[order] > steps)
    upto = int(failed[0]) if len(failed) else len(p)
    rejected = np.zeros(len(p), dtype=bool)
    rejected[order[:upto]] = True
    levels = np.empty(len(p))
    levels[order] = np.where(np.arange(len(p)) < upto, steps, steps[min(upto, len(p) - 1)])
    return rejected, levels


def planned_p_value(differences: ArrayLike, looks: Sequence[int]) -> float:
    """How little the runs go with a mean difference of 0, looked at after `looks` runs each.

    Student's paired test at each planned look, and Bonferroni over the looks: the first is given
    `FIRST_SHARE` of the chance to be wrong, each later one as much of what is then left, so that
    more looks may follow for ever. For normal differences the chance that it ever falls to p is at
    most p. NaN are left out; fewer than two, or none that is not 0, say nothing (1). Equal
    differences have no spread to go by: n of them are given the chance that n tosses of a coin
    fall alike, squared.
    """
    d = np.asarray(differences, dtype=float)
    least = 1.0
    for number, runs in enumerate(looks):
        known = _known(d[:runs])
        if len(known) >= 2 and known.any():
            least = min(least, _student_p(known) / _share(number))
    return least


def _student_p(known: Floats) -> float:
    n, spread = len(known), float(known.std(ddof=1))
    if spread <= TINY * abs(float(known.mean())):
        return 4.0 ** (1 - n)
    return float(2.0 * stdtr(n - 1, -abs(float(known.mean())) / spread * math.sqrt(n)))


def planned_interval(differences: ArrayLike, alpha: float, looks: Sequence[int]) -> Interval:
    """The means that the last of the looks would leave standing at alpha."""
    known = _known(np.asarray(differences, dtype=float)[: looks[-1]])
    n = len(known)
    if not n:
        return Interval(math.nan, -math.inf, math.inf, False)
    mean = float(known.mean())
    if n < 2:
        return Interval(mean, -math.inf, math.inf, False)
    spread = float(known.std(ddof=1))
    level = alpha * _share(len(looks) - 1)
    if spread <= TINY * abs(mean):
        half = 0.0 if 4.0 ** (1 - n) <= level else math.inf
    else:
        half = float(stdtrit(n - 1, 1.0 - level / 2.0)) * spread / math.sqrt(n)
    return Interval(mean, mean - half, mean + half, False)


def _share(number: int) -> float:
    """Of the chance to be wrong, what the look of a number is given; all together at most 1."""
    return FIRST_SHARE * (1.0 - FIRST_SHARE) ** number


def _known(values: ArrayLike) -> Floats:
    found = np.asarray(values, dtype=float)
    return found[~np.isnan(found)]
