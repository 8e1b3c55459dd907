"""`size.xlsx`: what would be enough, beside the tables of `anlan size`; in every language."""

from __future__ import annotations

from pathlib import Path

from anlan.analysis.exports.sheet import (
    Cell,
    Sheet,
    cell,
    dictionary,
    told_sheet,
    two_columns,
)
from anlan.analysis.exports.shopping_sheet import shopping_sheet
from anlan.analysis.exports.workbook import write_sheets
from anlan.analysis.sizing.tables import Sized, apart_text, headline, rest_text
from anlan.analysis.study.naming import unit_text, what_unit
from anlan.analysis.words import LANGS, trait, word
from anlan.analysis.words.names import said

BOOK = "size.xlsx"
LISTED = ("enough", "open")  # outcomes with a list
FRESH = ("attempt", "scenario", "target", "estimate", "low", "high", "unit", "runs", "state")


def write_size_book(found: Sized) -> Path:
    """Write the workbook into the folder of the answer, whole or not at all."""
    made = [(lang, sheet) for lang in LANGS for sheet in size_sheets(found, lang)]
    return write_sheets(found.folder / BOOK, made)


def size_sheets(found: Sized, lang: str) -> list[Sheet]:
    """The sheets of a language: the answer, the list, fresh runs, dictionary."""
    made = [_answer(found, lang)]
    if found.outcome in LISTED:
        made.append(shopping_sheet(found.shopping.to_dict("records"), lang))
    if len(found.confirmed):
        made.append(_fresh(found, lang))
    return [*made, dictionary(made, lang)]


def _answer(found: Sized, lang: str) -> Sheet:
    """The answer in words, what was asked, and how it is played again."""
    size = found.size
    plans = (
        trait("colon", lang).join((s.id, said(s.settings.name, lang))) for s in size.asked.scenarios
    )
    rows: list[list[Cell]] = [
        [word("book.scenario", lang), trait("semicolon", lang).join(plans)],
        [word("book.answer", lang), headline(found, lang)],
    ]
    notes = (*rest_text(size, lang), *apart_text(size, lang))
    rows += [[word("book.note", lang), line] for line in notes]
    rows += [
        [word("again.runs", lang), float(size.played)],
        [word("again.seed", lang), str(size.asked.seed)],  # too long for a number of Excel's
    ]
    if command := found.command():
        rows.append([word("book.command", lang), command])
    return two_columns(word("book.summary", lang), rows, lang)


def _fresh(found: Sized, lang: str) -> Sheet:
    """A row a target of each attempt to confirm a list with fresh runs."""
    targets = {(s.id, t.id): t for s in found.size.asked.scenarios for t in s.plan.targets}
    rows: list[list[Cell]] = []
    for row in found.confirmed.to_dict("records"):
        target = targets[row["scenario"], row["target"]]
        unit = what_unit(target)
        numbers = (cell(float(row[key]), unit) for key in ("estimate", "low", "high"))
        rows.append(
            [float(row["attempt"]), row["scenario"], said(target.text, lang), *numbers,
             unit_text(unit, lang), float(row["runs"]), word(f"size.state.{row['state']}", lang)]
        )  # fmt: skip
    return told_sheet(word("book.fresh", lang), "fresh", FRESH, rows, (2,), lang)
