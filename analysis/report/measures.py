"""The table of measures: those that had something to judge, with medians where means mislead."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from anlan.analysis.measures.facts import Floats
from anlan.analysis.measures.measure import WORST, Measure
from anlan.analysis.measures.registry import MEASURES
from anlan.analysis.results.folder import Results
from anlan.analysis.statistics.intervals import mean_interval, within_range
from anlan.analysis.text.numbers import amount, number, percent
from anlan.analysis.verdict.verdict import Verdict
from anlan.analysis.words import trait, word

# A mean whose 95 % interval is wider than this share of the mean itself says little of a usual
# run: the median stands beside it. The report says so in `report.measures.text`.
WIDE = 0.5


def shown_measures(results: Results, lang: str) -> dict[str, Any]:
    """Rows of measures that tell something; what was nought in every run; how many had nothing.

    Nought where more is better is no good news, and keeps its row.
    """
    rows: list[dict[str, str]] = []
    nought: list[str] = []
    nothing = 0
    for measure, values in kept_measures(results):
        if np.isnan(values).all():
            nothing += 1
        elif not np.nan_to_num(values).any() and measure.better != "higher":
            nought.append(measure.label(lang))
        else:
            rows.append(_row(results, measure, values, lang))
    names = trait("between_names", lang).join(nought)
    return {
        "rows": rows,
        "zero": word("report.measures.zero", lang, names=names) if nought else "",
        "none": word("report.measures.none", lang, n=nothing) if nothing else "",
    }


def kept_measures(results: Results) -> Iterator[tuple[Measure, Floats]]:
    """The measures of the district that were kept, with their values run by run."""
    for measure in MEASURES.values():
        if not measure.name.endswith(WORST) and results.has_measure(measure.name):
            yield measure, _values(results, measure.name)


def median_of_target(results: Results, verdict: Verdict, lang: str) -> str:
    """The median beside the estimate of a target that is judged by a mean of wide interval."""
    by_mean = verdict.statistic.startswith("mean")
    if not by_mean or verdict.runs == 0 or not results.has_measure(verdict.measure):
        return ""
    return median_beside(_values(results, verdict.measure), verdict.unit, lang)


def median_beside(values: Floats, unit: str, lang: str) -> str:
    """The median in words, where the interval of the mean is wide by the rule of `WIDE`."""
    known = values[~np.isnan(values)]
    found = mean_interval(known)
    if not math.isfinite(found.low):
        return ""
    if found.high - found.low <= WIDE * abs(float(known.mean())):
        return ""
    return word("report.median", lang, value=amount(float(np.median(known)), unit, lang))


def worst_town_mean(results: Results, measure: Measure) -> float:
    """The mean over the runs of the worst town's value; NaN where there is no such measure."""
    name = measure.name + WORST
    if name not in MEASURES or not results.has_measure(name):
        return math.nan
    return mean_of(_values(results, name))


def mean_of(values: Floats) -> float:
    """The mean of what could be judged; NaN of nothing."""
    return float(np.nanmean(values)) if (~np.isnan(values)).any() else math.nan


def interval_ends(values: Floats, unit: str) -> tuple[float, float]:
    """The 95 % interval of the mean, not beyond what such values can be."""
    found = mean_interval(values)
    if not math.isfinite(found.low):
        return math.nan, math.nan
    cut = within_range(found, unit, values[~np.isnan(values)])
    return cut.low, cut.high


def _row(results: Results, measure: Measure, values: Floats, lang: str) -> dict[str, str]:
    unit, worst = measure.unit, worst_town_mean(results, measure)
    low, high = np.nanquantile(values, [0.05, 0.95])
    return {
        "name": measure.name,
        "label": measure.label(lang),
        "definition": measure.definition(lang),
        "mean": amount(mean_of(values), unit, lang),
        "median": median_beside(values, unit, lang),
        "interval": _interval(values, unit),
        "range": " – ".join(amount(end, unit, lang, short=True) for end in (low, high)),
        "worst": "" if math.isnan(worst) else amount(worst, unit, lang),
        "judged": str(int((~np.isnan(values)).sum())),
    }


def _interval(values: Floats, unit: str) -> str:
    low, high = interval_ends(values, unit)
    if math.isnan(low):
        return "–"
    told = percent if unit == "share" else number
    return f"{told(low)} – {told(high)}"


def _values(results: Results, name: str) -> Floats:
    return results.measure(name)[name].to_numpy(dtype=float)
