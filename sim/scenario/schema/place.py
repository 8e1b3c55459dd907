"""Where people live and how one gets there: towns, communities, roads, shelters."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field, model_validator

from anlan.sim.scenario.errors import worded
from anlan.sim.scenario.schema.base import (
    FarKm,
    HeightM,
    Id,
    Lat,
    Lon,
    Mark,
    Persons,
    RateMmH,
    Row,
    Share,
    refuse,
)

LaneVehH = Annotated[float, Field(gt=0.0, le=4000.0, allow_inf_nan=False)]
RoadKg = Annotated[float, Field(ge=100.0, le=1_000_000.0, allow_inf_nan=False)]
RoadHeightM = Annotated[float, Field(ge=1.0, le=20.0, allow_inf_nan=False)]
Dwelling = Literal["sturdy", "dangerous", "dormitory", "low_lying", "boat"]
DWELLINGS: tuple[Dwelling, ...] = (
    "sturdy",
    "dangerous",
    "dormitory",
    "low_lying",
    "boat",
)


class Town(Row):
    """A town or subdistrict (`towns.csv`)."""

    town: Id
    name_zh: str
    name_en: str
    lon: Lon
    lat: Lat
    bus_seats_per_h: Persons  # people moved by bus or lorry an hour, at most
    county: Id | None = None  # the county-level unit it belongs to; else the district is one
    source: str
    mark: Mark


class Community(Row):
    """The smallest place with residents (`communities.csv`); a node of the road graph."""

    community: Id
    town: Id
    name_zh: str
    name_en: str
    kind: Literal["village", "neighbourhood"]
    lon: Lon
    lat: Lat
    residents: Persons
    households: Persons
    elevation_m: HeightM
    coast_km: FarKm  # to the sea or tidal river bank that a surge comes from
    area_km2: Annotated[float, Field(ge=1e-4, le=1e5, allow_inf_nan=False)]
    curve_number: Annotated[float, Field(ge=30.0, le=100.0, allow_inf_nan=False)]
    drain_mm_h: RateMmH  # gravity drainage, millimetres an hour over the community
    pump_mm_h: RateMmH  # pumped drainage; stops with the power unless there is a generator
    generator: bool
    dangerous_share: Share  # of households, by dwelling; what is left over is sturdy
    dormitory_share: Share
    low_lying_share: Share
    boat_share: Share
    # of residents, by age; all empty: as `residents.share_...` say
    share_0_14: Share | None = None
    share_60_79: Share | None = None
    share_80_plus: Share | None = None
    mark: Mark

    @model_validator(mode="after")
    def _fits(self) -> Community:
        refuse(self._faults())
        return self

    def _faults(self) -> Iterator[str]:
        """What no one column of it tells."""
        ages = [s for s in (self.share_0_14, self.share_60_79, self.share_80_plus) if s is not None]
        if len(ages) not in (0, 3):
            yield worded("share_0_14, share_60_79, share_80_plus: give all three or none")
        if sum(ages) > 1.0 + 1e-9:
            yield worded(
                "the three shares by age add up to {total:g}, more than 1", total=sum(ages)
            )
        total = self.dangerous_share + self.dormitory_share + self.low_lying_share + self.boat_share
        if total > 1.0 + 1e-9:
            yield worded("the four dwelling shares add up to {total:g}, more than 1", total=total)
        if (self.residents == 0) != (self.households == 0):
            yield worded("residents and households must be both 0 or both more than 0")
        elif self.households > self.residents:
            yield worded(
                "{households} households for {residents} residents: at most one each",
                households=self.households,
                residents=self.residents,
            )


class Road(Row):
    """A link of the road graph (`roads.csv`) between two communities, two-way unless `oneway`.

    Lanes and capacity are those of one direction; left out, they go by the class of the road.
    """

    road: Id
    from_community: Id
    to_community: Id
    length_km: Annotated[float, Field(gt=0.0, le=2000.0, allow_inf_nan=False)]
    speed_kmh: Annotated[float, Field(gt=0.0, le=130.0, allow_inf_nan=False)]
    trees_per_km: Annotated[float, Field(ge=0.0, le=10_000.0, allow_inf_nan=False)]
    # how far the lowest point lies below the mean of its two ends
    dip_m: Annotated[float, Field(ge=-100.0, le=100.0, allow_inf_nan=False)]
    oneway: bool = False  # from `from_community` to `to_community` only
    lanes: Annotated[int, Field(ge=1, le=12)] | None = None
    capacity_veh_h_lane: LaneVehH | None = None
    contraflow_to: Id | None = None  # the end to which most lanes lead once it is ordered
    max_kg: RoadKg | None = None  # heavier vehicles may not pass; empty: no limit
    max_height_m: RoadHeightM | None = None
    mark: Mark


class Shelter(Row):
    """A shelter (`shelters.csv`)."""

    shelter: Id
    name_zh: str
    name_en: str
    level: Literal["district", "town", "village"]
    community: Id
    capacity: Persons
    source: str
    mark: Mark


class Dike(Row):
    """A length of dike and what lies ready at it (`dikes.csv`)."""

    dike: Id
    name_zh: str
    name_en: str
    community: Id  # the one behind it
    length_km: Annotated[float, Field(gt=0.0, le=200.0, allow_inf_nan=False)]
    guards: Persons
    rings: Annotated[int, Field(ge=0, le=100_000)]  # filter rings for which material lies there
    river: Id | None = None  # that stands against it; empty: the sea
    crest_m: HeightM | None = None  # higher water runs over it; empty: none ever does
    source: str
    mark: Mark
