"""The runs of changed scenarios, each in a folder named by the hash of code and data.

A run is played once however many cells ask for it, and never again while neither the code nor the
data that it came from have changed. Each finished chunk appears by one rename, so that whatever is
stopped goes on from there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass, field
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

import numpy as np

from anlan.analysis.capabilities import closer_reasons, idle_reasons, reasons
from anlan.analysis.capabilities.listed import measures_looked_at
from anlan.analysis.capabilities.reasons import REASONS_TABLE, CellDigest
from anlan.sim.scenario.schema import Scenario
from anlan.sim.study import (  # fmt: skip
    PARTS,
    Batch,
    Chunk,
    Digest,
    code_sha256,
    cut,
    data_sha256,
    done,
    finished,
    mend,
    play_chunk,
    query,
    stamp,
)

if TYPE_CHECKING:
    import pandas as pd

MOST_IN_CHUNK = 4  # no worker is left to play more than these alone at the end
MEASURES_TABLE = "measures"
Tell = Callable[[int, int], None]  # (runs played, runs wanted)


@dataclass(frozen=True)
class Variant:
    """A scenario to be played, what is kept of each run, and the folder of its runs."""

    scenario: Scenario
    seed: int
    home: Path
    digest: Digest
    _kept: dict[int, tuple[pd.DataFrame, list[dict[str, bool]]]] = field(default_factory=dict)

    @classmethod
    def of(
        cls, scenario: Scenario, seed: int, folder: Path, digest: Digest | None = None
    ) -> Variant:
        """The variant, its folder within `folder`; without `digest` what a cell is judged by."""
        key = f"{code_key(scenario)}|{data_sha256(scenario)}|{seed}"
        key += f"|{digest}" if digest is not None else ""
        home = folder / hashlib.sha256(key.encode()).hexdigest()[:24]
        return cls(scenario, seed, home, digest or CellDigest())

    def there(self, upto: int) -> list[bool]:
        """Which of runs 0 .. upto - 1 are finished."""
        found: list[bool] = done(finished(self.home), 1, max(upto, _last(self.home)))[0].tolist()
        return found[:upto]

    def missing(self, upto: int) -> Iterator[Chunk]:
        """Chunks of the runs 0 .. upto - 1 that are not finished."""
        missing = ~np.array([self.there(upto)], dtype=bool)
        yield from cut(missing, lambda: MOST_IN_CHUNK)

    def batch(self) -> Batch:
        """What whoever plays its runs must know."""
        return Batch(self.scenario, self.seed, 0, self.digest, forgiving=True)

    def results(self, runs: int) -> tuple[pd.DataFrame, list[dict[str, bool]]]:
        """Measures of runs 0 .. runs - 1, a row a run (empty for one that failed), and reasons."""
        if runs not in self._kept:
            frames = {name: self.table(name) for name in (MEASURES_TABLE, REASONS_TABLE)}
            held = frames[REASONS_TABLE]
            held = held[held.index < runs]
            flags = [{str(k): bool(v) for k, v in row.items()} for row in held.to_dict("records")]
            self._kept[runs] = frames[MEASURES_TABLE].reindex(range(runs)), flags
        return self._kept[runs]

    def table(self, name: str) -> pd.DataFrame:
        """A row a finished run, by its number; those that failed are missing."""
        import pandas as pd

        paths = (self.home / PARTS / c.name / f"{name}.parquet" for c in finished(self.home))
        files = [str(p) for p in paths if p.exists()]
        if not files:  # every run failed
            return pd.DataFrame(columns=[*measures_looked_at()], index=pd.Index([], name="run"))
        frame = query("SELECT * FROM read_parquet(?, union_by_name = true)", [files])
        return frame.drop_duplicates("run").set_index("run").drop(columns="variant").sort_index()


def code_key(scenario: Scenario) -> str:
    """The code that makes the numbers of a scenario's runs and says what held in them."""
    return _code_key(frozenset(scenario.hazards))


@cache
def _code_key(hazards: frozenset[str]) -> str:
    own = b"".join(
        Path(str(m.__file__)).read_bytes() for m in (reasons, closer_reasons, idle_reasons)
    )
    own += "|".join(measures_looked_at()).encode()
    return hashlib.sha256(code_sha256(hazards).encode() + own).hexdigest()


def play(
    variants: Sequence[Variant],
    upto: int,
    workers: int = 1,
    deadline: float | None = None,
    tell: Tell | None = None,
) -> bool:
    """Play runs 0 .. upto - 1 of each variant that are not there; whether all of them are now.

    Variants of one home are played once. Nothing new is begun after `deadline` (monotonic seconds).
    """
    distinct = {v.home: v for v in variants}
    for home in distinct:
        mend(home, old=True)  # kept for long; those from before there were checksums are good
    wanted = [(v, c) for v in distinct.values() for c in v.missing(upto)]
    for variant in {v.home: v for v, _ in wanted}.values():
        stamp(variant.home, {"scenario": variant.scenario.id, "code": code_key(variant.scenario)})
    total = sum(chunk.size for _, chunk in wanted)
    played = 0
    for size in _playing(wanted, workers, deadline):
        played += size
        if tell is not None:
            tell(played, total)
    return played == total


def _playing(
    wanted: Iterable[tuple[Variant, Chunk]], workers: int, deadline: float | None
) -> Iterator[int]:
    """The size of each chunk when it has been played."""
    due = (one for one in wanted if deadline is None or monotonic() < deadline)
    if workers == 1:
        for variant, chunk in due:
            _play_one(variant.batch(), variant.home, chunk)
            yield chunk.size
        return
    running: dict[Future[None], int] = {}
    pool = _pool(workers)
    try:
        for variant, chunk in due:
            running[pool.submit(_play_one, variant.batch(), variant.home, chunk)] = chunk.size
            while len(running) >= 2 * workers:
                yield from _some(running)
        while running:
            yield from _some(running)
    except BaseException:
        _pool.cache_clear()
        pool.shutdown(cancel_futures=True)
        raise


@cache
def _pool(workers: int) -> ProcessPoolExecutor:
    """Worker processes, kept from look to look and from scenario to scenario: to start one costs as
    much as some runs. They end with this process.
    """
    return ProcessPoolExecutor(workers, mp_context=get_context("spawn"))


def _some(running: dict[Future[None], int]) -> Iterator[int]:
    """Wait until some are done. What one raised is raised here."""
    for future in wait(running, return_when=FIRST_COMPLETED).done:
        size = running.pop(future)
        future.result()
        yield size


def _play_one(batch: Batch, home: Path, chunk: Chunk) -> None:
    play_chunk(batch, home, chunk)


def _last(home: Path) -> int:
    return max((c.last_run + 1 for c in finished(home)), default=1)
