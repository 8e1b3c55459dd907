"""Response since the happening, split into its links; whoever is never reached is the gap."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from anlan.analysis.measures.facts import Floats
from anlan.analysis.measures.fires import WATER_MIN
from anlan.analysis.measures.rescue import RESCUE_MIN
from anlan.analysis.plots.chain import ARRIVED, Chain, chains
from anlan.analysis.plots.picture import Drawn
from anlan.analysis.plots.style import (
    GOOD_SIDE,
    INK,
    VERMILION,
    canvas,
    empty,
    percents,
    runs_caption,
    spread,
)
from anlan.analysis.results.folder import Results
from anlan.analysis.text.layout import wrap
from anlan.analysis.text.numbers import amount, number, percent
from anlan.analysis.words import word

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

LONG_MIN = 480.0  # longer axes count in hours
BEYOND = 1.25  # an axis shows as much more than what is asked
TITLE_COLUMNS = 120  # of a panel
POINTS = 121  # of a curve
# what the title and the line in each panel ask of a kind of happening: step, and by which minute
ASKED = {
    "rescue": (ARRIVED, float(RESCUE_MIN)),
    "building": ("first_water_min", WATER_MIN),
    "forest": (ARRIVED, float(RESCUE_MIN)),
}
# the measure of that, where there is one
MEASURE = {"rescue": "rescue.within_60min_share", "building": "fire.first_water_15min_share"}
ROW_IN = 3.5
SEEN = 0.15  # a lower area has no room for its name
WHITE = {"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 1.5}
COLUMNS = ("population", "quantity", "step", "minute", "mean", "low", "high", "unit", "runs",
           "happenings")  # fmt: skip


def draw(results: Results, lang: str) -> Drawn:
    """A row a kind of happening: who stood where by which minute, and what each link took."""
    table = numbers(results)
    kinds = list(dict.fromkeys(table["population"]))
    caption = _caption(table, lang) + runs_caption(results, lang, "caption.mean_band")
    if not kinds:
        return empty(title(table, lang), caption, lang, table)
    figure = canvas(10.0, ROW_IN * len(kinds), title(table, lang), caption)
    panels = figure.subplots(len(kinds), 2, squeeze=False, width_ratios=[1.5, 1])
    for kind, (left, right) in zip(kinds, panels, strict=True):
        rows = table[table["population"] == kind]
        colours = _areas(left, rows, lang)
        _limit(left, results, kind, lang)
        _links(right, rows, colours, lang)
        if len(kinds) > 1:
            text = finding(table, kind, lang)
            left.set_title("\n".join(wrap(text, TITLE_COLUMNS)), size=9, pad=16)
    return Drawn(figure, table)


def numbers(results: Results) -> pd.DataFrame:
    """What is plotted: means over the runs that have such happenings, with the band.

    `quantity` share: of the happenings, those that had passed `step` by `minute` (infinite: before
    the end of the run); link: minutes that the link took which ends with `step`.
    """
    import pandas as pd

    rows = [row for chain in chains(results) for row in _rows(chain)]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def title(table: pd.DataFrame, lang: str) -> str:
    """What is found of the first kind of happening; of fires where there are any."""
    kinds = list(dict.fromkeys(table["population"]))
    first = [kind for kind in kinds if kind != "rescue"] or kinds
    return finding(table, first[0], lang) if first else word("title.response_none", lang)


def finding(table: pd.DataFrame, kind: str, lang: str) -> str:
    """Who had help by the minute that is asked for, who never had, and which link took longest."""
    step, minute = ASKED[kind]
    rows = table[table["population"] == kind]
    mine = rows[(rows["quantity"] == "share") & (rows["step"] == step)].set_index("minute")["mean"]
    links = rows[rows["quantity"] == "link"].set_index("step")["mean"]
    longest = str(links.idxmax())
    return word(f"title.response_{kind}", lang, minute=f"{minute:g}",
                share=percent(float(mine[minute])), never=percent(1.0 - float(mine[np.inf])),
                link=word(f"link.{longest}", lang), mean=number(float(links.max())))  # fmt: skip


def _rows(chain: Chain) -> Iterator[tuple[Any, ...]]:
    grid = _grid(chain)
    shares = chain.shares(grid)
    runs, n = len(shares), len(chain.run)
    for k, step in enumerate(chain.steps):
        for minute, of_runs in zip(grid.tolist(), shares[:, k].T, strict=True):
            yield (chain.kind, "share", step, minute, float(of_runs.mean()), *spread(of_runs),
                   "share", runs, n)  # fmt: skip
    for step, took in chain.links.items():
        if len(took):
            yield (chain.kind, "link", step, np.nan, float(took.mean()), *spread(took), "min",
                   len(took), n)  # fmt: skip


def _grid(chain: Chain) -> Floats:
    """Minutes from 0 to where the last curve has gone flat, the one asked for, and for ever."""
    over = chain.passed[:, -1]
    over = over[np.isfinite(over)]
    asked = ASKED[chain.kind][1]
    end = max(BEYOND * asked, float(np.quantile(over, 0.98)) if len(over) else 0.0)
    grid = np.linspace(0.0, np.ceil(end / 15.0) * 15.0, POINTS)
    return np.append(np.union1d(grid, [asked]), np.inf)


def _caption(table: pd.DataFrame, lang: str) -> str:
    counts = table.groupby("population", sort=False)[["happenings", "runs"]].max()
    said = [
        word(f"caption.response_{kind}", lang, n=f"{int(row.happenings):,}", runs=int(row.runs))
        for kind, row in counts.iterrows()
    ]
    return "".join(said) + word("caption.response", lang)


def _areas(axes: Axes, rows: pd.DataFrame, lang: str) -> dict[str, Any]:
    """The share that stands at each link, stacked from the last to the first; colours by step."""
    import matplotlib as mpl

    curves = rows[(rows["quantity"] == "share") & np.isfinite(rows["minute"])]
    steps = list(dict.fromkeys(curves["step"]))
    shade = mpl.colormaps["cividis"]
    colours = {step: shade(0.98 - 0.9 * k / max(len(steps) - 1, 1)) for k, step in enumerate(steps)}
    minutes = np.sort(curves["minute"].unique())
    per, unit = (60.0, "h") if minutes[-1] > LONG_MIN else (1.0, "min")
    above = np.ones(len(minutes))
    for step in steps:
        mean = curves[curves["step"] == step]["mean"].to_numpy(dtype=float)
        axes.fill_between(minutes / per, mean, above, color=colours[step], linewidth=0)
        above = mean
    last = curves[curves["step"] == steps[-1]]
    axes.fill_between(minutes / per, 0, above, color=GOOD_SIDE, linewidth=0)
    axes.fill_between(minutes / per, last["low"], last["high"], facecolor="none", edgecolor=INK,
                      hatch="////", linewidth=0, alpha=0.45)  # fmt: skip
    axes.plot(minutes / per, above, color=INK, linewidth=2)
    if above[-1] > SEEN:
        axes.text(0.98, 0.04, word(f"line.{steps[-1]}", lang), transform=axes.transAxes,
                  ha="right", size=8.5, color=INK, bbox=WHITE)  # fmt: skip
    axes.set_xlabel(word(f"axis.response_{unit}", lang))
    axes.set_ylabel(word("axis.happenings", lang))
    axes.set_xlim(0, minutes[-1] / per)
    percents(axes)
    axes.set_ylim(0, 1)
    return colours


def _links(axes: Axes, rows: pd.DataFrame, colours: dict[str, Any], lang: str) -> None:
    """Mean minutes of each link with the band, in the order and colours of the areas: their key."""
    links = rows[rows["quantity"] == "link"].set_index("step")
    for y, (step, colour) in enumerate(colours.items()):
        if step not in links.index:
            continue
        mean, low, high = (float(links["mean"][step]), float(links["low"][step]),
                           float(links["high"][step]))  # fmt: skip
        axes.barh(y, mean, height=0.62, color=colour, edgecolor=INK, linewidth=0.5)
        axes.plot([low, high], [y, y], color=INK, linewidth=1.2)
        axes.text(max(mean, high), y, f" {number(mean)}", va="center", size=8, color=INK)
    axes.set_yticks(range(len(colours)), [word(f"link.{s}", lang) for s in colours], size=8.5,
                    color=INK)  # fmt: skip
    axes.set_ylim(len(colours) - 0.4, -0.6)
    axes.set_xlim(0, axes.get_xlim()[1] * 1.12)
    axes.tick_params(axis="y", length=0)
    axes.grid(False, axis="y")
    axes.set_xlabel(word("axis.link_min", lang))


def _limit(axes: Axes, results: Results, kind: str, lang: str) -> None:
    """The minute that the measure is named for, and the plan's own limits where it has some."""
    _, minute = ASKED[kind]
    per = 60.0 if axes.get_xlabel() == word("axis.response_h", lang) else 1.0
    text = amount(minute, "min", lang)
    shares = [v.limit for v in results.verdicts if v.measure == MEASURE.get(kind)]
    if shares:
        text = word("target_share_at", lang, text=text, share=percent(shares[0]))
        axes.plot([minute / per], [shares[0]], "s", color=VERMILION, markersize=7, zorder=4,
                  markeredgecolor="white", clip_on=False)  # fmt: skip
    axes.axvline(minute / per, color=VERMILION, linewidth=1.3)
    ha = "left" if minute / per < 0.15 * axes.get_xlim()[1] else "center"
    axes.text(minute / per, 1.02, text, color=VERMILION, size=8, ha=ha)
