"""How full the shelters were, all together and the fullest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from anlan.analysis.measures.facts import Floats
from anlan.analysis.plots.picture import Drawn
from anlan.analysis.plots.style import (
    BAND,
    BLUE,
    GREY,
    INK,
    VERMILION,
    canvas,
    curve_rows,
    date_axis,
    draw_band,
    percents,
    runs_caption,
    thousands,
)
from anlan.analysis.results.folder import Results
from anlan.analysis.text.numbers import percent
from anlan.analysis.words import word
from anlan.analysis.words.names import names

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FULLEST = 6


def draw(results: Results, lang: str) -> Drawn:
    """Above, the district's occupants and open places; below, the fullest shelters."""
    top = _fullest(results) if results.kept else []  # their curves stand in ledgers alone
    caption = word("caption.shelters", lang, kept=len(results.kept)) + runs_caption(results, lang)
    rows = -(-len(top) // 3)
    figure = canvas(10.2, 3.2 + 2.0 * rows, _title(results, lang), caption)
    heights = [3.2, 2.0 * rows] if rows else [3.2]
    parts: Any = figure.subfigures(len(heights), 1, height_ratios=heights, squeeze=False)
    upper, *lower = parts.ravel()
    _district(upper.add_subplot(), results, lang)
    if lower:
        panels = lower[0].subplots(rows, 3, squeeze=False, sharey=True).ravel()
        _shelters(list(panels), results, top, lang)
    return Drawn(figure, curve_rows(results, ["places_open", "occupants"]))


def _title(results: Results, lang: str) -> str:
    use = _median(results, "shelter.peak_use_share")
    full = _median(results, "shelter.full_shelters")
    total = len(results.scenario.shelters)
    if np.isnan(use):
        return word("title.shelters_none", lang)
    return word("title.shelters", lang, use=percent(use), full=f"{full:.0f}", total=total)


def _median(results: Results, measure: str) -> float:
    return float(results.measure(measure)[measure].median())


def _district(axes: Axes, results: Results, lang: str) -> None:
    draw_band(axes, results, "places_open", GREY, word("line.places_open", lang), line="--")
    draw_band(axes, results, "occupants", BLUE, word("line.occupants", lang))
    capacity = sum(s.capacity for s in results.scenario.shelters)
    axes.axhline(capacity, color=INK, linewidth=1.2, linestyle=":",
                 label=word("line.capacity", lang))  # fmt: skip
    axes.set_ylabel(word("axis.persons", lang))
    thousands(axes)
    date_axis(axes, results, lang)
    axes.legend(loc="best", fontsize=8.5)


def _fullest(results: Results) -> list[str]:
    """The shelters with the largest mean share of places taken at their peak."""
    capacity = {s.shelter: s.capacity for s in results.scenario.shelters if s.capacity > 0}
    use = results.table("shelter_use", ("shelter", "peak_occupants"))
    use = use[use["shelter"].isin(list(capacity))]
    total = use.groupby("shelter")["peak_occupants"].sum()
    share = {s: float(total[s]) / results.run_count / capacity[s] for s in total.index}
    return sorted(share, key=lambda s: (-share[s], -capacity[s], s))[:FULLEST]


def _shelters(panels: list[Axes], results: Results, shelters: list[str], lang: str) -> None:
    called = names(results.scenario, lang)
    capacity = {s.shelter: s.capacity for s in results.scenario.shelters}
    curves = _curves(results, shelters)
    for axes, shelter in zip(panels, shelters, strict=False):
        hours, taken = curves[shelter]
        low, middle, high = np.quantile(taken / capacity[shelter], [BAND[0], 0.5, BAND[1]], axis=0)
        clock: Any = results.clocks(hours)
        axes.fill_between(clock, low, high, color=BLUE, alpha=0.22, linewidth=0)
        axes.plot(clock, middle, color=BLUE, linewidth=1.6)
        axes.axhline(1.0, color=VERMILION, linewidth=1)
        places = word("places", lang, n=f"{capacity[shelter]:,}")
        axes.set_title(f"{called[shelter]} · {places}", size=8.5)
        percents(axes, 1.1)
        date_axis(axes, results, lang, small=True)
    for axes in panels[len(shelters) :]:
        axes.set_axis_off()


def _curves(results: Results, shelters: list[str]) -> dict[str, tuple[Floats, Floats]]:
    """(H,) hours and (kept runs, H) occupants of each shelter, from the kept ledgers."""
    rows = results.ledger_table("shelter_level")
    h_per_tick = results.scenario.settings.tick_min / 60.0
    found = {}
    for shelter in shelters:
        mine = rows[rows["shelter"] == shelter]
        table = mine.pivot(index="run", columns="tick", values="occupants")
        hours = (table.columns.to_numpy(dtype=float) + 1.0) * h_per_tick
        found[shelter] = (hours, table.to_numpy(dtype=float))
    return found
