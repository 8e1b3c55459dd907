"""The sections about the runs of one variant: verdicts, what broke, measures."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from anlan.analysis.measures.facts import Floats
from anlan.analysis.measures.measure import WORST, Measure
from anlan.analysis.measures.registry import MEASURES
from anlan.analysis.report.reached import reached
from anlan.analysis.results.first_breaks import FirstBreak, first_breaks
from anlan.analysis.results.folder import Results
from anlan.analysis.statistics.intervals import mean_interval, rule_of_three
from anlan.analysis.study.naming import what_label
from anlan.analysis.text.dates import moment
from anlan.analysis.text.numbers import amount, number, percent
from anlan.analysis.words import word
from anlan.analysis.words.names import name_of, said
from anlan.analysis.words.sources import source_text
from anlan.sim import chosen_track
from anlan.sim.scenario.schema import Scenario

BREAK_PLACE = {
    "most": "break.place",
    "first": "break.place_first",
    "example": "break.place_example",
}


def sections(results: Results, lang: str) -> dict[str, Any]:
    """What the template asks for."""
    scenario, verdicts = results.scenario, results.verdicts
    return {
        "name": said(scenario.settings.name, lang),
        "summary": said(scenario.settings.summary, lang),
        "question": question(scenario, lang),
        "answer": answer(results, lang),
        "reached": reached(results, lang),
        "failed": [v.text(lang) for v in verdicts if v.verdict == "not met"],
        "verdicts": list(_verdict_rows(results, lang)),
        "outcomes": [],
        "targets": [],
        "breaks": [_break_row(b, lang) for b in first_breaks(results, lang)],
        "measures": list(_measure_rows(results, lang)),
        "chance": percent(rule_of_three(results.run_count)),
        "without": () if results.has("breaks") else ("breaks",),
    }


def question(scenario: Scenario, lang: str) -> str:
    """What is asked, of which storm or weather."""
    plan, district = said(scenario.plan.title, lang), said(scenario.settings.district, lang)
    track = chosen_track(scenario)
    if not track:
        name = said(scenario.settings.name, lang)
        return word("report.question_weather", lang, plan=plan, district=district, scenario=name)
    storm = name_of(track[0], lang)
    return word("report.question", lang, plan=plan, district=district, storm=storm)


def answer(results: Results, lang: str) -> str:
    """How many targets are judged, and how many of them met."""
    judged = results.verdicts.headline(lang)
    return word("report.answer", lang, runs=results.run_count, judged=judged)


def _verdict_rows(results: Results, lang: str) -> Iterator[dict[str, str]]:
    for v in results.verdicts:
        text, rule, estimate, interval, runs, verdict = v.row(lang)
        yield {
            "text": text,
            "rule": rule,
            "measure": what_label(v.measure, lang) if v.measure else "",
            "estimate": estimate,
            "interval": interval,
            "confidence": percent(v.confidence),
            "runs": runs,
            "verdict": verdict,
            "state": v.verdict.replace(" ", "-"),
            "note": v.note(lang),
            "hinge": word("verdict.hinge", lang) if v.hinge else "",
            "source": source_text(v.source, lang),
        }


def _break_row(first: FirstBreak, lang: str) -> dict[str, str]:
    share = percent(first.place_share)
    return {
        "what": word(f"break.{first.kind}", lang, item=first.item),
        "share": percent(first.share_of_runs),
        "when": moment(first.middle, lang),
        "range": f"{moment(first.early, lang)} – {moment(first.late, lang)}",
        "place": word(BREAK_PLACE[first.standing], lang, place=first.place, share=share),
    }


def _measure_rows(results: Results, lang: str) -> Iterator[dict[str, str]]:
    """One row a measure; its worst town beside it."""
    for measure in MEASURES.values():
        if measure.name.endswith(WORST) or not results.has_measure(measure.name):
            continue
        values = _values(results, measure)
        yield {
            "name": measure.name,
            "label": measure.label(lang),
            "definition": measure.definition(lang),
            "mean": amount(_mean(values), measure.unit, lang),
            "interval": _interval(values, measure),
            "range": _range(values, measure, lang),
            "worst": _worst(results, measure, lang),
            "judged": str(int((~np.isnan(values)).sum())),
        }


def _values(results: Results, measure: Measure) -> Floats:
    return results.measure(measure.name)[measure.name].to_numpy(dtype=float)


def _mean(values: Floats) -> float:
    return float(np.nanmean(values)) if (~np.isnan(values)).any() else math.nan


def _interval(values: Floats, measure: Measure) -> str:
    found = mean_interval(values)
    if not math.isfinite(found.low):
        return "–"
    low, high = found.low, found.high
    if np.nanmin(values) >= 0:
        low = max(low, 0.0)
    if measure.unit != "share":
        return f"{number(low)} – {number(high)}"
    if np.nanmax(values) <= 1.0:
        high = min(high, 1.0)
    return f"{percent(low)} – {percent(high)}"


def _range(values: Floats, measure: Measure, lang: str) -> str:
    if np.isnan(values).all():
        return "–"
    low, high = np.nanquantile(values, [0.05, 0.95])
    ends = (amount(end, measure.unit, lang, short=True) for end in (low, high))
    return " – ".join(ends)


def _worst(results: Results, measure: Measure, lang: str) -> str:
    worst = MEASURES.get(measure.name + WORST)
    if worst is None or not results.has_measure(worst.name):
        return ""
    return amount(_mean(_values(results, worst)), worst.unit, lang)
