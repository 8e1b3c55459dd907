"""Shelters: places that fill up, and which of them people can reach now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import inf

import numpy as np
from mesa import Agent, Model

from anlan.sim.networks.roads import Roads
from anlan.sim.people.needs import NOBODY, Sites
from anlan.sim.place.routes import Unrolled
from anlan.sim.scenario import schema
from anlan.sim.scenario.rules import Rules


@dataclass(frozen=True)
class WayRules(Rules, prefix="residents"):
    """How people get from home to a shelter or to kin."""

    local_km: float
    kin_extra_min: float


class Shelter(Agent):  # type: ignore[misc]
    """Never holds or promises more than its capacity. Its number is that of its site."""

    def __init__(
        self, model: Model, row: schema.Shelter, number: int, place: int, sites: Sites
    ) -> None:
        super().__init__(model)
        self.id = row.shelter
        self.number = number
        self.place = place
        self.sites = sites
        self.capacity = row.capacity
        self.occupants = 0
        self.reserved = 0  # on their way
        self.open = False

    @property
    def room(self) -> int:
        """Places that are neither taken nor promised."""
        return self.capacity - self.occupants - self.reserved

    def take_in(self, persons: int, tick: int, home: int = NOBODY) -> None:
        """People come in, with their household or without, and from now on draw on its stock."""
        self.occupants += persons
        self.sites.enter(self.number, persons, tick, home)

    def let_go(self, persons: int, came_tick: int, tick: int, home: int) -> None:
        """People who came in at `came_tick` leave."""
        self.occupants -= persons
        self.sites.leave(self.number, persons, came_tick, tick, home)


class Shelters:
    """All shelters of a run, and the ways to those that are open."""

    def __init__(
        self, rules: WayRules, shelters: list[Shelter], roads: Roads, sites: Sites
    ) -> None:
        self.rules = rules
        self.all = shelters
        self.roads = roads
        self.sites = sites
        self._open_at: dict[int, list[Shelter]] = {}  # place -> open shelters there, by id
        self._version = -1  # of the roads, to which the next two belong
        self._nearest = np.empty(0), np.empty(0, dtype=np.int64)  # (C,) minutes, place
        self._order: dict[int, Unrolled[Shelter]] = {}
        self._refused_tick = -1
        self._refused: dict[int, int] = {}  # place -> least household that found no room now
        self._most_room = inf  # of any open shelter, when last somebody found none in the tick

    def open(self) -> None:
        """Command has all of them opened."""
        if self._open_at:
            return
        for shelter in sorted(self.all, key=lambda s: s.id):
            shelter.open = True
            self._open_at.setdefault(shelter.place, []).append(shelter)
        self._version = -1

    def near(self, place: int) -> Iterable[Shelter]:
        """Open shelters that a car can reach from a place now, nearest first, then by id."""
        roads = self.roads.map
        if self._version != roads.version["car"]:
            self._version, self._order = roads.version["car"], {}
            self._nearest = roads.nearest("car", list(self._open_at))
        if place not in self._order:
            self._order[place] = Unrolled(self._outwards(place))
        return self._order[place]

    def _outwards(self, place: int) -> Iterator[Shelter]:
        first = int(self._nearest[1][place])
        yield from self._open_at.get(first, ())
        for at in self.roads.map.in_order("car", place, list(self._open_at)):
            if at != first:
                yield from self._open_at[at]

    def find(self, place: int, persons: int, tick: int) -> tuple[Shelter | None, bool]:
        """The nearest open shelter with room; else None, and whether it is room that is lacking.

        Room is lacking, not a road, when a shelter can be reached or none is open anywhere.
        """
        # While people leave in a tick room only shrinks: who found none is asked for no more.
        if self._refused_tick != tick:
            self._refused_tick, self._refused, self._most_room = tick, {}, inf
        if persons >= self._refused.get(place, persons + 1):
            return None, True
        reachable = False
        for shelter in self.near(place):
            reachable = True
            if shelter.room >= persons:
                return shelter, True
            if persons > self._most_room:  # none further out has room either
                break
        if reachable or not self._open_at:
            self._refused[place] = persons
            self._most_room = max((s.room for s in self.all if s.open), default=0)
            return None, True
        return None, False

    def nearest_km(self, place: int) -> float:
        """Length of the way to the nearest open shelter; infinite when there is none."""
        nearest = next(iter(self.near(place)), None)
        return float("inf") if nearest is None else self._way_km(place, nearest.place)

    def minutes_to(
        self, place: int, shelter: Shelter, walk_ms: float | None, wind_ms: float
    ) -> float:
        """Minutes by car or bus, or on foot at `walk_ms` (slower in a gale)."""
        if walk_ms is None:
            minutes, nearest = self._nearest
            current = self._version == self.roads.map.version["car"]
            if current and nearest[place] == shelter.place:
                return float(minutes[place])
            return self.roads.map.minutes_between("car", place, shelter.place)
        r = self.roads.rules
        pace_ms = walk_ms * (r.gale_factor if wind_ms >= r.gale_wind_ms else 1.0)
        return self._way_km(place, shelter.place) * 1000.0 / pace_ms / 60.0

    def _way_km(self, place: int, target: int) -> float:
        """Length of the way by car; within one place that of its own streets."""
        if place == target:
            return self.rules.local_km
        route = self.roads.map.route("car", place, target)
        return route.distance_km if route is not None else float("inf")
