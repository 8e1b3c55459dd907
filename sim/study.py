"""Many runs: in chunks, by one process or several, each chunk's tables written whole.

A finished chunk is a folder of Parquet files that appears by one rename; a study started
again in the same folder keeps the chunks that are there and plays only the runs that are not.
The merged tables do not depend on the number of workers or on how often it was interrupted.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from functools import cache
from multiprocessing import Pipe, get_context, parent_process
from multiprocessing.connection import Connection, wait
from multiprocessing.util import Finalize
from pathlib import Path
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from sim.engine import prepare
from sim.ledger import TABLES
from sim.scenario.errors import BadInput
from sim.scenario.schema import Scenario

if TYPE_CHECKING:
    import pandas as pd

Columns = Mapping[str, NDArray[Any]]
Tables = dict[str, dict[str, NDArray[Any]]]
Digest = Callable[[Scenario, Tables], Mapping[str, Columns]]
Progress = Callable[[int, int], None]
PARTS = ".parts"
STAMP = "study.json"
MAKING = ".making-"  # a part that is being written; then comes the number of its process
STALE_S = 3600.0  # longer than any part takes to write
DISK_ERRORS = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM)
MOST_BREAKS = 3  # a chunk that kills its worker this often is given up


@dataclass
class Runs:
    """Many runs of one scenario, their tables on disk in `folder`."""

    scenario: Scenario
    seed: int
    runs: int
    folder: Path
    ledger_runs: int  # runs 0 .. ledger_runs - 1 have their whole ledger
    digests: tuple[str, ...] = ()
    _kept: list[Any] = field(default_factory=list)  # holds a temporary folder alive

    def tables(self, run: int) -> Tables:
        """One run's ledger: table -> column -> array."""
        if not 0 <= run < self.ledger_runs:
            raise IndexError(f"run {run}: ledgers are kept of runs 0 to {self.ledger_runs - 1}")
        found: Tables = {}
        for table in TABLES:
            frame = _query(
                f"SELECT * EXCLUDE run FROM read_parquet(?) WHERE run = {int(run)}",
                [str(self.folder / "ledger" / f"{table}.parquet")],
            )
            found[table] = {c: frame[c].to_numpy() for c in frame.columns}
        return found

    def digest(self, name: str) -> pd.DataFrame:
        """A merged digest table over all runs, with a leading column `run`."""
        return _query("SELECT * FROM read_parquet(?)", [str(self.folder / f"{name}.parquet")])


def replicate(
    scenario: Scenario,
    runs: int,
    seed: int = 1,
    workers: int = 1,
    digest: Digest | None = None,
    folder: str | Path | None = None,
    keep_ledgers: int | None = None,
    progress: Progress | None = None,
) -> Runs:
    """Play runs 0 .. runs - 1 and merge their tables in `folder` (a temporary one if None).

    `digest(scenario, tables)` is called where the run was played and gives small tables that
    are kept for every run; whole ledgers are kept of the first `keep_ledgers` runs (None: all).
    """
    if runs < 1 or workers < 1:
        raise BadInput(f"runs and workers must be 1 or more, not {runs} and {workers}")
    if not 0 <= seed < 2**63:
        raise BadInput(f"seed must be a whole number from 0 to 2^63 - 1, not {seed}")
    held: list[Any] = []
    if folder is None:
        held.append(tempfile.TemporaryDirectory(prefix="anlan-"))
        folder = held[0].name
    home = Path(folder)
    kept = runs if keep_ledgers is None else min(runs, keep_ledgers)
    _stamp(home, scenario, seed, keep_ledgers)
    _play(home, scenario, seed, runs, kept, workers, digest, progress)
    names = _merge(home, runs)
    return Runs(scenario, seed, runs, home, kept, names, held)


def fingerprint(scenario: Scenario) -> str:
    """SHA-256 of the whole scenario as sorted JSON."""
    text = json.dumps(scenario.model_dump(mode="json"), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _stamp(home: Path, scenario: Scenario, seed: int, keep_ledgers: int | None) -> None:
    """Say whose runs these are; refuse a folder that holds those of another study."""
    mine = {"scenario": fingerprint(scenario), "seed": seed, "ledgers": keep_ledgers}
    (home / PARTS).mkdir(parents=True, exist_ok=True)
    path = home / PARTS / STAMP
    if path.exists():
        if json.loads(path.read_text()) != mine:
            raise BadInput(
                f"{home}: holds runs of another scenario, seed or setting; choose another folder"
            )
        return
    write_whole(path, json.dumps(mine))


def write_whole(path: Path, text: str) -> None:
    """Write a file in full beside its place, then rename it there."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.write_text(text, encoding="utf-8")
    os.replace(beside, path)


# -- playing -----------------------------------------------------------------------------------


def _chunks(missing: list[int], workers: int) -> list[list[int]]:
    """Neighbouring runs in chunks: small enough to share out and to lose, at most 50."""
    size = max(1, min(50, len(missing) // (workers * 20)))
    chunks: list[list[int]] = []
    for run in missing:
        if chunks and len(chunks[-1]) < size and chunks[-1][-1] == run - 1:
            chunks[-1].append(run)
        else:
            chunks.append([run])
    return chunks


def _done(home: Path) -> dict[int, Path]:
    """run -> folder of the finished chunk that holds it."""
    found = {}
    for part in sorted((home / PARTS).glob("runs-*")):
        first, last = (int(x) for x in part.name.split("-")[1:])
        found.update(dict.fromkeys(range(first, last + 1), part))
    return found


def _sweep(home: Path) -> None:
    """Remove half-made parts of processes that are gone: nobody will finish them."""
    for path in (home / PARTS).glob(f"{MAKING}*"):
        owner = path.name.removeprefix(MAKING).partition("-")[0]
        if not (owner.isdigit() and _lives(int(owner), path)):
            shutil.rmtree(path, ignore_errors=True)


def _lives(process: int, made: Path) -> bool:
    """Whether the process that made a file may still be at work on it."""
    if os.name != "posix":  # there is no asking without harm: what is new is left alone
        return time.time() - made.stat().st_mtime < STALE_S
    try:
        os.kill(process, 0)  # signal 0 only asks
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _play(
    home: Path,
    scenario: Scenario,
    seed: int,
    runs: int,
    kept: int,
    workers: int,
    digest: Digest | None,
    progress: Progress | None,
) -> None:
    _sweep(home)
    done = _done(home)
    missing = [r for r in range(runs) if r not in done]
    finished = runs - len(missing)
    tell = progress or (lambda _done, _total: None)
    tell(finished, runs)
    chunks = _chunks(missing, workers)
    jobs = [(str(home), seed, chunk, kept, digest) for chunk in chunks]
    if workers == 1 or len(chunks) <= 1:
        for job in jobs:
            _chunk(scenario, *job)
            finished += len(job[2])
            tell(finished, runs)
        return
    for size in _in_pool(scenario, jobs, workers):
        finished += size
        tell(finished, runs)


def _in_pool(scenario: Scenario, jobs: list[Any], workers: int) -> Iterable[int]:
    """Play jobs in worker processes; a killed worker costs its chunk, which is played again."""
    breaks = 0
    left = dict(enumerate(jobs))
    while left:
        pool = ProcessPoolExecutor(
            min(workers, len(left)), get_context("spawn"), _receive, (scenario,)
        )
        try:
            futures = {pool.submit(_work, job): n for n, job in left.items()}
            for future in as_completed(futures):
                future.result()
                job = left.pop(futures[future])
                yield len(job[2])
        except BrokenProcessPool:
            breaks += 1
            if breaks > MOST_BREAKS:
                raise
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


_received: list[Scenario] = []


def _receive(scenario: Scenario) -> None:
    _received[:] = [scenario]
    here, there = Pipe(duplex=False)
    watch = threading.Thread(target=_leave_with_parent, args=(here,), daemon=True)
    watch.start()

    def stop() -> None:
        """End the watch before the interpreter is taken down."""
        there.close()
        watch.join()

    Finalize(None, stop, exitpriority=0)


def _leave_with_parent(ending: Connection) -> None:
    """A worker whose parent was killed would wait for work for ever: it goes too."""
    parent = parent_process()
    if parent is not None and parent.sentinel in wait([parent.sentinel, ending]):
        os._exit(1)


def _work(job: Any) -> None:
    _chunk(_received[0], *job)


def _chunk(
    scenario: Scenario,
    home: str,
    seed: int,
    runs: list[int],
    kept: int,
    digest: Digest | None,
) -> None:
    """Play some neighbouring runs and leave their tables as one finished part."""
    engine = prepare(scenario)
    final = Path(home) / PARTS / f"runs-{runs[0]:06d}-{runs[-1]:06d}"
    if final.exists():
        return
    gathered: dict[str, list[tuple[int, Columns]]] = {}
    for run in runs:
        tables = engine.run(seed, run).tables()
        found: dict[str, Columns] = dict(digest(scenario, tables)) if digest else {}
        if run < kept:
            found |= {f"ledger.{name}": columns for name, columns in tables.items()}
        for name, columns in found.items():
            gathered.setdefault(name, []).append((run, columns))
    scratch = Path(tempfile.mkdtemp(dir=Path(home) / PARTS, prefix=f"{MAKING}{os.getpid()}-"))
    try:
        for name, parts in gathered.items():
            _write_parquet(scratch / f"{name}.parquet", parts)
        try:
            os.rename(scratch, final)
        except OSError:  # another process has finished the same chunk: its numbers are the same
            if not final.exists():
                raise
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


# -- tables on disk --------------------------------------------------------------------------------


def _write_parquet(path: Path, parts: list[tuple[int, Columns]]) -> None:
    import numpy as np
    import pandas as pd

    counts = [len(next(iter(columns.values()))) for _, columns in parts]
    data: dict[str, Any] = {
        "run": np.repeat(np.array([r for r, _ in parts], dtype=np.int64), counts)
    }
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


def _merge(home: Path, runs: int) -> tuple[str, ...]:
    """One file a table from all parts, in the order of the runs; returns the digest tables."""
    done = _done(home)
    parts = list(dict.fromkeys(done[r] for r in range(runs)))
    names = sorted({f.stem for part in parts for f in part.glob("*.parquet")})
    (home / "ledger").mkdir(exist_ok=True)
    for name in names:
        files = [p / f"{name}.parquet" for p in parts if (p / f"{name}.parquet").exists()]
        ledger = name.startswith("ledger.")
        target = home / "ledger" / f"{name[7:]}.parquet" if ledger else home / f"{name}.parquet"
        _copy(files, target, runs)
    return tuple(n for n in names if not n.startswith("ledger."))


def _copy(files: list[Path], target: Path, runs: int) -> None:
    import duckdb

    beside = target.with_name(f".{target.name}.{os.getpid()}")
    listed = ", ".join(f"'{_quoted(f)}'" for f in files)
    try:
        _write(
            f"COPY (SELECT * FROM read_parquet([{listed}]) WHERE run < {int(runs)}) "
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


@cache
def _connect() -> Any:
    """This process's own DuckDB, with one thread so that files come out the same every time."""
    import duckdb

    return duckdb.connect(config={"threads": 1})


def _query(sql: str, values: list[Any]) -> pd.DataFrame:
    frame: pd.DataFrame = _connect().execute(sql, values).df()
    return frame


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
