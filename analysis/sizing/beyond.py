"""What goes beside the answer: what the next one buys, cost against confidence, other prices.

All of it is of paired runs of the search and is told as an estimate with its interval. A list for
other prices is called confirmed only where it is the very list that fresh runs have confirmed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from anlan.analysis.sizing.evidence import Evidence, SpentError
from anlan.analysis.sizing.problem import SEARCH, Point, below, moved
from anlan.analysis.sizing.procedure import Found
from anlan.analysis.sizing.search import Search, between
from anlan.analysis.statistics.intervals import Interval, clopper_pearson
from anlan.analysis.statistics.paired import Difference, mean_difference, share_difference
from anlan.analysis.statistics.sequences import Floats

STEPS = (0.25, 0.5, 0.75)  # of the way from today to the answer
TIMES = (0.5, 2.0)  # what prices are multiplied by


@dataclass(frozen=True)
class Bought:
    """What one step more of a knob changes in a goal, paired; `storm` and `goal` by number."""

    knob: int
    level: int
    storm: int
    goal: int
    cost: float
    gain: Difference


@dataclass(frozen=True)
class CurvePoint:
    """A point's cost and the share of runs in which every target's limit is kept."""

    point: Point
    cost: float
    kept: Interval
    runs: int
    confirmed: bool


@dataclass(frozen=True)
class Cheaper:
    """The cheapest list for a price that is `times` as high, by paired runs of the search.

    `cost`, and `of_confirmed` what the confirmed list costs, are at that price. `confirmed`: it is
    that list. `today`: it costs less at today's prices as well, and fresh runs were not asked.
    """

    what: str
    times: float
    point: Point
    cost: float
    of_confirmed: float
    confirmed: bool
    today: bool


def bought(evidence: Evidence, runs: int) -> Iterator[Bought]:
    """One step more of each knob than today, one at a time."""
    problem = evidence.problem
    today = problem.today
    try:
        for knob in range(len(problem.knobs)):
            if today[knob] == problem.top[knob]:
                continue
            more = moved(today, knob, today[knob] + 1)
            for storm, one in enumerate(problem.storms):
                now = evidence.values(today, storm, SEARCH, range(runs))
                then = evidence.values(more, storm, SEARCH, range(runs))
                for j, goal in enumerate(one.goals):
                    found = (share_difference if goal.share else mean_difference)(
                        now[:, j], then[:, j]
                    )
                    cost = problem.cost(more) - problem.cost(today)
                    yield Bought(knob, more[knob], storm, j, cost, found)
    except SpentError:
        return


def curve(evidence: Evidence, found: Found, runs: int) -> Iterator[CurvePoint]:
    """From today by way of the answer to the most of everything, by cost."""
    problem = evidence.problem
    today, answer, top = (np.array(p) for p in (problem.today, found.point, problem.top))
    points = {between(today, answer, s) if (answer >= today).all() else found.point for s in STEPS}
    points |= {problem.today, found.point, between(answer, top, 0.5), problem.top}
    done = []
    try:
        for point in sorted(points, key=lambda p: (p != found.point, problem.cost(p), p)):
            kept = all_kept(evidence, point, runs)
            share = clopper_pearson(int(kept.sum()), len(kept))
            is_it = found.outcome == "enough" and point == found.point
            done.append(CurvePoint(point, problem.cost(point), share, len(kept), is_it))
    except SpentError:
        pass
    yield from sorted(done, key=lambda c: c.cost)


def all_kept(evidence: Evidence, point: Point, runs: int) -> Floats:
    """(runs,) 1 where every target of every storm keeps its limit; what has nothing to judge does.

    Raises SpentError.
    """
    good = np.ones(runs)
    for storm, one in enumerate(evidence.problem.storms):
        values = evidence.values(point, storm, SEARCH, range(runs))
        for j, goal in enumerate(one.goals):
            good *= goal.kept(values[:, j]) != 0.0
    return good


def other_prices(evidence: Evidence, found: Found, prices: Sequence[str]) -> Iterator[Cheaper]:
    """The cheapest list with each price halved and doubled; `prices`: what each knob's is of."""
    if found.search is None or found.outcome != "enough":
        return
    problem = evidence.problem
    failed = [a.point for a in found.attempts if not a.confirmed]  # fresh runs know better
    bad = [*found.search.rejected, *failed]
    seen = [p for p in found.search.accepted if not any(below(p, f) for f in failed)]
    good = [*seen, found.point]
    changes = [(what, times) for what in dict.fromkeys(prices) for times in TIMES]
    for n, (what, times) in enumerate(changes):
        knobs = tuple(
            replace(k, unit_cost=k.unit_cost * times) if p == what else k
            for k, p in zip(problem.knobs, prices, strict=True)
        )
        other = replace(problem, knobs=knobs)
        # What a point has shown holds at any price, so all these searches add to the same lists.
        search = replace(found.search, cost=other.cost, accepted=good, rejected=bad)
        with evidence.upto(1.0 / (len(changes) - n)):
            best = _cheapest(search)
        yield Cheaper(
            what, times, best, other.cost(best), other.cost(found.point), best == found.point,
            problem.cost(best) < problem.cost(found.point) - 1e-9,
        )  # fmt: skip


def _cheapest(search: Search) -> Point:
    """Exchanges from the best that is known until nothing is cheaper or the runs are spent."""
    try:
        search.descend(search.best(), search.orders()[0])
        while search.exchange(search.best()) is not None:
            pass
    except SpentError:
        pass
    return search.best()
