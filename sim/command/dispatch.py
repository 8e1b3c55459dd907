"""Sending crews: who can come, how soon by the roads that are known, and whom the policy picks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from math import inf, isnan

import numpy as np
from numpy.typing import NDArray

from anlan.sim.command.at_hand import IDLE, MUSTERING, OFF, AtHand
from anlan.sim.command.board import Board, Group, Groups, Task, Tasks, in_order
from anlan.sim.command.covering import (
    adds,
    cover_first,
    covered,
    engines_to_spare,
    lacks_engine,
    strength,
)
from anlan.sim.command.picture import Picture
from anlan.sim.command.seats import DispatchSeat, Eta
from anlan.sim.command.standing import Standing, Want, Wants, joined, posts_of
from anlan.sim.crews.agenda import Agenda
from anlan.sim.crews.crew import BRIGADES, SENT_ON, Crew
from anlan.sim.crews.duty import Duty
from anlan.sim.forcing.base import Present
from anlan.sim.incidents.incident import (
    BOAT,
    FIRE,
    FLOOD,
    ON_FOOT,
    PUMP,
    WATER_ORDERS,
    Incident,
    WorkRules,
)
from anlan.sim.scenario.rules import Rules, of

Question = tuple[object, ...]
CAN_HELP = ("water", BOAT, ON_FOOT)  # people in the water, one of which is wanted
Picked = list[tuple[Task, Crew]]


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
    _town: list[int] = field(init=False)  # the same
    _calm: list[bool] = field(default_factory=list)  # (C,) in the tick that begins ...
    _calm_as_of: float = -inf  # ... then
    _tick_min: float = -inf  # beginning of the tick in which it last looked
    _roads: int = 0  # changes of the known roads when it last looked
    _at_hand: AtHand = field(init=False)
    _fresh: set[int] = field(default_factory=set)  # incidents that changed since it looked before
    _left_over: bool = False  # the policy kept back somebody who could have been sent
    _in_water: bool = False  # people were in the water when it last looked
    _at_hand_can: frozenset[str] = frozenset()  # what those could do who were at hand then
    _boats_wait: bool = False  # crews with pumps or bags stay for those who are in the water
    # incidents where only people upstairs were left -> how many had come so far before
    _may_wait: dict[str, int] = field(default_factory=dict)
    # need -> nobody could be sent to pump, or with bags, when this was asked
    _stay_idle: dict[str, Question] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._town = self.town_of.tolist()
        self._at_hand = AtHand(self.duty)

    def step(self, minute: float) -> None:
        """Send whom the policy picks, until it sends no more.

        When it looks again in a tick, only who or what is new can lead to anything: all others
        were asked about, and nobody is left who could be sent to one of them.
        """
        came = list(self.agenda.free.values())
        self.agenda.free.clear()
        anew = self._is_anew(minute)
        calm = self._where_it_is_calm()
        self._at_hand.look(calm, minute)
        self._at_hand.keep_up(came, minute)
        self._send_to_the_drowning(calm, minute)
        if not anew and self._nothing_new(_all_can(came)):
            return
        freed: list[Crew] | None = came
        if anew or self._left_over or self._board.changing:
            self._left_over = False
            self._send_to_scenes(calm, minute)
            self._at_hand.keep_up((), minute)
            freed = None
        waiting = self._waiting(calm)
        self._fresh = self._board.take_fresh()
        self._call_in_for(waiting, minute)
        burning = _all_in([group for group in waiting if group.burns])
        self._fill_groups(waiting, freed, minute)
        fires = [i for i in burning if self._is_short(i)]
        for incident in fires:
            if incident.capability == "forest" and not strength(incident, incident.crews):
                self._split(incident, minute)
        self._share_engines([i for i in fires if i.capability == "fire"], calm, minute)
        self._take_from_upstairs(calm, minute)
        if self._board.sites:
            self._take_from_water(calm, freed is None, minute)
            self._at_hand.keep_up((), minute)
            self._hold_back_water(calm, freed, minute)

    def _fresh_groups(self) -> set[Group]:
        """Those in which something has changed since it last looked."""
        return self._board.groups_of(self._fresh | self._board.fresh)

    @property
    def _board(self) -> Board:
        return self.picture.board

    def _where_it_is_calm(self) -> list[bool]:
        """(C,) whether crews work and set out there; it is looked at once a tick."""
        if self._calm_as_of != self.agenda.begins_min or not self._calm:
            self._calm_as_of = self.agenda.begins_min
            self._calm = (self.present.sky.wind_ms < self.rules.stop_wind_ms).tolist()
        return self._calm

    def _send_to_scenes(self, calm: list[bool], minute: float) -> None:
        """What fires get besides, or before, what all incidents get."""
        scenes = [i for i in self._board.scenes.values() if i.burns and calm[i.place]]
        if scenes:
            self._send_micro([i for i in scenes if i.short_of_micro()], calm, minute)
            forest = [i for i in scenes if i.capability == "forest"]
            self._send_brigades(forest, calm, minute)
            self._send_tanks([i for i in forest if lacks_water(i)], calm, minute)

    def _hold_back_water(self, calm: list[bool], freed: list[Crew] | None, minute: float) -> None:
        """Pumps, then bags, where they are ordered."""
        self._boats_wait = False
        in_water, self._in_water = self._in_water, bool(self._board.floods)
        if in_water != self._in_water:
            freed = None  # those with boats are wanted elsewhere, or no longer
        for need in WATER_ORDERS.values():
            for i in list(self._board.to_look_at.values()):
                if i.against_water and i.need == need:
                    self._is_short(i)
            sites = [g for g in self._board.waters if g.need == need and calm[g.place]]
            # Who is called in for bags would rest when the water comes: those on duty lay them.
            if sites:
                self._call_in_for(sites, minute, calls_in=need == PUMP)
            self._send_against_water(need, sites, freed, minute)

    def _is_short(self, incident: Task) -> bool:
        return incident.short(self.work)

    def _send_against_water(
        self, need: str, groups: list[Group], freed: list[Crew] | None, minute: float
    ) -> None:
        """Each town's pumps, or bags, to its own places; what is left to wherever water stands.

        Only crews that nobody else wants; and boats stay for people who are in the water.
        """
        self._boats_wait |= self._in_water and self._at_hand.has_boat_for(need)
        new = freed is None or any(need in c.can for c in freed)
        if not (groups and (new or not self._fresh_groups().isdisjoint(groups))):
            return
        crews = [
            c
            for c in self._at_hand.those(IDLE, [need])
            if c.state == "idle" and not (self._in_water and c.boats)
        ]
        if not crews:
            return
        sites = _all_in(groups)
        asked = self._question(sites, crews)
        if asked == self._stay_idle.get(need):
            return
        for town in sorted({self._town[c.base] for c in crews}):
            here = [i for i in sites if self._town[i.place] == town]
            own = [c for c in crews if c.state == "idle" and self._town[c.base] == town]
            self._fill(here, own, self._is_short, minute)
        left = [c for c in crews if c.state == "idle"]
        if left:
            anywhere = [i for i in sites if not i.own_town and self._is_short(i)]
            self._fill(anywhere, left, self._is_short, minute)
        self._stay_idle[need] = asked if all(c.state == "idle" for c in crews) else ()

    def _send_to_the_drowning(self, calm: list[bool], minute: float) -> None:
        """To whom the water overcomes, and nobody has been sent, goes whoever is there first: one
        who is idle, or who is at work where nobody is in mortal danger.
        """
        drowning = [i for i in self._board.drowning.values() if i.open and calm[i.place]]
        if not drowning:
            return
        at_work = [c for c in self.duty.those("working") if _may_leave_for_the_drowning(c)]
        crews = self._at_hand.those(IDLE, CAN_HELP) + [c for c in at_work if calm[c.place]]
        while drowning and crews:
            drowning, crews = joined(drowning, crews, self.picture.roads)
            drowning = [i for i in drowning if self._is_short(i)]
            if not (drowning and crews):
                break
            eta = cover_first(drowning, crews, self._eta(drowning, crews))
            sent = False
            for n, c in self.seat(drowning, crews, eta):
                crew = crews[c]
                send = self._send if crew.state == "idle" else self._send_on
                sent |= send(crew, drowning[n], minute)
            if not sent:
                break
            drowning = [i for i in drowning if not i.crews]
            crews = [c for c in crews if c.state == "idle" or _may_leave_for_the_drowning(c)]
        self._at_hand.keep_up((), minute)

    def can_wait(self, incidents: list[Task]) -> None:
        """Only people upstairs are left there: crews may leave them for others in the water."""
        for incident in incidents:
            self._may_wait[incident.id] = len(self._may_wait)
        self.agenda.free |= {c.turn: c for i in incidents for c in i.crews if c.state == "working"}

    def _take_from_upstairs(self, calm: list[bool], minute: float) -> None:
        """Who is at work where only people upstairs are left goes on to people in the water to
        whom nobody else can come.
        """
        if not self._may_wait:
            return
        at_work = [c.task for c in self.duty.those("working") if c.task is not None]
        safe = {i.id: i for i in at_work if i.only_upstairs and calm[i.place]}
        first = sorted(safe.values(), key=lambda i: self._may_wait[i.id])
        crews = [c for i in first for c in i.crews if c.state == "working"]
        if not crews:
            return
        standing = Standing(posts_of(crews), self.picture.roads)
        self._at_hand_can |= standing.can
        for i in list(self._board.to_look_at.values()):
            if i.kind == FLOOD and _is_bare(i) and calm[i.place] and standing.may_reach(i):
                self._is_short(i)  # people may stand in the water there
        groups = [g for g in self._board.short if g.bare and calm[g.place]]
        reached, able = _meet(groups, standing)
        picked = self._pick(reached, able)
        bare = _all_in(reached) if len(picked) < len(able) else []
        while sum([self._send_on(crew, incident, minute) for incident, crew in picked]):
            crews = [c for c in crews if c.task is not None and c.task.only_upstairs]
            bare = [i for i in bare if not i.crews]
            bare, able = joined(bare, crews, self.picture.roads)
            if not bare:
                return
            pairs = self.seat(bare, able, cover_first(bare, able, self._eta(bare, able)))
            picked = [(bare[i], able[c]) for i, c in pairs]

    def _send_on(self, crew: Crew, incident: Task, minute: float, wait_min: float = 0.0) -> bool:
        """From the task that it is at to another; `wait_min` until it can leave."""
        crew.leave_task(minute, SENT_ON)
        return self._send(crew, incident, minute, wait_min)

    def _take_from_water(self, calm: list[bool], anew: bool, minute: float) -> None:
        """People, fires and dikes come before water: who is at it packs up and goes if nobody
        else can.
        """
        crews = [
            c
            for c in self.duty.those("working")
            if c.task is not None and c.task.against_water and calm[c.place]
        ]
        if not crews:
            return
        self._at_hand_can |= _all_can(crews)
        fresh = self._fresh | self._board.fresh
        anew |= any(c.task is not None and c.task.number in fresh for c in crews)  # who has come
        to_look_at = [i for i in self._board.to_look_at.values() if i.before_water]
        if not (anew or fresh or to_look_at):
            return
        standing = Standing(posts_of(crews), self.picture.roads)
        changing = Groups()  # fires and ruins that want more
        for i in to_look_at:
            if not (calm[i.place] and standing.may_reach(i)):
                continue
            if self._is_short(i) and i.is_short is None:
                changing.put(i)
        fresh_groups = self._fresh_groups()
        groups = [g for g in self._board.short if calm[g.place] and (anew or g in fresh_groups)]
        people = [i for i in self._reached([*groups, *changing], standing) if i.before_water]
        while True:
            people, crews = joined(people, crews, self.picture.roads)
            if not people:
                return
            pairs = self.seat(people, crews, self._eta(people, crews))
            if not pairs:
                return
            for n, c in pairs:
                self._send_on_from_water(crews[c], people[n], minute)
            people = [i for i in people if self._is_short(i)]
            crews = [c for c in crews if c.task is not None and c.task.against_water]

    def _reached(self, groups: Iterable[Group], standing: Standing) -> list[Task]:
        """The incidents of some groups to which a way may lead, as the roads are known.

        Many wait behind closed roads, and are looked at no further.
        """
        return _all_in([g for g in groups if standing.reaches(g)])

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

    def _fill_groups(self, groups: list[Group], freed: list[Crew] | None, minute: float) -> None:
        """The same as `_fill`, which goes on where some crews are left.

        Groups that have not changed are asked about for `freed` crews only (None: for all).
        """
        reached, able = self._unasked(groups, freed)
        picked, others = self._pick(reached, able), _all_in(reached)
        wants = _wants(picked)
        if not sum([self._send(crew, incident, minute) for incident, crew in picked]):
            self._left_over |= bool(picked)
            return
        crews = self._at_hand.those(IDLE)
        others, left = self._new_to(others, able, picked, wants, self._is_short, crews)
        self._fill(others, left, self._is_short, minute, more=crews)

    def _new_to(
        self,
        incidents: list[Task],
        able: list[Crew],
        picked: Picked,
        wants: list[Want],
        is_short: Callable[[Task], bool],
        crews: list[Crew],
    ) -> tuple[list[Task], list[Crew]]:
        """Of some incidents those that want more once some crews were picked, and who is left.

        Where one of those picked wants now another kind of crew than in `wants` all `crews` are
        new to it, and not only those who are `able` to come to the others.
        """
        for incident, _ in picked:
            self._is_short(incident)
        left = [c for c in able if c.state == "idle"]
        if not left:
            incidents = [incident for incident, _ in picked]
        if wants != _wants(picked):
            left = [c for c in crews if c.state == "idle"]
        return ([i for i in incidents if is_short(i)] if left else []), left

    def _unasked(
        self, groups: list[Group], freed: list[Crew] | None
    ) -> tuple[list[Group], list[Crew]]:
        """Groups, and crews from whom a way may lead to one, as far as one of the two is new."""
        fresh = self._fresh_groups()
        new = groups if freed is None else [g for g in groups if g in fresh]
        reached: list[Group] = []
        able: dict[int, Crew] = {}
        if new:
            reached, come = _meet(new, Standing(self._at_hand.idle, self.picture.roads))
            able |= {c.turn: c for c in come}
        ready = [c for c in freed or () if self._at_hand.is_idle(c)]
        if ready:
            old = [g for g in groups if g not in fresh]
            others, come = _meet(old, Standing(posts_of(ready), self.picture.roads))
            reached, able = reached + others, able | {c.turn: c for c in come}
        return reached, [able[turn] for turn in sorted(able)]

    def _pick(self, reached: list[Group], able: list[Crew]) -> Picked:
        """Whom the policy sends to incidents in groups, all of a group being as far for a crew."""
        if not reached:
            return []
        rows = [(g.kind, g.turn, g.place) for g in reached]
        eta = covered(rows, able, self._eta(reached, able))
        some = np.flatnonzero(np.isfinite(eta).any(axis=1))
        incidents, row = _in_groups([reached[n] for n in some.tolist()])
        if not incidents:
            return []
        pairs = self.seat(incidents, able, eta[some[row]])
        self._left_over |= not pairs
        return [(incidents[i], able[c]) for i, c in pairs]

    def _fill(
        self,
        incidents: list[Task],
        crews: list[Crew],
        is_short: Callable[[Task], bool],
        minute: float,
        micro: bool = False,
        more: list[Crew] | None = None,
    ) -> None:
        """Send crews until the policy sends no more, as an incident may want several.

        `more`: all who could be sent, where some of them were asked about these incidents before.
        """
        while True:
            incidents, crews = joined(incidents, crews, self.picture.roads, micro)
            if not incidents:
                return
            eta = self._eta(incidents, crews, micro)
            eta = eta if micro else cover_first(incidents, crews, eta)
            picked = [(incidents[i], crews[c]) for i, c in self.seat(incidents, crews, eta)]
            wants = _wants(picked)
            if not sum([self._send(crew, incident, minute) for incident, crew in picked]):
                self._left_over |= bool(np.isfinite(eta).any())
                return
            incidents, crews = self._new_to(
                incidents, crews, picked, wants, is_short, more or crews
            )

    def _is_anew(self, minute: float) -> bool:
        """Whether a tick begins, or the roads are known otherwise than when it last looked."""
        roads, self._roads = self._roads, self.picture.roads.changes
        tick, self._tick_min = self._tick_min, self.agenda.begins_min
        return minute == self._tick_min or tick != self._tick_min or roads != self._roads

    def _nothing_new(self, free: frozenset[str]) -> bool:
        """Whether nobody can be sent who could not be sent when it last looked in this tick.

        `free`: what those can do who have become ready since.
        """
        freed = free and self._boats_wait  # work on the water may be over with that
        known, self._at_hand_can = self._at_hand_can, self._at_hand_can | free
        for i in self._board.to_look_at.values():
            # It is new, or somebody came to it or left it; a scene is always looked at.
            if i.scene or i.may_need in known or i.need in free or (i.against_water and freed):
                return False
        return not any(
            g.need in free or (g.against_water and freed)
            for g in (*self._board.short, *self._board.waters)
            if free
        )

    def _waiting(self, calm: list[bool]) -> list[Group]:
        """Incidents that want more, and for which somebody at hand can come.

        Those for which only crews that muster can come are among them until they are ordered;
        fires always are, as they can get crews of another.
        """
        now = self._at_hand.can(IDLE, OFF) | FIRE
        later = self._at_hand.can(MUSTERING) - now
        self._at_hand_can = now | later
        changing = Groups()  # fires and ruins
        for i in list(self._board.to_look_at.values()):
            if i.against_water or not calm[i.place]:
                continue
            wanted = i.may_need in now or (i.may_need in later and isnan(i.dispatched_min))
            if wanted and i.short(self.work) and i.is_short is None:
                changing.put(i)
        return [
            g
            for g in (*self._board.short, *changing)
            if calm[g.place] and (g.may_need in now or (g.may_need in later and g.unordered))
        ]

    def _send_brigades(self, burning: list[Task], calm: list[bool], minute: float) -> None:
        """Brigades go to a forest fire that runs though others are there: these only top up.

        Where nobody is, or on the way, whoever is nearest goes first, as everywhere.
        """
        fires = [i for i in burning if i.crews and lacks_brigades(i)]
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
        by_id = sorted(self._board.scenes.values(), key=lambda i: i.id)
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
        if not short:
            return
        scenes = self._board.scenes.values()
        offers = engines_to_spare(scenes, self._is_short)
        for incident in sorted(short, key=lambda i: (i.persons == 0, i.read_min, i.id)):
            bare = lacks_engine(incident)
            spare = [(rank, c) for rank, c in offers if calm[c.place] and (bare or not rank[0])]
            eta = self._eta([incident], [c for _, c in spare])[0] if spare else np.empty(0)
            near = [n for n in range(len(spare)) if np.isfinite(eta[n])]
            if near:
                n = min(near, key=lambda n: (spare[n][0], eta[n], spare[n][1].id))
                self._send_on(spare[n][1], incident, minute)
                offers = engines_to_spare(scenes, self._is_short)

    def _part_of(self, larger: Task, other: Task, persons: float) -> float:
        """How many persons of a fire's another one gets: in proportion to what both need."""
        if larger.scene is None or other.scene is None or not persons:
            return 0.0
        need, others = larger.scene.needed(), other.scene.needed()
        return min(others, persons * min(self.rules.split_share, others / (need + others)))

    def _send(self, crew: Crew, incident: Task, minute: float, wait_min: float = 0.0) -> bool:
        """To the nearer end, where an incident has two; False where no way is known."""
        vehicle = crew.vehicle_for(incident)
        end = incident.place
        if incident.other_end != end:
            near, far = (
                self.picture.roads.minutes_between(vehicle, crew.place, at)
                for at in (end, incident.other_end)
            )
            end = incident.other_end if far < near else end
        return crew.send(incident, end, minute, wait_min)

    def _call_in_for(self, waiting: list[Group], minute: float, calls_in: bool = True) -> None:
        """Incidents that wait bring in every team that could take them, level or no level.

        But a fire only the brigades and whoever lives in its town: the others muster by level.
        Without `calls_in` they only have those who muster already.
        """
        if not waiting:
            return
        if calls_in:
            wanted = {(g.need, self._town[g.place], g.own_town, g.burns) for g in waiting}
            for crew in self._at_hand.those(OFF, {g.need for g in waiting}):
                if any(self._brings_in(*want, crew) for want in wanted if want[0] in crew.can):
                    crew.call_in(minute)
            self._at_hand.keep_up((), minute)
        coming = self._at_hand.can(MUSTERING)
        for incident in [i for g in waiting if g.need in coming for i in g.unordered.values()]:
            incident.ordered(minute)

    def _brings_in(self, need: str, town: int, own_town: bool, burns: bool, crew: Crew) -> bool:
        lives_there = self._town[crew.base] == town
        if own_town and not lives_there:
            return False
        return not burns or crew.team.kind in BRIGADES or lives_there

    def _eta(self, waiting: Sequence[Wants], crews: list[Crew], micro: bool = False) -> Eta:
        """(incidents, crews) minutes to the nearer end; inf where it cannot come or cannot help."""
        eta = np.full((len(waiting), len(crews)), np.inf)
        by_want: dict[Want, list[int]] = {}
        for i, one in enumerate(waiting):
            by_want.setdefault(Want.of(one), []).append(i)
        for want, these in by_want.items():
            able: dict[str, list[int]] = {}  # vehicle -> crews
            for n, crew in enumerate(crews):
                if want.suits(crew.can, crew.micro, micro):
                    able.setdefault(want.driven_by(crew.vehicle), []).append(n)
            ends = [waiting[i].place for i in these] + [waiting[i].other_end for i in these]
            for vehicle, who in able.items():
                places = [crews[n].place for n in who]
                minutes = self.picture.roads.minutes_table(vehicle, places, ends)
                nearer = np.minimum(minutes[:, : len(these)], minutes[:, len(these) :])
                eta[np.ix_(these, who)] = nearer.T
        return eta


def _all_in(groups: Iterable[Group]) -> list[Task]:
    """All incidents of some groups, in the order in which they became known."""
    found: Tasks = {}
    for group in groups:
        found |= group.those
    return in_order(found)


def _in_groups(groups: list[Group]) -> tuple[list[Task], NDArray[np.int64]]:
    """The same, and the number of each one's group."""
    those = [i for group in groups for i in group.those.values()]
    order = np.argsort([i for group in groups for i in group.those])
    row = np.repeat(np.arange(len(groups)), [len(group.those) for group in groups])
    return [those[n] for n in order.tolist()], row[order]


def _may_leave_for_the_drowning(crew: Crew) -> bool:
    """Whether it is at work with people in the water none of whom the water overcomes."""
    task = crew.task
    at_work = task is not None and crew.state == "working" and task.kind == FLOOD
    return at_work and task is not None and isnan(task.urgent_min)


def _is_bare(incident: Task) -> bool:
    """Whether nobody has been sent to people in the water who cannot wait."""
    return not incident.crews and not incident.only_upstairs


def _wants(picked: Picked) -> list[Want]:
    """What some incidents want of a crew."""
    return [Want.of(incident) for incident, _ in picked]


def _meet(groups: list[Group], standing: Standing) -> tuple[list[Group], list[Crew]]:
    """Those of some groups, and of the crews that stand somewhere, between whom a way may lead."""
    reached = [g for g in groups if standing.reaches(g)]
    return reached, standing.who_come(reached) if reached else []


def _all_can(crews: Iterable[Crew]) -> frozenset[str]:
    """What some crews can do together; most of them can do the same."""
    return frozenset[str]().union(*{c.can for c in crews})
