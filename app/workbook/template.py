"""A workbook made from the registry of tables: a sheet a table, with notes, units and lists.

Row 1 names the file and says what it holds; then the columns in Chinese, by their names, their
units, what they mean in each language. Column A is for marks: a row that it calls an example is
not read. Files that are no tables (TOML, grids, remarks) are sheets of their lines.
"""

from __future__ import annotations

import io
import re
import typing
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from anlan.analysis.words import FALLBACK, LANGS, word
from anlan.analysis.words.names import said as told_in
from anlan.app.workbook.cells import letters
from anlan.app.workbook.own import SHORT
from anlan.app.workbook.tables import TextTable, empty_table, table_entries, table_in
from anlan.sim import SHIPPED, folder_of
from anlan.sim.scenario.dictionary import ColumnWords, described
from anlan.sim.scenario.registry import Table
from anlan.sim.scenario.schema import Scenario
from anlan.sim.scenario.tables import read_text
from anlan.sim.scenario.takes import expected, plain

FIRST = 7  # the first row of data, from 1
SPARE = 500  # empty rows that have lists to choose from
LONGEST = 30_000  # characters in a cell; a longer line goes on in the next one
# what is written is what was given: no formula, link or number is made of a text
AS_TEXT = {
    "in_memory": True, "strings_to_formulas": False, "strings_to_numbers": False,
    "strings_to_urls": False,
}  # fmt: skip
GUIDE = "anlan"
EXAMPLE = "例 example"
NO_ROWS = "0"  # the mark of a file that is there and has no rows

TEXTS = (".toml", ".md", ".asc")
_FORBIDDEN = re.compile(r"[\[\]:*?/\\']")
EXAMPLES = ("haimen-typhoon", "tiny-fire", "fuling-forest-fire", "tiny")


@dataclass(frozen=True)
class Part:
    """A file of a scenario as a sheet: a table, or the lines of a text."""

    file: str
    sheet: str
    table: TextTable | None = None
    lines: tuple[str, ...] = ()
    empty: bool = False  # a table's file that is there without rows


def parts_of(folder: Path) -> list[Part]:
    """The files of a scenario's folder that a workbook holds. Raises BadInput."""
    found = [_text_part(folder, p.name) for p in sorted(folder.iterdir()) if p.suffix in TEXTS]
    titles = _titles()
    for file in table_entries():
        table = table_in(folder, file)
        if table is not None:
            found.append(Part(file, titles[file], table, empty=not table.rows))
    return found


def blank_parts(id_: str) -> list[Part]:
    """The sheets of a scenario that has still to be filled in."""
    from importlib.resources import files

    found = []
    for file in ("scenario.toml", "plan.toml"):
        text = files(__package__).joinpath("skeleton").joinpath(file).read_text(encoding="utf-8")
        found.append(Part(file, file, lines=tuple(text.replace("MY-DISTRICT", id_).split("\n"))))
    titles = _titles()
    return found + [Part(file, titles[file], empty_table(file)) for file in table_entries()]


def _text_part(folder: Path, file: str) -> Part:
    text = read_text(folder, file) or ""
    return Part(file, file[:31], lines=tuple(line.rstrip("\r") for line in text.split("\n")))


def _titles() -> dict[str, str]:
    """File -> the name of its sheet: what it is called and what it holds."""
    found = {}
    for file, entry in table_entries().items():
        said = _FORBIDDEN.sub(" ", SHORT.split(told_in(entry.part, LANGS[0]))[0])
        found[file] = f"{file.removesuffix('.csv')} {said}"[:31].strip()
    return found


def written(parts: Sequence[Part], examples: bool) -> bytes:
    """The workbook of these files."""
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, AS_TEXT)
    looks = {
        "title": book.add_format({"bold": True, "font_size": 13}),
        "head": book.add_format({"bold": True, "bg_color": "#DCE6F1", "border": 1,
                                 "text_wrap": True}),
        "name": book.add_format({"bg_color": "#EEF3FA", "border": 1, "font_color": "#444444"}),
        "note": book.add_format({"text_wrap": True, "valign": "top", "font_size": 9,
                                 "font_color": "#555555", "border": 1}),
        "example": book.add_format({"italic": True, "font_color": "#808080"}),
        "text": book.add_format({"num_format": "@"}),
    }  # fmt: skip
    _guide(book, looks, parts)
    sheets = {part.file: part for part in parts}
    words = {d.entry.part.file: d.columns for d in described(Scenario)}
    for part in parts:
        sheet = book.add_worksheet(part.sheet)
        if part.table is None:
            _write_lines(sheet, part, looks)
        else:
            _write_table(sheet, part, words[part.file], sheets, looks, examples)
    book.close()
    return out.getvalue()


def _guide(book: Any, looks: Mapping[str, Any], parts: Sequence[Part]) -> None:
    sheet = book.add_worksheet("说明 guide")
    sheet.write_string(0, 0, GUIDE, looks["note"])
    sheet.set_column(0, 0, 8)
    sheet.set_column(1, 1, 110)
    row = 0
    for lang in LANGS:
        for number, text in enumerate(word("book.guide", lang).split("\\n")):
            sheet.write_string(row, 1, text, looks["title" if number == 0 else "text"])
            row += 1
        row += 1
    entries = table_entries()
    for part in parts:
        sheet.write_url(row, 1, f"internal:'{part.sheet}'!A1", string=part.sheet)
        if part.file in entries:
            said = entries[part.file].part
            sheet.write_string(row, 2, f"{told_in(said, LANGS[0])} / {told_in(said, FALLBACK)}")
        row += 1


def _write_lines(sheet: Any, part: Part, looks: Mapping[str, Any]) -> None:
    sheet.set_column(0, 0, 120)
    sheet.write_string(0, 0, part.file, looks["title"])
    for row, line in enumerate(part.lines, start=1):
        for column, start in enumerate(range(0, len(line), LONGEST)):
            sheet.write_string(row, column, line[start : start + LONGEST], looks["text"])


def _write_table(
    sheet: Any, part: Part, words: Sequence[ColumnWords], sheets: Mapping[str, Part],
    looks: Mapping[str, Any], examples: bool,
) -> None:  # fmt: skip
    table = part.table
    if table is None:
        return
    said = table_entries()[part.file].part
    sheet.write_string(0, 0, part.file, looks["title"])
    sheet.write_string(
        0, 1, f"{told_in(said, LANGS[0])} / {told_in(said, FALLBACK)}", looks["title"]
    )
    sheet.write_string(1, 0, NO_ROWS if part.empty else "", looks["note"])
    last = FIRST + len(table.rows) + SPARE
    example = _example(part.file) if examples else None
    for column, column_words in enumerate(words, start=1):
        _write_head(sheet, column, column_words, looks)
        _lists(sheet, column, column_words, sheets, (FIRST - 1, last))
        textual = plain(column_words.spec.annotation) not in (int, float, bool)
        sheet.set_column(column, column, 16, looks["text"] if textual else None)
        rows = table.rows if example is None else [example, *table.rows]
        for at, row in enumerate(rows):
            look = looks["example"] if example is not None and at == 0 else None
            _write_cell(
                sheet, (FIRST - 1 + at, column), row.get(column_words.name, ""), textual, look
            )
    sheet.set_column(0, 0, 12)
    sheet.set_row(4, 60)
    sheet.set_row(5, 60)
    if example is not None:
        sheet.write_string(FIRST - 1, 0, EXAMPLE, looks["example"])
    sheet.freeze_panes(FIRST - 1, 2)


def _write_head(sheet: Any, column: int, words: ColumnWords, looks: Mapping[str, Any]) -> None:
    takes = expected(words.spec.annotation, words.spec.metadata)
    sheet.write_string(1, column, SHORT.split(told_in(words, LANGS[0]))[0], looks["head"])
    sheet.write_string(2, column, words.name, looks["name"])
    sheet.write_string(3, column, words.unit, looks["name"])
    sheet.write_string(4, column, told_in(words, LANGS[0]), looks["note"])
    sheet.write_string(5, column, f"{told_in(words, FALLBACK)} ({takes})", looks["note"])


def _lists(
    sheet: Any, column: int, words: ColumnWords, sheets: Mapping[str, Part], rows: tuple[int, int]
) -> None:
    """What may be chosen in the cells of a column: words, or what another sheet names."""
    choices = [str(c) for c in _choices(words)]
    source: Any = None
    if choices and len(",".join(choices)) <= 255:
        source = choices
    elif len(words.refers) == 1 and words.refers[0] in sheets:
        other = sheets[words.refers[0]]
        count = len(other.table.rows) if other.table is not None else 0
        end = FIRST + count + SPARE
        source = f"='{other.sheet}'!${letters(2)}${FIRST}:${letters(2)}${end}"
    if source is None:
        return
    sheet.data_validation(
        rows[0], column, rows[1], column,
        {"validate": "list", "source": source, "error_type": "warning",
         "input_title": words.name[:32], "input_message": told_in(words, LANGS[0])[:250]},
    )  # fmt: skip


def _choices(words: ColumnWords) -> tuple[Any, ...]:
    kind = plain(words.spec.annotation)
    if kind is bool:
        return (1, 0)
    return typing.get_args(kind) if typing.get_origin(kind) is typing.Literal else ()


def _write_cell(sheet: Any, spot: tuple[int, int], text: str, textual: bool, look: Any) -> None:
    """A value as a number where that gives the same text again, else as it is."""
    if text == "":
        return
    if not textual:
        number = _as_number(text)
        if number is not None:
            sheet.write_number(*spot, number, look)
            return
    sheet.write_string(*spot, text, look)


def _as_number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    kept = float(f"{value:.16G}")  # the figures that XlsxWriter writes
    return value if kept == value and "_" not in text and abs(value) < 1e300 else None


def _example(file: str) -> dict[str, str] | None:
    """A row of a shipped scenario, or of the table that stands in for all."""
    folders = [folder_of(name) for name in EXAMPLES] + [SHIPPED]
    for folder in folders:
        table = table_in(folder, file) if folder.joinpath(file).is_file() else None
        if table is not None and table.rows:
            return table.rows[0]
    return None


def must_have(file: str) -> bool:
    """Whether a folder needs a table's file."""
    part = table_entries()[file].part
    return isinstance(part, Table) and not part.optional
