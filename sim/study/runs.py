"""Many runs of one scenario: played in chunks, merged into one file a table."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from anlan.sim.ledger import TABLES
from anlan.sim.scenario.errors import BadInput
from anlan.sim.scenario.schema import Scenario
from anlan.sim.study.chunk import KEYS, Batch, Digest
from anlan.sim.study.files import write_whole
from anlan.sim.study.parts import PARTS, STAMP, Bools, Chunk, cut, done, finished, share_out, sweep
from anlan.sim.study.players import players
from anlan.sim.study.tables import merge, query

if TYPE_CHECKING:
    import pandas as pd

Tables = dict[str, dict[str, NDArray[Any]]]
Progress = Callable[[int, int], None]
MOST_SEED = 2**63 - 1
MOST_CHUNK = 50  # runs: a larger one would lose more when it is killed, and save little
SHARES = 20  # chunks a worker, so that the last ones end together


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
            frame = query(
                f"SELECT * EXCLUDE run FROM read_parquet(?) WHERE run = {int(run)}",
                [str(self.folder / "ledger" / f"{table}.parquet")],
            )
            found[table] = {c: frame[c].to_numpy() for c in frame.columns}
        return found

    def digest(self, name: str) -> pd.DataFrame:
        """A merged digest table over all runs, with a leading column `run`."""
        return query("SELECT * FROM read_parquet(?)", [str(self.folder / f"{name}.parquet")])


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
    check_seed(seed)
    held: list[Any] = []
    if folder is None:
        held.append(tempfile.TemporaryDirectory(prefix="anlan-"))
        folder = held[0].name
    home = Path(folder)
    kept = runs if keep_ledgers is None else min(runs, keep_ledgers)
    stamp(home, {"scenario": fingerprint(scenario), "seed": seed, "ledgers": keep_ledgers})
    _play(Batch(scenario, seed, kept, digest), home, runs, workers, progress)
    names = _merge(home, runs)
    return Runs(scenario, seed, runs, home, kept, names, held)


def check_seed(seed: int) -> None:
    """Raise BadInput for a seed that no stream takes."""
    if not 0 <= seed <= MOST_SEED:
        raise BadInput(f"seed must be a whole number from 0 to 2^63 - 1, not {seed}")


def fingerprint(scenario: Scenario) -> str:
    """SHA-256 of the whole scenario as sorted JSON."""
    text = json.dumps(scenario.model_dump(mode="json"), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def stamp(home: Path, mine: dict[str, Any]) -> None:
    """Say whose runs these are; refuse a folder that holds those of another study."""
    (home / PARTS).mkdir(parents=True, exist_ok=True)
    path = home / PARTS / STAMP
    if path.exists():
        if json.loads(path.read_text(encoding="utf-8")) != mine:
            raise BadInput(
                f"{home}: holds runs of another scenario, seed or setting; choose another folder"
            )
        return
    write_whole(path, json.dumps(mine))


def chunk_size(runs: int, workers: int) -> int:
    """How many runs a chunk: small enough to share out and to lose."""
    return max(1, min(MOST_CHUNK, runs // (workers * SHARES)))


def _play(batch: Batch, home: Path, runs: int, workers: int, progress: Progress | None) -> None:
    sweep(home)
    missing = ~done(_within(finished(home), runs), 1, runs)
    count = int(missing.sum())
    tell = progress or (lambda _done, _total: None)
    tell(runs - count, runs)
    chunks = cut(missing, chunk_size(count, workers))
    with players(batch, home, min(workers, max(1, len(chunks)))) as play:
        for chunk in play(chunks):
            count -= chunk.size
            tell(runs - count, runs)


def _within(chunks: list[Chunk], runs: int) -> list[Chunk]:
    return [c for c in chunks if c.first < runs]


def _merge(home: Path, runs: int) -> tuple[str, ...]:
    """One file a table from all parts, in the order of the runs; returns the digest tables."""
    names = merge_parts(home, np.ones((1, runs), dtype=bool), KEYS[1:])
    return tuple(n for n in names if not n.startswith("ledger."))


def merge_parts(home: Path, wanted: Bools, keys: Sequence[str]) -> list[str]:
    """One file a table of the wanted runs, each taken once, sorted; the names of the tables."""
    variants, runs = wanted.shape
    inside = [c for c in finished(home) if c.first < runs and c.begin < variants]
    shares = share_out(inside, wanted)
    folders = {home / PARTS / c.name: pieces for c, pieces in shares}
    names = sorted({f.stem for folder in folders for f in folder.glob("*.parquet")})
    for name in names:
        files = {d / f"{name}.parquet": pieces for d, pieces in folders.items()}
        files = {f: pieces for f, pieces in files.items() if f.exists()}
        only = {f: _any_of(pieces, keys) for f, pieces in files.items() if pieces is not None}
        folder = home / "ledger" if name.startswith("ledger.") else home
        folder.mkdir(exist_ok=True)
        merge(list(files), folder / f"{name.removeprefix('ledger.')}.parquet", keys, only)
    return names


def _any_of(pieces: list[Chunk], keys: Sequence[str]) -> str:
    """The SQL condition that a row belongs to one of some pieces."""
    found = []
    for c in pieces:
        ends = {"variant": (c.begin, c.end), "run": (c.first, c.last)}
        found.append(" AND ".join(f"{k} BETWEEN {ends[k][0]} AND {ends[k][1]}" for k in keys))
    return " OR ".join(f"({text})" for text in found)
