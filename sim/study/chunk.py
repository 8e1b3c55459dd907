"""A chunk of neighbouring runs: played, digested, and left as one finished part."""

from __future__ import annotations

import hashlib
import traceback
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, process_time
from typing import Any, NamedTuple

import numpy as np

from anlan.sim.checks import override
from anlan.sim.engine import prepare
from anlan.sim.scenario.schema import Scenario
from anlan.sim.study.own import Carried, OwnCodeError
from anlan.sim.study.parts import PARTS, Chunk, part
from anlan.sim.study.tables import Columns, write_parquet

Tables = Mapping[str, Columns]
Gathered = dict[str, list[tuple[tuple[int, int], Columns]]]
Digest = Callable[[Scenario, Any], Mapping[str, Columns]]
FAILURES = "failures"
NOTHING_OWN = Carried()
WRITE, PHASE = "write", "phase."  # what a meter books: files, and parts of what runs take
LEDGER = "ledger."  # begins the name of a ledger's table among the tables of a part


@dataclass(frozen=True)
class Batch:
    """What whoever plays runs of a study must know.

    `variants`: what each variant sets anew, key -> text as for `--set`; nothing where the scenario
    is played as it is. Where `forgiving`, a run that raises is a row of the table `failures`.
    """

    scenario: Scenario
    seed: int
    ledgers: int  # whole ledgers are kept of runs 0 .. ledgers - 1 of each variant
    digest: Digest
    variants: tuple[Mapping[str, str], ...] = ({},)
    common: bool = True  # run r meets the same chance in every variant
    forgiving: bool = False
    profile: bool = False  # say where the CPU of each phase of a tick goes
    own: Carried = NOTHING_OWN  # measures and policies of one's own

    def of_variant(self, variant: int) -> Scenario:
        """The scenario of a variant; the last one asked for is kept."""
        if not self.variants[variant]:
            return self.scenario
        key = (id(self), variant)
        if not (_variant and _variant[0][0] == key):
            _variant[:] = [(key, override(self.scenario, self.variants[variant]))]
        return _variant[0][1]

    def seed_of(self, variant: int) -> int:
        """The seed of a variant's runs; its own where chance is not common."""
        if self.common:
            return self.seed
        text = f"{self.seed}|variant {variant}".encode()
        return int.from_bytes(hashlib.blake2b(text, digest_size=7).digest(), "little")

    def play(self, home: Path, chunk: Chunk) -> Spent:
        """Play a chunk into a folder; what it took."""
        return play_chunk(self, home, chunk)


_variant: list[tuple[tuple[int, int], Scenario]] = []


class Spent(NamedTuple):
    """What a chunk took: seconds by the clock, and CPU seconds by what they went to."""

    seconds: float
    cpu_s: Mapping[str, float]

    @property
    def playing_s(self) -> float:
        """CPU seconds without what went into writing, which hardly grows with the runs."""
        return sum(
            s for name, s in self.cpu_s.items() if name != WRITE and not name.startswith(PHASE)
        )


class Meter:
    """CPU seconds of this process, booked to what they went to."""

    def __init__(self) -> None:
        self.begun = perf_counter()
        self.cpu_s: dict[str, float] = {}
        self._last = process_time()

    def book(self, name: str) -> None:
        """What was spent since the last booking went to this."""
        now = process_time()
        self.cpu_s[name] = self.cpu_s.get(name, 0.0) + now - self._last
        self._last = now

    def detail(self, phases: Mapping[str, float]) -> None:
        """What parts of the runs took, which is booked to them already."""
        for name, cpu_s in phases.items():
            key = f"{PHASE}{name}"
            self.cpu_s[key] = self.cpu_s.get(key, 0.0) + cpu_s

    def spent(self) -> Spent:
        """All of it so far."""
        return Spent(perf_counter() - self.begun, self.cpu_s)


def play_chunk(batch: Batch, home: Path, chunk: Chunk) -> Spent:
    """Play a chunk's runs and leave their tables as one finished part; what it took."""
    meter = Meter()
    if not (home / PARTS / chunk.name).exists():
        gathered = gather(batch, chunk, meter)
        with part(home, chunk.name) as scratch:
            write_tables(scratch, gathered)
        meter.book(WRITE)
    return meter.spent()


def write_tables(folder: Path, gathered: Gathered) -> None:
    """Write what `gather` gave, a file a table."""
    for name, parts in gathered.items():
        write_parquet(folder / f"{name}.parquet", parts)


def gather(batch: Batch, chunk: Chunk, meter: Meter | None = None) -> Gathered:
    """Table -> [((variant, run), columns)] of all runs of a chunk."""
    gathered: Gathered = {}
    meter = meter or Meter()
    for variant in chunk.variants:
        for run in chunk.runs:
            for name, columns in _play(batch, variant, run, meter):
                gathered.setdefault(name, []).append(((variant, run), columns))
    return gathered


def _play(batch: Batch, variant: int, run: int, meter: Meter) -> Iterator[tuple[str, Columns]]:
    try:
        scenario = batch.of_variant(variant)
        engine = prepare(scenario)
        meter.book("prepare")
        phases: dict[str, float] | None = {} if batch.profile else None
        tables = engine.run(batch.seed_of(variant), run, phases).tables()
        meter.book("run")
        meter.detail(phases or {})
        found = dict(batch.digest(scenario, tables))
        meter.book("digest")
    except Exception as error:
        if not batch.forgiving or isinstance(error, MemoryError):
            raise
        if isinstance(error, OwnCodeError) and run == 0:
            raise  # it would fail in all runs; told before they are played
        yield FAILURES, failure(batch.seed_of(variant), error)
        return
    yield from found.items()
    if run < batch.ledgers:
        for name, columns in tables.items():
            yield f"{LEDGER}{name}", columns


def failure(seed: int, error: BaseException) -> Columns:
    """The row that tells of a run that could not be played."""
    frames = traceback.extract_tb(error.__traceback__)
    at = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    row = {"error": type(error).__name__, "message": " ".join(str(error).split()), "at": at}
    texts = {name: np.array([text], dtype=object) for name, text in row.items()}
    return {"seed": np.array([seed], dtype=np.int64), **texts}
