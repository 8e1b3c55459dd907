"""Fires in buildings within a run: outbreak, notice, call to 119, engines at the block, rows.

Minutes are kept as they are, below the tick; only dispatch and the roads go by ticks, so chains
of minutes are best judged with `tick_min = 1`. Engines and fire meet once a tick, in the scene's
`work`; a fire that nobody fights is brought on in `step`.
"""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from anlan.sim.command.fire_desk import FireCall
from anlan.sim.crews.crew import RELEASED, Crew
from anlan.sim.incidents.incident import Incident
from anlan.sim.nature.building import neighbours, outbreaks, rows
from anlan.sim.nature.building.block import BlockRules, Building, CityBlock
from anlan.sim.nature.building.travel import LocalRules
from anlan.sim.nature.building.victims import Victim, choose, last_ticks
from anlan.sim.people.at_risk import Cause
from anlan.sim.scenario.rules import Rules
from anlan.sim.scenario.schema import BuildingFireHazard, Capability
from anlan.sim.source import Field
from anlan.sim.threats import HOMELESS, Threat

KIND = "building_fire"
NO_HOMES = np.empty(0, dtype=np.int64)


@dataclass(frozen=True)
class SceneRules(Rules, prefix="fire"):
    """Who goes to a building fire, how many hold a branch, how often is told how it stands."""

    micro_crews: int
    branch_people: int
    guns_per_engine: float
    report_min: float


@dataclass(eq=False)
class BuildingScene:
    """A block on fire, as command and crews meet it."""

    field: Field
    outbreak: outbreaks.Outbreak
    block: CityBlock
    incident: Incident[Crew]
    rules: SceneRules
    capability: Capability = "fire"
    call: FireCall | None = None
    arrived_min: float = math.inf
    first_crew: str = ""
    # homes lost to it before anybody has noticed; persons whom it has driven out, and of how many
    # of them somebody has told
    homes: NDArray[np.int64] = dataclasses.field(default_factory=lambda: NO_HOMES)
    homeless: int = 0
    told_of: int = 0

    def needed(self) -> float:
        """Branches of water: those of the first order, later as many as the block needs."""
        return self.engines_wanted() * self.rules.guns_per_engine

    def runs(self) -> bool:
        """Until there are no flames."""
        return not self.block.fought_down()

    def adds(self, crew: Crew) -> float:
        """Branches that a crew can feed and hold; micro stations come besides."""
        return 0.0 if crew.micro else self._branches(crew)

    def _branches(self, crew: Crew) -> float:
        return min(self.rules.guns_per_engine, float(crew.people // self.rules.branch_people))

    def engines_wanted(self) -> int:
        """Engines of the first order, later as many as are needed at the block."""
        first = self.outbreak.building.engines_first
        if self.arrived_min == math.inf:
            return first
        burning = not self.block.fought_down()
        held = all(not b.uncontrolled(self.block.clock_min) for b in self.block.buildings)
        needed = self.block.engines_needed()
        return max(needed, first) if burning and not held else needed

    def work(self, crews: list[Crew], tick: int) -> bool:
        """One tick at the block; True when all is out and nobody is left inside."""
        tick_min = self.field.clock.tick_min
        now = float(tick * tick_min)
        # An engine stays last, a micro station's crew only where there is no other.
        crews = sorted(crews, key=lambda c: c.micro)
        for engine in set(self.block.water_from) - {c.id for c in crews}:
            self.block.leave(engine)  # command has sent it to another fire
        for crew in crews:
            if crew.id not in self.block.water_from:
                branches = self._branches(crew)
                self.block.arrive(crew.id, crew.arrived_min, crew.micro, branches)
                if crew.arrived_min < self.arrived_min and not crew.micro:
                    self.arrived_min, self.first_crew = crew.arrived_min, crew.id
        self.block.advance(now)
        if self.block.fought_down():
            self._let_go(crews[1:], tick)
        return self.block.over(now, 2.0 * tick_min)

    def micro_wanted(self) -> int:
        """The nearest few, as long as there are flames."""
        return 0 if self.block.fought_down() else self.rules.micro_crews

    def water_wanted_l(self) -> float:
        """None: engines carry what they use, or take it from hydrants."""
        return 0.0

    def way_out_min(self, crew: Crew) -> float:
        """None: the engine stands at the building."""
        return 0.0

    def threat(self, tick: int, until_tick: int) -> Threat:
        """What is told of it: how many engines it takes, how many people are inside, and how many
        are out and have no home any more.
        """
        inside = self.block.inside(float(tick * self.field.clock.tick_min))
        engines = max(self.engines_wanted(), self.block.engines_needed())
        severity = {"engines": float(engines), "trapped_persons": float(inside)}
        if self.homeless:
            severity[HOMELESS] = float(self.homeless)
        return Threat(
            kind=KIND,
            source=self.incident.id,
            severity=severity,
            within_h=0.0,
            until_tick=until_tick,
            places=np.array([self.incident.place], dtype=np.int64),
            local=True,
        )

    def _let_go(self, crews: list[Crew], tick: int) -> None:
        """No more flames: one engine stays to damp down and search, the others go."""
        for crew in crews:
            self.block.leave(crew.id)
            crew.finish_task(self.field.clock.minute_of(tick + 1), RELEASED)

    def chain(self) -> dict[str, float]:
        """The minutes of the chain from notice to arrival."""
        sent_min = self.incident.sent_min
        handed_over = self.call is not None and not math.isnan(self.incident.read_min)
        call = self.call if handed_over else None
        return {
            "discovered_min": self.outbreak.noticed_min,
            "called_min": call.called_min if call else math.inf,
            "ordered_min": call.ordered_min if call else math.inf,
            "dispatched_min": math.inf if math.isnan(sent_min) else sent_min,
            "left_min": self.incident.left_min,
            "arrived_min": self.arrived_min if self.first_crew else math.inf,
        }


class BuildingFires:
    """All fires in buildings of one run."""

    def __init__(self, field: Field) -> None:
        self.field = field
        scenario = field.scenario
        self.tick_min = scenario.settings.tick_min
        self.end_min = field.clock.end_min
        self.rules = BlockRules.read(scenario)
        self.local = LocalRules.read(scenario)
        self.scene_rules = SceneRules.read(scenario)
        self._report_ticks = max(1, field.clock.ticks_of(self.scene_rules.report_min))
        self.lighter = neighbours.Lighter.of(scenario, field.streams, self.rules)
        self.outbreaks = outbreaks.Outbreaks.of(scenario, field.streams, field.clock)
        self.coming = list(self.outbreaks.listed(scenario))
        hazard = scenario.hazard(BuildingFireHazard)
        self.random = hazard is not None and hazard.random
        self.tick = 0
        self.scenes: list[BuildingScene] = []
        self.open: list[BuildingScene] = []

    def step(self, tick: int) -> None:
        """Fires that have broken out, that somebody notices, and that nobody fights."""
        self.tick = tick
        now = float(tick * self.tick_min)
        if self.random:
            self.coming += self.outbreaks.random(tick, self.field.present.sky.wind_ms)
        self.coming.sort(key=lambda o: (o.ignited_min, o.key))
        while self.coming and self.coming[0].ignited_min < now + self.tick_min:
            scene = self._break_out(self.coming.pop(0), tick)
            self.scenes.append(scene)
            self.open.append(scene)
        for scene in self.open:
            noticed_min = scene.outbreak.noticed_min
            if scene.call is None and noticed_min < now + self.tick_min:
                scene.call = self.field.fire_desk.ring(scene.incident, noticed_min)
                self._drive_out(scene, scene.homes)
            if scene.call is not None and tick % self._report_ticks == 0:
                self._tell(scene, tick)
            if not scene.incident.crews and scene.incident.open:
                scene.block.advance(max(now, scene.block.clock_min))  # lit later in this tick
                if scene.block.over(now, 2.0 * self.tick_min):
                    self.field.workplace.close(scene.incident, now)
        self.open = [s for s in self.open if s.incident.open]

    def _tell(self, scene: BuildingScene, tick: int) -> None:
        """Somebody on the spot says how it stands, as long as there are flames, and who is driven
        out of a home in any case.
        """
        incident, news = scene.incident, scene.homeless != scene.told_of
        if incident.open and (news or not scene.block.fought_down()):
            scene.told_of = scene.homeless
            self.field.messages.send(
                f"threat/{incident.id}/{tick}", "threat", incident.place, incident.id, KIND,
                scene.threat(tick, tick + 2 * self._report_ticks),
                max(scene.outbreak.noticed_min, self.field.clock.minute_of(tick)),
            )  # fmt: skip

    # -- outbreak ---------------------------------------------------------------------------

    def _break_out(self, outbreak: outbreaks.Outbreak, tick: int) -> BuildingScene:
        fire, caught = self.lighter.first(outbreak)
        block = CityBlock(
            self.rules,
            [fire],
            spread=lambda parent, minute, side: None,
            saved=lambda victim: None,
            clock_min=outbreak.ignited_min,
        )
        incident = Incident[Crew](f"fire/{outbreak.key}", "fire", outbreak.place, tick)
        incident.occurred_min = outbreak.ignited_min
        incident.last_leg_min = self.local.last_leg_min(outbreak.inside_km)
        scene = BuildingScene(self.field, outbreak, block, incident, self.scene_rules)
        incident.lives_by(scene)
        self.field.incidents.open(incident, tick, unseen=True)
        block.spread = partial(self._spread, scene)
        block.saved = partial(self._saved, scene)
        # Those of the neighbours that it lights are the fire's and its fighters' doing.
        self.field.people.threaten(self._homes(scene, caught), tick, Cause.FIRE)
        self._trap(scene, fire, caught)
        return scene

    def _homes(self, scene: BuildingScene, caught: neighbours.Caught) -> NDArray[np.int64]:
        """Households of those who are picked in a building; they cannot live there any more."""
        rows_of = self.field.world.people
        people = choose(rows_of, scene.incident.place, caught.number, caught.pick_u)
        return np.unique(rows_of.household[people]).astype(np.int64)

    def _drive_out(self, scene: BuildingScene, homes: NDArray[np.int64]) -> None:
        """Who is not caught in a building leaves it once somebody has noticed the fire."""
        if scene.call is None:
            scene.homes = np.union1d(scene.homes, homes)
        else:
            scene.homes = NO_HOMES
            scene.homeless += self.field.people.unhouse(homes, self.tick)

    def _spread(self, scene: BuildingScene, parent: Building, minute: float, side: int) -> Building:
        fire, caught = self.lighter.next(parent, minute, side)
        self._trap(scene, fire, caught)
        return fire

    def _trap(self, scene: BuildingScene, fire: Building, caught: neighbours.Caught) -> None:
        """Trap those who are at home among the people picked."""
        incident, rows_of = scene.incident, self.field.world.people
        people = choose(rows_of, incident.place, caught.number, caught.pick_u)
        dies_min = fire.ignited_min + caught.lasts_min[: len(people)]
        ticks = last_ticks(dies_min, self.tick_min)
        inside = self.field.people.trap(people, ticks, self.tick, incident)
        trapped = set(inside.tolist())
        for person, dies in zip(people.tolist(), dies_min.tolist(), strict=True):
            if person in trapped:
                persons = int(rows_of.stands_for[person])
                fire.victims.append(Victim(person, dies, fire.ignited_min, persons=persons))
        incident.people = np.concatenate([incident.people, inside])
        incident.persons += rows_of.persons(inside)
        self._drive_out(scene, self._homes(scene, caught))

    def _saved(self, scene: BuildingScene, victim: Victim) -> None:
        self.field.people.carry_out(victim.person, scene.incident)

    # -- facts ------------------------------------------------------------------------------

    def finish(self) -> None:
        """One row a building that caught fire."""
        for scene in self.scenes:
            for fire in scene.block.buildings:
                rows.write(
                    self.field.ledger,
                    fire,
                    self.field.place_ids[scene.incident.place],
                    scene.incident.id,
                    scene.chain(),
                    scene.first_crew,
                    self.end_min,
                    self.end_min - 2.0 * self.tick_min,
                )
