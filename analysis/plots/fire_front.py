"""The front over time: when each place burnt in one run, as isochrones on the relief, and line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from anlan.analysis.measures.facts import Floats
from anlan.analysis.measures.fires import MIN_PER_H
from anlan.analysis.plots.maps import height_in
from anlan.analysis.plots.picture import Drawn
from anlan.analysis.plots.relief import (
    cells_of,
    extent,
    land_caption,
    marks,
    relief,
    window_of,
)
from anlan.analysis.plots.style import (
    BLUE,
    GREEN,
    INK,
    PURPLE,
    SKY,
    canvas,
    empty,
    runs_caption,
)
from anlan.analysis.results.folder import Results
from anlan.analysis.results.typical_run import typical_run
from anlan.analysis.text.numbers import number
from anlan.analysis.words import word
from anlan.sim import belts_of, land_of

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from anlan.sim import Landscape

WIDTH = 8.4
STEPS_H = (1, 2, 3, 6, 12, 24, 48)
MOST_LINES = 10
DOT_PT = 2.2  # a cell of line is never drawn smaller than this
BELT = "belt"
KINDS = {
    BELT: (PURPLE, "s"),
    "drop": (SKY, "D"),
    "line": (BLUE, "s"),
    "break": (GREEN, "s"),
}  # the last lies on top


def draw(results: Results, lang: str) -> Drawn:
    """One map of one run."""
    run = typical_run(results)
    if run is None:
        return empty(word("title.fire_none", lang), "", lang, cells_of(np.zeros((0, 0)), "hours"))
    land = land_of(results.scenario)
    cells = results.ledger_table("fire_cell", run)
    hours = _burnt_h(cells, land, _first_min(results, run))
    window = window_of(land, cells["row"].to_numpy(np.int64), cells["col"].to_numpy(np.int64))
    last = float(np.nanmax(hours)) if len(cells) else 1.0
    step = next((s for s in STEPS_H if last / s <= MOST_LINES), STEPS_H[-1])
    caption = word("caption.fire_front", lang, step=step) + land_caption(results, lang)
    caption += _crews_caption(results, run, lang) + runs_caption(results, lang, "")
    tall = height_in(results.scenario, window, WIDTH - 1.4)
    figure = canvas(WIDTH, tall, _title(results, run, lang), caption)
    axes = figure.add_subplot()
    relief(axes, land, window)
    image: Any = axes.imshow(
        np.ma.masked_invalid(hours), cmap="inferno_r", vmin=0.0, vmax=max(last, 1.0) * 1.1,
        extent=extent(land), origin="upper", interpolation="nearest", alpha=0.85, zorder=2,
    )  # fmt: skip
    lines = np.arange(step, last, step)
    if len(lines):
        axes.contour(np.ma.masked_invalid(np.flipud(hours)), levels=lines, extent=extent(land),
                     colors=INK, linewidths=0.5, zorder=3)  # fmt: skip
    _built(axes, results, run, land, lang)
    marks(axes, results.scenario, window, lang)
    figure.colorbar(image, ax=axes, shrink=0.6, pad=0.015).set_label(word("axis.fire_hours", lang))
    return Drawn(figure, cells_of(hours, "hours"))


def _burnt_h(cells: pd.DataFrame, land: Landscape, first_min: float) -> Floats:
    """(rows, cols) hours from the first ignition until a cell burnt; NaN where it did not."""
    rows, cols = (cells[c].to_numpy(dtype=np.int64) for c in ("row", "col"))
    since_h = (cells["arrival_min"].to_numpy(dtype=float) - first_min) / MIN_PER_H
    hours = np.full((land.rows, land.cols), np.nan)
    first = np.argsort(-since_h)  # where two fires met, the earlier stands
    hours[rows[first], cols[first]] = since_h[first]
    return hours


def _built(axes: Axes, results: Results, run: int, land: Landscape, lang: str) -> None:
    """Belts, line, breaks and drops of water, with a key of those that there are."""
    table = results.ledger_table("fire_line", run)
    cells = {k: (f["row"].to_numpy(float), f["col"].to_numpy(float)) for k, f in
             table.groupby("kind")}  # fmt: skip
    belts = belts_of(results.scenario)
    if belts is not None:
        rows, cols = np.nonzero(belts > 0)
        cells[BELT] = (rows, cols)
    west, east, south, north = extent(land)
    used = [kind for kind in KINDS if kind in cells]
    for kind in used:
        rows, cols = cells[kind]
        lon = west + (cols + 0.5) * (east - west) / land.cols
        lat = north - (rows + 0.5) * (north - south) / land.rows
        colour, marker = KINDS[kind]
        axes.scatter(lon, lat, s=DOT_PT**2, marker=marker, color=colour, linewidths=0, zorder=4,
                     label=word(f"key.fire_{kind}", lang))  # fmt: skip
    if used:
        axes.legend(loc="upper left", fontsize=8, markerscale=3.0, frameon=True, framealpha=0.85,
                    edgecolor="none").set_zorder(11)  # fmt: skip


def _first_min(results: Results, run: int) -> float:
    """Minutes from the start to the first ignition of a forest fire."""
    fires = results.ledger_table("fire", run)
    lit = fires[fires["kind"] == "forest"]["ignited_min"]
    return float(lit.min()) if len(lit) else 0.0


def _title(results: Results, run: int, lang: str) -> str:
    fires = results.ledger_table("fire", run)
    fires = fires[fires["kind"] == "forest"]
    burning = int(fires["out_min"].isna().sum())
    key = "title.fire_front_open" if burning else "title.fire_front_out"
    fill = {"run": run, "n": len(fires), "ha": number(float(fires["burnt_ha"].sum()))}
    return word(key, lang, **fill, **({"open": burning} if burning else {}))


def _crews_caption(results: Results, run: int, lang: str) -> str:
    """What became of crews that the fire overran in this run; nothing where there were none."""
    harm = results.ledger_table("casualty", run)
    harm = harm[harm["cause"] == "overrun"]
    if not len(harm):
        return ""
    count = harm.groupby("outcome")["persons"].sum()
    dead, hurt = (int(count.get(outcome, 0)) for outcome in ("died", "injured"))
    return word("caption.fire_crews_lost", lang, dead=dead, hurt=hurt)
