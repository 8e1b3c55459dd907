"""Cost against confidence: in what share of the runs every target's limit is kept, by cost."""

from __future__ import annotations

from anlan.analysis.plots.picture import Drawn
from anlan.analysis.plots.style import BLUE, VERMILION, canvas, percents
from anlan.analysis.sizing.tables import Sized
from anlan.analysis.words import word

WIDTH, BODY = 7.2, 4.2


def draw(sized: Sized, lang: str) -> Drawn:
    """The picture of a size; the confirmed list is marked."""
    table = sized.curve
    runs = int(table["runs"].max()) if len(table) else 0
    caption = word("caption.size", lang, runs=runs)
    figure = canvas(WIDTH, BODY, word("title.size", lang), caption)
    axes = figure.subplots()
    cost = table["cost"].to_numpy(dtype=float)
    share = table["kept_share"].to_numpy(dtype=float)
    ends = (share - table["low"].to_numpy(dtype=float), table["high"].to_numpy(dtype=float) - share)
    axes.errorbar(cost, share, yerr=ends, fmt="o-", color=BLUE, capsize=3, lw=1)
    is_it = table["confirmed"].to_numpy(dtype=bool)
    axes.plot(cost[is_it], share[is_it], "D", color=VERMILION, ms=8, zorder=5)
    axes.set_xlabel(word("axis.size_cost", lang))
    axes.set_ylabel(word("axis.size_kept", lang))
    percents(axes)
    return Drawn(figure, table)
