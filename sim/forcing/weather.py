"""Plain weather from a table: the same wind and rain everywhere, and what they do.

For heavy rain without a typhoon, for fire weather, and for calm days. Each run draws how far
the table is off: a factor on the wind and one on the rain.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from anlan.sim.chance import Streams, stream
from anlan.sim.forcing.base import F32, Forecast, Realisation
from anlan.sim.forcing.impacts import Impacts, bulletin_keys
from anlan.sim.forcing.rain import lognormal_factor
from anlan.sim.networks import fragility as networks
from anlan.sim.scenario.clock import start_time
from anlan.sim.scenario.schema import Scenario

F64 = NDArray[np.float64]
WIND = stream("weather.wind", "weather")
RAIN = stream("weather.rain", "weather")
FORECAST_RAIN = stream("weather.forecast_rain", "bulletin")
WEATHER = "weather"  # there is one a run
RAIN_LEADS_H = (3, 6, 12)  # the periods of the rainstorm signals


class Weather:
    """Weather over a scenario, straight between the rows of weather.csv and held at its ends."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.impacts = Impacts(scenario)
        self.wind_ms = series(scenario, "wind_ms")
        self.rain_mm_h = series(scenario, "rain_mm_h")

    def realise(self, streams: Streams) -> Realisation:
        """Draw one run."""
        p, impacts = self.scenario.p, self.impacts
        ticks, places = impacts.ticks, len(impacts.sites.lat)
        z_wind, z_rain = (streams.one_normal(of, WEATHER) for of in (WIND, RAIN))
        wind_ms = self._spread(self.wind_ms * max(0.0, 1.0 + p("weather.wind_sd_share") * z_wind))
        rain_mm_h = self._spread(
            self.rain_mm_h * lognormal_factor(z_rain, p("weather.rain_sd_log"))
        )
        gust_ms = np.asarray(wind_ms * impacts.sites.gust_ratio, dtype=np.float32)
        down, up = impacts.power(streams, wind_ms, gust_ms)
        power_out = networks.between(ticks, down, up)
        low_sea = np.full(ticks, -100.0)  # no surge in plain weather: the sluices stay open
        depth_m = impacts.water(rain_mm_h, power_out, low_sea)
        tree_tick, tree_count = impacts.trees(streams, gust_ms)
        nowhere = np.full(ticks, np.nan)
        assert depth_m.shape == (ticks, places)
        return Realisation(
            wind_ms=wind_ms,
            gust_ms=gust_ms,
            rain_mm_h=rain_mm_h,
            depth_m=depth_m,
            power_out=power_out,
            phone_out=impacts.phone(down, up),
            road_depth_m=impacts.road_depth_m(depth_m),
            tree_tick=tree_tick,
            tree_count=tree_count,
            centre_lon=nowhere,
            centre_lat=nowhere,
            pressure_hpa=nowhere,
            max_wind_ms=wind_ms.max(axis=1).astype(np.float64),
            sea_level_m=np.zeros(ticks),
            forecast=self._forecast(streams, wind_ms, gust_ms, rain_mm_h),
        )

    def _forecast(self, streams: Streams, wind_ms: F32, gust_ms: F32, rain_mm_h: F32) -> Forecast:
        """Bulletins of wind as for a typhoon, and of the rain of the next hours."""
        wind = self.impacts.forecast(streams, wind_ms, gust_ms)
        p, tick_h = self.scenario.p, self.impacts.tick_h
        z = streams.normal(FORECAST_RAIN, bulletin_keys(wind.issued_tick))
        fallen = np.concatenate([[0.0], np.cumsum(rain_mm_h.max(axis=1) * tick_h)])
        within = {}
        for hours in RAIN_LEADS_H:
            ends = np.minimum(wind.issued_tick + round(hours / tick_h), len(fallen) - 1)
            sd = p("weather.forecast_rain_sd_log")
            truth = fallen[ends] - fallen[wind.issued_tick]
            within[hours] = (truth * lognormal_factor(z, sd)).astype(np.float32)
        return replace(wind, rain_within_mm=within)

    def _spread(self, values: F64) -> F32:
        """(T,) -> (T, C), the same everywhere."""
        places = len(self.impacts.sites.lat)
        return np.repeat(values.astype(np.float32)[:, None], places, axis=1)


def series(scenario: Scenario, column: str) -> F64:
    """(T,) one column of weather.csv at each tick."""
    start = start_time(scenario)
    times = [(w.time - start).total_seconds() / 60.0 for w in scenario.weather]
    at = np.arange(scenario.ticks) * float(scenario.settings.tick_min)
    values = [float(getattr(w, column)) for w in scenario.weather]
    return np.asarray(np.interp(at, times, values), dtype=np.float64)
