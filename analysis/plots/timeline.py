"""One run from hour to hour: weather, warnings, movement, incidents, outages."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from anlan.analysis.measures.facts import Facts
from anlan.analysis.measures.fires import first_buildings, forest_fires, rows_of
from anlan.analysis.plots.picture import Drawn
from anlan.analysis.plots.style import canvas, date_axis, empty, runs_caption
from anlan.analysis.plots.timeline_fires import building_fires, burnt, crews
from anlan.analysis.plots.timeline_lines import plotted, spans
from anlan.analysis.plots.timeline_panels import incidents, levels, moves, outages, rain, wind
from anlan.analysis.results.folder import Results
from anlan.analysis.results.typical_run import (
    BUILDINGS,
    BURNT,
    DEATHS,
    DEPTH,
    GUST,
    forest_burns,
    typical_by,
    typical_run,
)
from anlan.analysis.text.dates import moment
from anlan.analysis.text.numbers import number, percent
from anlan.analysis.words import word
from anlan.sim import chosen_storm

if TYPE_CHECKING:
    from matplotlib.axes import Axes

CAPTIONS = {  # by the measure in which the run is typical
    BURNT: "caption.timeline_fire",
    BUILDINGS: "caption.timeline_buildings",
    GUST: "caption.timeline",
    DEATHS: "caption.timeline_deaths",
    DEPTH: "caption.timeline_depth",
}
Panel = Callable[["Axes", Results, Facts, str], None]


def draw(results: Results, lang: str) -> Drawn:
    """Panels over one time axis; where fires burn, or no wind blows, only those that have something
    to show.
    """
    import pandas as pd

    run = typical_run(results)
    if run is None:
        return empty(word("title.timeline_none", lang), "", lang, pd.DataFrame())
    facts = Facts(results.scenario, results.ledger(run))
    caption = word(CAPTIONS[typical_by(results)], lang, run=run) + runs_caption(results, lang, "")
    parts = _parts(facts)
    if not parts:
        return empty(_title(results, facts, run, lang), caption, lang, pd.DataFrame())
    heights = [height for _, height in parts]
    tall = 1.3 * sum(heights) + 0.8
    figure = canvas(9.6, tall, _title(results, facts, run, lang), caption)
    panels = figure.subplots(len(parts), 1, sharex=True, height_ratios=heights, squeeze=False)
    for axes, (panel, _) in zip(panels[:, 0], parts, strict=True):
        panel(axes, results, facts, lang)
        date_axis(axes, results, lang)
    for axes in panels[:-1, 0]:
        axes.tick_params(axis="x", labelbottom=False)
    return Drawn(figure, plotted(figure, results, lang))


def _parts(facts: Facts) -> list[tuple[Panel, float]]:
    """The panels of a run and how tall each is against the others."""
    fires = facts.tables["fire"]["kind"]
    blows = facts.hazard("gust_ms")
    storm = bool(chosen_storm(facts.scenario) and blows.any())
    windy = storm or bool((blows >= facts.scenario.p("measure.gale_ms")).any())
    wet = bool(facts.hazard("rain_mm").any() or facts.hazard("depth_m").any())
    out = any(facts.hazard(column).any() for column in ("power_out", "phone_out", "cut_off"))
    told = any(True for kind in ("level", "signal") for _ in spans(facts, kind))
    heard = bool((facts.tables["warning"]["heard_tick"] >= 0).any())
    moved = heard or bool(len(facts.evacuees["persons"]))
    every: list[tuple[Panel, float, bool]] = [
        (wind, 1.25, windy or bool(len(fires))),
        (rain, 1.1, wet),
        (burnt, 1.1, bool(len(facts.tables["fire_front"]["tick"]))),
        (building_fires, 1.2, bool((fires == "building").any())),
        (crews, 1.1, bool((fires == "building").any())),
        (levels, 0.75, told),
        (moves, 1.2, moved),
        (incidents, 1.2, bool(len(facts.rescues["kind"]))),
        (outages, 1.2, out),
    ]
    fire_panels = (burnt, building_fires, crews)
    return [
        (panel, height)
        for panel, height, full in every
        if full or (windy and not len(fires) and panel not in fire_panels)
    ]


def _title(results: Results, facts: Facts, run: int, lang: str) -> str:
    gale = facts.gale_tick[facts.gale_tick < facts.end]
    if not len(gale) and forest_burns(results):
        out = facts.evacuees["persons"]
        arrived = out[facts.evacuees["arrived_tick"] >= 0].sum() / max(out.sum(), 1)
        return word("title.timeline_fire", lang, run=run, n=len(forest_fires(facts)["fire"]),
                    persons=number(float(out.sum())), share=percent(float(arrived)))  # fmt: skip
    first = first_buildings(facts)
    if not len(gale) and len(first["fire"]):
        lit = len(rows_of(facts, "building")["fire"]) - len(first["fire"])
        return word("title.timeline_buildings", lang, run=run, n=len(first["fire"]), lit=lit,
                    mean=number(float(first["wait_min"].mean())))  # fmt: skip
    rescue = facts.rescues
    reached = {"n": f"{rescue['cases'].sum():,}",
               "reached": f"{rescue['cases'][rescue['reached']].sum():,}"}  # fmt: skip
    depth = facts.hazard("depth_m")
    if not len(gale) and depth.any():
        hour = int(depth.max(axis=1).argmax())
        when = moment(
            results.clock(float(facts.hours("hazard_level")[0][hour]) * facts.h_per_tick), lang
        )
        return word("title.timeline_water", lang, when=when, depth=number(float(depth.max())),
                    **reached)  # fmt: skip
    if not len(gale):
        still = len(rescue["kind"]) and not facts.hazard("gust_ms").any()
        return word("title.timeline_incidents" if still else "title.timeline_calm", lang, **reached)
    text = moment(results.clock(float(gale.min()) * facts.h_per_tick), lang)
    return word("title.timeline", lang, when=text, **reached)
