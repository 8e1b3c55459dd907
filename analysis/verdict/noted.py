"""What stands beside a verdict, in every language: what decides it, and why it is not judged."""

from __future__ import annotations

import math
from collections.abc import Mapping

from anlan.analysis.measures.measure import Measure
from anlan.analysis.measures.structural import Structural
from anlan.analysis.text.numbers import amount, number, percent
from anlan.analysis.verdict.assumed import Assumed
from anlan.analysis.verdict.hinge import Hinge
from anlan.analysis.verdict.target import Outcome
from anlan.analysis.words import LANGS, in_every_language, trait, word
from anlan.analysis.words.names import said
from anlan.sim.scenario.schema import Scenario, Target

Notes = Mapping[str, str]  # language -> text
DIGITS = 3  # of a parameter's value at which a verdict turns


def joined(*notes: Notes) -> Notes:
    """Several notes as one."""
    return {
        lang: trait("between_sentences", lang).join(n[lang] for n in notes if n) for lang in LANGS
    }


def nothing_note(measure: Structural | Measure, runs: int) -> Notes:
    """Why there is nothing to judge: the measure, and that no run has what it is worked out of."""
    key = "note.nothing_in_runs" if runs else "note.nothing_in_data"
    return {
        lang: word(
            key, lang, runs=runs, measure=measure.label(lang), definition=measure.definition(lang)
        )
        for lang in LANGS
    }


def untested_note(runs: int) -> Notes:
    """Why a count of none says nothing: in no run was there anybody it could have counted."""
    return in_every_language("note.untested", runs=runs)


def assumed_note(
    rests: Assumed, outcome: Outcome, value: float, target: Target, unit: str
) -> Notes:
    """Which rows are assumptions, and what would come out if they were so."""
    key = "all" if rests.rows == rests.of else "some"
    key = "list" if rests.of_list else key
    return {
        lang: word(
            f"note.assumed_{key}",
            lang,
            rows=f"{rests.rows:,}",
            of=f"{rests.of:,}",
            files=trait("between_names", lang).join(rests.files),
            value=amount(value, unit, lang),
            limit=amount(target.limit, unit, lang),
            outcome=word(f"verdict.{outcome}", lang),
        )
        for lang in LANGS
    }


def hinge_note(hinge: Hinge, scenario: Scenario, unit: str) -> Notes:
    """The one assumed number that alone decides, and where the verdict turns."""
    row = scenario.parameters.get(hinge.what)
    if row is None or math.isnan(hinge.best):
        table, _, columns = hinge.what.partition(".")
        return {
            lang: word("note.hinge_size", lang, columns=columns.replace("+", ", "),
                       file=f"{table}.csv", times=_plain(hinge.turns_at))
            for lang in LANGS
        }  # fmt: skip
    best = percent if unit == "share" else number
    return {
        lang: word("note.hinge_parameter", lang, name=hinge.what, what=said(row, lang),
                   value=_plain(hinge.value), best=best(hinge.best),
                   at=_plain(hinge.turns_at))
        for lang in LANGS
    }  # fmt: skip


def _plain(value: float) -> str:
    return format(value, f".{DIGITS}g")
