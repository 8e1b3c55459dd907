"""The landscape that burns: one frozen set of grids on square cells, row 0 the northernmost."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from anlan.sim import portable
from anlan.sim.place.landscape.fuels import Fuels
from anlan.sim.scenario.errors import bad, shown, worded
from anlan.sim.scenario.grids import Grid

F32 = NDArray[np.float32]
Floats = NDArray[np.floating[Any]]
Bools = NDArray[np.bool_]
Codes = NDArray[np.int8]

M_PER_DEGREE = 6371008.8 * np.pi / 180.0  # of latitude, on the mean sphere
# Metres of elevation that a grid of the earth can hold; beyond is a slip.
ELEVATION_M = (-500.0, 9000.0)


@dataclass(frozen=True)
class Landscape:
    """Grids of shape (rows, cols). The south-west corner lies at (lon, lat)."""

    cell_m: float
    elevation_m: F32
    slope_deg: F32
    aspect_deg: F32  # bearing of the steepest way up; 0 where flat
    fuel: Codes  # code of the fuels table; 0 cannot burn
    moisture_factor: F32  # multiplies the rate of spread; 1 where nothing is known
    forest: Bools  # counts as forest when damaged
    fuels: Fuels
    lon: float = 0.0
    lat: float = 0.0
    metadata: dict[str, str] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        """Number of rows."""
        return int(self.fuel.shape[0])

    @property
    def cols(self) -> int:
        """Number of columns."""
        return int(self.fuel.shape[1])

    @property
    def cell_ha(self) -> float:
        """Area of a cell, ha."""
        return self.cell_m * self.cell_m / 1e4

    def cell_at(self, lon: float, lat: float) -> tuple[int, int]:
        """(row, column) of a place; it may lie outside the map."""
        x, y = self.metres(lon, lat)
        return self.rows - 1 - int(np.floor(y / self.cell_m)), int(np.floor(x / self.cell_m))

    def metres(self, lon: float, lat: float) -> tuple[float, float]:
        """(east, north) of the south-west corner, m, on a plane that touches there."""
        return metres_from(self.lon, self.lat, lon, lat)

    def place(self, row: float, col: float) -> tuple[float, float]:
        """(lon, lat) of a cell's centre (or of any point, in cells)."""
        lat = self.lat + (self.rows - 0.5 - row) * self.cell_m / M_PER_DEGREE
        a_degree = M_PER_DEGREE * portable.cos(np.radians(self.lat))
        return float(self.lon + (col + 0.5) * self.cell_m / a_degree), float(lat)


def metres_from(lon0: float, lat0: float, lon: float, lat: float) -> tuple[float, float]:
    """(east, north) of one point from another, m, on a plane that touches at the first."""
    east = (lon - lon0) * M_PER_DEGREE * portable.cos(np.radians(lat0))
    return float(east), float((lat - lat0) * M_PER_DEGREE)


def landscape(
    elevation_m: Floats,
    fuel: NDArray[Any],
    cell_m: float,
    fuels: Fuels,
    moisture_factor: Floats | None = None,
    lon: float = 0.0,
    lat: float = 0.0,
    metadata: dict[str, str] | None = None,
    files: tuple[str, str, str] = ("landscape", "landscape", "landscape"),
) -> Landscape:
    """A landscape from arrays of shape (rows, cols). Raises BadInput.

    A hole (NaN) in the elevation is allowed only where nothing burns (open water): the slope
    beside it is taken from its nearest known cells. files: what errors call the elevation, the
    fuel and the moisture.
    """
    file = files[0]
    codes = _codes(fuel, fuels, files[1])
    known = _elevation(np.asarray(elevation_m, dtype=np.float64), codes, file)
    if not (np.isfinite(cell_m) and cell_m > 0.0):
        raise bad(worded("a cell of {cell_m:g} m; give a size above 0", cell_m=cell_m), file)
    moisture = np.ones(codes.shape, np.float32)
    if moisture_factor is not None:
        moisture = _moisture(np.asarray(moisture_factor, dtype=np.float32), codes, files[2])
    slope, aspect = slope_and_aspect_deg(known, cell_m)
    wood = fuels.column("is_forest")[codes] > 0
    return Landscape(
        float(cell_m), known.astype(np.float32), slope, aspect, codes, moisture, wood, fuels,
        lon, lat, dict(metadata or {}),
    )  # fmt: skip


def _codes(fuel: NDArray[Any], fuels: Fuels, file: str) -> Codes:
    """Fuel codes as bytes; NaN is what cannot burn."""
    values = np.nan_to_num(np.asarray(fuel, dtype=np.float64), nan=0.0)
    if values.ndim != 2 or values.size == 0:
        raise bad(
            worded("a grid of shape {shape}; give rows and columns", shape=values.shape), file
        )
    if wrong := sorted(set(np.unique(values).tolist()) - fuels.codes):
        row, col = np.argwhere(values == wrong[0])[0]
        listed = ", ".join(f"{r.code} {r.fuel}" for r in fuels.rows)
        problem = worded(
            "{where} has fuel {code:g}; valid: {listed}",
            where=where(row, col),
            code=wrong[0],
            listed=listed,
        )
        raise bad(problem, file)
    return values.astype(np.int8)


def _elevation(elevation: NDArray[np.float64], codes: Codes, file: str) -> NDArray[np.float64]:
    """The elevation without holes."""
    if elevation.shape != codes.shape:
        problem = worded(
            "elevation has {size}, fuel {fuel}; give grids of one size",
            size=_size(elevation.shape),
            fuel=_size(codes.shape),
        )
        raise bad(problem, file)
    hole = ~np.isfinite(elevation)
    burnable = hole & (codes != 0)
    if burnable.any():
        row, col = np.argwhere(burnable)[0]
        problem = worded(
            "the elevation has a hole at {where} ({cells} such cells) where fuel can burn; fill "
            "it, or give fuel 0 there",
            where=where(row, col),
            cells=int(burnable.sum()),
        )
        raise bad(problem, file)
    if hole.all():
        raise bad(worded("no cell has an elevation; give at least one"), file)
    if hole.any():
        from scipy.ndimage import distance_transform_edt

        at = distance_transform_edt(hole, return_distances=False, return_indices=True)
        elevation = elevation[tuple(at)]
    low, high = ELEVATION_M
    if (wrong := (elevation < low) | (elevation > high)).any():
        row, col = np.argwhere(wrong)[0]
        problem = worded(
            "an elevation of {height_m:g} m at {where}; give {low:g} to {high:g}, and mark holes "
            "with NODATA_value",
            height_m=elevation[row, col],
            where=where(row, col),
            low=low,
            high=high,
        )
        raise bad(problem, file)
    return elevation


def _moisture(factor: F32, codes: Codes, file: str) -> F32:
    if factor.shape != codes.shape:
        problem = worded(
            "the moisture factor has {size}, fuel {fuel}; give grids of one size",
            size=_size(factor.shape),
            fuel=_size(codes.shape),
        )
        raise bad(problem, file)
    wrong = ~(np.isfinite(factor) & (factor > 0.0)) & (codes != 0)
    if wrong.any():
        row, col = np.argwhere(wrong)[0]
        raise bad(
            worded("the moisture factor at {where} is not above 0", where=where(row, col)), file
        )
    return np.where(codes == 0, np.float32(1.0), factor).astype(np.float32)


def _size(shape: tuple[int, ...]) -> str:
    return " x ".join(str(n) for n in shape)


def where(row: int, col: int) -> str:
    """How an error names a cell: counted from 1, from the north-west; "row" is a file's line."""
    return worded("grid row {row}, grid column {column}", row=int(row) + 1, column=int(col) + 1)


def slope_and_aspect_deg(elevation_m: NDArray[np.float64], cell_m: float) -> tuple[F32, F32]:
    """(slope, bearing of the steepest way up), degrees (Horn 1981; planes go on at the border)."""
    z = elevation_m
    for axis in (0, 1):
        width = [(0, 0), (0, 0)]
        width[axis] = (1, 1)
        if z.shape[axis] > 1:
            z = np.pad(z, width, mode="reflect", reflect_type="odd")
        else:
            z = np.pad(z, width, mode="edge")
    west, mid, east = z[:, :-2], z[:, 1:-1], z[:, 2:]
    across = east - west
    to_east = (across[:-2] + 2.0 * across[1:-1] + across[2:]) / (8.0 * cell_m)
    along = west + 2.0 * mid + east
    to_north = (along[:-2] - along[2:]) / (8.0 * cell_m)
    slope = np.degrees(portable.arctan(np.hypot(to_east, to_north)))
    aspect = np.degrees(portable.arctan2(to_east, to_north)) % 360.0
    return slope.astype(np.float32), aspect.astype(np.float32)


def same_frame(one: Grid, other: Grid) -> None:
    """Refuses grids that do not lie on each other."""
    if one.values.shape != other.values.shape:
        problem = worded(
            "{size} cells, but {file} has {other}; give grids of one size",
            size=_size(other.values.shape),
            file=shown(one.file),
            other=_size(one.values.shape),
        )
        raise bad(problem, other.file)
    if abs(one.cell_m - other.cell_m) > 1e-6 * one.cell_m:
        problem = worded(
            "cells of {cell_m:g} m, but {file} has {other_m:g} m; give one size",
            cell_m=other.cell_m,
            file=shown(one.file),
            other_m=one.cell_m,
        )
        raise bad(problem, other.file)
    apart = max(abs(one.x_m - other.x_m), abs(one.y_m - other.y_m))
    if apart > 0.5 * one.cell_m:
        problem = worded(
            "its corner lies {apart_m:g} m from that of {file}; give one frame",
            apart_m=apart,
            file=shown(one.file),
        )
        raise bad(problem, other.file)
