"""Where the rows and keys of a scenario stand in its files, for errors that come later."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import BaseModel

from anlan.sim.scenario.errors import BadInput, bad, bad_key
from anlan.sim.scenario.tables import Remark
from anlan.sim.scenario.toml import Toml


@dataclass(frozen=True)
class Places:
    """The editor's line of each row by file, and the TOML files by name.

    Without them (a scenario changed in memory) a row is named by its id and a key has no row.
    """

    rows: Mapping[str, Sequence[int]] = field(default_factory=dict)
    tomls: Mapping[str, Toml] = field(default_factory=dict)
    # file -> column -> how its header has it
    headers: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    remarks: Sequence[Remark] = ()  # what was done with the files
    # Of parts with slips: what stands in the rows that are left out; None where nobody can tell.
    lost: Mapping[str, Collection[str] | None] = field(default_factory=dict)

    def line_of(self, file: str, index: int) -> int | None:
        """The editor's line of a table's index-th row; None where it stands in no file."""
        lines = self.rows.get(file, ())
        return lines[index] if index < len(lines) else None

    def wrong(self, problem: str, file: str, index: int, row: BaseModel, column: str) -> BadInput:
        """The BadInput for a cell of a table's index-th row."""
        line = self.line_of(file, index)
        column = self.headers.get(file, {}).get(column, column)
        if line is None:
            first = next(iter(row.__dict__.values()))
            error = bad(problem, f"{file}, {first}", None, column)
            error.about = f"{Path(file).stem}.{first}"
            return error
        return bad(problem, file, line, column)

    def wrong_key(
        self, problem: str, file: str, table: str, key: str | None, index: int | None = None
    ) -> BadInput:
        """The BadInput for a key of a TOML table, or of the index-th (from 0) of a list."""
        toml = self.tomls.get(file)
        if toml is None:
            name = table if index is None else f"{table}[{index + 1}]"
            name = ".".join(p for p in (name, key) if p)
            error = bad_key(problem, file, name)
            error.about = name
            return error
        place = None if index is None else toml.place_of(table, index)
        return toml.wrong(problem, table, key, place)
