"""Intervals that may be looked at after every run: confidence sequences.

An ordinary 95 % interval holds at one number of runs chosen beforehand. Looked at again and
again, it will sooner or later exclude the truth. A confidence sequence holds at all numbers
of runs at once: the chance that it ever excludes the truth is at most alpha, so one may
stop whenever it says enough (Darling and Robbins 1967; Howard, Ramdas, McAuliffe and Sekhon
2021, Annals of Statistics 49: 1055-1080).

Each is a test martingale turned round. The mixture martingale of a value that is true starts
at 1 and reaches 1 / alpha with a chance of at most alpha (Ville 1939); the interval is the set
of values whose martingale has not reached it.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

PRIOR = 0.5  # Jeffreys' beta prior: any is valid, this one is narrow near 0 % and 100 %
TIGHTEST_RUNS = 100  # where the sequence for means is narrowest; it is valid at any number
MOST_STAKE = 0.75  # share of the money bet at most; Waudby-Smith and Ramdas 2024 name 1/2 and 3/4
_HALVINGS = 50  # of a search interval


def _mixture(k: Floats, n: Floats) -> Floats:
    """Log of the top of the mixture martingale."""
    from scipy.special import betaln  # late: half a second

    found: Floats = betaln(k + PRIOR, n - k + PRIOR) - betaln(PRIOR, PRIOR)
    return found


def share_bounds(successes: ArrayLike, n: ArrayLike, alpha: float) -> tuple[Floats, Floats]:
    """Lower and upper ends of the exact interval for a share of runs, elementwise; n of 1 or more.

    It holds the shares p whose mixture martingale

        [B(k + a, n - k + a) / B(a, a)] / [p^k (1 - p)^(n - k)], a = 1/2,

    is below 1 / alpha: how much better a beta mixture of shares explains k of n runs than p does.
    Under p it is a martingale that starts at 1. Bisection in the log odds, where ends near 0 % and
    100 % keep their digits. Sound for n up to millions.
    Source: Robbins 1970, Annals of Mathematical Statistics 41: 1397-1409.
    """
    k, of = np.asarray(successes, dtype=float), np.asarray(n, dtype=float)
    room = _mixture(k, of) + math.log(alpha)  # the log likelihood at either end
    low = np.where(k > 0, _end(k, of, room, upper=False), 0.0)
    high = np.where(k < of, _end(k, of, room, upper=True), 1.0)
    return low, high


def _end(k: Floats, n: Floats, room: Floats, upper: bool) -> Floats:
    """The share on one side of k / n whose log likelihood is `room`, a step to the wide side."""
    from scipy.special import expit, log_expit

    # beyond these odds the likelihood is below `room` whatever k is
    far = np.full_like(k, 800.0 if upper else -800.0)
    with np.errstate(divide="ignore"):
        near = np.clip(np.log(k) - np.log(n - k), -800.0, 800.0)
    for _ in range(_HALVINGS):
        middle = (near + far) / 2.0
        inside = k * log_expit(middle) + (n - k) * log_expit(-middle) >= room
        near, far = np.where(inside, middle, near), np.where(inside, far, middle)
    found: Floats = expit(far)
    return found


def mean_bounds(
    values: Floats, n: ArrayLike, alpha: float, bounds: tuple[float, float] | None = None
) -> tuple[Floats, Floats]:
    """Lower and upper ends for a mean after each of the numbers `n` >= 1 of values, in their order.

    With `bounds` that every value must keep (a share: 0 and 1) they hold whatever the values'
    distribution (`bounded_bounds`). Without, they are exact for normal values and hold for others
    as well as the t interval does (`student_bounds`): not for a handful of runs with rare large
    values. Then equal values settle nothing, since they say nothing about what can happen.
    Raises ValueError for values outside `bounds`.
    """
    if bounds is None:
        return student_bounds(values, n, alpha)
    low, high = bounds
    if values.min() < low or values.max() > high:
        raise ValueError(f"values from {values.min()} to {values.max()}, not {low} to {high}")
    ends = bounded_bounds((values - low) / (high - low), n, alpha)
    return low + (high - low) * ends[0], low + (high - low) * ends[1]


def student_bounds(values: Floats, n: ArrayLike, alpha: float) -> tuple[Floats, Floats]:
    """Ends of the time-uniform t interval after each of the numbers `n` of values."""
    last = np.asarray(n, dtype=int) - 1
    runs = last + 1.0
    shifted = values - values[0]  # so that the variance of large numbers keeps its digits
    mean = np.cumsum(shifted)[last] / runs
    squares = np.cumsum(shifted**2)[last] - runs * mean**2
    deviation = np.sqrt(np.maximum(squares, 0.0) / np.maximum(runs - 1.0, 1.0))
    varied = np.maximum.accumulate(values)[last] > np.minimum.accumulate(values)[last]
    half = np.full(len(runs), math.inf)
    half[varied] = student_half_width(runs[varied], deviation[varied], alpha)
    return values[0] + mean - half, values[0] + mean + half


def student_half_width(n: ArrayLike, deviation: ArrayLike, alpha: float) -> Floats:
    """Half the width of a time-uniform t interval, elementwise; infinite while runs are too few.

    With y = t^2 / (n - 1) and r = 1 + n c^2, the mixture of the t likelihood ratio over effect
    sizes (mean / deviation) from N(0, c^2),

        r^(-1/2) [(1 + y) / (1 + y / r)]^(n / 2),

    is a test martingale of a mean of 0 for normal values of any deviation; the interval holds
    the means for which it stays below 1 / alpha. `deviation` has n - 1 below. For other
    values it holds as n grows, as the mixtures of the time-uniform central limit theorem do.
    Source: Lai 1976, Annals of Statistics 4: 265-280; Wang and Ramdas 2025, Sequential Analysis
    44: 56-110; Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas 2024, Annals of Statistics 52,
    also for the c that is narrowest at `TIGHTEST_RUNS`.
    """
    runs, spread = np.asarray(n, dtype=float), np.asarray(deviation, dtype=float)
    doubt = -2.0 * math.log(alpha)
    r = 1.0 + runs * (doubt + math.log(doubt) + 1.0) / TIGHTEST_RUNS
    reach = (np.sqrt(r) / alpha) ** (2.0 / runs)
    with np.errstate(divide="ignore", invalid="ignore"):
        y = np.where(reach < r, (reach - 1.0) / (1.0 - reach / r), math.inf)
        half: Floats = np.sqrt(y * (runs - 1.0) / runs) * spread
    return np.where(runs < 2.0, math.inf, half)


def bounded_bounds(values: Floats, n: ArrayLike, alpha: float) -> tuple[Floats, Floats]:
    """Ends for the mean of values in 0..1 after each of the numbers `n` of them.

    Two gamblers bet on each next value, one that the mean is above m and one that it is below,
    with stakes set by the values before it. If the mean is m neither can expect to win, and
    the chance that one ever multiplies its money by 2 / alpha is at most alpha / 2. The interval
    holds the m against which neither has; it assumes nothing of the values' distribution and
    is widened to their mean where it would miss it.
    Source: Waudby-Smith and Ramdas 2024, Journal of the Royal Statistical Society B 86: 1-27,
    section 4: the hedged capital with predictable plug-in stakes.
    """
    runs = np.asarray(n, dtype=int)
    stakes = plug_in_stakes(values, alpha)
    low = np.array([_lowest(values[:k], stakes[:k], alpha) for k in runs])
    high = np.array([1.0 - _lowest(1.0 - values[:k], stakes[:k], alpha) for k in runs])
    mean = np.cumsum(values)[runs - 1] / runs
    return np.minimum(low, mean), np.maximum(high, mean)


def plug_in_stakes(values: Floats, alpha: float) -> Floats:
    """How much is bet on each value: more where those before it varied little."""
    t = np.arange(1.0, len(values) + 1.0)
    mean = (0.5 + np.cumsum(values)) / (t + 1.0)
    variance = (0.25 + np.cumsum((values - mean) ** 2)) / (t + 1.0)
    before = np.concatenate([[0.25], variance[:-1]])
    stakes: Floats = np.sqrt(2.0 * math.log(2.0 / alpha) / (before * t * np.log1p(t)))
    return stakes


def _lowest(values: Floats, stakes: Floats, alpha: float) -> float:
    """The lowest mean that a bet on a higher one has not ruled out; capital falls with the mean."""
    needed = math.log(2.0 / alpha)
    out, kept = 0.0, 1.0
    for _ in range(_HALVINGS):
        m = (out + kept) / 2.0
        out, kept = (m, kept) if log_capital(values, stakes, m)[-1] >= needed else (out, m)
    return out


def log_capital(values: Floats, stakes: Floats, m: float) -> Floats:
    """Log of the money after each bet that the mean is above m; it began with 1."""
    return np.cumsum(np.log1p(np.minimum(stakes, MOST_STAKE / m) * (values - m)))
