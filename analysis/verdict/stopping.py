"""When a study has seen enough: rules that spare runs without raising false alarms.

After each batch every named target is looked at with a confidence sequence
(`analysis.statistics.sequences`), whose level holds over all looks together; with several targets
each gets an equal part of alpha (Bonferroni). So the chance that a target is ever called met
or not met wrongly, over the whole plan and however often one looks, is at most 1 - confidence.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
from pydantic import Field, model_validator

from anlan.analysis.measures.registry import MEASURES
from anlan.analysis.statistics.intervals import Interval
from anlan.analysis.statistics.sequences import Floats, mean_bounds, share_bounds
from anlan.analysis.verdict.target import Outcome, good_runs, on_share_of_runs, outcome_of
from anlan.sim.scenario.errors import BadInput, Slips, nearest, shown, worded
from anlan.sim.scenario.rows import Given
from anlan.sim.scenario.schema import Plan, Row, Target

if TYPE_CHECKING:
    import pandas as pd

Settled = Literal["decided", "narrow", "budget", ""]


class Stopping(Row, Given):
    """`[stop]` of a study: which targets, when they are settled, how often one looks.

    `width` is in the unit of what is judged: a share of runs (0.05 is five points), or the
    measure's own for a target on a mean. None: only a decision settles a target.
    """

    targets: tuple[str, ...] | Literal["all"] = "all"
    width: Annotated[float, Field(gt=0.0, allow_inf_nan=False)] | None = None
    batch: Annotated[int, Field(ge=1)] = 20
    most_runs: Annotated[int, Field(ge=1)]
    confidence: Annotated[float, Field(ge=0.5, lt=1.0)] = 0.95

    @model_validator(mode="after")
    def _fits(self) -> Stopping:
        if self.targets != "all" and len(set(self.targets)) < max(len(self.targets), 1):
            raise ValueError(worded('targets: name each target once, at least one, or write "all"'))
        if self.batch > self.most_runs:
            raise ValueError(
                worded(
                    "batch {batch} is more than most_runs {most_runs}",
                    batch=self.batch,
                    most_runs=self.most_runs,
                )
            )
        return self


@dataclass(frozen=True)
class TargetStatus:
    """Where one target stands: at the look that settled it, else at the last one.

    `settled`: decided (the interval lies on one side of what the plan asks), narrow (as narrow
    as the rule asks), budget (the runs are spent), or nothing yet. `runs` were played until then,
    `applicable` of them had something to judge.
    """

    id: str
    verdict: Outcome
    settled: Settled
    interval: Interval
    runs: int
    applicable: int


def named(rule: Stopping, plan: Plan) -> tuple[Target, ...]:
    """The plan's targets that the rule looks at. Raises BadInput for an unknown or structural one.

    Structural targets are read off the scenario: no run can settle them.
    """
    slips = Slips()
    for problem in unsettled(rule, plan):
        slips.note(BadInput(worded("{where}: {problem}", where="stop.targets", problem=problem)))
    slips.raise_first()
    judged = _judged(plan)
    return tuple(judged.values() if rule.targets == "all" else (judged[n] for n in rule.targets))


def unsettled(rule: Stopping, plan: Plan) -> Iterator[str]:
    """What is wrong with the targets that a rule names: no run can settle them."""
    judged = _judged(plan)
    structural = {t.id for t in plan.targets} - set(judged)
    if rule.targets == "all":
        if not judged:
            yield worded("the plan has no target that runs can settle")
        return
    for name in rule.targets:
        if name in structural:
            yield worded("{name} is read off the scenario; leave it out", name=name)
        elif name not in judged:
            yield worded("no target {name}; {near}", name=shown(name), near=nearest(name, judged))


def _judged(plan: Plan) -> dict[str, Target]:
    return {t.id: t for t in plan.targets if t.kind == "performance"}


def decide(
    runs: pd.DataFrame,
    targets: Sequence[Target],
    rule: Stopping,
    before: Sequence[TargetStatus] | None = None,
) -> list[TargetStatus]:
    """Where each target stands after the runs of one variant, looked at batch by batch.

    `runs` has a row a run, columns `run` and the targets' measures (NaN: nothing to judge);
    the order of its rows does not matter, runs beyond `most_runs` are not looked at. Looks are
    after every `batch` runs and after the last, and a settled target is not looked at again:
    the result is the same whether asked after every batch or once at the end. `before`, the
    result after the last batch, only saves the work of looking at the old batches again.
    """
    ordered = runs.sort_values("run").head(rule.most_runs)
    looked = min((s.runs for s in before if not s.settled), default=0) if before else 0
    looks = [n for n in range(rule.batch, len(ordered) + 1, rule.batch) if n > looked]
    if len(ordered) and (not looks or looks[-1] < len(ordered)):
        looks.append(len(ordered))
    alpha = (1.0 - rule.confidence) / max(len(targets), 1)
    old = {s.id: s for s in before or () if s.settled}
    return [old.get(t.id) or _status(t, ordered, looks, alpha, rule) for t in targets]


def rows_of_runs(frame: pd.DataFrame, runs: int) -> pd.DataFrame:
    """A row for each of runs 0 .. runs - 1: one that could not be played has nothing to judge."""
    return frame.set_index("run").reindex(range(runs)).reset_index()


def runs_to_add(statuses: Sequence[TargetStatus], played: int, rule: Stopping) -> int:
    """How many more runs to play: the next batch, or 0 where all is settled or spent."""
    if all(s.settled for s in statuses):
        return 0
    return max(0, min(rule.batch, rule.most_runs - played))


def _status(
    target: Target, ordered: pd.DataFrame, looks: list[int], alpha: float, rule: Stopping
) -> TargetStatus:
    values = ordered[target.measure].to_numpy(dtype=float)
    known = ~np.isnan(values)
    counts = np.cumsum(known)[np.array(looks, dtype=int) - 1]
    found = _intervals(target, values[known], counts, alpha)
    spent = len(ordered) >= rule.most_runs
    for look, count, interval in zip(looks, counts, found, strict=True):
        verdict = outcome_of(interval, target)
        narrow = rule.width is not None and interval.high - interval.low <= rule.width
        last = look == looks[-1]
        decided = verdict != "undecided"
        if decided or narrow or last:
            settled: Settled = "decided" if decided else "narrow" if narrow else ""
            settled = settled or ("budget" if spent else "")
            return TargetStatus(target.id, verdict, settled, interval, look, int(count))
    nothing = Interval(np.nan, -np.inf, np.inf, False)
    return TargetStatus(target.id, "undecided", "", nothing, 0, 0)


def _intervals(target: Target, judged: Floats, counts: Floats, alpha: float) -> list[Interval]:
    """The interval at each look, from the first `counts` values."""
    share = on_share_of_runs(target)
    values = good_runs(target, judged).astype(float) if share else judged
    bounds = (0.0, 1.0) if share or MEASURES[target.measure].unit == "share" else None
    whole = Interval(np.nan, *(bounds or (-np.inf, np.inf)), bounds is not None)
    some = counts[counts > 0]
    if not len(some):
        return [whole] * len(counts)
    total = np.cumsum(values)[some - 1]
    if share:
        low, high = share_bounds(total, some, alpha)
    else:
        low, high = mean_bounds(values, some, alpha, bounds)
    mean = total / some
    found = [
        Interval(float(m), float(a), float(b), bounds is not None)
        for m, a, b in zip(mean, low, high, strict=True)
    ]
    return [whole] * (len(counts) - len(found)) + found
