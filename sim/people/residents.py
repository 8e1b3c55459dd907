"""The residents in one run, as arrays: who hears, leaves, arrives, is trapped, needs, returns.

Every resident is an individual: a household moves as one until the storm takes a member out
of it (trapped, hurt, dead); such a member is `apart` from then on. A person or household is
touched only in the tick in which something of its own falls due, in rising order. Where a row
stands for several people (`residents.scale`), all is counted in people and happens to the row.

Nothing looks ahead. What a rising gust, water or message will do next is kept as thresholds
(`thresholds.py`) that are compared with the level of the present tick; what is dated (ready to
leave, on the way, dry in some hours) stands in a calendar, and is dated anew where the state
behind it changed. `tests/oracle/` holds the same rules as one plain agent a resident; both must
agree exactly.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from anlan.sim.chance import Streams, stream
from anlan.sim.forcing.base import Present
from anlan.sim.incidents.incident import Incident, Incidents
from anlan.sim.ledger import NEVER, Ledger, facts
from anlan.sim.nature.water import Water
from anlan.sim.networks.power import Power
from anlan.sim.people.calendar import Calendar
from anlan.sim.people.draws import (
    FAR,
    BurnRules,
    Draws,
    HarmRules,
    burns,
    drown_depth_m,
    survival_ticks,
)
from anlan.sim.people.hearing import Hearing
from anlan.sim.people.needs import Sites
from anlan.sim.people.shelter import Shelter, Shelters
from anlan.sim.people.spread import Spread
from anlan.sim.people.thresholds import Rising
from anlan.sim.place.population import AGE_BANDS
from anlan.sim.place.world import World
from anlan.sim.scenario.clock import Clock
from anlan.sim.scenario.rules import Rules
from anlan.sim.scenario.schema import DWELLINGS, Dwelling

Ids = NDArray[np.int64]
HARM = stream("forest.harm", "resident")
MEMBER = 255  # apart_state of someone who is still with the household
DRY_STREET_M = np.float32(1e-3)  # below this no home is stranded, however low its floor


@dataclass(frozen=True)
class LeaveRules(Rules, prefix="residents"):
    """When people can leave, how far they walk, and when they may go home."""

    stop_wind_ms: float
    walk_limit_km: float
    retry_min: float
    dry_depth_m: float


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


@dataclass(frozen=True)
class Surroundings:
    """What the residents of a run see, and what they act on."""

    world: World
    place_ids: list[str]
    bus_seats_per_h: Sequence[int]  # of each town
    clock: Clock
    present: Present
    water: Water
    power: Power
    shelters: Shelters
    sites: Sites
    incidents: Incidents
    streams: Streams
    ledger: Ledger
    leave: LeaveRules
    harm: HarmRules
    fire: BurnRules


class Residents:
    """Array residents of one run. Shapes: C communities, H households, N residents (rows)."""

    def __init__(self, around: Surroundings, draws: Draws) -> None:
        self.around = around
        self.draws = draws
        self.people = around.world.people
        self.clock = around.clock
        h, n = self.people.households, self.people.residents
        self.calendar = Calendar(self.clock.ticks)
        self.members = self.people.sizes()  # people still together
        self.state = np.zeros(h, dtype=np.uint8)
        self.outcome = np.zeros(h, dtype=np.uint8)
        self.destination = np.full(h, NOWHERE, dtype=np.int32)
        self.ordered_tick = np.full(h, NEVER, dtype=np.int32)
        self.order_of = np.full(h, NEVER, dtype=np.int16)  # which of the orders told it
        self.heard_order_tick = np.full(h, NEVER, dtype=np.int32)
        self.left_tick = np.full(h, NEVER, dtype=np.int32)
        self.arrived_tick = np.full(h, NEVER, dtype=np.int32)
        self.thirsty_since = np.full(h, NEVER, dtype=np.int32)
        self.collapsed = np.zeros(h, dtype=bool)
        self.on_bus_list = np.zeros(h, dtype=bool)
        self.next_leave = np.full(h, NEVER, dtype=np.int32)  # only the latest date counts
        self.next_return = np.full(h, NEVER, dtype=np.int32)  # likewise
        self.fled = np.zeros(h, dtype=bool)
        self.apart = np.full(n, MEMBER, dtype=np.uint8)
        self.incident_of: dict[int, Incident[Any]] = {}
        self.counts = np.zeros((around.world.places, len(State)), dtype=np.int64)
        starts = self.people.household_start
        sizes = np.concatenate([[0], np.cumsum(self.members)])
        self.counts[:, State.HOME] = sizes[starts[1:]] - sizes[starts[:-1]]
        self.stood_down = False
        towns = len(around.bus_seats_per_h)
        self.bus_lists: list[deque[int]] = [deque() for _ in range(towns)]
        self.bus_credit = [0] * towns  # seats times 60 that are left to this tick
        rows = around.world.scenario.towns
        # Who is first where places run short goes by id, never by row.
        self._towns_by_id = sorted(range(towns), key=lambda n: rows[n].town)
        self._set_thresholds()
        self._warnings: list[Hearing] = []
        self._orders: list[tuple[str, Hearing]] = []
        self._power_was_out = np.zeros(around.world.places, dtype=bool)
        self._dark_since = np.full(around.world.places, NEVER, dtype=np.int64)
        self._power_as_of = around.power.outages.version

    def _set_thresholds(self) -> None:
        """The level of gust or water at which each home, or somebody in it, comes to harm."""
        starts, draws = self.people.household_start, self.draws
        self._collapse_at = Rising(starts, draws.collapse_gust_ms)
        # Never stranded by a dry street, however low the floor.
        strand = draws.floor_m + np.float32(self.around.harm.strand_depth_m)
        self._flood_at = Rising(starts, np.maximum(strand, DRY_STREET_M))
        most = np.float32(self.around.harm.outdoor_harm_per_million / 1e6)
        outdoors = np.flatnonzero(draws.fate_u < most)
        at = self.people.community[self.people.household[outdoors]]
        self._outdoors = [outdoors[at == place] for place in range(self.around.world.places)]
        self._outdoor_gust_ms = np.float32(self.around.harm.outdoor_gust_ms)
        self._gust_met = np.zeros(self.around.world.places, dtype=bool)
        # (depth on the street at which it happens, person) of stranded people, by place
        self._drown_at: dict[int, list[tuple[float, int]]] = {}

    # -- words that reach them --------------------------------------------------------------

    def warn(self, spread: Spread) -> None:
        """A public warning begins to spread among all households."""
        everyone = np.arange(self.people.households)
        self._warnings.append(self._hearing(spread, everyone, self.draws.hear_u))

    def _hearing(self, spread: Spread, ids: Ids, u: NDArray[np.float32]) -> Hearing:
        return Hearing(spread, ids, self.people.community[ids], u[ids], self.clock.ticks)

    def order(
        self, dwellings: tuple[Dwelling, ...], tick: int, spread: Spread,
        places: NDArray[np.bool_], name: str, homes: Ids | None = None,
    ) -> int:  # fmt: skip
        """Tell dwelling groups of some places (C,), or these homes there, to leave; returns how
        many persons are newly told.
        """
        self.stood_down = False
        self.next_return[:] = NEVER
        wanted = np.isin(self.people.dwelling, [DWELLINGS.index(d) for d in dwellings])
        wanted &= places[self.people.community]
        wanted &= self.ordered_tick == NEVER
        if homes is not None:
            wanted &= np.isin(np.arange(wanted.size), homes)
        ids = np.flatnonzero(wanted)
        self.ordered_tick[ids] = tick
        self.order_of[ids] = len(self._orders)
        self._orders.append((name, self._hearing(spread, ids, self.draws.order_u)))
        return int(self.members[ids].sum())

    def _heard_by(self, home: int, tick: int) -> bool:
        """Whether a household heard a public warning before a tick."""
        return any(hearing.tick[home] < tick for hearing in self._warnings)

    def _listen(self, tick: int) -> None:
        """Follow what is said, and let hear the order whom it reaches now."""
        for hearing in self._warnings:
            if hearing.spread.fresh:
                hearing.follow(tick)
        for number, (_, hearing) in enumerate(self._orders):
            if hearing.spread.fresh:
                rows = hearing.follow(tick)
                self.calendar.add(f"hear {number}", hearing.tick[rows], rows)
            if not self.calendar.busy(tick):
                continue
            rows = self.calendar.due(f"hear {number}", tick)
            if len(rows):
                # Who was dated anew since is asked again on that date.
                self._hear_order(hearing.ids[rows[hearing.tick[rows] == tick]], tick)

    def stand_down(self, tick: int) -> None:
        """The danger is over: people go home over the next hours."""
        self.stood_down = True
        is_away = np.isin(self.state, (State.SHELTERED, State.WITH_KIN))
        # To say it again changes nothing.
        away = np.flatnonzero(is_away & (self.next_return == NEVER))
        when = tick + 1 + self.draws.return_ticks[away]
        self.next_return[away] = when
        self.calendar.add("return", when, away)

    # -- a tick -----------------------------------------------------------------------------

    def step(self, tick: int) -> None:
        """All that falls due in a tick, in a fixed order."""
        self._suffer_homes(tick)
        self._if_due("die", self._die, tick)
        self._suffer_outdoors(tick)
        self._if_due("arrive", self._arrive, tick)
        self._listen(tick)
        self._if_due("leave", self._leave, tick)
        if any(self.bus_lists):
            self._board(tick)
        if self.around.power.outages.version != self._power_as_of:
            self._watch_the_power(tick)
        self._if_due("thirst", self._thirst, tick)
        self._if_due("return", self._go_home, tick)

    def _suffer_homes(self, tick: int) -> None:
        """What gust and water do in this tick to homes and to whoever is in them."""
        sky, water = self.around.present.sky, self.around.water
        fallen = self._collapse_at.reached(sky.gust_ms, sky.peak_gust_ms)
        if len(fallen):
            self.ruin(fallen, tick)
        if not water.wet:
            return
        stranded = self._flood_at.reached(water.depth_m, np.inf)
        if len(stranded):
            self._flood(stranded, tick)
        if self._drown_at:
            self._drown(water.depth_m, tick)

    def _suffer_outdoors(self, tick: int) -> None:
        """The first great gust of a place finds a few people outdoors."""
        sky = self.around.present.sky
        if sky.peak_gust_ms < self._outdoor_gust_ms:
            return
        met = ((sky.gust_ms >= self._outdoor_gust_ms) & ~self._gust_met).nonzero()[0]
        if len(met):
            self._gust_met[met] = True
            self._wind(np.sort(np.concatenate([self._outdoors[p] for p in met.tolist()])), tick)

    def _if_due(self, kind: str, happens: Callable[[Ids, int], None], tick: int) -> None:
        if self.calendar.busy(tick):
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

    def ruin(self, homes: Ids, tick: int) -> None:
        """Some homes fall down: of those inside some die, some are trapped, some are hurt."""
        homes = homes[~self.collapsed[homes]]
        self.collapsed[homes] = True
        rules = self.around.harm
        dead_below = rules.collapse_death_share
        trapped_below = dead_below + rules.collapse_trapped_share
        hurt_below = trapped_below + rules.collapse_injured_share
        for home in self._at_home(homes).tolist():
            inside = self._together(home)
            fate = self.draws.fate_u[inside].astype(np.float64)
            dead = inside[fate < dead_below]
            trapped = inside[(fate >= dead_below) & (fate < trapped_below)]
            hurt = inside[(fate >= trapped_below) & (fate < hurt_below)]
            self._take_out(dead, State.DEAD, tick)
            self._take_out(np.concatenate([trapped, hurt]), State.TRAPPED, tick)
            name = self._home_name(home)
            ruin = (
                self._open("collapse", f"collapse/{name}", trapped, tick) if len(trapped) else None
            )
            wounds = self._open("injury", f"injury/{name}", hurt, tick) if len(hurt) else None
            self._casualties(dead, "collapse", "died", tick, ruin or wounds)
            self._casualties(hurt, "collapse", "injured", tick, wounds)
            if len(trapped):
                last = survival_ticks(rules, self.clock, self.draws.live_u[trapped])
                self.calendar.add("die", tick + last, trapped)
            self._flee(home, tick)

    def _home_name(self, home: int) -> str:
        """A household by its community and its number there."""
        place = int(self.people.community[home])
        return f"{self.around.place_ids[place]}/{home - self.people.household_start[place]}"

    def trap(
        self,
        persons: Ids,
        last_ticks: NDArray[np.integer],
        tick: int,
        incident: Incident[Any],
    ) -> Ids:
        """Trap people who are at home (in a fire); returns those who really are trapped.

        Each dies at the tick in `last_ticks` unless brought out before; FAR: never.
        """
        inside = self._are_in(persons)
        caught = persons[inside]
        self._take_out(caught, State.TRAPPED, tick)
        for person in caught.tolist():
            self.incident_of[person] = incident
        self.calendar.add("die", np.maximum(last_ticks[inside], tick + 1), caught)
        return np.asarray(caught)

    def _are_in(self, persons: Ids) -> NDArray[np.bool_]:
        """Which people are at home with their household."""
        state = self.state[self.people.household[persons]]
        return np.asarray(
            (self.apart[persons] == MEMBER) & ((state == State.HOME) | (state == State.PREPARING))
        )

    def kill(self, persons: Ids, tick: int, cause: str, incident: Incident[Any]) -> Ids:
        """Some people die at once, those who are at home; returns who did."""
        dead = persons[self._are_in(persons)]
        self._take_out(dead, State.DEAD, tick)
        self._casualties(dead, cause, "died", tick, incident)
        return np.asarray(dead)

    def hurt(self, persons: Ids, tick: int, cause: str, incident: Incident[Any]) -> Ids:
        """Some people are hurt, those who are at home, and wait for care; returns who are."""
        wounded = persons[self._are_in(persons)]
        self._take_out(wounded, State.TRAPPED, tick)
        for person in wounded.tolist():
            self.incident_of[person] = incident
        self._casualties(wounded, cause, "injured", tick, incident)
        return np.asarray(wounded)

    def unhouse(self, homes: Ids, tick: int) -> None:
        """Some homes cannot be lived in any more; who is in them looks for another roof."""
        lost = homes[~self.collapsed[homes]]
        self.collapsed[lost] = True
        for home in self._at_home(lost).tolist():
            self._flee(home, tick)

    def burn(
        self, homes: Ids, kw_m: NDArray[np.float64], tick: int, fire: Incident[Any]
    ) -> tuple[int, Incident[Any] | None]:
        """A forest fire reaches homes of one place: of those still inside some die or are hurt.

        homes (n,) rising, kw_m (n,) its intensity beside each. The dead are the fire's; the hurt
        are an incident of their own. Returns how many died, and that incident.
        """
        place = int(self.people.community[homes[0]])
        starts = self.people.household_start[place]
        inside = self._at_home(homes)
        persons = np.concatenate([self._together(h) for h in inside.tolist()] + [inside[:0]])
        felt = kw_m[np.searchsorted(homes, self.people.household[persons])]
        keys = self.people.resident_key[persons]
        where, fate = (self.around.streams.uniform64(HARM, keys, n) for n in (0, 1))
        indoors = where >= self.around.fire.outdoor_share
        felt = np.where(indoors, felt * self.around.fire.house_factor, felt)
        dies, is_hurt = burns(self.around.fire, felt, fate)
        dead, hurt = persons[dies], persons[is_hurt]
        self._take_out(dead, State.DEAD, tick)
        self._take_out(hurt, State.TRAPPED, tick)
        name = f"burns/{self.around.place_ids[place]}/{tick}/{homes[0] - starts}"
        incident = self._open("injury", name, hurt, tick) if len(hurt) else None
        self._casualties(dead, "forest_fire", "died", tick, fire)
        self._casualties(hurt, "forest_fire", "injured", tick, incident)
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
            self._open("flood", f"flood/{self.around.place_ids[place]}/{tick}", inside, tick)
            self._note_drownings(place, inside)

    def _note_drownings(self, place: int, inside: Ids) -> None:
        """Who is not upstairs drowns when the water indoors has reached a depth of their own."""
        below = inside[self.draws.fate_u[inside] >= np.float32(self.around.harm.upstairs_share)]
        indoors = drown_depth_m(self.around.harm, self.draws.live_u[below])
        street = indoors + self.draws.floor_m[self.people.household[below]].astype(np.float64)
        noted = self._drown_at.setdefault(place, [])
        noted += zip(street.tolist(), below.tolist(), strict=True)
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
                self.calendar.add("die", np.full(len(lost), tick + 1), np.array(sorted(lost)))
            if not noted:
                del self._drown_at[place]

    def _die(self, persons: Ids, tick: int) -> None:
        for person in persons.tolist():
            if self.apart[person] != State.TRAPPED:
                continue  # was brought out in time
            incident = self.incident_of[person]
            incident.died += int(self.people.stands_for[person])
            self._shift(np.array([person]), State.DEAD)
            self._casualties(np.array([person]), incident.kind, "died", tick, incident)

    def _wind(self, persons: Ids, tick: int) -> None:
        """People outdoors in the first gusts; those who heard the warning mostly are not."""
        rules = self.around.harm
        unwarned = np.float32(rules.outdoor_harm_per_million / 1e6)
        warned = np.float32(unwarned * np.float32(rules.warned_factor))
        for person in persons.tolist():
            home = int(self.people.household[person])
            if self.apart[person] != MEMBER or self.state[home] not in (
                State.HOME,
                State.PREPARING,
            ):
                continue
            heard = self._heard_by(home, tick)
            if self.draws.fate_u[person] >= (warned if heard else unwarned):
                continue
            one = np.array([person])
            name = f"{self._home_name(home)}/{person - self.people.resident_start[home]}"
            if self.draws.live_u[person] < np.float32(rules.outdoor_death_share):
                self._take_out(one, State.DEAD, tick)
                self._casualties(one, "wind", "died", tick, None)
            else:
                self._take_out(one, State.TRAPPED, tick)
                incident = self._open("injury", f"wind/{name}", one, tick)
                self._casualties(one, "wind", "injured", tick, incident)

    def _open(self, kind: str, name: str, persons: Ids, tick: int) -> Incident[Any]:
        """An incident with some people of one place in it."""
        place = int(self.people.community[self.people.household[persons[0]]])
        incident: Incident[Any] = Incident(
            name, kind, place, tick, persons,
            persons=self.people.persons(persons),
            cases=int(self.people.stands_for[persons].max()),
        )  # fmt: skip
        self.around.incidents.open(incident, tick)
        for person in persons.tolist():
            self.incident_of[person] = incident
        return incident

    def _casualties(
        self, persons: Ids, cause: str, outcome: str, tick: int, incident: Incident[Any] | None
    ) -> None:
        for person in persons.tolist():
            place = self.people.community[self.people.household[person]]
            self.around.ledger.add(
                facts.Casualty(
                    incident=incident.id if incident else "",
                    tick=tick,
                    community=self.around.place_ids[place],
                    cause=cause,
                    outcome=outcome,
                    age_band=AGE_BANDS[self.people.age_band[person]],
                    persons=int(self.people.stands_for[person]),
                )
            )

    def carry_out(self, person: int, incident: Incident[Any]) -> bool:
        """A crew brings one trapped person out alive; False if that person is not trapped now."""
        if self.apart[person] != State.TRAPPED:
            return False
        self._shift(np.array([person]), State.IN_CARE)
        incident.rescued += int(self.people.stands_for[person])
        return True

    def bring_out(self, incident: Incident[Any], tick: int) -> None:
        """A crew has finished: those still alive are out, in care or under a roof."""
        alive = incident.people[self.apart[incident.people] == State.TRAPPED]
        incident.rescued += self.people.persons(alive)
        if incident.kind != "flood":
            self._shift(alive, State.IN_CARE)
            return
        left = alive
        for shelter in self.around.shelters.near(incident.place):
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
        for place in sorted(np.unique(places).tolist(), key=self.around.place_ids.__getitem__):
            self._leave_place(place, ready[places == place], tick)

    def _leave_place(self, place: int, homes: Ids, tick: int) -> None:
        if self.stood_down:
            staying = homes[~self.fled[homes]]
            self._move(staying, State.HOME)
            homes = homes[self.fled[homes]]
        wind = float(self.around.present.sky.wind_ms[place])
        if wind >= self.around.leave.stop_wind_ms:
            self._retry(homes, tick)
            return
        for home in homes.tolist():
            if self._needs_bus(home, place):
                self.on_bus_list[home] = True
                self.bus_lists[self.around.world.town_of[place]].append(home)
            else:
                self._set_out(home, place, tick)

    def _needs_bus(self, home: int, place: int) -> bool:
        if self.people.dwelling[home] == DWELLINGS.index("dormitory"):
            return True
        if self.draws.to_kin[home] or self.people.car[home]:
            return False
        if self.people.assisted[home]:
            return True
        return self.around.shelters.nearest_km(place) > self.around.leave.walk_limit_km

    @property
    def _retry_ticks(self) -> int:
        return self.clock.ticks_of(self.around.leave.retry_min)

    def _retry(self, homes: Ids, tick: int) -> None:
        self._plan_leave(homes, np.full(len(homes), tick + self._retry_ticks))

    def _retry_one(self, home: int, tick: int) -> None:
        self._plan_leave_one(home, tick + self._retry_ticks)

    def _set_out(self, home: int, place: int, tick: int, by_bus: bool = False) -> bool:
        """Choose where to go and set out; False when there is no place or no road."""
        members = int(self.members[home])
        if self.draws.to_kin[home]:
            minutes = self._minutes_to_kin(place)
            target = KIN
        else:
            shelter, reachable = self.around.shelters.find(place, members, tick)
            if shelter is None:
                self.outcome[home] = Outcome.NO_PLACE if reachable else Outcome.NO_ROAD
                self._retry_one(home, tick)
                return False
            on_foot = not (by_bus or self.people.car[home])
            minutes = self.around.shelters.minutes_to(
                place,
                shelter,
                float(self.people.walk_ms[home]) if on_foot else None,
                float(self.around.present.sky.wind_ms[place]),
            )
            target = shelter.number
        if not np.isfinite(minutes):
            self.outcome[home] = Outcome.NO_ROAD
            self._retry_one(home, tick)
            return False
        if target != KIN:
            self._shelters[target].reserved += members
        if self.thirsty_since[home] != NEVER:
            self._leave_tap(home, members, tick)
            self.thirsty_since[home] = NEVER
        self.destination[home] = target
        self.left_tick[home] = tick
        self.outcome[home] = Outcome.TRAVELLING
        self._move_one(home, State.TRAVELLING)
        self.calendar.add_one("arrive", tick + max(1, self.clock.ticks_of(minutes)), home)
        return True

    @property
    def _shelters(self) -> list[Shelter]:
        return self.around.shelters.all

    def _minutes_to_kin(self, place: int) -> float:
        """By car to the town seat, where kin are taken to live, and a little more."""
        around = self.around
        seat = int(around.world.town_seat[around.world.town_of[place]])
        drive = around.shelters.roads.map.minutes_between("car", place, seat)
        return drive + around.shelters.rules.kin_extra_min

    def _board(self, tick: int) -> None:
        """Each town's buses take the next households on its list, as far as the seats go."""
        for town in self._towns_by_id:
            waiting = self.bus_lists[town]
            if not waiting:
                continue
            self.bus_credit[town] += self.around.bus_seats_per_h[town] * self.clock.tick_min
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
                if members * 60 > self.bus_credit[town]:
                    saving = True
                    break
                waiting.popleft()
                wind = float(self.around.present.sky.wind_ms[place])
                if wind >= self.around.leave.stop_wind_ms:
                    held.append(home)
                    continue
                self.on_bus_list[home] = False
                if self._set_out(home, place, tick, by_bus=True):
                    self.bus_credit[town] -= members * 60
            waiting.extendleft(reversed(held))
            if not saving:
                self.bus_credit[town] = 0

    def _arrive(self, ids: Ids, tick: int) -> None:
        for home in ids.tolist():
            members, target = int(self.members[home]), int(self.destination[home])
            self.arrived_tick[home] = tick
            self.outcome[home] = Outcome.ARRIVED
            if target == KIN:
                self._move_one(home, State.WITH_KIN)
            else:
                shelter = self._shelters[target]
                shelter.reserved -= members
                shelter.take_in(members, tick)
                self._move_one(home, State.SHELTERED)
            if self.stood_down:
                self._plan_return(home, tick + 1 + int(self.draws.return_ticks[home]))

    def _plan_return(self, home: int, tick: int) -> None:
        self.next_return[home] = tick
        self.calendar.add_one("return", tick, home)

    def _go_home(self, ids: Ids, tick: int) -> None:
        """After the stand-down: home, unless it fell down or the street is still wet."""
        for home in ids[self.next_return[ids] == tick].tolist():
            self.next_return[home] = NEVER
            if self.collapsed[home] or self.members[home] == 0:
                continue
            place = int(self.people.community[home])
            wet = float(self.around.water.depth_m[place])
            if wet > self.around.leave.dry_depth_m:
                self._plan_return(home, tick + self._retry_ticks)
                continue
            if self.state[home] == State.SHELTERED:
                shelter = self._shelters[int(self.destination[home])]
                shelter.let_go(int(self.members[home]), int(self.arrived_tick[home]), tick)
            self._move_one(home, State.HOME)

    # -- dry taps at home -------------------------------------------------------------------

    def _watch_the_power(self, tick: int) -> None:
        """Where the power has gone, date the dry taps; where it is back, let them run again."""
        outages = self.around.power.outages
        self._power_as_of = outages.version
        out = outages.out
        # Where it was mended and cut in one tick nobody saw the light.
        changed = np.flatnonzero(out != self._power_was_out)
        self._dark_since[changed] = tick
        starts = self.people.household_start
        for place in changed.tolist():
            homes = np.arange(starts[place], starts[place + 1])
            if out[place]:
                after = self.draws.thirsty_ticks[homes]
                dries = homes[after < FAR]
                self.calendar.add("thirst", tick + after[after < FAR].astype(np.int64), dries)
            else:
                self._quench(homes, tick)
        self._power_was_out = out.copy()

    def _thirst(self, ids: Ids, tick: int) -> None:
        """Taps run dry that were dated when the power went, if that outage still lasts."""
        at = self.people.community[ids]
        since = self._dark_since[at]
        due = self.around.power.out[at] & (since + self.draws.thirsty_ticks[ids] == tick)
        for home in self._at_home(ids[due]).tolist():
            if self.thirsty_since[home] == NEVER:
                self.thirsty_since[home] = tick
                site = self._tap(int(self.people.community[home]))
                self.around.sites.enter(site, int(self.members[home]), tick)

    def _quench(self, ids: Ids, tick: int) -> None:
        for home in ids[self.thirsty_since[ids] != NEVER].tolist():
            self._leave_tap(home, int(self.members[home]), tick)
            self.thirsty_since[home] = NEVER

    def _leave_tap(self, home: int, persons: int, tick: int) -> None:
        site = self._tap(int(self.people.community[home]))
        self.around.sites.leave(site, persons, int(self.thirsty_since[home]), tick)

    def _tap(self, place: int) -> int:
        """The site at which people at home in a place draw."""
        return self.around.sites.shelters + place

    # -- facts ------------------------------------------------------------------------------

    def finish(self, ledger: Ledger) -> None:
        """Write who heard the warning when, and what became of the orders to leave."""
        self._write_warning(ledger)
        self._write_evacuation(ledger)

    def heard_tick(self) -> NDArray[np.int64]:
        """(H,) when each household first heard a public warning; NEVER if it did not by now."""
        now = self.around.present.tick
        heard = np.full(self.people.households, self.clock.ticks, dtype=np.int64)
        for hearing in self._warnings:
            heard = np.minimum(heard, hearing.tick)
        return np.where(heard <= now, heard, NEVER)

    def _write_warning(self, ledger: Ledger) -> None:
        ticks = self.clock.ticks
        sizes = self.people.sizes()
        heard = self.heard_tick()
        when = np.where(heard == NEVER, ticks, heard)
        key = self.people.community.astype(np.int64) * (ticks + 1) + when
        persons = np.bincount(key, weights=sizes, minlength=1).astype(np.int64)
        used = np.flatnonzero(persons)
        heard = used % (ticks + 1)
        names = np.array(self.around.place_ids, dtype=object)
        ledger.add_many(
            facts.WarningHeard,
            community=names[used // (ticks + 1)],
            heard_tick=np.where(heard == ticks, NEVER, heard),
            persons=persons[used],
        )

    def _write_evacuation(self, ledger: Ledger) -> None:
        ids = np.flatnonzero((self.ordered_tick != NEVER) | (self.left_tick != NEVER))
        if not len(ids):
            return
        columns = (
            self.people.community, self.people.dwelling, self.order_of, self.ordered_tick,
            self.heard_order_tick, self.left_tick, self.arrived_tick, self.destination,
            self.outcome,
        )  # fmt: skip
        table = np.stack([c[ids] for c in columns], axis=1).astype(np.int64)
        rows, inverse = np.unique(table, axis=0, return_inverse=True)
        persons = np.bincount(inverse.ravel(), weights=self.people.sizes()[ids]).astype(np.int64)
        places = np.array(self.around.place_ids, dtype=object)
        orders = [f"order/{name}/" for name, _ in self._orders]
        told = [
            f"{orders[n]}{places[place]}" if n != NEVER else ""
            for place, n in zip(rows[:, 0].tolist(), rows[:, 2].tolist(), strict=True)
        ]
        # Two more names at the end serve KIN = -1 and NOWHERE = -2 by numpy's negative indices.
        names = [s.id for s in self._shelters] + ["none", "kin"]
        outcomes = np.array([o.name.lower() for o in Outcome], dtype=object)
        ledger.add_many(
            facts.Evacuation,
            community=places[rows[:, 0]],
            dwelling=np.array(DWELLINGS, dtype=object)[rows[:, 1]],
            order=told,
            ordered_tick=rows[:, 3],
            heard_tick=rows[:, 4],
            left_tick=rows[:, 5],
            arrived_tick=rows[:, 6],
            destination=np.array(names, dtype=object)[rows[:, 7]],
            outcome=outcomes[rows[:, 8]],
            persons=persons,
        )
