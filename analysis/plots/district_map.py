"""Picture 2: the district: the storm's way, roads, water, and where people were reached late."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from anlan.analysis.format import amount, number, percent
from anlan.analysis.plots.map_labels import MARK, MARKS, labels
from anlan.analysis.plots.style import (
    BLUE,
    GREY,
    INK,
    VERMILION,
    canvas,
    runs_caption,
)
from anlan.analysis.results import Floats, Results
from anlan.analysis.words import word
from anlan.sim.scenario.clock import chosen_track

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH = 10.2
STEPS = (0.0, 1e-9, 0.2, 0.4, 0.6, 0.8, 1.0)  # share of runs in which somebody was reached late
FILLS = ("#FFFFFF", "#FDE6C4", "#F9BE7C", "#EE8A44", "#C9501C", "#7A1F08")
ROAD_STEPS = (0.0, 1e-9, 0.2, 0.5)  # share of runs in which a road was closed
ROADS = (
    ("#CFCFCF", 0.6, "key.road_open"),
    ("#8C8C8C", 0.9, "key.road_few"),
    ("#4A4A4A", 1.6, "key.road_some"),
    ("#000000", 2.6, "key.road_most"),
)
WATER_M = 0.15  # water shallower than a kerb is not drawn
M_PER_KM = 1000
BAR_M = (20_000, 10_000, 5_000, 2_000, 1_000, 500, 200, 100, 50, 20, 10)
KM_A_DEGREE = 111.2
IGNITION: dict[str, Any] = {"marker": "*", "s": 150, "color": VERMILION, "edgecolors": "white",
                            "linewidths": 0.8, "zorder": 10}  # fmt: skip


def draw(results: Results, lang: str) -> Figure:
    """The map above; below, the wider track and the key."""
    late = late_by_place(results)
    storm = bool(chosen_track(results.scenario))
    caption = word("caption.map" if storm else "caption.map_weather", lang)
    caption += runs_caption(results, lang, "")
    window = _window(results)
    aspect = (window[3] - window[2]) / ((window[1] - window[0]) * _squeeze(results))
    tall = WIDTH * aspect * 0.97
    figure = canvas(WIDTH, tall + 2.7, _title(results, late, lang), caption)
    halves: Any = figure.subfigures(2, 1, height_ratios=[tall, 2.7])
    upper, lower = halves
    axes = upper.add_subplot()
    _base(axes, results, window)
    _roads(axes, results)
    _water(axes, late)
    _places(axes, late)
    _ignitions(axes, results)
    if storm:
        _storm(axes, results, window, lang)
    _scale_bar(axes, results, window, lang)
    axes.text(0.99, 0.015, word("map.note", lang), transform=axes.transAxes, ha="right", size=8,
              color=GREY, bbox={"facecolor": "white", "edgecolor": "none"})  # fmt: skip
    if storm:
        wide, key = lower.subplots(1, 2, width_ratios=[1, 2.1])
        _wider(wide, results, window, lang)
    else:
        key = lower.add_subplot()
    _key(key, results, lang)
    figure.draw_without_rendering()  # where things stand on the page is known from here on
    labels(axes, results, late, lang)
    return figure


def late_by_place(results: Results) -> pd.DataFrame:
    """One row a community: residents, site, share of runs with somebody late, mean water."""
    import pandas as pd

    rows = results.places
    was_late = (rows["rescue_late_persons"] > 0) | (rows["relief_late_persons"] > 0)
    table = pd.DataFrame(
        {
            "community": rows["community"],
            "residents": rows["residents"],
            "late": was_late.astype(float),
            "persons": rows["rescue_late_persons"] + rows["relief_late_persons"],
            "depth_m": rows["max_depth_m"],
        }
    )
    means = table.groupby("community", sort=False).mean()
    order = [c.community for c in results.scenario.communities]
    means = means.loc[order]
    means["lon"] = [c.lon for c in results.scenario.communities]
    means["lat"] = [c.lat for c in results.scenario.communities]
    means["town"] = [c.town for c in results.scenario.communities]
    return means


def _title(results: Results, late: pd.DataFrame, lang: str) -> str:
    hit = int((late["late"] > 0).sum())
    if not hit:
        return word("title.map_none", lang, n=len(late))
    by_town = late.groupby("town", sort=False)["persons"].sum()
    worst = str(by_town.idxmax())
    town = {t.town: getattr(t, f"name_{lang}") for t in results.scenario.towns}[worst]
    return word("title.map", lang, hit=hit, n=len(late), town=town,
                persons=number(float(by_town[worst])))  # fmt: skip


def _squeeze(results: Results) -> float:
    """A degree of longitude over a degree of latitude, on the ground."""
    lat = np.mean([c.lat for c in results.scenario.communities])
    return math.cos(math.radians(float(lat)))


def _window(results: Results) -> tuple[float, float, float, float]:
    """West, east, south, north: the communities with a margin; at least some 5 km across."""
    lon = np.array([c.lon for c in results.scenario.communities])
    lat = np.array([c.lat for c in results.scenario.communities])
    x = max(0.06 * float(np.ptp(lon)), 0.025)
    y = max(0.08 * float(np.ptp(lat)), 0.025)
    return lon.min() - x, lon.max() + x, lat.min() - y, lat.max() + y


def _base(axes: Axes, results: Results, window: tuple[float, float, float, float]) -> None:
    axes.set(xlim=window[:2], ylim=window[2:], xticks=[], yticks=[])
    axes.set_aspect(1 / _squeeze(results))
    axes.grid(False)
    for spine in axes.spines.values():
        spine.set(visible=True, color="#CCCCCC")
    if results.scenario.settings.coast:
        coast = np.array(results.scenario.settings.coast)
        axes.plot(coast[:, 0], coast[:, 1], color="#8FB8D0", linewidth=2.2, zorder=1)


def _roads(axes: Axes, results: Results) -> None:
    """Roads, the thicker and darker the larger the share of runs in which they were closed."""
    from matplotlib.collections import LineCollection

    at = {c.community: (c.lon, c.lat) for c in results.scenario.communities}
    closed = results.road_closed.groupby("road")["run"].nunique() / results.runs
    share = np.array([float(closed.get(r.road, 0.0)) for r in results.scenario.roads])
    lines = np.array([[at[r.from_community], at[r.to_community]] for r in results.scenario.roads])
    if not len(lines):
        return
    for low, (colour, width, _) in zip(ROAD_STEPS, ROADS, strict=True):
        some = lines[share >= low]  # the darker ones go over the paler
        axes.add_collection(LineCollection(list(some), colors=colour, linewidths=width, zorder=3))


def _area(residents: Any) -> Any:
    """Marker area, points squared, in proportion to the residents."""
    return 6 + np.asarray(residents, dtype=float) * 0.016


def _water(axes: Axes, late: pd.DataFrame) -> None:
    wet = late[late["depth_m"] >= WATER_M]
    axes.scatter(wet["lon"], wet["lat"], s=_area(wet["residents"]) + _halo(wet["depth_m"]),
                 color=BLUE, alpha=0.22, linewidths=0, zorder=4)  # fmt: skip


def _halo(depth_m: Any) -> Any:
    return 60 + 260 * np.asarray(depth_m, dtype=float)


def _fill(share: Floats) -> list[str]:
    step = np.searchsorted(np.array(STEPS[1:-1]), share, side="right")
    return [FILLS[i] for i in np.clip(step, 0, len(FILLS) - 1)]


def _places(axes: Axes, late: pd.DataFrame) -> None:
    rows = late.sort_values("residents", ascending=False)
    axes.scatter(rows["lon"], rows["lat"], s=_area(rows["residents"]),
                 c=_fill(rows["late"].to_numpy()), edgecolors="#7A7A7A", linewidths=0.5,
                 zorder=5)  # fmt: skip


def _moved(axes: Axes, x_pt: float, y_pt: float) -> Any:
    """The map's coordinates, moved so many points on the page."""
    from matplotlib.transforms import offset_copy

    return offset_copy(axes.transData, axes.get_figure(root=True), x_pt, y_pt, units="points")


def _track(results: Results) -> tuple[Floats, Floats, Floats]:
    """Best-track (hours since the start, lon, lat) over the run's time, hour by hour."""
    fixes = chosen_track(results.scenario)
    from anlan.sim.scenario.clock import start_time

    begin = start_time(results.scenario)
    hour = np.array([(f.time - begin).total_seconds() / 3600 for f in fixes])
    fine = np.arange(0, results.scenario.settings.duration_h + 0.01, 1.0)
    fine = fine[(fine >= hour[0]) & (fine <= hour[-1])]
    lon = np.interp(fine, hour, [f.lon for f in fixes])
    lat = np.interp(fine, hour, [f.lat for f in fixes])
    return fine, lon, lat


def _run_tracks(results: Results) -> list[tuple[Floats, Floats]]:
    rows = results.ledger_table("storm")
    return [(g["lon"].to_numpy(), g["lat"].to_numpy()) for _, g in rows.groupby("run")]


def _storm(axes: Axes, results: Results, window: Any, lang: str) -> None:
    for lon, lat in _run_tracks(results):
        axes.plot(lon, lat, color=VERMILION, linewidth=0.5, alpha=0.25, zorder=3)
    hours, lon, lat = _track(results)
    axes.plot(lon, lat, color=VERMILION, linewidth=2, zorder=4.4, alpha=0.8)
    inside = (lon > window[0]) & (lon < window[1]) & (lat > window[2]) & (lat < window[3])
    for i in np.flatnonzero(inside):
        axes.plot(lon[i], lat[i], "o", color=VERMILION, markersize=4, zorder=8)
        when = results.clock(hours[i])
        text = word("moment", lang, month=when.month, name=when.strftime("%b"), day=when.day,
                    time=f"{when:%H:%M}")  # fmt: skip
        _haloed(axes, lon[i], lat[i], f"  {text}", VERMILION, 8, "left", "center")


def _ignitions(axes: Axes, results: Results) -> None:
    """Where the forest fires break out."""
    axes.scatter([i.lon for i in results.scenario.ignitions],
                 [i.lat for i in results.scenario.ignitions], **IGNITION)  # fmt: skip


def _haloed(axes: Axes, x: float, y: float, text: str, colour: str, size: float, ha: Any,
            va: Any, up_pt: float = 0.0) -> None:  # fmt: skip
    from matplotlib.patheffects import withStroke

    axes.text(x, y, text, color=colour, size=size, ha=ha, va=va, zorder=9, clip_on=True,
              transform=_moved(axes, 0.0, up_pt),
              path_effects=[withStroke(linewidth=2.5, foreground="white")])  # fmt: skip


def _scale_bar(axes: Axes, results: Results, window: Any, lang: str) -> None:
    degree = KM_A_DEGREE * _squeeze(results)
    across = (window[1] - window[0]) * degree
    km, label = scale_bar(across, lang)
    x = window[0] + 0.03 * (window[1] - window[0])
    y = window[2] + 0.03 * (window[3] - window[2])
    axes.plot([x, x + km / degree], [y, y], color=INK, linewidth=2.5, solid_capstyle="butt")
    y += 0.008 * (window[3] - window[2])
    axes.text(x + km / degree / 2, y, label, ha="center", va="bottom", size=8)


def scale_bar(across_km: float, lang: str) -> tuple[float, str]:
    """Length, km, and label of a bar of less than a quarter of a map's width."""
    metres = next((m for m in BAR_M if m < across_km * M_PER_KM / 4), BAR_M[-1])
    if metres < M_PER_KM:
        return metres / M_PER_KM, word("metres", lang, n=metres)
    return metres / M_PER_KM, word("km", lang, n=metres // M_PER_KM)


def _wider(axes: Axes, results: Results, window: Any, lang: str) -> None:
    """The storm's way through the run, the district as a box."""
    from matplotlib.patches import Rectangle

    for lon, lat in _run_tracks(results):
        axes.plot(lon, lat, color=VERMILION, linewidth=0.5, alpha=0.25)
    hours, lon, lat = _track(results)
    axes.plot(lon, lat, color=VERMILION, linewidth=1.6)
    for i in np.flatnonzero(hours % 12 == 0):
        axes.plot(lon[i], lat[i], "o", color=VERMILION, markersize=3)
        when = results.clock(hours[i])
        date = word("date", lang, month=when.month, name=when.strftime("%b"), day=when.day)
        _haloed(axes, lon[i], lat[i], f"  {date} {when:%H:%M}", INK, 6.5, "left", "center")
    axes.add_patch(Rectangle((window[0], window[2]), window[1] - window[0], window[3] - window[2],
                             fill=False, edgecolor=INK, linewidth=1.2))  # fmt: skip
    axes.set_aspect(1 / _squeeze(results), adjustable="datalim")
    axes.margins(0.12)
    axes.tick_params(labelsize=6.5, length=2)
    axes.xaxis.set_major_formatter(lambda x, _: f"{x:.0f}°E" if x >= 0 else f"{-x:.0f}°W")
    axes.yaxis.set_major_formatter(lambda y, _: f"{y:.0f}°N" if y >= 0 else f"{-y:.0f}°S")
    axes.set_title(word("map.track", lang), size=8.5)


def _key(axes: Axes, results: Results, lang: str) -> None:
    """What colours, sizes and marks mean."""
    axes.set_axis_off()
    axes.set(xlim=(0, 10), ylim=(0, 6.4))
    axes.text(0, 6.1, word("key.late", lang), size=8.5)
    labels = ["0", *(f"≤ {percent(s)}" for s in STEPS[2:])]
    for i, (colour, label) in enumerate(zip(FILLS, labels, strict=True)):
        axes.scatter(0.3 + i * 1.5, 5.4, s=75, color=colour, edgecolors="#7A7A7A", linewidths=0.5)
        axes.text(0.5 + i * 1.5, 5.4, label, size=8, va="center")
    axes.text(0, 4.55, word("key.residents", lang), size=8.5)
    for i, residents in enumerate((1000, 5000, 10000)):
        axes.scatter(0.3 + i * 1.5, 3.8, s=_area(residents), color="white", edgecolors="#7A7A7A",
                     linewidths=0.6)  # fmt: skip
        axes.text(0.62 + i * 1.5, 3.8, f"{residents:,}", size=8, va="center")
    for i, depth in enumerate((0.2, 1.0)):
        axes.scatter(5.9 + i * 1.7, 3.8, s=40 + _halo(depth), color=BLUE, alpha=0.22, linewidths=0)
        axes.scatter(5.9 + i * 1.7, 3.8, s=40, color="white", edgecolors="#7A7A7A", linewidths=0.5)
        axes.text(6.35 + i * 1.7, 3.8, amount(depth, "m", lang), size=8, va="center")
    axes.text(5.6, 4.55, word("key.water", lang), size=8.5)
    for i, (_, mark, key) in enumerate(MARKS):
        axes.scatter(0.3 + i * 3.3, 2.6, marker=mark, s=34, **MARK)
        axes.text(0.6 + i * 3.3, 2.6, word(f"key.{key}", lang), size=8, va="center")
    for i, (colour, width, key) in enumerate(ROADS):
        axes.plot([0.05 + i * 2.55, 0.45 + i * 2.55], [1.5, 1.5], color=colour, linewidth=width)
        axes.text(0.55 + i * 2.55, 1.5, word(key, lang), size=7.5, va="center")
    lines = [(VERMILION, "key.track")] if chosen_track(results.scenario) else []
    lines += [("#8FB8D0", "key.coast")] if results.scenario.settings.coast else []
    if results.scenario.ignitions:
        axes.scatter(0.3, 0.5, **IGNITION)
        axes.text(0.6, 0.5, word("key.ignition", lang), size=8, va="center")
        lines.insert(0, ("none", ""))
    for i, (colour, key) in enumerate(lines):
        if not key:
            continue
        axes.plot([0.05 + i * 3.3, 0.55 + i * 3.3], [0.5, 0.5], color=colour, linewidth=2.2)
        axes.text(0.7 + i * 3.3, 0.5, word(key, lang), size=8, va="center")
