"""Each cell decided from paired differences: what moves, which way, and if nothing does, why.

A row of the table asks two families of questions, each at half of 1 - CONFIDENCE and each by
Holm's step-down: does the capability move the measures that it is for; does it move any other of
which it is known which way is better. In the first half of the weight lies on the measures that
the list says it is for above all (`leads`), with the least of it that is played: what a planner
asks first is not lost among what is asked besides. A question for which no pair differs has no
weight (Tarone 1990, Biometrics 46: 515-522: what cannot come out significant need not be corrected
for). Holm and not Benjamini-Hochberg, because a wrong answer
here sends somebody to look for a fault in the model or a planner to buy the wrong thing; because
it holds whatever hangs together with what (all measures come of the same runs); and because a
row's verdict then depends on its own runs alone, so that a row that is kept need not be judged
anew when another is played. The p-values are of looks after planned numbers of runs; half and
double of a thing may have been played less often than none of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from anlan.analysis.capabilities.levels import FEWER, Cell
from anlan.analysis.capabilities.listed import Listed, measures_looked_at
from anlan.analysis.capabilities.reasons import commonest, excuse
from anlan.analysis.measures.registry import MEASURES
from anlan.analysis.statistics.intervals import Interval
from anlan.analysis.statistics.multiple import Tested, holm, planned_interval, planned_test
from anlan.analysis.statistics.paired import mean_difference

if TYPE_CHECKING:
    import pandas as pd

Verdict = Literal[
    "helps",
    "hurts",
    "both",
    "elsewhere",
    "no_matter",
    "silent",
    "undecided",
    "rarely",
    "none_there",
    "unplayed",
    "failed",
]
Floats = NDArray[np.float64]
Way = str  # "right", "wrong", "" (does not move), or COST with the name of a mechanism
COST = "cost:"
CONFIDENCE = 0.95  # that nothing of a row is wrongly said to move
MOSTLY = 0.75  # of the runs: what has a reason not to matter in so many matters rarely
LEADING = 0.5  # of the weight of a family, on what the capability is for above all


@dataclass(frozen=True)
class Effect:
    """What a level of a capability does to a measure, over the runs that both can judge.

    `interval` is of other minus as it is, at the level that Holm's step held it against.
    `differs`: in how many pairs, `higher`: in how many of them other is higher. `one_sided`: runs
    in which only one of the two had something to judge, which are left out.
    """

    level: str
    measure: str
    served: bool
    as_is: float
    other: float
    interval: Interval
    pairs: int
    differs: int
    higher: int
    one_sided: int
    p_value: float
    way: Way


@dataclass(frozen=True)
class Judged:
    """A row of the table: a capability in a scenario."""

    cell: Cell
    verdict: Verdict
    effects: tuple[Effect, ...]
    reason: str = ""
    runs: int = 0
    failed: int = 0
    refused: Mapping[str, str] = field(default_factory=dict)  # level -> why it cannot be

    @property
    def moved(self) -> tuple[Effect, ...]:
        """What moves, those that it is for first, the surest first."""
        found = (e for e in self.effects if e.way)
        return tuple(sorted(found, key=lambda e: (e.way != "wrong", not e.served, e.p_value)))


@dataclass(frozen=True)
class Looks:
    """After how many runs a cell has been looked at so far, and how often it may be in all."""

    runs: tuple[int, ...]
    planned: int

    def of(self, runs: int) -> Looks:
        """Those of a level of which so many runs are played."""
        upto = tuple(n for n in self.runs if n < runs)
        return Looks((*upto, runs), max(self.planned - len(self.runs) + len(upto) + 1, 1))


def judge_cell(
    cell: Cell,
    as_is: pd.DataFrame,
    levels: Mapping[str, pd.DataFrame],
    reasons: Sequence[Mapping[str, bool]] = (),
    looks: Looks | None = None,
) -> Judged:
    """Decide a cell. Frames have a row a run, in the same order, and a column a measure.

    A level may have fewer runs than the scenario as it is. `reasons`: what held in each run that
    was played, of whatever level. `looks`: at the end alone if none are given.
    """
    if not levels:
        return Judged(cell, "none_there", ())
    runs = len(as_is)
    failed = sum(int(f.isna().all(axis=1).sum()) for f in (as_is, *levels.values()))
    looked_at = measures_looked_at(cell.listed)
    served = tuple(m for m in cell.listed.serves if m in looked_at)
    rest = tuple(m for m in looked_at if m not in served)
    effects = [
        _priced(e, cell.listed)
        for family in (served, rest)
        for e in _family(_asked(family, as_is, levels, looks or Looks((runs,), 1)), cell.listed)
    ]
    verdict = _verdict(effects)
    reason = ""
    if verdict == "silent" and _same(e for e in effects if e.served):
        reason = excuse(cell.reasons, reasons)
    if verdict == "silent" and reason:
        verdict = "no_matter"
    elif verdict == "silent" and not _same(effects):
        reason = commonest(cell.reasons, reasons, MOSTLY)
        verdict = "rarely" if reason else "undecided"
    if failed and verdict in ("silent", "no_matter", "rarely", "undecided"):
        verdict = "failed"
    return Judged(cell, verdict, tuple(effects), reason, runs, failed)


def settled(judged: Judged, still_runs: int) -> bool:
    """Whether more runs would only repeat it.

    So where taking the thing away moves what it is for, where it does harm, and where after
    `still_runs` no measure was different in any run at all.
    """
    if judged.verdict in ("none_there", "hurts", "both", "failed"):
        return True
    if any(e.served and e.way and e.level in FEWER for e in judged.effects):
        return True
    return judged.runs >= still_runs and _same(judged.effects) and not judged.failed


def _same(effects: Iterable[Effect]) -> bool:
    """Whether no measure was different in any run."""
    return not any(e.differs or e.one_sided for e in effects)


@dataclass(frozen=True)
class _Asked:
    """A question: what a level does to a measure, by its values as it is and other."""

    level: str
    measure: str
    a: Floats
    b: Floats
    looks: Looks

    @property
    def tested(self) -> Tested:
        """By the differences of the pairs."""
        return planned_test(self.b - self.a, self.looks.runs, self.looks.planned)

    @property
    def differs(self) -> int:
        """In how many pairs."""
        return int(np.count_nonzero(np.nan_to_num(self.b - self.a)))


def _asked(
    measures: Sequence[str], as_is: pd.DataFrame, levels: Mapping[str, pd.DataFrame], looks: Looks
) -> list[_Asked]:
    """One family of questions: each measure that some pair can judge, at each level."""
    asked = []
    for level, frame in levels.items():
        for measure in measures:
            a = as_is[measure].to_numpy(dtype=float)[: len(frame)]
            b = frame[measure].to_numpy(dtype=float)
            if not (np.isnan(a).all() and np.isnan(b).all()):
                asked.append(_Asked(level, measure, a, b, looks.of(len(frame))))
    return asked


def _family(asked: Sequence[_Asked], listed: Listed) -> Iterator[Effect]:
    """What each of the questions of a family comes to."""
    tested = [q.tested for q in asked]
    weights = _weights(asked, listed.leads)
    found, at = holm([t.p_value for t in tested], (1.0 - CONFIDENCE) / 2.0, weights)
    for q, test, moves, alpha in zip(asked, tested, found, at, strict=True):
        pair = mean_difference(q.a, q.b)
        interval = planned_interval(q.b - q.a, float(alpha), q.looks.runs, q.looks.planned)
        way = _way(q.level, q.measure, test.rises) if moves else ""
        lonely = int((np.isnan(q.a) != np.isnan(q.b)).sum())
        yield Effect(q.level, q.measure, q.measure in listed.serves, pair.base_value,
                     pair.other_value, interval, pair.pairs, q.differs,
                     int((q.b > q.a).sum()), lonely, test.p_value, way)  # fmt: skip


def _weights(asked: Sequence[_Asked], leads: Sequence[str]) -> Floats:
    """(questions,) half of them all to the leading measures at the first level, if any differs."""
    counted = np.array([q.differs > 0 for q in asked], dtype=bool)
    least = asked[0].level if asked else ""
    first = np.array([q.measure in leads and q.level == least for q in asked], dtype=bool) & counted
    rest = counted & ~first
    if not first.any() or not rest.any():
        return counted.astype(float)
    found: Floats = LEADING * first / first.sum() + (1.0 - LEADING) * rest / rest.sum()
    return found


def _way(level: str, measure: str, rises: bool) -> Way:
    """Whether more of the thing is better: it is also where less of it is worse."""
    improved = rises == (MEASURES[measure].better == "higher")
    return "right" if improved == (level not in FEWER) else "wrong"


def _priced(effect: Effect, listed: Listed) -> Effect:
    """What moves the wrong way by a mechanism that has a name is a price, and says so."""
    cost = listed.cost_of(effect.measure) if effect.way == "wrong" else ""
    return replace(effect, way=COST + cost) if cost else effect


def _verdict(effects: Sequence[Effect]) -> Verdict:
    ways = {e.way for e in effects}
    helps = any(e.way == "right" and e.served for e in effects)
    if "wrong" in ways:
        return "both" if helps else "hurts"
    if helps:
        return "helps"
    return "elsewhere" if "right" in ways else "silent"
