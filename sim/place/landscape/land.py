"""The landscape of a scenario: its grids, or a synthetic one; made once and kept."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anlan.sim import portable
from anlan.sim.place.landscape.fuels import Fuels, read_fuels
from anlan.sim.place.landscape.landscape import Landscape, landscape, metres_from, same_frame
from anlan.sim.place.landscape.lines import lay_belt
from anlan.sim.place.landscape.synthetic import synthetic
from anlan.sim.scenario.errors import BadInput, worded
from anlan.sim.scenario.grids import parse_ascii_grid
from anlan.sim.scenario.rules import Rules
from anlan.sim.scenario.schema import Scenario


@dataclass(frozen=True)
class BeltRules(Rules, prefix="forest"):
    """What a belt holds whose row does not say."""

    belt_hold_kw_m: float


_last: list[tuple[object, Landscape]] = []


def land_of(scenario: Scenario) -> Landscape:
    """The landscape that `[forest]` describes. Raises BadInput."""
    forest = scenario.forest
    if forest is None:
        raise BadInput(worded("scenario.toml has no [forest]"))
    key = (forest, scenario.fuels, scenario.peaks, tuple(scenario.grids.items()))
    if not (_last and _last[0][0] == key):
        _last[:] = [(key, _drawn(scenario) if forest.landscape == "synthetic" else _read(scenario))]
    return _last[0][1]


def belts_of(scenario: Scenario) -> NDArray[np.float32] | None:
    """(rows, cols) up to what intensity the scenario's belts hold, kW/m; None without belts."""
    if not scenario.belts:
        return None
    land = land_of(scenario)
    hold = np.zeros((land.rows, land.cols), dtype=np.float32)
    usual = BeltRules.read(scenario).belt_hold_kw_m
    for belt in scenario.belts:
        kw_m = usual if belt.hold_kw_m is None else belt.hold_kw_m
        lay_belt(hold, land, belt.places, belt.width_m, kw_m)
    return hold


def _fuels(scenario: Scenario) -> Fuels:
    """Its fuels; the shipped ones of a scenario that was given its [forest] in memory."""
    return Fuels(scenario.fuels) if scenario.fuels else read_fuels()


def _drawn(scenario: Scenario) -> Landscape:
    forest = scenario.forest
    assert forest is not None
    assert forest.rows and forest.cols and forest.cell_m is not None  # noqa: PT018 (for types)
    return synthetic(
        forest.rows,
        forest.cols,
        forest.cell_m,
        _fuels(scenario),
        forest.seed,
        relief_m=forest.relief_m,
        villages=forest.villages,
        lon=forest.lon,
        lat=forest.lat,
        rise_m=_peaks(scenario),
    )


def _peaks(scenario: Scenario) -> NDArray[np.float64] | None:
    """(rows, cols) what the named hills of peaks.csv add to the drawn ones; bells of Gauss."""
    forest = scenario.forest
    assert forest is not None
    if not scenario.peaks:
        return None
    assert forest.rows is not None
    assert forest.cols is not None
    assert forest.cell_m is not None
    north, east = np.mgrid[forest.rows - 0.5 : -0.5 : -1.0, 0.5 : forest.cols + 0.5 : 1.0]
    out = np.zeros((forest.rows, forest.cols))
    for peak in scenario.peaks:
        x, y = metres_from(forest.lon, forest.lat, peak.lon, peak.lat)
        away_km = np.hypot(east * forest.cell_m - x, north * forest.cell_m - y) / 1000.0
        out += peak.height_m * portable.exp(-np.square(away_km / peak.radius_km))
    return out


def _read(scenario: Scenario) -> Landscape:
    assert scenario.forest is not None
    grids = {file: parse_ascii_grid(text, file) for file, text in scenario.grids.items()}
    height, fuel, moisture = grids["elevation.asc"], grids["fuel.asc"], grids.get("moisture.asc")
    for grid in (fuel, moisture):
        if grid is not None:
            same_frame(height, grid)
    return landscape(
        height.values,
        fuel.values,
        height.cell_m,
        _fuels(scenario),
        moisture.values if moisture else None,
        scenario.forest.lon,
        scenario.forest.lat,
        {"kind": "grid"},
        ("elevation.asc", "fuel.asc", "moisture.asc"),
    )
