"""A chunk of neighbouring runs: played, digested, and left as one finished part."""

from __future__ import annotations

import hashlib
import traceback
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from anlan.sim.checks import override
from anlan.sim.engine import prepare
from anlan.sim.scenario.schema import Scenario
from anlan.sim.study.parts import PARTS, Chunk, part
from anlan.sim.study.tables import Columns, write_parquet

Tables = Mapping[str, Columns]
Gathered = dict[str, list[tuple[tuple[int, ...], Columns]]]
Digest = Callable[[Scenario, Any], Mapping[str, Columns]]
FAILURES = "failures"
KEYS = ("variant", "run")


@dataclass(frozen=True)
class Batch:
    """What whoever plays runs of a study must know.

    `variants`: what each variant sets anew, key -> text as for `--set`; None where the scenario
    is played as it is. Where `forgiving`, a run that raises is a row of the table `failures`.
    """

    scenario: Scenario
    seed: int
    kept: int  # whole ledgers of runs 0 .. kept - 1
    digest: Digest | None = None
    variants: tuple[Mapping[str, str], ...] | None = None
    common: bool = True  # run r meets the same chance in every variant
    forgiving: bool = False

    @property
    def keys(self) -> tuple[str, ...]:
        return KEYS if self.variants is not None else KEYS[1:]

    def of_variant(self, variant: int) -> Scenario:
        """The scenario of a variant; the last one asked for is kept."""
        if self.variants is None or not self.variants[variant]:
            return self.scenario
        key = (id(self), variant)
        if not (_variant and _variant[0][0] == key):
            _variant[:] = [(key, override(self.scenario, self.variants[variant]))]
        return _variant[0][1]

    def seed_of(self, variant: int) -> int:
        """The seed of a variant's runs; its own where chance is not common."""
        if self.common or self.variants is None:
            return self.seed
        text = f"{self.seed}|variant {variant}".encode()
        return int.from_bytes(hashlib.blake2b(text, digest_size=7).digest(), "little")


_variant: list[tuple[tuple[int, int], Scenario]] = []


def play_chunk(batch: Batch, home: Path, chunk: Chunk) -> None:
    """Play a chunk's runs and leave their tables as one finished part."""
    if (home / PARTS / chunk.name).exists():
        return
    gathered = gather(batch, chunk)
    with part(home, chunk.name) as scratch:
        write_tables(scratch, batch, gathered)


def write_tables(folder: Path, batch: Batch, gathered: Gathered) -> None:
    """Write what `gather` gave, a file a table."""
    for name, parts in gathered.items():
        write_parquet(folder / f"{name}.parquet", batch.keys, parts)


def gather(batch: Batch, chunk: Chunk) -> Gathered:
    """Table -> [(the run's keys, its columns)] of all runs of a chunk."""
    gathered: Gathered = {}
    for variant in chunk.variants:
        for run in chunk.runs:
            key = (variant, run)[-len(batch.keys) :]
            for name, columns in _play(batch, variant, run):
                gathered.setdefault(name, []).append((key, columns))
    return gathered


def _play(batch: Batch, variant: int, run: int) -> Iterator[tuple[str, Columns]]:
    try:
        scenario = batch.of_variant(variant)
        tables = prepare(scenario).run(batch.seed_of(variant), run).tables()
        found: dict[str, Columns] = dict(batch.digest(scenario, tables)) if batch.digest else {}
    except Exception as error:
        if not batch.forgiving or isinstance(error, MemoryError):
            raise
        yield FAILURES, failure(batch.seed_of(variant), error)
        return
    yield from found.items()
    if run < batch.kept:
        for name, columns in tables.items():
            yield f"ledger.{name}", columns


def failure(seed: int, error: BaseException) -> Columns:
    """The row that tells of a run that could not be played."""
    frames = traceback.extract_tb(error.__traceback__)
    at = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    row = {"error": type(error).__name__, "message": " ".join(str(error).split()), "at": at}
    texts = {name: np.array([text], dtype=object) for name, text in row.items()}
    return {"seed": np.array([seed], dtype=np.int64), **texts}
