"""The wounded of a run: who gets first aid and care when, and whose time is up."""

from __future__ import annotations

import heapq
from math import isinf
from typing import Any

import numpy as np
from numpy.typing import NDArray

from anlan.sim import portable
from anlan.sim.chance import Streams
from anlan.sim.incidents.incident import Incident
from anlan.sim.people.transport import Transport, needs_hospital
from anlan.sim.people.wounds import CLOCK, SEVERITY, Severity, Wound, WoundRules, dies_min
from anlan.sim.place.population import Population
from anlan.sim.scenario.clock import Clock

Ids = NDArray[np.int64]


class Wounded:
    """Some people, and when each of them dies unless help comes before."""

    def __init__(
        self, rules: WoundRules, clock: Clock, people: Population, streams: Streams,
        transport: Transport | None = None,
    ) -> None:  # fmt: skip
        self.rules = rules
        self.clock = clock
        self.people = people
        self.streams = streams
        self.transport = transport  # None: whoever is treated is driven at once, to a free bed
        self.of: dict[int, Wound] = {}  # by row of residents
        self._due: list[tuple[float, int]] = []  # minute, person; overtaken entries stay

    def strike(
        self, persons: Ids, cause: str, minute: float, incident: Incident[Any]
    ) -> list[Wound]:
        """People are hurt at a minute; nobody dies of it before the next tick."""
        keys = self.people.resident_key[persons]
        severities = self.rules.severities(cause, self.streams.uniform64(SEVERITY, keys))
        loads = -portable.log1p(-self.streams.uniform64(CLOCK, keys))
        tick, found = self.clock.tick_at(minute), []
        for person, severity, load in zip(
            persons.tolist(), severities, loads.tolist(), strict=True
        ):
            wound = Wound(
                person, incident, cause, severity, minute, tick, self.rules.per_min(severity), load
            )
            self.of[person] = wound
            self._date(wound)
            found.append(wound)
        return found

    def _date(self, wound: Wound) -> None:
        wound.dies_min = dies_min(wound, self.rules)
        if wound.dies_min < self.clock.end_min:
            heapq.heappush(self._due, (wound.dies_min, wound.person))

    def due(self, minute: float) -> list[Wound]:
        """Those whose time is up by a minute, in the order of their minutes; each once."""
        self.drive(minute)
        found = []
        while self._due and self._due[0][0] <= minute:
            dies, person = heapq.heappop(self._due)
            wound = self.of[person]
            if wound.dies_min == dies and isinf(wound.died_min):
                wound.died_min = dies
                if self.transport is not None:
                    self.transport.give_back(wound)
                found.append(wound)
        return found

    def in_turn(self, persons: Ids) -> list[int]:
        """In the order in which those who help go from one to the next: by class, then by row."""
        last = len(Severity)
        return sorted(
            persons.tolist(), key=lambda p: (self.of[p].severity if p in self.of else last, p)
        )

    def first_aid(self, persons: Ids, from_min: float, helpers: float) -> None:
        """So many people begin at a minute to give first aid, to one after another in turn."""
        each_min, ahead = self.rules.first_aid_each_min, 0
        for person in self.in_turn(persons):
            wound = self.of.get(person)
            if wound is None or min(wound.aid_min, wound.care_min, wound.died_min) <= from_min:
                continue
            ahead += int(self.people.stands_for[person])
            self.aid(wound, from_min + each_min * max(1.0, ahead / max(1.0, helpers)))

    def aid(self, wound: Wound, minute: float) -> None:
        """Somebody is given first aid at a minute, unless they have it sooner."""
        if minute < min(wound.aid_min, wound.died_min):
            wound.aid_min = minute
            self._date(wound)

    def care(self, wound: Wound, minute: float, carry_min: float = 0.0) -> None:
        """A medical crew has treated somebody: their way to a hospital begins, first carried by
        people for so many minutes.
        """
        if minute < min(wound.care_min, wound.died_min):
            wound.care_min = minute
            wound.carried_min = minute + carry_min
            if self.transport is None:
                wound.hospital_min = wound.carried_min + self.rules.transport_min
            elif needs_hospital(wound):
                self.transport.call(wound)
            self._date(wound)

    def drive(self, until_min: float) -> None:
        """Ambulances that are free fetch those who wait, up to a minute."""
        for wound in self.transport.drive(until_min) if self.transport is not None else ():
            self._date(wound)
