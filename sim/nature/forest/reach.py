"""How soon a fire could be somewhere at its present rate: what those on the spot reckon with.

From each cell of the running edge fire is taken to go straight on at the rate at which it leaves
that cell in that direction, under this sky, whatever lies between. It is no forecast: the sky may
turn, and other fuel and slopes lie ahead.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from anlan.sim.nature.forest.edge import edge
from anlan.sim.nature.forest.ground import Cells, Ground
from anlan.sim.nature.forest.state import Fire

F64 = NDArray[np.float64]
SECTORS = 360  # bearings are told apart to a degree


def fastest_m_min(fire: Fire) -> float:
    """The quickest run anywhere on the edge, m/min; 0 where nothing runs."""
    cells = edge(fire)
    if not cells.size:
        return 0.0
    return float(np.max(fire.ground.length_m / fire.prices.rows(cells)))


def minutes_to(fire: Fire, cells: Cells, beside_m: float) -> F64:
    """(n,) minutes until the fire could be within `beside_m` of cells; inf where it never is."""
    run = edge(fire)
    if not (run.size and cells.size):
        return np.full(cells.size, np.inf)
    g = fire.ground
    rate_m_min = g.length_m / fire.prices.rows(run)
    rows, cols = g.row_col(run)
    to_row, to_col = g.row_col(cells)
    down, right = to_row[:, None] - rows, to_col[:, None] - cols
    away_m = np.maximum(np.hypot(down, right) * g.land.cell_m - beside_m, 0.0)
    degree = np.degrees(np.arctan2(right, -down)).astype(np.int64) % SECTORS
    rate = rate_m_min[np.arange(run.size), _directions(g)[degree]]
    with np.errstate(divide="ignore", invalid="ignore"):
        minutes = np.where(away_m > 0.0, away_m / rate, 0.0)
    return np.asarray(minutes.min(axis=1))


def _directions(g: Ground) -> NDArray[np.int64]:
    """(SECTORS,) the direction of the stencil that is nearest to each bearing."""
    bearing = np.radians(np.arange(SECTORS) + 0.5)[:, None]
    off = np.abs((bearing - g.stencil.bearing_rad + np.pi) % (2.0 * np.pi) - np.pi)
    return np.asarray(off.argmin(axis=1))
