"""A file -> a `Book`: what it is goes by what it holds, not by how its name ends."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path
from typing import Any

from anlan.app.workbook.cells import Book, Cell, Raw, Sheet, Spot
from anlan.app.workbook.looks import Looks, looks_of
from anlan.app.workbook.slim import slimmed
from anlan.sim.scenario.errors import BadInput, bad, reason, shown, worded
from anlan.sim.scenario.tables import read_text

MAX_BYTES = 100_000_000
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


def open_book(path: Path) -> Book:
    """The workbook of a file: .xlsx, .xlsm, .xls, .xlsb, .ods, or a CSV. Raises BadInput."""
    file = path.name
    data = _bytes(path)
    if data[:4] == ZIP:
        return _of_zip(data, file)
    if data[:4] == OLE:
        if _ENCRYPTED in data:
            raise _locked(file)
        return _of_calamine(data, file, None)
    start = data[:2000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype html", b"<html", b"<table", b"<meta", b"<?xml", b"mime-")):
        problem = worded(
            "is a web page that is called a workbook, as some systems export it; open it in Excel "
            "or WPS and save it as .xlsx"
        )
        raise bad(problem, file)
    if b"\0" in data[:2000] and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _no_book(file)
    return _of_csv(path, data)


def needed(name: str) -> Any:
    """A library of the extra `workbook`. Raises BadInput where it is not installed."""
    from importlib import import_module

    try:
        return import_module(name)
    except ImportError:
        raise BadInput(
            worded("reading a workbook needs {name}; run pip install -e '.[workbook]'", name=name)
        ) from None


def _bytes(path: Path) -> bytes:
    file = shown(path.name)
    try:
        if not path.exists():
            raise bad(worded("there is no such file; give a workbook"), shown(str(path)))
        if not path.is_file():
            raise bad(worded("is not a plain file"), file)
        if path.stat().st_size > MAX_BYTES:
            problem = worded(
                "is larger than {most} MB; a table this size is a slip", most=MAX_BYTES // 10**6
            )
            raise bad(problem, file)
        data = path.read_bytes()
    except OSError as error:
        raise bad(worded("cannot be read: {why}", why=reason(error)), file) from None
    if not data.strip():
        raise bad(worded("the file is empty; give a workbook"), file)
    return data


def _locked(file: str) -> BadInput:
    problem = worded(
        "is protected with a password; open it, take the password off (in Excel: File, Info, "
        "Protect Workbook) and save it again"
    )
    return bad(problem, file)


def _no_book(file: str) -> BadInput:
    problem = worded("is not a workbook; give an .xlsx or .xls file, or a CSV table")
    return bad(problem, shown(file))


def _of_zip(data: bytes, file: str) -> Book:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as pack:
            names = set(pack.namelist())
    except (zipfile.BadZipFile, OSError):
        raise _spoilt(file) from None
    if "xl/workbook.xml" not in names:
        if names & {"xl/workbook.bin", "content.xml"}:
            return _of_calamine(data, file, None)
        raise _no_book(file)
    try:
        small = slimmed(data, file)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError) as error:
        if isinstance(error, BadInput):
            raise
        raise _spoilt(file) from None
    return _of_calamine(small, file, looks_of(small, needed("openpyxl")))


def _spoilt(file: str) -> BadInput:
    problem = worded("is damaged or cut short; open it in Excel or WPS and save it anew")
    return bad(problem, shown(file))


def _of_calamine(data: bytes, file: str, looks: Looks | None) -> Book:
    calamine = needed("python_calamine")
    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        found = [_sheet(book, meta, looks) for meta in book.sheets_metadata]
    except calamine.PasswordError:
        raise _locked(file) from None
    except BaseException as error:  # a panic of its Rust is no Exception
        if isinstance(error, (KeyboardInterrupt, SystemExit, MemoryError)):
            raise
        raise _spoilt(file) from None
    sheets = tuple(s for s in found if s is not None)
    if not any(s.cells for s in sheets):
        raise bad(worded("the file is empty; give a workbook"), shown(file))
    return Book(file, sheets, looks is not None and looks.recalculates)


def _sheet(book: Any, meta: Any, looks: Looks | None) -> Sheet | None:
    if not str(meta.typ).endswith("WorkSheet"):
        return None
    sheet = book.get_sheet_by_name(meta.name)
    top, left = sheet.start or (0, 0)
    values: dict[Spot, Raw] = {
        (top + r + 1, left + c + 1): value
        for r, row in enumerate(sheet.to_python(skip_empty_area=True))
        for c, value in enumerate(row)
        if value != "" and not (isinstance(value, str) and not value.strip())
    }
    seen = looks.sheets.get(meta.name) if looks is not None else None
    extra = seen.cells if seen is not None else {}
    cells = {
        spot: Cell(*spot, values.get(spot), **({} if spot not in extra else extra[spot].fields()))
        for spot in sorted(values.keys() | extra.keys())
        if spot in values or extra[spot].formula
    }
    anchors: dict[Spot, Spot] = {}
    blocks: dict[Spot, Spot] = {}
    for (r0, c0), (r1, c1) in sheet.merged_cell_ranges or ():
        blocks[r0 + 1, c0 + 1] = (r1 + 1, c1 + 1)
        if (r1 - r0 + 1) * (c1 - c0 + 1) <= 100_000:
            for r in range(r0, r1 + 1):
                for c in range(c0, c1 + 1):
                    anchors[r + 1, c + 1] = (r0 + 1, c0 + 1)
    return Sheet(
        meta.name, cells, anchors, blocks,
        seen.hidden_rows if seen else frozenset(),
        seen.hidden_columns if seen else frozenset(),
        not str(meta.visible).endswith("Visible"),
        seen is None,
    )  # fmt: skip


def _of_csv(path: Path, data: bytes) -> Book:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = data.decode("utf-16", "replace")
    else:
        text = read_text(path.parent, path.name) or ""
    first = [line for line in text.splitlines() if line.strip()][:20]
    sign = max(",\t;|", key=lambda s: sum(line.count(s) for line in first))
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=sign))
    except csv.Error as error:
        raise bad(worded("not valid CSV: {why}", why=error), shown(path.name)) from None
    cells = {
        (r, c): Cell(r, c, _typed(value))
        for r, line in enumerate(lines, start=1)
        for c, value in enumerate(line, start=1)
        if value.strip()
    }
    if max((c for _, c in cells), default=0) < 2:
        raise _no_book(path.name)
    return Book(path.name, (Sheet(path.stem, cells),))


def _typed(text: str) -> Raw:
    """A number where it is written as one: a CSV has nothing but texts."""
    try:
        plain = float(text)
    except ValueError:
        return text
    starts = text.strip().lstrip("-")
    if not starts[:1].isdigit() or (starts.startswith("0") and starts[1:2].isdigit()):
        return text  # nan, or a number with leading noughts, such as a telephone's
    return plain if abs(plain) < 1e15 and "_" not in text else text
