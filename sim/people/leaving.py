"""Households that are ready: they set out, wait for a bus, try again later, or stay after all."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from anlan.sim.people.buses import Buses
from anlan.sim.people.draws import Draws
from anlan.sim.people.evacuation import Evacuation
from anlan.sim.people.on_the_way import OnTheWay
from anlan.sim.people.states import State
from anlan.sim.people.surroundings import Surroundings
from anlan.sim.people.whereabouts import Whereabouts
from anlan.sim.scenario.schema import DWELLINGS

Ids = NDArray[np.int64]


class Leaving:
    """What becomes of households in the tick for which they were ready."""

    def __init__(
        self,
        around: Surroundings,
        draws: Draws,
        where: Whereabouts,
        evacuation: Evacuation,
        on_the_way: OnTheWay,
        buses: Buses,
    ) -> None:
        self.around = around
        self.draws = draws
        self.where = where
        self.evacuation = evacuation
        self.on_the_way = on_the_way
        self.buses = buses

    def leave(self, homes: Ids, tick: int) -> None:
        """Households that are ready set out, join the bus list, or try again later."""
        where, evacuation = self.where, self.evacuation
        ready = homes[
            (where.state[homes] == State.PREPARING)
            & (where.members[homes] > 0)
            & ~evacuation.on_bus_list[homes]
            & (evacuation.next_leave[homes] == tick)
        ]
        if not len(ready):
            return
        places = where.people.community[ready]
        # Who is first where places run short goes by id, never by row.
        for place in sorted(np.unique(places).tolist(), key=self.around.turn.__getitem__):
            self._leave_place(place, ready[places == place], tick)

    def _leave_place(self, place: int, homes: Ids, tick: int) -> None:
        if self.evacuation.stood_down:
            fled = self.evacuation.fled[homes]
            self.where.move(homes[~fled], State.HOME)
            homes = homes[fled]
        wind_ms = float(self.around.present.sky.wind_ms[place])
        if wind_ms >= self.around.leave.stop_wind_ms:
            later = np.full(len(homes), tick + self.around.retry_ticks)
            self.evacuation.plan_leave(homes, later)
            return
        for home in homes.tolist():
            if self._needs_bus(home, place):
                self.buses.wait(home, place)
            else:
                self.on_the_way.set_out(home, place, tick)

    def _needs_bus(self, home: int, place: int) -> bool:
        people = self.where.people
        if people.dwelling[home] == DWELLINGS.index("dormitory"):
            return True
        if self.draws.to_kin[home] or self.draws.to_lodgings[home] or people.car[home]:
            return False
        if people.assisted[home]:
            return True
        return self.around.shelters.nearest_km(place) > self.around.leave.walk_limit_km
