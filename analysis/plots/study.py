"""The pictures of a study, for each target of the plan that runs judge."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from anlan.analysis.study.data import StudyData
from anlan.analysis.study.naming import factor_labels
from anlan.sim.scenario.errors import BadInput
from anlan.sim.scenario.schema import Target

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

MOST_TARGETS = 12


def draw_study(data: StudyData, folder: Path, lang: str) -> list[Path]:
    """Intervals by variant, the response to two factors, sensitivities; PNG and SVG."""
    from anlan.analysis.plots.style import save, styled

    written: list[Path] = []
    with styled():
        for name, draw in _pictures(data, lang):
            try:
                figure = draw()
            except BadInput:  # nothing to draw: no run was judged, or all outcomes are equal
                continue
            written += save(figure, folder, name)
    return written


def _pictures(data: StudyData, lang: str) -> Iterator[tuple[str, Callable[[], Figure]]]:
    from anlan.analysis.plots import study_intervals, study_response

    study = data.study
    labels = factor_labels(data.scenario, tuple(data.factors), lang)
    kind = study.design.kind if study.design else None
    numbers = [f.name for f in study.factors if f.values is None or _all_numbers(f.values)]
    for target in data.judged()[:MOST_TARGETS]:
        intervals = partial(study_intervals.draw, _outcomes(data, target), target, lang)
        yield f"study_intervals-{target.id}", partial(intervals, _variants(data, lang))
        if kind in ("sobol", "morris") and study.design and study.design.indices:
            yield f"study_tornado-{target.id}", partial(_tornado, data, target, lang, labels)
        if len(numbers) == len(data.factors) == 2 and kind != "morris":
            surface = partial(study_response.draw, data.measures, data.variants)
            pair = (numbers[0], numbers[1])
            yield f"study_response-{target.id}", partial(surface, pair, target, lang, labels)


def _all_numbers(values: tuple[float | str, ...]) -> bool:
    return all(not isinstance(v, str) for v in values)


def _outcomes(data: StudyData, target: Target) -> pd.DataFrame:
    """The study's own verdicts of a target, in the columns of `outcomes.outcomes`."""
    rows = data.targets[data.targets["id"] == target.id].copy()
    rows["runs"] = rows["applicable_runs"]
    return rows[["variant", "estimate", "low", "high", "runs", "verdict"]]


def _variants(data: StudyData, lang: str) -> dict[str, str]:
    """What a variant is called: what it sets."""
    if not data.factors:
        return {}
    found = {}
    for row in data.variants.to_dict("records"):
        said = [
            f"{str(k).rpartition('.')[2]} {v if isinstance(v, str) else format(v, ',.6g')}"
            for k, v in row.items()
            if k != "variant"
        ]
        found[str(row["variant"])] = " · ".join(said)
    return found


def _tornado(data: StudyData, target: Target, lang: str, labels: dict[str, str]) -> Figure:
    from anlan.analysis.plots import study_tornado

    table, value = data.indices(target)
    runs = data.measures.groupby("variant").size()
    return study_tornado.draw(table, runs, target, lang, value, labels)
