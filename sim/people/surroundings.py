"""What the residents of a run see around them, and what they act on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from anlan.sim.chance import Streams
from anlan.sim.forcing.base import Present
from anlan.sim.incidents.incident import Incidents
from anlan.sim.ledger import Ledger
from anlan.sim.nature.water import Water
from anlan.sim.networks.cut_off import CutOff
from anlan.sim.networks.power import Power
from anlan.sim.people.draws import BurnRules, HarmRules
from anlan.sim.people.needs import Sites
from anlan.sim.people.shelter import Shelters
from anlan.sim.people.wounds import WoundRules
from anlan.sim.place.world import World
from anlan.sim.scenario.clock import Clock
from anlan.sim.scenario.rules import Rules
from anlan.sim.travel.drivers import Drivers


@dataclass(frozen=True)
class LeaveRules(Rules, prefix="residents"):
    """When people can leave, how far they walk, and when they may go home."""

    stop_wind_ms: float
    walk_limit_km: float
    retry_min: float
    dry_depth_m: float


@dataclass(frozen=True)
class DoorRules(Rules, prefix="bag"):
    """How high and how long a wall of bags before a home is."""

    linear_m2: float
    square_m3: float
    height_m: float
    door_m: float

    def per_home(self) -> float:
        """Bags that a home takes."""
        per_m = self.linear_m2 * self.height_m + self.square_m3 * self.height_m * self.height_m
        return self.door_m * per_m


@dataclass(frozen=True)
class Surroundings:
    """What the residents of a run see, and what they act on."""

    world: World
    place_ids: list[str]
    bus_seats_per_h: Sequence[int]  # of each town
    clock: Clock
    present: Present
    water: Water
    power: Power
    cut_off: CutOff
    shelters: Shelters
    sites: Sites
    incidents: Incidents
    streams: Streams
    ledger: Ledger
    leave: LeaveRules
    harm: HarmRules
    fire: BurnRules
    wounds: WoundRules
    doors: DoorRules
    drivers: Drivers

    @cached_property
    def turn(self) -> NDArray[np.int64]:
        """(C,) each place's turn by its id, where people of several want the same at once."""
        turn = np.empty(len(self.place_ids), dtype=np.int64)
        turn[sorted(range(len(turn)), key=self.place_ids.__getitem__)] = np.arange(len(turn))
        return turn

    @property
    def retry_ticks(self) -> int:
        """How long a household waits before it tries again."""
        return self.clock.ticks_of(self.leave.retry_min)
