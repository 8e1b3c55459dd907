"""The sections about the runs of one variant: verdicts, what broke, measures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from anlan.analysis.report.measures import median_of_target, shown_measures
from anlan.analysis.report.places import shown_places
from anlan.analysis.report.reached import reached
from anlan.analysis.report.unreached import shown_unreached
from anlan.analysis.report.why import why
from anlan.analysis.results.first_breaks import FirstBreak, first_breaks
from anlan.analysis.results.folder import Results
from anlan.analysis.statistics.intervals import rule_of_three
from anlan.analysis.study.naming import what_label
from anlan.analysis.text.dates import moment
from anlan.analysis.text.numbers import percent
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


def sections(results: Results, pictures: Sequence[dict[str, str]], lang: str) -> dict[str, Any]:
    """What the template asks for; `pictures` are all of the page's."""
    scenario, verdicts = results.scenario, results.verdicts
    places = shown_places(results, lang)
    unreached = shown_unreached(results, lang)
    because = why(results, pictures, lang)
    has = {
        "why": because["there"],
        "breaks": results.has("breaks"),
        "places": bool(places["rows"]),
        "unreached": bool(unreached["rows"]),
    }
    return {
        "name": said(scenario.settings.name, lang),
        "summary": said(scenario.settings.summary, lang),
        "question": question(scenario, lang),
        "answer": answer(results, lang),
        "reached": reached(results, lang),
        "failed": [v.text(lang) for v in verdicts if v.verdict == "not met"],
        "verdicts": list(_verdict_rows(results, lang)),
        "why": because,
        "outcomes": [],
        "targets": [],
        "breaks": [_break_row(b, lang) for b in first_breaks(results, lang)],
        "measures": shown_measures(results, lang),
        "places": places,
        "unreached": unreached,
        "chance": percent(rule_of_three(results.run_count)),
        "without": tuple(name for name, there in has.items() if not there),
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
            "id": v.id,
            "text": text,
            "rule": rule,
            "measure": what_label(v.measure, lang) if v.measure else "",
            "estimate": estimate,
            "median": median_of_target(results, v, lang),
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
