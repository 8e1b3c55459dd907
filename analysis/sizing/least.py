"""Whether nothing cheaper would do: said only where it is proved.

If more is never worse, no cheaper point can be enough unless one of those does that cannot be
raised any more without costing as much. Each of them is played in runs that the search has not
seen; if in each some goal is not met, at a confidence shared out among them, the point is the
least. Targets that are read off the data need no run: the grid begins where they are met.
"""

from __future__ import annotations

import numpy as np

from anlan.analysis.sizing.evidence import BATCH, SpentError
from anlan.analysis.sizing.problem import PROOF, Point, moved
from anlan.analysis.sizing.search import MOST_POINTS, Search, every_point

MOST_RIVALS = 60
RUNS_A_RIVAL = 240
FEWEST_RUNS = 40  # before a rival that looks good is left alone


def rivals(search: Search, point: Point) -> list[Point] | None:
    """The cheaper points that cannot be raised for less than the point costs; None: too many."""
    problem = search.evidence.problem
    if problem.size() > MOST_POINTS:
        return [] if point == problem.bottom else None
    most, found = search.cost(point) - 1e-9, []
    for cells in every_point(search).tolist():
        rival = tuple(cells)
        if search.cost(rival) >= most:
            continue
        raised = (moved(rival, k, i + 1) for k, i in enumerate(rival) if i < problem.top[k])
        if all(search.cost(other) >= most for other in raised):
            found.append(rival)
    return found if len(found) <= MOST_RIVALS else None


def is_least(search: Search, point: Point, alpha: float) -> bool:
    """Whether every cheaper point is shown to miss a goal, with a chance of error of alpha."""
    others = rivals(search, point)
    if others is None:
        return False
    goals = sum(len(storm.goals) for storm in search.evidence.problem.storms)
    each = alpha / max(len(others) * goals, 1)
    try:
        return all(fails(search, rival, each) for rival in others)
    except SpentError:
        return False


def fails(search: Search, point: Point, alpha: float) -> bool:
    """Whether some goal of a point is shown not to be met. Raises SpentError."""
    evidence = search.evidence
    allowed = evidence.problem.allowed
    if allowed is not None and not allowed(point):
        return True
    for storm, one in enumerate(evidence.problem.storms):
        for upto in range(BATCH, RUNS_A_RIVAL + BATCH, BATCH):
            values = evidence.values(point, storm, PROOF, range(upto))
            states = [g.state(values[:, j], alpha) for j, g in enumerate(one.goals)]
            if "not met" in states:
                return True
            if upto >= FEWEST_RUNS and all(
                np.nan_to_num(g.margin(values[:, j])) >= 0 for j, g in enumerate(one.goals)
            ):
                break  # nothing speaks against it
    return False
