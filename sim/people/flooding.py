"""Water at home: households that are stranded by it, and people who drown as it rises further."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from anlan.sim.ledger import NEVER
from anlan.sim.people.at_risk import AtRisk, Cause, Way
from anlan.sim.people.casualties import Casualties
from anlan.sim.people.draws import Draws, drown_depth_m
from anlan.sim.people.evacuation import Evacuation
from anlan.sim.people.states import Outcome, State
from anlan.sim.people.surroundings import Surroundings
from anlan.sim.people.thresholds import Rising
from anlan.sim.people.whereabouts import Whereabouts

Ids = NDArray[np.int64]
DRY_STREET_M = np.float32(1e-3)  # below this no home is stranded, however low its floor


class Flooding:
    """Each home has the depth on the street that strands it, each person one that drowns them."""

    def __init__(
        self,
        around: Surroundings,
        draws: Draws,
        where: Whereabouts,
        evacuation: Evacuation,
        casualties: Casualties,
        at_risk: AtRisk,
    ) -> None:
        self.around = around
        self.draws = draws
        self.where = where
        self.evacuation = evacuation
        self.casualties = casualties
        self.at_risk = at_risk
        # Never stranded by a dry street, however low the floor.
        strand_m = draws.floor_m + np.float32(around.harm.strand_depth_m)
        limits_m = np.maximum(strand_m, DRY_STREET_M)
        self._stranded_at = Rising(where.people.household_start, limits_m)
        self._unaided_at: Rising | None = None  # the same by the water without help, if it differs
        # (depth on the street at which it happens, person) of stranded people, by place
        self._drown_at: dict[int, list[tuple[float, int]]] = {}

    def feel_the_water(self, tick: int) -> None:
        """What the water of this tick does to those who are at home."""
        water = self.around.water
        if not water.wet and not water.wet_unaided:
            return
        if self._unaided_at is None and water.helped:
            self._unaided_at = self._stranded_at.copy()
        reached = self._stranded_at.reached(water.depth_m, np.inf)
        self._note_at_risk(reached, tick)
        if len(reached):
            self._strand(self.where.at_home(reached), tick)
        if self._drown_at:
            self._drown(water.depth_m, tick)

    def _note_at_risk(self, reached: Ids, tick: int) -> None:
        """Homes that the water reaches, or would reach if nobody had pumped any of it away."""
        if self._unaided_at is not None:
            reached = self._unaided_at.reached(self.around.water.depth_unaided_m, np.inf)
        self.at_risk.note(Way.HOME, reached, Cause.FLOOD, tick)

    def _strand(self, homes: Ids, tick: int) -> None:
        where, evacuation = self.where, self.evacuation
        places = where.people.community[homes]
        for place in np.unique(places).tolist():
            here = homes[places == place]
            inside = np.concatenate([where.together(h) for h in here.tolist()])
            in_time = evacuation.left_tick[here] != NEVER
            evacuation.outcome[here] = np.where(
                in_time, evacuation.outcome[here], Outcome.OVERTAKEN
            )
            self.casualties.take_out(inside, State.TRAPPED, tick)
            name = f"flood/{self.around.place_ids[place]}/{tick}"
            self.casualties.open("flood", name, inside, tick)
            self._note_drownings(place, inside)

    def _note_drownings(self, place: int, inside: Ids) -> None:
        """Who is not upstairs drowns when the water indoors has reached a depth of their own."""
        harm, draws = self.around.harm, self.draws
        below = inside[draws.fate_u[inside] >= np.float32(harm.upstairs_share)]
        indoors_m = drown_depth_m(harm, draws.live_u[below])
        homes = self.where.people.household[below]
        street_m = indoors_m + draws.floor_m[homes].astype(np.float64)
        noted = self._drown_at.setdefault(place, [])
        noted += zip(street_m.tolist(), below.tolist(), strict=True)
        noted.sort(reverse=True)  # the least depth is taken from the end

    def _drown(self, depth_m: NDArray[np.float32], tick: int) -> None:
        """Those whom the water has reached by now, if they were stranded before this tick."""
        for place in sorted(self._drown_at):
            noted, depth = self._drown_at[place], float(depth_m[place])
            lost = []
            while noted and noted[-1][0] <= depth:
                lost.append(noted.pop()[1])
            if lost:
                # Nobody drowns in the tick in which the water comes: crews are asked first.
                self.casualties.last_until(np.array(sorted(lost)), np.full(len(lost), tick + 1))
            if not noted:
                del self._drown_at[place]
