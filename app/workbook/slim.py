"""An .xlsx without its empty formatted cells, of which a sheet may have a million.

A colour put on whole columns leaves a cell for each row, which readers would take minutes and
gigabytes for. Empty cells say nothing, so they are dropped before anything reads the file; and a
sheet that spans more than any table does is refused, because readers hold the whole span.
"""

from __future__ import annotations

import io
import re
import zipfile

from anlan.app.workbook.cells import number_of
from anlan.sim.scenario.errors import bad, shown, worded

MOST_UNPACKED = 1_500_000_000
MOST_SPAN = 20_000_000  # rows times columns
_EMPTY = re.compile(rb"<(?:\w+:)?c(?=[\s/>])[^<>]*?(?:/>|></(?:\w+:)?c>)")
_EMPTY_ROW = re.compile(rb"<(?:\w+:)?row(?=[\s/>])(?:(?!hidden=)[^<>])*?(?:/>|>\s*</(?:\w+:)?row>)")
_CELL = re.compile(rb'<(?:\w+:)?c\b[^<>]*?\br="([A-Z]{1,3})(\d{1,7})"')
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml")


def slimmed(data: bytes, file: str) -> bytes:
    """The workbook without empty cells. Raises BadInput where no table can be meant."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as pack:
        if sum(info.file_size for info in pack.infolist()) > MOST_UNPACKED:
            problem = worded(
                "is larger than {most} MB; a table this size is a slip", most=MOST_UNPACKED // 10**6
            )
            raise bad(problem, shown(file))
        with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as made:
            for info in pack.infolist():
                content = pack.read(info)
                if _SHEET.fullmatch(info.filename):
                    content = _EMPTY_ROW.sub(b"", _EMPTY.sub(b"", content))
                    _check_span(content, file)
                made.writestr(info.filename, content)
    return out.getvalue()


def _check_span(content: bytes, file: str) -> None:
    rows = columns = 0
    far = ""
    for found in _CELL.finditer(content):
        column, row = number_of(found[1].decode()), int(found[2])
        if row > rows or column > columns:
            far = f"{found[1].decode()}{row}"
        rows, columns = max(rows, row), max(columns, column)
    if rows * columns > MOST_SPAN:
        problem = worded(
            "a cell at {address} stands far from all else; delete it, and save the file again",
            address=far,
        )
        raise bad(problem, shown(file))
