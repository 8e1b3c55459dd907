"""A plan's annual clauses judged from the fires of many seasons, and all seasonal measures."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from anlan.analysis.measures.seasonal import SEASONAL, BySeason, Seasonal
from anlan.analysis.statistics.intervals import Interval, clustered_share, ratio_interval
from anlan.analysis.verdict.judge import verdict_of
from anlan.analysis.verdict.target import outcome_of
from anlan.analysis.verdict.verdict import Verdict, Verdicts
from anlan.analysis.words import in_every_language
from anlan.sim.scenario.schema import Plan, Target

# Areas have a heavy tail, so that an interval of a few seasons looks narrower than it is: how many
# are enough is an assumption. A share has no tail.
LEAST_SEASONS = 10


@dataclass(frozen=True)
class Measured:
    """A seasonal measure with its interval, and in how many seasons there was anything."""

    measure: Seasonal
    found: Interval
    seasons: int


def measured(sums: BySeason, measure: Seasonal, confidence: float = 0.95) -> Measured:
    """A measure pooled over seasons; the interval goes by seasons, whose fires hang together."""
    top, bottom = measure.parts(sums)
    some = int((bottom > 0.0).sum())
    if measure.unit == "share":
        return Measured(measure, clustered_share(top, bottom, confidence), some)
    found = ratio_interval(top, bottom, confidence)
    low = max(found.low, 0.0) if math.isfinite(found.low) else found.low
    return Measured(measure, found._replace(low=low), some)


def all_measured(sums: BySeason) -> Iterator[Measured]:
    """Every seasonal measure."""
    return (measured(sums, measure) for measure in SEASONAL.values())


def judge_seasons(plan: Plan, sums: BySeason) -> Verdicts:
    """The verdicts of the targets of kind season; "nothing to judge" where nothing burnt."""
    return Verdicts(_judge(t, sums) for t in plan.targets if t.kind == "season")


def _judge(target: Target, sums: BySeason) -> Verdict:
    one = measured(sums, SEASONAL[target.measure], target.confidence)
    of, fires = len(sums.fires), int(sums.fires.sum())
    if math.isnan(one.found.estimate):
        notes = in_every_language("note.no_fires", n=of, alarms=int(sums.alarms.sum()))
        return verdict_of(target, one.found, (of, 0), "nothing to judge", notes)
    notes = in_every_language("note.seasons", n=of, some=one.seasons, fires=fires)
    least = 2 if one.measure.unit == "share" else LEAST_SEASONS
    if one.seasons < least:
        notes = in_every_language("note.few_seasons", some=one.seasons, least=least)
        nothing = one.found._replace(low=-math.inf, high=math.inf)
        return verdict_of(target, nothing, (of, one.seasons), "undecided", notes)
    return verdict_of(target, one.found, (of, one.seasons), outcome_of(one.found, target), notes)
