"""Water on the streets: runoff by the curve number, drained by gravity and by pumps.

Each community is one cell. What runs off and is not drained stands in its low places, a
share of its area. Pumps stop with the power unless there is a generator; sluices shut while
the sea stands high. Water that comes over the sea wall fills the cell to the sea's level.
Water does not run on to the next cell.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from anlan.sim.forcing.wind import Floats, Real

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
Bools = NDArray[np.bool_]


def runoff_mm(rain_mm: Real, curve_number: Real) -> Floats:
    """Runoff of rain fallen since the start, mm (SCS curve number, TR-55: Ia = 0.2 S)."""
    rain = np.asarray(rain_mm)
    storage = 25400.0 / np.asarray(curve_number) - 254.0
    excess = np.maximum(rain - 0.2 * storage, 0.0)
    # Where nothing runs off the quotient is 0 / S; where S is 0 too (paved), rain runs off whole.
    return np.asarray(excess**2 / np.maximum(excess + storage, 1e-12))


class Cell(NamedTuple):
    """What became of the water. Millimetres over the community's area."""

    stored_mm: F32  # (T, C) at the end of each tick
    runoff_mm: F64  # (C,) from rain, over the run
    from_sea_mm: F64  # (C,) over the run
    drained_mm: F64  # (C,) by gravity, over the run
    pumped_mm: F64  # (C,) over the run


def balance(
    rain_mm: F32,
    curve_number: Floats,
    drain_mm: Floats,
    pump_mm: Floats,
    gates_open: Bools,
    pumps_on: Bools,
    sea_mm: F32 | None = None,
) -> Cell:
    """Fill and empty every cell tick by tick: runoff + from the sea = stored + drained + pumped.

    rain_mm: (T, C) in each tick. drain_mm, pump_mm: (C,) capacity a tick. gates_open: (T,).
    pumps_on: (T, C). sea_mm: (T, C), the least that the sea fills a cell to, or None.
    """
    ticks, places = rain_mm.shape
    fallen = np.cumsum(rain_mm, axis=0, dtype=np.float64)
    # Rounding never takes runoff back.
    ran: F64 = np.maximum.accumulate(runoff_mm(fallen, curve_number), axis=0)
    fresh = np.diff(ran, axis=0, prepend=0.0)
    wet = fresh.any(axis=1)
    if sea_mm is not None:
        wet |= (sea_mm > 0.0).any(axis=1)
    can_pump = pump_mm * pumps_on
    stored, out = np.zeros(places), np.empty(places)
    drained, pumped, sea = np.zeros(places), np.zeros(places), np.zeros(places)
    levels = np.zeros((ticks, places), dtype=np.float32)
    empty = True
    steps = zip(wet.tolist(), gates_open.tolist(), fresh, can_pump, levels, strict=True)
    for t, (comes, gate, inflow, most_mm, level) in enumerate(steps):
        if empty and not comes:
            continue
        stored += inflow
        if sea_mm is not None:
            rise = np.maximum(sea_mm[t] - stored, 0.0)
            stored += rise
            sea += rise
        if gate:
            np.minimum(stored, drain_mm, out=out)
            stored -= out
            drained += out
        np.minimum(stored, most_mm, out=out)
        stored -= out
        pumped += out
        level[:] = stored
        empty = not comes and not stored.any()
    return Cell(levels, ran[-1], sea, drained, pumped)


def street_depth_m(stored_mm: F32, ponding_share: float) -> F32:
    """Depth in the low places, m, of water stored over the whole area in mm."""
    return stored_mm * np.float32(0.001 / ponding_share)


def road_depth_m(
    depth_m: F32,
    from_place: NDArray[np.int64],
    to_place: NDArray[np.int64],
    dip_m: F32,
    dip_full_m: float,
) -> F32:
    """Depth at a road's lowest point, (T, R): that of the deeper end, and of its dip.

    The dip fills as the water rises, and is full once the deeper end stands `dip_full_m` deep.
    """
    depth = np.maximum(depth_m[:, from_place], depth_m[:, to_place])
    fill = np.minimum(depth * np.float32(1.0 / dip_full_m), np.float32(1.0))
    fill *= dip_m
    fill += depth
    return np.maximum(fill, np.float32(0.0), out=fill)
