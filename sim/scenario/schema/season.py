"""The climate and the ignitions of a district's years, from which seasons are played."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from anlan.sim.scenario.schema.base import Mark, Number, Row

MonthItem = Literal[
    "tmax_c", "tmax_sd_c", "range_c", "dry_warmer_c", "rain_mm", "wet_days", "humidity14_pct",
    "humidity_slope_pct_c", "humidity_fall_1_c", "wind14_ms", "north_share", "fires_pct",
]  # fmt: skip
NumberItem = Literal[
    "first_month", "tmax_lag1", "humidity_wet_pct", "humidity_north_pct",
    "humidity_sd_pct", "wind_shape", "drought_share", "drought_from_day", "drought_to_day",
    "drought_shortest_d", "drought_longest_d", "drought_wet_factor", "drought_warmer_c",
    "drought_fires", "fires_a_year", "alarms_per_fire", "cause_farming_pct", "cause_rites_pct",
    "cause_smoking_pct", "cause_children_pct", "cause_other_pct", "cause_natural_pct",
]  # fmt: skip
Monthly = Annotated[float, Field(ge=-100.0, le=2000.0, allow_inf_nan=False)]


class SeasonMonths(Row):
    """One quantity of the climate, a value a month (`season_months.csv`)."""

    item: MonthItem
    jan: Monthly
    feb: Monthly
    mar: Monthly
    apr: Monthly
    may: Monthly
    jun: Monthly
    jul: Monthly
    aug: Monthly
    sep: Monthly
    oct: Monthly
    nov: Monthly
    dec: Monthly
    source: str
    mark: Mark

    @property
    def values(self) -> tuple[float, ...]:
        """January to December."""
        return (
            self.jan, self.feb, self.mar, self.apr, self.may, self.jun,
            self.jul, self.aug, self.sep, self.oct, self.nov, self.dec,
        )  # fmt: skip


class SeasonNumber(Row):
    """One number of the climate or of the ignitions (`season_numbers.csv`)."""

    item: NumberItem
    value: Number
    low: Number
    high: Number
    source: str
    mark: Mark
