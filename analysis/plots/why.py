"""What the pictures of why share: the failed targets, and a colour and hatch for each link.

Links that may stand beside each other have different fills: eight colours, plain and hatched. A
link has the same fill in every picture.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from anlan.analysis.chains.links import LINKS
from anlan.analysis.chains.targets import counted, has_chain
from anlan.analysis.explain.explanation import Explanation, explained
from anlan.analysis.plots.style import (
    BLUE,
    GREEN,
    GREY,
    INK,
    ORANGE,
    PURPLE,
    SKY,
    VERMILION,
)
from anlan.analysis.results.folder import Results
from anlan.analysis.words import word
from anlan.sim.scenario.errors import BadInput, worded

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

# Those that bind most often have the plain colours.
FILL: dict[str, tuple[str, str]] = {
    "ordered": (PURPLE, ""), "refused": (SKY, ""), "road": (VERMILION, ""), "crews": (BLUE, ""),
    "work": (GREEN, ""), "travel": (ORANGE, ""), "lorries": (INK, ""), "stock": ("#F0E442", ""),
    "reported": (SKY, "///"), "drive": (ORANGE, "///"), "turned_back": (VERMILION, "///"),
    "at_once": (GREY, ""), "answer": (BLUE, "///"), "phone": (PURPLE, "///"),
    "heard": (SKY, "xx"), "found": ("#F0E442", "///"), "review": (GREY, "///"),
    "control": (GREEN, "///"), "bus": (PURPLE, "xx"), "place": (GREEN, "xx"),
    "mustered": (BLUE, "xx"), "wind": (VERMILION, "xx"), "setup": (ORANGE, "xx"),
}  # fmt: skip
REST: tuple[str, str] = ("#F0E442", "xx")
COLUMNS = 3  # of the key
HOURS = "person_h_short"  # a case of these is one hour


def failed(results: Results) -> Explanation:
    """Why the targets that are not met are not; raises BadInput where no late case is known."""
    found = explained(results)
    if not len(found.links):
        raise BadInput(worded("nothing to explain"))
    return found


def fill(link: str) -> dict[str, Any]:
    """How a bar or a dot of a link is drawn."""
    colour, hatch = FILL.get(link, REST)
    return {"facecolor": colour, "hatch": hatch, "edgecolor": "white", "linewidth": 0.6}


def leading(found: Explanation) -> pd.Series[Any]:
    """The row of `links` that says most: the first link of the target with most late cases.

    Person-hours are counted in another unit and come last.
    """
    first = found.links.groupby("target", sort=False).first().reset_index()
    kind = {t.id: counted(t) for t in found.targets if has_chain(t)}
    hours = first["target"].map(kind) == HOURS
    whole = first["cases"] / first["share"]
    size = whole.where(~hours, whole / whole.sum()).to_numpy(dtype=float)
    chosen: pd.Series[Any] = first.iloc[int(np.argmax(size))]
    return chosen


def key_in(links: Iterable[str]) -> float:
    """Inches that the key of some links takes."""
    return 0.25 + 0.2 * math.ceil(len(set(links)) / COLUMNS)


def key(axes: Axes, links: Iterable[str], lang: str) -> None:
    """The fills of some links, in their order."""
    from matplotlib.patches import Patch

    there = [link for link in LINKS if link in set(links)]
    handles = [Patch(label=word(f"link.{link}", lang), **fill(link)) for link in there]
    axes.set_axis_off()
    axes.legend(handles=handles, ncols=COLUMNS, fontsize=8.5, handlelength=1.6, loc="upper center",
                borderaxespad=0.0)  # fmt: skip
