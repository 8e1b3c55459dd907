"""What of a study is done: finished chunks are folders that appear by one rename.

A folder's name says what it holds: `variants-v-w-runs-a-b`, every run from a to b of every variant
from v to w.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from anlan.sim.study.sums import write_sums

PARTS = ".parts"
STAMP = "study.json"
MAKING = ".making-"  # a part that is being written; then come the host and the process
STALE_S = 24 * 3600.0  # longer than any chunk takes
NAME = re.compile(r"variants-(\d+)-(\d+)-runs-(\d+)-(\d+)")

Bools = NDArray[np.bool_]


@dataclass(frozen=True, order=True)
class Chunk:
    """Some neighbouring runs, the same ones of each of some neighbouring variants."""

    first_variant: int
    last_variant: int
    first_run: int
    last_run: int

    @property
    def name(self) -> str:
        """The name of the folder in which the chunk is left."""
        variants = f"variants-{self.first_variant:06d}-{self.last_variant:06d}"
        return f"{variants}-runs-{self.first_run:06d}-{self.last_run:06d}"

    @property
    def size(self) -> int:
        """How many runs, those of all variants counted."""
        return len(self.variants) * len(self.runs)

    @property
    def runs(self) -> range:
        """The numbers of the runs."""
        return range(self.first_run, self.last_run + 1)

    @property
    def variants(self) -> range:
        """The numbers of the variants."""
        return range(self.first_variant, self.last_variant + 1)

    @property
    def place(self) -> tuple[slice, slice]:
        """Where its runs stand in an array (variants, runs)."""
        return (
            slice(self.first_variant, self.last_variant + 1),
            slice(self.first_run, self.last_run + 1),
        )

    def singles(self) -> list[Chunk]:
        """Each run a chunk of its own."""
        return [Chunk(v, v, r, r) for v in self.variants for r in self.runs]


def chunk_of(name: str) -> Chunk | None:
    """The chunk that a part's name tells of; None for another name."""
    found = NAME.fullmatch(name)
    return Chunk(*map(int, found.groups())) if found is not None else None


def finished(home: Path) -> list[Chunk]:
    """The finished chunks of a study, by variant and run; none where nothing was played."""
    if not (home / PARTS).is_dir():
        return []
    found = (chunk_of(path.name) for path in (home / PARTS).iterdir())
    return sorted(c for c in found if c is not None)


def done(chunks: Iterable[Chunk], variants: int, runs: int) -> Bools:
    """(variants, runs) which runs are finished; chunks may hold more than these."""
    out = np.zeros((variants, runs), dtype=bool)
    for c in chunks:
        out[c.place] = True
    return out


def cut(missing: Bools, size: Callable[[], int]) -> Iterator[Chunk]:
    """Missing runs in chunks: neighbours in run, then in variant.

    `size()` is how many runs the next chunk may hold; it is asked anew for each.
    """
    last: Chunk | None = None
    for v in np.flatnonzero(missing.any(axis=1)).tolist():
        stretches = list(_stretches(missing[v]))
        if last is not None and len(stretches) == 1 and _joins(last, v, stretches[0], size()):
            last = Chunk(last.first_variant, v, last.first_run, last.last_run)
            continue
        for first, end in stretches:
            while first < end:
                if last is not None:
                    yield last
                upto = min(first + max(size(), 1), end)
                last = Chunk(v, v, first, upto - 1)
                first = upto
    if last is not None:
        yield last


def _stretches(row: Bools) -> list[tuple[int, int]]:
    """(first, end) of each stretch of True."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], row, [False]]).astype(np.int8)))
    return [(first, end) for first, end in edges.reshape(-1, 2).tolist()]


def _joins(last: Chunk, variant: int, stretch: tuple[int, int], size: int) -> bool:
    """Whether a variant's missing runs are those of a chunk, which has room for them."""
    same = (last.first_run, last.last_run + 1) == stretch
    return same and last.last_variant + 1 == variant and last.size + len(last.runs) <= size


def share_out(chunks: list[Chunk], wanted: Bools) -> list[tuple[Chunk, list[Chunk] | None]]:
    """From which finished chunk each wanted run is taken, and which pieces of it (None: all).

    Chunks may hold the same runs, where two processes played a study at the same time or with
    other shares; each run is taken once, from the first, and they are equal anyway.
    """
    left = wanted.copy()
    found: list[tuple[Chunk, list[Chunk] | None]] = []
    for c in chunks:
        here = left[c.place]
        if here.size == c.size and here.all():
            found.append((c, None))
        elif here.any():
            mine = np.zeros_like(left)
            mine[c.place] = here
            found.append((c, list(cut(mine, lambda: wanted.size))))
        here[...] = False
    return found


@contextmanager
def part(home: Path, name: str) -> Iterator[Path]:
    """A folder to write a part in, which takes its name when all is written, else goes.

    The checksums of its files lie in it.
    """
    scratch = Path(
        tempfile.mkdtemp(dir=home / PARTS, prefix=f"{MAKING}{socket.gethostname()}-{os.getpid()}-")
    )
    try:
        yield scratch
        write_sums(scratch, [path.name for path in scratch.iterdir()])
        try:
            os.rename(scratch, home / PARTS / name)
        except OSError:  # another process has finished the same chunk: its numbers are the same
            if not (home / PARTS / name).exists():
                raise
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def sweep(home: Path) -> None:
    """Remove half-made parts of processes that are gone: nobody will finish them."""
    for path in (home / PARTS).glob(f"{MAKING}*"):
        host, _, rest = path.name.removeprefix(MAKING).rpartition("-")[0].rpartition("-")
        if not _lives(host, rest, path):
            shutil.rmtree(path, ignore_errors=True)


def _lives(host: str, process: str, made: Path) -> bool:
    """Whether the process that made a folder may still be at work on it."""
    if host != socket.gethostname() or not process.isdigit() or os.name != "posix":
        # there is no asking without harm: what is new is left alone
        return time.time() - made.stat().st_mtime < STALE_S
    try:
        os.kill(int(process), 0)  # signal 0 only asks
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
