"""First engine at building fires: how long it took, by community."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from anlan.analysis.measures.fires import ENGINE_MIN
from anlan.analysis.plots.ground import ground_caption
from anlan.analysis.plots.map_labels import town_names
from anlan.analysis.plots.maps import (
    WIDTH,
    base,
    draw_scale,
    height_in,
    moved,
    note,
    road_lines,
    sites,
    window_of_district,
)
from anlan.analysis.plots.picture import Drawn
from anlan.analysis.plots.style import canvas, runs_caption
from anlan.analysis.results.folder import Results
from anlan.analysis.text.numbers import number
from anlan.analysis.words import word
from anlan.sim.scenario.schema import Scenario

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

STEPS = (0.0, ENGINE_MIN, 10.0, 15.0, 30.0, 60.0)  # minutes; the last class is open
FILLS = ("#2166AC", "#FEE8C8", "#FDBB84", "#F08A4B", "#C9501C", "#7A1F08")  # blue: in time
COUNTS = (1, 10, 100)
MEASURE = "fire.first_engine_min_mean"


def draw(results: Results, lang: str) -> Drawn:
    """The map above, the key below."""
    found = by_community(results)
    scenario = results.scenario
    window = window_of_district(scenario)
    tall = 0.97 * height_in(scenario, window, WIDTH)
    caption = word("caption.fire_arrival", lang) + ground_caption(scenario, lang)
    caption += runs_caption(results, lang, "")
    table = numbers(results)
    figure = canvas(WIDTH, tall + 1.3, title(table, lang), caption)
    halves: Any = figure.subfigures(2, 1, height_ratios=[tall, 1.3])
    axes = halves[0].add_subplot()
    base(axes, scenario, window)
    _roads(axes, scenario)
    _places(axes, scenario, found)
    _fire_bases(axes, scenario)
    town_names(axes, scenario, lang)
    draw_scale(axes, scenario, window, lang)
    note(axes, lang)
    _key(halves[1].add_subplot(), lang)
    return Drawn(figure, table)


def by_community(results: Results) -> pd.DataFrame:
    """A row a community with building fires: how many in all runs, mean minutes to an engine."""
    rows = results.table("fires", ("kind", "community", "spread_from", "wait_min"))
    rows = rows[(rows["kind"] == "building") & (rows["spread_from"].fillna("") == "")]
    return rows.groupby("community")["wait_min"].agg(["size", "mean"])


def _roads(axes: Axes, scenario: Scenario) -> None:
    from matplotlib.collections import LineCollection

    lines = LineCollection(road_lines(scenario), colors="#CFCFCF", linewidths=0.6, zorder=2)
    axes.add_collection(lines)


def _area(count: Any) -> Any:
    return 22.0 + 40.0 * np.log10(np.asarray(count, dtype=float))


def _fill(minutes: Any) -> list[str]:
    """A limit itself is still in time."""
    step = np.searchsorted(np.array(STEPS[1:]), np.asarray(minutes, dtype=float), side="left")
    return [FILLS[i] for i in step]


def _places(axes: Axes, scenario: Scenario, found: pd.DataFrame) -> None:
    calm = [c for c in scenario.communities if c.community not in found.index]
    axes.scatter([c.lon for c in calm], [c.lat for c in calm], s=7, color="white",
                 edgecolors="#9A9A9A", linewidths=0.5, zorder=4)  # fmt: skip
    at = sites(scenario)
    points = np.array([at[name] for name in found.index]).reshape(-1, 2)
    axes.scatter(points[:, 0], points[:, 1], s=_area(found["size"]), c=_fill(found["mean"]),
                 edgecolors="#5A5A5A", linewidths=0.5, zorder=5)  # fmt: skip


def _fire_bases(axes: Axes, scenario: Scenario) -> None:
    at = sites(scenario)
    homes = sorted({t.community for t in scenario.teams if "fire" in t.capabilities})
    points = np.array([at[home] for home in homes]).reshape(-1, 2)
    axes.scatter(points[:, 0], points[:, 1], marker="^", s=42, color="#111111",
                 edgecolors="white", linewidths=0.6, zorder=7,
                 transform=moved(axes, 0.0, 9.0))  # fmt: skip


def numbers(results: Results) -> pd.DataFrame:
    """A row a community with fires, after one of the whole district, whose community is empty.

    A community's mean is over its fires of all runs, of which one run has few; the district's is
    that of the measure, a mean over the runs.
    """
    import pandas as pd

    found = by_community(results)
    table = found.reset_index().rename(columns={"size": "fires", "mean": "mean_min"})
    mean = float(results.measure(MEASURE)[MEASURE].mean())
    whole = {"community": "", "fires": int(found["size"].sum()), "mean_min": mean}
    return pd.concat([pd.DataFrame([whole]), table], ignore_index=True)


def title(table: pd.DataFrame, lang: str) -> str:
    """How long the first engine took, and in how many communities it took too long."""
    places = table[table["community"] != ""]
    mean = float(table.loc[table["community"] == "", "mean_min"].iloc[0])
    late = int((places["mean_min"] > ENGINE_MIN).sum())
    return word("title.fire_arrival", lang, mean=number(mean), late=late, n=len(places))


def _key(axes: Axes, lang: str) -> None:
    axes.set_axis_off()
    axes.set(xlim=(0, 12), ylim=(0, 3))
    axes.text(0, 2.6, word("key.first_engine", lang), size=8.5)
    labels = [f"≤ {number(s)}" for s in STEPS[1:]] + [f"> {number(STEPS[-1])}"]
    for i, (colour, label) in enumerate(zip(FILLS, labels, strict=True)):
        axes.scatter(0.3 + i * 1.8, 1.8, s=75, color=colour, edgecolors="#5A5A5A", linewidths=0.5)
        text = word("key.minutes", lang, text=label)
        axes.text(0.5 + i * 1.8, 1.8, text, size=8, va="center")
    for i, count in enumerate(COUNTS):
        axes.scatter(0.3 + i * 1.8, 0.6, s=_area(count), color="white", edgecolors="#5A5A5A",
                     linewidths=0.6)  # fmt: skip
        text = word("key.fires_n", lang, n=count)
        axes.text(0.55 + i * 1.8, 0.6, text, size=8, va="center")
    axes.scatter(6.0, 0.6, marker="^", s=42, color="#111111")
    axes.text(6.25, 0.6, word("key.fire_base", lang), size=8, va="center")
    axes.scatter(9.0, 0.6, s=7, color="white", edgecolors="#9A9A9A", linewidths=0.5)
    axes.text(9.2, 0.6, word("key.no_fire", lang), size=8, va="center")
