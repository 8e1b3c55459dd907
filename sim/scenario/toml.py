"""TOML files of one folder -> validated blocks. Every error names file, row and key."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from anlan.sim.scenario.errors import (
    BadInput,
    Slips,
    bad,
    bad_key,
    nearest,
    swapped,
    worded,
)
from anlan.sim.scenario.rows import make
from anlan.sim.scenario.tables import Remark, read_text
from anlan.sim.scenario.takes import IN_A_CELL
from anlan.sim.scenario.toml_slips import what_is_wrong

# `[name]` or `[[name]]` alone on its line, which a row of numbers in a list is not.
HEADER = re.compile(r"\s*\[\[?\s*([A-Za-z_][\w.\s-]*?)\s*\]\]?\s*(?:#.*)?$")


@dataclass(frozen=True)
class Toml:
    """A TOML file: its tables and its text, which tells the line of a key.

    `written`: what a table or a key `table.key` is called in the text where that is another name,
    since the file is of an older format.
    """

    file: str
    data: dict[str, Any]
    text: str
    written: Mapping[str, str] = field(default_factory=dict)
    # [[table]] -> the places (from 0) of those with a slip, which are left out
    left_out: dict[str, list[int]] = field(default_factory=dict)

    def place_of(self, table: str, index: int) -> int:
        """Which `[[table]]` (from 0) the index-th of those is that are not left out."""
        for out in self.left_out.get(table, ()):
            index += out <= index
        return index

    def wrong(
        self, problem: str, table: str, key: str | None, index: int | None = None
    ) -> BadInput:
        """The BadInput for `[table] key`, or for the index-th (from 0) `[[table]]`."""
        problem = swapped(problem, IN_A_CELL, "a list")
        table, key = self._as_written(table, key)
        name = table if index is None else f"{table}[{index + 1}]"
        full = ".".join(p for p in (name, key) if p)
        return bad_key(problem, self.file, full, self.line(table, key, index))

    def place(self, table: str, key: str) -> str:
        """Where `[table] key` stands, in words: what begins an error that others word."""
        table, _key = self._as_written(table, key)
        full = ".".join(p for p in (table, _key) if p)
        row = self.line(table, _key)
        return worded("{file}, row {row}, key {key}", file=self.file, row=row, key=full)

    def _as_written(self, table: str, key: str | None) -> tuple[str, str | None]:
        old = self.written.get(f"{table}.{key}") if key else None
        if old is not None:
            table, _, key = old.rpartition(".")
            return table, key
        return self.written.get(table, table), key

    def line(self, table: str, key: str | None, index: int | None = None) -> int | None:
        """The line of a key, found by its looks; the table's own line if the key is not there."""
        seen, inside, begun = -1, not table, None
        first = re.escape(key.split(".")[0]) if key else r"(?!)"
        mine = rf"""\s*({first}\s*[=.]|(["']){re.escape(key or "")}\2\s*=)"""
        whole = ".".join(p for p in (table, key) if p)
        for number, line in enumerate(self.text.splitlines(), start=1):
            if header := HEADER.match(line):
                is_ours = bool(table) and header[1] == table
                seen += is_ours
                inside = is_ours and (index is None or seen == index)
                begun = number if inside else begun
                if key and index is None and (header[1] + ".").startswith(f"{whole}."):
                    return number  # the key is a table itself
            elif inside and re.match(mine, line):
                return number
        return begun

    def know(self, keys: Iterable[str]) -> None:
        """Raises BadInput for keys at the top that are none of these."""
        known, slips = list(keys), Slips()
        for key in self.data:
            if key not in known:
                problem = worded("unknown key; {near}", near=nearest(key, known))
                slips.note(bad_key(problem, self.file, key, self.line("", key)))
        slips.raise_first()


def parse_toml(
    folder: Path, file: str, keys: Iterable[str], remarks: list[Remark] | None = None
) -> Toml:
    """A TOML file as it stands. Raises BadInput; of one that is missing it names the keys."""
    text = read_text(folder, file, remarks)
    if text is None:
        raise bad(worded("the file is missing; give one with {keys}", keys=", ".join(keys)), file)
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        problem, row = what_is_wrong(error, text)
        raise bad(worded("not valid TOML: {error}", error=problem), file, row) from None
    return Toml(file, data, text)


def read_toml(folder: Path, file: str, keys: tuple[str, ...]) -> Toml:
    """A TOML file whose keys at the top are among these. Raises BadInput."""
    toml = parse_toml(folder, file, keys)
    toml.know(keys)
    return toml


def toml_table[R: BaseModel](toml: Toml, table: str, model: type[R]) -> R:
    """One `[table]` as a validated row. Raises BadInput."""
    raw = toml.data.get(table)
    if not isinstance(raw, dict):
        raise bad_key(worded("is missing; give a table [{table}]", table=table), toml.file, table)
    return make(model, raw, lambda key, problem: toml.wrong(problem, table, key))


def toml_list[R: BaseModel](
    toml: Toml, table: str, model: type[R], slips: Slips | None = None
) -> tuple[R, ...]:
    """Every `[[table]]` as validated rows. Raises BadInput.

    slips: where blocks with a slip are noted, and left out; without it the first one is raised.
    """
    raw = toml.data.get(table, [])
    if not isinstance(raw, list) or not raw:
        raise bad_key(
            worded("is missing; give at least one [[{table}]]", table=table), toml.file, table
        )
    noted = Slips() if slips is None else slips
    rows = []
    for i, block in enumerate(raw):
        with noted:
            rows.append(_block(toml, table, model, i, block))
            continue
        toml.left_out.setdefault(table, []).append(i)
    if slips is None:
        noted.raise_first()
    return tuple(rows)


def _block[R: BaseModel](toml: Toml, table: str, model: type[R], index: int, block: Any) -> R:
    """One of several `[[table]]` as a validated row."""
    if not isinstance(block, dict):
        raise bad_key(
            worded("is not a table; write [[{table}]]", table=table),
            toml.file,
            f"{table}[{index + 1}]",
        )
    return make(model, block, lambda key, problem: toml.wrong(problem, table, key, index))
