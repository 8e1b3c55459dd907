"""Crews and their dispatch, plainly.

Command sends to each incident that it knows of, and that wants more crews, the crew that is there
first by the roads that it knows. People before trees, then in order of report. Nobody is sent from
a gale or into one. Each crew musters, drives, works, tires and rests by itself.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

from tests.oracle.hurt import carry_min
from tests.oracle.roads import Drive, KnownRoads, RoadsNow, tick_of

LINKS = (
    "dispatched_min", "mustered_min", "departed_min", "arrived_min", "started_min", "done_min",
)  # fmt: skip
NEEDS = {
    "collapse": "rescue",
    "flood": "water",
    "injury": "medical",
    "arrest": "medical",
    "wounded": "medical",
    "tree": "engineering",
    "fire": "fire",
    "forest_fire": "forest",  # only who is sent to the first order: its tactics are not here
    "pumping": "water",  # an order of command's; when it is given and called off is given
    "bagging": "water",  # the same
    "sand_boil": "water",  # how many people it wants, and when it is over, are given
    "sluice": "water",  # the same
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
    read_min: float
    last_leg_min: float = 0.0
    over_min: float = math.nan  # of a fire or a pumping order: when it was over, which is given
    crews: list[Crew] = field(default_factory=list)  # on the way or there
    reached: bool = False
    work_left_h: float = 0.0
    worked_min: float = math.nan  # the minute for which that stands
    pace_h: float = 0.0  # what is done of it in an hour
    urgent_min: float = math.nan  # since when command knows that somebody is in mortal danger
    safe_left_h: float = -math.inf  # of the work, when only people upstairs are left: given
    can_wait: bool = False  # it has come so far
    lost: bool = False  # the dike broke of it
    boats_only: bool = False  # it was seen that the water is too deep to wade
    known: bool = False
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

    @property
    def against_water(self) -> bool:
        """Whether it is water that command wants out, or kept out."""
        return self.kind in ("pumping", "bagging")

    @property
    def by_itself(self) -> bool:
        """Whether what it needs, and when it is over, are given."""
        return self.burns or self.against_water or self.kind in ("sand_boil", "sluice")

    @property
    def road_only(self) -> bool:
        """Engines, pumps and bags drive, even where the team has boats."""
        return self.against_water or self.needs == "fire" or self.kind in ("sand_boil", "sluice")


@dataclass(eq=False)
class Stay:
    """From the order to go to the end of it: a fact of the deployment table to come."""

    task: Task
    trip: str
    people: int
    sent_min: float
    left_base_min: float
    arrived_min: float = math.nan


class Crew:
    """One crew of a team."""

    def __init__(
        self,
        team: Any,
        number: int,
        base: int,
        boats: int,
        saws: int,
        pumps: int,
        stretchers: int,
    ) -> None:
        self.team = team
        self.id = f"{team.team}/{number + 1}"
        self.people = min(team.crew_size, team.members - number * team.crew_size)
        self.boats, self.saws, self.pumps, self.stretchers = boats, saws, pumps, stretchers
        self.can = set(team.capabilities)
        self.base = self.place = base
        self.micro = "micro" in self.can
        self.from_here = team.asked_at is None
        self.always = self.from_here and (team.kind == "comprehensive" or self.micro)
        self.called = False
        self.state = "idle" if self.always else "off_duty"
        self.on_duty_since = 0.0
        # at its base, where it rests while it waits; when it asks whether it is still called for
        self.stands_by_since = 0.0 if self.always else math.nan
        self.asks_min = math.inf
        self.ready_min = math.nan  # end of muster or rest
        self.rests = False
        self.stops_min = math.inf  # when it leaves its work at the latest
        self.called_min = math.nan
        self.mustered_min = math.nan  # end of the latest muster
        self.calls = 0
        self.drives = 0
        self.task: Task | None = None
        self.stay: Stay | None = None
        self.drive: Drive | None = None

    def vehicle_for(self, road_only: bool) -> str:
        """Boats go by boat, but engines and pumps drive."""
        return "boat" if self.boats and not road_only else "lorry"


def crews_of(scenario: Any) -> list[Crew]:
    """Teams divided into crews; boats and saws are dealt out evenly, odd ones to the first, and
    pumps, which are of one size, odd ones to the last.
    """
    at = {c.community: n for n, c in enumerate(scenario.communities)}
    found = []
    for team in sorted(scenario.teams, key=lambda t: t.team):
        number = math.ceil(team.members / team.crew_size)
        units = math.ceil((team.pumps_m3_h or 0.0) / scenario.p("pump.unit_m3_h") - 1e-9)
        for n in range(number):
            boats, saws, stretchers = (
                sum(1 for one in range(things or 0) if one % number == n)
                for things in (team.boats, team.saws, team.stretchers)
            )
            pumps = sum(1 for unit in range(units) if unit % number == number - 1 - n)
            found.append(Crew(team, n, at[team.community], boats, saws, pumps, stretchers))
    return found


def turns_of(wounds: list[dict[str, Any]]) -> dict[str, list[tuple[float, int]]]:
    """Of each incident when how many of the badly hurt are treated, the first first."""
    found: dict[str, dict[float, int]] = {}
    for row in wounds:
        if row["severity"] != "minimal" and not math.isnan(row["care_min"]):
            turns = found.setdefault(row["incident"], {})
            turns[row["care_min"]] = turns.get(row["care_min"], 0) + row["persons"]
    return {name: sorted(turns.items()) for name, turns in found.items()}


class Station:
    """All crews of a run, and what command does with them, tick by tick."""

    def __init__(self, given: Any, roads: KnownRoads) -> None:
        self.given = given
        self.p = given.scenario.p
        self.tick_min = given.scenario.settings.tick_min
        self.roads = roads
        self.crews = crews_of(given.scenario)
        self.board: list[Task] = []  # known and not finished
        self.carries = turns_of(given.tables["wound"])  # of each incident, those still to come
        self.asked: dict[str, float] = {}  # help from outside: crew -> when it is decided
        self.musters: list[dict[str, Any]] = []
        self.deployments: list[dict[str, Any]] = []
        self.trips: list[Any] = []
        self.levels: list[dict[str, int]] = []
        self.tick, self.begins, self.ends = 0, 0.0, float(self.tick_min)
        self.minute = 0.0  # now
        self.asked_min = 0.0  # minute at which command sends
        self.roads_now: RoadsNow

    # -- command ---------------------------------------------------------------------------------

    def level(self, response: Any, minute: float) -> None:
        """A level is in force: some kinds of teams muster, help from outside is asked for."""
        for crew in self.crews:
            if crew.from_here and crew.team.kind in response.muster:
                crew.called = True
                self._call_in(crew, minute)
        order = ("IV", "III", "II", "I")
        for crew in self.crews:
            asked_at = crew.team.asked_at
            if asked_at is None or crew.id in self.asked:
                continue
            if order.index(response.level) >= order.index(asked_at):
                self.asked[crew.id] = minute + self.p("response.aid_decision_min")

    def aid(self, tick: int) -> None:
        """Those outside who have decided to help muster."""
        for crew in self.crews:
            decided = self.asked.get(crew.id, math.nan)
            if tick_of(decided, self.tick_min) == tick:
                crew.called = crew.from_here = True
                self._call_in(crew, decided)

    def stand_down(self) -> None:
        """Who rests from now on does not come back by itself."""
        for crew in self.crews:
            crew.called = False

    def _call_in(self, crew: Crew, minute: float) -> None:
        """Muster takes from half to one and a half times the mean of the kind of team."""
        if crew.state != "off_duty" or minute < crew.ready_min:
            return
        mean_min = self.p(f"team.muster_{crew.team.kind}_min")
        at_hand = crew.team.kind in ("comprehensive", "first_responder")
        if not at_hand and self.given.is_night(minute / self.tick_min):
            mean_min *= self.p("team.night_muster_factor")
        minutes = mean_min * (0.5 + self.given.luck("team.muster", crew.id, crew.calls))
        crew.calls += 1
        crew.state = "mustering"
        crew.called_min = minute
        crew.ready_min = minute + minutes

    # -- a tick, minute by minute ------------------------------------------------------------------

    def minutes(self, tasks: list[Task], tick: int, roads: RoadsNow) -> None:
        """Do what is due, in time; after each minute at which something was, send crews.

        Wind and roads are the same all through the tick; how tired somebody is counts from its
        beginning.
        """
        self.tick, self.roads_now = tick, roads
        begins, ends = float(tick * self.tick_min), float((tick + 1) * self.tick_min)
        self.begins, self.ends = begins, ends
        for crew in self.crews:
            if crew.drive is not None:
                crew.drive.go_through(begins, ends, roads)
        for task in self.board:
            if task.kind == "tree":
                self._count_trees(task)
            self._work_until(task, begins)
            if task.lost and task.over_min == begins:
                self._all_leave(task, begins, "released")
        minute = begins
        while minute < ends:
            self.minute = minute
            self._do_what_is_due(tasks, minute)
            self._dispatch(minute)
            for task in self.board:  # who was sent on works there no longer
                self._work_until(task, minute)
            minute = min(self._to_come(tasks))
        for task in self.board:
            if task.burns and not self._over(task, begins):
                self._end_at_fire(task)
            if task.kind == "bagging":
                self._end_with_bags(task)
            if task.kind in ("sand_boil", "sluice") and task.over_min == ends and not task.lost:
                self._all_leave(task, ends, "done")
            if task.against_water and task.over_min == ends:
                for crew in [c for c in task.crews if c.state == "working"]:
                    self._leave(crew, ends, "done")
                    if task.kind != "bagging" or not self._go_home(crew, ends):
                        self._rest_if_due(crew, ends)

    def _all_leave(self, task: Task, minute: float, outcome: str) -> None:
        for crew in [c for c in task.crews if c.state == "working"]:
            self._leave(crew, minute, outcome)
            self._rest_if_due(crew, minute)

    def _to_come(self, tasks: list[Task]) -> list[float]:
        """When each next thing is due."""
        reads = [t.read_min for t in tasks if not t.known and not math.isnan(t.read_min)]
        cries = [t.urgent_min for t in tasks if t.urgent_min > self.minute]
        ends = [self._ends(task) for task in self.board if not task.by_itself]
        ends += [self._all_safe(task) for task in self.board]
        ends += [turns[0][0] for turns in self.carries.values() if turns]
        return [math.inf, *reads, *cries, *ends, *(self._due(crew) for crew in self.crews)]

    def _do_what_is_due(self, tasks: list[Task], minute: float) -> None:
        self._carry(minute)
        for task in sorted(tasks, key=lambda t: (t.read_min, t.id)):
            if not task.known and task.read_min <= minute:
                task.known = True
                self.board.append(task)
        due = [(self._due(c), n, c) for n, c in enumerate(self.crews) if self._due(c) <= minute]
        for _, _, crew in sorted(due, key=lambda d: d[:2]):
            self._next_of(crew, minute)
        for task in self.board:
            self._work_until(task, minute)
        for task in self.board:
            task.can_wait |= self._all_safe(task) <= minute
        for task in sorted(self.board, key=lambda t: t.id):
            if not task.by_itself and self._ends(task) <= minute:
                task.done = True
                task.facts["done_min"] = minute
                for crew in [c for c in task.crews if c.state == "working"]:
                    self._leave(crew, minute, "done")
                    self._rest_if_due(crew, minute)

    def _all_safe(self, task: Task) -> float:
        """When only people upstairs are left of those in the water, at the present pace."""
        if task.kind != "flood" or task.can_wait or not task.reached or task.pace_h <= 0.0:
            return math.inf
        if not any(c.state == "working" for c in task.crews):
            return math.inf
        left_h = max(0.0, task.work_left_h - task.safe_left_h)
        return task.worked_min + 60.0 * left_h / task.pace_h

    def _due(self, crew: Crew) -> float:
        """When something happens to a crew by itself."""
        if crew.state == "mustering":
            return crew.ready_min
        if crew.state == "travelling":
            assert crew.drive is not None
            over = crew.drive.over_min
            return math.inf if math.isnan(over) else over
        if crew.state == "idle":
            if not math.isnan(crew.stands_by_since):
                return crew.asks_min
            return crew.on_duty_since + 60.0 * min(
                self.p("team.shift_h"), self.p("team.on_duty_most_h")
            )
        if crew.state == "working":
            return crew.stops_min
        return crew.ready_min if crew.state == "off_duty" and crew.rests else math.inf

    def _next_of(self, crew: Crew, minute: float) -> None:
        if crew.state == "mustering":
            self._write_muster(crew, minute)
            crew.state, crew.on_duty_since, crew.mustered_min = "idle", minute, minute
            self._stand_by(crew, minute)
        elif crew.state == "travelling":
            self._there(crew, minute)
        elif crew.state == "idle" and math.isnan(crew.stands_by_since):
            self._rest_if_due(crew, minute)
        elif crew.state == "idle" and crew.called:
            crew.asks_min = minute + 60.0 * self.p("team.shift_h")
        elif crew.state == "idle":  # nobody calls for it any more: home, and rested
            crew.state, crew.ready_min, crew.rests = "off_duty", minute, False
            crew.stands_by_since = math.nan
        elif crew.state == "working":  # for a day: somebody else takes over
            self._leave(crew, minute, "released")
            self._rest_if_due(crew, minute)
        else:
            crew.rests = False  # it can be called in again, or comes by itself
            if crew.always or crew.called:
                crew.state, crew.on_duty_since = "idle", minute
                self._stand_by(crew, minute)

    # -- command sends -----------------------------------------------------------------------------

    def _dispatch(self, minute: float) -> None:
        """Send crews, incident by incident, until nobody more can be sent."""
        self.asked_min = minute
        self.board = [t for t in self.board if not self._over(t, minute)]
        near = [t for t in self.board if not self._gale(t.place)]
        self._to_the_drowning(near, minute)
        fires = [t for t in near if self._lacks_micro(t, minute)]
        self._send_all(fires, "micro", minute)
        runs = [t for t in near if t.crews and self._lacks_brigades(t, minute)]
        self._send_all(runs, "brigades", minute)
        self._send_all([t for t in near if self._lacks_water(t, minute)], "tanks", minute)
        waiting = [t for t in near if not t.against_water and self._lacks(t, minute)]
        if waiting:
            for crew in self.crews:
                wanted = any(self._calls_in(t, crew) for t in waiting)
                if crew.state == "off_duty" and crew.from_here and wanted:
                    self._call_in(crew, minute)
            for task in waiting:
                if any(c.state == "mustering" and self._able(c, task) for c in self.crews):
                    task.facts.setdefault("dispatched_min", minute)
        self._send_all(waiting, "all", minute)
        self._share_engines(waiting, minute)
        self._from_upstairs(near, minute)
        self._from_pumps_to_people(near, minute)
        for kind in ("pumping", "bagging"):
            sites = [t for t in near if t.kind == kind and self._lacks(t, minute)]
            self._to_water(sites, kind, minute)

    def _to_the_drowning(self, near: list[Task], minute: float) -> None:
        """To whom the water overcomes goes whoever is there first, idle or with people in less
        danger, while nobody has been sent.
        """
        sent = True
        while sent:
            sent = False
            dying = [
                t for t in near
                if t.kind == "flood" and t.urgent_min <= minute and not t.crews
                and not t.can_wait and self._lacks(t, minute)
            ]  # fmt: skip
            free = [c for c in self.crews if c.state == "idle" and not self._gale(c.place)]
            for task in self.board:
                if task.kind == "flood" and not task.urgent_min <= minute:
                    there = [c for c in task.crews if c.state == "working"]
                    free += [c for c in there if not self._gale(c.place)]
            stays = self._stays(dying, free)
            for task in sorted(dying, key=lambda t: (t.read_min, t.id)):
                crew = self._first_there(task, self._not_elsewhere(task, free, stays), False)
                if crew is not None:
                    free.remove(crew)
                    if crew.state == "working":
                        self._leave(crew, minute, "sent_on")
                    self._send(crew, task, minute)
                    sent = True

    def _from_upstairs(self, near: list[Task], minute: float) -> None:
        """Where whoever is left is upstairs, crews go on to people in the water without anybody."""
        at_safe = [c for t in near if t.can_wait for c in t.crews if c.state == "working"]
        bare = [t for t in near if t.kind == "flood" and not t.can_wait and not t.crews]
        bare = [t for t in bare if self._lacks(t, minute)]
        sent = bool(at_safe)
        while sent:
            sent = False
            bare = sorted((t for t in bare if not t.crews), key=lambda t: (t.read_min, t.id))
            first = self._bare_first(bare, at_safe)
            stays = self._stays(first, at_safe)
            for task in first:
                crew = self._first_there(task, self._not_elsewhere(task, at_safe, stays), False)
                if crew is not None:
                    at_safe.remove(crew)
                    self._leave(crew, minute, "sent_on")
                    self._send(crew, task, minute)
                    sent = True

    def _stays(self, tasks: list[Task], free: list[Crew]) -> set[str]:
        """Who can help people in the water where they are does not go to others elsewhere."""
        in_water = [t for t in tasks if t.kind == "flood"]
        return {
            c.id for c in free if any(t.place == c.place and self._able(c, t) for t in in_water)
        }

    @staticmethod
    def _not_elsewhere(task: Task, free: list[Crew], stays: set[str]) -> list[Crew]:
        if task.kind != "flood":
            return free
        return [c for c in free if c.place == task.place or c.id not in stays]

    def _from_pumps_to_people(self, near: list[Task], minute: float) -> None:
        """Whoever pumps, or lays bags, goes to people, or to a fire, that still lack somebody."""
        sites = [t for t in self.board if t.against_water]
        at_pumps = [c for t in sites for c in t.crews if c.state == "working"]
        at_pumps = [c for c in at_pumps if not self._gale(c.place)]
        first = [t for t in near if t.persons or t.burns or t.kind in ("sand_boil", "sluice")]
        people = [t for t in first if not t.against_water]
        sent = True
        while sent:
            sent = False
            people = [t for t in people if self._lacks(t, minute)]
            for task in sorted(people, key=lambda t: (t.persons == 0, t.read_min, t.id)):
                crew = self._first_there(task, at_pumps, False)
                if crew is not None:
                    at_pumps.remove(crew)
                    assert crew.task is not None
                    packs = crew.task.kind == "pumping"
                    self._leave(crew, minute, "sent_on")
                    self._send(crew, task, minute, self.p("pump.pack_up_min") if packs else 0.0)
                    sent = True

    def _to_water(self, sites: list[Task], kind: str, minute: float) -> None:
        """Towns look after their own places; who is left goes where water was told of."""
        for crew in self.crews:
            wanted = kind == "pumping" and any(self._calls_in(t, crew) for t in sites)
            if crew.state == "off_duty" and crew.from_here and wanted:
                self._call_in(crew, minute)
        if any(c.state == "mustering" and self._has(kind, c, minute) for c in self.crews):
            for task in sites:
                task.facts.setdefault("dispatched_min", minute)
        in_water = any(t.kind == "flood" for t in self.board)
        free = [c for c in self.crews if c.state == "idle" and not self._gale(c.place)]
        free = [c for c in free if self._has(kind, c, minute) and not (in_water and c.boats)]
        for town in sorted({self._town(c.base) for c in free}):
            here = [t for t in sites if self._town(t.place) == town]
            self._round(here, [c for c in free if self._town(c.base) == town], minute)
        anywhere = [t for t in sites if not self.given.own_town(t.id, minute)]
        self._round(anywhere, [c for c in free if c.state == "idle"], minute)

    def _round(self, sites: list[Task], free: list[Crew], minute: float) -> None:
        """Each round gives every site that lacks flow, or people, at most one crew."""
        while True:
            sites = [t for t in sites if self._lacks(t, minute)]
            free = [c for c in free if c.state == "idle"]
            for task in sorted(sites, key=lambda t: (t.read_min, t.id)):
                idle = [c for c in free if c.state == "idle"]
                crew = self._first_there(task, idle, False)
                if crew is not None:
                    self._send(crew, task, minute)
            if all(c.state == "idle" for c in free):
                return

    def _has(self, kind: str, crew: Crew, minute: float) -> bool:
        """What work against water takes: a pump, or bags."""
        there = crew.pumps > 0 if kind == "pumping" else self._has_bags(crew, minute)
        return there and "water" in crew.can and crew.people > 0

    def _has_bags(self, crew: Crew, minute: float) -> bool:
        """Until its team's last bag is laid, which is given; no boat and no pump stays for it."""
        free = bool(crew.team.bags) and not crew.boats and not crew.pumps
        return free and minute < self.given.bagless_min.get(crew.team.team, math.inf)

    def _town(self, place: int) -> str:
        return str(self.given.scenario.communities[place].town)

    def _over(self, task: Task, minute: float) -> bool:
        """Whether nothing is left to do; when a fire is out is given."""
        return task.over_min <= minute if task.by_itself else task.done

    def _gale(self, place: int) -> bool:
        return bool(self.given.wind_ms[self.tick][place] >= self.p("team.stop_wind_ms"))

    def _lacks(self, task: Task, minute: float) -> bool:
        """Of people; at a fire of what it needs."""
        if task.by_itself:
            needed, adds = self.given.fire_wants(task.id, minute)
            return sum(adds[c.id] for c in task.crews) < needed
        if task.kind == "flood" and task.boats_only:
            return self._lacks_boats(task)
        return self._lacks_people(task) or (task.kind == "flood" and self._lacks_boats(task))

    def _lacks_people(self, task: Task) -> bool:
        """At trees those count who have a saw."""
        people = [c.people if task.kind != "tree" else self._at_saws(c) for c in task.crews]
        return sum(people) < self._people_wanted(task)

    def _lacks_boats(self, task: Task) -> bool:
        """A seat for everybody in the water, in boats that somebody rows."""
        manned = [min(c.boats, c.people / self.p("team.boat_crew")) for c in task.crews]
        seats = self.p("team.boat_seats") * self.p("team.boat_trips")
        return sum(manned) < math.ceil(task.persons / seats)

    def _lacks_brigades(self, task: Task, minute: float) -> bool:
        """A forest fire that runs wants brigades though others meet its need: these top up."""
        if task.kind != "forest_fire" or not self.given.fire_runs(task.id, minute):
            return False
        needed, adds = self.given.fire_wants(task.id, minute)
        return sum(adds[c.id] for c in task.crews if self._is_brigade(c)) < needed

    def _lacks_water(self, task: Task, minute: float) -> bool:
        """A forest fire wants tank trucks by the litre, whoever else is there."""
        if task.kind != "forest_fire":
            return False
        there_l = sum(c.team.tank_l or 0.0 for c in task.crews)
        return there_l < self.given.water_wanted_l(task.id, minute)

    @staticmethod
    def _is_brigade(crew: Crew) -> bool:
        by_profession = crew.team.kind in ("comprehensive", "professional")
        return by_profession and "forest" in crew.can and crew.people > 0

    def _calls_in(self, task: Task, crew: Crew) -> bool:
        """Whoever can do it; to a fire only brigades and those who live in the town, to dry places
        that are to be pumped only the town's."""
        if task.against_water and self.given.own_town(task.id, self.tick * self.tick_min):
            return self._able(crew, task) and self._town(crew.base) == self._town(task.place)
        if not self._able(crew, task) or not task.burns:
            return self._able(crew, task)
        towns = [self.given.scenario.communities[p].town for p in (crew.base, task.place)]
        return crew.team.kind in ("comprehensive", "professional") or towns[0] == towns[1]

    def _at_saws(self, crew: Crew) -> int:
        """As many as its saws take."""
        return min(crew.people, int(self.p("team.saw_crew")) * crew.saws)

    def _people_wanted(self, task: Task) -> int:
        """Before anybody has seen it, so many for each of those concerned; a collapse that has
        been seen wants to be worked off within some hours, by as many as can dig.
        """
        p = self.p
        if task.kind == "tree":
            fallen = self.given.trees[self.tick].get(task.id, 0)
            return int(p("team.saw_crew")) * math.ceil(fallen / p("team.trees_per_saw"))
        if task.kind in ("injury", "wounded", "arrest"):
            return math.ceil(p("team.people_per_hurt") * max(1, task.persons))
        if task.kind == "flood" or not task.reached:
            for_all = p("team.people_per_trapped") * task.persons
            return math.ceil(max(p("team.people_first") * task.cases, for_all))
        planned = self.given.dug_h[task.id] / p("team.plan_h")
        most = p("quake.diggers") * max(1, task.persons)
        return math.ceil(max(p("team.people_first") * task.cases, min(most, planned)))

    def _able(self, crew: Crew, task: Task) -> bool:
        """Trees want saws; water wants boats, and people while it is not known to be too deep."""
        if task.needs not in crew.can or not crew.people:
            return False
        if task.kind == "tree":
            return crew.saws > 0
        if task.against_water:
            return self._has(task.kind, crew, self.minute)
        if task.kind == "flood" and crew.boats:
            return self._lacks_boats(task)
        return task.kind != "flood" or (not task.boats_only and self._lacks_people(task))

    def _lacks_micro(self, task: Task, minute: float) -> bool:
        there = sum(c.micro for c in task.crews)
        return task.burns and there < self.given.micro_wanted(task.id, minute)

    def _send_all(self, tasks: list[Task], who: str, minute: float) -> None:
        """In rounds: each round gives every incident that lacks crews at most one."""
        while True:
            lacks = {
                "micro": self._lacks_micro,
                "brigades": self._lacks_brigades,
                "tanks": self._lacks_water,
            }.get(who, self._lacks)
            tasks = [t for t in tasks if lacks(t, minute)]
            tasks.sort(key=lambda t: (t.persons == 0, t.read_min, t.id))
            sent = 0
            free = [c for c in self.crews if c.state == "idle" and not self._gale(c.place)]
            if who == "micro":
                free = [c for c in free if c.micro]
            if who == "tanks":
                free = [c for c in free if c.team.tank_l]
            if who == "brigades":
                free = [c for c in free if self._is_brigade(c)]
            tasks_now, stays = tasks, set[str]()
            if who != "micro":
                tasks_now = self._bare_first(tasks, free)
                stays = self._stays(tasks_now, free)
            for task in tasks_now:
                near = self._not_elsewhere(task, free, stays)
                crew = self._first_there(task, near, who == "micro")
                if crew is not None:
                    free.remove(crew)
                    self._send(crew, task, minute)
                    sent += 1
            if not sent:
                return

    def _bare_first(self, tasks: list[Task], free: list[Crew]) -> list[Task]:
        """No second engine for a building fire while another has none that could have one; and
        nobody else to people in the water while others have nobody at all: first to those in
        mortal danger, and last where all who are left are upstairs.
        """
        for kind in ("fire", "flood"):
            same = [t for t in tasks if t.kind == kind and self._first_there(t, free, False)]
            first = min((self._turn(t) for t in same), default=0)
            tasks = [t for t in tasks if t not in same or self._turn(t) == first]
        return tasks

    def _turn(self, task: Task) -> int:
        if task.kind == "fire":
            return int(bool(self._engines(task)))
        if task.can_wait:
            return 3
        return 2 if task.crews else int(not task.urgent_min <= self.asked_min)

    def _engines(self, task: Task) -> list[Crew]:
        """Crews with water at a fire or on the way to it."""
        _, adds = self.given.fire_wants(task.id, self.asked_min)
        return [c for c in task.crews if adds[c.id] > 0]

    def _share_engines(self, waiting: list[Task], minute: float) -> None:
        """No engine is free: fires that have more than they need give one up; to a fire that has
        none, those as well that need more than they have, down to their last.
        """
        fires = [t for t in waiting if t.kind == "fire" and self._lacks(t, minute)]
        for task in sorted(fires, key=lambda t: (t.persons == 0, t.read_min, t.id)):
            offers = self._offers(not self._engines(task), minute)
            found = []
            for rank, crew in offers:
                minutes = self.roads.minutes_from("lorry", crew.place)[task.place]
                if not math.isinf(minutes) and not self._gale(crew.place):
                    found.append((rank, minutes, crew.id, crew))
            if found:
                crew = min(found, key=lambda one: one[:3])[3]
                self._leave(crew, minute, "sent_on")
                self._send(crew, task, minute)

    def _offers(self, for_none: bool, minute: float) -> list[tuple[tuple[bool, int], Crew]]:
        offers = []
        for fire in [t for t in self.board if t.kind == "fire"]:
            needed, adds = self.given.fire_wants(fire.id, minute)
            there = [c for c in self._engines(fire) if c.state == "working"]
            lacks = self._lacks(fire, minute)
            have = sum(adds[c.id] for c in fire.crews)
            if len(there) > 1:
                for crew in there:
                    if for_none if lacks else have - adds[crew.id] >= needed:
                        offers.append(((lacks, -len(there)), crew))
        return offers

    def _first_there(self, task: Task, free: list[Crew], micro: bool) -> Crew | None:
        """Of those who can do it the one that is there first; of equal ones the first by id."""
        able = []
        for crew in free:
            stands_in = task.kind == "fire" and crew.micro and not micro
            if self._able(crew, task) and not stands_in:
                minutes = self.roads.minutes_from(crew.vehicle_for(task.road_only), crew.place)
                soonest = min(minutes[task.place], minutes[task.other_end])
                if not math.isinf(soonest):
                    able.append((soonest, crew.id, crew))
        return min(able, key=lambda a: a[:2])[2] if able else None

    def _send(self, crew: Crew, task: Task, minute: float, packs_min: float = 0.0) -> None:
        vehicle = crew.vehicle_for(task.road_only)
        minutes = self.roads.minutes_from(vehicle, crew.place)
        end = task.other_end if minutes[task.other_end] < minutes[task.place] else task.place
        turnout_min = packs_min
        if task.burns and crew.place == crew.base and not packs_min:
            night = self.given.is_night(minute / self.tick_min)
            turnout_min = self.p(f"fire.turnout_{'night' if night else 'day'}_min")
        self._set_out(crew, end, vehicle, minute, turnout_min, task.last_leg_min)
        assert crew.drive is not None
        self._stood_by(crew, minute)
        crew.task = task
        crew.stay = Stay(task, crew.drive.trip, crew.people, minute, crew.drive.set_out_min)
        task.crews.append(crew)
        task.facts.setdefault("dispatched_min", minute)

    def _set_out(
        self, crew: Crew, target: int, vehicle: str, minute: float, wait_min: float, last_min: float
    ) -> bool:
        way = self.roads.way(vehicle, crew.place, target)
        if way is None:
            return False
        crew.drives += bool(way.roads)
        trip = f"{crew.id}/{crew.drives}"
        share = self.p("road.rescue_wait_share")
        crew.drive = Drive(trip, way, vehicle, minute, wait_min, last_min, share)
        crew.drive.go_through(self.begins, self.ends, self.roads_now)
        crew.state = "travelling"
        return True

    # -- crews -----------------------------------------------------------------------------------

    def _rest_if_due(self, crew: Crew, minute: float) -> None:
        """After a shift a crew rests. A fire station changes its watch instead, at the station."""
        if minute < crew.on_duty_since + 60.0 * min(
            self.p("team.shift_h"), self.p("team.on_duty_most_h")
        ):
            self._stand_by(crew, minute)
            return
        if crew.always and "fire" in crew.can and crew.place == crew.base:
            crew.on_duty_since = minute
            self._stand_by(crew, minute)
            return
        crew.state = "off_duty"
        crew.ready_min, crew.rests = minute + 60.0 * self.p("team.rest_h"), True

    def _stand_by(self, crew: Crew, minute: float) -> None:
        """Who waits at the base rests there, and asks a shift later whether to wait on."""
        if crew.place == crew.base:
            crew.stands_by_since = minute
            crew.asks_min = math.inf if crew.always else minute + 60.0 * self.p("team.shift_h")

    def _stood_by(self, crew: Crew, minute: float) -> None:
        """What it waited at its base does not count; as long as a rest is, it is one."""
        if math.isnan(crew.stands_by_since):
            return
        waited = minute - crew.stands_by_since
        crew.stands_by_since = math.nan
        crew.on_duty_since += waited
        if waited >= 60.0 * self.p("team.rest_h"):
            crew.on_duty_since = minute

    def _there(self, crew: Crew, minute: float) -> None:
        """At the end of a drive, wherever that is."""
        drive, task = crew.drive, crew.task
        assert drive is not None
        self._write_trip(crew)
        crew.place, crew.drive = drive.place, None
        if drive.outcome == "turned_back":
            road = drive.stopped_by
            tree = self.roads_now.closed("boat", road)  # nothing else stops a boat
            self.roads.hear(road, tick_of(minute, self.tick_min), "tree" if tree else "water")
            self._leave(crew, minute, "turned_back")
            self._rest_if_due(crew, minute)
        elif task is None or self._over(task, minute):
            self._leave(crew, minute, "released")
            goes = task is not None and (task.burns or task.kind == "bagging")
            home = goes and self._go_home(crew, minute)
            if not home:
                self._rest_if_due(crew, minute)
        else:
            self._begin_work(crew, task, minute)

    def _begin_work(self, crew: Crew, task: Task, minute: float) -> None:
        crew.state = "working"
        manned = task.by_itself or (crew.always and "fire" in crew.can)
        most_min = crew.on_duty_since + 60.0 * self.p("team.on_duty_most_h")
        crew.stops_min = math.inf if manned else max(minute, most_min)
        stay = crew.stay
        assert stay is not None
        stay.arrived_min = minute
        if task.reached:
            return
        task.reached = True
        task.worked_min = minute
        ordered = task.facts["dispatched_min"]
        later = crew.mustered_min > ordered
        task.facts |= {
            "arrived_min": minute,
            "departed_min": stay.left_base_min,
            "mustered_min": crew.mustered_min if later else ordered,
            "crew": crew.id,
        }
        if task.by_itself:
            task.facts["started_min"] = minute
        task.work_left_h = {
            "collapse": self.given.dug_h.get(task.id, 0.0),
            "injury": task.persons * self.p("team.treat_person_h"),
            "wounded": task.persons * self.p("team.treat_person_h"),
            "arrest": task.persons * self.p("team.treat_person_h"),
            "flood": float(task.persons),  # counted in people
        }.get(task.kind, 0.0)
        if task.kind == "tree":
            self._count_trees(task)

    def _leave(self, crew: Crew, minute: float, outcome: str) -> None:
        if crew.task is not None and crew in crew.task.crews:
            crew.task.crews.remove(crew)
            if (
                crew.task.kind == "pumping" and crew.state == "working"
            ):  # beside a pump one rests in turns
                assert crew.stay is not None
                crew.on_duty_since += minute - crew.stay.arrived_min
        crew.task, crew.state = None, "idle"
        self._write_stay(crew, minute, outcome)

    def _go_home(self, crew: Crew, minute: float) -> bool:
        away = crew.place != crew.base
        vehicle = crew.vehicle_for(road_only=True)
        return away and self._set_out(crew, crew.base, vehicle, minute, 0.0, 0.0)

    # -- work ------------------------------------------------------------------------------------

    def _work_until(self, task: Task, minute: float) -> None:
        """Take off what was done since somebody last looked, and look who is there now."""
        if task.by_itself or task.done or not task.reached:
            return
        deep = self.given.depth_m[self.tick][task.place] > self.p("team.wade_limit_m")
        for crew in list(task.crews) if task.kind == "flood" and deep else []:
            if crew.state == "working" and not crew.boats:
                task.boats_only = True
                self._leave(crew, minute, "released")
                self._rest_if_due(crew, minute)
        nobody = not any(c.state == "working" for c in task.crews)
        if deep and task.kind == "flood" and nobody and "started_min" not in task.facts:
            task.reached = False  # who came could do nothing
            for fact in ("arrived_min", "departed_min", "mustered_min", "crew"):
                task.facts.pop(fact, None)
            return
        task.work_left_h -= task.pace_h * (minute - task.worked_min) / 60.0
        task.worked_min = minute
        task.pace_h = 0.0
        for crew in task.crews:
            if crew.state == "working" and not self._gale(task.place):
                skill = self.p(f"team.training_{crew.team.kind}")
                task.pace_h += self._rate(task, crew) * skill * self._freshness(crew, self.begins)
        treat = self.p("team.treat_hands")
        hands = {"collapse": self.p("quake.diggers")}
        hands |= dict.fromkeys(("injury", "wounded", "arrest"), treat)
        if task.kind in hands:  # no more can work at one person
            task.pace_h = min(task.pace_h, hands[task.kind] * max(1, task.persons))
        if task.pace_h > 0.0:
            task.facts.setdefault("started_min", minute)

    def _carry(self, minute: float) -> None:
        """Whose turn has come by a minute, which is given, is carried to the road if badly hurt; in
        the meantime whoever carries does nothing else.
        """
        for task in self.board:
            turns = self.carries.get(task.id, [])
            while turns and turns[0][0] <= minute:
                treated_min, persons = turns.pop(0)
                self._work_until(task, treated_min)
                there = [c for c in task.crews if c.state == "working"]
                people, tools = sum(c.people for c in there), sum(c.stretchers for c in there)
                carried_for = carry_min(self.p, persons, people, tools)
                task.work_left_h += task.pace_h * carried_for / 60.0

    def _rate(self, task: Task, crew: Crew) -> float:
        """In an hour: person-hours, trees, or people out of the water."""
        p = self.p
        if task.kind == "tree":
            at_work = min(crew.saws, crew.people / p("team.saw_crew"))
            return float(at_work * p("team.saw_trees_per_h"))
        if task.kind != "flood":
            return float(crew.people)
        if crew.boats:
            aboard = min(p("team.boat_seats"), max(1, task.persons))
            trip_min = (
                2.0 * p("team.boat_leg_km") / p("team.boat_kmh") * 60.0
                + p("team.boat_stop_min")
                + p("team.boat_person_min") * aboard
            )
            manned = min(crew.boats, crew.people / p("team.boat_crew"))
            return float(manned * 60.0 * aboard / trip_min)
        depth = self.given.depth_m[self.tick][task.place]
        if depth > p("team.wade_limit_m"):
            return 0.0
        return float(
            crew.people * math.exp(-p("team.wade_slowing") * depth) / p("team.wade_person_h")
        )

    def _ends(self, task: Task) -> float:
        """When it is done at the present pace, while somebody is there."""
        there = any(c.state == "working" for c in task.crews)
        if task.done or not task.reached or not there or self.carries.get(task.id):
            return math.inf
        if task.work_left_h <= 0.0:
            return task.worked_min
        if task.pace_h <= 0.0:
            return math.inf
        return task.worked_min + 60.0 * task.work_left_h / task.pace_h

    def _count_trees(self, task: Task) -> None:
        """Those that lie across the road now; some may fall while crews are at work."""
        if not task.reached or task.done:
            return
        fallen = self.given.trees[self.tick].get(task.id, 0)
        task.work_left_h += fallen - task.trees_counted
        task.trees_counted = fallen

    def _freshness(self, crew: Crew, minute: float) -> float:
        """1 at first, less in a straight line to the end of the shift, and in another to a day."""
        hours = max(0.0, minute - crew.on_duty_since) / 60.0
        shift_h = self.p("team.shift_h")
        tired, spent = self.p("team.tired_at_shift_end"), self.p("team.tired_at_24h")
        if hours <= shift_h:
            return float(1.0 - (1.0 - tired) * hours / shift_h)
        if hours >= 24.0 or shift_h >= 24.0:
            return float(spent)
        return float(tired - (tired - spent) * (hours - shift_h) / (24.0 - shift_h))

    def _end_with_bags(self, task: Task) -> None:
        """When a team has no bags left is given; and a shift ends for whoever lays them."""
        for crew in list(task.crews):
            if crew.state != "working":
                continue
            assert crew.stay is not None
            shift_h = min(self.p("team.shift_h"), self.p("team.on_duty_most_h"))
            tired = crew.on_duty_since + 60.0 * shift_h <= self.ends
            there = crew.stay.arrived_min <= self.begins
            if there and (tired or not self._has_bags(crew, self.ends)):
                self._leave(crew, self.ends, "released")
                if not self._go_home(crew, self.ends):
                    self._rest_if_due(crew, self.ends)

    def _end_at_fire(self, task: Task) -> None:
        """When a crew is let go from a fire is the fire's: given. Then it drives to its station."""
        for crew in list(task.crews):
            stay = crew.stay
            assert stay is not None
            key = crew.id, round(stay.sent_min, 6)
            left, outcome = self.given.fire_stays.get(key, (math.nan, ""))
            if crew.state == "working" and left == self.ends:
                self._leave(crew, self.ends, outcome)
                if not self._go_home(crew, self.ends):
                    self._rest_if_due(crew, self.ends)

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
                self._write_muster(crew, math.nan)
            self._write_stay(crew, math.nan, "open")

    def _write_muster(self, crew: Crew, minute: float) -> None:
        self.musters.append(
            {
                "crew": crew.id,
                "team": crew.team.team,
                "called_tick": tick_of(crew.called_min, self.tick_min),
                "ready_tick": tick_of(minute, self.tick_min),
                "called_min": crew.called_min,
                "ready_min": minute,
            }
        )

    def _write_trip(self, crew: Crew) -> None:
        assert crew.drive is not None
        task = crew.task
        purpose, about = ("task", task.id) if task is not None else ("return", "")
        row = crew.drive.row(crew.id, "crew", purpose, about, self.given.places, self.tick_min)
        self.trips += [row] if row else []

    def _write_stay(self, crew: Crew, minute: float, outcome: str) -> None:
        stay, crew.stay = crew.stay, None
        if stay is None:
            return
        times = {"sent": stay.sent_min, "arrived": stay.arrived_min, "left": minute}
        self.deployments.append(
            {
                "crew": crew.id,
                "team": crew.team.team,
                "incident": stay.task.id,
                "trip": stay.trip,
                "people": stay.people,
                "departed_min": stay.left_base_min,
                "outcome": outcome,
            }
            | {f"{name}_min": when for name, when in times.items()}
            | {f"{name}_tick": tick_of(when, self.tick_min) for name, when in times.items()}
        )
