"""Queues on the roads, plainly: who comes to a road takes what is left in the next slots.

Part of the oracle of the residents; it stands in the place of the model's own, so that crews and
lorries of its run meet its queues.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import reduce
from operator import add
from typing import Any

from anlan.sim.ledger import facts


class Queues:
    """Each slot of each direction of each road, asked for one by one."""

    def __init__(self, around: Any) -> None:
        self.around = around
        self.scenario = around.world.scenario
        self.p = self.scenario.p
        self.at = around.place_ids.index
        self.slots: dict[tuple[tuple[int, int], int], int] = {}  # thousandths of a car
        self.waits: dict[tuple[tuple[int, int], int], list[tuple[float, int]]] = {}
        self.turned: list[list[float]] = []  # from and until which minute roads are turned

    def link(self, road: int, start: int) -> tuple[int, int]:
        """A road, and the place where it is begun."""
        return road, start

    def begin_contraflow(self, minute: float) -> None:
        """Ordered, and so in force some time later; once is enough."""
        begins = minute + self.p("road.contraflow_setup_min")
        if self.turned and self.turned[-1][1] == math.inf:
            self.turned[-1][0] = min(begins, self.turned[-1][0])
        else:
            self.turned.append([begins, math.inf])

    def end_contraflow(self, minute: float) -> None:
        """Over, or never begun."""
        if self.turned and self.turned[-1][1] == math.inf:
            self.turned[-1][1] = minute
            if self.turned[-1][0] >= minute:
                self.turned.pop()

    def set_out(self, places: list[tuple[int, int, float]], units: int, minute: float) -> float:
        """Take each road of a way, (road, its beginning, minutes to there); minutes of waiting."""
        waited = 0.0
        for road, start, after_min in places:
            waited += self._take((road, start), minute + after_min + waited, units)
        return waited

    def _take(self, link: tuple[int, int], minute: float, units: int) -> float:
        slot_min = self.p("road.slot_min")
        slot, left = math.floor(minute / slot_min), units
        while True:
            room = self._holds(link) - self.slots.get((link, slot), 0)
            if room > 0:
                taken = min(room, left)
                self.slots[link, slot] = self.slots.get((link, slot), 0) + taken
                left -= taken
            if left == 0:
                break
            slot += 1
        wait = max(0.0, slot * slot_min - minute)
        self.waits.setdefault((link, slot), []).append((wait, units))
        return wait

    def wait_min(self, link: tuple[int, int], minute: float) -> float:
        """How long one more would wait."""
        slot_min = self.p("road.slot_min")
        slot = math.floor(minute / slot_min)
        while self.slots.get((link, slot), 0) >= self._holds(link):
            slot += 1
        return float(max(0.0, slot * slot_min - minute))

    def _holds(self, link: tuple[int, int]) -> int:
        row = link[0]
        tick = self.around.present.tick
        now = tick * self.scenario.settings.tick_min
        veh_h = self._veh_h(link, any(since <= now < until for since, until in self.turned))
        road = self.scenario.roads[row]
        for end in (road.from_community, road.to_community):
            rain = self.around.present.sky.rain_mm_h[self.at(end)]
            if float(rain) >= self.p("road.heavy_rain_mm_h"):
                veh_h *= self.p("road.rain_flow_factor")
                break
        return max(1, int(veh_h * self.p("road.slot_min") / 60.0 * 1000))

    def _veh_h(self, link: tuple[int, int], turned: bool) -> float:
        """Vehicles an hour in the dry."""
        row, start = link
        road, p = self.scenario.roads[row], self.p
        main = road.speed_kmh >= p("road.main_kmh")
        lanes = road.lanes or p("road.main_lanes" if main else "road.local_lanes")
        usual = p("road.evacuation_veh_h" if main else "road.local_veh_h")
        each = (road.capacity_veh_h_lane or usual) * p("road.capacity_factor")
        if not turned or road.contraflow_to is None:
            return float(lanes * each)
        kept = p("road.contraflow_in_share")
        if self.at(road.contraflow_to) == start:
            return float(lanes * kept * each)
        out = lanes if road.oneway else lanes * (2.0 - kept)
        return float(out * each * (p("road.contraflow_veh_h") / p("road.evacuation_veh_h")))

    def finish(self, ledger: Any) -> None:
        """A row for each hour, road and direction in which anybody has passed."""
        hours: dict[tuple[str, bool, int, int], list[int]] = {}
        for (link, slot), units in self.slots.items():
            road, start = self.scenario.roads[link[0]], link[1]
            back = self.at(road.from_community) != start
            hour = int(slot * self.p("road.slot_min") // 60)
            if units:
                hours.setdefault((road.road, back, link[0], hour), []).append(slot)
        for (name, back, row, hour), passed in sorted(hours.items()):
            slots = sorted(passed)
            road, last_min = self.scenario.roads[row], 60.0 * (hour + 1)
            if last_min > self.scenario.ticks * self.scenario.settings.tick_min:
                continue
            ends = (road.to_community, road.from_community)
            start, end = ends if back else ends[::-1]
            link = (row, self.at(start))
            turned = any(a < last_min and 60.0 * hour < b for a, b in self.turned)
            spent = [_added(w * u / 1000 for w, u in self.waits.get((link, s), [])) for s in slots]
            ledger.add(
                facts.RoadLoad(
                    tick=int(last_min) // self.scenario.settings.tick_min - 1,
                    road=name,
                    origin=start,
                    destination=end,
                    vehicles=sum(self.slots[link, s] for s in slots) / 1000,
                    capacity_veh_h=self._veh_h(link, turned),
                    waited_veh_min=_added(spent),
                    longest_wait_min=max(
                        (w for s in slots for w, _ in self.waits.get((link, s), [])), default=0.0
                    ),
                )
            )


def _added(values: Iterable[float]) -> float:
    """One after the other, as a run adds them up: `sum` makes up for what is rounded off."""
    return reduce(add, values, 0.0)
