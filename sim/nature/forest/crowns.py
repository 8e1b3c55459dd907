"""Crowns that burn: when they catch, how much of them burns, how fast the fire then runs.

Crowns catch where the surface fire's intensity reaches Van Wagner's (1977), and burn by themselves
(active crowning) where it runs at 3.0 kg/m2/min over their bulk density; between the two, trees
torch (passive). The fraction of crowns that burns, and the rate between that of the surface and
that of a running crown fire, are Van Wagner's (1993) with Finney's coefficient (1998). A running
crown fire is 3.34 times as fast as Rothermel's model 10 in 0.4 of the wind at 20 ft (Rothermel
1991), and as much slower on flanks and back as the surface fire under it (Finney 1998).
Coefficients belong to the formulas.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from anlan.sim import portable
from anlan.sim.nature.forest import rothermel
from anlan.sim.place.landscape.fuels import Fuels

F64 = NDArray[np.float64]
Floats = NDArray[np.floating[Any]]
Real = Floats | float

FLOW_KG_M2_MIN = 3.0  # of crown fuel into the front, that keeps it going by itself
RUNNING = 3.34  # rate of a running crown fire over that of model 10
RUNNING_WIND_SHARE = 0.4  # of the wind at 20 ft
# Anderson 1982 (INT-122) / Albini 1976, model 10: timber litter with understory.
MODEL_10 = rothermel.bed(0.138, 2000.0, 1.0, 0.25, 0.092, 0.23, 0.092, 1500.0)


def ignition_kw_m(base_m: Real, foliar_moisture_pct: Real) -> Floats:
    """Surface intensity that sets crowns alight: (0.010 z (460 + 25.9 m))^1.5, Van Wagner 1977."""
    heat_kj_kg = 460.0 + 25.9 * np.asarray(foliar_moisture_pct, float)
    return np.asarray(portable.power(0.010 * np.asarray(base_m, float) * heat_kj_kg, 1.5))


def active_m_min(density_kg_m3: Real) -> Floats:
    """Rate from which crowns burn by themselves, 3.0 over their bulk density; inf without any."""
    with np.errstate(divide="ignore"):
        return np.asarray(FLOW_KG_M2_MIN / np.asarray(density_kg_m3, float))


def burnt_share(rate_m_min: Real, catches_m_min: Real, active_m_min: Real) -> Floats:
    """Share of the crowns that burns over a surface fire of a rate.

    1 - exp(-a (R - R'0)), with a so that it is 0.9 where R has come 0.9 of the way from the rate
    at which crowns catch to that of active crowning (Finney 1998).
    """
    over = np.asarray(rate_m_min) - np.asarray(catches_m_min)
    way = np.maximum(np.asarray(active_m_min) - catches_m_min, 1e-6)
    share = 1.0 - portable.power(0.1, np.maximum(over, 0.0) / (0.9 * way))
    return np.asarray(share)


@dataclass(frozen=True)
class Under:
    """What of a sky decides whether crowns burn, and how."""

    heat_kj_m2: F64  # of the surface fire, by code
    calm_m_min: float  # of model 10, on the flat in calm


@dataclass(frozen=True)
class Crowns:
    """Arrays by code of fuel."""

    ignites_kw_m: F64  # inf where there are none
    active_m_min: F64  # inf where there are none
    heat_kj_m2: F64  # of all crowns over a square metre; 0 where there are none
    running_wind_share: float  # of the sky's wind: what drives a running crown fire

    def in_any(self, codes: NDArray[np.integer[Any]]) -> bool:
        """Whether crowns of some codes can burn."""
        return bool((self.heat_kj_m2[codes] > 0.0).any())

    def calm_m_min(self, wet: rothermel.Moisture) -> float:
        """The rate of model 10 on the flat in calm."""
        return float(rothermel.base_rate_m_min(MODEL_10, wet))

    def catch(self, fuel: NDArray[np.integer[Any]], head_m_min: Real, under: Under) -> Any:
        """Places among some surface fires, by fuel and rate at the head, that crowns catch from."""
        head_kw_m = under.heat_kj_m2[fuel] * np.asarray(head_m_min) / 60.0
        return np.flatnonzero(head_kw_m > self.ignites_kw_m[fuel])

    def running_m_min(
        self, under: Under, wind_ms: float, wind_to_rad: float, tan_slope: F64, upslope_rad: F64
    ) -> F64:
        """Rate at the head of a running crown fire; the sky's wind."""
        midflame = wind_ms * self.running_wind_share
        rate, _, _ = rothermel.driven(
            under.calm_m_min, MODEL_10.texture, midflame, wind_to_rad, tan_slope, upslope_rad
        )
        return np.asarray(RUNNING * rate, dtype=float)

    def burn(
        self, fuel: NDArray[np.integer[Any]], normal: Floats, head_m_min: F64,
        running_m_min: F64, under: Under,
    ) -> tuple[Floats, Floats]:  # fmt: skip
        """((n, D) factor on the rate in each direction, share of the crowns that burns).

        normal: rates of the surface fire along the front's own normal, where it has come to in
        each direction; head_m_min, running_m_min: at the head, of the surface fire and of crowns.
        """
        catches = (60.0 * self.ignites_kw_m[fuel] / under.heat_kj_m2[fuel])[:, None]
        share = burnt_share(normal, catches, self.active_m_min[fuel][:, None])
        more = np.maximum((running_m_min / head_m_min)[:, None] - 1.0, 0.0)
        return np.asarray(1.0 + share * more), share


def crowns_of(fuels: Fuels, foliar_moisture_pct: float, wind_20ft_share: float) -> Crowns:
    """The crowns of a table of fuels. wind_20ft_share: wind at 20 ft over that of the sky."""
    base_m, density = fuels.column("canopy_base_m"), fuels.column("canopy_kg_m3")
    depth_m = np.maximum(fuels.column("canopy_height_m") - base_m, 0.0)
    some = density > 0.0
    ignites = np.where(some, ignition_kw_m(base_m, foliar_moisture_pct), np.inf)
    heat = density * depth_m * fuels.column("heat_kj_kg")
    share = RUNNING_WIND_SHARE * wind_20ft_share
    return Crowns(ignites, np.asarray(active_m_min(density), dtype=float), heat, share)
