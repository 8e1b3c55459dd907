"""Water at home: households that are stranded by it, and people who drown as it rises further.

Who is overcome hangs on the depth alone, by Jonkman's function: without help they are dead in the
end. Until when a boat is in time hangs on the depth, the cold and how long it takes: whoever stands
in the water holds on for some hours, whom it has closed over for some minutes.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from anlan.sim.chance import Stream, stream
from anlan.sim.ledger import NEVER
from anlan.sim.people.at_risk import AtRisk, Cause, Way
from anlan.sim.people.casualties import Casualties
from anlan.sim.people.draws import Draws, drown_depth_m, hold_min, under_m, under_min
from anlan.sim.people.evacuation import Evacuation
from anlan.sim.people.states import Outcome, State
from anlan.sim.people.surroundings import Surroundings
from anlan.sim.people.thresholds import Rising
from anlan.sim.people.whereabouts import Whereabouts

Ids = NDArray[np.int64]
HOLDS = stream("resident.holds", "resident")
UNDER = stream("resident.under", "resident")
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
        # the same of those overcome: the depth that closes over their heads
        self._under_at: dict[int, list[tuple[float, int]]] = {}

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
        for place, overcome in _passed(self._drown_at, water.depth_m):
            self._overcome(place, overcome, tick)
        for _, under in _passed(self._under_at, water.depth_m):
            minutes = under_min(self.around.harm, self._luck(under, UNDER))
            self._last(under, minutes, tick)

    def in_turn(self, persons: Ids) -> Ids:
        """In the order in which boats take them: those first who are not upstairs."""
        upstairs = self.draws.fate_u[persons] < np.float32(self.around.harm.upstairs_share)
        return np.asarray(persons[np.lexsort((persons, upstairs))])

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

    def _overcome(self, place: int, persons: Ids, tick: int) -> None:
        """Those who drown in the end, unless they are brought out while they hold on."""
        harm, homes = self.around.harm, self.where.people.household[persons]
        self._last(persons, hold_min(harm, self._luck(persons, HOLDS)), tick)
        heads_m = under_m(harm, self.where.people.assisted[homes])
        street_m = heads_m + self.draws.floor_m[homes].astype(np.float64)
        noted = self._under_at.setdefault(place, [])
        noted += zip(street_m.tolist(), persons.tolist(), strict=True)
        noted.sort(reverse=True)

    def _luck(self, persons: Ids, of: Stream) -> NDArray[np.float64]:
        return self.around.streams.uniform64(of, self.where.people.resident_key[persons])

    def _last(self, persons: Ids, minutes: NDArray[np.float64], tick: int) -> None:
        """Nobody drowns in the tick in which the water comes: crews are asked first."""
        ticks = np.ceil(minutes / self.around.clock.tick_min - 1e-9).astype(np.int64)
        self.casualties.last_until(persons, tick + np.maximum(ticks, 1))


def _passed(
    noted: dict[int, list[tuple[float, int]]], depth_m: NDArray[np.float32]
) -> list[tuple[int, Ids]]:
    """Place by place those whose depth (the last of each list is the least) the water has come to;
    they are noted no longer.
    """
    found = []
    for place in sorted(noted):
        waiting, depth = noted[place], float(depth_m[place])
        reached = []
        while waiting and waiting[-1][0] <= depth:
            reached.append(waiting.pop()[1])
        if reached:
            found.append((place, np.array(sorted(reached), dtype=np.int64)))
        if not waiting:
            del noted[place]
    return found
