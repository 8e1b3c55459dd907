"""What the wind breaks: trees across roads, power feeders, and the mobile network after them.

A thing fails when its chance of failure, which grows with the largest gust so far, reaches
the uniform number drawn for it. Turned round, each thing has a gust that it stands up to, and
fails in the first tick whose gust reaches it; so it fails once at most.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from anlan.sim.forcing.wind import Floats, Real

F32 = NDArray[np.float32]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int32]

MPH_PER_MS = 2.236936


def pole_failure(gust_ms: Real) -> Floats:
    """Chance that one pole falls in a 3-second gust (Quanta Technology 2009)."""
    return np.minimum(1.0, 1e-4 * np.exp(0.0421 * MPH_PER_MS * np.asarray(gust_ms)))


def feeder_failure(gust_ms: Real, poles: Real) -> Floats:
    """Chance that at least one of a feeder's poles falls."""
    return np.asarray(1.0 - (1.0 - pole_failure(gust_ms)) ** np.asarray(poles))


def feeder_strength_ms(u: Real, poles: Real) -> Floats:
    """The gust at which `feeder_failure` reaches u; negative where u is below its foot."""
    one = -np.expm1(np.log1p(-np.asarray(u, dtype=np.float64)) / np.asarray(poles))
    return np.asarray(np.log(np.maximum(one, 1e-300) / 1e-4) / (0.0421 * MPH_PER_MS))


def tree_fall(gust_ms: Real, median_ms: float, scale_ms: float) -> Floats:
    """Chance that one tree falls: logistic in the gust, a half at `median_ms`."""
    return np.asarray(1.0 / (1.0 + np.exp(-(np.asarray(gust_ms) - median_ms) / scale_ms)))


def road_blocked(
    gust_ms: Real, trees: Real, blocking_share: float, median_ms: float, scale_ms: float
) -> Floats:
    """Chance that at least one of a road's trees falls and closes it."""
    one = tree_fall(gust_ms, median_ms, scale_ms) * blocking_share
    return np.asarray(1.0 - (1.0 - one) ** np.asarray(trees))


def road_strength_ms(
    u: Real, trees: Real, blocking_share: float, median_ms: float, scale_ms: float
) -> Floats:
    """The gust at which `road_blocked` reaches u; infinite where it never does."""
    count = np.maximum(np.asarray(trees, dtype=np.float64), 1e-12)
    one = -np.expm1(np.log1p(-np.asarray(u, dtype=np.float64)) / count) / blocking_share
    inside = np.clip(one, 1e-300, 1.0 - 1e-12)
    gust = median_ms + scale_ms * np.log(inside / (1.0 - inside))
    return np.where((one < 1.0) & (np.asarray(trees) > 0.0), gust, np.inf)


def blockages(u: Floats, mean: Floats, most: int = 50) -> Ints:
    """Trees across a road that is closed, at least 1: one, and a Poisson number more.

    u: (R,) uniform draws, turned into the Poisson number by its quantile; mean: (R,) of the
    further trees.
    """
    term = np.exp(-np.asarray(mean, dtype=np.float64))
    below = term.copy()
    count = np.ones(len(term), dtype=np.int32)
    for k in range(1, most):
        more = np.asarray(u) >= below
        if not more.any():
            break
        count += more
        term = term * mean / k
        below = below + term
    return count


def first_tick(series: F32, threshold: Floats) -> Ints:
    """(K,) first row of (T, K) that reaches the threshold (K,); T where none does."""
    ticks = len(series)
    out = np.full(series.shape[1], ticks, dtype=np.int32)
    reached = np.flatnonzero(series.max(axis=0, initial=-np.inf) >= threshold)
    out[reached] = np.argmax(series[:, reached] >= threshold[reached], axis=0)
    return out


def calm_from(wind_ms: F32, limit_ms: float) -> Ints:
    """(C,) the tick from which the wind stays below the limit to the end; T if never."""
    blows = wind_ms >= limit_ms
    from_end = np.argmax(blows[::-1], axis=0)
    return np.where(blows.any(axis=0), len(wind_ms) - from_end, 0).astype(np.int32)


def restored_tick(down: Ints, calm: Ints, wait_ticks: Floats, ticks: int) -> Ints:
    """(C,) when the power is back: crews begin once it is calm; at most T, which is not."""
    begin = np.maximum(down, calm)
    return np.asarray(np.minimum(begin + np.ceil(wait_ticks), ticks), dtype=np.int32)


def exponential(u: Floats, mean: float) -> Floats:
    """Exponential waiting times from uniform draws."""
    return np.asarray(-mean * np.log1p(-np.asarray(u, dtype=np.float64)))


def between(ticks: int, begin: Ints, end: Ints) -> Bools:
    """(T, C), true in begin <= t < end."""
    t = np.arange(ticks, dtype=np.int32)[:, None]
    return np.asarray((t >= begin) & (t < end))
