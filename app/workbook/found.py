"""What was found in a workbook: values with their cells, doubts, what was set apart."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass

from anlan.app.workbook.cells import Cell, Raw, Spot

Plain = str | float | int


@dataclass(frozen=True)
class Value:
    """A value that was understood, and the cell that it came from."""

    table: str
    record: str
    field: str
    value: Plain
    sheet: str
    cell: str
    raw: Raw
    unit: str = ""
    unit_cell: str = ""
    item: str = ""  # of stock: the relief item; empty where there is none
    goods: str = ""  # of stock: what the goods are called
    factor: float = 1.0
    assumed: bool = False  # it was read with a doubt that is noted
    answered: bool = False  # a person was asked, and gave it


@dataclass(frozen=True)
class Doubt:
    """A cell that a person should look at. `asked`: it gave no value until it is answered."""

    key: str  # of the word list, behind `book.doubt.`
    sheet: str
    cell: str
    raw: str
    asked: bool
    table: str = ""
    record: str = ""
    field: str = ""
    understood: Plain | None = None
    suggested: Plain | None = None
    typed: Plain | None = None  # the same in the cell's own unit, as an answer would be
    fill: Mapping[str, object] = dataclasses.field(default_factory=dict)


@dataclass
class Record:
    """A row of a table as it was understood, field by field."""

    table: str
    name: str
    sheet: str
    row: int
    values: dict[str, Value] = dataclasses.field(default_factory=dict)
    asked: set[str] = dataclasses.field(default_factory=set)
    cell: str = ""  # that of its name


@dataclass(frozen=True)
class Apart:
    """Cells that are no data: a title, a header, a total, a note, a column that nobody reads."""

    kind: str  # of the word list, behind `book.apart.`
    sheet: str
    cells: tuple[str, ...]
    text: str


@dataclass
class Found:
    """All that was found in a book."""

    values: list[Value] = dataclasses.field(default_factory=list)
    doubts: list[Doubt] = dataclasses.field(default_factory=list)
    records: list[Record] = dataclasses.field(default_factory=list)
    apart: list[Apart] = dataclasses.field(default_factory=list)
    seen: set[tuple[str, Spot]] = dataclasses.field(
        default_factory=set
    )  # cells of which it is known

    def keep(self, value: Value, record: Record | None = None) -> None:
        """Note a value, and give it to its record."""
        self.values.append(value)
        if record is not None:
            record.values[value.field] = value

    def see(self, sheet: str, *cells: Cell) -> None:
        """Note that cells have been dealt with."""
        self.seen.update((sheet, (c.row, c.column)) for c in cells)

    def set_apart(self, kind: str, sheet: str, cells: list[Cell]) -> None:
        """Note cells that are no data."""
        if cells:
            text = " ".join(c.text for c in cells if c.text)
            self.apart.append(Apart(kind, sheet, tuple(c.address for c in cells), text))
            self.see(sheet, *cells)
