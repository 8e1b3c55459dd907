"""What the pictures of studies share: who was played how often, factors down the side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from anlan.analysis.plots.style import INK
from anlan.analysis.text.layout import wrap
from anlan.analysis.words import word

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LABEL_COLUMNS = 34  # of a factor's label before it is wrapped


def played(runs: pd.Series[int], lang: str) -> str:
    """How many variants and runs stand behind a picture, from the runs of each variant."""
    low, high = (int(runs.min()), int(runs.max())) if len(runs) else (0, 0)
    if low == high:
        said = word("caption.study_runs", lang, variants=f"{len(runs):,}", runs=f"{high:,}")
    else:
        said = word("caption.study_runs_range", lang, variants=f"{len(runs):,}", low=f"{low:,}",
                    high=f"{high:,}")  # fmt: skip
    return said + word("caption.assumed", lang)


def named_rows(axes: Axes, labels: Sequence[str]) -> None:
    """One row a label, the first on top, wrapped to at most two lines."""
    lines = [wrap(label, LABEL_COLUMNS) for label in labels]
    texts = ["\n".join([*row[:1], row[1] + ("…" if len(row) > 2 else "")] if len(row) > 1 else row)
             for row in lines]  # fmt: skip
    axes.set_yticks(range(len(labels)), texts, size=8.5, color=INK)
    axes.set_ylim(len(labels) - 0.5, -0.5)
    axes.tick_params(axis="y", length=0)
    axes.grid(False, axis="y")
    axes.spines["left"].set_visible(False)
