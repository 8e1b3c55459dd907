"""The weather of seasons, day by day, and of a day by hours.

Wet or dry (a chain of two states) comes first, then the amount, the maximum temperature, the
humidity at 14 h and the wind, given wet or dry. Many seasons are worked out together; each has
its own draws, keyed by seed and season.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anlan.sim import portable
from anlan.sim.chance import Streams, stream
from anlan.sim.forcing.fire_weather import FireWeather, weather
from anlan.sim.scenario.rules import Rules
from anlan.sim.season.climate import DAYS, Climate

F64 = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]

WEATHER = stream("season.weather", "season")
DROUGHT = stream("season.drought", "season")
DRAWS = 7  # a day: wet, amount, temperature, humidity, wind, northerly, direction
HUMIDITY_PCT = (12.0, 95.0)  # at 14 h
COLDEST_H, HOTTEST_H = 6.0, 15.0
AFTERNOON_H, NIGHT_FROM_H, NIGHT_TO_H = (14, 17), 20, 6
NORTH_HALF_DEG = 45.0  # northerly: from north-west to north-east


@dataclass(frozen=True)
class DayWindRules(Rules, prefix="season"):
    """The wind through a day."""

    wind_afternoon_factor: float
    wind_night_factor: float


@dataclass(frozen=True)
class Days:
    """Seasons of weather; arrays (seasons, 365)."""

    wet: Bools
    rain_mm: F64
    rain_hour: F64  # when the rain of the day falls
    tmax_c: F64
    range_c: F64
    humidity14_pct: F64
    wind14_ms: F64
    wind_from_deg: F64
    drought: Bools
    dry_days: Ints  # without rain up to and with this day

    def vpd14_kpa(self) -> F64:
        """Vapour pressure deficit at the hottest hour."""
        return np.asarray(vapour_kpa(self.tmax_c) * (1.0 - self.humidity14_pct / 100.0))


def vapour_kpa(temperature_c: F64) -> F64:
    """Saturation vapour pressure (Tetens, as in FAO paper 56)."""
    return np.asarray(0.6108 * portable.exp(17.27 * temperature_c / (temperature_c + 237.3)))


def draw_days(climate: Climate, seed: int, seasons: range, drought: bool = True) -> Days:
    """The weather of some seasons. drought: False leaves the drought state out (for tests)."""
    count = len(seasons)
    u = np.empty((count, DAYS, DRAWS))
    hour = np.empty((count, DAYS))
    dry = np.zeros((count, DAYS), dtype=bool)
    for n, season in enumerate(seasons):
        streams = Streams(seed, season)
        generator = streams.generator(WEATHER, "days")
        u[n] = generator.random((DAYS, DRAWS))
        hour[n] = 24.0 * generator.random(DAYS)
        if drought:
            dry[n] = _drought(climate, streams)
    wet = _chain(climate, u[:, :, 0], dry)
    return _given(climate, u, wet, dry, hour)


def _drought(climate: Climate, streams: Streams) -> Bools:
    """(365,) the days of a drought state, none in most seasons."""
    numbers = climate.numbers
    u = [streams.one(DROUGHT, "season", n) for n in range(3)]
    if u[0] >= numbers["drought_share"]:
        return np.zeros(DAYS, dtype=bool)
    least, most = numbers["drought_shortest_d"], numbers["drought_longest_d"]
    first, last = numbers["drought_from_day"], numbers["drought_to_day"]
    length = min(least + u[1] * (most - least), last - first + 1.0)
    begins = first + u[2] * (last - first + 1.0 - length)
    day = climate.day_of_year.astype(np.float64)
    inside = [(day + turn >= begins) & (day + turn < begins + length) for turn in (0.0, 365.0)]
    return np.asarray(inside[0] | inside[1])


def _chain(climate: Climate, u: F64, drought: Bools) -> Bools:
    after_dry, after_wet = climate.wet_after_dry(), climate.wet_after_wet()
    share, less = climate.wet_share(), climate.numbers["drought_wet_factor"]
    wet = np.empty(u.shape, dtype=bool)
    before = u[:, 0] < share[climate.month[0]]
    wet[:, 0] = before
    for day in range(1, DAYS):
        m = climate.month[day]
        rises = after_dry[m] * np.where(drought[:, day], less, 1.0)
        before = u[:, day] < np.where(before, after_wet[m], rises)
        wet[:, day] = before
    return wet


def _given(climate: Climate, u: F64, wet: Bools, drought: Bools, hour: F64) -> Days:
    from scipy.special import gammaincinv, ndtri

    numbers, of_day = climate.numbers, climate.of_day
    scale, shape = (part[climate.month] for part in climate.rain_gamma())
    rain_mm = np.where(wet, scale * gammaincinv(shape, u[:, :, 1]), 0.0)
    f = climate.wet_share()[climate.month]
    state = np.where(wet, -(1.0 - f), f)
    z = _persistent(ndtri(_open(u[:, :, 2])), numbers["tmax_lag1"])
    off_c = climate.residual_sd_c()[climate.month] * z
    off_c = off_c + numbers["drought_warmer_c"] * drought
    tmax_c = of_day("tmax_c") + of_day("dry_warmer_c") * state + off_c
    drier = portable.exp(-of_day("humidity_fall_1_c") * off_c)
    north_share = of_day("north_share")
    north = u[:, :, 5] < north_share
    humidity = (
        of_day("humidity14_pct")
        + of_day("humidity_slope_pct_c") * off_c
        - numbers["humidity_wet_pct"] * state
        + numbers["humidity_north_pct"] * (north - north_share)
        + numbers["humidity_sd_pct"] * ndtri(_open(u[:, :, 3]))
    )
    k = numbers["wind_shape"]
    from scipy.special import gamma

    mean = of_day("wind14_ms") / gamma(1.0 + 1.0 / k)
    wind = mean * portable.power(-portable.log1p(-u[:, :, 4]), 1.0 / k)
    turn = u[:, :, 6]
    free = NORTH_HALF_DEG + turn * (360.0 - 2.0 * NORTH_HALF_DEG)
    blows = np.where(north, NORTH_HALF_DEG * (2.0 * turn - 1.0), free)
    anywhere = 360.0 * turn  # where no share of northerly days is known
    return Days(
        wet=wet,
        rain_mm=portable.rounded(rain_mm),
        rain_hour=hour,
        tmax_c=portable.rounded(tmax_c),
        range_c=np.broadcast_to(of_day("range_c"), wet.shape),
        humidity14_pct=portable.rounded(np.clip(humidity * drier, *HUMIDITY_PCT)),
        wind14_ms=portable.rounded(wind),
        wind_from_deg=np.where(north_share > 0.0, blows, anywhere) % 360.0,
        drought=drought,
        dry_days=_since(wet),
    )


def _open(u: F64) -> F64:
    return np.maximum(u, 2.0**-54)


def _persistent(e: F64, rho: float) -> F64:
    """An autoregressive series of standard deviation 1 from independent normal draws."""
    z = np.empty_like(e)
    z[:, 0] = e[:, 0]
    for day in range(1, DAYS):
        z[:, day] = rho * z[:, day - 1] + np.sqrt(1.0 - rho * rho) * e[:, day]
    return z


def _since(wet: Bools) -> Ints:
    """(seasons, 365) dry days in a row up to and with each day; 0 on a wet one."""
    found = np.zeros(wet.shape, dtype=np.int64)
    run = np.zeros(len(wet), dtype=np.int64)
    for day in range(DAYS):
        run = np.where(wet[:, day], 0, run + 1)
        found[:, day] = run
    return found


def hourly(days: Days, season: int, day: int, count: int, rules: DayWindRules) -> FireWeather:
    """The weather by the hour, in minutes since the midnight before `day`, for some days.

    season, day: rows and columns of `days`; the season's last day stays for what lies beyond.
    """
    rows = []
    for n in range(count):
        d = min(day + n, DAYS - 1)
        top, spread = float(days.tmax_c[season, d]), float(days.range_c[season, d])
        hours = np.arange(24.0)
        temperature = top - spread * (1.0 - _warmth(hours))
        vapour = float(vapour_kpa(np.array(top))) * float(days.humidity14_pct[season, d]) / 100.0
        humidity = np.clip(100.0 * vapour / vapour_kpa(temperature), 1.0, 100.0)
        mean_ms = float(days.wind14_ms[season, d]) / rules.wind_afternoon_factor
        wind = np.minimum(mean_ms * _gustiness(hours, rules), 70.0)
        blows = float(days.wind_from_deg[season, d])
        for h in range(24):
            minute = (n * 24 + h) * 60.0
            rows.append((minute, float(temperature[h]), float(humidity[h]), float(wind[h]), blows))
    return weather(rows)


def _warmth(hours: F64) -> F64:
    """0 at the coldest hour, 1 at the hottest, half a cosine between."""
    rising = (hours >= COLDEST_H) & (hours <= HOTTEST_H)
    up = (hours - COLDEST_H) / (HOTTEST_H - COLDEST_H)
    down = ((hours - HOTTEST_H) % 24.0) / (24.0 - HOTTEST_H + COLDEST_H)
    way = np.where(rising, np.pi * (1.0 - up), np.pi * down)
    return np.asarray(0.5 * (1.0 + portable.cos(way)))


def _gustiness(hours: F64, rules: DayWindRules) -> F64:
    """The wind of an hour over the mean of the day."""
    night = (hours >= NIGHT_FROM_H) | (hours < NIGHT_TO_H)
    afternoon = (hours >= AFTERNOON_H[0]) & (hours <= AFTERNOON_H[1])
    return np.where(
        afternoon, rules.wind_afternoon_factor, np.where(night, rules.wind_night_factor, 1.0)
    )
