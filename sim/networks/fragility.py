"""What the wind breaks: the gusts that trees along roads and poles of feeders stand up to.

A thing fails when its chance of failure, which grows with the largest gust so far, reaches
the uniform number drawn for it. Turned round, each thing has a gust that it stands up to, and
fails in the first tick whose gust reaches it; so it fails once at most.
"""

from __future__ import annotations

import numpy as np

from anlan.sim.forcing.wind import Floats, Real

MPH_PER_MS = 2.236936


def feeder_strength_ms(u: Real, poles: Real) -> Floats:
    """The gust at which the chance that one of a feeder's poles has fallen reaches u.

    A pole falls in a 3-second gust with 1e-4 exp(0.0421 v), v in mph (Quanta Technology 2009).
    Negative where u is below the chance in still air.
    """
    one = -np.expm1(np.log1p(-np.asarray(u, dtype=np.float64)) / np.asarray(poles))
    return np.asarray(np.log(np.maximum(one, 1e-300) / 1e-4) / (0.0421 * MPH_PER_MS))


def road_gust_ms(
    mean: Real, trees: Real, blocking_share: float, median_ms: float, scale_ms: float
) -> Floats:
    """The gust by which so many trees lie across a road in the mean; infinite where it never does.

    A tree falls with a chance that is logistic in the gust, a half at `median_ms`; a share of
    those that fall lie across the road. Their number is a Poisson number with the mean that
    gives the chance of at least one: n trees of chance p each have the mean -n ln(1 - p).
    """
    count = np.maximum(np.asarray(trees, dtype=np.float64), 1e-12)
    one = -np.expm1(-np.asarray(mean, dtype=np.float64) / count) / blocking_share
    inside = np.clip(one, 1e-300, 1.0 - 1e-12)
    gust = median_ms + scale_ms * np.log(inside / (1.0 - inside))
    return np.where((one < 1.0) & (np.asarray(trees) > 0.0), gust, np.inf)


def exponential(u: Floats, mean: float) -> Floats:
    """Exponential waiting times from uniform draws."""
    return np.asarray(-mean * np.log1p(-np.asarray(u, dtype=np.float64)))
