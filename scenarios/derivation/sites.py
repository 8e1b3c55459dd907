"""Where villages and neighbourhoods lie: a jittered lattice over the outline, shared among seats.

No public file gives the villages' places. The lattice points inside the outline are given to
the towns so that the sum of squared distances to the seats is least (a transport problem);
each town gets as many as the statistics list says it has.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist

from scenarios.derivation.chance import Floats, uniform

EARTH_KM = 6371.0088  # mean radius, IUGG


@dataclass(frozen=True)
class Plane:
    """A flat map in kilometres about a point; good to 0.1 % over a district."""

    lon: float
    lat: float

    def xy(self, lonlat: Sequence[tuple[float, float]]) -> Floats:
        """Degrees -> kilometres east and north, shape (n, 2)."""
        degrees = np.array(lonlat, dtype=float).reshape(-1, 2)
        return (degrees - (self.lon, self.lat)) * self._km_per_degree()

    def lonlat(self, xy: Floats) -> list[tuple[float, float]]:
        """Kilometres east and north -> degrees, to five decimals (about a metre)."""
        degrees = xy / self._km_per_degree() + (self.lon, self.lat)
        return [(round(float(x), 5), round(float(y), 5)) for x, y in degrees]

    def _km_per_degree(self) -> Floats:
        north = EARTH_KM * math.pi / 180
        return np.array([north * math.cos(math.radians(self.lat)), north])


def inside(points: Floats, ring: Floats) -> NDArray[np.bool_]:
    """Which points lie inside a ring (even number of crossings = outside)."""
    x, y = points[:, 0], points[:, 1]
    odd = np.zeros(len(points), dtype=bool)
    for (ax, ay), (bx, by) in zip(ring, np.roll(ring, -1, axis=0), strict=True):
        if ay != by:
            crosses = (ay > y) != (by > y)
            odd ^= crosses & (x < ax + (y - ay) * (bx - ax) / (by - ay))
    return odd


def lattice(ring: Floats, cell_km2: float, jitter_share: float, seed: float) -> Floats:
    """Centres of hexagonal cells of the given area inside a ring, each a little out of place."""
    step = math.sqrt(2 * cell_km2 / math.sqrt(3))
    low, high = ring.min(axis=0), ring.max(axis=0)
    across = np.arange(low[0], high[0] + step, step)
    up = np.arange(low[1], high[1] + step, step * math.sqrt(3) / 2)
    points = np.array([(x + (j % 2) * step / 2, y) for j, y in enumerate(up) for x in across])
    shift = (2 * uniform(seed, "lattice", 2 * len(points)).reshape(-1, 2) - 1) * jitter_share * step
    moved = points + shift
    return moved[inside(moved, ring)]


def share_out(
    points: Floats, seats: Floats, wanted: Sequence[int], apart_km: float
) -> list[Floats]:
    """The sites of each town, its seat first, then the given points by distance from the seat.

    wanted: sites a town, its seat included. Raises ValueError if there are too few points.
    """
    free = points[cdist(points, seats).min(axis=1) > apart_km]
    slots = np.repeat(np.arange(len(seats)), [n - 1 for n in wanted])
    if len(free) < len(slots):
        raise ValueError(f"{len(free)} free lattice points for {len(slots)} sites")
    cost = cdist(seats[slots], free, "sqeuclidean")
    rows, columns = linear_sum_assignment(cost)
    towns = []
    for town, seat in enumerate(seats):
        own = free[columns[slots[rows] == town]]
        order = np.argsort(np.linalg.norm(own - seat, axis=1), kind="stable")
        towns.append(np.vstack([seat, own[order]]))
    return towns


def distance_to_line(points: Floats, line: Floats) -> Floats:
    """Kilometres from each point to the nearest place of a polyline."""
    best = np.full(len(points), np.inf)
    for a, b in pairwise(line):
        along = b - a
        w = np.clip((points - a) @ along / (along @ along), 0.0, 1.0)
        best = np.minimum(best, np.linalg.norm(points - (a + w[:, None] * along), axis=1))
    return best
