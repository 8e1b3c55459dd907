"""Pumps and sluices: what the drainage of each community can do in a tick.

Pumps stand still without power unless there is a generator. Sluices shut by themselves while the
sea stands high, or, where drains lead to a river, while that stands as high as their outlet; a crew
may hold one open or shut, and bring pumps or lose them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anlan.sim.networks.outages import Outages
from anlan.sim.place.exposure import Exposure
from anlan.sim.scenario.rules import Rules
from anlan.sim.scenario.schema import Scenario

Bools = NDArray[np.bool_]
F64 = NDArray[np.float64]
BY_LEVEL, HELD_OPEN, HELD_SHUT = 0, 1, -1


@dataclass(frozen=True)
class GateRules(Rules, prefix="flood"):
    """When sluices shut."""

    gates_shut_level_m: float


def outlets_m(scenario: Scenario) -> F64 | None:
    """(C,) how high the outlets of places on rivers lie; NaN where there is no river.

    None where no place is on one.
    """
    if not scenario.river_places:
        return None
    at = {p.community: p.outlet_m for p in scenario.river_places}
    return np.array([at.get(c.community, np.nan) for c in scenario.communities])


class Drainage:
    """Pumps and sluices of C communities in one run."""

    def __init__(self, rules: GateRules, sites: Exposure, outlet_m: F64 | None = None) -> None:
        self.rules = rules
        self.outlet_m = outlet_m
        self.pump_mm = sites.pump_mm.copy()  # that can be lifted in a tick, were there power
        self.generator = sites.generator.copy()
        self.gate = np.full(len(sites.lat), BY_LEVEL, dtype=np.int8)  # who holds each sluice

    def pumps_mm(self, power: Outages) -> F64:
        """(C,) what the pumps can lift in this tick."""
        return self.pumps_in_mm(power.out) if power.number else self.pump_mm

    def pumps_in_mm(self, dark: Bools) -> F64:
        """(C,) what the pumps could lift in this tick where some places (C,) have no power."""
        return np.where(~dark | self.generator, self.pump_mm, 0.0)

    def gates_open(self, sea_level_m: float, outside_m: float | F64 | None = None) -> Bools:
        """(C,) which sluices stand open. outside_m: where the water before each stands, with
        rivers; without them the sea does.
        """
        below = sea_level_m < self.rules.gates_shut_level_m
        if self.outlet_m is None or outside_m is None:
            return np.asarray(self.gate >= BY_LEVEL if below else self.gate == HELD_OPEN)
        on_river = ~np.isnan(self.outlet_m)
        free = np.where(on_river, outside_m < np.where(on_river, self.outlet_m, np.inf), below)
        return np.asarray(np.where(free, self.gate >= BY_LEVEL, self.gate == HELD_OPEN))
