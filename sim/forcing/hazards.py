"""Skies by name: which of the hazards of scenario.toml gives wind and rain, and who makes it."""

from __future__ import annotations

from anlan.sim.forcing.base import HazardFactory, HazardModel
from anlan.sim.forcing.typhoon import Typhoon
from anlan.sim.forcing.weather import Weather
from anlan.sim.scenario.schema import Scenario

HAZARDS: dict[str, HazardFactory] = {"typhoon": Typhoon, "weather": Weather}


def sky(scenario: Scenario) -> HazardModel:
    """The one hazard of a checked scenario that gives wind and rain."""
    return next(make for name, make in HAZARDS.items() if name in scenario.hazards)(scenario)
