"""A forest scenario's own files with a slip: one line at load, exit 2, nothing written."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from anlan import sim
from anlan.app.cli import main
from anlan.sim import load
from anlan.sim.checks import replace
from anlan.sim.place.landscape.land import land_of
from anlan.sim.scenario.errors import BadInput
from anlan.sim.scenario.read import SHIPPED
from tests.chinese import english

Slip = Callable[[Path], None]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the tiny fire: 100 x 100 cells of grass, its rows below six lines of header."""
    return Path(shutil.copytree(SHIPPED / "tiny-fire", tmp_path / "mine"))


def edit(file: str, old: str, new: str) -> Slip:
    def slip(folder: Path) -> None:
        text = (folder / file).read_text(encoding="utf-8")
        assert old in text
        (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")

    return slip


def grid(file: str, rows: int, cols: int, value: int, corner: int = 0) -> Slip:
    """A grid of one value."""

    def slip(folder: Path) -> None:
        head = f"ncols {cols}\nnrows {rows}\nxllcorner {corner}\nyllcorner 0\ncellsize 5\n"
        lines = "\n".join(" ".join([str(value)] * cols) for _ in range(rows))
        (folder / file).write_text(head + lines + "\n", encoding="utf-8")

    return slip


def cell(file: str, text: str) -> Slip:
    """The cell in row 11, column 21; an empty text takes it out."""

    def slip(folder: Path) -> None:
        lines = (folder / file).read_text(encoding="utf-8").splitlines()
        words = lines[16].split()
        words[20] = text
        lines[16] = " ".join(words)
        (folder / file).write_text("\n".join(lines), encoding="utf-8")

    return slip


def both(*slips: Slip) -> Slip:
    def slip(folder: Path) -> None:
        for one in slips:
            one(folder)

    return slip


def watch_at(community: str) -> Slip:
    def slip(folder: Path) -> None:
        (folder / "watch_points.csv").write_text(
            "watch,name_zh,name_en,kind,community,lon,lat,source,mark\n"
            f"w1,瞭望点,Watch point,watch_point,{community},121.257,31.897,made up,assumption\n",
            encoding="utf-8",
        )

    return slip


def as_tif(folder: Path) -> None:
    (folder / "elevation.asc").rename(folder / "elevation.tif")


CASES: dict[str, tuple[Slip, str]] = {
    "wind of 400 m/s": (
        edit("weather.csv", ",20,50,0,", ",20,50,400,"),
        "weather.csv, row 2, column wind_ms: 400 is more than 120",
    ),
    "wind that no front is worked out for": (
        edit("weather.csv", ",20,50,0,", ",20,50,100,"),
        "weather.csv, row 2, column wind_ms: 100 is no weather for a forest fire; give 0 to 75",
    ),
    "time that goes back": (
        edit("weather.csv", "2024-01-10T12", "2024-01-09T12"),
        "weather.csv, row 3, column time: 2024-01-09T12:00:00+00:00 is not after the row before",
    ),
    "weather without an offset": (
        edit("weather.csv", "2024-01-10T00:00:00Z", "2024-01-10T08:00:00"),
        "weather.csv, row 2, column time: 2024-01-10T08:00:00 has no offset from UTC; write it too",
    ),
    "fire without an offset": (
        edit("ignitions.csv", "08:30:00+08:00", "08:30:00"),
        "ignitions.csv, row 2, column time: 2024-01-10T08:30:00 has no offset",
    ),
    "start without an offset": (
        edit("scenario.toml", "08:00:00+08:00", "08:00:00"),
        "scenario.toml, row 16, key scenario.start: 2024-01-10T08:00:00 has no offset",
    ),
    "one cell": (
        both(grid("elevation.asc", 1, 1, 100), grid("fuel.asc", 1, 1, 2)),
        "elevation.asc: nrows: a map of 1 x 1 cells is all border",
    ),
    "one column": (
        both(grid("elevation.asc", 100, 1, 100), grid("fuel.asc", 100, 1, 2)),
        "elevation.asc: ncols: a map of 100 x 1 cells is all border",
    ),
    "hole": (
        cell("elevation.asc", "-9999"),
        "elevation.asc: the elevation has a hole at grid row 11",
    ),
    "no number": (cell("elevation.asc", "nan"), "elevation.asc, row 17: a value is nan or inf"),
    "short row": (cell("fuel.asc", ""), "fuel.asc, row 17: 99 values, but ncols is 100"),
    "unknown fuel": (
        cell("fuel.asc", "77"),
        "fuel.asc: grid row 11, grid column 21 has fuel 77; valid: 0",
    ),
    "other size": (grid("fuel.asc", 99, 100, 2), "fuel.asc: 99 x 100 cells, but elevation.asc has"),
    "other cells": (edit("fuel.asc", "size 5", "size 6"), "fuel.asc: cells of 6 m, but elevation"),
    "other corner": (grid("fuel.asc", 100, 100, 2, 500), "fuel.asc: its corner lies 500 m from"),
    "moisture's corner": (
        grid("moisture.asc", 100, 100, 1, 50),
        "moisture.asc: its corner lies 50 m from that of elevation.asc",
    ),
    "fire off the map": (
        edit("ignitions.csv", "121.257675", "121.357675"),
        "ignitions.csv, row 2, column lon: (121.358, 31.8973) is outside the map",
    ),
    "fire on rock": (
        grid("fuel.asc", 100, 100, 0),
        "ignitions.csv, row 2, column lon: nothing burns at this place",
    ),
    "watch point of nowhere": (
        watch_at("harbour"),
        "watch_points.csv, row 2, column community: no community harbour in communities.csv",
    ),
    "GeoTIFF without rasterio": (as_tif, "elevation.tif: a GeoTIFF needs rasterio; run pip"),
}


@pytest.mark.parametrize("name", CASES)
def test_a_slip_in_a_forest_is_one_line_at_load_and_nothing_is_written(
    name: str,
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    slip, said = CASES[name]
    slip(folder)
    monkeypatch.setitem(sys.modules, "rasterio", None)
    for command in (["check", str(folder)], ["run", str(folder), "--out", str(tmp_path / "out")]):
        assert main(command) == 2
        err = capfd.readouterr().err
        assert err.startswith(f"anlan: {said}")
        assert err.count("\n") == 1
    assert not (tmp_path / "out").exists()


def own_fuels(folder: Path, old: str = "", new: str = "") -> Path:
    text = (SHIPPED / "fuels.csv").read_text(encoding="utf-8")
    assert old in text
    (folder / "fuels.csv").write_text(text.replace(old, new, 1), encoding="utf-8")
    return folder


def test_a_scenarios_own_fuels_burn_in_place_of_the_shipped(folder: Path) -> None:
    shipped = sim.run(load(folder), seed=1, run=0).tables()["fire"]
    own_fuels(folder, "2,grass,草地杂草,grass and weeds,0,1.6", "2,grass,草,grass,0,3.2")
    scenario = load(folder)
    assert land_of(scenario).fuels.column("ks")[2] == 3.2
    faster = sim.run(scenario, seed=1, run=0).tables()["fire"]
    forest = faster["kind"] == "forest"
    # before anybody comes a circle of twice the rate, and of four times the area
    assert faster["burnt_ha"][forest][0] > 2.0 * shipped["burnt_ha"][forest][0]


def test_own_fuels_with_a_slip_are_refused(folder: Path) -> None:
    slips = {
        (
            "2,grass,",
            "1,grass,",
        ): ("fuels.csv, row 4, column code: 1 is already the code of another row"),
        (
            "2,grass,",
            "2,crop,",
        ): ("fuels.csv, row 4, column fuel: crop is already the id of a row in fuels.csv"),
        ("0,none,", "99,none,"): "fuels.csv, column code: no row has code 0",
        ("0,none,", "200,none,"): "fuels.csv, row 2, column code: 200 is more than 127",
        ("grass and weeds,0,1.6,", "grass and weeds,0,1000,"): (
            "fuels.csv, row 4, column ks: 1000 is more than 20; give a number from 0 to 20"
        ),
        ("code,fuel", "kode,fuel"): "fuels.csv, row 1, column kode: unknown column",
    }
    for (old, new), said in slips.items():
        with pytest.raises(BadInput) as error:
            load(own_fuels(folder, old, new))
        assert str(error.value).startswith(said)
        assert english(error.value) == []
    with pytest.raises(BadInput, match="already the code"):
        replace(load(own_fuels(folder)), fuels={"grass": {"code": 1}})


def test_a_synthetic_landscape_asks_for_the_fuels_it_is_drawn_with(tmp_path: Path) -> None:
    folder = shutil.copytree(SHIPPED / "pingshan-forest-fire", tmp_path / "mine")
    own_fuels(folder, "9,masson_pine,", "9,spruce,")
    with pytest.raises(BadInput, match="column fuel: no fuel is named masson_pine"):
        load(folder)
