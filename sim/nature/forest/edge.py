"""The edge of a fire: what it can reach next, how strongly it comes there, whether line holds it.

Crews ask these many times between two changes of the fire, so answers are kept (`state.Kept`).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from anlan.sim import portable
from anlan.sim.nature.forest.ground import Cells, Ground
from anlan.sim.nature.forest.intensity import intensity_kw_m
from anlan.sim.nature.forest.state import HELD_MIN, Fire

F64 = NDArray[np.float64]
Ints = NDArray[np.integer[Any]]


def contained(fire: Fire) -> bool:
    """Whether no cell is left that the fire can reach under this sky, within the map."""
    kept = fire.kept
    if kept.contained is None:
        reachable = bool((fire.label_min[fire.front] < HELD_MIN).any())
        kept.contained = not reachable and not fire.left_map
    return kept.contained


def edge(fire: Fire) -> Cells:
    """Cells beside the fire that it can reach and that have not burnt, in order of number."""
    kept = fire.kept
    if kept.beside is None:
        waiting = fire.front[fire.label_min[fire.front] > fire.time_min]
        lit = fire.label_min[waiting[:, None] + fire.ground.around] <= fire.time_min
        kept.beside = np.sort(waiting[lit.any(axis=1)])
    if kept.edge is None:
        kept.edge = kept.beside[fire.label_min[kept.beside] < HELD_MIN]
        kept.edge.flags.writeable = False
    return kept.edge


def edge_m(fire: Fire) -> float:
    """Length of the edge, metres.

    Each side of a cell between burnt ground and a cell of the edge counts pi/4 of its length: the
    sides crossed by a curve that runs in all directions alike are 4/pi as long as the curve
    (Cauchy-Crofton). For a circle of some cells' radius the count is right within some 5 %.
    """
    kept = fire.kept
    if kept.edge_cells is None:
        sides = fire.label_min[edge(fire)[:, None] + neighbours(fire.ground)[::2]] <= fire.time_min
        kept.edge_cells = float(np.count_nonzero(sides)) * math.pi / 4.0
    return kept.edge_cells * fire.ground.land.cell_m


def neighbours(g: Ground) -> Cells:
    """Steps to the eight neighbours, anticlockwise from east."""
    return g.around


def intensity_at_kw_m(fire: Fire, cells: Cells) -> F64:
    """Intensity of the fire that comes to cells from burning ones under this sky, kW/m; else 0.

    For cells that burn already: of the fire that came to them from what burnt before.

    Byram's rate is that of the front along its own normal: the steps' rates into the cell, each
    times the cosine to the normal, and of these the greatest (Huygens). The normal points away
    from what burns in the five by five cells around.
    """
    kept = fire.kept
    new = cells[kept.strength_of[cells] != kept.age]
    if new.size:
        kept.strength_kw_m[new] = _intensity_kw_m(fire, new)
        kept.strength_of[new] = kept.age
    return kept.strength_kw_m[cells]


def intensity_at_cell_kw_m(fire: Fire, cell: int) -> float:
    """`intensity_at_kw_m` of one cell."""
    if fire.kept.strength_of[cell] != fire.kept.age:
        intensity_at_kw_m(fire, np.array([cell], dtype=np.int32))
    return float(fire.kept.strength_kw_m[cell])


def _intensity_kw_m(fire: Fire, cells: Cells) -> F64:
    """`intensity_at_kw_m`, worked out anew. Line does not come into it: it holds, or not, after."""
    g = fire.ground
    starts = cells[:, None] - g.steps
    by_min = np.minimum(fire.label_min[cells], fire.time_min)[:, None]
    i, d = np.nonzero(fire.label_min[starts] <= by_min)
    away = _normal_rad(fire, cells, by_min)[i]
    cost = fire.prices.steps(starts[i, d], d)
    towards = np.maximum(portable.cos(g.stencil.bearing_rad[d] - away), 0.0)
    out = np.zeros(cells.size)
    np.maximum.at(out, i, towards * step_intensity_kw_m(fire, starts[i, d], d, cost))
    return out


_ROUND = np.array([(r, c) for r in range(-2, 3) for c in range(-2, 3) if (r, c) != (0, 0)])
# Each cell's pull west and north, by the inverse square of its distance: 40 over 1, 2, 4, 5 or 8,
# whole numbers, so that sums are exact and do not hang on how many cells are asked at once.
_PULL = 40 // np.square(_ROUND).sum(axis=1)[:, None] * np.array([1, -1]) * _ROUND


def _normal_rad(fire: Fire, cells: Cells, by_min: F64) -> F64:
    """The bearing away from what burns around cells by a time of each, (n, 1)."""
    row, col = _ROUND.T
    around = cells[:, None] + (row * fire.ground.width + col).astype(np.int32)
    north, east = ((fire.label_min[around] <= by_min) @ _PULL.astype(np.float64)).T
    return portable.arctan2(east, north)


def step_intensity_kw_m(fire: Fire, cells: Cells, directions: Ints, cost: F64) -> F64:
    """Fireline intensity of the fire that leaves cells in directions, crowns included, kW/m."""
    g = fire.ground
    rate = g.length_m[directions] / cost
    heat = fire.prices.heat_kj_m2[g.fuel[cells]] + fire.prices.crown_kj_m2(cells, directions)
    return np.asarray(intensity_kw_m(heat, rate))
