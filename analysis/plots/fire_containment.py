"""Containment: burnt area, running edge, line built and crews over time, over the runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from anlan.analysis.measures.facts import Floats
from anlan.analysis.plots.picture import Drawn
from anlan.analysis.plots.relief import land_caption
from anlan.analysis.plots.style import (
    BAND,
    BLUE,
    GREEN,
    ORANGE,
    VERMILION,
    canvas,
    date_axis,
    legend,
    runs_caption,
    thousands,
)
from anlan.analysis.results.folder import Results
from anlan.analysis.text.numbers import number, percent
from anlan.analysis.words import word

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

M_PER_KM = 1000.0


def draw(results: Results, lang: str) -> Drawn:
    """Three panels over one time axis."""
    hours, total = by_hour(results)
    caption = word("caption.fire_containment", lang) + land_caption(results, lang)
    caption += runs_caption(results, lang)
    figure = canvas(9.6, 6.6, _title(results, total, lang), caption)
    panels = figure.subplots(3, 1, sharex=True, height_ratios=[1.2, 1.4, 0.9])
    lines = (
        (0, "burnt_ha", 1.0, VERMILION, "line.burnt", "-"),
        (1, "edge_m", M_PER_KM, ORANGE, "line.edge", "-"),
        (1, "line_m", M_PER_KM, BLUE, "line.line_built", "--"),
        (2, "crews", 1.0, GREEN, "line.fire_crews", "-"),
    )
    for panel, column, per, colour, key, style in lines:
        _band(panels[panel], results, hours, total[column] / per, colour, word(key, lang), style)
    for axes, label in zip(panels, ("burnt_ha", "edge_km", "fire_crews"), strict=True):
        axes.set_ylabel(word(f"axis.{label}", lang))
        thousands(axes)
        date_axis(axes, results, lang)
        legend(axes)
    for axes in panels[:-1]:
        axes.tick_params(axis="x", labelbottom=False)
    return Drawn(figure, _table(hours, total))


def _table(hours: Floats, total: dict[str, Floats]) -> pd.DataFrame:
    """Each quantity by hour: median and band over the runs."""
    import pandas as pd

    parts = []
    for column, values in total.items():
        low, middle, high = np.quantile(values, [BAND[0], 0.5, BAND[1]], axis=0)
        rows = {"hour": hours, "median": middle, "low": low, "high": high}
        parts.append(pd.DataFrame({"quantity": column, **rows}))
    return pd.concat(parts, ignore_index=True)


def by_hour(results: Results) -> tuple[Floats, dict[str, Floats]]:
    """(H,) hours and for each column (runs, H) the sum over the forest fires; 0 before them."""
    fronts = results.table("fire_fronts")
    hours = np.arange(0.0, results.scenario.settings.duration_h + 1.0)
    total = {}
    for column in ("burnt_ha", "edge_m", "line_m", "crews"):
        table = fronts.pivot_table(index="run", columns="hour", values=column, aggfunc="sum")
        table = table.reindex(index=range(results.run_count), columns=hours).fillna(0.0)
        total[column] = table.to_numpy(dtype=float)
    return hours, total


def _band(axes: Axes, results: Results, hours: Floats, values: Floats, colour: str, label: str,
          style: str) -> None:  # fmt: skip
    low, middle, high = np.quantile(values, [BAND[0], 0.5, BAND[1]], axis=0)
    clock: Any = results.clocks(hours)
    axes.fill_between(clock, low, high, color=colour, alpha=0.2, linewidth=0)
    axes.plot(clock, middle, style, color=colour, linewidth=1.8, label=label)


def _title(results: Results, total: dict[str, Floats], lang: str) -> str:
    fires = results.table("fires", ("kind", "out_h"))
    fires = fires[fires["kind"] == "forest"]
    out = fires["out_h"].notna().groupby(fires["run"]).all()
    edge = float(np.median(total["edge_m"].max(axis=1))) / M_PER_KM
    return word("title.fire_containment", lang, held=percent(float(out.mean())), edge=number(edge))
