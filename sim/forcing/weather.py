"""Plain weather from a table: the same wind and rain everywhere.

For heavy rain without a typhoon, for fire weather, and for calm days. Each run draws how far
the table is off: a factor on the wind and one on the rain.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anlan.sim.chance import Streams, stream
from anlan.sim.forcing.base import F32, Forcing, Sky, StormPath
from anlan.sim.forcing.forecast import Office
from anlan.sim.forcing.rain import lognormal_factor
from anlan.sim.place.exposure import exposure_of
from anlan.sim.scenario.clock import start_time
from anlan.sim.scenario.rules import Rules
from anlan.sim.scenario.schema import Scenario

F64 = NDArray[np.float64]

WIND = stream("weather.wind", "weather")
RAIN = stream("weather.rain", "weather")
WEATHER = "weather"  # there is one a run
SEA_M = 0.0  # no surge and no tide in plain weather


@dataclass(frozen=True)
class WeatherRules(Rules, prefix="weather"):
    """How far the table may be off."""

    wind_sd_share: float
    rain_sd_log: float


class Weather:
    """Weather over a scenario, straight between the rows of weather.csv and held at its ends."""

    def __init__(self, scenario: Scenario) -> None:
        self.rules = WeatherRules.read(scenario)
        self.sites = exposure_of(scenario)
        self.office = Office(scenario)
        self.ticks = scenario.ticks
        self.wind_ms = series(scenario, "wind_ms")
        self.rain_mm_h = series(scenario, "rain_mm_h")

    def draw(self, streams: Streams) -> Forcing:
        """Draw one run."""
        z_wind, z_rain = (streams.one_normal(of, WEATHER) for of in (WIND, RAIN))
        strength = max(0.0, 1.0 + self.rules.wind_sd_share * z_wind)
        wind_ms = self._spread(self.wind_ms * strength)
        rain_mm_h = self._spread(self.rain_mm_h * lognormal_factor(z_rain, self.rules.rain_sd_log))
        gust_ms = np.asarray(wind_ms * self.sites.gust_ratio, dtype=np.float32)
        sky = Sky(wind_ms, gust_ms, rain_mm_h, np.full(self.ticks, SEA_M))
        nowhere = np.full(self.ticks, np.nan)
        path = StormPath(nowhere, nowhere, nowhere, wind_ms.max(axis=1).astype(np.float64))
        return Forcing(sky, path, self.office.bulletins(streams, wind_ms, gust_ms, rain_mm_h))

    def _spread(self, values: F64) -> F32:
        """(T,) -> (T, C), the same everywhere."""
        return np.repeat(values.astype(np.float32)[:, None], len(self.sites.lat), axis=1)


def series(scenario: Scenario, column: str) -> F64:
    """(T,) one column of weather.csv at each tick."""
    start = start_time(scenario)
    times = [(w.time - start).total_seconds() / 60.0 for w in scenario.weather]
    at = np.arange(scenario.ticks) * float(scenario.settings.tick_min)
    values = [float(getattr(w, column)) for w in scenario.weather]
    return np.asarray(np.interp(at, times, values), dtype=np.float64)
