"""Sluices that are shut by hand: a crew has to come and to wind before the river stands too high.

Who reads the gauge calls as the river nears the outlet. Until a crew has shut the gate the river
runs in through it, as over a weir, once it stands higher than the ground. It is opened again when
the river has fallen. What would have come in had nobody shut it is kept beside.
"""

from __future__ import annotations

from dataclasses import dataclass

from anlan.sim import portable
from anlan.sim.crews.crew import RELEASED, Crew
from anlan.sim.dikes.ring import Material, Ring, RingRules
from anlan.sim.incidents.incident import SLUICE, Incident
from anlan.sim.nature.water import MM_IN_M
from anlan.sim.scenario.rules import Rules, of
from anlan.sim.scenario.schema import RiverPlace, Scenario
from anlan.sim.source import Field


@dataclass(frozen=True)
class SluiceRules(Rules, prefix="river"):
    """When a gate is called for, who winds it down and for how long, what an open one lets in."""

    sluice_ahead_m: float
    sluice_people: int
    sluice_person_h: float
    sluice_width_m: float
    weir_m05_s: float = of("dike.weir_m05_s")
    stop_wind_ms: float = of("team.stop_wind_ms")
    ponding_share: float = of("flood.ponding_share")

    @property
    def by_hand(self) -> RingRules:
        """The work of it: only so many find room at the winch."""
        people = self.sluice_people
        return RingRules(people, people, self.sluice_person_h, self.stop_wind_ms)

    def inflow_m3_s(self, head_m: float) -> float:
        """Through an open gate, as over a broad-crested weir with the ground as its crest."""
        return self.weir_m05_s * self.sluice_width_m * float(portable.power(head_m, 1.5))


@dataclass(eq=False)
class Gate:
    """One sluice in the run."""

    row: RiverPlace
    place: int
    ground_m: float
    area_m2: float
    called: int = 0  # how many times the river has come near
    high: bool = False  # it stands near the outlet now
    open: tuple[Incident[Crew], Ring] | None = None  # somebody is to shut it

    @property
    def shut(self) -> bool:
        """Whether a crew has shut it for this rise of the river."""
        return self.high and self.open is None


class Sluices:
    """The hand-worked sluices of one run. A source: it calls, and decides nothing for command."""

    def __init__(self, of_run: Field) -> None:
        self.field = of_run
        scenario, sites = of_run.scenario, of_run.workplace.water.sites
        self.rules = SluiceRules.read(scenario)
        at = of_run.world.index
        self.all = [
            Gate(
                row, at[row.community], float(sites.elevation_m[at[row.community]]),
                float(sites.area_m2[at[row.community]]),
            )
            for row in sorted(scenario.river_places, key=lambda row: row.community)
            if row.gate == "hand"
        ]  # fmt: skip

    def step(self, tick: int) -> None:
        """Gates are called for, found shut, opened again; through the open ones the river runs."""
        river_m = self.field.present.sky.river_m
        assert river_m is not None
        for gate in self.all:
            level_m = max(float(river_m[gate.place]), self.field.present.sky.sea_level_m)
            if gate.open is not None and gate.open[1].over:
                gate.open = None
            if level_m < gate.row.outlet_m - self.rules.sluice_ahead_m:
                self._falls(gate, tick)
            elif not gate.high:
                self._call(gate, tick)
            if level_m > gate.ground_m:
                self._let_in(gate, level_m - gate.ground_m)

    def finish(self) -> None:
        """What came of each call stands among the incidents."""

    def _call(self, gate: Gate, tick: int) -> None:
        run = self.field
        gate.high, gate.called = True, gate.called + 1
        ring = Ring(self.rules.by_hand, run.clock, run.present, gate.place, Material(1))
        minute = run.clock.minute_of(tick)
        incident: Incident[Crew] = Incident(
            f"{SLUICE}/{gate.row.community}/{gate.called}", SLUICE, gate.place, tick, scene=ring,
            occurred_min=minute,
        )  # fmt: skip
        gate.open = incident, ring
        run.incidents.open(incident, tick, unseen=True)
        run.notice.found_at(incident, minute)

    def _falls(self, gate: Gate, tick: int) -> None:
        """The river is low: the gate stands open again, and nobody is called to it any more."""
        gate.high = False
        if gate.open is None:
            return
        incident, ring = gate.open
        now_min = self.field.clock.minute_of(tick)
        ring.over, incident.lost = True, True
        incident.look_anew()
        for crew in [c for c in incident.crews if c.state == "working"]:
            crew.finish_task(now_min, RELEASED)
        incident.ends(now_min)
        gate.open = None

    def _let_in(self, gate: Gate, head_m: float) -> None:
        cells, place = self.field.workplace.water.cells, gate.place
        full_mm = head_m * MM_IN_M * self.rules.ponding_share
        seconds = 60.0 * self.field.clock.tick_min
        most_mm = self.rules.inflow_m3_s(head_m) * seconds / gate.area_m2 * MM_IN_M
        stored = float(cells.stored[place])
        unaided = stored if cells.unaided is None else float(cells.unaided[place])
        now_mm = 0.0 if gate.shut else min(most_mm, max(0.0, full_mm - stored))
        cells.let_in(place, now_mm, min(most_mm, max(0.0, full_mm - unaided)))


def by_hand(scenario: Scenario) -> bool:
    """Whether any sluice of a scenario is shut by hand."""
    return any(row.gate == "hand" for row in scenario.river_places)
