"""Weather over a fire: a series of observations or forecasts, and the sky at a moment.

Between two times temperature and humidity are linear and the wind is a vector (so that it turns
the short way); before the first and after the last they stay as they are.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anlan.sim import portable
from anlan.sim.chance import Streams, stream
from anlan.sim.scenario.errors import bad, worded

FILE = "weather.csv"
SKY = stream("forest.weather", "sky over the fires")
COLUMNS = ("time_min", "temperature_c", "humidity_pct", "wind_ms", "wind_from_deg")
# The widest that is believed: records of the World Meteorological Organization, rounded outwards
# (temperature -89 to 57 degrees C; 10-minute mean wind below 75 m/s).
LIMITS = {
    "temperature_c": (-90.0, 60.0),
    "humidity_pct": (0.0, 100.0),
    "wind_ms": (0.0, 75.0),
    "wind_from_deg": (0.0, 360.0),
}


@dataclass(frozen=True)
class FireSky:
    """Weather at a moment; `wind_to_rad` is where the wind blows to, clockwise from north."""

    temperature_c: float
    humidity_pct: float
    wind_ms: float
    wind_to_rad: float


@dataclass(frozen=True)
class SkyError:
    """How one run's weather differs from the series; the neutral one by default."""

    temperature_add_c: float = 0.0
    humidity_add_pct: float = 0.0
    wind_factor: float = 1.0
    turn_deg: float = 0.0


@dataclass(frozen=True)
class FireWeather:
    """A series; arrays of shape (K,), times increasing."""

    time_min: NDArray[np.float64]
    temperature_c: NDArray[np.float64]
    humidity_pct: NDArray[np.float64]
    wind_east_ms: NDArray[np.float64]
    wind_north_ms: NDArray[np.float64]

    def at(self, minute: float, error: SkyError | None = None) -> FireSky:
        """The sky at a minute, with a run's error."""
        off = error or SkyError()
        east = float(np.interp(minute, self.time_min, self.wind_east_ms))
        north = float(np.interp(minute, self.time_min, self.wind_north_ms))
        humidity = float(np.interp(minute, self.time_min, self.humidity_pct))
        # atan2(0, 0) is 0: a calm has no direction, and asks for none
        towards = float(portable.arctan2(east, north)) + math.radians(off.turn_deg)
        return FireSky(
            float(np.interp(minute, self.time_min, self.temperature_c)) + off.temperature_add_c,
            min(max(humidity + off.humidity_add_pct, 0.0), 100.0),
            min(math.hypot(east, north) * off.wind_factor, LIMITS["wind_ms"][1]),
            towards % (2.0 * math.pi),
        )


def weather(rows: Sequence[tuple[float, float, float, float, float]]) -> FireWeather:
    """A series from rows of (minute, degrees C, % humidity, m/s, degrees it blows from).

    Raises BadInput: none, out of order, or beyond what weather can be.
    """
    if not rows:
        raise bad(worded("has no row; give at least one time"), FILE)
    for i, row in enumerate(rows):
        _check(row, i + 1)
        if i and row[0] <= rows[i - 1][0]:
            problem = worded("is not later than the row before; put times in order")
            raise bad(problem, FILE, i + 1, "time")
    t, temperature, humidity, wind, blows_from = np.array(rows, dtype=np.float64).T
    towards = np.radians(blows_from + 180.0)
    return FireWeather(
        t, temperature, humidity, wind * portable.sin(towards), wind * portable.cos(towards)
    )


def _check(row: tuple[float, ...], line: int) -> None:
    for name, value in zip(COLUMNS, row, strict=True):
        low, high = LIMITS.get(name, (-math.inf, math.inf))
        if not (math.isfinite(value) and low <= value <= high):
            problem = (
                worded("{value:g} is no weather; give {low:g} to {high:g}", value=value, low=low,
                       high=high)
                if math.isfinite(value)
                else worded("{value} is no number; give {low:g} to {high:g}", value=value, low=low,
                            high=high)
            )  # fmt: skip
            raise bad(problem, FILE, line, name)


def steady(
    temperature_c: float, humidity_pct: float, wind_ms: float, from_deg: float
) -> FireWeather:
    """Weather that stays. Raises BadInput."""
    return weather([(0.0, temperature_c, humidity_pct, wind_ms, from_deg)])


def draw_error(
    streams: Streams,
    temperature_sd_c: float,
    humidity_sd_pct: float,
    wind_sd: float,
    turn_sd: float,
) -> SkyError:
    """One run's error from the stream `forest.weather`: normal, the wind's factor log-normal."""
    z = [streams.one_normal(SKY, "sky", n) for n in range(4)]
    return SkyError(
        temperature_sd_c * z[0],
        humidity_sd_pct * z[1],
        float(portable.exp(wind_sd * z[2])),
        turn_sd * z[3],
    )
