"""Straight lines over the grid, and the firebreak belts that stand before any fire.

A line is a chain of cells that touch at sides or corners; `spread` lets no fire slip between two
cells that touch, so that neither leaks.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from anlan.sim.place.landscape.landscape import Landscape

F32 = NDArray[np.float32]
Ints = NDArray[np.int64]
Point = tuple[float, float]


def straight(row: float, col: float, to_row: float, to_col: float) -> tuple[Ints, Ints]:
    """Rows and columns of a straight chain of cells, both ends among them."""
    ends = np.rint(np.array([row, col, to_row, to_col])).astype(np.int64)
    count = int(max(abs(ends[2] - ends[0]), abs(ends[3] - ends[1]))) + 1
    rows = np.rint(np.linspace(ends[0], ends[2], count)).astype(np.int64)
    cols = np.rint(np.linspace(ends[1], ends[3], count)).astype(np.int64)
    return rows, cols


def on_map(land: Landscape, rows: Ints, cols: Ints) -> NDArray[np.bool_]:
    """Which of the cells lie on the map."""
    return np.asarray((rows >= 0) & (rows < land.rows) & (cols >= 0) & (cols < land.cols))


def lay_belt(
    hold_kw_m: F32, land: Landscape, points: Sequence[Point], width_m: float, kw_m: float
) -> None:
    """Writes a belt along (lon, lat) points into a map of what barriers hold, (rows, cols).

    Its cells are the chain along its middle, and all whose centre lies within half its width.
    Where belts cross the stronger counts.
    """
    for one, other in pairwise(points):
        (r, c), (to_r, to_c) = land.cell_at(*one), land.cell_at(*other)
        rows, cols = straight(r, c, to_r, to_c)
        _raise(hold_kw_m, land, rows, cols, kw_m)
        if width_m > land.cell_m:
            _raise(hold_kw_m, land, *_within(land, one, other, 0.5 * width_m), kw_m)


def _raise(hold_kw_m: F32, land: Landscape, rows: Ints, cols: Ints, kw_m: float) -> None:
    inside = on_map(land, rows, cols)
    rows, cols = rows[inside], cols[inside]
    hold_kw_m[rows, cols] = np.maximum(hold_kw_m[rows, cols], np.float32(kw_m))


def _within(land: Landscape, one: Point, other: Point, half_m: float) -> tuple[Ints, Ints]:
    """Cells whose centre lies within some metres of a straight line, on the map."""
    a, b = (np.array(land.metres(*point)) for point in (one, other))
    low, high = np.minimum(a, b) - half_m, np.maximum(a, b) + half_m
    cols = np.arange(max(0, int(low[0] // land.cell_m)), int(high[0] // land.cell_m) + 1)
    norths = np.arange(max(0, int(low[1] // land.cell_m)), int(high[1] // land.cell_m) + 1)
    north, east = np.meshgrid(norths, cols, indexing="ij")
    x, y = (east + 0.5) * land.cell_m - a[0], (north + 0.5) * land.cell_m - a[1]
    run = b - a
    length2 = float(run[0] * run[0] + run[1] * run[1])
    share = np.clip((x * run[0] + y * run[1]) / length2, 0.0, 1.0) if length2 > 0 else x * 0.0
    near = np.hypot(x - share * run[0], y - share * run[1]) <= half_m
    return np.asarray(land.rows - 1 - north[near]), np.asarray(east[near])
