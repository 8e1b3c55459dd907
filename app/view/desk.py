"""A tab's desk: what it has changed, what is played for it, what came of it; and all desks.

Every folder of a desk is chosen here and lies in a temporary one of its own; what is saved goes
into the folder that the command was given. The browser names neither: it says "save", and what the
plan is called.
"""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import tempfile
import time
import unicodedata
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from anlan.analysis.words import FALLBACK
from anlan.app.view.draft import Draft
from anlan.app.view.jobs import DONE, Job, Pool
from anlan.sim import folder_of
from anlan.sim.study import write_text

LEAVE_S = 30.0  # that a tab may be away before what is played for it ends: a reload takes a few
FORGET_S = 3600.0  # before what it has changed is forgotten
LONGEST_NAME = 60
SEED = 1
SIGNS = re.compile(r"[^\w.\-]+")
DEVICES = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?")  # no file's name on Windows


class Desk:
    """The state of one tab."""

    def __init__(self, pool: Pool, base: str, workers: int) -> None:
        self._pool, self._workers = pool, workers
        self.home = Path(tempfile.mkdtemp(prefix="anlan-view-"))
        self.lang = FALLBACK
        self.panel = ""  # which is open; empty for the first
        self.job: Job | None = None
        self.shown: dict[str, Any] = {}  # what the last play told
        self.shown_of = ""  # the draft that it is about
        self.compared: dict[str, Any] = {}
        self.sized: dict[str, Any] = {}
        self.clients: set[str] = set()
        self.left = time.monotonic()
        self.listeners: list[Callable[[], None]] = []
        self._task: asyncio.Task[None] | None = None
        self.load(base)

    def load(self, base: str) -> None:
        """Begin anew from a scenario's name or folder. Raises BadInput."""
        draft = Draft.of(folder_of(base))
        self.base, self.draft = base, draft
        self.shown, self.compared, self.sized, self.shown_of = {}, {}, {}, ""

    # -- what is played --------------------------------------------------------------------------

    @property
    def busy(self) -> bool:
        """Whether something is played for this tab."""
        return self.job is not None and not self.job.over

    def run(self, runs: int) -> None:
        """Play the draft. Raises BadInput where it is not sound."""
        of = self.draft.digest()
        task = self._plan(self.draft) | {"what": "run", "runs": runs, "shown": self._file("runs")}
        self._begin(Job("run", self._how(task)), lambda: self._take("runs", of))

    def compare(self, runs: int, called: tuple[str, str]) -> None:
        """Play the scenario as it was and the draft, and hold them against each other."""
        before = Draft.of(self.draft.base)
        plans = [
            self._plan(draft) | {"called": name}
            for draft, name in zip((before, self.draft), called, strict=True)
        ]
        task = {"what": "compare", "plans": plans, "runs": runs, "shown": self._file("compared")}
        self._begin(Job("compare", self._how(task)), lambda: self._take("compared"))

    def size(self, may_change: str, most_runs: int) -> None:
        """Ask what would be enough of what may change (a CSV table)."""
        file = self.home / "may_change.csv"
        write_text(file, may_change)
        plan = self._plan(self.draft)
        out = self._new_folder("size")
        task = plan | {"what": "size", "runs": most_runs, "may_change": str(file),
                       "out": str(out), "shown": self._file("sized")}  # fmt: skip
        self._begin(Job("size", self._how(task)), lambda: self._take("sized"))

    def papers(self, kind: str, pictures: bool, then: Callable[[Path], None]) -> None:
        """Make the document or the workbook of what was played last; `then` gets the file."""
        out = self._runs_folder(self.shown_of)
        file = out / "results.xlsx"
        if kind == "document":
            file = self._new_folder("document") / f"document.{self.lang}.docx"
        task = {"what": "document", "kind": kind, "out": str(out), "file": str(file),
                "pictures": pictures}  # fmt: skip
        self._begin(Job(kind, self._how(task)), lambda: then(file))

    def take_workbook(self, data: bytes, suffix: str, then: Callable[[Path], None]) -> None:
        """Read a workbook's rosters into the draft's scenario, and go on with what comes of it.

        `then` gets the report that tells what became of every cell.
        """
        plan = self._plan(self.draft)
        home = self._new_folder("import")
        book, folder = home / f"roster{suffix}", home / "scenario"
        book.write_bytes(data)
        report = home / "roster-report.xlsx"
        task = {"what": "import", "book": str(book), "base": plan["scenario"],
                "folder": str(folder), "report": str(report)}  # fmt: skip

        def finished() -> None:
            self.load(str(folder))
            then(report)

        self._begin(Job("import", self._how(task)), finished)

    def _how(self, task: Mapping[str, Any]) -> dict[str, Any]:
        return {"seed": SEED, "lang": self.lang, "workers": self._workers, **task}

    def _plan(self, draft: Draft) -> dict[str, str]:
        """The folders of a draft: of its scenario, made now, and of its runs."""
        name = draft.digest()
        folder = self.home / f"plan-{name}"
        if not folder.exists():
            with draft.written(self.home, self.lang) as made:
                made.rename(folder)
        return {"scenario": str(folder), "out": str(self._runs_folder(name))}

    def _runs_folder(self, digest: str) -> Path:
        return self.home / f"runs-{digest}"

    def _new_folder(self, name: str) -> Path:
        return Path(tempfile.mkdtemp(prefix=f"{name}-", dir=self.home))

    def _file(self, name: str) -> str:
        return str(self.home / f"{name}.json")

    def _begin(self, job: Job, finished: Callable[[], None]) -> None:
        """Play a job; `finished` is called whenever there is something to show of it."""
        seen = (0, False)

        def changed() -> None:
            nonlocal seen
            now = (job.verdicts, job.state == DONE and not job.verdicts)
            if now != seen:
                finished()
            seen = now
            self.tell()

        self.job = job
        self._task = asyncio.get_running_loop().create_task(self._pool.play(job, changed))

    def _take(self, name: str, of: str = "") -> None:
        """Read what was told of finished work."""
        facts = json.loads(Path(self._file(name)).read_text(encoding="utf-8"))
        if name == "runs":
            self.shown, self.shown_of = facts, of
        elif name == "compared":
            self.compared = facts
        else:
            self.sized = facts

    def stop(self) -> None:
        """Stop what is played."""
        if self._task is not None and self.busy:
            self._task.cancel()

    async def stopped(self) -> None:
        """Stop what is played, and wait until its process has gone."""
        self.stop()
        if self._task is not None:
            await asyncio.wait([self._task])

    def tell(self) -> None:
        """Tell all who show this desk that something changed."""
        for listener in list(self.listeners):
            listener()

    # -- what is kept ----------------------------------------------------------------------------

    def save(self, name: str, into: Path, workbook: bool) -> Path:
        """Save the draft as a folder or a workbook; where. Raises BadInput, OSError."""
        from anlan.app.copy import mark_tables
        from anlan.app.workbook.command import export_workbook

        into.mkdir(parents=True, exist_ok=True)
        target = free_name(into, safe_name(name), ".xlsx" if workbook else "")
        with self.draft.written(into, self.lang) as made:
            if workbook:
                export_workbook(str(made), target, self.lang)
            else:
                mark_tables(made)
                made.rename(target)
        return target

    async def close(self) -> None:
        """Stop, and remove all that is not saved."""
        await self.stopped()
        await asyncio.to_thread(shutil.rmtree, self.home, True)


class Desks:
    """The desks of all tabs, by the tab's own number."""

    def __init__(self, pool: Pool, base: str, workers: int) -> None:
        self._pool, self._base, self._workers = pool, base, workers
        self._held: dict[str, Desk] = {}

    def of(self, tab: str) -> Desk:
        """A tab's desk; a new one where it has none."""
        if tab not in self._held:
            self._held[tab] = Desk(self._pool, self._base, self._workers)
        return self._held[tab]

    async def sweep(self) -> None:
        """End what is played for tabs that are gone, and forget those that are gone for long."""
        now = time.monotonic()
        for tab, desk in list(self._held.items()):
            away = 0.0 if desk.clients else now - desk.left
            if away > FORGET_S:
                del self._held[tab]
                await desk.close()
            elif away > LEAVE_S and desk.busy:
                await desk.stopped()

    async def close(self) -> None:
        """Close every desk."""
        for desk in list(self._held.values()):
            await desk.close()
        self._held.clear()


def safe_name(text: str) -> str:
    """What a planner calls a plan, as the name of a file that lies where it was put and nowhere
    else: letters, digits, "-", "_" and "." within.
    """
    plain = SIGNS.sub("-", unicodedata.normalize("NFKC", text)).strip("-._ ")[:LONGEST_NAME]
    plain = plain.rstrip("-._ ")
    return f"plan-{plain}" if not plain or DEVICES.fullmatch(plain) else plain


def free_name(folder: Path, name: str, suffix: str) -> Path:
    """A path in a folder where nothing is yet."""
    paths = (folder / f"{name}{f'-{n}' if n else ''}{suffix}" for n in range(100_000))
    return next(path for path in paths if not (path.exists() or path.is_symlink()))
