"""The district: the storm's way, roads, water, and where people were reached late."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from anlan.analysis.measures.facts import Floats
from anlan.analysis.plots.ground import ground_caption
from anlan.analysis.plots.map_key import (
    EDGE,
    FILLS,
    ROAD_STEPS,
    ROADS,
    STEPS,
    draw_key,
    halo,
)
from anlan.analysis.plots.map_labels import labels
from anlan.analysis.plots.maps import (
    IGNITION,
    WIDTH,
    Window,
    base,
    circle_area,
    draw_scale,
    haloed,
    height_in,
    note,
    road_lines,
    squeeze,
    window_of_district,
)
from anlan.analysis.plots.picture import Drawn
from anlan.analysis.plots.style import BLUE, INK, VERMILION, canvas, runs_caption
from anlan.analysis.results.folder import Results
from anlan.analysis.text.dates import date, moment
from anlan.analysis.text.numbers import number
from anlan.analysis.words import word
from anlan.analysis.words.names import name_of
from anlan.sim import chosen_track, start_time

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

WATER_M = 0.15  # water shallower than a kerb is not drawn
KEY_IN = 2.7  # inches that the key takes


def draw(results: Results, lang: str) -> Drawn:
    """The map above; below, the wider track and the key."""
    late = late_by_place(results)
    storm = bool(chosen_track(results.scenario))
    caption = word("caption.map" if storm else "caption.map_weather", lang)
    caption += ground_caption(results.scenario, lang) + runs_caption(results, lang, "")
    window = window_of_district(results.scenario)
    tall = 0.97 * height_in(results.scenario, window, WIDTH)
    figure = canvas(WIDTH, tall + KEY_IN, _title(results, late, lang), caption)
    halves: Any = figure.subfigures(2, 1, height_ratios=[tall, KEY_IN])
    upper, lower = halves
    axes = upper.add_subplot()
    base(axes, results.scenario, window)
    _roads(axes, results)
    _water(axes, late)
    _places(axes, late)
    _ignitions(axes, results)
    if storm:
        _storm(axes, results, window, lang)
    draw_scale(axes, results.scenario, window, lang)
    note(axes, lang)
    if storm:
        wide, key = lower.subplots(1, 2, width_ratios=[1, 2.1])
        _wider(wide, results, window, lang)
    else:
        key = lower.add_subplot()
    draw_key(key, results.scenario, lang)
    figure.draw_without_rendering()  # where things stand on the page is known from here on
    labels(axes, results.scenario, late, lang)
    return Drawn(figure, late.reset_index())


def late_by_place(results: Results) -> pd.DataFrame:
    """One row a community: residents, site, share of runs with somebody late, mean water."""
    import pandas as pd

    rows = results.table(
        "places",
        ("community", "residents", "rescue_late_persons", "relief_late_persons", "max_depth_m"),
    )
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
    town = {t.town: name_of(t, lang) for t in results.scenario.towns}[worst]
    return word("title.map", lang, hit=hit, n=len(late), town=town,
                persons=number(float(by_town[worst])))  # fmt: skip


def _roads(axes: Axes, results: Results) -> None:
    """Roads, the thicker and darker the larger the share of runs in which they were closed."""
    from matplotlib.collections import LineCollection

    lines = np.array(road_lines(results.scenario))
    if not len(lines):
        return
    closed = results.table("road_closed", ("road",)).groupby("road")["run"].nunique()
    runs = results.run_count
    share = np.array([float(closed.get(r.road, 0.0)) / runs for r in results.scenario.roads])
    for low, (colour, width, _) in zip(ROAD_STEPS, ROADS, strict=True):
        some = lines[share >= low]  # the darker ones go over the paler
        axes.add_collection(LineCollection(list(some), colors=colour, linewidths=width, zorder=3))


def _water(axes: Axes, late: pd.DataFrame) -> None:
    wet = late[late["depth_m"] >= WATER_M]
    axes.scatter(wet["lon"], wet["lat"], s=circle_area(wet["residents"]) + halo(wet["depth_m"]),
                 color=BLUE, alpha=0.22, linewidths=0, zorder=4)  # fmt: skip


def _fill(share: Floats) -> list[str]:
    step = np.searchsorted(np.array(STEPS[1:-1]), share, side="right")
    return [FILLS[i] for i in np.clip(step, 0, len(FILLS) - 1)]


def _places(axes: Axes, late: pd.DataFrame) -> None:
    rows = late.sort_values("residents", ascending=False)
    axes.scatter(rows["lon"], rows["lat"], s=circle_area(rows["residents"]),
                 c=_fill(rows["late"].to_numpy()), edgecolors=EDGE, linewidths=0.5,
                 zorder=5)  # fmt: skip


def _track(results: Results) -> tuple[Floats, Floats, Floats]:
    """Best-track (hours since the start, lon, lat) over the run's time, hour by hour."""
    fixes = chosen_track(results.scenario)
    begin = start_time(results.scenario)
    hour = np.array([(f.time - begin).total_seconds() / 3600 for f in fixes])
    fine = np.arange(0, results.scenario.settings.duration_h + 0.01, 1.0)
    fine = fine[(fine >= hour[0]) & (fine <= hour[-1])]
    lon = np.interp(fine, hour, [f.lon for f in fixes])
    lat = np.interp(fine, hour, [f.lat for f in fixes])
    return fine, lon, lat


def _run_tracks(results: Results) -> list[tuple[Floats, Floats]]:
    """Longitudes and latitudes of the storm's way in each kept run."""
    rows = results.ledger_table("storm")
    return [(g["lon"].to_numpy(), g["lat"].to_numpy()) for _, g in rows.groupby("run")]


def _storm(axes: Axes, results: Results, window: Window, lang: str) -> None:
    for lon, lat in _run_tracks(results):
        axes.plot(lon, lat, color=VERMILION, linewidth=0.5, alpha=0.25, zorder=3)
    hours, lon, lat = _track(results)
    axes.plot(lon, lat, color=VERMILION, linewidth=2, zorder=4.4, alpha=0.8)
    inside = (lon > window[0]) & (lon < window[1]) & (lat > window[2]) & (lat < window[3])
    for i in np.flatnonzero(inside):
        axes.plot(lon[i], lat[i], "o", color=VERMILION, markersize=4, zorder=8)
        text = moment(results.clock(hours[i]), lang)
        haloed(axes, lon[i], lat[i], f"  {text}", VERMILION, 8, "left", "center")


def _ignitions(axes: Axes, results: Results) -> None:
    """Where the forest fires break out."""
    axes.scatter([i.lon for i in results.scenario.ignitions],
                 [i.lat for i in results.scenario.ignitions], **IGNITION)  # fmt: skip


def _wider(axes: Axes, results: Results, window: Window, lang: str) -> None:
    """The storm's way through the run, the district as a box."""
    from matplotlib.patches import Rectangle

    for lon, lat in _run_tracks(results):
        axes.plot(lon, lat, color=VERMILION, linewidth=0.5, alpha=0.25)
    hours, lon, lat = _track(results)
    axes.plot(lon, lat, color=VERMILION, linewidth=1.6)
    for i in np.flatnonzero(hours % 12 == 0):
        axes.plot(lon[i], lat[i], "o", color=VERMILION, markersize=3)
        when = results.clock(hours[i])
        text = f"  {date(when, lang)} {when:%H:%M}"
        haloed(axes, lon[i], lat[i], text, INK, 6.5, "left", "center")
    axes.add_patch(Rectangle((window[0], window[2]), window[1] - window[0], window[3] - window[2],
                             fill=False, edgecolor=INK, linewidth=1.2))  # fmt: skip
    axes.set_aspect(1 / squeeze(results.scenario), adjustable="datalim")
    axes.margins(0.12)
    axes.tick_params(labelsize=6.5, length=2)
    axes.xaxis.set_major_formatter(lambda lon, _: f"{lon:.0f}°E" if lon >= 0 else f"{-lon:.0f}°W")
    axes.yaxis.set_major_formatter(lambda lat, _: f"{lat:.0f}°N" if lat >= 0 else f"{-lat:.0f}°S")
    axes.set_title(word("map.track", lang), size=8.5)
