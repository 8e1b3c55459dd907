"""The elliptical fire of a steady wind, lit at its rear focus (Anderson 1983; Alexander 1985).

Arrays broadcast. Rates m/min, times min, lengths m, areas ha.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from anlan.sim import portable

Floats = NDArray[np.floating[Any]]
Real = Floats | float

MAX_LENGTH_TO_BREADTH = 8.0  # Anderson's formula is not used beyond (FARSITE, pyretechnics)


def length_to_breadth(midflame_ms: Real) -> Floats:
    """LB = 0.936 exp(0.2566 U) + 0.461 exp(-0.1548 U) - 0.397, U mid-flame m/s, at most 8."""
    u = np.asarray(midflame_ms)
    lb = (
        0.936 * portable.exp(0.2566 * np.minimum(u, 50.0))
        + 0.461 * portable.exp(-0.1548 * u)
        - 0.397
    )
    return np.asarray(np.minimum(lb, MAX_LENGTH_TO_BREADTH))


def head_to_back(lb: Real) -> Floats:
    """Rate at the head over that at the back."""
    root = np.sqrt(np.square(lb) - 1.0)
    return np.asarray((lb + root) / (lb - root))


def eccentricity(lb: Real) -> Floats:
    """Of an ellipse of a given length to breadth."""
    return np.sqrt(np.maximum(1.0 - 1.0 / np.square(lb), 0.0))


def rate_m_min(head_m_min: Real, eccentric: Real, off_head_rad: Real) -> Floats:
    """Rate in a direction from the rear focus: R (1 - e) / (1 - e cos)."""
    e = np.asarray(eccentric)
    return np.asarray(head_m_min * (1.0 - e) / (1.0 - e * portable.cos(off_head_rad)))


def normal_share(eccentric: Real, off_head_rad: Real) -> Floats:
    """Rate along the front's normal over that in the direction from the rear focus, there."""
    e = np.asarray(eccentric)
    turn = e * portable.sin(off_head_rad) / (1.0 - e * portable.cos(off_head_rad))
    return np.asarray(1.0 / np.sqrt(1.0 + np.square(turn)))


def semi_axes_m(head_m_min: Real, lb: Real, minutes: Real) -> tuple[Floats, Floats]:
    """(half the length, half the breadth) after some minutes."""
    head = np.asarray(head_m_min)
    half = 0.5 * (head + head / head_to_back(lb)) * minutes
    return np.asarray(half), np.asarray(half / lb)


def area_ha(half_length_m: Real, half_breadth_m: Real) -> Floats:
    """Area of the ellipse, ha."""
    return np.asarray(np.pi * np.asarray(half_length_m) * half_breadth_m / 1e4)


def perimeter_m(half_length_m: Real, half_breadth_m: Real) -> Floats:
    """Perimeter (Ramanujan's first approximation), m."""
    a, b = np.asarray(half_length_m), np.asarray(half_breadth_m)
    return np.asarray(np.pi * (3.0 * (a + b) - np.sqrt((3.0 * a + b) * (a + 3.0 * b))))
