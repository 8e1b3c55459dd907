"""The rows of a table: data, totals, notes, headings of sections, repeated headers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from anlan.app.workbook.cells import Cell
from anlan.app.workbook.known import folded
from anlan.app.workbook.regions import Region, is_note, is_total

TOWN = re.compile(r".{1,12}(?:镇|乡|街道|办事处|开发区|园区)$")
_NUMBERED = re.compile(r"^[（(]?[一二三四五六七八九十\d]+[)）、.．]?\s*")
LONG = 12  # characters of a text that is a sentence, not a name
WIDE = 3  # columns that a merged heading goes over


@dataclass(frozen=True)
class Line:
    """A row of a table: what kind it is, its cells, and for a section what it says."""

    kind: str
    row: int
    cells: list[Cell]
    text: str = ""


def lines_of(region: Region) -> Iterator[Line]:
    """The rows below a table's header that hold anything within its columns."""
    sheet, rows = region.sheet, region.sheet.rows()
    noting = False
    for row in range(region.first, region.last + 1):
        cells = [c for c in rows.get(row, ()) if region.left <= c.column <= region.right]
        if not cells:
            continue
        kind, text = _kind(region, cells, noting)
        noting = kind == "note"
        if kind in ("data", "total") and row in sheet.hidden_rows:
            kind = "hidden_row"
        yield Line(kind, row, cells, text)


def _kind(region: Region, cells: list[Cell], noting: bool) -> tuple[str, str]:
    if _is_header(region, cells):
        return "repeated_header", ""
    if _is_total(region, cells):
        return "total", ""
    texts = [c for c in cells if c.is_text]
    if texts and len(texts) == len(cells) and all(is_note(c.text) for c in texts):
        return "note", ""
    if len(cells) == 1 and texts:
        return _of_one(region, cells[0], noting)
    return "data", ""


def _is_header(region: Region, cells: list[Cell]) -> bool:
    heads = {c.number: folded(c.path[-1]) for c in region.columns}
    same = sum(folded(c.text) == heads.get(c.column) for c in cells)
    return same >= 2 and 2 * same > len(cells)


def _is_total(region: Region, cells: list[Cell]) -> bool:
    """Whether a cell of words, among the names or left of them, says that the row is a sum."""
    naming = region.of("name", "item", "town", "holder", "grid", "text", "choice")
    last = max((c.number for c in region.of("name", "item")), default=region.left)
    columns = {c.number for c in naming} | set(range(region.left, last + 1))
    return any(c.is_text and c.column in columns and is_total(c.text) for c in cells)


def _of_one(region: Region, cell: Cell, noting: bool) -> tuple[str, str]:
    """What a row with a single text is: a section's heading, a note, or a lone name."""
    last = region.sheet.blocks.get((cell.row, cell.column))
    wide = last is not None and last[1] - cell.column + 1 >= min(WIDE, len(region.columns))
    named = {c.number for c in region.of("name", "item")}
    plain = _NUMBERED.sub("", cell.text)
    if noting or (len(cell.text) > LONG and (wide or cell.column not in named)):
        return "note", ""
    if wide or cell.column not in named or TOWN.fullmatch(plain):
        if cell.column in {c.number for c in region.of("town")} and not wide:
            return "data", ""
        return "section", plain
    return "data", ""
