"""People at risk, warned, moved, under another roof, relieved: the district and its worst town."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from anlan.analysis.measures.measure import WORST
from anlan.analysis.plots.picture import Drawn
from anlan.analysis.plots.style import (
    BLUE,
    INK,
    ORANGE,
    PALE,
    VERMILION,
    canvas,
    empty,
    runs_caption,
    spread,
)
from anlan.analysis.results.folder import Results
from anlan.analysis.text.layout import wrap
from anlan.analysis.text.numbers import number, percent
from anlan.analysis.words import word
from anlan.analysis.words.names import name_of

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

# step -> its measure, and in the table `places` those helped and those who ought to be
STEPS = {
    "warned": ("warning.in_time_share", "warned_persons", "untenable_persons"),
    "left": ("evacuation.left_share", "left_persons", "untenable_persons"),
    "housed": ("evacuation.arrived_share", "housed_persons", "untenable_persons"),
    "relieved": ("relief.within_10h_share", "relieved_10h_persons", "in_need_persons"),
}
WHO = {"district": BLUE, "worst_town": ORANGE}
LABEL_COLUMNS = 22
COLUMNS = ("step", "who", "measure", "mean", "low", "high", "unit", "runs", "persons_at_risk",
           "town")  # fmt: skip
NEEDLESS = "evacuation.needless_persons"


def draw(results: Results, lang: str) -> Drawn:
    """Two bars a step over a grey one that is everybody; what is grey was not helped."""
    table = numbers(results)
    caption = _caption(table, lang) + runs_caption(results, lang, "caption.mean_lines")
    if not len(table):
        return empty(title(table, lang), caption, lang, table)
    steps = list(dict.fromkeys(table[table["step"].isin(list(STEPS))]["step"]))
    figure = canvas(9.6, 0.5 + 0.95 * len(steps), title(table, lang), caption)
    axes = figure.add_subplot()
    names = {t.town: name_of(t, lang) for t in results.scenario.towns}
    for y, step in enumerate(steps):
        for k, who in enumerate(WHO):
            rows = table[(table["step"] == step) & (table["who"] == who)]
            if len(rows):
                _bar(axes, y + 0.36 * (k - 0.5), rows.iloc[0], names, lang)
        _limits(axes, results, STEPS[step][0], y, lang)
    labels = ["\n".join(wrap(word(f"helped.{s}", lang), LABEL_COLUMNS)) for s in steps]
    axes.set_yticks(range(len(steps)), labels, size=9.5, color=INK)
    axes.set(ylim=(len(steps) - 0.45, -0.55), xlim=(0, 1))
    axes.set_xlabel(word("axis.helped", lang))
    axes.xaxis.set_major_formatter(lambda share, _: f"{100 * share:.0f}%")
    axes.tick_params(axis="y", length=0)
    axes.grid(False, axis="y")
    return Drawn(figure, table)


def numbers(results: Results) -> pd.DataFrame:
    """A row a step, of the district and of each run's worst town: means over the runs.

    `persons_at_risk`: mean of the district. `town`: the worst in most runs. One row more is
    of those who left a home that never was at risk.
    """
    import pandas as pd

    rows = []
    for step, (measure, helped, at_risk) in STEPS.items():
        persons = _persons(results, at_risk)
        for who in WHO:
            name = measure + (WORST if who == "worst_town" else "")
            values = _values(results, name)
            if not len(values):
                continue
            town = _worst_town(results, helped, at_risk) if who == "worst_town" else ""
            of_all = persons if who == "district" else np.nan
            rows.append((step, who, name, float(values.mean()), *spread(values), "share",
                         len(values), of_all, town))  # fmt: skip
    needless = _values(results, NEEDLESS)
    if rows and len(needless):
        rows.append(("needless", "district", NEEDLESS, float(needless.mean()), *spread(needless),
                     "person", len(needless), np.nan, ""))  # fmt: skip
    return pd.DataFrame(rows, columns=list(COLUMNS))


def title(table: pd.DataFrame, lang: str) -> str:
    """The share at each step that anybody could be helped at, one after the other."""
    mine = table[(table["who"] == "district") & table["step"].isin(list(STEPS))]
    if not len(mine):
        return word("title.helped_none", lang)
    said = [
        word(f"title.helped_{step}", lang, share=percent(float(mean)))
        for step, mean in zip(mine["step"], mine["mean"], strict=True)
    ]
    return word("title.helped", lang, shares=word("title.helped_between", lang).join(said))


def _caption(table: pd.DataFrame, lang: str) -> str:
    said = word("caption.helped", lang)
    for mean in table[table["step"] == "needless"]["mean"]:
        said += word("caption.helped_needless", lang, n=number(float(mean)))
    if len(table):
        judged = table[table["step"] != "needless"]["runs"]
        said += word("caption.helped_runs", lang, runs=int(judged.max()))
    return said


def _values(results: Results, name: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """The runs' values of a measure that have something to judge."""
    if not results.has_measure(name):
        return np.empty(0)
    return results.measure(name)[name].dropna().to_numpy(dtype=float)


def _persons(results: Results, at_risk: str) -> float:
    """How many are at risk in a run, on average over all runs."""
    rows = results.table("places", (at_risk,))
    return float(rows[at_risk].sum()) / max(results.run_count, 1)


def _worst_town(results: Results, helped: str, at_risk: str) -> str:
    """The town that is the worst in most runs; of equals the first of the scenario."""
    town_of = {c.community: c.town for c in results.scenario.communities}
    rows = results.table("places", ("community", at_risk, helped))
    towns = [t.town for t in results.scenario.towns]
    sums = rows.groupby(["run", rows["community"].map(town_of)])[[at_risk, helped]].sum()
    share = (sums[helped] / sums[at_risk].where(sums[at_risk] > 0)).unstack()
    share = share.reindex(columns=towns).dropna(how="all")
    return str(share.idxmin(axis=1).value_counts(sort=False).reindex(towns).idxmax())


def _bar(axes: Axes, y: float, row: pd.Series[Any], names: dict[str, str], lang: str) -> None:
    colour = WHO[str(row["who"])]
    axes.barh(y, 1.0, height=0.32, color=PALE, linewidth=0, zorder=1)
    axes.barh(y, row["mean"], height=0.32, color=colour, linewidth=0, zorder=2)
    axes.plot([row["low"], row["high"]], [y, y], color=INK, linewidth=1.3, zorder=3)
    axes.plot([row["low"], row["high"]], [y, y], "|", color=INK, markersize=6, zorder=3)
    share = percent(float(row["mean"]))
    if row["who"] == "district":
        text = word("helped.district", lang, share=share,
                    n=number(float(row["persons_at_risk"])))  # fmt: skip
    else:
        text = word("helped.worst_town", lang, share=share,
                    town=names.get(str(row["town"]), str(row["town"])))  # fmt: skip
    axes.text(1.015, y, text, size=8.5, va="center", color=INK, clip_on=False)


def _limits(axes: Axes, results: Results, measure: str, y: float, lang: str) -> None:
    """What the plan asks of the district or of every town, over their bars."""
    for v in results.verdicts:
        if v.measure.removesuffix(WORST) != measure or v.unit != "share":
            continue
        at = y + (0.18 if v.measure.endswith(WORST) else -0.18)
        axes.plot([v.limit] * 2, [at - 0.2, at + 0.2], color=VERMILION, linewidth=2, zorder=4,
                  clip_on=False)  # fmt: skip
        axes.text(v.limit, at - 0.2, word("target_at", lang, text=percent(v.limit)), size=7.5,
                  color=VERMILION, ha="right", va="bottom")  # fmt: skip
