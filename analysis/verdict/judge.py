"""The plan's targets judged from the runs of one variant.

Met where the whole interval lies on the good side of the limit, not met where all of it lies
on the bad side, else undecided. A structural target is read off the data: no interval. Not judged
is what assumed rows alone decide, what nothing happened for, and what the model lacks.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from anlan.analysis.measures.registry import MEASURES
from anlan.analysis.measures.seasonal import SEASONAL
from anlan.analysis.measures.structural import STRUCTURAL
from anlan.analysis.statistics.intervals import (
    Interval,
    clopper_pearson,
    mean_interval,
    rule_of_three,
    runs_needed,
    within_range,
)
from anlan.analysis.verdict.assumed import Assumed, assumed
from anlan.analysis.verdict.hinge import Hinge, performance_hinge, structural_hinge
from anlan.analysis.verdict.noted import (
    Notes,
    assumed_note,
    hinge_note,
    joined,
    nothing_note,
    untested_note,
)
from anlan.analysis.verdict.target import Finding, good_runs, outcome_of
from anlan.analysis.verdict.tested import tested_runs
from anlan.analysis.verdict.verdict import Verdict, Verdicts
from anlan.analysis.words import LANGS, in_every_language
from anlan.analysis.words.names import said
from anlan.sim.scenario.errors import BadInput, shown, worded
from anlan.sim.scenario.schema import Plan, Scenario, Target

if TYPE_CHECKING:
    import pandas as pd

Values = np.ndarray[Any, np.dtype[np.float64]]


def unknown_measures(plan: Plan) -> list[str]:
    """The plan's measures that no registry knows, in the plan's order."""
    known = {
        "structural": STRUCTURAL.keys(),
        "performance": MEASURES.keys(),
        "season": SEASONAL.keys(),
    }
    return [t.measure for t in plan.targets if t.kind in known and t.measure not in known[t.kind]]


def judge(runs: Any, plan: Plan | None = None, scenario: Scenario | None = None) -> Verdicts:
    """Judge a plan's targets from the runs of one variant.

    `runs` is what `anlan.replicate` gives, or a frame with one row a run and one column a
    measure; a frame needs `scenario` for structural targets. `plan` is the scenario's own
    unless given. Raises ValueError for a target whose measure nobody knows, BadInput for the runs
    of several variants.
    """
    if hasattr(runs, "columns"):
        return _judged(runs, plan, scenario)
    if not hasattr(runs, "verdicts"):
        raise BadInput(
            worded("judge takes results, or a frame of measures, not {runs}", runs=shown(runs))
        )
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
        raise BadInput(
            worded("a plan is judged from one variant's runs: choose one with only(number)")
        )
    unknown = unknown_measures(plan)
    if unknown:
        raise ValueError(f"plan.toml: unknown measure {unknown[0]}")
    return Verdicts(_judge(t, frame, scenario) for t in plan.targets)


def structural_verdicts(scenario: Scenario) -> Verdicts:
    """The targets that need no run: read off the data, judged by years, or not in the model."""
    return Verdicts(
        _judge_structural(t, scenario) if t.kind == "structural" else _not_by_runs(t)
        for t in scenario.plan.targets
        if t.kind != "performance"
    )


def _judge(target: Target, frame: pd.DataFrame, scenario: Scenario | None) -> Verdict:
    if target.kind in ("not_in_model", "season"):
        return _not_by_runs(target)
    if target.kind == "structural":
        return _judge_structural(target, scenario)
    return hinged(_judge_runs(target, frame), target, scenario)


def _not_by_runs(target: Target) -> Verdict:
    """A clause that nothing here can judge, with what is missing; or one that years judge."""
    nothing = Interval(math.nan, math.nan, math.nan, False)
    if target.kind == "season":
        notes = in_every_language("note.over_seasons")
        return verdict_of(target, nothing, (0, 0), "over seasons", notes)
    assert target.why is not None  # the schema sees to it
    notes = {lang: said(target.why, lang) for lang in LANGS}
    return verdict_of(target, nothing, (0, 0), "not in the model", notes)


def _judge_structural(target: Target, scenario: Scenario | None) -> Verdict:
    if scenario is None:
        raise ValueError(f"target {target.id} is read off the scenario, which was not given")
    measure = STRUCTURAL[target.measure]
    value = measure.function(scenario)
    found = Interval(value, value, value, True)
    if math.isnan(value):
        return verdict_of(target, found, (0, 0), "nothing to judge", nothing_note(measure, 0))
    lacks = in_every_language(measure.lacks) if measure.lacks else {}
    rests: Assumed | None = assumed(measure, target, scenario)
    hinge = structural_hinge(measure, target, scenario)
    if rests is None:
        notes = joined(in_every_language("note.structural"), lacks)
        judged = verdict_of(target, found, (0, 0), outcome_of(found, target), notes)
        return _hung(judged, hinge, scenario)
    as_assumed = assumed_note(rests, outcome_of(found, target), value, target, measure.unit)
    unjudged = verdict_of(target, found, (0, 0), "assumed", joined(as_assumed, lacks))
    return _hung(unjudged, hinge, scenario)


def hinged(verdict: Verdict, target: Target, scenario: Scenario | None) -> Verdict:
    """A performance verdict with the one assumed parameter that keeps it from ever being met."""
    if scenario is None or verdict.verdict not in ("not met", "undecided"):
        return verdict
    return _hung(verdict, performance_hinge(target, scenario), scenario)


def _hung(verdict: Verdict, hinge: Hinge | None, scenario: Scenario) -> Verdict:
    if hinge is None:
        return verdict
    return replace(
        verdict,
        hinge=hinge.what,
        hinge_value=hinge.value,
        turns_at=hinge.turns_at,
        notes=joined(verdict.notes, hinge_note(hinge, scenario, verdict.unit)),
    )


def interval_of(target: Target, judged: Values) -> Interval:
    """The interval of a target from a fixed number of runs: their values that are a number, n >= 1.

    Exact for a share of runs, Student's t for a mean, cut to what the measure can be.
    """
    if target.statistic.startswith("share_of_runs"):
        good = int(good_runs(target, judged).sum())
        return clopper_pearson(good, len(judged), target.confidence)
    unit = MEASURES[target.measure].unit
    return within_range(mean_interval(judged, target.confidence), unit, judged)


def _judge_runs(target: Target, frame: pd.DataFrame) -> Verdict:
    values = np.asarray(frame[target.measure], dtype=float)
    judged = values[~np.isnan(values)]
    runs, n = len(values), len(judged)
    tested = tested_runs(target.measure, frame)
    if tested == 0:
        nothing = Interval(math.nan, -math.inf, math.inf, False)
        notes = nothing_note(MEASURES[target.measure], runs) if n == 0 else untested_note(runs)
        return verdict_of(target, nothing, (runs, 0), "nothing to judge", notes)
    judged_so = _judge_values(target, judged, runs)
    if tested == n:
        return judged_so
    partly = in_every_language("note.tested_in", n=n, k=tested)
    return replace(judged_so, notes=joined(judged_so.notes, partly))


def _judge_values(target: Target, judged: Values, runs: int) -> Verdict:
    n = len(judged)
    if target.statistic.startswith("share_of_runs"):
        return _judge_share(target, judged, runs)
    found = interval_of(target, judged)
    note = "note.mean"
    if n == 1:
        note = "note.one_run"
    elif found.low == found.high:
        note = "note.all_equal"
    notes = in_every_language(note, n=n, chance=rule_of_three(n, target.confidence))
    return verdict_of(target, found, (runs, n), outcome_of(found, target), notes)


def _judge_share(target: Target, judged: Values, runs: int) -> Verdict:
    n, good = len(judged), int(good_runs(target, judged).sum())
    found = interval_of(target, judged)
    assert target.at_least is not None  # the schema sees to it
    needed = runs_needed(target.at_least, target.confidence)
    fill = {"n": n, "k": good, "chance": rule_of_three(n, target.confidence), "needed": needed}
    note = "note.share"
    if good == n:
        note = "note.all_good" if n >= needed else "note.all_good_too_few"
    elif good == 0:
        note = "note.none_good"
    notes = in_every_language(note, **fill)
    return verdict_of(target, found, (runs, n), outcome_of(found, target), notes)


def verdict_of(
    target: Target, found: Interval, runs: tuple[int, int], outcome: Finding, notes: Notes
) -> Verdict:
    """A target as judged. `runs`: all of them (or seasons), and those with something to judge."""
    unit: str = target.unit
    registry: dict[str, Any] = {
        "structural": STRUCTURAL, "performance": MEASURES, "season": SEASONAL
    }  # fmt: skip
    if target.kind in registry:
        unit = registry[target.kind][target.measure].unit
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
        unit=unit,
        estimate=found.estimate,
        low=found.low,
        high=found.high,
        runs=runs[0],
        applicable_runs=runs[1],
        verdict=outcome,
        notes=notes,
    )
