"""A vehicle on the road: where it is, when it arrives, and whether the way ahead still holds."""

from __future__ import annotations

import math
from dataclasses import dataclass

from anlan.sim.place.roads import Roads, Route


@dataclass(frozen=True)
class Journey:
    """A way taken from a tick on. Minutes are as the roads were at departure.

    `wait_min`: turnout before the wheels turn; `last_min`: the streets after the last node.
    """

    route: Route
    vehicle: str
    departed_tick: int
    tick_min: int
    wait_min: float = 0.0
    last_min: float = 0.0

    @property
    def origin(self) -> int:
        return self.route.nodes[0]

    @property
    def destination(self) -> int:
        return self.route.nodes[-1]

    @property
    def arrival_tick(self) -> int:
        """At the end of at least one tick on the road."""
        minutes = self.wait_min + self.route.total_min + self.last_min
        return self.departed_tick + max(1, math.ceil(minutes / self.tick_min - 1e-9))

    @property
    def arrival_min(self) -> float:
        """The same to the minute and below: what a chain of minutes is judged by."""
        minutes = self.wait_min + self.route.total_min + self.last_min
        return self.departed_tick * self.tick_min + minutes

    def _driven_min(self, tick: int) -> float:
        return max(0.0, (tick - self.departed_tick) * self.tick_min - self.wait_min)

    def legs_done(self, tick: int) -> int:
        """How many roads of the way are behind it at the start of a tick."""
        driven_min = self._driven_min(tick)
        return sum(1 for m in self.route.minutes[1:] if m <= driven_min)

    def blocked(self, roads: Roads, tick: int) -> bool:
        """True when a road still ahead (the one under its wheels included) is closed now."""
        closed = roads.closed[self.vehicle]
        return any(closed[r] for r in self.route.roads[self.legs_done(tick) :])

    def back_to_last_node(self, tick: int) -> Journey:
        """Turn back to the last node passed; takes as long as the way since that node."""
        done = self.legs_done(tick)
        minutes = max(0.0, self._driven_min(tick) - self.route.minutes[done])
        node = self.route.nodes[done]
        route = Route(nodes=(node,), roads=(), minutes=(minutes,), distance_km=0.0)
        return Journey(route, self.vehicle, tick, self.tick_min)
