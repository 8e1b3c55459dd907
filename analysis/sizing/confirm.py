"""Fresh runs decide: what they do not confirm is not called enough.

A point is given runs of a block in which nothing was ever played, looked at again and again with a
confidence sequence until every goal is met by it, one is not, or the runs cannot suffice any more.
To be called enough wrongly a point must have a goal that is not met and whose sequence misses the
truth, so the chance of it is at most the alpha of the attempt, however many goals there are. What
an attempt may spend of alpha is fixed beforehand (`ATTEMPTS`), since a further attempt follows only
on one that failed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from anlan.analysis.sizing.evidence import Evidence, SpentError, likely
from anlan.analysis.sizing.problem import FRESH, Goal, Point
from anlan.analysis.statistics.sequences import Floats

ATTEMPTS = (0.5, 0.25, 0.25)  # shares of the alpha that confirming may spend
ENOUGH, NONE, LEAST = 0.5, 0.25, 0.25  # shares of alpha: of "enough", of "no such", of "least"
ENOUGH_TO_GUESS = 64  # runs after which it is guessed whether going on is worth it
BETTER = 1.5  # standard errors that the runs to come may be better than those so far
LOOK = 8  # fresh runs between two looks


@dataclass(frozen=True)
class Judged:
    """A goal of a storm after some runs: its mean, the ends of its sequence, and how it stands."""

    storm: int
    goal: str
    estimate: float
    low: float
    high: float
    runs: int
    state: str  # met, not met, open


@dataclass(frozen=True)
class Attempt:
    """A point held against fresh runs."""

    point: Point
    block: int
    alpha: float
    judged: tuple[Judged, ...]
    runs: int

    @property
    def confirmed(self) -> bool:
        """Whether every goal of every storm is met."""
        return all(j.state == "met" for j in self.judged)


def confirm(evidence: Evidence, point: Point, number: int, most: int, alpha: float) -> Attempt:
    """Hold a point against up to `most` fresh runs of each storm; the number-th attempt."""
    block, before = FRESH + number, evidence.played
    found: list[Judged] = []
    for storm, one in enumerate(evidence.problem.storms):
        if not one.goals:
            continue
        found += one_storm(evidence, (point, storm, block), most, alpha)
        if any(j.state != "met" for j in found):
            break
    return Attempt(point, block, alpha, tuple(found), evidence.played - before)


def one_storm(
    evidence: Evidence, where: tuple[Point, int, int], most: int, alpha: float
) -> list[Judged]:
    """The goals of a storm, looked at until they are settled. `where`: point, storm, block."""
    point, storm, block = where
    goals = evidence.problem.storms[storm].goals
    met: dict[int, Judged] = {}  # what a sequence has once settled stays so
    found: list[Judged] = []
    for upto in range(LOOK, most + LOOK, LOOK):
        upto = min(upto, most)
        try:
            values = evidence.values(point, storm, block, range(upto))
        except SpentError:
            break
        found = [
            met.get(j) or judged(storm, goal, values[:, j], alpha) for j, goal in enumerate(goals)
        ]
        met |= {j: one for j, one in enumerate(found) if one.state == "met"}
        hopeless = any(
            j not in met and not _may_be_met(goal, values[:, j], most - upto, most, alpha)
            for j, goal in enumerate(goals)
            if goal.share
        )
        if len(met) == len(goals) or hopeless or any(f.state == "not met" for f in found):
            break
    return found or [judged(storm, goal, np.empty(0), alpha) for goal in goals]


def _may_be_met(goal: Goal, values: Floats, left: int, most: int, alpha: float) -> bool:
    """Whether going on may confirm a share: were the runs that are left somewhat better than these.

    To give up is no claim, so it may go by a guess.
    """
    if len(values) < ENOUGH_TO_GUESS:
        return likely(goal, values, left, most, alpha)
    rate = float(np.nanmean(values)) if not np.isnan(values).all() else 1.0
    rate = min(1.0, rate + BETTER * math.sqrt(rate * (1.0 - rate) / len(values)))
    guess = np.concatenate([values, np.full(left, rate)])
    return likely(goal, guess, 0, most, alpha)


def judged(storm: int, goal: Goal, values: Floats, alpha: float) -> Judged:
    """How a goal stands after some runs."""
    known = values[~np.isnan(values)]
    low, high = goal.ends(values, alpha)
    mean = float(known.mean()) if len(known) else float("nan")
    return Judged(storm, goal.id, mean, low, high, len(known), goal.state(values, alpha))
