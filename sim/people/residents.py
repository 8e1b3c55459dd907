"""The residents in one run, as arrays: who hears, leaves, arrives, is trapped, needs, returns.

Every resident is an individual: a household moves as one until the storm takes a member out
of it (trapped, hurt, dead); such a member is `apart` from then on. A person or household is
touched only in the tick in which its next event falls due, in rising order. Where a row stands
for several people (`residents.scale`), all is counted in people and happens to the row.
`tests/oracle/` holds the same rules as one plain agent a resident; both must agree exactly.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from anlan.sim.chance import stream
from anlan.sim.ledger import NEVER, Ledger
from anlan.sim.people.calendar import Calendar
from anlan.sim.people.draws import Draws, burns, drowns, survival_ticks
from anlan.sim.people.population import AGE_BANDS
from anlan.sim.scenario.schema import DWELLINGS, Dwelling

if TYPE_CHECKING:
    from anlan.sim.incidents.incident import Incident
    from anlan.sim.model import ResponseModel

Ids = NDArray[np.int64]
HARM = stream("forest.harm", "resident")
MEMBER = 255  # apart_state of someone who is still with the household


class State(IntEnum):
    """Where a resident is; the order of the columns of the ledger's resident_state."""

    HOME = 0
    PREPARING = 1
    TRAVELLING = 2
    SHELTERED = 3
    WITH_KIN = 4
    TRAPPED = 5
    IN_CARE = 6
    DEAD = 7


class Outcome(IntEnum):
    """How an order to leave ended for a household; names go into the ledger in lower case."""

    NOT_HEARD = 0
    REFUSED = 1
    WAITING = 2
    NO_PLACE = 3
    NO_ROAD = 4
    TRAVELLING = 5
    ARRIVED = 6
    OVERTAKEN = 7


KIN = -1  # destination: relatives or friends
NOWHERE = -2


class Residents:
    """Array residents of one run. Shapes: C communities, H households, N residents (rows)."""

    def __init__(self, model: ResponseModel, draws: Draws) -> None:
        self.model = model
        self.draws = draws
        self.people = model.world.people
        self.scenario = model.world.scenario
        h, n = self.people.households, self.people.residents
        self.calendar = Calendar(self.scenario.ticks)
        self.members = self.people.sizes()  # people still together
        self.state = np.zeros(h, dtype=np.uint8)
        self.outcome = np.zeros(h, dtype=np.uint8)
        self.destination = np.full(h, NOWHERE, dtype=np.int32)
        self.ordered_tick = np.full(h, NEVER, dtype=np.int32)
        self.heard_order_tick = np.full(h, NEVER, dtype=np.int32)
        self.left_tick = np.full(h, NEVER, dtype=np.int32)
        self.arrived_tick = np.full(h, NEVER, dtype=np.int32)
        self.thirsty_since = np.full(h, NEVER, dtype=np.int32)
        self.collapsed = np.zeros(h, dtype=bool)
        self.on_bus_list = np.zeros(h, dtype=bool)
        self.next_leave = np.full(h, NEVER, dtype=np.int32)  # only the latest date counts
        self.fled = np.zeros(h, dtype=bool)
        self.heard_tick = np.full(h, NEVER, dtype=np.int32)
        self.apart = np.full(n, MEMBER, dtype=np.uint8)
        self.incident_of: dict[int, Incident] = {}
        self.counts = np.zeros((model.world.places, len(State)), dtype=np.int64)
        self.counts[:, State.HOME] = [c.residents for c in self.scenario.communities]
        self.stood_down = False
        # What can fall due in a tick, in its order; the buses go in between.
        self._before_buses = (
            ("collapse", self._collapse),
            ("flood", self._flood),
            ("die", self._die),
            ("wind", self._wind),
            ("arrive", self._arrive),
            ("hear_order", self._hear_order),
            ("leave", self._leave),
        )
        self._after_buses = (
            ("thirst", self._thirst),
            ("quench", self._quench),
            ("return", self._go_home),
        )
        self._note_clocks()

    # -- what the storm will do to dwellings, were anybody in -------------------------------

    def _note_clocks(self) -> None:
        """Put every collapse, flood, gust and dry tap that could matter into the calendar."""
        storm = self.model.realisation
        starts = self.people.household_start
        gust_threshold = np.float32(self.scenario.p("damage.outdoor_gust_ms"))
        most = self.scenario.p("damage.outdoor_harm_per_million") / 1e6
        candidates = np.flatnonzero(self.draws.fate_u < np.float32(most))
        at = self.people.community[self.people.household[candidates]]
        for place in range(self.model.world.places):
            homes = np.arange(starts[place], starts[place + 1])
            gusts = np.maximum.accumulate(storm.gust_ms[:, place])
            self._note_exceedance("collapse", gusts, homes, self.draws.collapse_gust_ms[homes])
            depths = np.maximum.accumulate(storm.depth_m[:, place])
            strand = self.draws.floor_m[homes] + np.float32(
                self.scenario.p("damage.strand_depth_m")
            )
            # Never stranded by a dry street, however low the floor.
            strand = np.maximum(strand, np.float32(1e-3))
            self._note_exceedance("flood", depths, homes, strand)
            out = np.flatnonzero(gusts >= gust_threshold)
            if len(out):
                here = candidates[at == place]
                self.calendar.add("wind", np.full(len(here), out[0]), here)
            self._note_thirst(place, homes)

    def _note_exceedance(
        self,
        kind: str,
        rising: NDArray[np.float32],
        homes: Ids,
        limit: NDArray[np.float32],
    ) -> None:
        reached = limit <= rising[-1]
        if reached.any():
            when = np.searchsorted(rising, limit[reached], side="left")
            self.calendar.add(kind, when, homes[reached])

    def _note_thirst(self, place: int, homes: Ids) -> None:
        out = self.model.realisation.power_out[:, place]
        if not out.any():
            return
        begins = int(np.argmax(out))
        back = np.flatnonzero(~out[begins:])
        ends = begins + int(back[0]) if len(back) else len(out)
        when = begins + self.draws.thirsty_ticks[homes].astype(np.int64)
        dry = when < ends
        self.calendar.add("thirst", when[dry], homes[dry])
        self.calendar.add("quench", np.full(int(dry.sum()), ends), homes[dry])

    # -- words that reach them --------------------------------------------------------------

    def warn(self, reached: NDArray[np.float64]) -> None:
        """A public warning begins; `reached` (C, T) is the share reached by each tick's end."""
        starts = self.people.household_start
        for place in range(self.model.world.places):
            homes = slice(starts[place], starts[place + 1])
            when = np.searchsorted(reached[place], self.draws.hear_u[homes], side="right")
            self.heard_tick[homes] = np.where(when < reached.shape[1], when, NEVER)

    def order(
        self,
        dwellings: tuple[Dwelling, ...],
        tick: int,
        reached: NDArray[np.float64],
        places: NDArray[np.bool_],
    ) -> int:
        """Tell dwelling groups of some places (C,) to leave; returns how many are newly told."""
        wanted = np.isin(self.people.dwelling, [DWELLINGS.index(d) for d in dwellings])
        wanted &= places[self.people.community]
        wanted &= self.ordered_tick == NEVER
        ids = np.flatnonzero(wanted)
        self.ordered_tick[ids] = tick
        cuts = np.searchsorted(ids, self.people.household_start)
        for place in range(self.model.world.places):
            here = ids[cuts[place] : cuts[place + 1]]
            if len(here):
                when = np.searchsorted(reached[place], self.draws.order_u[here], side="right")
                self.calendar.add("hear_order", np.maximum(when, tick), here)
        return int(self.members[ids].sum())

    def stand_down(self, tick: int) -> None:
        """The danger is over: people go home over the next hours."""
        self.stood_down = True
        away = np.flatnonzero(np.isin(self.state, (State.SHELTERED, State.WITH_KIN)))
        self.calendar.add("return", tick + 1 + self.draws.return_ticks[away], away)

    # -- a tick -----------------------------------------------------------------------------

    def step(self, tick: int) -> None:
        """All that falls due in a tick, in a fixed order."""
        if not self.calendar.busy(tick) and not any(self.model.bus_lists):
            return
        for kind, happens in self._before_buses:
            self._if_due(kind, happens, tick)
        self._board(tick)
        for kind, happens in self._after_buses:
            self._if_due(kind, happens, tick)

    def _if_due(self, kind: str, happens: Callable[[Ids, int], None], tick: int) -> None:
        ids = self.calendar.due(kind, tick)
        if len(ids):
            happens(ids, tick)

    def _at_home(self, ids: Ids) -> Ids:
        state = self.state[ids]
        inside = (state == State.HOME) | (state == State.PREPARING)
        return np.asarray(ids[inside & (self.members[ids] > 0)])

    def _move(self, ids: Ids, new: State) -> None:
        """Change the state of whole households and the counts of their communities."""
        place, members = self.people.community[ids], self.members[ids]
        np.subtract.at(self.counts, (place, self.state[ids]), members)
        np.add.at(self.counts[:, new], place, members)
        self.state[ids] = new

    def _move_one(self, home: int, new: State) -> None:
        """As `_move`, for one household: arrays of one are dear."""
        here, members = self.counts[self.people.community[home]], self.members[home]
        here[self.state[home]] -= members
        here[new] += members
        self.state[home] = new

    def _take_out(self, persons: Ids, new: State, tick: int) -> None:
        """Take people out of their households: they are trapped, hurt or dead, by themselves."""
        if not len(persons):
            return
        homes = self.people.household[persons]
        each = self.people.stands_for[persons]
        np.subtract.at(self.counts, (self.people.community[homes], self.state[homes]), each)
        np.add.at(self.counts[:, new], self.people.community[homes], each)
        self.apart[persons] = new
        which, at = np.unique(homes, return_inverse=True)
        for home, gone in zip(which, np.bincount(at, each).astype(np.int64), strict=True):
            if self.thirsty_since[home] != NEVER:
                self._leave_tap(int(home), int(gone), tick)
            self.members[home] -= gone

    def _shift(self, persons: Ids, new: State) -> None:
        """Change the state of people who are apart already."""
        place, each = (
            self.people.community[self.people.household[persons]],
            self.people.stands_for[persons],
        )
        np.subtract.at(self.counts, (place, self.apart[persons]), each)
        np.add.at(self.counts[:, new], place, each)
        self.apart[persons] = new

    def _together(self, home: int) -> Ids:
        first, last = (
            self.people.resident_start[home],
            self.people.resident_start[home + 1],
        )
        everyone = np.arange(first, last)
        return np.asarray(everyone[self.apart[first:last] == MEMBER])

    # -- harm -------------------------------------------------------------------------------

    def _collapse(self, ids: Ids, tick: int) -> None:
        self.collapsed[ids] = True
        p = self.scenario.p
        dead_below = p("damage.collapse_death_share")
        trapped_below = dead_below + p("damage.collapse_trapped_share")
        hurt_below = trapped_below + p("damage.collapse_injured_share")
        for home in self._at_home(ids).tolist():
            inside = self._together(home)
            fate = self.draws.fate_u[inside].astype(np.float64)
            dead = inside[fate < dead_below]
            trapped = inside[(fate >= dead_below) & (fate < trapped_below)]
            hurt = inside[(fate >= trapped_below) & (fate < hurt_below)]
            self._take_out(dead, State.DEAD, tick)
            self._take_out(np.concatenate([trapped, hurt]), State.TRAPPED, tick)
            place = int(self.people.community[home])
            self._casualties(dead, "collapse", "died", tick)
            self._casualties(hurt, "collapse", "injured", tick)
            if len(trapped):
                self._open("collapse", place, trapped, tick)
                last = tick + survival_ticks(self.scenario, self.draws.live_u[trapped])
                self.calendar.add("die", last, trapped)
            if len(hurt):
                self._open("injury", place, hurt, tick)
            self._flee(home, tick)

    def trap(
        self,
        persons: Ids,
        last_ticks: NDArray[np.integer],
        tick: int,
        incident: Incident,
    ) -> Ids:
        """Trap people who are at home (in a fire); returns those who really are trapped.

        Each dies at the tick in `last_ticks` unless brought out before; FAR: never.
        """
        homes = self.people.household[persons]
        inside = (self.apart[persons] == MEMBER) & (
            (self.state[homes] == State.HOME) | (self.state[homes] == State.PREPARING)
        )
        caught = persons[inside]
        self._take_out(caught, State.TRAPPED, tick)
        for person in caught.tolist():
            self.incident_of[person] = incident
        self.calendar.add("die", np.maximum(last_ticks[inside], tick + 1), caught)
        return np.asarray(caught)

    def burn(self, homes: Ids, kw_m: NDArray[np.float64], tick: int) -> tuple[int, Incident | None]:
        """A forest fire reaches homes of one place: of those still inside some die or are hurt.

        homes (n,) rising, kw_m (n,) its intensity beside each. Returns how many died, and the
        incident of the hurt.
        """
        place = int(self.people.community[homes[0]])
        inside = self._at_home(homes)
        persons = np.concatenate([self._together(h) for h in inside.tolist()] + [inside[:0]])
        felt = kw_m[np.searchsorted(homes, self.people.household[persons])]
        keys = self.people.resident_key[persons]
        where, fate = (self.model.streams.uniform64(HARM, keys, n) for n in (0, 1))
        indoors = where >= self.scenario.p("forest.outdoor_share")
        felt = np.where(indoors, felt * self.scenario.p("forest.house_factor"), felt)
        dies, is_hurt = burns(self.scenario, felt, fate)
        dead, hurt = persons[dies], persons[is_hurt]
        self._take_out(dead, State.DEAD, tick)
        self._take_out(hurt, State.TRAPPED, tick)
        self._casualties(dead, "forest_fire", "died", tick)
        self._casualties(hurt, "forest_fire", "injured", tick)
        incident = self._open("injury", place, hurt, tick) if len(hurt) else None
        for home in inside.tolist():
            self._flee(home, tick)
        return self.people.persons(dead), incident

    def _flee(self, home: int, tick: int) -> None:
        """Those who came out of a ruin unhurt look for a roof in the next tick."""
        if self.members[home] == 0:
            return
        if self.left_tick[home] == NEVER and self.outcome[home] != Outcome.ARRIVED:
            self.outcome[home] = Outcome.OVERTAKEN
        self.fled[home] = True
        if self.state[home] == State.HOME:
            self._move_one(home, State.PREPARING)
        if not self.on_bus_list[home]:
            self._plan_leave_one(home, tick + 1)

    def _flood(self, ids: Ids, tick: int) -> None:
        stuck = self._at_home(ids)
        if not len(stuck):
            return
        places = self.people.community[stuck]
        for place in np.unique(places).tolist():
            homes = stuck[places == place]
            inside = np.concatenate([self._together(h) for h in homes.tolist()])
            self.outcome[homes] = np.where(
                self.left_tick[homes] == NEVER, Outcome.OVERTAKEN, self.outcome[homes]
            )
            self._take_out(inside, State.TRAPPED, tick)
            self._open("flood", place, inside, tick)
            self._note_drownings(place, inside, tick)

    def _note_drownings(self, place: int, inside: Ids, tick: int) -> None:
        ahead = self.model.realisation.depth_m[tick:, place]
        peak = tick + int(np.argmax(ahead))
        indoors = ahead[peak - tick] - self.draws.floor_m[self.people.household[inside]]
        below = self.draws.fate_u[inside] >= np.float32(self.scenario.p("damage.upstairs_share"))
        lost = below & drowns(self.scenario, indoors, self.draws.live_u[inside])
        # The peak may be now: the next tick is the first in which anybody can drown.
        self.calendar.add("die", np.full(int(lost.sum()), max(peak, tick + 1)), inside[lost])

    def _die(self, persons: Ids, tick: int) -> None:
        for person in persons.tolist():
            if self.apart[person] != State.TRAPPED:
                continue  # was brought out in time
            incident = self.incident_of[person]
            incident.died += int(self.people.stands_for[person])
            self._shift(np.array([person]), State.DEAD)
            self._casualties(np.array([person]), incident.kind, "died", tick)

    def _wind(self, persons: Ids, tick: int) -> None:
        """People outdoors in the first gusts; those who heard the warning mostly are not."""
        p = self.scenario.p
        unwarned = np.float32(p("damage.outdoor_harm_per_million") / 1e6)
        warned = np.float32(unwarned * np.float32(p("damage.warned_factor")))
        for person in persons.tolist():
            home = int(self.people.household[person])
            if self.apart[person] != MEMBER or self.state[home] not in (
                State.HOME,
                State.PREPARING,
            ):
                continue
            heard = self.heard_tick[home] != NEVER and self.heard_tick[home] < tick
            if self.draws.fate_u[person] >= (warned if heard else unwarned):
                continue
            one = np.array([person])
            if self.draws.live_u[person] < np.float32(p("damage.outdoor_death_share")):
                self._take_out(one, State.DEAD, tick)
                self._casualties(one, "wind", "died", tick)
            else:
                self._take_out(one, State.TRAPPED, tick)
                self._casualties(one, "wind", "injured", tick)
                self._open("injury", int(self.people.community[home]), one, tick)

    def _open(self, kind: str, place: int, persons: Ids, tick: int) -> Incident:
        incident = self.model.open_incident(kind, place, tick, persons)
        for person in persons.tolist():
            self.incident_of[person] = incident
        return incident

    def _casualties(self, persons: Ids, cause: str, outcome: str, tick: int) -> None:
        for person in persons.tolist():
            place = self.people.community[self.people.household[person]]
            self.model.ledger.add(
                "casualty",
                tick,
                self.model.place_ids[place],
                cause,
                outcome,
                AGE_BANDS[self.people.age_band[person]],
                int(self.people.stands_for[person]),
            )

    def carry_out(self, person: int, incident: Incident) -> bool:
        """A crew brings one trapped person out alive; False if that person is not trapped now."""
        if self.apart[person] != State.TRAPPED:
            return False
        self._shift(np.array([person]), State.IN_CARE)
        incident.rescued += int(self.people.stands_for[person])
        return True

    def bring_out(self, incident: Incident, tick: int) -> None:
        """A crew has finished: those still alive are out, in care or under a roof."""
        alive = incident.people[self.apart[incident.people] == State.TRAPPED]
        incident.rescued += self.people.persons(alive)
        if incident.kind != "flood":
            self._shift(alive, State.IN_CARE)
            return
        left = alive
        for shelter in self.model.shelters_from(incident.place):
            if not len(left):
                break
            sums = np.cumsum(self.people.stands_for[left])
            fits = left[: int(np.searchsorted(sums, shelter.room, side="right"))]
            if len(fits):
                shelter.take_in(self.people.persons(fits), tick)
                self._shift(fits, State.SHELTERED)
                left = left[len(fits) :]
        if len(left):
            self._shift(left, State.WITH_KIN)

    # -- leaving ----------------------------------------------------------------------------

    def _hear_order(self, ids: Ids, tick: int) -> None:
        self.heard_order_tick[ids] = tick
        home = ids[(self.state[ids] == State.HOME) & (self.members[ids] > 0)]
        willing = self.draws.complies[home]
        self.outcome[home] = np.where(willing, Outcome.WAITING, Outcome.REFUSED)
        going = home[willing]
        self._move(going, State.PREPARING)
        self._plan_leave(going, tick + self.draws.prepare_ticks[going])

    def _plan_leave(self, ids: Ids, ticks: NDArray[np.integer]) -> None:
        self.next_leave[ids] = ticks
        self.calendar.add("leave", ticks, ids)

    def _plan_leave_one(self, home: int, tick: int) -> None:
        self.next_leave[home] = tick
        self.calendar.add_one("leave", tick, home)

    def _leave(self, ids: Ids, tick: int) -> None:
        """Households that are ready set out, join the bus list, or try again later."""
        ready = ids[
            (self.state[ids] == State.PREPARING)
            & (self.members[ids] > 0)
            & ~self.on_bus_list[ids]
            & (self.next_leave[ids] == tick)
        ]
        if not len(ready):
            return
        places = self.people.community[ready]
        for place in np.unique(places).tolist():
            self._leave_place(place, ready[places == place], tick)

    def _leave_place(self, place: int, homes: Ids, tick: int) -> None:
        if self.stood_down:
            staying = homes[~self.fled[homes]]
            self._move(staying, State.HOME)
            homes = homes[self.fled[homes]]
        wind = float(self.model.realisation.wind_ms[tick, place])
        if wind >= self.scenario.p("residents.stop_wind_ms"):
            self._retry(homes, tick)
            return
        for home in homes.tolist():
            if self._needs_bus(home, place):
                self.on_bus_list[home] = True
                self.model.bus_lists[self.model.world.town_of[place]].append(home)
            else:
                self._set_out(home, place, tick)

    def _needs_bus(self, home: int, place: int) -> bool:
        if self.people.dwelling[home] == DWELLINGS.index("dormitory"):
            return True
        if self.draws.to_kin[home] or self.people.car[home]:
            return False
        if self.people.assisted[home]:
            return True
        nearest = self.model.nearest_shelter_km(place)
        return nearest > self.scenario.p("residents.walk_limit_km")

    def _retry(self, homes: Ids, tick: int) -> None:
        wait = self.scenario.ticks_of(self.scenario.p("residents.retry_min"))
        self._plan_leave(homes, np.full(len(homes), tick + wait))

    def _retry_one(self, home: int, tick: int) -> None:
        wait = self.scenario.ticks_of(self.scenario.p("residents.retry_min"))
        self._plan_leave_one(home, tick + wait)

    def _set_out(self, home: int, place: int, tick: int, by_bus: bool = False) -> bool:
        """Choose where to go and set out; False when there is no place or no road."""
        members = int(self.members[home])
        if self.draws.to_kin[home]:
            minutes = self.model.minutes_to_kin(place)
            target = KIN
        else:
            shelter, reachable = self.model.find_shelter(place, members)
            if shelter is None:
                self.outcome[home] = Outcome.NO_PLACE if reachable else Outcome.NO_ROAD
                self._retry_one(home, tick)
                return False
            on_foot = not (by_bus or self.people.car[home])
            minutes = self.model.minutes_to_shelter(
                place,
                shelter,
                float(self.people.walk_ms[home]) if on_foot else None,
                tick,
            )
            target = shelter.number
        if not np.isfinite(minutes):
            self.outcome[home] = Outcome.NO_ROAD
            self._retry_one(home, tick)
            return False
        if target != KIN:
            self.model.shelters[target].reserved += members
        if self.thirsty_since[home] != NEVER:
            self._leave_tap(home, members, tick)
            self.thirsty_since[home] = NEVER
        self.destination[home] = target
        self.left_tick[home] = tick
        self.outcome[home] = Outcome.TRAVELLING
        self._move_one(home, State.TRAVELLING)
        self.calendar.add_one("arrive", tick + max(1, self.scenario.ticks_of(minutes)), home)
        return True

    def _board(self, tick: int) -> None:
        """Each town's buses take the next households on its list, as far as the seats go."""
        for town, waiting in enumerate(self.model.bus_lists):
            if not waiting:
                continue
            self.model.bus_credit[town] += (
                self.scenario.towns[town].bus_seats_per_h * self.scenario.settings.tick_min
            )
            held = []
            saving = False  # seats are kept only for a household too large for those there now
            while waiting:
                home = waiting[0]
                members = int(self.members[home])
                place = int(self.people.community[home])
                if self.state[home] != State.PREPARING or members == 0:
                    waiting.popleft()  # overtaken by the storm while waiting
                    self.on_bus_list[home] = False
                    continue
                if self.stood_down and not self.fled[home]:
                    waiting.popleft()
                    self.on_bus_list[home] = False
                    self._move_one(home, State.HOME)
                    continue
                if members * 60 > self.model.bus_credit[town]:
                    saving = True
                    break
                waiting.popleft()
                wind = float(self.model.realisation.wind_ms[tick, place])
                if wind >= self.scenario.p("residents.stop_wind_ms"):
                    held.append(home)
                    continue
                self.on_bus_list[home] = False
                if self._set_out(home, place, tick, by_bus=True):
                    self.model.bus_credit[town] -= members * 60
            waiting.extendleft(reversed(held))
            if not saving:
                self.model.bus_credit[town] = 0

    def _arrive(self, ids: Ids, tick: int) -> None:
        for home in ids.tolist():
            members, target = int(self.members[home]), int(self.destination[home])
            self.arrived_tick[home] = tick
            self.outcome[home] = Outcome.ARRIVED
            if target == KIN:
                self._move_one(home, State.WITH_KIN)
            else:
                shelter = self.model.shelters[target]
                shelter.reserved -= members
                shelter.take_in(members, tick)
                self._move_one(home, State.SHELTERED)
            if self.stood_down:
                back = tick + 1 + int(self.draws.return_ticks[home])
                self.calendar.add_one("return", back, home)

    def _go_home(self, ids: Ids, tick: int) -> None:
        """After the stand-down: home, unless it fell down or the street is still wet."""
        for home in ids.tolist():
            if self.collapsed[home] or self.members[home] == 0:
                continue
            place = int(self.people.community[home])
            wet = float(self.model.realisation.depth_m[tick, place])
            if wet > self.scenario.p("residents.dry_depth_m"):
                wait = self.scenario.ticks_of(self.scenario.p("residents.retry_min"))
                self.calendar.add_one("return", tick + wait, home)
                continue
            if self.state[home] == State.SHELTERED:
                shelter = self.model.shelters[int(self.destination[home])]
                shelter.let_go(int(self.members[home]), int(self.arrived_tick[home]), tick)
            self._move_one(home, State.HOME)

    # -- dry taps at home -------------------------------------------------------------------

    def _thirst(self, ids: Ids, tick: int) -> None:
        for home in self._at_home(ids).tolist():
            self.thirsty_since[home] = tick
            site = self.model.tap(int(self.people.community[home]))
            self.model.sites.enter(site, int(self.members[home]), tick)

    def _quench(self, ids: Ids, tick: int) -> None:
        for home in ids[self.thirsty_since[ids] != NEVER].tolist():
            self._leave_tap(home, int(self.members[home]), tick)
            self.thirsty_since[home] = NEVER

    def _leave_tap(self, home: int, persons: int, tick: int) -> None:
        site = self.model.tap(int(self.people.community[home]))
        self.model.sites.leave(site, persons, int(self.thirsty_since[home]), tick)

    # -- facts ------------------------------------------------------------------------------

    def finish(self, ledger: Ledger) -> None:
        """Write who heard the warning when, and what became of the orders to leave."""
        self._write_warning(ledger)
        self._write_evacuation(ledger)

    def _write_warning(self, ledger: Ledger) -> None:
        ticks = self.scenario.ticks
        sizes = self.people.sizes()
        when = np.where(self.heard_tick == NEVER, ticks, self.heard_tick)
        key = self.people.community.astype(np.int64) * (ticks + 1) + when
        persons = np.bincount(key, weights=sizes, minlength=1).astype(np.int64)
        used = np.flatnonzero(persons)
        heard = used % (ticks + 1)
        names = np.array(self.model.place_ids, dtype=object)
        ledger.add_many(
            "warning",
            community=names[used // (ticks + 1)],
            heard_tick=np.where(heard == ticks, NEVER, heard),
            persons=persons[used],
        )

    def _write_evacuation(self, ledger: Ledger) -> None:
        ids = np.flatnonzero((self.ordered_tick != NEVER) | (self.left_tick != NEVER))
        if not len(ids):
            return
        table = np.stack(
            [
                self.people.community[ids],
                self.people.dwelling[ids],
                self.ordered_tick[ids],
                self.heard_order_tick[ids],
                self.left_tick[ids],
                self.arrived_tick[ids],
                self.destination[ids],
                self.outcome[ids],
            ],
            axis=1,
        ).astype(np.int64)
        rows, inverse = np.unique(table, axis=0, return_inverse=True)
        persons = np.bincount(inverse.ravel(), weights=self.people.sizes()[ids]).astype(np.int64)
        ledger.add_many("evacuation", **evacuation_columns(self.model, rows, persons))


def evacuation_columns(
    model: ResponseModel, rows: NDArray[np.int64], persons: NDArray[np.int64]
) -> dict[str, Any]:
    """Columns of the ledger's evacuation table from coded rows (one row a combination)."""
    places = np.array(model.place_ids, dtype=object)
    # Two more names at the end serve KIN = -1 and NOWHERE = -2 by numpy's negative indices.
    names = [s.id for s in model.shelters] + ["none", "kin"]
    outcomes = np.array([o.name.lower() for o in Outcome], dtype=object)
    return {
        "community": places[rows[:, 0]],
        "dwelling": np.array(DWELLINGS, dtype=object)[rows[:, 1]],
        "ordered_tick": rows[:, 2],
        "heard_tick": rows[:, 3],
        "left_tick": rows[:, 4],
        "arrived_tick": rows[:, 5],
        "destination": np.array(names, dtype=object)[rows[:, 6]],
        "outcome": outcomes[rows[:, 7]],
        "persons": persons,
    }
