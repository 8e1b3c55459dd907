"""Hazards by name: what `[hazard] kind` in scenario.toml chooses from.

A new hazard is a new module and one line here.
"""

from __future__ import annotations

from anlan.sim.forcing.base import HazardFactory
from anlan.sim.forcing.typhoon import Typhoon
from anlan.sim.forcing.weather import Weather

HAZARDS: dict[str, HazardFactory] = {"typhoon": Typhoon, "weather": Weather}
