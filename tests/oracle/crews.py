"""Crews and their dispatch, plainly.

Command sends to each incident that it knows of, and that wants more crews, the crew that is there
first by the roads that it knows. People before trees, then in order of report. Nobody is sent from
a gale or into one. Each crew musters, drives, works, tires and rests by itself.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

from tests.oracle.roads import NEVER, Drive, KnownRoads, RoadsNow

NEEDS = {
    "collapse": "rescue",
    "flood": "water",
    "injury": "medical",
    "tree": "engineering",
    "fire": "fire",
    "forest_fire": "forest",  # only who is sent to the first order: its tactics are not here
}


@dataclass(eq=False)
class Task:
    """An incident as command and crews see it."""

    id: str
    kind: str
    place: int
    other_end: int
    persons: int
    cases: int
    known_tick: int
    last_leg_min: float = 0.0
    over_tick: int = NEVER  # of a fire: when it was out, which is not worked out here
    crews: list[Crew] = field(default_factory=list)  # on the way or there
    reached: bool = False
    work_left_h: float = 0.0
    done: bool = False
    trees_counted: int = 0  # of a tree's: those whose work is counted already
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def needs(self) -> str:
        """What a crew must be able to do."""
        return NEEDS[self.kind]

    @property
    def burns(self) -> bool:
        """Whether it is a fire, which says itself how many crews it wants and when it is over."""
        return self.kind in ("fire", "forest_fire")


@dataclass(eq=False)
class Stay:
    """From the order to go to the end of it: a fact of the deployment table to come."""

    task: Task
    trip: str
    people: int
    sent_tick: int
    arrived_tick: int = NEVER


class Crew:
    """One crew of a team."""

    def __init__(self, team: Any, number: int, boats: int, base: int) -> None:
        self.team = team
        self.id = f"{team.team}/{number + 1}"
        self.people = min(team.crew_size, team.members - number * team.crew_size)
        self.boats = boats
        self.can = set(team.capabilities)
        self.base = self.place = base
        self.micro = "micro" in self.can
        self.always = team.kind == "comprehensive" or self.micro
        self.from_here = team.asked_at is None
        self.called = False
        self.state = "idle" if self.always else "off_duty"
        self.on_duty_since = 0
        self.ready_tick = NEVER  # end of muster or rest
        self.called_tick = NEVER
        self.calls = 0
        self.drives = 0
        self.task: Task | None = None
        self.stay: Stay | None = None
        self.drive: Drive | None = None

    def vehicle_for(self, needs: str) -> str:
        """Boats go by boat, but engines drive."""
        return "boat" if self.boats and needs != "fire" else "lorry"


def crews_of(scenario: Any) -> list[Crew]:
    """Teams divided into crews; boats are dealt out evenly, the first crews get the odd ones."""
    at = {c.community: n for n, c in enumerate(scenario.communities)}
    found = []
    for team in sorted(scenario.teams, key=lambda t: t.team):
        number = math.ceil(team.members / team.crew_size)
        for n in range(number):
            boats = sum(1 for boat in range(team.boats) if boat % number == n)
            found.append(Crew(team, n, boats, at[team.community]))
    return found


class Station:
    """All crews of a run, and what command does with them, tick by tick."""

    def __init__(self, given: Any, roads: KnownRoads) -> None:
        self.given = given
        self.p = given.scenario.p
        self.tick_min = given.scenario.settings.tick_min
        self.roads = roads
        self.crews = crews_of(given.scenario)
        self.board: list[Task] = []  # known and not finished
        self.asked: dict[str, int] = {}  # help from outside: crew -> when it is decided
        self.musters: list[dict[str, Any]] = []
        self.deployments: list[dict[str, Any]] = []
        self.trips: list[Any] = []
        self.levels: list[dict[str, int]] = []

    def _ticks(self, minutes: float) -> int:
        return math.ceil(minutes / self.tick_min - 1e-9)

    # -- command ---------------------------------------------------------------------------------

    def level(self, response: Any, tick: int) -> None:
        """A level is in force: some kinds of teams muster, help from outside is asked for."""
        for crew in self.crews:
            if crew.from_here and crew.team.kind in response.muster:
                crew.called = True
                self._call_in(crew, tick)
        order = ("IV", "III", "II", "I")
        for crew in self.crews:
            asked_at = crew.team.asked_at
            if asked_at is None or crew.id in self.asked:
                continue
            if order.index(response.level) >= order.index(asked_at):
                self.asked[crew.id] = tick + self._ticks(self.p("response.aid_decision_min"))

    def aid(self, tick: int) -> None:
        """Those outside who have decided to help muster."""
        for crew in self.crews:
            if self.asked.get(crew.id) == tick:
                crew.called = crew.from_here = True
                self._call_in(crew, tick)

    def stand_down(self) -> None:
        """Who rests from now on does not come back by itself."""
        for crew in self.crews:
            crew.called = False

    def _call_in(self, crew: Crew, tick: int) -> None:
        """Muster takes from half to one and a half times the mean of the kind of team."""
        if crew.state != "off_duty" or tick < crew.ready_tick:
            return
        mean_min = self.p(f"team.muster_{crew.team.kind}_min")
        minutes = mean_min * (0.5 + self.given.luck("team.muster", crew.id, crew.calls))
        crew.calls += 1
        crew.state = "mustering"
        crew.called_tick = tick
        crew.ready_tick = tick + max(1, self._ticks(minutes))

    def learn(self, task: Task) -> None:
        """A report has been read."""
        self.board.append(task)

    def dispatch(self, tick: int) -> None:
        """Send crews, incident by incident, until nobody more can be sent."""
        for task in self.board:
            if task.over_tick == tick and not task.crews:  # burnt out before anybody set out
                task.done = True
        self.board = [task for task in self.board if not task.done]
        near = [t for t in self.board if not self._gale(t.place, tick)]
        fires = [t for t in near if self._lacks_micro(t, tick)]
        self._send_all(fires, True, tick)
        waiting = [t for t in near if self._lacks(t, tick)]
        if waiting:
            for crew in self.crews:
                wanted = any(self._calls_in(t, crew) for t in waiting)
                if crew.state == "off_duty" and crew.from_here and wanted:
                    self._call_in(crew, tick)
        self._send_all(waiting, False, tick)

    def _gale(self, place: int, tick: int) -> bool:
        return bool(self.given.wind_ms[tick][place] >= self.p("team.stop_wind_ms"))

    def _lacks(self, task: Task, tick: int) -> bool:
        """A crew for every so many people, one at least; at a fire as much as it needs."""
        there = len(task.crews)
        if task.burns:
            adds = self.given.adds[tick][task.id]
            return sum(adds[c.id] for c in task.crews) < self.given.needed[tick][task.id]
        one_crew = task.cases * self.p("team.persons_per_crew")
        return there < task.cases * max(1, math.ceil(task.persons / one_crew))

    def _calls_in(self, task: Task, crew: Crew) -> bool:
        """Whoever can do it; to a fire only brigades and those who live in the town."""
        if task.needs not in crew.can or not task.burns:
            return task.needs in crew.can
        towns = [self.given.scenario.communities[p].town for p in (crew.base, task.place)]
        return crew.team.kind in ("comprehensive", "professional") or towns[0] == towns[1]

    def _lacks_micro(self, task: Task, tick: int) -> bool:
        there = sum(c.micro for c in task.crews)
        return task.burns and there < int(self.given.micro[tick][task.id])

    def _send_all(self, tasks: list[Task], micro: bool, tick: int) -> None:
        """In rounds: each round gives every incident that lacks crews at most one."""
        while True:
            lacks = self._lacks_micro if micro else self._lacks
            tasks = [t for t in tasks if lacks(t, tick)]
            tasks.sort(key=lambda t: (t.persons == 0, t.known_tick, t.id))
            sent = 0
            free = [c for c in self.crews if c.state == "idle" and not self._gale(c.place, tick)]
            if micro:
                free = [c for c in free if c.micro]
            for task in tasks:
                crew = self._first_there(task, free, micro)
                if crew is not None:
                    free.remove(crew)
                    self._send(crew, task, tick)
                    sent += 1
            if not sent:
                return

    def _first_there(self, task: Task, free: list[Crew], micro: bool) -> Crew | None:
        """Of those who can do it the one that is there first; of equal ones the first by id."""
        able = []
        for crew in free:
            stands_in = task.kind == "fire" and crew.micro and not micro
            if task.needs in crew.can and not stands_in:
                minutes = self.roads.minutes_from(crew.vehicle_for(task.needs), crew.place)
                soonest = min(minutes[task.place], minutes[task.other_end])
                if not math.isinf(soonest):
                    able.append((soonest, crew.id, crew))
        return min(able, key=lambda a: a[:2])[2] if able else None

    def _send(self, crew: Crew, task: Task, tick: int) -> None:
        vehicle = crew.vehicle_for(task.needs)
        minutes = self.roads.minutes_from(vehicle, crew.place)
        end = task.other_end if minutes[task.other_end] < minutes[task.place] else task.place
        turnout_min = 0.0
        if task.burns and crew.place == crew.base:
            night = self.given.is_night(tick)
            turnout_min = self.p(f"fire.turnout_{'night' if night else 'day'}_min")
        self._set_out(crew, end, vehicle, tick, turnout_min, task.last_leg_min)
        assert crew.drive is not None
        crew.task = task
        crew.stay = Stay(task, crew.drive.trip, crew.people, tick)
        task.crews.append(crew)
        task.facts.setdefault("dispatched_tick", tick)

    def _set_out(
        self, crew: Crew, target: int, vehicle: str, tick: int, wait_min: float, last_min: float
    ) -> bool:
        way = self.roads.way(vehicle, crew.place, target)
        if way is None:
            return False
        crew.drives += bool(way.roads)
        trip = f"{crew.id}/{crew.drives}"
        crew.drive = Drive(trip, way, vehicle, tick, self.tick_min, wait_min, last_min)
        crew.state = "travelling"
        return True

    # -- crews -----------------------------------------------------------------------------------

    def move(self, tick: int, roads: RoadsNow) -> None:
        """Every crew musters, drives, waits or rests for a tick."""
        for crew in self.crews:
            if crew.state == "mustering" and tick >= crew.ready_tick:
                self._write_muster(crew, tick)
                crew.state, crew.on_duty_since = "idle", tick
            elif crew.state == "travelling":
                self._drive_on(crew, tick, roads)
            elif crew.state == "idle":
                self._rest_if_due(crew, tick)
            elif crew.state == "off_duty" and self._rested(crew, tick):
                crew.state, crew.on_duty_since, crew.ready_tick = "idle", tick, NEVER

    def _rested(self, crew: Crew, tick: int) -> bool:
        """Who is called in, or always on duty, comes back by itself after the rest."""
        on_call = crew.always or crew.called
        return on_call and crew.ready_tick != NEVER and tick >= crew.ready_tick

    def _rest_if_due(self, crew: Crew, tick: int) -> None:
        """After a shift a crew rests. A fire station changes its watch instead, at the station."""
        if tick < crew.on_duty_since + self._ticks(60.0 * self.p("team.shift_h")):
            return
        if crew.always and "fire" in crew.can and crew.place == crew.base:
            crew.on_duty_since = tick
            return
        crew.state = "off_duty"
        crew.ready_tick = tick + self._ticks(60.0 * self.p("team.rest_h"))

    def _drive_on(self, crew: Crew, tick: int, roads: RoadsNow) -> None:
        drive, task = crew.drive, crew.task
        assert drive is not None
        if not drive.go_on(tick, roads):
            return
        self._write_trip(crew)
        crew.place, crew.drive = drive.place, None
        if drive.outcome == "turned_back":
            road = drive.stopped_by
            tree = roads.closed("boat", road)  # nothing else stops a boat
            self.roads.hear(road, tick, "tree" if tree else "water")
            self._leave(crew, tick, "turned_back")
        elif task is None or task.done:
            self._leave(crew, tick, "released")
            if task is not None and task.burns:
                self._go_home(crew, tick)
        else:
            self._begin_work(crew, task, tick)

    def _begin_work(self, crew: Crew, task: Task, tick: int) -> None:
        crew.state = "working"
        assert crew.stay is not None
        crew.stay.arrived_tick = tick
        if task.reached:
            return
        task.reached = True
        task.facts |= {"arrived_tick": tick, "crew": crew.id}
        task.work_left_h = {
            "collapse": task.persons * self.p("team.extricate_crew_h"),
            "injury": task.persons * self.p("team.treat_crew_h"),
            "flood": float(task.persons),  # counted in people
        }.get(task.kind, 0.0)

    def _leave(self, crew: Crew, tick: int, outcome: str) -> None:
        if crew.task is not None and crew in crew.task.crews:
            crew.task.crews.remove(crew)
        crew.task, crew.state = None, "idle"
        self._write_stay(crew, tick, outcome)

    def _go_home(self, crew: Crew, tick: int) -> bool:
        away = crew.place != crew.base
        return away and self._set_out(crew, crew.base, crew.vehicle_for("fire"), tick, 0.0, 0.0)

    # -- work ------------------------------------------------------------------------------------

    def work(self, tick: int) -> None:
        """A tick of work at every incident."""
        for task in self.board:
            if task.done:
                continue
            if task.burns:
                self._end_at_fire(task, tick)
                continue
            there = [c for c in task.crews if c.state == "working"]
            if not there or self._gale(task.place, tick):
                continue
            if task.kind == "tree":
                self._count_trees(task, tick)
            for crew in there:
                rate = 1.0
                if task.kind == "flood":
                    by_boat = crew.boats * self.p("team.boat_persons_per_h")
                    rate = by_boat if crew.boats else self.p("team.wade_persons_per_h")
                task.work_left_h -= rate * self._freshness(crew, tick) * self.tick_min / 60.0
            if task.work_left_h <= 1e-9:
                task.done = True
                task.facts["done_tick"] = tick
                for crew in there:
                    self._leave(crew, tick, "done")
                    self._rest_if_due(crew, tick)

    def _count_trees(self, task: Task, tick: int) -> None:
        """Those that lie across the road now; some may fall while crews are at work."""
        fallen = self.given.trees[tick].get(task.id, 0)
        task.work_left_h += (fallen - task.trees_counted) * self.p("team.clear_tree_crew_h")
        task.trees_counted = fallen

    def _freshness(self, crew: Crew, tick: int) -> float:
        """1 at first, less in a straight line to the end of the shift, and in another to a day."""
        hours = (tick - crew.on_duty_since) * self.tick_min / 60.0
        shift_h = self.p("team.shift_h")
        tired, spent = self.p("team.tired_at_shift_end"), self.p("team.tired_at_24h")
        if hours <= shift_h:
            return float(1.0 - (1.0 - tired) * hours / shift_h)
        if hours >= 24.0 or shift_h >= 24.0:
            return float(spent)
        return float(tired - (tired - spent) * (hours - shift_h) / (24.0 - shift_h))

    def _end_at_fire(self, task: Task, tick: int) -> None:
        """When a crew is let go from a fire is the fire's: given. Then it drives to its station."""
        for crew in list(task.crews):
            stay = crew.stay
            assert stay is not None
            left, outcome = self.given.fire_stays.get((crew.id, stay.sent_tick), (NEVER, ""))
            if crew.state == "working" and left == tick:
                self._leave(crew, tick, outcome)
                if not self._go_home(crew, tick):
                    self._rest_if_due(crew, tick)
        if task.over_tick == tick:
            task.done = True

    # -- facts -----------------------------------------------------------------------------------

    def record(self, tick: int) -> None:
        """How many crews are in which state."""
        states = [c.state for c in self.crews]
        kinds = ("off_duty", "mustering", "idle", "travelling", "working")
        self.levels.append({"tick": tick} | {k: states.count(k) for k in kinds})

    def finish(self) -> None:
        """What is still open at the end."""
        for crew in self.crews:
            if crew.drive is not None:
                self._write_trip(crew)
            if crew.state == "mustering":
                self._write_muster(crew, NEVER)
            self._write_stay(crew, NEVER, "open")

    def _write_muster(self, crew: Crew, tick: int) -> None:
        self.musters.append(
            {
                "crew": crew.id,
                "team": crew.team.team,
                "called_tick": crew.called_tick,
                "ready_tick": tick,
            }
        )

    def _write_trip(self, crew: Crew) -> None:
        assert crew.drive is not None
        task = crew.task
        purpose, about = ("task", task.id) if task is not None else ("return", "")
        row = crew.drive.row(crew.id, "crew", purpose, about, self.given.places)
        self.trips += [row] if row else []

    def _write_stay(self, crew: Crew, tick: int, outcome: str) -> None:
        stay, crew.stay = crew.stay, None
        if stay is None:
            return
        self.deployments.append(
            {
                "crew": crew.id,
                "team": crew.team.team,
                "incident": stay.task.id,
                "trip": stay.trip,
                "people": stay.people,
                "sent_tick": stay.sent_tick,
                "arrived_tick": stay.arrived_tick,
                "left_tick": tick,
                "outcome": outcome,
            }
        )
