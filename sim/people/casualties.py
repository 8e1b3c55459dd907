"""Trapped, hurt, dead: people parted from their households, their incidents, and their facts."""

from __future__ import annotations

from math import inf
from typing import Any

import numpy as np
from numpy.typing import NDArray

from anlan.sim.incidents.incident import Incident
from anlan.sim.ledger import facts
from anlan.sim.people.at_risk import AtRisk
from anlan.sim.people.calendar import Calendar
from anlan.sim.people.peril import Peril
from anlan.sim.people.states import State
from anlan.sim.people.surroundings import Surroundings
from anlan.sim.people.taps import Taps
from anlan.sim.people.transport import transport_of
from anlan.sim.people.whereabouts import Whereabouts
from anlan.sim.people.wounded import Wounded
from anlan.sim.people.wounds import Severity, Wound
from anlan.sim.place.population import AGE_BANDS

Ids = NDArray[np.int64]


class Casualties:
    """Everybody who comes to harm passes through here, whatever the cause."""

    def __init__(
        self,
        around: Surroundings,
        where: Whereabouts,
        taps: Taps,
        calendar: Calendar,
        at_risk: AtRisk,
    ) -> None:
        self.around = around
        self.where = where
        self.taps = taps
        self.calendar = calendar
        self.at_risk = at_risk
        self.peril = Peril(where)
        self.incident_of: dict[int, Incident[Any]] = {}  # person -> where a crew looks for them
        transport = transport_of(around.world.scenario, where.people, around.drivers)
        self.wounded = Wounded(around.wounds, around.clock, where.people, around.streams, transport)

    def take_out(self, persons: Ids, new: State, tick: int) -> None:
        """Take people out of their households: they are trapped, hurt or dead, by themselves."""
        if len(persons):
            self.at_risk.part(persons)
            for home, gone in self.where.take_out(persons, new):
                self.taps.lose(home, gone, tick)

    def open(self, kind: str, name: str, persons: Ids, tick: int) -> Incident[Any]:
        """An incident with some people of one place in it."""
        incident = self._open(kind, name, persons, self.around.clock.minute_of(tick), False)
        if kind != "wounded":  # who is hurt on the way is so by the response, not the disaster
            self.peril.catch(persons, incident)
        return incident

    def _open(
        self, kind: str, name: str, persons: Ids, minute: float, attended: bool
    ) -> Incident[Any]:
        people, tick = self.where.people, self.around.clock.tick_at(minute)
        place = int(people.community[people.household[persons[0]]])
        incident: Incident[Any] = Incident(
            name, kind, place, tick, persons,
            persons=people.persons(persons),
            cases=int(people.stands_for[persons].max()),
            occurred_min=minute,
            attended=attended,
        )  # fmt: skip
        self.around.incidents.open(incident, tick)
        self._put_in(incident, persons)
        return incident

    def _put_in(self, incident: Incident[Any], persons: Ids) -> None:
        for person in persons.tolist():
            self.incident_of[person] = incident

    def write(
        self, persons: Ids, cause: str, outcome: str, tick: int, incident: Incident[Any] | None
    ) -> None:
        """A fact for each person who died or was hurt; the clock of the hurt begins."""
        if outcome == "injured":
            self.at_risk.hurt.update(persons.tolist())
            if incident is not None:
                self.wounded.strike(persons, cause, self.around.clock.minute_of(tick), incident)
        people = self.where.people
        for person in persons.tolist():
            self.around.ledger.add(
                facts.Casualty(
                    incident=incident.id if incident else "",
                    tick=tick,
                    community=self.around.place_ids[people.community[people.household[person]]],
                    cause=cause,
                    outcome=outcome,
                    age_band=AGE_BANDS[people.age_band[person]],
                    persons=int(people.stands_for[person]),
                )
            )

    def home_name(self, home: int) -> str:
        """A household by its community and its number there."""
        people = self.where.people
        place = int(people.community[home])
        return f"{self.around.place_ids[place]}/{home - people.household_start[place]}"

    def cry(self, persons: Ids, tick: int) -> None:
        """Trapped people call, or somebody for them, as they are in mortal danger."""
        minute = self.around.clock.minute_of(tick)
        incidents = (self.incident_of[person] for person in persons.tolist())
        for incident in {i.id: i for i in incidents}.values():
            self.around.incidents.cries(incident, minute)

    def last_until(self, persons: Ids, ticks: NDArray[np.integer]) -> None:
        """Trapped people (n,) die at ticks (n,) unless they are brought out before."""
        self.calendar.add("die", ticks, persons)

    def die(self, persons: Ids, tick: int) -> None:
        """The time of some people is up: those who are trapped still are dead."""
        for person in self.where.trapped(persons).tolist():
            incident, one = self.incident_of[person], np.array([person])
            incident.died += int(self.where.people.stands_for[person])
            self.where.shift(one, State.DEAD)
            self.write(one, incident.kind, "died", tick, incident)

    def die_of_wounds(self, minute: float) -> None:
        """The time of some of the hurt is up by a minute, wherever they lie."""
        for wound in self.wounded.due(minute):
            self._lose(wound)

    def come_out(self, person: int, source: Incident[Any], minute: float) -> None:
        """Somebody is out of a ruin or a fire alive, and perhaps hurt: then they wait for a
        medical crew, and call for one.

        They get first aid at once if crews are there, else when a first responder is.
        """
        one, wounded, attended = np.array([person]), self.wounded, source.reached
        (wound,) = wounded.strike(one, source.kind, minute, source)
        if wound.severity == Severity.MINIMAL:
            return
        home = int(self.where.people.household[person])
        number = person - int(self.where.people.resident_start[home])
        name = f"wounded/{self.home_name(home)}/{number}"
        wound.incident = self._open("wounded", name, one, minute, attended)
        if attended:
            wounded.aid(wound, minute)
        elif source.first_aid_min < inf:  # false for NaN: nobody has come
            wounded.aid(wound, max(minute, source.first_aid_min))

    def _lose(self, wound: Wound) -> None:
        """Whoever was in care already does not count as brought out alive any more."""
        one, incident = np.array([wound.person]), wound.incident
        persons = int(self.where.people.stands_for[wound.person])
        incident.died += persons
        if wound.care_min <= self.wounded.clock.end_min:
            incident.rescued -= persons
        self.where.shift(one, State.DEAD)
        tick = max(self.around.clock.tick_at(wound.died_min), wound.since_tick + 1)
        wound.died_tick = tick
        self.write(one, wound.cause, "died", tick, incident)

    def trap(
        self, persons: Ids, last_ticks: NDArray[np.integer], tick: int, incident: Incident[Any]
    ) -> Ids:
        """Trap people who are at home (in a fire); returns those who really are trapped.

        Each dies at the tick in `last_ticks` unless brought out before; FAR: never.
        """
        inside = self.where.are_in(persons)
        caught = persons[inside]
        self.take_out(caught, State.TRAPPED, tick)
        self._put_in(incident, caught)
        self.last_until(caught, np.maximum(last_ticks[inside], tick + 1))
        return np.asarray(caught)

    def kill(self, persons: Ids, tick: int, cause: str, incident: Incident[Any]) -> Ids:
        """Some people die at once, those who are at home; returns who did."""
        dead = persons[self.where.are_in(persons)]
        self.take_out(dead, State.DEAD, tick)
        self.write(dead, cause, "died", tick, incident)
        return np.asarray(dead)

    def hurt(self, persons: Ids, tick: int, cause: str, incident: Incident[Any]) -> Ids:
        """Some people are hurt, those who are at home, and wait for care; returns who are."""
        wounded = persons[self.where.are_in(persons)]
        self.take_out(wounded, State.TRAPPED, tick)
        self._put_in(incident, wounded)
        self.write(wounded, cause, "injured", tick, incident)
        return np.asarray(wounded)
