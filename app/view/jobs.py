"""What takes long: played by a process of its own, which belongs to one tab.

A process is got ready before anybody asks, so that the first answer comes soon. It is stopped with
all that it has started, and it ends by itself when its owner is gone (`worker`).
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

PROGRAM = "anlan.app.view.worker"
WAITING, STARTING, PLAYING, JUDGING, DRAWING = (
    "waiting",
    "starting",
    "playing",
    "judging",
    "drawing",
)
DONE, STOPPED, BAD, BROKEN = "done", "stopped", "bad", "broken"
OVER = (DONE, STOPPED, BAD, BROKEN)
PATIENCE_S = 3.0  # that a process has to end by itself
LONGEST_LINE = 4_000_000  # bytes of an event: slips of a large table are long


@dataclass(eq=False)
class Job:
    """One task of a tab, and how far it is."""

    what: str
    task: Mapping[str, Any]
    state: str = WAITING
    done: int = 0
    total: int = 0
    called: str = ""
    verdicts: int = 0  # how often there was a verdict to show
    lines: dict[str, list[str]] = field(default_factory=dict)  # what is wrong, by language
    begun: float = field(default_factory=time.monotonic)
    first: tuple[float, int] | None = None  # when the first progress was told, and of how many

    @property
    def over(self) -> bool:
        """Whether nothing more will come of it."""
        return self.state in OVER

    @property
    def seconds_left(self) -> float | None:
        """About how long it still takes; None while there is nothing to go by."""
        if self.first is None or self.state != PLAYING or self.done <= self.first[1]:
            return None
        spent, played = time.monotonic() - self.first[0], self.done - self.first[1]
        return spent / played * max(self.total - self.done, 0)

    def hear(self, event: Mapping[str, Any]) -> None:
        """Take what the process tells."""
        name = event["event"]
        if name == "progress":
            if event["done"] < self.done:  # of the next plan
                self.first = None
            self.state, self.done, self.total = PLAYING, event["done"], event["total"]
            if self.first is None:
                self.first = (time.monotonic(), self.done)
        elif name in (JUDGING, DRAWING):
            self.state = name
        elif name == "plan":
            self.called, self.done, self.first = event["called"], 0, None
        elif name == "verdict":
            self.verdicts += 1
        elif name == "bad":
            self.state, self.lines = BAD, event["lines"]
        elif name == "done":
            self.state = DONE


class Process:
    """A process that waits for a task, or does it."""

    def __init__(self, inner: asyncio.subprocess.Process) -> None:
        self.inner = inner

    @classmethod
    async def start(cls) -> Process:
        """A process that gets ready."""
        inner = await asyncio.create_subprocess_exec(
            sys.executable, "-m", PROGRAM, stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
            start_new_session=True, limit=LONGEST_LINE,
        )  # fmt: skip
        return cls(inner)

    @property
    def number(self) -> int:
        """What the system calls it."""
        return self.inner.pid

    @property
    def alive(self) -> bool:
        """Whether it has not ended."""
        return self.inner.returncode is None

    async def give(self, task: Mapping[str, Any]) -> None:
        """Hand it its task."""
        assert self.inner.stdin is not None
        self.inner.stdin.write((json.dumps(task) + "\n").encode())
        await self.inner.stdin.drain()

    async def event(self) -> Mapping[str, Any] | None:
        """The next thing that it tells; None when it has ended."""
        assert self.inner.stdout is not None
        line = await self.inner.stdout.readline()
        if not line:
            return None
        told: Mapping[str, Any] = json.loads(line)
        return told

    async def end(self) -> None:
        """End it, and all that it has started; what it had finished stays on disk."""
        self._signal(signal.SIGTERM)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.inner.wait(), PATIENCE_S)
        self._signal(getattr(signal, "SIGKILL", signal.SIGTERM))
        await self.inner.wait()

    def _signal(self, number: int) -> None:
        """To the whole group where there are groups: workers of a worker are in it."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if hasattr(os, "killpg"):
                os.killpg(self.inner.pid, number)
            elif self.alive:
                self.inner.kill()


class Pool:
    """The processes of all tabs: so many at work at a time, one ready for whoever comes next."""

    def __init__(self, most: int) -> None:
        self._turns = asyncio.Semaphore(most)
        self._making = asyncio.Lock()
        self._closed = False
        self._spare: Process | None = None
        self._all: set[Process] = set()

    async def get_ready(self) -> None:
        """Start the spare process, unless there is one."""
        async with self._making:
            if not self._closed and (self._spare is None or not self._spare.alive):
                self._spare = await self._new()

    async def _new(self) -> Process:
        process = await Process.start()
        self._all.add(process)
        return process

    async def _take(self) -> Process:
        spare, self._spare = self._spare, None
        return spare if spare is not None and spare.alive else await self._new()

    async def play(self, job: Job, changed: Callable[[], None]) -> None:
        """Do a job to its end; `changed` is called after each thing that is heard of it."""
        process: Process | None = None
        try:
            async with self._turns:
                job.state, process = STARTING, await self._take()
                changed()
                await process.give(job.task)
                while (event := await process.event()) is not None:
                    job.hear(event)
                    changed()
            if not job.over:
                job.state = BROKEN
        except asyncio.CancelledError:
            job.state = STOPPED
        finally:
            if process is not None:
                await asyncio.shield(self._gone(process))
            changed()

    async def _gone(self, process: Process) -> None:
        await process.end()
        self._all.discard(process)
        await self.get_ready()

    async def close(self) -> None:
        """End every process, and start no more."""
        self._closed = True
        for process in list(self._all):
            await process.end()
        self._all.clear()
