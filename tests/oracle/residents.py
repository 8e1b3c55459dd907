"""The oracle: the rules of sim.world.residents once more, as one Mesa agent a resident.

Written from the rules, for reading and not for speed. Every resident is asked at every tick,
in the order of their numbers, whether something of its own is due, and looks for itself: at
the gust, the water and the power of its place, and at the share that a message has reached.
Nothing is worked out beforehand and nothing is done in bulk. A household is a plain object
that its eldest (its first) member looks after. Chance comes from the same `Draws`, and where
the rules compare 32-bit numbers, so does the oracle; everything else is the oracle's own.

    ResponseModel(world, realisation, streams, residents=OracleResidents)

must give the same ledger as the arrays, row by row.
"""

from __future__ import annotations

import math
from collections import deque
from typing import Any

import mesa
import numpy as np

from anlan.sim.chance import declared

NEVER = -1
STATES = (
    "home",
    "preparing",
    "travelling",
    "sheltered",
    "with_kin",
    "trapped",
    "in_care",
    "dead",
)
# In the order of their codes: rows of the evacuation table are sorted by them.
OUTCOMES = (
    "not_heard",
    "refused",
    "waiting",
    "no_place",
    "no_road",
    "travelling",
    "arrived",
    "overtaken",
)
DWELLINGS = ("sturdy", "dangerous", "dormitory", "low_lying", "boat")
AGES = ("0-14", "15-59", "60-79", "80+")
# What can fall due, in the order in which a tick deals with it; boarding comes after "leave".
DUE = (
    "collapse",
    "flood",
    "die",
    "wind",
    "arrive",
    "hear_order",
    "leave",
    "board",
    "thirst",
    "quench",
    "return",
)


class Place:
    """What the people of one community see of the storm in this tick."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.gust_ms = 0.0
        self.depth_m = 0.0
        self.power_out = False
        self.warned_share: float | None = None  # None: no public warning yet


class Household:
    """People who live together, and what they know and do together."""

    def __init__(self, number: int, place: Place, dwelling: str) -> None:
        self.number = number
        self.place = place
        self.dwelling = dwelling
        self.together: list[Resident] = []
        self.size = 0  # at the start
        self.state = "home"
        self.outcome = "not_heard"
        self.destination: Any = None  # a shelter, "kin", or None
        self.ordered_tick = NEVER
        self.order_share: list[float] = []  # tick -> share that the order has reached
        self.heard_order_tick = NEVER
        self.heard_warning_tick = NEVER
        self.left_tick = NEVER
        self.arrived_tick = NEVER
        self.thirsty_since = NEVER
        self.fell_down = False
        self.was_flooded = False
        self.fled = False
        self.in_bus_queue = False
        self.outage_began = NEVER
        self.outage_over = False
        self.ready_tick = NEVER  # when they next mean to leave, or to try again
        self.arrival_tick = NEVER
        self.return_tick = NEVER
        # from Draws and People
        self.hear_u = self.order_u = 0.0
        self.collapse_gust_ms = self.strand_m = 0.0
        self.floor_m = np.float32(0.0)
        self.complies = self.to_kin = self.car = self.assisted = False
        self.prepare_ticks = self.thirsty_ticks = self.return_ticks = 0
        self.walk_ms = 0.0

    @property
    def heads(self) -> int:
        """How many people are still together."""
        return sum(person.persons for person in self.together)

    @property
    def at_home(self) -> bool:
        return self.state in ("home", "preparing") and bool(self.together)

    def ask(self, tick: int, due: dict[str, list[Any]]) -> None:
        """Is anything of this household's own due in this tick?"""
        place = self.place
        if (
            self.heard_warning_tick == NEVER
            and place.warned_share is not None
            and place.warned_share > self.hear_u
        ):
            self.heard_warning_tick = tick
        if not self.fell_down and place.gust_ms >= self.collapse_gust_ms:
            due["collapse"].append(self)
        if not self.was_flooded and place.depth_m >= self.strand_m:
            due["flood"].append(self)
        if self.arrival_tick == tick:
            due["arrive"].append(self)
        if (
            self.ordered_tick != NEVER
            and self.heard_order_tick == NEVER
            and self.order_share[tick] > self.order_u
        ):
            due["hear_order"].append(self)
        if self.ready_tick == tick:
            due["leave"].append(self)
        if not self.outage_over:
            self._watch_the_power(tick, due)
        if self.return_tick == tick:
            due["return"].append(self)

    def _watch_the_power(self, tick: int, due: dict[str, list[Any]]) -> None:
        """Only the first outage counts; the tap runs dry some time into it."""
        if self.place.power_out:
            if self.outage_began == NEVER:
                self.outage_began = tick
            if tick - self.outage_began == self.thirsty_ticks:
                due["thirst"].append(self)
        elif self.outage_began != NEVER:
            self.outage_over = True
            due["quench"].append(self)


class Resident(mesa.Agent):  # type: ignore[misc]
    """One person, or several alike where the scenario lets a row stand for more."""

    def __init__(self, model: Any, oracle: OracleResidents, number: int, home: Household) -> None:
        super().__init__(model)
        self.oracle = oracle
        self.number = number
        self.home = home
        self.apart: str | None = None  # own state once the storm has taken them out
        self.incident: Any = None
        self.last_tick = NEVER  # the tick in which they die unless they are out by then
        self.gust_met = False
        self.age = ""
        self.persons = 1
        self.fate_u = np.float32(0.0)
        self.live_u = np.float32(0.0)

    @property
    def state(self) -> str:
        return self.apart or self.home.state

    def ask(self, tick: int, due: dict[str, list[Any]]) -> None:
        """Is anything of my own due? The eldest also asks for the household."""
        if self.last_tick == tick:
            due["die"].append(self)
        if not self.gust_met and self.home.place.gust_ms >= self.oracle.outdoor_gust_ms:
            self.gust_met = True
            due["wind"].append(self)
        if self.oracle.eldest[self.home.number] is self:
            self.home.ask(tick, due)


class OracleResidents:
    """All residents of one run, with the same public face as sim.world.residents.Residents."""

    def __init__(self, model: Any, draws: Any) -> None:
        self.model = model
        self.scenario = model.world.scenario
        self.storm = model.realisation
        self.p = self.scenario.p
        self.outdoor_gust_ms = float(np.float32(self.p("damage.outdoor_gust_ms")))
        self.places = [Place(n) for n in range(len(self.scenario.communities))]
        self.households: list[Household] = []
        self.everyone: list[Resident] = []
        self.eldest: list[Resident] = []
        self.warned: Any = None  # (C, T) shares of the public warning
        self.stood_down = False
        self.bus_queues: list[deque[Household]] = [deque() for _ in self.scenario.towns]
        self.bus_seat_minutes = [0] * len(self.scenario.towns)
        self._settle(model.world.people, draws)

    def _settle(self, people: Any, draws: Any) -> None:
        strand_depth = np.float32(self.p("damage.strand_depth_m"))
        for n in range(len(people.community)):
            home = Household(n, self.places[people.community[n]], DWELLINGS[people.dwelling[n]])
            home.hear_u, home.order_u = float(draws.hear_u[n]), float(draws.order_u[n])
            home.collapse_gust_ms = float(draws.collapse_gust_ms[n])
            home.floor_m = draws.floor_m[n]
            # However low its floor, no home is stranded by a dry street.
            home.strand_m = float(max(draws.floor_m[n] + strand_depth, np.float32(0.001)))
            home.complies, home.to_kin = bool(draws.complies[n]), bool(draws.to_kin[n])
            home.prepare_ticks = int(draws.prepare_ticks[n])
            home.thirsty_ticks = int(draws.thirsty_ticks[n])
            home.return_ticks = int(draws.return_ticks[n])
            home.car, home.assisted = bool(people.car[n]), bool(people.assisted[n])
            home.walk_ms = float(people.walk_ms[n])
            self.households.append(home)
        for n in range(len(people.household)):
            home = self.households[people.household[n]]
            person = Resident(self.model, self, n, home)
            person.age = AGES[people.age_band[n]]
            person.persons = int(people.stands_for[n])
            person.fate_u, person.live_u = draws.fate_u[n], draws.live_u[n]
            if not home.together:
                self.eldest.append(person)
            home.together.append(person)
            home.size += person.persons
            self.everyone.append(person)

    @property
    def counts(self) -> Any:
        """(C, 8) residents of each community in each state, counted head by head."""
        table = [[0] * len(STATES) for _ in self.places]
        for person in self.everyone:
            table[person.home.place.number][STATES.index(person.state)] += person.persons
        return np.array(table, dtype=np.int64)

    # -- what command says -----------------------------------------------------------------

    def warn(self, reached: Any) -> None:
        """The public warning begins."""
        self.warned = reached

    def order(self, dwellings: tuple[str, ...], tick: int, reached: Any, places: Any) -> int:
        """Some kinds of dwelling, of some places, are told to leave; nobody is told twice."""
        shares = [row.tolist() for row in reached]
        told = 0
        for home in self.households:
            called = bool(places[home.place.number]) and home.dwelling in dwellings
            if called and home.ordered_tick == NEVER:
                home.ordered_tick = tick
                home.order_share = shares[home.place.number]
                told += home.heads
        return told

    def stand_down(self, tick: int) -> None:
        """Those away go home, each after a while of their own."""
        self.stood_down = True
        for home in self.households:
            if home.state in ("sheltered", "with_kin"):
                home.return_tick = tick + 1 + home.return_ticks

    # -- a tick ----------------------------------------------------------------------------

    def step(self, tick: int) -> None:
        """Ask everybody, then do what is due, kind by kind."""
        for place in self.places:
            place.gust_ms = float(self.storm.gust_ms[tick, place.number])
            place.depth_m = float(self.storm.depth_m[tick, place.number])
            place.power_out = bool(self.storm.power_out[tick, place.number])
            if self.warned is not None:
                place.warned_share = float(self.warned[place.number][tick])
        due: dict[str, list[Any]] = {kind: [] for kind in DUE}
        for person in self.everyone:
            person.ask(tick, due)
        for kind in DUE:
            if kind == "board":
                self._board(tick)
            elif kind == "flood":
                self._flood(due["flood"], tick)
            else:
                deal = getattr(self, f"_{kind}")
                for who in due[kind]:
                    deal(who, tick)

    def _take_out(self, person: Resident, state: str, tick: int) -> None:
        home = person.home
        if home.thirsty_since != NEVER:
            self._leave_tap(home, person.persons, tick)
        home.together.remove(person)
        person.apart = state

    def _casualty(self, person: Resident, cause: str, outcome: str, tick: int) -> None:
        community = self.scenario.communities[person.home.place.number].community
        row = (tick, community, cause, outcome, person.age, person.persons)
        self.model.ledger.add("casualty", *row)

    def _open(self, kind: str, place: Place, people: list[Resident], tick: int) -> Any:
        numbers = np.array([p.number for p in people], dtype=np.int64)
        incident = self.model.open_incident(kind, place.number, tick, numbers)
        for person in people:
            person.incident = incident
        return incident

    # -- harm ------------------------------------------------------------------------------

    def _collapse(self, home: Household, tick: int) -> None:
        """The dwelling falls. Of those inside some die, some are trapped, some are hurt."""
        home.fell_down = True
        if not home.at_home:
            return
        died_below = self.p("damage.collapse_death_share")
        trapped_below = died_below + self.p("damage.collapse_trapped_share")
        hurt_below = trapped_below + self.p("damage.collapse_injured_share")
        dead, trapped, hurt = [], [], []
        for person in list(home.together):
            fate = float(person.fate_u)
            if fate < died_below:
                dead.append(person)
                self._take_out(person, "dead", tick)
            elif fate < trapped_below:
                trapped.append(person)
                self._take_out(person, "trapped", tick)
                person.last_tick = tick + self._lasts_ticks(person)
            elif fate < hurt_below:
                hurt.append(person)
                self._take_out(person, "trapped", tick)
        for person in dead:
            self._casualty(person, "collapse", "died", tick)
        for person in hurt:
            self._casualty(person, "collapse", "injured", tick)
        if trapped:
            self._open("collapse", home.place, trapped, tick)
        if hurt:
            self._open("injury", home.place, hurt, tick)
        if home.together:
            self._flee(home, tick)

    def _lasts_ticks(self, person: Resident) -> int:
        """Survival of the trapped: S(t) = exp(-(t / scale)^shape), solved for t."""
        u = max(float(person.live_u), 1e-12)
        shape, scale_h = self.p("damage.trapped_shape"), self.p("damage.trapped_scale_h")
        hours = scale_h * (-math.log(u)) ** (1.0 / shape)
        return math.ceil(hours * 60 / self.scenario.settings.tick_min)

    def _flee(self, home: Household, tick: int) -> None:
        """Those who came out unhurt look for a roof in the next tick."""
        if home.left_tick == NEVER:
            home.outcome = "overtaken"
        home.fled = True
        home.state = "preparing"
        if not home.in_bus_queue:
            home.ready_tick = tick + 1

    def burn(self, homes: Any, kw_m: Any, tick: int) -> tuple[int, Any]:
        """A forest fire beside some homes of one place: of those inside some die or are hurt."""
        place = self.households[homes[0]].place
        keys = self.model.world.people.resident_key
        harm, _ = declared()["forest.harm"]
        luck_of = [self.model.streams.uniform64(harm, keys, n).tolist() for n in (0, 1)]
        dead, hurt, unhurt = [], [], []
        for number, intensity in zip(homes.tolist(), kw_m.tolist(), strict=True):
            home = self.households[number]
            if not home.at_home:
                continue
            unhurt.append(home)
            for person in list(home.together):
                outdoors, fate = (luck[person.number] for luck in luck_of)
                felt = intensity
                if outdoors >= self.p("forest.outdoor_share"):
                    felt = intensity * self.p("forest.house_factor")
                survives = math.exp(-felt / self.p("forest.death_kw_m"))
                unharmed = survives * math.exp(-felt / self.p("forest.hurt_kw_m"))
                if fate < 1.0 - survives:
                    dead.append(person)
                elif fate < 1.0 - unharmed:
                    hurt.append(person)
        for person in dead:
            self._take_out(person, "dead", tick)
        for person in hurt:
            self._take_out(person, "trapped", tick)
        for person in dead:
            self._casualty(person, "forest_fire", "died", tick)
        for person in hurt:
            self._casualty(person, "forest_fire", "injured", tick)
        incident = self._open("injury", place, hurt, tick) if hurt else None
        for home in unhurt:
            if home.together:
                self._flee(home, tick)
        return len(dead), incident

    def _flood(self, homes: list[Household], tick: int) -> None:
        """Water in the house: all inside are stranded, one incident for a place and a tick."""
        for home in homes:
            home.was_flooded = True
        for place in self.places:
            stranded = []
            for home in homes:
                if home.place is place and home.at_home:
                    if home.left_tick == NEVER:
                        home.outcome = "overtaken"
                    for person in list(home.together):
                        self._take_out(person, "trapped", tick)
                        stranded.append(person)
            if stranded:
                self._open("flood", place, stranded, tick)
                for person in stranded:
                    self._may_drown(person, tick)

    def _may_drown(self, person: Resident, tick: int) -> None:
        """Who is not upstairs at the water's peak may drown (Jonkman's slow rise)."""
        if person.fate_u < np.float32(self.p("damage.upstairs_share")):
            return
        place = person.home.place.number
        peak_tick = tick
        for t in range(tick, self.scenario.ticks):
            if self.storm.depth_m[t, place] > self.storm.depth_m[peak_tick, place]:
                peak_tick = t
        indoors_m = float(self.storm.depth_m[peak_tick, place] - person.home.floor_m)
        if indoors_m <= 0.0:
            return
        mu, sigma = self.p("damage.drown_mu"), self.p("damage.drown_sigma")
        z = (math.log(max(indoors_m, 1e-6)) - mu) / sigma
        if float(person.live_u) < 0.5 * math.erfc(-z / math.sqrt(2.0)):
            person.last_tick = max(peak_tick, tick + 1)

    def _die(self, person: Resident, tick: int) -> None:
        if person.apart == "trapped":
            person.apart = "dead"
            person.incident.died += person.persons
            self._casualty(person, person.incident.kind, "died", tick)

    def _wind(self, person: Resident, tick: int) -> None:
        """The first great gust harms a few who are outdoors; the warned mostly are not."""
        home = person.home
        if person.apart or home.state not in ("home", "preparing"):
            return
        limit = np.float32(self.p("damage.outdoor_harm_per_million") / 1e6)
        if home.heard_warning_tick not in (NEVER, tick):
            limit = np.float32(limit * np.float32(self.p("damage.warned_factor")))
        if person.fate_u >= limit:
            return
        if person.live_u < np.float32(self.p("damage.outdoor_death_share")):
            self._take_out(person, "dead", tick)
            self._casualty(person, "wind", "died", tick)
        else:
            self._take_out(person, "trapped", tick)
            self._casualty(person, "wind", "injured", tick)
            self._open("injury", home.place, [person], tick)

    def bring_out(self, incident: Any, tick: int) -> None:
        """The work at an incident is done: the hurt go into care, the stranded under a roof."""
        alive = [p for p in self.everyone if p.incident is incident and p.apart == "trapped"]
        incident.rescued = sum(person.persons for person in alive)
        if incident.kind != "flood":
            for person in alive:
                person.apart = "in_care"
            return
        waiting = deque(alive)
        for shelter in self.model.shelters_from(incident.place):
            while waiting:
                next_in = waiting[0].persons
                if next_in > shelter.capacity - shelter.occupants - shelter.reserved:
                    break
                waiting.popleft().apart = "sheltered"
                shelter.take_in(next_in, tick)
        for person in waiting:
            person.apart = "with_kin"

    # -- leaving ---------------------------------------------------------------------------

    def _hear_order(self, home: Household, tick: int) -> None:
        home.heard_order_tick = tick
        if home.state != "home" or not home.together:
            return
        if not home.complies:
            home.outcome = "refused"
            return
        home.outcome = "waiting"
        home.state = "preparing"
        home.ready_tick = tick + home.prepare_ticks

    def _too_windy(self, home: Household, tick: int) -> bool:
        wind = float(self.storm.wind_ms[tick, home.place.number])
        return wind >= self.p("residents.stop_wind_ms")

    def _try_later(self, home: Household, tick: int) -> None:
        minutes = self.p("residents.retry_min")
        home.ready_tick = tick + math.ceil(minutes / self.scenario.settings.tick_min - 1e-9)

    def _leave(self, home: Household, tick: int) -> None:
        """Ready: set out, queue for a bus, or wait for the wind to drop."""
        if home.state != "preparing" or not home.together or home.in_bus_queue:
            return
        if home.ready_tick != tick:  # the house fell down in this very tick: they go in the next
            return
        if self.stood_down and not home.fled:
            home.state = "home"
            return
        if self._too_windy(home, tick):
            self._try_later(home, tick)
        elif self._needs_bus(home):
            home.in_bus_queue = True
            self.bus_queues[self._town(home)].append(home)
        else:
            self._set_out(home, tick, by_bus=False)

    def _town(self, home: Household) -> int:
        return int(self.model.world.town_of[home.place.number])

    def _needs_bus(self, home: Household) -> bool:
        """Dormitories always; of the others those bound for a shelter who have no car and
        cannot walk that far."""
        if home.dwelling == "dormitory":
            return True
        if home.to_kin or home.car:
            return False
        too_far_km = self.p("residents.walk_limit_km")
        return home.assisted or self.model.nearest_shelter_km(home.place.number) > too_far_km

    def _set_out(self, home: Household, tick: int, by_bus: bool) -> bool:
        """Choose where to go and go there; False when there is no place or no road."""
        here, members = home.place.number, home.heads
        target: Any
        if home.to_kin:
            target, problem = "kin", "no_road"
            minutes = self.model.minutes_to_kin(here)
        else:
            target, reachable = self.model.find_shelter(here, members)
            problem = "no_place" if target is None and reachable else "no_road"
            minutes = math.inf
            if target is not None:
                walks = not by_bus and not home.car
                pace = home.walk_ms if walks else None
                minutes = self.model.minutes_to_shelter(here, target, pace, tick)
        if math.isinf(minutes):
            home.outcome = problem
            self._try_later(home, tick)
            return False
        if target != "kin":
            target.reserved += members
        if home.thirsty_since != NEVER:
            self._leave_tap(home, members, tick)
            home.thirsty_since = NEVER
        home.destination = target
        home.left_tick = tick
        home.outcome = home.state = "travelling"
        ticks = math.ceil(minutes / self.scenario.settings.tick_min - 1e-9)
        home.arrival_tick = tick + max(1, ticks)
        return True

    def _board(self, tick: int) -> None:
        """Buses take households in the order in which they queued, while there are seats."""
        for town, queue in enumerate(self.bus_queues):
            if not queue:
                continue
            seats_per_h = self.scenario.towns[town].bus_seats_per_h
            self.bus_seat_minutes[town] += seats_per_h * self.scenario.settings.tick_min
            stopped_by_wind = []
            next_is_too_large = False
            while queue:
                home = queue[0]
                if home.state != "preparing" or not home.together:  # overtaken by the storm
                    home.in_bus_queue = False
                    queue.popleft()
                    continue
                if self.stood_down and not home.fled:
                    home.in_bus_queue = False
                    home.state = "home"
                    queue.popleft()
                    continue
                price = 60 * home.heads
                if price > self.bus_seat_minutes[town]:
                    next_is_too_large = True
                    break
                queue.popleft()
                if self._too_windy(home, tick):
                    stopped_by_wind.append(home)
                    continue
                home.in_bus_queue = False
                if self._set_out(home, tick, by_bus=True):
                    self.bus_seat_minutes[town] -= price
            for home in reversed(stopped_by_wind):
                queue.appendleft(home)
            # Empty seats are gone, but a household too large for one tick's seats collects them.
            if not next_is_too_large:
                self.bus_seat_minutes[town] = 0

    def _arrive(self, home: Household, tick: int) -> None:
        home.arrived_tick = tick
        home.outcome = "arrived"
        if home.destination == "kin":
            home.state = "with_kin"
        else:
            home.state = "sheltered"
            home.destination.reserved -= home.heads
            home.destination.take_in(home.heads, tick)
        if self.stood_down:
            home.return_tick = tick + 1 + home.return_ticks

    def _return(self, home: Household, tick: int) -> None:
        """Home again, unless the house fell down or the street is still wet."""
        if home.fell_down or not home.together:
            return
        if home.place.depth_m > self.p("residents.dry_depth_m"):
            minutes = self.p("residents.retry_min")
            wait = math.ceil(minutes / self.scenario.settings.tick_min - 1e-9)
            home.return_tick = tick + wait
            return
        if home.state == "sheltered":
            home.destination.let_go(home.heads, home.arrived_tick, tick)
        home.state = "home"

    # -- dry taps --------------------------------------------------------------------------

    def _thirst(self, home: Household, tick: int) -> None:
        if home.at_home:
            home.thirsty_since = tick
            self.model.sites.enter(self._tap(home), home.heads, tick)

    def _quench(self, home: Household, tick: int) -> None:
        if home.thirsty_since != NEVER:
            self._leave_tap(home, home.heads, tick)
            home.thirsty_since = NEVER

    def _leave_tap(self, home: Household, persons: int, tick: int) -> None:
        self.model.sites.leave(self._tap(home), persons, home.thirsty_since, tick)

    def _tap(self, home: Household) -> int:
        return len(self.scenario.shelters) + home.place.number

    # -- facts -----------------------------------------------------------------------------

    def finish(self, ledger: Any) -> None:
        """Who heard the warning when, and what became of the orders to leave."""
        self._write_warning(ledger)
        self._write_evacuation(ledger)

    def _write_warning(self, ledger: Any) -> None:
        heard: dict[tuple[int, float], int] = {}
        for home in self.households:
            when = math.inf if home.heard_warning_tick == NEVER else home.heard_warning_tick
            key = (home.place.number, when)
            heard[key] = heard.get(key, 0) + home.size
        for (place, when), persons in sorted(heard.items()):
            community = self.scenario.communities[place].community
            ledger.add("warning", community, NEVER if math.isinf(when) else when, persons)

    def _write_evacuation(self, ledger: Any) -> None:
        """One row for all households of a place with the same story."""
        rows: dict[tuple[int, ...], int] = {}
        for home in self.households:
            if home.ordered_tick == NEVER and home.left_tick == NEVER:
                continue
            key = (
                home.place.number,
                DWELLINGS.index(home.dwelling),
                home.ordered_tick,
                home.heard_order_tick,
                home.left_tick,
                home.arrived_tick,
                self._destination_code(home),
                OUTCOMES.index(home.outcome),
            )
            rows[key] = rows.get(key, 0) + home.size
        for key, persons in sorted(rows.items()):
            place, dwelling, ordered, heard, left, arrived, code, outcome = key
            names = {-1: "kin", -2: "none"}
            ledger.add(
                "evacuation",
                self.scenario.communities[place].community,
                DWELLINGS[dwelling],
                ordered,
                heard,
                left,
                arrived,
                names.get(code) or self.scenario.shelters[code].shelter,
                OUTCOMES[outcome],
                persons,
            )

    def _destination_code(self, home: Household) -> int:
        if home.destination is None:
            return -2
        return -1 if home.destination == "kin" else int(home.destination.number)
