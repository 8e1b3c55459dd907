"""Sending crews: who can come, how soon by the roads that are known, and whom the policy picks."""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan

import numpy as np
from numpy.typing import NDArray

from anlan.sim.command.picture import Picture
from anlan.sim.command.seats import DispatchSeat, Eta
from anlan.sim.crews.crew import SENT_ON, Crew
from anlan.sim.forcing.base import Present
from anlan.sim.incidents.incident import BOAT, SAW, Incident, WorkRules
from anlan.sim.scenario.rules import Rules, of

Task = Incident[Crew]


@dataclass(frozen=True)
class DispatchRules(Rules, prefix="team"):
    """When nobody is sent, and how a fire's crews are shared."""

    stop_wind_ms: float
    split_share: float = of("forest.split_share")
    first_crews: int = of("forest.first_crews")


def can_leave(incident: Task) -> list[Crew]:
    """Crews on foot at work at a forest fire, those that may be sent to a new one."""
    if incident.capability != "forest" or not incident.open:
        return []
    return [
        c
        for c in incident.crews
        if c.state == "working" and c.tank_l == 0 and "air" not in c.capabilities
    ]


@dataclass
class Dispatch:
    """Crews to incidents, whenever something has changed.

    The wind is what the stations of the weather office say.
    """

    rules: DispatchRules
    work: WorkRules
    seat: DispatchSeat
    picture: Picture
    crews: list[Crew]
    present: Present

    def step(self, minute: float) -> None:
        """Send whom the policy picks, until it sends no more."""
        calm = self.present.sky.wind_ms < self.rules.stop_wind_ms
        if micro_for := [i for i in self.picture.open if i.scene and self._wants_micro(i, calm)]:
            self._send_micro(micro_for, calm, minute)
        at_hand = self._at_hand(calm, minute)
        can = frozenset[str]().union(*(c.can for crews in at_hand for c in crews))
        waiting = [
            i
            for i in self.picture.open
            if not i.full
            and (i.need in can or i.capability == "forest")
            and calm[i.place]
            and i.short(self.work)
        ]
        if not waiting:
            return
        idle = at_hand[0]
        self._call_in_for(waiting, at_hand[1], at_hand[2], minute)
        needs = {i.need for i in waiting}
        crews = [c for c in idle if c.state == "idle" and needs & c.can]
        # An incident may want several crews: the policy is asked until it sends no more.
        while waiting and crews:
            sent = 0
            for i, c in self.seat(waiting, crews, self._eta(waiting, crews)):
                sent += self._send(crews[c], waiting[i], minute)
            if not sent:
                break
            waiting = [i for i in waiting if i.short(self.work)]
            crews = [c for c in crews if c.state == "idle"]
        for incident in waiting:
            if incident.capability == "forest" and isnan(incident.sent_min):
                self._split(incident, minute)

    @staticmethod
    def _wants_micro(incident: Task, calm: NDArray[np.bool_]) -> bool:
        return bool(calm[incident.place]) and incident.short_of_micro()

    def _at_hand(
        self, calm: NDArray[np.bool_], minute: float
    ) -> tuple[list[Crew], list[Crew], list[Crew]]:
        """Crews that can be sent now, those that can be called in, and those that muster."""
        idle, rested, mustering = [], [], []
        for crew in self.crews:
            if not crew.people:
                continue
            state = crew.state
            if state == "idle":
                if calm[crew.place]:
                    idle.append(crew)
            elif state == "off_duty":
                if crew.from_here and minute >= crew.ready_min:
                    rested.append(crew)
            elif state == "mustering":
                mustering.append(crew)
        return idle, rested, mustering

    def _send_micro(self, fires: list[Task], calm: NDArray[np.bool_], minute: float) -> None:
        """The nearest micro stations go to a building fire at once, besides the engines."""
        crews = [c for c in self.crews if c.micro and c.state == "idle" and calm[c.place]]
        while fires and crews:
            sent = 0
            for i, c in self.seat(fires, crews, self._eta(fires, crews, micro=True)):
                sent += self._send(crews[c], fires[i], minute)
            if not sent:
                return
            fires = [i for i in fires if i.short_of_micro()]
            crews = [c for c in crews if c.state == "idle"]

    def _split(self, incident: Task, minute: float) -> None:
        """A new forest fire gets part of the crews of the fire that has most of them.

        Only where nobody else is ready, or about to be, and a way leads from the one to the other.
        """
        ready = ("idle", "mustering")
        if any(c.state in ready and incident.capability in c.capabilities for c in self.crews):
            return
        by_id = sorted(self.picture.open, key=lambda i: i.id)
        crews = max(map(can_leave, by_id), key=len, default=[])
        wanted = min(int(self.rules.split_share * len(crews)), self.rules.first_crews)
        eta = self._eta([incident], crews)[0] if wanted else np.empty(0)
        order = sorted(range(len(eta)), key=lambda n: (eta[n], crews[n].id))
        for n in [n for n in order if np.isfinite(eta[n])][:wanted]:
            crew, left = crews[n], crews[n].task
            assert left is not None
            assert left.scene is not None
            wait_min = left.scene.way_out_min(crew)
            crew.leave_task(minute, SENT_ON)
            self._send(crew, incident, minute, wait_min)

    def _send(self, crew: Crew, incident: Task, minute: float, wait_min: float = 0.0) -> bool:
        """To the nearer end, where an incident has two; False where no way is known."""
        vehicle = crew.vehicle_for(incident.capability)
        near, far = (
            self.picture.roads.minutes_between(vehicle, crew.place, end)
            for end in (incident.place, incident.other_end)
        )
        end = incident.other_end if far < near else incident.place
        return crew.send(incident, end, minute, wait_min)

    def _call_in_for(
        self, waiting: list[Task], rested: list[Crew], mustering: list[Crew], minute: float
    ) -> None:
        """Incidents that wait bring in every team that could take them, level or no level."""
        needs = {i.need for i in waiting}
        coming = frozenset[str]().union(*(c.can for c in mustering))
        for crew in rested:
            if needs & crew.can:
                crew.call_in(minute)
                coming |= crew.can
        for incident in waiting:
            if incident.need in coming:
                incident.ordered(minute)

    def _eta(self, waiting: list[Task], crews: list[Crew], micro: bool = False) -> Eta:
        """(incidents, crews) minutes to the nearer end; inf where it cannot come or cannot help.

        A crew of a micro station does not stand in for an engine: it is asked for by `micro`.
        """
        near = np.array([i.place for i in waiting])
        far = np.array([i.other_end for i in waiting])
        wanted = np.array([i.capability for i in waiting])
        eta = np.full((len(waiting), len(crews)), np.inf)
        for capability in dict.fromkeys(i.capability for i in waiting):
            these = np.flatnonzero(wanted == capability)
            able: dict[str, list[int]] = {}  # vehicle -> crews
            for n, crew in enumerate(crews):
                stands_in = capability == "fire" and crew.micro and not micro
                if capability in crew.capabilities and not stands_in:
                    able.setdefault(crew.vehicle_for(capability), []).append(n)
            ends = np.concatenate([near[these], far[these]])
            for vehicle, who in able.items():
                places = [crews[n].place for n in who]
                minutes = self.picture.roads.minutes_table(vehicle, places, ends)
                nearer = np.minimum(minutes[:, : len(these)], minutes[:, len(these) :])
                eta[np.ix_(these, who)] = nearer.T
        for i, incident in enumerate(waiting):
            if incident.need in (SAW, BOAT):  # more than the capability
                eta[i, [n for n, crew in enumerate(crews) if incident.need not in crew.can]] = (
                    np.inf
                )
        return eta
