"""A measure or a target by variant, with intervals: which variants are decided, and which way."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from anlan.analysis.plots.picture import Drawn
from anlan.analysis.plots.study_style import named_rows, played
from anlan.analysis.plots.style import (
    BLUE,
    GOOD_SIDE,
    INK,
    VERDICT_COLOUR,
    VERDICT_MARK,
    canvas,
    empty,
)
from anlan.analysis.study.naming import Labels, unit_text, what_label, what_unit
from anlan.analysis.text.numbers import amount
from anlan.analysis.verdict.target import at_most, bound_of, on_share_of_runs, small_is_good
from anlan.analysis.words import trait, word
from anlan.sim.scenario.schema import Target

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH, ROW, THIN = 9.0, 0.34, 0.045  # inches; thin rows have no labels
NAMED = 40  # variants; more are drawn thin, in the order of their results


def draw(table: pd.DataFrame, what: str | Target, lang: str, labels: Labels | None = None) -> Drawn:
    """The table of `outcomes.outcomes`, or one of the same columns with a stopping rule's ends.

    `labels`: what a variant is called, by its number as a text. Up to 40 variants stand in the
    order of the table, more in the order of their results.
    """
    labels = labels or {}
    known = table[table["estimate"].notna()].reset_index(drop=True)
    many = len(known) > NAMED
    if many:
        known = known.sort_values("estimate", ascending=False, ignore_index=True)
    target = isinstance(what, Target)
    caption = word(f"caption.study_intervals{'' if target else '_mean'}", lang)
    caption += played(known["runs"], lang)
    title = _title(known, what, lang)
    if not len(known):
        return empty(title, caption, lang, table)
    body = 0.8 + (min(THIN * len(known), 7.0) if many else ROW * len(known))
    figure = canvas(WIDTH, max(body, 2.6 if many else 0.0), title, caption)
    axes = figure.add_subplot()
    _range(axes, known, what, lang)
    for outcome, group in known.groupby("verdict", sort=True):
        _marks(axes, group, str(outcome), small=many)
    if many:
        axes.set(ylim=(len(known) - 0.5, -0.5), yticks=[])
        axes.set_ylabel(word("axis.variants", lang))
        axes.grid(False, axis="y")
    else:
        texts = [str(v) for v in known["variant"]]
        named_rows(axes, [labels.get(t, word("axis.variant", lang, variant=t)) for t in texts])
    return Drawn(figure, table)


def _marks(axes: Axes, group: pd.DataFrame, outcome: str, small: bool) -> None:
    colour = VERDICT_COLOUR.get(outcome, BLUE)
    y = group.index.to_numpy()
    left, right = axes.get_xlim()
    low, high = group["low"].clip(lower=left), group["high"].clip(upper=right)
    axes.hlines(y, low, high, color=colour, linewidth=1.0 if small else 3.0, alpha=0.5, zorder=2)
    hollow = outcome == "undecided"
    axes.plot(group["estimate"], y, VERDICT_MARK.get(outcome, "o"), color=colour, zorder=3,
              markersize=3.5 if small else 7.5, clip_on=False, linestyle="none",
              markerfacecolor="white" if hollow else colour,
              markeredgecolor=colour if hollow or small else "white")  # fmt: skip


def _range(axes: Axes, known: pd.DataFrame, what: str | Target, lang: str) -> None:
    from matplotlib.ticker import FuncFormatter

    unit = what_unit(what)
    bound = bound_of(what) if isinstance(what, Target) else math.nan
    ends = known[["estimate", "low", "high"]].to_numpy(dtype=float).ravel()
    shown = np.r_[ends[np.isfinite(ends)], [bound] if math.isfinite(bound) else []]
    low, high = float(shown.min()), float(shown.max())
    edge = 0.06 * (high - low) or 0.5
    low, high = low - edge, high + edge
    if unit == "share":
        low, high = max(low, 0.0), min(high, 1.0)
        axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{100 * x:.0f}%"))
    axes.set_xlim(low, high)
    axes.set_xlabel(_axis(what, unit, lang))
    if not isinstance(what, Target) or not math.isfinite(bound):
        return
    good = (low, bound) if small_is_good(what) else (bound, high)
    axes.axvspan(*good, color=GOOD_SIDE, linewidth=0, zorder=0)
    axes.axvline(bound, color=INK, linewidth=1.4, zorder=1)
    sign = "≤" if small_is_good(what) else "≥"
    axes.text(bound, 1.0, f"{sign} {amount(bound, unit, lang)}", color=INK, size=8, ha="center",
              va="bottom", transform=axes.get_xaxis_transform())  # fmt: skip


def _axis(what: str | Target, unit: str, lang: str) -> str:
    if not isinstance(what, Target):
        return "" if unit == "share" else unit_text(unit, lang)
    if not on_share_of_runs(what):
        return what_label(what.measure, lang)
    sign = "≤" if at_most(what) else "≥"
    named = what_unit(what.measure)
    limit = amount(what.limit, named, lang) if named else f"{what.limit:g}"
    rule = f"{what_label(what.measure, lang)} {sign} {limit}"
    return word("axis.share_of_runs", lang) + trait("colon", lang) + rule


def _title(known: pd.DataFrame, what: str | Target, lang: str) -> str:
    name, n = what_label(what, lang), len(known)
    if isinstance(what, Target):
        count = known["verdict"].value_counts()
        return word("title.study_intervals", lang, what=name, n=n, met=count.get("met", 0),
                    failed=count.get("not met", 0), open=count.get("undecided", 0))  # fmt: skip
    low, high = (
        amount(float(end), what_unit(what) or "share", lang)
        for end in (known["estimate"].min(), known["estimate"].max())
    )
    return word("title.study_intervals_mean", lang, what=name, n=n, low=low, high=high)
