"""A building that catches fire, with all that chance settles about it: gaps and victims.

A building's draws are keyed by where it stands in the chain of neighbours ("b3.0.1": the second
neighbour of the first neighbour of b3), so they do not depend on who puts out what.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anlan.sim.chance import Streams, stream
from anlan.sim.nature.building import outbreaks as calls
from anlan.sim.nature.building.block import Building, Rules, light
from anlan.sim.nature.building.victims import lasts_min
from anlan.sim.scenario.schema import BuildingClass, Scenario

BUILDING = stream("fire.building", "burning building")
LASTS = stream("fire.lasts", "burning building")


@dataclass(frozen=True)
class Caught:
    """Who may be caught in a building: how many, from where on, and how long each lasts."""

    number: int
    pick_u: float
    lasts_min: NDArray[np.float64]


def first_building(
    scenario: Scenario, streams: Streams, rules: Rules, outbreak: calls.Outbreak
) -> tuple[Building, Caught]:
    """The building in which a fire breaks out."""
    u, gaps = _draws(streams, outbreak.key, outbreak.building, outbreak.building.neighbours)
    fire = light(outbreak.key, outbreak.building, outbreak.ignited_min, gaps, rules)
    return fire, _caught(scenario, streams, outbreak.key, outbreak.building, outbreak.victims, u[0])


def next_building(
    scenario: Scenario, streams: Streams, rules: Rules, parent: Building, minute: float, side: int
) -> tuple[Building, Caught]:
    """The neighbour on a side of a burning building, of the same class; it has one side less."""
    key = f"{parent.key}.{side}"
    building = parent.building
    u, gaps = _draws(streams, key, building, max(0, building.neighbours - 1))
    mean = scenario.p("fire.alerted_factor") * building.rescue_night
    number = calls.poisson_count(mean, u[1])
    fire = light(key, building, minute, gaps, rules, spread_from=parent.key)
    return fire, _caught(scenario, streams, key, building, number, u[0])


def _draws(
    streams: Streams, key: str, building: BuildingClass, sides: int
) -> tuple[list[float], list[float]]:
    """Two draws for the people in it, and the gap to each neighbour."""
    u = streams.generator(BUILDING, key).random(2 + sides)
    span = building.gap_high_m - building.gap_low_m
    return u[:2].tolist(), (building.gap_low_m + span * u[2:]).tolist()


def _caught(
    scenario: Scenario,
    streams: Streams,
    key: str,
    building: BuildingClass,
    number: int,
    pick_u: float,
) -> Caught:
    u = streams.generator(LASTS, key).random(number)
    log_sd = scenario.p("fire.survive_log_sd")
    return Caught(number, pick_u, lasts_min(building.survive_min, log_sd, u))
