"""Seasons played in parts, by one process or several; what is finished on disk stays.

A season's draws are its own: the merged table does not depend on workers, parts or interruptions.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import pandas as pd

from anlan.sim import SEASON_FIELDS, Seasons, check_seasons
from anlan.sim.scenario.schema import Scenario
from anlan.sim.study import (
    LARGEST_COUNT,
    MOST_WORKERS,
    PARTS,
    Bools,
    Chunk,
    Progress,
    Spent,
    check_parts,
    check_seed,
    check_whole,
    code_sha256,
    done,
    fingerprint,
    finished,
    local_players,
    part,
    play_wanted,
    query,
    stamp,
    write_columns,
)

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


def identity(scenario: Scenario, seed: int) -> dict[str, Any]:
    """What must be the same for parts to be put together."""
    return {
        "of": "seasons",
        "scenario": fingerprint(scenario),
        "seed": seed,
        "code": code_sha256(),
    }


@dataclass(frozen=True)
class SeasonJob:
    """What whoever plays seasons must know: they are the runs of one variant."""

    scenario: Scenario
    seed: int
    forgiving: bool = False

    def seed_of(self, variant: int) -> int:
        """Of all seasons the same."""
        return self.seed

    def play(self, home: Path, chunk: Chunk) -> Spent:
        """Play a chunk of seasons and leave their ignitions as one finished part."""
        begun = perf_counter()
        player = _player_of(self)
        rows = [asdict(fire) for season in chunk.runs for fire in player.play(self.seed, season)]
        frame = pd.DataFrame(rows, columns=list(SEASON_FIELDS))
        columns = {name: frame[name].to_numpy(dtype=TYPES[name]) for name in SEASON_FIELDS}
        with part(home, chunk.name) as folder:
            write_columns(folder / PART_FILE, columns)
        return Spent(perf_counter() - begun, {})


_player: list[tuple[SeasonJob, Seasons]] = []  # of the job that was played last in this process


def _player_of(job: SeasonJob) -> Seasons:
    if not (_player and _player[0][0] is job):
        _player[:] = [(job, Seasons(job.scenario))]
    return _player[0][1]


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
    check_whole("seasons", seasons, 1, LARGEST_COUNT)
    check_whole("workers", workers, 1, MOST_WORKERS)
    stamp(home, identity(scenario, seed))

    def look() -> tuple[Bools, Bools]:
        there = done(finished(home), 1, seasons)[:, :seasons]
        return there, np.ones_like(there)

    job = SeasonJob(scenario, seed)
    play_wanted(job, home, look, partial(local_players, workers=workers), progress)
    return _merged(home, seasons)


def _merged(home: Path, seasons: int) -> pd.DataFrame:
    check_parts(home)
    files = [str(home / PARTS / c.name / PART_FILE) for c in finished(home)]
    table = query(
        "SELECT * FROM read_parquet(?) WHERE season < ? ORDER BY season, ignited_min, fire",
        [files, seasons],
    )
    return table.drop_duplicates(["season", "fire"], ignore_index=True)
