"""Who plays chunks: this process, or worker processes of which any may be killed."""

from __future__ import annotations

import os
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import Pipe, get_context, parent_process
from multiprocessing.connection import Connection, wait
from multiprocessing.util import Finalize
from pathlib import Path

from anlan.sim.study.chunk import FAILURES, Batch, failure, play_chunk
from anlan.sim.study.parts import Chunk, part
from anlan.sim.study.tables import write_parquet

# Plays chunks and gives each when it is done, in any order.
Player = Callable[[list[Chunk]], Iterator[Chunk]]
MOST_BREAKS = 3  # a chunk that was in flight this often when a worker died is looked at closely


class WorkerDied(RuntimeError):  # noqa: N818 (what happened, in the table of failures)
    """A run's worker process died each time that it played the run."""


@contextmanager
def players(batch: Batch, home: Path, workers: int) -> Iterator[Player]:
    """A player of this machine: `workers` processes, or for one worker this process itself."""
    if workers == 1:
        yield lambda chunks: _here(batch, home, chunks)
        return
    pool = _Pool(batch, home, workers)
    try:
        yield pool.play
    finally:
        pool.close()


def _here(batch: Batch, home: Path, chunks: list[Chunk]) -> Iterator[Chunk]:
    for chunk in chunks:
        play_chunk(batch, home, chunk)
        yield chunk


class _Pool:
    """Worker processes; one that is killed costs the chunks in flight, which are played again."""

    def __init__(self, batch: Batch, home: Path, workers: int) -> None:
        self.batch, self.home, self.workers = batch, home, workers
        self.executor: ProcessPoolExecutor | None = None

    def close(self) -> None:
        if self.executor is not None:
            self.executor.shutdown(wait=True, cancel_futures=True)
        self.executor = None

    def play(self, chunks: list[Chunk]) -> Iterator[Chunk]:
        left = dict.fromkeys(chunks)
        suspected: Counter[Chunk] = Counter()
        while left:
            futures = {self._submit(chunk): chunk for chunk in left}
            try:
                for future in as_completed(futures):
                    future.result()
                    chunk = futures[future]
                    del left[chunk]
                    yield chunk
            except BrokenProcessPool:
                self.close()
                suspected.update(self._in_flight(left))
                for chunk in [c for c in left if suspected[c] >= MOST_BREAKS]:
                    self._alone(chunk)
                    del left[chunk]
                    yield chunk
            except BaseException:
                self.close()
                raise

    def _submit(self, chunk: Chunk) -> Future[None]:
        if self.executor is None:
            self.executor = self._workers(self.workers)
        return self.executor.submit(_work, chunk)

    def _in_flight(self, left: dict[Chunk, None]) -> list[Chunk]:
        """The chunks that a worker may have been at: the first ones in the queue."""
        return list(left)[: 2 * self.workers + 1]

    def _alone(self, chunk: Chunk) -> None:
        """Play a chunk run by run, each in a process of its own, to find the run that kills."""
        for single in chunk.singles():
            for attempt in range(MOST_BREAKS):
                try:
                    with self._workers(1) as one:
                        one.submit(_work, single).result()
                    break
                except BrokenProcessPool:
                    if attempt + 1 < MOST_BREAKS:
                        continue  # somebody else may have killed it
                    if not self.batch.forgiving:
                        raise
                    record_death(self.batch, self.home, single)

    def _workers(self, count: int) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(count, get_context("spawn"), _receive, (self.batch, self.home))


def record_death(batch: Batch, home: Path, single: Chunk) -> None:
    """Leave a run that killed its worker as a recorded failure."""
    error = WorkerDied("the worker process died each time that it played this run")
    rows = [((single.begin, single.first), failure(batch.seed_of(single.begin), error))]
    with part(home, single.name) as scratch:
        write_parquet(scratch / f"{FAILURES}.parquet", batch.keys, rows)


# -- in a worker -------------------------------------------------------------------------------

_received: list[tuple[Batch, Path]] = []


def _receive(batch: Batch, home: Path) -> None:
    _received[:] = [(batch, home)]
    here, there = Pipe(duplex=False)
    watch = threading.Thread(target=_leave_with_parent, args=(here,), daemon=True)
    watch.start()

    def stop() -> None:
        """End the watch before the interpreter is taken down."""
        there.close()
        watch.join()

    Finalize(None, stop, exitpriority=0)


def _leave_with_parent(ending: Connection) -> None:
    """A worker whose parent was killed would wait for work for ever: it goes too."""
    parent = parent_process()
    if parent is not None and parent.sentinel in wait([parent.sentinel, ending]):
        os._exit(1)


def _work(chunk: Chunk) -> None:
    play_chunk(*_received[0], chunk)
