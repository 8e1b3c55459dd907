"""The grid as the front walks it: a flat array with a border of cells that cannot burn.

The border is as wide as the longest step, so that a step from any cell of the map stays in the
array. Cell numbers are int32 places in the flat array.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from anlan.sim.nature.forest.stencil import Stencil, stencil
from anlan.sim.place.landscape.landscape import Landscape

Cells = NDArray[np.int32]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Ground:
    """A landscape under a stencil. Flat arrays have `size` places."""

    land: Landscape
    stencil: Stencil
    width: int  # of a row with its borders
    size: int
    steps: Cells  # (D,) what each step adds to a cell number
    length_m: NDArray[np.float64]  # (D,)
    gates: Cells  # (D, G, 2) cells that a step passes, relative to its start; see Stencil
    gate_of: Cells  # (P, 2) every (direction, cell passed) once; see `gates`
    around: Cells  # (8,) steps to the neighbours, anticlockwise from east
    onward: Cells  # (Q,) from a cell that steps pass, to where they lead
    burnable: Bools  # (size,)
    fuel: NDArray[np.int8]  # (size,) codes

    def flat(self, rows: Any, cols: Any) -> Cells:
        """Cell numbers of rows and columns."""
        reach = self.stencil.reach
        return np.asarray((np.asarray(rows) + reach) * self.width + cols + reach, dtype=np.int32)

    def row_col(self, cells: Any) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Rows and columns of cell numbers."""
        row, col = np.divmod(np.asarray(cells, dtype=np.int64), self.width)
        return row - self.stencil.reach, col - self.stencil.reach

    def map(self, flat: NDArray[Any]) -> NDArray[Any]:
        """A flat array as (rows, cols), a view without the border."""
        n = self.stencil.reach
        return flat.reshape(-1, self.width)[n:-n, n:-n]

    def pad(self, grid: NDArray[Any], border: float) -> NDArray[Any]:
        """A (rows, cols) array as a flat one, with a value in the border."""
        return np.pad(grid, self.stencil.reach, constant_values=border).ravel()


def ground(land: Landscape, directions: int = 16) -> Ground:
    """The ground of a landscape under a stencil of 16 or 32 directions."""
    st = stencil(directions)
    width = land.cols + 2 * st.reach
    steps = np.array([r * width + c for r, c in st.steps], dtype=np.int32)
    ks = land.fuels.column("ks")[land.fuel]
    gates = _gates(st, width)
    pairs = [(d, cell) for d in range(len(steps)) for cell in np.unique(gates[d]).tolist()]
    return Ground(
        land=land,
        stencil=st,
        width=width,
        size=(land.rows + 2 * st.reach) * width,
        steps=steps,
        length_m=st.length_cells * land.cell_m,
        gates=gates,
        gate_of=np.array(pairs, dtype=np.int32),
        around=np.array(
            [1, 1 - width, -width, -width - 1, -1, width - 1, width, width + 1], dtype=np.int32
        ),
        onward=np.unique(steps[:, None, None] - gates),
        burnable=np.pad(ks > 0.0, st.reach).ravel(),
        fuel=np.pad(land.fuel, st.reach).ravel(),
    )


def _gates(st: Stencil, width: int) -> Cells:
    """Gates as flat steps; a single cell stands twice, and the last gate fills the rest."""
    most = max(len(g) for g in st.gates)
    out = np.empty((len(st.steps), most, 2), dtype=np.int32)
    for d, gates in enumerate(st.gates):
        for k in range(most):
            gate = gates[min(k, len(gates) - 1)]
            out[d, k] = [r * width + c for r, c in (gate[0], gate[-1])]
    return out


def shut_steps(ground: Ground, direction: int, barred: Bools) -> Bools:
    """Whether a step from each cell in a direction is barred, given which cells are; (size,)."""
    out = np.zeros(ground.size, dtype=bool)
    for one, other in ground.gates[direction]:
        gate = np.roll(barred, -int(one))
        if other != one:
            gate = gate & np.roll(barred, -int(other))
        out |= gate
    return out
