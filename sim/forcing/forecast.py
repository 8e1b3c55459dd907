"""What the weather office expects: the truth of the run, late or early, too strong or too weak.

A bulletin's error in time and in strength grows with the lead time; errors of bulletins that
follow each other are alike. On average a forecast is right. Its draws are its own: the truth
of a run is the same whatever is forecast. A bulletin also says what was measured lately.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anlan.sim.chance import Keys, Streams, keys_of, stream
from anlan.sim.forcing.base import F32, Ints
from anlan.sim.forcing.rain import lognormal_factor
from anlan.sim.forcing.wind import Floats
from anlan.sim.scenario.rules import Rules, of
from anlan.sim.scenario.schema import Scenario
from anlan.sim.threats import Bulletin, Threat

F64 = NDArray[np.float64]
WIND_LEADS_H = (6, 12, 24)  # the periods of the typhoon signals
RAIN_LEADS_H = (3, 6, 12)  # the periods of the rainstorm signals
OFFICE = "weather office"

STRENGTH = stream("forecast.strength", "bulletin")
TIMING = stream("forecast.time", "bulletin")
RAIN = stream("forecast.rain", "bulletin")


@dataclass(frozen=True)
class ForecastRules(Rules, prefix="forecast"):
    """How often bulletins come, and how far off they are."""

    interval_h: float
    wind_sd_now: float
    wind_sd_24h: float
    time_sd_24h_h: float
    persistence: float
    rain_sd_log: float = of("weather.forecast_rain_sd_log")
    lately_h: float = of("response.stand_down_h")  # how far back a bulletin tells what was measured


def error_sd(lead_h: Floats, now: float, at_24h: float) -> Floats:
    """Standard deviation of an error that grows straight with the lead time."""
    return np.asarray(now + (at_24h - now) * np.asarray(lead_h) / 24.0)


def alike(draws: Floats, persistence: float) -> F64:
    """Standard normal draws (B,) as a chain with that correlation from each to the next."""
    out = np.array(draws, dtype=np.float64)
    fresh = np.sqrt(1.0 - persistence * persistence)
    for b in range(1, len(out)):
        out[b] = persistence * out[b - 1] + fresh * out[b]
    return out


def expected(
    truth: F64,
    issued_tick: Ints,
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
    lead_h = np.arange(0.0, max(WIND_LEADS_H) + 0.5 * tick_h, tick_h)
    sd = error_sd(lead_h, *wind_sd)
    shift_h = time_z[:, None] * time_sd_24h_h * lead_h / 24.0
    seen = np.interp(issued_tick[:, None] + (lead_h + shift_h) / tick_h, ticks, truth)
    seen = seen * lognormal_factor(strength_z[:, None], sd)
    return {h: seen[:, lead_h <= h + 1e-9].max(axis=1).astype(np.float32) for h in WIND_LEADS_H}


def bulletin_keys(issued_tick: Ints) -> Keys:
    """(B,) what chance knows each bulletin by: when it is issued."""
    return keys_of(f"tick {tick}" for tick in issued_tick.tolist())


class Office:
    """The weather office of a scenario: its bulletins of wind, and where asked of rain."""

    def __init__(self, scenario: Scenario) -> None:
        self.rules = ForecastRules.read(scenario)
        self.ticks = scenario.ticks
        self.tick_h = scenario.settings.tick_min / 60.0
        every = scenario.ticks_of(60.0 * self.rules.interval_h)
        self.issued: Ints = np.arange(0, self.ticks, every, dtype=np.int32)
        self.every = every
        self.keys = bulletin_keys(self.issued)

    def bulletins(
        self, streams: Streams, wind_ms: F32, gust_ms: F32, rain_mm_h: F32 | None = None
    ) -> tuple[Bulletin, ...]:
        """All bulletins of a run from wind, gust and rain, (T, C) each."""
        wind, gust = (
            self._series(streams, truth.max(axis=1).astype(np.float64))
            for truth in (wind_ms, gust_ms)
        )
        rain = {} if rain_mm_h is None else self._rain(streams, rain_mm_h)
        lately = round(self.rules.lately_h / self.tick_h)
        found = []
        for b, tick in enumerate(self.issued.tolist()):
            until = tick + self.every
            measured = float(wind_ms[max(0, tick - lately) : tick + 1].max())
            threats = [Threat("wind", OFFICE, {"measured_wind_ms": measured}, 0.0, until)]
            for h in WIND_LEADS_H:
                severity = {"wind_ms": float(wind[h][b]), "gust_ms": float(gust[h][b])}
                threats.append(Threat("wind", OFFICE, severity, float(h), until))
            for h, mm in rain.items():
                threats.append(Threat("rain", OFFICE, {"rain_mm": float(mm[b])}, float(h), until))
            found.append(Bulletin(tick, tuple(threats)))
        return tuple(found)

    def _series(self, streams: Streams, truth: F64) -> dict[int, F32]:
        keep = self.rules.persistence
        return expected(
            truth,
            self.issued,
            self.tick_h,
            alike(streams.normal(STRENGTH, self.keys), keep),
            alike(streams.normal(TIMING, self.keys), keep),
            (self.rules.wind_sd_now, self.rules.wind_sd_24h),
            self.rules.time_sd_24h_h,
        )

    def _rain(self, streams: Streams, rain_mm_h: F32) -> dict[int, F32]:
        z = streams.normal(RAIN, self.keys)
        fallen = np.concatenate([[0.0], np.cumsum(rain_mm_h.max(axis=1) * self.tick_h)])
        within = {}
        for hours in RAIN_LEADS_H:
            ends = np.minimum(self.issued + round(hours / self.tick_h), len(fallen) - 1)
            truth = fallen[ends] - fallen[self.issued]
            within[hours] = (truth * lognormal_factor(z, self.rules.rain_sd_log)).astype(np.float32)
        return within
