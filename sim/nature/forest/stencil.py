"""The steps that a fire may take from a cell, and what makes a polygon of them a circle again.

A front that moves in D fixed directions is a polygon inscribed in the true front. `sector_gain`
makes up for the area that lies outside the polygon, so that a circle keeps its area to 0.1 %.
Directions are sorted by bearing (clockwise from north); direction i + D/2 is the opposite of i.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, cached_property

import numpy as np
from numpy.typing import NDArray

from anlan.sim import portable

Floats = NDArray[np.float64]
Cell = tuple[int, int]
REACH = {16: 2, 32: 3}  # number of directions -> how many cells the longest step spans


@dataclass(frozen=True)
class Stencil:
    """D steps (rows down, columns right), with what crosses each.

    gates[d]: what a step in direction d passes before and at its end, each one cell or, where it
    goes through a corner, two: the step is barred if any gate is, a corner if both its cells are.
    """

    steps: tuple[Cell, ...]
    length_cells: Floats  # (D,)
    bearing_rad: Floats  # (D,)
    gap_rad: Floats  # (D,) angle from direction i to i + 1
    gates: tuple[tuple[tuple[Cell, ...], ...], ...]

    @cached_property
    def reach(self) -> int:
        """How many cells the longest step spans."""
        return max(max(abs(r), abs(c)) for r, c in self.steps)

    @property
    def mid_rad(self) -> Floats:
        """The bearing half-way between direction i and i + 1, shape (D,)."""
        return self.bearing_rad + 0.5 * self.gap_rad


@cache
def stencil(directions: int = 16) -> Stencil:
    """The stencil of 16 or 32 directions. Raises ValueError for another number."""
    if directions not in REACH:
        raise ValueError(f"{directions} directions; there are stencils of 16 and 32")
    n = REACH[directions]
    span = range(-n, n + 1)
    steps = [(r, c) for r in span for c in span if math.gcd(r, c) == 1]
    steps.sort(key=lambda s: _bearing(s))
    bearing = np.array([_bearing(s) for s in steps])
    gap = np.diff(np.append(bearing, bearing[0] + 2.0 * np.pi))
    length = np.array([math.hypot(*s) for s in steps])
    return Stencil(tuple(steps), length, bearing, gap, tuple(_gates(s) for s in steps))


def _bearing(step: Cell) -> float:
    """Clockwise from north, in 0 to 2 pi; row 0 is the northernmost."""
    return float(portable.arctan2(step[1], -step[0])) % (2.0 * math.pi)


def _gates(step: Cell) -> tuple[tuple[Cell, ...], ...]:
    """What the straight way from a cell's centre to another's passes; exact."""
    rows, cols = abs(step[0]), abs(step[1])
    down, right = (1 if step[0] > 0 else -1), (1 if step[1] > 0 else -1)
    walls = [(Fraction(2 * i + 1, 2 * rows), 0) for i in range(rows)]
    walls += [(Fraction(2 * i + 1, 2 * cols), 1) for i in range(cols)]
    found: list[tuple[Cell, ...]] = []
    at = [0, 0]
    for when in sorted({t for t, _ in walls}):
        crossed = {axis for t, axis in walls if t == when}
        if len(crossed) == 2:  # through a corner
            beside = ((at[0] + 1, at[1]), (at[0], at[1] + 1))
            found.append(tuple((r * down, c * right) for r, c in beside))
        for axis in crossed:
            at[axis] += 1
        found.append(((at[0] * down, at[1] * right),))
    return tuple(found)


def sector_gain[T: np.floating](rate: NDArray[T], mid: NDArray[T], gap_rad: Floats) -> NDArray[T]:
    """Factors by which to raise rates so that the polygon has the area of the front.

    rate, mid: (..., D) rates in each direction and half-way to the next one. Each sector's area
    by Simpson's rule, over its triangle's; a direction takes the mean of its two sectors.
    """
    gap = gap_rad.astype(rate.dtype)
    after = np.roll(rate, -1, axis=-1)
    sector = gap / 6.0 * (rate * rate + 4.0 * mid * mid + after * after)
    ratio = sector / (rate * after * portable.sin(gap_rad).astype(rate.dtype))
    gain: NDArray[T] = np.sqrt(np.sqrt(ratio * np.roll(ratio, 1, axis=-1)))
    return gain
