"""Who finds what has happened at a place, and how it is told: the information officer's report."""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import Any

import numpy as np

from anlan.sim.chance import Streams, stream
from anlan.sim.incidents.incident import Incident
from anlan.sim.networks.messages import Messages
from anlan.sim.scenario.clock import Clock
from anlan.sim.scenario.rules import Rules

DISCOVERY = stream("report.discovery", "incident")


@dataclass(frozen=True)
class NoticeRules(Rules, prefix="response"):
    """How soon something is noticed at its own place."""

    discovery_min: float


class Notice:
    """What has happened and nobody has found yet; who finds it sends a report at once."""

    def __init__(
        self, rules: NoticeRules, clock: Clock, streams: Streams, messages: Messages
    ) -> None:
        self.rules = rules
        self.clock = clock
        self.streams = streams
        self.messages = messages
        self._unfound: list[tuple[int, str, Incident[Any]]] = []  # by tick, then id

    def happened(self, incident: Incident[Any], tick: int) -> None:
        """It will be found after an exponential delay of the incident's own."""
        u = self.streams.one(DISCOVERY, incident.id)
        delay_min = -self.rules.discovery_min * float(np.log1p(-u))
        self.found_at(incident, incident.occurred_tick + self.clock.ticks_of(delay_min), tick)

    def found_at(self, incident: Incident[Any], found_tick: int, tick: int) -> None:
        """Somebody finds it at a tick that is known (a camera, a passer-by)."""
        if found_tick <= tick:
            self._report(incident, found_tick, tick)
        else:
            heapq.heappush(self._unfound, (found_tick, incident.id, incident))

    def step(self, tick: int) -> None:
        """One tick: what is found in it is reported."""
        while self._unfound and self._unfound[0][0] <= tick:
            found_tick, _, incident = heapq.heappop(self._unfound)
            self._report(incident, found_tick, tick)

    def _report(self, incident: Incident[Any], found_tick: int, tick: int) -> None:
        incident.found_tick = found_tick
        self.messages.send(
            f"report/{incident.id}", "report", incident.place, incident.id, incident.kind, incident,
            tick,
        )  # fmt: skip
