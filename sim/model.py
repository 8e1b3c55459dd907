"""ResponseModel: one run of a scenario. It wires the parts, and plays the phases of each tick.

Mesa's own clock counts ticks from 1; `tick` here counts from 0.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import mesa

from anlan.sim.chance import Streams
from anlan.sim.command.seats import Seats
from anlan.sim.forcing.base import Forcing
from anlan.sim.ledger import Ledger
from anlan.sim.people.draws import Draws
from anlan.sim.people.protocol import People
from anlan.sim.people.residents import Residents
from anlan.sim.people.surroundings import Surroundings
from anlan.sim.phases import PHASES
from anlan.sim.place.world import World
from anlan.sim.wiring import wire

PeopleMaker = Callable[[Surroundings, Draws], People]


class ResponseModel(mesa.Model):  # type: ignore[misc]
    """One run of a scenario.

    `people` may be another maker of residents (the tests' oracle), `seats` other deciders (a
    drill's player, a policy under test). With `profile` the CPU seconds of each phase are kept.
    """

    time: float  # Mesa's clock: ticks begun so far

    def __init__(
        self,
        world: World,
        forcing: Forcing,
        streams: Streams,
        people: PeopleMaker = Residents,
        seats: Callable[[Seats], Seats] | None = None,
        profile: dict[str, float] | None = None,
    ) -> None:
        super().__init__(rng=0)  # Mesa's own generator is never drawn from
        self.parts = wire(self, world, forcing, streams, people, seats)
        self.profile = profile
        self.ticks = self.parts.clock.ticks

    @property
    def ledger(self) -> Ledger:
        """The facts so far."""
        return self.parts.ledger

    def run(self) -> Ledger:
        """Run to the end and return the facts.

        Mesa's clock is moved by hand: its queue would hold nothing but the next tick, and asking it
        takes a quarter of a small run. `step()` from outside still goes by Mesa's queue.
        """
        for tick in range(int(self.time), self.ticks):
            self._play(tick)
        self.time = float(self.ticks)
        self.finish()
        return self.ledger

    def step(self) -> None:
        """One tick: its phases in their order."""
        self._play(int(self.time) - 1)

    def _play(self, tick: int) -> None:
        if self.profile is None:
            for phase in PHASES:
                phase.do(self.parts, tick)
            return
        for phase in PHASES:
            begun = time.process_time()
            phase.do(self.parts, tick)
            spent = time.process_time() - begun
            self.profile[phase.name] = self.profile.get(phase.name, 0.0) + spent

    def finish(self) -> None:
        """Write what is still open at the end: nothing that did not happen is dropped."""
        p = self.parts
        p.recorder.finish()
        p.closures.finish()
        p.roads.traffic.finish(p.ledger)
        for crew in p.crews:
            crew.finish()
        for lorries in p.lorries.values():
            for lorry in lorries:
                lorry.finish()
        p.messages.finish()
        p.command.means.calls.finish()
        p.incidents.finish()
        for orders in p.command.means.water_orders:
            orders.finish()
        for source in p.sources:
            source.finish()
        p.power.outages.finish()
        p.phone.outages.finish()
        p.sites.finish(p.ledger)
        p.people.finish(p.ledger)


def seated(**who: Any) -> Callable[[Seats], Seats]:
    """Puts somebody else into seats of command: `seated(dispatch=my_policy)`."""
    return lambda seats: replace(seats, **who)
