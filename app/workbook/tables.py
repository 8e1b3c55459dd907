"""The tables of a scenario's folder as texts, to be changed cell by cell and written again.

Columns of a planner's own (备注) stay where they are. Whether a table is sound is asked of the
ordinary reader afterwards.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import BaseModel

from anlan.app.workbook.known import folded
from anlan.sim.scenario.headers import names_of
from anlan.sim.scenario.registry import Entry, Numbers, Table, entries
from anlan.sim.scenario.schema import Scenario
from anlan.sim.scenario.tables import csv_lines, read_text

Origin = tuple[str, str, Mapping[str, str]]  # sheet, cell of the row, column -> cell


def table_entries() -> dict[str, Entry]:
    """File -> its entry, of every table of the registry, the parameters among them."""
    return {e.part.file: e for e in entries(Scenario) if isinstance(e.part, Table | Numbers)}


@dataclass
class TextTable:
    """A CSV file as texts: its header, and rows as mappings of a registry column to a text."""

    file: str
    model: type[BaseModel]
    header: list[str] = field(default_factory=list)
    rows: list[dict[str, str]] = field(default_factory=list)
    origins: dict[int, Origin] = field(default_factory=dict)  # index of a row -> where it came from

    @property
    def key(self) -> str:
        """The column that names a row: the first."""
        return next(iter(self.model.model_fields))

    def column_of(self, head: str) -> str:
        """The registry's name of a header; the header itself where it is a planner's own."""
        return names_of(self.file, self.model).get(folded(head), head)

    def need(self, column: str) -> None:
        """Give the table a column that it does not have yet."""
        if column not in map(self.column_of, self.header):
            mark = next(
                (n for n, h in enumerate(self.header) if self.column_of(h) == "source"), None
            )
            at = len(self.header) if mark is None else mark
            self.header.insert(at, column)

    def find(self, text: str) -> int | None:
        """The index of the row of an id or a name; None where there is none, or more than one."""
        plain = folded(text)
        for names in ((self.key,), ("name_zh", "name_en")):
            found = [
                n for n, row in enumerate(self.rows)
                if any(folded(row.get(name, "")) == plain for name in names)
            ]  # fmt: skip
            if len(found) == 1:
                return found[0]
        return None

    def text(self) -> str:
        """The table as CSV."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(self.header)
        columns = [self.column_of(h) for h in self.header]
        writer.writerows([row.get(c, "") for c in columns] for row in self.rows)
        return out.getvalue()


def empty_table(file: str) -> TextTable:
    """A table of the registry with a header and no rows."""
    model = table_entries()[file].row
    return TextTable(file, model, list(model.model_fields))


def table_in(folder: Path, file: str) -> TextTable | None:
    """A table of a folder; None where the folder has none. Raises BadInput."""
    text = read_text(folder, file)
    if text is None:
        return None
    model = table_entries()[file].row
    lines = list(csv_lines(text, file))
    table = TextTable(file, model, [h.strip() for h in lines[0][1]])
    while table.header and not table.header[-1]:
        table.header.pop()
    columns = [table.column_of(h) for h in table.header]
    for _, cells in lines[1:]:
        if any(c.strip() for c in cells):
            table.rows.append(dict(zip(columns, (c.strip() for c in cells), strict=False)))
    return table


def tables_in(folder: Path) -> Iterator[TextTable]:
    """Every table that a folder has, in the registry's order. Raises BadInput."""
    for file in table_entries():
        table = table_in(folder, file)
        if table is not None:
            yield table
