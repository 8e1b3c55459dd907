"""The ruins of one place, as crews meet them: people under them, and the work to get each out.

Those who lie shallow come first, then those in hollows, then those whom whole floors hold down
(R10 and R11 of the rates: a few, some twenty and some hundred person-hours). Not more than a few
can dig at one spot, and a crew whose shift is over goes to rest: another is sent. Neighbours get
out those who lie shallow, sooner or later; the others wait for crews, and live as long as the
survivors of Tangshan did. The ruins are done with when crews are there and nobody is left in them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anlan.sim.chance import Streams, stream
from anlan.sim.crews.crew import RELEASED, Crew
from anlan.sim.incidents.incident import Incident, WithoutFire, WorkRules
from anlan.sim.networks.fragility import exponential
from anlan.sim.people.calendar import by_tick
from anlan.sim.people.draws import FAR
from anlan.sim.place.population import Population
from anlan.sim.scenario.clock import Clock
from anlan.sim.scenario.rules import Rules
from anlan.sim.scenario.schema import Capability
from anlan.sim.source import Field

Ids = NDArray[np.int64]

LIES = stream("quake.lies", "resident")
NEIGHBOURS = stream("quake.neighbours", "resident")
DONE_H = 1e-9  # person-hours left that are none


@dataclass(frozen=True)
class RubbleRules(Rules, prefix="quake"):
    """How deep people lie, and what it takes to get them out."""

    void_share: float
    entombed_share: float
    shallow_person_h: float
    void_person_h: float
    entombed_person_h: float
    diggers: int
    neighbours_mean_h: float


@dataclass(eq=False)
class Buried:
    """Somebody under the ruins (several alike where a row of residents stands for several)."""

    person: int
    persons: int
    work_left_h: float  # person-hours
    neighbours_tick: int  # when neighbours have got them out; FAR: they cannot
    last_tick: int  # they die at its end

    @property
    def deep(self) -> bool:
        """Whether nobody but a crew can get them out."""
        return self.neighbours_tick == FAR


def bury(
    rules: RubbleRules, people: Population, trapped: Ids, last_ticks: Ids, tick: int, clock: Clock,
    streams: Streams,
) -> list[Buried]:  # fmt: skip
    """The people who are trapped at a tick, those who are soonest out first."""
    keys = people.resident_key[trapped]
    u = streams.uniform64(LIES, keys)
    shallow = u >= rules.void_share + rules.entombed_share
    work_h = np.select(
        [shallow, u >= rules.entombed_share],
        [rules.shallow_person_h, rules.void_person_h],
        rules.entombed_person_h,
    )
    waits_h = exponential(streams.uniform64(NEIGHBOURS, keys), rules.neighbours_mean_h)
    waits = np.ceil(waits_h * clock.ticks_per_h).astype(np.int64)
    out_ticks = np.where(shallow, tick + np.maximum(waits, 1), FAR)
    found = [
        Buried(person, int(people.stands_for[person]), float(h), out, last)
        for person, h, out, last in zip(
            trapped.tolist(), work_h, out_ticks.tolist(), last_ticks.tolist(), strict=True
        )
    ]
    for one in found:
        one.work_left_h *= one.persons
    return sorted(found, key=lambda b: (b.work_left_h, b.person))


class Rubble(WithoutFire):
    """The ruins of one place."""

    capability: Capability = "rescue"

    def __init__(
        self,
        field: Field,
        rules: RubbleRules,
        work: WorkRules,
        incident: Incident[Crew],
        buried: list[Buried],
    ) -> None:
        self.field = field
        self.rules = rules
        self.persons_per_crew = work.persons_per_crew
        self.incident = incident
        self.buried = {b.person: b for b in buried}  # in the order in which crews dig for them
        self.deep = sum(b.persons for b in buried if b.deep)
        self.shallow = sum(b.persons for b in buried if not b.deep)
        people = np.array([b.person for b in buried], dtype=np.int64)
        self._freed_at = _by_tick(people, [b.neighbours_tick for b in buried])
        self._dead_after = _by_tick(people, [b.last_tick for b in buried])

    def crews_wanted(self) -> int:
        """One for every so many people under the ruins, and one to look whether there are any.

        The first crew that has seen them asks for one more to each spot where somebody lies deep.
        """
        seen = self.incident.reached
        alone = self.deep if seen else 0
        together = self.deep + self.shallow - alone
        return max(1, alone + -(-together // self.persons_per_crew))

    def needed(self) -> float:
        """In crews."""
        return float(self.crews_wanted())

    def adds(self, crew: Crew) -> float:
        """One."""
        return 1.0

    def way_out_min(self, crew: Crew) -> float:
        """None: the vehicle stands beside the ruins."""
        return 0.0

    def step(self, tick: int) -> None:
        """Some have died since the last tick; neighbours get some out."""
        for person in self._dead_after.pop(tick - 1, ()):
            self._forget(person)
        for person in self._freed_at.pop(tick, ()):
            self._out(person)

    def work(self, crews: list[Crew], tick: int) -> bool:
        """One tick of digging; True when nobody is left to dig for."""
        if not crews or self._stormy():
            return False
        clock = self.field.clock
        fresh = [c for c in crews if clock.minute_of(tick) < c.shift_end_min]
        self._dig(fresh, tick)
        if not self.buried:
            return True
        over = [c for c in crews if c not in fresh]
        for crew in over + fresh[self.crews_wanted() :]:
            crew.finish_task(clock.minute_of(tick + 1), RELEASED)
        return False

    def _stormy(self) -> bool:
        wind_ms = float(self.field.present.sky.wind_ms[self.incident.place])
        return wind_ms >= self.field.workplace.rules.stop_wind_ms

    def _dig(self, crews: list[Crew], tick: int) -> None:
        """Spend the person-hours of a tick, those first who are soonest out."""
        tick_h = 1.0 / self.field.clock.ticks_per_h
        now_min = self.field.clock.minute_of(tick)
        hours = sum(c.people * c.efficiency(now_min) for c in crews) * tick_h
        at_one_spot = self.rules.diggers * tick_h
        out = []
        for one in self.buried.values():
            if hours <= 0.0:
                break
            spent = min(hours, at_one_spot * one.persons, one.work_left_h)
            one.work_left_h -= spent
            hours -= spent
            if one.work_left_h <= DONE_H:
                out.append(one.person)
        for person in out:
            self._out(person)

    def _out(self, person: int) -> None:
        """Somebody comes out, unless they are out or dead already."""
        if person in self.buried:
            self.field.people.carry_out(person, self.incident)
            self._forget(person)

    def _forget(self, person: int) -> None:
        gone = self.buried.pop(person, None)
        if gone is not None and gone.deep:
            self.deep -= gone.persons
        elif gone is not None:
            self.shallow -= gone.persons


def _by_tick(people: Ids, ticks: list[int]) -> dict[int, list[int]]:
    """Tick -> the people whose tick it is, in their order."""
    numbers = by_tick(np.array(ticks, dtype=np.int64))
    return {tick: people[n].tolist() for tick, n in numbers.items()}
