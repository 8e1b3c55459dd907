"""A sand boil and the filter ring that crews build round it (养水盆, 反滤围井).

In the same way they wind down a sluice.
"""

from __future__ import annotations

from dataclasses import dataclass

from anlan.sim.crews.crew import RELEASED, Crew
from anlan.sim.forcing.base import Present
from anlan.sim.incidents.incident import WithoutFire
from anlan.sim.scenario.clock import Clock
from anlan.sim.scenario.rules import Rules, of
from anlan.sim.scenario.schema import Capability


@dataclass(frozen=True)
class RingRules(Rules, prefix="dike"):
    """People and hours that a ring takes (rates R31)."""

    ring_people: int
    ring_people_most: int
    ring_person_h: float
    stop_wind_ms: float = of("team.stop_wind_ms")


@dataclass
class Material:
    """Sand-gravel and bags that lie at a dike for so many rings more."""

    rings: int


@dataclass(eq=False)
class Ring(WithoutFire):
    """The scene (`incidents.incident.Scene`) of a sand boil, or of a sluice; its unit is people.

    Where no material is left at the dike nobody is sent, and who has come goes. Crews come by road
    to the dike and work in the dark and in the rain, but not in a gale. Who leaves within a tick is
    counted to the tick's beginning.
    """

    rules: RingRules
    clock: Clock
    present: Present
    place: int
    material: Material
    begun: bool = False  # its material is taken
    over: bool = False  # the ring stands, or the dike has broken
    capability: Capability = "water"
    done_h: float = 0.0  # person-hours

    def needed(self) -> float:
        """People; nobody once it is over, or where nothing lies there to build with."""
        if self.over or not (self.begun or self.material.rings > 0):
            return 0.0
        return float(self.rules.ring_people)

    def adds(self, crew: Crew) -> float:
        """A crew's people."""
        return float(crew.people)

    def work(self, crews: list[Crew], tick: int) -> bool:
        """The ring grows to the tick's end; True once it stands, or the dike has broken."""
        if not self.needed():
            for crew in crews:
                crew.finish_task(self.clock.minute_of(tick + 1), RELEASED)
        elif self._calm():
            self._build(crews, tick)
        return self.over

    def way_out_min(self, crew: Crew) -> float:
        """None: the vehicle stands on the dike."""
        return 0.0

    def _calm(self) -> bool:
        return float(self.present.sky.wind_ms[self.place]) < self.rules.stop_wind_ms

    def _build(self, crews: list[Crew], tick: int) -> None:
        begins_min, ends_min = self.clock.minute_of(tick), self.clock.minute_of(tick + 1)
        people = sum(c.people for c in crews)
        if not people:
            return
        if not self.begun:
            self.begun, self.material.rings = True, self.material.rings - 1
        share = min(1.0, self.rules.ring_people_most / people)  # no more find room round it
        hours = share * sum(
            crew.people * self._minutes(crew, begins_min, ends_min) * crew.efficiency(begins_min)
            for crew in crews
        ) / 60.0  # fmt: skip
        left_h = self.rules.ring_person_h - self.done_h
        self.done_h += min(hours, left_h)
        if hours >= left_h:
            self.over = True

    def _minutes(self, crew: Crew, begins_min: float, ends_min: float) -> float:
        """Of the tick, and of the tick before it where the crew came within that."""
        came_just_now = crew.arrived_min > begins_min - self.clock.tick_min
        return ends_min - (crew.arrived_min if came_just_now else begins_min)
