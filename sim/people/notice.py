"""Who finds what has happened at a place, and how it is told: the information officer's report."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass
from math import isnan
from typing import Any

import numpy as np
from numpy.typing import NDArray

from anlan.sim.chance import Stream, Streams, stream
from anlan.sim.incidents.incident import ARREST, Incident
from anlan.sim.networks.messages import REPORTS, Messages
from anlan.sim.scenario.clock import Clock
from anlan.sim.scenario.rules import Rules
from anlan.sim.scenario.schema import Scenario, Team

Floats = NDArray[np.float64]
ONE = 0.5  # of a first responder, rounded: somebody lives there

DISCOVERY = stream("report.discovery", "incident")
RESPONDER = stream("report.responder", "incident")


@dataclass(frozen=True)
class NoticeRules(Rules, prefix="response"):
    """How soon something is noticed at its own place."""

    discovery_min: float
    responder_discovery_min: float
    responder_walk_min: float


def responders(scenario: Scenario) -> Floats:
    """(C,) first responders who live in each community.

    A team of them stands for its town: its members live in the town's communities as others do.
    """
    return _at_homes(scenario, lambda team: team.members)


def aeds(scenario: Scenario) -> Floats:
    """(C,) AEDs that first responders keep at home in each community, no more than one each."""
    return _at_homes(scenario, lambda team: min(team.members, team.aeds or 0))


def _at_homes(scenario: Scenario, has: Callable[[Team], int]) -> Floats:
    at = {c.community: n for n, c in enumerate(scenario.communities)}
    town_of = [c.town for c in scenario.communities]
    residents = np.array([c.residents for c in scenario.communities], dtype=np.float64)
    found = np.zeros(len(residents))
    for team in scenario.teams:
        if team.kind != "first_responder" or team.asked_at is not None:
            continue
        here = np.array([t == town_of[at[team.community]] for t in town_of])
        share = np.where(here, residents, 0.0)
        found += has(team) * share / max(1.0, float(share.sum()))
    return found


class Notice:
    """What has happened and nobody has found yet; who finds it sends a report at once."""

    def __init__(
        self, rules: NoticeRules, clock: Clock, streams: Streams, messages: Messages,
        responders: Floats,
    ) -> None:  # fmt: skip
        self.rules = rules
        self.clock = clock
        self.streams = streams
        self.messages = messages
        self.responders = responders  # (C,)
        # told of each incident at which so many first responders will be at a minute
        self.first_aid: Callable[[Incident[Any], float, float], None] = lambda *_: None
        self._unfound: list[tuple[float, str, Incident[Any]]] = []  # by minute

    def happened(self, incident: Incident[Any]) -> None:
        """It will be found after an exponential delay of the incident's own: by neighbours, or by
        a first responder of the place, whoever comes to see it first. Crews that are there tell
        of it at once.
        """
        if incident.attended:
            self.found_at(incident, incident.occurred_min)
            return
        rules, n = self.rules, float(self.responders[incident.place])
        delay_min = self._delay_min(DISCOVERY, incident, rules.discovery_min)
        if n > 0.0:
            mean_min = rules.responder_discovery_min / n
            delay_min = min(delay_min, self._delay_min(RESPONDER, incident, mean_min))
        self.found_at(incident, incident.occurred_min + delay_min)

    def _delay_min(self, of: Stream, incident: Incident[Any], mean_min: float) -> float:
        return -mean_min * float(np.log1p(-self.streams.one(of, incident.id)))

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
        if not isnan(incident.found_min):
            return  # whoever was in it has called before anybody else came by
        incident.found_min = minute
        helped = incident.persons and incident.kind != ARREST  # which knows how near each lives
        if helped and self.responders[incident.place] >= ONE:
            incident.first_aid_min = minute + self.rules.responder_walk_min
            here = float(self.responders[incident.place])
            self.first_aid(incident, incident.first_aid_min, here)
        self.messages.send(
            f"report/{incident.id}", "report", incident.place, incident.id, incident.kind, incident,
            minute, to=REPORTS,
        )  # fmt: skip
