"""Panels of a timeline with fires: land burnt, buildings alight, crews out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from anlan.analysis.measures.facts import Facts, Floats, Ints
from anlan.analysis.measures.fires import rows_of
from anlan.analysis.plots.style import (
    BLUE,
    GREEN,
    ORANGE,
    PURPLE,
    SKY,
    VERMILION,
    legend,
    thousands,
)
from anlan.analysis.plots.timeline_lines import cumulative, line, ticks_of
from anlan.analysis.results.folder import Results
from anlan.analysis.words import word
from anlan.analysis.words.names import names

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def burnt(axes: Axes, results: Results, facts: Facts, lang: str) -> None:
    """Land burnt by each forest fire, where there is no rain to show."""
    table, called = facts.tables["fire_front"], names(results.scenario, lang)
    colours = (VERMILION, ORANGE, PURPLE, SKY, GREEN)
    for n, fire in enumerate(dict.fromkeys(table["fire"])):
        rows = table["fire"] == fire
        clock: Any = results.clocks((table["tick"][rows] + 1) * facts.h_per_tick)
        axes.plot(clock, table["burnt_ha"][rows], color=colours[n % len(colours)], linewidth=1.7,
                  label=called.get(fire, fire))  # fmt: skip
    axes.set_ylabel(word("axis.burnt_ha", lang))
    thousands(axes)
    legend(axes)


def building_fires(axes: Axes, results: Results, facts: Facts, lang: str) -> None:
    """How many buildings had caught fire, had first water and were out, by each tick."""
    rows = rows_of(facts, "building")
    for column, colour, style in (
        ("ignited_min", VERMILION, "-"),
        ("first_water_min", BLUE, "--"),
        ("out_min", GREEN, "-."),
    ):
        ticks = ticks_of(facts, rows[column])
        counts = cumulative(facts, ticks, np.ones(len(ticks)))
        line(axes, results, facts, counts, colour, word(f"line.{column}", lang), style)
    axes.set_ylabel(word("axis.buildings", lang))
    axes.set_ylim(bottom=0)
    thousands(axes)
    legend(axes)


def crews(axes: Axes, results: Results, facts: Facts, lang: str) -> None:
    """Crews on the road and at the scene, fire engines among them."""
    road, scene = crews_out(facts)
    line(axes, results, facts, road, SKY, word("line.crews_travelling", lang), "--")
    line(axes, results, facts, scene, BLUE, word("line.crews_working", lang))
    axes.set_ylabel(word("axis.fire_crews", lang))
    axes.set_ylim(bottom=0)
    thousands(axes)
    legend(axes)


def crews_out(facts: Facts) -> tuple[Floats, Floats]:
    """(T+1,) crews on the road, and at a scene, by the tick: the hourly levels miss short fires."""
    sent, trip = facts.tables["deployment"], facts.tables["trip"]
    came, gone = sent["arrived_tick"], _or_end(facts, sent["left_tick"])
    there = came >= 0
    home = (trip["kind"] == "crew") & (trip["purpose"] == "return") & (trip["departed_tick"] >= 0)
    out = np.concatenate([sent["sent_tick"], trip["departed_tick"][home]])
    over = np.concatenate([np.where(there, came, gone), _or_end(facts, trip["arrived_tick"][home])])
    return _held(facts, out, over), _held(facts, came[there], gone[there])


def _or_end(facts: Facts, tick: Ints) -> Ints:
    """When something ended; the end of the run where it did not."""
    return np.asarray(np.where(tick >= 0, tick, facts.end), dtype=np.int64)


def _held(facts: Facts, since: Ints, until: Ints) -> Floats:
    """(T+1,) how many spans hold at each tick; a span ends before the tick of its end."""
    ticks = facts.end + 1
    change = np.bincount(since, minlength=ticks) - np.bincount(until, minlength=ticks)
    return np.asarray(change[:ticks].cumsum(), dtype=float)
