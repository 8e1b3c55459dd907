"""Picture 6: one run from hour to hour: weather, warnings, movement, incidents, outages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from anlan.analysis.context import Column, Context, Floats, Ints
from anlan.analysis.fires import first_buildings, forest, rows_of
from anlan.analysis.format import number, percent
from anlan.analysis.plots.style import (
    BLUE,
    GREEN,
    GREY,
    INK,
    ORANGE,
    PURPLE,
    SKY,
    VERMILION,
    canvas,
    date_axis,
    percents,
    runs_caption,
    thousands,
)
from anlan.analysis.results import Results, names
from anlan.analysis.words import word, words

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SIGNAL_COLOUR = {"blue": "#3B7DD8", "yellow": "#F0E442", "orange": ORANGE, "red": "#C4161C"}
LEVEL_COLOUR = {"IV": "#DCE9F3", "III": "#A9CCE3", "II": "#5F9EC8", "I": "#1F5F8B"}
CAPTIONS = {  # by the measure in which the run is typical
    "fire.burnt_ha": "caption.timeline_fire",
    "fire.buildings": "caption.timeline_buildings",
    "hazard.max_gust_ms": "caption.timeline",
    "harm.deaths": "caption.timeline_deaths",
}
Panel = Callable[["Axes", Results, Context, str], None]


def typical_run(results: Results) -> int | None:
    """The kept run nearest to the median of all runs; the first of equals.

    In burnt area where a forest burns in every run; in buildings alight where some burn in every
    run and no storm comes; in deaths where no wind blows in any; else in its largest gust.
    """
    if not results.kept:
        return None
    value = results.measures[_typical_by(results)].to_numpy(dtype=float)
    run = results.measures["run"].to_numpy()
    kept = [r for r in results.kept if r in run]
    middle = float(np.median(value))
    return min(kept, key=lambda r: abs(value[run == r][0] - middle))


def by_fire(results: Results) -> bool:
    """Whether a forest burns in every run."""
    return _in_every_run(results, "fire.burnt_ha")


def _typical_by(results: Results) -> str:
    if by_fire(results):
        return "fire.burnt_ha"
    storm = "typhoon" in results.scenario.hazards
    if not storm and _in_every_run(results, "fire.buildings"):
        return "fire.buildings"
    windy = bool(results.measures["hazard.max_gust_ms"].any())
    return "hazard.max_gust_ms" if windy else "harm.deaths"


def _in_every_run(results: Results, measure: str) -> bool:
    return measure in results.measures and bool(results.measures[measure].notna().all())


def draw(results: Results, lang: str) -> Figure:
    """Panels over one time axis; where fires burn, or no wind blows, only those that have something
    to show.
    """
    run = typical_run(results)
    if run is None:
        return _without_ledger(lang)
    x = Context(results.scenario, results.ledger(run))
    caption = word(CAPTIONS[_typical_by(results)], lang, run=run) + runs_caption(results, lang, "")
    parts = _parts(x)
    heights = [height for _, height in parts]
    tall = 1.3 * sum(heights) + 0.8
    figure = canvas(9.6, tall, _title(results, x, run, lang), caption)
    panels = figure.subplots(len(parts), 1, sharex=True, height_ratios=heights, squeeze=False)
    for axes, (panel, _) in zip(panels[:, 0], parts, strict=True):
        panel(axes, results, x, lang)
        date_axis(axes, results, lang)
    for axes in panels[:-1, 0]:
        axes.tick_params(axis="x", labelbottom=False)
    return figure


def _parts(x: Context) -> list[tuple[Panel, float]]:
    """The panels of a run and how tall each is against the others."""
    fires = x.tables["fire"]["kind"]
    windy = bool(x.hazard("gust_ms").any())
    wet = bool(x.hazard("rain_mm").any() or x.hazard("depth_m").any())
    out = any(x.hazard(column).any() for column in ("power_out", "phone_out", "cut_off"))
    told = any(True for kind in ("level", "signal") for _ in _spans(x, kind))
    moved = bool(len(x.evacuees["persons"]) or (x.tables["warning"]["heard_tick"] >= 0).any())
    every: list[tuple[Panel, float, bool]] = [
        (_wind, 1.25, windy or bool(len(fires))),
        (_rain, 1.1, wet),
        (_burnt, 1.1, bool(len(x.tables["fire_front"]["tick"]))),
        (_building_fires, 1.2, bool((fires == "building").any())),
        (_crews, 1.1, bool((fires == "building").any())),
        (_levels, 0.75, told),
        (_moves, 1.2, moved),
        (_incidents, 1.2, bool(len(x.rescues["kind"]))),
        (_outages, 1.2, out),
    ]
    fire_panels = (_burnt, _building_fires, _crews)
    return [
        (panel, height)
        for panel, height, full in every
        if full or (windy and not len(fires) and panel not in fire_panels)
    ]


def _without_ledger(lang: str) -> Figure:
    from anlan.analysis.plots.response_time import nothing

    figure = canvas(8.0, 2.0, word("title.timeline_none", lang), "")
    nothing(figure.add_subplot(), lang)
    return figure


def _title(results: Results, x: Context, run: int, lang: str) -> str:
    gale = x.gale_tick[x.gale_tick < x.end]
    if not len(gale) and by_fire(results):
        out = x.evacuees["persons"]
        arrived = out[x.evacuees["arrived_tick"] >= 0].sum() / max(out.sum(), 1)
        return word("title.timeline_fire", lang, run=run, n=len(forest(x)["fire"]),
                    persons=number(float(out.sum())), share=percent(float(arrived)))  # fmt: skip
    first = first_buildings(x)
    if not len(gale) and len(first["fire"]):
        lit = len(rows_of(x, "building")["fire"]) - len(first["fire"])
        return word("title.timeline_buildings", lang, run=run, n=len(first["fire"]), lit=lit,
                    mean=number(float(first["wait_min"].mean())))  # fmt: skip
    rescue = x.rescues
    reached = {"n": int(rescue["cases"].sum()),
               "reached": int(rescue["cases"][rescue["reached"]].sum())}  # fmt: skip
    if not len(gale):
        still = len(rescue["kind"]) and not x.hazard("gust_ms").any()
        key = "title.timeline_incidents" if still else "title.timeline_calm"
        return word(key, lang, **reached)
    when = results.clock(float(gale.min()) * x.h_per_tick)
    text = word("moment", lang, month=when.month, name=when.strftime("%b"), day=when.day,
                time=f"{when:%H:%M}")  # fmt: skip
    return word("title.timeline", lang, when=text, **reached)


def _hours(x: Context, table: str) -> Floats:
    ticks, _ = x.hours(table)
    return np.asarray((ticks + 1) * x.h_per_tick)


def _legend(axes: Axes, columns: int = 1) -> None:
    axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), fontsize=8, ncols=columns,
                handlelength=1.4)  # fmt: skip


def _wind(axes: Axes, results: Results, x: Context, lang: str) -> None:
    clock: Any = results.clocks(_hours(x, "hazard_level"))
    wind, gust = x.hazard("wind_ms"), x.hazard("gust_ms")
    axes.fill_between(clock, wind.min(axis=1), wind.max(axis=1), color=BLUE, alpha=0.25,
                      linewidth=1, label=word("line.wind_range", lang))  # fmt: skip
    axes.plot(clock, gust.max(axis=1), color=INK, linewidth=1.4, label=word("line.gust", lang))
    gale = results.scenario.p("measure.gale_ms")
    axes.axhline(gale, color=VERMILION, linewidth=1, linestyle="--", label=word("line.gale", lang))
    axes.set_ylabel(word("axis.wind", lang))
    axes.set_ylim(bottom=0)
    _legend(axes)


def _rain(axes: Axes, results: Results, x: Context, lang: str) -> None:
    hours = _hours(x, "hazard_level")
    rain = np.diff(x.hazard("rain_mm"), axis=0, prepend=0.0)
    clock: Any = results.clocks(hours - 0.5)
    axes.bar(clock, rain.max(axis=1), width=1 / 24, color=SKY, label=word("line.rain_max", lang))
    axes.set_ylabel(word("axis.rain", lang))
    axes.set_ylim(0, max(axes.get_ylim()[1], 1.0))
    other = axes.twinx()
    at: Any = results.clocks(hours)
    other.plot(at, x.hazard("depth_m").max(axis=1), color=PURPLE, linewidth=1.5,
               label=word("line.depth_max", lang))  # fmt: skip
    other.set_ylabel(word("axis.depth", lang), color=PURPLE)
    other.set_ylim(0, max(other.get_ylim()[1], 0.1))
    other.grid(False)
    other.spines["right"].set_visible(True)
    handles = [*axes.get_legend_handles_labels()[0], *other.get_legend_handles_labels()[0]]
    labels = [*axes.get_legend_handles_labels()[1], *other.get_legend_handles_labels()[1]]
    axes.legend(handles, labels, loc="upper left", fontsize=8)


def _burnt(axes: Axes, results: Results, x: Context, lang: str) -> None:
    """Land burnt by each forest fire, where there is no rain to show."""
    table, called = x.tables["fire_front"], names(results.scenario, lang)
    colours = (VERMILION, ORANGE, PURPLE, SKY, GREEN)
    for n, fire in enumerate(dict.fromkeys(table["fire"])):
        rows = table["fire"] == fire
        clock: Any = results.clocks((table["tick"][rows] + 1) * x.h_per_tick)
        axes.plot(clock, table["burnt_ha"][rows], color=colours[n % len(colours)], linewidth=1.7,
                  label=called.get(fire, fire))  # fmt: skip
    axes.set_ylabel(word("axis.burnt_ha", lang))
    thousands(axes)
    _legend(axes)


def _building_fires(axes: Axes, results: Results, x: Context, lang: str) -> None:
    """How many buildings had caught fire, had first water and were out, by each tick."""
    rows = rows_of(x, "building")
    for column, colour, style in (
        ("ignited_min", VERMILION, "-"),
        ("first_water_min", BLUE, "--"),
        ("out_min", GREEN, "-."),
    ):
        ticks = _ticks_of(x, rows[column])
        counts = _cumulative(x, ticks, np.ones(len(ticks)))
        _line(axes, results, x, counts, colour, word(f"line.{column}", lang), style)
    axes.set_ylabel(word("axis.buildings", lang))
    axes.set_ylim(bottom=0)
    thousands(axes)
    _legend(axes)


def _ticks_of(x: Context, minute: Column) -> Ints:
    """The tick of some moments; -1 for one that did not come."""
    tick = np.floor(minute / float(x.scenario.settings.tick_min))
    return np.asarray(np.where(np.isnan(tick), -1, tick), dtype=np.int64)


def _crews(axes: Axes, results: Results, x: Context, lang: str) -> None:
    """Crews on the road and at the scene, fire engines among them."""
    road, scene = crews_out(x)
    _line(axes, results, x, road, SKY, word("line.crews_travelling", lang), "--")
    _line(axes, results, x, scene, BLUE, word("line.crews_working", lang))
    axes.set_ylabel(word("axis.fire_crews", lang))
    axes.set_ylim(bottom=0)
    thousands(axes)
    _legend(axes)


def crews_out(x: Context) -> tuple[Floats, Floats]:
    """(T+1,) crews on the road, and at a scene, by the tick: the hourly levels miss short fires."""
    trip = x.tables["trip"]
    rows = np.flatnonzero((trip["kind"] == "crew") & (trip["departed_tick"] >= 0))
    rows = rows[np.lexsort((trip["departed_tick"][rows], trip["agent"][rows].astype(str)))]
    agent, left = trip["agent"][rows], trip["departed_tick"][rows].astype(np.int64)
    last = np.append(agent[1:] != agent[:-1], True)[: len(rows)]
    until = np.where(last, x.end, np.append(left[1:], x.end)[: len(rows)])  # its next departure
    came = np.where(trip["arrived_tick"][rows] >= 0, trip["arrived_tick"][rows], until)
    stays = trip["purpose"][rows] != "return"
    return _held(x, left, came), _held(x, came[stays], until[stays])


def _held(x: Context, since: Ints, until: Ints) -> Floats:
    """(T+1,) how many spans hold at each tick; a span ends before the tick of its end."""
    change = np.bincount(since, minlength=x.end + 1) - np.bincount(until, minlength=x.end + 1)
    return np.asarray(change[: x.end + 1].cumsum(), dtype=float)


def _spans(x: Context, kind: str) -> Iterator[tuple[float, float, str]]:
    """From when to when each signal or level held: (hour, hour, name of the signal or level).

    The stand-down ends both.
    """
    table = x.tables["message"]
    rows = np.flatnonzero((table["kind"] == kind) | (table["kind"] == "stand_down"))
    rows = rows[np.argsort(table["sent_tick"][rows], kind="stable")]
    sent = table["sent_tick"][rows].tolist()
    names = [str(c).removeprefix(f"{kind} ") for c in table["content"][rows]]
    changes = [i for i in range(len(rows)) if i == 0 or names[i] != names[i - 1]]
    for k, i in enumerate(changes):
        until = sent[changes[k + 1]] if k + 1 < len(changes) else x.end
        if until > sent[i] and names[i]:
            yield sent[i] * x.h_per_tick, until * x.h_per_tick, names[i]


def _levels(axes: Axes, results: Results, x: Context, lang: str) -> None:
    for row, (kind, colours) in enumerate((("level", LEVEL_COLOUR), ("signal", SIGNAL_COLOUR))):
        for begin, end, content in _spans(x, kind):
            left, right = results.clock(begin), results.clock(end)
            colour = colours.get(content)
            if colour is None:
                continue
            box: Any = [(left, right - left)]
            axes.broken_barh(box, (row - 0.4, 0.8), color=colour)
            if end - begin > results.scenario.settings.duration_h / 25:
                key = f"{kind}.{content}"
                middle: Any = left + (right - left) / 2
                text = word(key, lang) if key in words() else content
                ink = "white" if content in ("red", "blue", "I", "II") else INK
                axes.text(middle, row, text, size=8, ha="center", va="center", color=ink)
    axes.set(ylim=(-0.6, 1.6))
    axes.set_yticks([0, 1], [word("line.level", lang), word("line.signal", lang)])
    axes.grid(False, axis="y")


def _cumulative(x: Context, ticks: Ints, weights: Column) -> Floats:
    """(T+1,) how much had happened by the end of each tick."""
    done = ticks >= 0
    total = np.bincount(np.clip(ticks[done], 0, x.end), weights[done], x.end + 1)
    return np.asarray(total.cumsum())


def _line(axes: Axes, results: Results, x: Context, y: Floats, colour: str, label: str,
          style: str = "-") -> None:  # fmt: skip
    clock: Any = results.clocks(np.arange(len(y)) * x.h_per_tick)
    axes.plot(clock, y, style, color=colour, linewidth=1.7, label=label)


def _moves(axes: Axes, results: Results, x: Context, lang: str) -> None:
    heard, out = x.tables["warning"], x.evacuees
    people = max(int(x.residents.sum()), 1)
    warned = _cumulative(x, heard["heard_tick"], heard["persons"]) / people
    _line(axes, results, x, warned, ORANGE, word("line.warned", lang), "--")
    ordered = max(int(out["persons"].sum()), 1)
    for column, colour, key in (("left_tick", SKY, "left"), ("arrived_tick", BLUE, "arrived")):
        share = _cumulative(x, out[column], out["persons"]) / ordered
        _line(axes, results, x, share, colour, word(f"line.{key}", lang))
    axes.set_ylabel(word("axis.share", lang))
    percents(axes)
    label = word("ordered", lang, n=number(float(out["persons"].sum())))
    axes.text(0.99, 0.08, label, transform=axes.transAxes, size=8, ha="right", color=GREY)
    _legend(axes)


def _incidents(axes: Axes, results: Results, x: Context, lang: str) -> None:
    rows = x.rescues
    for column, colour, key, style in (
        ("occurred_tick", VERMILION, "occurred", "-"),
        ("known_tick", ORANGE, "known", "--"),
        ("arrived_tick", BLUE, "reached", "-"),
    ):
        counts = _cumulative(x, rows[column], rows["cases"])
        _line(axes, results, x, counts, colour, word(f"line.{key}", lang), style)
    axes.set_ylabel(word("axis.incidents", lang))
    thousands(axes)
    _legend(axes)


def _outages(axes: Axes, results: Results, x: Context, lang: str) -> None:
    clock: Any = results.clocks(_hours(x, "hazard_level"))
    people = max(int(x.residents.sum()), 1)
    top = 0.0
    for column, colour, style in (
        ("power_out", INK, "-"),
        ("phone_out", PURPLE, "--"),
        ("cut_off", GREEN, "-."),
    ):
        share = x.hazard(column) @ x.residents / people
        top = max(top, float(share.max(initial=0.0)))
        axes.plot(clock, share, style, color=colour, linewidth=1.6,
                  label=word(f"line.{column}", lang))  # fmt: skip
    axes.set_ylabel(word("axis.residents", lang))
    percents(axes, max(top, 0.1))
    _legend(axes)
