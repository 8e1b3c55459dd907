"""What counts as a heat map: which capability moves which measure, and whether the right way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from unicodedata import east_asian_width

import numpy as np
import pandas as pd

from anlan.analysis.measures.registry import MEASURES
from anlan.analysis.plots.picture import Drawn
from anlan.analysis.plots.style import (
    BLUE,
    GREY,
    INK,
    ORANGE,
    PALE,
    PURPLE,
    VERMILION,
    canvas,
    empty,
)
from anlan.analysis.words import word

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ROW, COLUMN = 0.18, 0.17  # inches
ROW_PT = 7.5  # size of the names of capabilities
LEFT_IN, ABOVE_IN = 2.8, 2.4  # for the names of capabilities, at least, and of measures
NOT_PLAYED = ("none_there", "unplayed")
WRONG = ("hurts", "both")
WAYS = ("right", "wrong", "cost")  # what stands before a colon in the column `way`


def draw(cells: pd.DataFrame, effects: pd.DataFrame, lang: str) -> Drawn:
    """The rows and effects of `capabilities.kept`: capabilities down, measures across.

    A square says in how many scenarios the measure moves the right way, or the wrong way; a dot,
    that the capability is for the measure and moves it in none that was played.
    """
    played = cells[~cells["verdict"].isin(NOT_PLAYED)]
    runs = (int(played["runs"].min()), int(played["runs"].max())) if len(played) else (0, 0)
    caption = word("caption.what_counts", lang, scenarios=played["scenario"].nunique(),
                   low=runs[0], high=runs[1])  # fmt: skip
    if not len(played):
        return empty(word("title.what_counts_none", lang), caption, lang, effects)
    labels = dict(zip(played["capability"], played[lang], strict=True))
    effects = effects[effects["capability"].isin(labels)]
    seen = set(effects["measure"])
    measures = [m for m in MEASURES if m in seen]
    longest_in = max(len_em(label) for label in labels.values()) * ROW_PT / 72
    width = max(LEFT_IN, longest_in + 0.2) + COLUMN * len(measures) + 0.4
    figure = canvas(max(width, 8.0), ABOVE_IN + ROW * len(labels), title(played, lang), caption)
    axes = figure.add_subplot()
    _frame(axes, list(labels.values()), [MEASURES[m].label(lang) for m in measures])
    squares = numbers(effects, list(labels), measures)
    down, across = ({name: k for k, name in enumerate(names)} for names in (labels, measures))
    for square in squares.itertuples():
        _square(axes, across[str(square.measure)], down[str(square.capability)], square)
    return Drawn(figure, squares)


def len_em(text: str) -> float:
    """How long a text is in letters of full width; others are about half as wide, at most .62."""
    return sum(1.0 if east_asian_width(letter) in "WF" else 0.62 for letter in text)


def numbers(effects: pd.DataFrame, capabilities: list[str], measures: list[str]) -> pd.DataFrame:
    """A row a square: in how many scenarios a capability moves a measure the right or wrong way.

    `cost`: in how many the wrong way, for a price that has a name. `served`: whether it is for that
    measure in any scenario that was played.
    """
    keys = ["capability", "measure"]
    ways = effects["way"].str.partition(":")[0]
    columns = {way: effects["scenario"].where(ways == way) for way in WAYS}
    found = effects.assign(**columns).groupby(keys).agg(
        **{way: (way, "nunique") for way in WAYS}, served=("served", "max")
    )  # fmt: skip
    order = pd.MultiIndex.from_product([capabilities, measures], names=keys)
    return found.reindex(order).dropna().astype(int).reset_index()


def title(played: pd.DataFrame, lang: str) -> str:
    """How many of the rows that were played help, move the wrong way, or move nothing."""
    verdicts = played["verdict"]
    return word("title.what_counts", lang, n=len(played),
                helps=int((verdicts == "helps").sum()), wrong=int(verdicts.isin(WRONG).sum()),
                elsewhere=int((verdicts == "elsewhere").sum()),
                silent=int((verdicts == "silent").sum()),
                rarely=int((verdicts == "rarely").sum()),
                undecided=int((verdicts == "undecided").sum()),
                no_matter=int((verdicts == "no_matter").sum()))  # fmt: skip


def _square(axes: Axes, x: int, y: int, square: Any) -> None:
    right, wrong, cost = int(square.right), int(square.wrong), int(square.cost)
    if not right and not wrong and not cost:
        if square.served:
            axes.plot(x, y, ".", color=GREY, markersize=3)
        return
    from matplotlib.patches import Rectangle

    colour = PURPLE if right and wrong else BLUE if right else VERMILION if wrong else ORANGE
    axes.add_patch(Rectangle((x - 0.45, y - 0.45), 0.9, 0.9, color=colour, linewidth=0))
    text = f"+{right}" if right else ""
    text += f"−{wrong}" if wrong else ""
    text += f"~{cost}" if cost else ""
    axes.text(x, y, text, ha="center", va="center", color="white", size=4.2 if len(text) > 2 else 6)


def _frame(axes: Axes, rows: list[str], columns: list[str]) -> None:
    axes.set_xlim(-0.5, len(columns) - 0.5)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_yticks(range(len(rows)), rows, size=ROW_PT, color=INK)
    axes.set_xticks(range(len(columns)), columns, size=7, color=INK, rotation=60, ha="left",
                    rotation_mode="anchor")  # fmt: skip
    axes.xaxis.tick_top()
    axes.tick_params(length=0)
    axes.grid(False)
    axes.hlines(np.arange(len(rows) + 1) - 0.5, -0.5, len(columns) - 0.5, color=PALE, linewidth=0.4)
    axes.vlines(np.arange(len(columns) + 1) - 0.5, -0.5, len(rows) - 0.5, color=PALE, linewidth=0.4)
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)
