"""Many questions at once: which effects are there, when so many were looked for."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import bdtr, stdtr, stdtrit

from anlan.analysis.statistics.intervals import Interval

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

TESTS = 2  # Student's and the sign test: each is given half of the chance to be wrong
TINY = 1e-12  # a spread that is only rounding, as a share of the mean


def holm(
    p_values: ArrayLike, alpha: float, weights: ArrayLike | None = None
) -> tuple[Bools, Floats]:
    """Which of (m,) p-values Holm's step-down rejects, and the level that each was held against.

    The chance of any wrong rejection is at most alpha, whatever hangs together with what. The
    smallest p-value is held against alpha / m, the next against alpha / (m - 1), and so on up to
    the first that is too large; that one and all after it are held against its level. With
    `weights`, at least 0 and not all 0, p-values are taken by p / weight, and each is held against
    alpha times its weight over the weights that are left.
    Source: Holm 1979, Scandinavian Journal of Statistics 6: 65-70 (the weighted one: section 4).
    """
    p = np.asarray(p_values, dtype=float)
    w = np.ones(len(p)) if weights is None else np.asarray(weights, dtype=float)
    if not len(p):
        return np.zeros(0, dtype=bool), np.zeros(0)
    order = np.argsort(np.where(w > 0.0, p / np.where(w > 0.0, w, 1.0), np.inf), kind="stable")
    left = np.cumsum(w[order][::-1])[::-1]  # the weight of those not rejected before each step
    steps = alpha * w[order] / np.where(left > 0.0, left, 1.0)
    failed = np.flatnonzero((p[order] > steps) | (w[order] <= 0.0))
    upto = int(failed[0]) if len(failed) else len(p)
    rejected = np.zeros(len(p), dtype=bool)
    rejected[order[:upto]] = True
    held = left[np.minimum(np.arange(len(p)), min(upto, len(p) - 1))]
    levels = np.empty(len(p))
    levels[order] = alpha * w[order] / np.where(held > 0.0, held, 1.0)
    return rejected, levels


class Tested(NamedTuple):
    """How little the runs go with no difference, and whether it is a rise that goes so little."""

    p_value: float
    rises: bool


def planned_test(
    differences: ArrayLike, looks: Sequence[int], planned: int | None = None
) -> Tested:
    """How little the runs go with no difference, looked at after `looks` runs each.

    At each look two paired tests of which the smaller p-value counts twice (Bonferroni): Student's,
    on the mean, and the sign test, on which way the pairs differ that do. The first sees a steady
    small difference; the second sees one that always goes the same way but is now and then so
    large that its mean stays unsure. Bonferroni too over the looks, of which `planned` were planned
    (as many as there were, unless given): each has as much of the chance to be wrong. For normal
    differences, or such as rise as often as they fall, the chance that it ever falls to p is at
    most p. NaN are left out; fewer than two, or none that is not 0, say nothing (1). Equal
    differences have no spread to go by: n of them are given the chance that n tosses of a coin
    fall alike, squared.
    """
    d = np.asarray(differences, dtype=float)
    found = Tested(1.0, bool(np.nansum(d) > 0.0))
    for runs in looks:
        known = _known(d[:runs])
        if len(known) >= 2 and known.any():
            for p, rises in (_student(known), _signs(known)):
                p = min(1.0, p * TESTS * (planned or len(looks)))
                found = Tested(p, rises) if p < found.p_value else found
    return found


def _student(known: Floats) -> tuple[float, bool]:
    return _student_p(known), bool(known.mean() > 0.0)


def _signs(known: Floats) -> tuple[float, bool]:
    """The sign test, two-sided and exact; pairs that do not differ are left out."""
    up, down = int((known > 0.0).sum()), int((known < 0.0).sum())
    return min(1.0, 2.0 * float(bdtr(min(up, down), up + down, 0.5))), up > down


def _student_p(known: Floats) -> float:
    n, spread = len(known), float(known.std(ddof=1))
    if spread <= TINY * abs(float(known.mean())):
        return 4.0 ** (1 - n)
    return float(2.0 * stdtr(n - 1, -abs(float(known.mean())) / spread * math.sqrt(n)))


def planned_interval(
    differences: ArrayLike, alpha: float, looks: Sequence[int], planned: int | None = None
) -> Interval:
    """The means that Student's test at the last of the looks would leave standing at alpha.

    It may hold 0 where the sign test says that the difference is there.
    """
    known = _known(np.asarray(differences, dtype=float)[: looks[-1]])
    n = len(known)
    if not n:
        return Interval(math.nan, -math.inf, math.inf, False)
    mean = float(known.mean())
    if n < 2:
        return Interval(mean, -math.inf, math.inf, False)
    spread = float(known.std(ddof=1))
    level = alpha / (TESTS * (planned or len(looks)))
    if spread <= TINY * abs(mean):
        half = 0.0 if 4.0 ** (1 - n) <= level else math.inf
    elif level <= 0.0:
        half = math.inf
    else:
        half = float(stdtrit(n - 1, 1.0 - level / 2.0)) * spread / math.sqrt(n)
    return Interval(mean, mean - half, mean + half, False)


def _known(values: ArrayLike) -> Floats:
    found = np.asarray(values, dtype=float)
    return found[~np.isnan(found)]
