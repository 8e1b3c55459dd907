"""The facts of one run as tables: one table a kind of fact, one row a fact.

`TABLES` is the data dictionary (table -> column -> dtype, unit, English, Chinese), `KEYS` says
which columns hold the ids of what, both read off the records of `facts`. Nothing that did not
happen is dropped: a person never reached is a row. The ledger computes no averages; the analysis
does.
"""

from __future__ import annotations

import typing
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from anlan.sim.ledger.facts import RECORDS, Column

NEVER = -1
MANY = (np.ndarray, list, tuple)  # a value a row; anything else is one value for all rows


def _columns(record: type[Any]) -> dict[str, Column]:
    hints = typing.get_type_hints(record, include_extras=True)
    return {name: typing.get_args(hint)[1] for name, hint in hints.items()}


_COLUMNS = {table: _columns(record) for table, record in RECORDS.items()}
# table -> column -> (numpy dtype, unit, English, Chinese)
TABLES: dict[str, dict[str, tuple[str, str, str, str]]] = {
    table: {name: (c.dtype, c.unit, c.en, c.zh) for name, c in columns.items()}
    for table, columns in _COLUMNS.items()
}
# table -> column -> the table whose ids it holds, "key" for the table's own id
KEYS: dict[str, dict[str, str]] = {
    table: {name: c.refers for name, c in columns.items() if c.refers}
    for table, columns in _COLUMNS.items()
}
_TABLE_OF: dict[type[Any], str] = {record: table for table, record in RECORDS.items()}


class Ledger:
    """Facts of one run, appended row by row or in bulk, read as numpy columns."""

    def __init__(self) -> None:
        self._parts: dict[str, list[dict[str, Any]]] = {name: [] for name in TABLES}
        self._rows: dict[str, list[tuple[Any, ...]]] = {name: [] for name in TABLES}

    def add(self, fact: tuple[Any, ...]) -> None:
        """Append one fact, a record of `facts`."""
        self._rows[_TABLE_OF[type(fact)]].append(fact)

    def add_many(self, record: type[tuple[Any, ...]], **columns: Any) -> None:
        """Append many facts of one kind: one array (or one value for all of them) a column.

        Raises ValueError where the columns are not the record's.
        """
        table = _TABLE_OF[record]
        if columns.keys() != TABLES[table].keys():
            raise ValueError(f"{table}: columns {sorted(columns.keys() ^ TABLES[table].keys())}")
        self._flush(table)
        self._parts[table].append(columns)

    def _flush(self, table: str) -> None:
        rows = self._rows[table]
        if rows:
            self._parts[table].append(
                dict(zip(TABLES[table], zip(*rows, strict=True), strict=True))
            )
            self._rows[table] = []

    def table(self, name: str) -> dict[str, NDArray[Any]]:
        """One table as column arrays, in the order in which the facts were written."""
        self._flush(name)
        parts = self._parts[name]
        rows = [_rows(part) for part in parts]
        columns = {
            column: _column([part[column] for part in parts], rows, DTYPES[name][column])
            for column in TABLES[name]
        }
        self._parts[name] = [columns] if parts else []
        return columns

    def tables(self) -> dict[str, dict[str, NDArray[Any]]]:
        """All tables, empty ones included."""
        return {name: self.table(name) for name in TABLES}


DTYPES = {
    table: {
        column: np.dtype(object if spec[0] == "str" else spec[0])
        for column, spec in columns.items()
    }
    for table, columns in TABLES.items()
}


def _rows(part: Mapping[str, Any]) -> int:
    """How many rows a part has: as many as its first column of many values, or one."""
    return next((len(v) for v in part.values() if isinstance(v, MANY)), 1)


def _column(values: list[Any], rows: list[int], dtype: np.dtype[Any]) -> NDArray[Any]:
    """One column of a table from its value in each part: one for all the part's rows, or many."""
    if not values:
        return np.empty(0, dtype=dtype)
    many = [isinstance(v, MANY) for v in values]
    if not any(many):
        return np.repeat(np.array(values, dtype=dtype), rows)
    if not all(many):
        of_rows = zip(values, rows, many, strict=True)
        values = [v if is_many else np.full(n, v, dtype=dtype) for v, n, is_many in of_rows]
    if len(values) == 1:
        return np.array(values[0], dtype=dtype)
    return np.concatenate(values, dtype=dtype, casting="unsafe")
