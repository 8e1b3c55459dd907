"""Picture 4: what lay in the stores, what was needed and what was given out, item by item."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from anlan.analysis.measures.facts import short_name
from anlan.analysis.plots.style import (
    BLUE,
    GREEN,
    VERMILION,
    canvas,
    date_axis,
    draw_band,
    runs_caption,
    thousands,
)
from anlan.analysis.results.folder import Results
from anlan.analysis.text.numbers import number, percent
from anlan.analysis.words import word
from anlan.analysis.words.names import name_of
from anlan.sim.scenario.schema import Item

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLUMNS = 3
LITRE_ML = 1000


def draw(results: Results, lang: str) -> Figure:
    """Small multiples, one an item: stock at stores, cumulative need, cumulative issue."""
    items = results.scenario.items
    rows = -(-(len(items) + 1) // COLUMNS)
    caption = word("caption.stock", lang) + runs_caption(results, lang)
    figure = canvas(10.2, 2.6 * rows, _title(results, lang), caption)
    panels = figure.subplots(rows, COLUMNS, squeeze=False).ravel()
    for axes, item in zip(panels, items, strict=False):
        _panel(axes, results, item, lang)
    for axes in panels[len(items) :]:
        axes.set_axis_off()
    handles, labels = panels[0].get_legend_handles_labels()
    panels[len(items)].legend(handles, labels, loc="center left", fontsize=9)
    return figure


def _title(results: Results, lang: str) -> str:
    """Which item was shortest, in person-hours, and in how many runs."""
    short = {
        item: results.measure(name)[name]
        for item in results.scenario.items
        if results.has_measure(name := f"shortage.{short_name(item.item)}_person_h")
    }
    if not short or all((values.fillna(0) == 0).all() for values in short.values()):
        return word("title.stock_none", lang)
    worst = max(short, key=lambda item: float(short[item].mean()))
    return word(
        "title.stock", lang, item=name_of(worst, lang),
        hours=number(float(short[worst].mean())), share=percent(float((short[worst] > 0).mean())),
    )  # fmt: skip


def _panel(axes: Axes, results: Results, item: Item, lang: str) -> None:
    litres = item.unit.lower() == "ml"
    scale = 1 / LITRE_ML if litres else 1.0
    name = item.item
    draw_band(axes, results, f"at_stores.{name}", BLUE, word("line.at_stores", lang), scale)
    draw_band(axes, results, f"needed.{name}", VERMILION, word("line.needed", lang), scale, "--")
    draw_band(axes, results, f"issued.{name}", GREEN, word("line.issued", lang), scale, "-.")
    unit = word("unit.litre", lang) if litres else _unit(item, lang)
    axes.set_title(word("title.item", lang, item=name_of(item, lang), unit=unit))
    hours, short = results.curve(f"persons_short.{name}")
    if len(hours) and np.median(short.max(axis=1)) > 0:
        peak = number(float(np.median(short.max(axis=1))))
        axes.set_title(word("peak_short", lang, n=peak), loc="right", size=7.5, color=VERMILION)
    thousands(axes)
    date_axis(axes, results, lang, small=True)


def _unit(item: Item, lang: str) -> str:
    """The item's unit in the language; a unit that the word list does not know stays as it is."""
    from anlan.analysis.words import words

    key = f"unit.item.{item.unit}"
    return word(key, lang) if key in words() else item.unit
