"""The kinds of hazard that `[hazard.<kind>]` of scenario.toml may name, each with its settings.

A new kind is a row class and an entry of HAZARD_KINDS. Several may act on one state; they are
kept in the order of their names, so the order in which a file lists them means nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from anlan.sim.scenario.errors import shown, worded
from anlan.sim.scenario.registry import Kind
from anlan.sim.scenario.schema.base import Id, Lat, Lon, Row, Time


class TyphoonHazard(Row):
    """`[hazard.typhoon]`: a storm of tracks.csv, where its rain comes from, and its tide."""

    storm: Id
    rain: Literal["r-clipper", "gauge"] = "r-clipper"
    high_water: Time | None = None  # of the tide; without it each run draws its own


class WeatherHazard(Row):
    """`[hazard.weather]`: the rows of weather.csv; it has no keys."""


class BuildingFireHazard(Row):
    """`[hazard.building_fire]`: the rows of building_fires.csv, and fires by chance."""

    random: bool = False  # at the rates of parameters fire.*


class ForestFireHazard(Row):
    """`[hazard.forest_fire]`: the rows of ignitions.csv on the land of [forest]; it has no keys."""


class EarthquakeHazard(Row):
    """`[hazard.earthquake]`: one shallow earthquake at a stated time; magnitude 0 is none."""

    time: Time
    lon: Lon
    lat: Lat
    magnitude: Annotated[float, Field(ge=0.0, le=9.5, allow_inf_nan=False)]
    depth_km: Annotated[float, Field(ge=4.0, le=70.0, allow_inf_nan=False)]
    strike_deg: Annotated[float, Field(ge=0.0, le=360.0, allow_inf_nan=False)]


HAZARD_KINDS: Mapping[str, Kind] = {
    "typhoon": Kind(
        row=TyphoonHazard,
        en="typhoon",
        zh="台风",
        refers={"storm": ("tracks.storm",)},
        sky=True,
    ),
    "weather": Kind(row=WeatherHazard, en="weather, no storm", zh="天气（无台风）", sky=True),
    "building_fire": Kind(row=BuildingFireHazard, en="fires in buildings", zh="建筑火灾"),
    "forest_fire": Kind(row=ForestFireHazard, en="forest fires", zh="森林火灾", under_sky=True),
    "earthquake": Kind(row=EarthquakeHazard, en="an earthquake", zh="地震", happens="time"),
}


def made(hazards: Any) -> Any:
    """A mapping of hazards by the order of their names, each of its own class.

    Blocks of keys become rows; what is no mapping, and a kind that there is not, stays as it is
    for pydantic to refuse. Raises ValueError for a kind that there is not.
    """
    if not isinstance(hazards, Mapping):
        return hazards
    for name in hazards:
        if name not in HAZARD_KINDS:
            raise ValueError(worded("no kind of hazard is named {name}", name=shown(name)))
    return {
        name: keys if isinstance(keys, Row) else HAZARD_KINDS[name].row.model_validate(keys)
        for name, keys in sorted(hazards.items())
    }
