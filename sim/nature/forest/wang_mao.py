"""Rate of spread after Wang Zhengfei, in any direction after Mao Xianmin: R = R0 Ks Kw Kphi.

Source: Wang Zhengfei 1983 and 1992, Mao Xianmin 1993, as quoted in public code and papers
(domain reference 2.1); the coefficients belong to the formula. Rates in m/min; arrays broadcast.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from anlan.sim import portable

Floats = NDArray[np.floating[Any]]
Real = Floats | float

WIND_POWER = 0.1783
SLOPE_POWER = 3.533
SLOPE_EXPONENT = 1.2


def wind_force(wind_ms: Real) -> Floats:
    """Wind force class (Beaufort) from the speed, rounded down."""
    return np.floor(portable.power(np.asarray(wind_ms) / 0.836, 2.0 / 3.0))


def initial_rate_m_min(temperature_c: Real, force: Real, humidity_pct: Real) -> Floats:
    """R0 = 0.03 T + 0.05 W + 0.01 (100 - h) - 0.3, not below nought; m/min."""
    rate = 0.03 * np.asarray(temperature_c) + 0.05 * np.asarray(force)
    return np.maximum(rate + 0.01 * (100.0 - np.asarray(humidity_pct)) - 0.3, 0.0)


def wind_factor(wind_ms: Real, off_wind_rad: Real) -> Floats:
    """Kw = exp(0.1783 v cos(angle between where the wind blows to and the spread))."""
    return portable.exp(WIND_POWER * np.asarray(wind_ms) * portable.cos(off_wind_rad))


def slope_factor(tan_along: Real, cap_deg: float) -> Floats:
    """Kphi = exp(+-3.533 |tan|^1.2) of the slope along the spread: + up, - down.

    tan_along: tangent of the slope in the direction of the spread (that of the steepest slope
    times the cosine of the angle to it). No steeper than `cap_deg` (not valid beyond 60 degrees).
    """
    most = portable.tan(np.radians(cap_deg))
    t = np.clip(tan_along, -most, most)
    return portable.exp(np.sign(t) * SLOPE_POWER * portable.power(np.abs(t), SLOPE_EXPONENT))


def rate_m_min(
    temperature_c: Real,
    humidity_pct: Real,
    wind_ms: Real,
    off_wind_rad: Real,
    tan_along: Real,
    ks: Real,
    cap_deg: float,
) -> Floats:
    """Rate of spread in one direction, m/min."""
    r0 = initial_rate_m_min(temperature_c, wind_force(wind_ms), humidity_pct)
    factors = wind_factor(wind_ms, off_wind_rad) * slope_factor(tan_along, cap_deg)
    return np.asarray(r0 * np.asarray(ks) * factors)
