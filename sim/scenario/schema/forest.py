"""Fires in the open: the land that they run over, who sees them, what stops them."""

from __future__ import annotations

import math
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from anlan.sim.scenario.errors import worded
from anlan.sim.scenario.schema.base import Count, Id, Lat, Lon, Mark, Row, Time, refuse

MAX_CODE = 127  # of a fuel: a grid holds codes in one signed byte
ReliefM = Annotated[float, Field(ge=0.0, le=9000.0, allow_inf_nan=False)]
FuelLoad = Annotated[float, Field(ge=0.0, le=100.0, allow_inf_nan=False)]
LineRate = Annotated[float, Field(ge=0.0, le=10_000.0, allow_inf_nan=False)]


class Forest(Row):
    """`[forest]` of scenario.toml: the land that forest fires run over.

    landscape "grid" reads elevation.asc and fuel.asc (or .tif) of the folder; "synthetic"
    draws hills from `seed`, and stands for no real place. (lon, lat): the south-west corner.
    """

    landscape: Literal["synthetic", "grid"]
    formula: Literal["wang_mao", "rothermel"] = "rothermel"
    lon: Lon
    lat: Lat
    rows: Annotated[int, Field(ge=1, le=5000)] | None = None
    cols: Annotated[int, Field(ge=1, le=5000)] | None = None
    cell_m: Annotated[float, Field(ge=0.1, le=1000.0, allow_inf_nan=False)] | None = None
    seed: Count = 0
    relief_m: ReliefM = 500.0
    villages: Annotated[int, Field(ge=0, le=1000)] = 4
    # of the whole district; else of the landscape
    district_forest_ha: Annotated[float, Field(ge=1e-4, le=1e9, allow_inf_nan=False)] | None = None

    @model_validator(mode="after")
    def _fits(self) -> Forest:
        if self.landscape == "synthetic" and not (self.rows and self.cols and self.cell_m):
            raise ValueError(worded("a synthetic landscape needs rows, cols and cell_m"))
        return self


class Peak(Row):
    """A hill of a synthetic landscape (`peaks.csv`): a bell of this height and breadth."""

    peak: Id
    name_zh: str
    name_en: str
    lon: Lon
    lat: Lat
    height_m: ReliefM
    radius_km: Annotated[float, Field(ge=0.001, le=1000.0, allow_inf_nan=False)]
    source: str
    mark: Mark


class Fuel(Row):
    """What a code of the fuel grid stands for (`fuels.csv`). A `ks` of 0 cannot burn."""

    code: Annotated[int, Field(ge=0, le=MAX_CODE)]
    fuel: str
    zh: str
    en: str
    is_forest: bool
    ks: Annotated[float, Field(ge=0.0, le=20.0, allow_inf_nan=False)]
    # what burns in the flaming front, where that was measured; else the bed says it
    load_kg_m2: FuelLoad | None = None
    heat_kj_kg: Annotated[float, Field(ge=0.0, le=60_000.0, allow_inf_nan=False)] = 18_000.0
    rothermel_load_lb_ft2: FuelLoad
    load_10h_lb_ft2: FuelLoad = 0.0
    load_100h_lb_ft2: FuelLoad = 0.0
    load_live_lb_ft2: FuelLoad = 0.0
    live_sav_per_ft: Annotated[float, Field(gt=0.0, le=20_000.0, allow_inf_nan=False)] = 1500.0
    sav_per_ft: Annotated[float, Field(ge=0.0, le=20_000.0, allow_inf_nan=False)]
    depth_ft: Annotated[float, Field(ge=0.0, le=100.0, allow_inf_nan=False)]
    extinction_share: Annotated[float, Field(ge=0.0, le=5.0, allow_inf_nan=False)]
    canopy_cover_share: Annotated[float, Field(ge=0.0, le=1.0, allow_inf_nan=False)] = 0.0
    canopy_height_m: Annotated[float, Field(ge=0.0, le=100.0, allow_inf_nan=False)] = 0.0
    # from the ground to the crowns, and how dense these are; a density of 0: crowns never burn
    canopy_base_m: Annotated[float, Field(ge=0.0, le=100.0, allow_inf_nan=False)] = 0.0
    canopy_kg_m3: Annotated[float, Field(ge=0.0, le=5.0, allow_inf_nan=False)] = 0.0
    # what smoulders behind the front falls to 1/e in this time; work to make a hectare cold
    smoulder_h: Annotated[float, Field(gt=0.0, le=1000.0, allow_inf_nan=False)]
    mop_up_person_h_ha: Annotated[float, Field(ge=0.0, le=1000.0, allow_inf_nan=False)]
    hand_m_h_person: LineRate
    blower_m_h_person: LineRate
    source: str
    mark: Mark

    @model_validator(mode="after")
    def _crowns_have_room(self) -> Fuel:
        if self.canopy_kg_m3 > 0.0 and not 0.0 < self.canopy_base_m < self.canopy_height_m:
            raise ValueError(
                worded("crowns that burn begin above the ground and below canopy_height_m")
            )
        return self


class Ignition(Row):
    """A forest fire that breaks out at a stated time and place (`ignitions.csv`)."""

    ignition: Id
    name_zh: str
    name_en: str
    time: Time
    lon: Lon
    lat: Lat
    source: str
    mark: Mark


class WatchPoint(Row):
    """Who looks out for smoke (`watch_points.csv`)."""

    watch: Id
    name_zh: str
    name_en: str
    kind: Literal["watch_point", "checkpoint", "camera"]
    community: Id
    lon: Lon
    lat: Lat
    source: str
    mark: Mark


class Belt(Row):
    """A firebreak belt that stands before any fire (`belts.csv`): evergreen trees, a road, a cut.

    points: where it leads, "lon lat" each, in order.
    """

    belt: Id
    name_zh: str
    name_en: str
    points: tuple[str, ...]
    width_m: Annotated[float, Field(gt=0.0, le=1000.0, allow_inf_nan=False)]
    # else that of parameter forest.belt_hold_kw_m
    hold_kw_m: Annotated[float, Field(gt=0.0, le=1e7, allow_inf_nan=False)] | None = None
    source: str
    mark: Mark

    @field_validator("points")
    @classmethod
    def _lead_somewhere(cls, points: tuple[str, ...]) -> tuple[str, ...]:
        refuse(map(_no_place, filter(_no_place, points)))
        if len({_place(point) for point in points}) < 2:
            raise ValueError(worded("a belt has a length: give at least two places that differ"))
        return points

    @property
    def places(self) -> tuple[tuple[float, float], ...]:
        """(lon, lat) of its points."""
        return tuple(_place(point) for point in self.points)


def _place(text: str) -> tuple[float, float]:
    """(lon, lat) of "lon lat"; of what is no place some number is nan."""
    try:
        lon, lat = (float(number) for number in text.split())
    except ValueError:
        lon = lat = math.nan
    return lon, lat


def _no_place(text: str) -> str:
    """What to say of a text that is no place on earth; empty where it is one."""
    lon, lat = _place(text)
    if abs(lon) <= 180.0 and abs(lat) <= 90.0:  # false for nan
        return ""
    return worded("{text!r} is no place; write lon and lat such as 114.335 22.655", text=text)


class WaterPoint(Row):
    """Where pumps and tank trucks find water against forest fires (`water_points.csv`)."""

    point: Id
    name_zh: str
    name_en: str
    kind: Literal["pond", "tank", "hydrant"]
    lon: Lon
    lat: Lat
    # at the start of the run; empty: it does not run dry
    water_l: Annotated[float, Field(ge=0.0, le=1e12, allow_inf_nan=False)] | None = None
    source: str
    mark: Mark
