"""An incident: a place and a time where a capability is needed (险情)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from math import ceil, inf, isnan, nan
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from anlan.sim.ledger import NEVER, Ledger, facts
from anlan.sim.scenario.clock import Clock
from anlan.sim.scenario.rules import Rules, of
from anlan.sim.scenario.schema import Capability

NOT_YET = nan  # the minute of what has not happened
Rows = NDArray[np.int64]
NOBODY: Rows = np.empty(0, dtype=np.int64)
FLOOD = "flood"  # kind of incident: people whom water keeps where they are
ARREST = "arrest"  # kind of incident: somebody's heart has stopped, whatever the disaster does
CAPABILITY: dict[str, Capability] = {
    ARREST: "medical",
    "collapse": "rescue",
    "fire": "fire",
    "flood": "water",
    "forest_fire": "forest",
    "injury": "medical",
    "wounded": "medical",
    "tree": "engineering",
}
# What is needed besides: trees want saws, deep water boats, water that is to go away pumps, and
# water that is to stay out bags.
SAW, BOAT, PUMP, BAG = "saw", "boat", "pump", "bag"
ON_FOOT = "on_foot"  # hands for people in the water, of whoever has no boat that others may want
# Kinds of incident that command orders: the water of a place is to be pumped out, or kept out of
# homes with bags; and what a crew must have for each.
PUMPING, BAGGING = "pumping", "bagging"
WATER_ORDERS = {PUMPING: PUMP, BAGGING: BAG}
SAND_BOIL = "sand_boil"  # kind of incident: water comes up behind a dike, which breaks of it
SLUICE = "sluice"  # kind of incident: a sluice is to be shut by hand before the river comes in
HOLDS_OUT = (SAND_BOIL, SLUICE)  # work that keeps the sea or a river out
# the hurt; those whom rescuers have brought out hurt; cardiac arrests
TO_TREAT = frozenset({"injury", "wounded", ARREST})
FIRE: frozenset[Capability] = frozenset({"fire", "forest"})  # what puts fires out


@dataclass(frozen=True)
class WorkRules(Rules, prefix="team"):
    """How many people and tools an incident wants, and how many a crew brings."""

    persons_per_crew: int
    people_first: float
    people_per_trapped: float
    people_per_hurt: float
    plan_h: float
    trees_per_saw: int
    saw_crew: int
    boat_seats: int
    boat_crew: int
    boat_trips: int
    diggers: int = of("quake.diggers")

    def boats_wanted(self, persons: int) -> int:
        """Boats with seats for so many people in the water, in as many trips as are planned."""
        return ceil(persons / (self.boat_seats * self.boat_trips))

    def boats_manned(self, crew: Worker) -> float:
        """Boats that a crew's people can row."""
        return min(float(crew.boats), crew.people / self.boat_crew)

    def saws_wanted(self, trees: int) -> int:
        """Saws for so many fallen trees."""
        return ceil(trees / self.trees_per_saw)

    def saws_manned(self, crew: Worker) -> float:
        """Saws that a crew's people can use."""
        return min(float(crew.saws), crew.people / self.saw_crew)


class Worker(Protocol):
    """What an incident knows of a crew that is sent to it."""

    id: str
    number: int
    state: str
    place: int
    micro: bool
    tank_l: float
    boats: int
    saws: int
    pumps_m3_h: float
    capabilities: frozenset[Capability]
    can: frozenset[str]
    arrived_min: float

    @property
    def people(self) -> int:
        """Members who are fit for work."""
        ...

    def finish_task(self, minute: float, outcome: str) -> None:
        """The task is over for this crew."""
        ...


class Scene[W: Worker](Protocol):
    """An incident that lives its own life, such as a fire, and how crews act on it."""

    capability: Capability

    def needed(self) -> float:
        """How much it takes as far as is known, in the scene's own unit: persons, branches."""
        ...

    def adds(self, crew: W) -> float:
        """How much of that a crew brings; 0 for one that only comes besides."""
        ...

    def runs(self) -> bool:
        """Whether it grows still."""
        ...

    def micro_wanted(self) -> int:
        """How many crews of micro stations it takes besides."""
        ...

    def water_wanted_l(self) -> float:
        """Litres in tank trucks that it takes besides."""
        ...

    def work(self, crews: list[W], tick: int) -> bool:
        """One tick of work by the crews that are there; True when it is over."""
        ...

    def way_out_min(self, crew: W) -> float:
        """Minutes that a crew takes back to its vehicle, if it is to leave now."""
        ...


class WithoutFire:
    """What only fires want of a scene: all others have none of it."""

    def runs(self) -> bool:
        """Nothing spreads from here."""
        return False

    def micro_wanted(self) -> int:
        """Nobody comes besides: a micro station's crew is like any other here."""
        return 0

    def water_wanted_l(self) -> float:
        """No litres in tank trucks."""
        return 0.0


class Follower(Protocol):
    """Who is told when an incident is other than before, so as not to have to look at all."""

    def moved(self, incident: Any) -> None:
        """It wants something else, or it has to be looked at anew."""
        ...

    def ordered(self, incident: Any) -> None:
        """Somebody has been called in, or sent, for it."""
        ...

    def finished(self, incident: Any) -> None:
        """Its work is done."""
        ...


@dataclass(eq=False)
class Incident[W: Worker]:
    """Facts of one incident as they come to be; minutes since the start are NaN until they happen.

    `occurred_min` is the beginning of the tick, unless its maker says it more exactly.
    """

    id: str
    kind: str
    place: int  # community; for a tree the road's first end
    occurred_tick: int
    people: Rows = field(default_factory=lambda: NOBODY)  # rows of residents trapped or hurt
    other_end: int = NEVER  # for a tree the road's second end; else the same as place
    road: int = NEVER  # for a tree
    trees: int = 0
    persons: int = 0  # how many people that is, with `others`
    others: int = 0  # hurt who are no residents: members of crews
    cases: int = 1  # how many like it the row stands for (`residents.scale`)
    last_leg_min: float = 0.0  # streets inside the community, after the road graph's node
    own_town: bool = False  # only crews whose base is in its town are sent
    scene: Scene[W] | None = None  # it says itself what is wanted and what work does
    occurred_min: float = NOT_YET
    found_min: float = NOT_YET
    first_aid_min: float = NOT_YET  # a first responder of the place is there
    reported_min: float = NOT_YET  # the report has come to an office
    read_min: float = NOT_YET
    dispatched_min: float = NOT_YET  # first order for it: to muster, or to go
    sent_min: float = NOT_YET  # first order to go
    left_min: float = float("inf")  # the first crew sent has turned out
    mustered_min: float = NOT_YET  # this and what follows: of the crew that was there first
    departed_min: float = NOT_YET
    arrived_min: float = NOT_YET
    started_min: float = NOT_YET
    done_min: float = NOT_YET
    lost: bool = False  # it ended otherwise than by work: the dike broke
    rescued: int = 0
    died: int = 0
    first_crew: str = ""
    work_h: float = NOT_YET  # all of it, once somebody has seen it; see `crews.work`
    work_left_h: float = 0.0  # person-hours of trained people; persons of a flood; trees
    worked_min: float = NOT_YET  # the minute for which `work_left_h` stands
    pace_h: float = 0.0  # how much of it those who are there do in an hour
    crews: list[W] = field(default_factory=list)  # on the way or at work
    against_water: bool = field(init=False)  # pumps or bags: it waits for all that has people
    attended: bool = False  # crews are there as it happens, and tell of it at once
    # (work left at which some people are out or treated, these), the last of them first; see
    # `crews.work`
    turns: list[tuple[float, Rows]] = field(default_factory=list)
    next_end_min: float = inf  # when it is done, or crews can be spared, while nobody comes or goes
    next_turn_min: float = inf  # whose turn it is then, while nobody comes or goes
    helpers: int = 0  # most people of crews who have been at work there at once
    is_short: bool | None = None  # as last looked at; None once who is there, or is wanted, changes
    deep: bool = False  # somebody saw that the water is too deep to wade
    safe_left_h: float = -inf  # of the work, what is left when only people upstairs are left
    only_upstairs: bool = False  # it has come so far: whoever is left can wait for others
    cried: bool = False  # somebody there has called for help in mortal danger
    urgent_min: float = NOT_YET  # command knows that the water overcomes somebody there
    known: bool = False  # command has read of it
    follower: Follower | None = None  # command's board, while it hangs there
    number: int = NEVER  # its place on that board
    capability: Capability = field(init=False)  # what a crew must be able to do
    need: str = field(init=False)  # what it must be able to do and have: a word of its `can`
    # What it may need when it is looked at anew, as people may have come or gone.
    may_need: str = field(init=False)

    def __post_init__(self) -> None:
        if self.other_end == NEVER:
            self.other_end = self.place
        self.against_water = self.kind in WATER_ORDERS
        if self.scene is not None:
            self.lives_by(self.scene)
            return
        self.capability = CAPABILITY[self.kind]
        self.need = self.may_need = SAW if self.kind == "tree" else self.capability

    def lives_by(self, scene: Scene[W]) -> None:
        """From now on the scene says what is wanted, and what work does."""
        self.scene = scene
        self.capability = scene.capability
        self.need = self.may_need = WATER_ORDERS.get(self.kind, scene.capability)
        self._tell()

    def only_by_boat(self) -> None:
        """Somebody has been there and seen that the water is too deep to wade."""
        self.deep = True
        self.need = self.may_need = BOAT
        self._tell()

    def leave_to_wait(self) -> None:
        """Whoever is left there is upstairs, and can wait for others."""
        self.only_upstairs = True
        self._tell()

    def look_anew(self) -> None:
        """Who is there, or is wanted, has changed: whether it wants more is to be looked at."""
        self.is_short = None
        self._tell()

    def _tell(self) -> None:
        if self.follower is not None:
            self.follower.moved(self)

    def ends(self, minute: float) -> None:
        """The work is done, or wanted no more."""
        self.done_min = minute
        if self.follower is not None:
            self.follower.finished(self)

    def nobody_could_help(self) -> None:
        """Whoever has come so far could do nothing: nobody is there."""
        self.mustered_min = self.departed_min = self.arrived_min = NOT_YET
        self.first_crew = ""
        self.pace_h, self.next_turn_min = 0.0, inf

    def ordered(self, minute: float) -> None:
        """Command has called somebody in, or sent somebody, for it."""
        if isnan(self.dispatched_min):
            self.dispatched_min = minute
            if self.follower is not None:
                self.follower.ordered(self)

    @property
    def reached(self) -> bool:
        """Whether some crew has come."""
        return not isnan(self.arrived_min)

    @property
    def burns(self) -> bool:
        """Whether it is a fire: engines turn out for it, and go back to their station after it."""
        return self.capability in FIRE

    @property
    def driven_to(self) -> bool:
        """Engines, pumps and bags come by road, even where the team has boats."""
        return self.against_water or self.capability == "fire" or self.kind in HOLDS_OUT

    @property
    def before_water(self) -> bool:
        """Whether crews leave pumps and bags for it: people, fires, dikes and sluices."""
        return bool(self.persons) or self.burns or self.kind in HOLDS_OUT

    @property
    def needs_engine(self) -> bool:
        """Whether crews of micro stations, which only come besides, are no help by themselves."""
        return self.capability == "fire"

    @property
    def sends_home(self) -> bool:
        """Crews go back to their station after a fire, and after bags to where they are called."""
        return self.burns or self.kind == BAGGING

    @property
    def open(self) -> bool:
        """Whether the work is not finished."""
        return isnan(self.done_min)

    def short(self, rules: WorkRules) -> bool:
        """Whether it wants more than it has, of anything: a scene of what it needs, others of
        tools and of people. For people in the water it also says in `need` of which.
        """
        if self.is_short is not None:
            return self.is_short
        short = self._wants_more(rules)
        # What a fire or a ruin needs changes by itself.
        if self.scene is None or self.against_water:
            self.is_short = short
            self._tell()
        return short

    def _wants_more(self, rules: WorkRules) -> bool:
        if self.scene is not None:
            return sum(map(self.scene.adds, self.crews)) < self.scene.needed()
        if self.kind == "tree":
            return sum(rules.saws_manned(c) for c in self.crews) < rules.saws_wanted(self.trees)
        people = sum(c.people for c in self.crews) < self.people_wanted(rules)
        return self._lacks_in_the_water(rules, people) if self.kind == "flood" else people

    def _lacks_in_the_water(self, rules: WorkRules, people: bool) -> bool:
        """Seats are counted as well as people, so that many hands take no boat's place.

        Where boats suffice, only crews without one follow; where it is too deep to wade, none.
        """
        boats = sum(rules.boats_manned(c) for c in self.crews) < rules.boats_wanted(self.persons)
        if self.deep:
            return boats
        self.need = (self.capability if people else BOAT) if boats else ON_FOOT
        return boats or people

    def short_of_micro(self) -> bool:
        """Whether it wants more crews of micro stations than it has."""
        wanted = self.scene.micro_wanted() if self.scene else 0
        return wanted > 0 and sum(1 for c in self.crews if c.micro) < wanted

    def people_wanted(self, rules: WorkRules) -> int:
        """How many people command sends, as far as is known; several cases want as many each."""
        if self.kind in TO_TREAT:
            return ceil(rules.people_per_hurt * max(1, self.persons))
        unseen = max(rules.people_first * self.cases, rules.people_per_trapped * self.persons)
        if self.kind == "flood" or not self.reached:
            return ceil(unseen)
        most = rules.diggers * max(1, self.persons)
        least = rules.people_first * self.cases
        return ceil(max(least, min(most, self.work_h / rules.plan_h)))


class Incidents:
    """All incidents of one run, by id and in the order in which they happened.

    `happened` is told of each that somebody there has to find and report, `cries` of each where
    somebody calls for help in mortal danger, and since which minute.
    """

    def __init__(
        self, place_ids: list[str], road_ids: list[str], clock: Clock, ledger: Ledger,
        happened: Callable[[Incident[Any]], None],
    ) -> None:  # fmt: skip
        self.place_ids = place_ids
        self.road_ids = road_ids
        self.clock = clock
        self.ledger = ledger
        self.happened = happened
        self.cries: Callable[[Incident[Any], float], None] = lambda *_: None
        self.all: list[Incident[Any]] = []
        self._ids: set[str] = set()

    def open(self, incident: Incident[Any], tick: int, unseen: bool = False) -> Incident[Any]:
        """Something has happened. `unseen`: the caller sees to it that it is found and reported.

        Raises ValueError for an id that there is already.
        """
        if incident.id in self._ids:
            raise ValueError(f"there is an incident {incident.id} already")
        self._ids.add(incident.id)
        if isnan(incident.occurred_min):
            incident.occurred_min = self.clock.minute_of(tick)
        self.all.append(incident)
        if not unseen:
            self.happened(incident)
        return incident

    def finish(self) -> None:
        """Write every incident, whatever became of it."""
        for i in self.all:
            read_min = i.read_min if i.read_min < self.clock.end_min else NOT_YET
            done_min = NOT_YET if i.lost else i.done_min
            links = (
                i.occurred_min, i.found_min, i.reported_min, read_min, i.dispatched_min,
                i.mustered_min, i.departed_min, i.arrived_min, i.started_min, done_min,
            )  # fmt: skip
            tick = self.clock.tick_at
            self.ledger.add(
                facts.Incident(
                    i.id, i.kind, self.place_ids[i.place],
                    self.road_ids[i.road] if i.road != NEVER else "",
                    i.occurred_tick, tick(i.found_min), tick(i.reported_min), tick(read_min),
                    tick(i.dispatched_min), tick(i.arrived_min), tick(done_min),
                    *links,
                    first_aid_min=i.first_aid_min,
                    urgent_min=i.urgent_min,
                    persons=i.persons,
                    rescued=i.rescued,
                    died=i.died,
                    crew=i.first_crew,
                    cases=i.cases,
                )
            )  # fmt: skip
