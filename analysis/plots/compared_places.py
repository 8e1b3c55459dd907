"""Two plans on one map: where people fare better, where worse, run by run; the towns below."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from anlan.analysis.compare.comparison import Comparison
from anlan.analysis.compare.places import PLACE, QUANTITIES, TOWN, telling
from anlan.analysis.plots.map_labels import town_names
from anlan.analysis.plots.maps import (
    WIDTH,
    base,
    circle_area,
    draw_scale,
    height_in,
    note,
    road_lines,
    window_of_district,
)
from anlan.analysis.plots.picture import Drawn
from anlan.analysis.plots.style import BLUE, GREY, INK, PALE, VERMILION, canvas, runs_caption
from anlan.analysis.text.numbers import number
from anlan.analysis.words import trait, word
from anlan.analysis.words.names import name_of

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

A_TOWN_IN, HEAD_IN, KEY_IN = 0.3, 0.9, 0.35
MOST_TOWNS = 20  # of more the picture shows those that differ most
# how a place fares: its key, face, edge, mark; less of every quantity is better
BETTER, WORSE = ("better", BLUE, "v"), ("worse", VERMILION, "^")


def draw(found: Comparison, variant: int, lang: str) -> Drawn:
    """The map above; below, the towns with their intervals."""
    quantity = telling(found.places, variant)
    table = numbers(found, variant, quantity)
    towns = _towns(table)
    scenario = found.plan(found.base).scenario
    caption = word("compared.map_caption", lang, confidence=f"{100 * found.confidence:g}",
                   other=found.called(variant), base=found.called(found.base))  # fmt: skip
    caption += runs_caption(found.plan(found.base), lang, "")
    window = window_of_district(scenario)
    tall = 0.97 * height_in(scenario, window, WIDTH) + KEY_IN
    below = HEAD_IN + A_TOWN_IN * len(towns)
    figure = canvas(WIDTH, tall + below, title(table, quantity, lang), caption)
    halves: Any = figure.subfigures(2, 1, height_ratios=[tall, below])
    axes = halves[0].add_subplot()
    base(axes, scenario, window)
    for line in road_lines(scenario):
        axes.plot(*zip(*line, strict=True), color=PALE, linewidth=0.6, zorder=3)
    _places(axes, found, table, lang)
    town_names(axes, scenario, lang)
    draw_scale(axes, scenario, window, lang)
    note(axes, lang)
    _bars(halves[1].add_subplot(), found, towns, quantity, lang)
    return Drawn(figure, table)


def numbers(found: Comparison, variant: int, quantity: str) -> pd.DataFrame:
    """The rows of a quantity: every place and every town, of one plan against the base."""
    rows = found.places
    mine = rows[(rows["variant"] == variant) & (rows["quantity"] == quantity)]
    return mine.reset_index(drop=True)


def counts(table: pd.DataFrame) -> dict[str, int]:
    """How many places, and towns, fare better or worse beyond chance; and how many places may
    differ by chance, or are the same.
    """
    places, towns = (table[table["level"] == level] for level in (PLACE, TOWN))
    differ = (places["low"] != 0.0) | (places["high"] != 0.0)
    (better, worse), (towns_better, towns_worse) = _clear(places), _clear(towns)
    return {
        "better": better,
        "worse": worse,
        "towns_better": towns_better,
        "towns_worse": towns_worse,
        "open": int((~places["clear"].astype(bool) & differ).sum()),
        "same": int((~differ).sum()),
    }


def _clear(rows: pd.DataFrame) -> tuple[int, int]:
    """How many fare better, and worse, beyond chance."""
    down, clear = rows["difference"] < 0.0, rows["clear"].astype(bool)
    return int((clear & down).sum()), int((clear & ~down).sum())


def title(table: pd.DataFrame, quantity: str, lang: str) -> str:
    """How many places win and how many lose, by which quantity."""
    what = word(f"compared.quantity.{quantity}", lang)
    return word("compared.map_title", lang, what=what, **counts(table))


def _places(axes: Axes, found: Comparison, table: pd.DataFrame, lang: str) -> None:
    """Each place a circle; a triangle down or up where it fares better or worse beyond chance."""
    scenario = found.plan(found.base).scenario
    rows = table[table["level"] == PLACE].set_index("id")
    kept = [c for c in scenario.communities if c.community in rows.index]
    rows = rows.loc[[c.community for c in kept]]
    lon, lat = (np.array([getattr(c, k) for c in kept]) for k in ("lon", "lat"))
    size = circle_area(np.array([c.residents for c in kept]))
    axes.scatter(lon, lat, s=size, color="white", edgecolors="#9A9A9A", linewidths=0.5, zorder=4)
    clear, step = rows["clear"].to_numpy(bool), rows["difference"].to_numpy(float)
    for (key, colour, mark), side in ((BETTER, step < 0.0), (WORSE, step > 0.0)):
        axes.scatter(lon[side & ~clear], lat[side & ~clear], s=size[side & ~clear], color=colour,
                     alpha=0.3, linewidths=0, zorder=5)  # fmt: skip
        axes.scatter(lon[side & clear], lat[side & clear], s=40 + size[side & clear], marker=mark,
                     color=colour, edgecolors="white", linewidths=0.6, zorder=6)  # fmt: skip
        axes.scatter([], [], s=50, marker=mark, color=colour, label=word(f"compared.{key}", lang))
        by_chance = word(f"compared.{key}_by_chance", lang)
        axes.scatter([], [], s=50, color=colour, alpha=0.3, linewidths=0, label=by_chance)
    axes.scatter([], [], s=50, color="white", edgecolors="#9A9A9A", linewidths=0.5,
                 label=word("compared.same", lang))  # fmt: skip
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.005), ncols=5, fontsize=8,
                handletextpad=0.3, columnspacing=1.4)  # fmt: skip


def _towns(table: pd.DataFrame) -> pd.DataFrame:
    """The towns, those that win most first; of very many those that differ most."""
    towns = table[table["level"] == TOWN]
    most = towns["difference"].abs().sort_values(ascending=False).index[:MOST_TOWNS]
    return towns.loc[most].sort_values("difference", kind="stable")


def _bars(axes: Axes, found: Comparison, towns: pd.DataFrame, quantity: str, lang: str) -> None:
    names = {t.town: name_of(t, lang) for t in found.plan(found.base).scenario.towns}
    for y, row in enumerate(towns.to_dict("records")):
        step, clear = float(row["difference"]), bool(row["clear"])
        colour = GREY if step == 0.0 else BETTER[1] if step < 0.0 else WORSE[1]
        axes.barh(y, step, height=0.55, color=colour, alpha=1.0 if clear else 0.3, linewidth=0)
        if np.isfinite(row["low"]):
            axes.plot([row["low"], row["high"]], [y, y], color=INK, linewidth=1.1)
            axes.plot([row["low"], row["high"]], [y, y], "|", color=INK, markersize=5)
        ends = (number(float(row[c])) for c in ("base_value", "other_value"))
        axes.annotate(" → ".join(ends), (1.0, y), xycoords=("axes fraction", "data"), size=8,
                      va="center", ha="left", xytext=(6, 0), textcoords="offset points",
                      annotation_clip=False)  # fmt: skip
    axes.axvline(0.0, color=INK, linewidth=0.8)
    axes.set_yticks(range(len(towns)), [names.get(i, i) for i in towns["id"]], size=9, color=INK)
    axes.set_ylim(len(towns) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    axes.grid(False, axis="y")
    unit = word(f"unit.{QUANTITIES[quantity][0]}", lang)
    what = word(f"compared.quantity.{quantity}", lang)
    label = word("compared.map_axis", lang, what=trait("with_unit", lang, text=what, unit=unit))
    axes.set_xlabel(label)
