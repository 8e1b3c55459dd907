"""Who leaves: a household that hears the order decides, some leave with their neighbours, one that
lost its home has no choice.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from anlan.sim.ledger import NEVER
from anlan.sim.people.draws import Draws
from anlan.sim.people.evacuation import Evacuation
from anlan.sim.people.states import Outcome, State
from anlan.sim.people.whereabouts import Whereabouts

Ids = NDArray[np.int64]


class Deciding:
    """How households come to get ready, and when they will be."""

    def __init__(self, draws: Draws, where: Whereabouts, evacuation: Evacuation) -> None:
        self.draws = draws
        self.where = where
        self.evacuation = evacuation

    def hear_order(self, homes: Ids, tick: int) -> None:
        """The order reaches households (n,): the willing among those at home get ready."""
        where, evacuation = self.where, self.evacuation
        evacuation.heard_tick[homes] = tick
        at_home = homes[(where.state[homes] == State.HOME) & (where.members[homes] > 0)]
        willing = self.draws.complies[at_home]
        evacuation.outcome[at_home] = np.where(willing, Outcome.WAITING, Outcome.REFUSED)
        going = at_home[willing]
        where.move(going, State.PREPARING)
        evacuation.plan_leave(going, tick + self.draws.prepare_ticks[going])

    def follow(self, homes: Ids, tick: int) -> None:
        """Households (n,) that nobody told leave with their neighbours: those at home get ready."""
        where = self.where
        going = homes[(where.state[homes] == State.HOME) & (where.members[homes] > 0)]
        where.move(going, State.PREPARING)
        self.evacuation.plan_leave(going, tick + self.draws.prepare_ticks[going])

    def flee(self, home: int, tick: int) -> None:
        """Those who came out of a ruin unhurt look for a roof in the next tick."""
        where, evacuation = self.where, self.evacuation
        if where.members[home] == 0:
            return
        if evacuation.left_tick[home] == NEVER and evacuation.outcome[home] != Outcome.ARRIVED:
            evacuation.outcome[home] = Outcome.OVERTAKEN
        evacuation.fled[home] = True
        if where.state[home] == State.HOME:
            where.move_one(home, State.PREPARING)
        if not evacuation.on_bus_list[home]:
            evacuation.plan_leave_one(home, tick + 1)
