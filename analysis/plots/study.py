"""The pictures of a study of several variants, for each target of the plan that runs judge."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from anlan.analysis.compare.differences import one_at_a_time
from anlan.analysis.plots import study_intervals, study_response, study_tornado
from anlan.analysis.plots.picture import Drawn, Picture
from anlan.analysis.results.folder import Results
from anlan.analysis.study.naming import factor_labels, variant_names, what_label
from anlan.analysis.verdict.target import on_share_of_runs
from anlan.sim.scenario.schema import Target

if TYPE_CHECKING:
    import pandas as pd

MOST_TARGETS = 12


def study_pictures(results: Results, lang: str) -> list[Picture]:
    """Intervals by variant, sensitivities, the response to two factors."""
    labels = factor_labels(results.scenario, tuple(results.factors), lang)
    study = results.study
    numbers = [f.name for f in study.factors if f.values is None or _all_numbers(f.values)]
    design = study.design
    found: list[Picture] = []
    for target in results.judged()[:MOST_TARGETS]:
        about = what_label(target, lang)
        draws = {"study_intervals": partial(_intervals, results, target, lang)}
        if design and design.kind in ("sobol", "morris") and design.indices:
            draws["study_tornado"] = partial(_tornado, results, target, lang, labels)
        if _alone(results):
            draws["study_swings"] = partial(_swings, results, target, lang, labels)
        if len(numbers) == len(results.factors) == 2 and design and design.kind != "morris":
            draws["study_response"] = partial(_surface, results, target, lang, labels)
        found += [Picture(f"{key}-{target.id}", key, about, draw) for key, draw in draws.items()]
    return found


def _alone(results: Results) -> bool:
    """Whether there may be variants that differ in one factor of several, under the same chance."""
    design = results.study.design
    chosen = design is not None and design.kind in ("grid", "table")
    return chosen and len(results.factors) > 1 and results.study.common_random_numbers


def _all_numbers(values: tuple[float | str, ...]) -> bool:
    return all(not isinstance(v, str) for v in values)


def _intervals(results: Results, target: Target, lang: str) -> Drawn:
    named = variant_names(results.variants, results.factors)
    return study_intervals.draw(_outcomes(results, target), target, lang, named)


def _outcomes(results: Results, target: Target) -> pd.DataFrame:
    """The study's own verdicts of a target, in the columns of `outcomes.outcomes`."""
    rows = results.targets[results.targets["id"] == target.id].copy()
    rows["runs"] = rows["applicable_runs"]
    return rows[["variant", "estimate", "low", "high", "runs", "verdict"]]


def _tornado(results: Results, target: Target, lang: str, labels: dict[str, str]) -> Drawn:
    table, value = results.indices(target)
    runs = results.measure(target.measure).groupby("variant").size()
    return study_tornado.draw(table, runs, target, lang, value, labels)


def _swings(results: Results, target: Target, lang: str, labels: dict[str, str]) -> Drawn:
    """What each factor does alone, from the first variant."""
    measures = results.measure(target.measure)
    what = target if on_share_of_runs(target) else target.measure
    table = one_at_a_time(measures, results.variants, 0, what)
    runs = measures.groupby("variant").size()
    return study_tornado.draw_swings(table, runs, target, lang, labels)


def _surface(results: Results, target: Target, lang: str, labels: dict[str, str]) -> Drawn:
    pair = results.factors[0], results.factors[1]
    measures = results.measure(target.measure)
    return study_response.draw(measures, results.variants, pair, target, lang, labels)
