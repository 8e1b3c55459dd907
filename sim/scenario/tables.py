"""Text files of one folder -> validated rows. Every error names file, row and column.

Only a file that lies inside the folder is opened; a link that leads out of it is refused.
Encoding is UTF-8, with or without the mark that Excel writes. An empty cell of an optional
column is None; several words in one cell are separated by ";".
"""

from __future__ import annotations

import csv
import io
import re
import tomllib
import types
import typing
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from anlan.sim.scenario.errors import BadInput, bad, bad_key, nearest, shown

MAX_BYTES = 50_000_000  # a larger file is surely not a table of a district
MAX_INTEGER = 10**15  # sums of such numbers still fit into 64 bits
MAX_CELL = 131_072  # characters that the csv module takes in one cell
IN_A_CELL = "words separated by ';'"  # how several stand in a cell; in TOML they are a list
MAY_BE_EMPTY = {"unit", "source"}  # text columns that a planner may leave empty


@dataclass(frozen=True)
class Table[R: BaseModel]:
    """The rows of one file, and the editor's line number of each."""

    file: str
    rows: tuple[R, ...]
    lines: tuple[int, ...]


def read_text(folder: Path, file: str) -> str | None:
    """The text of a file in the folder; None if there is no such file. Raises BadInput."""
    path = folder / file
    try:
        if not path.exists() and not path.is_symlink():
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
    return _decoded(data, file)


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
    folder: Path, file: str, model: type[R], required: bool = True, at_least: int = 0
) -> Table[R]:
    """The rows of a CSV file. Raises BadInput.

    at_least: the fewest rows it must have. A file that is not required may be missing.
    """
    text = read_text(folder, file)
    if text is None:
        if required:
            columns = ", ".join(model.model_fields)
            raise bad(f"the file is missing; give a table with the columns {columns}", file)
        return Table(file, (), ())
    lines = list(_csv_lines(text, file))
    header = _header(lines[0], file, model)
    rows, numbers = [], []
    for number, cells in lines[1:]:
        if any(c.strip() for c in cells):
            rows.append(_row(header, cells, file, number, model))
            numbers.append(number)
    if len(rows) < at_least:
        raise bad(f"has {len(rows)} rows below its header; give at least {at_least}", file)
    return Table(file, tuple(rows), tuple(numbers))


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


def _header(line: tuple[int, list[str]], file: str, model: type[BaseModel]) -> list[str]:
    number, cells = line
    header = [c.strip() for c in cells]
    while header and not header[-1]:  # Excel likes to leave empty columns behind
        header.pop()
    known = list(model.model_fields)
    for sign, called in ((";", "semicolons"), ("\t", "tabs")):
        if len(header) == 1 and sign in header[0]:
            raise bad(
                f"the columns are separated by {called}; separate them with commas "
                "(in Excel: CSV UTF-8, comma delimited)",
                file,
                number,
            )
    for column in header:
        if column not in known:
            raise bad(
                f"unknown column; {nearest(column, known)}",
                file,
                number,
                column or "(empty)",
            )
        if header.count(column) > 1:
            raise bad("the column is there twice; keep one", file, number, column)
    for column, spec in model.model_fields.items():
        if column not in header and spec.is_required():
            what = _expected(spec.annotation, spec.metadata)
            raise bad(f"the column is missing; add it: {what}", file, number, column)
    return header


def _row[R: BaseModel](
    header: list[str], cells: list[str], file: str, number: int, model: type[R]
) -> R:
    if len(cells) > len(header) and any(c.strip() for c in cells[len(header) :]):
        raise bad(
            f"{len(cells)} cells, but the header has {len(header)} columns",
            file,
            number,
        )
    if len(cells) < len(header):
        raise bad(
            f"{len(cells)} cells, but the header has {len(header)} columns",
            file,
            number,
        )
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


def is_many(annotation: Any) -> bool:
    """Whether a field holds several words."""
    return typing.get_origin(annotation) is tuple


def is_optional(annotation: Any) -> bool:
    """Whether a field may be None."""
    union = typing.get_origin(annotation) in (typing.Union, types.UnionType)
    return union and type(None) in typing.get_args(annotation)


def make[R: BaseModel](
    model: type[R], raw: Mapping[str, Any], error: typing.Callable[..., BadInput]
) -> R:
    """A validated row. `error(column or None, problem)` words what is raised."""
    for key, given in raw.items():
        spec = model.model_fields.get(key)
        if spec is not None and _no_number(given, spec):
            text = shown(given).lower() if isinstance(given, bool) else shown(given)
            what = _expected(spec.annotation, spec.metadata)
            raise error(key, f"{text} is not a number; give {what}")
    try:
        row = model.model_validate(raw)
    except ValidationError as wrong:
        column, problem = explain(wrong, model)
        raise error(column, problem) from None
    for column, value in row.__dict__.items():
        if isinstance(value, int) and abs(value) > MAX_INTEGER:
            raise error(column, f"{shown(value)} is too large; give at most {MAX_INTEGER}")
        if isinstance(value, str) and not value and column not in MAY_BE_EMPTY:
            raise error(column, "is empty; give a text")
        if isinstance(value, datetime) and value.tzinfo is None:
            problem = f"{value.isoformat()} has no offset from UTC; write it too"
            raise error(column, f"{problem}, such as 2022-09-14T18:00:00+08:00")
    return row


def _no_number(value: Any, spec: FieldInfo) -> bool:
    """Whether a value stands for a number only in Python: true as 1, or 1_6 as 16."""
    plain = _plain(spec.annotation)
    if isinstance(value, bool):
        return plain in (int, float) or typing.get_origin(plain) is typing.Literal
    return plain in (int, float) and isinstance(value, str) and "_" in value


def _plain(annotation: Any) -> Any:
    """The type of a field without its limits and without `or nothing`."""
    if is_optional(annotation):
        annotation = next(a for a in typing.get_args(annotation) if a is not type(None))
    while typing.get_origin(annotation) is typing.Annotated:
        annotation = typing.get_args(annotation)[0]
    return annotation


def explain(wrong: ValidationError, model: type[BaseModel]) -> tuple[str | None, str]:
    """(column, problem) of the first thing that pydantic found wrong, in a planner's words."""
    errors = wrong.errors(include_url=False)
    # a key misspelt is both missing and unknown; unknown says more
    first = next((e for e in errors if e["type"] == "extra_forbidden"), errors[0])
    # a key that takes several kinds is followed by the kind that was tried
    column = ".".join(p for p in first["loc"] if isinstance(p, str) and "[" not in p) or None
    top = str(first["loc"][0]) if first["loc"] else None
    kind, given = first["type"], first.get("input")
    if kind == "value_error":
        return column, str(first["ctx"]["error"])
    if kind == "extra_forbidden":
        return column, f"unknown key; {nearest(str(column), model.model_fields)}"
    spec = model.model_fields.get(top or "")
    what = _expected(spec.annotation, spec.metadata) if spec else "another value"
    item = next((p for p in first["loc"] if isinstance(p, int)), None)
    if kind in ("missing", "too_long") and item is not None:
        much = "little" if kind == "missing" else "much"
        return column, f"its item {item + 1} holds too {much}; give {what}"
    if kind == "missing":
        return column, "is missing; give it"
    if given == "":
        return column, f"is empty; give {what}"
    return column, f"{shown(given)} {_fault(kind, first.get('ctx', {}))}; give {what}"


def _fault(kind: str, ctx: Mapping[str, Any]) -> str:
    """What is wrong with a value, from pydantic's kind of error."""
    if kind == "greater_than_equal":
        return f"is less than {ctx['ge']:.10g}"
    if kind == "greater_than":
        return f"is not more than {ctx['gt']:g}"
    if kind == "less_than_equal":
        return f"is more than {ctx['le']:.10g}"
    if kind == "less_than":
        return f"is not less than {ctx['lt']:g}"
    return _FAULTS.get(kind, _FAULTS.get(kind.split("_")[0], "does not fit"))


_FAULTS = {
    "int": "is not a whole number",
    "float": "is not a number",
    "finite": "is not a finite number",
    "bool": "is neither yes nor no",
    "literal": "is not one of the words",
    "string": "does not fit",
    "string_type": "is not a text",
    "string_pattern_mismatch": "is not an id",
    "string_too_long": "is too long",
    "datetime": "is not a time",
    "timezone": "has no offset",
    "model": "is not a table of keys",
    "tuple": "is not a list",
}


def _expected(annotation: Any, metadata: list[Any]) -> str:
    """What a field takes, in words: `a whole number, 0 or more`."""
    if is_optional(annotation):
        inner = next(a for a in typing.get_args(annotation) if a is not type(None))
        return f"{_expected(inner, [])}, or nothing"
    origin = typing.get_origin(annotation)
    if origin is typing.Annotated:
        base, *rest = typing.get_args(annotation)
        return _expected(base, [*metadata, *rest])
    if origin in (typing.Union, types.UnionType):
        return ", or ".join(_expected(a, metadata) for a in typing.get_args(annotation))
    if origin is typing.Literal and len(typing.get_args(annotation)) == 1:
        return f'"{typing.get_args(annotation)[0]}"'
    if origin is typing.Literal:
        return "one of " + ", ".join(str(a) for a in typing.get_args(annotation))
    if origin is tuple:
        if is_many(typing.get_args(annotation)[0]):
            return "a list, each [longitude, latitude]"  # the one such key: the coast
        return f"{IN_A_CELL}, each {_expected(typing.get_args(annotation)[0], [])}"
    limits = _limits(metadata)
    if annotation is bool:
        return "1 or 0"
    if annotation is int:
        return "a whole number" + limits
    if annotation is float:
        return "a number" + limits
    if annotation is datetime:
        return "a time such as 2022-09-14T18:00:00Z"
    if annotation is str:
        pattern = any(getattr(m, "pattern", None) for m in _flat(metadata))
        return "small letters a-z, digits, '-', '_' or '.'" if pattern else "a text"
    return "keys " + ", ".join(getattr(annotation, "model_fields", {}))


def _flat(metadata: list[Any]) -> Iterator[Any]:
    for m in metadata:
        yield m
        yield from _flat(list(getattr(m, "metadata", [])))


def _limits(metadata: list[Any]) -> str:
    found: dict[str, float] = {}
    for m in _flat(metadata):
        for name in ("ge", "gt", "le", "lt"):
            value = getattr(m, name, None)
            if value is not None:
                found[name] = value
    if "ge" in found and "le" in found:
        return f" from {found['ge']:.10g} to {found['le']:.10g}"
    words = {
        "ge": "{:.10g} or more",
        "gt": "more than {:.10g}",
        "le": "{:.10g} or less",
        "lt": "less than {:.10g}",
    }
    return "".join(", " + words[name].format(value) for name, value in found.items())


@dataclass(frozen=True)
class Toml:
    """A TOML file: its tables and its text, which tells the line of a key."""

    file: str
    data: dict[str, Any]
    text: str

    def wrong(
        self, problem: str, table: str, key: str | None, index: int | None = None
    ) -> BadInput:
        """The BadInput for `[table] key`, or for the index-th (from 0) `[[table]]`."""
        problem = problem.replace(IN_A_CELL, "a list")
        name = table if index is None else f"{table}[{index + 1}]"
        full = ".".join(p for p in (name, key) if p)
        return bad_key(problem, self.file, full, self._line(table, key, index))

    def _line(self, table: str, key: str | None, index: int | None) -> int | None:
        """The line of a key, found by its looks; the table's own line if the key is not there."""
        opener = re.compile(rf"\s*\[\[?\s*{re.escape(table)}\s*\]" if table else r"(?!)")
        seen, inside, begun = -1, not table, None
        first = re.escape(key.split(".")[0]) if key else r"(?!)"
        for number, line in enumerate(self.text.splitlines(), start=1):
            if re.match(r"\s*\[", line):
                is_ours = opener.match(line) is not None
                seen += is_ours
                inside = is_ours and (index is None or seen == index)
                begun = number if inside else begun
            elif inside and re.match(rf"\s*{first}\s*[=.]", line):
                return number
        return begun


def read_toml(folder: Path, file: str, tables: tuple[str, ...]) -> Toml:
    """A TOML file whose top-level keys are among `tables`. Raises BadInput."""
    text = read_text(folder, file)
    if text is None:
        raise bad(f"the file is missing; give one with {', '.join(tables)}", file)
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        row = re.search(r"at line (\d+)", str(error))
        raise bad(f"not valid TOML: {error}", file, int(row[1]) if row else None) from None
    toml = Toml(file, data, text)
    for key in data:
        if key not in tables:
            raise bad_key(
                f"unknown key; {nearest(key, tables)}",
                file,
                key,
                toml._line(key, None, None),
            )
    return toml


def toml_table[R: BaseModel](toml: Toml, table: str, model: type[R]) -> R:
    """One `[table]` as a validated row. Raises BadInput."""
    raw = toml.data.get(table)
    if not isinstance(raw, dict):
        raise bad_key(f"is missing; give a table [{table}]", toml.file, table)
    return make(model, raw, lambda key, problem: toml.wrong(problem, table, key))


def toml_list[R: BaseModel](toml: Toml, table: str, model: type[R]) -> tuple[R, ...]:
    """Every `[[table]]` as validated rows. Raises BadInput."""
    raw = toml.data.get(table, [])
    if not isinstance(raw, list) or not raw:
        raise bad_key(f"is missing; give at least one [[{table}]]", toml.file, table)
    rows = []
    for i, entry in enumerate(raw):
        if not isinstance(entry, dict):
            raise bad_key(f"is not a table; write [[{table}]]", toml.file, f"{table}[{i + 1}]")
        rows.append(
            make(
                model,
                entry,
                lambda key, problem, i=i: toml.wrong(problem, table, key, i),
            )
        )
    return tuple(rows)
