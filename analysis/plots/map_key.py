"""What colours, sizes and marks of the district's map mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from anlan.analysis.plots.ground import OUTLINE, WATER, outlines_of, waters_of
from anlan.analysis.plots.map_labels import MARK, MARKS
from anlan.analysis.plots.maps import IGNITION, circle_area
from anlan.analysis.plots.style import BLUE, VERMILION
from anlan.analysis.text.numbers import amount, percent
from anlan.analysis.words import word
from anlan.sim import chosen_track
from anlan.sim.scenario.schema import Scenario

if TYPE_CHECKING:
    from matplotlib.axes import Axes

STEPS = (0.0, 1e-9, 0.2, 0.4, 0.6, 0.8, 1.0)  # share of runs in which somebody was reached late
FILLS = ("#FFFFFF", "#FDE6C4", "#F9BE7C", "#EE8A44", "#C9501C", "#7A1F08")
EDGE = "#7A7A7A"  # of a community's circle
ROAD_STEPS = (0.0, 1e-9, 0.2, 0.5)  # share of runs in which a road was closed
ROADS = (
    ("#CFCFCF", 0.6, "key.road_open"),
    ("#8C8C8C", 0.9, "key.road_few"),
    ("#4A4A4A", 1.6, "key.road_some"),
    ("#000000", 2.6, "key.road_most"),
)
RESIDENTS = (1000, 5000, 10000)  # whose circles the key shows
DEPTHS_M = (0.2, 1.0)  # whose blue rims the key shows


def halo(depth_m: Any) -> Any:
    """How much larger, in points squared, the blue rim is that shows water of a depth."""
    return 60 + 260 * np.asarray(depth_m, dtype=float)


def draw_key(axes: Axes, scenario: Scenario, lang: str) -> None:
    """The whole key, row by row."""
    axes.set_axis_off()
    axes.set(xlim=(0, 10), ylim=(0, 6.4))
    _late(axes, lang)
    _sizes(axes, lang)
    _water(axes, lang)
    for i, (_, mark, key) in enumerate(MARKS):
        axes.scatter(0.3 + i * 3.3, 2.6, marker=mark, s=34, **MARK)
        axes.text(0.6 + i * 3.3, 2.6, word(f"key.{key}", lang), size=8, va="center")
    for i, (colour, width, key) in enumerate(ROADS):
        axes.plot([0.05 + i * 2.55, 0.45 + i * 2.55], [1.5, 1.5], color=colour, linewidth=width)
        axes.text(0.55 + i * 2.55, 1.5, word(key, lang), size=7.5, va="center")
    _lines(axes, scenario, lang)


def _late(axes: Axes, lang: str) -> None:
    axes.text(0, 6.1, word("key.late", lang), size=8.5)
    labels = ["0", *(f"≤ {percent(s)}" for s in STEPS[2:])]
    for i, (colour, label) in enumerate(zip(FILLS, labels, strict=True)):
        axes.scatter(0.3 + i * 1.5, 5.4, s=75, color=colour, edgecolors=EDGE, linewidths=0.5)
        axes.text(0.5 + i * 1.5, 5.4, label, size=8, va="center")


def _sizes(axes: Axes, lang: str) -> None:
    axes.text(0, 4.55, word("key.residents", lang), size=8.5)
    for i, residents in enumerate(RESIDENTS):
        axes.scatter(0.3 + i * 1.5, 3.8, s=circle_area(residents), color="white", edgecolors=EDGE,
                     linewidths=0.6)  # fmt: skip
        axes.text(0.62 + i * 1.5, 3.8, f"{residents:,}", size=8, va="center")


def _water(axes: Axes, lang: str) -> None:
    axes.text(5.6, 4.55, word("key.water", lang), size=8.5)
    for i, depth_m in enumerate(DEPTHS_M):
        left = 5.9 + i * 1.7
        axes.scatter(left, 3.8, s=40 + halo(depth_m), color=BLUE, alpha=0.22, linewidths=0)
        axes.scatter(left, 3.8, s=40, color="white", edgecolors=EDGE, linewidths=0.5)
        axes.text(left + 0.45, 3.8, amount(depth_m, "m", lang), size=8, va="center")


def _lines(axes: Axes, scenario: Scenario, lang: str) -> None:
    """Ignition, track, waters and outlines, those that there are, from left to right."""
    left = 0.0
    if scenario.ignitions:
        axes.scatter(0.3, 0.5, **IGNITION)
        axes.text(0.6, 0.5, word("key.ignition", lang), size=8, va="center")
        left = 3.3
    lines = [(VERMILION, "key.track")] if chosen_track(scenario) else []
    outlined = bool(outlines_of(scenario))
    lines += [(OUTLINE, "key.outline")] if outlined else []
    lines += [(WATER, "key.waters")] if waters_of(scenario) else []
    lines += [(WATER, "key.coast")] if scenario.settings.coast and not outlined else []
    for i, (colour, key) in enumerate(lines):
        begin = left + 3.3 * i
        axes.plot([begin + 0.05, begin + 0.55], [0.5, 0.5], color=colour, linewidth=2.2)
        axes.text(begin + 0.7, 0.5, word(key, lang), size=8, va="center")
