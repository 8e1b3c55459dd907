"""Points and polygons on the ground: middles, areas, what lies inside. Degrees of WGS 84."""

from __future__ import annotations

import math
from collections.abc import Sequence

from anlan.analysis.map_frames import Point

KM_PER_DEGREE = 6371.0088 * math.pi / 180.0  # of the earth's mean radius, IUGG

Ring = Sequence[Point]
Polygon = Sequence[Ring]  # the outer ring and its holes


def area_km2(polygons: Sequence[Polygon]) -> float:
    """The area of polygons less their holes; within some 0.2 % of that on the ellipsoid."""
    total = 0.0
    for polygon in polygons:
        lat = sum(at[1] for at in polygon[0]) / len(polygon[0])
        scale = KM_PER_DEGREE**2 * math.cos(math.radians(lat))
        outer, *holes = (abs(_doubled(ring)) / 2.0 * scale for ring in polygon)
        total += outer - sum(holes)
    return total


def middle(polygons: Sequence[Polygon]) -> Point:
    """The centre of gravity of the largest polygon's outer ring."""
    ring = max((polygon[0] for polygon in polygons), key=lambda r: abs(_doubled(r)))
    at = ring[0]  # near it the differences keep their digits
    near = [(lon - at[0], lat - at[1]) for lon, lat in ring]
    east = north = 0.0
    for a, b in zip(near, [*near[1:], near[0]], strict=True):
        cross = a[0] * b[1] - b[0] * a[1]
        east += (a[0] + b[0]) * cross
        north += (a[1] + b[1]) * cross
    doubled = _doubled(ring)
    if not doubled:
        return at
    return at[0] + east / (3.0 * doubled), at[1] + north / (3.0 * doubled)


def inside(point: Point, polygons: Sequence[Polygon]) -> bool:
    """Whether a point lies within polygons and in none of their holes."""
    return any(
        _within(point, polygon[0]) and not any(_within(point, hole) for hole in polygon[1:])
        for polygon in polygons
    )


def _within(point: Point, ring: Ring) -> bool:
    """Whether a line from the point to the east crosses the ring an odd number of times."""
    odd = False
    for a, b in zip(ring, [*ring[1:], ring[0]], strict=True):
        if (a[1] > point[1]) != (b[1] > point[1]):
            crossing = a[0] + (point[1] - a[1]) / (b[1] - a[1]) * (b[0] - a[0])
            odd ^= point[0] < crossing
    return odd


def _doubled(ring: Ring) -> float:
    """Twice the signed area of a ring in square degrees (the shoelace formula)."""
    east, north = ring[0]
    return sum(
        (a[0] - east) * (b[1] - north) - (b[0] - east) * (a[1] - north)
        for a, b in zip(ring, [*ring[1:], ring[0]], strict=True)
    )
