"""What moved between variants, over all measures: before any target is looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from anlan.analysis.compare.differences import differences
from anlan.analysis.measures.measure import WORST
from anlan.analysis.measures.registry import MEASURES

if TYPE_CHECKING:
    import pandas as pd

MOST_VARIANTS = 20  # of more, a table of what moved would be read by nobody


@dataclass(frozen=True)
class Moved:
    """`rows`: as those of `differences`, of what differs in some run, the clearest first.

    In the first `clear` of them the interval leaves zero out; the others may differ by chance.
    `same`: how many pairs of a measure and a variant are the same in every run.
    """

    rows: pd.DataFrame
    clear: int
    same: int

    @property
    def beyond(self) -> pd.DataFrame:
        """Those whose interval leaves zero out."""
        return self.rows.iloc[: self.clear]

    @property
    def open(self) -> pd.DataFrame:
        """Those that may differ by chance."""
        return self.rows.iloc[self.clear :]


def moved(runs: pd.DataFrame, base: int, confidence: float = 0.95) -> Moved:
    """All measures of every other variant against `base`; the intervals hold all at once.

    With more than a hundred measures some would part from zero by chance, so each interval is as
    wide as makes the chance of any doing so 1 - `confidence` (Bonferroni). Where a measure differs
    by the same in every run its interval has no width, which is as clear as can be.
    """
    kept = [m for m in MEASURES if m in runs.columns and not m.endswith(WORST)]
    differing = {(m, v) for m in kept for v in _differing(runs, base, m)}
    found = differences(
        runs, base, list(dict.fromkeys(m for m, _ in sorted(differing))),
        confidence=confidence, together=True,
    )  # fmt: skip
    pairs = list(zip(found["name"], found["variant"], strict=True))
    mine = found.loc[np.array([pair in differing for pair in pairs], dtype=bool)]
    clear = int(((mine["low"] > 0.0) | (mine["high"] < 0.0)).sum())
    others = int(runs["variant"].nunique()) - 1
    return Moved(mine.loc[_clearest(mine)], clear, len(kept) * others - len(differing))


def _differing(runs: pd.DataFrame, base: int, measure: str) -> Sequence[int]:
    """The variants in which some run differs from that of the base; both must be judged."""
    table = runs.pivot(index="run", columns="variant", values=measure)
    apart = table.sub(table[base], axis=0).fillna(0.0).ne(0.0).any()
    return [int(v) for v in table.columns[apart.to_numpy()]]


def _clearest(rows: pd.DataFrame) -> list[int]:
    """The rows by how many half-widths of their interval the difference lies from zero."""
    width = (rows["high"] - rows["low"]).to_numpy(dtype=float) / 2.0
    size = rows["difference"].abs().to_numpy(dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        clear = np.where(width > 0.0, size / width, np.inf)
        clear = np.where(np.isfinite(width), clear, 0.0)  # one pair has no interval
    order = np.argsort(-clear, kind="stable")
    return [int(i) for i in rows.index.to_numpy()[order]]
