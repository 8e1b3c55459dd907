"""How the intervals of the targets narrowed with the runs, against their limits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from anlan.analysis.measures.facts import Floats, Ints
from anlan.analysis.plots.picture import Drawn
from anlan.analysis.plots.style import GOOD_SIDE, INK, VERDICT_COLOUR, canvas, empty, runs_caption
from anlan.analysis.results.folder import Results
from anlan.analysis.statistics.intervals import Interval
from anlan.analysis.text.layout import wrap
from anlan.analysis.text.numbers import amount
from anlan.analysis.verdict.judge import interval_of
from anlan.analysis.verdict.stopping import Stopping, decide, named, rows_of_runs
from anlan.analysis.verdict.target import JUDGED
from anlan.analysis.verdict.verdict import Verdict
from anlan.analysis.words import word

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

ACROSS = 3
POINTS = 16  # numbers of runs at which one looks back
NAME_COLUMNS = 40
COLUMNS = ("target", "measure", "runs", "applicable_runs", "estimate", "low", "high", "bound",
           "unit", "verdict")  # fmt: skip


def draw(results: Results, lang: str) -> Drawn:
    """Small multiples, one a target that runs judge: estimate and interval after so many runs."""
    table = numbers(results)
    caption = word("caption.narrowing", lang) + runs_caption(results, lang, "")
    verdicts = [v for v in results.verdicts if v.id in set(table["target"])]
    if not verdicts:
        return empty(title(table, lang), caption, lang, table)
    down = -(-len(verdicts) // ACROSS)
    figure = canvas(10.0, 2.15 * down, title(table, lang), caption)
    panels = figure.subplots(down, ACROSS, squeeze=False, sharex=True).ravel()
    for axes, verdict in zip(panels, verdicts, strict=False):
        _panel(axes, table[table["target"] == verdict.id], verdict, lang)
    for axes in panels[len(verdicts) :]:
        axes.set_axis_off()
    for k, axes in enumerate(panels[: len(verdicts)]):
        if k + ACROSS >= len(verdicts):
            axes.set_xlabel(word("axis.runs", lang))
            axes.tick_params(axis="x", labelbottom=True)
    return Drawn(figure, table)


def numbers(results: Results) -> pd.DataFrame:
    """A row a target and number of runs: what its interval was after the first so many.

    The last row of each is its verdict's. `bound`, `estimate`, `low`, `high` are in `unit`.
    """
    import pandas as pd

    judged = [v for v in results.verdicts if v.of_runs and v.judged]
    rule, targets = results.study.stop, {t.id: t for t in results.scenario.plan.targets}
    ruled = {t.id for t in named(rule, results.scenario.plan)} if rule else set()
    rows: list[dict[str, Any]] = []
    frame = results.measures.sort_values("run")
    played = results.run_count + len(results.failures)
    for v in judged:
        if rule is not None and v.id in ruled:
            found = _by_rule(results, rule, v, rows_of_runs(frame, played))
        else:
            found = _fixed(targets[v.id], frame[v.measure].to_numpy(dtype=float))
        rows += [
            {"target": v.id, "measure": v.measure, "runs": runs, "applicable_runs": n,
             "estimate": i.estimate, "low": i.low, "high": i.high, "bound": v.bound,
             "unit": v.bound_unit, "verdict": v.verdict}
            for runs, n, i in found
        ]  # fmt: skip
    return pd.DataFrame(rows, columns=list(COLUMNS))


def title(table: pd.DataFrame, lang: str) -> str:
    """How many intervals lie clear of their limit after all runs."""
    last = table.groupby("target", sort=False).tail(1)
    if not len(last):
        return word("title.narrowing_none", lang)
    clear = int((last["verdict"] != JUDGED[-1]).sum())
    return word(
        "title.narrowing", lang, runs=f"{int(last['runs'].max()):,}", clear=clear, n=len(last)
    )


def _looks(most: int) -> Ints:
    """Numbers of runs at which one looks back: all of few, else evenly on a logarithm."""
    return np.unique(np.geomspace(1, most, min(POINTS, most)).round().astype(np.int64))


def _fixed(target: Any, values: Floats) -> Iterator[tuple[int, int, Interval]]:
    for runs in _looks(len(values)).tolist():
        judged = values[:runs][~np.isnan(values[:runs])]
        if len(judged):
            yield runs, len(judged), interval_of(target, judged)


def _by_rule(
    results: Results, rule: Stopping, verdict: Verdict, frame: pd.DataFrame
) -> Iterator[tuple[int, int, Interval]]:
    """What the stopping rule saw: its intervals hold however often one looks."""
    targets = named(rule, results.scenario.plan)
    for runs in _looks(len(frame)).tolist():
        found = {s.id: s for s in decide(frame.head(runs), targets, rule)}[verdict.id]
        if found.applicable:
            yield runs, found.applicable, found.interval


def _panel(axes: Axes, rows: pd.DataFrame, v: Verdict, lang: str) -> None:
    colour = VERDICT_COLOUR[v.verdict]
    low, high = _range(rows, v)
    axes.axhspan(*((low, v.bound) if v.at_most else (v.bound, high)), color=GOOD_SIDE, linewidth=0,
                 zorder=0)  # fmt: skip
    axes.axhline(v.bound, color=INK, linewidth=1.3, zorder=2)
    ends = rows[["low", "high"]].clip(low, high)
    axes.fill_between(rows["runs"], ends["low"], ends["high"], color=colour, alpha=0.28,
                      linewidth=0, zorder=1)  # fmt: skip
    axes.plot(rows["runs"], rows["estimate"], "-o", color=colour, linewidth=1.5, markersize=3,
              zorder=3)  # fmt: skip
    axes.set(xlim=(1, max(int(rows["runs"].max()), 2)), ylim=(low, high))
    axes.yaxis.set_major_formatter(lambda y, _: amount(y, v.bound_unit, lang, short=True))
    lines = wrap(v.text(lang), NAME_COLUMNS)
    text = lines[0] + ("…" if len(lines) > 1 else "")
    axes.set_title(text, size=8.5, color=INK)
    last = rows.iloc[-1]
    state = word(f"verdict.{v.verdict}", lang)
    found = amount(float(last["estimate"]), v.bound_unit, lang)
    axes.text(0.98, 0.5, f"{state}\n{found}",
              transform=axes.transAxes, ha="right", va="center", size=8, color=INK,
              zorder=4)  # fmt: skip


def _range(rows: pd.DataFrame, v: Verdict) -> tuple[float, float]:
    """The whole of a share; else what holds the limit, the estimates and the later intervals."""
    if v.bound_unit == "share":
        return -0.02, 1.02
    late = rows[rows["runs"] >= rows["runs"].max() / 4]
    known = np.r_[rows["estimate"], late["low"], late["high"], v.bound]
    known = known[np.isfinite(known)]
    edge = 0.08 * (known.max() - known.min()) or 0.5
    return float(known.min() - edge), float(known.max() + edge)
