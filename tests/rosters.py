"""Rosters as offices keep them, made for tests; what is read of one, and what must not be."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from anlan.app.workbook.book import Reading, read_book
from anlan.app.workbook.found import Doubt, Value
from anlan.app.workbook.opening import open_book

# how a careful reader's notes call what the registry calls otherwise
FIELDS = {"name": "name_zh", "base": "community", "community": "name_zh"}


def saved(path: Path, sheets: dict[str, Sequence[Sequence[object]]]) -> Path:
    """A workbook of plain rows by sheet; None and '' are empty cells."""
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append([None if v == "" else v for v in row])
    book.save(path)
    return path


def reading(path: Path) -> Reading:
    """What is read of a file."""
    return read_book(open_book(path))


def values(read: Reading) -> dict[tuple[str, str, str], object]:
    """(table, record, field) -> value; of stock the record is store and goods."""
    return {
        (v.table, f"{v.record}/{v.goods}" if v.goods else v.record, v.field): v.value
        for v in read.found.values
    }


def doubts(read: Reading) -> dict[str, set[str]]:
    """Cell -> the kinds of doubt about it."""
    found: dict[str, set[str]] = {}
    for d in read.found.doubts:
        found.setdefault(d.cell, set()).add(d.key)
    return found


def asked(read: Reading) -> set[str]:
    """The cells that want an answer."""
    return {d.cell for d in read.found.doubts if d.asked}


def wrong(read: Reading, told: dict[str, Any]) -> Iterator[str]:
    """What was read otherwise than a careful reader's notes (`expected.json`) say."""
    by_cell: dict[tuple[str, str], list[Value]] = {}
    for v in read.found.values:
        by_cell.setdefault((v.sheet, v.cell), []).append(v)
    flagged: dict[tuple[str, str], list[Doubt]] = {}
    for d in read.found.doubts:
        flagged.setdefault((d.sheet, d.cell), []).append(d)
    for want in told["values"]:
        if not any(_same(v, want) for v in _near(read, by_cell, want)):
            yield f"lost: {want['sheet']}!{want['cell']} {want['field']} = {want['value']}"
    for want in told["doubtful"]:
        here = (want["sheet"], want["cell"])
        yield from _doubted(want, flagged.get(here, []), by_cell.get(here, []))
    for want in told["must_not"]:
        for cell in want["cells"]:
            for v in by_cell.get((want["sheet"], cell), []):
                if not _may(v, want["kind"]):
                    yield f"{want['kind']} became a value: {want['sheet']}!{cell} {v.field}"


def _near(
    read: Reading, by_cell: dict[tuple[str, str], list[Value]], want: dict[str, Any]
) -> list[Value]:
    """The values of the cell; of a name or town, which a sheet says often, those of the record."""
    if want["field"] in ("town", "name") and want["table"] != "stock":
        return [v for v in read.found.values if v.record == want["record"]]
    return by_cell.get((want["sheet"], want["cell"]), [])


def _same(v: Value, want: dict[str, Any]) -> bool:
    if v.table != want["table"]:
        return False
    if want["field"] == "town":
        return v.field == "town"
    if want["field"] == "base":
        return v.field == "community" and str(v.value).startswith(want["value"])
    if want["field"] == "community":
        return v.field == "name_zh" and v.value == want["raw"]
    if want["table"] == "stock":
        same = (v.value, v.unit, v.item or None) == (want["value"], want["unit"], want["item"])
        return same and v.field == "quantity" and v.record == want["record"]
    field = FIELDS.get(want["field"], want["field"])
    return (v.field, v.value, v.record) == (field, want["value"], want["record"])


def _doubted(want: dict[str, Any], flags: list[Doubt], there: list[Value]) -> Iterator[str]:
    at = f"{want['sheet']}!{want['cell']}"
    if not flags:
        yield f"silent: {at} ({want['why']})"
    proposed = [p for d in flags for p in (d.suggested, d.understood)]
    if want["suggested"] is not None and want["suggested"] not in proposed:
        yield f"proposes {proposed} and not {want['suggested']}: {at}"
    if "no value" in want["outcome"] and any(not isinstance(v.value, str) for v in there):
        yield f"a value in spite of the doubt: {at}"


def _may(v: Value, kind: str) -> bool:
    """Whether a cell of a kind may hold this: a sub-total its community, a factor itself."""
    if kind == "subtotal":
        return v.table == "communities"
    return kind == "not_the_quantity" and v.field != "quantity"


def noted(folder: Path) -> tuple[Path, dict[str, Any]]:
    """The workbook of a folder, and what a careful reader noted of it."""
    book = next(p for p in sorted(folder.iterdir()) if p.suffix != ".json")
    return book, json.loads((folder / "expected.json").read_text(encoding="utf-8"))
