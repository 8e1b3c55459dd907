"""A workbook as cells: values, and what else a person sees who looks at the sheet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

Raw = str | int | float | bool | dt.datetime | dt.date | dt.time | dt.timedelta | None
Spot = tuple[int, int]  # row and column, both from 1


def letters(column: int) -> str:
    """The letters of a column: 1 is A, 28 is AB."""
    found = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        found = chr(ord("A") + rest) + found
    return found


def number_of(text: str) -> int:
    """The number of a column's letters: AB is 28."""
    found = 0
    for letter in text.upper():
        found = 26 * found + ord(letter) - ord("A") + 1
    return found


def address(spot: Spot) -> str:
    """A cell as sheets call it: (5, 3) is C5."""
    return f"{letters(spot[1])}{spot[0]}"


@dataclass(frozen=True, slots=True)
class Cell:
    """What a cell holds, and what is to be seen of it beside the value."""

    row: int
    column: int
    raw: Raw = None
    formula: str = ""
    comment: str = ""
    struck: bool = False  # all of it is struck through
    left: str | None = None  # where some of it is struck through: what is not
    answered: bool = False  # a person was asked, and gave this

    @property
    def address(self) -> str:
        """As the sheet calls it."""
        return address((self.row, self.column))

    @property
    def text(self) -> str:
        """The value as a text without blanks around it; empty where there is none."""
        if self.raw is None:
            return ""
        if isinstance(self.raw, float) and self.raw.is_integer():
            return str(int(self.raw))
        return str(self.raw).strip()

    @property
    def is_text(self) -> bool:
        """Whether it holds words."""
        return isinstance(self.raw, str) and bool(self.raw.strip())

    @property
    def is_number(self) -> bool:
        """Whether it holds a number, or a formula that should give one."""
        plain = isinstance(self.raw, (int, float)) and not isinstance(self.raw, bool)
        return plain or (bool(self.formula) and not self.is_text)


@dataclass(frozen=True)
class Sheet:
    """A sheet: the cells that hold something, merged blocks, what is hidden."""

    name: str
    cells: Mapping[Spot, Cell] = field(default_factory=dict)
    anchors: Mapping[Spot, Spot] = field(default_factory=dict)  # cell of a block -> its first
    blocks: Mapping[Spot, Spot] = field(default_factory=dict)  # first of a block -> its last
    hidden_rows: frozenset[int] = frozenset()  # by hand; what a filter hides is read
    hidden_columns: frozenset[int] = frozenset()
    hidden: bool = False
    blind: bool = False  # comments, formulas, strokes and what is hidden could not be seen

    def at(self, row: int, column: int) -> Cell | None:
        """The cell itself; None where it is empty."""
        return self.cells.get((row, column))

    def shared(self, row: int, column: int) -> Cell | None:
        """The cell, or the first of the merged block that it lies in."""
        return self.cells.get(self.anchors.get((row, column), (row, column)))

    def text(self, row: int, column: int) -> str:
        """The text of a cell itself."""
        cell = self.cells.get((row, column))
        return cell.text if cell is not None else ""

    @property
    def last_row(self) -> int:
        """The last row that holds something."""
        return max((r for r, _ in self.cells), default=0)

    def rows(self) -> dict[int, list[Cell]]:
        """row -> its cells from left to right."""
        found: dict[int, list[Cell]] = {}
        for spot in sorted(self.cells):
            found.setdefault(spot[0], []).append(self.cells[spot])
        return found


@dataclass(frozen=True)
class Book:
    """A file: its sheets, and whether a program still has to work its formulas out."""

    file: str
    sheets: tuple[Sheet, ...]
    recalculates: bool = False

    def visible(self) -> Iterator[Sheet]:
        """The sheets that a person sees."""
        return (sheet for sheet in self.sheets if not sheet.hidden)
