"""What the weather office expects: the truth of the run, late or early, too strong or too weak.

A bulletin's error in time and in strength grows with the lead time; errors of bulletins that
follow each other are alike. On average a forecast is right. Its draws are its own: the truth
of a run is the same whatever is forecast.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from anlan.sim.forcing.base import F32, Forecast
from anlan.sim.forcing.wind import Floats

F64 = NDArray[np.float64]
LEADS_H = (6, 12, 24)  # the periods of the typhoon signals


def error_sd(lead_h: Floats, now: float, at_24h: float) -> Floats:
    """Standard deviation of an error that grows straight with the lead time."""
    return np.asarray(now + (at_24h - now) * np.asarray(lead_h) / 24.0)


def alike(draws: Floats, persistence: float) -> F64:
    """Standard normal draws (B,) as a chain with that correlation from each to the next."""
    out = np.array(draws, dtype=np.float64)
    fresh = np.sqrt(1.0 - persistence**2)
    for b in range(1, len(out)):
        out[b] = persistence * out[b - 1] + fresh * out[b]
    return out


def expected(
    truth: F64,
    issued_tick: NDArray[np.int32],
    tick_h: float,
    strength_z: F64,
    time_z: F64,
    wind_sd: tuple[float, float],
    time_sd_24h_h: float,
) -> dict[int, F32]:
    """The largest value expected within each lead time, (B,) a lead, of a series (T,).

    A value `lead` hours ahead is the truth of a moment shifted by time_z * time_sd * lead / 24,
    times a lognormal factor with mean 1. Beyond the run's end the last value holds.
    """
    ticks = np.arange(len(truth), dtype=np.float64)
    lead_h = np.arange(0.0, max(LEADS_H) + 0.5 * tick_h, tick_h)
    sd = error_sd(lead_h, *wind_sd)
    shift_h = time_z[:, None] * time_sd_24h_h * lead_h / 24.0
    seen = np.interp(issued_tick[:, None] + (lead_h + shift_h) / tick_h, ticks, truth)
    seen = seen * np.exp(sd * strength_z[:, None] - 0.5 * sd**2)
    return {h: seen[:, lead_h <= h + 1e-9].max(axis=1).astype(np.float32) for h in LEADS_H}


def bulletins(
    wind_ms: F64,
    gust_ms: F64,
    issued_tick: NDArray[np.int32],
    tick_h: float,
    strength_z: F64,
    time_z: F64,
    wind_sd: tuple[float, float],
    time_sd_24h_h: float,
) -> Forecast:
    """All bulletins of a run from the district's largest wind and gust, (T,) each."""
    wind = expected(wind_ms, issued_tick, tick_h, strength_z, time_z, wind_sd, time_sd_24h_h)
    gust = expected(gust_ms, issued_tick, tick_h, strength_z, time_z, wind_sd, time_sd_24h_h)
    return Forecast(issued_tick, wind, gust)
