"""People whom crews bring out or treat: in care, or under a roof."""

from __future__ import annotations

from math import isnan
from typing import Any

import numpy as np
from numpy.typing import NDArray

from anlan.sim.incidents.incident import Incident
from anlan.sim.people.at_risk import AtRisk
from anlan.sim.people.calendar import Calendar
from anlan.sim.people.carrying import CarryRules
from anlan.sim.people.casualties import Casualties
from anlan.sim.people.draws import Draws
from anlan.sim.people.states import State
from anlan.sim.people.surroundings import Surroundings
from anlan.sim.people.transport import needs_hospital
from anlan.sim.people.whereabouts import Whereabouts

Ids = NDArray[np.int64]


class BroughtOut:
    """What crews do for people, one after another.

    `rescued_at` (S,) persons whom they brought out of the water to each site.
    """

    def __init__(
        self, where: Whereabouts, draws: Draws, at_risk: AtRisk, casualties: Casualties,
        calendar: Calendar, around: Surroundings,
    ) -> None:  # fmt: skip
        self.where = where
        self.draws = draws
        self.at_risk = at_risk
        self.casualties = casualties
        self.calendar = calendar
        self.around = around
        self.carrying = CarryRules.read(around.world.scenario)
        self.rescued_at = np.zeros(len(around.shelters.sites.ids), dtype=np.int64)

    def carry_out(self, person: int, incident: Incident[Any], tick: int) -> bool:
        """A crew brings one trapped person out alive; False if that person is not trapped now."""
        minute = self.around.clock.minute_of(tick)
        self.casualties.die_of_wounds(minute)
        if self.where.apart[person] != State.TRAPPED:
            return False
        self._take(np.array([person]), incident, tick)
        self.where.shift(np.array([person]), State.IN_CARE)
        self.casualties.come_out(person, incident, minute)
        return True

    def finish(self, incident: Incident[Any], tick: int) -> None:
        """The work is done: all who wait there still, and live, are out, or treated."""
        minute = incident.done_min
        if isnan(minute):
            minute = self.around.clock.minute_of(tick)
        self.in_turn(incident.people, incident, minute)

    def in_turn(self, persons: Ids, incident: Incident[Any], minute: float) -> float:
        """It is the turn of some people of an incident: those alive are out, or treated.

        How many minutes the crews there then carry the badly hurt among them to the road.
        """
        self.casualties.die_of_wounds(minute)
        tick = self.around.clock.tick_at(minute)
        trapped = self.where.trapped(persons)
        if incident.kind == "flood":
            incident.rescued += self.where.people.persons(trapped)
            self._house(trapped, incident.place, tick)
            return 0.0
        carry_min = self._treat(persons, incident, minute)
        self._take(trapped, incident, tick)
        self.where.shift(trapped, State.IN_CARE)
        wounded = self.casualties.wounded.of
        for person in trapped.tolist():
            if person not in wounded:
                self.casualties.come_out(person, incident, minute)
        return carry_min

    def _take(self, persons: Ids, incident: Incident[Any], tick: int) -> None:
        incident.rescued += self.where.people.persons(persons)
        self.at_risk.bring_out(persons, tick)

    def _treat(self, persons: Ids, incident: Incident[Any], minute: float) -> float:
        """The hurt get a medical crew's care; those who were out before count here now. How long
        the badly hurt among them are carried.
        """
        wounded, state = self.casualties.wounded, self.where.apart
        found = [wounded.of[p] for p in persons.tolist() if p in wounded.of]
        brought = incident.kind == "wounded"
        treated = [
            w
            for w in found
            if w.incident is incident and w.waits and (brought or state[w.person] == State.TRAPPED)
        ]
        each = self.where.people.stands_for
        carried = sum(int(each[w.person]) for w in treated if needs_hospital(w))
        carry_min = self.carrying.by(incident.crews, carried)
        for wound in treated:
            wounded.care(wound, minute, carry_min if needs_hospital(wound) else 0.0)
            if state[wound.person] != State.TRAPPED:
                incident.rescued += int(each[wound.person])
        return carry_min

    def _house(self, left: Ids, place: int, tick: int) -> None:
        """Kin and lodgings take those who are bound there, the nearest shelters as many others as
        they have room for. Whoever is left has no roof, and tries again later.
        """
        homes = self.where.people.household[left]
        kin, lodged = self.draws.to_kin[homes], self.draws.to_lodgings[homes]
        self._under_a_roof(left[kin], State.WITH_KIN, tick)
        self._under_a_roof(left[lodged], State.LODGED, tick)
        left = left[~kin & ~lodged]
        for shelter in self.around.shelters.near(place):
            if not len(left):
                return
            sums = np.cumsum(self.where.people.stands_for[left])
            fits = left[: int(np.searchsorted(sums, shelter.room, side="right"))]
            if len(fits):
                persons = self.where.people.persons(fits)
                shelter.take_in(persons, tick)
                self.rescued_at[shelter.number] += persons
                self._under_a_roof(fits, State.SHELTERED, tick)
                left = left[len(fits) :]
        if len(left):
            self.where.shift(left, State.PREPARING)
            again = np.full(len(left), tick + self.around.retry_ticks)
            self.calendar.add("house", again, left)

    def _under_a_roof(self, persons: Ids, state: State, tick: int) -> None:
        if len(persons):
            self.where.shift(persons, state)
            self.at_risk.bring_out(persons, tick)

    def house_again(self, persons: Ids, tick: int) -> None:
        """Some whom crews brought out have no roof yet; by place, as the places' ids go."""
        places = self.where.people.community[self.where.people.household[persons]]
        for place in sorted(np.unique(places).tolist(), key=self.around.turn.__getitem__):
            self._house(persons[places == place], place, tick)
