"""Fires in buildings: how kinds of buildings burn, and fires that break out at stated times."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from anlan.sim.scenario.errors import worded
from anlan.sim.scenario.schema.base import Id, LengthM, Mark, Minutes, Persons, Row, Share, Time

People = Annotated[float, Field(ge=0.0, le=10_000.0, allow_inf_nan=False)]  # a mean


class BuildingClass(Row):
    """How a kind of building burns and is fought (`building_classes.csv`).

    The burnt area grows with the square of time, `area_15min_m2` at 15 minutes, until the
    compartment is full; the next compartment of the building catches `barrier_min` after that.
    Each compartment has `openings` of `opening_width_m` x `opening_height_m`; the wall that
    burns towards a neighbour is `face_width_m` x `face_height_m`, the gap to each neighbour
    between the two gaps. `share_*`: share of the building fires in such communities.
    """

    building_class: Id
    name_zh: str
    name_en: str
    share_neighbourhood: Share
    share_village: Share
    grow_share: Share  # outgrow the first item: nobody and no sprinkler puts them out
    # heat release = growth x seconds squared
    growth_kw_s2: Annotated[float, Field(ge=1e-6, le=10.0, allow_inf_nan=False)]
    area_15min_m2: Annotated[float, Field(ge=0.01, le=100_000.0, allow_inf_nan=False)]
    compartment_m2: Annotated[float, Field(ge=0.1, le=1_000_000.0, allow_inf_nan=False)]
    compartments: Annotated[int, Field(ge=1, le=1000)]
    barrier_min: Minutes
    fire_load_mj_m2: Annotated[float, Field(ge=0.1, le=100_000.0, allow_inf_nan=False)]
    openings: Annotated[int, Field(ge=1, le=10_000)]
    opening_width_m: LengthM
    opening_height_m: LengthM
    face_width_m: LengthM
    face_height_m: LengthM
    gap_low_m: LengthM
    gap_high_m: LengthM
    neighbours: Annotated[int, Field(ge=0, le=20)]
    radiation_kw_m2: Annotated[float, Field(ge=0.1, le=1000.0, allow_inf_nan=False)]
    water_l_s_m2: Annotated[float, Field(ge=1e-4, le=100.0, allow_inf_nan=False)]
    engines_first: Annotated[int, Field(ge=1, le=1000)]  # sent at the first call
    setup_extra_min: Minutes  # before water, on top of the usual (stairs, long hose)
    discovery_day_min: Minutes  # mean
    discovery_night_min: Minutes
    rescue_day: People  # mean number of people who cannot get out by themselves
    rescue_night: People
    # median time that they last, from ignition
    survive_min: Annotated[float, Field(ge=0.01, le=14_400.0, allow_inf_nan=False)]
    source: str
    mark: Mark

    @model_validator(mode="after")
    def _gaps(self) -> BuildingClass:
        if self.gap_low_m > self.gap_high_m:
            raise ValueError(
                worded(
                    "gap_low_m {low:g} is more than gap_high_m {high:g}",
                    low=self.gap_low_m,
                    high=self.gap_high_m,
                )
            )
        return self


class BuildingFire(Row):
    """A fire that breaks out at a stated time (`building_fires.csv`); an empty cell is drawn."""

    fire: Id
    time: Time
    community: Id
    building_class: Id
    # from the middle of the community, along its streets
    inside_km: Annotated[float, Field(ge=0.0, le=100.0, allow_inf_nan=False)] | None = None
    discovery_min: Minutes | None = None
    victims: Persons | None = None  # people who cannot get out by themselves
