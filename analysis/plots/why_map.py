"""Where late cases wait, and for what: a dot a place, coloured by its most frequent link."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from anlan.analysis.chains.targets import counted
from anlan.analysis.plots.ground import ground_caption
from anlan.analysis.plots.maps import base, draw_scale, haloed, height_in, note, window_of_district
from anlan.analysis.plots.picture import Drawn
from anlan.analysis.plots.style import GREY, INK, canvas, runs_caption
from anlan.analysis.plots.why import failed, fill, key, key_in, leading
from anlan.analysis.results.folder import Results
from anlan.analysis.text.layout import wrap
from anlan.analysis.text.numbers import number, percent
from anlan.analysis.words import word
from anlan.analysis.words.names import name_of, said

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from anlan.analysis.explain.explanation import Explanation
    from anlan.sim.scenario.schema import Scenario, Target

WIDTH, COLUMNS, HEAD_IN = 10.2, 3, 0.6
LARGEST_PT2, SMALLEST_PT2 = 420.0, 14.0  # areas of dots
HEAD_COLUMNS = 44
LEAST = 0.02  # share of late cases: rarer links are not in the key
NAMED = 1  # places of a panel that have their names


def draw(results: Results, lang: str) -> Drawn:
    """A map a failed target; the size of a dot is how many late cases a run has there."""
    found, scenario = failed(results), results.scenario
    table = found.places[found.places["part"] != ""].rename(columns={"part": "place"})
    at = {c.community: (c.lon, c.lat) for c in scenario.communities}
    table = table.assign(
        lon=[at[p][0] for p in table["place"]], lat=[at[p][1] for p in table["place"]]
    )
    targets = [t for t in found.targets if t.id in set(table["target"])]
    across = min(COLUMNS, len(targets))
    down = math.ceil(len(targets) / across)
    window = window_of_district(scenario)
    tall = height_in(scenario, window, WIDTH / across) + HEAD_IN
    caption = word("caption.why_map", lang) + ground_caption(scenario, lang)
    caption += runs_caption(results, lang, "")
    often = _often(table)
    below_in = key_in(often)
    figure = canvas(WIDTH, down * tall + below_in, _title(found, table, scenario, lang), caption)
    halves: Any = figure.subfigures(2, 1, height_ratios=[down * tall, below_in])
    panels = halves[0].subplots(down, across, squeeze=False).ravel()
    for axes, target in zip(panels, targets, strict=False):
        base(axes, scenario, window)
        _dots(axes, target, table[table["target"] == target.id], scenario, lang)
    for axes in panels[len(targets) :]:
        axes.set_axis_off()
    draw_scale(panels[0], scenario, window, lang)
    note(panels[0], lang)
    key(halves[1].add_subplot(), often, lang)
    return Drawn(figure, table)


def _often(table: pd.DataFrame) -> list[str]:
    """The links that bind most late cases of some places, those of hardly any left out."""
    share = table.groupby("link")["share"].sum()
    return [str(link) for link in share[share >= LEAST].index]


def _title(found: Explanation, table: pd.DataFrame, scenario: Scenario, lang: str) -> str:
    """The town with most late cases of the target that has most, and what they wait for there."""
    chosen = str(leading(found)["target"])
    of = {t.id: said(t.text, lang) for t in found.targets}[chosen]
    first = table[table["target"] == chosen]
    town_of = {c.community: c.town for c in scenario.communities}
    names = {t.town: name_of(t, lang) for t in scenario.towns}
    towns = first.groupby(first["place"].map(town_of))["cases"].sum()
    worst = str(towns.idxmax())
    there = first[first["place"].map(town_of) == worst]
    link = str(there.groupby("link")["cases"].sum().idxmax())
    return word("title.why_map", lang, town=names[worst], link=word(f"link.{link}", lang),
                target=of, share=percent(float(towns.max() / towns.sum())))  # fmt: skip


def _dots(axes: Axes, target: Target, rows: pd.DataFrame, scenario: Scenario, lang: str) -> None:
    most = float(rows["cases"].max())
    size = np.maximum(rows["cases"] / most * LARGEST_PT2, SMALLEST_PT2)
    for link in rows["link"].unique():
        some = rows["link"] == link
        axes.scatter(rows["lon"][some], rows["lat"][some], s=size[some], alpha=0.85, zorder=6,
                     **fill(link))  # fmt: skip
    names = {c.community: name_of(c, lang) for c in scenario.communities}
    for row in rows.head(NAMED).to_dict("records"):
        haloed(axes, row["lon"], row["lat"], names[row["place"]], INK, 7.5, "center", "bottom",
               up_pt=8.0)  # fmt: skip
    text = word("why.panel_map", lang, target=said(target.text, lang),
                cases=word(f"case.{counted(target)}", lang), n=number(most))  # fmt: skip
    axes.set_title("\n".join(wrap(text, HEAD_COLUMNS)), size=8.5, color=INK)
    for spine in axes.spines.values():
        spine.set_color(GREY)
