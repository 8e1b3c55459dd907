"""Many questions at once: which effects are there, when so many were looked for."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from anlan.analysis.statistics.intervals import Interval

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

TIGHTEST_PAIRS = 16  # where the evidence of pairs grows fastest; it is valid at any number


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


def sequential_p_value(differences: ArrayLike) -> float:
    """How little the runs so far go with a mean difference of 0, however often one has looked.

    1 over the t mixture martingale of `sequences.student_half_width`, with one width of the prior
    of effect sizes for all levels: for normal differences the chance that it ever falls to p is at
    most p. NaN are left out; fewer than two, or none that is not 0, say nothing (1).
    """
    d = _known(differences)
    n = len(d)
    if n < 2 or not d.any():
        return 1.0
    r = 1.0 + n * _prior_variance()
    spread = float(d.var(ddof=1))
    y = math.inf if spread == 0.0 else n * float(d.mean()) ** 2 / spread / (n - 1)
    ratio = r if math.isinf(y) else (1.0 + y) / (1.0 + y / r)
    return math.exp(min(0.0, 0.5 * math.log(r) - 0.5 * n * math.log(ratio)))


def sequential_interval(differences: ArrayLike, alpha: float) -> Interval:
    """The means that `sequential_p_value` would leave standing at alpha, at this number of runs.

    Equal differences leave no other mean than theirs once there are enough of them, and
    everything before.
    """
    d = _known(differences)
    n = len(d)
    if not n:
        return Interval(math.nan, -math.inf, math.inf, False)
    mean = float(d.mean())
    r = 1.0 + n * _prior_variance()
    reach = (math.sqrt(r) / alpha) ** (2.0 / n)
    if n < 2 or reach >= r:
        return Interval(mean, -math.inf, math.inf, False)
    y = (reach - 1.0) / (1.0 - reach / r)
    half = math.sqrt(y * (n - 1) / n) * float(d.std(ddof=1))
    return Interval(mean, mean - half, mean + half, False)


def _prior_variance() -> float:
    """Of effect sizes (mean / deviation): narrowest at `TIGHTEST_PAIRS` and a level of 1/1000."""
    doubt = -2.0 * math.log(0.001)
    return (doubt + math.log(doubt) + 1.0) / TIGHTEST_PAIRS


def _known(values: ArrayLike) -> Floats:
    found = np.asarray(values, dtype=float)
    return found[~np.isnan(found)]
