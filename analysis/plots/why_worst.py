"""The ten worst cases as strips: who waited where, for what and for how long."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from anlan.analysis.chains.targets import counted
from anlan.analysis.explain.worst import MOST
from anlan.analysis.plots.picture import Drawn
from anlan.analysis.plots.style import INK, VERMILION, canvas, runs_caption
from anlan.analysis.plots.why import HOURS, failed, fill, key, key_in
from anlan.analysis.results.folder import Results
from anlan.analysis.text.dates import moment
from anlan.analysis.text.numbers import number
from anlan.analysis.words import trait, word, words
from anlan.analysis.words.names import names, said
from anlan.sim.scenario.errors import BadInput, worded

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from anlan.sim.scenario.schema import Target

WIDTH = 10.8
ROW_IN, HEAD_IN = 0.52, 0.62
MIN_PER_H = 60.0
SHORT_MIN = 180.0  # shorter axes count in minutes
WHITE = {"facecolor": "white", "alpha": 0.75, "edgecolor": "none", "pad": 1.0}
ROOM = 0.06  # of the axis: a shorter link has no room for its time


def draw(results: Results, lang: str) -> Drawn:
    """A panel a failed target, a strip a case; pale what did not bind it."""
    found = failed(results)
    told = [t for t in found.targets
            if t.id in set(found.worst["target"]) and counted(t) != HOURS]  # fmt: skip
    if not told:
        raise BadInput(worded("no case with a chain of time"))
    each = math.ceil(MOST / len(told))
    worst = found.worst
    table = worst[worst["target"].isin([t.id for t in told]) & (worst["case"] < each)]
    rows = [int(table.loc[table["target"] == t.id, "case"].nunique()) for t in told]
    heights = [HEAD_IN + ROW_IN * n for n in rows]
    caption = word("caption.why_worst", lang) + runs_caption(results, lang, "")
    text = _title(table, names(results.scenario, lang), lang)
    below_in = key_in(table["link"])
    figure = canvas(WIDTH, sum(heights) + below_in, text, caption)
    halves: Any = figure.subfigures(2, 1, height_ratios=[sum(heights), below_in])
    panels = halves[0].subplots(len(told), 1, squeeze=False, height_ratios=heights)[:, 0]
    for axes, target in zip(panels, told, strict=True):
        _panel(axes, results, target, table[table["target"] == target.id], lang)
    key(halves[1].add_subplot(), table["link"], lang)
    return Drawn(figure, table)


def _title(table: pd.DataFrame, called: dict[str, str], lang: str) -> str:
    """The worst case of all in words: where, and what it waited for how long."""
    first = table.iloc[0]
    case = table[(table["target"] == first["target"]) & (table["case"] == 0)]
    took = case[case["binds"].astype(bool)]
    longest = took.loc[(took["to_min"] - took["from_min"]).idxmax()]
    return word("title.why_worst", lang, place=called.get(first["place"], first["place"]),
                link=_what(longest, lang),
                hours=number((longest["to_min"] - longest["from_min"]) / MIN_PER_H))  # fmt: skip


def _what(row: Any, lang: str) -> str:
    return word(f"{'never' if row['never'] else 'link'}.{row['link']}", lang)


def _panel(axes: Axes, results: Results, target: Target, rows: pd.DataFrame, lang: str) -> None:
    longest = max(float((rows["to_min"] - rows["since_min"]).max()), 1.0)  # at once takes none
    scale = 1.0 if longest <= SHORT_MIN else MIN_PER_H
    called, labels = names(results.scenario, lang), []
    for y, (_, case) in enumerate(rows.groupby("case", sort=True)):
        for row in case.to_dict("records"):
            _segment(axes, y, row, scale, longest / scale)
        first = case.iloc[0]
        limit = float(first["limit_min"]) / scale
        axes.plot([limit] * 2, [y - 0.42, y + 0.3], color=VERMILION, linewidth=1.8, zorder=5)
        bound = [row for row in case.to_dict("records") if row["binds"]]
        axes.text(0.0, y - 0.36, _story(bound, lang), size=7.5, color=INK, va="bottom")
        labels.append(_who(first, results, target, called, lang))
    axes.set_yticks(range(len(labels)), labels, size=8, color=INK)
    axes.set(xlim=(0, longest / scale * 1.01), ylim=(len(labels) - 0.55, -0.75))
    unit = "min" if scale == 1.0 else "h"
    axes.set_title(word(f"why.panel_worst_{unit}", lang, target=said(target.text, lang)), size=9,
                   color=INK)  # fmt: skip
    axes.tick_params(axis="y", length=0)
    axes.grid(False, axis="y")


def _segment(axes: Axes, y: float, row: dict[Any, Any], scale: float, whole: float) -> None:
    begins = (row["from_min"] - row["since_min"]) / scale
    took = (row["to_min"] - row["from_min"]) / scale
    style = fill(row["link"])
    axes.barh(y, took, left=begins, height=0.52, alpha=1.0 if row["binds"] else 0.3, zorder=3,
              **style)  # fmt: skip
    if took > ROOM * whole:
        text = number(took) + ("→" if row["never"] else "")
        axes.text(begins + took / 2, y, text, size=7.5, ha="center", va="center", color=INK,
                  zorder=6, bbox=WHITE)  # fmt: skip


def _story(bound: list[dict[Any, Any]], lang: str) -> str:
    """What bound it, longest first."""
    rows = sorted(bound, key=lambda row: row["from_min"] - row["to_min"])
    return trait("between_names", lang).join(_what(row, lang) for row in rows)


def _who(
    first: pd.Series[Any], results: Results, target: Target, called: dict[str, str], lang: str
) -> str:
    """Place, how many, of what, and when its clock began, in two lines."""
    of = cause_name(results, str(first["cause"]), lang)
    when = moment(results.clock(float(first["since_min"]) / MIN_PER_H), lang)
    place = called.get(first["place"], first["place"])
    unit = word(f"case_unit.{counted(target)}", lang)
    told = word("why.who", lang, cause=of, when=when, run=int(first["run"]),
                n=number(float(first["cases"])), unit=unit)  # fmt: skip
    return f"{place}\n{told}"


def cause_name(results: Results, cause: str, lang: str) -> str:
    """What a cause of late cases is called: a kind of thing, or a class of buildings."""
    from anlan.analysis.words.names import name_of

    if f"late_cause.{cause}" in words():
        return word(f"late_cause.{cause}", lang)
    for row in results.scenario.building_classes:
        if row.building_class == cause:
            return name_of(row, lang)
    return cause
