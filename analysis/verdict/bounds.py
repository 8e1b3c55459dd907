"""What a measure can reach at most, from parameters alone: no plan can do better.

A registry: measure -> the parameter that bounds it, and the best that it leaves possible. A bound
is worked out with everything else at its best (phones never out, everybody there), so that a
target which lies beyond it cannot be met whatever is spent.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from anlan.analysis.measures.measure import WORST
from anlan.analysis.measures.warning import RESPONSIBLE_MIN
from anlan.analysis.verdict.target import at_most, bound_of, on_share_of_runs
from anlan.sim.scenario.schema import Scenario, Target


@dataclass(frozen=True)
class Bound:
    """`best(scenario)`: the best mean that a measure can have under the scenario's parameters.

    `parameters`: those that bound it. `easiest`: the value at which each of them bounds least.
    `cases`: how many independent cases a share is of, at least, in a run; None where the mean alone
    is held against the limit, which is exact for a mean and close for a share of many.
    """

    parameters: tuple[str, ...]
    easiest: float
    best: Callable[[Scenario], float]
    cases: Callable[[Scenario], int] | None = None

    def can_be_met(self, scenario: Scenario, target: Target) -> bool:
        """Whether what the target asks is within reach."""
        best = self.best(scenario)
        if self.cases is None or not on_share_of_runs(target):
            return best <= target.limit if at_most(target) else best >= target.limit
        return _chance_of_share(best, self.cases(scenario), target) >= bound_of(target)


def bound_on(target: Target) -> Bound | None:
    """The bound on a target's measure; that of a district holds for its worst town too."""
    return BOUNDS.get(target.measure.removesuffix(WORST)) if target.kind == "performance" else None


def _chance_of_share(chance: float, cases: int, target: Target) -> float:
    """The chance that the share of good cases keeps the limit, each good with the same chance."""
    from scipy.stats import binom

    if at_most(target):
        return float(binom.cdf(_floor(target.limit * cases), cases, chance))
    return float(binom.sf(_ceil(target.limit * cases) - 1, cases, chance))


def _floor(value: float) -> int:
    return int(value + 1e-9)


def _ceil(value: float) -> int:
    return -int(-value + 1e-9)


def tries_in_time(scenario: Scenario) -> int:
    """How many calls a responsible person gets within five minutes: the first at once.

    The next ones follow after whole ticks. A runner starts too late to count: the least time before
    one sets out is five minutes, after the last call.
    """
    step_min = max(1, scenario.ticks_of(scenario.p("warning.retry_min")))
    step_min *= scenario.settings.tick_min
    return min(int(scenario.p("warning.call_tries")), 1 + RESPONSIBLE_MIN // step_min)


def answered_in_time(scenario: Scenario) -> float:
    """The chance that one of the calls in time is answered, with every phone working."""
    return 1.0 - (1.0 - scenario.p("warning.answer_share")) ** tries_in_time(scenario)


def called_places(scenario: Scenario) -> int:
    """Places that one order to the whole district calls."""
    return len(scenario.communities)


def following(scenario: Scenario) -> float:
    """The share of those ordered to leave who follow, by what their homes are.

    That of the response level up to which it is largest; NaN where no level orders anybody out.
    """
    told: set[str] = set()
    found = []
    for response in scenario.responses:
        told |= {d for d in response.move if d != "sturdy"}
        people = {d: sum(c.households * getattr(c, f"{d}_share") for c in scenario.communities)
                  for d in told}  # fmt: skip
        every = sum(people.values())
        if every > 0:
            follow = (n * scenario.p(f"residents.comply_{d}") for d, n in people.items())
            found.append(sum(follow) / every)
    return max(found, default=math.nan)


BOUNDS: dict[str, Bound] = {
    "warning.responsible_5min_share": Bound(
        ("warning.answer_share",), 1.0, answered_in_time, called_places
    ),
    "evacuation.before_gale_share": Bound(
        ("residents.comply_low_lying", "residents.comply_dangerous", "residents.comply_dormitory",
         "residents.comply_boat"), 1.0, following,
    ),
}  # fmt: skip
