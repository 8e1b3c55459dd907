"""Hazards by name: what each kind gives to a run. A new hazard is files of its own and a line here.

A kind may bring forcing (`draw`: wind, rain, sea, and what is said of the hazard), a source:
something that happens in the run and that people can change (fires, damage), stepped every tick,
and a check: what of a scenario it cannot work with.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from anlan.sim.chance import Streams
from anlan.sim.forcing.base import Forcing
from anlan.sim.scenario.errors import Slips
from anlan.sim.scenario.places import Places
from anlan.sim.scenario.schema import Scenario
from anlan.sim.source import Field, Source


class Driver(Protocol):
    """Forcing of a hazard: built once from a scenario, then drawn once a run."""

    def draw(self, streams: Streams) -> Forcing:
        """One run's forcing from its streams."""
        ...


@dataclass(frozen=True)
class Makers:
    """How the parts of one kind of hazard are made."""

    driver: Callable[[Scenario], Driver] | None = None
    source: Callable[[Field], Source] | None = None
    check: Callable[[Scenario, Places], None] | None = None  # raises BadInput


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


def _earthquake_reports(scenario: Scenario) -> Driver:
    from anlan.sim.quake.reports import EarthquakeNetwork

    return EarthquakeNetwork(scenario)


def _earthquake(field: Field) -> Source:
    from anlan.sim.quake.earthquake import Earthquake

    return Earthquake(field)


def _check_earthquake(scenario: Scenario, at: Places) -> None:
    from anlan.sim.quake.checks import check_earthquake

    check_earthquake(scenario, at)


# One entry a kind of `sim/scenario/schema/hazards.py`, whose settings stand in scenario.toml.
HAZARDS: dict[str, Makers] = {
    "building_fire": Makers(source=_building_fires),
    "earthquake": Makers(driver=_earthquake_reports, source=_earthquake, check=_check_earthquake),
    "forest_fire": Makers(source=_forest_fires),
    "typhoon": Makers(driver=_typhoon),
    "weather": Makers(driver=_weather),
}


def _parts(scenario: Scenario) -> list[Makers]:
    """Of each hazard of a scenario, by their names."""
    return [HAZARDS[name] for name in sorted(scenario.hazards)]


def drivers(scenario: Scenario) -> tuple[Driver, ...]:
    """What brings forcing to a scenario: by the names of its hazards, and its rivers."""
    makers = [parts.driver for parts in _parts(scenario)]
    found = [make(scenario) for make in makers if make is not None]
    return (*found, *_rivers(scenario))


def _rivers(scenario: Scenario) -> list[Driver]:
    """Rivers stand as high as their table says, under any hazard."""
    if not scenario.rivers:
        return []
    from anlan.sim.forcing.rivers import RiverStages

    return [RiverStages(scenario)]


def sources(field: Field) -> list[Source]:
    """What happens in a run of itself, by the names of its scenario's hazards."""
    makers = [parts.source for parts in _parts(field.scenario)]
    return [make(field) for make in makers if make is not None]


def check_hazards(scenario: Scenario, at: Places) -> None:
    """Raise BadInput when a hazard cannot work with a scenario."""
    slips = Slips()
    for parts in _parts(scenario):
        with slips:
            if parts.check is not None:
                parts.check(scenario, at)
    slips.raise_first()
