"""The picture that command has: what it was told, and nothing else (态势).

Threats as their sources last put them, roads as far as somebody told that they are closed, water as
places told of it, incidents whose reports were read. What has not arrived is not in it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from anlan.sim.command.board import Board
from anlan.sim.incidents.incident import ARREST, Incident
from anlan.sim.ledger import NEVER
from anlan.sim.place.roads import CLASSES, RoadMap, RoadTable, Route
from anlan.sim.threats import Threat

if TYPE_CHECKING:
    from anlan.sim.crews.crew import Crew

Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class RoadNews:
    """What is said of a road: which of the two closes it as of a tick."""

    road: int
    tick: int
    by_tree: bool
    by_water: bool


@dataclass(frozen=True)
class WaterNews:
    """What a place says of its water as of a minute."""

    place: int
    minute: float
    depth_m: float


class KnownRoads:
    """The road map of the duty office: dry and free, but for the roads that it was told of.

    A tree stops every vehicle, water cars and lorries but no boat. Fulfils `travel.ways.Ways`.
    """

    def __init__(self, table: RoadTable) -> None:
        self.table = table
        self.map = RoadMap(table)
        self.by_tree: Bools = np.zeros(table.n, dtype=bool)
        self.by_water: Bools = np.zeros(table.n, dtype=bool)
        self.changes = 0  # how often what is known has changed
        self._as_of = np.full(table.n, NEVER, dtype=np.int64)
        self._drawn = False
        self._parts: dict[str, tuple[int, list[int]]] = {}  # of which changes, and they

    def hear(self, news: RoadNews) -> None:
        """Take up news, unless something newer is known."""
        if news.tick < self._as_of[news.road]:
            return
        self._as_of[news.road] = news.tick
        before = bool(self.by_tree[news.road]), bool(self.by_water[news.road])
        if before != (news.by_tree, news.by_water):
            self.by_tree[news.road], self.by_water[news.road] = news.by_tree, news.by_water
            self.changes += 1
            self._drawn = False

    def found_closed(self, road: int, tick: int, by_tree: bool) -> None:
        """A crew or lorry says by radio what closes a road."""
        self.hear(RoadNews(road, tick, by_tree, not by_tree))

    def _draw(self) -> None:
        if not self._drawn:
            free = self.table.free_min
            for vehicle in CLASSES:
                shut = self.by_tree if vehicle == "boat" else self.by_tree | self.by_water
                self.map.set_minutes(vehicle, np.where(shut, np.inf, free))
            self._drawn = True

    def minutes_between(self, vehicle: str, origin: int, destination: int) -> float:
        """Minutes from one place to another as far as is known."""
        self._draw()
        return self.map.minutes_between(vehicle, origin, destination)

    def minutes_table(
        self, vehicle: str, origins: ArrayLike, destinations: ArrayLike
    ) -> NDArray[np.float64]:
        """(A, B) minutes from each of A places to each of B as far as is known."""
        self._draw()
        return self.map.minutes_table(vehicle, origins, destinations)

    def part_of(self, vehicle: str) -> list[int]:
        """(C,) part of the network in which each place lies; between two parts no way is known."""
        changes, parts = self._parts.get(vehicle, (-1, []))
        if changes != self.changes:
            self._draw()
            parts = self.map.parts(vehicle).tolist()
            self._parts[vehicle] = self.changes, parts
        return parts

    def minutes_within(self, vehicle: str, origin: int, most_min: float) -> NDArray[np.float64]:
        """(C,) minutes to the places that are that near as far as is known; else infinite."""
        self._draw()
        return self.map.minutes_within(vehicle, origin, most_min)

    def route(self, vehicle: str, origin: int, destination: int) -> Route | None:
        """The quickest way as far as is known; None where none is."""
        self._draw()
        return self.map.route(vehicle, origin, destination)


@dataclass
class Picture:
    """All that command knows in one run."""

    roads: KnownRoads
    threats: dict[tuple[str, str, float], Threat] = field(default_factory=dict)
    board: Board = field(default_factory=Board)  # incidents that are known and not finished
    told_to_leave: set[int] = field(default_factory=set)  # places cleared out for a threat
    told_homes: set[int] = field(default_factory=set)  # households of others
    obeyed: dict[tuple[str, str, float], Threat] = field(default_factory=dict)  # by what was said
    water_m: dict[int, float] = field(default_factory=dict)  # depth on the streets, by place
    _water_as_of: dict[int, float] = field(default_factory=dict)
    _any_leave: bool = False  # some threat so far said that people should leave

    @property
    def open(self) -> Collection[Incident[Crew]]:
        """Incidents that are known and not finished, in the order in which they became known."""
        return self.board.all.values()

    def hear_of(self, threat: Threat) -> None:
        """What a source says of a kind and horizon stands in the place of what it said before."""
        self.threats[(threat.source, threat.kind, threat.within_h)] = threat
        self._any_leave |= threat.leave

    def hear_of_water(self, news: WaterNews) -> None:
        """Take up what a place says of its water, unless something newer is known."""
        if news.minute >= self._water_as_of.get(news.place, news.minute):
            self._water_as_of[news.place] = news.minute
            self.water_m[news.place] = news.depth_m

    def in_force(self, tick: int) -> Iterator[Threat]:
        """The threats that still hold."""
        return (t for t in self.threats.values() if t.until_tick >= tick)

    def people_wait(self) -> bool:
        """Whether people wait for help somewhere, as far as is known.

        Fires do not count: they are 119's everyday work, or tell threats of their own; nor do
        cardiac arrests, which come on any day.
        """
        return any(i.open and i.persons and not i.burns and i.kind != ARREST for i in self.open)

    def leaving(self, tick: int) -> list[Threat]:
        """Of those that hold, the ones whose source says that people should leave; each once."""
        if not self._any_leave:
            return []
        found = []
        for key, threat in self.threats.items():
            if threat.leave and threat.until_tick >= tick and self.obeyed.get(key) is not threat:
                self.obeyed[key] = threat
                found.append(threat)
        return found

    def forget_finished(self) -> None:
        """Incidents whose work is done leave the board."""
        self.board.tidy()

    def know(self, incident: Incident[Any]) -> None:
        """A report has been read."""
        self.board.put(incident)


class AllAtOnce:
    """The usual seat of the picture: all that is told or read is in it at once."""

    def threat(self, picture: Picture, threat: Threat) -> None:
        """A source says what threatens whom."""
        picture.hear_of(threat)

    def incident(self, picture: Picture, incident: Incident[Crew]) -> None:
        """A report has been read."""
        picture.know(incident)
