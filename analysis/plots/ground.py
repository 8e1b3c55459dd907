"""The ground under a map: official outlines of counties, shores and rivers.

Drawn only where a scenario's places fill a county: a made-up village that happens to lie in one
has no outline. What is drawn, from where and how good, stands in scenarios/ground/SOURCES.md.
"""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from anlan.analysis.measures.facts import Floats
from anlan.analysis.words import word
from anlan.sim import SHIPPED
from anlan.sim.scenario.schema import Scenario

if TYPE_CHECKING:
    from matplotlib.axes import Axes

OUTLINE, WATER = "#B9B3A6", "#8FB8D0"
OUTLINES, WATERS = "outlines.geojson", "waters.geojson"
LEAST_FILLED = 0.4  # of a county's width times height, before it counts as the scenario's own


@cache
def lines(file: str) -> tuple[tuple[dict[str, Any], Floats], ...]:
    """(properties, (n, 2) longitude and latitude) of each line or outer ring of a file."""
    found = []
    text = (SHIPPED / "ground" / file).read_text(encoding="utf-8")
    for feature in json.loads(text)["features"]:
        shape, parts = feature["geometry"]["type"], feature["geometry"]["coordinates"]
        rings = {"LineString": [parts], "Polygon": parts[:1]}.get(shape)
        for ring in rings if rings is not None else [polygon[0] for polygon in parts]:
            found.append((feature["properties"], np.asarray(ring, dtype=np.float64)))
    return tuple(found)


def outlines_of(scenario: Scenario) -> list[Floats]:
    """(n, 2) outline of each county that the scenario's places fill."""
    from matplotlib.path import Path

    at = np.array([(c.lon, c.lat) for c in scenario.communities])
    found = []
    for _, ring in lines(OUTLINES):
        inside = at[Path(ring).contains_points(at)]
        if len(inside) < 2:
            continue
        filled = float(np.prod(np.ptp(inside, axis=0)) / np.prod(np.ptp(ring, axis=0)))
        if filled >= LEAST_FILLED:
            found.append(ring)
    return found


def extent(scenario: Scenario) -> tuple[Floats, Floats]:
    """(2,) least and most longitude and latitude of the places and of the outlines they fill."""
    at = np.array([(c.lon, c.lat) for c in scenario.communities])
    points = np.concatenate([at, *outlines_of(scenario)])
    return points.min(axis=0), points.max(axis=0)


def waters_of(scenario: Scenario) -> list[Floats]:
    """(n, 2) each shore and river that comes near a scenario that has an outline."""
    if not outlines_of(scenario):
        return []
    least, most = extent(scenario)
    return [
        line for _, line in lines(WATERS) if ((line >= least) & (line <= most)).all(axis=1).any()
    ]


def ground_caption(scenario: Scenario, lang: str) -> str:
    """What is drawn under a map and how good it is; empty where nothing is."""
    if outlines_of(scenario):
        return word("caption.ground", lang)
    return word("caption.ground_drawn", lang) if scenario.settings.coast else ""


def draw_ground(axes: Axes, scenario: Scenario) -> None:
    """Outlines and waters; where there are none, the coast that the scenario draws by hand."""
    waters = waters_of(scenario)
    if not waters and scenario.settings.coast:
        waters = [np.array(scenario.settings.coast)]
    for line in waters:
        axes.plot(line[:, 0], line[:, 1], color=WATER, linewidth=1.6, zorder=1)
    for ring in outlines_of(scenario):
        axes.plot(ring[:, 0], ring[:, 1], color=OUTLINE, linewidth=1.4, zorder=1.5,
                  dashes=(6, 2, 1, 2))  # fmt: skip
