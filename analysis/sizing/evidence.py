"""What has been seen of each point: runs are played a few at a time, hardest first, and counted.

The same runs of the search block are played of every point, so points differ by what they have and
not by chance. A point is turned down as soon as the runs that are left cannot save it. What "looks
enough" here is no claim: only fresh runs say that something is enough (`confirm`).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np

from anlan.analysis.sizing.problem import SEARCH, Goal, Point, Problem
from anlan.analysis.statistics.sequences import Floats, share_bounds, student_half_width

BATCH = 4  # runs between two looks: enough for the workers, few enough to turn down early
UNREACHED = 2.0  # the share where even runs that are all good are too few
Tell = Callable[[int], None]  # (runs played so far)


class SpentError(Exception):
    """The runs that the planner allows are used up."""


@dataclass
class Evidence:
    """Plays runs of points within a budget, and keeps what came out.

    `most_runs` counts the runs of all storms; those taken from disk count as those played now, so
    that whoever goes on after a kill takes the same decisions.
    """

    problem: Problem
    most_runs: int
    tell: Tell | None = None
    counted: set[tuple[Point | None, int, int, int]] = field(default_factory=set)
    seen: dict[tuple[Point | None, int, int], dict[int, Floats]] = field(default_factory=dict)
    hard: list[Counter[int]] = field(default_factory=list)  # storm -> runs that points failed in

    def __post_init__(self) -> None:
        self.hard = [Counter() for _ in self.problem.storms]

    @contextmanager
    def upto(self, share: float) -> Iterator[None]:
        """Within this only a share of the runs that are left now may be played."""
        before = self.most_runs
        self.most_runs = self.played + int(share * self.left)
        try:
            yield
        finally:
            self.most_runs = before

    @property
    def played(self) -> int:
        """How many runs of all storms have been played."""
        return len(self.counted)

    @property
    def left(self) -> int:
        """How many runs may still be played."""
        return self.most_runs - self.played

    def values(self, point: Point | None, storm: int, block: int, runs: Sequence[int]) -> Floats:
        """(runs, goals) of a point. Raises SpentError before it would play more than is allowed."""
        there = self.seen.setdefault((point, storm, block), {})
        missing = [r for r in runs if r not in there]
        fresh = {(point, storm, block, r) for r in missing} - self.counted
        if len(fresh) > self.left:
            raise SpentError
        if missing:
            found = self.problem.storms[storm].play(point, block, missing)
            there.update(zip(missing, found, strict=True))
            self.counted |= fresh
            if block == SEARCH:
                self._note(storm, missing, found)
            if self.tell is not None:
                self.tell(self.played)
        width = len(self.problem.storms[storm].goals)
        return np.array([there[r] for r in runs], dtype=float).reshape(len(runs), width)

    def forget(self) -> None:
        """Goals have gone: what was seen is taken anew from what the storms keep."""
        self.seen.clear()
        self.hard = [Counter() for _ in self.problem.storms]

    def _note(self, storm: int, runs: Sequence[int], found: Floats) -> None:
        goals = self.problem.storms[storm].goals
        for j, goal in enumerate(goals):
            failed = goal.kept(found[:, j]) == 0.0
            self.hard[storm].update(r for r, bad in zip(runs, failed, strict=True) if bad)

    def known(self, point: Point, storm: int, block: int = SEARCH) -> list[int]:
        """The runs of a block that were played of a point, in order."""
        return sorted(self.seen.get((point, storm, block), {}))

    def in_order(self, storm: int, runs: int) -> list[int]:
        """Runs 0 .. runs - 1, those first in which most points failed."""
        return sorted(range(runs), key=lambda r: (-self.hard[storm][r], r))

    def looks_enough(self, point: Point, runs: int, fresh_runs: int, alpha: float) -> bool:
        """Whether a point would most likely be confirmed by fresh runs, from so many paired runs.

        Storms are taken in the order in which they fail most. Raises SpentError.
        """
        allowed = self.problem.allowed
        if allowed is not None and not allowed(point):
            return False
        storms = sorted(
            range(len(self.problem.storms)), key=lambda s: (-sum(self.hard[s].values()), s)
        )
        storms = [s for s in storms if self.problem.storms[s].goals]
        return all(self._one_storm(point, s, runs, fresh_runs, alpha) for s in storms)

    def _one_storm(self, point: Point, storm: int, runs: int, fresh: int, alpha: float) -> bool:
        goals = self.problem.storms[storm].goals
        order = self.in_order(storm, runs)
        for upto in range(BATCH, len(order) + BATCH, BATCH):
            values = self.values(point, storm, SEARCH, order[:upto])
            left = max(0, len(order) - upto)
            if not all(
                likely(goal, values[:, j], left, fresh, alpha) for j, goal in enumerate(goals)
            ):
                return False
        return True


def likely(goal: Goal, values: Floats, left: int, fresh: int, alpha: float) -> bool:
    """Whether fresh runs would confirm a goal if they were like these, the `left` ones all good.

    Without a run that can be judged nothing speaks against it.
    """
    judged = values[~np.isnan(values)]
    n = len(judged) + left
    if not len(judged):
        return True
    fresh = max(1, fresh * n // (len(values) + left))  # so many of them have something to judge
    if goal.share:
        good = (float(judged.sum()) + left) / n
        return good >= least_share(goal.bound, fresh, alpha)
    if left:  # a mean can still move: only the whole sample says
        return True
    spread = float(judged.std(ddof=1)) if n > 1 else 0.0
    half = float(student_half_width(np.array([float(max(fresh, 2))]), np.array([spread]), alpha)[0])
    return goal.margin(judged) >= (half if math.isfinite(half) else 0.0)


def least_share(bound: float, fresh: int, alpha: float) -> float:
    """The least share of good runs with which so many fresh runs confirm a bound."""
    key = (bound, fresh, alpha)
    if key not in _shares:
        k = np.arange(fresh + 1)
        low, _ = share_bounds(k, np.full(fresh + 1, fresh), alpha)
        enough = np.flatnonzero(low >= bound)
        _shares[key] = float(k[enough[0]] / fresh) if len(enough) else UNREACHED
    return _shares[key]


_shares: dict[tuple[float, int, float], float] = {}
