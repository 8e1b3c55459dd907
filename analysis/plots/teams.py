"""Teams through the hours: how many of their crews muster, drive, work, wait and rest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from anlan.analysis.plots.picture import Drawn
from anlan.analysis.plots.style import (
    BLUE,
    GREEN,
    INK,
    ORANGE,
    PALE,
    SKY,
    canvas,
    curve_rows,
    date_axis,
    empty,
    runs_caption,
    spread,
    thousands,
)
from anlan.analysis.results.folder import Results
from anlan.analysis.text.numbers import number, percent
from anlan.analysis.words import word

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

# what crews are at -> its curve in the table `series`, and its colour; stacked in this order
AT = {
    "working": ("crews_working", BLUE),
    "driving": ("crews_travelling", SKY),
    "mustering": ("crews_mustering", ORANGE),
    "waiting": ("crews_ready", GREEN),
    "resting": ("crews_resting", "#B8A9C9"),
}
PEAK = "crew.busy_peak_share"
COLUMNS = ("at", "hour", "mean", "median", "low", "high", "unit", "runs")


def draw(results: Results, lang: str) -> Drawn:
    """Above all of them, stacked, under the roster's line; below each with its band."""
    table = numbers(results)
    caption = word("caption.teams", lang) + runs_caption(results, lang, "caption.mean_band_only")
    if not len(table):
        return empty(title(table, lang), caption, lang, table)
    figure = canvas(9.6, 7.6, title(table, lang), caption)
    rows = figure.subplots(1 + len(AT), 1, sharex=True, height_ratios=[3.2] + [1] * len(AT))
    _stacked(rows[0], results, table, lang)
    for axes, (at, (_, colour)) in zip(rows[1:], AT.items(), strict=True):
        mine = table[table["at"] == at]
        clock: Any = results.clocks(mine["hour"])
        axes.fill_between(clock, mine["low"], mine["high"], color=colour, alpha=0.35, linewidth=0)
        axes.plot(clock, mine["mean"], color=INK, linewidth=1.2)
        axes.set_ylabel(word(f"crews.{at}", lang), rotation=0, ha="right", va="center", size=8.5)
        thousands(axes)
        axes.locator_params(axis="y", nbins=3)
        date_axis(axes, results, lang)
    return Drawn(figure, table)


def numbers(results: Results) -> pd.DataFrame:
    """Crews by what they are at and by the hour; the roster; the measure of the busiest hour; and
    crew-hours over the run, `total_…`.
    """
    import pandas as pd

    curves = curve_rows(results, [series for series, _ in AT.values()])
    if not len(curves):
        return pd.DataFrame(columns=list(COLUMNS))
    named = {series: at for at, (series, _) in AT.items()}
    curves = curves.assign(at=curves["series"].map(named), unit="crew", runs=results.run_count)
    more = []
    for at, (series, _) in AT.items():
        _, values = results.curve(series)
        more.append(_row(f"total_{at}", values.sum(axis=1), "crew_h"))  # rows are hours
    roster = sum(t.crews for t in results.scenario.teams)
    more.append(_row("roster", np.array([float(roster)]), "crew") | {"runs": results.run_count})
    peak = results.measure(PEAK)[PEAK].dropna().to_numpy(dtype=float)
    if len(peak):
        more.append(_row("peak", peak, "share"))
    return pd.concat([curves, pd.DataFrame(more)], ignore_index=True).reindex(columns=list(COLUMNS))


def title(table: pd.DataFrame, lang: str) -> str:
    """How many were busy at the peak, and what their hours went into."""
    found = table.set_index("at")["mean"]
    if "peak" not in found.index:
        return word("title.teams_none", lang)
    hours = {at: number(float(found[f"total_{at}"])) for at in AT}
    return word("title.teams", lang, peak=percent(float(found["peak"])), **hours)


def _row(at: str, values: np.ndarray[Any, np.dtype[np.float64]], unit: str) -> dict[str, Any]:
    low, high = spread(values)
    return {"at": at, "mean": float(values.mean()), "median": float(np.median(values)),
            "low": low, "high": high, "unit": unit, "runs": len(values)}  # fmt: skip


def _stacked(axes: Axes, results: Results, table: pd.DataFrame, lang: str) -> None:
    below: Any = 0.0
    clock: Any = []
    for at, (_, colour) in AT.items():
        mine = table[table["at"] == at]
        clock = results.clocks(mine["hour"])
        above = below + mine["mean"].to_numpy(dtype=float)
        axes.fill_between(clock, below, above, color=colour, linewidth=0,
                          label=word(f"crews.{at}", lang))  # fmt: skip
        axes.plot(clock, above, color="white", linewidth=0.6)
        below = above
    roster = float(table[table["at"] == "roster"]["mean"].iloc[0])
    axes.fill_between(
        clock, below, roster, color=PALE, linewidth=0, label=word("crews.not_called", lang)
    )
    axes.axhline(roster, color=INK, linewidth=1.3, linestyle=":", label=word("crews.roster", lang))
    axes.set_ylabel(word("axis.crews", lang))
    thousands(axes)
    axes.set_ylim(0, max(roster * 1.05, 1.0))
    axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), fontsize=8.5, handlelength=1.2,
                reverse=True)  # fmt: skip
    date_axis(axes, results, lang)
