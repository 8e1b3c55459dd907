"""Fireline intensity and flame length (Byram 1959)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]
Real = Floats | float


def intensity_kw_m(heat_kj_m2: Real, rate_m_min: Real) -> Floats:
    """I = H w R, kW/m: what a square metre gives in the front, times the rate in m/s."""
    return np.asarray(np.asarray(heat_kj_m2) * np.asarray(rate_m_min) / 60.0)


def flame_m(intensity: Real) -> Floats:
    """Flame length 0.0775 I^0.46, m."""
    return np.asarray(0.0775 * np.asarray(intensity) ** 0.46)
