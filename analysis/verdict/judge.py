"""The plan's targets judged from the runs of one variant.

Met where the whole interval lies on the good side of the limit, not met where all of it lies
on the bad side, else undecided. A structural target is read off the data: no interval.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from anlan.analysis.measures.registry import MEASURES
from anlan.analysis.measures.structural import STRUCTURAL
from anlan.analysis.statistics.intervals import (
    Interval,
    clopper_pearson,
    mean_interval,
    rule_of_three,
    runs_needed,
)
from anlan.analysis.verdict.target import Outcome, good_runs, outcome_of
from anlan.analysis.verdict.verdict import Verdict, Verdicts
from anlan.analysis.words import LANGS, in_every_language
from anlan.analysis.words.names import said
from anlan.sim.scenario.errors import BadInput
from anlan.sim.scenario.schema import Plan, Scenario, Target

if TYPE_CHECKING:
    import pandas as pd

Values = np.ndarray[Any, np.dtype[np.float64]]


def unknown_measures(plan: Plan) -> list[str]:
    """The plan's measures that no registry knows, in the plan's order."""
    known = {"structural": STRUCTURAL.keys(), "performance": MEASURES.keys()}
    return [t.measure for t in plan.targets if t.measure not in known[t.kind]]


def judge(runs: Any, plan: Plan | None = None, scenario: Scenario | None = None) -> Verdicts:
    """Judge a plan's targets from the runs of one variant.

    `runs` is what `anlan.replicate` gives, or a frame with one row a run and one column a
    measure; a frame needs `scenario` for structural targets. `plan` is the scenario's own
    unless given. Raises ValueError for a target whose measure nobody knows, BadInput for the runs
    of several variants.
    """
    if hasattr(runs, "columns"):
        return _judged(runs, plan, scenario)
    if plan is None and scenario is None:
        found: Verdicts = runs.verdicts
        return found
    return _judged(runs.measures, plan, scenario or runs.scenario)


def _judged(frame: pd.DataFrame, plan: Plan | None, scenario: Scenario | None) -> Verdicts:
    if plan is None:
        if scenario is None:
            raise ValueError("a frame of measures needs a plan or a scenario to judge against")
        plan = scenario.plan
    if "variant" in frame and frame["variant"].nunique() > 1:
        raise BadInput("a plan is judged from one variant's runs: choose one with only(number)")
    unknown = unknown_measures(plan)
    if unknown:
        raise ValueError(f"plan.toml: unknown measure {unknown[0]}")
    return Verdicts(
        _judge_structural(t, scenario) if t.kind == "structural" else _judge_runs(t, frame)
        for t in plan.targets
    )


def structural_verdicts(scenario: Scenario) -> Verdicts:
    """Only the targets that are read off the data: no run needed."""
    return Verdicts(
        _judge_structural(t, scenario) for t in scenario.plan.targets if t.kind == "structural"
    )


def _judge_structural(target: Target, scenario: Scenario | None) -> Verdict:
    if scenario is None:
        raise ValueError(f"target {target.id} is read off the scenario, which was not given")
    value = STRUCTURAL[target.measure].function(scenario)
    found = Interval(value, value, value, True)
    if math.isnan(value):
        return _verdict(target, found, (0, 0), "undecided", "note.nothing_to_judge")
    return _verdict(target, found, (0, 0), outcome_of(found, target), "note.structural")


def _judge_runs(target: Target, frame: pd.DataFrame) -> Verdict:
    values = np.asarray(frame[target.measure], dtype=float)
    judged = values[~np.isnan(values)]
    runs, n = len(values), len(judged)
    if n == 0:
        nothing = Interval(math.nan, -math.inf, math.inf, False)
        return _verdict(target, nothing, (runs, 0), "undecided", "note.nothing_to_judge")
    if target.statistic.startswith("share_of_runs"):
        return _judge_share(target, judged, runs)
    unit = MEASURES[target.measure].unit
    found = _within_range(mean_interval(judged, target.confidence), unit, judged)
    note = "note.mean"
    if n == 1:
        note = "note.one_run"
    elif found.low == found.high:
        note = "note.all_equal"
    chance = rule_of_three(n, target.confidence)
    return _verdict(target, found, (runs, n), outcome_of(found, target), note, n=n, chance=chance)


def _judge_share(target: Target, judged: Values, runs: int) -> Verdict:
    n, good = len(judged), int(good_runs(target, judged).sum())
    found = clopper_pearson(good, n, target.confidence)
    assert target.at_least is not None  # the schema sees to it
    needed = runs_needed(target.at_least, target.confidence)
    fill = {"n": n, "k": good, "chance": rule_of_three(n, target.confidence), "needed": needed}
    note = "note.share"
    if good == n:
        note = "note.all_good" if n >= needed else "note.all_good_too_few"
    elif good == 0:
        note = "note.none_good"
    return _verdict(target, found, (runs, n), outcome_of(found, target), note, **fill)


def _within_range(found: Interval, unit: str, judged: Values) -> Interval:
    """Cut an interval of a mean to what the measure can be: a share to 0..1, a count to 0 up."""
    if len(judged) < 2 or judged.min() < 0.0:
        return found
    high = min(found.high, 1.0) if unit == "share" and judged.max() <= 1.0 else found.high
    return found._replace(low=max(found.low, 0.0), high=high)


def _verdict(
    target: Target,
    found: Interval,
    runs: tuple[int, int],
    outcome: Outcome,
    note: str,
    **fill: object,
) -> Verdict:
    """`runs`: all of them, and those that had something to judge. `note`: a key of the words."""
    measure = (STRUCTURAL if target.kind == "structural" else MEASURES)[target.measure]
    return Verdict(
        id=target.id,
        texts={lang: said(target.text, lang) for lang in LANGS},
        source=target.source,
        kind=target.kind,
        measure=target.measure,
        statistic=target.statistic,
        limit=target.limit,
        at_least=target.at_least,
        confidence=target.confidence,
        unit=measure.unit,
        estimate=found.estimate,
        low=found.low,
        high=found.high,
        runs=runs[0],
        applicable_runs=runs[1],
        verdict=outcome,
        notes=in_every_language(note, **fill),
    )
