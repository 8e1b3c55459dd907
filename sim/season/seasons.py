"""A season of a district: its weather, every ignition, and each forest fire to its end.

The same (scenario, seed, season) gives the same rows to the bit, whoever plays it and whatever
seasons were played before. A variant of the plan meets the same weather and the same ignitions.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from anlan.sim import portable
from anlan.sim.chance import Streams
from anlan.sim.fires.blaze import Blaze
from anlan.sim.fires.forest import rates_for
from anlan.sim.fires.hoses import points_of
from anlan.sim.fires.rules import AttackRules
from anlan.sim.nature.forest import spread
from anlan.sim.nature.forest.rates import Rates
from anlan.sim.place.landscape.land import belts_of
from anlan.sim.place.landscape.landscape import M_PER_DEGREE
from anlan.sim.scenario.clock import Clock, DayRules
from anlan.sim.scenario.errors import BadInput, worded
from anlan.sim.scenario.rules import Rules
from anlan.sim.scenario.schema import Scenario
from anlan.sim.season.climate import CAUSES, DAYS, climate_of
from anlan.sim.season.fire import FollowRules, SeasonBlaze
from anlan.sim.season.ignitions import Ignition, draw_ignitions
from anlan.sim.season.roster import Roster
from anlan.sim.season.sight import sight_of
from anlan.sim.season.weather import Days, DayWindRules, hourly

Ints = NDArray[np.int64]
NAN = math.nan


@dataclass(frozen=True)
class PlayRules(Rules, prefix="season"):
    """What becomes of an ignition without a forest fire, and where on the map fires are lit."""

    alarm_service_min: float
    border_km: float


@dataclass(frozen=True)
class SeasonFire:
    """One ignition of a season and what came of it. Minutes since the season began; NaN: never.

    Areas are 0 for an alarm without a forest fire.
    """

    season: int
    fire: str
    recorded: bool
    cause: str
    month: int  # 1 to 12
    hour: float
    community: str
    drought: bool
    tmax_c: float
    humidity14_pct: float
    wind14_ms: float
    stands_for: bool  # the land under it stands for land that the map does not hold
    ignited_min: float
    noticed_min: float
    called_min: float
    sent_min: float
    arrived_min: float
    contained_min: float
    out_min: float  # no open flame
    cold_min: float  # mopped up and guarded
    by_rain: bool
    reflared: bool
    left_map: bool  # it came to the border of the map, beyond which nothing is known
    burnt_ha: float
    forest_ha: float
    persons_most: int
    mop_up_person_h: float
    spots: int  # fires that its brands lit ahead of it
    crown_ha: float  # of crowns that burnt
    noticed_by: str


@dataclass(frozen=True)
class _Lit:
    """An ignition that is to be played. Minutes since the midnight before it."""

    lit: Ignition
    row: dict[str, object]  # of `SeasonFire`, as far as it is known beforehand
    midnight: float  # in minutes of the season
    read_min: float
    fire: SeasonBlaze | None = None


FIELDS = tuple(f.name for f in fields(SeasonFire))


class Seasons:
    """Plays seasons of a scenario, one after another."""

    def __init__(self, scenario: Scenario) -> None:
        check_seasons(scenario)
        self.scenario = scenario
        self.roster = Roster(scenario)
        self.sight = sight_of(scenario)
        self.rates: Rates = rates_for(scenario)
        self.land = self.rates.ground.land
        self.attack = AttackRules.read(scenario)
        self.follow = FollowRules.read(scenario)
        self.sky = DayWindRules.read(scenario)
        self.rules = PlayRules.read(scenario)
        self.belts = belts_of(scenario)
        ticks = int(24.0 + self.follow.follow_h) * scenario.ticks_per_h
        self.clock = Clock(scenario.settings.tick_min, ticks, 0.0, DayRules.read(scenario))
        self.inner = self._inner()
        self.stand_ins: Ints = np.flatnonzero(self.inner)

    def _inner(self) -> NDArray[np.bool_]:
        """(rows, cols) forest that burns away from the border of the map: a fire that comes to
        the border is never contained.
        """
        land = self.land
        burns = land.forest & (land.fuels.column("ks")[land.fuel] > 0.0)
        edge = int(1000.0 * self.rules.border_km / land.cell_m)
        edge = min(edge, (min(land.rows, land.cols) - 1) // 3)
        inner = np.zeros_like(burns)
        inner[edge : land.rows - edge, edge : land.cols - edge] = True
        if not (burns & inner).any():
            raise BadInput(
                worded("the landscape of [forest] has no forest that burns: no season to play")
            )
        return np.asarray(burns & inner)

    def play(self, seed: int, season: int) -> list[SeasonFire]:
        """Every ignition of one season, in time."""
        days, ignitions = draw_ignitions(self.scenario, seed, season)
        streams = Streams(seed, season)
        self.roster.begin()
        rows: list[SeasonFire] = []
        due: list[tuple[int, str, _Lit]] = []  # (tick of the season, ignition)
        for one in (self._lit(i, days, season, streams) for i in ignitions):
            if one.fire is not None:
                due.append((self._tick(one.midnight) + one.fire.first_tick, one.lit.key, one))
            elif math.isfinite(one.read_min):
                due.append((self._tick(one.midnight + one.read_min), one.lit.key, one))
            else:
                rows.append(_row(one.row))
        self._burn(sorted(due, key=lambda d: d[:2]), rows, streams)
        return sorted(rows, key=lambda r: (r.ignited_min, r.fire))

    def _tick(self, minute: float) -> int:
        return int(minute // self.clock.tick_min)

    def _burn(
        self, due: list[tuple[int, str, _Lit]], rows: list[SeasonFire], streams: Streams
    ) -> None:
        """Tick by tick through whatever burns at the same time; nothing between."""
        burning: list[_Lit] = []
        tick, at = 0, 0
        while at < len(due) or burning:
            tick = tick + 1 if burning else due[at][0]
            while at < len(due) and due[at][0] <= tick:
                one = due[at][2]
                at += 1
                if one.fire is None:
                    rows.append(self._alarm(one.row, one.lit, one.read_min, streams))
                else:
                    burning.append(one)
            fires = [b.fire for b in burning if b.fire is not None]
            for one, fire in zip(list(burning), fires, strict=True):
                if fire.step(tick - self._tick(one.midnight), fires):
                    burning.remove(one)
                    rows.append(self._came_of(one, fire))

    def _lit(self, lit: Ignition, days: Days, season: int, streams: Streams) -> _Lit:
        """An ignition with what follows from the season alone."""
        midnight = lit.day * 1440.0
        place, cell, own = self._where(lit)
        noticed, by = self.sight.seen_min(
            lit.key, place, cell if own else None, lit.minute - midnight, lit.walk_km, self.clock,
            streams,
        )  # fmt: skip
        read = noticed + self.roster.call.call_min + self.roster.call.desk_min
        row = self._row(lit, days, season, noticed + midnight, by, own)
        if not lit.recorded:
            return _Lit(lit, row, midnight, read)
        count = int(np.ceil(self.follow.follow_h / 24.0)) + 1
        fire = SeasonBlaze(
            blaze=self._blaze(lit, cell),
            roster=self.roster,
            streams=streams,
            place=lit.place,
            lane_km=lit.lane_km,
            season_min=midnight,
            read_min=read,
            rain_min=self._rain_min(days, lit),
            weather=hourly(days, 0, lit.day, count, self.sky),
            rates=self.rates,
            rules=self.follow,
        )
        return _Lit(lit, row, midnight, read, fire)

    def _came_of(self, one: _Lit, fire: SeasonBlaze) -> SeasonFire:
        """The row of a fire that is over."""
        incident, blaze, midnight = fire.incident, fire.blaze, one.midnight
        return _row(one.row | {
            "called_min": _finite(one.read_min) + midnight,
            "sent_min": incident.sent_min + midnight,
            "arrived_min": incident.arrived_min + midnight,
            "contained_min": blaze.contained_min + midnight,
            "out_min": blaze.out_min + midnight,
            "by_rain": blaze.out_min == fire.rain_min,
            "cold_min": blaze.cold_min + midnight,
            "reflared": fire.scene.mopping.flare_ups > 0,
            "mop_up_person_h": fire.scene.mopping.person_h,
            "spots": fire.scene.spots,
            "crown_ha": fire.scene.crown_ha,
            "left_map": blaze.burning.left_map,
            "burnt_ha": spread.burnt_ha(blaze.burning),
            "forest_ha": spread.forest_ha(blaze.burning),
            "persons_most": fire.scene.most_persons,
        })  # fmt: skip

    def _row(
        self, lit: Ignition, days: Days, season: int, noticed_min: float, by: str, own: bool
    ) -> dict[str, object]:
        assert lit.cause in CAUSES
        return {
            "season": season,
            "fire": lit.key,
            "recorded": lit.recorded,
            "cause": lit.cause,
            "month": int(climate_of(self.scenario).month[lit.day]) + 1,
            "hour": lit.minute % 1440.0 / 60.0,
            "community": self.scenario.communities[lit.place].community,
            "drought": lit.drought,
            "tmax_c": float(days.tmax_c[0, lit.day]),
            "humidity14_pct": float(days.humidity14_pct[0, lit.day]),
            "wind14_ms": float(days.wind14_ms[0, lit.day]),
            "stands_for": not own,
            "ignited_min": lit.minute,
            "noticed_min": _finite(noticed_min),
            "called_min": NAN,
            "sent_min": NAN,
            "arrived_min": NAN,
            "contained_min": NAN,
            "out_min": NAN,
            "cold_min": NAN,
            "mop_up_person_h": 0.0,
            "spots": 0,
            "crown_ha": 0.0,
            "by_rain": False,
            "reflared": False,
            "left_map": False,
            "burnt_ha": 0.0,
            "forest_ha": 0.0,
            "persons_most": 0,
            "noticed_by": by,
        }

    def _alarm(
        self, row: dict[str, object], lit: Ignition, read: float, streams: Streams
    ) -> SeasonFire:
        """The nearest crew that is free looks, and is away for a while."""
        midnight, roster = lit.day * 1440.0, self.roster
        if math.isfinite(read):
            row["called_min"] = read + midnight
            found = roster.candidates(
                lit.place, lit.lane_km, read, midnight, frozenset(), streams, lit.key
            )
            if found:
                arrives, crew = found[0]
                walk_min = lit.walk_km / self.attack.walk_kmh * 60.0
                roster.send(crew, lit, arrives, read)
                crew.finish_task(arrives + walk_min + self.rules.alarm_service_min, "done")
                row |= {"sent_min": read + midnight, "arrived_min": arrives + midnight}
                row |= {"persons_most": crew.people, "out_min": crew.left_min + midnight}
                roster.home(crew, lit.place, midnight)
        return _row(row)

    def _where(self, lit: Ignition) -> tuple[tuple[float, float], tuple[int, int], bool]:
        """((lon, lat) of a fire, the cell that burns, whether that lies there)."""
        home = self.scenario.communities[lit.place]
        away_m = 1000.0 * (lit.lane_km + lit.walk_km)
        place = _moved((home.lon, home.lat), away_m, lit.bearing_rad)
        land = self.land
        row, col = land.cell_at(*place)
        inside = 0 <= row < land.rows and 0 <= col < land.cols
        if inside and self.inner[row, col]:
            return place, (row, col), True
        cell = int(self.stand_ins[int(lit.pick * len(self.stand_ins))])
        return place, divmod(cell, land.cols), False

    def _blaze(self, lit: Ignition, cell: tuple[int, int]) -> Blaze:
        """The fire on its cell; vehicles stay at the end of the lane, `walk_km` from it."""
        here = self.land.place(*cell)
        return Blaze(
            id=lit.key,
            lit_min=lit.minute - lit.day * 1440.0,
            cell=cell,
            place=lit.place,
            place_km=lit.walk_km,
            at_road_head=_moved(here, 1000.0 * lit.walk_km, lit.bearing_rad + math.pi),
            rules=self.attack,
            clock=self.clock,
            belts=self.belts,
            points=points_of(self.scenario.water_points, self.land),
        )

    def _rain_min(self, days: Days, lit: Ignition) -> float:
        """The first rain after it that puts fires out, minutes since its day's midnight."""
        count = int(np.ceil(self.follow.follow_h / 24.0)) + 1
        for n in range(min(count, DAYS - lit.day)):
            d = lit.day + n
            minute = n * 1440.0 + 60.0 * float(days.rain_hour[0, d])
            heavy = float(days.rain_mm[0, d]) >= self.follow.rain_out_mm
            if heavy and minute > lit.minute - lit.day * 1440.0:
                return minute
        return math.inf


def check_seasons(scenario: Scenario) -> None:
    """Raise BadInput where a scenario lacks what a season needs."""
    if scenario.forest is None:
        raise BadInput(worded("scenario.toml has no [forest]: seasons are of forest fires"))
    climate_of(scenario)


def run_season(scenario: Scenario, seed: int = 1, season: int = 0) -> list[SeasonFire]:
    """Every ignition of one season and what came of it. Raises BadInput.

    The same (scenario, seed, season) gives the same rows to the bit.
    """
    return Seasons(scenario).play(seed, season)


def _row(values: dict[str, object]) -> SeasonFire:
    return SeasonFire(**values)  # type: ignore[arg-type]  # a dictionary of mixed values


def _finite(minute: float) -> float:
    return minute if math.isfinite(minute) else NAN


def _moved(place: tuple[float, float], away_m: float, bearing_rad: float) -> tuple[float, float]:
    """(lon, lat) so many metres from a place, on a plane."""
    lon, lat = place
    north = away_m * float(portable.cos(bearing_rad))
    east = away_m * float(portable.sin(bearing_rad))
    a_degree = M_PER_DEGREE * float(portable.cos(math.radians(lat)))
    return lon + east / a_degree, lat + north / M_PER_DEGREE
