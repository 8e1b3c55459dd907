"""Cardiac arrests in a run: they come by the calendar, whatever the response does.

Who has one and when, whether anybody sees it, what the heart does and who lives near hang on
draws of the household and the resident alone. Help from nearby is first responders, on foot, and
the nearest of them who has an AED; a medical crew is called and sent like to anybody who is hurt.
Beside it the person stays where the run has them: an arrest takes nobody out of a household, a
shelter or a count of the disaster's harm.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, isnan

import numpy as np

from anlan.sim.arrests.survival import ArrestRules
from anlan.sim.chance import Stream, stream
from anlan.sim.crews.crew import Crew
from anlan.sim.incidents.incident import ARREST, NOT_YET, Incident
from anlan.sim.ledger import facts
from anlan.sim.people.notice import aeds
from anlan.sim.source import Field

HAPPENS = stream("arrest.happens", "household")
WHO = stream("arrest.who", "household")
MINUTE = stream("arrest.minute", "resident")
SEEN = stream("arrest.seen", "resident")
RHYTHM = stream("arrest.rhythm", "resident")
BYSTANDER = stream("arrest.bystander", "resident")
NEAR = stream("arrest.near", "resident")
LIVES = stream("arrest.lives", "resident")


@dataclass(eq=False, slots=True)
class Arrest:
    """One arrest; minutes since the start, infinite for help that does not come."""

    id: str
    place: int
    persons: int
    minute: float
    seen: bool
    shockable: bool
    cpr_min: float
    shock_min: float
    lives_u: float  # they live if their share of survivors is more
    incident: Incident[Crew] | None = None


class Arrests:
    """The arrests of one run. A source: it opens incidents and decides nothing for command."""

    def __init__(self, field: Field) -> None:
        self.field = field
        self.rules = ArrestRules.read(field.scenario)
        self.aeds = aeds(field.scenario)  # (C,)
        self.all = self._drawn()
        self._next = 0

    def _drawn(self) -> list[Arrest]:
        """All arrests of the run in the order of their minutes."""
        field, people = self.field, self.field.world.people
        hours = field.clock.end_min / 60.0
        members = np.diff(people.resident_start)
        below = np.minimum(self.rules.chance(hours) * members, 0.9) * 2.0**64
        struck = field.streams.bits(HAPPENS, people.household_key) < below.astype(np.uint64)
        homes = np.flatnonzero(struck)  # two in a household in one run do not happen
        which = field.streams.uniform64(WHO, people.household_key[homes]) * members[homes]
        persons = people.resident_start[homes] + which.astype(np.int64)
        keys = people.resident_key[persons]

        def luck(of: Stream) -> list[float]:
            found: list[float] = field.streams.uniform64(of, keys).tolist()
            return found

        lucks = [luck(of) for of in (MINUTE, SEEN, RHYTHM, BYSTANDER, NEAR, LIVES)]
        found = [
            self._one(person, *lots) for person, *lots in zip(persons.tolist(), *lucks, strict=True)
        ]
        return sorted(found, key=lambda a: (a.minute, a.id))

    def _one(
        self, person: int, minute_u: float, seen_u: float, rhythm_u: float, bystander_u: float,
        near_u: float, lives_u: float,
    ) -> Arrest:  # fmt: skip
        people, rules, field = self.field.world.people, self.rules, self.field
        home = int(people.household[person])
        place = int(people.community[home])
        number = home - int(people.household_start[place])
        nth = person - int(people.resident_start[home])
        area_km2 = field.scenario.communities[place].area_km2
        minute = minute_u * field.clock.end_min
        called_min = minute + rules.recognise_min
        near = rules.way_min(float(field.notice.responders[place]), area_km2, near_u)
        aed = rules.way_min(float(self.aeds[place]), area_km2, near_u)
        by_hand = called_min if bystander_u < rules.bystander_share else inf
        return Arrest(
            id=f"arrest/{field.place_ids[place]}/{number}/{nth}",
            place=place,
            persons=int(people.stands_for[person]),
            minute=minute,
            seen=seen_u < rules.seen_share,
            shockable=rhythm_u < rules.shockable_share,
            cpr_min=min(by_hand, called_min + min(near, aed)),
            shock_min=called_min + aed + rules.attach_min,
            lives_u=lives_u,
        )

    def step(self, tick: int) -> None:
        """Whoever sees an arrest in this tick calls for a medical crew."""
        ends_min = self.field.clock.minute_of(tick + 1)
        while self._next < len(self.all) and self.all[self._next].minute < ends_min:
            arrest = self.all[self._next]
            self._next += 1
            if arrest.seen:
                self._call(arrest, tick)

    def _call(self, arrest: Arrest, tick: int) -> None:
        arrest.incident = Incident[Crew](
            arrest.id, ARREST, arrest.place, tick,
            persons=arrest.persons,
            cases=arrest.persons,
            occurred_min=arrest.minute,
        )  # fmt: skip
        self.field.incidents.open(arrest.incident, tick, unseen=True)
        self.field.notice.found_at(arrest.incident, arrest.minute + self.rules.recognise_min)

    def finish(self) -> None:
        """Write every arrest, and who lived."""
        for arrest in self.all:
            self.field.ledger.add(self._fact(arrest))

    def _fact(self, arrest: Arrest) -> facts.Arrest:
        rules, incident = self.rules, arrest.incident
        reached = incident is not None and not isnan(incident.arrived_min)
        care_min = incident.arrived_min if incident is not None and reached else inf
        cpr_min, shock_min = inf, inf
        if arrest.seen:
            cpr_min = min(arrest.cpr_min, care_min)
            shock_min = min(arrest.shock_min, care_min + rules.attach_min)
        after = [minute - arrest.minute for minute in (cpr_min, shock_min, care_min)]
        survival = rules.survival(*after) if arrest.shockable else 0.0
        return facts.Arrest(
            arrest=arrest.id,
            incident=incident.id if incident is not None else "",
            community=self.field.place_ids[arrest.place],
            occurred_min=arrest.minute,
            persons=arrest.persons,
            seen=arrest.seen,
            shockable=arrest.shockable,
            cpr_min=self._by_the_end(cpr_min),
            shock_min=self._by_the_end(shock_min),
            care_min=self._by_the_end(care_min),
            survival_share=survival,
            survived=arrest.lives_u < survival,
        )

    def _by_the_end(self, minute: float) -> float:
        """Not a number for what does not happen in the run."""
        return minute if minute < self.field.clock.end_min else NOT_YET
