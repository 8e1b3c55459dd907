"""Fires' sizes over seasons, and what a year loses: the annual clauses against what burns.

Above: how many forest fires a year are larger than a size, on logarithmic axes, those out in time
and all. Below: in what share of the years more is damaged than a rate, beside the plan's limit.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from anlan.analysis.measures.facts import Floats
from anlan.analysis.measures.seasonal import OUT_WITHIN_H
from anlan.analysis.plots.picture import Drawn
from anlan.analysis.plots.style import (
    BLUE,
    GOOD_SIDE,
    GREY,
    INK,
    SKY,
    VERMILION,
    canvas,
    empty,
    percents,
)
from anlan.analysis.seasons.finished import Finished
from anlan.analysis.text.numbers import number, percent
from anlan.analysis.words import word
from anlan.analysis.words.names import said

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH, BODY = 8.4, 6.2
EDGES_HA = np.array([0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000,
                     10_000, 20_000], dtype=float)  # fmt: skip
RESAMPLES, SEED = 1000, 1  # of seasons, for the band
BAND = (0.025, 0.975)
RATE = "season.damage_permille"
COLUMNS = ("panel", "series", "from", "to", "value", "low", "high")


def draw(found: Finished, lang: str) -> Drawn:
    """The picture of pooled seasons."""
    table = plotted(found)
    if not found.sums.fires.sum():
        text = word("title.seasons_none", lang, n=f"{found.seasons:,}")
        return empty(text, caption(found, lang), lang, table)
    figure = canvas(WIDTH, BODY, title(found, lang), caption(found, lang))
    above, below = figure.subplots(2, 1)
    _sizes(above, table, found, lang)
    _years(below, table, found, lang)
    return Drawn(figure, table)


def title(found: Finished, lang: str) -> str:
    """The finding: how many are out in time, how large half of them get, what a year loses."""
    own = found.recorded
    by_name = {m.measure.name: m.found for m in found.measures}
    return word(
        "title.seasons", lang,
        n=f"{len(own):,}", seasons=f"{found.seasons:,}",
        share=percent(by_name["season.out_24h_share"].estimate),
        half=number(float(own["forest_ha"].median())),
        rate=number(by_name[RATE].estimate),
    )  # fmt: skip


def caption(found: Finished, lang: str) -> str:
    """What is counted, how often, and what the band is."""
    sums = found.sums
    return word(
        "caption.seasons", lang,
        district=said(found.scenario.settings.name, lang),
        seasons=f"{found.seasons:,}", some=f"{int((sums.fires > 0).sum()):,}",
        fires=f"{int(sums.fires.sum()):,}", alarms=f"{int(sums.alarms.sum()):,}",
        forest=number(sums.forest_ha), share=percent(found.scenario.p("season.damaged_share")),
    ) + word("caption.assumed", lang)  # fmt: skip


def plotted(found: Finished) -> pd.DataFrame:
    """The numbers of the picture, a row a point or a bar: what `figures/seasons.csv` holds."""
    own = found.recorded
    season = own["season"].to_numpy(dtype=np.int64)
    size = np.maximum(own["forest_ha"].to_numpy(dtype=float), EDGES_HA[0])
    hours = ((own["out_min"] - own["ignited_min"]) / 60.0).to_numpy(dtype=float)
    late = ~(hours <= OUT_WITHIN_H)
    upto = int(np.searchsorted(EDGES_HA, size.max(initial=1.0))) + 1
    rows: list[tuple[Any, ...]] = []
    for series, chosen in (("all", np.ones(len(own), dtype=bool)), ("late", late)):
        for low, high in pairwise(EDGES_HA[: upto + 1]):
            inside = chosen & (size >= low) & (size < high)
            of_season = np.bincount(season[inside], minlength=found.seasons).astype(float)
            rows.append(("sizes", series, low, high, *_mean_with_band(of_season)))
    rate = 1000.0 * found.sums.damaged_ha / found.sums.forest_ha
    rate = np.sort(rate[found.sums.fires > 0.0])
    for at in np.unique(rate):
        above = (rate >= at).astype(float)
        share = float(above.mean())
        half = 1.96 * np.sqrt(share * (1.0 - share) / len(rate))
        rows.append(("years", "share", at, at, share, max(share - half, 0.0), min(share + half, 1)))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _mean_with_band(values: Floats) -> tuple[float, float, float]:
    """Mean over seasons with the band of resampled seasons."""
    if not values.any():
        return 0.0, 0.0, 0.0
    generator = np.random.Generator(np.random.Philox(key=SEED))
    kinds, counts = np.unique(values, return_counts=True)
    drawn = generator.multinomial(len(values), counts / len(values), size=RESAMPLES)
    means = drawn @ kinds / len(values)
    low, high = np.quantile(means, BAND)
    return float(values.mean()), float(low), float(high)


def _sizes(axes: Axes, table: pd.DataFrame, found: Finished, lang: str) -> None:
    from matplotlib.ticker import FuncFormatter

    part = table[table["panel"] == "sizes"]
    for series, colour in (("all", BLUE), ("late", VERMILION)):
        mine = part[part["series"] == series]
        widths = mine["to"] - mine["from"]
        axes.bar(mine["from"], mine["value"], width=widths, align="edge", color=colour,
                 edgecolor="white", linewidth=0.6, label=word(f"legend.seasons.{series}", lang),
                 zorder=2)  # fmt: skip
        if series == "all":
            middle = np.sqrt(mine["from"] * mine["to"])
            off = np.abs(mine[["low", "high"]].to_numpy().T - mine["value"].to_numpy())
            axes.errorbar(middle, mine["value"], yerr=off, fmt="none", ecolor=INK, elinewidth=0.8,
                          zorder=3)  # fmt: skip
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter(FuncFormatter(lambda ha, _: f"{ha:,g}"))
    axes.set_xlabel(word("axis.seasons.size", lang))
    axes.set_ylabel(word("axis.seasons.fires", lang))
    limit = limit_of(found)
    if limit is not None:
        ha = limit * found.sums.forest_ha / 1000.0 / found.scenario.p("season.damaged_share")
        axes.axvline(ha, color=INK, linewidth=1.4, zorder=4)
        text = word("legend.seasons.limit_ha", lang, limit=number(limit), ha=number(ha))
        axes.text(ha, axes.get_ylim()[1], f" {text}", size=7.5, va="top", color=INK)
    axes.legend(loc="upper left", fontsize=8)


def _years(axes: Axes, table: pd.DataFrame, found: Finished, lang: str) -> None:
    from matplotlib.ticker import FuncFormatter

    part = table[table["panel"] == "years"]
    at = np.maximum(part["from"].to_numpy(dtype=float), 1e-5)
    axes.fill_between(at, part["low"], part["high"], color=SKY, alpha=0.4, linewidth=0, step="pre")
    axes.step(at, part["value"], color=BLUE, linewidth=1.8, where="pre",
              label=word("legend.seasons.years", lang))  # fmt: skip
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter(FuncFormatter(lambda rate, _: f"{rate:g}"))
    axes.set_xlabel(word("axis.seasons.rate", lang))
    axes.set_ylabel(word("axis.seasons.years", lang))
    percents(axes)
    mean = next(m.found for m in found.measures if m.measure.name == RATE)
    axes.axvline(mean.estimate, color=GREY, linewidth=1.2, linestyle="--",
                 label=word("legend.seasons.mean", lang, rate=number(mean.estimate)))  # fmt: skip
    if (limit := limit_of(found)) is not None:
        axes.axvspan(axes.get_xlim()[0], limit, color=GOOD_SIDE, linewidth=0, zorder=0)
        axes.axvline(limit, color=INK, linewidth=1.4,
                     label=word("legend.seasons.limit", lang, limit=number(limit)))  # fmt: skip
    axes.legend(loc="upper right", fontsize=8)


def limit_of(found: Finished) -> float | None:
    """The plan's limit on the damage of a year, permille; None where it has none."""
    limits = [t.limit for t in found.scenario.plan.targets if t.measure == RATE]
    return limits[0] if limits else None
