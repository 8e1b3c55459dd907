"""Every target, its estimate and interval against its limit; what is not judged in grey."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from anlan.analysis.plots.picture import Drawn
from anlan.analysis.plots.style import (
    GOOD_SIDE,
    GREY,
    INK,
    PALE,
    VERDICT_COLOUR,
    VERDICT_MARK,
    canvas,
    empty,
    runs_caption,
)
from anlan.analysis.results.folder import Results
from anlan.analysis.text.layout import wrap
from anlan.analysis.text.numbers import amount
from anlan.analysis.verdict.target import JUDGED
from anlan.analysis.verdict.verdict import Verdict, Verdicts
from anlan.analysis.words import trait, word

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH, HEAD, BELOW = 9.6, 0.36, 0.1  # inches
ROW = {"simulated": 0.54, "structural": 0.54, "unjudged": 0.44}  # inches a target of each group
STRAIGHT = str.maketrans("“”‘’", "\"\"''")  # a Chinese font draws curly quotes full width


def draw(results: Results, lang: str) -> Drawn:
    """A strip a target; the pale blue side of the limit is the good one."""
    verdicts = results.verdicts
    table = numbers(verdicts)
    caption = word("caption.verdict", lang) + runs_caption(results, lang, "")
    if not len(table):
        return empty(title(table, lang), caption, lang, table)
    groups = {group: [v for v in verdicts if group_of(v) == group] for group in ROW}
    body = BELOW + sum(HEAD + ROW[g] * len(some) for g, some in groups.items() if some)
    figure = canvas(WIDTH, body, title(table, lang), caption)
    engine: Any = figure.get_layout_engine()
    left, bottom, width, height = engine.get()["rect"]
    figure.set_layout_engine(None)
    inch = 1 / figure.get_figheight()
    for y, row, v in _places(groups, figure, bottom + height, lang):
        box = (left + 0.40 * width, y + 0.40 * row * inch, 0.27 * width, 0.30 * row * inch)
        _strip(figure.add_axes(box), v, lang)
        middle = y + 0.55 * row * inch
        lines = wrap(_target_text(v, lang), int(trait("target_columns", lang)))[:3]
        for k, line in enumerate(lines):
            up = ((len(lines) - 1) / 2 - k) * 0.145 * inch
            figure.text(left + 0.012, middle + up, line, va="center", size=8.5, color=_ink(v))
        _outcome(figure, v, lang, left + 0.70 * width, middle)
    return Drawn(figure, table)


def numbers(verdicts: Verdicts) -> pd.DataFrame:
    """A row a target, group by group: what is plotted of it. `bound`, `estimate`, `low`, `high` are
    in `unit`; `good`: on which side of the bound.
    """
    import pandas as pd

    rows = [
        {
            "group": group_of(v), "target": v.id, "measure": v.measure, "verdict": v.verdict,
            "bound": v.bound, "good": "at_most" if v.at_most else "at_least",
            "estimate": v.estimate, "low": v.low, "high": v.high, "unit": v.bound_unit,
            "confidence": v.confidence, "applicable_runs": v.applicable_runs,
        }
        for group in ROW
        for v in verdicts
        if group_of(v) == group
    ]  # fmt: skip
    return pd.DataFrame(rows)


def group_of(v: Verdict) -> str:
    """Where a target stands: judged by runs, read off the data, or not judged at all."""
    return "unjudged" if not v.judged else "simulated" if v.of_runs else "structural"


def title(table: pd.DataFrame, lang: str) -> str:
    """How many are judged, and of them met: as it heads every verdict."""
    found = table["verdict"].to_list() if len(table) else []
    met, failed, undecided = (found.count(outcome) for outcome in JUDGED)
    return word("verdicts.judged", lang, n=met + failed + undecided, m=len(found), met=met,
                failed=failed, open=undecided)  # fmt: skip


def _places(
    groups: dict[str, list[Verdict]], figure: Figure, above: float, lang: str
) -> Iterator[tuple[float, float, Verdict]]:
    """The lower edge of each target's row and its height in inches, below its group's heading."""
    from matplotlib.lines import Line2D

    inch = 1 / figure.get_figheight()
    top = above
    for group, some in groups.items():
        if not some:
            continue
        top -= HEAD * inch
        text = word(f"targets.{group}", lang, n=len(some))
        figure.text(0.02, top + 0.1 * inch, text, size=10, color=GREY)
        figure.add_artist(Line2D([0.02, 0.98], [top + 0.04 * inch] * 2, color=PALE, linewidth=0.8))
        for v in some:
            top -= ROW[group] * inch
            yield top, ROW[group], v


def _ink(v: Verdict) -> str:
    return INK if v.judged else GREY


def _target_text(v: Verdict, lang: str) -> str:
    text = v.text(lang)
    return text if trait("curly_quotes", lang) == "yes" else text.translate(STRAIGHT)


def _strip(axes: Axes, v: Verdict, lang: str) -> None:
    low, high = _range(v)
    edge = 0.035 * (high - low)  # so that a limit at an end still shows its good side
    good = (low - edge, v.bound) if v.at_most else (v.bound, high + edge)
    colour = VERDICT_COLOUR[v.verdict]
    axes.axvspan(low - edge, high + edge, color="#F6F6F6", zorder=0)
    axes.axvspan(*good, color=GOOD_SIDE if v.judged else PALE, linewidth=0, zorder=0.5)
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
    shift = (0.115 if v.judged else 0.085) / figure.get_figheight()
    size = 10.5 if v.judged else 8.5
    figure.text(left, middle + shift, word(f"verdict.{v.verdict}", lang), size=size, va="center",
                color=VERDICT_COLOUR[v.verdict])  # fmt: skip
    found = amount(v.estimate, v.bound_unit, lang)
    between = v.interval_text(lang)
    if not v.judged:  # its number decides nothing, and the words need the room
        found = between = ""
    figure.text(left + 0.1, middle + shift, f"{found}  ({between})" if between else found, size=9,
                va="center", color=INK)  # fmt: skip
    figure.text(left, middle - shift, word("strip.asks", lang, rule=v.rule_text(lang)), size=7.5,
                va="center", color=GREY)  # fmt: skip
