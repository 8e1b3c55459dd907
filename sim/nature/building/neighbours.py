"""A building that catches fire, with all that chance settles about it: gaps and victims.

A building's draws are keyed by where it stands in the chain of neighbours ("b3.0.1": the second
neighbour of the first neighbour of b3), so they do not depend on who puts out what.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anlan.sim.chance import Streams, stream
from anlan.sim.nature.building.block import BlockRules, Building, light
from anlan.sim.nature.building.outbreaks import Outbreak, poisson_count
from anlan.sim.nature.building.victims import lasts_min
from anlan.sim.scenario.rules import Rules
from anlan.sim.scenario.schema import BuildingClass, Scenario

BUILDING = stream("fire.building", "burning building")
LASTS = stream("fire.lasts", "burning building")


@dataclass(frozen=True)
class Caught:
    """Who may be caught in a building: how many, from where on, and how long each lasts."""

    number: int
    pick_u: float
    lasts_min: NDArray[np.float64]


@dataclass(frozen=True)
class LighterRules(Rules, prefix="fire"):
    """Who is caught in a building that burns, and for how long they last."""

    alerted_factor: float
    survive_log_sd: float


@dataclass(frozen=True)
class Lighter:
    """Makes burning buildings, with what chance settles about each."""

    rules: LighterRules
    block: BlockRules
    streams: Streams

    @classmethod
    def of(cls, scenario: Scenario, streams: Streams, block: BlockRules) -> Lighter:
        """That of a scenario's run."""
        return cls(LighterRules.read(scenario), block, streams)

    def first(self, outbreak: Outbreak) -> tuple[Building, Caught]:
        """The building in which a fire breaks out."""
        key, building = outbreak.key, outbreak.building
        u, gaps = self._draws(key, building, building.neighbours)
        fire = light(key, building, outbreak.ignited_min, gaps, self.block)
        return fire, self._caught(key, building, outbreak.victims, u[0])

    def next(self, parent: Building, minute: float, side: int) -> tuple[Building, Caught]:
        """The neighbour on a side of a burning building, of the same class; it has one side
        less.
        """
        key = f"{parent.key}.{side}"
        building = parent.building
        u, gaps = self._draws(key, building, max(0, building.neighbours - 1))
        number = poisson_count(self.rules.alerted_factor * building.rescue_night, u[1])
        fire = light(key, building, minute, gaps, self.block, spread_from=parent.key)
        return fire, self._caught(key, building, number, u[0])

    def _draws(
        self, key: str, building: BuildingClass, sides: int
    ) -> tuple[list[float], list[float]]:
        """Two draws for the people in it, and the gap to each neighbour."""
        u = self.streams.generator(BUILDING, key).random(2 + sides)
        span = building.gap_high_m - building.gap_low_m
        return u[:2].tolist(), (building.gap_low_m + span * u[2:]).tolist()

    def _caught(self, key: str, building: BuildingClass, number: int, pick_u: float) -> Caught:
        u = self.streams.generator(LASTS, key).random(number)
        return Caught(number, pick_u, lasts_min(building.survive_min, self.rules.survive_log_sd, u))
