"""Buses: each town's list of households that wait for one, and who boards in a tick."""

from __future__ import annotations

from collections import deque

from anlan.sim.people.evacuation import Evacuation
from anlan.sim.people.on_the_way import OnTheWay
from anlan.sim.people.states import State
from anlan.sim.people.surroundings import Surroundings
from anlan.sim.people.whereabouts import Whereabouts


class Buses:
    """First come, first served in each town, as far as its seats go."""

    def __init__(
        self,
        around: Surroundings,
        where: Whereabouts,
        evacuation: Evacuation,
        on_the_way: OnTheWay,
    ) -> None:
        self.around = around
        self.where = where
        self.evacuation = evacuation
        self.on_the_way = on_the_way
        towns = len(around.bus_seats_per_h)
        self.lists: list[deque[int]] = [deque() for _ in range(towns)]
        self.credit = [0] * towns  # seats times 60 that are left to this tick
        rows = around.world.scenario.towns
        # Who is first where places run short goes by id, never by row.
        self._towns_by_id = sorted(range(towns), key=lambda n: rows[n].town)

    def wait(self, home: int, place: int) -> None:
        """A household puts itself on the list of its town."""
        self.evacuation.on_bus_list[home] = True
        self.lists[self.around.world.town_of[place]].append(home)

    def come(self, tick: int) -> None:
        """Each town's buses take the next households on its list, as far as the seats go."""
        if not any(self.lists):
            return
        for town in self._towns_by_id:
            if self.lists[town]:
                self.credit[town] += self.around.bus_seats_per_h[town] * self.around.clock.tick_min
                # Seats are kept only for a household too large for those that there are now.
                if not self._board(town, tick):
                    self.credit[town] = 0

    def _board(self, town: int, tick: int) -> bool:
        """Go through a town's list; True if the first who are left wait for more seats."""
        waiting, held = self.lists[town], []
        too_few_seats = False
        while waiting:
            home = waiting[0]
            if not self._still_waits(home):
                waiting.popleft()
                continue
            seats = int(self.where.members[home]) * 60
            if seats > self.credit[town]:
                too_few_seats = True
                break
            waiting.popleft()
            place = int(self.where.people.community[home])
            if float(self.around.present.sky.wind_ms[place]) >= self.around.leave.stop_wind_ms:
                held.append(home)
                continue
            self.evacuation.on_bus_list[home] = False
            if self.on_the_way.set_out(home, place, tick, by_bus=True):
                self.credit[town] -= seats
        waiting.extendleft(reversed(held))
        return too_few_seats

    def _still_waits(self, home: int) -> bool:
        """False, and off the list, when the storm has overtaken it or it may stay at home."""
        overtaken = self.where.state[home] != State.PREPARING or self.where.members[home] == 0
        stays = self.evacuation.stood_down and not self.evacuation.fled[home]
        if not overtaken and not stays:
            return True
        self.evacuation.on_bus_list[home] = False
        if not overtaken:
            self.where.move_one(home, State.HOME)
        return False
