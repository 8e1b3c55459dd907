"""What a hazard brings into a run that people can change: a source, and the field that it works
in.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:  # a scenario is checked without what plays it
    from anlan.sim.chance import Streams
    from anlan.sim.command.fire_desk import FireDesk
    from anlan.sim.crews.work import Workplace
    from anlan.sim.forcing.base import Present
    from anlan.sim.incidents.incident import Incidents
    from anlan.sim.ledger import Ledger
    from anlan.sim.networks.messages import Messages
    from anlan.sim.networks.power import Power
    from anlan.sim.people.notice import Notice
    from anlan.sim.people.protocol import People
    from anlan.sim.place.world import World
    from anlan.sim.scenario.clock import Clock
    from anlan.sim.scenario.schema import Scenario


@dataclass(frozen=True)
class Field:
    """What a source may see and touch. It tells by incidents and messages; command decides."""

    scenario: Scenario
    world: World
    place_ids: list[str]
    clock: Clock
    present: Present
    streams: Streams
    ledger: Ledger
    people: People
    incidents: Incidents
    notice: Notice
    messages: Messages
    fire_desk: FireDesk
    power: Power
    workplace: Workplace


class Source(Protocol):
    """Something that a hazard sets going in a run: fires, damage."""

    def step(self, tick: int) -> None:
        """One tick: what begins, grows, does harm, and is noticed."""
        ...

    def finish(self) -> None:
        """Write what is left to write at the end."""
        ...
