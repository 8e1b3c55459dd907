"""Water at home: households that are stranded by it, and people who drown as it rises further.

Who is overcome hangs on the depth alone, by Jonkman's function: without help they are dead in the
end. Until when a boat is in time hangs on the depth, the cold and how long it takes: whoever stands
in the water holds on for some hours, whom it has closed over for some minutes.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from anlan.sim.chance import Stream, stream
from anlan.sim.ledger import NEVER, Ledger, facts
from anlan.sim.people.at_risk import AtRisk, Cause, Way
from anlan.sim.people.casualties import Casualties
from anlan.sim.people.draws import (
    Draws,
    drown_depth_m,
    drown_in_rush_m,
    hold_min,
    under_m,
    under_min,
)
from anlan.sim.people.evacuation import Evacuation
from anlan.sim.people.peril import Danger, of_homes
from anlan.sim.people.states import Outcome, State
from anlan.sim.people.surroundings import Surroundings
from anlan.sim.people.thresholds import Rising
from anlan.sim.people.whereabouts import Whereabouts

Ids = NDArray[np.int64]
HOLDS = stream("resident.holds", "resident")
UNDER = stream("resident.under", "resident")
CRIES = stream("resident.cries", "resident")
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
        self.limits_m = limits_m  # (H,) depths on the street that reach homes without bags
        self._stranded_at = Rising(where.people.household_start, limits_m.copy())
        self._unaided_at: Rising | None = None  # the same by the water without help, if it differs
        places = len(where.people.household_start) - 1
        self.most_m = np.zeros(places, dtype=np.float32)  # (C,) deepest so far
        self._flooded = np.zeros((2, places), dtype=np.int64)  # homes: as it is, without help
        self._behind_bags = np.zeros(places, dtype=np.int64)  # homes
        # (depth on the street at which it happens, person) of stranded people, by place
        self._drown_at: dict[int, list[tuple[float, int]]] = {}
        # the same of those overcome: the depth that closes over their heads
        self._under_at: dict[int, list[tuple[float, int]]] = {}
        self._rushes: set[int] = set()  # places behind a dike that has broken
        self._in_danger: set[int] = set()  # persons overcome by the water so far

    def feel_the_water(self, tick: int) -> None:
        """What the water of this tick does to those who are at home."""
        water = self.around.water
        if not water.wet and not water.wet_unaided:
            return
        if self._unaided_at is None and water.helped:
            self._unaided_at = self._stranded_at.copy()
        np.maximum(self.most_m, water.depth_m, out=self.most_m)
        reached = self._stranded_at.reached(water.depth_m, np.inf)
        self._note_at_risk(reached, tick)
        if len(reached):
            self._count(reached, self._flooded[0])
            self._strand(self.where.at_home(reached), tick)
        for place, overcome in _passed(self._drown_at, water.depth_m):
            self._overcome(place, overcome, tick)
        for _, under in _passed(self._under_at, water.depth_m):
            minutes = under_min(self.around.harm, self._luck(under, UNDER))
            self._last(under, minutes, tick)

    def in_turn(self, persons: Ids) -> Ids:
        """In the order in which boats take them: those first whom the water overcomes, last those
        upstairs.
        """
        calm = ~np.isin(persons, np.array(sorted(self._in_danger), dtype=np.int64))
        return np.asarray(persons[np.lexsort((persons, self.upstairs(persons), calm))])

    def upstairs(self, persons: Ids) -> NDArray[np.bool_]:
        """(n,) whether each has an upper floor to go to."""
        return np.asarray(self.draws.fate_u[persons] < np.float32(self.around.harm.upstairs_share))

    def _note_at_risk(self, reached: Ids, tick: int) -> None:
        """Homes that the water reaches, or would reach if nobody had pumped or laid bags.

        Who is at home and stays dry lacks nothing, until the water comes there after all.
        """
        would = reached
        if self._unaided_at is not None:
            water = self.around.water
            depth_m = water.depth_unaided_m if water.helped else water.depth_m
            would = self._unaided_at.reached(depth_m, np.inf)
        if not len(would) and not len(reached):
            return
        self._count(would, self._flooded[1])
        self.at_risk.note(Way.HOME, would, Cause.FLOOD, tick)
        self.casualties.peril.note(of_homes(self.where.people, would), Danger.FLOOD, tick)
        if self._unaided_at is not None:
            self.at_risk.is_spared_no_longer(reached, tick)
            dry = would[
                self._stranded_at.limits[would] > self.most_m[self.where.people.community[would]]
            ]
            self.at_risk.is_spared(self.where.at_home(dry), tick)

    def rushes(self, place: int) -> None:
        """A dike has broken before a place: the water that comes now rises fast."""
        self._rushes.add(place)
        waiting = self._drown_at.pop(place, [])
        if waiting:
            self._note_drownings(place, np.array([who for _, who in waiting], dtype=np.int64))

    def homes_below(self, place: int, depth_m: float) -> Ids:
        """Rows of the homes of a place that so deep a water on the street reaches, without bags."""
        first, last = self.where.people.household_start[place : place + 2].tolist()
        low = self.limits_m[first:last] <= np.float32(depth_m)
        return np.asarray(first + np.flatnonzero(low), dtype=np.int64)

    def keep_out(self, homes: Ids, height_m: float) -> None:
        """Homes (n,) get bags: water comes in when it stands higher than these on the street."""
        if self._unaided_at is None:
            self._unaided_at = self._stranded_at.copy()
        self._stranded_at.lift(homes, np.full(len(homes), height_m, dtype=np.float32))
        self._count(homes, self._behind_bags)

    def stands_for(self, homes: Ids) -> NDArray[np.int64]:
        """How many homes each of some rows stands for."""
        people = self.where.people
        return people.stands_for[people.resident_start[homes]].astype(np.int64)

    def _count(self, homes: Ids, into: NDArray[np.int64]) -> None:
        np.add.at(into, self.where.people.community[homes], self.stands_for(homes))

    def finish(self, ledger: Ledger) -> None:
        """Write how many homes of each place the water came into, and would have without help."""
        for place in np.flatnonzero(self._flooded.any(axis=0) | (self._behind_bags > 0)).tolist():
            ledger.add(
                facts.Flooded(
                    community=self.around.place_ids[place],
                    homes=int(self._flooded[0, place]),
                    homes_unaided=int(self._flooded[1, place]),
                    homes_behind_bags=int(self._behind_bags[place]),
                )
            )

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
        draws = self.draws
        below = inside[~self.upstairs(inside)]
        drown_m = drown_in_rush_m if place in self._rushes else drown_depth_m
        indoors_m = drown_m(self.around.harm, draws.live_u[below])
        homes = self.where.people.household[below]
        street_m = indoors_m + draws.floor_m[homes].astype(np.float64)
        noted = self._drown_at.setdefault(place, [])
        noted += zip(street_m.tolist(), below.tolist(), strict=True)
        noted.sort(reverse=True)  # the least depth is taken from the end

    def _overcome(self, place: int, persons: Ids, tick: int) -> None:
        """Those who drown in the end, unless they are brought out while they hold on; for most of
        them somebody calls at once.
        """
        harm, homes = self.around.harm, self.where.people.household[persons]
        self._last(persons, hold_min(harm, self._luck(persons, HOLDS)), tick)
        heads_m = under_m(harm, self.where.people.assisted[homes])
        street_m = heads_m + self.draws.floor_m[homes].astype(np.float64)
        noted = self._under_at.setdefault(place, [])
        noted += zip(street_m.tolist(), persons.tolist(), strict=True)
        noted.sort(reverse=True)
        trapped = self.where.trapped(persons)
        self._in_danger.update(trapped.tolist())
        self.casualties.cry(trapped[self._luck(trapped, CRIES) < harm.cry_share], tick)

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
