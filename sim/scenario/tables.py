"""CSV files of one folder -> validated rows. Every error names file, row and column.

Only a file that lies inside the folder is opened; a link that leads out of it is refused.
Encoding is UTF-8, with or without the mark that Excel writes, or GB18030 as a Chinese Excel writes
it, which is noted. An empty cell of a column that may be left out is as if the column were: its
default, or None. Several words in one cell are separated by ";".
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from anlan.sim.scenario.errors import BadInput, Slips, bad, reason, shown, worded
from anlan.sim.scenario.headers import SEPARATORS, Header, folded, header_of, names_of
from anlan.sim.scenario.rows import make
from anlan.sim.scenario.takes import is_many, is_optional

MAX_BYTES = 50_000_000  # a larger file is surely not a table of a district
MAX_CELL = 131_072  # characters that the csv module takes in one cell
TITLE_LINES = 12  # a sheet's title, its date and who drew it up stand within so many lines
FULL_WIDTH = ("\uff0c", "\uff1b")  # separators that may stand in a row for a comma
BETWEEN = re.compile("[;" + "".join(FULL_WIDTH) + "]")  # words of a cell, or of cells run together
# How a line of totals begins, which is no row of its table.
TOTALS = {"\u5408\u8ba1", "\u603b\u8ba1", "\u5c0f\u8ba1", "\u5171\u8ba1", "total", "sum"}
CHINESE = "gb18030"  # what a Chinese Windows writes where it is not told to write UTF-8
COMMON = "gb2312"  # the characters of it that nearly all Chinese text is written in

# What the csv module says of a spoilt file, so that other languages can say it too.
SAYINGS = (
    worded("unexpected end of data"),
    worded("',' expected after '\"'"),
    worded(
        "new-line character seen in unquoted field - do you need to open the file with newline=''?"
    ),
)


@dataclass(frozen=True)
class Remark:
    """What was done with a file that its owner should know: the words are `note.<key>`."""

    key: str
    file: str
    fill: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class FileRows[R: BaseModel]:
    """The rows of one file, and the editor's line number of each."""

    file: str
    rows: tuple[R, ...]
    lines: tuple[int, ...]
    written: Mapping[str, str] = field(default_factory=dict)  # column -> how its header has it
    lost: frozenset[str] = frozenset()  # what stands in the rows with a slip, which are left out


def read_text(folder: Path, file: str, remarks: list[Remark] | None = None) -> str | None:
    """The text of a file in the folder; None if there is no such file. Raises BadInput.

    remarks: where it is noted that the file is not in UTF-8.
    """
    path = folder / file
    try:
        if not path.exists() and not path.is_symlink():
            _check_spelling(path, file)
            return None
        if not path.resolve().is_relative_to(folder.resolve()):
            raise bad(
                worded("is a link that leads out of the scenario's folder; put the file itself"),
                file,
            )
        if not path.is_file():
            raise bad(worded("is not a plain file"), file)
        if path.stat().st_size > MAX_BYTES:
            problem = worded(
                "is larger than {most} MB; a table this size is a slip", most=MAX_BYTES // 1_000_000
            )
            raise bad(problem, file)
        data = path.read_bytes()
    except OSError as error:
        raise bad(worded("cannot be read: {why}", why=reason(error)), file) from None
    except RuntimeError:  # what Python 3.12 makes of a link that leads to itself
        raise bad(worded("is a link that leads nowhere; put the file itself"), file) from None
    return _decoded(data, file, remarks)


def _check_spelling(path: Path, file: str) -> None:
    """Refuses a file whose name differs in small and large letters only: it would be passed over.

    Raises BadInput.
    """
    wanted = path.name.casefold()
    beside = path.parent.iterdir() if path.parent.is_dir() else ()
    other = next((p.name for p in beside if p.name.casefold() == wanted), None)
    if other is not None:
        problem = worded(
            "lies there as {other}; call it {name}", other=shown(other), name=path.name
        )
        raise bad(problem, file)


def _decoded(data: bytes, file: str, remarks: list[Remark] | None) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = data.count(b"\n", 0, error.start) + 1
        found = _in_chinese(data)
        if found is None:
            problem = worded("not UTF-8; save the file as UTF-8 (in Excel: CSV UTF-8)")
            raise bad(problem, file, row) from None
        text = found
        if remarks is not None:
            remarks.append(Remark("gb18030", file))
    if "\0" in text:
        row = text.count("\n", 0, text.index("\0")) + 1
        problem = worded("holds a NUL character; save the file as plain UTF-8 text")
        raise bad(problem, file, row)
    if not text.strip():
        raise bad(worded("the file is empty; give at least its header line"), file)
    return text


def _in_chinese(data: bytes) -> str | None:
    """The text of a file in GB18030; None where it is something else.

    Nearly any bytes can be read so. Where more of them make sense as UTF-8 it is a spoilt file in
    UTF-8, and what is hardly written in common Chinese characters is in neither.
    """
    try:
        text = data.decode(CHINESE)
    except UnicodeDecodeError:
        return None
    beyond = [c for c in text if not c.isascii()]
    common = sum(bool(c.encode(COMMON, "ignore")) for c in beyond)
    as_utf8 = data.decode("utf-8", "replace")
    spoilt = as_utf8.count("\ufffd")
    sound = sum(not c.isascii() for c in as_utf8) - spoilt
    return text if 2 * common > len(beyond) and spoilt > sound else None


def read_table[R: BaseModel](
    folder: Path,
    file: str,
    model: type[R],
    required: bool = True,
    at_least: int = 0,
    slips: Slips | None = None,
    remarks: list[Remark] | None = None,
) -> FileRows[R]:
    """The rows of a CSV file. Raises BadInput.

    at_least: the fewest rows it must have. A file that is not required may be missing.
    slips: where rows with a slip are noted, and left out; without it the first one is raised, the
    others beside it. remarks: where it is noted what was done with the file.
    """
    text = read_text(folder, file, remarks)
    if text is None:
        if required:
            columns = ", ".join(model.model_fields)
            problem = worded(
                "the file is missing; give a table with the columns {columns}", columns=columns
            )
            raise bad(problem, file)
        return FileRows(file, (), ())
    lines = list(csv_lines(text, file))
    _check_title(lines, file, model)
    header = header_of(lines[0][1], file, lines[0][0], model)
    if header.unread and remarks is not None:
        columns = ", ".join(shown(text) for text in header.unread)
        remarks.append(Remark("unread_columns", file, {"columns": columns}))
    noted = Slips() if slips is None else slips
    rows, numbers, given, lost = [], [], 0, set[str]()
    for number, cells in lines[1:]:
        if any(c.strip() for c in cells):
            given += 1
            with noted:
                _check_is_row(cells, lines[0][1], file, number)
                rows.append(_row(header, cells, file, number, model))
                numbers.append(number)
                continue
            lost.update(word.strip() for cell in cells for word in BETWEEN.split(cell))
    if slips is None:
        noted.raise_first()
    if given < at_least:
        problem = worded(
            "has {given} rows below its header; give at least {least}", given=given, least=at_least
        )
        raise bad(problem, file)
    return FileRows(file, tuple(rows), tuple(numbers), header.written, frozenset(lost))


def csv_lines(text: str, file: str) -> Iterator[tuple[int, list[str]]]:
    """(line number where it begins, cells) of every line of a CSV text. Raises BadInput."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    begins = 1
    try:
        for cells in reader:
            if cells:
                yield begins, cells
            begins = reader.line_num + 1
    except csv.Error as error:
        if "field limit" in str(error):
            problem = worded(
                "a cell holds more than {most} characters; is a quote not closed?", most=MAX_CELL
            )
            raise bad(problem, file, begins) from None
        why = next((text for text in SAYINGS if text == str(error)), str(error))
        raise bad(worded("not valid CSV: {why}", why=why), file, begins) from None


def _check_title(lines: Sequence[tuple[int, list[str]]], file: str, model: type[BaseModel]) -> None:
    """Refuses lines above the header, such as a sheet's title. Raises BadInput."""
    known = names_of(file, model).keys()
    if known & {folded(c) for c in lines[0][1]}:
        return
    for number, cells in lines[1:TITLE_LINES]:
        if 2 * len(known & {folded(c) for c in cells}) > len([c for c in cells if c.strip()]):
            problem = worded(
                "{title} is no column, and row {number} looks like the header, which must be the "
                "first line; delete what stands above it",
                title=repr(shown(" ".join(c for c in lines[0][1] if c.strip()))),
                number=number,
            )
            raise bad(problem, file, lines[0][0])


def _row[R: BaseModel](
    header: Header, cells: list[str], file: str, number: int, model: type[R]
) -> R:
    columns = header.columns
    too_many = len(cells) > len(columns) and any(c.strip() for c in cells[len(columns) :])
    if too_many or len(cells) < len(columns):
        raise bad(_other_length(cells, len(columns)), file, number)
    raw = {
        column: _cell(cell.strip(), model, column)
        for column, cell in zip(columns, cells, strict=False)
        if column is not None and not _left_out(cell, model, column)
    }

    def wrong(column: str | None, problem: str) -> BadInput:
        return bad(problem, file, number, header.written.get(column or "", column))

    return make(model, raw, wrong)


def _check_is_row(cells: Sequence[str], header: Sequence[str], file: str, number: int) -> None:
    """Refuses what a sheet has below its header and is no row. Raises BadInput."""
    if [folded(c) for c in cells] == [folded(c) for c in header]:
        raise bad(worded("repeats the header; delete this row"), file, number)
    first = next(c for c in cells if c.strip())
    if folded(first) in TOTALS and not all(c.strip() for c in cells[1:4]):
        problem = worded("{first} looks like a line of totals; delete it", first=shown(first))
        raise bad(problem, file, number)


def _other_length(cells: Sequence[str], columns: int) -> str:
    """What to say of a row that has more or fewer cells than the header has columns."""
    wide = next((s for s in FULL_WIDTH if any(s in c for c in cells)), "")
    if wide:
        return worded(
            "{cells} cells, but the header has {columns} columns; a cell holds {called}: write a "
            "plain comma between columns",
            cells=len(cells),
            columns=columns,
            called=SEPARATORS[wide],
        )
    return worded(
        "{cells} cells, but the header has {columns} columns", cells=len(cells), columns=columns
    )


def _left_out(cell: str, model: type[BaseModel], column: str) -> bool:
    """Whether a cell says nothing in a column that may be left out: its default holds."""
    return not cell.strip() and not model.model_fields[column].is_required()


def _cell(cell: str, model: type[BaseModel], column: str) -> Any:
    annotation = model.model_fields[column].annotation
    if is_many(annotation):
        return tuple(w.strip() for w in cell.split(";") if w.strip())
    if cell == "" and is_optional(annotation):
        return None
    return cell
