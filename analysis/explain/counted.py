"""How often each link binds, over runs: by target, place and cause, with intervals.

Runs are the unit: cases of one run met the same storm. The share of a link is a ratio of sums over
the runs that had late cases, with Student's interval by its linearised variance (`ratio_interval`)
cut to 0 to 1. Where all those runs say the same, all cases or none, that interval would have no
width; then its other end is Clopper and Pearson's for as many runs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from anlan.analysis.chains.links import LINKS
from anlan.analysis.digests.late import AND
from anlan.analysis.measures.facts import Floats
from anlan.analysis.results.folder import Results
from anlan.analysis.statistics.intervals import Interval, clopper_pearson, ratio_interval

if TYPE_CHECKING:
    import pandas as pd

LINK_COLUMNS = ("target", "link", "share", "low", "high", "alone", "never", "cases", "late_h",
                "runs")  # fmt: skip
PART_COLUMNS = ("target", "part", "link", "cases", "share", "low", "high")
MIN_PER_H = 60.0
TABLE, FAILED = "late", "not met"


def has_failed(results: Results) -> bool:
    """Whether a target is not met, and any of its cases was late."""
    failed = {v.id for v in results.verdicts if v.verdict == FAILED}
    return bool(failed) and results.has(TABLE) and bool(len(late_rows(results, sorted(failed))))


def late_rows(results: Results, targets: Sequence[str]) -> pd.DataFrame:
    """The late cases of some targets, of all runs; see the table `late`."""
    rows = results.table("late")
    return rows[rows["target"].isin(list(targets))]


def links(rows: pd.DataFrame, targets: Sequence[str], confidence: float = 0.95) -> pd.DataFrame:
    """A row a target and link that binds any of its late cases, the most frequent first.

    `share` of the late cases that the link binds, alone or with others, so that shares may add up
    to more than 1; `alone`: by itself; `never`: of the late cases those in which it is among what
    binds and something that binds never came. `cases`: mean of all runs that have late cases.
    """
    import pandas as pd

    found = []
    for target in targets:
        mine = rows[rows["target"] == target]
        total = mine.groupby("run")["cases"].sum()
        counted = [_row(target, link, mine, total, confidence) for link in _of(mine)]
        found += sorted(counted, key=lambda row: (-row[2], LINKS.index(row[1])))
    return pd.DataFrame(found, columns=list(LINK_COLUMNS))


def _of(rows: pd.DataFrame) -> list[str]:
    """The links that bind any of the rows, in their order."""
    there = {link for several in rows["links"].unique() for link in several.split(AND)}
    return [link for link in LINKS if link in there]


def _binds(rows: pd.DataFrame, link: str) -> Any:
    return rows["links"].isin([s for s in rows["links"].unique() if link in s.split(AND)])


def _row(
    target: str, link: str, rows: pd.DataFrame, total: pd.Series[float], confidence: float
) -> tuple[Any, ...]:
    mine = rows[_binds(rows, link)]
    hits = mine.groupby("run")["cases"].sum().reindex(total.index, fill_value=0.0)
    share = share_over_runs(
        np.asarray(hits, dtype=np.float64), np.asarray(total, dtype=np.float64), confidence
    )
    of = float(total.sum())
    alone = float(mine.loc[mine["links"] == link, "cases"].sum()) / of
    never = float(mine.loc[mine["never"].astype(bool), "cases"].sum()) / of
    late_h = float(mine["late_min"].sum()) / MIN_PER_H / len(total)
    return (target, link, share.estimate, share.low, share.high, alone, never,
            float(hits.mean()), late_h, len(total))  # fmt: skip


def share_over_runs(hits: Floats, total: Floats, confidence: float = 0.95) -> Interval:
    """A share of cases with its interval; hits, total: (runs,), of runs that have cases."""
    found = ratio_interval(hits, total, confidence)
    n = len(total)
    if n and not hits.any():
        return found._replace(low=0.0, high=clopper_pearson(0, n, confidence).high)
    if n and np.allclose(hits, total):
        return found._replace(low=clopper_pearson(n, n, confidence).low, high=1.0)
    return found._replace(low=max(found.low, 0.0), high=min(found.high, 1.0))


def parts(
    rows: pd.DataFrame, targets: Sequence[str], column: str, confidence: float = 0.95
) -> pd.DataFrame:
    """A row a target and place (or cause): its mean late cases a run, its share of all late cases,
    and the link that binds most of them; most late cases first. column: `place` or `cause`.
    """
    import pandas as pd

    found: list[tuple[Any, ...]] = []
    for target in targets:
        mine = rows[rows["target"] == target]
        if len(mine):
            found += sorted(_parts(target, mine, column, confidence), key=lambda row: -row[3])
    return pd.DataFrame(found, columns=list(PART_COLUMNS))


def _parts(
    target: str, rows: pd.DataFrame, column: str, confidence: float
) -> Iterator[tuple[Any, ...]]:
    """The rows of `parts` of one target, part by part."""
    by_run = rows.pivot_table(index="run", columns=column, values="cases", aggfunc="sum")
    by_run = by_run.fillna(0.0)
    total = by_run.sum(axis=1).to_numpy()
    kinds = rows.pivot_table(index=column, columns="links", values="cases", aggfunc="sum")
    names = _of(rows)
    # Which link is in which set of links, so that each set counts for all of its links.
    member = np.array([[link in str(s).split(AND) for link in names] for s in kinds.columns])
    bound = kinds.fillna(0.0).to_numpy() @ member.astype(float)
    for n, part in enumerate(kinds.index):
        hits = by_run[part].to_numpy()
        share = share_over_runs(hits, total, confidence)
        yield target, part, names[int(np.argmax(bound[n]))], float(hits.mean()), *share[:3]
