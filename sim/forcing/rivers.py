"""The stage of rivers, as the table has it: the same in every run, whatever falls on the district.

The water that stands at a place's outlet is the gauge's stage less the river's fall to there. A
place without a river has none, which is lower than any.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anlan.sim.chance import Streams
from anlan.sim.forcing.base import Forcing
from anlan.sim.scenario.clock import start_time
from anlan.sim.scenario.rules import Rules
from anlan.sim.scenario.schema import Scenario

F64 = NDArray[np.float64]


@dataclass(frozen=True)
class RiverRules(Rules, prefix="river"):
    """How much higher all rivers stand than their table says."""

    rise_m: float


class RiverStages:
    """Stages over a scenario, straight between their rows and held at their ends."""

    def __init__(self, scenario: Scenario) -> None:
        rules, start = RiverRules.read(scenario), start_time(scenario)
        at_h = np.arange(scenario.ticks) * (scenario.settings.tick_min / 60.0)
        gauge_m: dict[str, F64] = {}
        for river in scenario.rivers:
            rows = [s for s in scenario.river_stage if s.river == river.river]
            hours = [(s.time - start).total_seconds() / 3600.0 for s in rows]
            stage_m = np.interp(at_h, hours, [s.stage_m for s in rows])
            gauge_m[river.river] = stage_m + rules.rise_m
        drains = {p.community: p for p in scenario.river_places}
        self.level_m = np.full((scenario.ticks, len(scenario.communities)), -np.inf)
        for place, community in enumerate(scenario.communities):
            if row := drains.get(community.community):
                self.level_m[:, place] = gauge_m[row.river] - row.fall_m

    def draw(self, streams: Streams) -> Forcing:
        """The same for every run: nothing is drawn."""
        return Forcing(river_m=self.level_m)
