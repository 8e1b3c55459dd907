"""What the late cases of each failed target waited for: a bar a link, with its interval."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from anlan.analysis.chains.targets import counted
from anlan.analysis.plots.picture import Drawn
from anlan.analysis.plots.style import GREY, INK, canvas, runs_caption
from anlan.analysis.plots.why import failed, fill, leading
from anlan.analysis.results.folder import Results
from anlan.analysis.study.naming import what_unit
from anlan.analysis.text.layout import wrap
from anlan.analysis.text.numbers import amount, number, percent
from anlan.analysis.words import word
from anlan.analysis.words.names import said

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from anlan.analysis.explain.explanation import Explanation
    from anlan.sim.scenario.schema import Target

WIDTH = 10.0
ROW_IN, HEAD_IN = 0.3, 0.55
TEXT_AT = 1.03
LABEL_COLUMNS = 34
MOST_SHOWN, LEAST = 5, 0.01  # links of a target; share of one that is shown


def draw(results: Results, lang: str) -> Drawn:
    """A panel a target, its links from the most frequent on; what experiments gave to the right."""
    found = failed(results)
    shown = found.links[found.links["share"] >= LEAST]
    shown = shown.groupby("target", sort=False).head(MOST_SHOWN)
    table = shown.merge(
        found.gains.drop(columns=["share", "measure"]), on=["target", "link"], how="left",
        suffixes=("", "_gain"),
    )  # fmt: skip
    targets = [t for t in found.targets if t.id in set(table["target"])]
    rows = [int((table["target"] == t.id).sum()) for t in targets]
    heights = [HEAD_IN + ROW_IN * n for n in rows]
    caption = word("caption.why_links", lang) + runs_caption(results, lang, "")
    figure = canvas(WIDTH, sum(heights) + 0.35, title(found, lang), caption)
    panels = figure.subplots(len(targets), 1, squeeze=False, sharex=True, height_ratios=heights)
    for target, axes in zip(targets, panels[:, 0], strict=True):
        _panel(axes, target, table[table["target"] == target.id], lang)
    panels[-1, 0].set_xlabel(word("axis.why_share", lang))
    return Drawn(figure, table)


def title(found: Explanation, lang: str) -> str:
    """What hinders the target with most late cases, and how many fail."""
    first = leading(found)
    (target,) = (t for t in found.targets if t.id == first["target"])
    return word("title.why_links", lang, n=found.links["target"].nunique(),
                target=said(target.text, lang), share=percent(float(first["share"])),
                link=word(f"link.{first['link']}", lang))  # fmt: skip


def _panel(axes: Axes, target: Target, rows: pd.DataFrame, lang: str) -> None:
    cases = word(f"case.{counted(target)}", lang)
    a_run = float(rows["cases"].iloc[0] / rows["share"].iloc[0])
    head = word("why.panel", lang, target=said(target.text, lang), cases=cases, n=number(a_run))
    axes.set_title(head, size=9.5, color=INK)
    labels = []
    for y, row in enumerate(rows.to_dict("records")):
        style: dict[str, Any] = fill(row["link"])
        axes.barh(y, row["share"], height=0.66, alpha=0.45, zorder=2, **style)
        axes.barh(y, row["alone"], height=0.66, zorder=3, **style)
        axes.plot([row["low"], row["high"]], [y, y], color=INK, linewidth=1.2, zorder=4)
        axes.plot([row["low"], row["high"]], [y, y], "|", color=INK, markersize=6, zorder=4)
        axes.text(TEXT_AT, y, _beside(target, row, lang), size=8, va="center", color=INK,
                  clip_on=False)  # fmt: skip
        labels.append("\n".join(wrap(word(f"link.{row['link']}", lang), LABEL_COLUMNS)))
    axes.set_yticks(range(len(labels)), labels, size=8.5, color=INK)
    axes.set(xlim=(0, 1), ylim=(len(labels) - 0.45, -0.55))
    axes.xaxis.set_major_formatter(lambda share, _: f"{100 * share:.0f}%")
    axes.tick_params(axis="y", length=0)
    axes.grid(False, axis="y")
    axes.spines["left"].set_color(GREY)


def _beside(target: Target, row: dict[Any, Any], lang: str) -> str:
    """The share, and what relaxing the link gave to the target's measure."""
    share = percent(float(row["share"]))
    if not row["pairs"] > 0:
        return share
    unit = what_unit(target.measure)
    before, after = (amount(float(row[c]), unit, lang, short=True) for c in ("base", "relaxed"))
    return word("why.beside", lang, share=share, before=before, after=after,
                agrees=word(f"agrees.{row['agrees']}", lang))  # fmt: skip
