"""Wrong grids, fuels, weather and ignitions: one line that says where and what is right."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from anlan.sim.forcing.fire_weather import steady, weather
from anlan.sim.nature.forest import spread
from anlan.sim.nature.forest.ground import ground
from anlan.sim.nature.forest.rates import wang_mao_rates
from anlan.sim.place.landscape.fuels import read_fuels
from anlan.sim.place.landscape.landscape import Landscape, landscape, same_frame
from anlan.sim.place.landscape.synthetic import synthetic
from anlan.sim.scenario import grids
from anlan.sim.scenario.errors import BadInput
from tests.chinese import english

FUELS = read_fuels()
GOOD = "ncols 3\nnrows 2\nxllcorner 100\nyllcorner 200\ncellsize 30\nNODATA_value -9999\n"
HEIGHTS = "1 2 3\n4 5 6\n"
CODES = "4 4 4\n4 0 4\n"


def one_line(error: pytest.ExceptionInfo[BadInput]) -> str:
    text = str(error.value)
    assert "\n" not in text
    assert english(error.value) == []
    return text


def folder(tmp_path: Path, heights: str = GOOD + HEIGHTS, codes: str = GOOD + CODES) -> Path:
    (tmp_path / "elevation.asc").write_text(heights, encoding="utf-8")
    (tmp_path / "fuel.asc").write_text(codes, encoding="utf-8")
    return tmp_path


def read_landscape(folder: Path) -> Landscape:
    """Grids of a folder one on the other, as `land.py` puts those of a scenario together."""
    height, fuel = (grids.read_grid(folder, name) for name in ("elevation.asc", "fuel.asc"))
    same_frame(height, fuel)
    files = ("elevation.asc", "fuel.asc", "")
    return landscape(height.values, fuel.values, height.cell_m, FUELS, files=files)


def test_a_grid_is_read_north_up_with_its_corner(tmp_path: Path) -> None:
    land = read_landscape(folder(tmp_path))
    assert (land.rows, land.cols, land.cell_m) == (2, 3, 30.0)
    assert land.elevation_m[0].tolist() == [1.0, 2.0, 3.0]
    assert land.fuel.tolist() == [[4, 4, 4], [4, 0, 4]]
    assert land.forest.tolist() == [[True, True, True], [True, False, True]]
    grid = grids.read_grid(tmp_path, "elevation.asc")
    assert (grid.x_m, grid.y_m) == (100.0, 200.0)


def test_a_grid_by_its_cells_centre_has_the_same_corner() -> None:
    text = GOOD.replace("xllcorner 100", "xllcenter 115").replace("yllcorner 200", "yllcenter 215")
    grid = grids.parse_ascii_grid(text + HEIGHTS)
    assert (grid.x_m, grid.y_m) == (100.0, 200.0)


def test_a_hole_is_refused_where_fuel_burns_and_filled_where_none_does(tmp_path: Path) -> None:
    heights = GOOD + "1 2 3\n4 -9999 6\n"
    land = read_landscape(folder(tmp_path, heights))
    assert np.isfinite(land.elevation_m).all()
    with pytest.raises(BadInput) as error:
        read_landscape(folder(tmp_path, heights, GOOD + "4 4 4\n4 4 4\n"))
    assert "hole at grid row 2, grid column 2" in one_line(error)


SLIPS = {
    "short": (GOOD + "1 2 3\n4 5\n", "row 8: 2 values, but ncols is 3"),
    "one row for two": (GOOD + "1 2 3 4 5\n", "5 values, but nrows x ncols is 2 x 3"),
    "word": (GOOD + "1 2 3\n4 five 6\n", "row 8: five is not a number"),
    "nan": (GOOD + "1 2 3\n4 nan 6\n", "nan or inf"),
    "no cellsize": (GOOD.replace("cellsize 30\n", "") + HEIGHTS, "no cellsize"),
    "degrees": (GOOD.replace("30", "0.0003") + HEIGHTS, "looks like degrees"),
    "negative cell": (GOOD.replace("30", "-30") + HEIGHTS, "cellsize is -30"),
    "half a row": (GOOD.replace("nrows 2", "nrows 1.5") + HEIGHTS, "nrows is 1.5"),
    "huge": (GOOD.replace("nrows 2", "nrows 20000000") + HEIGHTS, "give at most"),
    "other key": (GOOD.replace("xllcorner", "xllkorner") + HEIGHTS, "xllkorner is no key"),
    "no key": ("a picture\nof a hill\n", "is no key"),
    "empty": (" \n", "empty"),
    "too high": (GOOD + "1 2 3\n4 5 99999\n", "99999 m at grid row 2, grid column 3"),
}


@pytest.mark.parametrize("slip", SLIPS)
def test_a_grid_with_a_slip_is_refused_in_one_line(slip: str, tmp_path: Path) -> None:
    text, said = SLIPS[slip]
    with pytest.raises(BadInput) as error:
        read_landscape(folder(tmp_path, text))
    assert said in one_line(error)
    assert "elevation.asc" in one_line(error)


def test_grids_that_do_not_lie_on_each_other_are_refused(tmp_path: Path) -> None:
    wide = GOOD.replace("ncols 3", "ncols 4") + "4 4 4 4\n4 4 4 4\n"
    coarse = GOOD.replace("cellsize 30", "cellsize 90") + CODES
    away = GOOD.replace("xllcorner 100", "xllcorner 1000") + CODES
    for codes, said in ((wide, "2 x 4 cells"), (coarse, "cells of 90 m"), (away, "900 m from")):
        with pytest.raises(BadInput) as error:
            read_landscape(folder(tmp_path, codes=codes))
        assert said in one_line(error)


def test_a_fuel_that_no_table_knows_is_refused(tmp_path: Path) -> None:
    for codes in ("4 4 4\n4 99 4\n", "4 4 4\n4 1.5 4\n"):
        with pytest.raises(BadInput) as error:
            read_landscape(folder(tmp_path, codes=GOOD + codes))
        assert "grid row 2, grid column 2 has fuel" in one_line(error)


def test_a_file_of_another_kind_and_a_missing_one_are_refused(tmp_path: Path) -> None:
    for file in ("hill.png", "hill.asc", "hill.tif"):
        with pytest.raises(BadInput) as error:
            grids.read_grid(tmp_path, file)
        assert file in one_line(error)


def test_a_geotiff_without_rasterio_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def without(name: str, *rest: Any) -> Any:
        if name == "rasterio":
            raise ImportError(name)
        return importlib.import_module(name, *rest)

    monkeypatch.setattr(grids, "import_module", without)
    with pytest.raises(BadInput) as error:
        grids.read_grid(tmp_path, "hill.tif")
    assert "pip install rasterio" in one_line(error)


def test_a_geotiff_gives_what_the_text_grid_gives(tmp_path: Path) -> None:
    rasterio = pytest.importorskip("rasterio")
    values = np.array([[1, 2, 3], [4, -9999, 6]], np.float32)
    with rasterio.open(
        tmp_path / "hill.tif", "w", driver="GTiff", height=2, width=3, count=1,
        dtype="float32", nodata=-9999.0,
        transform=rasterio.transform.from_origin(100, 260, 30, 30),
    ) as out:  # fmt: skip
        out.write(values, 1)
    grid = grids.read_grid(tmp_path, "hill.tif")
    text = grids.parse_ascii_grid(GOOD + "1 2 3\n4 -9999 6\n")
    np.testing.assert_array_equal(grid.values, text.values)
    assert (grid.cell_m, grid.x_m, grid.y_m) == (text.cell_m, text.x_m, text.y_m)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ((0, 30, 40, 400, 0), "wind_ms: 400 is no weather; give 0 to 75"),
        ((0, 30, 140, 4, 0), "humidity_pct"),
        ((0, 300, 40, 4, 0), "temperature_c"),
        ((0, 30, 40, float("nan"), 0), "nan is no number"),
        ((0, 30, 40, -1, 0), "wind_ms"),
    ],
)
def test_weather_that_cannot_be_is_refused(row: tuple[float, ...], said: str) -> None:
    with pytest.raises(BadInput) as error:
        weather([row])  # type: ignore[list-item]
    assert said in one_line(error)


def test_weather_out_of_order_or_without_rows_is_refused() -> None:
    with pytest.raises(BadInput, match="not later"):
        weather([(60, 30, 40, 4, 0), (60, 30, 40, 4, 0)])
    with pytest.raises(BadInput, match="no row"):
        weather([])
    with pytest.raises(BadInput, match="row 2, column wind_ms"):
        weather([(0, 30, 40, 4, 0), (60, 30, 40, 400, 0)])


def started() -> spread.Fire:
    land = landscape(np.zeros((4, 5)), np.array([[4] * 5] * 3 + [[0] * 5]), 30.0, FUELS)
    return spread.start(
        wang_mao_rates(ground(land), 30.0, 60.0), steady(30.0, 40.0, 3.0, 0.0).at(0.0)
    )


@pytest.mark.parametrize("place", [(-1, 0), (0, 5), (4, 0), (10**6, 10**6)])
def test_an_ignition_outside_the_map_is_refused(place: tuple[int, int]) -> None:
    with pytest.raises(BadInput) as error:
        spread.ignite(started(), *place)
    assert "outside the map of 4 x 5 cells" in one_line(error)


def test_an_ignition_on_bare_rock_is_refused() -> None:
    with pytest.raises(BadInput) as error:
        spread.ignite(started(), 3, 2)
    assert "grid row 4, grid column 3 has fuel 0 (none)" in one_line(error)


def test_a_landscape_of_one_cell_burns_and_leaves_the_map() -> None:
    land = landscape(np.zeros((1, 1)), np.array([[4]]), 30.0, FUELS)
    sky = steady(30.0, 40.0, 3.0, 0.0).at(0.0)
    fire = spread.start(wang_mao_rates(ground(land), 30.0, 60.0), sky)
    spread.ignite(fire, 0, 0)
    spread.advance(fire, 600.0)
    assert spread.burnt_ha(fire) == pytest.approx(0.09)
    assert fire.left_map
    assert not spread.contained(fire)


def test_no_landscape_of_no_cells() -> None:
    for shape in ((0, 3), (3, 0)):
        with pytest.raises(BadInput, match="give rows and columns"):
            landscape(np.zeros(shape), np.zeros(shape), 30.0, FUELS)


def test_slope_and_aspect_of_a_plane_are_the_planes_to_the_border() -> None:
    rows, cols = np.mgrid[:6, :7]
    land = landscape(30.0 * np.tan(0.3) * -rows, np.full((6, 7), 4), 30.0, FUELS)
    assert land.slope_deg == pytest.approx(np.full((6, 7), np.degrees(0.3)), rel=1e-5)
    assert land.aspect_deg == pytest.approx(np.zeros((6, 7)), abs=1e-4)  # up is north
    land = landscape(30.0 * np.tan(0.3) * cols, np.full((6, 7), 4), 30.0, FUELS)
    assert land.aspect_deg == pytest.approx(np.full((6, 7), 90.0))


def test_a_cell_has_one_place_and_a_place_one_cell() -> None:
    land = synthetic(40, 50, 30.0, FUELS, seed=1, lon=107.3, lat=29.7)
    for row, col in ((0, 0), (39, 49), (17, 23)):
        assert land.cell_at(*land.place(row, col)) == (row, col)


def test_a_synthetic_landscape_says_so_and_is_the_same_for_the_same_seed() -> None:
    one, same = (synthetic(60, 70, 30.0, FUELS, seed=4) for _ in range(2))
    other = synthetic(60, 70, 30.0, FUELS, seed=5)
    assert one.elevation_m.tobytes() == same.elevation_m.tobytes()
    assert one.fuel.tobytes() == same.fuel.tobytes()
    assert one.elevation_m.tobytes() != other.elevation_m.tobytes()
    assert one.metadata["kind"] == "synthetic"
    assert "不代表任何真实地点" in one.metadata["zh"]
    shares = [float((one.fuel == FUELS.code(f)).mean()) for f in ("crop", "masson_pine", "none")]
    assert shares[0] > 0.05
    assert shares[1] > 0.2
    assert 0.0 < shares[2] < 0.2


def test_shipped_fuels_burn_except_the_first() -> None:
    assert all((r.ks > 0) == (r.code > 0) for r in FUELS.rows)
