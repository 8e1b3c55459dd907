"""A sheet -> the tables on it: their headers, titles and columns, also side by side."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from anlan.app.workbook.cells import Cell, Sheet
from anlan.app.workbook.columns import (
    ENDING,
    EXACT,
    NEAR,
    Column,
    bare,
    head_of,
    known_in_any,
    table_of,
    unit_of,
)
from anlan.app.workbook.known import Head, folded, marks

DEEPEST = 3  # lines of a header
ABOVE = 8  # rows above a header that may belong to it
_TOTAL = re.compile(rf"^(?:.{{0,20}}(?:{'|'.join(marks('total'))}))(?:[:：\d(（].*)?$")


@dataclass(frozen=True)
class Region:
    """A table that was found on a sheet."""

    sheet: Sheet
    table: str
    top: int  # the header's first row
    first: int  # the first row below the header
    last: int
    columns: tuple[Column, ...]
    title: str = ""
    lines: tuple[Cell, ...] = ()  # what stands above the header

    @property
    def left(self) -> int:
        """Its first column."""
        return min(c.number for c in self.columns)

    @property
    def right(self) -> int:
        """Its last column."""
        return max(c.number for c in self.columns)

    def of(self, *takes: str) -> list[Column]:
        """The columns that are read as one of these."""
        return [c for c in self.columns if c.takes in takes]

    def column(self, name: str) -> Column | None:
        """The column of a field."""
        return next((c for c in self.columns if c.takes and c.head and c.head.field == name), None)


@dataclass
class _Header:
    """Rows that are a header, and the columns beneath."""

    top: int
    bottom: int
    paths: dict[int, tuple[str, ...]] = field(default_factory=dict)


def is_total(text: str) -> bool:
    """Whether a cell says that its row adds others up."""
    return bool(_TOTAL.match(folded(text)))


def is_note(text: str) -> bool:
    """Whether a text is a remark below or above a table."""
    plain = folded(text)
    return any(re.match(rf"{re.escape(w)}(?:[:：0-9（(.、，,]|$)", plain) for w in marks("note"))


def regions_of(sheet: Sheet, book: str) -> list[Region]:
    """The tables of a sheet, from the top, those side by side from the left."""
    rows = sheet.rows()
    headers = _headers(sheet, rows, f"{sheet.name} {book}")
    found: list[Region] = []
    for at, header in enumerate(headers):
        after = headers[at + 1].top - 1 if at + 1 < len(headers) else sheet.last_row
        before = headers[at - 1].bottom if at else 0
        lines = tuple(
            cell
            for row in range(max(before + 1, header.top - ABOVE), header.top)
            for cell in rows.get(row, ())
        )
        if at:  # rows of the table above are not this one's title
            lines = _title_only(lines, header.top)
        title = " ".join([*(c.text for c in lines), sheet.name, book])
        for paths in _split(header.paths, title, sheet, (header.bottom + 1, after)):
            table = table_of(list(paths.values()), title)
            if table:
                columns = _columns(sheet, table, paths, header.bottom)
                found.append(
                    Region(
                        sheet, table, header.top, header.bottom + 1, after, columns, title, lines
                    )
                )
    return _joined(found)


def _title_only(lines: tuple[Cell, ...], top: int) -> tuple[Cell, ...]:
    """Of the rows between two tables, those next to the lower header with one cell each."""
    kept: list[Cell] = []
    for row in range(top - 1, 0, -1):
        here = [c for c in lines if c.row == row]
        if len(here) != 1 or is_total(here[0].text) or is_note(here[0].text):
            break
        kept = here + kept
    return tuple(kept)


def _joined(found: list[Region]) -> list[Region]:
    """Tables whose header is printed anew on each page are one table's parts; kept apart, in order.

    A header that only repeats the one above it takes its title.
    """
    for at, region in enumerate(found[1:], start=1):
        same = next(
            (
                r for r in reversed(found[:at])
                if r.left == region.left
                and [c.path for c in r.columns] == [c.path for c in region.columns]
            ),
            None,
        )  # fmt: skip
        if same is not None and not region.lines:
            found[at] = replace(region, title=same.title, lines=same.lines)
    return found


def _headers(sheet: Sheet, rows: dict[int, list[Cell]], title: str) -> list[_Header]:
    found: list[_Header] = []
    for row in sorted(rows):
        if found and row <= found[-1].bottom:
            continue
        header = _header(sheet, rows, row, title)
        if header is not None:
            found.append(header)
    return found


def is_heading(cells: Sequence[Cell]) -> bool:
    """Whether a row may be a header: several words, and nothing else."""
    return len(cells) >= 2 and all(c.is_text and not c.formula for c in cells)


def _header(sheet: Sheet, rows: dict[int, list[Cell]], row: int, title: str) -> _Header | None:
    cells = rows[row]
    if not is_heading(cells):
        return None
    bottom = row
    while bottom - row + 1 < DEEPEST and _goes_on(sheet, rows, row, bottom):
        bottom += 1
    header = _Header(row, bottom, _paths(sheet, rows, row, bottom))
    paths = list(header.paths.values())
    known = sum(known_in_any(p) for p in paths)
    if known < 2 or 2 * known < len(paths) - 1:
        return None
    above = rows.get(row - 1, ())
    near = " ".join(c.text for r in range(max(1, row - ABOVE), row) for c in rows.get(r, ()))
    whole = f"{near} {title}"
    pieces = _split(header.paths, whole, sheet, (bottom + 1, sheet.last_row))
    if not any(table_of(list(p.values()), whole) for p in pieces):
        return None
    if is_heading(above) and any(_spans(sheet, c) > 1 for c in above):
        header.paths = _paths(sheet, rows, row - 1, bottom)
        header.top = row - 1
    return header


def _spans(sheet: Sheet, cell: Cell) -> int:
    """Over how many columns a cell goes."""
    last = sheet.blocks.get((cell.row, cell.column))
    return last[1] - cell.column + 1 if last else 1


def _goes_on(sheet: Sheet, rows: dict[int, list[Cell]], top: int, bottom: int) -> bool:
    """Whether the row below belongs to the header: it is beneath groups, or holds units."""
    below = rows.get(bottom + 1, [])
    heads = {c.column for c in rows[top]}
    filled = {c.column for c in below}
    if not below or not all(c.is_text for c in below) or min(heads) in filled or not heads - filled:
        return False
    return all(_beneath(sheet, cell, bottom, filled) for cell in below)


def _beneath(sheet: Sheet, cell: Cell, bottom: int, filled: set[int]) -> bool:
    """Whether a cell stands under a group of the header's row above, or is a unit in brackets."""
    over = sheet.at(bottom, cell.column)
    if over is None or _spans(sheet, over) > 1:
        return True
    if re.fullmatch(r"[（(].{1,8}[）)]", cell.text):
        return True
    # a group that nobody merged: what is to its right has a word below and none above
    right = cell.column + 1
    return right in filled and sheet.at(bottom, right) is None


def _paths(
    sheet: Sheet, rows: dict[int, list[Cell]], top: int, bottom: int
) -> dict[int, tuple[str, ...]]:
    """column -> the texts of its header from the top; a group's word goes for all beneath it."""
    columns = {c.column for row in range(top, bottom + 1) for c in rows.get(row, ())}
    found = {}
    for column in sorted(columns):
        path: list[str] = []
        for row in range(top, bottom + 1):
            cell = sheet.shared(row, column)
            if cell is None and row < bottom and sheet.at(bottom, column) is not None:
                cell = _group(rows.get(row, ()), column, sheet)
            text = cell.text if cell is not None else ""
            if not path or path[-1] != text:
                path.append(text)
        found[column] = tuple(p for p in path if p)
    return {column: path for column, path in found.items() if path}


def _group(cells: Sequence[Cell], column: int, sheet: Sheet) -> Cell | None:
    """The unmerged word to the left that stands over a column; None where none does."""
    left = [c for c in cells if c.column < column]
    if not left:
        return None
    nearest = left[-1]
    over = sheet.at(nearest.row + 1, nearest.column)
    return nearest if over is not None else None


def _split(
    paths: dict[int, tuple[str, ...]], title: str, sheet: Sheet, rows: tuple[int, int]
) -> list[dict[int, tuple[str, ...]]]:
    """The headers of tables that stand side by side, each by itself."""
    pieces: list[dict[int, tuple[str, ...]]] = []
    seen: set[str] = set()
    for column, path in paths.items():
        text = folded(path[-1])
        gap = pieces and column - 1 not in paths and _is_blank(sheet, column - 1, rows)
        if not pieces or gap or (text in seen and text == folded(_first(pieces[-1])[-1])):
            pieces.append({})
            seen = set()
        pieces[-1][column] = path
        seen.add(text)
    joined: list[dict[int, tuple[str, ...]]] = []
    for piece in pieces:
        if joined and not table_of(list(piece.values()), title):
            joined[-1] |= piece
        else:
            joined.append(piece)
    return joined


def _first(piece: dict[int, tuple[str, ...]]) -> tuple[str, ...]:
    return next(iter(piece.values()))


def _is_blank(sheet: Sheet, column: int, rows: tuple[int, int]) -> bool:
    return not any(c == column and rows[0] <= r <= rows[1] for r, c in sheet.cells)


_PLACED = re.compile(r".{1,16}(?:镇|乡|街道|库|仓库|储备点|仓)$")


def _placed(columns: list[Column], table: str) -> list[Column]:
    """Columns of a stock list that are towns or stores, where none is the quantity."""
    if table != "stock" or any(c.head and c.head.takes == "quantity" for c in columns):
        return columns
    head = Head("stock", "quantity", "placed", "", 1, adds=True)
    found = [
        replace(c, head=head, how=EXACT) if c.head is None and _PLACED.match(bare(c.path[-1]))
        else c for c in columns
    ]  # fmt: skip
    return found if sum(c.head is head for c in found) > 1 else columns


def _columns(
    sheet: Sheet, table: str, paths: dict[int, tuple[str, ...]], bottom: int
) -> tuple[Column, ...]:
    found = []
    for number, path in paths.items():
        head, how = head_of(path, table)
        row = next((r for r in range(bottom, 0, -1) if sheet.at(r, number)), bottom)
        skipped = "hidden_column" if number in sheet.hidden_columns else ""
        found.append(Column(number, row, path, head, how, unit_of(path), skipped))
    return tuple(_one_each(_placed(found, table)))


def _one_each(columns: list[Column]) -> list[Column]:
    """Of two columns for one field the surer one is read; of two that are as sure, neither.

    Boats of two kinds are added up, and columns that nobody reads may be as many as they like.
    """
    rank = {EXACT: 0, ENDING: 1, NEAR: 2, "": 3}
    found = list(columns)
    for at, column in enumerate(columns):
        head = column.head
        if head is None or head.takes == "ignore" or column.skipped:
            continue
        rivals = [
            c for c in columns
            if c is not column and c.head and c.head.field == head.field and not c.skipped
        ]  # fmt: skip
        if head.adds and {folded(column.path[-1])}.isdisjoint(folded(c.path[-1]) for c in rivals):
            continue
        if not rivals:
            continue
        mine = (rank[column.how], -head.weight)
        best = min((rank[c.how], -c.head.weight) for c in rivals if c.head)
        if mine > best:
            found[at] = replace(column, head=None, how="", skipped="other_column")
        elif mine == best:
            found[at] = replace(column, skipped="two_columns")
    return found
