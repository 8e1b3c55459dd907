"""The sea at the coast: wind set-up, the inverse barometer and the tide, against a wall.

Set-up is that of a steady wind over a shelf of even depth. The bathtub rule after Xu (2010),
as in CLIMADA, was fitted to the coast of the United States and is not used.
"""

from __future__ import annotations

import numpy as np

from anlan.sim import portable
from anlan.sim.forcing.wind import Floats, Real

GRAVITY_M_S2 = 9.81


def setup_m(
    wind_ms: Real,
    fetch_km: float,
    depth_m: float,
    drag: float,
    air_kg_m3: float,
    water_kg_m3: float,
) -> Floats:
    """Rise of the sea at the shore, m, under a steady wind on shore."""
    stress = air_kg_m3 * drag * np.square(wind_ms)
    return np.asarray(stress * fetch_km * 1000.0 / (water_kg_m3 * GRAVITY_M_S2 * depth_m))


def tide_m(hours: Real, amplitude_m: float, period_h: float, phase: float) -> Floats:
    """Astronomical tide as one cosine, m; `phase` in 0 to 1 of a period."""
    return np.asarray(
        amplitude_m * portable.cos(2.0 * np.pi * (np.asarray(hours) / period_h + phase))
    )


def flood_depth_m(level_m: Real, elevation_m: Real, coast_km: Real, loss_m_km: float) -> Floats:
    """Depth over land, m, of a sea at `level_m` that loses height on its way inland."""
    reach = np.asarray(level_m) - np.asarray(elevation_m) - loss_m_km * np.asarray(coast_km)
    return np.asarray(np.maximum(reach, 0.0))
