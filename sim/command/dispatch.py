"""Sending crews: who can come, how soon by the roads that are known, and whom the policy picks."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from math import inf, isnan

import numpy as np
from numpy.typing import NDArray

from anlan.sim.command.covering import (
    adds,
    cover_first,
    engines_to_spare,
    lacks_engine,
    strength,
)
from anlan.sim.command.picture import Picture
from anlan.sim.command.seats import DispatchSeat, Eta
from anlan.sim.crews.agenda import Agenda
from anlan.sim.crews.crew import BRIGADES, SENT_ON, Crew
from anlan.sim.crews.duty import Duty
from anlan.sim.forcing.base import Present
from anlan.sim.incidents.incident import FIRE, PUMP, WATER_ORDERS, Incident, WorkRules
from anlan.sim.scenario.rules import Rules, of
from anlan.sim.scenario.schema import Capability

Task = Incident[Crew]
Question = tuple[object, ...]


@dataclass(frozen=True)
class DispatchRules(Rules, prefix="team"):
    """When nobody is sent, and how a fire's crews are shared."""

    stop_wind_ms: float
    split_share: float = of("forest.split_share")


def can_leave(incident: Task) -> list[Crew]:
    """Crews on foot at work at a forest fire, those that may be sent to a new one."""
    if incident.capability != "forest" or not incident.open:
        return []
    return [
        c
        for c in incident.crews
        if c.state == "working" and c.tank_l == 0 and "air" not in c.capabilities
    ]


def is_brigade(crew: Crew) -> bool:
    """Whether it fights forest fires by profession, with anybody fit."""
    return bool(crew.people) and crew.team.kind in BRIGADES and "forest" in crew.capabilities


def lacks_brigades(incident: Task) -> bool:
    """Whether a forest fire that runs needs more than the brigades there, and on the way, bring."""
    scene = incident.scene
    if scene is None or incident.capability != "forest" or not scene.runs():
        return False
    return strength(incident, [c for c in incident.crews if is_brigade(c)]) < scene.needed()


def lacks_water(incident: Task) -> bool:
    """Whether a forest fire wants more water than the tank trucks there, and on the way, hold."""
    if incident.scene is None or incident.capability != "forest":
        return False
    return sum(c.tank_l for c in incident.crews) < incident.scene.water_wanted_l()


@dataclass
class Dispatch:
    """Crews to incidents, whenever something has changed.

    The wind is what the stations of the weather office say.
    """

    rules: DispatchRules
    work: WorkRules
    seat: DispatchSeat
    picture: Picture
    duty: Duty[Crew]
    agenda: Agenda[Crew]
    present: Present
    town_of: NDArray[np.int64]  # (C,) number of each place's town
    _tick_min: float = -inf  # beginning of the tick in which it last looked
    _roads: int = 0  # changes of the known roads when it last looked
    _at_hand_can: frozenset[str] = frozenset()  # what those could do who were at hand then
    _boats_wait: bool = False  # crews with pumps or bags stay for those who are in the water
    _upstairs: list[Task] = field(default_factory=list)  # open; whoever is left there is upstairs
    # need -> nobody could be sent to pump, or with bags, when this was asked
    _stay_idle: dict[str, Question] = field(default_factory=dict)

    def step(self, minute: float) -> None:
        """Send whom the policy picks, until it sends no more."""
        if self._nothing_new(minute):
            return
        calm: list[bool] = (self.present.sky.wind_ms < self.rules.stop_wind_ms).tolist()
        if scenes := [i for i in self.picture.others if i.scene and calm[i.place]]:
            self._send_micro([i for i in scenes if i.short_of_micro()], calm, minute)
            forest = [i for i in scenes if i.capability == "forest"]
            self._send_brigades(forest, calm, minute)
            self._send_tanks([i for i in forest if lacks_water(i)], calm, minute)
        idle, rested, mustering = self._at_hand(calm, minute)
        waiting = self._waiting(calm, idle + rested, mustering)
        if waiting:
            self._call_in_for(waiting, rested, mustering, minute)
            self._fill(waiting, [c for c in idle if c.state == "idle"], self._is_short, minute)
            fires = [i for i in waiting if i.burns and self._is_short(i)]
            for incident in fires:
                if incident.capability == "forest" and not strength(incident, incident.crews):
                    self._split(incident, minute)
            self._share_engines([i for i in fires if i.capability == "fire"], calm, minute)
        self._take_from_upstairs(calm, minute)
        if sites := [i for i in self.picture.others if i.against_water]:
            self._take_from_water(sites, calm, minute)
            self._boats_wait = False
            for need in WATER_ORDERS.values():
                short = [i for i in sites if i.need == need and self._is_short(i)]
                short = [i for i in short if calm[i.place]]
                # Who is called in for bags would rest when the water comes: those on duty lay them.
                able = [c for c in rested if need in c.can] if need == PUMP else []
                if short:
                    coming = [c for c in (*mustering, *rested) if c.state == "mustering"]
                    self._call_in_for(short, able, coming, minute)
                self._send_against_water(need, short, idle, minute)

    def _is_short(self, incident: Task) -> bool:
        return incident.short(self.work)

    def _send_against_water(
        self, need: str, sites: list[Task], idle: list[Crew], minute: float
    ) -> None:
        """Each town's pumps, or bags, to its own places; what is left to wherever water stands.

        Only crews that nobody else wants; and boats stay for people who are in the water.
        """
        in_water = bool(self.picture.floods)
        crews = [c for c in idle if c.state == "idle" and need in c.can]
        self._boats_wait |= in_water and any(c.boats for c in crews)
        crews = [c for c in crews if not (in_water and c.boats)]
        if not (crews and sites):
            return
        asked = self._question(sites, crews)
        if asked == self._stay_idle.get(need):
            return
        for town in sorted({int(self.town_of[c.base]) for c in crews}):
            here = [i for i in sites if self.town_of[i.place] == town]
            own = [c for c in crews if c.state == "idle" and self.town_of[c.base] == town]
            self._fill(here, own, self._is_short, minute)
        left = [c for c in crews if c.state == "idle"]
        if left:
            anywhere = [i for i in sites if not i.own_town and self._is_short(i)]
            self._fill(anywhere, left, self._is_short, minute)
        self._stay_idle[need] = asked if all(c.state == "idle" for c in crews) else ()

    def can_wait(self, incidents: list[Task]) -> None:
        """Only people upstairs are left there: crews may leave them for others in the water."""
        self._upstairs += incidents
        self.agenda.free |= {c.turn: c for i in incidents for c in i.crews if c.state == "working"}

    def _take_from_upstairs(self, calm: list[bool], minute: float) -> None:
        """Who is at work where only people upstairs are left goes on to people in the water to
        whom nobody else can come.
        """
        self._upstairs = [i for i in self._upstairs if i.open]
        safe = [i for i in self._upstairs if calm[i.place]]
        crews = [c for i in safe for c in i.crews if c.state == "working"]
        if not crews:
            return
        self._at_hand_can |= _all_can(crews)
        bare = [i for i in self.picture.floods if not i.crews and calm[i.place]]
        bare = [i for i in self._within_reach(bare, crews) if not i.only_upstairs]
        bare = [i for i in bare if self._is_short(i)]  # people may stand in the water there
        while bare and crews:
            pairs = self.seat(bare, crews, cover_first(bare, crews, self._eta(bare, crews)))
            if not sum(self._send_on(crews[c], bare[i], minute) for i, c in pairs):
                return
            bare = [i for i in bare if not i.crews]
            crews = [c for c in crews if c.task is not None and c.task.only_upstairs]

    def _send_on(self, crew: Crew, incident: Task, minute: float, wait_min: float = 0.0) -> bool:
        """From the task that it is at to another; `wait_min` until it can leave."""
        crew.leave_task(minute, SENT_ON)
        return self._send(crew, incident, minute, wait_min)

    def _take_from_water(self, sites: list[Task], calm: list[bool], minute: float) -> None:
        """People, and fires, come before water: who is at it packs up and goes if nobody else
        can.
        """
        crews = [c for i in sites for c in i.crews if c.state == "working" and calm[c.place]]
        if not crews:
            return
        can = _all_can(crews)
        self._at_hand_can |= can
        people = [
            i
            for i in self.picture.open
            if i.is_short is not False
            and calm[i.place]
            and (i.persons or i.burns)
            and i.may_need in can
        ]
        people = [i for i in self._within_reach(people, crews) if self._is_short(i)]
        while people and crews:
            pairs = self.seat(people, crews, self._eta(people, crews))
            if not pairs:
                return
            for i, c in pairs:
                self._send_on_from_water(crews[c], people[i], minute)
            people = [i for i in people if self._is_short(i)]
            crews = [c for c in crews if c.task is not None and c.task.against_water]

    def _within_reach(self, incidents: list[Task], crews: list[Crew]) -> list[Task]:
        """Those in a part of the network in which one of some crews is that may be able.

        No way is known to all others; many wait behind closed roads, and are looked at no further.
        """
        if not (incidents and crews):
            return []
        near = self._parts_of(crews, {i.may_need for i in incidents})
        return [i for i in incidents if (at := near[i.may_need])[i.place] or at[i.other_end]]

    def _parts_of(self, crews: list[Crew], needs: set[str]) -> dict[str, list[bool]]:
        """Need -> the places, (C,), that lie in a part of the network where such a crew is."""
        where: dict[tuple[str, frozenset[str]], set[int]] = {}
        for crew in crews:
            if can := crew.can & needs:
                where.setdefault(("lorry", can), set()).add(crew.place)
                where.setdefault((crew.vehicle, can), set()).add(crew.place)
        near = dict.fromkeys(needs, np.zeros(len(self.town_of), dtype=bool))
        for (vehicle, can), places in where.items():
            part = self.picture.roads.parts(vehicle)[: len(self.town_of)]
            there = np.zeros(len(part), dtype=bool)  # by part
            there[part[list(places)]] = True
            for need in can:
                near[need] = near[need] | there[part]
        return {need: places.tolist() for need, places in near.items()}

    def _question(self, tasks: list[Task], crews: list[Crew]) -> Question:
        """All on which it depends whether some crews can be sent to some incidents."""
        roads = self.picture.roads.changes
        return (
            roads, *((c.turn, c.place) for c in crews), *((i.id, i.need, i.own_town) for i in tasks)
        )  # fmt: skip

    def _send_on_from_water(self, crew: Crew, incident: Task, minute: float) -> None:
        assert crew.task is not None
        assert crew.task.scene is not None
        self._send_on(crew, incident, minute, crew.task.scene.way_out_min(crew))

    def _fill(
        self,
        incidents: list[Task],
        crews: list[Crew],
        is_short: Callable[[Task], bool],
        minute: float,
        micro: bool = False,
    ) -> None:
        """Send crews until the policy sends no more, as an incident may want several."""
        incidents = self._within_reach(incidents, crews)
        while incidents and crews:
            eta = self._eta(incidents, crews, micro)
            eta = eta if micro else cover_first(incidents, crews, eta)
            pairs = self.seat(incidents, crews, eta)
            if not sum(self._send(crews[c], incidents[i], minute) for i, c in pairs):
                return
            incidents = [i for i in incidents if is_short(i)]
            crews = [c for c in crews if c.state == "idle"]

    def _nothing_new(self, minute: float) -> bool:
        """Whether nobody can be sent who could not be sent when it last looked in this tick."""
        free = _all_can(self.agenda.free.values())
        self.agenda.free.clear()
        roads, self._roads = self._roads, self.picture.roads.changes
        tick, self._tick_min = self._tick_min, self.agenda.begins_min
        if minute == self._tick_min or tick != self._tick_min or roads != self._roads:
            return False
        freed = free and self._boats_wait  # work on the water may be over with that
        known, self._at_hand_can = self._at_hand_can, self._at_hand_can | free
        for i in self.picture.open:
            # It is new, or somebody came to it or left it; a scene is always looked at.
            if i.is_short is None and (i.scene or i.may_need in known):
                return False
            if i.is_short is not False and (i.need in free or (i.against_water and freed)):
                return False
        return True

    def _waiting(self, calm: list[bool], at_hand: list[Crew], mustering: list[Crew]) -> list[Task]:
        """Incidents that want more, and for which somebody at hand can come.

        Those for which only crews that muster can come are among them until they are ordered;
        fires always are, as they can get crews of another.
        """
        now = _all_can(at_hand) | FIRE
        later = _all_can(mustering) - now
        self._at_hand_can = now | later
        return [
            i
            for i in self.picture.open
            if i.is_short is not False
            and not i.against_water
            and calm[i.place]
            and (i.may_need in now or (i.may_need in later and isnan(i.dispatched_min)))
            and i.short(self.work)
        ]

    def _at_hand(
        self, calm: list[bool], minute: float
    ) -> tuple[list[Crew], list[Crew], list[Crew]]:
        """Crews that can be sent now, those that can be called in, and those that muster."""
        those = self.duty.those
        idle = [c for c in those("idle") if calm[c.place] and c.strength > c.lost]
        off = [c for c in those("off_duty") if minute >= c.ready_min]
        rested = [c for c in off if c.from_here and c.strength > c.lost]
        return idle, rested, list(those("mustering"))

    def _send_brigades(self, burning: list[Task], calm: list[bool], minute: float) -> None:
        """Brigades go to a forest fire that runs though others are there: these only top up."""
        fires = [i for i in burning if lacks_brigades(i)]
        if not fires:
            return
        crews = [c for c in self.duty.those("idle") if is_brigade(c) and calm[c.place]]
        self._fill(fires, crews, lacks_brigades, minute)

    def _send_tanks(self, fires: list[Task], calm: list[bool], minute: float) -> None:
        """Tank trucks go by the water that is wanted, however many people are there."""
        if not fires:
            return
        able = [c for c in self.duty.those("idle") if c.tank_l and "forest" in c.can and c.people]
        crews = [c for c in able if calm[c.place]]
        self._fill(fires, crews, lacks_water, minute)

    def _send_micro(self, fires: list[Task], calm: list[bool], minute: float) -> None:
        """The nearest micro stations go to a building fire at once, besides the engines."""
        if not fires:
            return
        crews = [c for c in self.duty.those("idle") if c.micro and calm[c.place]]
        self._fill(fires, crews, Incident.short_of_micro, minute, micro=True)

    def _split(self, incident: Task, minute: float) -> None:
        """A forest fire without anybody gets part of the crews of the fire that has most people.

        What both have is shared as both need it, but at most `split_share` is taken away. Only
        where nobody else is ready, or about to be, and a way leads from the one to the other.
        """
        ready = (*self.duty.those("idle"), *self.duty.those("mustering"))
        if any(adds(incident, c) for c in ready):
            return
        by_id = sorted(self.picture.open, key=lambda i: i.id)
        largest = max(by_id, key=lambda i: strength(i, can_leave(i)))
        crews = can_leave(largest)
        wanted = self._part_of(largest, incident, strength(largest, crews))
        eta = self._eta([incident], crews)[0] if wanted else np.empty(0)
        order = sorted(range(len(eta)), key=lambda n: (eta[n], crews[n].id))
        for n in [n for n in order if np.isfinite(eta[n])]:
            crew, left = crews[n], crews[n].task
            wanted -= adds(incident, crew)
            if wanted < 0.0:
                return
            assert left is not None
            assert left.scene is not None
            self._send_on(crew, incident, minute, left.scene.way_out_min(crew))

    def _share_engines(self, short: list[Task], calm: list[bool], minute: float) -> None:
        """Fires for which no engine is free get those that other fires can do without.

        See `covering`; the fire that was first reported comes first.
        """
        offers = engines_to_spare(self.picture.open, self._is_short) if short else []
        for incident in sorted(short, key=lambda i: (i.persons == 0, i.read_min, i.id)):
            bare = lacks_engine(incident)
            spare = [(rank, c) for rank, c in offers if calm[c.place] and (bare or not rank[0])]
            eta = self._eta([incident], [c for _, c in spare])[0] if spare else np.empty(0)
            near = [n for n in range(len(spare)) if np.isfinite(eta[n])]
            if near:
                n = min(near, key=lambda n: (spare[n][0], eta[n], spare[n][1].id))
                self._send_on(spare[n][1], incident, minute)
                offers = engines_to_spare(self.picture.open, self._is_short)

    def _part_of(self, larger: Task, other: Task, persons: float) -> float:
        """How many persons of a fire's another one gets: in proportion to what both need."""
        if larger.scene is None or other.scene is None or not persons:
            return 0.0
        need, others = larger.scene.needed(), other.scene.needed()
        return min(others, persons * min(self.rules.split_share, others / (need + others)))

    def _send(self, crew: Crew, incident: Task, minute: float, wait_min: float = 0.0) -> bool:
        """To the nearer end, where an incident has two; False where no way is known."""
        vehicle = crew.vehicle_for(incident)
        near, far = (
            self.picture.roads.minutes_between(vehicle, crew.place, end)
            for end in (incident.place, incident.other_end)
        )
        end = incident.other_end if far < near else incident.place
        return crew.send(incident, end, minute, wait_min)

    def _call_in_for(
        self, waiting: list[Task], rested: list[Crew], mustering: list[Crew], minute: float
    ) -> None:
        """Incidents that wait bring in every team that could take them, level or no level.

        But a fire only the brigades and whoever lives in its town: the others muster by level.
        """
        if not waiting:
            return
        coming = _all_can(mustering)
        for crew in rested:
            if any(self._brings_in(incident, crew) for incident in waiting):
                crew.call_in(minute)
                coming |= crew.can
        for incident in waiting:
            if incident.need in coming:
                incident.ordered(minute)

    def _brings_in(self, incident: Task, crew: Crew) -> bool:
        if incident.need not in crew.can:
            return False
        lives_there = self.town_of[crew.base] == self.town_of[incident.place]
        if incident.own_town and not lives_there:
            return False
        return not incident.burns or crew.team.kind in BRIGADES or bool(lives_there)

    def _eta(self, waiting: list[Task], crews: list[Crew], micro: bool = False) -> Eta:
        """(incidents, crews) minutes to the nearer end; inf where it cannot come or cannot help.

        A crew of a micro station does not stand in for an engine: it is asked for by `micro`.
        """
        eta = np.full((len(waiting), len(crews)), np.inf)
        wants: list[tuple[Capability, str]] = [(i.capability, i.need) for i in waiting]
        by_need: dict[tuple[Capability, str], list[int]] = {want: [] for want in wants}
        for i, want in enumerate(wants):
            by_need[want].append(i)
        for (capability, need), these in by_need.items():
            able: dict[str, list[int]] = {}  # vehicle -> crews
            for n, crew in enumerate(crews):
                if need in crew.can and (micro or not crew.micro or capability != "fire"):
                    able.setdefault(crew.vehicle_for(waiting[these[0]]), []).append(n)
            ends = [waiting[i].place for i in these] + [waiting[i].other_end for i in these]
            for vehicle, who in able.items():
                places = [crews[n].place for n in who]
                minutes = self.picture.roads.minutes_table(vehicle, places, ends)
                nearer = np.minimum(minutes[:, : len(these)], minutes[:, len(these) :])
                eta[np.ix_(these, who)] = nearer.T
        return eta


def _all_can(crews: Iterable[Crew]) -> frozenset[str]:
    """What some crews can do together; most of them can do the same."""
    return frozenset[str]().union(*{c.can for c in crews})
