"""Ways and drives, plainly: what the duty office knows of the roads, and a vehicle on them.

The duty office has a map on which every road is dry and open, until somebody tells it otherwise.
Who drives goes by that map, and sees what is so.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

NEVER = -1


def tick_of(minute: float, tick_min: int) -> int:
    """The tick in which a minute lies; NEVER for none."""
    return NEVER if math.isnan(minute) else int(minute // tick_min)


class RoadsNow(Protocol):
    """The roads as they are in this tick."""

    def closed(self, vehicle: str, road: int) -> bool:
        """Whether a vehicle cannot pass."""
        ...

    def minutes(self, vehicle: str, road: int) -> float:
        """How long it takes to drive over an open road."""
        ...

    def queue_min(self, road: int, start: int, minute: float) -> float:
        """How long whoever comes to a road at a minute waits in the queue there."""
        ...


@dataclass(frozen=True)
class Way:
    """Roads one after another, and the places between them: one more than there are roads."""

    roads: tuple[int, ...]
    places: tuple[int, ...]
    km: float


class KnownRoads:
    """The map of the duty office."""

    def __init__(self, scenario: Any) -> None:
        at = {c.community: n for n, c in enumerate(scenario.communities)}
        self.places = len(at)
        self.names = {r.road: n for n, r in enumerate(scenario.roads)}
        self.ends = [(at[r.from_community], at[r.to_community]) for r in scenario.roads]
        self.km = [r.length_km for r in scenario.roads]
        self.free_min = [r.length_km / r.speed_kmh * 60.0 for r in scenario.roads]
        self.said: dict[int, tuple[int, str]] = {}  # road -> as of when; tree, water or open

    def hear(self, road: int, as_of: int, what: str) -> None:
        """Somebody says what closes a road, or that it is open. Old news changes nothing."""
        if as_of >= self.said.get(road, (NEVER, ""))[0]:
            self.said[road] = (as_of, what)

    def shut(self, vehicle: str, road: int) -> bool:
        """A tree stops everybody, water all but boats."""
        what = self.said.get(road, (NEVER, "open"))[1]
        return what == "tree" or (what == "water" and vehicle != "boat")

    def minutes_from(self, vehicle: str, origin: int) -> list[float]:
        """To every place; infinite where no way is known."""
        return self._search(vehicle, origin)[0]

    def way(self, vehicle: str, origin: int, target: int) -> Way | None:
        """The quickest one that is known."""
        minutes, last_road = self._search(vehicle, origin)
        if math.isinf(minutes[target]):
            return None
        roads, places = [], [target]
        while places[-1] != origin:
            road = last_road[places[-1]]
            roads.append(road)
            places.append(self._other_end(road, places[-1]))
        km = sum(self.km[r] for r in reversed(roads))
        return Way(tuple(reversed(roads)), tuple(reversed(places)), km)

    def _other_end(self, road: int, end: int) -> int:
        a, b = self.ends[road]
        return b if end == a else a

    def _search(self, vehicle: str, origin: int) -> tuple[list[float], dict[int, int]]:
        """Dijkstra: settle the nearest place that is not settled, and look on from there."""
        minutes = [math.inf] * self.places
        minutes[origin] = 0.0
        last_road: dict[int, int] = {}
        unsettled = set(range(self.places))
        while unsettled:
            here = min(unsettled, key=lambda place: (minutes[place], place))
            if math.isinf(minutes[here]):
                break
            unsettled.remove(here)
            for road, ends in enumerate(self.ends):
                if here in ends and not self.shut(vehicle, road):
                    there = self._other_end(road, here)
                    if minutes[here] + self.free_min[road] < minutes[there]:
                        minutes[there] = minutes[here] + self.free_min[road]
                        last_road[there] = road
        return minutes, last_road


class Drive:
    """A vehicle on its way; minutes are since the start of the run, and kept below the tick.

    It begins each road when it comes to it, for as long as that road then takes. A road that is
    closed when it comes to it ends the drive there; one that closes under its wheels, before it
    has come to its end, sends it back to where it began it, for as long as it has been on it.
    """

    def __init__(
        self, trip: str, way: Way, vehicle: str, minute: float, wait_min: float = 0.0,
        last_min: float = 0.0, queue_share: float = 1.0,
    ) -> None:  # fmt: skip
        self.queue_share = queue_share
        self.trip = trip if way.roads else ""  # a drive within one place is no trip
        self.way = way
        self.vehicle = vehicle
        self.told_min = minute
        self.set_out_min = minute + wait_min
        self.last_min = last_min  # streets after the last road
        self.passed = 0  # roads behind it
        self.on_road = False
        self.began_min = self.next_min = self.set_out_min
        self.outcome = "under_way"
        self.stopped_by = NEVER
        self.over_min = math.nan

    @property
    def place(self) -> int:
        """The last one that it has passed."""
        return self.way.places[self.passed]

    def go_on(self, now_min: float, roads: RoadsNow) -> bool:
        """A lorry: drive up to the beginning of a tick; whether the drive is over by then.

        It takes a tick at least.
        """
        if now_min <= self.told_min:
            return False
        self._if_closed(now_min, now_min + 1e-9, roads)
        return self._until(lambda: self.next_min <= now_min + 1e-9, roads)

    def go_through(self, begins_min: float, ends_min: float, roads: RoadsNow) -> bool:
        """A crew: drive through a tick; whether the drive is over before its end."""
        self._if_closed(begins_min, begins_min, roads)
        return self._until(lambda: self.next_min < ends_min, roads)

    def _if_closed(self, now_min: float, later_than_min: float, roads: RoadsNow) -> None:
        """Back from a road that has closed under the wheels."""
        if self.outcome == "under_way" and self.on_road and self.next_min > later_than_min:
            road = self.way.roads[self.passed]
            if roads.closed(self.vehicle, road):
                self.outcome, self.stopped_by = "turned_back", road
                self.next_min = now_min + max(0.0, now_min - self.began_min)

    def _until(self, in_time: Callable[[], bool], roads: RoadsNow) -> bool:
        while self.outcome == "under_way" and in_time():
            self._at_a_place(roads)
        if self.outcome != "under_way" and in_time():
            self.over_min = self.next_min
            return True
        return False

    def _at_a_place(self, roads: RoadsNow) -> None:
        if self.on_road:
            self.passed += 1
            self.on_road = False
        if self.passed == len(self.way.roads):
            self.outcome = "arrived"
            self.next_min += self.last_min
            return
        road = self.way.roads[self.passed]
        if roads.closed(self.vehicle, road):
            self.outcome, self.stopped_by = "turned_back", road
            return
        self.on_road = True
        self.began_min = self.next_min
        self.next_min += roads.queue_min(road, self.place, self.next_min) * self.queue_share
        self.next_min += roads.minutes(self.vehicle, road)

    def row(
        self, agent: str, kind: str, purpose: str, about: str, names: list[str], tick_min: int
    ) -> Any:
        """A fact of the trip table as the drive stands; None for a drive within one place."""
        if not self.trip:
            return None
        return {
            "trip": self.trip,
            "agent": agent,
            "kind": kind,
            "purpose": purpose,
            "about": about,
            "origin": names[self.way.places[0]],
            "destination": names[self.way.places[-1]],
            "departed_tick": tick_of(self.set_out_min, tick_min),
            "arrived_tick": tick_of(self.over_min, tick_min),
            "departed_min": self.set_out_min,
            "arrived_min": self.over_min,
            "distance_km": self.way.km,
            "outcome": self.outcome,
        }
