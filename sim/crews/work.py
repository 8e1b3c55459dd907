"""Work at incidents: so much an hour by the crews that are there, to the minute."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import inf, isnan

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


@dataclass
class Workplace:
    """What work changes: people brought out, trees cleared.

    How much is left falls in a straight line while the same crews are there in the same tick.
    """

    rules: PaceRules
    clock: Clock
    present: Present
    trees: Trees
    people: People
    _open: dict[str, Incident[Crew]] = field(default_factory=dict)  # where crews are at work

    def settle(self, incident: Incident[Crew], minute: float) -> None:
        """Work has gone on up to a minute; who is there, and how fast, is looked at anew."""
        if incident.scene is not None or not incident.open or not incident.reached:
            return
        incident.work_left_h -= incident.pace_h * (minute - incident.worked_min) / 60.0
        incident.worked_min = minute
        there = [c for c in incident.crews if c.state == "working"]
        incident.pace_h = self._pace_h(incident, there)
        if incident.pace_h > 0.0 and isnan(incident.started_min):
            incident.started_min = minute
        if there:
            self._open[incident.id] = incident
        else:
            self._open.pop(incident.id, None)

    def begin_tick(self, minute: float) -> None:
        """Wind, and how tired crews are, are looked at once a tick."""
        for incident in list(self._open.values()):
            self.settle(incident, minute)

    def _pace_h(self, incident: Incident[Crew], there: list[Crew]) -> float:
        """What all together do in an hour; nothing in a gale."""
        if float(self.present.sky.wind_ms[incident.place]) >= self.rules.stop_wind_ms:
            return 0.0
        begins_min = self.clock.minute_of(self.present.tick)
        return sum(self._rate(incident, c) * c.efficiency(begins_min) for c in there)

    def _rate(self, incident: Incident[Crew], crew: Crew) -> float:
        """Crew-hours an hour; of a flood, persons out of the water."""
        if incident.kind != "flood":
            return 1.0
        return crew.boats * self.rules.boat_persons_per_h or self.rules.wade_persons_per_h

    def next_end_min(self) -> float:
        """When the next work is done, if nobody comes or goes before."""
        return min((ends_min(i) for i in self._open.values()), default=inf)

    def close_done(self, minute: float) -> None:
        """Close what is done by a minute."""
        for name in sorted(n for n, i in self._open.items() if ends_min(i) <= minute):
            self.close(self._open[name], minute)

    def work_at_scenes(self, incidents: list[Incident[Crew]], tick: int) -> None:
        """A tick of work where an incident lives its own life, by those there at its beginning."""
        begins_min = self.clock.minute_of(tick)
        for incident in incidents:
            if incident.scene is None or not incident.open or not incident.crews:
                continue
            there = [
                c for c in incident.crews if c.state == "working" and c.arrived_min <= begins_min
            ]
            if incident.scene.work(there, tick):
                self.close(incident, self.clock.minute_of(tick + 1))

    def close(self, incident: Incident[Crew], minute: float) -> None:
        """The work is done: people are out, trees are cleared, crews are free."""
        incident.done_min = minute
        self._open.pop(incident.id, None)
        if incident.kind == "tree":
            self.trees.clear(incident.road)
        elif incident.persons:
            self.people.bring_out(incident, self.present.tick)
            incident.rescued += incident.others
        for crew in list(incident.crews):
            if crew.state == "working":
                crew.finish_task(minute)


def ends_min(incident: Incident[Crew]) -> float:
    """When the work is done at the present pace; infinite if nobody does any."""
    if incident.work_left_h <= 0.0:
        return incident.worked_min
    if incident.pace_h <= 0.0:
        return inf
    return incident.worked_min + 60.0 * incident.work_left_h / incident.pace_h
