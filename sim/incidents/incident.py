"""An incident: a place and a time where a capability is needed (险情)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from anlan.sim.ledger import NEVER
from anlan.sim.scenario.schema import Capability, Scenario

if TYPE_CHECKING:
    from anlan.sim.crews.crew import Crew

CAPABILITY: dict[str, Capability] = {
    "collapse": "rescue",
    "flood": "water",
    "injury": "medical",
    "tree": "engineering",
}


class Scene(Protocol):
    """An incident that lives its own life, such as a fire, and how crews act on it."""

    capability: Capability

    def crews_wanted(self) -> int:
        """How many crews it takes as far as command knows."""
        ...

    def work(self, crews: list[Crew], tick: int) -> bool:
        """One tick of work by the crews that are there; True when it is over."""
        ...

    def micro_wanted(self) -> int:
        """How many crews of micro stations it takes besides."""
        ...

    def way_out_min(self, crew: Crew) -> float:
        """Minutes that a crew takes back to its vehicle, if it is to leave now."""
        ...


@dataclass(eq=False)
class Incident:
    """Facts of one incident as they come to be; ticks are NEVER until they happen."""

    number: int
    kind: str
    place: int  # community; for a tree the road's first end
    other_end: int  # for a tree the road's second end; else the same as place
    road: int  # road number for a tree, else -1
    occurred_tick: int
    people: NDArray[np.int64]  # rows of residents trapped or hurt
    trees: int = 0
    reported_tick: int = NEVER
    known_tick: int = NEVER
    dispatched_tick: int = NEVER
    arrived_tick: int = NEVER
    done_tick: int = NEVER
    rescued: int = 0
    died: int = 0
    first_crew: str = ""
    work_left_h: float = 0.0  # crew-hours of a fresh crew (boat-hours for a flood)
    crews: list[Crew] = field(default_factory=list)  # on the way or at work
    scene: Scene | None = None  # a fire: it says what is wanted and what work does
    persons: int = NEVER  # how many people that is; one a row where not given
    cases: int = 1  # how many like it the row stands for (`residents.scale`)
    last_leg_min: float = 0.0  # streets inside the community, after the road graph's node
    others: int = 0  # hurt who are no residents: members of crews

    def __post_init__(self) -> None:
        if self.persons == NEVER:
            self.persons = len(self.people)

    @property
    def capability(self) -> Capability:
        return self.scene.capability if self.scene else CAPABILITY[self.kind]

    @property
    def open(self) -> bool:
        return self.done_tick == NEVER

    def short(self, scenario: Scenario) -> bool:
        """Whether it wants more crews than it has; those of micro stations come besides."""
        micro = sum(1 for c in self.crews if self.scene and c.micro)
        return len(self.crews) - micro < self.crews_wanted(scenario)

    def short_of_micro(self) -> bool:
        """Whether it wants more crews of micro stations than it has."""
        wanted = self.scene.micro_wanted() if self.scene else 0
        return sum(1 for c in self.crews if c.micro) < wanted

    def crews_wanted(self, scenario: Scenario) -> int:
        """How many crews command sends: one for every so many persons, at least one."""
        if self.scene:
            return self.scene.crews_wanted()
        one_crew = self.cases * int(scenario.p("team.persons_per_crew"))
        return self.cases * max(1, -(-self.persons // one_crew))

    def full_work_h(self, scenario: Scenario) -> float:
        """Crew-hours that the incident takes; a flood's are counted by rates at work instead."""
        if self.scene:
            return 0.0
        p = scenario.p
        return {
            "collapse": self.persons * p("team.extricate_crew_h"),
            "injury": self.persons * p("team.treat_crew_h"),
            "tree": self.trees * p("team.clear_tree_crew_h"),
            "flood": float(self.persons),
        }[self.kind]
