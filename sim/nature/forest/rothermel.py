"""Rothermel's surface fire spread for a single class of fuel (Rothermel 1972, Albini 1976).

Inside in pounds, feet and minutes, as published; rates come out in m/min. Coefficients belong to
the formulas. The dead fuel's moisture from the air after Simard 1968. Arrays broadcast.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from anlan.sim import portable

Floats = NDArray[np.floating[Any]]
Real = Floats | float

M_PER_FT = 0.3048
HEAT_BTU_LB = 8000.0
PARTICLE_LB_FT3 = 32.0
MINERAL_SHARE = 0.0555
MINERAL_EFFECTIVE = 0.010


@dataclass(frozen=True)
class Bed:
    """A fuel bed: load lb/ft2, surface-to-volume 1/ft, depth ft, moisture of extinction (share)."""

    load_lb_ft2: Floats
    sav_per_ft: Floats
    depth_ft: Floats
    extinction_share: Floats

    @property
    def packing(self) -> Floats:
        """Share of the bed's volume that is fuel."""
        return np.asarray(self.load_lb_ft2 / (self.depth_ft * PARTICLE_LB_FT3))

    @property
    def relative_packing(self) -> Floats:
        """Packing over the best packing."""
        return np.asarray(self.packing / (3.348 * portable.power(self.sav_per_ft, -0.8189)))


def bed(load_lb_ft2: Real, sav_per_ft: Real, depth_ft: Real, extinction_share: Real) -> Bed:
    """A bed from numbers or arrays."""
    return Bed(
        *(np.asarray(v, float) for v in (load_lb_ft2, sav_per_ft, depth_ft, extinction_share))
    )


def base_rate_m_min(fuel: Bed, moisture_share: Real) -> Floats:
    """Rate on the flat in calm, m/min."""
    s, b, rel = fuel.sav_per_ft, fuel.packing, fuel.relative_packing
    a = 133.0 * portable.power(s, -0.7913)
    s_15 = s * np.sqrt(s)
    shape = portable.power(rel, a) * portable.exp(a * (1.0 - rel))
    gamma = s_15 / (495.0 + 0.0594 * s_15) * shape
    r = np.minimum(np.asarray(moisture_share) / fuel.extinction_share, 1.0)
    damp = np.maximum(1.0 - 2.59 * r + 5.11 * r * r - 3.52 * r * r * r, 0.0)
    mineral = 0.174 * portable.power(MINERAL_EFFECTIVE, -0.19)
    reaction = gamma * fuel.load_lb_ft2 * (1.0 - MINERAL_SHARE) * HEAT_BTU_LB * damp * mineral
    flux = portable.exp((0.792 + 0.681 * np.sqrt(s)) * (b + 0.1)) / (192.0 + 0.2595 * s)
    sink = fuel.load_lb_ft2 / fuel.depth_ft * portable.exp(-138.0 / s)
    ignition = 250.0 + 1116.0 * np.asarray(moisture_share)
    return np.asarray(reaction * flux / (sink * ignition) * M_PER_FT)


def _wind_constants(fuel: Bed) -> tuple[Floats, Floats]:
    """(A, B) such that the wind's factor is A U^B, U in ft/min."""
    s = fuel.sav_per_ft
    c = 7.47 * portable.exp(-0.133 * portable.power(s, 0.55))
    e = 0.715 * portable.exp(-3.59e-4 * s)
    return np.asarray(c * portable.power(fuel.relative_packing, -e)), np.asarray(
        0.02526 * portable.power(s, 0.54)
    )


def wind_factor(fuel: Bed, midflame_ms: Real) -> Floats:
    """phi_w of a mid-flame wind in m/s."""
    a, b = _wind_constants(fuel)
    return np.asarray(a * portable.power(np.asarray(midflame_ms) * 60.0 / M_PER_FT, b))


def effective_wind_ms(fuel: Bed, factor: Real) -> Floats:
    """The mid-flame wind, m/s, that alone would have the factor (inverse of `wind_factor`)."""
    a, b = _wind_constants(fuel)
    return np.asarray(portable.power(np.asarray(factor) / a, 1.0 / b) * M_PER_FT / 60.0)


def slope_factor(fuel: Bed, tan_slope: Real) -> Floats:
    """phi_s of the steepest slope."""
    return np.asarray(5.275 * portable.power(fuel.packing, -0.3) * np.square(tan_slope))


def head(
    fuel: Bed,
    moisture_share: Real,
    midflame_ms: Real,
    wind_to_rad: Real,
    tan_slope: Real,
    upslope_rad: Real,
) -> tuple[Floats, Floats, Floats]:
    """(rate at the head m/min, its bearing rad, effective mid-flame wind m/s).

    Wind and slope add as vectors of their factors (Rothermel 1983).
    """
    wind, slope = wind_factor(fuel, midflame_ms), slope_factor(fuel, tan_slope)
    north = wind * portable.cos(wind_to_rad) + slope * portable.cos(upslope_rad)
    east = wind * portable.sin(wind_to_rad) + slope * portable.sin(upslope_rad)
    both = np.hypot(north, east)
    rate = base_rate_m_min(fuel, moisture_share) * (1.0 + both)
    return rate, portable.arctan2(east, north), effective_wind_ms(fuel, both)


def dead_moisture_share(temperature_c: Real, humidity_pct: Real) -> Floats:
    """Equilibrium moisture of fine dead fuel from the air, share of dry weight (Simard 1968)."""
    t = np.asarray(temperature_c) * 1.8 + 32.0
    h = np.asarray(humidity_pct)
    dry = 0.03229 + 0.281073 * h - 0.000578 * h * t
    fair = 2.22749 + 0.160107 * h - 0.014784 * t
    damp = 21.0606 + 0.005565 * h * h - 0.00035 * h * t - 0.483199 * h
    percent = np.where(h < 10.0, dry, np.where(h < 50.0, fair, damp))
    return np.maximum(percent, 0.0) / 100.0
