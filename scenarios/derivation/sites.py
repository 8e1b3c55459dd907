"""Where villages and neighbourhoods lie: no public file gives their places.

Either a jittered lattice over the outline is shared among the towns so that the sum of squared
distances to the seats is least (a transport problem: every site has as much land as the next),
or each town has the land nearest to its seat and its sites are spread over that (so that towns
close together have sites close together). Each town gets as many as the statistics list says.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist

from anlan.scenarios.derivation.chance import Floats, uniform

EARTH_KM = 6371.0088  # mean radius, IUGG
OTHER_BANK_KM = 1e3  # more than any district is wide: land goes over the water only if it must


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


def cells(
    ring: Floats,
    seats: Floats,
    pull: Floats,
    cell_km2: float,
    without: Callable[[Floats], NDArray[np.bool_]] | None = None,
    rivers: Sequence[Floats] = (),
) -> list[Floats]:
    """The land of each seat: the points of a fine square lattice that are nearest to it.

    pull: distances to a seat count divided by this, so that a town of many places reaches
    further. without: says which points of the ring are no land of these towns. rivers: a
    point on the other bank (an odd number of crossings on the way) belongs to a seat there.
    """
    step = math.sqrt(cell_km2)
    low, high = ring.min(axis=0), ring.max(axis=0)
    across, up = (np.arange(low[k] + step / 2, high[k], step) for k in (0, 1))
    points = np.array([(x, y) for y in up for x in across])
    points = points[inside(points, ring)]
    if without is not None:
        points = points[~without(points)]
    best = np.full(len(points), np.inf)
    owner = np.zeros(len(points), dtype=int)
    for i, (seat, reach) in enumerate(zip(seats, pull, strict=True)):
        away = np.linalg.norm(points - seat, axis=1) / reach
        for river in rivers:
            away[_crossings(points, seat, river) % 2 == 1] += OTHER_BANK_KM
        owner[away < best] = i
        best = np.minimum(best, away)
    return [points[owner == i] for i in range(len(seats))]


def _crossings(points: Floats, seat: Floats, line: Floats) -> NDArray[np.int64]:
    """How often the straight way from each point to the seat crosses a polyline."""
    count = np.zeros(len(points), dtype=np.int64)
    way = seat - points
    for a, b in pairwise(line):
        side_a = way[:, 0] * (a[1] - points[:, 1]) - way[:, 1] * (a[0] - points[:, 0])
        side_b = way[:, 0] * (b[1] - points[:, 1]) - way[:, 1] * (b[0] - points[:, 0])
        along = b - a
        start = along[0] * (points[:, 1] - a[1]) - along[1] * (points[:, 0] - a[0])
        end = along[0] * (seat[1] - a[1]) - along[1] * (seat[0] - a[0])
        count += (side_a * side_b < 0) & (start * end < 0)
    return count


def spread_sites(land: Floats, seat: Floats, n: int, rounds: int = 15) -> tuple[Floats, list[int]]:
    """n sites evenly over a town's land, its seat first, then by distance from the seat.

    Lloyd's method (k-means) from the farthest points, the seat held fast. Also how many lattice
    points each site has. Raises ValueError if there are fewer points than sites.
    """
    if len(land) < n:
        raise ValueError(f"{len(land)} lattice points for {n} sites")
    centres = [seat]
    distance = np.linalg.norm(land - seat, axis=1)
    for _ in range(n - 1):  # each next site is the point farthest from those there are
        centres.append(land[int(np.argmax(distance))])
        distance = np.minimum(distance, np.linalg.norm(land - centres[-1], axis=1))
    sites = np.array(centres)
    for _ in range(rounds):
        owner = cdist(land, sites, "sqeuclidean").argmin(axis=1)
        for i in range(1, n):
            if np.any(owner == i):
                sites[i] = land[owner == i].mean(axis=0)
    order = np.argsort(np.linalg.norm(sites - seat, axis=1), kind="stable")
    sites = sites[order]
    owner = cdist(land, sites, "sqeuclidean").argmin(axis=1)
    return sites, [int(k) for k in np.bincount(owner, minlength=n)]


def distance_to_line(points: Floats, line: Floats) -> Floats:
    """Kilometres from each point to the nearest place of a polyline."""
    best = np.full(len(points), np.inf)
    for a, b in pairwise(line):
        along = b - a
        w = np.clip((points - a) @ along / (along @ along), 0.0, 1.0)
        best = np.minimum(best, np.linalg.norm(points - (a + w[:, None] * along), axis=1))
    return best
