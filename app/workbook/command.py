"""`anlan import`, `anlan export` and `anlan new`: workbooks in and out."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from anlan.analysis.words import word
from anlan.app.folder import path_text, unwritable
from anlan.app.progress import say
from anlan.app.show import console, table
from anlan.app.workbook.book import Reading, read_book
from anlan.app.workbook.exact import Files, template_files
from anlan.app.workbook.into import Outcome, made, put
from anlan.app.workbook.map_frames import check_frames
from anlan.app.workbook.opening import open_book
from anlan.app.workbook.report import (
    DOUBTS,
    answered,
    answers_in,
    column_lines,
    doubt_text,
    doubts_of,
    plain,
    refused,
    report_bytes,
    sheet_name,
    state_text,
)
from anlan.app.workbook.rows import Joined, joined
from anlan.app.workbook.tables import TextTable, table_entries, tables_in
from anlan.app.workbook.template import Part, blank_parts, must_have, parts_of, written
from anlan.sim import folder_of
from anlan.sim.scenario.errors import BadInput
from anlan.sim.study import whole

SHOWN = 30  # doubts on the screen; all of them are in the report
ID = re.compile(r"[a-z0-9\u4e00-\u9fff][a-z0-9\u4e00-\u9fff._-]{0,63}")
ALWAYS = ("scenario.toml", "plan.toml")


@dataclass(frozen=True)
class Asked:
    """What `anlan import` was asked to do."""

    workbook: Path
    folder: Path
    base: str | None = None
    yes: bool = False
    replace: bool = False
    report: Path | None = None
    answers: Path | None = None
    wgs84: bool = False  # the planner says that places are of WGS 84, whatever they look like


def import_workbook(asked: Asked, lang: str) -> int:
    """Read a workbook into a scenario folder. Raises BadInput; then nothing was written."""
    book = open_book(asked.workbook)
    if asked.answers is not None:
        given = answers_in(open_book(asked.answers))
        if given is None:
            name = sheet_name(DOUBTS, lang)
            told = {"file": path_text(asked.answers), "sheet": name}
            raise BadInput(word("cli.import.no_answers", lang, **told))
        book = answered(book, given)
    files = template_files(book)
    rest = tuple(s for s in book.sheets if s.name not in files.sheets)
    reading = read_book(type(book)(book.file, rest, book.recalculates))
    base = _base(asked, files, lang)
    outcome, joining = _outcome(reading, files, base, asked.replace)
    if reading.regions or not files.sheets:
        report = _report(asked, reading, joining, lang)
        _show(reading, joining, lang)
        say(word("cli.import.report", lang, file=path_text(report)))
        none = joining is not None and joining.nothing and not files.sheets
        if none or (not outcome.tables and not outcome.texts):
            told = {"file": path_text(asked.workbook), "report": path_text(report)}
            raise BadInput(word("cli.import.nothing", lang, **told))
    if not asked.wgs84:
        check_frames(reading, outcome, base, lang)
    parent = asked.folder.resolve().parent
    try:
        parent.mkdir(parents=True, exist_ok=True)
        with made(base, outcome, parent) as folder:
            if not _confirmed(asked, lang):
                return 0
            put(asked.folder, folder, outcome)
    except OSError as error:
        raise unwritable(asked.folder, error, lang) from None
    shown = path_text(asked.folder)
    say(word("cli.import.done", lang, folder=shown, typed=typed(shown)))
    return 0


def _base(asked: Asked, files: Files, lang: str) -> Path | None:
    """The folder whose files the workbook's are put to; None where it holds a whole scenario."""
    shown = path_text(asked.folder)
    if asked.folder.exists() or asked.folder.is_symlink():
        if asked.base is not None:
            raise BadInput(word("cli.import.both", lang, folder=shown))
        return folder_of(asked.folder)
    if asked.base is not None:
        return folder_of(asked.base)
    if not all(file in files.texts for file in ALWAYS):
        raise BadInput(word("cli.import.base", lang, folder=shown))
    return None


def _outcome(
    reading: Reading, files: Files, base: Path | None, replace: bool
) -> tuple[Outcome, Joined | None]:
    """The files that come of a workbook: those of template sheets as they are, rosters joined."""
    tables: dict[str, TextTable] = {t.file: t for t in tables_in(base)} if base else {}
    gone: set[str] = set()
    changed: dict[str, TextTable] = {}
    for file, found in files.tables.items():
        if found.rows or file in files.empty or must_have(file):
            changed[file] = found
        elif file in tables:
            gone.add(file)
    tables |= changed
    joining = None
    if reading.regions and {"towns.csv", "communities.csv", "stores.csv"} <= tables.keys():
        joining = joined(reading, tables, replace)
        changed |= {f: joining.tables[f] for f in sorted(joining.changed)}
    return Outcome(changed, files.texts, frozenset(gone), reading.book.file), joining


def _report(asked: Asked, reading: Reading, joining: Joined | None, lang: str) -> Path:
    stem = asked.workbook.stem
    report = asked.report or asked.workbook.with_name(f"{stem}-report.xlsx")
    if asked.workbook.resolve() == report.resolve():
        raise BadInput(word("cli.import.over_book", lang, file=path_text(report)))
    _write(report, report_bytes(reading, joining, lang), lang)
    return report


def _write(path: Path, data: bytes, lang: str) -> None:
    try:
        with whole(path) as beside:
            beside.write_bytes(data)
    except OSError as error:
        raise unwritable(path, error, lang) from None


def _show(reading: Reading, joining: Joined | None, lang: str) -> None:
    """The matching of columns, the doubts that want an answer, and what would be written."""
    keys = ("sheet", "cell", "header", "table", "field", "how")
    made_table = table(
        word("cli.import.columns", lang), (word(f"book.head.{k}", lang) for k in keys)
    )
    for line in column_lines(reading, lang):
        made_table.add_row(*(str(text) for text in line[: len(keys)]))
    out = console()
    if reading.regions:
        out.print(made_table)
    doubts = doubts_of(reading)
    if doubts:
        title = word("cli.import.doubts", lang, n=min(SHOWN, len(doubts)), all=len(doubts))
        keys = ("sheet", "cell", "raw", "why", "state", "suggested")
        shown = table(title, (word(f"book.head.{k}", lang) for k in keys))
        for d in doubts[:SHOWN]:
            proposed = plain(d.typed if d.typed is not None else d.suggested)
            text = (d.sheet, d.cell, d.raw[:30], doubt_text(d, lang), state_text(d, lang), proposed)
            shown.add_row(*text)
        out.print(shown)
    for name, (new, changed, left) in (joining.counts if joining else {}).items():
        said = {"table": word(f"book.table.{name}", lang), "new": new, "changed": changed}
        out.print(word("cli.import.counts", lang, left=left, **said))
    for line in refused(joining, lang)[:SHOWN] if joining else ():
        out.print(line, markup=False)


def _confirmed(asked: Asked, lang: str) -> bool:
    """Whether the planner wants it written: asked on a terminal, else only by --yes."""
    if asked.yes:
        return True
    if not (sys.stdin is not None and sys.stdin.isatty()):
        say(word("cli.import.not_written", lang))
        return False
    import typer

    if typer.confirm(word("cli.import.ask", lang, folder=path_text(asked.folder))):
        return True
    say(word("cli.import.declined", lang))
    return False


def export_workbook(scenario: str, file: Path, lang: str) -> int:
    """A scenario as a workbook. Raises BadInput."""
    _check_new(file, lang)
    _write(file, written(_parts(scenario), examples=False), lang)
    _say_made(file, file.stem, lang)
    return 0


def new_workbook(id_: str, file: Path, base: str | None, lang: str) -> int:
    """A workbook to fill in, empty or with a scenario's rows. Raises BadInput."""
    if not ID.fullmatch(id_):
        raise BadInput(word("cli.new.id", lang, id=id_))
    _check_new(file, lang)
    parts = blank_parts(id_) if base is None else _all_tables(_parts(base), id_)
    _write(file, written(parts, examples=True), lang)
    _say_made(file, id_, lang)
    return 0


def typed(text: str) -> str:
    """A path as it is typed in a shell: in quotation marks where it holds blanks or signs."""
    return text if re.fullmatch(r"[\w./~:\\+,@%=-]+", text) else f'"{text}"'


def _say_made(file: Path, name: str, lang: str) -> None:
    shown = path_text(file)
    said = {"file": shown, "typed": typed(shown), "folder": typed(f"./{name}")}
    say(word("cli.new.done", lang, **said))


def _check_new(file: Path, lang: str) -> None:
    if file.suffix.lower() != ".xlsx":
        raise BadInput(word("cli.new.suffix", lang, file=path_text(file)))
    if file.exists() or file.is_symlink():
        raise BadInput(word("cli.new.there", lang, file=path_text(file)))


def _parts(scenario: str) -> list[Part]:
    """The sheets of a scenario that is sound; grids of any kind as text. Raises BadInput."""
    from anlan.sim import load  # late: it takes the whole simulation with it

    loaded = load(scenario)
    parts = parts_of(folder_of(scenario))
    there = {part.file for part in parts}
    grids: Mapping[str, str] = loaded.grids
    return parts + [
        Part(file, file, lines=tuple(text.split("\n")))
        for file, text in grids.items()
        if file not in there
    ]


def _all_tables(parts: list[Part], id_: str) -> list[Part]:
    """A scenario's sheets under another id, with those tables as well that it does not have."""
    own = {
        part.file: Part(part.file, part.sheet, lines=_renamed(part, id_))
        if part.file == ALWAYS[0] else part
        for part in parts
    }  # fmt: skip
    blank = {part.file: part for part in blank_parts(id_)}
    spare = {f: p for f, p in blank.items() if f in table_entries()}
    return [*own.values(), *(p for f, p in spare.items() if f not in own)]


def _renamed(part: Part, id_: str) -> tuple[str, ...]:
    """The lines of scenario.toml with another id."""
    done = False
    lines = []
    for line in part.lines:
        if not done and re.match(r"\s*id\s*=", line):
            line, done = f'id = "{id_}"', True
        lines.append(line)
    return tuple(lines)
