"""The map's labels: town names and the marks of capacity, set where they hide least."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from anlan.analysis.measures.facts import Floats
from anlan.analysis.plots.maps import circle_area, haloed
from anlan.analysis.plots.style import INK
from anlan.analysis.text.layout import width
from anlan.analysis.words.names import name_of
from anlan.sim.scenario.schema import Scenario

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

MARKS = (("stores", "s", "store"), ("teams", "^", "team"), ("shelters", "P", "shelter"))
MARK: dict[str, Any] = {"color": "#111111"}
NAME_PT, MARK_PT, PAD_PT = 8.5, 8.0, 1.5
LINE = 1.15  # height of a line of text over its size
REACH_PT = (0.0, 5.0, 11.0, 18.0, 27.0, 38.0, 50.0)  # how far a label may move away from its place
FAR_COST = 0.8  # a point of distance is worth that many square points of a circle hidden
TOUCH_COST = 10.0  # for each circle touched: the smallest would else hardly count
LINE_FROM_PT = 5.0  # moved this far or more, a thin line ties the label to its place


@dataclass(frozen=True)
class Label:
    """What stands at a community: a town's name, marks (numbers in MARKS), or both."""

    lon: float
    lat: float
    name: tuple[str, ...]  # lines; none for a community that is not a town's seat
    marks: tuple[int, ...]
    radius: float  # of the community's circle, points

    @property
    def size(self) -> tuple[float, float]:
        """Width and height, points."""
        columns = max((width(line) for line in self.name), default=0)
        wide = max(columns * NAME_PT * 0.53, len(self.marks) * MARK_PT)
        tall = NAME_PT * LINE * len(self.name) + (MARK_PT if self.marks else 0.0)
        return wide + 2 * PAD_PT, tall + 2 * PAD_PT


def town_names(axes: Axes, scenario: Scenario, lang: str) -> None:
    """The towns' names just over their seats, haloed: for maps without circles to keep clear of."""
    for town in scenario.towns:
        haloed(axes, town.lon, town.lat, name_of(town, lang), INK, 8.5, "center", "bottom",
               up_pt=15.0)  # fmt: skip


def labels(axes: Axes, scenario: Scenario, late: pd.DataFrame, lang: str) -> None:
    """Draw all labels. `late` has lon, lat and residents of the circles on the map.

    The axes must have been laid out: how far things are apart is measured on the page.
    """
    radius = np.sqrt(circle_area(late["residents"].to_numpy())) / 2
    centres = _points(axes, late["lon"].to_numpy(), late["lat"].to_numpy())
    circles = np.column_stack([centres, radius])
    frame = axes.get_window_extent()
    wide, tall = frame.width * 72 / _dpi(axes), frame.height * 72 / _dpi(axes)
    taken: list[Floats] = []
    for label in sorted(_labels(scenario, late, radius, lang), key=lambda one: -one.size[0]):
        seat = _points(axes, np.array([label.lon]), np.array([label.lat]))[0]
        centre, reach = place_of(label, seat, circles, taken, wide, tall)
        taken.append(np.array([*centre, *label.size]))
        _draw(axes, label, seat, centre, reach >= LINE_FROM_PT)


def _labels(scenario: Scenario, late: pd.DataFrame, radius: Floats, lang: str) -> Iterator[Label]:
    """One label a community that has a town's name, marks or both."""
    marks = _marks(scenario)
    lon, lat = late["lon"].to_numpy(), late["lat"].to_numpy()
    named: dict[int, str] = {}
    for town in scenario.towns:
        own = np.array([c.town == town.town for c in scenario.communities])
        if own.any():
            away = np.where(own, np.hypot(lon - town.lon, lat - town.lat), np.inf)
            named[int(away.argmin())] = name_of(town, lang)
    for i, c in enumerate(scenario.communities):
        if i in named or c.community in marks:
            found = tuple(sorted(marks.get(c.community, [])))
            name = tuple(named.get(i, "").split())  # an English name on two lines: narrower
            yield Label(lon[i], lat[i], name, found, float(radius[i]))


def _marks(scenario: Scenario) -> dict[str, list[int]]:
    """Community -> the marks (numbers in MARKS) of what the district or a town has there."""
    marks: dict[str, list[int]] = {}
    for k, (group, _, _) in enumerate(MARKS):
        for row in getattr(scenario, group):
            village = getattr(row, "level", "town") == "village"
            if village or getattr(row, "kind", "") == "first_responder":
                continue
            if k not in marks.setdefault(row.community, []):
                marks[row.community].append(k)
    return marks


def _dpi(axes: Axes) -> float:
    return float(axes.get_figure(root=True).dpi)  # type: ignore[union-attr]


def _points(axes: Axes, lon: Floats, lat: Floats) -> Floats:
    """(n, 2) places in points from the lower left corner of the axes."""
    corner = axes.get_window_extent().min
    pixels = axes.transData.transform(np.column_stack([lon, lat])) - corner
    return np.asarray(pixels * 72 / _dpi(axes))


def place_of(label: Label, seat: Floats, circles: Floats, taken: list[Floats], wide: float,
             tall: float) -> tuple[Floats, float]:  # fmt: skip
    """The centre that hides least of circles and other labels, and how far it was moved."""
    w, h = label.size
    best, moved, least = seat, 0.0, np.inf
    for reach in REACH_PT:
        for angle in np.deg2rad(np.arange(90, 450, 22.5)):
            way = np.array([np.cos(angle), np.sin(angle)])
            # the box just clears its own circle in that direction
            clear = label.radius + 1.0 + abs(way[0]) * w / 2 + abs(way[1]) * h / 2 + reach
            centre = seat + way * clear
            inside = w / 2 < centre[0] < wide - w / 2 and h / 2 < centre[1] < tall - h / 2
            cost = _hidden(centre, w, h, circles, taken) + FAR_COST * reach
            if inside and cost < least - 1e-9:
                best, moved, least = centre, reach, cost
    return np.asarray(best), moved


def _hidden(centre: Floats, w: float, h: float, circles: Floats, taken: list[Floats]) -> float:
    """Square points of circles (as squares) under the box, those of other labels far dearer."""
    boxes = np.column_stack([circles[:, :2], 2 * circles[:, 2], 2 * circles[:, 2]])
    under = overlap(centre, w, h, boxes)
    hidden = float(under.sum() + TOUCH_COST * (under > 0).sum())
    if taken:
        hidden += 20.0 * float(overlap(centre, w, h, np.array(taken)).sum())
    return hidden


def overlap(centre: Floats, w: float, h: float, boxes: Floats) -> Floats:
    """(boxes,) square points that a box of width w and height h has in common with each."""
    across = (w + boxes[:, 2]) / 2 - np.abs(boxes[:, 0] - centre[0])
    along = (h + boxes[:, 3]) / 2 - np.abs(boxes[:, 1] - centre[1])
    across = np.clip(across, 0, np.minimum(w, boxes[:, 2]))
    along = np.clip(along, 0, np.minimum(h, boxes[:, 3]))
    return np.asarray(across * along)


def _draw(axes: Axes, label: Label, seat: Floats, centre: Floats, tied: bool) -> None:
    """The name over a row of marks; a white box behind them hides roads and tracks, no circle."""
    from matplotlib.patches import FancyBboxPatch

    w, h = label.size
    page = _page(axes)
    if tied:
        way = centre - seat
        cut = min(half / max(abs(d), 1e-9) for half, d in zip((w / 2, h / 2), way, strict=True))
        ends = np.column_stack([seat, centre - cut * way])
        axes.plot(*ends, color=INK, linewidth=0.5, transform=page, zorder=6.2)
    axes.add_patch(FancyBboxPatch((centre[0] - w / 2 + 1, centre[1] - h / 2 + 1), w - 2, h - 2,
                                  boxstyle="round,pad=1,rounding_size=2", facecolor="white",
                                  edgecolor="none", alpha=0.85, transform=page,
                                  zorder=4.6))  # fmt: skip
    top = centre[1] + h / 2 - PAD_PT
    for n, line in enumerate(label.name):
        axes.text(centre[0], top - NAME_PT * LINE * (n + 0.5), line, size=NAME_PT, color=INK,
                  ha="center", va="center", zorder=9, transform=page)  # fmt: skip
    y = centre[1] - h / 2 + PAD_PT + MARK_PT / 2
    for i, k in enumerate(label.marks):
        x = centre[0] + (i - (len(label.marks) - 1) / 2) * MARK_PT
        axes.scatter([x], [y], marker=MARKS[k][1], s=24, linewidths=0, transform=page, zorder=9,
                     **MARK)  # fmt: skip


def _page(axes: Axes) -> Any:
    """Points from the lower left corner of the axes, whatever the resolution."""
    from matplotlib.transforms import Affine2D, ScaledTranslation

    figure = axes.get_figure(root=True)
    scale = Affine2D().scale(1 / 72)
    return scale + figure.dpi_scale_trans + ScaledTranslation(0, 0, axes.transAxes)  # type: ignore
