"""Work at incidents: so much an hour by the crews that are there, to the minute."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from math import exp, inf, isnan

import numpy as np
from numpy.typing import NDArray

from anlan.sim.chance import Streams, stream
from anlan.sim.crews.crew import RELEASED, Crew
from anlan.sim.forcing.base import Present
from anlan.sim.incidents.incident import TO_TREAT, Incident, Rows
from anlan.sim.nature.water import Water
from anlan.sim.networks.trees import Trees
from anlan.sim.people.protocol import People
from anlan.sim.place.population import Population
from anlan.sim.scenario.clock import Clock
from anlan.sim.scenario.rules import Rules, of

Floats = NDArray[np.float64]
LIES = stream("team.lies", "resident")
HAIR_H = 1e-9  # of rounding


@dataclass(frozen=True)
class PaceRules(Rules, prefix="team"):
    """What people and tools do in an hour, and the wind that stops them."""

    stop_wind_ms: float
    treat_person_h: float
    treat_hands: float
    boat_seats: int
    boat_crew: int
    boat_kmh: float
    boat_leg_km: float
    boat_stop_min: float
    boat_person_min: float
    wade_person_h: float
    wade_limit_m: float
    wade_slowing: float
    saw_trees_per_h: float
    saw_crew: int
    void_share: float = of("quake.void_share")
    entombed_share: float = of("quake.entombed_share")
    shallow_person_h: float = of("quake.shallow_person_h")
    void_person_h: float = of("quake.void_person_h")
    entombed_person_h: float = of("quake.entombed_person_h")
    diggers: int = of("quake.diggers")

    def extricate_h(self, u: Floats) -> Floats:
        """(n,) person-hours to get each of n people out of a collapse, by draws in (0, 1)."""
        return np.select(
            [u < self.entombed_share, u < self.entombed_share + self.void_share],
            [self.entombed_person_h, self.void_person_h],
            self.shallow_person_h,
        )

    def boat_persons_per_h(self, persons: int) -> float:
        """Persons whom a manned boat brings out in an hour, of a group of so many."""
        aboard = min(self.boat_seats, max(1, persons))
        way_min = 2.0 * self.boat_leg_km / self.boat_kmh * 60.0
        return 60.0 * aboard / (way_min + self.boat_stop_min + self.boat_person_min * aboard)

    def wade_persons_per_h(self, depth_m: float) -> float:
        """Persons whom a rescuer on foot brings out in an hour; none where it is too deep."""
        if depth_m > self.wade_limit_m:
            return 0.0
        return exp(-self.wade_slowing * depth_m) / self.wade_person_h


@dataclass
class Workplace:
    """What work changes: people brought out, trees cleared.

    How much is left falls in a straight line while the same crews are there in the same tick.
    """

    rules: PaceRules
    clock: Clock
    present: Present
    trees: Trees
    water: Water
    residents: Population
    streams: Streams
    people: People
    _open: dict[str, Incident[Crew]] = field(default_factory=dict)  # where crews are at work

    def settle(self, incident: Incident[Crew], minute: float) -> None:
        """Work has gone on up to a minute; who is there, and how fast, is looked at anew."""
        if incident.scene is not None or not incident.open or not incident.reached:
            return
        if isnan(incident.work_h):
            incident.work_h = incident.work_left_h = self.full_work_h(incident)
            incident.look_anew()  # whoever has seen it may ask for more
            incident.turns = self._turns(incident)
            if incident.kind == "flood":
                incident.safe_left_h = self._safe_left_h(incident)
        self._send_back_waders(incident, minute)
        if isnan(incident.arrived_min):
            self._open.pop(incident.id, None)
            return
        incident.work_left_h -= incident.pace_h * (minute - incident.worked_min) / 60.0
        incident.worked_min = minute
        there = [c for c in incident.crews if c.state == "working"]
        incident.pace_h = self._pace_h(incident, there)
        if incident.pace_h > 0.0 and isnan(incident.started_min):
            incident.started_min = minute
        self._give_first_aid(incident, there, minute)
        incident.next_turn_min = next_turn_min(incident)
        incident.next_end_min = min(ends_min(incident), spared_min(incident))
        if there:
            self._open[incident.id] = incident
        else:
            self._open.pop(incident.id, None)

    def begin_tick(self, minute: float) -> None:
        """Wind, and how tired crews are, are looked at once a tick."""
        for incident in list(self._open.values()):
            self.settle(incident, minute)

    def full_work_h(self, incident: Incident[Crew]) -> float:
        """Person-hours that it takes; persons of a flood, trees across a road."""
        if incident.kind == "collapse":
            others_h = self.rules.shallow_person_h * incident.others
            return float(self._each_h(incident).sum()) + others_h
        if incident.kind in TO_TREAT:
            return incident.persons * self.rules.treat_person_h
        return float(incident.trees if incident.kind == "tree" else incident.persons)

    def _each_h(self, incident: Incident[Crew]) -> Floats:
        """(n,) person-hours to get each row of those in a ruin out."""
        keys = self.residents.resident_key[incident.people]
        each_h = self.rules.extricate_h(self.streams.uniform64(LIES, keys))
        return np.asarray(each_h * self.residents.stands_for[incident.people])

    def _turns(self, incident: Incident[Crew]) -> list[tuple[float, Rows]]:
        """How much work is left when some people are out or treated, and who; the first last.

        In a ruin those who take least work come first, in a house under water whoever the boat
        takes next, a boatload at a time; among the hurt, by triage.
        """
        if not len(incident.people):
            return []
        counts = self.residents.stands_for
        if incident.kind == "collapse":
            each_h = self._each_h(incident)
            order: Rows = np.argsort(each_h, kind="stable")
            people = incident.people[order]
            work_h = each_h[order]
        else:
            people = self.people.turns(incident)
            treats = incident.kind in TO_TREAT
            work_h = np.asarray(counts[people] * (self.rules.treat_person_h if treats else 1.0))
        left_h = incident.work_h - np.cumsum(work_h)
        loads = np.arange(len(people))
        if incident.kind == "flood":
            loads = (np.cumsum(counts[people]) - 1) // self.rules.boat_seats
        if abs(left_h[-1]) < HAIR_H:  # who is last is out as the work ends, to the bit
            left_h[-1] = 0.0
        last = np.flatnonzero(np.diff(loads, append=loads[-1] + 1))
        groups = np.split(people, last[:-1] + 1)
        return list(zip(left_h[last].tolist(), groups, strict=True))[::-1]

    def _safe_left_h(self, incident: Incident[Crew]) -> float:
        """Work left when the boat, or the load, with the last who is not upstairs has gone."""
        below = set(self.people.below(incident).tolist())
        left_h = incident.work_h
        for load_left_h, persons in reversed(incident.turns):
            if below.isdisjoint(persons.tolist()):
                return left_h
            left_h = load_left_h
        return left_h

    def _give_first_aid(self, incident: Incident[Crew], there: list[Crew], minute: float) -> None:
        """Medical crews first look after all the hurt, as soon as they are there."""
        if incident.kind not in TO_TREAT or incident.pace_h <= 0.0:
            return
        helpers = sum(c.people for c in there)
        if helpers > incident.helpers:
            incident.helpers = helpers
            self.people.first_aid(incident, minute, float(helpers))

    def let_out(self, until_min: float) -> None:
        """Whose turn it is by a minute, at the present pace: they are out, or treated."""
        due = [(i.next_turn_min, i.id) for i in self._open.values() if i.next_turn_min <= until_min]
        heapq.heapify(due)
        while due:
            minute, name = heapq.heappop(due)
            incident = self._open[name]
            self._let_out(incident, minute)
            if incident.next_turn_min <= until_min:
                heapq.heappush(due, (incident.next_turn_min, name))

    def _let_out(self, incident: Incident[Crew], minute: float) -> None:
        """The next are out, or treated. While crews carry somebody to the road they do no other
        work there: what is left of it takes so much longer.
        """
        carry_min = self.people.their_turn(incident.turns.pop()[1], incident, minute)
        if carry_min > 0.0:
            incident.work_left_h += incident.pace_h * carry_min / 60.0
            incident.next_end_min = min(ends_min(incident), spared_min(incident))
        incident.next_turn_min = next_turn_min(incident)

    def _pace_h(self, incident: Incident[Crew], there: list[Crew]) -> float:
        """What all together do in an hour; nothing in a gale."""
        if float(self.present.sky.wind_ms[incident.place]) >= self.rules.stop_wind_ms:
            return 0.0
        begins_min = self.clock.minute_of(self.present.tick)
        pace = sum(self._rate(incident, c) * c.skill * c.efficiency(begins_min) for c in there)
        persons = max(1, incident.persons)
        if incident.kind == "collapse":
            return min(pace, float(self.rules.diggers * persons))
        return min(pace, self.rules.treat_hands * persons) if incident.kind in TO_TREAT else pace

    def _rate(self, incident: Incident[Crew], crew: Crew) -> float:
        """What a fresh crew does in an hour: its people with its tools."""
        rules, people = self.rules, crew.people
        if incident.kind == "tree":
            return min(crew.saws, people / rules.saw_crew) * rules.saw_trees_per_h
        if incident.kind != "flood":
            return float(people)
        if crew.boats:
            manned = min(crew.boats, people / rules.boat_crew)
            return manned * rules.boat_persons_per_h(incident.persons)
        return people * rules.wade_persons_per_h(self._depth_m(incident))

    def _depth_m(self, incident: Incident[Crew]) -> float:
        return float(self.water.depth_m[incident.place])

    def _send_back_waders(self, incident: Incident[Crew], minute: float) -> None:
        """Where the water is too deep to wade, whoever has no boat says so, and goes.

        Who could do nothing has not reached anybody: the clock of the response runs on.
        """
        if incident.kind != "flood" or self._depth_m(incident) <= self.rules.wade_limit_m:
            return
        for crew in list(incident.crews):
            if crew.state == "working" and not crew.boats:
                incident.only_by_boat()
                crew.finish_task(minute, RELEASED)
        if isnan(incident.started_min) and not any(c.state == "working" for c in incident.crews):
            incident.nobody_could_help()

    def next_end_min(self) -> float:
        """When the next work is done, or so far that crews can be spared, if nobody comes or goes
        before.
        """
        return min([i.next_end_min for i in self._open.values()], default=inf)

    def spare(self, minute: float) -> list[Incident[Crew]]:
        """Incidents where, since a minute at the latest, only people upstairs are left."""
        due = [n for n, i in self._open.items() if i.next_end_min <= minute]
        found = [self._open[n] for n in sorted(due) if spared_min(self._open[n]) <= minute]
        for incident in found:
            incident.leave_to_wait()
            incident.next_end_min = ends_min(incident)
        return found

    def close_done(self, minute: float) -> bool:
        """Close what is done by a minute; whether anything was."""
        due = [n for n, i in self._open.items() if i.next_end_min <= minute]
        done = sorted(n for n in due if ends_min(self._open[n]) <= minute)
        for name in done:
            incident = self._open[name]
            if incident.kind in TO_TREAT and incident.turns:  # by a hair of rounding
                self._let_out(incident, minute)
            if ends_min(incident) <= minute:
                self.close(incident, minute)
        return bool(done)

    def work_at_scenes(self, incidents: list[Incident[Crew]], tick: int) -> None:
        """A tick of work where an incident lives its own life, by those there at its beginning."""
        begins_min = self.clock.minute_of(tick)
        for incident in incidents:
            if incident.scene is None or not incident.open or not incident.crews:
                continue
            there = [
                c for c in incident.crews if c.state == "working" and c.arrived_min <= begins_min
            ]
            if incident.scene.work(there, tick):
                self.close(incident, self.clock.minute_of(tick + 1))

    def close(self, incident: Incident[Crew], minute: float) -> None:
        """The work is done: people are out, trees are cleared, crews are free."""
        incident.ends(minute)
        self._open.pop(incident.id, None)
        if incident.kind == "tree":
            self.trees.clear(incident.road)
        elif incident.persons:
            self.people.bring_out(incident, self.present.tick)
            incident.rescued += incident.others
        for crew in list(incident.crews):
            if crew.state == "working":
                crew.finish_task(minute)


def next_turn_min(incident: Incident[Crew]) -> float:
    """When the next are out or treated at the present pace; infinite if nobody is, or works."""
    if not incident.turns or incident.pace_h <= 0.0:
        return inf
    left_h = max(0.0, incident.work_left_h - incident.turns[-1][0])
    return incident.worked_min + 60.0 * left_h / incident.pace_h


def spared_min(incident: Incident[Crew]) -> float:
    """When only people upstairs are left at the present pace; infinite if they are already."""
    if incident.kind != "flood" or incident.only_upstairs or incident.pace_h <= 0.0:
        return inf
    left_h = max(0.0, incident.work_left_h - incident.safe_left_h)
    return incident.worked_min + 60.0 * left_h / incident.pace_h


def ends_min(incident: Incident[Crew]) -> float:
    """When the work is done at the present pace; infinite if nobody does any."""
    if incident.work_left_h <= 0.0:
        return incident.worked_min
    if incident.pace_h <= 0.0:
        return inf
    return incident.worked_min + 60.0 * incident.work_left_h / incident.pace_h
