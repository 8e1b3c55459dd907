"""Ambulances and hospital beds: who of the treated is driven to which hospital, and when.

Only in districts that list their hospitals (`hospitals.csv`). A medical crew that has treated
somebody calls the centre, which knows the roads as they are: the worst hurt come first, the nearest
free ambulance fetches them and takes them to the nearest hospital that has a bed left; it waits
while they are carried to the road. Whom no
ambulance can reach, or for whom there is no bed, waits where they are with the care they have.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

from anlan.sim.people.wounds import Severity, Wound
from anlan.sim.place.population import Population
from anlan.sim.scenario.rules import Rules
from anlan.sim.scenario.schema import Scenario
from anlan.sim.travel.drivers import Drivers

VEHICLE = "car"  # whose depths and roads hold for an ambulance


@dataclass(frozen=True)
class TransportRules(Rules, prefix="ambulance"):
    """What a ride takes besides the way by road."""

    turnout_min: float
    load_min: float
    local_min: float
    turnaround_min: float


@dataclass(eq=False, slots=True)
class Ambulance:
    """One vehicle of a team: where it is free next, and from when on."""

    id: str
    place: int
    free_min: float = 0.0


@dataclass(eq=False, slots=True)
class Hospital:
    """A hospital and the beds that are left in it for the hurt."""

    id: str
    place: int
    beds: int


class Transport:
    """All ambulances and hospitals of a run, and who waits to be fetched."""

    def __init__(self, scenario: Scenario, people: Population, drivers: Drivers) -> None:
        at = {c.community: n for n, c in enumerate(scenario.communities)}
        self.rules = TransportRules.read(scenario)
        self.people = people
        self.drivers = drivers
        self.roads = drivers.roads.map
        self.ambulances = [
            Ambulance(f"{team.team}/{n + 1}", at[team.community])
            for team in sorted(scenario.teams, key=lambda t: t.team)
            for n in range(team.ambulances or 0)
            if team.asked_at is None
        ]
        self.hospitals = {
            h.hospital: Hospital(h.hospital, at[h.community], h.beds)
            for h in sorted(scenario.hospitals or (), key=lambda h: h.hospital)
        }
        self._waiting: list[Wound] = []
        self._up_to_min = 0.0

    def call(self, wound: Wound) -> None:
        """A medical crew has treated somebody who needs a hospital."""
        self._waiting.append(wound)

    def drive(self, until_min: float) -> list[Wound]:
        """All rides that are ordered before a minute; those for whom one was, to be dated anew."""
        begins_min, self._up_to_min = self._up_to_min, max(self._up_to_min, until_min)
        if not self._waiting or not self.ambulances:
            return []
        found: list[Wound] = []
        pending = list(self._waiting)
        while pending:
            first_free = min(a.free_min for a in self.ambulances)
            minute = max(begins_min, first_free, min(w.care_min for w in pending))
            if minute >= until_min:
                break
            ready = [w for w in pending if w.care_min <= minute]
            wound = min(ready, key=lambda w: (w.severity, w.care_min, w.person))
            pending.remove(wound)
            if wound.dies_min <= minute:
                self._waiting.remove(wound)
            elif self._fetch(wound, minute):
                self._waiting.remove(wound)
                found.append(wound)
        return found

    def _fetch(self, wound: Wound, minute: float) -> bool:
        """Send the nearest free ambulance; False where none can come, or no bed can be reached."""
        rules, persons = self.rules, int(self.people.stands_for[wound.person])
        place = wound.incident.place
        way_here = self.roads.minutes_to(VEHICLE, place)
        way_there = self.roads.minutes_from(VEHICLE, place)
        free = [a for a in self.ambulances if a.free_min <= minute and way_here[a.place] < inf]
        open_to = [
            h for h in self.hospitals.values() if h.beds >= persons and way_there[h.place] < inf
        ]
        if not free or not open_to:
            return False
        ambulance = min(free, key=lambda a: (way_here[a.place], a.id))
        hospital = min(open_to, key=lambda h: (way_there[h.place], h.id))
        comes_min = rules.turnout_min + float(way_here[ambulance.place]) + rules.local_min
        leaves_min = minute + rules.turnout_min
        comes_min += self.drivers.queue_min(ambulance.place, place, leaves_min)
        ride_min = float(way_there[hospital.place]) + rules.local_min
        hospital.beds -= persons
        wound.hospital, wound.ambulance = hospital.id, ambulance.id
        wound.fetched_min = minute + comes_min
        there_min = max(wound.fetched_min, wound.carried_min)
        ride_min += self.drivers.queue_min(place, hospital.place, there_min + rules.load_min)
        wound.hospital_min = there_min + rules.load_min + ride_min
        again_min = rules.load_min + 2.0 * ride_min + rules.turnaround_min  # for each one more
        ambulance.free_min = wound.hospital_min + rules.turnaround_min + (persons - 1) * again_min
        ambulance.place = hospital.place
        return True

    def give_back(self, wound: Wound) -> None:
        """Somebody has died on the way: their bed is free again."""
        if wound.hospital and wound.died_min < wound.hospital_min:
            self.hospitals[wound.hospital].beds += int(self.people.stands_for[wound.person])


def transport_of(scenario: Scenario, people: Population, drivers: Drivers) -> Transport | None:
    """The ambulances and hospitals of a scenario; None where it has no table of hospitals.

    A table without rows is a district without beds.
    """
    return Transport(scenario, people, drivers) if scenario.hospitals is not None else None


def needs_hospital(wound: Wound) -> bool:
    """Whether somebody is hurt so badly that an ambulance is called."""
    return wound.severity != Severity.MINIMAL
