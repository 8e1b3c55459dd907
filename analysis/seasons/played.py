"""Seasons played in parts, by one process or several; what is finished on disk is not played again.

A season's draws are its own, so the merged table does not depend on workers, parts or interruptions.
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

from anlan.sim import SEASON_FIELDS, Seasons
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
    stamp,
)

SEASONS_A_PART = 20
FILE = "fires.csv"
EXACT = "%.17g"  # a float64 comes back as it was
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
    scenario: Scenario, seed: int, seasons: int, home: Path, workers: int = 1,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Every ignition of seasons 0 to seasons - 1, played into a folder or taken from it.

    Columns: those of `sim.SEASON_FIELDS`. Raises BadInput, also for a folder that holds others.
    """
    check_seed(seed)
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
    with part(home, chunk.name) as folder:
        frame.to_csv(folder / FILE, index=False, float_format=EXACT, lineterminator="\n")
    return chunk


def _merged(home: Path, seasons: int) -> pd.DataFrame:
    frames = [
        pd.read_csv(home / PARTS / c.name / FILE, keep_default_na=False, na_values=[""],
                    float_precision="round_trip")
        for c in finished(home)
    ]  # fmt: skip
    table = pd.concat([f for f in frames if len(f)] or frames[:1], ignore_index=True)
    table = table[table["season"] < seasons].drop_duplicates(["season", "fire"])
    texts = ("fire", "cause", "community", "noticed_by")
    table = table.fillna({name: "" for name in texts})
    return table.sort_values(["season", "ignited_min", "fire"], ignore_index=True)
