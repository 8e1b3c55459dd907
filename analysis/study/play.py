"""A study's runs: which are wanted, and played until they are there.

Every finished chunk is on disk; a study that was stopped at any moment goes on from there. With
a stopping rule each variant is looked at after every batch of its own runs, so what it is
given depends neither on the workers nor on the other variants.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from anlan.analysis.measures.facts import Ints
from anlan.analysis.study.asked import write_asked
from anlan.analysis.study.checked import CheckedStudy
from anlan.analysis.verdict.stopping import TargetStatus, decide, rows_of_runs, runs_to_add
from anlan.sim.scenario.errors import BadInput, worded
from anlan.sim.study import (
    PARTS,
    Batch,
    Bools,
    Costs,
    Playing,
    Progress,
    done,
    finished,
    local_players,
    play_wanted,
    query,
    stamp,
)

if TYPE_CHECKING:
    import pandas as pd

Shard = tuple[int, int]  # share i of n
WHOLE: Shard = (1, 1)


def play_study(
    checked: CheckedStudy,
    home: Path,
    workers: int = 1,
    shard: Shard = WHOLE,
    progress: Progress | None = None,
    playing: Playing[Batch] | None = None,
    spent: Costs | None = None,
) -> None:
    """Play all runs of a study that are not there yet, or share i of n of them.

    `playing` plays elsewhere than on this machine's workers. With `spent` the CPU of each phase of
    a tick is measured, and told chunk by chunk. Raises BadInput where the folder holds another
    study.
    """
    stamp(home, checked.identity)
    write_asked(home, checked)
    wanted = Wanted(checked, home, shard)
    here = partial(local_players, workers=workers)
    batch = checked.batch if spent is None else replace(checked.batch, profile=True)
    play_wanted(batch, home, wanted.look, playing or here, progress, spent)


class Wanted:
    """Which runs of a study, or of a share of it, should be there by now."""

    def __init__(self, checked: CheckedStudy, home: Path, shard: Shard = WHOLE) -> None:
        self.checked, self.home = checked, home
        self.mine = _share(checked, shard)
        self.statuses: dict[int, list[TargetStatus]] = {}  # of the last look, which saves work

    def look(self) -> tuple[Bools, Bools]:
        """(variants, runs) which are finished, and which should be by now."""
        there = done(finished(self.home), *self.checked.shape)
        upto = self._upto(there)
        return there, self.mine & (np.arange(there.shape[1]) < upto[:, None])

    def _upto(self, there: Bools) -> Ints:
        """(variants,) how many runs each variant should have now."""
        upto = np.full(len(there), self.checked.runs_each, dtype=np.int64)
        rule = self.checked.study.stop
        if rule is None:
            return upto
        frames = dict(self._judged())
        for v in np.flatnonzero(self.mine.any(axis=1)).tolist():
            played = int(there[v].sum())
            looked = played // rule.batch * rule.batch if played < rule.most_runs else played
            if not looked:
                upto[v] = rule.batch
                continue
            if v in frames:
                frame, before = rows_of_runs(frames[v], looked), self.statuses.get(v)
                self.statuses[v] = decide(frame, self.checked.targets_of(v), rule, before)
            upto[v] = looked + runs_to_add(self.statuses.get(v, []), looked, rule)
        return upto

    def _judged(self) -> Iterator[tuple[int, pd.DataFrame]]:
        """(variant, its runs so far) with the measures that the rule's targets go by."""
        parts = [self.home / PARTS / c.name / "measures.parquet" for c in finished(self.home)]
        files = [str(p) for p in parts if p.exists()]
        if not files:
            return
        columns = ", ".join(f'"{m}"' for m in sorted({t.measure for t in self.checked.targets}))
        sql = f"SELECT variant, run, {columns} FROM read_parquet(?)"
        frames = query(sql, [files]).drop_duplicates(["variant", "run"])  # chunks may overlap
        for variant, frame in frames.groupby("variant"):
            yield int(str(variant)), frame


def _share(checked: CheckedStudy, shard: Shard) -> Bools:
    """(variants, runs) what share i of n plays: whole variants where a rule ends their runs."""
    (i, n), (variants, runs) = shard, checked.shape
    if checked.study.stop is not None:
        whole = (np.arange(variants) % n == i - 1)[:, None]
        return np.broadcast_to(whole, (variants, runs))
    total = variants * runs
    mine = np.zeros(total, dtype=bool)
    mine[total * (i - 1) // n : total * i // n] = True
    return mine.reshape(variants, runs)


def check_shard(text: str) -> Shard:
    """`i/n` as numbers. Raises BadInput."""
    i, _, n = text.partition("/")
    if not (i.isdecimal() and n.isdecimal() and 1 <= int(i) <= int(n)):
        raise BadInput(
            worded("--shard {text}: write i/n, such as 3/10, with i from 1 to n", text=text)
        )
    return int(i), int(n)
