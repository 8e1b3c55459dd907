"""Picture 1: every target, its estimate and interval against its limit."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from anlan.analysis.plots.style import (
    GOOD_SIDE,
    GREY,
    INK,
    PALE,
    VERDICT_COLOUR,
    VERDICT_MARK,
    canvas,
    runs_caption,
)
from anlan.analysis.results.folder import Results
from anlan.analysis.text.layout import wrap
from anlan.analysis.text.numbers import amount
from anlan.analysis.verdict.verdict import Verdict, Verdicts
from anlan.analysis.words import trait, word

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH, ROW = 9.6, 0.62  # inches
STRAIGHT = str.maketrans("“”‘’", "\"\"''")  # a Chinese font draws curly quotes full width


def draw(results: Results, lang: str) -> Figure:
    """A strip a target; the pale blue side of the limit is the good one."""
    verdicts = results.verdicts
    rows = max(len(verdicts), 1)
    caption = word("caption.verdict", lang) + runs_caption(results, lang, "")
    figure = canvas(WIDTH, rows * ROW + 0.1, headline(verdicts, lang), caption)
    engine: Any = figure.get_layout_engine()
    left, bottom, width, height = engine.get()["rect"]
    figure.set_layout_engine("none")
    for i, v in enumerate(verdicts):
        y = bottom + height * (1 - (i + 1) / rows)
        box = (left + 0.40 * width, y + 0.44 * height / rows, 0.27 * width, 0.30 * height / rows)
        _strip(figure.add_axes(box), v, lang)
        middle = y + 0.55 * height / rows
        lines = wrap(_target_text(v, lang), int(trait("target_columns", lang)))[:3]
        for k, line in enumerate(lines):
            up = ((len(lines) - 1) / 2 - k) * 0.145 / figure.get_figheight()
            figure.text(left + 0.012, middle + up, line, va="center", size=8.5, color=INK)
        _outcome(figure, v, lang, left + 0.70 * width, middle)
    return figure


def headline(verdicts: Verdicts, lang: str) -> str:
    """The finding in one line."""
    return verdicts.headline(lang)


def _target_text(v: Verdict, lang: str) -> str:
    text = v.text(lang)
    return text if trait("curly_quotes", lang) == "yes" else text.translate(STRAIGHT)


def _strip(axes: Axes, v: Verdict, lang: str) -> None:
    low, high = _range(v)
    edge = 0.035 * (high - low)  # so that a limit at an end still shows its good side
    good = (low - edge, v.bound) if v.at_most else (v.bound, high + edge)
    colour = VERDICT_COLOUR[v.verdict]
    axes.axvspan(low - edge, high + edge, color="#F6F6F6", zorder=0)
    axes.axvspan(*good, color=GOOD_SIDE, linewidth=0, zorder=0.5)
    axes.axvline(v.bound, color=INK, linewidth=1.4, zorder=1)
    if math.isfinite(v.low) and v.of_runs and not math.isnan(v.estimate):
        axes.plot([v.low, v.high], [0, 0], color=colour, linewidth=5, alpha=0.45,
                  solid_capstyle="butt", zorder=2)  # fmt: skip
    if not math.isnan(v.estimate):
        axes.plot([v.estimate], [0], VERDICT_MARK[v.verdict], color=colour, markersize=8,
                  markeredgecolor="white", clip_on=False, zorder=3)  # fmt: skip
    axes.set(xlim=(low - edge, high + edge), ylim=(-1, 1), yticks=[])
    axes.grid(False)
    axes.spines["left"].set_visible(False)
    axes.spines["bottom"].set_color(PALE)
    ticks = [low, v.bound, high] if _apart(low, v.bound, high) else [low, high]
    axes.set_xticks(ticks, [amount(t, v.bound_unit, lang, short=True) for t in ticks], size=6.5)
    axes.tick_params(axis="x", length=2, pad=1)


def _apart(low: float, bound: float, high: float) -> bool:
    """Whether a label at the bound has room between those at the ends."""
    return min(bound - low, high - bound) > 0.2 * (high - low)


def _range(v: Verdict) -> tuple[float, float]:
    if v.bound_unit == "share":
        return 0.0, 1.0
    known = [end for end in (v.estimate, v.low, v.high, v.bound) if math.isfinite(end)]
    high = max(known)
    return min(0.0, *known), high * 1.15 if high > 0 else 1.0


def _outcome(figure: Figure, v: Verdict, lang: str, left: float, middle: float) -> None:
    shift = 0.115 / figure.get_figheight()
    figure.text(left, middle + shift, word(f"verdict.{v.verdict}", lang), size=10.5, va="center",
                color=VERDICT_COLOUR[v.verdict])  # fmt: skip
    found = amount(v.estimate, v.bound_unit, lang)
    between = v.interval_text(lang)
    if not v.judged:  # its number decides nothing, and the words need the room
        found = between = ""
    figure.text(left + 0.1, middle + shift, f"{found}  ({between})" if between else found, size=9,
                va="center", color=INK)  # fmt: skip
    figure.text(left, middle - shift, word("strip.asks", lang, rule=v.rule_text(lang)), size=7.5,
                va="center", color=GREY)  # fmt: skip
