"""What storms alone say of a fact: wind and rain at a place, draw by draw, without any people."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from anlan.analysis.validation.facts import Alone, Fact
from anlan.sim import Streams, Typhoon, great_circle_km, start_time
from anlan.sim.scenario.schema import Community, Scenario

# A sea in a storm, for what an anemometer high above it reads by the logarithmic law; Charnock's
# relation gives 0.002 to 0.004 m at 30 to 40 m/s.
SEA_ROUGHNESS_M = 0.003
F64 = NDArray[np.float64]


def highest_mean_at_height(fact: Fact, seed: int, draws: int) -> F64:
    """(draws,) m/s, over the sea at `lat lon height_m`: the largest 10-minute mean of the storm."""
    lat, lon, height_m = map(float, fact.at.split())
    storm = Typhoon(_alone(fact.loaded(), lat, lon))
    up = math.log(height_m / SEA_ROUGHNESS_M) / math.log(10.0 / SEA_ROUGHNESS_M)
    return up * np.array(
        [
            float((d.sky.wind_ms / storm.sites.land_factor).max()) if d.sky is not None else 0.0
            for d in _draws(storm, seed, draws)
        ]
    )


def highest_gust(fact: Fact, seed: int, draws: int) -> F64:
    """(draws,) m/s, 3-second gust at the community of the scenario that is nearest `lat lon`."""
    storm = Typhoon(_nearest(fact))
    return np.array([float(d.sky.gust_ms.max()) for d in _draws(storm, seed, draws) if d.sky])


def rain_total(fact: Fact, seed: int, draws: int) -> F64:
    """(draws,) mm in the hours that are played, at the community nearest `lat lon`."""
    storm = Typhoon(_nearest(fact))
    sums = (d.sky.rain_mm_h.sum() for d in _draws(storm, seed, draws) if d.sky)
    return np.array([float(mm_h) * storm.tick_h for mm_h in sums])


def storm_wind_at(fact: Fact, seed: int, draws: int) -> F64:
    """(draws,) m/s, the storm's largest 10-minute mean wind at an hour (ISO 8601)."""
    scenario = _nearest(fact)
    storm = Typhoon(scenario)
    passed_h = (datetime.fromisoformat(fact.at) - start_time(scenario)).total_seconds() / 3600.0
    tick = int(passed_h / storm.tick_h)
    return np.array([float(d.path.max_wind_ms[tick]) for d in _draws(storm, seed, draws) if d.path])


def wind_by_decay(fact: Fact, seed: int, draws: int) -> F64:
    """(draws,) m/s at an hour, if the track ended before it: `last hour`, ISO 8601.

    The fixes after `last` are left out, so what weakens the storm is the rule of decay alone.
    """
    last, hour = map(datetime.fromisoformat, fact.at.split())
    scenario = _nearest(fact)
    scenario = scenario.model_copy(
        update={"tracks": tuple(f for f in scenario.tracks if f.time <= last)}
    )
    begins = hour.astimezone(UTC) - timedelta(hours=1)
    settings = scenario.settings.model_copy(
        update={"start": begins, "start_before_closest_h": None, "duration_h": 2}
    )
    storm = Typhoon(scenario.model_copy(update={"settings": settings}))
    tick = int(1.0 / storm.tick_h)
    return np.array([float(d.path.max_wind_ms[tick]) for d in _draws(storm, seed, draws) if d.path])


def gust_between(fact: Fact, seed: int, draws: int) -> F64:
    """(draws,) m/s, 3-second gust within hours at a place: `from to lat lon kind coast_km`.

    `kind` and `coast_km` are those of a community: how its ground slows the wind.
    """
    since, until, lat, lon, kind, coast_km = fact.at.split()
    scenario = _alone(fact.loaded(), float(lat), float(lon), kind=kind, coast_km=float(coast_km))
    storm = Typhoon(scenario)
    rows = _rows(scenario, storm, since, until)
    return np.array([float(d.sky.gust_ms[rows].max()) for d in _draws(storm, seed, draws) if d.sky])


def rain_between(fact: Fact, seed: int, draws: int) -> F64:
    """(draws,) mm within hours, mean of some places: `from to lat lon lat lon ...`."""
    since, until, *points = fact.at.split()
    return np.asarray(_rain_mm(fact, since, until, points, seed, draws).mean(axis=1))


def rain_share_from(fact: Fact, seed: int, draws: int) -> F64:
    """(draws,) share of some places with so much rain within hours: `mm from to lat lon ...`."""
    least_mm, since, until, *points = fact.at.split()
    found = _rain_mm(fact, since, until, points, seed, draws)
    return np.asarray((found >= float(least_mm)).mean(axis=1))


WEATHER: dict[str, Alone] = {
    look.__name__: look
    for look in (
        highest_mean_at_height,
        highest_gust,
        rain_total,
        storm_wind_at,
        wind_by_decay,
        gust_between,
        rain_between,
        rain_share_from,
    )
}


def _rain_mm(
    fact: Fact, since: str, until: str, points: Sequence[str], seed: int, draws: int
) -> F64:
    """(draws, places) mm within hours."""
    degrees = [float(p) for p in points]
    scenario = fact.loaded()
    like = scenario.communities[0]
    places = tuple(
        like.model_copy(update={"community": f"p{n}", "lat": lat, "lon": lon})
        for n, (lat, lon) in enumerate(zip(degrees[::2], degrees[1::2], strict=True))
    )
    scenario = scenario.model_copy(update={"communities": places, "roads": ()})
    storm = Typhoon(scenario)
    rows = _rows(scenario, storm, since, until)
    sums = (d.sky.rain_mm_h[rows].sum(axis=0) for d in _draws(storm, seed, draws) if d.sky)
    return np.array([mm_h.astype(np.float64) * storm.tick_h for mm_h in sums])


def _rows(scenario: Scenario, storm: Any, since: str, until: str) -> slice:
    """The ticks between two hours (ISO 8601). Raises ValueError if the run does not have both."""
    start = start_time(scenario)
    ends = [datetime.fromisoformat(hour) - start for hour in (since, until)]
    first, last = (round(end.total_seconds() / 3600.0 / storm.tick_h) for end in ends)
    if not 0 <= first < last <= storm.ticks:
        raise ValueError(f"{since} to {until} do not lie in the run, which begins {start}")
    return slice(first, last)


def _draws(storm: Typhoon, seed: int, draws: int) -> Iterator[Any]:
    """One at a time: a long storm over many places is large."""
    return (storm.draw(Streams(seed, run)) for run in range(draws))


def _nearest(fact: Fact) -> Scenario:
    """The scenario with one community alone: the nearest to `lat lon`, else its seat's."""
    scenario = fact.loaded()
    try:
        lat, lon = map(float, fact.at.split())
    except ValueError:
        seat = scenario.settings.command_community
        place = next(c for c in scenario.communities if c.community == seat)
    else:
        place = min(scenario.communities, key=lambda c: great_circle_km(lon, lat, c.lon, c.lat))
    return scenario.model_copy(update={"communities": (place,), "roads": ()})


def _alone(scenario: Scenario, lat: float, lon: float, **ground: Any) -> Scenario:
    place: Community = scenario.communities[0].model_copy(update={"lat": lat, "lon": lon} | ground)
    return scenario.model_copy(update={"communities": (place,), "roads": ()})
