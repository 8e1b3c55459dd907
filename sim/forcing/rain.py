"""Rain of a typhoon: the R-CLIPER mean over the ring, local cells, or a gauge's own hours.

R-CLIPER (Tuleya et al. 2007) is the mean rain of many storms at a distance from the centre.
It knows neither stalled storms nor mountains, so a scale stands before it, and each run draws
a factor for the whole storm and a field of cells, mean 1, for what falls here and not there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from anlan.sim import portable
from anlan.sim.chance import Keys, keys_of
from anlan.sim.forcing.wind import EARTH_RADIUS_KM, Floats, Real

MM_PER_INCH = 25.4
KNOT_MS = 0.514444


def rcliper_mm_h(radius_km: Real, vmax_kt: Real) -> Floats:
    """Mean rain at a radius, mm/h, of a storm with a 1-minute wind in knots (Tuleya 2007)."""
    u = 1.0 + (np.asarray(vmax_kt) - 35.0) / 33.0
    centre_in_d, most_in_d = -1.10 + 3.96 * u, -1.60 + 4.80 * u
    most_km, fall_km = 64.5 - 13.0 * u, 150.0 - 16.0 * u
    radius = np.asarray(radius_km)
    inside = centre_in_d + (most_in_d - centre_in_d) * radius / most_km
    outside = most_in_d * portable.exp(-(radius - most_km) / fall_km)
    # Far below tropical-storm strength the fitted lines cross nought.
    return np.maximum(np.where(radius < most_km, inside, outside), 0.0) * (MM_PER_INCH / 24.0)


def lognormal_factor(z: Real, sd_log: Real) -> Floats:
    """A factor with mean 1 from a standard normal draw."""
    return portable.exp(sd_log * np.asarray(z, dtype=np.float64) - 0.5 * np.square(sd_log))


@dataclass(frozen=True)
class Lattice:
    """Points some kilometres apart over the district, and each place's weights on them."""

    keys: Keys  # (points,) what chance knows each point by: where on the earth it lies
    corners: NDArray[np.int64]  # (4, C) the points around each place
    weights: NDArray[np.float32]  # (4, C) on those; the squares of a column add up to 1

    @property
    def points(self) -> int:
        """L: how many points the lattice has."""
        return len(self.keys)


def lattice_over(lat: Floats, lon: Floats, spacing_km: float) -> Lattice:
    """The points of a square lattice around the places, with bilinear weights.

    lat, lon: (C,) degrees. A weighted sum of standard normal draws at the points is again
    standard normal at every place, and alike at places less than the spacing apart. The lattice
    is laid over the earth and not over the district, so a further place leaves the others' points
    where they are (unless it moves the middle latitude to another whole degree).
    """
    middle = round(float(np.mean(lat)))
    km = EARTH_RADIUS_KM * np.pi / 180.0
    x = np.asarray(lon) * (km * portable.cos(np.radians(middle)) / spacing_km)
    y = np.asarray(lat) * (km / spacing_km)
    i, j = np.floor(x).astype(np.int64), np.floor(y).astype(np.int64)
    dx, dy = x - i, y - j
    corners = [(i + right, j + up) for right in (0, 1) for up in (0, 1)]
    cells = sorted({cell for a, b in corners for cell in zip(a.tolist(), b.tolist(), strict=True)})
    row_of = {cell: n for n, cell in enumerate(cells)}
    rows = np.empty((4, len(x)), dtype=np.int64)
    weights = np.empty((4, len(x)))
    for n, (a, b) in enumerate(corners):
        rows[n] = [row_of[cell] for cell in zip(a.tolist(), b.tolist(), strict=True)]
        weights[n] = (dx if n // 2 else 1.0 - dx) * (dy if n % 2 else 1.0 - dy)
    weights /= np.sqrt(np.square(weights).sum(axis=0))
    keys = keys_of(f"{middle}/{spacing_km:g}/{a}/{b}" for a, b in cells)
    return Lattice(keys, rows, weights.astype(np.float32))


def cell_factor(
    draws: NDArray[np.float32],
    lattice: Lattice,
    at_h: Floats,
    life_h: float,
    sd_log: float,
) -> NDArray[np.float32]:
    """Local rain as a factor of the mean, (N, C), mean 1.

    draws: (K, points) standard normal, one row each `life_h` hours; at_h: (N,) hours from the
    start. Between two rows the factors, not the logarithms, run straight, which keeps the mean.
    """
    # Corner by corner: what a place gets does not hang on how many other points there are, as the
    # last bits of a product of whole matrices do.
    local = np.zeros((len(draws), lattice.corners.shape[1]), dtype=np.float32)
    for corner, weight in zip(lattice.corners, lattice.weights, strict=True):
        local += draws[:, corner] * weight
    rows = lognormal_factor(local, sd_log).astype(np.float32)
    place = np.clip(np.asarray(at_h) / life_h, 0.0, len(rows) - 1.0)
    low = np.minimum(place.astype(np.int64), max(len(rows) - 2, 0))
    high = np.minimum(low + 1, len(rows) - 1)
    share = (place - low).astype(np.float32)[:, None]
    return np.asarray(rows[low] * (1 - share) + rows[high] * share, dtype=np.float32)


def gauge_mm_h(
    hour_starts_h: NDArray[np.float64], rain_mm: NDArray[np.float64], at_h: Floats
) -> NDArray[np.float64]:
    """Measured hourly rain as a rate at times, mm/h, (N,); nought where nothing was measured.

    hour_starts_h: (K,) hours from the run's start, rising; each row holds for one hour.
    """
    if len(hour_starts_h) == 0:
        return np.zeros(len(at_h))
    row = np.searchsorted(hour_starts_h, np.asarray(at_h) + 1e-9, side="right") - 1
    held = row >= 0
    row = np.maximum(row, 0)
    held &= np.asarray(at_h) + 1e-9 < hour_starts_h[row] + 1.0
    rate: NDArray[Any] = np.where(held, rain_mm[row], 0.0)
    return rate
