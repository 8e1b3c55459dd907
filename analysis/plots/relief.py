"""What the maps of forest fires share: shaded relief, window, ignitions, communities."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from anlan.analysis.plots.maps import IGNITION, Window, draw_scale, frame, haloed, squeeze
from anlan.analysis.plots.style import GREY, INK
from anlan.analysis.results.folder import Results
from anlan.analysis.text.layout import wrap
from anlan.analysis.text.numbers import percent
from anlan.analysis.words import word
from anlan.analysis.words.names import name_of
from anlan.sim import land_of
from anlan.sim.scenario.schema import Scenario

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from anlan.sim import Landscape

SUN_FROM_DEG, SUN_HIGH_DEG = 315.0, 45.0  # the light of maps: from the north-west
LEAST_CELLS = 60  # a small fire is shown with some land around it
MARGIN = 0.2
CONTRAST = (0.01, 0.99)  # brightness between these shares of the land fills the greys
NAMES_UP_TO = 12  # with more communities in the window, dots only
NAME_COLUMNS = 20  # a longer name is written on two lines
RIM = 0.1  # within this share of the window from its sides a name is written inwards


def land_caption(results: Results, lang: str) -> str:
    """Whether the land is drawn or read."""
    forest = results.scenario.forest
    assert forest is not None
    text = word(f"caption.land_{forest.landscape}", lang)
    share = at_edge_share(results)
    return text + word("caption.land_edge", lang, share=percent(share)) if share else text


def at_edge_share(results: Results) -> float:
    """Share of the runs in which a fire burnt a cell on the border of the landscape."""
    if results.scenario.forest is None or not results.run_count:
        return 0.0
    land = land_of(results.scenario)
    cells = results.table("fire_cells", ("row", "col"))
    rows, cols = cells["row"], cells["col"]
    out = (rows == 0) | (cols == 0) | (rows == land.rows - 1) | (cols == land.cols - 1)
    return float(cells["run"][out].nunique() / results.run_count)


def window_of(land: Landscape, rows: NDArray[Any], cols: NDArray[Any]) -> Window:
    """A window round some cells, with a margin, inside the land."""
    edges: list[float] = []
    for at, size in ((rows, land.rows), (cols, land.cols)):
        low, high = (float(at.min()), float(at.max())) if len(at) else (0.0, size - 1.0)
        more = max(MARGIN * (high - low), (LEAST_CELLS - (high - low)) / 2)
        edges += [max(low - more, -0.5), min(high + more, size - 0.5)]
    top, bottom, left, right = edges
    west, north = land.place(top, left)
    east, south = land.place(bottom, right)
    return west, east, south, north


def extent(land: Landscape) -> Window:
    """The whole land, for `imshow`."""
    west, north = land.place(-0.5, -0.5)
    east, south = land.place(land.rows - 0.5, land.cols - 0.5)
    return west, east, south, north


def shade(land: Landscape) -> NDArray[np.float64]:
    """(rows, cols) brightness 0 to 1 of the slopes under the sun (Lambert)."""
    slope = np.radians(land.slope_deg.astype(float))
    down = np.radians(land.aspect_deg.astype(float) + 180.0)  # aspect is the steepest way up
    high, sun = np.radians(SUN_HIGH_DEG), np.radians(SUN_FROM_DEG)
    light = np.sin(high) * np.cos(slope) + np.cos(high) * np.sin(slope) * np.cos(sun - down)
    return np.clip(np.asarray(light, dtype=np.float64), 0.0, 1.0)


def relief(axes: Axes, land: Landscape, window: Window) -> None:
    """Grey relief; what cannot burn a little blue."""
    light = shade(land)
    dark, bright = np.quantile(light, CONTRAST)
    grey = 0.5 + 0.5 * np.clip((light - dark) / max(bright - dark, 1e-6), 0.0, 1.0)
    colour = np.repeat(grey[:, :, None], 3, axis=2)
    colour[land.fuel == 0] *= (0.80, 0.90, 1.0)
    axes.imshow(colour, extent=extent(land), origin="upper", interpolation="nearest", zorder=0)
    frame(axes, window)


def cells_of(values: NDArray[Any], name: str) -> pd.DataFrame:
    """`row`, `col` and the value of each cell of the land that is neither 0 nor not a number."""
    import pandas as pd

    rows, cols = np.nonzero(np.nan_to_num(values))
    return pd.DataFrame({"row": rows, "col": cols, name: values[rows, cols]})


def _inwards(lon: float, lat: float, window: Window) -> tuple[str, str, float]:
    """How a name stands to its dot, and points up: below it, but never across the frame."""
    across = (lon - window[0]) / (window[1] - window[0])
    side = "left" if across < RIM else "right" if across > 1.0 - RIM else "center"
    low = (lat - window[2]) / (window[3] - window[2]) < RIM / 2
    return (side, "bottom", 4.0) if low else (side, "top", -4.0)


def marks(axes: Axes, scenario: Scenario, window: Window, lang: str) -> None:
    """Ignitions with their names, communities, a scale, and what the land is."""
    axes.set_aspect(1 / squeeze(scenario))  # every imshow sets it to 1
    inside = [c for c in scenario.communities if window[0] < c.lon < window[1]
              and window[2] < c.lat < window[3]]  # fmt: skip
    axes.scatter([c.lon for c in inside], [c.lat for c in inside], s=14, color="white",
                 edgecolors=INK, linewidths=0.8, zorder=6)  # fmt: skip
    for c in inside if len(inside) <= NAMES_UP_TO else []:
        side, below, up_pt = _inwards(c.lon, c.lat, window)
        name = "\n".join(wrap(name_of(c, lang), NAME_COLUMNS))
        haloed(axes, c.lon, c.lat, name, GREY, 6.5, side, below, up_pt)
    for i in scenario.ignitions:
        axes.scatter([i.lon], [i.lat], **IGNITION)
        haloed(axes, i.lon, i.lat, name_of(i, lang), INK, 8.5, "center", "bottom", 7.0)
    draw_scale(axes, scenario, window, lang)
    if scenario.forest is not None and scenario.forest.landscape == "synthetic":
        axes.text(0.99, 0.015, word("map.land_synthetic", lang), transform=axes.transAxes,
                  ha="right", size=8, color=GREY, zorder=9,
                  bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.8})  # fmt: skip
