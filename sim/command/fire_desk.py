"""The desk of 119: it takes calls about fires, and of people in mortal danger in the water, and
hands them to command's dispatch.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from anlan.sim.command.command import Command
from anlan.sim.command.desk import Desk
from anlan.sim.crews.crew import Crew
from anlan.sim.incidents.incident import Incident
from anlan.sim.networks.messages import FIRE_DESK, Messages
from anlan.sim.scenario.clock import Clock
from anlan.sim.scenario.rules import Rules


@dataclass(frozen=True)
class FireDeskRules(Rules, prefix="fire"):
    """How long a call takes, and how many are taken at once."""

    call_min: float
    handling_min: float
    call_seats: int


@dataclass(eq=False)
class FireCall:
    """A call about a fire: who noticed it, when, when the call had come through, and when the
    desk had taken it and given the order. `cry`: of people whom the water overcomes.
    """

    incident: Incident[Crew]
    noticed_min: float
    called_min: float = float("inf")
    ordered_min: float = float("inf")
    cry: bool = False


@dataclass
class FireDesk:
    """Calls to 119 in one run."""

    rules: FireDeskRules
    clock: Clock
    messages: Messages
    command: Command
    _desk: Desk[FireCall] = field(init=False)

    def __post_init__(self) -> None:
        self._desk = Desk(self.rules.call_seats)

    def ring(self, incident: Incident[Crew], noticed_min: float) -> FireCall:
        """Somebody has noticed a fire and calls at once, if the network lets them."""
        incident.found_min = noticed_min
        return self._send("report", FireCall(incident, noticed_min))

    def cry(self, incident: Incident[Crew], minute: float) -> FireCall:
        """The water overcomes somebody, who calls, or somebody for them."""
        return self._send("cry", FireCall(incident, minute, cry=True))

    def _send(self, kind: str, call: FireCall) -> FireCall:
        incident = call.incident
        self.messages.send(
            f"{kind}/{incident.id}", kind, incident.place, incident.id, incident.kind, call,
            call.noticed_min, to=FIRE_DESK,
        )  # fmt: skip
        return call

    def step(self, tick: int) -> None:
        """One tick: calls that have come through, and those that have been handled."""
        if not (self.messages.arrived or len(self._desk)):
            return
        came = []
        for message in self.messages.take(FIRE_DESK):
            call = message.payload
            call.called_min = message.received_min + self.rules.call_min
            came.append(call)
        for call in sorted(came, key=lambda c: (c.called_min, c.incident.id)):
            self._desk.put(call, call.called_min)
        before_min = self.clock.minute_of(tick + 1)
        for call, done_min in self._desk.serve(before_min, self.rules.handling_min):
            call.ordered_min = done_min
            known_min = max(done_min, self.clock.minute_of(tick)) if call.cry else done_min
            self.command.report(call.incident, call.called_min, known_min, call.cry)
