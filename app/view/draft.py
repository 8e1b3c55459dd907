"""What a planner changes of a scenario: its tables as texts, its storm, its ignitions.

A cell may hold anything while it is typed; whether it is sound is asked of the ordinary reader,
by making the folder that would come of it (`written`).
"""

from __future__ import annotations

import copy
import hashlib
import re
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from anlan.app.targets import load_judged
from anlan.app.workbook.into import Outcome, made
from anlan.app.workbook.tables import TextTable, table_in
from anlan.sim.scenario.errors import BadInput, Worded, worded

TEAMS, STORES, SHELTERS, STOCK = "teams.csv", "stores.csv", "shelters.csv", "stock.csv"
EDITED = (TEAMS, STORES, SHELTERS, STOCK)  # tables that the page shows
CHOSEN = ("ignitions.csv", "building_fires.csv")  # tables of which rows are chosen
TOML = "scenario.toml"
STORM = re.compile(
    r"(?ms)^(\[hazard\.typhoon\][^\[]*?^[ \t]*storm[ \t]*=[ \t]*)(\"[^\"]*\"|'[^']*')"
)
MOST_CELL = 300  # characters of a cell
MOST_ROWS = 5_000  # of a table: more is no district's
ADDED = "assumption"  # the mark of a row that somebody tries


@dataclass
class Draft:
    """A scenario with what was changed of it. `base`: the folder that it began from."""

    base: Path
    tables: dict[str, TextTable] = field(default_factory=dict)
    before: dict[str, TextTable] = field(default_factory=dict)
    storm: str = ""  # empty: the scenario's own
    left_out: dict[str, frozenset[str]] = field(default_factory=dict)  # file -> ids not chosen

    @classmethod
    def of(cls, base: Path) -> Draft:
        """A draft without changes. Raises BadInput."""
        found = {file: table_in(base, file) for file in (*EDITED, *CHOSEN)}
        tables = {file: table for file, table in found.items() if table is not None}
        return cls(base, copy.deepcopy(tables), tables)

    def rows(self, file: str) -> list[dict[str, str]]:
        """The rows of a table; none where the scenario has no such table."""
        return self.tables[file].rows if file in self.tables else []

    def set_cell(self, file: str, index: int, column: str, text: str) -> None:
        """Put a text into a cell of a column that the table has; anything else is passed over."""
        rows, table = self.rows(file), self.tables.get(file)
        if table is None or not 0 <= index < len(rows):
            return
        if column in map(table.column_of, table.header):
            rows[index][column] = clean(text)

    def remove(self, file: str, index: int) -> None:
        """Take a row out of a table."""
        rows = self.rows(file)
        if 0 <= index < len(rows):
            del rows[index]

    def add_like(self, file: str, index: int, named: Mapping[str, str], place: str) -> str:
        """A further row like another one, at a place, under a new id; the id.

        `named`: its names by column. Raises BadInput for a table that is full.
        """
        rows, key = self.rows(file), self.tables[file].key
        if len(rows) >= MOST_ROWS:
            raise BadInput(worded("{file}: has {n} rows already", file=file, n=len(rows)))
        row = dict(rows[index])
        row |= {column: clean(text) for column, text in named.items() if clean(text)}
        taken = {one[key] for one in rows}
        row[key] = next(name for n in range(1, MOST_ROWS + 2) if (name := f"new-{n}") not in taken)
        row |= {"community": place, "mark": ADDED}
        rows.append(row)
        return row[key]

    def move(self, file: str, id_: str, place: str) -> None:
        """Put what has an id somewhere else."""
        for row in self.rows(file):
            if row.get(self.tables[file].key) == id_:
                row["community"] = place

    def stock_of(self, holder: str) -> list[tuple[int, dict[str, str]]]:
        """The rows of the stock of a store or shelter, with their index."""
        return [(n, r) for n, r in enumerate(self.rows(STOCK)) if r.get("holder") == holder]

    def changed(self) -> dict[str, TextTable]:
        """The tables that are otherwise than they were, without the rows that were left out."""
        found = {}
        for file, table in self.tables.items():
            kept = self._kept(table)
            if kept.rows != self.before[file].rows:
                found[file] = kept
        return found

    def _kept(self, table: TextTable) -> TextTable:
        out = self.left_out.get(table.file, frozenset())
        rows = [row for row in table.rows if row.get(table.key) not in out] if out else table.rows
        return TextTable(table.file, table.model, table.header, rows)

    def outcome(self) -> Outcome:
        """The files that change."""
        texts = {}
        if self.storm:
            was = (self.base / TOML).read_text(encoding="utf-8")
            now = with_storm(was, self.storm)
            texts = {TOML: now} if now != was else {}
        return Outcome(self.changed(), texts)

    @property
    def is_changed(self) -> bool:
        """Whether anything is otherwise than in the scenario."""
        found = self.outcome()
        return bool(found.tables or found.texts)

    def digest(self) -> str:
        """What names this draft among others: a hash of all that it changes."""
        found, mark = self.outcome(), hashlib.sha256(str(self.base).encode())
        for file, table in sorted(found.tables.items()):
            mark.update(f"{file}\n{table.text()}\n".encode())
        for file, text in sorted(found.texts.items()):
            mark.update(f"{file}\n{text}\n".encode())
        return mark.hexdigest()[:16]

    @contextmanager
    def written(self, beside: Path, lang: str) -> Iterator[Path]:
        """A folder with the draft's files, which loads and can be judged. Raises BadInput."""
        outcome = self.outcome()
        with made(self.base, outcome, beside) as folder:
            load_judged(str(folder), {}, lang)
            yield folder


def clean(text: str) -> str:
    """What was typed, on one line, without characters that nobody sees, and not without end."""
    seen = "".join(" " if c in "\n\r\t" else c for c in str(text))
    plain = "".join(c for c in seen if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co"))
    return plain.strip()[:MOST_CELL]


def with_storm(text: str, storm: str) -> str:
    """scenario.toml with another storm. `storm` is one of the ids in tracks.csv."""
    return STORM.sub(lambda found: f'{found[1]}"{storm}"', text, count=1)


def file_of(slip: BadInput) -> str:
    """The file that a slip names, empty where it names none."""
    said = slip.told
    named = str(said.blanks.get("file", "")) if isinstance(said, Worded) else ""
    return named or next((file for file in (*EDITED, *CHOSEN) if file in str(slip)), "")
