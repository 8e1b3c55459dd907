"""The oracle: the rules of the residents once more, as one plain Mesa agent a resident.

Written from the rules, for reading and not for speed. Every resident is asked at every tick, in
the order of their numbers, whether something of its own is due, and looks for itself: at the gust,
the water and the power of its place, and at the share that a message has reached by now. Nothing
is worked out beforehand and nothing is done in bulk. A household is a plain object that its eldest
(its first) member looks after. Chance comes from the same `Draws`, and where the rules compare
32-bit numbers, so does the oracle; parameters are read by their names. From `anlan.sim` come the
facts that it writes, the record of an incident and the name of a stream; no rule.

    ResponseModel(world, forcing, streams, people=OracleResidents)

must give the same ledger as the arrays, row by row.
"""

from __future__ import annotations

import math
from collections import deque
from typing import TYPE_CHECKING, Any

import mesa
import numpy as np

from anlan.sim.chance import declared
from anlan.sim.incidents.incident import Incident
from anlan.sim.ledger import facts
from tests.oracle.hurt import (
    Hurt,
    carry_min,
    give_first_aid,
    holds_on_ticks,
    in_turn,
    is_under,
    last_alive,
    luck,
    under_ticks,
)
from tests.oracle.kin import Kin
from tests.oracle.persons import AGES, DWELLINGS, NEVER, Household, Place, Resident
from tests.oracle.queues import Queues
from tests.oracle.rides import Centre
from tests.oracle.stories import (
    write_at_risk,
    write_evacuation,
    write_peril,
    write_warning,
    write_wounds,
)

if TYPE_CHECKING:
    from anlan.sim.ledger import Ledger
    from anlan.sim.people.draws import Draws
    from anlan.sim.people.spread import Spread
    from anlan.sim.people.surroundings import Surroundings

STATES = (
    "home",
    "preparing",
    "travelling",
    "sheltered",
    "with_kin",
    "lodged",
    "trapped",
    "in_care",
    "dead",
)


class OracleResidents:
    """All residents of one run: fulfils `anlan.sim.people.protocol.People`."""

    def __init__(self, around: Surroundings, draws: Draws) -> None:
        self.around = around
        self.scenario = around.world.scenario
        self.p = self.scenario.p
        self.places = [
            Place(number, name, int(around.world.town_of[number]))
            for number, name in enumerate(around.place_ids)
        ]
        self.households: list[Household] = []
        self.everyone: list[Resident] = []
        self.warnings: list[Spread] = []
        self.orders: list[tuple[str, Spread]] = []
        self.stood_down = False
        self.bus_queues: list[deque[Household]] = [deque() for _ in self.scenario.towns]
        self.bus_seat_minutes = [0] * len(self.scenario.towns)
        self.hurt_people: list[Resident] = []
        self.queues = around.shelters.roads.traffic = Queues(around)
        self.centre = Centre(self)
        self.kin = Kin(self)
        self.begun: dict[int, tuple[int, float]] = {}  # place -> home, bags at its door so far
        self.crowd = mesa.Model(rng=0)  # the agents' own model; nobody draws from it
        self._settle(around.world.people, draws)
        around.sites.served = lambda home, tick: self.households[home].is_given(tick)

    def _settle(self, people: Any, draws: Draws) -> None:
        nth = [0] * len(self.places)
        for n, number in enumerate(people.community.tolist()):
            home = Household(
                number=n,
                nth=nth[number],
                place=self.places[number],
                dwelling=DWELLINGS[people.dwelling[n]],
                hear_u=float(draws.hear_u[n]),
                order_u=float(draws.order_u[n]),
                collapse_gust_ms=float(draws.collapse_gust_ms[n]),
                floor_m=draws.floor_m[n],
                complies=bool(draws.complies[n]),
                shadow_from=float(draws.shadow_from[n]),
                to_kin=bool(draws.to_kin[n]),
                to_lodgings=bool(draws.to_lodgings[n]),
                prepare_ticks=int(draws.prepare_ticks[n]),
                thirsty_ticks=int(draws.thirsty_ticks[n]),
                bare_ticks=int(draws.bare_ticks[n]),
                thirsty_no_kit_ticks=int(draws.thirsty_no_kit_ticks[n]),
                bare_no_kit_ticks=int(draws.bare_no_kit_ticks[n]),
                return_ticks=int(draws.return_ticks[n]),
                car=bool(people.car[n]),
                assisted=bool(people.assisted[n]),
                walk_ms=float(people.walk_ms[n]),
            )
            nth[number] += 1
            self.households.append(home)
        for n, number in enumerate(people.household.tolist()):
            home = self.households[number]
            person = Resident(self.crowd, self, n, home)
            person.age = AGES[people.age_band[n]]
            person.persons = int(people.stands_for[n])
            person.frail = bool(people.frail[n])
            person.fate_u, person.live_u = draws.fate_u[n], draws.live_u[n]
            if not home.together:
                home.homes = person.persons
            home.together.append(person)
            home.residents.append(person)
            home.size += person.persons
            self.everyone.append(person)

    @property
    def counts(self) -> Any:
        """(C, 8) residents of each community in each state, counted head by head."""
        table = [[0] * len(STATES) for _ in self.places]
        for person in self.everyone:
            table[person.home.place.number][STATES.index(person.state)] += person.persons
        return np.array(table, dtype=np.int64)

    def _whole_ticks(self, minutes: float) -> int:
        """Minutes as ticks, a begun one counted whole; a hair above a whole number is rounding."""
        return math.ceil(minutes / self.scenario.settings.tick_min - 1e-9)

    @property
    def _retry_ticks(self) -> int:
        return self._whole_ticks(self.p("residents.retry_min"))

    def at_risk_at_sites(self) -> Any:
        """(S,) those who draw on each site and whose risk is not over, counted head by head."""
        table = [0] * len(self.around.sites.ids)
        for person in self.everyone:
            home = person.home
            if person.rescued_to != NEVER:
                table[person.rescued_to] += person.persons
            elif home.risk_is_on and not person.apart:
                if home.state == "sheltered":
                    table[home.destination.number] += person.persons
                elif home.thirsty_since != NEVER:
                    table[self._tap(home)] += person.persons
        return np.array(table, dtype=np.int64)

    # -- what command says -----------------------------------------------------------------

    def warn(self, spread: Spread) -> None:
        """A public warning begins."""
        self.warnings.append(spread)

    def order(
        self, dwellings: tuple[str, ...], tick: int, spread: Spread, places: Any, name: str,
        homes: Any = None,
    ) -> int:  # fmt: skip
        """Some kinds of dwelling, of some places, or some of their homes, are told to leave;
        nobody is told twice.

        There is danger again: a stand-down that was in force is so no longer, and who has not
        gone home by now stays away until the next one.
        """
        self.stood_down = False
        for home in self.households:
            home.return_tick = NEVER
        self.orders.append((name, spread))
        told, called_now = 0, []
        for home in self.households:
            called = bool(places[home.place.number]) and home.dwelling in dwellings
            called = called and (homes is None or home.number in homes)
            if called and home.ordered_tick == NEVER:
                home.ordered_tick = tick
                home.order = len(self.orders) - 1
                told += home.heads
                called_now.append(home)
        if called_now:
            self._neighbours_may_follow(places)
        return told

    def _neighbours_may_follow(self, places: Any) -> None:
        """Where many homes have been told to leave, some of the others will when they hear it."""
        for place in self.places:
            if not places[place.number]:
                continue
            homes = [home for home in self.households if home.place is place]
            share = sum(home.ordered_tick != NEVER for home in homes) / max(1, len(homes))
            for home in homes:
                if home.ordered_tick == NEVER and home.shadow_from < share:
                    home.follows.append(len(self.orders) - 1)

    def stand_down(self, tick: int) -> None:
        """People may go home: those away do, each after a while of their own."""
        self.stood_down = True
        for home in self.households:
            if home.away and home.return_tick == NEVER:  # to say it again changes nothing
                home.return_tick = tick + 1 + home.return_ticks

    # -- a tick ----------------------------------------------------------------------------

    def step(self, tick: int) -> None:
        """One tick: people look about them; then what is due happens, kind by kind.

        What wind and water do comes first, then what people do.
        """
        for place in self.places:
            place.look(self.around, tick)
        self._frail_homes_are_unsafe(tick)
        self._storm_breaks_homes(tick)
        self._water_comes_in(tick)
        self._water_rises_on_the_stranded(tick)
        self._last_ones_die(tick)
        self._first_great_gust(tick)
        self._travellers_arrive(tick)
        self._words_are_heard(tick)
        self._the_ready_leave(tick)
        self._buses_come(tick)
        self._power_comes_and_goes(tick)
        self._roads_open_and_close(tick)
        self.kin.look(tick)
        self._some_go_home(tick)
        self._find_roofs(tick)

    def _frail_homes_are_unsafe(self, tick: int) -> None:
        """While it storms nobody should be in them; those that stand are safe again after it."""
        wind_ms = float(np.float32(self.p("risk.unsafe_wind_ms")))
        gust_ms = float(np.float32(self.p("risk.unsafe_gust_ms")))
        for place in self.places:
            place.was_stormy = place.stormy
            place.stormy = place.wind_ms >= wind_ms or place.gust_ms >= gust_ms
        for home in self.households:
            if home.dwelling not in ("dangerous", "dormitory", "boat"):
                continue
            if home.place.stormy and not home.place.was_stormy:
                home.is_at_risk("home", "wind", tick)
            if home.place.was_stormy and not home.place.stormy and not home.is_lost:
                home.safe_again_tick = tick

    def _storm_breaks_homes(self, tick: int) -> None:
        for home in self.households:
            if home.place.gust_ms >= home.collapse_gust_ms:
                home.is_at_risk("home", "collapse", tick)
                self._falls_on_whoever_is_there(home, tick)
            if not home.fell_down and home.place.gust_ms >= home.collapse_gust_ms:
                self._collapse(home, tick)

    def _last_ones_die(self, tick: int) -> None:
        for person in self.everyone:
            if person.last_tick == tick and person.apart == "trapped":
                person.apart = "dead"
                person.incident.died += person.persons
                self._casualty(person, person.incident.kind, "died", tick, person.incident)

    def _travellers_arrive(self, tick: int) -> None:
        coming = [home for home in self.households if home.arrival_tick == tick]
        for home in sorted(coming, key=lambda home: (home.place.name, home.nth)):
            self._arrive(home, tick)

    def _the_ready_leave(self, tick: int) -> None:
        ready = [home for home in self.households if home.ready_tick == tick]
        for home in sorted(ready, key=lambda home: (home.place.name, home.nth)):
            self._leave(home, tick)

    def _some_go_home(self, tick: int) -> None:
        for home in self.households:
            if home.return_tick == tick:
                self._go_home(home, tick)

    # -- harm ------------------------------------------------------------------------------

    def _take_out(self, person: Resident, state: str, tick: int) -> None:
        home = person.home
        if home.thirsty_since != NEVER:
            self._leave_tap(home, person.persons, tick)
        home.together.remove(person)
        person.apart = state
        person.had_roof_tick, person.had_relief_tick = home.roof_tick, home.relief_tick

    def _casualty(
        self, person: Resident, cause: str, outcome: str, tick: int, incident: Any
    ) -> None:
        if outcome == "injured":
            person.was_hurt = True
            if incident is not None:
                self._is_hurt(person, cause, self._minute(tick), incident)
        self.around.ledger.add(
            facts.Casualty(
                incident=incident.id if incident is not None else "",
                tick=tick,
                community=person.home.place.name,
                cause=cause,
                outcome=outcome,
                age_band=person.age,
                persons=person.persons,
            )
        )

    def _minute(self, tick: int) -> float:
        return float(tick * self.scenario.settings.tick_min)

    def _is_hurt(self, person: Resident, cause: str, minute: float, incident: Any) -> None:
        person.hurt, person.waits_in = Hurt(self, person, cause, minute), incident
        self.hurt_people.append(person)

    def _wounds_kill(self, minute: float) -> None:
        """Whoever has died of wounds by a minute, in the order of their deaths.

        Nobody dies of them in the tick in which they were struck. Who had been treated before does
        not count as brought out alive.
        """
        end_min = self._minute(self.scenario.ticks)
        self.centre.rides(minute)
        found = []
        for person in self.hurt_people:
            dies_min = person.hurt.dies_min(end_min)
            if not person.hurt.dead and dies_min <= minute and dies_min < end_min:
                found.append((dies_min, person.number))
        for dies_min, number in sorted(found):
            person = self.everyone[number]
            hurt, incident = person.hurt, person.waits_in
            hurt.dead = True
            self.centre.dies(person, dies_min)
            person.apart = "dead"
            incident.died += person.persons
            if hurt.care_min < math.inf:
                incident.rescued -= person.persons
            tick_min = self.scenario.settings.tick_min
            tick = max(int(dies_min // tick_min), int(hurt.since_min // tick_min) + 1)
            hurt.died_tick = tick
            self._casualty(person, hurt.cause, "died", tick, incident)

    def _open(
        self, kind: str, name: str, people: list[Resident], tick: int,
        minute: float = math.nan, attended: bool = False,
    ) -> Any:  # fmt: skip
        """An incident with these people in it; None if there are none."""
        if not people:
            return None
        incident: Incident[Any] = Incident(
            id=name,
            kind=kind,
            place=people[0].home.place.number,
            occurred_tick=tick,
            people=np.array([p.number for p in people], dtype=np.int64),
            persons=sum(p.persons for p in people),
            cases=max(p.persons for p in people),
            occurred_min=minute,
            attended=attended,
        )
        self.around.incidents.open(incident, tick)
        for person in people:
            person.incident = incident
            if kind != "wounded":
                person.caught.append(incident)
        return incident

    def ruin(self, homes: Any, tick: int) -> None:
        """Something other than the wind brings some homes down."""
        for number in homes.tolist():
            self.households[number].is_at_risk("home", "collapse", tick)
            self._falls_on_whoever_is_there(self.households[number], tick)
            if not self.households[number].fell_down:
                self._collapse(self.households[number], tick)

    def _falls_on_whoever_is_there(self, home: Household, tick: int) -> None:
        """Whom a home that falls would trap or hurt, be they there or not."""
        died_below = self.p("damage.collapse_death_share")
        hurt_below = died_below + self.p("damage.collapse_trapped_share")
        hurt_below += self.p("damage.collapse_injured_share")
        for person in home.residents:
            if died_below <= float(person.fate_u) < hurt_below:
                person.is_in_peril("collapse", tick)

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
        ruin = self._open("collapse", f"collapse/{home.name}", trapped, tick)
        wounds = self._open("injury", f"injury/{home.name}", hurt, tick)
        for person in dead:
            self._casualty(person, "collapse", "died", tick, ruin or wounds)
        for person in hurt:
            self._casualty(person, "collapse", "injured", tick, wounds)
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

    def burn(self, homes: Any, kw_m: Any, tick: int, fire: Incident[Any]) -> tuple[int, Any]:
        """A forest fire beside some homes of one place: of those inside some die or are hurt."""
        keys = self.around.world.people.resident_key
        harm, _ = declared()["forest.harm"]
        luck_of = [self.around.streams.uniform64(harm, keys, n).tolist() for n in (0, 1)]
        dead, hurt = [], []
        for number, intensity in zip(homes.tolist(), kw_m.tolist(), strict=True):
            home = self.households[number]
            home.is_spared_no_longer(tick)
            if not home.at_home:
                continue
            for person in list(home.together):
                where, fate = (luck[person.number] for luck in luck_of)
                felt = intensity
                if where >= self.p("forest.outdoor_share"):  # in the house, which lets little in
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
        first = self.households[homes[0]]
        name = f"burns/{first.place.name}/{tick}/{first.nth}"
        incident = self._open("injury", name, hurt, tick)
        for person in dead:
            self._casualty(person, "forest_fire", "died", tick, fire)
        for person in hurt:
            self._casualty(person, "forest_fire", "injured", tick, incident)
        self.unhouse(homes, tick)
        return sum(person.persons for person in dead), incident

    def trap(self, persons: Any, last_ticks: Any, tick: int, incident: Incident[Any]) -> Any:
        """Some people cannot get out of a burning building, if they are at home at all.

        Nobody dies of it before the next tick.
        """
        caught = []
        for number, last_tick in zip(persons.tolist(), last_ticks.tolist(), strict=True):
            person = self.everyone[number]
            if not person.apart and person.home.at_home:
                self._take_out(person, "trapped", tick)
                person.incident = incident
                person.last_tick = max(last_tick, tick + 1)
                caught.append(number)
        return np.array(caught, dtype=np.int64)

    def kill(self, persons: Any, tick: int, cause: str, incident: Incident[Any]) -> Any:
        """Some die at once, if they are at home at all."""
        dead = self._inside(persons)
        for person in dead:
            self._take_out(person, "dead", tick)
            self._casualty(person, cause, "died", tick, incident)
        return np.array([person.number for person in dead], dtype=np.int64)

    def hurt(self, persons: Any, tick: int, cause: str, incident: Incident[Any]) -> Any:
        """Some are wounded, if they are at home at all, and lie there until somebody comes."""
        wounded = self._inside(persons)
        for person in wounded:
            self._take_out(person, "trapped", tick)
            person.incident = incident
            self._casualty(person, cause, "injured", tick, incident)
        return np.array([person.number for person in wounded], dtype=np.int64)

    def threaten(self, homes: Any, tick: int, cause: Any) -> None:
        """Something else makes homes untenable, or would if nobody had held it back."""
        for number in homes.tolist():
            self.households[number].is_at_risk("home", cause.name.lower(), tick)

    def _inside(self, persons: Any) -> list[Resident]:
        found = [self.everyone[number] for number in persons.tolist()]
        return [person for person in found if not person.apart and person.home.at_home]

    def unhouse(self, homes: Any, tick: int) -> int:
        """Some homes stand, lie or burn so that nobody may live in them any more."""
        driven_out = 0
        for number in homes.tolist():
            home = self.households[number]
            if not home.fell_down:
                home.fell_down = True
                if home.at_home:
                    self._flee(home, tick)
                    driven_out += home.heads
        return driven_out

    def spare(self, homes: Any, tick: int) -> None:
        """A hazard would have come to some homes by now, but for those who hold it back."""
        for number in homes.tolist():
            if self.households[number].at_home:
                self.households[number].is_spared(tick)

    def _water_comes_in(self, tick: int) -> None:
        """Water in the house: all inside are stranded, one incident for a place and a tick."""
        deep = np.float32(self.p("damage.strand_depth_m"))
        stranded: dict[int, list[Resident]] = {}
        for home in self.households:
            fresh = not home.was_flooded_unaided and home.is_flooded(
                home.place.left_depth_m, deep, bags=False
            )
            now = not home.was_flooded and home.is_flooded(home.place.depth_m, deep)
            home.was_flooded_unaided = home.was_flooded_unaided or fresh
            home.was_flooded = home.was_flooded or now
            if fresh:
                home.is_at_risk("home", "flood", tick)
                for person in home.residents:
                    person.is_in_peril("flood", tick)
            if now:
                home.is_spared_no_longer(tick)
            if fresh and not home.was_flooded and home.at_home:
                home.is_spared(tick)
            if not now:
                continue
            if not home.at_home:
                continue
            if home.left_tick == NEVER:
                home.outcome = "overtaken"
            for person in list(home.together):
                self._take_out(person, "trapped", tick)
                stranded.setdefault(home.place.number, []).append(person)
        for place, people in sorted(stranded.items()):
            self._open("flood", f"flood/{self.places[place].name}/{tick}", people, tick)

    def _low_homes(self, place: int, upto_m: float) -> list[Household]:
        """Those that may still get bags: water below the bags' top reaches them, and has not."""
        deep = np.float32(self.p("damage.strand_depth_m"))

        def reaches_m(home: Household) -> np.float32:
            return max(home.floor_m + deep, np.float32(0.001))

        found = [
            home
            for home in self.households
            if home.place.number == place
            and not home.was_flooded
            and not home.wall_m
            and reaches_m(home) < np.float32(self.p("bag.height_m"))
            and float(reaches_m(home)) <= upto_m
        ]
        return sorted(found, key=lambda h: (reaches_m(h), h.number))

    def _bags_a_home(self) -> float:
        """(3 H + 9 H²) / 2 a foot, H in feet; here in metres."""
        height = self.p("bag.height_m")
        a_metre = self.p("bag.linear_m2") * height + self.p("bag.square_m3") * height**2
        return float(self.p("bag.door_m") * a_metre)

    def _begun(self, place: int, homes: list[Household]) -> float:
        """Bags that lie already at the door whose turn it is; at another door they are lost."""
        first = homes[0].number if homes else NEVER
        home, bags = self.begun.get(place, (NEVER, 0.0))
        return bags if home == first else 0.0

    def water_rushes(self, place: int) -> None:
        """Its dike has broken."""
        self.places[place].rushes = True

    def homes_below(self, place: int, depth_m: float) -> Any:
        """Those that so deep a water on the street strands, bags or not."""
        deep = np.float32(self.p("damage.strand_depth_m"))
        found = [
            home.number
            for home in self.households
            if home.place.number == place
            and max(home.floor_m + deep, np.float32(0.001)) <= np.float32(depth_m)
        ]
        return np.array(found, dtype=np.int64)

    def bags_wanted(self, place: int, upto_m: float) -> float:
        """For all of these homes, less what lies there."""
        homes = self._low_homes(place, upto_m)
        if not homes:
            return 0.0
        number = sum(home.homes for home in homes)
        return number * self._bags_a_home() - self._begun(place, homes)

    def lay_bags(self, place: int, bags: float, upto_m: float) -> float:
        """One home after another."""
        left = bags
        while left > 0.0 and (homes := self._low_homes(place, upto_m)):
            home = homes[0]
            lacks = home.homes * self._bags_a_home() - self._begun(place, homes)
            if left < lacks - 1e-9:
                self.begun[place] = home.number, self._begun(place, homes) + left
                return bags
            left = max(0.0, left - lacks)
            home.wall_m = self.p("bag.height_m")
        return bags - left

    def _write_flooded(self, ledger: Ledger) -> None:
        for place in self.places:
            here = [h for h in self.households if h.place is place]
            counted = [
                sum(h.homes for h in here if which(h))
                for which in (
                    lambda h: h.was_flooded,
                    lambda h: h.was_flooded_unaided,
                    lambda h: h.wall_m > 0.0,
                )
            ]
            if any(counted):
                ledger.add(facts.Flooded(place.name, *counted))

    def _water_rises_on_the_stranded(self, tick: int) -> None:
        """Whom it overcomes holds on for a while, and not for long where it closes over them."""
        upstairs = np.float32(self.p("damage.upstairs_share"))
        slow = self.p("damage.drown_mu"), self.p("damage.drown_sigma")
        rush = self.p("damage.rush_mu"), self.p("damage.rush_sigma")
        rush_from_m = self.p("damage.rush_least_m")
        cry: dict[str, Any] = {}
        for person in self.everyone:
            if person.apart != "trapped" or person.incident.kind != "flood":
                continue
            if person.last_tick == NEVER and person.drowns(upstairs, slow, rush, rush_from_m):
                person.last_tick = tick + holds_on_ticks(self, person)
                if luck(self, "resident.cries", person) < self.p("damage.cry_share"):
                    cry[person.incident.id] = person.incident
            if person.last_tick != NEVER and not person.is_under and is_under(self, person):
                person.is_under = True
                person.last_tick = last_alive(person, tick + under_ticks(self, person))
        for incident in cry.values():  # somebody calls for them
            self.around.incidents.cries(incident, self._minute(tick))

    def _first_great_gust(self, tick: int) -> None:
        """It finds a few outdoors, and harms them."""
        great = float(np.float32(self.p("damage.outdoor_gust_ms")))
        here = [p for p in self.places if not p.great_gust_came and p.gust_ms >= great]
        if not here:
            return
        for place in here:
            place.great_gust_came = True
        unwarned = np.float32(self.p("damage.outdoor_harm_per_million") / 1e6)
        deadly = np.float32(self.p("damage.outdoor_death_share"))
        for person in self.everyone:
            if person.home.place in here:
                if person.fate_u < unwarned and person.live_u >= deadly:
                    person.is_in_peril("wind", tick)
                self._gust(person, tick)

    def _gust(self, person: Resident, tick: int) -> None:
        """Who had heard the warning before is mostly indoors."""
        home = person.home
        if person.apart or not home.at_home:
            return
        limit = np.float32(self.p("damage.outdoor_harm_per_million") / 1e6)
        if home.heard_warning_tick != NEVER:
            limit = np.float32(limit * np.float32(self.p("damage.warned_factor")))
        if person.fate_u >= limit:
            return
        if person.live_u < np.float32(self.p("damage.outdoor_death_share")):
            self._take_out(person, "dead", tick)
            self._casualty(person, "wind", "died", tick, None)
        else:
            self._take_out(person, "trapped", tick)
            name = f"wind/{home.name}/{person.nth}"
            incident = self._open("injury", name, [person], tick)
            self._casualty(person, "wind", "injured", tick, incident)

    # -- rescue ----------------------------------------------------------------------------

    def carry_out(self, person: int, incident: Incident[Any]) -> bool:
        """A crew, or neighbours, bring one out of a building."""
        who, tick = self.everyone[person], self.around.present.tick
        self._wounds_kill(self._minute(tick))
        if who.apart != "trapped":
            return False
        who.apart = "in_care"
        who.out_tick = tick
        incident.rescued += who.persons
        self._comes_out_hurt(who, incident, self._minute(tick))
        return True

    def _comes_out_hurt(self, person: Resident, where: Any, minute: float) -> None:
        """Out of a ruin or a fire, perhaps hurt so that a medical crew must come.

        Crews who are there give first aid at once and call one; else first responders help when
        they come.
        """
        self._is_hurt(person, where.kind, minute, where)
        if person.hurt.severity == "minimal":
            return
        helped, tick = where.reached, int(minute // self.scenario.settings.tick_min)
        name = f"wounded/{person.home.name}/{person.nth}"
        person.waits_in = self._open("wounded", name, [person], tick, minute, helped)
        if helped:
            person.hurt.aid_min = minute
        elif not math.isnan(where.first_aid_min):
            person.hurt.aid_min = max(minute, where.first_aid_min)

    def bring_out(self, incident: Incident[Any], tick: int) -> None:
        """The work at an incident is done: it is everybody's turn who waits there still."""
        done_min = incident.done_min
        minute = self._minute(tick) if math.isnan(done_min) else done_min
        self.their_turn(incident.people, incident, minute)

    def their_turn(self, persons: Any, incident: Incident[Any], minute: float) -> float:
        """The hurt are treated, the trapped come out hurt or not, the stranded under a roof; how
        long the badly hurt are carried.
        """
        self._wounds_kill(minute)
        tick = int(minute // self.scenario.settings.tick_min)
        everyone = [self.everyone[number] for number in persons.tolist()]
        trapped = [person for person in everyone if person.apart == "trapped"]
        treated = []
        for person in everyone:
            here = person.hurt is not None and person.waits_in is incident
            untreated = here and person.hurt.care_min == math.inf and not person.hurt.dead
            if untreated and (person.apart == "trapped" or incident.kind == "wounded"):
                treated.append(person)
                if person.apart != "trapped":
                    incident.rescued += person.persons
        there = [crew for crew in incident.crews if crew.state == "working"]
        carried_for = carry_min(
            self.p,
            sum(p.persons for p in treated if p.hurt.severity != "minimal"),
            sum(crew.people for crew in there),
            sum(crew.stretchers for crew in there),
        )
        for person in treated:
            walks = person.hurt.severity == "minimal"
            self.centre.treated(person, minute, minute if walks else minute + carried_for)
        for person in trapped:
            incident.rescued += person.persons
            if incident.kind != "flood":
                person.out_tick = tick
                person.apart = "in_care"
                if person.hurt is None:
                    self._comes_out_hurt(person, incident, minute)
        if incident.kind == "flood":
            self._house_rescued(trapped, incident.place, tick)
        return carried_for

    def _house_rescued(self, trapped: list[Resident], place: int, tick: int) -> None:
        """To kin or lodgings, as they would go by themselves, or to a shelter; else they have no
        roof, and try again.
        """
        waiting = deque[Resident]()
        for person in trapped:
            if person.home.to_kin or person.home.to_lodgings:
                person.apart = "with_kin" if person.home.to_kin else "lodged"
                person.out_tick = tick
            else:
                waiting.append(person)
        for shelter in self._shelters_from(place):
            while waiting and self._room(shelter) >= waiting[0].persons:
                person = waiting.popleft()
                person.apart, person.out_tick = "sheltered", tick
                person.rescued_to = shelter.number
                shelter.take_in(person.persons, tick)
        for person in waiting:
            person.apart = "preparing"
            person.roofless_until = tick + self._retry_ticks

    def _find_roofs(self, tick: int) -> None:
        """Whoever was brought out of the water and has no roof tries again."""
        those = [p for p in self.everyone if p.apart == "preparing" and p.roofless_until == tick]
        for place in sorted({p.home.place.number for p in those}, key=self.around.turn.__getitem__):
            self._house_rescued([p for p in those if p.home.place.number == place], place, tick)

    def turns(self, incident: Incident[Any]) -> Any:
        """By triage; of the stranded those first whom the water overcomes, last those upstairs."""
        everyone = [self.everyone[number] for number in incident.people.tolist()]
        if incident.kind == "flood":
            safe = np.float32(self.p("damage.upstairs_share"))
            everyone.sort(key=lambda p: (p.last_tick == NEVER, p.fate_u < safe, p.number))
        else:
            everyone = in_turn(everyone)
        return np.array([person.number for person in everyone], dtype=np.int64)

    def below(self, incident: Incident[Any]) -> Any:
        """Of the stranded, those who are not upstairs."""
        safe = np.float32(self.p("damage.upstairs_share"))
        below = [n for n in incident.people.tolist() if self.everyone[n].fate_u >= safe]
        return np.array(below, dtype=np.int64)

    def first_aid(self, incident: Incident[Any], minute: float, helpers: float) -> None:
        """So many begin at a minute to help the hurt."""
        everyone = [self.everyone[number] for number in incident.people.tolist()]
        give_first_aid(self, everyone, minute, helpers)

    # -- leaving ---------------------------------------------------------------------------

    def _words_are_heard(self, tick: int) -> None:
        for home in self.households:
            if home.heard_warning_tick == NEVER:
                heard = any(home.hears(warning, home.hear_u) for warning in self.warnings)
                home.heard_warning_tick = tick if heard else NEVER
            if home.order != NEVER and home.heard_order_tick == NEVER:
                _, spread = self.orders[home.order]
                if home.hears(spread, home.order_u):
                    self._hear_order(home, tick)
            for number in list(home.follows):
                if home.hears(self.orders[number][1], home.order_u):
                    home.follows.remove(number)
                    self._go_with_neighbours(home, tick)

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

    def _go_with_neighbours(self, home: Household, tick: int) -> None:
        if home.order == NEVER and home.state == "home" and home.together:
            home.state = "preparing"
            home.ready_tick = tick + home.prepare_ticks

    def _too_windy(self, home: Household) -> bool:
        return home.place.wind_ms >= self.p("residents.stop_wind_ms")

    def _leave(self, home: Household, tick: int) -> None:
        """Ready: set out, queue for a bus, or wait for the wind to drop."""
        if home.state != "preparing" or not home.together or home.in_bus_queue:
            return
        if self.stood_down and not home.fled:
            home.state = "home"
        elif self._too_windy(home):
            home.ready_tick = tick + self._retry_ticks
        elif self._needs_bus(home):
            home.in_bus_queue = True
            self.bus_queues[home.place.town].append(home)
        else:
            self._set_out(home, tick, by_bus=False)

    def _needs_bus(self, home: Household) -> bool:
        """Dormitories always; of the others those bound for a shelter who have no car and
        cannot walk that far."""
        if home.dwelling == "dormitory":
            return True
        if home.to_kin or home.to_lodgings or home.car:
            return False
        there = self._shelters_from(home.place.number)
        km = self._way_km(home.place.number, there[0].place) if there else math.inf
        return home.assisted or km > self.p("residents.walk_limit_km")

    def _set_out(self, home: Household, tick: int, by_bus: bool) -> bool:
        """Choose where to go and go there; False when there is no place or no road."""
        here = home.place.number
        target: Any = "kin" if home.to_kin else "lodgings" if home.to_lodgings else None
        minutes, walks = self._minutes_to_kin(here) if target else math.inf, False
        problem = "no_road"
        if target is None:
            there = self._shelters_from(here)
            target = next((s for s in there if self._room(s) >= home.heads), None)
            any_open = any(s.open for s in self.around.shelters.all)
            if target is not None:
                walks = not by_bus and not home.car
                minutes = (
                    self._minutes_on_foot(home, target)
                    if walks
                    else (self._minutes_by_car(here, target.place))
                )
            elif there or not any_open:
                problem = "no_place"
        if math.isinf(minutes):
            home.outcome = problem
            home.ready_tick = tick + self._retry_ticks
            return False
        if not walks:
            minutes += self._takes_the_road(home, target, by_bus, tick)
        if home.thirsty_since != NEVER:
            self._leave_tap(home, home.heads, tick)
            home.thirsty_since = NEVER
            home.lacks = set()
        home.provided = False
        home.destination = target
        home.left_tick = tick
        self._harm_on_the_way(home, minutes, tick)
        home.outcome = home.state = "travelling"
        if home.together:
            if target not in ("kin", "lodgings"):
                target.reserved += home.heads
            home.arrival_tick = tick + max(1, self._whole_ticks(minutes))
        return True

    def _takes_the_road(self, home: Household, target: Any, by_bus: bool, tick: int) -> float:
        """They take the road among all others; for how many minutes they wait on it."""
        here, p = home.place.number, self.p
        seat = int(self.around.world.town_seat[home.place.town])
        there = seat if target in ("kin", "lodgings") else target.place
        cars = home.heads / p("vehicle.car_persons")
        if by_bus:
            cars = home.heads / p("vehicle.bus_persons") * p("vehicle.bus_cars")
        units = max(1, round(cars * 1000))
        waits = self.queues.set_out(self.way_by_car(here, there), units, self._minute(tick))
        home.driven += home.heads
        home.queue_min += home.heads * waits
        return waits

    def way_by_car(self, here: int, there: int) -> list[tuple[int, int, float]]:
        """Each road of the quickest way, where it is begun, and the minutes to there."""
        route = self.around.shelters.roads.map.route("car", here, there) if here != there else None
        if route is None:
            return []
        return [(r, route.nodes[n], route.minutes[n]) for n, r in enumerate(route.roads)]

    def _harm_on_the_way(self, home: Household, minutes: float, tick: int) -> None:
        """So many in a million die or are hurt an hour on the way, the frail more, and in a gale.

        Each person has one luck for all ways.
        """
        hours = minutes / 60.0
        if home.place.wind_ms >= self.p("road.gale_wind_ms"):
            hours *= self.p("moving.gale_harm_factor")
        for person in list(home.together):
            a_million = {
                what: self.p(f"moving.{what}_per_million_h")
                + (self.p(f"moving.frail_{what}_per_million_h") if person.frail else 0.0)
                for what in ("deaths", "hurt")
            }
            u = luck(self, "resident.moved", person)
            if u < hours * a_million["deaths"] / 1e6:
                person.harmed_on_the_way = True
                self._take_out(person, "dead", tick)
                self._casualty(person, "moving", "died", tick, None)
            elif u < hours * (a_million["deaths"] / 1e6 + a_million["hurt"] / 1e6):
                person.harmed_on_the_way = True
                self._take_out(person, "trapped", tick)
                name = f"moving/{home.name}/{person.nth}"
                incident = self._open("wounded", name, [person], tick)
                self._casualty(person, "moving", "injured", tick, incident)

    def _buses_come(self, tick: int) -> None:
        """Buses take households in the order in which they queued, while there are seats."""
        towns = self.scenario.towns
        for town in sorted(range(len(towns)), key=lambda n: towns[n].town):
            queue = self.bus_queues[town]
            if not queue:
                continue
            seats_per_h = self.scenario.towns[town].bus_seats_per_h
            self.bus_seat_minutes[town] += seats_per_h * self.scenario.settings.tick_min
            stopped_by_wind: list[Household] = []
            next_is_too_large = self._board(town, stopped_by_wind, tick)
            queue.extendleft(reversed(stopped_by_wind))
            # Empty seats are gone, but a household too large for one tick's seats collects them.
            if not next_is_too_large:
                self.bus_seat_minutes[town] = 0

    def _board(self, town: int, stopped_by_wind: list[Household], tick: int) -> bool:
        """One town's queue from its head; True when the next household is too large."""
        queue = self.bus_queues[town]
        while queue:
            home = queue[0]
            price = 60 * home.heads
            if home.state != "preparing" or not home.together:  # overtaken by the storm
                home.in_bus_queue = False
                queue.popleft()
            elif self.stood_down and not home.fled:
                home.in_bus_queue = False
                home.state = "home"
                queue.popleft()
            elif price > self.bus_seat_minutes[town]:
                return True
            elif self._too_windy(home):
                stopped_by_wind.append(queue.popleft())
            else:
                home.in_bus_queue = False
                queue.popleft()
                if self._set_out(home, tick, by_bus=True):
                    self.bus_seat_minutes[town] -= price
        return False

    def _arrive(self, home: Household, tick: int) -> None:
        home.arrived_tick = tick
        home.outcome = "arrived"
        home.provided = False
        if "home" in home.risks and home.roof_tick == NEVER:
            home.roof_tick = tick
        if home.destination == "kin":
            home.state = "with_kin"
            self.kin.come(home)
        elif home.destination == "lodgings":
            home.state = "lodged"
            home.is_given(tick)
        else:
            home.state = "sheltered"
            home.destination.reserved -= home.heads
            home.destination.take_in(home.heads, tick, home.number)
        if self.stood_down:
            home.return_tick = tick + 1 + home.return_ticks

    def _go_home(self, home: Household, tick: int) -> None:
        """Home again, unless the house fell down or the street is still wet."""
        home.return_tick = NEVER
        if home.fell_down:
            return
        if home.place.depth_m > self.p("residents.dry_depth_m"):
            home.return_tick = tick + self._retry_ticks
            return
        if home.state == "sheltered":
            home.destination.let_go(home.heads, home.arrived_tick, tick, home.number)
        elif home.state == "with_kin":
            self.kin.leave(home, tick)
        home.away_ticks += home.heads * (tick - home.left_tick)
        home.provided = False
        home.state = "home"

    # -- ways ------------------------------------------------------------------------------

    def _minutes_by_car(self, here: int, there: int) -> float:
        return float(self.around.shelters.roads.map.minutes_from("car", here)[there])

    def _way_km(self, here: int, there: int) -> float:
        """As long as the way by car; in one's own place its streets."""
        if here == there:
            return float(self.p("residents.local_km"))
        route = self.around.shelters.roads.map.route("car", here, there)
        return math.inf if route is None else float(route.distance_km)

    def _minutes_on_foot(self, home: Household, shelter: Any) -> float:
        """At the pace of the slowest, and slower in a gale."""
        pace_ms = home.walk_ms
        if home.place.wind_ms >= self.p("road.gale_wind_ms"):
            pace_ms = home.walk_ms * self.p("road.gale_factor")
        return self._way_km(home.place.number, shelter.place) * 1000.0 / pace_ms / 60.0

    def _minutes_to_kin(self, here: int) -> float:
        """Kin live at the town's seat, and a little farther."""
        seat = int(self.around.world.town_seat[self.places[here].town])
        return self._minutes_by_car(here, seat) + float(self.p("residents.kin_extra_min"))

    def _shelters_from(self, here: int) -> list[Any]:
        """Open shelters to which a car can drive now, the nearest first, then by id."""
        found = []
        for shelter in self.around.shelters.all:
            minutes = self._minutes_by_car(here, shelter.place)
            if shelter.open and not math.isinf(minutes):
                found.append((minutes, shelter.id, shelter))
        return [shelter for _, _, shelter in sorted(found, key=lambda f: f[:2])]

    @staticmethod
    def _room(shelter: Any) -> int:
        """Places neither taken nor promised."""
        return int(shelter.capacity - shelter.occupants - shelter.reserved)

    # -- dry taps --------------------------------------------------------------------------

    def _power_comes_and_goes(self, tick: int) -> None:
        """With the power the water comes back; without it, some time into the outage, the taps
        of those at home are dry and there is nothing left to eat."""
        for home in self.households:
            if home.place.was_dark and not home.place.dark:
                self._lacks_no_more(home, "tap", tick)
            light = home.place.left_was_dark and not home.place.left_dark
            if light and "supply" in home.risks and home.supply_back_tick == NEVER:
                home.supply_back_tick = tick
            if home.tap_would_run_dry(tick):
                home.is_at_risk("supply", "outage", tick)
            if home.tap_runs_dry(tick) and home.at_home:
                self._lacks(home, "tap", tick)

    def _roads_open_and_close(self, tick: int) -> None:
        """Where no lorry can come a home lives on what it holds; where one can, there are shops.

        Who would lack something by now if nobody had cleared a road, and does not, was helped;
        but who lives on an emergency kit was not helped by that.
        """
        for home in self.households:
            place = home.place
            light = place.left_was_cut_off and not place.left_cut_off
            if light and "road" in home.risks and home.road_back_tick == NEVER:
                home.road_back_tick = tick
            if place.was_cut_off and not place.cut_off:
                if "larder" in home.lacks:
                    self._lacks_no_more(home, "larder", tick)
                waits = "road" in home.risks and home.road_back_tick == NEVER
                if waits and home.at_home and not home.lacks:
                    home.is_given(tick)
        would_be_bare = [
            home
            for home in self.households
            if home.place.left_cut_off
            and tick - home.place.left_cut_off_since == home.bare_no_kit_ticks
            and "road" not in home.risks
        ]
        for home in self.households:
            if home in would_be_bare:
                home.is_at_risk("road", "cut_off", tick)
            just = tick - home.place.cut_off_since == home.bare_ticks
            if home.larder_is_bare(tick) and just and home.at_home:
                self._lacks(home, "larder", tick)
        for home in would_be_bare:
            if home.at_home and not home.larder_would_be_bare(tick) and not home.lacks:
                home.is_given(tick)

    def _lacks(self, home: Household, what: str, tick: int) -> None:
        """They draw on the site of the community, if they did not yet."""
        if not home.lacks:
            home.thirsty_since = tick
            home.provided = False
            self.around.sites.enter(self._tap(home), home.heads, tick, home.number)
        home.lacks.add(what)

    def _lacks_no_more(self, home: Household, what: str, tick: int) -> None:
        if what in home.lacks:
            home.lacks.remove(what)
            if not home.lacks:
                self._leave_tap(home, home.heads, tick)
                home.thirsty_since = NEVER

    def _leave_tap(self, home: Household, persons: int, tick: int) -> None:
        self.around.sites.leave(self._tap(home), persons, home.thirsty_since, tick, home.number)

    def _tap(self, home: Household) -> int:
        """That of the community, or of the kin's with whom they are."""
        at = home.host.place if home.host is not None else home.place
        return len(self.scenario.shelters) + int(at.number)

    # -- facts -----------------------------------------------------------------------------

    def end(self, tick: int) -> None:
        """Its minutes have gone."""
        self._wounds_kill(self._minute(tick + 1))
        self.kin.eat()

    def finish(self, ledger: Ledger) -> None:
        """Who heard the warning when, and what became of the orders to leave."""
        self._write_flooded(ledger)
        write_warning(self.households, ledger)
        shelters = [s.shelter for s in self.scenario.shelters]
        orders = [name for name, _ in self.orders]
        write_evacuation(
            self.households, self.everyone, orders, shelters, self.scenario.ticks, ledger
        )
        write_wounds(self.hurt_people, self._minute(self.scenario.ticks), ledger)
        write_at_risk(self.households, self.everyone, ledger)
        write_peril(self.everyone, ledger)
