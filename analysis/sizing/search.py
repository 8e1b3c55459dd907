"""The search for a cheap point that looks enough, on paired runs.

From the most of everything knobs are lowered as far as they go, in groups and by halving, dearest
first and cheapest first; then dear levels are exchanged for cheap ones, or, where there are few
points, every cheaper point that nothing speaks against is tried. It takes more for never worse
(`what-counts` found no capacity that moves the wrong way): below a point that was turned down
nothing is played.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from anlan.analysis.measures.facts import Ints
from anlan.analysis.sizing.evidence import Evidence, SpentError
from anlan.analysis.sizing.problem import Point, below, moved
from anlan.analysis.statistics.sequences import Floats

MOST_POINTS = 20_000  # that are looked at one by one
KNOCKED_OUT = 6  # of how many of the cheapest the last is held
LONGER = 3  # times as many runs in the knock-out


@dataclass
class Search:
    """One search: how many paired runs a point is given, and what is known of each by them.

    `fresh` and `alpha`: with how many fresh runs, and how surely, it will have to be confirmed.
    """

    evidence: Evidence
    runs: int
    fresh: int
    alpha: float
    cost: Callable[[Point], float]
    accepted: list[Point] = field(default_factory=list)
    rejected: list[Point] = field(default_factory=list)

    def enough(self, point: Point) -> bool:
        """Whether a point looks enough; played where no other point tells. Raises SpentError."""
        if any(below(point, other) for other in self.rejected):
            return False
        if any(below(other, point) for other in self.accepted):
            return True
        good = self.evidence.looks_enough(point, self.runs, self.fresh, self.alpha)
        (self.accepted if good else self.rejected).append(point)
        return good

    def best(self) -> Point:
        """The cheapest point that looks enough so far; of equals the one with less in the front."""
        return min(self.accepted, key=lambda p: (self.cost(p), p))

    def descend(self, start: Point, order: Sequence[int]) -> Point:
        """Each knob as low as it goes, those in front first. Raises SpentError.

        All together to the bottom, else the one half of them and then the other: what no target
        hangs on is done with in a few points, and what is hopeless is turned down after a few runs.
        """
        bottom = self.evidence.problem.bottom
        low = tuple(bottom[k] if k in order else i for k, i in enumerate(start))
        if low == start or self.enough(low):
            return low
        if len(order) == 1:
            return self._halved(start, order[0])
        half = len(order) // 2
        return self.descend(self.descend(start, order[:half]), order[half:])

    def _halved(self, point: Point, knob: int) -> Point:
        """One knob as low as it goes, the bottom first. Raises SpentError."""
        good, bad = point[knob], self.evidence.problem.bottom[knob] - 1
        middle = bad + 1
        while good - bad > 1:
            if self.enough(moved(point, knob, middle)):
                good = middle
            else:
                bad = middle
            middle = (good + bad) // 2
        return moved(point, knob, good)

    def orders(self) -> list[list[int]]:
        """Dearest first, by what a knob saves at most, and the other way round."""
        problem = self.evidence.problem
        top, bottom = problem.top, problem.bottom
        saved = [self.cost(top) - self.cost(moved(top, k, bottom[k])) for k in range(len(top))]
        dearest = sorted(range(len(top)), key=lambda k: (-saved[k], k))
        return [dearest, dearest[::-1]]

    def exchange(self, point: Point) -> Point | None:
        """A cheaper point with one level less of something and more of another; None if no such.

        Raises SpentError.
        """
        problem, most = self.evidence.problem, self.cost(point)
        dearest = self.orders()[0]
        for down in dearest:
            if point[down] == problem.bottom[down]:
                continue
            lower = moved(point, down, point[down] - 1)
            for up in reversed(dearest):
                levels = range(point[up] + 1, problem.top[up] + 1)
                pays = [i for i in levels if self.cost(moved(lower, up, i)) < most]
                if up == down or not pays or not self.enough(moved(lower, up, pays[-1])):
                    continue
                point = moved(lower, up, pays[-1])
                for knob in (up, *dearest):
                    point = self._halved(point, knob)
                return point
        return None

    def all_cheaper(self) -> None:
        """Try every point that is cheaper than the best and that nothing speaks against.

        The dearest of them first: one that is turned down takes most others with it. Raises
        SpentError.
        """
        points = every_point(self)
        costs = np.array([self.cost(tuple(p)) for p in points.tolist()])
        order = np.lexsort((*points.T[::-1], -costs))
        points, costs = points[order], costs[order]
        open_ = np.ones(len(points), dtype=bool)
        for bad in self.rejected:
            open_ &= ~(points <= np.array(bad)).all(axis=1)
        while True:
            open_ &= costs < self.cost(self.best()) - 1e-9
            left = np.flatnonzero(open_)
            if not len(left):
                return
            tried = tuple(int(i) for i in points[left[0]])
            open_[left[0]] = False
            if not self.enough(tried):
                open_ &= ~(points <= np.array(tried)).all(axis=1)

    def run(self, starts: Iterable[Point] = ()) -> None:
        """Search until nothing cheaper is found or the runs are spent; see `accepted`."""
        try:
            for start in starts:
                if self.enough(start):
                    self.descend(start, self.orders()[0])
            for order in self.orders():
                self.descend(self.evidence.problem.top, order)
            if self.evidence.problem.size() <= MOST_POINTS:
                self.all_cheaper()
                return
            while self.exchange(self.best()) is not None:
                pass  # each one is cheaper than the last, so that this ends
        except SpentError:
            return


def every_point(search: Search) -> Ints:
    """(points, knobs) all points of the grid."""
    problem = search.evidence.problem
    axes = [np.arange(a, b + 1) for a, b in zip(problem.bottom, problem.top, strict=True)]
    found: Ints = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, len(axes))
    return found


def knocked_out(search: Search) -> tuple[Search, list[Point]]:
    """The cheapest points held against more runs: who is left, cheapest first.

    Where none is left the way to the most of everything is halved until something is.
    """
    longer = Search(search.evidence, LONGER * search.runs, search.fresh, search.alpha, search.cost)
    cheapest = sorted(set(search.accepted), key=lambda p: (search.cost(p), p))[:KNOCKED_OUT]
    try:
        for point in cheapest:
            if longer.enough(point):
                longer.descend(point, longer.orders()[0])  # few runs may have turned down too much
                break
        else:
            climb(longer, cheapest[0])
    except SpentError:
        pass
    return longer, sorted(longer.accepted, key=lambda p: (search.cost(p), p))


def climb(search: Search, point: Point) -> None:
    """From a point to the most of everything, the first that looks enough. Raises SpentError."""
    low, high = np.array(point), np.array(search.evidence.problem.top)
    steps = int((high - low).max())
    bad, good = 0, steps
    if not steps or not search.enough(search.evidence.problem.top):
        return
    while good - bad > 1:
        middle = (good + bad) // 2
        if search.enough(between(low, high, middle / steps)):
            good = middle
        else:
            bad = middle
    search.descend(between(low, high, good / steps), search.orders()[0])


def between(low: Ints | Floats, high: Ints | Floats, share: float) -> Point:
    """The point a share of the way up, rounded up."""
    return tuple(int(i) for i in np.ceil(low + share * (high - low) - 1e-9))
