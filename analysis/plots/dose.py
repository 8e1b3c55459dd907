"""A target's measure with none, half, all and double of the teams, and of the stock."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from anlan.analysis.measures.registry import MEASURES
from anlan.analysis.plots.picture import Drawn
from anlan.analysis.plots.style import BLUE, INK, ORANGE, canvas, empty
from anlan.analysis.study.naming import unit_text
from anlan.analysis.text.layout import wrap
from anlan.analysis.text.numbers import amount
from anlan.analysis.words import trait, word

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

LEVELS = ("none", "half", "as_is", "double")
DOSED = {"teams": (BLUE, "o"), "stock": (ORANGE, "s")}
ACROSS, MOST = 3, 12  # panels
NAME_COLUMNS, MOST_LINES = 44, 3  # of a panel's title
COLUMNS = ("scenario", "measure", "capability", "level", "value", "low", "high", "unit", "pairs",
           "way", "limit")  # fmt: skip


class Asked(NamedTuple):
    """A plan's limit on a measure in a scenario, with what the scenario is called by language."""

    scenario: str
    names: dict[str, str]
    measure: str
    limit: float


def draw(effects: pd.DataFrame, asked: Sequence[Asked], lang: str) -> Drawn:
    """Small multiples, one a scenario and measure: what it comes to at each level."""
    table = numbers(effects, asked)
    pairs = table["pairs"]
    low, high = (int(pairs.min()), int(pairs.max())) if len(table) else (0, 0)
    caption = word("caption.dose", lang, low=low, high=high, most=MOST)
    if not len(table):
        return empty(title(table, lang), caption, lang, table)
    panels = [(a, rows) for a in asked if len(rows := _of(table, a))]
    varying = [panel for panel in panels if np.ptp(panel[1]["value"].to_numpy(dtype=float)) > 0]
    panels = sorted(varying or panels, key=lambda panel: not (panel[1]["way"] != "").any())[:MOST]
    down = -(-len(panels) // ACROSS)
    figure = canvas(10.0, 2.6 * down, title(table, lang), caption)
    grid = figure.subplots(down, ACROSS, squeeze=False).ravel()
    for axes, (one, rows) in zip(grid, panels, strict=False):
        _panel(axes, one, rows, lang)
    for axes in grid[len(panels) :]:
        axes.set_axis_off()
    for axes in grid[: len(panels)]:
        axes.legend(fontsize=7.5, loc="best")
    return Drawn(figure, table)


def numbers(effects: pd.DataFrame, asked: Sequence[Asked]) -> pd.DataFrame:
    """A row a scenario, target's measure, capability and level, from what `what-counts` keeps.

    `value`: the mean as it is plus the mean paired difference; `low`, `high`: with the ends of the
    difference's interval. `way`: right or wrong where it moves beyond chance.
    """
    import pandas as pd

    rows: list[tuple[Any, ...]] = []
    for one in asked:
        mine = effects[(effects["scenario"] == one.scenario) & (effects["measure"] == one.measure)]
        for capability in DOSED:
            found = mine[mine["capability"] == capability].set_index("level")
            if not len(found):
                continue
            unit = MEASURES[one.measure].unit
            head = (one.scenario, one.measure, capability)
            for level in LEVELS:
                if level == "as_is":
                    base = float(found["as_is"].iloc[0])
                    rows.append((*head, level, base, base, base, unit,
                                 int(found["pairs"].iloc[0]), "", one.limit))  # fmt: skip
                elif level in found.index:
                    at: Any = found.loc[level]
                    base = float(at["as_is"])
                    rows.append((*head, level, float(at["other"]), base + float(at["low"]),
                                 base + float(at["high"]), unit, int(at["pairs"]), at["way"],
                                 one.limit))  # fmt: skip
    return pd.DataFrame(rows, columns=list(COLUMNS))


def title(table: pd.DataFrame, lang: str) -> str:
    """In how many cases taking all of it away worsens a target's measure beyond chance."""
    without = table[table["level"] == "none"]
    if not len(without):
        return word("title.dose_none", lang)
    counts = {}
    for capability in DOSED:
        mine = without[without["capability"] == capability]
        counts[f"{capability}_worse"] = int((mine["way"] == "right").sum())
        counts[capability] = len(mine)
    return word("title.dose", lang, **counts)


def _of(table: pd.DataFrame, one: Asked) -> pd.DataFrame:
    return table[(table["scenario"] == one.scenario) & (table["measure"] == one.measure)]


def _panel(axes: Axes, one: Asked, rows: pd.DataFrame, lang: str) -> None:
    unit = MEASURES[one.measure].unit
    for k, (capability, (colour, mark)) in enumerate(DOSED.items()):
        mine = rows[rows["capability"] == capability]
        if not len(mine):
            continue
        # A level that was not played breaks the line.
        mine = mine.set_index("level").reindex(LEVELS)
        at = np.arange(len(LEVELS)) + 0.12 * (k - 0.5)
        known = np.isfinite(mine["low"]) & np.isfinite(mine["high"])
        axes.vlines(at[known], mine["low"][known], mine["high"][known], color=colour, alpha=0.35,
                    linewidth=5)  # fmt: skip
        axes.plot(at, mine["value"], f"-{mark}", color=colour, linewidth=1.5, markersize=5,
                  label=word(f"dose.{capability}", lang))  # fmt: skip
    axes.axhline(one.limit, color=INK, linewidth=1.3)
    axes.set_xticks(range(len(LEVELS)), [word(f"what_counts.level.{n}", lang) for n in LEVELS])
    axes.set_xlim(-0.4, len(LEVELS) - 0.6)
    axes.yaxis.set_major_formatter(lambda y, _: amount(y, unit, lang, short=True))
    if unit == "share":
        axes.set_ylim(-0.03, 1.03)
    else:
        axes.set_ylabel(unit_text(unit, lang))
    called = one.names[lang] + trait("colon", lang) + MEASURES[one.measure].label(lang)
    axes.set_title("\n".join(wrap(called, NAME_COLUMNS)[:MOST_LINES]), size=8.5)
