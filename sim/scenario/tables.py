"""CSV files of one folder -> validated rows. Every error names file, row and column.

Only a file that lies inside the folder is opened; a link that leads out of it is refused.
Encoding is UTF-8, with or without the mark that Excel writes. An empty cell of an optional
column is None; several words in one cell are separated by ";".
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from anlan.sim.scenario.errors import Slips, bad, hidden, nearest, shown
from anlan.sim.scenario.rows import make
from anlan.sim.scenario.takes import expected, is_many, is_optional

MAX_BYTES = 50_000_000  # a larger file is surely not a table of a district
MAX_CELL = 131_072  # characters that the csv module takes in one cell
TITLE_LINES = 12  # a sheet's title, its date and who drew it up stand within so many lines
# What separates columns in other exports, and what Chinese input methods write for a comma.
SEPARATORS = {
    ";": "semicolons",
    "\t": "tabs",
    "\uff0c": "full-width commas (\uff0c)",
    "\uff1b": "full-width semicolons (\uff1b)",
    "\u3001": "enumeration commas (\u3001)",
}
FULL_WIDTH = ("\uff0c", "\uff1b")  # of these, those that may stand in a row for a comma


@dataclass(frozen=True)
class FileRows[R: BaseModel]:
    """The rows of one file, and the editor's line number of each."""

    file: str
    rows: tuple[R, ...]
    lines: tuple[int, ...]


def read_text(folder: Path, file: str) -> str | None:
    """The text of a file in the folder; None if there is no such file. Raises BadInput."""
    path = folder / file
    try:
        if not path.exists() and not path.is_symlink():
            _check_spelling(path, file)
            return None
        if not path.resolve().is_relative_to(folder.resolve()):
            raise bad(
                "is a link that leads out of the scenario's folder; put the file itself",
                file,
            )
        if not path.is_file():
            raise bad("is not a plain file", file)
        if path.stat().st_size > MAX_BYTES:
            raise bad(
                f"is larger than {MAX_BYTES // 1_000_000} MB; a table this size is a slip",
                file,
            )
        data = path.read_bytes()
    except OSError as error:
        raise bad(f"cannot be read: {error.strerror}", file) from None
    except RuntimeError:  # what Python 3.12 makes of a link that leads to itself
        raise bad("is a link that leads nowhere; put the file itself", file) from None
    return _decoded(data, file)


def _check_spelling(path: Path, file: str) -> None:
    """Refuses a file whose name differs in small and large letters only: it would be passed over.

    Raises BadInput.
    """
    wanted = path.name.casefold()
    beside = path.parent.iterdir() if path.parent.is_dir() else ()
    other = next((p.name for p in beside if p.name.casefold() == wanted), None)
    if other is not None:
        raise bad(f"lies there as {shown(other)}; call it {path.name}", file)


def _decoded(data: bytes, file: str) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = data.count(b"\n", 0, error.start) + 1
        raise bad("not UTF-8; save the file as UTF-8 (in Excel: CSV UTF-8)", file, row) from None
    if "\0" in text:
        row = text.count("\n", 0, text.index("\0")) + 1
        raise bad("holds a NUL character; save the file as plain UTF-8 text", file, row)
    if not text.strip():
        raise bad("the file is empty; give at least its header line", file)
    return text


def read_table[R: BaseModel](
    folder: Path,
    file: str,
    model: type[R],
    required: bool = True,
    at_least: int = 0,
    slips: Slips | None = None,
) -> FileRows[R]:
    """The rows of a CSV file. Raises BadInput.

    at_least: the fewest rows it must have. A file that is not required may be missing.
    slips: where rows with a slip are noted, and left out; without it the first one is raised.
    """
    text = read_text(folder, file)
    if text is None:
        if required:
            columns = ", ".join(model.model_fields)
            raise bad(f"the file is missing; give a table with the columns {columns}", file)
        return FileRows(file, (), ())
    lines = list(_csv_lines(text, file))
    _check_title(lines, file, model)
    header = _header(lines[0], file, model)
    noted = Slips() if slips is None else slips
    rows, numbers, given = [], [], 0
    for number, cells in lines[1:]:
        if any(c.strip() for c in cells):
            given += 1
            with noted:
                rows.append(_row(header, cells, file, number, model))
                numbers.append(number)
    if slips is None:
        noted.raise_first()
    if given < at_least:
        raise bad(f"has {given} rows below its header; give at least {at_least}", file)
    return FileRows(file, tuple(rows), tuple(numbers))


def _csv_lines(text: str, file: str) -> Iterator[tuple[int, list[str]]]:
    """(line number where it begins, cells) of every line of a CSV text."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    begins = 1
    try:
        for cells in reader:
            if cells:
                yield begins, cells
            begins = reader.line_num + 1
    except csv.Error as error:
        if "field limit" in str(error):
            problem = f"a cell holds more than {MAX_CELL} characters; is a quote not closed?"
            raise bad(problem, file, begins) from None
        raise bad(f"not valid CSV: {error}", file, begins) from None


def _check_title(lines: Sequence[tuple[int, list[str]]], file: str, model: type[BaseModel]) -> None:
    """Refuses lines above the header, such as a sheet's title. Raises BadInput."""
    known = set(model.model_fields)
    if known & {c.strip() for c in lines[0][1]}:
        return
    for number, cells in lines[1:TITLE_LINES]:
        if 2 * len(known & {c.strip() for c in cells}) > len([c for c in cells if c.strip()]):
            problem = (
                f"{shown(' '.join(c for c in lines[0][1] if c.strip()))} is no column, and row "
                f"{number} looks like the header, which must be the first line; delete what "
                "stands above it"
            )
            raise bad(problem, file, lines[0][0])


def _header(line: tuple[int, list[str]], file: str, model: type[BaseModel]) -> list[str]:
    number, cells = line
    header = [c.strip() for c in cells]
    while header and not header[-1]:  # Excel likes to leave empty columns behind
        header.pop()
    known = list(model.model_fields)
    for sign, called in SEPARATORS.items():
        if len(header) == 1 and sign in header[0]:
            raise bad(
                f"the columns are separated by {called}; separate them with commas "
                "(in Excel: CSV UTF-8, comma delimited)",
                file,
                number,
            )
    left = [column for column in known if column not in header]  # one of these was meant
    for column in header:
        if unseen := hidden(column):
            raise bad(f"{unseen}; delete it", file, number, shown(column))
        if column not in known:
            raise bad(
                f"unknown column; {nearest(column, left or known)}",
                file,
                number,
                column or "(empty)",
            )
        if header.count(column) > 1:
            raise bad("the column is there twice; keep one", file, number, column)
    for column, spec in model.model_fields.items():
        if column not in header and spec.is_required():
            what = expected(spec.annotation, spec.metadata)
            raise bad(f"the column is missing; add it: {what}", file, number, column)
    return header


def _row[R: BaseModel](
    header: list[str], cells: list[str], file: str, number: int, model: type[R]
) -> R:
    too_many = len(cells) > len(header) and any(c.strip() for c in cells[len(header) :])
    if too_many or len(cells) < len(header):
        problem = f"{len(cells)} cells, but the header has {len(header)} columns"
        if wide := next((s for s in FULL_WIDTH if any(s in c for c in cells)), ""):
            problem += f"; a cell holds {SEPARATORS[wide]}: write a plain comma between columns"
        raise bad(problem, file, number)
    raw = {
        column: _cell(cell.strip(), model, column)
        for column, cell in zip(header, cells, strict=False)
    }
    return make(model, raw, lambda column, problem: bad(problem, file, number, column))


def _cell(cell: str, model: type[BaseModel], column: str) -> Any:
    annotation = model.model_fields[column].annotation
    if is_many(annotation):
        return tuple(w.strip() for w in cell.split(";") if w.strip())
    if cell == "" and is_optional(annotation):
        return None
    return cell
