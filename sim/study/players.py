"""Who plays chunks: this process, or worker processes of which any may be killed."""

from __future__ import annotations

import os
import pickle
import signal
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor
from concurrent.futures import wait as wait_for
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import Pipe, get_context, parent_process
from multiprocessing.connection import Connection, wait
from multiprocessing.util import Finalize
from pathlib import Path
from tempfile import NamedTemporaryFile
from types import FunctionType
from typing import IO, Any, NamedTuple, Protocol

from anlan.sim.scenario.errors import BadInput, one_line, shown, worded
from anlan.sim.study.chunk import FAILURES, Spent, failure
from anlan.sim.study.parts import Chunk, part
from anlan.sim.study.tables import write_parquet
from anlan.sim.study.unguarded import NO_GUARD, Unguarded, check_script

IN_FLIGHT = 2  # chunks a worker: one is played, one waits, so that it need not
NOTHING = Spent(0.0, {})
STARTS = 2  # how often worker processes may die before the first of them is ready
MOST_BREAKS = 3  # a chunk that was in flight this often when a worker died is looked at closely


class Played(NamedTuple):
    """A chunk that has been played, and what it took whoever played it."""

    chunk: Chunk
    spent: Spent


class Job(Protocol):
    """What chunks are of. It goes to worker processes, so it can be pickled."""

    @property
    def forgiving(self) -> bool:
        """Whether a run that cannot be played is a row of the table `failures`."""
        ...

    def seed_of(self, variant: int) -> int:
        """The seed of a variant's runs."""
        ...

    def play(self, home: Path, chunk: Chunk) -> Spent:
        """Play a chunk and leave it as one finished part; what it took."""
        ...


class Player(Protocol):
    """Plays chunks and gives each when it is done, in any order."""

    def play(self, chunks: Iterable[Chunk]) -> Iterator[Played]:
        """Play them all; the next one is asked for only when there is somebody to play it."""
        ...

    def slots(self) -> int:
        """How many chunks can be played at a time by now, at least 1."""
        ...


class WorkerDied(RuntimeError):  # noqa: N818 (what happened, in the table of failures)
    """A run's worker process died each time that it played the run."""


@contextmanager
def local_players(job: Job, home: Path, workers: int) -> Iterator[Player]:
    """A player of this machine: `workers` processes, or for one worker this process itself."""
    if workers == 1:
        yield _Here(job, home)
        return
    pool = _Pool(job, home, workers)
    try:
        yield pool
    except BaseException:
        pool.stop()
        raise
    finally:
        pool.close()
        pool.told.unlink(missing_ok=True)


class _Here:
    """This process plays."""

    def __init__(self, job: Job, home: Path) -> None:
        self.job, self.home = job, home

    def slots(self) -> int:
        return 1

    def play(self, chunks: Iterable[Chunk]) -> Iterator[Played]:
        for chunk in chunks:
            yield Played(chunk, self.job.play(self.home, chunk))


class _Pool:
    """Worker processes; one that is killed costs the chunks in flight, which are played again."""

    def __init__(self, job: Job, home: Path, workers: int) -> None:
        check_script()
        self.job, self.home, self.workers = job, home, workers
        self.executor: ProcessPoolExecutor | None = None
        self.started = False
        # What workers need goes by a file: as arguments it would fill the pipe to a worker that
        # died while it began, and this process would wait for ever for somebody to empty it.
        with NamedTemporaryFile(prefix="anlan-", suffix=".batch", delete=False) as file:
            _pack((job, home), file)
        self.told = Path(file.name)
        self.ending, self.going_on = Pipe(duplex=False)
        self.flying: dict[Future[Spent], Chunk] = {}
        self.suspected: Counter[Chunk] = Counter()

    def slots(self) -> int:
        return self.workers

    def stop(self) -> None:
        """Have the processes leave at once, whatever they are at: nobody waits for it any more."""
        self.going_on.close()

    def close(self) -> None:
        """End the processes; what they play is lost."""
        if self.executor is not None:
            self.executor.shutdown(wait=True, cancel_futures=True)
        self.executor = None

    def play(self, chunks: Iterable[Chunk]) -> Iterator[Played]:
        waiting, again = iter(chunks), list[Chunk]()
        while True:
            try:
                self._fill(waiting, again)
                if not self.flying:
                    return
                for future in wait_for(self.flying, return_when=FIRST_COMPLETED).done:
                    spent = future.result()
                    yield Played(self.flying.pop(future), spent)
            except BrokenProcessPool:
                for chunk in self._lost():
                    if self.suspected[chunk] < MOST_BREAKS:
                        again.append(chunk)
                    else:
                        self._alone(chunk)
                        yield Played(chunk, NOTHING)

    def _fill(self, waiting: Iterator[Chunk], again: list[Chunk]) -> None:
        """Hand out chunks until there is enough to do; first those that were lost before."""
        while len(self.flying) < IN_FLIGHT * self.workers:
            chunk = again.pop(0) if again else next(waiting, None)
            if chunk is None:
                return
            try:
                self.flying[self._submit(chunk)] = chunk
            except BrokenProcessPool:  # a worker died while another chunk was handed out
                again.insert(0, chunk)
                raise

    def _lost(self) -> list[Chunk]:
        """What was in flight when a worker died."""
        self.close()
        lost = list(self.flying.values())
        self.flying.clear()
        self.suspected.update(lost)
        return lost

    def _submit(self, chunk: Chunk) -> Future[Spent]:
        if not self.started:
            self._start()
        if self.executor is None:
            self.executor = self._workers(self.workers)
        return submit(self.executor, _work, chunk)

    def _start(self) -> None:
        """See the first worker come to life. Raises Unguarded where none does."""
        for _ in range(STARTS):
            self.executor = self._workers(self.workers)
            try:
                self.started = submit(self.executor, _is_ready).result()
                return
            except BrokenProcessPool:
                self.close()
        raise Unguarded(NO_GUARD)

    def _alone(self, chunk: Chunk) -> None:
        """Play a chunk run by run, each in a process of its own, to find the run that kills."""
        for single in chunk.singles():
            for attempt in range(MOST_BREAKS):
                try:
                    with self._workers(1) as one:
                        submit(one, _work, single).result()
                    break
                except BrokenProcessPool:
                    if attempt + 1 < MOST_BREAKS:
                        continue  # somebody else may have killed it
                    if not self.job.forgiving:
                        raise
                    record_death(self.job, self.home, single)

    def _workers(self, count: int) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(count, get_context("spawn"), _receive, (self.told, self.ending))


class _Packer(pickle.Pickler):
    """Refuses what a worker process would look for in vain, which would die of it."""

    def reducer_override(self, thing: object) -> Any:
        """As usual, but for functions that were typed in: no worker can import them."""
        main = sys.modules["__main__"]
        typed_in = getattr(thing, "__module__", None) == "__main__" and isinstance(
            thing, FunctionType | type
        )
        if typed_in and not Path(getattr(main, "__file__", "")).is_file():
            raise pickle.PicklingError(f"{getattr(thing, '__qualname__', thing)} was typed in")
        return NotImplemented


def _pack(thing: object, file: IO[bytes]) -> None:
    """Write what workers need. Raises BadInput for a function that they cannot import."""
    try:
        _Packer(file).dump(thing)
    except (pickle.PicklingError, AttributeError, TypeError) as error:
        raise BadInput(
            one_line(
                worded(
                    "worker processes cannot be given a function ({error}); define it with def "
                    "at the top of a file that is imported, or play with workers=1",
                    error=shown(error, 120),
                )
            )
        ) from None


def submit[**P, R](
    executor: ProcessPoolExecutor, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs
) -> Future[R]:
    """Hand out work. Ctrl-C waits for a moment, here and in a process that begins for it.

    A new process would else tell where in its first imports it was met; it listens once it is ready
    (`_receive`), and this process as soon as the work is handed out.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        return executor.submit(work, *args, **kwargs)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def record_death(job: Job, home: Path, single: Chunk) -> None:
    """Leave a run that killed its worker as a recorded failure."""
    error = WorkerDied("the worker process died each time that it played this run")
    variant, run = single.first_variant, single.first_run
    rows = [((variant, run), failure(job.seed_of(variant), error))]
    with part(home, single.name) as scratch:
        write_parquet(scratch / f"{FAILURES}.parquet", rows)


# -- in a worker -------------------------------------------------------------------------------

_received: list[tuple[Job, Path]] = []


def _receive(told: Path, ending: Connection) -> None:
    signal.signal(signal.SIGINT, lambda *_: os._exit(130))  # at once, and without a word
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    _received[:] = [pickle.loads(told.read_bytes())]
    here, there = Pipe(duplex=False)
    watch = threading.Thread(target=_leave_with_parent, args=(here, ending), daemon=True)
    watch.start()

    def stop() -> None:
        """End the watch before the interpreter is taken down."""
        there.close()
        watch.join()

    Finalize(None, stop, exitpriority=0)


def _leave_with_parent(over: Connection, ending: Connection) -> None:
    """A worker whose parent was killed would wait for work for ever: it goes too, and at once where
    the parent was told to stop.
    """
    parent = parent_process()
    if parent is not None and wait([parent.sentinel, ending, over]) != [over]:
        os._exit(1)


def _is_ready() -> bool:
    return True


def _work(chunk: Chunk) -> Spent:
    job, home = _received[0]
    return job.play(home, chunk)
