"""Which fires break out in a run: those of the table and those that chance lights.

A community's fires depend on nothing but its own stream and the wind over it at their time: not on
crews, nor on other communities.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from anlan.sim import portable
from anlan.sim.chance import Streams, stream
from anlan.sim.scenario.clock import Clock, start_time
from anlan.sim.scenario.rules import Rules
from anlan.sim.scenario.schema import BuildingClass, Community, Scenario

OUTBREAK = stream("fire.outbreak", "community")
THIN = stream("fire.thin", "community, for each fire that might be")
CLASS = stream("fire.class", "community, for each fire that might be")
GROWS = stream("fire.grows", "community, for each fire that might be")
FIRST = stream("fire.first", "fire")

YEAR_MIN = 365.0 * 24.0 * 60.0


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


@dataclass(frozen=True)
class OutbreakRules(Rules, prefix="fire"):
    """How often buildings catch fire, at which hours and in which wind, and when it is noticed."""

    rate_per_1000_year: float
    rate_00_06: float
    rate_06_12: float
    rate_12_18: float
    rate_18_24: float
    storm_factor: float
    storm_from_ms: float
    storm_full_ms: float
    discovery_log_sd: float
    street_factor: float
    small_m2: float

    def hour_rates(self) -> NDArray[np.float64]:
        """(24,) relative rate of fires at each hour of the day."""
        blocks = (self.rate_00_06, self.rate_06_12, self.rate_12_18, self.rate_18_24)
        return np.repeat(np.array(blocks), 6)

    def in_wind(self, wind_ms: float) -> float:
        """How many times more fires there are in a wind than on a calm day."""
        span = max(self.storm_full_ms - self.storm_from_ms, 1e-9)
        rise = min(max((wind_ms - self.storm_from_ms) / span, 0.0), 1.0)
        return 1.0 + (self.storm_factor - 1.0) * rise


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


@dataclass
class Outbreaks:
    """First fires of a scenario: those of its table, and those that chance lights."""

    rules: OutbreakRules
    classes: tuple[BuildingClass, ...]
    communities: tuple[Community, ...]
    streams: Streams
    clock: Clock

    @classmethod
    def of(cls, scenario: Scenario, streams: Streams, clock: Clock) -> Outbreaks:
        """The outbreaks of a scenario's run."""
        rules = OutbreakRules.read(scenario)
        classes = tuple(sorted(scenario.building_classes, key=lambda c: c.building_class))
        return cls(rules, classes, scenario.communities, streams, clock)

    def __post_init__(self) -> None:
        self._coming: dict[int, list[tuple[int, int, float]]] | None = None

    def listed(self, scenario: Scenario) -> Iterator[Outbreak]:
        """The fires of building_fires.csv; what they leave open is drawn."""
        places = {c.community: n for n, c in enumerate(self.communities)}
        classes = {c.building_class: c for c in self.classes}
        start = start_time(scenario)
        for row in scenario.building_fires:
            minute = (row.time - start).total_seconds() / 60.0
            drawn = self.outbreak(
                row.fire, places[row.community], classes[row.building_class], minute
            )
            notice = row.discovery_min
            yield replace(
                drawn,
                noticed_min=drawn.noticed_min if notice is None else minute + notice,
                inside_km=drawn.inside_km if row.inside_km is None else row.inside_km,
                victims=drawn.victims if row.victims is None else row.victims,
            )

    def candidates(self, end_min: float, most: float) -> Iterator[tuple[int, int, float]]:
        """(place, number, minute) of fires that might be, at `most` times the calm rate."""
        for place, community in enumerate(self.communities):
            calm_per_min = self.rules.rate_per_1000_year * community.residents / 1000.0 / YEAR_MIN
            generator = self.streams.generator(OUTBREAK, community.community)
            for n, minute in enumerate(poisson_minutes(generator, calm_per_min * most, end_min)):
                yield place, n, float(minute)

    def random(self, tick: int, wind_ms: NDArray[np.floating]) -> list[Outbreak]:
        """Fires that chance lights in a tick, in the wind (C,) of that tick, by thinning."""
        day = self.rules.hour_rates()
        # The bound is a parameter's, not this run's, so that a storm only adds fires.
        most = float(day.max()) * self.rules.storm_factor
        if self._coming is None:
            self._coming = {}
            for candidate in self.candidates(self.clock.end_min, most):
                at = int(candidate[2] // self.clock.tick_min)
                self._coming.setdefault(at, []).append(candidate)
        found = (
            self._lit(place, n, minute, most, self.rules.in_wind(float(wind_ms[place])))
            for place, n, minute in self._coming.pop(tick, ())
        )
        return [outbreak for outbreak in found if outbreak is not None]

    def calm(self, end_min: float) -> Iterator[Outbreak]:
        """All fires that chance lights up to an end, in calm weather."""
        most = float(self.rules.hour_rates().max())
        for place, n, minute in self.candidates(end_min, most):
            found = self._lit(place, n, minute, most, 1.0)
            if found is not None:
                yield found

    def _lit(
        self, place: int, n: int, minute: float, most: float, factor: float
    ) -> Outbreak | None:
        """The n-th fire that might be of a place, if it comes about."""
        community = self.communities[place]
        hour = self.clock.hour_of(minute)
        rate = self.rules.hour_rates()[int(hour)] * factor
        if self.streams.one(THIN, community.community, n) * most >= rate:
            return None
        building = class_of(
            self.classes, community, self.streams.one(CLASS, community.community, n)
        )
        if self.streams.one(GROWS, community.community, n) >= building.grow_share:
            building = small(self.rules, building)
        return self.outbreak(f"{community.community}-{n}", place, building, minute)

    def outbreak(self, key: str, place: int, building: BuildingClass, minute: float) -> Outbreak:
        """Settle where in a community a fire is, when it is noticed and how many are caught.

        `minute` since the start of the run.
        """
        u = self.streams.generator(FIRST, key).random(3)
        night = self.clock.is_night_hour(self.clock.hour_of(minute))
        mean_min = building.discovery_night_min if night else building.discovery_day_min
        mean_victims = building.rescue_night if night else building.rescue_day
        # A place spread evenly over a disc of the community's area, and the streets' detour.
        radius_km = float(np.sqrt(self.communities[place].area_km2 / np.pi * u[0]))
        return Outbreak(
            key,
            place,
            building,
            minute,
            minute + lognormal(mean_min, self.rules.discovery_log_sd, float(u[1])),
            radius_km * self.rules.street_factor,
            poisson_count(mean_victims, float(u[2])),
        )


def small(rules: OutbreakRules, building: BuildingClass) -> BuildingClass:
    """A fire in such a building that stays with its first item."""
    area_m2 = min(rules.small_m2, building.compartment_m2)
    return building.model_copy(
        update={"compartment_m2": area_m2, "compartments": 1, "neighbours": 0}
    )


def class_of(classes: tuple[BuildingClass, ...], community: Community, u: float) -> BuildingClass:
    """The class of building in which a fire breaks out, by the shares of the kind of place."""
    edges = np.cumsum([getattr(c, f"share_{community.kind}") for c in classes])
    which = int(np.searchsorted(edges, u * edges[-1], side="right"))
    return classes[min(which, len(edges) - 1)]


def lognormal(mean: float, log_sd: float, u: float) -> float:
    """A lognormal value of a given mean from one uniform."""
    z = float(ndtri(min(max(u, 1e-12), 1.0 - 1e-12)))
    return mean * float(portable.exp(log_sd * z - log_sd * log_sd / 2.0))


def poisson_count(mean: float, u: float) -> int:
    """A Poisson count from one uniform, by the inverse of its distribution."""
    count, term = 0, float(np.exp(-mean))
    total = term
    while u >= total and term > 1e-15:
        count += 1
        term *= mean / count
        total += term
    return count
