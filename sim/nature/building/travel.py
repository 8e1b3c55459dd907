"""How long an engine takes through the streets inside a community.

The roads of a scenario give the way between communities.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from anlan.sim.scenario.rules import Rules


@dataclass(frozen=True)
class LocalRules(Rules, prefix="fire"):
    """How engines drive through the streets inside a community."""

    local_kmh: float
    local_ms2: float

    def last_leg_min(self, inside_km: float) -> float:
        """Minutes from the middle of a community to a place in it."""
        run_up = run_up_km(self.local_kmh, self.local_ms2)
        return accelerating_min(inside_km, self.local_kmh, run_up)


def accelerating_min(distance_km: float, speed_kmh: float, run_up_km: float) -> float:
    """Minutes over a way that is begun from standing and ended standing (Kolesar and Walker).

    T = 2 sqrt(D / a) up to D = 2 dc, else v / a + D / v, with dc = v^2 / 2a, the way on
    which the speed is reached. Source: Larson and Odoni, Urban Operations Research, 3.88-3.89.
    """
    if distance_km <= 0.0:
        return 0.0
    if run_up_km <= 0.0:
        return 60.0 * distance_km / speed_kmh
    acceleration = speed_kmh * speed_kmh / (2.0 * run_up_km)  # km/h2
    if distance_km <= 2.0 * run_up_km:
        return 60.0 * 2.0 * math.sqrt(distance_km / acceleration)
    return 60.0 * (speed_kmh / acceleration + distance_km / speed_kmh)


def run_up_km(speed_kmh: float, acceleration_ms2: float) -> float:
    """The way on which a speed is reached from standing."""
    speed_ms = speed_kmh / 3.6
    return speed_ms * speed_ms / (2.0 * acceleration_ms2) / 1000.0
