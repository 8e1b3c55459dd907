"""The wind profile of Holland (1980), beside which the one in use is held."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def gradient_wind_ms(
    radius_km: ArrayLike,
    rmax: ArrayLike,
    b: ArrayLike,
    deficit_hpa: ArrayLike,
    f_per_s: ArrayLike,
    density_kg_m3: float,
) -> NDArray[np.float64]:
    """Gradient wind at a radius, m/s (Holland 1980)."""
    power = np.power(np.asarray(rmax) / np.asarray(radius_km), b)
    half = np.asarray(radius_km) * 500.0 * np.asarray(f_per_s)
    push = np.asarray(b) / density_kg_m3 * power * (100.0 * np.asarray(deficit_hpa))
    return np.asarray(np.sqrt(push * np.exp(-power) + half * half) - half)
