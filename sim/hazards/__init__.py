"""Hazards by name: what `[hazard] kind` in scenario.toml chooses from.

A new hazard is a new module and one line here.
"""

from __future__ import annotations

from sim.hazards.base import HazardFactory
from sim.hazards.typhoon import Typhoon
from sim.hazards.weather import Weather

HAZARDS: dict[str, HazardFactory] = {"typhoon": Typhoon, "weather": Weather}
