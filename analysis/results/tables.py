"""Tables of a folder asked by SQL: some columns, some rows."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from anlan.sim.study import query

if TYPE_CHECKING:
    import pandas as pd


def read_table(
    file: Path,
    columns: Sequence[str] = ("*",),
    conditions: Sequence[str] = (),
    group_by: str = "",
) -> pd.DataFrame:
    """A Parquet file as a frame; `columns`, `conditions` and `group_by` are SQL."""
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    where += f" GROUP BY {group_by}" if group_by else ""
    return query(f"SELECT {', '.join(columns)} FROM read_parquet(?){where}", [str(file)])


def columns_of(file: Path) -> list[str]:
    """The names of a Parquet file's columns."""
    return [str(c) for c in query("SELECT * FROM read_parquet(?) LIMIT 0", [str(file)]).columns]


def column(name: str) -> str:
    """A column's name as SQL has it."""
    return '"' + name.replace('"', '""') + '"'


def text(value: object) -> str:
    """A text as SQL has it."""
    return "'" + str(value).replace("'", "''") + "'"
