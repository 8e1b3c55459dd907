"""Work at incidents: a tick of all crews that are there."""

from __future__ import annotations

from dataclasses import dataclass

from anlan.sim.crews.crew import Crew
from anlan.sim.forcing.base import Present
from anlan.sim.incidents.incident import Incident
from anlan.sim.networks.trees import Trees
from anlan.sim.people.protocol import People
from anlan.sim.scenario.clock import Clock
from anlan.sim.scenario.rules import Rules


@dataclass(frozen=True)
class PaceRules(Rules, prefix="team"):
    """How fast crews work, and the wind that stops them."""

    boat_persons_per_h: float
    wade_persons_per_h: float
    stop_wind_ms: float


@dataclass(frozen=True)
class Workplace:
    """What work changes: people brought out, trees cleared."""

    rules: PaceRules
    clock: Clock
    present: Present
    trees: Trees
    people: People

    def work(self, incident: Incident[Crew], tick: int) -> None:
        """One tick of work at an incident by the crews that are there; finishes it when done."""
        there = [c for c in incident.crews if c.state == "working"]
        if incident.scene is not None:
            if incident.scene.work(there, tick):
                self.close(incident, tick)
            return
        if float(self.present.sky.wind_ms[incident.place]) >= self.rules.stop_wind_ms:
            return
        done_h = 0.0
        for crew in there:
            rate = self._rescue_rate(crew) if incident.kind == "flood" else 1.0
            done_h += rate * crew.efficiency(tick) / self.clock.ticks_per_h
        incident.work_left_h -= done_h
        if there and incident.work_left_h <= 1e-9:
            self.close(incident, tick)

    def _rescue_rate(self, crew: Crew) -> float:
        """Persons an hour out of the water."""
        return crew.boats * self.rules.boat_persons_per_h or self.rules.wade_persons_per_h

    def close(self, incident: Incident[Crew], tick: int) -> None:
        """The work is done: people are out, trees are cleared, crews are free."""
        incident.done_tick = tick
        if incident.kind == "tree":
            self.trees.clear(incident.road)
        elif incident.persons:
            self.people.bring_out(incident, tick)
            incident.rescued += incident.others
        for crew in list(incident.crews):
            if crew.state == "working":
                crew.finish_task(tick)
