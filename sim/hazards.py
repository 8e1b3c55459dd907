"""Hazards by name: what each kind gives to a run. A new hazard is files of its own and a line here.

A kind may bring forcing (`draw`: wind, rain, sea, and what is said of them beforehand) and a
source: something that happens in the run and that people can change (fires, damage), stepped every
tick.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from anlan.sim.chance import Streams
from anlan.sim.forcing.base import Forcing
from anlan.sim.scenario.schema import Scenario
from anlan.sim.source import Field, Source


class Driver(Protocol):
    """Forcing of a hazard: built once from a scenario, then drawn once a run."""

    def draw(self, streams: Streams) -> Forcing:
        """One run's forcing from its streams."""
        ...


@dataclass(frozen=True)
class Parts:
    """How the parts of one kind of hazard are made."""

    driver: Callable[[Scenario], Driver] | None = None
    source: Callable[[Field], Source] | None = None


def _typhoon(scenario: Scenario) -> Driver:
    from anlan.sim.forcing.typhoon import Typhoon

    return Typhoon(scenario)


def _weather(scenario: Scenario) -> Driver:
    from anlan.sim.forcing.weather import Weather

    return Weather(scenario)


def _forest_fires(field: Field) -> Source:
    from anlan.sim.fires.forest import ForestFires

    return ForestFires(field)


def _building_fires(field: Field) -> Source:
    from anlan.sim.fires.building import BuildingFires

    return BuildingFires(field)


# One entry a kind of `sim/scenario/schema/hazards.py`, whose settings stand in scenario.toml.
HAZARDS: dict[str, Parts] = {
    "building_fire": Parts(source=_building_fires),
    "forest_fire": Parts(source=_forest_fires),
    "typhoon": Parts(driver=_typhoon),
    "weather": Parts(driver=_weather),
}


def drivers(scenario: Scenario) -> tuple[Driver, ...]:
    """What brings forcing to a scenario, by the names of its hazards."""
    makers = [HAZARDS[name].driver for name in sorted(scenario.hazards)]
    return tuple(make(scenario) for make in makers if make is not None)


def sources(field: Field) -> list[Source]:
    """What happens in a run of itself, by the names of its scenario's hazards."""
    makers = [HAZARDS[name].source for name in sorted(field.scenario.hazards)]
    return [make(field) for make in makers if make is not None]
