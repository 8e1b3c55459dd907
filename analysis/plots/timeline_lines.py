"""What the panels of a timeline are drawn with: sums over time, lines on the clock, spans."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from anlan.analysis.measures.facts import Column, Facts, Floats, Ints
from anlan.analysis.results.folder import Results
from anlan.analysis.words import word, words

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def hours(facts: Facts, table: str) -> Floats:
    """The ends of the ticks of an hourly table, hours since the start."""
    ticks, _ = facts.hours(table)
    return np.asarray((ticks + 1) * facts.h_per_tick)


def cumulative(facts: Facts, ticks: Ints, weights: Column) -> Floats:
    """(T+1,) how much had happened by the end of each tick."""
    done = ticks >= 0
    total = np.bincount(np.clip(ticks[done], 0, facts.end), weights[done], facts.end + 1)
    return np.asarray(total.cumsum())


def ticks_of(facts: Facts, minute: Column) -> Ints:
    """The tick of some moments; -1 for one that did not come."""
    tick = np.floor(minute / float(facts.scenario.settings.tick_min))
    return np.asarray(np.where(np.isnan(tick), -1, tick), dtype=np.int64)


def line(
    axes: Axes, results: Results, facts: Facts, values: Floats, colour: str, label: str,
    style: str = "-",
) -> None:  # fmt: skip
    """A line of values by tick, on the clock."""
    clock: Any = results.clocks(np.arange(len(values)) * facts.h_per_tick)
    axes.plot(clock, values, style, color=colour, linewidth=1.7, label=label)


def plotted(figure: Figure, results: Results, lang: str) -> pd.DataFrame:
    """The lines and bars with a name that stand in a figure over the clock: hour by hour.

    `line`: the key of its name in the word list, the same in every language.
    """
    import pandas as pd
    from matplotlib.dates import date2num

    keys = {word(key, lang): key for key in words() if key.startswith("line.")}
    start = date2num(results.start)  # type: ignore[no-untyped-call]
    parts = [pd.DataFrame(columns=["panel", "line", "hour", "value"])]
    for panel, axes in enumerate(figure.axes):
        for line in axes.get_lines():
            at: Any = line.get_xdata()
            value: Any = line.get_ydata()
            if (key := keys.get(str(line.get_label()))) is None or len(at) < 3:
                continue
            hours = (date2num(list(at)) - start) * 24.0  # type: ignore[no-untyped-call]
            parts.append(pd.DataFrame({"panel": panel, "line": key, "hour": hours, "value": value}))
    return pd.concat(parts[1:] or parts, ignore_index=True)


def spans(facts: Facts, kind: str) -> Iterator[tuple[float, float, str]]:
    """From when to when each signal or level held: (hour, hour, name of the signal or level).

    The stand-down ends both.
    """
    table = facts.tables["message"]
    rows = np.flatnonzero((table["kind"] == kind) | (table["kind"] == "stand_down"))
    rows = rows[np.argsort(table["sent_tick"][rows], kind="stable")]
    sent = table["sent_tick"][rows].tolist()
    names = [str(c).removeprefix(f"{kind} ") for c in table["content"][rows]]
    changes = [i for i in range(len(rows)) if i == 0 or names[i] != names[i - 1]]
    for k, i in enumerate(changes):
        until = sent[changes[k + 1]] if k + 1 < len(changes) else facts.end
        if until > sent[i] and names[i]:
            yield sent[i] * facts.h_per_tick, until * facts.h_per_tick, names[i]
