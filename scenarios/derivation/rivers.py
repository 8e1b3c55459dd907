"""Which neighbours a river keeps apart: roads cross it only at the bridges of `bridges.csv`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from anlan.scenarios.derivation.chance import Floats
from anlan.scenarios.derivation.files import TABLES, outline, read_rows
from anlan.scenarios.derivation.network import gabriel
from anlan.scenarios.derivation.roads import Pair
from anlan.scenarios.derivation.sites import Plane


@dataclass(frozen=True)
class Rivers:
    """The rivers of a district as drawn, and the pairs of places that bridges join."""

    points: Floats
    lines: Sequence[Floats]
    bridges: frozenset[Pair]

    def apart(self, pair: Pair) -> bool:
        """Whether the straight way between two places crosses a river."""
        i, j = pair
        return any(crosses(self.points[i], self.points[j], line) for line in self.lines)


def courses(district: str, plane: Plane) -> dict[str, Floats]:
    """The rivers that bridges.csv names, as drawn, in kilometres on the plane."""
    return {r: plane.xy(outline(district, r)) for r in sorted({b["river"] for b in _of(district)})}


def bridge(district: str, plane: Plane, points: Floats) -> Rivers:
    """Rivers and bridges; each bridge joins the neighbours over it whose middle is nearest."""
    bridges = _of(district)
    lines = courses(district, plane)
    neighbours = gabriel(points) if bridges else []
    joined: set[Pair] = set()
    for row in bridges:
        line = lines[row["river"]]
        over = [p for p in neighbours if crosses(points[p[0]], points[p[1]], line)]
        at = plane.xy([(float(row["lon"]), float(row["lat"]))])[0]
        joined.add(min((_away(points[i], points[j], at), (i, j)) for i, j in over)[1])
    return Rivers(points, list(lines.values()), frozenset(joined))


def _of(district: str) -> list[dict[str, str]]:
    path = TABLES / district / "bridges.csv"
    return read_rows(path) if path.exists() else []


def _away(a: Floats, b: Floats, at: Floats) -> float:
    return float(np.linalg.norm((a + b) / 2 - at))


def crosses(a: Floats, b: Floats, line: Floats) -> bool:
    """Whether the segment a-b crosses a polyline."""
    c, d = line[:-1], line[1:]
    parted = _side(a, b, c) * _side(a, b, d) < 0  # the ends of a piece lie on two sides of a-b
    meets = _side(c, d, a) * _side(c, d, b) < 0  # and a and b on two sides of the piece
    return bool(np.any(parted & meets))


def _side(a: Floats, b: Floats, point: Floats) -> Floats:
    """The sign tells on which side of a-b a point lies: the cross product, row by row."""
    along, away = b - a, point - a
    return np.asarray(along[..., 0] * away[..., 1] - along[..., 1] * away[..., 0])
