"""Whether and when a burning wall lights its neighbour."""

from __future__ import annotations

import math

from anlan.sim import portable


def view_factor(height_m: float, width_m: float, gap_m: float) -> float:
    """Share of its radiation that a wall sends to the point opposite its middle.

    phi = 2/pi [x/sqrt(1+x^2) atan(y/sqrt(1+x^2)) + y/sqrt(1+y^2) atan(x/sqrt(1+y^2))],
    x = height / 2 gap, y = width / 2 gap (parallel, centred; BR 187).
    """
    x, y = height_m / (2.0 * gap_m), width_m / (2.0 * gap_m)
    a, b = math.hypot(1.0, x), math.hypot(1.0, y)
    up, along = (float(portable.arctan(v)) for v in (y / a, x / b))
    return 2.0 / math.pi * (x / a * up + y / b * along)


def lighting_min(received_kw_m2: float, critical_kw_m2: float, at_critical_min: float) -> float:
    """Minutes of radiation that light a neighbour; inf below the critical radiation.

    A thick solid's time to ignition goes with the inverse square of what it receives.
    """
    if received_kw_m2 < critical_kw_m2:
        return math.inf
    ratio = critical_kw_m2 / received_kw_m2
    return at_critical_min * ratio * ratio
