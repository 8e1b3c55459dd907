"""What the wind breaks: the gusts that trees along roads and poles of feeders stand up to.

A thing fails when its chance of failure, which grows with the largest gust so far, reaches
the uniform number drawn for it. Turned round, each thing has a gust that it stands up to, and
fails in the first tick whose gust reaches it; so it fails once at most.
"""

from __future__ import annotations

import numpy as np

from anlan.sim.forcing.wind import Floats, Real

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


def road_mean(
    gust_ms: Real, trees: Real, blocking_share: float, median_ms: float, scale_ms: float
) -> Floats:
    """Mean number of a road's trees that have fallen across it by a gust.

    Fallen trees are a Poisson number with the mean that gives `road_blocked` for at least one.
    """
    one = tree_fall(gust_ms, median_ms, scale_ms) * blocking_share
    return np.asarray(-np.log1p(-one) * np.asarray(trees))


def road_gust_ms(
    mean: Real, trees: Real, blocking_share: float, median_ms: float, scale_ms: float
) -> Floats:
    """The gust at which `road_mean` reaches a mean; infinite where it never does."""
    count = np.maximum(np.asarray(trees, dtype=np.float64), 1e-12)
    one = -np.expm1(-np.asarray(mean, dtype=np.float64) / count) / blocking_share
    inside = np.clip(one, 1e-300, 1.0 - 1e-12)
    gust = median_ms + scale_ms * np.log(inside / (1.0 - inside))
    return np.where((one < 1.0) & (np.asarray(trees) > 0.0), gust, np.inf)


def exponential(u: Floats, mean: float) -> Floats:
    """Exponential waiting times from uniform draws."""
    return np.asarray(-mean * np.log1p(-np.asarray(u, dtype=np.float64)))
