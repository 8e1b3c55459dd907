"""What a target of the plan asks of the runs: its bound, and which side of it is good."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np

from anlan.analysis.statistics.intervals import Interval
from anlan.sim.scenario.schema import Target

Outcome = Literal["met", "not met", "undecided"]
# Not judged, counting neither way: only assumptions decide it, nothing happened that it is about,
# the model has nothing that it could be judged by, or years judge it and not runs.
Unjudged = Literal["assumed", "nothing to judge", "not in the model", "over seasons"]
Finding = Outcome | Unjudged
JUDGED: tuple[Outcome, ...] = ("met", "not met", "undecided")


def counted(verdicts: Sequence[str]) -> list[int]:
    """How many are met, not met, undecided, and not judged."""
    counts = [sum(v == outcome for v in verdicts) for outcome in JUDGED]
    return [*counts, len(verdicts) - sum(counts)]


def on_share_of_runs(target: Target) -> bool:
    """Whether the target asks in what share of the runs a limit is kept, and not for a mean."""
    return target.statistic.startswith("share_of_runs")


def bound_of(target: Target) -> float:
    """What an interval is held against: the share of runs that is asked for, else the limit."""
    if on_share_of_runs(target):
        assert target.at_least is not None  # the schema sees to it
        return target.at_least
    return target.limit


def at_most(target: Target) -> bool:
    """Whether a small value of the measure is good."""
    return target.statistic.endswith("at_most")


def small_is_good(target: Target) -> bool:
    """Whether a small estimate is good; a share of runs is always good when large."""
    return not on_share_of_runs(target) and at_most(target)


def good_runs(
    target: Target, values: np.ndarray[Any, np.dtype[np.float64]]
) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Which runs keep the target's limit; none of those that are not a number."""
    good: np.ndarray[Any, np.dtype[np.bool_]]
    good = values <= target.limit if at_most(target) else values >= target.limit
    return good


def kept(
    target: Target, values: np.ndarray[Any, np.dtype[np.float64]]
) -> np.ndarray[Any, np.dtype[np.float64]]:
    """1 where the limit is kept, 0 where not, NaN where there was nothing to judge."""
    found: np.ndarray[Any, np.dtype[np.float64]]
    found = np.where(np.isnan(values), np.nan, good_runs(target, values))
    return found


def outcome_of(found: Interval, target: Target) -> Outcome:
    """Met where the whole interval lies on the good side of the bound, not met where none does."""
    bound = bound_of(target)
    if small_is_good(target):
        return "met" if found.high <= bound else "not met" if found.low > bound else "undecided"
    return "met" if found.low >= bound else "not met" if found.high < bound else "undecided"
