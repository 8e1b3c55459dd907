"""Verdicts over what is assumed: a bar a target, and the assumptions that decide it most."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from anlan.analysis.plots.picture import Drawn
from anlan.analysis.plots.style import GREY, INK, PALE, VERDICT_COLOUR, canvas, empty
from anlan.analysis.results.over_assumptions import TOP, OverAssumptions
from anlan.analysis.statistics.ranks import FEWEST
from anlan.analysis.study.naming import factor_labels
from anlan.analysis.text.layout import wrap
from anlan.analysis.text.numbers import number
from anlan.analysis.words import word
from anlan.analysis.words.names import said

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

LABEL_COLUMNS, TOP_COLUMNS = 34, 58
A_TARGET_IN = 0.85
PARTS = (("met", "met"), ("undecided", "undecided"), ("not_met", "not met"))


def draw(over: OverAssumptions, lang: str) -> Drawn:
    """Stacked shares of the sets: met, undecided, not met; what is pale had nothing to judge."""
    table = numbers(over)
    fill = {"sets": over.sets, "runs": over.runs, "k": len(over.results.factors)}
    level = f"{100 * over.confidence:g}"
    caption = word("caption.over_assumptions", lang, confidence=level, **fill)
    if not len(table):
        return empty(title(table, lang), caption, lang, table)
    figure = canvas(10.2, 0.7 + A_TARGET_IN * len(table), title(table, lang), caption)
    left, right = figure.subplots(1, 2, width_ratios=[1.25, 1.0], sharey=True)
    labels = factor_labels(over.results.scenario, tuple(over.results.factors), lang)
    texts = []
    for y, row in enumerate(table.to_dict("records")):
        _bar(left, y, row)
        _top(right, y, row, labels, lang)
        texts.append(
            "\n".join(wrap(said(over.results.target(row["id"]).text, lang), LABEL_COLUMNS))
        )
    left.set_yticks(range(len(table)), texts, size=8.5, color=INK)
    left.set(xlim=(0, 1), ylim=(len(table) - 0.45, -0.55))
    left.xaxis.set_major_formatter(lambda share, _: f"{100 * share:.0f}%")
    left.set_xlabel(word("axis.over_assumptions", lang))
    left.tick_params(axis="y", length=0)
    left.grid(False, axis="y")
    for _, verdict in PARTS:
        left.bar(0, 0, color=VERDICT_COLOUR[verdict], label=word(f"verdict.{verdict}", lang))
    left.bar(0, 0, color=PALE, label=word("verdict.nothing to judge", lang))
    left.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=4, fontsize=8)
    right.set_axis_off()
    right.set_title(word("over.top", lang), size=9, color=INK)
    return Drawn(figure, table)


def numbers(over: OverAssumptions) -> pd.DataFrame:
    """The shares, a row a target, with the assumptions that decide it most beside them."""
    table = over.shares.copy()
    deciding = over.deciding
    for rank in range(1, TOP + 1):
        mine = deciding[deciding["rank"] == rank].set_index("id")
        for column in ("parameter", "correlation", "low_of_all", "high_of_all", "clear"):
            told = mine[column].reindex(table["id"])
            table[f"{column}_{rank}"] = told.to_numpy(dtype=object)
    return table


def title(table: pd.DataFrame, lang: str) -> str:
    """How many targets are met in every set, how many fail in every set, how many hang on it."""
    judged = table[table["sets"] > table["not_judged"]]
    if not len(judged):
        return word("title.over_assumptions_none", lang)
    of = judged["met"] + judged["not_met"] + judged["undecided"]
    always, never = (int((judged[key] == of).sum()) for key in ("met", "not_met"))
    return word("title.over_assumptions", lang, n=len(judged), all=always, none=never,
                some=len(judged) - always - never)  # fmt: skip


def _bar(axes: Axes, y: int, row: dict[Any, Any]) -> None:
    """Of the sets with anything to judge, as in the table beside; pale where there was none."""
    begin, sets = 0.0, max(int(row["sets"] - row["not_judged"]), 1)
    axes.barh(y, 1.0, height=0.5, color=PALE, linewidth=0)
    for key, verdict in PARTS:
        share = row[key] / sets
        axes.barh(y, share, left=begin, height=0.5, color=VERDICT_COLOUR[verdict], linewidth=0)
        begin += share
    if row["sets"] > row["not_judged"]:
        ends = [row[end] for end in ("low", "high")]
        axes.plot(ends, [y + 0.34] * 2, color=INK, linewidth=1.2, clip_on=False)
        axes.plot(ends, [y + 0.34] * 2, "|", color=INK, markersize=5, clip_on=False)


def _top(axes: Axes, y: int, row: dict[Any, Any], labels: dict[str, str], lang: str) -> None:
    """The assumptions, one a line, each with its rank correlation."""
    lines = []
    for rank in range(1, TOP + 1):
        name = row[f"parameter_{rank}"]
        if isinstance(name, str):
            mark = "*" if row[f"clear_{rank}"] else ""
            text = f"{number(float(row[f'correlation_{rank}']))}{mark}  {labels.get(name, name)}"
            first, *more = wrap(text, TOP_COLUMNS)
            lines.append(first + (" …" if more else ""))
    for i, line in enumerate(lines or [over_none(row, lang)]):
        axes.text(0.0, y - 0.28 + 0.28 * i, line, size=8, va="center", clip_on=False,
                  color=INK if lines else GREY)  # fmt: skip


def over_none(row: Mapping[Any, Any], lang: str) -> str:
    """Why no assumption is named: all sets gave the same, or too few could be judged to rank."""
    judged = int(row["sets"] - row["not_judged"])
    return word("over.few", lang, n=judged) if judged < FEWEST else word("over.none", lang)
