"""Fires in buildings within a run: outbreak, notice, call to 119, engines at the ground, rows.

Minutes are kept as they are, below the tick; only dispatch and the roads go by ticks, so chains
of minutes are best judged with `tick_min = 1`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from anlan.sim.incidents.incident import Incident
from anlan.sim.ledger import NEVER, Ledger
from anlan.sim.nature.building import neighbours, rows
from anlan.sim.nature.building import outbreaks as calls
from anlan.sim.nature.building.block import Building, Ground, rules_of
from anlan.sim.nature.building.travel import accelerating_min, run_up_km
from anlan.sim.nature.building.victims import Victim, choose, last_ticks
from anlan.sim.scenario.schema import BuildingFireHazard, Capability

if TYPE_CHECKING:
    from anlan.sim.crews.crew import Crew
    from anlan.sim.model import ResponseModel


@dataclass(eq=False)
class Scene:
    """A fire ground in a run, as command and crews meet it."""

    model: ResponseModel
    outbreak: calls.Outbreak
    ground: Ground
    called_min: float
    means: str
    incident: Incident
    capability: Capability = "fire"
    handed_over: bool = False
    arrived_min: float = math.inf
    first_crew: str = ""

    def crews_wanted(self) -> int:
        """Engines of the first order, later as many as are needed at the ground."""
        first = self.outbreak.building.engines_first
        if self.arrived_min == math.inf:
            return first
        burning = not self.ground.fought_down()
        held = all(not b.uncontrolled(self.ground.clock_min) for b in self.ground.buildings)
        needed = self.ground.engines_needed()
        return max(needed, first) if burning and not held else needed

    def work(self, crews: list[Crew], tick: int) -> bool:
        """One tick at the ground; True when all is out and nobody is left inside."""
        tick_min = self.model.world.scenario.settings.tick_min
        now = float(tick * tick_min)
        # An engine stays last, a micro station's crew only where there is no other.
        crews = sorted(crews, key=lambda c: c.micro)
        for crew in crews:
            if crew.number not in self.ground.water_from:
                self.ground.arrive(crew.number, crew.arrived_min, crew.micro)
                if crew.arrived_min < self.arrived_min and not crew.micro:
                    self.arrived_min, self.first_crew = crew.arrived_min, crew.id
        self.ground.advance(now)
        if self.ground.fought_down():
            self._let_go(crews[1:], tick)
        return self.ground.over(now, 2.0 * tick_min)

    def micro_wanted(self) -> int:
        """The nearest few, as long as there are flames."""
        down = self.ground.fought_down()
        return 0 if down else int(self.model.world.scenario.p("fire.micro_crews"))

    def way_out_min(self, crew: Crew) -> float:
        """None: the engine stands at the building."""
        return 0.0

    def _let_go(self, crews: list[Crew], tick: int) -> None:
        """No more flames: one engine stays to damp down and search, the others go."""
        for crew in crews:
            self.ground.leave(crew.number)
            self.incident.crews.remove(crew)
            crew.finish_task(tick)

    def chain(self, end_min: float) -> dict[str, float]:
        """The minutes of the chain from notice to arrival."""
        sent = self.incident.dispatched_tick
        tick_min = self.model.world.scenario.settings.tick_min
        return {
            "discovered_min": self.outbreak.noticed_min,
            "called_min": self.called_min if self.handed_over else math.inf,
            "dispatched_min": float(sent * tick_min) if sent != NEVER else math.inf,
            "arrived_min": self.arrived_min if self.first_crew else math.inf,
        }


class BuildingFires:
    """All fires in buildings of one run."""

    def __init__(self, model: ResponseModel) -> None:
        self.model = model
        scenario = model.world.scenario
        self.tick_min = scenario.settings.tick_min
        self.end_min = float(model.ticks * self.tick_min)
        self.rules = rules_of(scenario)
        found = list(calls.listed(scenario, model.streams))
        hazard = scenario.hazard(BuildingFireHazard)
        if hazard is not None and hazard.random:
            wind_ms = model.realisation.wind_ms
            found += calls.random(scenario, model.streams, wind_ms, self.end_min)
        self.coming = sorted(found, key=lambda o: (o.ignited_min, o.place, o.key))
        self.tick = 0
        self.scenes: list[Scene] = []
        self.open: list[Scene] = []
        self.seats_min = [0.0] * int(scenario.p("fire.call_seats"))

    def step(self, tick: int) -> None:
        """Fires that have broken out, calls that have come in, fires that nobody fights."""
        self.tick = tick
        now = float(tick * self.tick_min)
        while self.coming and self.coming[0].ignited_min <= now:
            scene = self._break_out(self.coming.pop(0), tick)
            self.scenes.append(scene)
            self.open.append(scene)
        self._take_calls(now)
        for scene in self.open:
            if not scene.incident.crews and scene.incident.open:
                scene.ground.advance(now)
                if scene.ground.over(now, 2.0 * self.tick_min):
                    self.model.close_incident(scene.incident, tick)
        self.open = [s for s in self.open if s.incident.open]

    # -- outbreak ---------------------------------------------------------------------------

    def _break_out(self, outbreak: calls.Outbreak, tick: int) -> Scene:
        scenario, streams = self.model.world.scenario, self.model.streams
        fire, caught = neighbours.first_building(scenario, streams, self.rules, outbreak)
        called_min, means = self._call(outbreak)
        ground = Ground(
            self.rules,
            [fire],
            spread=lambda parent, minute, side: None,
            saved=lambda victim: None,
            clock_min=outbreak.ignited_min,
        )
        incident = self.model.unseen_incident("fire", outbreak.place, tick)
        incident.last_leg_min = self._last_leg_min(outbreak.inside_km)
        incident.scene = scene = Scene(self.model, outbreak, ground, called_min, means, incident)
        ground.spread = partial(self._spread, scene)
        ground.saved = partial(self._saved, scene)
        self._trap(scene, fire, caught)
        return scene

    def _last_leg_min(self, inside_km: float) -> float:
        p = self.model.world.scenario.p
        kmh = p("fire.local_kmh")
        return accelerating_min(inside_km, kmh, run_up_km(kmh, p("fire.local_ms2")))

    def _spread(self, scene: Scene, parent: Building, minute: float, side: int) -> Building:
        scenario, streams = self.model.world.scenario, self.model.streams
        fire, caught = neighbours.next_building(scenario, streams, self.rules, parent, minute, side)
        self._trap(scene, fire, caught)
        return fire

    def _trap(self, scene: Scene, fire: Building, caught: neighbours.Caught) -> None:
        """Trap those who are at home among the people picked."""
        model, incident = self.model, scene.incident
        people = choose(model.world.people, incident.place, caught.number, caught.pick_u)
        dies_min = fire.ignited_min + caught.lasts_min[: len(people)]
        ticks = last_ticks(dies_min, self.tick_min)
        inside = model.residents.trap(people, ticks, self.tick, incident)
        persons = model.world.people.stands_for
        for person, dies in zip(people.tolist(), dies_min.tolist(), strict=True):
            if person in inside:
                victim = Victim(person, dies, fire.ignited_min, persons=int(persons[person]))
                fire.victims.append(victim)
        incident.people = np.concatenate([incident.people, inside])
        incident.persons += model.world.people.persons(inside)

    def _saved(self, scene: Scene, victim: Victim) -> None:
        self.model.residents.carry_out(victim.person, scene.incident)

    # -- calls ------------------------------------------------------------------------------

    def _call(self, outbreak: calls.Outbreak) -> tuple[float, str]:
        """When the call comes through: at once by phone, else when word gets out of the place."""
        scenario = self.model.world.scenario
        noticed = scenario.ticks_of(outbreak.noticed_min)
        when, means = self.model.communities[outbreak.place].word_tick(noticed)
        from_min = outbreak.noticed_min if when == noticed else float(when * self.tick_min)
        return from_min + scenario.p("fire.call_min"), means

    def _take_calls(self, now: float) -> None:
        """Each call takes the seat at the fire desk that is free first."""
        scenario = self.model.world.scenario
        new = [s for s in self.open if not s.handed_over and s.called_min <= now]
        for scene in sorted(new, key=lambda s: s.called_min):
            seat = self.seats_min.index(min(self.seats_min))
            done_min = max(scene.called_min, self.seats_min[seat]) + scenario.p("fire.handling_min")
            self.seats_min[seat] = done_min
            scene.handed_over = True
            called_tick = scenario.ticks_of(scene.called_min)
            self.model.hand_over(
                scene.incident, called_tick, scenario.ticks_of(done_min), scene.means
            )

    # -- facts ------------------------------------------------------------------------------

    def finish(self, ledger: Ledger) -> None:
        """One row a building that caught fire."""
        for scene in self.scenes:
            for fire in scene.ground.buildings:
                rows.write(
                    ledger,
                    fire,
                    self.model.place_ids[scene.incident.place],
                    scene.incident.number,
                    scene.chain(self.end_min),
                    scene.first_crew,
                    self.end_min,
                    self.end_min - 2.0 * self.tick_min,
                )
