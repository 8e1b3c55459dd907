"""Picture 3: how long incidents waited for the first crew, against the target."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from anlan.analysis.measures.facts import Bools, Floats, Ints
from anlan.analysis.measures.rescue import RESCUE_MIN
from anlan.analysis.plots.style import (
    BAND,
    BLUE,
    INK,
    VERMILION,
    canvas,
    nothing,
    percents,
    runs_caption,
)
from anlan.analysis.results.folder import Results
from anlan.analysis.text.numbers import amount, percent
from anlan.analysis.words import word

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LONG_MIN = 480.0  # longer axes count in hours


def draw(results: Results, lang: str) -> Figure:
    """Share of a run's incidents reached by each minute after the report: median and band."""
    rows = results.table("responses", ("response_min", "reached"))
    wait = rows["response_min"].to_numpy(dtype=float)
    reached = rows["reached"].to_numpy(dtype=bool)
    run = rows["run"].to_numpy()
    judged = f"{len(np.unique(run)):,}"
    caption = word("caption.response", lang, n=f"{len(wait):,}", runs=judged)
    caption += runs_caption(results, lang)
    figure = canvas(8.4, 4.4, _title(wait, reached, run, lang), caption)
    axes = figure.add_subplot()
    if not len(wait):
        nothing(axes, lang)
        return figure
    grid = _grid(wait[reached])
    low, middle, high = np.quantile(_curves(grid, wait, reached, run), [BAND[0], 0.5, BAND[1]], 0)
    per, unit = (60.0, "h") if grid[-1] > LONG_MIN else (1.0, "min")
    axes.fill_between(grid / per, low, high, color=BLUE, alpha=0.22, linewidth=0, step="post")
    axes.step(grid / per, middle, color=BLUE, linewidth=2, where="post",
              label=word("line.median_run", lang))  # fmt: skip
    axes.step(grid / per, _shares(grid, wait, reached), "--", color=INK, linewidth=1.2,
              where="post", label=word("line.pooled", lang))  # fmt: skip
    axes.set_xlabel(word(f"axis.response_{unit}", lang))
    axes.set_ylabel(word("axis.incidents_reached", lang))
    axes.set_xlim(0, grid[-1] / per)
    percents(axes)
    _limits(axes, results, lang, grid[-1], per)
    axes.legend(loc="lower right", fontsize=8.5)
    return figure


def _title(wait: Floats, reached: Bools, run: Ints, lang: str) -> str:
    if not len(wait):
        return word("title.response_none", lang)
    quick = _curves(np.array([float(RESCUE_MIN)]), wait, reached, run)
    share = float(np.median(quick))
    return word("title.response", lang, share=percent(share), never=percent(1 - reached.mean()))


def _grid(reached: Floats) -> Floats:
    """Minutes from 0 to where the curve has gone flat, at least two hours."""
    end = max(120.0, float(np.quantile(reached, 0.98)) if len(reached) else 0.0)
    return np.linspace(0.0, np.ceil(end / 60.0) * 60.0, 481)


def _shares(grid: Floats, wait: Floats, reached: Bools) -> Floats:
    return np.searchsorted(np.sort(wait[reached]), grid, side="right") / len(wait)


def _curves(grid: Floats, wait: Floats, reached: Bools, run: Ints) -> Floats:
    """(runs with incidents, minutes) each run's own curve."""
    return np.array([_shares(grid, wait[run == r], reached[run == r]) for r in np.unique(run)])


def _limits(axes: Axes, results: Results, lang: str, end: float, per: float) -> None:
    """The plan's own limits on response, else the hour that the measures are named for."""
    marked: list[tuple[float, float | None]] = []
    for v in results.verdicts:
        if v.measure.startswith("rescue.") and v.unit == "min":
            marked.append((v.limit, None))
        elif v.measure.startswith("rescue.within_60min"):
            marked.append((float(RESCUE_MIN), v.limit))
    for minutes, share in marked or [(float(RESCUE_MIN), None)]:
        if minutes > end:
            continue
        axes.axvline(minutes / per, color=VERMILION, linewidth=1.3)
        text = amount(minutes, "min", lang)
        if share is not None:  # up here no curve can cross it
            text = word("target_share_at", lang, text=text, share=percent(share))
        elif marked:
            text = word("target_at", lang, text=text)
        ha = "left" if minutes < 0.1 * end else "center"
        axes.text(minutes / per, 1.03, text, color=VERMILION, size=8, ha=ha)
        if share is not None:
            axes.plot([minutes / per], [share], "s", color=VERMILION, markersize=7)
