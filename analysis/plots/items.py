"""Each item's need, stock, what is on the way and given out by the hour; which stores ran out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from anlan.analysis.measures.facts import Floats, short_name
from anlan.analysis.plots.picture import Drawn
from anlan.analysis.plots.style import (
    BLUE,
    GREEN,
    GREY,
    INK,
    PURPLE,
    VERMILION,
    canvas,
    curve_rows,
    date_axis,
    draw_rows,
    empty,
    runs_caption,
    spread,
    thousands,
)
from anlan.analysis.results.folder import Results
from anlan.analysis.text.dates import moment
from anlan.analysis.text.layout import wrap
from anlan.analysis.text.numbers import number, percent
from anlan.analysis.words import word, words
from anlan.analysis.words.names import name_of, names
from anlan.sim.scenario.schema import Item

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ACROSS = 3
LITRE_ML = 1000
CURVES = {  # of the table `series` -> colour and line
    "needed": (VERMILION, "--"),
    "at_stores": (BLUE, "-"),
    "on_trucks": (PURPLE, ":"),
    "issued": (GREEN, "-."),
}
MOST_STORES = 4  # whose running out is shown under each item
NAME_COLUMNS = 24
COLUMNS = ("item", "quantity", "store", "hour", "mean", "median", "low", "high", "share_of_runs",
           "unit")  # fmt: skip


def draw(results: Results, lang: str) -> Drawn:
    """Small multiples, one an item: the curves above, when its stores ran out below."""
    table, items = numbers(results), results.scenario.items
    caption = word("caption.items", lang, most=MOST_STORES) + runs_caption(results, lang)
    needed = table[table["quantity"].isin(("needed", "short_person_h"))]
    if not needed["mean"].any():
        return empty(title(table, results, lang), caption, lang, table)
    down = -(-(len(items) + 1) // ACROSS)
    figure = canvas(10.2, 3.5 * down, title(table, results, lang), caption)
    outer: Any = figure.subfigures(down, ACROSS, squeeze=False)
    cells = outer.ravel()
    handles: list[Any] = []
    for cell, item in zip(cells, items, strict=False):
        above, below = cell.subplots(2, 1, sharex=True, height_ratios=[2.3, 1])
        _curves(above, results, table[table["item"] == item.item], item, lang)
        _stores(below, results, table[table["item"] == item.item], lang)
        handles = handles or list(above.get_legend_handles_labels())
    _key(cells[len(items)], *handles)
    return Drawn(figure, table)


def numbers(results: Results) -> pd.DataFrame:
    """Curves by item and hour in the item's unit (water in litres); what was short; who ran out.

    `quantity`: a curve of the table `series`; `short_person_h`, the measure of that name; `out`,
    the hour at which a store's shelf was first empty, over the runs in which it was.
    """
    import pandas as pd

    parts, singles = [], _ran_out(results)
    for item in results.scenario.items:
        names_of = {f"{curve}.{item.item}": curve for curve in CURVES}
        rows = curve_rows(results, list(names_of), _scale(item))
        parts.append(
            rows.assign(item=item.item, quantity=rows["series"].map(names_of), unit=_unit_id(item))
        )
        short = f"shortage.{short_name(item.item)}_person_h"
        if results.has_measure(short):
            values = results.measure(short)[short].dropna().to_numpy(dtype=float)
            if len(values):
                share = float((values > 0).mean())
                singles.append(_row(item.item, "short_person_h", values, share, "person_h"))
    parts.append(pd.DataFrame(singles))
    found = [part for part in parts if len(part)]
    if not found:
        return pd.DataFrame(columns=list(COLUMNS))
    return pd.concat(found, ignore_index=True).reindex(columns=list(COLUMNS))


def title(table: pd.DataFrame, results: Results, lang: str) -> str:
    """Which item was shortest, in person-hours and in how many runs; which store ran out first."""
    short = table[table["quantity"] == "short_person_h"]
    if not len(short) or not short["mean"].any():
        return word("title.items_none", lang)
    worst = short.iloc[int(short["mean"].astype(float).to_numpy().argmax())]
    item = {i.item: name_of(i, lang) for i in results.scenario.items}[str(worst["item"])]
    said = word("title.items", lang, item=item, hours=number(float(worst["mean"])),
                share=percent(float(worst["share_of_runs"])))  # fmt: skip
    out = table[(table["quantity"] == "out") & (table["item"] == worst["item"])]
    if not len(out):
        return said + word("title.items_no_store", lang)
    first = out.sort_values(["share_of_runs", "median"], ascending=[False, True]).iloc[0]
    return said + word("title.items_store", lang, when=moment(results.clock(first["median"]), lang),
                       share=percent(float(first["share_of_runs"])),
                       store=names(results.scenario, lang)[str(first["store"])])  # fmt: skip


def _row(
    item: str, quantity: str, values: Floats, share: float, unit: str, store: str = ""
) -> dict[str, Any]:
    low, high = spread(values)
    return {"item": item, "quantity": quantity, "store": store, "mean": float(values.mean()),
            "median": float(np.median(values)), "low": low, "high": high, "share_of_runs": share,
            "unit": unit}  # fmt: skip


def _ran_out(results: Results) -> list[dict[str, Any]]:
    """A row an item and store whose shelf was empty in some run."""
    rows = results.table("store_out", ("store", "item", "out_h")).dropna(subset=["out_h"])
    return [
        _row(str(item), "out", mine["out_h"].to_numpy(dtype=float),
             len(mine) / results.run_count, "h", str(store))
        for (item, store), mine in rows.groupby(["item", "store"], sort=True)
    ]  # fmt: skip


def _scale(item: Item) -> float:
    return 1 / LITRE_ML if item.unit.lower() == "ml" else 1.0


def _unit_id(item: Item) -> str:
    return "litre" if item.unit.lower() == "ml" else item.unit


def _curves(axes: Axes, results: Results, rows: pd.DataFrame, item: Item, lang: str) -> None:
    for curve, (colour, line) in CURVES.items():
        mine = rows[rows["quantity"] == curve]
        if len(mine):
            draw_rows(axes, results, mine, colour, word(f"line.{curve}", lang), line)
    said = word("title.item", lang, item=name_of(item, lang), unit=_unit(item, lang))
    axes.set_title(said, pad=15)
    thousands(axes)
    short = rows[rows["quantity"] == "short_person_h"]
    if len(short) and short["mean"].iloc[0] > 0:
        text = word("item_short", lang, n=number(float(short["mean"].iloc[0])))
        axes.text(0.0, 1.02, text, transform=axes.transAxes, size=7.5, color=VERMILION)


def _stores(axes: Axes, results: Results, rows: pd.DataFrame, lang: str) -> None:
    """When the stores that ran out in most runs first had none, the earliest on top."""
    out = rows[rows["quantity"] == "out"]
    most = out.sort_values(["share_of_runs", "median"], ascending=[False, True]).head(MOST_STORES)
    most = most.sort_values("median")
    called = names(results.scenario, lang)
    rows_of: Any = most.itertuples()
    for y, row in enumerate(rows_of):
        ends: Any = results.clocks([row.low, row.high])
        axes.plot(ends, [y, y], color=INK, linewidth=1.2)
        at: Any = results.clock(row.median)
        axes.plot([at], [y], "o", color=INK, markersize=4)
        axes.text(1.01, y, percent(row.share_of_runs), transform=axes.get_yaxis_transform(),
                  size=6.5, va="center", color=GREY)  # fmt: skip
    labels = [wrap(called[str(store)], NAME_COLUMNS) for store in most["store"]]
    axes.set_yticks(
        range(len(most)), ["\n".join(lines[:2]) for lines in labels], size=6.5, color=INK
    )
    axes.set_ylim(MOST_STORES - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    if not len(most):
        axes.text(0.5, 0.5, word("no_store_out", lang), transform=axes.transAxes, size=7.5,
                  ha="center", va="center", color=GREY)  # fmt: skip
    date_axis(axes, results, lang, small=True)
    axes.tick_params(axis="x", labelsize=7.5)


def _key(cell: Figure, handles: list[Any], labels: list[str]) -> None:
    axes = cell.add_subplot()
    axes.set_axis_off()
    axes.legend(handles, labels, loc="center left", fontsize=9)


def _unit(item: Item, lang: str) -> str:
    """The item's unit in the language; a unit that the word list does not know stays as it is."""
    key = "unit.litre" if _unit_id(item) == "litre" else f"unit.item.{item.unit}"
    return word(key, lang) if key in words() else item.unit
