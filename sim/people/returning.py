"""The way back: after the stand-down people go home, when the street is dry and the home stands."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from anlan.sim.ledger import NEVER
from anlan.sim.people.at_risk import UNDER_A_ROOF, AtRisk
from anlan.sim.people.draws import Draws
from anlan.sim.people.evacuation import Evacuation
from anlan.sim.people.guests import Guests
from anlan.sim.people.states import State
from anlan.sim.people.surroundings import Surroundings
from anlan.sim.people.whereabouts import Whereabouts

Ids = NDArray[np.int64]


class Returning:
    """Who goes home, and when."""

    def __init__(
        self,
        around: Surroundings,
        draws: Draws,
        where: Whereabouts,
        evacuation: Evacuation,
        at_risk: AtRisk,
        guests: Guests,
    ) -> None:
        self.guests = guests
        self.around = around
        self.draws = draws
        self.where = where
        self.evacuation = evacuation
        self.at_risk = at_risk

    def stand_down(self, tick: int) -> None:
        """The danger is over: people go home over the next hours."""
        evacuation = self.evacuation
        evacuation.stood_down = True
        is_away = np.isin(self.where.state, UNDER_A_ROOF)
        # To say it again changes nothing.
        away = np.flatnonzero(is_away & (evacuation.next_return == NEVER))
        evacuation.plan_return(away, tick + 1 + self.draws.return_ticks[away])

    def go_home(self, homes: Ids, tick: int) -> None:
        """After the stand-down: home, unless it fell down or the street is still wet."""
        where, evacuation = self.where, self.evacuation
        for home in homes[evacuation.next_return[homes] == tick].tolist():
            evacuation.next_return[home] = NEVER
            if where.collapsed[home] or where.members[home] == 0:
                continue
            wet_m = float(self.around.water.depth_m[where.people.community[home]])
            if wet_m > self.around.leave.dry_depth_m:
                evacuation.plan_return_one(home, tick + self.around.retry_ticks)
                continue
            if where.state[home] == State.SHELTERED:
                shelter = self.around.shelters.all[int(evacuation.destination[home])]
                came_tick = int(evacuation.arrived_tick[home])
                shelter.let_go(int(where.members[home]), came_tick, tick, home)
            else:
                self.guests.leave(home, tick)
            evacuation.come_back(home, int(where.members[home]), tick)
            self.at_risk.lacks(home)
            where.move_one(home, State.HOME)
