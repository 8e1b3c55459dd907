"""Who finds what has happened at a place, and how it is told: the information officer's report."""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import Any

import numpy as np

from anlan.sim.chance import Streams, stream
from anlan.sim.incidents.incident import Incident
from anlan.sim.networks.messages import REPORTS, Messages
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
        self._unfound: list[tuple[float, str, Incident[Any]]] = []  # by minute

    def happened(self, incident: Incident[Any]) -> None:
        """It will be found after an exponential delay of the incident's own."""
        u = self.streams.one(DISCOVERY, incident.id)
        delay_min = -self.rules.discovery_min * float(np.log1p(-u))
        self.found_at(incident, incident.occurred_min + delay_min)

    def found_at(self, incident: Incident[Any], minute: float) -> None:
        """Somebody finds it at a minute that is known (a camera, a passer-by)."""
        heapq.heappush(self._unfound, (minute, incident.id, incident))

    def step(self, tick: int) -> None:
        """One tick: what is found in it is reported; what was found before, at its beginning."""
        ends = self.clock.minute_of(tick + 1)
        while self._unfound and self._unfound[0][0] < ends:
            minute, _, incident = heapq.heappop(self._unfound)
            self._report(incident, max(minute, self.clock.minute_of(tick)))

    def _report(self, incident: Incident[Any], minute: float) -> None:
        incident.found_min = minute
        self.messages.send(
            f"report/{incident.id}", "report", incident.place, incident.id, incident.kind, incident,
            minute, to=REPORTS,
        )  # fmt: skip
