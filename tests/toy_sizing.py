"""A made-up storm that is small enough to be worked out: each point's share of good runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import Any

import numpy as np

from anlan.analysis.sizing.problem import Goal, Knob, Point, Problem

Floats = np.ndarray[Any, np.dtype[np.float64]]


@dataclass
class Toy:
    """Each run asks for so much of each knob, by a table of chances; a goal a knob, or one for all.

    `chances[k]`: the chance that a run asks for 0, 1, 2 … of knob k.
    """

    chances: tuple[tuple[float, ...], ...]
    bound: float
    seed: int
    together: bool = True

    @property
    def goals(self) -> tuple[Goal, ...]:
        """What its runs are judged by."""
        count = 1 if self.together else len(self.chances)
        return tuple(Goal(f"toy-{i}", self.bound) for i in range(count))

    def play(self, point: Point | None, block: int, runs: Sequence[int]) -> Floats:
        """1 where a point has what a run asks for."""
        good = self.asks_of(block)[list(runs)] <= np.array(
            point if point is not None else (0,) * len(self.chances)
        )
        found: Floats = (good.all(axis=1)[:, None] if self.together else good).astype(float)
        return found

    def asks_of(self, block: int) -> Any:
        if block not in self._drawn:
            rng = np.random.default_rng([self.seed, block])
            columns = [rng.choice(len(c), size=4000, p=c) for c in self.chances]
            self._drawn[block] = np.stack(columns, axis=1)
        return self._drawn[block]

    @cached_property
    def _drawn(self) -> dict[int, Any]:
        return {}

    def truth(self, point: Point) -> list[float]:
        """The true share of good runs, by goal."""
        shares = [float(sum(c[: i + 1])) for c, i in zip(self.chances, point, strict=True)]
        return [float(np.prod(shares))] if self.together else shares

    def is_enough(self, point: Point) -> bool:
        """Whether a point truly meets every goal."""
        return all(share >= self.bound for share in self.truth(point))


def problem_of(toy: Toy, prices: Sequence[float]) -> Problem:
    """Knobs 0, 1, 2 … as far as runs may ask, none of which is there today."""
    knobs = tuple(
        Knob(f"knob-{k}", tuple(float(i) for i in range(len(c))), price, 0.0)
        for k, (c, price) in enumerate(zip(toy.chances, prices, strict=True))
    )
    return Problem(knobs, (toy,))


def optimum(toy: Toy, problem: Problem) -> Point | None:
    """The cheapest point that is truly enough, found by looking at each."""
    grid = product(*(range(i + 1) for i in problem.top))
    good = [p for p in grid if toy.is_enough(p)]
    return min(good, key=problem.cost) if good else None
