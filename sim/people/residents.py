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

This file only joins the parts, each an idea in a module of its own, and says in which order a
tick passes them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from anlan.sim.incidents.incident import Incident
from anlan.sim.ledger import NEVER, Ledger
from anlan.sim.people import facts_at_end
from anlan.sim.people.at_risk import AtRisk, Cause, Way
from anlan.sim.people.brought_out import BroughtOut
from anlan.sim.people.burning import Burning
from anlan.sim.people.buses import Buses
from anlan.sim.people.calendar import Calendar
from anlan.sim.people.casualties import Casualties
from anlan.sim.people.deciding import Deciding
from anlan.sim.people.doors import Doors
from anlan.sim.people.draws import Draws
from anlan.sim.people.evacuation import Evacuation
from anlan.sim.people.flooding import Flooding
from anlan.sim.people.guests import Guests
from anlan.sim.people.larders import Larders
from anlan.sim.people.leaving import Leaving
from anlan.sim.people.on_the_way import OnTheWay
from anlan.sim.people.outdoors import Outdoors
from anlan.sim.people.returning import Returning
from anlan.sim.people.ruins import Ruins
from anlan.sim.people.spread import Spread
from anlan.sim.people.states import State
from anlan.sim.people.surroundings import Surroundings
from anlan.sim.people.taps import Taps, Why
from anlan.sim.people.told import Told
from anlan.sim.people.unsafe import Unsafe
from anlan.sim.people.way_harm import WayHarm
from anlan.sim.people.whereabouts import Whereabouts
from anlan.sim.scenario.schema import Dwelling

Ids = NDArray[np.int64]


class Residents:
    """Array residents of one run, behind the Protocol `People`."""

    def __init__(self, around: Surroundings, draws: Draws) -> None:
        self.around = around
        self.draws = draws
        self.people = people = around.world.people
        self.calendar = calendar = Calendar(around.clock.ticks)
        self.where = where = Whereabouts(people, around.world.places)
        self.evacuation = evacuation = Evacuation(people.households, calendar)
        self.at_risk = at_risk = AtRisk(where, evacuation)
        around.sites.served = at_risk.relieve
        self.taps = Taps(around, draws, where, calendar, at_risk)
        self.larders = Larders(around, draws, where, self.taps, at_risk)
        lasts = {Why.TAP: draws.thirsty_ticks, Why.LARDER: draws.bare_ticks}
        self.guests = Guests(around, where, self.taps, at_risk, lasts)
        self.deciding = Deciding(draws, where, evacuation)
        self.told = Told(
            around.clock, draws, where, evacuation, calendar,
            self.deciding.hear_order, self.deciding.follow,
        )  # fmt: skip
        self.casualties = Casualties(around, where, self.taps, calendar, at_risk)
        way_harm = WayHarm(around, where, evacuation, self.casualties)
        self.on_the_way = OnTheWay(
            around, draws, where, evacuation, self.taps, at_risk, self.guests, way_harm
        )
        self.buses = Buses(around, where, evacuation, self.on_the_way)
        self.leaving = Leaving(around, draws, where, evacuation, self.on_the_way, self.buses)
        self.returning = Returning(around, draws, where, evacuation, at_risk, self.guests)
        self.brought_out = BroughtOut(where, draws, at_risk, self.casualties, calendar, around)
        self.unsafe = Unsafe(around, at_risk)
        self.ruins = Ruins(around, draws, where, self.casualties, self.deciding, at_risk)
        self.flooding = Flooding(around, draws, where, evacuation, self.casualties, at_risk)
        self.doors = Doors(around.doors, people, self.flooding)
        self.outdoors = Outdoors(around, draws, where, self.told, self.casualties)
        self.burning = Burning(around, where, self.casualties, self.ruins, at_risk)

    @property
    def counts(self) -> NDArray[np.int64]:
        """(C, states) persons of each community in each state."""
        return self.where.counts

    def at_risk_at_sites(self) -> NDArray[np.int64]:
        """(S,) of those who draw on each site, the persons whose risk is not over."""
        where, sites = self.where, self.around.sites
        found = self.brought_out.rescued_at.copy()
        homes = self.at_risk.still_on()
        sheltered = homes[where.state[homes] == State.SHELTERED]
        np.add.at(found, self.evacuation.destination[sheltered], where.members[sheltered])
        thirsty = homes[self.taps.thirsty_since[homes] != NEVER]
        taps = sites.shelters + self.taps.drawn_at[thirsty].astype(np.int64)
        np.add.at(found, taps, where.members[thirsty])
        return found

    # -- a tick -----------------------------------------------------------------------------

    def step(self, tick: int) -> None:
        """All that falls due in a tick, in a fixed order."""
        self.unsafe.feel_the_wind(tick)
        self.ruins.feel_the_gust(tick)
        self.flooding.feel_the_water(tick)
        self._if_due("die", self.casualties.die, tick)
        self.outdoors.feel_the_gust(tick)
        self._if_due("arrive", self.on_the_way.arrive, tick)
        self.told.listen(tick)
        self._if_due("leave", self.leaving.leave, tick)
        self.buses.come(tick)
        self.taps.watch_the_power(tick)
        self._if_due("thirst", self.taps.run_dry, tick)
        self.larders.watch_the_roads(tick)
        if self.guests.wake(tick, (self.taps.power_as_of, self.larders.roads_as_of)):
            need = {Why.TAP: self.taps.dark_since, Why.LARDER: self.larders.cut_since}
            self.guests.look(tick, need)
        self._if_due("return", self.returning.go_home, tick)
        self._if_due("house", self.brought_out.house_again, tick)

    def _if_due(self, kind: str, happens: Callable[[Ids, int], None], tick: int) -> None:
        if self.calendar.busy(tick):
            ids = self.calendar.due(kind, tick)
            if len(ids):
                happens(ids, tick)

    # -- what command says ------------------------------------------------------------------

    def warn(self, spread: Spread) -> None:
        """A public warning begins to spread among all households."""
        self.told.warn(spread)

    def order(
        self, dwellings: tuple[Dwelling, ...], tick: int, spread: Spread,
        places: NDArray[np.bool_], name: str, homes: Ids | None = None,
    ) -> int:  # fmt: skip
        """Tell dwelling groups of some places (C,), or these homes there, to leave; returns how
        many persons are newly told.
        """
        return self.told.order(dwellings, tick, spread, places, name, homes)

    def stand_down(self, tick: int) -> None:
        """The danger is over: people go home over the next hours."""
        self.returning.stand_down(tick)

    # -- what hazards do --------------------------------------------------------------------

    def trap(
        self, persons: Ids, last_ticks: NDArray[np.integer], tick: int, incident: Incident[Any]
    ) -> Ids:
        """Trap people who are at home (in a fire); returns those who really are trapped."""
        return self.casualties.trap(persons, last_ticks, tick, incident)

    def kill(self, persons: Ids, tick: int, cause: str, incident: Incident[Any]) -> Ids:
        """Some people die at once, those who are at home; returns who did."""
        return self.casualties.kill(persons, tick, cause, incident)

    def hurt(self, persons: Ids, tick: int, cause: str, incident: Incident[Any]) -> Ids:
        """Some people are hurt, those who are at home, and wait for care; returns who are."""
        return self.casualties.hurt(persons, tick, cause, incident)

    def ruin(self, homes: Ids, tick: int) -> None:
        """Some homes fall down over whoever is in them."""
        self.ruins.ruin(homes, tick)

    def unhouse(self, homes: Ids, tick: int) -> int:
        """Some homes cannot be lived in any more, whatever has done it; who is in them looks for
        another roof. Returns how many persons these are.
        """
        return self.ruins.unhouse(homes, tick)

    def burn(
        self, homes: Ids, kw_m: NDArray[np.float64], tick: int, fire: Incident[Any]
    ) -> tuple[int, Incident[Any] | None]:
        """A forest fire reaches homes of one place; how many died, and the incident of the hurt."""
        return self.burning.burn(homes, kw_m, tick, fire)

    def threaten(self, homes: Ids, tick: int, cause: Cause) -> None:
        """Some homes are untenable, or would be if nobody had held the hazard back."""
        self.at_risk.note(Way.HOME, homes, cause, tick)

    def spare(self, homes: Ids, tick: int) -> None:
        """Help has held a hazard back from some homes that it would have come to by now."""
        self.at_risk.is_spared(self.where.at_home(homes), tick)

    # -- what crews do ----------------------------------------------------------------------

    def carry_out(self, person: int, incident: Incident[Any]) -> bool:
        """A crew brings one trapped person out alive; False if that person is not trapped now."""
        return self.brought_out.carry_out(person, incident, self.around.present.tick)

    def bring_out(self, incident: Incident[Any], tick: int) -> None:
        """A crew has finished: those still alive are out, in care or under a roof."""
        self.brought_out.finish(incident, tick)

    def water_rushes(self, place: int) -> None:
        """A dike has broken before a place: water that comes there rises fast."""
        self.flooding.rushes(place)

    def homes_below(self, place: int, depth_m: float) -> Ids:
        """Rows of the households of a place that so deep a water on the street would strand."""
        return self.flooding.homes_below(place, depth_m)

    def bags_wanted(self, place: int, upto_m: float) -> float:
        """Bags that the homes of a place take which a depth on the street would reach, and which
        can still be kept dry.
        """
        return self.doors.wanted(place, upto_m)

    def lay_bags(self, place: int, bags: float, upto_m: float) -> float:
        """Crews bring so many bags to these homes, one after another; how many of them are laid."""
        return self.doors.lay(place, bags, upto_m)

    def their_turn(self, persons: Ids, incident: Incident[Any], minute: float) -> float:
        """Work at an incident has come so far that some people are out, or treated; for how many
        minutes the crews there carry the badly hurt among them.
        """
        return self.brought_out.in_turn(persons, incident, minute)

    def turns(self, incident: Incident[Any]) -> Ids:
        """The people of an incident in the order in which crews take them."""
        if incident.kind == "flood":
            return self.flooding.in_turn(incident.people)
        return np.array(self.casualties.wounded.in_turn(incident.people), dtype=np.int64)

    def below(self, incident: Incident[Any]) -> Ids:
        """Those of an incident in the water who are not upstairs."""
        return incident.people[~self.flooding.upstairs(incident.people)]

    def first_aid(self, incident: Incident[Any], minute: float, helpers: float) -> None:
        """From a minute on so many people give first aid at an incident."""
        self.casualties.wounded.first_aid(incident.people, minute, helpers)

    def end(self, tick: int) -> None:
        """A tick is over: what has become of the hurt in its minutes."""
        self.casualties.die_of_wounds(self.around.clock.minute_of(tick + 1))

    # -- facts ------------------------------------------------------------------------------

    def finish(self, ledger: Ledger) -> None:
        """Write who heard the warning when, and what became of the orders to leave."""
        around = self.around
        self.flooding.finish(ledger)
        facts_at_end.write_warning(
            ledger, self.people, around.place_ids, self.told.warned_tick(around.present.tick),
            around.clock.ticks,
        )  # fmt: skip
        facts_at_end.write_evacuation(
            ledger, self.where, self.evacuation, self.at_risk, around.place_ids,
            self.told.order_names, [shelter.id for shelter in around.shelters.all],
            around.clock.ticks,
        )  # fmt: skip
        facts_at_end.write_wounds(
            ledger, self.casualties.wounded.of, self.people, around.place_ids, around.clock.end_min
        )
        facts_at_end.write_at_risk(
            ledger, self.where, self.evacuation, self.at_risk, around.place_ids,
            self.told.warned_tick(around.present.tick), self.draws,
        )  # fmt: skip
        facts_at_end.write_peril(
            ledger, self.where, self.casualties.peril, self.at_risk, around.place_ids
        )
