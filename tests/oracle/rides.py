"""Ambulances and beds, plainly: moment by moment, who is fetched by whom and taken where.

Part of the oracle of the residents. The roads are asked as they are, like the way to kin.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from tests.oracle.hurt import in_turn

if TYPE_CHECKING:
    from tests.oracle.persons import Resident


class Centre:
    """The centre that sends ambulances; where no hospital is listed everybody is driven at once."""

    def __init__(self, oracle: Any) -> None:
        scenario = oracle.scenario
        self.oracle = oracle
        self.p = scenario.p
        at = [c.community for c in scenario.communities]
        self.listed = scenario.hospitals is not None
        self.beds = {h.hospital: h.beds for h in scenario.hospitals or ()}
        self.hospital_at = {h.hospital: at.index(h.community) for h in scenario.hospitals or ()}
        self.is_at: dict[str, int] = {}
        self.free_min: dict[str, float] = {}
        for team in scenario.teams:
            for number in range(team.ambulances or 0 if team.asked_at is None else 0):
                self.is_at[f"{team.team}/{number + 1}"] = at.index(team.community)
                self.free_min[f"{team.team}/{number + 1}"] = 0.0
        self.waiting: list[Resident] = []
        self.up_to_min = 0.0

    def treated(self, person: Resident, minute: float, carried_min: float) -> None:
        """A medical crew has treated somebody, who is at the road some time later."""
        person.hurt.care_min, person.hurt.carried_min = minute, carried_min
        if not self.listed:
            person.hurt.hospital_min = carried_min + self.p("wounds.transport_min")
        elif person.hurt.severity != "minimal":
            self.waiting.append(person)

    def rides(self, until_min: float) -> None:
        """What happens up to a minute: nobody is asked twice in it who cannot be fetched."""
        begins_min, self.up_to_min = self.up_to_min, max(self.up_to_min, until_min)
        asked: list[Resident] = []
        while True:
            left = [p for p in self.waiting if p not in asked]
            moments = {begins_min, *(p.hurt.care_min for p in left), *self.free_min.values()}
            for minute in sorted(m for m in moments if begins_min <= m < until_min):
                ready = [p for p in left if p.hurt.care_min <= minute]
                if ready and min(self.free_min.values(), default=math.inf) <= minute:
                    break
            else:
                return
            rank = {p.number: n for n, p in enumerate(in_turn(ready))}
            severity = min((p.hurt for p in ready), key=lambda h: _rank(h.severity)).severity
            alike = [p for p in ready if p.hurt.severity == severity]
            person = min(alike, key=lambda p: (p.hurt.care_min, rank[p.number]))
            asked.append(person)
            if person.hurt.dies_min(self._end_min()) <= minute or self._fetch(person, minute):
                self.waiting.remove(person)

    def _end_min(self) -> float:
        return float(self.oracle.scenario.ticks * self.oracle.scenario.settings.tick_min)

    def _minutes(self, here: int, there: int) -> float:
        found: float = self.oracle._minutes_by_car(here, there)
        return found

    def _queue_min(self, here: int, there: int, minute: float) -> float:
        """It waits in a part of each queue on its way."""
        waited = 0.0
        for road, start, after_min in self.oracle.way_by_car(here, there):
            queue = self.oracle.queues.wait_min((road, start), minute + after_min + waited)
            waited += queue * self.p("road.rescue_wait_share")
        return waited

    def _fetch(self, person: Resident, minute: float) -> bool:
        here, p = person.home.place.number, self.p
        come = [
            (self._minutes(self.is_at[name], here), name)
            for name, free_min in self.free_min.items()
            if free_min <= minute
        ]
        go = [
            (self._minutes(here, self.hospital_at[name]), name)
            for name, beds in self.beds.items()
            if beds >= person.persons
        ]
        if min(come, default=(math.inf, ""))[0] == math.inf:
            return False
        if min(go, default=(math.inf, ""))[0] == math.inf:
            return False
        (way_min, ambulance), (ride_min, hospital) = min(come), min(go)
        leaves_min = minute + p("ambulance.turnout_min")
        way_min += self._queue_min(self.is_at[ambulance], here, leaves_min)
        ride_min += p("ambulance.local_min")
        hurt = person.hurt
        hurt.ambulance, hurt.hospital = ambulance, hospital
        hurt.fetched_min = minute + (
            p("ambulance.turnout_min") + way_min + p("ambulance.local_min")
        )
        there_min = max(hurt.fetched_min, hurt.carried_min)
        loaded_min = there_min + p("ambulance.load_min")
        ride_min += self._queue_min(here, self.hospital_at[hospital], loaded_min)
        hurt.hospital_min = there_min + p("ambulance.load_min") + ride_min
        back = p("ambulance.turnaround_min")
        each = p("ambulance.load_min") + 2.0 * ride_min + back
        self.free_min[ambulance] = hurt.hospital_min + back + (person.persons - 1) * each
        self.is_at[ambulance] = self.hospital_at[hospital]
        self.beds[hospital] -= person.persons
        return True

    def dies(self, person: Resident, minute: float) -> None:
        """Who dies on the way needs no bed any more."""
        if person.hurt.hospital and minute < person.hurt.hospital_min:
            self.beds[person.hurt.hospital] += person.persons


def _rank(severity: str) -> int:
    return ("immediate", "delayed", "minimal", "expectant").index(severity)
