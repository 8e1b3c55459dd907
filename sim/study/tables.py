"""Tables on disk as Parquet, written and read by DuckDB."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from anlan.sim.scenario.errors import BadInput, worded
from anlan.sim.study.files import MARK, whole

if TYPE_CHECKING:
    import pandas as pd

Columns = Mapping[str, NDArray[Any]]
KEYS = ("variant", "run")  # lead every table that is kept of runs
DISK_ERRORS = (
    errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EPERM,
    errno.EISDIR, errno.ENOTDIR,
)  # fmt: skip
# Sorting more than this spills to the disk, so that the memory of a merge does not grow with its
# runs. Enough for 150 columns; more columns may take more.
SORT_MEMORY, MOST_SORT_MEMORY = "256MB", "2GB"
ROW_GROUP = 20480  # rows that are held at once of what is written
SORTING = ".sort"  # the folder to which it does, beside the file that is made


def write_parquet(path: Path, parts: Sequence[tuple[tuple[int, int], Columns]]) -> None:
    """Write the tables of several runs as one, each row led by its `KEYS`, variant and run."""
    counts = [len(next(iter(columns.values()))) for _, columns in parts]
    data: dict[str, NDArray[Any]] = {}
    for n, name in enumerate(KEYS):
        data[name] = np.repeat(np.array([key[n] for key, _ in parts], dtype=np.int64), counts)
    for column in parts[0][1]:
        data[column] = np.concatenate([columns[column] for _, columns in parts])
    write_columns(path, data)


def write_columns(path: Path, data: Columns) -> None:
    """Write one table.

    DuckDB takes the arrays as they are: by way of a frame every table would cost twice as much.
    """
    db = _connect()
    db.register("frame", dict(data))
    columns = ", ".join(_typed(c, v) for c, v in data.items())
    try:
        _write(f"COPY (SELECT {columns} FROM frame) TO '{_quoted(path)}' (FORMAT parquet)")
    finally:
        db.unregister("frame")


@contextmanager
def sorter(folder: Path) -> Iterator[Any]:
    """A DuckDB to `merge` with, which spills into a folder and gives its memory back at the end.

    Its own: a DuckDB that has spilt once can spill nowhere else.
    """
    db = _opened({"temp_directory": str(folder / SORTING)})
    try:
        yield db
    finally:
        db.close()


def merge(
    db: Any, files: Sequence[Path], target: Path, only: Mapping[Path, str] | None = None
) -> None:
    """One file from several, sorted by variant and run, with the DuckDB of a `sorter`.

    The rows of a run must stand in one file; they keep their order there. `only`: the condition
    on rows of files of which not all are taken. Raises BadInput where a file is spoilt.
    """
    import duckdb

    only = only or {}
    number = "file_row_number"
    full = [f for f in files if f not in only]
    reads = [_read(full)] if full else []
    reads += [f"{_read([f])} WHERE {only[f]}" for f in files if f in only]
    rows = " UNION ALL ".join(f"SELECT * FROM {read}" for read in reads)
    sort = ", ".join((*KEYS, number))
    try:
        with whole(target) as beside:
            sql = (
                f"COPY (SELECT * EXCLUDE {number} FROM ({rows}) ORDER BY {sort}) "
                f"TO '{_quoted(beside)}' (FORMAT parquet, ROW_GROUP_SIZE {ROW_GROUP})"
            )
            try:
                _write(sql, db)
            except duckdb.OutOfMemoryException:
                db.execute(f"SET memory_limit = '{MOST_SORT_MEMORY}'")
                _write(sql, db)
                db.execute(f"SET memory_limit = '{SORT_MEMORY}'")
    except duckdb.Error as error:
        raise BadInput(
            worded(
                "{parent}: a part of {name} is spoilt; play the study anew in an empty folder",
                parent=target.parent,
                name=target.name,
            )
        ) from error


def copy_as_csv(table: Path, target: Path) -> None:
    """A Parquet file as CSV, whatever its size: empty cells for what is not a number.

    It begins with the mark by which Excel and WPS know UTF-8.
    """
    columns = _connect().execute(f"SELECT * FROM {_read_one(table)} LIMIT 0").description
    cells = ", ".join(_cell(name, str(kind)) for name, kind, *_ in columns)
    with whole(target) as beside:
        plain = beside.with_name(f"{beside.name}.plain")
        try:
            _write(f"COPY (SELECT {cells} FROM {_read_one(table)}) TO '{_quoted(plain)}' (HEADER)")
            with plain.open("rb") as told, beside.open("wb") as marked:
                marked.write(MARK.encode("utf-8"))
                shutil.copyfileobj(told, marked)
        finally:
            plain.unlink(missing_ok=True)


def _cell(name: str, kind: str) -> str:
    column = _column(name)
    if kind not in ("DOUBLE", "FLOAT"):
        return column
    return f"CASE WHEN isnan({column}) THEN NULL ELSE {column} END AS {column}"


def _read_one(file: Path) -> str:
    return f"read_parquet('{_quoted(file)}')"


def _read(files: Sequence[Path]) -> str:
    listed = ", ".join(f"'{_quoted(f)}'" for f in files)
    return f"read_parquet([{listed}], file_row_number = true)"


def query(sql: str, values: Sequence[Any] = ()) -> pd.DataFrame:
    """What DuckDB answers to a question, as a frame."""
    frame: pd.DataFrame = _connect().execute(sql, list(values)).df()
    return frame


def _write(sql: str, db: Any = None) -> None:
    """Have DuckDB write a file; a full or read-only disk is an OSError, as everywhere else."""
    import duckdb

    try:
        (db or _connect()).execute(sql)
    except duckdb.IOException as error:
        text = str(error)
        number = next((n for n in DISK_ERRORS if os.strerror(n) in text), errno.EIO)
        raise OSError(number, os.strerror(number)) from error


def _typed(column: str, values: NDArray[Any]) -> str:
    """Text columns stay text even when there is no row."""
    name = _column(column)
    return f"CAST({name} AS VARCHAR) AS {name}" if values.dtype == object else name


def _column(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


@cache
def _connect() -> Any:
    """This process's own DuckDB."""
    return _opened({})


def _opened(more: Mapping[str, str]) -> Any:
    """A DuckDB that is set so that files come out the same every time.

    With one thread, and without what it can tell from the statistics of a single file: columns
    that it then knows to hold no null are written in fewer bytes than those of several files.
    """
    import duckdb

    db = duckdb.connect(config={"threads": 1, "memory_limit": SORT_MEMORY, **more})
    db.execute("SET enable_progress_bar = false")  # it would write where results are written
    db.execute("SET disabled_optimizers = 'statistics_propagation'")
    return db


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
