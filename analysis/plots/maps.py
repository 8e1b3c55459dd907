"""What all maps share: window, ground, text with a halo, a scale."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from anlan.analysis.plots.ground import draw_ground, extent
from anlan.analysis.plots.style import GREY, INK, VERMILION
from anlan.analysis.words import word
from anlan.sim.scenario.schema import Scenario

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Window = tuple[float, float, float, float]  # west, east, south, north, degrees
WIDTH = 10.2  # inches, of maps of a whole district
M_PER_KM = 1000
BAR_M = (20_000, 10_000, 5_000, 2_000, 1_000, 500, 200, 100, 50, 20, 10)
KM_A_DEGREE = 111.2
IGNITION: dict[str, Any] = {"marker": "*", "s": 150, "color": VERMILION, "edgecolors": "white",
                            "linewidths": 0.8, "zorder": 10}  # fmt: skip


def squeeze(scenario: Scenario) -> float:
    """A degree of longitude over a degree of latitude, on the ground."""
    lat = np.mean([c.lat for c in scenario.communities])
    return math.cos(math.radians(float(lat)))


def window_of_district(scenario: Scenario) -> Window:
    """The communities, and the outline that they fill, with a margin; at least some 5 km across."""
    (west, south), (east, north) = (side.tolist() for side in extent(scenario))
    beside = max(0.06 * (east - west), 0.025)
    above = max(0.08 * (north - south), 0.025)
    return west - beside, east + beside, south - above, north + above


def height_in(scenario: Scenario, window: Window, width_in: float) -> float:
    """Inches that a map of a window is high."""
    return width_in * (window[3] - window[2]) / ((window[1] - window[0]) * squeeze(scenario))


def frame(axes: Axes, window: Window) -> None:
    """Nothing but the window, in a thin grey frame."""
    axes.set(xlim=window[:2], ylim=window[2:], xticks=[], yticks=[])
    axes.grid(False)
    for spine in axes.spines.values():
        spine.set(visible=True, color="#CCCCCC")


def base(axes: Axes, scenario: Scenario, window: Window) -> None:
    """The window in true proportion, with the ground that is known."""
    draw_ground(axes, scenario)
    frame(axes, window)
    axes.set_aspect(1 / squeeze(scenario))


def note(axes: Axes, lang: str) -> None:
    """Says on the map that its sites are made up."""
    axes.text(0.99, 0.015, word("map.note", lang), transform=axes.transAxes, ha="right", size=8,
              color=GREY, bbox={"facecolor": "white", "edgecolor": "none"})  # fmt: skip


def sites(scenario: Scenario) -> dict[str, tuple[float, float]]:
    """Community -> longitude and latitude."""
    return {c.community: (c.lon, c.lat) for c in scenario.communities}


def road_lines(scenario: Scenario) -> list[tuple[tuple[float, float], tuple[float, float]]]:
    """The two ends of each road, in the scenario's order."""
    at = sites(scenario)
    return [(at[r.from_community], at[r.to_community]) for r in scenario.roads]


def circle_area(residents: Any) -> Any:
    """Area of a community's circle, points squared, in proportion to its residents."""
    return 6 + np.asarray(residents, dtype=float) * 0.016


def moved(axes: Axes, right_pt: float, up_pt: float) -> Any:
    """The map's coordinates, moved so many points on the page."""
    from matplotlib.transforms import offset_copy

    return offset_copy(axes.transData, axes.get_figure(root=True), right_pt, up_pt, units="points")


def haloed(axes: Axes, lon: float, lat: float, text: str, colour: str, size: float, ha: Any,
           va: Any, up_pt: float = 0.0) -> None:  # fmt: skip
    """A text at a place, with a white rim that keeps it readable on any ground."""
    from matplotlib.patheffects import withStroke

    axes.text(lon, lat, text, color=colour, size=size, ha=ha, va=va, zorder=9, clip_on=True,
              transform=moved(axes, 0.0, up_pt),
              path_effects=[withStroke(linewidth=2.5, foreground="white")])  # fmt: skip


def draw_scale(axes: Axes, scenario: Scenario, window: Window, lang: str) -> None:
    """A bar of a round length in the lower left corner."""
    km_a_degree = KM_A_DEGREE * squeeze(scenario)
    km, label = scale_bar((window[1] - window[0]) * km_a_degree, lang)
    left = window[0] + 0.03 * (window[1] - window[0])
    low = window[2] + 0.03 * (window[3] - window[2])
    right = left + km / km_a_degree
    axes.plot([left, right], [low, low], color=INK, linewidth=2.5, solid_capstyle="butt")
    low += 0.008 * (window[3] - window[2])
    axes.text((left + right) / 2, low, label, ha="center", va="bottom", size=8)


def scale_bar(across_km: float, lang: str) -> tuple[float, str]:
    """Length, km, and label of a bar of less than a quarter of a map's width."""
    metres = next((m for m in BAR_M if m < across_km * M_PER_KM / 4), BAR_M[-1])
    if metres < M_PER_KM:
        return metres / M_PER_KM, word("metres", lang, n=metres)
    return metres / M_PER_KM, word("km", lang, n=metres // M_PER_KM)
