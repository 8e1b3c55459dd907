"""Homes that fall down or cannot be lived in any more, and what becomes of those inside.

Whatever has done it (a gust, the ground that shakes, fire): who comes out unhurt takes the one way
to another roof (`deciding.py`), by the rules of all who leave, and nobody goes home again.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from anlan.sim.people.at_risk import AtRisk, Cause, Way
from anlan.sim.people.casualties import Casualties
from anlan.sim.people.deciding import Deciding
from anlan.sim.people.draws import Draws, survival_ticks
from anlan.sim.people.peril import Danger, of_homes
from anlan.sim.people.states import State
from anlan.sim.people.surroundings import Surroundings
from anlan.sim.people.thresholds import Rising
from anlan.sim.people.whereabouts import Whereabouts

Ids = NDArray[np.int64]


class Ruins:
    """Each home has the gust at which it falls; the dead, trapped and hurt are by one draw."""

    def __init__(
        self,
        around: Surroundings,
        draws: Draws,
        where: Whereabouts,
        casualties: Casualties,
        deciding: Deciding,
        at_risk: AtRisk,
    ) -> None:
        self.around = around
        self.draws = draws
        self.where = where
        self.casualties = casualties
        self.deciding = deciding
        self.at_risk = at_risk
        self._falls_at = Rising(where.people.household_start, draws.collapse_gust_ms)

    def feel_the_gust(self, tick: int) -> None:
        """What the gust of this tick does to homes."""
        sky = self.around.present.sky
        fallen = self._falls_at.reached(sky.gust_ms, sky.peak_gust_ms)
        if len(fallen):
            self.ruin(fallen, tick)

    def ruin(self, homes: Ids, tick: int) -> None:
        """Some homes fall down: of those inside some die, some are trapped, some are hurt."""
        self.at_risk.note(Way.HOME, homes, Cause.COLLAPSE, tick)
        self._note_peril(homes, tick)
        homes = homes[~self.where.collapsed[homes]]
        self.where.collapsed[homes] = True
        for home in self.where.at_home(homes).tolist():
            self._bury(home, tick)
            self.deciding.flee(home, tick)

    def _note_peril(self, homes: Ids, tick: int) -> None:
        """Whom a home that falls traps or hurts if they are in it."""
        rules, persons = self.around.harm, of_homes(self.where.people, homes)
        fate = self.draws.fate_u[persons].astype(np.float64)
        dead_below = rules.collapse_death_share
        hurt_below = dead_below + rules.collapse_trapped_share + rules.collapse_injured_share
        caught = persons[(fate >= dead_below) & (fate < hurt_below)]
        self.casualties.peril.note(caught, Danger.COLLAPSE, tick)

    def _bury(self, home: int, tick: int) -> None:
        casualties, rules = self.casualties, self.around.harm
        dead_below = rules.collapse_death_share
        trapped_below = dead_below + rules.collapse_trapped_share
        hurt_below = trapped_below + rules.collapse_injured_share
        inside = self.where.together(home)
        fate = self.draws.fate_u[inside].astype(np.float64)
        dead = inside[fate < dead_below]
        trapped = inside[(fate >= dead_below) & (fate < trapped_below)]
        hurt = inside[(fate >= trapped_below) & (fate < hurt_below)]
        casualties.take_out(dead, State.DEAD, tick)
        casualties.take_out(np.concatenate([trapped, hurt]), State.TRAPPED, tick)
        name = casualties.home_name(home)
        ruin = wounds = None
        if len(trapped):
            ruin = casualties.open("collapse", f"collapse/{name}", trapped, tick)
        if len(hurt):
            wounds = casualties.open("injury", f"injury/{name}", hurt, tick)
        casualties.write(dead, "collapse", "died", tick, ruin or wounds)
        casualties.write(hurt, "collapse", "injured", tick, wounds)
        if len(trapped):
            last = survival_ticks(rules, self.around.clock, self.draws.live_u[trapped])
            casualties.last_until(trapped, tick + last)

    def unhouse(self, homes: Ids, tick: int) -> int:
        """Some homes cannot be lived in any more; who is in them looks for another roof.

        Returns how many persons these are.
        """
        lost = homes[~self.where.collapsed[homes]]
        self.where.collapsed[lost] = True
        inside = self.where.at_home(lost)
        for home in inside.tolist():
            self.deciding.flee(home, tick)
        return int(self.where.members[inside].sum())
