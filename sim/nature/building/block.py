"""A block: buildings that burn next to each other, and the engines at them.

Water is counted in branches. Where there is not enough to hold a fire, it keeps the fire from the
next building: branches that are free cool a neighbour's wall, for as long as the fire burns freely.

Moves from event to event in minutes, whatever the tick: water starts, a neighbour catches,
flames are down, a building has burnt out. Between two events nothing but growth happens.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from anlan.sim.nature.building import growth
from anlan.sim.nature.building.radiation import lighting_min, view_factor
from anlan.sim.nature.building.victims import Victim, next_to_save
from anlan.sim.scenario.rules import Rules
from anlan.sim.scenario.schema import BuildingClass

NAN = float("nan")


@dataclass(frozen=True)
class BlockRules(Rules, prefix="fire"):
    """The parameters of fighting fires in buildings, read once."""

    gun_l_s: float
    gun_m2: float  # of wall that a branch cools
    guns_per_engine: float
    setup_min: float
    flashover_kw: float
    vent_kw_m25: float
    spread_kw_m2: float
    spread_min: float
    block_buildings: int
    knock_down_min: float
    overhaul_min: float
    overhaul_min_per_100m2: float
    search_min: float
    rescue_min: float
    ask_ahead_min: float
    micro_engine_share: float  # of an engine's water, from a micro station's crew


@dataclass(eq=False)
class Building:
    """One burning building; times are minutes since the start, not a number until they are set."""

    key: str
    building: BuildingClass
    ignited_min: float
    flashover_min: float
    burnt_out_min: float
    compartment_lasts_min: float
    lights: list[tuple[float, int]]  # (minute, side): when each neighbour would catch, in order
    spread_from: str = ""
    victims: list[Victim] = field(default_factory=list)
    first_water_min: float = NAN
    controlled_min: float = NAN
    knocked_min: float = math.inf
    out_min: float = math.inf  # as things stand
    area_m2: float = 0.0  # held at this from control on
    held_by: float = 0.0  # branches that hold it
    shields: int = 0  # branches that keep it from its neighbours
    needed_max: int = 0
    engines_peak: int = 0
    water_l: float = 0.0

    def uncontrolled(self, minute: float) -> bool:
        """Whether it burns freely at a minute."""
        return math.isnan(self.controlled_min) and minute < self.burnt_out_min

    def ends_min(self) -> float:
        """When it is out as things stand."""
        return self.burnt_out_min if math.isnan(self.controlled_min) else self.out_min

    def burnt_m2(self, minute: float) -> float:
        """Floor that has burnt by a minute, m2."""
        if not math.isnan(self.controlled_min):
            return growth.burnt_m2(self.building, self.controlled_min - self.ignited_min)
        until = min(minute, self.burnt_out_min)
        return growth.burnt_m2(self.building, until - self.ignited_min)


def light(
    key: str,
    building: BuildingClass,
    ignited_min: float,
    gaps_m: list[float],
    rules: BlockRules,
    spread_from: str = "",
) -> Building:
    """A building that catches fire, and when each neighbour will unless it is controlled."""
    flashover = ignited_min + growth.flashover_min(building, rules.flashover_kw, rules.vent_kw_m25)
    radiates = ignited_min + growth.wall_alight_min(building, rules.vent_kw_m25)
    burnt_out = ignited_min + growth.burnt_out_min(building, rules.vent_kw_m25)
    lights = []
    for side, gap_m in enumerate(gaps_m):
        share = view_factor(building.face_height_m, building.face_width_m, gap_m)
        received = share * building.radiation_kw_m2
        lights.append(
            (radiates + lighting_min(received, rules.spread_kw_m2, rules.spread_min), side)
        )
    dated = sorted(light for light in lights if math.isfinite(light[0]))
    lasts = growth.compartment_out_min(building, rules.vent_kw_m25)
    return Building(key, building, ignited_min, flashover, burnt_out, lasts, dated, spread_from)


@dataclass(eq=False)
class CityBlock:
    """Buildings alight together and the engines there. `clock_min`: brought up to this minute.

    `spread(parent, minute, side)` gives the neighbour that has caught, or None;
    `saved(victim)` is told of each person brought out.
    """

    rules: BlockRules
    buildings: list[Building]
    spread: Callable[[Building, float, int], Building | None]
    saved: Callable[[Victim], None]
    clock_min: float
    water_from: dict[str, float] = field(default_factory=dict)  # engine -> minute
    branches: dict[str, float] = field(default_factory=dict)  # engine -> how many it feeds
    free_from: dict[str, float] = field(default_factory=dict)  # engine -> ready to search
    micro: set[str] = field(default_factory=set)  # which of them are crews of micro stations

    # -- engines ----------------------------------------------------------------------------

    def arrive(
        self, engine: str, minute: float, micro: bool = False, branches: float | None = None
    ) -> None:
        """An engine, or a micro station's crew, is there; its water follows when hose is laid.

        It feeds so many `branches`; None: as many as its pump can.
        """
        whole = self.rules.guns_per_engine if branches is None else branches
        if micro:
            self.micro.add(engine)
        self.branches[engine] = self.rules.micro_engine_share * whole if micro else whole
        extra = self.buildings[0].building.setup_extra_min
        self.water_from[engine] = minute + self.rules.setup_min + extra
        self.free_from[engine] = minute + self.rules.search_min

    def leave(self, engine: str) -> None:
        """An engine goes."""
        del self.water_from[engine], self.free_from[engine], self.branches[engine]

    def _pumping(self, minute: float) -> float:
        """Branches with water by a minute."""
        return sum(self.branches[e] for e, since in self.water_from.items() if since <= minute)

    def _free(self, minute: float) -> float:
        """Of those, the ones that neither hold a fire nor keep one from its neighbours."""
        held = [b for b in self.buildings if not math.isnan(b.controlled_min)]
        bound = sum(b.held_by for b in held if minute < b.knocked_min)
        bound += sum(b.shields for b in self.buildings if b.uncontrolled(minute))
        return self._pumping(minute) - bound

    def _shields_for(self, b: Building) -> int:
        """Branches that cool the wall opposite a building."""
        return math.ceil(b.building.face_width_m * b.building.face_height_m / self.rules.gun_m2)

    def engines_needed(self) -> int:
        """Engines that the fires need: for water, then one until all is out.

        A fire that still grows is judged as it will be when more engines can be there.
        """
        now = self.clock_min
        then = now + self.rules.ask_ahead_min
        held = [b for b in self.buildings if not math.isnan(b.controlled_min)]
        wild = [b for b in self.buildings if b.uncontrolled(now)]
        needed = sum(self._engines_for(b, then) for b in wild)
        cool = sum(
            b.shields + self._shields_for(b) * sum(1 for minute, _ in b.lights if minute <= then)
            for b in wild
        )
        needed += math.ceil(cool / self.rules.guns_per_engine)
        needed += sum(self._engines_for(b, now) for b in held if now < b.knocked_min)
        return max(needed, 0 if self.over(now) else 1)

    def fought_down(self) -> bool:
        """No flames anywhere."""
        return all(
            b.knocked_min <= self.clock_min or b.burnt_out_min <= self.clock_min
            for b in self.buildings
        )

    def over(self, minute: float, waiting_min: float = 0.0) -> bool:
        """All out, and nobody left inside who is alive (or died less than `waiting_min` ago)."""
        inside = any(
            math.isnan(v.out_min) and v.dies_min >= minute - waiting_min
            for b in self.buildings
            for v in b.victims
        )
        return not inside and all(b.ends_min() <= minute for b in self.buildings)

    def inside(self, minute: float) -> int:
        """Persons who are in there and alive."""
        victims = [v for b in self.buildings for v in b.victims]
        return sum(v.persons for v in victims if math.isnan(v.out_min) and v.dies_min > minute)

    def _area_m2(self, b: Building, minute: float) -> float:
        if not math.isnan(b.controlled_min):
            return b.area_m2
        return growth.burnt_m2(b.building, minute - b.ignited_min, b.compartment_lasts_min)

    def _engines_for(self, b: Building, minute: float) -> int:
        return growth.engines_needed(
            self._area_m2(b, minute),
            b.building.water_l_s_m2,
            self.rules.gun_l_s,
            self.rules.guns_per_engine,
        )

    # -- time -------------------------------------------------------------------------------

    def advance(self, now: float) -> None:
        """Bring everything up to a minute."""
        since = self.clock_min
        while True:
            at = min((t for t in self._dates() if self.clock_min < t < now), default=now)
            self._use_water(self.clock_min, at)
            self.clock_min = at
            self._happen(at)
            if at >= now:
                break
        if now > since:
            self._save(now)

    def _dates(self) -> list[float]:
        dates = list(self.water_from.values())
        for b in self.buildings:
            dates += [b.burnt_out_min, b.knocked_min, b.out_min]
            dates += [minute for minute, _ in b.lights]
        return dates

    def _happen(self, at: float) -> None:
        self._control(at)
        for b in list(self.buildings):
            while b.lights and b.lights[0][0] <= at:
                minute, side = b.lights.pop(0)
                stopped = min(b.burnt_out_min, _or_inf(b.controlled_min))
                if minute >= stopped or self._shield(b, at):
                    continue
                if len(self.buildings) < self.rules.block_buildings:
                    other = self.spread(b, minute, side)
                    if other is not None:
                        self.buildings.append(other)

    def _shield(self, b: Building, at: float) -> bool:
        """Whether there is water for the neighbour whose wall would catch now."""
        wanted = self._shields_for(b)
        if self._free(at) < wanted:
            return False
        b.shields += wanted
        return True

    def _control(self, at: float) -> None:
        """Engines with water go where they can hold a fire: least need first."""
        pumping, free = self._pumping(at), self._free(at)
        wild = [b for b in self.buildings if b.uncontrolled(at)]
        for b in wild:
            b.needed_max = max(b.needed_max, self._engines_for(b, at))
            engines = sum(1 for e in self.water_from if e not in self.micro)
            b.engines_peak = max(b.engines_peak, engines)
            if pumping and math.isnan(b.first_water_min):
                b.first_water_min = at
        for b in sorted(wild, key=lambda b: self._engines_for(b, at)):
            # Whole engines go to a fire; where there is a part of one more, it counts as well.
            own = free + b.shields
            if not pumping or self._branches_for(b, at) > own:
                break
            b.held_by = min(self._engines_for(b, at) * self.rules.guns_per_engine, own)
            free = own - b.held_by
            b.area_m2 = self._area_m2(b, at)
            b.controlled_min = at
            b.knocked_min = at + self.rules.knock_down_min
            b.out_min = (
                b.knocked_min
                + self.rules.overhaul_min
                + self.rules.overhaul_min_per_100m2 / 100.0 * b.burnt_m2(at)
            )

    def _use_water(self, since: float, until: float) -> None:
        """Water between two events: all branches on a wild fire, else as many as it takes."""
        pumping = self._pumping(since)
        if not pumping or until <= since:
            return
        most_l_s = pumping * self.rules.gun_l_s
        alight = [b for b in self.buildings if b.ends_min() > since]
        wild = any(b.uncontrolled(since) for b in alight)
        wants = [self._branches(b, since) * self.rules.gun_l_s for b in alight]
        total = most_l_s if wild else min(most_l_s, sum(wants))
        for b, want in zip(alight, wants, strict=True):
            b.water_l += total * want / sum(wants) * (until - since) * 60.0

    def _branches(self, b: Building, minute: float) -> int:
        if minute >= b.knocked_min:
            return 1
        return max(1, self._branches_for(b, minute))

    def _branches_for(self, b: Building, minute: float) -> int:
        area_m2 = self._area_m2(b, minute)
        return growth.branches_needed(area_m2, b.building.water_l_s_m2, self.rules.gun_l_s)

    def _save(self, now: float) -> None:
        """Crews bring people out one after another until a minute."""
        victims = [v for b in self.buildings for v in b.victims]
        while victims and self.free_from:
            engine = min(self.free_from, key=lambda e: (self.free_from[e], e))
            found = next_to_save(victims, self.free_from[engine], self.rules.rescue_min)
            if found is None or found[1] > now:
                break
            victim, done = found
            victim.out_min = done
            self.free_from[engine] = done
            self.saved(victim)


def _or_inf(minute: float) -> float:
    return math.inf if math.isnan(minute) else minute


def clipped(minute: float, end_min: float) -> float:
    """A time as the ledger has it: not a number when it lies past the end or never comes."""
    return minute if minute <= end_min else NAN


def died(b: Building, by_min: float) -> int:
    """How many were not brought out and died by a minute."""
    return sum(v.persons for v in b.victims if np.isnan(v.out_min) and v.dies_min <= by_min)


def rescued(b: Building) -> int:
    """How many were brought out alive."""
    return sum(v.persons for v in b.victims if not np.isnan(v.out_min))
