"""What `anlan run`, `study` and `merge` share: a folder claimed, runs played and finished."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from anlan.analysis.study.shard import WHOLE, Shard, check_shard
from anlan.analysis.words import word
from anlan.app.folder import claimed, on_disk, tell_what_is_there
from anlan.app.profile import Profile, show_profile
from anlan.app.progress import progress, say
from anlan.app.show import console

if TYPE_CHECKING:
    from anlan.analysis.results.folder import Results
    from anlan.analysis.study.checked import CheckedStudy
    from anlan.sim.study import Batch, Playing

STOPPED, SOME_FAILED = 130, 4
Between = Callable[[], None]


@dataclass(frozen=True)
class How:
    """Where and by whom runs are played. `share`: i of n; `cluster`: the scheduler's address."""

    workers: int
    cluster: str | None = None
    share: Shard = WHOLE
    overwrite: bool = False
    profile: bool = False
    draw: bool = True  # the pictures

    @classmethod
    def of_options(
        cls,
        workers: int | None,
        cluster: str | None,
        shard: str | None,
        overwrite: bool,
        profile: bool = False,
        draw: bool = True,
    ) -> How:
        """As it was typed; every core where no workers are named. Raises BadInput for a shard that
        is none.
        """
        share = WHOLE if shard is None else check_shard(shard)
        return cls(workers or os.cpu_count() or 1, cluster, share, overwrite, profile, draw)


def stoppable(work: Callable[[], int], home: Path, lang: str) -> int:
    """Do work that goes on in a folder when it is given again; the exit code.

    Ctrl-C and SIGTERM end it with one line that says so.
    """
    here = threading.current_thread() is threading.main_thread()
    before = signal.signal(signal.SIGTERM, _stop) if here else None
    try:
        return work()
    except KeyboardInterrupt:
        for number in (signal.SIGINT, signal.SIGTERM):  # one is enough
            signal.signal(number, signal.SIG_IGN)
        before = signal.SIG_IGN
        say(word("cli.run.stopped", lang, out=home))
        return STOPPED
    finally:
        if here:
            signal.signal(signal.SIGTERM, before or signal.SIG_DFL)


def _stop(_number: int, _frame: object) -> None:
    """What asks for the end from outside is heard like Ctrl-C."""
    raise KeyboardInterrupt


def play_and_show(
    checked: CheckedStudy,
    home: Path,
    how: How,
    show: Callable[[Results, str], int],
    share_done: Callable[..., str],
    lang: str,
    between: Between | None = None,
) -> int:
    """Claim a folder, play a study or a share of it there, finish and `show` it; the exit code.

    `share_done` says, with `i`, `n` and `out`, that a share was played. `between`: what else is
    played before pictures are drawn. Raises BadInput.
    """

    def work() -> int:
        with claimed(home, checked.identity, how.overwrite, lang) as there:
            tell_what_is_there(home, there, checked.most_runs, lang)
            play(checked, home, how, lang)
            if how.share[1] > 1:
                i, n = how.share
                console().print(share_done(i=i, n=n, out=home))
                return 0
            if between is not None:
                between()
            return show(finish(checked, home, lang, how.draw), lang)

    return stoppable(work, home, lang)


def play(checked: CheckedStudy, home: Path, how: How, lang: str) -> None:
    """Play a study or a share of it in a folder that is claimed. Raises BadInput."""
    from anlan.analysis.study.play import play_study

    with on_disk(home, lang), progress(lang) as show:
        elsewhere = _elsewhere(how.cluster)
        cost = Profile() if how.profile else None
        told = cost.add if cost is not None else None
        play_study(checked, home, how.workers, how.share, show, elsewhere, told)
    if cost is not None:
        show_profile(cost, lang)


def _elsewhere(address: str | None) -> Playing[Batch] | None:
    if address is None:
        return None
    from anlan.sim.study import cluster_players

    return partial(cluster_players, address=address)


def finish(checked: CheckedStudy, home: Path, lang: str, draw: bool = True) -> Results:
    """Merge, judge and report what was played, with pictures where `draw`.

    Raises BadInput where runs are missing.
    """
    from anlan.analysis import pipeline

    with on_disk(home, lang):
        results = pipeline.finish(checked, home)
        if draw:
            say(word("cli.progress.drawing", lang))
        pipeline.show(results, lang, draw)
    return results
