"""The sections about a study of several variants: which of them meet which target."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from anlan.analysis.measures.registry import MEASURES
from anlan.analysis.results.folder import Results
from anlan.analysis.study.naming import factor_labels, what_unit
from anlan.analysis.text.numbers import ends_text
from anlan.analysis.verdict.target import counted
from anlan.analysis.words import trait, word
from anlan.analysis.words.names import said
from anlan.analysis.words.sources import source_text


def sections(results: Results, lang: str) -> dict[str, Any]:
    """What the template asks for."""
    scenario, study = results.scenario, results.study
    judged = results.manifest["targets_judged"]
    labels = factor_labels(scenario, tuple(results.factors), lang).values()
    return {
        "name": trait("colon", lang).join((said(scenario.settings.name, lang), study.id)),
        "summary": said(scenario.settings.summary, lang),
        "question": said(study.question, lang),
        "reached": "",  # its variants may have storms of their own
        "answer": trait("between_sentences", lang).join(
            (
                word(
                    "report.answer_study",
                    lang,
                    variants=f"{len(results.variants):,}",
                    runs=f"{results.run_count:,}",
                    factors=trait("between_names", lang).join(labels),
                ),
                word("verdicts.judged_study", lang, n=judged[0], m=judged[1]),
            )
        ),
        "failed": [],
        "verdicts": [],
        "targets": list(target_rows(results, lang)),
        "outcomes": list(outcome_rows(results, lang)),
        "why": {},
        "breaks": [],
        "measures": None,
        "places": None,
        "unreached": None,
        "without": ("why", "breaks", "measures", "places", "unreached"),
    }


def target_rows(results: Results, lang: str) -> Iterator[dict[str, Any]]:
    """A row a target that runs judge: its results over the variants, how many are met or not."""
    for target in results.judged():
        rows = results.targets[results.targets["id"] == target.id]
        low, high = rows["estimate"].min(), rows["estimate"].max()
        yield {
            "text": said(target.text, lang),
            "source": source_text(target.source, lang),
            "range": ends_text(low, high, what_unit(target), lang),
            "counts": counted(rows["verdict"].to_list()),
        }


def outcome_rows(results: Results, lang: str) -> Iterator[dict[str, str]]:
    """A row a measure that the study names as an outcome: its means over the variants, and the
    outermost ends of their intervals.
    """
    for name, rows in results.outcomes.groupby("measure", sort=False):
        measure = MEASURES[str(name)]
        yield {
            "label": measure.label(lang),
            "definition": measure.definition(lang),
            "range": ends_text(rows["estimate"].min(), rows["estimate"].max(), measure.unit, lang),
            "ends": ends_text(rows["low"].min(), rows["high"].max(), measure.unit, lang),
        }
