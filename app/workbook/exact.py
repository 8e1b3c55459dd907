"""Sheets of anlan's own template -> the files of a scenario."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from anlan.app.workbook.amounts import understood, unit_in
from anlan.app.workbook.cells import Book, Cell, Sheet
from anlan.app.workbook.known import folded
from anlan.app.workbook.reading import chosen_of
from anlan.app.workbook.tables import TextTable, table_entries
from anlan.app.workbook.template import FIRST, GUIDE, NO_ROWS, TEXTS
from anlan.sim.scenario.errors import Slips, bad, worded
from anlan.sim.scenario.takes import is_many, plain

MARK = 1  # the column of marks
NAMES = 3  # the row of the columns' names
YES, NO = {"是", "有", "yes", "true"}, {"否", "无", "no", "false"}
_CHOSEN = {"kind", "level", "mode", "capabilities"}


@dataclass
class Files:
    """The files that template sheets hold."""

    tables: dict[str, TextTable] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    sheets: set[str] = field(default_factory=set)  # those that were read, the guide among them
    empty: set[str] = field(default_factory=set)  # tables that are there, without rows


def template_files(book: Book) -> Files:
    """The files of a workbook's template sheets; none where it has none. Raises BadInput."""
    found, slips = Files(), Slips()
    known = table_entries()
    for sheet in book.visible():
        file = sheet.text(1, 1)
        if file == GUIDE and sheet.at(2, 1) is None:
            found.sheets.add(sheet.name)
        elif file in known and _named(sheet, known[file].row.model_fields):
            found.sheets.add(sheet.name)
            table = _table(sheet, file, slips)
            found.tables[file] = table
            if sheet.text(2, MARK) == NO_ROWS:
                found.empty.add(file)
        elif file.endswith(TEXTS) and "/" not in file and folded(sheet.name) == folded(file[:31]):
            found.sheets.add(sheet.name)
            found.texts[file] = _lines(sheet)
    slips.raise_first()
    _references(found)
    return found


def _named(sheet: Sheet, columns: Iterable[str]) -> bool:
    """Whether the third row names columns of the table."""
    names = {sheet.text(NAMES, c) for _, c in sheet.cells if c > MARK}
    return len(names & set(columns)) >= 2


def _lines(sheet: Sheet) -> str:
    rows = sheet.rows()
    lines = [
        "".join(str(c.raw) for c in rows.get(row, ()) if c.raw is not None)
        for row in range(2, sheet.last_row + 1)
    ]
    return "\n".join(lines).rstrip("\n") + "\n"


def _table(sheet: Sheet, file: str, slips: Slips) -> TextTable:
    model = table_entries()[file].row
    columns = {c: sheet.text(NAMES, c) for r, c in sheet.cells if r == NAMES and c > MARK}
    table = TextTable(file, model, [columns[c] for c in sorted(columns)])
    for row, cells in sheet.rows().items():
        if row < FIRST or sheet.text(row, MARK).startswith("例"):
            continue
        given: dict[str, str] = {}
        for cell in cells:
            if cell.column in columns:
                with slips:
                    given[columns[cell.column]] = _value(cell, sheet, table, columns[cell.column])
        if any(v for v in given.values()):
            at = {name: Cell(row, c).address for c, name in columns.items()}
            table.origins[len(table.rows)] = (sheet.name, Cell(row, MARK).address, at)
            table.rows.append(given)
    # a column that is empty throughout, and may be left out, is as if it were not there
    spare = [
        h for h in table.header
        if h in model.model_fields and not model.model_fields[h].is_required()
        and not any(r.get(h) for r in table.rows)
    ]  # fmt: skip
    table.header = [h for h in table.header if h not in spare]
    return table


def _value(cell: Cell, sheet: Sheet, table: TextTable, column: str) -> str:
    """The text that a cell gives to the file. Raises BadInput for a formula without a value."""
    if cell.formula and cell.raw is None:
        problem = worded(
            "holds a formula that no program has worked out yet; open the workbook in Excel or "
            "WPS, save it, and give it again"
        )
        raise bad(problem, f"{sheet.name}!{cell.address}")
    if isinstance(cell.raw, bool):
        return "1" if cell.raw else "0"
    if isinstance(cell.raw, (dt.datetime, dt.date)):
        return cell.raw.isoformat()
    if not isinstance(cell.raw, str):
        return cell.text
    spec = table.model.model_fields.get(column)
    return _meant(cell.raw.strip(), table, column, spec.annotation if spec else str)


def _meant(text: str, table: TextTable, column: str, annotation: Any) -> str:
    """What a word or a number with its unit stands for, where that is beyond doubt."""
    kind = plain(annotation)
    if kind is bool:
        return "1" if folded(text) in YES else "0" if folded(text) in NO else text
    if kind in (int, float):
        amount = understood(text)
        unit = unit_in(amount.unit) if amount.unit else ("", 1.0)
        if amount.value is not None and not amount.doubt and unit is not None and unit[1] == 1.0:
            value = amount.value
            return str(int(value)) if value.is_integer() else repr(value)
        return text
    if column in _CHOSEN:
        return chosen_of(text, table.file.removesuffix(".csv"), column, is_many(annotation)) or text
    return text


def _references(found: Files) -> None:
    """Names in the place of ids, where a sheet of the workbook has one row of that name."""
    entries = table_entries()
    by_attribute: Mapping[str, str] = {e.attribute: f for f, e in entries.items()}
    for file, table in found.tables.items():
        for column, targets in entries[file].part.refers.items():
            others = [found.tables.get(by_attribute.get(t, "")) for t in targets]
            for row in table.rows:
                text = row.get(column, "")
                for other in others:
                    at = other.find(text) if other is not None and text else None
                    if at is not None and other is not None:
                        row[column] = other.rows[at][other.key]
                        break
