"""The whole procedure: the most of everything, the search, the knock-out, fresh runs.

Of alpha, the chance that what is said at the end is wrong, half goes to "enough", a quarter to "no
such capacity within your bounds" and a quarter to "least".
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from anlan.analysis.sizing.confirm import (
    ATTEMPTS,
    ENOUGH,
    LEAST,
    NONE,
    Attempt,
    Judged,
    confirm,
    judged,
)
from anlan.analysis.sizing.evidence import BATCH, Evidence, SpentError, likely
from anlan.analysis.sizing.least import is_least
from anlan.analysis.sizing.problem import SEARCH, Point, Problem, moved
from anlan.analysis.sizing.search import Search, between, knocked_out
from anlan.analysis.statistics.sequences import Floats

Outcome = Literal["enough", "none", "open", "unmoved"]
FEWEST, MOST = 20, 60  # paired runs that a point is given in the search
TOP_RUNS = 10  # times as many at most, of the most of everything
FOR_FRESH = 0.2  # of the runs allowed, an attempt to confirm may take
FOR_SEARCH, FOR_KNOCK_OUT = 0.4, 0.3  # of the runs that are left
RUNS_TO_GUESS = 160  # of a failed attempt, by which the next point is chosen
FOR_ATTEMPT = (0.5, 0.6, 1.0)  # of the runs that are left, so that a further one has enough


@dataclass(frozen=True)
class Found:
    """What the procedure says. `point`: what is enough, or the last that was tried.

    `forbids`: of "none" the goals that are not met with the most of everything; of "open" those
    that fresh runs left open. "unmoved": nothing that may change moves any target.
    """

    outcome: Outcome
    point: Point
    attempts: tuple[Attempt, ...] = ()
    forbids: tuple[Judged, ...] = ()
    least: bool = False
    top: tuple[Judged, ...] = ()
    search: Search | None = field(default=None, repr=False)  # of the knock-out, for other prices


def runs_a_point(evidence: Evidence) -> int:
    """How many paired runs a point is given in the search, so that the budget lasts."""
    problem = evidence.problem
    halvings = sum(
        (high - low + 1).bit_length() for high, low in zip(problem.top, problem.bottom, strict=True)
    )
    each = evidence.most_runs // (5 * max(halvings, 1) * len(problem.storms))
    return max(FEWEST, min(MOST, each)) // BATCH * BATCH


def fresh_runs(evidence: Evidence) -> int:
    """How many fresh runs of each storm an attempt may take."""
    return max(1, int(FOR_FRESH * evidence.most_runs / len(evidence.problem.storms)))


def sized(evidence: Evidence, alpha: float, starts: Iterable[Point] = ()) -> Found:
    """Find the least that is enough; `starts`: points at which a search may well begin."""
    problem, fresh = evidence.problem, fresh_runs(evidence)
    first = ENOUGH * alpha * ATTEMPTS[0]
    search = Search(evidence, runs_a_point(evidence), fresh, first, problem.cost)
    top, looks = judged_top(search, NONE * alpha)
    bad = tuple(j for j in top if j.state == "not met")
    if bad:
        return Found("none", problem.top, forbids=bad, top=top)
    if not looks:
        unsettled = tuple(j for j in top if j.state != "met")
        return Found("open", problem.top, forbids=unsettled, top=top)
    search.accepted.append(problem.top)
    with evidence.upto(FOR_SEARCH):
        search.run(starts)
    with evidence.upto(FOR_KNOCK_OUT):
        longer, left = knocked_out(search)
    found = confirmed(evidence, candidates(search, left), fresh, ENOUGH * alpha)
    last = found[-1]
    if not last.confirmed:
        missed = tuple(j for j in last.judged if j.state != "met")
        return Found("open", last.point, found, missed, False, top, longer)
    least = is_least(search, last.point, LEAST * alpha)
    return Found("enough", last.point, found, (), least, top, longer)


def judged_top(search: Search, alpha: float) -> tuple[tuple[Judged, ...], bool]:
    """How each goal stands with the most of everything; whether all of it looks enough.

    A goal that does not is given more runs, until it is shown not to be met or looks good after
    all. The alpha is shared out among the goals: any of them may forbid.
    """
    evidence, top = search.evidence, search.evidence.problem.top
    storms = evidence.problem.storms
    each = alpha / max(sum(len(s.goals) for s in storms), 1)
    found: list[Judged] = []
    upto, looks = search.runs, False
    for upto in range(search.runs, TOP_RUNS * search.runs + 1, search.runs):
        try:
            found = [
                judged(s, goal, evidence.values(top, s, SEARCH, range(upto))[:, j], each)
                for s, storm in enumerate(storms)
                for j, goal in enumerate(storm.goals)
            ]
            looks = evidence.looks_enough(top, upto, search.fresh, search.alpha)
        except SpentError:
            break
        if looks or any(j.state == "not met" for j in found):
            break
    return tuple(found), looks


def candidates(search: Search, left: Sequence[Point]) -> list[Point]:
    """Whom fresh runs are asked about, cheapest first: whom the knock-out has left, else all."""
    return list(left) or sorted(set(search.accepted), key=lambda p: (search.cost(p), p))


def confirmed(
    evidence: Evidence, points: Sequence[Point], fresh: int, alpha: float
) -> tuple[Attempt, ...]:
    """Attempts until one is confirmed: a cheap point, then one that has more of everything."""
    point, found = points[0], list[Attempt]()
    for number, share in enumerate(ATTEMPTS):
        left = int(FOR_ATTEMPT[number] * evidence.left)
        most = min(fresh, left // len(evidence.problem.storms))
        if number and most < 1:
            break
        found.append(confirm(evidence, point, number, most, share * alpha))
        if found[-1].confirmed or point == evidence.problem.top:
            break
        with evidence.upto(FOR_KNOCK_OUT):
            point = stepped_up(evidence, found[-1], fresh, ATTEMPTS[-1] * alpha)
    return tuple(found)


def stepped_up(evidence: Evidence, attempt: Attempt, fresh: int, alpha: float) -> Point:
    """More than failed to be confirmed, as little as the runs that failed to do so ask for.

    More of everything until it would do; then those knobs back to which none of it is due. Those
    runs are no longer fresh: what they ask for is a guess that the next attempt checks.
    """
    low, high = np.array(attempt.point), np.array(evidence.problem.top)
    steps = int((high - low).max())
    bad, good = 0, steps
    again = Again(evidence, attempt)
    point = evidence.problem.top
    with suppress(SpentError):
        while good - bad > 1:
            middle = (good + bad) // 2
            if again.would_do(between(low, high, middle / steps), fresh, alpha):
                good = middle
            else:
                bad = middle
            point = between(low, high, good / steps)
        for knob in by_saving(evidence.problem, point, attempt.point):
            lower = moved(point, knob, attempt.point[knob])
            if again.kept(lower) >= again.kept(point):
                point = lower
    return point


def by_saving(problem: Problem, high: Point, low: Point) -> list[int]:
    """The knobs that differ, those first that save most from one point to the other."""
    saved = [problem.cost(high) - problem.cost(moved(high, k, low[k])) for k in range(len(high))]
    return [k for k in sorted(range(len(high)), key=lambda k: (-saved[k], k)) if high[k] > low[k]]


class Again:
    """The runs of an attempt once more, with more: only those in which something failed.

    A run that was good stays so with more of everything; a mean is asked of all runs.
    """

    def __init__(self, evidence: Evidence, attempt: Attempt) -> None:
        self.evidence, self.attempt = evidence, attempt

    def values(self, point: Point, storm: int) -> Floats:
        """(runs, goals) what a point has in them. Raises SpentError."""
        evidence, attempt = self.evidence, self.attempt
        goals = evidence.problem.storms[storm].goals
        runs = evidence.known(attempt.point, storm, attempt.block)[:RUNS_TO_GUESS]
        found = evidence.values(attempt.point, storm, attempt.block, runs)
        kept = np.array([g.kept(found[:, j]) for j, g in enumerate(goals)]).reshape(-1, len(runs))
        rest = (kept == 0.0).any(axis=0) | np.array(not all(g.share for g in goals))
        chosen = np.flatnonzero(rest)
        found[chosen] = evidence.values(
            point, storm, attempt.block, [runs[n] for n in chosen.tolist()]
        )
        return found

    def would_do(self, point: Point, fresh: int, alpha: float) -> bool:
        """Whether a point looks enough in them. Raises SpentError."""
        for storm, one in enumerate(self.evidence.problem.storms):
            if not self.evidence.known(self.attempt.point, storm, self.attempt.block):
                continue  # the attempt had failed before it came to this one
            values = self.values(point, storm)
            if not all(likely(g, values[:, j], 0, fresh, alpha) for j, g in enumerate(one.goals)):
                return False
        return True

    def kept(self, point: Point) -> int:
        """How often in them a goal is kept. Raises SpentError."""
        return sum(
            int(np.nansum(goal.kept(self.values(point, storm)[:, j])))
            for storm, one in enumerate(self.evidence.problem.storms)
            if self.evidence.known(self.attempt.point, storm, self.attempt.block)
            for j, goal in enumerate(one.goals)
        )


def too_few(evidence: Evidence, alpha: float) -> bool:
    """Whether so few runs are allowed that even if all were good no share could be confirmed."""
    fresh, first = np.ones(fresh_runs(evidence)), ENOUGH * alpha * ATTEMPTS[0]
    goals = (g for s in evidence.problem.storms for g in s.goals if g.share)
    return any(g.state(fresh, first) != "met" for g in goals)
