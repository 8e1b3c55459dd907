"""What being moved costs: people who come to harm on the way to a roof, the frail most of all.

Each household that sets out is so long on the way, and each of its people has a hazard an hour:
that of traffic, and for those who need help to move that of being moved at all. In a gale it is
more. One draw a resident, so that a longer way can only harm more, and whom a way of some length
spares no shorter one harms. It strikes as they set out: who is hurt lies there, and waits for a
medical crew. The months after, in which the frail who were moved die sooner, are beyond a run.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from anlan.sim.chance import stream
from anlan.sim.people.casualties import Casualties
from anlan.sim.people.evacuation import Evacuation
from anlan.sim.people.states import State
from anlan.sim.people.surroundings import Surroundings
from anlan.sim.people.whereabouts import Whereabouts
from anlan.sim.scenario.rules import Rules, of

MOVED = stream("resident.moved", "resident")
CAUSE = "moving"


@dataclass(frozen=True)
class MovingRules(Rules, prefix="moving"):
    """Deaths and wounds in a million hours on the way, and how much worse a gale makes them."""

    deaths_per_million_h: float
    hurt_per_million_h: float
    frail_deaths_per_million_h: float
    frail_hurt_per_million_h: float
    gale_harm_factor: float
    gale_wind_ms: float = of("road.gale_wind_ms")

    def per_h(self, frail: bool) -> tuple[float, float]:
        """Hazard an hour of one person: to die, and to be hurt."""
        deaths, hurt = self.deaths_per_million_h, self.hurt_per_million_h
        if frail:
            deaths += self.frail_deaths_per_million_h
            hurt += self.frail_hurt_per_million_h
        return deaths / 1e6, hurt / 1e6


class WayHarm:
    """Who is harmed as a household sets out. `harmed` are the rows of residents who were."""

    def __init__(
        self,
        around: Surroundings,
        where: Whereabouts,
        evacuation: Evacuation,
        casualties: Casualties,
    ) -> None:
        self.around = around
        self.where = where
        self.evacuation = evacuation
        self.casualties = casualties
        self.rules = rules = MovingRules.read(around.world.scenario)
        people = where.people
        self._u = around.streams.uniform64(MOVED, people.resident_key)
        starts = people.resident_start[:-1]
        # Most households need no look at their people: nobody there is so unlucky.
        self._least_u = np.minimum.reduceat(self._u, starts) if len(starts) else self._u
        self._most_per_h = max(sum(rules.per_h(True)), sum(rules.per_h(False)))

    def strike(self, home: int, place: int, minutes: float, tick: int) -> None:
        """A household sets out for so many minutes; some of its people may come to harm."""
        hours = minutes / 60.0
        if float(self.around.present.sky.wind_ms[place]) >= self.rules.gale_wind_ms:
            hours *= self.rules.gale_harm_factor
        if self._least_u[home] >= hours * self._most_per_h:
            return
        frail = self.where.people.frail
        for person in self.where.together(home).tolist():
            dies, hurt = self.rules.per_h(bool(frail[person]))
            u = float(self._u[person])
            if u < hours * (dies + hurt):
                self._harm(person, home, tick, u < hours * dies)

    def _harm(self, person: int, home: int, tick: int, dies: bool) -> None:
        one, casualties = np.array([person]), self.casualties
        self.evacuation.harmed.append(person)
        if dies:
            casualties.take_out(one, State.DEAD, tick)
            casualties.write(one, CAUSE, "died", tick, None)
            return
        casualties.take_out(one, State.TRAPPED, tick)
        number = person - int(self.where.people.resident_start[home])
        # Not an incident of the disaster's own: it is the response that has moved them.
        name = f"{CAUSE}/{casualties.home_name(home)}/{number}"
        incident = casualties.open("wounded", name, one, tick)
        casualties.write(one, CAUSE, "injured", tick, incident)
