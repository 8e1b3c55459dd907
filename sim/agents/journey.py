"""A vehicle on the road: where it is, when it arrives, and whether the way ahead still holds."""

from __future__ import annotations

import math
from dataclasses import dataclass

from sim.world.roads import Roads, Route


@dataclass(frozen=True)
class Journey:
    """A way taken from a tick on. Minutes are as the roads were at departure."""

    route: Route
    vehicle: str
    departed_tick: int
    tick_min: int

    @property
    def origin(self) -> int:
        return self.route.nodes[0]

    @property
    def destination(self) -> int:
        return self.route.nodes[-1]

    @property
    def arrival_tick(self) -> int:
        """At the end of at least one tick on the road."""
        ticks = math.ceil(self.route.total_min / self.tick_min - 1e-9)
        return self.departed_tick + max(1, ticks)

    def legs_done(self, tick: int) -> int:
        """How many roads of the way are behind it at the start of a tick."""
        elapsed_min = (tick - self.departed_tick) * self.tick_min
        return sum(1 for m in self.route.minutes[1:] if m <= elapsed_min)

    def blocked(self, roads: Roads, tick: int) -> bool:
        """True when a road still ahead (the one under its wheels included) is closed now."""
        closed = roads.closed[self.vehicle]
        return any(closed[r] for r in self.route.roads[self.legs_done(tick) :])

    def back_to_last_node(self, tick: int) -> Journey:
        """Turn back to the last node passed; takes as long as the way since that node."""
        done = self.legs_done(tick)
        minutes = max(0.0, (tick - self.departed_tick) * self.tick_min - self.route.minutes[done])
        node = self.route.nodes[done]
        route = Route(nodes=(node,), roads=(), minutes=(minutes,), distance_km=0.0)
        return Journey(route, self.vehicle, tick, self.tick_min)
