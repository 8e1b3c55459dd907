"""Tables on disk as Parquet, written and read by DuckDB."""

from __future__ import annotations

import errno
import os
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from anlan.sim.scenario.errors import BadInput

if TYPE_CHECKING:
    import pandas as pd

Columns = Mapping[str, NDArray[Any]]
DISK_ERRORS = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM)
SORT_MEMORY = "512MB"  # sorting more than this spills to the disk


def write_parquet(
    path: Path, keys: Sequence[str], parts: Sequence[tuple[tuple[int, ...], Columns]]
) -> None:
    """Write the tables of several runs as one, each row led by its run's `keys`."""
    import pandas as pd

    counts = [len(next(iter(columns.values()))) for _, columns in parts]
    data: dict[str, Any] = {}
    for n, name in enumerate(keys):
        data[name] = np.repeat(np.array([key[n] for key, _ in parts], dtype=np.int64), counts)
    for column in parts[0][1]:
        data[column] = np.concatenate([columns[column] for _, columns in parts])
    frame = pd.DataFrame({k: _texts(v) for k, v in data.items()})
    db = _connect()
    db.register("frame", frame)
    columns = ", ".join(_typed(c, v) for c, v in data.items())
    try:
        _write(f"COPY (SELECT {columns} FROM frame) TO '{_quoted(path)}' (FORMAT parquet)")
    finally:
        db.unregister("frame")


def merge(
    files: Sequence[Path],
    target: Path,
    order: Sequence[str],
    only: Mapping[Path, str] | None = None,
) -> None:
    """One file from several, sorted by the columns of `order`.

    Rows with the same values of `order` must stand in one file; they keep their order there.
    `only`: the condition on rows of files of which not all are taken. Raises BadInput where a
    file is spoilt.
    """
    import duckdb

    beside = target.with_name(f".{target.name}.{os.getpid()}")
    only = only or {}
    number = "file_row_number"
    whole = [f for f in files if f not in only]
    reads = [_read(whole)] if whole else []
    reads += [f"{_read([f])} WHERE {only[f]}" for f in files if f in only]
    rows = " UNION ALL ".join(f"SELECT * FROM {read}" for read in reads)
    sort = ", ".join((*order, number))
    _connect().execute(f"SET temp_directory = '{_quoted(target.parent / '.sort')}'")
    try:
        _write(
            f"COPY (SELECT * EXCLUDE {number} FROM ({rows}) ORDER BY {sort}) "
            f"TO '{_quoted(beside)}' (FORMAT parquet)"
        )
        os.replace(beside, target)
    except duckdb.Error as error:
        raise BadInput(
            f"{target.parent}: a part of {target.name} is spoilt; play the study anew in an "
            "empty folder"
        ) from error
    finally:
        beside.unlink(missing_ok=True)


def _read(files: Sequence[Path]) -> str:
    listed = ", ".join(f"'{_quoted(f)}'" for f in files)
    return f"read_parquet([{listed}], file_row_number = true)"


def query(sql: str, values: Sequence[Any] = ()) -> pd.DataFrame:
    """What DuckDB answers to a question, as a frame."""
    frame: pd.DataFrame = _connect().execute(sql, list(values)).df()
    return frame


def _write(sql: str) -> None:
    """Have DuckDB write a file; a full or read-only disk is an OSError, as everywhere else."""
    import duckdb

    try:
        _connect().execute(sql)
    except duckdb.IOException as error:
        text = str(error)
        number = next((n for n in DISK_ERRORS if os.strerror(n) in text), errno.EIO)
        raise OSError(number, os.strerror(number)) from error


def _typed(column: str, values: NDArray[Any]) -> str:
    """Text columns stay text even when there is no row."""
    name = '"' + column.replace('"', '""') + '"'
    return f"CAST({name} AS VARCHAR) AS {name}" if values.dtype == object else name


def _texts(values: NDArray[Any]) -> Any:
    """Repeated texts as categories: far quicker to hand over than Python strings."""
    import pandas as pd

    return pd.Categorical(values) if values.dtype == object and len(values) else values


@cache
def _connect() -> Any:
    """This process's own DuckDB, with one thread so that files come out the same every time."""
    import duckdb

    return duckdb.connect(config={"threads": 1, "memory_limit": SORT_MEMORY})


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
