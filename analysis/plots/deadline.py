"""Outcome against lead time: a panel an order and target, the limit as a line, the last moment."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from anlan.analysis.deadline.found import Deadlines
from anlan.analysis.deadline.told import at, target_of, unit_of
from anlan.analysis.measures.registry import MEASURES
from anlan.analysis.plots.picture import Drawn
from anlan.analysis.plots.style import (
    BLUE,
    GOOD_SIDE,
    GREY,
    INK,
    ORANGE,
    VERDICT_COLOUR,
    VERDICT_MARK,
    canvas,
    empty,
)
from anlan.analysis.text.layout import wrap
from anlan.analysis.text.numbers import amount, number, percent
from anlan.analysis.verdict.target import JUDGED, on_share_of_runs, small_is_good
from anlan.analysis.words import word
from anlan.analysis.words.names import said
from anlan.sim.scenario.schema import Target

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

WIDTH, PANEL = 8.4, 2.7
TITLE_COLUMNS = 92


def draw(found: Deadlines, lang: str) -> Drawn:
    """The picture of what was found."""
    table = found.hours
    if not len(table):
        return empty(word("title.deadline_nothing", lang), caption(found, lang), lang, table)
    rows = found.last.to_dict("records")
    figure = canvas(WIDTH, PANEL * len(rows), title(found, lang), caption(found, lang))
    panels = figure.subplots(len(rows), 1, squeeze=False, sharex=True).ravel()
    for axes, row in zip(panels, rows, strict=True):
        mine = table[(table["order"] == row["order"]) & (table["target"] == row["target"])]
        _panel(axes, mine, row, found, lang)
    event = word(f"deadline.event.{found.event.kind}", lang)
    panels[-1].set_xlabel(word("axis.lead", lang, event=event))
    return Drawn(figure, table)


def title(found: Deadlines, lang: str) -> str:
    """The first last moment that there is, else what is said of each order instead."""
    timed = found.last[found.last["answer"] == "hour"]
    if not len(timed):
        answers = zip(found.last["order"], found.last["answer"], strict=True)
        return word("title.deadline_between", lang).join(
            word(
                "title.deadline_answer", lang, order=word(f"deadline.order.{order}", lang),
                answer=word(f"deadline.answer.{answer}", lang),
            )
            for order, answer in dict.fromkeys(answers)
        )  # fmt: skip
    row = timed.iloc[0]
    return word(
        "title.deadline", lang, order=word(f"deadline.order.{row['order']}", lang),
        clock=at(found, float(row["met_h"]), lang), lead=number(float(row["lead_h"])),
        event=word(f"deadline.event.{found.event.kind}", lang),
    )  # fmt: skip


def caption(found: Deadlines, lang: str) -> str:
    """What the band is, what the lines are, how sure."""
    return word(
        "caption.deadline", lang, name=said(found.scenario.settings.name, lang),
        confidence=percent(found.asked.confidence), n=found.grid.count,
        runs=f"{found.asked.most_runs:,}",
    )  # fmt: skip


def _panel(
    axes: Axes, rows: pd.DataFrame, row: dict[Any, Any], found: Deadlines, lang: str
) -> None:
    """Estimates with their band by lead, the limit, the last moment and when the plan orders."""
    target = target_of(found, row["target"])
    unit, bound = unit_of(target), float(row["bound"])
    rows = rows[rows["verdict"].isin(JUDGED)]
    low, high = _range(rows, bound, unit)
    good = (low, bound) if small_is_good(target) else (bound, high)
    axes.axhspan(*good, color=GOOD_SIDE, linewidth=0, zorder=0)
    axes.axhline(bound, color=INK, linewidth=1.2, zorder=2)
    leads = rows["lead_h"].to_numpy(dtype=float)
    ends = rows[["low", "high"]].clip(low, high)
    axes.fill_between(leads, ends["low"], ends["high"], color=BLUE, alpha=0.18, linewidth=0)
    axes.plot(leads, rows["estimate"], "-", color=GREY, linewidth=1.2, zorder=3)
    for verdict in JUDGED:
        some = rows[rows["verdict"] == verdict]
        if not len(some):
            continue
        axes.plot(some["lead_h"], some["estimate"], VERDICT_MARK[verdict], linestyle="none",
                  color=VERDICT_COLOUR[verdict], markersize=5, zorder=4,
                  label=word(f"verdict.{verdict}", lang))  # fmt: skip
    if math.isfinite(row["met_h"]):
        axes.axvline(row["lead_h"], color=BLUE, linewidth=2.0, zorder=2,
                     label=word("deadline.mark.last", lang))  # fmt: skip
    if math.isfinite(row["planned_h"]):
        planned = float(row["event_h"]) - float(row["planned_h"])
        axes.axvline(planned, color=ORANGE, linestyle="--", linewidth=1.6, zorder=2,
                     label=word("deadline.mark.planned", lang))  # fmt: skip
    axes.set_ylabel(_asked(target, lang), size=8)
    axes.set(xlim=(_earliest(row, found), min(0.0, _latest(row))), ylim=(low, high))
    axes.yaxis.set_major_formatter(lambda y, _: amount(y, unit, lang, short=True))
    order, text = word(f"deadline.order.{row['order']}", lang), said(target.text, lang)
    lines = wrap(word("deadline.panel", lang, order=order, target=text), TITLE_COLUMNS)
    axes.set_title(lines[0] + ("…" if len(lines) > 1 else ""), size=9, color=INK)
    axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), fontsize=8, handlelength=1.4)


def _asked(target: Target, lang: str) -> str:
    """What the band is of."""
    if on_share_of_runs(target):
        return word("axis.share_of_runs", lang)
    return MEASURES[target.measure].label(lang)


def _earliest(row: dict[Any, Any], found: Deadlines) -> float:
    """The longest lead: the axis runs from the start of the run towards the event."""
    return float(row["event_h"]) + 0.03 * found.event.median_h


def _latest(row: dict[Any, Any]) -> float:
    planned = float(row["event_h"]) - float(row["planned_h"])
    return planned - 0.5 if math.isfinite(planned) and planned < 0 else 0.0


def _range(rows: pd.DataFrame, bound: float, unit: str) -> tuple[float, float]:
    """The whole of a share; else what holds the limit, the estimates and finite ends."""
    if unit == "share":
        return -0.03, 1.03
    known = np.r_[rows["estimate"], rows["low"], rows["high"], bound].astype(float)
    known = known[np.isfinite(known)]
    edge = 0.08 * (known.max() - known.min()) or 0.5
    return float(known.min() - edge), float(known.max() + edge)
