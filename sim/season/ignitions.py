"""What is lit in a season: when, where, by what, and whether it becomes a forest fire.

Recorded fires and all ignitions are told apart beforehand, by rates of their own, so that nothing
that is done against a fire decides whether it counts. The day goes by the air, the days without
rain and the feasts; months have the shares that the district's table gives.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anlan.sim import portable
from anlan.sim.chance import Streams, stream
from anlan.sim.nature.building.outbreaks import poisson_minutes
from anlan.sim.scenario.kept import kept
from anlan.sim.scenario.rules import Rules
from anlan.sim.scenario.schema import Scenario
from anlan.sim.season.climate import CAUSES, DAYS, LENGTHS, Climate, climate_of
from anlan.sim.season.weather import Days, draw_days

F64 = NDArray[np.float64]

FIRES = stream("season.fires", "season, for recorded fires and for other ignitions")
IGNITION = stream("season.ignition", "ignition of a season")
NORMAL_YEARS, NORMAL_SEED = 2000, 0  # of the climate, for the mean weight of a month's days
MOST_BOOST = 1000.0
HOURS = (0, 6, 9, 12, 15, 18, 21, 24)


@dataclass(frozen=True)
class IgnitionRules(Rules, prefix="season"):
    """Which days, hours and places are lit."""

    vpd_from_kpa: float
    vpd_power: float
    weight_floor: float
    dry_days_full: float
    sunday_factor: float
    qingming_factor: float
    qingming_day: int
    qingming_days: int
    spring_factor: float
    spring_day: int
    spring_days: int
    ghost_factor: float
    ghost_day: int
    ghost_days: int
    hours_0_6_pct: float
    hours_6_9_pct: float
    hours_9_12_pct: float
    hours_12_15_pct: float
    hours_15_18_pct: float
    hours_18_21_pct: float
    hours_21_24_pct: float
    drought_later_pct: float
    near_share: float
    near_km: float
    middle_share: float
    middle_km: float
    far_km: float

    def rites(self, day_of_year: NDArray[np.int64]) -> F64:
        """How much likelier a fire of rites is on a day than on an ordinary one."""
        feasts = (
            (self.qingming_day, self.qingming_days, self.qingming_factor),
            (self.spring_day, self.spring_days, self.spring_factor),
            (self.ghost_day, self.ghost_days, self.ghost_factor),
        )
        factor = np.ones(day_of_year.shape)
        for first, length, times in feasts:
            factor[(day_of_year >= first) & (day_of_year < first + length)] = times
        return factor

    def hour_shares(self, drought: bool) -> F64:
        """(7,) shares of the ignitions between HOURS."""
        pct = np.array([
            self.hours_0_6_pct, self.hours_6_9_pct, self.hours_9_12_pct, self.hours_12_15_pct,
            self.hours_15_18_pct, self.hours_18_21_pct, self.hours_21_24_pct,
        ])  # fmt: skip
        if drought:
            half = 0.5 * self.drought_later_pct
            pct = pct + half * np.array([0.0, 0.0, -1.0, -1.0, 1.0, 1.0, 0.0])
        return np.asarray(pct / pct.sum())


@dataclass(frozen=True)
class Ignition:
    """One ignition. Minutes since the midnight before the season's first day."""

    key: str
    recorded: bool  # a forest fire; else an alarm without one
    day: int  # of the season, 0 to 364
    minute: float
    cause: str
    place: int  # community
    lane_km: float  # from its road head by lanes
    walk_km: float  # from there on foot
    bearing_rad: float  # from the road head
    pick: float  # 0 to 1: which piece of land stands for it where the map does not hold it
    drought: bool


def day_weights(days: Days, climate: Climate, rules: IgnitionRules, first_weekday: F64) -> F64:
    """(seasons, 365) how likely an ignition is on each day. first_weekday: (seasons,) 0 to 7."""
    beyond = np.maximum(days.vpd14_kpa() - rules.vpd_from_kpa, 0.0)
    air = rules.weight_floor + portable.power(beyond, rules.vpd_power)
    dry = np.minimum(1.0, days.dry_days / rules.dry_days_full)
    rites = climate.cause_shares()[CAUSES.index("rites")]
    feast = 1.0 - rites + rites * rules.rites(climate.day_of_year)
    weekday = (np.arange(DAYS) + np.floor(first_weekday)[:, None]) % 7
    sunday = np.where(weekday == 0, rules.sunday_factor, 1.0)
    return np.asarray(air * dry * feast * sunday)


@dataclass(frozen=True)
class Usual:
    """What the climate gives over many years: by it single days are weighed."""

    weight: F64  # (12,) mean of a month's days, a drought's counted `boost` times
    boost: float  # how much likelier ignitions are in a drought than by the air alone


@kept
def usual(scenario: Scenario) -> Usual:
    """The usual weights of a scenario, the same for any seed.

    `boost` makes a drought's days have `drought_fires` recorded fires in the mean (0: the air alone
    decides); months keep their shares, so the other years have fewer in these months.
    """
    climate, rules = climate_of(scenario), IgnitionRules.read(scenario)
    days = draw_days(climate, NORMAL_SEED, range(NORMAL_YEARS))
    weekday = np.asarray(np.arange(NORMAL_YEARS) % 7, dtype=np.float64)
    weights = day_weights(days, climate, rules, weekday)
    inside = np.where(days.drought, weights, 0.0)
    months = [climate.month == m for m in range(12)]
    mean = np.array([weights[:, m].mean() for m in months])
    dry = np.array([inside[:, m].mean() for m in months])
    wanted = climate.numbers["drought_fires"] * float(days.drought.any(axis=1).mean())
    boost = _boost(fires_by_month(climate), mean - dry, dry, wanted)
    return Usual(mean - dry + boost * dry, boost)


def fires_by_month(climate: Climate) -> F64:
    """(12,) recorded fires a year that each month has in the long run."""
    share = climate.by_month["fires_pct"] / climate.by_month["fires_pct"].sum()
    return np.asarray(climate.numbers["fires_a_year"] * share)


def _boost(fires: F64, ordinary: F64, dry: F64, wanted: float) -> float:
    """The factor on a drought's weights, 1 to MOST_BOOST, that gives it so many fires a year."""

    def in_drought(boost: float) -> float:
        part = boost * dry
        return float((fires * part / np.maximum(ordinary + part, 1e-9)).sum())

    low, high = 1.0, MOST_BOOST
    if in_drought(low) >= wanted:
        return low
    for _ in range(60):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if in_drought(middle) < wanted else (low, middle)
    return low


def daily_rates(scenario: Scenario, days: Days, first_weekday: F64) -> F64:
    """(seasons, 365) expected recorded fires a day.

    Over many years each month has the share that the table gives, and a year `fires_a_year`.
    """
    climate, rules, normal = climate_of(scenario), IgnitionRules.read(scenario), usual(scenario)
    a_day = fires_by_month(climate) / LENGTHS / np.maximum(normal.weight, 1e-9)
    weights = day_weights(days, climate, rules, first_weekday)
    boosted = weights * np.where(days.drought, normal.boost, 1.0)
    return np.asarray(boosted * a_day[climate.month])


def draw_ignitions(scenario: Scenario, seed: int, season: int) -> tuple[Days, list[Ignition]]:
    """(weather (1, 365), ignitions in time) of one season."""
    climate, streams = climate_of(scenario), Streams(seed, season)
    days = draw_days(climate, seed, range(season, season + 1))
    first_weekday = np.array([7.0 * streams.one(FIRES, "first weekday")])
    upto = np.cumsum(daily_rates(scenario, days, first_weekday)[0])
    alarms = max(climate.numbers["alarms_per_fire"] - 1.0, 0.0)
    draw = _Drawn(scenario, climate, days, streams)
    found: list[Ignition] = []
    for kind, times in (("fire", 1.0), ("alarm", alarms)):
        passed = poisson_minutes(streams.generator(FIRES, kind), times, float(upto[-1]))
        day = np.searchsorted(upto, passed, side="right")
        for n, d in enumerate(np.minimum(day, DAYS - 1).tolist()):
            found.append(draw.ignition(f"{kind}-{n}", kind == "fire", d))
    return days, sorted(found, key=lambda i: (i.minute, i.key))


class _Drawn:
    """Draws what belongs to single ignitions of a season."""

    def __init__(self, scenario: Scenario, climate: Climate, days: Days, streams: Streams) -> None:
        self.rules, self.climate = IgnitionRules.read(scenario), climate
        self.days, self.streams = days, streams
        self.areas = np.array([c.area_km2 for c in scenario.communities])
        self.rites = self.rules.rites(climate.day_of_year)

    def ignition(self, key: str, recorded: bool, day: int) -> Ignition:
        """One ignition on a day."""
        u = self.streams.generator(IGNITION, key).random(9).tolist()
        drought = bool(self.days.drought[0, day])
        hours = self.rules.hour_shares(drought)
        part, within = _pick(hours, u[0])
        minute = 60.0 * (HOURS[part] + within * (HOURS[part + 1] - HOURS[part]))
        shares = self.climate.cause_shares().copy()
        shares[CAUSES.index("rites")] *= self.rites[day]
        place, _ = _pick(self.areas, u[2])
        return Ignition(
            key=key,
            recorded=recorded,
            day=day,
            minute=day * 1440.0 + minute,
            cause=CAUSES[_pick(shares, u[1])[0]],
            place=place,
            lane_km=math.sqrt(float(self.areas[place]) / math.pi * u[3]),
            walk_km=walk_km(self.rules, u[4], u[5]),
            bearing_rad=2.0 * math.pi * u[6],
            pick=u[7],
            drought=drought,
        )


def walk_km(rules: IgnitionRules, which: float, within: float) -> float:
    """How far from a road or path, from two draws of 0 to 1: evenly within near, middle or far."""
    if which < rules.near_share:
        return within * rules.near_km
    if which < rules.near_share + rules.middle_share:
        return rules.near_km + within * (rules.middle_km - rules.near_km)
    return rules.middle_km + within * (rules.far_km - rules.middle_km)


def _pick(weights: F64, u: float) -> tuple[int, float]:
    """(which, how far within it) a draw of 0 to 1 falls, by weights."""
    upto = np.cumsum(weights)
    at = u * float(upto[-1])
    n = min(int(np.searchsorted(upto, at, side="right")), len(upto) - 1)
    below = float(upto[n - 1]) if n else 0.0
    width = float(weights[n])
    return n, min((at - below) / width, 1.0) if width > 0.0 else 0.0


def by_month(ignitions: Mapping[int, list[Ignition]], climate: Climate) -> F64:
    """(12,) how many ignitions of some seasons fall into each month, January first."""
    found = np.zeros(12)
    for listed in ignitions.values():
        for one in listed:
            found[climate.month[one.day]] += 1.0
    return found
