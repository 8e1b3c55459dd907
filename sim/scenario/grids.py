"""Raster files: ESRI ASCII grids with a parser of our own, GeoTIFF through rasterio (an extra)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any
from warnings import catch_warnings, simplefilter

import numpy as np
from numpy.typing import NDArray

from anlan.sim.scenario.clock import great_circle_km
from anlan.sim.scenario.errors import bad, shown, worded
from anlan.sim.scenario.registry import Raster
from anlan.sim.scenario.tables import read_text

Corner = tuple[float, float]  # longitude, latitude of a grid's south-west corner
WGS84 = "EPSG:4326"
# How far the corner that a GeoTIFF names may lie from [forest] lon, lat: rounding to 0.01 degrees
# moves it by some 1.5 km; a fire on ground further off is one on other ground.
MAX_OFF_KM = 2.0
# Share by which a cell's side on the ground may differ from what the file says. UTM and CGCS2000 /
# Gauss-Krueger stay within 0.1 %, Web Mercator is off by 18 % at 32 N.
MAX_STRETCH = 0.02
MAX_CELLS = 25_000_000  # 5,000 x 5,000; a larger grid is surely not a district's
# A cell below this is a grid in degrees, whose cells are not square on the ground.
MIN_CELL_M = 0.1
TIFF = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")  # what a TIFF begins with, a large one as well
REQUIRED = ("ncols", "nrows", "cellsize")
SIDES = ("dx", "dy")  # what GDAL writes for cellsize where the sides may differ
KEYS = {*REQUIRED, *SIDES, "xllcorner", "yllcorner", "xllcenter", "yllcenter", "nodata_value"}
HEADER_LINES = 7  # with dx and dy
SQUARE = 1e-6  # share by which the sides of a square cell may differ, by rounding


@dataclass(frozen=True)
class Grid:
    """Values of shape (rows, cols), row 0 the northernmost, NaN in holes."""

    values: NDArray[np.float64]
    cell_m: float
    x_m: float  # of the south-west corner, in the file's own frame
    y_m: float
    file: str


def read_grids(
    folder: Path, rasters: Mapping[str, Raster], corner: Corner | None = None
) -> dict[str, str]:
    """A landscape's grids as ESRI ASCII text, whatever kind of file they are. Raises BadInput.

    corner: where their south-west corner is said to lie; files that say it too must agree.
    """
    found = {}
    for file, raster in rasters.items():
        stem = file.removesuffix(".asc")
        tif = _geotiff_of(folder, stem)
        if tif is not None:
            found[file] = as_ascii_grid(read_grid(folder, tif, corner))
            continue
        text = read_text(folder, file)
        if text is not None:
            found[file] = text
        elif not raster.optional:
            raise bad(worded("the file is missing; give an ESRI ASCII grid"), file)
    return found


def _geotiff_of(folder: Path, stem: str) -> str | None:
    """The name of the GeoTIFF of a raster, in small or large letters; None without one."""
    names = {f"{stem}.tif", f"{stem}.tiff"}
    return next((p.name for p in sorted(folder.iterdir()) if p.name.lower() in names), None)


def read_grid(folder: Path, file: str, corner: Corner | None = None) -> Grid:
    """A grid by its suffix: .asc, or .tif/.tiff, which must lie where `corner` says.

    Raises BadInput.
    """
    suffix = Path(file).suffix.lower()
    if suffix == ".asc":
        text = read_text(folder, file)
        if text is None:
            raise bad(worded("the file is missing; give an ESRI ASCII grid"), file)
        return parse_ascii_grid(text, file)
    if suffix in (".tif", ".tiff"):
        return _read_geotiff(folder, file, corner)
    raise bad(
        worded(
            "a grid of kind {value}; give .asc or .tif", value=shown(suffix) or worded("(none)")
        ),
        file,
    )


def parse_ascii_grid(text: str, file: str = "grid.asc") -> Grid:
    """An ESRI ASCII grid. Raises BadInput for anything that is not one."""
    lines = text.splitlines()
    header, used = _header(lines, file)
    rows, cols = _count(header, "nrows", file), _count(header, "ncols", file)
    if rows * cols > MAX_CELLS:
        raise bad(
            worded(
                "{rows} x {cols} cells; give at most {most:,}",
                rows=rows,
                cols=cols,
                most=MAX_CELLS,
            ),
            file,
        )
    values = _values(lines, used, file)
    if values.size != rows * cols:
        _check_rows(lines, used, rows, cols, file)
        raise bad(
            worded(
                "{size} values, but nrows x ncols is {rows} x {cols}",
                size=values.size,
                rows=rows,
                cols=cols,
            ),
            file,
        )
    cell = header["cellsize"]
    _check_cell(cell, file)
    values[values == header.get("nodata_value", -9999.0)] = np.nan
    half = 0.5 * cell
    x = header.get("xllcorner", header.get("xllcenter", half) - half)
    y = header.get("yllcorner", header.get("yllcenter", half) - half)
    return Grid(values.reshape(rows, cols), cell, x, y, file)


def _header(lines: list[str], file: str) -> tuple[dict[str, float], int]:
    """(its numbers by lower-case key, how many lines it takes)."""
    found: dict[str, float] = {}
    used = 0
    for line in lines[:HEADER_LINES]:
        words = line.split()
        if not words or _is_number(words[0]):
            break
        used += 1
        key = words[0].lower()
        if key not in KEYS:
            raise bad(
                worded("{words} is no key of an ESRI ASCII grid", words=shown(words[0])), file, used
            )
        if len(words) != 2 or not _is_number(words[1]) or not np.isfinite(float(words[1])):
            raise bad(worded("{line} needs one number after the key", line=shown(line)), file, used)
        if key in found:
            raise bad(worded("{words} is there twice", words=words[0]), file, used)
        found[key] = float(words[1])
    _take_sides(found, file)
    for key in REQUIRED:
        if key not in found:
            raise bad(worded("the header has no {key}; this is no ESRI ASCII grid", key=key), file)
    return found, used


def _take_sides(header: dict[str, float], file: str) -> None:
    """Puts the cellsize in the place of dx and dy. Raises BadInput where they differ."""
    dx, dy = (header.get(side) for side in SIDES)
    if "cellsize" in header or dx is None or dy is None:
        return
    if abs(dx - dy) > SQUARE * abs(dx):
        problem = worded(
            "cells of {dx:g} x {dy:g}; give square ones (dx = dy, or cellsize)", dx=dx, dy=dy
        )
        raise bad(problem, file)
    header["cellsize"] = dx


def _is_number(word: str) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return True


def _count(header: dict[str, float], key: str, file: str) -> int:
    value = header[key]
    if value != int(value) or value < 1:
        raise bad(
            worded("{key} is {value:g}; give a whole number, 1 or more", key=key, value=value), file
        )
    return int(value)


def _check_cell(cell: float, file: str) -> None:
    if not cell > 0.0:
        raise bad(worded("cellsize is {cell:g}; give a size above 0", cell=cell), file)
    if cell < MIN_CELL_M:
        raise bad(
            worded(
                "cellsize {cell:g} looks like degrees; project the grid to metres (UTM, CGCS2000)",
                cell=cell,
            ),
            file,
        )


def _values(lines: list[str], used: int, file: str) -> NDArray[np.float64]:
    """All values below the header. Raises BadInput naming the line of one that is no number."""
    try:
        values = np.array(" ".join(lines[used:]).split(), dtype=np.float64)
    except ValueError:
        for number, line in enumerate(lines[used:], used + 1):
            if wrong := [w for w in line.split() if not _is_number(w)]:
                raise bad(
                    worded("{wrong} is not a number", wrong=shown(wrong[0])), file, number
                ) from None
        raise
    if not np.isfinite(values).all():
        number = next(
            n
            for n, line in enumerate(lines[used:], used + 1)
            if not np.isfinite([float(word) for word in line.split()]).all()
        )
        raise bad(worded("a value is nan or inf; mark holes with NODATA_value"), file, number)
    return values


def _check_rows(lines: list[str], used: int, rows: int, cols: int, file: str) -> None:
    """Where each row has a line of its own, raises BadInput naming the first of another length."""
    filled = [(n, len(line.split())) for n, line in enumerate(lines[used:], used + 1) if line]
    for number, count in filled if len(filled) == rows else ():
        if count != cols:
            raise bad(
                worded("{count} values, but ncols is {cols}", count=count, cols=cols), file, number
            )


def _read_geotiff(folder: Path, file: str, corner: Corner | None) -> Grid:
    """The first band of a GeoTIFF in metres, north up."""
    try:
        rasterio: Any = import_module("rasterio")
    except ImportError:
        raise bad(
            worded("a GeoTIFF needs rasterio; run pip install rasterio, or give an .asc grid"), file
        ) from None
    path = folder / file
    if not path.is_file() or not path.resolve().is_relative_to(folder.resolve()):
        raise bad(worded("the file is missing; give a GeoTIFF"), file)
    try:
        with catch_warnings():
            simplefilter("ignore")  # what it warns of is looked at below
            with rasterio.open(path) as data:
                _check_count(data, file)
                values = np.asarray(data.read(1, masked=True).astype(np.float64).filled(np.nan))
                t, crs = data.transform, data.crs
                bottom = data.bounds.bottom
    except rasterio.errors.RasterioError as error:
        raise bad(_unreadable(path, _said(error)), file) from None
    if crs is None and t.is_identity:
        problem = worded(
            "does not say where it lies (no projection, no corner); export it with both, or give "
            "an .asc grid"
        )
        raise bad(problem, file)
    if t.b != 0.0 or t.d != 0.0 or t.e >= 0.0:
        raise bad(worded("is turned; give a grid with north up"), file)
    if (crs is not None and crs.is_geographic) or abs(t.a + t.e) > 1e-6 * abs(t.a):
        raise bad(worded("its cells are not square metres; project the grid (UTM, CGCS2000)"), file)
    _check_cell(t.a, file)
    if crs is not None:
        _check_ground(crs, (float(t.c), float(bottom)), (float(t.a), values.shape), corner, file)
    return Grid(values, float(t.a), float(t.c), float(bottom), file)


def _check_count(data: Any, file: str) -> None:
    """Raises BadInput for more cells than a district has, before they are read."""
    if data.width * data.height > MAX_CELLS:
        problem = worded(
            "{height} x {width} cells; give at most {most:,}",
            height=data.height, width=data.width, most=MAX_CELLS,
        )  # fmt: skip
        raise bad(problem, file)


def _unreadable(path: Path, said: str) -> str:
    """What to say of a file that the raster library cannot read, with its own words in quotes."""
    with path.open("rb") as file:
        begin = file.read(len(TIFF[0]))
    if not begin:
        return worded("the file is empty; give a GeoTIFF")
    if begin not in TIFF:
        return worded(
            "is no GeoTIFF; give one, or an .asc grid (the raster library: '{said}')", said=said
        )
    return worded(
        "is cut short or damaged; copy or export it anew (the raster library: '{said}')", said=said
    )


def _said(error: BaseException) -> str:
    """The words of the raster library; where an error has another behind it, those of that."""
    return shown(error.__cause__ or error)


def _check_ground(
    crs: Any, origin: tuple[float, float], size: tuple[float, tuple[int, ...]],
    corner: Corner | None, file: str,
) -> None:  # fmt: skip
    """Whether a grid lies where `corner` says, and its cells are as long on the ground as it says.

    Raises BadInput.
    """
    (x, y), (cell, (rows, cols)) = origin, size
    transform: Any = import_module("rasterio.warp").transform
    try:
        lons, lats = transform(crs, WGS84, [x, x + cols * cell, x], [y, y, y + rows * cell])
    except Exception as error:  # whatever the library makes of a frame that it does not know
        problem = worded(
            "its projection is not known; project the grid (UTM, CGCS2000) (the raster library: "
            "'{said}')",
            said=_said(error),
        )
        raise bad(problem, file) from None
    for to, cells in ((1, cols), (2, rows)):
        ground_m = 1000.0 * great_circle_km(lons[0], lats[0], lons[to], lats[to]) / cells
        if abs(ground_m / cell - 1.0) > MAX_STRETCH:
            raise bad(
                worded(
                    "a cell of {cell:g} is {ground_m:.4g} m on the ground ({crs}); project the "
                    "grid to true metres (UTM, CGCS2000)",
                    cell=cell,
                    ground_m=ground_m,
                    crs=shown(crs),
                ),
                file,
            )
    if corner is not None and (off := great_circle_km(*corner, lons[0], lats[0])) > MAX_OFF_KM:
        raise bad(
            worded(
                "its south-west corner lies at {lons:.4f}, {lats:.4f}, {off:,.0f} km from lon, "
                "lat of [forest] ({corner_lon:g}, {corner_lat:g}); make the two agree",
                lons=lons[0],
                lats=lats[0],
                off=off,
                corner_lon=corner[0],
                corner_lat=corner[1],
            ),
            file,
        )


def as_ascii_grid(grid: Grid) -> str:
    """A grid as ESRI ASCII text, holes as -9999."""
    rows, cols = grid.values.shape
    head = (
        f"ncols {cols}\nnrows {rows}\nxllcorner {grid.x_m!r}\nyllcorner {grid.y_m!r}\n"
        f"cellsize {grid.cell_m!r}\nNODATA_value -9999\n"
    )
    values = np.where(np.isfinite(grid.values), grid.values, -9999.0)
    return head + "\n".join(" ".join(f"{v:.6g}" for v in row) for row in values) + "\n"
