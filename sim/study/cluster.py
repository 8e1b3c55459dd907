"""Chunks played by the workers of a Dask cluster, which need no folder in common with us.

The batch travels once, as bytes that the scheduler hands to every worker, later ones as well; a
worker sends back a part's files as bytes, and they are written here. So a cluster may lose any
of its workers, or all, and only chunks in flight are played again.
"""

from __future__ import annotations

import logging
import pickle
import platform
import re
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import cache, lru_cache
from importlib import metadata
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from anlan.sim.scenario.errors import BadInput, shown, worded
from anlan.sim.study.chunk import Batch, Meter, Spent, gather, write_tables
from anlan.sim.study.code import code_sha256
from anlan.sim.study.parts import PARTS, Chunk, part
from anlan.sim.study.players import NOTHING, Played, Player, record_death

CONNECT_S = 8.0  # how long to look for the scheduler, at first and when it is lost
IN_FLIGHT = 3  # chunks a worker: one is played, one waits, one is on its way
COUNT_S = 1.0  # how often at most the workers are counted
TRIES = 2  # again after an error of the worker itself, such as a full disk
ADDRESS = re.compile(r"(?:(?:tcp|tls|wss?)://)?(?:[\w.-]+|\[[\da-fA-F:]+\]):\d{1,5}")
SUCH = "tcp://10.0.0.5:8786"
INSTALL = "pip install -e '.[cluster]'"
PACKAGES = ("numpy", "scipy", "pandas", "mesa", "pydantic")  # what numbers and scenarios go by

Answer = tuple[dict[str, bytes], Spent]  # a part's files by name, and what it took


@contextmanager
def cluster_players(batch: Batch, home: Path, address: str) -> Iterator[Player]:
    """A player on the Dask cluster whose scheduler listens at an address, such as host:8786.

    Raises BadInput where Dask is missing, nobody listens, the scheduler is lost, or a worker has
    other code or versions than we have: its numbers might differ.
    """
    _have_dask()
    with _quiet():
        client = _connect(address)
        try:
            with _reaching(address):
                _check(client)
                name = _hand_out(client, batch)
            try:
                yield _Cluster(client, address, name, batch, home)
            finally:
                with suppress(Exception):  # the scheduler may be gone
                    client.unregister_worker_plugin(name)
        finally:
            with suppress(Exception):
                client.close()


def _have_dask() -> None:
    try:
        import distributed  # noqa: F401 (sets up its logging)
    except ImportError as error:
        raise BadInput(worded("--cluster needs Dask: {install}", install=INSTALL)) from error


def _connect(address: str) -> Any:
    from distributed import Client

    if not ADDRESS.fullmatch(address):
        raise BadInput(
            worded(
                "--cluster {address}: write the scheduler's address, such as {such}",
                address=shown(address),
                such=SUCH,
            )
        )
    try:
        return Client(address, timeout=CONNECT_S, set_as_default=False)
    except OSError as error:
        raise BadInput(
            worded(
                "--cluster {address}: no Dask scheduler answers there; start one (dask "
                "scheduler) and give the address that it prints, such as {such}",
                address=shown(address),
                such=SUCH,
            )
        ) from error


@contextmanager
def _reaching(address: str) -> Iterator[None]:
    """Says in one line that the scheduler is gone."""
    from concurrent.futures import CancelledError

    from distributed.comm import CommClosedError

    try:
        yield
    except (CancelledError, CommClosedError, TimeoutError) as error:
        raise BadInput(
            worded(
                "--cluster {address}: the scheduler is gone; what was finished is kept, so "
                "give the same command again when it is back",
                address=shown(address),
            )
        ) from error


@contextmanager
def _quiet() -> Iterator[None]:
    """Dask logs every connection that it loses; what matters is said by us."""
    handlers = [(h, h.level) for h in logging.getLogger("distributed").handlers]
    for handler, _ in handlers:
        handler.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for handler, level in handlers:
            handler.setLevel(level)


class _Cluster:
    """Keeps a few chunks a worker in flight, so that memory is flat in the number of chunks."""

    def __init__(self, client: Any, address: str, name: str, batch: Batch, home: Path) -> None:
        self.client, self.address, self.name = client, address, name
        self.batch, self.home = batch, home
        self.workers, self.counted = 1, -COUNT_S

    def slots(self) -> int:
        """How many workers there are now."""
        if time.monotonic() - self.counted >= COUNT_S:
            try:
                self.workers = max(1, len(self.client.nthreads()))
            except OSError as error:
                raise TimeoutError from error
            self.counted = time.monotonic()
        return self.workers

    def play(self, chunks: Iterable[Chunk]) -> Iterator[Played]:
        from distributed import KilledWorker

        suspects: list[Chunk] = []
        with _reaching(self.address):
            for chunk, take in self._together(chunks):
                try:
                    yield Played(chunk, self._leave(chunk, take()))
                except KilledWorker:  # several workers died that had the chunk
                    suspects.append(chunk)
            for chunk in suspects:
                self._alone(chunk)
                yield Played(chunk, NOTHING)

    def _together(self, chunks: Iterable[Chunk]) -> Iterator[tuple[Chunk, Callable[[], Answer]]]:
        """Each chunk when it has ended, and what gives its answer or raises what it raised."""
        from distributed import as_completed

        waiting = iter(chunks)
        flying: dict[Any, Chunk] = {}
        ended = as_completed(loop=self.client.loop)

        def fill() -> None:
            while len(flying) < IN_FLIGHT * self.slots():
                chunk = next(waiting, None)
                if chunk is None:
                    return
                future = self._submit(chunk)
                flying[future] = chunk
                ended.add(future)

        try:
            fill()
            for future in ended:
                chunk = flying.pop(future)
                yield chunk, future.result
                future.release()
                fill()
        finally:
            for future in flying:
                future.release()

    def _alone(self, chunk: Chunk) -> None:
        """Play a chunk with nothing else in flight; if that kills again, run by run."""
        from distributed import KilledWorker

        killers: list[Chunk] = []
        for pieces in ([chunk], chunk.singles()) if chunk.size > 1 else ([chunk],):
            killers = []
            for piece in pieces:
                try:
                    self._leave(piece, self._submit(piece).result())
                except KilledWorker:
                    killers.append(piece)
            if not killers:
                return
        if not self.batch.forgiving:
            raise BadInput(
                worded("the runs {name} killed every worker that played them", name=killers[0].name)
            )
        for single in killers:
            record_death(self.batch, self.home, single)

    def _submit(self, chunk: Chunk) -> Any:
        key = f"{chunk.name}-{uuid.uuid4().hex[:8]}"
        return self.client.submit(_work, self.name, chunk, key=key, pure=False, retries=TRIES)

    def _leave(self, chunk: Chunk, answer: Answer) -> Spent:
        """Leave a worker's files as a finished part; what it took."""
        files, spent = answer
        if not (self.home / PARTS / chunk.name).exists():
            with part(self.home, chunk.name) as scratch:
                for name, data in files.items():
                    (scratch / name).write_bytes(data)
        return spent


# -- the same numbers everywhere ---------------------------------------------------------------


@cache
def facts() -> dict[str, str]:
    """What this process computes with."""
    found = {"code": code_sha256(), "machine": platform.machine()}
    found["Python"] = ".".join(platform.python_version_tuple()[:2])
    return found | {name: metadata.version(name) for name in PACKAGES}


def _check(client: Any) -> None:
    """Raise BadInput that names a worker which has something else than we have."""
    ours = facts()
    answers = client.run(facts, on_error="return")
    try:
        client.run_on_scheduler(facts)
    except (ImportError, AttributeError) as error:
        raise _none_at(
            worded("the scheduler {address}", address=client.scheduler.address)
        ) from error
    for worker, theirs in sorted(answers.items()):
        if isinstance(theirs, ImportError | AttributeError | metadata.PackageNotFoundError):
            raise _none_at(worded("the worker {worker}", worker=worker))
        if isinstance(theirs, dict):  # else it left just now; whoever plays a chunk checks again
            _compare(ours, theirs, worker)


def _none_at(who: str) -> BadInput:
    return BadInput(
        worded(
            "{who} has no anlan of this version; there, too: {install}", who=who, install=INSTALL
        )
    )


def _compare(ours: dict[str, str], theirs: dict[str, str], worker: str) -> None:
    for name, mine in ours.items():
        its = theirs.get(name, worded("none"))
        if its == mine:
            continue
        if name == "code":
            raise BadInput(
                worded(
                    "the worker {worker} runs other code of anlan; install the same there",
                    worker=worker,
                )
            )
        raise BadInput(
            worded(
                "the worker {worker} has {name} {its}, but here it is {mine}; make it one",
                worker=worker,
                name=name,
                its=its,
                mine=mine,
            )
        )


# -- the batch, and a chunk at a worker --------------------------------------------------------


def _hand_out(client: Any, batch: Batch) -> str:
    """Have the scheduler give the batch to every worker, now and later; its name there.

    It travels as bytes in a plain plugin, so that workers who are none of ours can take it.
    """
    import cloudpickle
    from distributed import WorkerPlugin

    carrier: Any = WorkerPlugin()
    carrier.anlan = cloudpickle.dumps((facts(), batch))
    name = f"anlan-{uuid.uuid4().hex}"
    client.register_plugin(carrier, name=name)
    return name


_one_at_a_time = threading.Lock()  # a worker's threads share the variant and the DuckDB


def _work(name: str, chunk: Chunk) -> Answer:
    """Play a chunk at a worker."""
    from distributed import get_worker

    worker, meter = get_worker(), Meter()
    with _one_at_a_time, TemporaryDirectory(prefix="anlan-") as folder:
        wanted, batch = _unpacked(worker.plugins[name].anlan)
        _compare(wanted, facts(), worker.address)
        write_tables(Path(folder), gather(batch, chunk, meter))
        files = {path.name: path.read_bytes() for path in sorted(Path(folder).iterdir())}
        meter.book("write")
        return files, meter.spent()


@lru_cache(maxsize=1)
def _unpacked(data: bytes) -> tuple[dict[str, str], Batch]:
    found: tuple[dict[str, str], Batch] = pickle.loads(data)
    return found
