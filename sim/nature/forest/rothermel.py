"""Rothermel's spread of surface fire over fuel of several sizes (Rothermel 1972, Albini 1976).

Dead fuel of three sizes (1, 10 and 100 hours) and live fuel of one. Inside in pounds, feet and
minutes, as published; rates come out in m/min, heat in kJ/m2. Coefficients belong to the formulas.
The dead fuel's moisture from the air after Simard 1968. Arrays broadcast.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from anlan.sim import portable

Floats = NDArray[np.floating[Any]]
Real = Floats | float

M_PER_FT = 0.3048
KJ_M2_PER_BTU_FT2 = 11.3565
HEAT_BTU_LB = 8000.0
PARTICLE_LB_FT3 = 32.0
MINERAL_SHARE = 0.0555
MINERAL_EFFECTIVE = 0.010
SAV_10H_PER_FT, SAV_100H_PER_FT = 109.0, 30.0  # of all standard models (Albini 1976)
RESIDENCE = 384.0  # minutes in flames times surface to volume, 1/ft (Anderson 1969)


class Moisture(NamedTuple):
    """Moisture of fuel by size, share of dry weight."""

    dead_1h: Real
    dead_10h: Real
    dead_100h: Real
    live: Real


def _moisture(share: Real | Moisture) -> Moisture:
    """One share stands for all sizes."""
    return share if isinstance(share, Moisture) else Moisture(share, share, share, share)


@dataclass(frozen=True)
class Texture:
    """What of a bed wind and slope depend on."""

    sav_per_ft: Floats  # characteristic: sizes weighted by their surface
    packing: Floats  # share of the bed's volume that is fuel
    relative_packing: Floats  # over the best packing

    def take(self, rows: NDArray[np.integer[Any]]) -> Texture:
        """The textures of some rows, in their order."""
        return Texture(self.sav_per_ft[rows], self.packing[rows], self.relative_packing[rows])


@dataclass(frozen=True)
class Bed:
    """A fuel bed: loads lb/ft2, surface to volume 1/ft, depth ft, moisture of extinction (share).

    load and sav_per_ft are those of the finest dead fuel (1 h).
    """

    load_lb_ft2: Floats
    sav_per_ft: Floats
    depth_ft: Floats
    extinction_share: Floats
    load_10h_lb_ft2: Floats
    load_100h_lb_ft2: Floats
    load_live_lb_ft2: Floats
    live_sav_per_ft: Floats

    @cached_property
    def _dead(self) -> tuple[tuple[Floats, Real], ...]:
        """(load, surface to volume) of the dead sizes, finest first."""
        return (
            (self.load_lb_ft2, self.sav_per_ft),
            (self.load_10h_lb_ft2, SAV_10H_PER_FT),
            (self.load_100h_lb_ft2, SAV_100H_PER_FT),
        )

    @cached_property
    def _surface(self) -> tuple[Floats, Floats]:
        """Surface of dead and of live fuel, up to a factor."""
        dead = sum((np.asarray(w * s) for w, s in self._dead), np.zeros(()))
        return np.asarray(dead), np.asarray(self.load_live_lb_ft2 * self.live_sav_per_ft)

    @cached_property
    def _bulk_lb_ft3(self) -> Floats:
        load = self.load_10h_lb_ft2 + self.load_100h_lb_ft2 + self.load_live_lb_ft2
        return np.asarray((self.load_lb_ft2 + load) / self.depth_ft)

    @cached_property
    def texture(self) -> Texture:
        """Characteristic surface to volume, packing, and packing over the best."""
        dead, live = self._surface
        squares = sum((np.asarray(w * s * s) for w, s in self._dead), np.zeros(()))
        sav = (squares + live * self.live_sav_per_ft) / (dead + live)
        packing = self._bulk_lb_ft3 / PARTICLE_LB_FT3
        best = 3.348 * portable.power(sav, -0.8189)
        return Texture(np.asarray(sav), np.asarray(packing), np.asarray(packing / best))


def bed(
    load_lb_ft2: Real,
    sav_per_ft: Real,
    depth_ft: Real,
    extinction_share: Real,
    load_10h_lb_ft2: Real = 0.0,
    load_100h_lb_ft2: Real = 0.0,
    load_live_lb_ft2: Real = 0.0,
    live_sav_per_ft: Real = 1500.0,
) -> Bed:
    """A bed from numbers or arrays."""
    given = (load_lb_ft2, sav_per_ft, depth_ft, extinction_share,
             load_10h_lb_ft2, load_100h_lb_ft2, load_live_lb_ft2, live_sav_per_ft)  # fmt: skip
    return Bed(*(np.asarray(v, float) for v in given))


def _damping(ratio: Real) -> Floats:
    """How moisture damps the reaction; ratio: over the moisture of extinction."""
    r = np.minimum(ratio, 1.0)
    return np.maximum(1.0 - 2.59 * r + 5.11 * r * r - 3.52 * r * r * r, 0.0)


def _live_extinction(fuel: Bed, wet: Moisture) -> Floats:
    """Moisture at which live fuel no longer burns: the drier and finer the dead, the higher."""
    fine = [w * portable.exp(-138.0 / s) for w, s in fuel._dead]
    live = fuel.load_live_lb_ft2 * portable.exp(-500.0 / fuel.live_sav_per_ft)
    total = fine[0] + fine[1] + fine[2]
    share = sum(f * np.asarray(m) for f, m in zip(fine, wet[:3], strict=True)) / total
    ratio = total / np.where(live > 0.0, live, 1.0)
    limit = 2.9 * ratio * (1.0 - share / fuel.extinction_share) - 0.226
    return np.asarray(np.maximum(limit, fuel.extinction_share))


def reaction_btu_ft2_min(fuel: Bed, moisture_share: Real | Moisture) -> Floats:
    """Reaction intensity: what a square foot of the flaming front gives in a minute."""
    wet, tex = _moisture(moisture_share), fuel.texture
    dead, _ = fuel._surface
    net = sum((np.asarray(w * w * s) for w, s in fuel._dead), np.zeros(())) / dead
    dampness = sum(w * s * np.asarray(m) for (w, s), m in zip(fuel._dead, wet[:3], strict=True))
    burns = net * _damping(dampness / dead / fuel.extinction_share)
    green = _damping(np.asarray(wet.live) / _live_extinction(fuel, wet))
    burns = burns + fuel.load_live_lb_ft2 * green
    s, rel = tex.sav_per_ft, tex.relative_packing
    a = 133.0 * portable.power(s, -0.7913)
    s_15 = s * np.sqrt(s)
    shape = portable.power(rel, a) * portable.exp(a * (1.0 - rel))
    gamma = s_15 / (495.0 + 0.0594 * s_15) * shape
    mineral = 0.174 * portable.power(MINERAL_EFFECTIVE, -0.19)
    return np.asarray(gamma * burns * (1.0 - MINERAL_SHARE) * HEAT_BTU_LB * mineral)


def heat_kj_m2(
    fuel: Bed, moisture_share: Real | Moisture, reaction: Floats | None = None
) -> Floats:
    """What burns in the flaming front: reaction intensity times residence time (Anderson 1969).

    reaction: `reaction_btu_ft2_min` of the same, where it is known already.
    """
    if reaction is None:
        reaction = reaction_btu_ft2_min(fuel, moisture_share)
    minutes = RESIDENCE / fuel.texture.sav_per_ft
    return np.asarray(reaction * minutes * KJ_M2_PER_BTU_FT2)


def base_rate_m_min(
    fuel: Bed, moisture_share: Real | Moisture, reaction: Floats | None = None
) -> Floats:
    """Rate on the flat in calm, m/min; reaction: as in `heat_kj_m2`."""
    wet, tex = _moisture(moisture_share), fuel.texture
    s = tex.sav_per_ft
    flux = portable.exp((0.792 + 0.681 * np.sqrt(s)) * (tex.packing + 0.1)) / (192.0 + 0.2595 * s)
    sizes = (*fuel._dead, (fuel.load_live_lb_ft2, fuel.live_sav_per_ft))
    heated = sum(
        w * sav * portable.exp(-138.0 / sav) * (250.0 + 1116.0 * np.asarray(m))
        for (w, sav), m in zip(sizes, wet, strict=True)
    )
    dead, live = fuel._surface
    sink = fuel._bulk_lb_ft3 * heated / (dead + live)
    if reaction is None:
        reaction = reaction_btu_ft2_min(fuel, wet)
    return np.asarray(reaction * flux / sink * M_PER_FT)


def _wind_constants(fuel: Texture) -> tuple[Floats, Floats]:
    """(A, B) such that the wind's factor is A U^B, U in ft/min."""
    s = fuel.sav_per_ft
    c = 7.47 * portable.exp(-0.133 * portable.power(s, 0.55))
    e = 0.715 * portable.exp(-3.59e-4 * s)
    return np.asarray(c * portable.power(fuel.relative_packing, -e)), np.asarray(
        0.02526 * portable.power(s, 0.54)
    )


def wind_factor(fuel: Texture, midflame_ms: Real) -> Floats:
    """phi_w of a mid-flame wind in m/s."""
    a, b = _wind_constants(fuel)
    return np.asarray(a * portable.power(np.asarray(midflame_ms) * 60.0 / M_PER_FT, b))


def effective_wind_ms(fuel: Texture, factor: Real) -> Floats:
    """The mid-flame wind, m/s, that alone would have the factor (inverse of `wind_factor`)."""
    a, b = _wind_constants(fuel)
    return np.asarray(portable.power(np.asarray(factor) / a, 1.0 / b) * M_PER_FT / 60.0)


def slope_factor(fuel: Texture, tan_slope: Real) -> Floats:
    """phi_s of the steepest slope."""
    return np.asarray(5.275 * portable.power(fuel.packing, -0.3) * np.square(tan_slope))


def head(
    fuel: Bed,
    moisture_share: Real | Moisture,
    midflame_ms: Real,
    wind_to_rad: Real,
    tan_slope: Real,
    upslope_rad: Real,
) -> tuple[Floats, Floats, Floats]:
    """(rate at the head m/min, its bearing rad, effective mid-flame wind m/s)."""
    calm = base_rate_m_min(fuel, moisture_share)
    return driven(calm, fuel.texture, midflame_ms, wind_to_rad, tan_slope, upslope_rad)


def driven(
    calm_m_min: Real,
    fuel: Texture,
    midflame_ms: Real,
    wind_to_rad: Real,
    tan_slope: Real,
    upslope_rad: Real,
) -> tuple[Floats, Floats, Floats]:
    """`head`, of a rate on the flat in calm: wind and slope add as vectors of their factors
    (Rothermel 1983).
    """
    wind, slope = wind_factor(fuel, midflame_ms), slope_factor(fuel, tan_slope)
    north = wind * portable.cos(wind_to_rad) + slope * portable.cos(upslope_rad)
    east = wind * portable.sin(wind_to_rad) + slope * portable.sin(upslope_rad)
    both = np.hypot(north, east)
    rate = np.asarray(calm_m_min) * (1.0 + both)
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
