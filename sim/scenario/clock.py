"""Ticks and the calendar: when a run begins, and the time of a tick."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise

from anlan.sim.scenario.kept import kept
from anlan.sim.scenario.rules import Rules
from anlan.sim.scenario.schema import Fix, Scenario, TyphoonHazard

STEP = timedelta(minutes=10)
EARTH_KM = 6371.0088  # mean radius, IUGG
HALF_ROUND_DEG = 180.0  # no leg of a storm leads farther round than this


def great_circle_km(lon1: float, lat1: float, lon2: float, lat2: float) -> float:
    """Great-circle distance in kilometres between two points in degrees (haversine)."""
    a, b = math.radians(lat1), math.radians(lat2)
    half_lat, half_lon = (b - a) / 2, math.radians(lon2 - lon1) / 2
    h = math.sin(half_lat) ** 2 + math.cos(a) * math.cos(b) * math.sin(half_lon) ** 2
    return 2 * EARTH_KM * math.asin(min(1.0, math.sqrt(h)))


def chosen_storm(scenario: Scenario) -> str | None:
    """The id of the storm that the scenario names; None where no typhoon comes."""
    typhoon = scenario.hazard(TyphoonHazard)
    return typhoon.storm if typhoon is not None else None


def chosen_track(scenario: Scenario) -> tuple[Fix, ...]:
    """The fixes of the storm that the scenario names, in time."""
    storm = chosen_storm(scenario)
    return tuple(f for f in scenario.tracks if f.storm == storm)


@kept
def closest_approach(scenario: Scenario) -> tuple[datetime, float]:
    """(time in UTC, km) at which the chosen storm's centre is nearest to the mean town seat.

    The track is read every ten minutes, straight and even between two fixes. Kept: every
    variant of a study asks, and few of them move the storm.
    """
    lon = sum(t.lon for t in scenario.towns) / len(scenario.towns)
    lat = sum(t.lat for t in scenario.towns) / len(scenario.towns)
    return nearest_time(chosen_track(scenario), lon, lat)


def nearest_time(track: Sequence[Fix], lon: float, lat: float) -> tuple[datetime, float]:
    """(time in UTC, km) of a track's closest approach to a point; the first if there are two.

    A leg goes the shorter way round the earth, also where longitude jumps from 180 to -180.
    """
    best = (track[0].time, great_circle_km(track[0].lon, track[0].lat, lon, lat))
    for a, b in pairwise(track):
        span = b.time - a.time
        east = b.lon - a.lon
        if abs(east) > HALF_ROUND_DEG:
            east -= math.copysign(2 * HALF_ROUND_DEG, east)
        at = a.time
        while at < b.time:
            at = min(at + STEP, b.time)
            w = (at - a.time) / span
            km = great_circle_km(a.lon + w * east, a.lat + w * (b.lat - a.lat), lon, lat)
            if km < best[1]:
                best = (at, km)
    return best[0].astimezone(UTC), best[1]


def start_time(scenario: Scenario) -> datetime:
    """When tick 0 begins, in the scenario's offset.

    `settings.start` if there is one; else the closest approach less
    `settings.start_before_closest_h`, rounded down to a full hour. Kept, since every run asks.
    """
    return _start_time(scenario)


@kept
def _start_time(scenario: Scenario) -> datetime:
    zone = timezone(timedelta(hours=scenario.settings.utc_offset_h))
    settings = scenario.settings
    if settings.start is not None:
        return settings.start.astimezone(zone)
    near, _ = closest_approach(scenario)
    before = timedelta(hours=settings.start_before_closest_h or 0.0)
    return (near - before).astimezone(zone).replace(minute=0, second=0, microsecond=0)


@dataclass(frozen=True)
class DayRules(Rules, prefix="day"):
    """When most people are asleep."""

    night_from_h: float
    night_to_h: float

    def is_night(self, hour: float) -> bool:
        """Whether it is night at an hour of the day, 0 to 24."""
        return hour >= self.night_from_h or hour < self.night_to_h


@dataclass(frozen=True)
class Clock:
    """Ticks, minutes and hours of the day of a scenario's runs."""

    tick_min: int
    ticks: int
    start_hour: float  # of the day, 0 to 24, at tick 0
    day: DayRules

    @classmethod
    def of(cls, scenario: Scenario) -> Clock:
        """The clock of a scenario."""
        start = start_time(scenario)
        hour = start.hour + start.minute / 60.0
        return cls(scenario.settings.tick_min, scenario.ticks, hour, DayRules.read(scenario))

    @property
    def ticks_per_h(self) -> int:
        """Ticks in an hour."""
        return 60 // self.tick_min

    @property
    def end_min(self) -> float:
        """The end of a run, minutes since its start."""
        return float(self.ticks * self.tick_min)

    def ticks_of(self, minutes: float) -> int:
        """Minutes as whole ticks, rounded up."""
        return math.ceil(minutes / self.tick_min - 1e-9)

    def minute_of(self, tick: int) -> float:
        """The minute since the start at which a tick begins."""
        return float(tick * self.tick_min)

    def tick_at(self, minute: float) -> int:
        """The tick in which a minute lies; -1 for what never happened (NaN)."""
        return -1 if math.isnan(minute) else int(minute // self.tick_min)

    def hour_at(self, tick: float) -> float:
        """Hour of the day, 0 to 24, at the start of a tick."""
        return (self.start_hour + tick / self.ticks_per_h) % 24.0

    def hour_of(self, minute: float) -> float:
        """Hour of the day, 0 to 24, at a minute since the start, whatever the tick."""
        return (self.start_hour + minute / 60.0) % 24.0

    def is_hours_end(self, tick: int) -> bool:
        """Whether a tick is the last of an hour since the start."""
        return (tick + 1) % self.ticks_per_h == 0

    def is_night(self, tick: float) -> bool:
        """Whether it is night at the start of a tick."""
        return self.is_night_hour(self.hour_at(tick))

    def is_night_hour(self, hour: float) -> bool:
        """Whether it is night at an hour of the day, 0 to 24."""
        return self.day.is_night(hour)
