"""What of a study is done: finished chunks are folders that appear by one rename.

A folder's name says what it holds: `runs-a-b`, or `variants-v-w-runs-a-b` for every run from a
to b of every variant from v to w.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

PARTS = ".parts"
STAMP = "study.json"
MAKING = ".making-"  # a part that is being written; then come the host and the process
STALE_S = 24 * 3600.0  # longer than any chunk takes
NAME = re.compile(r"(?:variants-(\d+)-(\d+)-)?runs-(\d+)-(\d+)")

Bools = NDArray[np.bool_]


@dataclass(frozen=True, order=True)
class Chunk:
    """Runs `first` to `last` of each of the variants `begin` to `end`; None: no variants."""

    begin: int
    end: int
    first: int
    last: int
    varied: bool = False

    @property
    def name(self) -> str:
        runs = f"runs-{self.first:06d}-{self.last:06d}"
        return f"variants-{self.begin:06d}-{self.end:06d}-{runs}" if self.varied else runs

    @property
    def size(self) -> int:
        return (self.end - self.begin + 1) * (self.last - self.first + 1)

    @property
    def runs(self) -> range:
        return range(self.first, self.last + 1)

    @property
    def variants(self) -> range:
        return range(self.begin, self.end + 1)

    def singles(self) -> list[Chunk]:
        """Each run a chunk of its own."""
        return [Chunk(v, v, r, r, self.varied) for v in self.variants for r in self.runs]


def chunk_of(name: str) -> Chunk | None:
    """The chunk that a part's name tells of; None for another name."""
    found = NAME.fullmatch(name)
    if found is None:
        return None
    begin, end, first, last = (int(n or 0) for n in found.groups())
    return Chunk(begin, end, first, last, found[1] is not None)


def finished(home: Path) -> list[Chunk]:
    """The finished chunks of a study, by variant and run."""
    found = (chunk_of(path.name) for path in (home / PARTS).iterdir())
    return sorted(c for c in found if c is not None)


def done(chunks: list[Chunk], variants: int, runs: int) -> Bools:
    """(variants, runs) which runs are finished."""
    out = np.zeros((variants, runs), dtype=bool)
    for c in chunks:
        out[c.begin : c.end + 1, c.first : c.last + 1] = True
    return out


def cut(missing: Bools, size: int, varied: bool = False) -> list[Chunk]:
    """Missing runs in chunks of at most `size`: neighbours in run, then in variant."""
    chunks: list[Chunk] = []
    for v in np.flatnonzero(missing.any(axis=1)).tolist():
        pieces = [Chunk(v, v, a, b, varied) for a, b in _stretches(missing[v], size)]
        last = chunks[-1] if chunks else None
        if last and len(pieces) == 1 and _joins(last, pieces[0], size):
            chunks[-1] = Chunk(last.begin, v, last.first, last.last, varied)
        else:
            chunks += pieces
    return chunks


def share_out(chunks: list[Chunk], wanted: Bools) -> list[tuple[Chunk, list[Chunk] | None]]:
    """From which finished chunk each wanted run is taken, and which pieces of it (None: all).

    Chunks may hold the same runs, where two processes played a study at the same time or with
    other shares; each run is taken once, from the first, and they are equal anyway.
    """
    left = wanted.copy()
    found: list[tuple[Chunk, list[Chunk] | None]] = []
    for c in chunks:
        here = left[c.begin : c.end + 1, c.first : c.last + 1]
        if here.size == c.size and here.all():
            found.append((c, None))
        elif here.any():
            mine = np.zeros_like(left)
            mine[c.begin : c.end + 1, c.first : c.last + 1] = here
            found.append((c, cut(mine, c.size, c.varied)))
        here[...] = False
    return found


def _stretches(row: Bools, size: int) -> Iterator[tuple[int, int]]:
    """(first, last) of each stretch of True, cut to at most `size`."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], row, [False]]).astype(np.int8)))
    for start, stop in edges.reshape(-1, 2).tolist():
        for a in range(start, stop, size):
            yield a, min(a + size, stop) - 1


def _joins(last: Chunk, piece: Chunk, size: int) -> bool:
    same = (last.first, last.last) == (piece.first, piece.last)
    return same and last.end + 1 == piece.begin and last.size + piece.size <= size


@contextmanager
def part(home: Path, name: str) -> Iterator[Path]:
    """A folder to write a part in, which takes its name when all is written, else goes."""
    scratch = Path(
        tempfile.mkdtemp(dir=home / PARTS, prefix=f"{MAKING}{socket.gethostname()}-{os.getpid()}-")
    )
    try:
        yield scratch
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
