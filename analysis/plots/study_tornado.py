"""Tornado: which factor matters, and where the runs do not say; sensitivity or one at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from anlan.analysis.plots.picture import Drawn
from anlan.analysis.plots.study_style import named_rows, played
from anlan.analysis.plots.style import BLUE, GREY, INK, ORANGE, VERMILION, canvas, empty
from anlan.analysis.study.naming import Labels, unit_text, what_label, what_unit
from anlan.analysis.text.numbers import amount, number
from anlan.analysis.what_counts.sensitivity import ranked
from anlan.analysis.words import trait, word
from anlan.sim.scenario.schema import Target

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH, ROW = 9.0, 0.42  # inches
MOST = 25  # factors; the least of them are left out


def draw(
    table: pd.DataFrame,
    runs: pd.Series[int],
    what: str | Target,
    lang: str,
    value: str = "total",
    labels: Labels | None = None,
    confidence: float = 0.95,
) -> Drawn:
    """Sensitivity indices of `sensitivity.sobol` (total or first) or `morris` (mu_star).

    `runs` is the number of runs by variant; `labels` says what factors are called.
    """
    labels = labels or {}
    order = ranked(table, value).head(MOST)
    caption = word("caption.tornado", lang, confidence=f"{100 * confidence:g}")
    both = value == "total" and "first" in table
    caption += (word("caption.tornado_first", lang) if both else "") + played(runs, lang)
    if not len(order):
        return empty(word("title.tornado_none", lang), caption, lang, table)
    names = [labels.get(f, f) for f in order["factor"]]
    figure = canvas(WIDTH, 0.8 + ROW * len(order), _title(order, names, what, lang), caption)
    axes = figure.add_subplot()
    _bands(axes, order)
    y = np.arange(len(order))
    axes.barh(y, order["estimate"].clip(lower=0.0), height=0.5, color=BLUE, alpha=0.75)
    _whiskers(axes, y, order["low"].to_numpy(), order["high"].to_numpy())
    if both:
        first = table.set_index("factor")["first"].reindex(order["factor"])
        axes.plot(first.clip(lower=0.0), y, "D", color=ORANGE, markersize=6, zorder=4,
                  markeredgecolor="white")  # fmt: skip
    named_rows(axes, names)
    axes.set_xlim(min(0.0, float(order["low"].min()) * 1.05), None)
    axes.set_xlabel(word(f"axis.index_{value}", lang))
    _ranks(axes, order)
    return Drawn(figure, table)


def draw_swings(
    table: pd.DataFrame,
    runs: pd.Series[int],
    what: str | Target,
    lang: str,
    labels: Labels | None = None,
    confidence: float = 0.95,
) -> Drawn:
    """One factor at a time: the table of `compare.one_at_a_time`, widest swing on top."""
    labels = labels or {}
    caption = word("caption.swing", lang, confidence=f"{100 * confidence:g}") + played(runs, lang)
    reach = table.assign(size=table["difference"].abs()).groupby("factor")["size"].max()
    order = list(reach.sort_values(ascending=False, kind="stable").index[:MOST])
    title = _swing_title(table, what, labels, lang)
    if not order:
        return empty(title, caption, lang, table)
    figure = canvas(WIDTH, 0.8 + (ROW + 0.12) * len(order), title, caption)
    axes = figure.add_subplot()
    for row, factor in enumerate(order):
        _swing(axes, row, table[table["factor"] == factor].sort_values("setting"), lang)
    named_rows(axes, [labels.get(f, f) for f in order])
    axes.axvline(0.0, color=INK, linewidth=1.2)
    axes.margins(x=0.12)
    unit = what_unit(what)
    if unit == "share":
        from matplotlib.ticker import FuncFormatter

        axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{100 * x:+.0f}"))
    axes.set_xlabel(word("axis.swing", lang, unit=unit_text(unit, lang)))
    return Drawn(figure, table)


def _swing(axes: Axes, row: int, settings: pd.DataFrame, lang: str) -> None:
    """A factor's bars, one below the other: the lowest setting orange, the highest blue."""
    apart = 0.72 / len(settings)
    for i, (_, at) in enumerate(settings.iterrows()):
        y = row + (i - (len(settings) - 1) / 2) * apart
        colour = VERMILION if i == 0 and len(settings) > 1 else BLUE
        sure = at["low"] > 0 or at["high"] < 0
        axes.barh(y, at["difference"], height=apart * 0.8, color=colour if sure else "white",
                  alpha=0.75 if sure else 1.0, edgecolor=colour, linewidth=1.0)  # fmt: skip
        _whiskers(axes, [y], [at["low"]], [at["high"]])
        right = at["difference"] >= 0
        end = max(at["high"], at["difference"], 0.0) if right else min(at["low"], at["difference"])
        text = number(at["setting"]) if isinstance(at["setting"], float) else str(at["setting"])
        axes.annotate(text, (end, y), (4 if right else -4, 0), textcoords="offset points", size=7.5,
                      color=GREY, va="center", ha="left" if right else "right")  # fmt: skip


def _whiskers(axes: Axes, y: ArrayLike, low: ArrayLike, high: ArrayLike) -> None:
    axes.hlines(y, low, high, color=INK, linewidth=1.3, zorder=3)
    for end in (low, high):
        axes.plot(end, y, "|", color=INK, markersize=6, zorder=3)


def _bands(axes: Axes, order: pd.DataFrame) -> None:
    """A grey band behind every group whose order is not known."""
    for _, group in order.groupby("rank"):
        if len(group) > 1:
            rows = group.index.to_numpy()
            axes.axhspan(rows.min() - 0.45, rows.max() + 0.45, color="#F0F0F0", linewidth=0)


def _ranks(axes: Axes, order: pd.DataFrame) -> None:
    """The rank of each factor or group at the right edge: 1, 2–4."""
    for rank, group in order.groupby("rank"):
        first = int(str(rank))
        last = first + len(group) - 1
        text = f"{first}" if last == first else f"{first}–{last}"
        axes.text(1.01, group.index.to_numpy().mean(), text, transform=axes.get_yaxis_transform(),
                  va="center", size=9, color=GREY)  # fmt: skip


def _title(order: pd.DataFrame, names: list[str], what: str | Target, lang: str) -> str:
    said = what_label(what, lang)
    leading = [n for n, rank in zip(names, order["rank"], strict=True) if rank == 1]
    if len(leading) > 1:
        shown = trait("between_names", lang).join(leading[:3]) + ("…" if len(leading) > 3 else "")
        return word("title.tornado_group", lang, what=said, n=len(leading), factors=shown)
    alone = order["rank"].value_counts().eq(1).sum()
    value = number(float(order["estimate"].iloc[0]))
    return word("title.tornado", lang, what=said, factor=leading[0], value=value, known=alone,
                n=len(order))  # fmt: skip


def _swing_title(table: pd.DataFrame, what: str | Target, labels: Labels, lang: str) -> str:
    sure = table[(table["low"] > 0) | (table["high"] < 0)]
    name = what_label(what, lang)
    if not len(sure):
        return word("title.swing_none", lang, what=name)
    factor = str(sure["factor"].to_numpy()[sure["difference"].abs().argmax()])
    found = table.loc[table["factor"] == factor, "difference"]
    ends = [float(found.min()), float(found.max())] if len(found) > 1 else [0.0, *found]
    low, high = (amount(end, what_unit(what) or "share", lang) for end in sorted(ends))
    return word("title.swing", lang, what=name, factor=labels.get(factor, factor), low=low,
                high=high)  # fmt: skip
