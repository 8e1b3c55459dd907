"""A district's climate as arrays by month and by day of the season, read off its two tables.

Rain after Geng, Penning de Vries and Supit 1986 (Agric. For. Meteorol. 36: 363): with f the share
of wet days, P(wet | dry) = 0.75 f, P(wet | wet) = 0.25 + 0.75 f; the amount of a wet day is gamma
with scale -2.16 + 1.83 m (m the mean amount, mm) and a shape that keeps the mean.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anlan.sim.scenario.errors import BadInput
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
    for file, found, kind in (
        (MONTHS, set(by_month), scenario.season_months),
        (NUMBERS, set(numbers), scenario.season_numbers),
    ):
        if not kind:
            raise BadInput(
                f"{file}: not there; seasons need the climate and the ignitions of years"
            )
        missing = sorted(set(_items(file)) - found)
        if missing:
            raise BadInput(f"{file}, column item: no row {missing[0]}; a season needs it")
    first = int(numbers["first_month"]) - 1
    order = [(first + n) % 12 for n in range(12)]
    begins = np.concatenate([[0], np.cumsum(LENGTHS)])
    month = np.concatenate([np.full(LENGTHS[m], m) for m in order])
    day = np.concatenate([np.arange(begins[m], begins[m + 1]) for m in order]) + 1
    if sum(by_month["fires_pct"]) <= 0.0:
        raise BadInput(f"{MONTHS}, row fires_pct: all are 0; give each month's share of the fires")
    wrong = np.flatnonzero((by_month["wet_days"] <= 0.0) | (by_month["wet_days"] > LENGTHS))
    if wrong.size:
        raise BadInput(
            f"{MONTHS}, row wet_days: {by_month['wet_days'][wrong[0]]:g} days in month "
            f"{wrong[0] + 1}; give more than 0 and at most {LENGTHS[wrong[0]]}"
        )
    return Climate(by_month, numbers, month.astype(np.int64), day.astype(np.int64))


def _items(file: str) -> tuple[str, ...]:
    from typing import get_args

    from anlan.sim.scenario.schema.season import MonthItem, NumberItem

    return tuple(get_args(MonthItem if file == MONTHS else NumberItem))
