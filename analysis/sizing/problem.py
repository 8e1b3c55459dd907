"""What is sized, free of any model: knobs with levels and prices, and who plays a point.

A point says for each knob which of its levels it has. A `Storm` plays a point: it gives for each
run and each of its goals a number, 1 or 0 where the goal is a share of runs and else the measure
itself. The search knows nothing more: a made-up storm can drive it as well as the whole model.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from anlan.analysis.statistics.sequences import Floats, mean_bounds, share_bounds

Point = tuple[int, ...]  # the number of each knob's level
SEARCH, PROOF, FRESH = 0, 1, 2  # blocks of runs; each has a seed of its own, later ones are fresh


@dataclass(frozen=True)
class Goal:
    """What must hold over the runs: a mean (of 1 and 0: a share of runs) on one side of a bound.

    `share`: its values are 1 and 0. `low_is_good`: the mean has to be at most `bound`. `bounds`:
    what every value keeps, None where nobody knows.
    """

    id: str
    bound: float
    share: bool = True
    low_is_good: bool = False
    bounds: tuple[float, float] | None = None

    def kept(self, values: Floats) -> Floats:
        """1 where a run by itself is on the good side, 0 where not, NaN where nothing is judged."""
        limit = 0.5 if self.share else self.bound
        good = values <= limit if self.low_is_good else values >= limit
        found: Floats = np.where(np.isnan(values), np.nan, good)
        return found

    def ends(self, values: Floats, alpha: float) -> tuple[float, float]:
        """Ends of the confidence sequence after all of some values; NaN are left out."""
        judged = values[~np.isnan(values)]
        if not len(judged):
            return -math.inf, math.inf
        n = np.array([len(judged)])
        if self.share:
            low, high = share_bounds(np.array([judged.sum()]), n, alpha)
        else:
            low, high = mean_bounds(judged, n, alpha, self.bounds)
        return float(low[0]), float(high[0])

    def state(self, values: Floats, alpha: float) -> str:
        """Met, not met, or open, as the whole confidence sequence lies."""
        low, high = self.ends(values, alpha)
        if self.low_is_good:
            return "met" if high <= self.bound else "not met" if low > self.bound else "open"
        return "met" if low >= self.bound else "not met" if high < self.bound else "open"

    def margin(self, values: Floats) -> float:
        """How far the mean lies on the good side; NaN where nothing is judged."""
        judged = values[~np.isnan(values)]
        if not len(judged):
            return math.nan
        found = float(judged.mean()) - self.bound
        return -found if self.low_is_good else found


class Storm(Protocol):
    """Plays points. Run r of a block meets the same chance whatever the point."""

    @property
    def goals(self) -> tuple[Goal, ...]:
        """What its runs are judged by."""
        ...

    def play(self, point: Point | None, block: int, runs: Sequence[int]) -> Floats:
        """(runs, goals) the values, played or taken from what was played before.

        None: things as they are today, which need be no point.
        """
        ...


@dataclass(frozen=True)
class Knob:
    """What may change: its levels from the fewest to the most, and what one more of it costs.

    `levels` are amounts in rising order; `today` is the amount that is there.
    """

    id: str
    levels: tuple[float, ...]
    unit_cost: float
    today: float


@dataclass(frozen=True)
class Problem:
    """Knobs, and the storms that a point must hold in.

    `at_least`: the fewest levels that the data alone ask for (targets that are read off the
    scenario); `allowed`: whether a point meets them all, None where every one does from there on.
    """

    knobs: tuple[Knob, ...]
    storms: tuple[Storm, ...]
    at_least: Point = ()
    allowed: Callable[[Point], bool] | None = None

    @property
    def top(self) -> Point:
        """The most of everything."""
        return tuple(len(k.levels) - 1 for k in self.knobs)

    @property
    def bottom(self) -> Point:
        """The fewest that the data allow."""
        return self.at_least or (0,) * len(self.knobs)

    def amounts(self, point: Point) -> tuple[float, ...]:
        """The amount of each knob."""
        return tuple(k.levels[i] for k, i in zip(self.knobs, point, strict=True))

    def cost(self, point: Point) -> float:
        """What a point costs more than what there is today; below 0 where it is less."""
        pairs = zip(self.knobs, self.amounts(point), strict=True)
        return math.fsum(k.unit_cost * (a - k.today) for k, a in pairs)

    @property
    def today(self) -> Point:
        """The lowest level of each knob that is not less than what there is, else the most."""
        return tuple(
            next((i for i, a in enumerate(k.levels) if a >= k.today), len(k.levels) - 1)
            for k in self.knobs
        )

    def size(self) -> int:
        """How many points there are."""
        pairs = zip(self.top, self.bottom, strict=True)
        return math.prod(high - low + 1 for high, low in pairs)


def below(a: Point, b: Point) -> bool:
    """Whether a point has no more of anything than another."""
    return all(here <= there for here, there in zip(a, b, strict=True))


def moved(point: Point, knob: int, level: int) -> Point:
    """The point with one knob at another level."""
    return (*point[:knob], level, *point[knob + 1 :])
