"""One variant judged: by its fixed number of runs, or by the stopping rule that ended them."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from anlan.analysis.verdict.judge import hinged, judge
from anlan.analysis.verdict.stopping import (
    Stopping,
    TargetStatus,
    decide,
    named,
    rows_of_runs,
)
from anlan.analysis.verdict.verdict import Verdict, Verdicts
from anlan.analysis.words import in_every_language
from anlan.sim.scenario.schema import Scenario

if TYPE_CHECKING:
    import pandas as pd


class Judged(NamedTuple):
    """The verdicts of a variant, and by target what settled it.

    `settled`: runs (all were played), scenario (read off the data), or, by a stopping rule,
    decided, narrow, budget, or nothing yet.
    """

    verdicts: Verdicts
    settled: dict[str, str]


def judge_variant(
    frame: pd.DataFrame, scenario: Scenario, rule: Stopping | None = None, runs: int = 0
) -> Judged:
    """Judge the runs of one variant, from the measures of those that could be played.

    With a stopping rule, after which `runs` were played, the intervals of its targets are its own,
    which hold however often one looked; without one they are those of `judge`.
    """
    verdicts = judge(frame, scenario=scenario)
    settled = {v.id: "runs" if v.of_runs else "scenario" for v in verdicts}
    if rule is None:
        return Judged(verdicts, settled)
    looked = decide(rows_of_runs(frame, runs), named(rule, scenario.plan), rule)
    statuses = {s.id: s for s in looked}
    settled |= {name: status.settled for name, status in statuses.items()}
    targets = {t.id: t for t in scenario.plan.targets}
    return Judged(
        Verdicts(
            hinged(_by_rule(v, statuses[v.id]), targets[v.id], scenario) if v.id in statuses else v
            for v in verdicts
        ),
        settled,
    )


def _by_rule(verdict: Verdict, status: TargetStatus) -> Verdict:
    # Nothing happened that it is about: as judged without the rule.
    if not status.applicable or verdict.verdict == "nothing to judge":
        return verdict
    return replace(
        verdict,
        verdict=status.verdict,
        estimate=status.interval.estimate,
        low=status.interval.low,
        high=status.interval.high,
        applicable_runs=status.applicable,
        hinge="",
        hinge_value=math.nan,
        turns_at=math.nan,
        notes=in_every_language("note.stopped", n=status.applicable),
    )
