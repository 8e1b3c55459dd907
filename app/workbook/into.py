"""A workbook's rows into a scenario's folder: checked by the ordinary reader first, then written.

The folder that would come of it is made beside the real one and loaded; every error is told by
sheet and cell. Only then is anything written, each file whole.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from anlan.app.copy import copied, mark_tables
from anlan.app.workbook.tables import TextTable
from anlan.sim.scenario.errors import BadInput, Worded, one_line, retold, worded
from anlan.sim.study import write_table, write_text


@dataclass(frozen=True)
class Outcome:
    """The files that a workbook gives: tables that change, texts, tables that go."""

    tables: Mapping[str, TextTable] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    gone: frozenset[str] = frozenset()
    book: str = ""

    def write(self, folder: Path) -> None:
        """Put them into a folder, each whole."""
        for file in self.gone:
            (folder / file).unlink(missing_ok=True)
        for file, table in self.tables.items():
            write_table(folder / file, table.text())
        for file, text in self.texts.items():
            write_text(folder / file, text)


@contextmanager
def made(base: Path | None, outcome: Outcome, beside: Path) -> Iterator[Path]:
    """A folder with the base's files and the workbook's, which loads. Raises BadInput."""
    from anlan.sim import load  # late: it takes the whole simulation with it

    with tempfile.TemporaryDirectory(dir=beside, prefix=".anlan-") as scratch:
        folder = Path(scratch) / "made"
        if base is not None:
            copied(base, folder)
        else:
            folder.mkdir()
        outcome.write(folder)
        try:
            load(folder)
        except BadInput as error:
            raise relocated(error, outcome) from None
        yield folder


def put(folder: Path, made_folder: Path, outcome: Outcome) -> None:
    """The made folder in its place: by one renaming where it is new, else file by file."""
    if not folder.exists():
        mark_tables(made_folder)
        made_folder.rename(folder)
        return
    outcome.write(folder)


def relocated(error: BadInput, outcome: Outcome) -> BadInput:
    """An error of a file that came of the workbook, by sheet and cell; the others too."""
    return retold(error, lambda one: _relocated(one, outcome))


def _relocated(error: BadInput, outcome: Outcome) -> BadInput:
    said = error.told
    if not isinstance(said, Worded):
        return error
    blanks = said.blanks
    file, row = str(blanks.get("file", "")), blanks.get("row")
    table = outcome.tables.get(file)
    problem = blanks.get("problem")
    if table is None or problem is None:
        return error
    # the first row is the header's; each row of the table is a line of its own
    at = row - 2 if isinstance(row, int) else -1
    origin = table.origins.get(at)
    if origin is None:
        return error
    sheet, cell, cells = origin
    column = table.column_of(str(blanks.get("column", "")))
    where = f"{sheet}!{cells.get(column, cell)}"
    if column and column in table.model.model_fields:
        told = worded("{file} {where}, column {column}: {problem}", file=outcome.book, where=where,
                      column=column, problem=problem)  # fmt: skip
    else:
        told = worded("{file} {where}: {problem}", file=outcome.book, where=where, problem=problem)
    return BadInput(one_line(told))
