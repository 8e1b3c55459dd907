"""Each cell decided from paired differences: what moves, which way, and if nothing does, why.

A row of the table asks two families of questions, each at half of 1 - CONFIDENCE and each by
Holm's step-down: does the capability move the measures that it is for; does it move any other of
which it is known which way is better. Holm and not Benjamini-Hochberg, because a wrong answer
here sends somebody to look for a fault in the model or a planner to buy the wrong thing; because
it holds whatever hangs together with what (all measures come of the same runs); and because a
row's verdict then depends on its own runs alone, so that a row that is kept need not be judged
anew when another is played. The p-values are of looks after planned numbers of runs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from anlan.analysis.capabilities.levels import FEWER, Cell
from anlan.analysis.capabilities.listed import Listed, measures_looked_at
from anlan.analysis.capabilities.reasons import excuse
from anlan.analysis.measures.registry import MEASURES
from anlan.analysis.statistics.intervals import Interval
from anlan.analysis.statistics.multiple import holm, planned_interval, planned_p_value
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
    "none_there",
    "unplayed",
    "failed",
]
Way = str  # "right", "wrong", "" (does not move), or COST with the name of a mechanism
COST = "cost:"
CONFIDENCE = 0.95  # that nothing of a row is wrongly said to move


@dataclass(frozen=True)
class Effect:
    """What a level of a capability does to a measure, over the runs that both can judge.

    `interval` is of other minus as it is, at the level that Holm's step held it against.
    `differs`: in how many pairs. `one_sided`: runs in which only one of the two had something to
    judge, which are left out.
    """

    level: str
    measure: str
    served: bool
    as_is: float
    other: float
    interval: Interval
    pairs: int
    differs: int
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


def judge_cell(
    cell: Cell,
    as_is: pd.DataFrame,
    levels: Mapping[str, pd.DataFrame],
    reasons: Sequence[Mapping[str, bool]] = (),
    looks: Sequence[int] = (),
) -> Judged:
    """Decide a cell. Frames have a row a run, in the same order, and a column a measure.

    `reasons`: what held in each run that was played, of whatever level. `looks`: after how many
    runs it has been looked at so far, by plan; at the end alone if none is given.
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
        for e in _family(family, served, as_is, levels, looks or [runs])
    ]
    verdict = _verdict(effects)
    reason = ""
    if verdict == "silent" and _same(effects):
        reason = excuse(cell.reasons, reasons)
        verdict = "no_matter" if reason else "silent"
    elif verdict == "silent":
        verdict = "undecided"
    if failed and verdict in ("silent", "no_matter", "undecided"):
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


def _same(effects: Sequence[Effect]) -> bool:
    """Whether no measure was different in any run."""
    return not any(e.differs or e.one_sided for e in effects)


def _family(
    measures: Sequence[str],
    served: Sequence[str],
    as_is: pd.DataFrame,
    levels: Mapping[str, pd.DataFrame],
    looks: Sequence[int],
) -> Iterator[Effect]:
    """One family of questions: each measure that some pair can judge, at each level."""
    asked = []
    for level, frame in levels.items():
        for measure in measures:
            a, b = (f[measure].to_numpy(dtype=float) for f in (as_is, frame))
            if np.isnan(a).all() and np.isnan(b).all():
                continue
            asked.append((level, measure, a, b))
    if not asked:
        return
    p_values = [planned_p_value(b - a, looks) for _, _, a, b in asked]
    found, at = holm(p_values, (1.0 - CONFIDENCE) / 2.0)
    for (level, measure, a, b), p, moves, alpha in zip(asked, p_values, found, at, strict=True):
        pair = mean_difference(a, b)
        interval = planned_interval(b - a, float(alpha), looks)
        way = _way(level, measure, interval.estimate) if moves else ""
        lonely = int((np.isnan(a) != np.isnan(b)).sum())
        differs = int(np.count_nonzero(np.nan_to_num(b - a)))
        yield Effect(level, measure, measure in served, pair.base_value, pair.other_value, interval,
                     pair.pairs, differs, lonely, p, way)  # fmt: skip


def _way(level: str, measure: str, difference: float) -> Way:
    """Whether more of the thing is better: it is also where less of it is worse."""
    improved = (difference > 0) == (MEASURES[measure].better == "higher")
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
