"""What the landscape cannot work with: fuels that burn where nothing can, places off the map."""

from __future__ import annotations

import numpy as np
from pydantic import BaseModel

from anlan.sim.place.landscape.land import land_of
from anlan.sim.place.landscape.landscape import Landscape
from anlan.sim.scenario.errors import BadInput, Slips, bad, worded
from anlan.sim.scenario.places import Places
from anlan.sim.scenario.schema import Scenario

# From soaked to bone-dry fuel the rate of spread goes from nought to some three times the usual.
MAX_MOISTURE_FACTOR = 3.0
MIN_MAP_CELLS = 3  # a side; fewer leave no cell inside the border


def check_landscape(scenario: Scenario, at: Places) -> None:
    """Fuels, map, ignitions and belts of a scenario with a [forest]. Raises BadInput."""
    if scenario.forest is None:
        return
    _check_fuels(scenario, at)
    land = land_of(scenario)
    _check_map(scenario, land, at)
    _check_moisture(land)
    slips = Slips()
    for i, fire in enumerate(scenario.ignitions):
        file = "ignitions.csv"
        with slips:
            r, c = _cell(land, (fire.lon, fire.lat), at, file, i, fire, "lon")
            if not land.fuels.column("ks")[land.fuel[r, c]] > 0:
                problem = worded(
                    "nothing burns at this place (rock, water or houses); give another"
                )
                raise at.wrong(problem, file, i, fire, "lon")
    for i, belt in enumerate(scenario.belts):
        for place in belt.places:
            with slips:
                _cell(land, place, at, "belts.csv", i, belt, "points")
    slips.raise_first()


def _check_fuels(scenario: Scenario, at: Places) -> None:
    """Code 0 is there, and is what cannot burn."""
    file = "fuels.csv"
    for i, row in enumerate(scenario.fuels):
        if row.code == 0 and row.ks > 0:
            problem = worded("{ks:g}, but code 0 is what cannot burn; give 0", ks=row.ks)
            raise at.wrong(problem, file, i, row, "ks")
    if scenario.fuels and all(row.code != 0 for row in scenario.fuels):
        problem = worded("no row has code 0, which is what cannot burn; give one")
        raise bad(problem, file, None, "code")


def _check_map(scenario: Scenario, land: Landscape, at: Places) -> None:
    """The map must have an inside: a fire that has reached the border cannot be contained."""
    if min(land.rows, land.cols) >= MIN_MAP_CELLS:
        return
    problem = worded(
        "a map of {rows} x {cols} cells is all border, which no crew can hold; give at least "
        "{least} rows and {least} columns",
        rows=land.rows,
        cols=land.cols,
        least=MIN_MAP_CELLS,
    )
    short = "rows" if land.rows < MIN_MAP_CELLS else "cols"
    if scenario.grids:
        raise bad(worded("{key}: {problem}", key=f"n{short}", problem=problem), "elevation.asc")
    raise at.wrong_key(problem, "scenario.toml", "forest", short)


def _check_moisture(land: Landscape) -> None:
    """The moisture grid holds factors of the rate of spread, not per cent of water."""
    if float(land.moisture_factor.max()) > MAX_MOISTURE_FACTOR:
        r, c = np.unravel_index(int(land.moisture_factor.argmax()), land.moisture_factor.shape)
        problem = worded(
            "holds {value:g} (value {column} of line {row} below the header): these are factors "
            "of the rate of spread, not percent; give more than 0, at most {most:g}, and 1 where "
            "nothing is known",
            value=float(land.moisture_factor[r, c]),
            column=c + 1,
            row=r + 1,
            most=MAX_MOISTURE_FACTOR,
        )
        raise bad(problem, "moisture.asc")


def _cell(
    land: Landscape,
    place: tuple[float, float],
    at: Places,
    file: str,
    index: int,
    row: BaseModel,
    column: str,
) -> tuple[int, int]:
    """Row and column of (lon, lat). Raises BadInput outside the map."""
    r, c = land.cell_at(*place)
    if not (0 <= r < land.rows and 0 <= c < land.cols):
        raise _outside(land, place, at, file, index, row, column)
    return r, c


def _outside(
    land: Landscape,
    place: tuple[float, float],
    at: Places,
    file: str,
    index: int,
    row: BaseModel,
    column: str,
) -> BadInput:
    west, north = land.place(-0.5, -0.5)
    east, south = land.place(land.rows - 0.5, land.cols - 0.5)
    problem = worded(
        "({lon:g}, {lat:g}) is outside the map, which goes from {west:.4f} to {east:.4f} east and "
        "{south:.4f} to {north:.4f} north",
        lon=place[0],
        lat=place[1],
        west=west,
        east=east,
        south=south,
        north=north,
    )
    return at.wrong(problem, file, index, row, column)
