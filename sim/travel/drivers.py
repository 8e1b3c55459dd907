"""Who drives by car or bus: they take the quickest way there is, and wait where it is full.

Nobody leaves the quickest way because others are on it; command and crews plan without queues too,
and meet them as they come.
"""

from __future__ import annotations

from dataclasses import dataclass

from anlan.sim.networks.roads import Roads
from anlan.sim.networks.traffic import UNITS
from anlan.sim.scenario.rules import Rules, of

CAR = "car"
Legs = tuple[tuple[int, float], ...]  # link, and the minutes from the start to its beginning


@dataclass(frozen=True)
class DriverRules(Rules, prefix="vehicle"):
    """How many people a vehicle holds, and how much of the road a bus takes."""

    car_persons: float
    bus_persons: float
    bus_cars: float
    rescue_wait_share: float = of("road.rescue_wait_share")

    def units(self, persons: int, by_bus: bool) -> int:
        """Thousandths of a car that some people take of the road."""
        cars = persons / self.bus_persons * self.bus_cars if by_bus else persons / self.car_persons
        return max(1, round(cars * UNITS))


class Drivers:
    """Ways by car, kept while the roads are as they were, and the queues on them."""

    def __init__(self, rules: DriverRules, roads: Roads) -> None:
        self.rules = rules
        self.roads = roads
        self._version = -1
        self._legs: dict[tuple[int, int], Legs] = {}

    def set_out(self, origin: int, target: int, persons: int, by_bus: bool, minute: float) -> float:
        """People set out; for how many minutes they will wait in queues on their way."""
        traffic, units = self.roads.traffic, self.rules.units(persons, by_bus)
        waited = 0.0
        for link, after_min in self._way(origin, target):
            waited += traffic.book(link, minute + after_min + waited, units)
        return waited

    def queue_min(self, origin: int, target: int, minute: float) -> float:
        """How long an ambulance waits on its way: it passes a part of each queue."""
        traffic, waited = self.roads.traffic, 0.0
        if not traffic.slots:
            return waited
        for link, after_min in self._way(origin, target):
            queue_min = traffic.wait_min(link, minute + after_min + waited)
            waited += queue_min * self.rules.rescue_wait_share
        return waited

    def _way(self, origin: int, target: int) -> Legs:
        version = self.roads.map.version[CAR]
        if version != self._version:
            self._version, self._legs = version, {}
        legs = self._legs.get((origin, target))
        if legs is None:
            legs = self._legs[origin, target] = self._find(origin, target)
        return legs

    def _find(self, origin: int, target: int) -> Legs:
        route = self.roads.map.route(CAR, origin, target) if origin != target else None
        if route is None:
            return ()
        links = map(self.roads.traffic.link, route.roads, route.nodes)
        return tuple(zip(links, route.minutes, strict=False))
