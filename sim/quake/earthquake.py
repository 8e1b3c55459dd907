"""An earthquake in a run: it shakes once; ruins, people under them and outages are what is left.

Everybody whom the run has at home is in it: an earthquake by day would find fewer there. People
elsewhere (on the way, in shelters) come to no harm.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anlan.sim.chance import keys_of, stream
from anlan.sim.crews.crew import Crew
from anlan.sim.incidents.incident import Incident, WorkRules
from anlan.sim.networks.fragility import exponential
from anlan.sim.people.at_risk import Cause
from anlan.sim.people.draws import HarmRules, survival_ticks
from anlan.sim.quake.damage import DamageRules, Fates, fates, ruined
from anlan.sim.quake.rubble import Buried, Rubble, RubbleRules, bury
from anlan.sim.quake.shaking import Shaking
from anlan.sim.scenario.rules import Rules
from anlan.sim.source import Field

F64 = NDArray[np.float64]
Ids = NDArray[np.int64]

LIVES = stream("quake.lives", "resident")
REPAIR = stream("quake.repair", "community")
CAUSE = "collapse"  # of deaths and wounds: what falls on people, whatever made it fall


@dataclass(frozen=True)
class OutageRules(Rules, prefix="quake"):
    """Where the power fails, and how long its repair takes."""

    power_cut_from: float
    power_repair_mean_h: float


class Earthquake:
    """The earthquake of one run."""

    def __init__(self, field: Field) -> None:
        scenario = field.scenario
        self.field = field
        self.shaking = Shaking(scenario)
        self.damage = DamageRules.read(scenario)
        self.harm = HarmRules.read(scenario)
        self.rubble_rules = RubbleRules.read(scenario)
        self.work = WorkRules.read(scenario)
        self.outages = OutageRules.read(scenario)
        self.ruins: list[Rubble] = []

    def step(self, tick: int) -> None:
        """The ground shakes in its tick; in each later one neighbours help, and some die."""
        for rubble in self.ruins:
            rubble.step(tick)
        self.ruins = [r for r in self.ruins if r.incident.open]
        if tick == self.shaking.tick:
            self._shake(tick)

    def finish(self) -> None:
        """Nothing is left to write: incidents and people write themselves."""

    def _shake(self, tick: int) -> None:
        field, streams = self.field, self.field.streams
        people = field.world.people
        intensity = self.shaking.drawn(streams)
        fallen, spoilt = ruined(self.damage, people, intensity, streams)
        at_fallen, at_spoilt = people.community[fallen], people.community[spoilt]
        for place in np.unique(np.concatenate([at_fallen, at_spoilt])).tolist():
            here, beside = fallen[at_fallen == place], spoilt[at_spoilt == place]
            self._harm(place, fates(self.damage, people, here, beside, streams), tick)
            homes = np.sort(np.concatenate([here, beside]))
            field.people.threaten(homes, tick, Cause.SHAKING)
            field.people.unhouse(homes, tick)
        self._cut_power(intensity, tick)

    def _harm(self, place: int, who: Fates, tick: int) -> None:
        """Kill, trap and hurt people of one place: an incident for the ruins, one for the hurt."""
        people, name = self.field.people, self.field.place_ids[place]
        ruins = Incident[Crew](f"earthquake/{name}", "collapse", place, tick)
        dead = people.kill(who.dead, tick, CAUSE, ruins)
        buried = self._trap(who.trapped, ruins, tick)
        if len(dead) or len(buried):
            rubble = Rubble(self.field, self.rubble_rules, self.work, ruins, buried)
            ruins.lives_by(rubble)
            self.ruins.append(rubble)
            self.field.incidents.open(ruins, tick)
        wounds = Incident[Crew](f"earthquake/{name}/hurt", "injury", place, tick)
        hurt = people.hurt(who.hurt, tick, CAUSE, wounds)
        if len(hurt):
            self._count(wounds, hurt)
            self.field.incidents.open(wounds, tick)

    def _trap(self, wanted: Ids, ruins: Incident[Crew], tick: int) -> list[Buried]:
        field, rows = self.field, self.field.world.people
        u = field.streams.uniform(LIVES, rows.resident_key[wanted])
        last_ticks = tick + survival_ticks(self.harm, field.clock, u).astype(np.int64)
        caught = field.people.trap(wanted, last_ticks, tick, ruins)
        self._count(ruins, caught)
        lasts = np.maximum(last_ticks[np.isin(wanted, caught)], tick + 1)
        return bury(self.rubble_rules, rows, caught, lasts, tick, field.clock, field.streams)

    def _count(self, incident: Incident[Crew], persons: Ids) -> None:
        rows = self.field.world.people
        incident.people, incident.persons = persons, rows.persons(persons)
        incident.cases = int(rows.stands_for[persons].max(initial=1))

    def _cut_power(self, intensity: F64, tick: int) -> None:
        """The power fails where it shakes hard; phones follow when their batteries are empty."""
        keys = keys_of(self.field.place_ids)
        u = self.field.streams.uniform64(REPAIR, keys)
        repair_h = exponential(u, self.outages.power_repair_mean_h)
        for place in np.flatnonzero(intensity >= self.outages.power_cut_from).tolist():
            self.field.power.cut(place, tick, float(repair_h[place]), "earthquake")
