"""Panels of a timeline: weather, warnings, movement, incidents, outages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from anlan.analysis.measures.facts import Facts
from anlan.analysis.plots.style import (
    BLUE,
    GREEN,
    GREY,
    INK,
    ORANGE,
    PURPLE,
    SKY,
    VERMILION,
    legend,
    percents,
    thousands,
)
from anlan.analysis.plots.timeline_lines import cumulative, hours, line, spans
from anlan.analysis.results.folder import Results
from anlan.analysis.text.numbers import number
from anlan.analysis.words import word, words

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SIGNAL_COLOUR = {"blue": "#3B7DD8", "yellow": "#F0E442", "orange": ORANGE, "red": "#C4161C"}
LEVEL_COLOUR = {"IV": "#DCE9F3", "III": "#A9CCE3", "II": "#5F9EC8", "I": "#1F5F8B"}


def wind(axes: Axes, results: Results, facts: Facts, lang: str) -> None:
    """Mean wind over the communities, and the largest gust."""
    clock: Any = results.clocks(hours(facts, "hazard_level"))
    wind, gust = facts.hazard("wind_ms"), facts.hazard("gust_ms")
    axes.fill_between(clock, wind.min(axis=1), wind.max(axis=1), color=BLUE, alpha=0.25,
                      linewidth=1, label=word("line.wind_range", lang))  # fmt: skip
    axes.plot(clock, gust.max(axis=1), color=INK, linewidth=1.4, label=word("line.gust", lang))
    gale = results.scenario.p("measure.gale_ms")
    axes.axhline(gale, color=VERMILION, linewidth=1, linestyle="--", label=word("line.gale", lang))
    axes.set_ylabel(word("axis.wind", lang))
    axes.set_ylim(bottom=0)
    legend(axes)


def rain(axes: Axes, results: Results, facts: Facts, lang: str) -> None:
    """Rain by the hour and street water, where both are largest."""
    ends = hours(facts, "hazard_level")
    rain = np.diff(facts.hazard("rain_mm"), axis=0, prepend=0.0)
    clock: Any = results.clocks(ends - 0.5)
    axes.bar(clock, rain.max(axis=1), width=1 / 24, color=SKY, label=word("line.rain_max", lang))
    axes.set_ylabel(word("axis.rain", lang))
    axes.set_ylim(0, max(axes.get_ylim()[1], 1.0))
    other = axes.twinx()
    at: Any = results.clocks(ends)
    other.plot(at, facts.hazard("depth_m").max(axis=1), color=PURPLE, linewidth=1.5,
               label=word("line.depth_max", lang))  # fmt: skip
    other.set_ylabel(word("axis.depth", lang), color=PURPLE)
    other.set_ylim(0, max(other.get_ylim()[1], 0.1))
    other.grid(False)
    other.spines["right"].set_visible(True)
    handles = [*axes.get_legend_handles_labels()[0], *other.get_legend_handles_labels()[0]]
    labels = [*axes.get_legend_handles_labels()[1], *other.get_legend_handles_labels()[1]]
    axes.legend(handles, labels, loc="upper left", fontsize=8)


def levels(axes: Axes, results: Results, facts: Facts, lang: str) -> None:
    """Which response level and which warning signal held when."""
    for row, (kind, colours) in enumerate((("level", LEVEL_COLOUR), ("signal", SIGNAL_COLOUR))):
        for begin, end, content in spans(facts, kind):
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


def moves(axes: Axes, results: Results, facts: Facts, lang: str) -> None:
    """Who had heard the warning, left and arrived, by the tick."""
    heard, out = facts.tables["warning"], facts.evacuees
    people = max(int(facts.residents.sum()), 1)
    warned = cumulative(facts, heard["heard_tick"], heard["persons"]) / people
    line(axes, results, facts, warned, ORANGE, word("line.warned", lang), "--")
    ordered = max(int(out["persons"].sum()), 1)
    for column, colour, key in (("left_tick", SKY, "left"), ("arrived_tick", BLUE, "arrived")):
        share = cumulative(facts, out[column], out["persons"]) / ordered
        line(axes, results, facts, share, colour, word(f"line.{key}", lang))
    axes.set_ylabel(word("axis.share", lang))
    percents(axes)
    label = word("ordered", lang, n=number(float(out["persons"].sum())))
    axes.text(0.99, 0.08, label, transform=axes.transAxes, size=8, ha="right", color=GREY)
    legend(axes)


def incidents(axes: Axes, results: Results, facts: Facts, lang: str) -> None:
    """Incidents that had happened, were known, had a crew, by the tick."""
    rows = facts.rescues
    for column, colour, key, style in (
        ("occurred_tick", VERMILION, "occurred", "-"),
        ("known_tick", ORANGE, "known", "--"),
        ("arrived_tick", BLUE, "reached", "-"),
    ):
        counts = cumulative(facts, rows[column], rows["cases"])
        line(axes, results, facts, counts, colour, word(f"line.{key}", lang), style)
    axes.set_ylabel(word("axis.incidents", lang))
    thousands(axes)
    legend(axes)


def outages(axes: Axes, results: Results, facts: Facts, lang: str) -> None:
    """Residents without power, without a network, cut off by road."""
    clock: Any = results.clocks(hours(facts, "hazard_level"))
    people = max(int(facts.residents.sum()), 1)
    top = 0.0
    for column, colour, style in (
        ("power_out", INK, "-"),
        ("phone_out", PURPLE, "--"),
        ("cut_off", GREEN, "-."),
    ):
        share = facts.hazard(column) @ facts.residents / people
        top = max(top, float(share.max(initial=0.0)))
        axes.plot(clock, share, style, color=colour, linewidth=1.6,
                  label=word(f"line.{column}", lang))  # fmt: skip
    axes.set_ylabel(word("axis.residents", lang))
    percents(axes, max(top, 0.1))
    legend(axes)
