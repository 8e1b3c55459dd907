"""Water outside and between places: rivers, who drains into which, links that water takes."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from anlan.sim.scenario.schema.base import HeightM, Id, Mark, Row, Time


class River(Row):
    """A river whose stage holds outlets shut and stands against dikes (`rivers.csv`)."""

    river: Id
    name_zh: str
    name_en: str
    source: str  # of its stages
    mark: Mark


class RiverStage(Row):
    """The stage of a river at its gauge from `time` on, straight to the next row
    (`river_stage.csv`).
    """

    river: Id
    time: Time
    stage_m: HeightM  # above the level that communities' elevation_m is above
    mark: Mark


class RiverPlace(Row):
    """A community whose drains lead to a river (`river_places.csv`)."""

    community: Id
    river: Id
    # how much lower the river stands there than at its gauge; upstream of it less than 0
    fall_m: Annotated[float, Field(ge=-200.0, le=200.0, allow_inf_nan=False)]
    outlet_m: HeightM  # a stage this high holds its gravity drains shut
    gate: Literal["flap", "hand"] = "flap"  # shuts by itself, or by a crew
    mark: Mark


class WaterLink(Row):
    """A way for water between two communities, either way (`water_links.csv`)."""

    from_community: Id
    to_community: Id
    sill_m: HeightM  # water higher than this runs over
    width_m: Annotated[float, Field(gt=0.0, le=10_000.0, allow_inf_nan=False)]
    mark: Mark
