"""Seasons played in parts, by one process or several; what is finished on disk stays.

A season's draws are its own: the merged table does not depend on workers, parts or interruptions.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from anlan.sim import SEASON_FIELDS, Seasons, check_seasons
from anlan.sim.scenario.errors import BadInput
from anlan.sim.scenario.schema import Scenario
from anlan.sim.study import (
    PARTS,
    Chunk,
    Progress,
    check_seed,
    code_sha256,
    done,
    fingerprint,
    finished,
    part,
    query,
    stamp,
    write_columns,
)

SEASONS_A_PART = 20
TEXTS = ("fire", "cause", "community", "noticed_by")
TRUTHS = ("recorded", "drought", "stands_for", "by_rain", "reflared", "left_map")
WHOLE = ("season", "month", "persons_most")
# columns of a table without rows have their types as well; the others are float64
TYPES: dict[str, Any] = (
    dict.fromkeys(SEASON_FIELDS, np.float64)
    | dict.fromkeys(TEXTS, object)
    | dict.fromkeys(TRUTHS, np.bool_)
    | dict.fromkeys(WHOLE, np.int64)
)
FILE = "fires.csv"
PART_FILE = "fires.parquet"
_player: list[tuple[Seasons, int, Path]] = []  # of this worker process


def identity(scenario: Scenario, seed: int) -> dict[str, Any]:
    """What must be the same for parts to be put together."""
    return {
        "of": "seasons",
        "scenario": fingerprint(scenario),
        "seed": seed,
        "code": code_sha256(),
    }


def play_seasons(
    scenario: Scenario,
    seed: int,
    seasons: int,
    home: Path,
    workers: int = 1,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Every ignition of seasons 0 to seasons - 1, played into a folder or taken from it.

    Columns: those of `sim.SEASON_FIELDS`. Raises BadInput, also for a folder that holds others.
    """
    check_seed(seed)
    check_seasons(scenario)
    if seasons < 1 or workers < 1:
        raise BadInput(f"seasons and workers must be 1 or more, not {seasons} and {workers}")
    stamp(home, identity(scenario, seed))
    there = done(finished(home), 1, seasons)[0, :seasons]
    parts = _parts(there)
    count = int(there.sum())
    tell = progress or (lambda n, of: None)
    tell(count, seasons)
    with _players(scenario, seed, home, min(workers, max(len(parts), 1))) as play:
        for chunk in play(parts):
            count += len(chunk.runs)
            tell(count, seasons)
    return _merged(home, seasons)


def _parts(there: Any) -> list[Chunk]:
    """What is missing, in stretches of some neighbouring seasons."""
    missing = np.flatnonzero(~there)
    found: list[Chunk] = []
    for n in missing.tolist():
        if found and found[-1].last_run == n - 1 and len(found[-1].runs) < SEASONS_A_PART:
            found[-1] = Chunk(0, 0, found[-1].first_run, n)
        else:
            found.append(Chunk(0, 0, n, n))
    return found


@contextmanager
def _players(scenario: Scenario, seed: int, home: Path, workers: int) -> Iterator[Any]:
    if workers == 1:
        player = Seasons(scenario)
        yield lambda chunks: (_write(player, seed, home, chunk) for chunk in chunks)
        return
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(workers, context, _begin, (scenario, seed, home))
    try:
        yield lambda chunks: (
            future.result() for future in as_completed([pool.submit(_play, c) for c in chunks])
        )
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _begin(scenario: Scenario, seed: int, home: Path) -> None:
    """A worker process gets ready."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent is told, and lets parts be finished
    _player[:] = [(Seasons(scenario), seed, home)]


def _play(chunk: Chunk) -> Chunk:
    player, seed, home = _player[0]
    return _write(player, seed, home, chunk)


def _write(player: Seasons, seed: int, home: Path, chunk: Chunk) -> Chunk:
    rows = [asdict(fire) for season in chunk.runs for fire in player.play(seed, season)]
    frame = pd.DataFrame(rows, columns=list(SEASON_FIELDS))
    columns = {name: frame[name].to_numpy(dtype=TYPES[name]) for name in SEASON_FIELDS}
    with part(home, chunk.name) as folder:
        write_columns(folder / PART_FILE, columns)
    return chunk


def _merged(home: Path, seasons: int) -> pd.DataFrame:
    files = [str(home / PARTS / c.name / PART_FILE) for c in finished(home)]
    table = query(
        "SELECT * FROM read_parquet(?) WHERE season < ? ORDER BY season, ignited_min, fire",
        [files, seasons],
    )
    return table.drop_duplicates(["season", "fire"], ignore_index=True)
