"""Which hours are tried, and what their verdicts say of the last moment. Nothing here plays runs.

Hours count from the start of the run; a lead is the hours from the order to what it is to come
before. Every hour that may be tried is a multiple of one step, and there are known many of them
beforehand: each is given an equal part of alpha, whichever of them the search comes to. So what is
said of all hours of an order holds together at the stated confidence, and no monotony is assumed.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from anlan.analysis.verdict.stopping import Stopping

Outcomes = Mapping[float, str]  # hour -> verdict
Kind = Literal["hour", "every", "none", "undecided", "nothing"]
COARSE = 6  # intervals between the first hours that are tried
MET, NOT_MET = "met", "not met"


@dataclass(frozen=True)
class Grid:
    """Hours 0, step, … up to the last before the event at `event_h`."""

    event_h: float
    step_h: float

    @property
    def count(self) -> int:
        """How many hours there are."""
        return math.floor(self.event_h / self.step_h + 1e-9) + 1

    def hour(self, number: int) -> float:
        """The hour of a number from 0."""
        return round(number * self.step_h, 6)

    def first(self) -> list[float]:
        """The hours tried first: both ends and some evenly between."""
        last = self.count - 1
        return sorted({self.hour(round(last * k / COARSE)) for k in range(COARSE + 1)})

    def between(self, before: float, after: float) -> float | None:
        """The hour of the grid in the middle of two; None where there is none."""
        a, b = round(before / self.step_h), round(after / self.step_h)
        return self.hour((a + b) // 2) if b - a > 1 else None

    def rule(self, targets: tuple[str, ...], most_runs: int, confidence: float) -> Stopping:
        """When an hour has been played enough: its part of alpha, over the targets together."""
        each = 1.0 - (1.0 - confidence) / self.count
        batch = min(20, most_runs)
        return Stopping(targets=targets, batch=batch, most_runs=most_runs, confidence=each)


@dataclass(frozen=True)
class Answer:
    """The last moment of one order for one target.

    `kind`: an hour; every hour up to the event does; none does; undecided (nowhere met with
    confidence, nor everywhere not met); nothing to judge. `met_h`: the latest hour at which the
    target is met, `not_met_h` the earliest at which it is not met; NaN for none. `too_early_h`: an
    hour before `met_h` at which it is not met with confidence, NaN where there is none.
    """

    kind: Kind
    met_h: float = math.nan
    not_met_h: float = math.nan
    too_early_h: float = math.nan


def answer(outcomes: Outcomes) -> Answer:
    """What the verdicts of the hours played say."""
    hours = sorted(outcomes)
    met = [h for h in hours if outcomes[h] == MET]
    not_met = [h for h in hours if outcomes[h] == NOT_MET]
    if not hours or all(outcomes[h] not in (MET, NOT_MET, "undecided") for h in hours):
        return Answer("nothing")
    if not met:
        kind: Kind = "none" if len(not_met) == len(hours) else "undecided"
        return Answer(kind, not_met_h=not_met[0] if not_met else math.nan)
    early = [h for h in not_met if h < met[-1]]
    late = [h for h in not_met if h > met[-1]]
    return Answer(
        "every" if len(met) == len(hours) else "hour",
        met[-1],
        late[0] if late else math.nan,
        early[-1] if early else math.nan,
    )


def further(grid: Grid, outcomes: Outcomes) -> set[float]:
    """The hours to try next: halfway to where a verdict turns, on either side of what is open."""
    hours = sorted(outcomes)
    found = answer(outcomes)
    wanted: set[float | None] = set()
    if found.kind == "hour" and found.met_h < hours[-1]:
        after = next(h for h in hours if h > found.met_h)
        wanted.add(grid.between(found.met_h, after))
    if not math.isnan(found.not_met_h) and found.not_met_h > hours[0]:
        before = max(h for h in hours if h < found.not_met_h)
        wanted.add(grid.between(before, found.not_met_h))
    return {h for h in wanted if h is not None and h not in outcomes}
