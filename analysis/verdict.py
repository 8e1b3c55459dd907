"""The plan's targets against the runs: met, not met or undecided, and how sure.

Met where the whole interval lies on the good side of the limit, not met where all of it lies
on the bad side, else undecided. A structural target is read off the data: no interval.
"""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from anlan.analysis.intervals import (
    Interval,
    clopper_pearson,
    mean_interval,
    rule_of_three,
    runs_needed,
)
from anlan.analysis.measures import MEASURES, measure_run
from anlan.analysis.structural import STRUCTURAL
from anlan.analysis.words import word
from anlan.sim.scenario.schema import Plan, Scenario, Target

if TYPE_CHECKING:
    import pandas as pd

Outcome = Literal["met", "not met", "undecided"]
EXIT = {"met": 0, "not met": 1, "undecided": 3}


@dataclass(frozen=True)
class Verdict:
    """One target, judged. `estimate`, `low`, `high` are in the unit that the bound is in."""

    id: str
    zh: str
    en: str
    source: str
    kind: str
    measure: str
    statistic: str
    limit: float
    at_least: float | None
    confidence: float
    unit: str
    estimate: float
    low: float
    high: float
    runs: int
    applicable_runs: int
    verdict: Outcome
    note_zh: str
    note_en: str

    @property
    def bound(self) -> float:
        """What the interval is held against."""
        return self.limit if self.at_least is None else self.at_least

    @property
    def at_most(self) -> bool:
        """Whether small is good; a share of runs is always good when large."""
        return self.at_least is None and self.statistic.endswith("at_most")

    @property
    def bound_unit(self) -> str:
        return self.unit if self.at_least is None else "share"

    def text(self, lang: str) -> str:
        return self.zh if lang == "zh" else self.en

    def note(self, lang: str) -> str:
        return self.note_zh if lang == "zh" else self.note_en


class Verdicts(list[Verdict]):
    """The verdicts of a plan; prints as a table."""

    COLUMNS = tuple(field.name for field in fields(Verdict))

    def exit_code(self) -> int:
        """0 all met, 1 some not met, 3 none not met but some undecided."""
        found = {v.verdict for v in self}
        return 1 if "not met" in found else 3 if "undecided" in found else 0

    def count(self, outcome: object) -> int:  # a list counts equal entries; here, outcomes
        return sum(v.verdict == outcome for v in self)

    def to_json(self) -> str:
        """A JSON list, one object a target; NaN and infinity are null."""
        rows = [{k: _finite(v) for k, v in asdict(verdict).items()} for verdict in self]
        return json.dumps(rows, ensure_ascii=False, indent=1, allow_nan=False)

    @classmethod
    def from_json(cls, text: str) -> Verdicts:
        rows = json.loads(text)
        for row in rows:
            for key, missing in (("estimate", math.nan), ("low", -math.inf), ("high", math.inf)):
                row[key] = missing if row[key] is None else row[key]
        return cls(Verdict(**row) for row in rows)

    def table(self, lang: str = "en") -> str:
        """A plain table for a terminal."""
        from anlan.analysis.format import aligned, amount, interval_text, rule_text

        keys = ("target", "rule", "estimate", "interval", "runs", "verdict")
        head = [word(f"table.{key}", lang) for key in keys]
        rows = [
            [
                v.text(lang),
                rule_text(v, lang),
                amount(v.estimate, v.bound_unit, lang),
                interval_text(v, lang),
                "" if v.kind == "structural" else str(v.applicable_runs),
                word(f"verdict.{v.verdict}", lang),
            ]
            for v in self
        ]
        return aligned([head, *rows])

    def __str__(self) -> str:
        return self.table("en")


def _finite(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value


def unknown_measures(plan: Plan) -> list[str]:
    """The plan's measures that no registry knows, in the plan's order."""
    known = {"structural": STRUCTURAL.keys(), "performance": MEASURES.keys()}
    return [t.measure for t in plan.targets if t.measure not in known[t.kind]]


def judge(runs: Any, plan: Plan | None = None, scenario: Scenario | None = None) -> Verdicts:
    """Judge a plan's targets.

    `runs` is what `sim.replicate` gives, or a frame with one row a run and one column a
    measure; a frame needs `scenario` for structural targets. `plan` is the scenario's own
    unless given. Raises ValueError for a target whose measure nobody knows.
    """
    if hasattr(runs, "columns"):
        frame = runs
    else:
        scenario = scenario or runs.scenario
        frame = measures_of(runs)
    if plan is None:
        if scenario is None:
            raise ValueError("a frame of measures needs a plan or a scenario to judge against")
        plan = scenario.plan
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


def measures_of(runs: Any) -> pd.DataFrame:
    """One row a run, one column a measure; worked out from the ledgers where no digest was kept."""
    import pandas as pd

    if "measures" in runs.digests:
        frame: pd.DataFrame = runs.digest("measures")
        return frame
    rows = [measure_run(runs.scenario, runs.tables(run)) for run in range(runs.ledger_runs)]
    return pd.DataFrame(rows, columns=list(MEASURES))


def _judge_structural(target: Target, scenario: Scenario | None) -> Verdict:
    if scenario is None:
        raise ValueError(f"target {target.id} is read off the scenario, which was not given")
    measure = STRUCTURAL[target.measure]
    value = measure.function(scenario)
    found = Interval(value, value, value, True)
    outcome = _outcome(found, target.limit, target.statistic.endswith("at_most"))
    if math.isnan(value):
        return _verdict(target, measure.unit, found, 0, 0, "undecided", "note.nothing_to_judge", {})
    return _verdict(target, measure.unit, found, 0, 0, outcome, "note.structural", {})


def _judge_runs(target: Target, frame: pd.DataFrame) -> Verdict:
    unit = MEASURES[target.measure].unit
    values = np.asarray(frame[target.measure], dtype=float)
    judged = values[~np.isnan(values)]
    n = len(judged)
    if n == 0:
        nothing = Interval(math.nan, -math.inf, math.inf, False)
        return _verdict(
            target, unit, nothing, len(values), 0, "undecided", "note.nothing_to_judge", {}
        )
    if target.statistic.startswith("share_of_runs"):
        return _judge_share(target, unit, judged, len(values))
    found = _within_range(mean_interval(judged, target.confidence), unit, judged)
    outcome = _outcome(found, target.limit, target.statistic.endswith("at_most"))
    chance = rule_of_three(n, target.confidence)
    note = "note.mean"
    if n == 1:
        note = "note.one_run"
    elif found.low == found.high:
        note = "note.all_equal"
    return _verdict(target, unit, found, len(values), n, outcome, note, {"n": n, "chance": chance})


def _judge_share(target: Target, unit: str, judged: np.ndarray[Any, Any], runs: int) -> Verdict:
    at_most = target.statistic.endswith("at_most")
    good = judged <= target.limit if at_most else judged >= target.limit
    n, k = len(judged), int(good.sum())
    found = clopper_pearson(k, n, target.confidence)
    assert target.at_least is not None  # the schema sees to it
    outcome = _outcome(found, target.at_least, False)
    needed = runs_needed(target.at_least, target.confidence)
    fill = {"n": n, "k": k, "chance": rule_of_three(n, target.confidence), "needed": needed}
    note = "note.share"
    if k == n:
        note = "note.all_good" if n >= needed else "note.all_good_too_few"
    elif k == 0:
        note = "note.none_good"
    return _verdict(target, unit, found, runs, n, outcome, note, fill)


def _within_range(found: Interval, unit: str, judged: np.ndarray[Any, Any]) -> Interval:
    """Cut an interval of a mean to what the measure can be: a share to 0..1, a count to 0 up."""
    if len(judged) < 2 or judged.min() < 0.0:
        return found
    high = min(found.high, 1.0) if unit == "share" and judged.max() <= 1.0 else found.high
    return found._replace(low=max(found.low, 0.0), high=high)


def _outcome(found: Interval, bound: float, at_most: bool) -> Outcome:
    if at_most:
        return "met" if found.high <= bound else "not met" if found.low > bound else "undecided"
    return "met" if found.low >= bound else "not met" if found.high < bound else "undecided"


def _verdict(
    target: Target,
    unit: str,
    found: Interval,
    runs: int,
    applicable: int,
    outcome: Outcome,
    note: str,
    fill: dict[str, Any],
) -> Verdict:
    return Verdict(
        id=target.id,
        zh=target.text.zh,
        en=target.text.en,
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
        runs=runs,
        applicable_runs=applicable,
        verdict=outcome,
        note_zh=word(note, "zh", **fill),
        note_en=word(note, "en", **fill),
    )
