"""A district's climate as arrays by month and by day of the season, read off its two tables.

Rain after Geng, Penning de Vries and Supit 1986 (Agric. For. Meteorol. 36: 363): with f the share
of wet days, P(wet | dry) = 0.75 f, P(wet | wet) = 0.25 + 0.75 f; the amount of a wet day is gamma
with scale -2.16 + 1.83 m (m the mean amount, mm) and a shape that keeps the mean.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import inf

import numpy as np
from numpy.typing import NDArray

from anlan.sim.scenario.errors import BadInput, Slips, bad, worded
from anlan.sim.scenario.kept import kept
from anlan.sim.scenario.schema import Scenario

F64 = NDArray[np.float64]
Ints = NDArray[np.int64]
DAYS = 365  # of a season: 29 February is left out
LENGTHS = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
FIRST_SCALE, SCALE_A_MM = -2.16, 1.83
LEAST_SCALE_MM = 0.5  # where a month is so dry that the fit would go below
CHAIN, PERSISTENCE = 0.75, 0.25
CAUSES = ("farming", "rites", "smoking", "children", "other", "natural")
MONTHS, NUMBERS = "season_months.csv", "season_numbers.csv"
MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
# What an item can be at all; a number besides lies within its row's own `low` and `high`.
SHARE, PERCENT, SOME = (0.0, 1.0), (0.0, 100.0), (0.0, inf)
MONTH_RANGES = {
    "tmax_sd_c": SOME, "range_c": SOME, "rain_mm": SOME, "humidity14_pct": PERCENT,
    "wind14_ms": SOME, "north_share": SHARE, "fires_pct": PERCENT,
}  # fmt: skip
NUMBER_RANGES = {
    "first_month": (1.0, 12.0), "tmax_lag1": (0.0, 0.99), "wind_shape": (0.1, inf),
    "drought_share": SHARE, "drought_from_day": (1.0, 365.0), "drought_to_day": (1.0, 730.0),
    "drought_shortest_d": (1.0, 365.0), "drought_longest_d": (1.0, 365.0), "drought_fires": SOME,
    "drought_wet_factor": SOME, "fires_a_year": SOME, "alarms_per_fire": (1.0, inf),
    **{f"cause_{cause}_pct": PERCENT for cause in CAUSES},
}  # fmt: skip
WHOLE = ("first_month", "drought_from_day", "drought_to_day")


@dataclass(frozen=True)
class Climate:
    """What the tables say. `by_month`: (12,) an item, January first."""

    by_month: dict[str, F64]
    numbers: dict[str, float]
    month: Ints  # (365,) 0 to 11
    day_of_year: Ints  # (365,) 1 to 365

    def of_day(self, item: str) -> F64:
        """(365,) a monthly item on each day of the season."""
        return np.asarray(self.by_month[item][self.month])

    def wet_share(self) -> F64:
        """(12,) share of days with rain."""
        return np.asarray(self.by_month["wet_days"] / LENGTHS)

    def wet_after_dry(self) -> F64:
        """(12,) chance that rain follows a dry day."""
        return np.asarray(CHAIN * self.wet_share())

    def wet_after_wet(self) -> F64:
        """(12,) chance that rain follows a wet day."""
        return np.asarray(PERSISTENCE + self.wet_after_dry())

    def rain_gamma(self) -> tuple[F64, F64]:
        """((12,) scale in mm, (12,) shape) of a wet day's amount."""
        mean_mm = self.by_month["rain_mm"] / self.by_month["wet_days"]
        scale = np.maximum(FIRST_SCALE + SCALE_A_MM * mean_mm, LEAST_SCALE_MM)
        return np.asarray(scale), np.asarray(mean_mm / scale)

    def residual_sd_c(self) -> F64:
        """(12,) of Tmax within dry days and within wet ones, so that all days keep `tmax_sd_c`."""
        f, warmer = self.wet_share(), self.by_month["dry_warmer_c"]
        left = np.square(self.by_month["tmax_sd_c"]) - np.square(warmer) * f * (1.0 - f)
        return np.sqrt(np.maximum(left, 0.25))

    def cause_shares(self) -> F64:
        """(6,) share of each of CAUSES among ignitions on an ordinary day."""
        parts = np.array([self.numbers[f"cause_{c}_pct"] for c in CAUSES])
        return np.asarray(parts / parts.sum())


@kept
def climate_of(scenario: Scenario) -> Climate:
    """The climate of a scenario. Raises BadInput where its tables lack something."""
    by_month: dict[str, F64] = {r.item: np.array(r.values) for r in scenario.season_months}
    numbers: dict[str, float] = {r.item: r.value for r in scenario.season_numbers}
    _check_there(scenario, by_month, numbers)
    _check_ranges(scenario, numbers)
    first = int(numbers["first_month"]) - 1
    order = [(first + n) % 12 for n in range(12)]
    begins = np.concatenate([[0], np.cumsum(LENGTHS)])
    month = np.concatenate([np.full(LENGTHS[m], m) for m in order])
    day = np.concatenate([np.arange(begins[m], begins[m + 1]) for m in order]) + 1
    return Climate(by_month, numbers, month.astype(np.int64), day.astype(np.int64))


def _check_there(scenario: Scenario, by_month: Collection[str], numbers: Collection[str]) -> None:
    """Both tables are there, with every row. Raises BadInput."""
    slips = Slips()
    for file, found, rows in (
        (MONTHS, by_month, scenario.season_months),
        (NUMBERS, numbers, scenario.season_numbers),
    ):
        if not rows:
            with slips:
                raise bad(
                    worded("not there; seasons need the climate and the ignitions of years"), file
                )
            continue
        for item in sorted(set(_items(file)) - set(found)):
            with slips:
                raise bad(worded("no row {item}; a season needs it", item=item), file, None, "item")
    slips.raise_first()


def _check_ranges(scenario: Scenario, numbers: Mapping[str, float]) -> None:
    """Every number is one that it can be. Raises BadInput."""
    slips = Slips()
    for slip in (*_month_slips(scenario), *_number_slips(scenario, numbers)):
        with slips:
            raise slip
    slips.raise_first()


def _month_slips(scenario: Scenario) -> Iterator[BadInput]:
    for number, row in enumerate(scenario.season_months, start=2):
        low, high = MONTH_RANGES.get(row.item, (-inf, inf))
        for name, value in zip(MONTH_NAMES, row.values, strict=True):
            if not low <= value <= high:
                problem = worded(
                    "{item} is {value:g}; give {low:g} to {high:g}",
                    item=row.item,
                    value=value,
                    low=low,
                    high=high,
                )
                yield bad(problem, MONTHS, number, name)
        if row.item == "fires_pct" and sum(row.values) <= 0.0:
            problem = worded("fires_pct: all are 0; give each month's share of the fires")
            yield bad(problem, MONTHS, number)
        if row.item == "wet_days":
            yield from _wet_slips(row.values, number)


def _wet_slips(days: Sequence[float], number: int) -> Iterator[BadInput]:
    for name, given, length in zip(MONTH_NAMES, days, LENGTHS.tolist(), strict=True):
        if not 0.0 < given <= length:
            problem = worded(
                "wet_days is {value:g}; give more than 0, at most {most}", value=given, most=length
            )
            yield bad(problem, MONTHS, number, name)


def _number_slips(scenario: Scenario, numbers: Mapping[str, float]) -> Iterator[BadInput]:
    for number, row in enumerate(scenario.season_numbers, start=2):
        low, high = NUMBER_RANGES.get(row.item, (-inf, inf))
        low, high = max(low, row.low), min(high, row.high)
        whole = row.item in WHOLE
        if low <= row.value <= high and (not whole or row.value == int(row.value)):
            continue
        given = {"item": row.item, "value": row.value, "low": low, "high": high}
        problem = (
            worded("{item} is {value:g}; give a whole number {low:g} to {high:g}", **given)
            if whole
            else worded("{item} is {value:g}; give {low:g} to {high:g}", **given)
        )
        yield bad(problem, NUMBERS, number, "value")
    shortest, longest = numbers["drought_shortest_d"], numbers["drought_longest_d"]
    if longest < shortest:
        problem = worded(
            "drought_longest_d is {longest:g}; give at least drought_shortest_d, {shortest:g}",
            longest=longest,
            shortest=shortest,
        )
        yield bad(problem, NUMBERS, None, "value")


def _items(file: str) -> tuple[str, ...]:
    from typing import get_args

    from anlan.sim.scenario.schema.season import MonthItem, NumberItem

    return tuple(get_args(MonthItem if file == MONTHS else NumberItem))
