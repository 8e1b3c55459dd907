"""An incident: a place and a time where a capability is needed (险情)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from anlan.sim.ledger import NEVER, Ledger, facts
from anlan.sim.scenario.rules import Rules
from anlan.sim.scenario.schema import Capability

Rows = NDArray[np.int64]
NOBODY: Rows = np.empty(0, dtype=np.int64)
CAPABILITY: dict[str, Capability] = {
    "collapse": "rescue",
    "flood": "water",
    "injury": "medical",
    "tree": "engineering",
}
FIRE: frozenset[Capability] = frozenset({"fire", "forest"})  # what puts fires out


@dataclass(frozen=True)
class WorkRules(Rules, prefix="team"):
    """How much work an incident is."""

    persons_per_crew: int
    extricate_crew_h: float
    treat_crew_h: float
    clear_tree_crew_h: float


class Worker(Protocol):
    """What an incident knows of a crew that is sent to it."""

    id: str
    number: int
    state: str
    place: int
    micro: bool
    tank_l: float
    capabilities: frozenset[Capability]
    arrived_min: float

    @property
    def people(self) -> int:
        """Members who are fit for work."""
        ...

    def finish_task(self, tick: int, outcome: str) -> None:
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

    def work(self, crews: list[W], tick: int) -> bool:
        """One tick of work by the crews that are there; True when it is over."""
        ...

    def way_out_min(self, crew: W) -> float:
        """Minutes that a crew takes back to its vehicle, if it is to leave now."""
        ...


@dataclass(eq=False)
class Incident[W: Worker]:
    """Facts of one incident as they come to be; ticks are NEVER until they happen."""

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
    scene: Scene[W] | None = None  # it says itself what is wanted and what work does
    found_tick: int = NEVER
    reported_tick: int = NEVER
    known_tick: int = NEVER
    dispatched_tick: int = NEVER
    arrived_tick: int = NEVER
    done_tick: int = NEVER
    rescued: int = 0
    died: int = 0
    first_crew: str = ""
    work_left_h: float = 0.0  # crew-hours of a fresh crew (boat-hours for a flood)
    crews: list[W] = field(default_factory=list)  # on the way or at work

    def __post_init__(self) -> None:
        if self.other_end == NEVER:
            self.other_end = self.place

    @property
    def capability(self) -> Capability:
        """What a crew must be able to do."""
        return self.scene.capability if self.scene else CAPABILITY[self.kind]

    @property
    def burns(self) -> bool:
        """Whether it is a fire: engines turn out for it, and go back to their station after it."""
        return self.capability in FIRE

    @property
    def open(self) -> bool:
        """Whether the work is not finished."""
        return self.done_tick == NEVER

    def short(self, rules: WorkRules) -> bool:
        """Whether it wants more than it has: a scene more of what it needs, others more crews."""
        if self.scene is not None:
            scene = self.scene
            return sum(scene.adds(crew) for crew in self.crews) < scene.needed()
        return len(self.crews) < self.crews_wanted(rules)

    def short_of_micro(self) -> bool:
        """Whether it wants more crews of micro stations than it has."""
        wanted = self.scene.micro_wanted() if self.scene else 0
        return wanted > 0 and sum(1 for c in self.crews if c.micro) < wanted

    def crews_wanted(self, rules: WorkRules) -> int:
        """How many crews command sends: one for every so many persons, at least one."""
        one_crew = self.cases * rules.persons_per_crew
        return self.cases * max(1, -(-self.persons // one_crew))

    def full_work_h(self, rules: WorkRules) -> float:
        """Crew-hours that it takes; a flood's are counted by rates at work instead."""
        if self.scene:
            return 0.0
        return {
            "collapse": self.persons * rules.extricate_crew_h,
            "injury": self.persons * rules.treat_crew_h,
            "tree": self.trees * rules.clear_tree_crew_h,
            "flood": float(self.persons),
        }[self.kind]


class Incidents:
    """All incidents of one run, by id and in the order in which they happened.

    `happened` is told of each that somebody there has to find and report.
    """

    def __init__(
        self, place_ids: list[str], road_ids: list[str], ledger: Ledger,
        happened: Callable[[Incident[Any], int], None],
    ) -> None:  # fmt: skip
        self.place_ids = place_ids
        self.road_ids = road_ids
        self.ledger = ledger
        self.happened = happened
        self.all: list[Incident[Any]] = []
        self._ids: set[str] = set()

    def open(self, incident: Incident[Any], tick: int, unseen: bool = False) -> Incident[Any]:
        """Something has happened. `unseen`: the caller sees to it that it is found and reported.

        Raises ValueError for an id that there is already.
        """
        if incident.id in self._ids:
            raise ValueError(f"there is an incident {incident.id} already")
        self._ids.add(incident.id)
        self.all.append(incident)
        if not unseen:
            self.happened(incident, tick)
        return incident

    def finish(self, ticks: int) -> None:
        """Write every incident, whatever became of it. `ticks`: of the run."""
        for i in self.all:
            self.ledger.add(
                facts.Incident(
                    incident=i.id,
                    kind=i.kind,
                    community=self.place_ids[i.place],
                    place=self.road_ids[i.road] if i.road != NEVER else "",
                    occurred_tick=i.occurred_tick,
                    found_tick=i.found_tick,
                    reported_tick=i.reported_tick,
                    known_tick=i.known_tick if i.known_tick < ticks else NEVER,
                    dispatched_tick=i.dispatched_tick,
                    arrived_tick=i.arrived_tick,
                    done_tick=i.done_tick,
                    persons=i.persons,
                    rescued=i.rescued,
                    died=i.died,
                    crew=i.first_crew,
                    cases=i.cases,
                )
            )
