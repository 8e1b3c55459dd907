"""What became of a workbook, as a workbook that can be sent back with answers in it."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from anlan.analysis.words import LANGS, word, words
from anlan.app.workbook.amount_cells import raw_text
from anlan.app.workbook.book import Reading
from anlan.app.workbook.cells import Book, Cell, Spot, number_of
from anlan.app.workbook.columns import Column
from anlan.app.workbook.found import Doubt, Value
from anlan.app.workbook.known import fills
from anlan.app.workbook.own import SHORT
from anlan.app.workbook.rows import Joined, Told
from anlan.app.workbook.tables import table_entries
from anlan.app.workbook.template import AS_TEXT
from anlan.sim.scenario.dictionary import said

DOUBTS = "doubts"
NOT_COUNTED = {"half"}  # doubts whose number is understood and goes nowhere
ANSWER = 7  # the column of answers in the sheet of doubts, from 1; before it: sheet and cell
WIDEST = 60
LEFT_OUT = {"left_out", "no_item", "no_store"}  # decisions by which a row is not written
Line = Sequence[object]


def field_text(table: str, name: str, lang: str) -> str:
    """A field as the registry calls it; one that anlan has no column for, in the list's words."""
    if f"book.field.{name}" in words():
        return word(f"book.field.{name}", lang)
    told = said().get((f"{table}.csv", name))
    return str(getattr(told, lang)) if told is not None else name


def column_text(table: str, name: str, lang: str) -> str:
    """What the registry calls a column, without what it says of it."""
    told = said().get((f"{table}.csv", name))
    return SHORT.split(str(getattr(told, lang)))[0] if told is not None else name


def is_used(table: str, name: str) -> bool:
    """Whether anlan has a column for a field."""
    entry = table_entries().get(f"{table}.csv")
    return entry is not None and (name in entry.row.model_fields or name == "town")


def doubt_text(doubt: Doubt, lang: str) -> str:
    """What is doubtful about a cell."""
    return word(f"book.doubt.{doubt.key}", lang, **{"comment": "", **doubt.fill})


def told_text(told: Told, lang: str) -> str:
    """What was decided about a record; of what stands in for a column, with what that means."""
    fill_in: dict[str, object] = {"n": "", **told.fill}
    if told.key == "left_out":  # the columns by their names, and as the planner calls them
        names = str(told.fill["columns"]).split(", ")
        fill_in["columns"] = ", ".join(f"{column_text(told.table, n, lang)} ({n})" for n in names)
    text = word(f"book.told.{told.key}", lang, **fill_in)
    fill = fills(told.table).get(str(told.fill.get("column", "")))
    return f"{text} ({fill.words[lang]})" if told.key == "filled" and fill is not None else text


def state_text(doubt: Doubt, lang: str) -> str:
    """What was done about a doubt."""
    if doubt.asked:
        return word("book.state.asked", lang)
    if doubt.understood is None or not doubt.record or doubt.key in NOT_COUNTED:
        return word("book.state.noted", lang)
    return word("book.state.taken", lang, value=plain(doubt.understood))


def refused(joined: Joined, lang: str) -> list[str]:
    """Why rows were left out: reason by reason, with how many and the first of them."""
    found: dict[str, list[Told]] = {}
    for told in joined.told:
        if told.key in LEFT_OUT:
            reason = word(f"book.table.{told.table}", lang), told_text(told, lang)
            found.setdefault(": ".join(reason), []).append(told)
    return [
        word(
            "cli.import.refused",
            lang,
            why=why,
            n=len(rows),
            first=f"{rows[0].sheet}!{rows[0].cell}",
        )
        for why, rows in found.items()
    ]


def plain(value: object) -> str:
    """A value as the report shows it."""
    return raw_text(value) if isinstance(value, float) else "" if value is None else str(value)


def doubts_of(reading: Reading) -> list[Doubt]:
    """The doubts, those that want an answer first."""
    return sorted(reading.found.doubts, key=lambda d: not d.asked)


def column_lines(reading: Reading, lang: str) -> Iterable[Line]:
    """Which column is which: sheet, cell, header, table, field, how, unit."""
    for region in reading.regions:
        for column in region.columns:
            yield (
                region.sheet.name, column.address, column.text,
                word(f"book.table.{region.table}", lang), _meant(region.table, column, lang),
                word(f"book.how.{column.how}", lang) if column.takes not in ("", "ignore") else "",
                column.unit,
            )  # fmt: skip


def _meant(table: str, column: Column, lang: str) -> str:
    if column.head is None or column.takes in ("", "ignore"):
        return word("book.column.unread", lang)
    return field_text(table, column.head.field, lang)


def report_bytes(reading: Reading, joined: Joined | None, lang: str) -> bytes:
    """The report as an .xlsx."""
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, AS_TEXT)
    bold = book.add_format({"bold": True, "bg_color": "#DCE6F1", "border": 1, "text_wrap": True})
    asked = book.add_format({"bg_color": "#FFF2CC"})
    summary = book.add_worksheet(word("book.report.summary", lang))
    summary.set_column(0, 0, 120)
    row = 0
    for each in (lang, *(other for other in LANGS if other != lang)):
        for text in _summary(reading, each):
            summary.write_string(row, 0, text)
            row += 1
    made = (
        (DOUBTS, _doubts(reading, lang)),
        ("columns", _columns(reading, lang)),
        ("values", _values(reading, joined, lang)),
        ("told", _told(joined, lang)),
        ("apart", _apart(reading, lang)),
    )
    for name, lines in made:
        _sheet(book, sheet_name(name, lang), lines, (bold, asked))
    book.close()
    return out.getvalue()


def sheet_name(name: str, lang: str) -> str:
    """What a sheet of the report is called: the same in every language, to be found again."""
    others = (word(f"book.report.{name}", each) for each in LANGS)
    return " ".join(dict.fromkeys(others)) if lang else name


def _summary(reading: Reading, lang: str) -> list[str]:
    doubts = reading.found.doubts
    text = word(
        "book.report.text", lang, file=reading.book.file, values=len(reading.found.values),
        asked=sum(d.asked for d in doubts), noted=sum(not d.asked for d in doubts),
    )  # fmt: skip
    return text.split("\\n")


def _heads(lang: str, *keys: str) -> tuple[str, ...]:
    return tuple(word(f"book.head.{key}", lang) for key in keys)


def _doubts(reading: Reading, lang: str) -> list[Line]:
    heads = _heads(lang, "sheet", "cell", "raw", "why", "state", "suggested", "answer", "table",
                   "record", "field")  # fmt: skip
    lines: list[Line] = [heads]
    for d in doubts_of(reading):
        shown = d.typed if d.typed is not None else d.suggested
        lines.append(
            (
                d.sheet, d.cell, d.raw, doubt_text(d, lang), state_text(d, lang), plain(shown), "",
                word(f"book.table.{d.table}", lang) if d.table else "", d.record,
                field_text(d.table, d.field, lang) if d.field else "",
            )
        )  # fmt: skip
    return lines


def _columns(reading: Reading, lang: str) -> list[Line]:
    heads = _heads(lang, "sheet", "cell", "header", "table", "field", "how", "unit")
    return [heads, *column_lines(reading, lang)]


def _used(value: Value, joined: Joined | None) -> str:
    """Whether a value stands in the scenario: a key of the word list behind `book.used.`."""
    if not is_used(value.table, value.field):
        return "no"
    return "yes" if joined is not None and joined.has(value) else "not_written"


def _values(reading: Reading, joined: Joined | None, lang: str) -> list[Line]:
    heads = _heads(lang, "table", "record", "field", "value", "unit", "sheet", "cell", "raw",
                   "unit_cell", "item", "factor", "used")  # fmt: skip
    lines: list[Line] = [heads]
    for v in reading.found.values:
        lines.append(
            (
                word(f"book.table.{v.table}", lang), v.record if not v.goods else
                f"{v.record} / {v.goods}", field_text(v.table, v.field, lang), v.value, v.unit,
                v.sheet, v.cell, raw_text(v.raw), v.unit_cell, v.item, v.factor,
                word(f"book.used.{_used(v, joined)}", lang),
            )
        )  # fmt: skip
    return lines


def _told(joined: Joined | None, lang: str) -> list[Line]:
    lines: list[Line] = [_heads(lang, "table", "record", "sheet", "cell", "told")]
    for told in joined.told if joined is not None else ():
        name = word(f"book.table.{told.table}", lang)
        lines.append((name, told.record, told.sheet, told.cell, told_text(told, lang)))
    return lines


def _apart(reading: Reading, lang: str) -> list[Line]:
    lines: list[Line] = [_heads(lang, "sheet", "cells", "kind", "raw")]
    for apart in reading.found.apart:
        cells = apart.cells[0] if len(apart.cells) == 1 else f"{apart.cells[0]}…{apart.cells[-1]}"
        lines.append((apart.sheet, cells, word(f"book.apart.{apart.kind}", lang), apart.text[:500]))
    return lines


def _sheet(book: Any, name: str, lines: list[Line], looks: tuple[Any, Any]) -> None:
    sheet = book.add_worksheet(name[:31])
    wanted = {
        i
        for i, text in enumerate(lines[0])
        if text in {word("book.head.answer", each) for each in LANGS}
    }
    for row, line in enumerate(lines):
        for column, value in enumerate(line):
            look = looks[0] if row == 0 else looks[1] if column in wanted else None
            if isinstance(value, (int, float)):
                sheet.write_number(row, column, value, look)
            elif value != "" or look is not None:
                sheet.write_string(row, column, str(value)[:30_000], look)
    for column in range(len(lines[0])):
        widest = max(len(str(line[column])) for line in lines[:500])
        sheet.set_column(column, column, min(WIDEST, max(8, 2 * widest if widest < 20 else widest)))
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(1, len(lines) - 1), len(lines[0]) - 1)


def answers_in(report: Book) -> dict[tuple[str, Spot], Cell] | None:
    """(sheet, cell) -> what a person answered; None where the book is no report of ours."""
    sheet = next((s for s in report.sheets if s.name == sheet_name(DOUBTS, "any")[:31]), None)
    if sheet is None:
        return None
    found: dict[tuple[str, Spot], Cell] = {}
    for row in sorted({r for r, _ in sheet.cells} - {1}):
        answer, at = sheet.at(row, ANSWER), sheet.text(row, 2)
        letters = at.rstrip("0123456789")
        if answer is None or answer.raw is None or not letters.isalpha() or not at[len(letters) :]:
            continue
        spot = (int(at[len(letters) :]), number_of(letters))
        found[sheet.text(row, 1), spot] = Cell(*spot, answer.raw, answered=True)
    return found


def answered(book: Book, answers: dict[tuple[str, Spot], Cell]) -> Book:
    """The book with answers in the place of the cells that were asked about."""
    sheets = []
    for sheet in book.sheets:
        mine = {spot: cell for (name, spot), cell in answers.items() if name == sheet.name}
        blocks = {spot: end for spot, end in sheet.blocks.items() if spot not in mine}
        anchors = {spot: a for spot, a in sheet.anchors.items() if spot not in mine}
        sheets.append(
            replace(sheet, cells=dict(sheet.cells) | mine, blocks=blocks, anchors=anchors)
        )
    return replace(book, sheets=tuple(sheets))
