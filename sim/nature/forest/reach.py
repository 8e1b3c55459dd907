"""How soon a fire could be somewhere at its present rate: what those on the spot reckon with.

From each cell of the running edge fire is taken to go straight on at the rate at which it leaves
that cell in that direction, under this sky, whatever lies between. It is no forecast: the sky may
turn, and other fuel and slopes lie ahead.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from anlan.sim import portable
from anlan.sim.nature.forest.edge import edge
from anlan.sim.nature.forest.ground import Cells, Ground
from anlan.sim.nature.forest.state import Fire
from anlan.sim.nature.forest.stencil import stencil

F64 = NDArray[np.float64]
Rows = NDArray[np.int64]
SECTORS = 360  # bearings are told apart to a degree


class Runs:
    """The running edge of a fire now, and how fast it leaves each of its cells."""

    def __init__(self, fire: Fire) -> None:
        self.ground: Ground = fire.ground
        self.cells = edge(fire)
        self.rows, self.cols = self.ground.row_col(self.cells)
        if self.cells.size:  # (n, directions) m/min
            self.m_min = self.ground.length_m / fire.prices.rows(self.cells)
            self.fastest_m_min = float(self.m_min.max())
        else:
            self.m_min, self.fastest_m_min = np.empty((0, 0)), 0.0

    def minutes_to(self, cells: Cells, beside_m: float, most_min: float = np.inf) -> F64:
        """(n,) minutes until the fire could be within `beside_m` of cells; inf where it never is,
        or later than `most_min`.
        """
        g = self.ground
        to_row, to_col = g.row_col(cells)
        near = self._near(
            to_row, to_col, (self.fastest_m_min * most_min + beside_m) / g.land.cell_m
        )
        if not (near.size and cells.size):
            return np.full(cells.size, np.inf)
        down, right = to_row[:, None] - self.rows[near], to_col[:, None] - self.cols[near]
        away_m = np.maximum(np.hypot(down, right) * g.land.cell_m - beside_m, 0.0)
        degree = np.degrees(portable.arctan2(right, -down)).astype(np.int64) % SECTORS
        rate = self.m_min[near, _nearest(len(g.steps))[degree]]
        with np.errstate(divide="ignore", invalid="ignore"):
            minutes = np.where(away_m > 0.0, away_m / rate, 0.0).min(axis=1)
        return np.where(minutes <= most_min, minutes, np.inf)

    def _near(self, rows: Rows, cols: Rows, reach: float) -> NDArray[np.intp]:
        """Which cells of the edge lie in the box round some others, widened by a reach."""
        if not rows.size:
            return np.empty(0, dtype=np.intp)
        high = (self.rows >= rows.min() - reach) & (self.rows <= rows.max() + reach)
        wide = (self.cols >= cols.min() - reach) & (self.cols <= cols.max() + reach)
        return np.flatnonzero(high & wide)


@cache
def _nearest(directions: int) -> NDArray[np.int64]:
    """(SECTORS,) the direction of the stencil that is nearest to each bearing."""
    bearing = np.radians(np.arange(SECTORS) + 0.5)[:, None]
    away = bearing - stencil(directions).bearing_rad
    off = np.abs((away + np.pi) % (2.0 * np.pi) - np.pi)
    return np.asarray(off.argmin(axis=1))
