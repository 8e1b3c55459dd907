"""Which fires break out in a run: those of the table and those that chance lights.

A community's fires depend on nothing but its own stream and the wind over it: not on crews,
nor on other communities.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from anlan.sim.chance import Streams, stream
from anlan.sim.scenario.clock import is_night, start_time
from anlan.sim.scenario.schema import BuildingClass, Community, Scenario

OUTBREAK = stream("fire.outbreak", "community")
THIN = stream("fire.thin", "community, for each fire that might be")
CLASS = stream("fire.class", "community, for each fire that might be")
GROWS = stream("fire.grows", "community, for each fire that might be")
FIRST = stream("fire.first", "fire")

YEAR_MIN = 365.0 * 24.0 * 60.0
BLOCKS = ("fire.rate_00_06", "fire.rate_06_12", "fire.rate_12_18", "fire.rate_18_24")


@dataclass(frozen=True)
class Outbreak:
    """A first fire: what is settled before anybody does anything. Times are minutes."""

    key: str
    place: int
    building: BuildingClass
    ignited_min: float
    noticed_min: float  # since the start
    inside_km: float
    victims: int


def hour_rates(scenario: Scenario) -> NDArray[np.float64]:
    """(24,) relative rate of fires at each hour of the day."""
    return np.repeat([scenario.p(name) for name in BLOCKS], 6)


def storm_factor(scenario: Scenario, wind_ms: NDArray[np.floating]) -> NDArray[np.float64]:
    """How many times more fires there are in a wind than on a calm day."""
    p = scenario.p
    low, high = p("fire.storm_from_ms"), p("fire.storm_full_ms")
    rise = np.clip((wind_ms.astype(np.float64) - low) / max(high - low, 1e-9), 0.0, 1.0)
    return 1.0 + (p("fire.storm_factor") - 1.0) * rise


def poisson_minutes(
    generator: np.random.Generator, per_min: float, end_min: float
) -> NDArray[np.float64]:
    """Times of a Poisson process of a rate up to an end, in order."""
    if per_min <= 0.0:
        return np.empty(0)
    found: list[float] = []
    at = float(generator.exponential()) / per_min
    while at < end_min:
        found.append(at)
        at += float(generator.exponential()) / per_min
    return np.array(found)


def listed(scenario: Scenario, streams: Streams) -> Iterator[Outbreak]:
    """The fires of building_fires.csv; what they leave open is drawn."""
    places = {c.community: n for n, c in enumerate(scenario.communities)}
    classes = {c.building_class: c for c in scenario.building_classes}
    start = start_time(scenario)
    for row in scenario.building_fires:
        minute = (row.time - start).total_seconds() / 60.0
        place, building = places[row.community], classes[row.building_class]
        hour = (start.hour + start.minute / 60.0 + minute / 60.0) % 24.0
        drawn = outbreak(scenario, streams, row.fire, place, building, minute, hour)
        notice = row.discovery_min
        yield Outbreak(
            drawn.key,
            place,
            building,
            minute,
            drawn.noticed_min if notice is None else minute + notice,
            drawn.inside_km if row.inside_km is None else row.inside_km,
            drawn.victims if row.victims is None else row.victims,
        )


def random(
    scenario: Scenario, streams: Streams, wind_ms: NDArray[np.floating] | None, end_min: float
) -> Iterator[Outbreak]:
    """Fires of a non-homogeneous Poisson process in each community, by thinning.

    `wind_ms`: (T, C) at each tick, or None for calm throughout.
    """
    day = hour_rates(scenario)
    start = start_time(scenario)
    start_h = start.hour + start.minute / 60.0
    tick_min = scenario.settings.tick_min
    for place, community in enumerate(scenario.communities):
        calm_per_min = (
            scenario.p("fire.rate_per_1000_year") * community.residents / 1000.0 / YEAR_MIN
        )
        storm = None if wind_ms is None else storm_factor(scenario, wind_ms[:, place])
        # The bound is a parameter's, not this run's, so that a storm only adds fires.
        most = float(day.max()) * (1.0 if storm is None else scenario.p("fire.storm_factor"))
        generator = streams.generator(OUTBREAK, community.community)
        for n, minute in enumerate(poisson_minutes(generator, calm_per_min * most, end_min)):
            u = streams.one(THIN, community.community, n)
            hour = float((start_h + minute / 60.0) % 24.0)
            rate = day[int(hour)]
            if storm is not None:
                rate = rate * storm[min(int(minute // tick_min), len(storm) - 1)]
            if u * most < rate:
                key = f"{community.community}-{n}"
                u_class = streams.one(CLASS, community.community, n)
                building = class_of(scenario, community, u_class)
                grows = streams.one(GROWS, community.community, n) < building.grow_share
                yield outbreak(
                    scenario,
                    streams,
                    key,
                    place,
                    building if grows else small(scenario, building),
                    float(minute),
                    hour,
                )


def small(scenario: Scenario, building: BuildingClass) -> BuildingClass:
    """A fire in such a building that stays with its first item."""
    area_m2 = min(scenario.p("fire.small_m2"), building.compartment_m2)
    return building.model_copy(
        update={"compartment_m2": area_m2, "compartments": 1, "neighbours": 0}
    )


def class_of(scenario: Scenario, community: Community, u: float) -> BuildingClass:
    """The class of building in which a fire breaks out, by the shares of the kind of place."""
    column = f"share_{community.kind}"
    edges = np.cumsum([getattr(c, column) for c in scenario.building_classes])
    which = int(np.searchsorted(edges, u * edges[-1], side="right"))
    return scenario.building_classes[min(which, len(edges) - 1)]


def outbreak(
    scenario: Scenario,
    streams: Streams,
    key: str,
    place: int,
    building: BuildingClass,
    minute: float,
    hour: float,
) -> Outbreak:
    """Settle where in a community a fire is, when it is noticed and how many are caught.

    `minute` since the start of the run, `hour` of the day.
    """
    u = streams.generator(FIRST, key).random(3)
    night = is_night(scenario, hour)
    mean_min = building.discovery_night_min if night else building.discovery_day_min
    mean_victims = building.rescue_night if night else building.rescue_day
    # A place spread evenly over a disc of the community's area, and the streets' detour.
    radius_km = float(np.sqrt(scenario.communities[place].area_km2 / np.pi * u[0]))
    return Outbreak(
        key,
        place,
        building,
        minute,
        minute + lognormal(mean_min, scenario.p("fire.discovery_log_sd"), float(u[1])),
        radius_km * scenario.p("fire.street_factor"),
        poisson_count(mean_victims, float(u[2])),
    )


def lognormal(mean: float, log_sd: float, u: float) -> float:
    """A lognormal value of a given mean from one uniform."""
    z = float(ndtri(min(max(u, 1e-12), 1.0 - 1e-12)))
    return mean * float(np.exp(log_sd * z - log_sd**2 / 2.0))


def poisson_count(mean: float, u: float) -> int:
    """A Poisson count from one uniform, by the inverse of its distribution."""
    count, term = 0, float(np.exp(-mean))
    total = term
    while u >= total and term > 1e-15:
        count += 1
        term *= mean / count
        total += term
    return count
