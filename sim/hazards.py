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
class Kind:
    """One kind of hazard: whether a scenario has it, and how its parts are made."""

    there: Callable[[Scenario], bool]
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


HAZARDS: dict[str, Kind] = {
    "building_fire": Kind(
        lambda s: bool(s.fire.random_buildings or s.building_fires), source=_building_fires
    ),
    "forest_fire": Kind(lambda s: bool(s.forest and s.ignitions), source=_forest_fires),
    "typhoon": Kind(lambda s: s.hazard.kind == "typhoon", driver=_typhoon),
    "weather": Kind(lambda s: s.hazard.kind == "weather", driver=_weather),
}


def kinds_of(scenario: Scenario) -> dict[str, Kind]:
    """The kinds of hazard that a scenario has, by name: their order in its files means nothing."""
    return {name: kind for name, kind in sorted(HAZARDS.items()) if kind.there(scenario)}
