"""Pumps and sluices: what the drainage of each community can do in a tick.

Pumps stand still without power unless there is a generator. Sluices shut by themselves while the
sea stands high; a crew may hold one open or shut, and bring pumps or lose them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anlan.sim.networks.outages import Outages
from anlan.sim.place.exposure import Exposure
from anlan.sim.scenario.rules import Rules

Bools = NDArray[np.bool_]
F64 = NDArray[np.float64]
BY_LEVEL, HELD_OPEN, HELD_SHUT = 0, 1, -1


@dataclass(frozen=True)
class GateRules(Rules, prefix="flood"):
    """When sluices shut."""

    gates_shut_level_m: float


class Drainage:
    """Pumps and sluices of C communities in one run."""

    def __init__(self, rules: GateRules, sites: Exposure) -> None:
        self.rules = rules
        self.pump_mm = sites.pump_mm.copy()  # that can be lifted in a tick, were there power
        self.generator = sites.generator.copy()
        self.gate = np.full(len(sites.lat), BY_LEVEL, dtype=np.int8)  # who holds each sluice

    def pumps_mm(self, power: Outages) -> F64:
        """(C,) what the pumps can lift in this tick."""
        return self.pumps_in_mm(power.out) if power.number else self.pump_mm

    def pumps_in_mm(self, dark: Bools) -> F64:
        """(C,) what the pumps could lift in this tick where some places (C,) have no power."""
        return np.where(~dark | self.generator, self.pump_mm, 0.0)

    def gates_open(self, sea_level_m: float) -> Bools:
        """(C,) which sluices stand open."""
        below = sea_level_m < self.rules.gates_shut_level_m
        return np.asarray(self.gate >= BY_LEVEL if below else self.gate == HELD_OPEN)
