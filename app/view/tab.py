"""What the panels of one tab share: its desk, its language, and what to do when things change."""

from __future__ import annotations

import asyncio
import copy
from collections.abc import Callable
from typing import Any

from nicegui import background_tasks, run, ui

from anlan.analysis.words import trait, word, words
from anlan.analysis.words.errors import in_words
from anlan.app.progress import span
from anlan.app.view.desk import Desk
from anlan.app.view.draft import Draft, file_of
from anlan.app.view.host import Host
from anlan.app.view.jobs import BAD, DONE, PLAYING, Job
from anlan.app.view.map import Ground
from anlan.sim.scenario.errors import BadInput, reason

USUAL_RUNS = 80
CHECK_S = 0.6  # after the last change, before the whole scenario is checked
MOST_SLIPS = 12


class Tab:
    """What one tab shows of its desk, in one language."""

    def __init__(self, desk: Desk, host: Host, lang: str, ground: Ground) -> None:
        self.desk, self.host, self.lang, self.ground = desk, host, lang, ground
        self.runs = USUAL_RUNS
        self.slips: dict[str, list[str]] = {}
        self.on_draft: list[Callable[[], None]] = []  # when the draft was changed
        self.on_pause: list[Callable[[], None]] = []  # when nothing more is changed for a moment
        self.on_slips: list[Callable[[], None]] = []  # when it was checked
        self.on_state: list[Callable[[], None]] = []  # when something is heard of what is played
        self.on_shown: dict[str, Callable[[], None]] = {}  # kind of job -> when it told something
        self.open: Callable[[str], object] = lambda _: None  # show a panel
        self._change = 0
        self._seen: tuple[Job | None, int, bool] = (None, 0, False)
        desk.lang = lang

    def w(self, key: str, **fill: object) -> str:
        """A text of the page."""
        return word(f"view.{key}", self.lang, **fill)

    def unit(self, unit: str) -> str:
        """What an item is counted in, in words where the list has them."""
        return words().get(f"view.unit.{unit}", {}).get(self.lang, unit)

    # -- what was changed ------------------------------------------------------------------------

    def changed(self) -> None:
        """Rows of the draft were changed: show it, and check it when the planner pauses."""
        for listener in self.on_draft:
            listener()
        self.check_soon()

    def check_soon(self) -> None:
        """Check the draft when nothing more is changed for a moment.

        A slider asks for no more than this, so that it answers at once.
        """
        self._change += 1
        background_tasks.create(self._check(self._change))

    async def _check(self, change: int) -> None:
        await asyncio.sleep(CHECK_S)
        if change != self._change:
            return
        for listener in self.on_pause:
            listener()
        draft = copy.deepcopy(self.desk.draft)
        found = await run.io_bound(self._slips_of, draft)
        if change == self._change:
            self.show_slips(found or [])

    def _slips_of(self, draft: Draft) -> list[BadInput]:
        try:
            with draft.written(self.desk.home, self.lang):
                return []
        except BadInput as error:
            return [error, *error.others]

    def show_slips(self, found: list[BadInput]) -> None:
        """Show a line for each slip, at the table that it is about."""
        self.slips = {}
        for slip in found[:MOST_SLIPS]:
            self.slips.setdefault(file_of(slip), []).append(in_words(slip, self.lang))
        for listener in self.on_slips:
            listener()

    def attempt(self, work: Callable[[], object]) -> bool:
        """Do what may find the draft unsound; then say so in its place and in a note."""
        try:
            work()
        except BadInput as error:
            self.refuse(error)
        except OSError as error:
            ui.notify(self.w("save.disk", why=in_words(reason(error), self.lang)), type="negative")
        else:
            return True
        return False

    def refuse(self, error: BadInput) -> None:
        """Show why something is not done."""
        self.show_slips([error, *error.others])
        told = in_words(error, self.lang)
        ui.notify(told, type="negative", multi_line=True, timeout=8000)

    # -- what is played --------------------------------------------------------------------------

    def free(self) -> bool:
        """Whether something may be begun; says so where not."""
        if self.desk.busy:
            ui.notify(self.w("busy"))
        return not self.desk.busy

    def begin(self, work: Callable[[], object]) -> None:
        """Begin to play something. A draft that is not sound is told of instead."""
        self.attempt(work)
        self.heard()

    def heard(self) -> None:
        """Something is heard of what is played for the tab."""
        for listener in self.on_state:
            listener()
        job = self.desk.job
        if job is None:
            return
        now = (job, job.verdicts, job.state == DONE and not job.verdicts)
        if now == self._seen:
            return
        self._seen = now
        shown = self.on_shown.get(job.what)
        if shown is not None and (job.verdicts or job.state == DONE):
            shown()

    def state_text(self) -> str:
        """What is being done for the tab, and for how long still."""
        job, lang = self.desk.job, self.lang
        if job is None:
            return self.w("state.idle")
        if job.state == BAD:
            return trait("between_sentences", lang).join(job.lines.get(lang, []))
        what = self.w(f"job.{job.what}")
        if job.state != PLAYING:
            return self.w(f"state.{job.state}", what=what)
        text = self.w("state.playing", what=what, done=job.done, total=job.total)
        if job.called:
            text = job.called + trait("colon", lang) + text
        left = job.seconds_left
        return text if left is None else text + self.w("state.left", left=span(left, lang))

    def share_done(self) -> float:
        """How much of what is played is done, from 0 to 1."""
        job = self.desk.job
        if job is None or not self.desk.busy:
            return float(job is not None and job.state == DONE)
        return round(job.done / job.total, 3) if job.total else 0.0


Build = Callable[[Tab], Any]
