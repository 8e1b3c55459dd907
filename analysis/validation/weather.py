"""What storms alone say of a fact: wind and rain at a place, draw by draw, without any people."""

from __future__ import annotations

import math
from datetime import datetime
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


WEATHER: dict[str, Alone] = {
    look.__name__: look
    for look in (highest_mean_at_height, highest_gust, rain_total, storm_wind_at)
}


def _draws(storm: Typhoon, seed: int, draws: int) -> list[Any]:
    return [storm.draw(Streams(seed, run)) for run in range(draws)]


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


def _alone(scenario: Scenario, lat: float, lon: float) -> Scenario:
    place: Community = scenario.communities[0].model_copy(update={"lat": lat, "lon": lon})
    return scenario.model_copy(update={"communities": (place,), "roads": ()})
