"""What `anlan run`, `study` and `merge` share: a folder claimed, runs played and finished."""

from __future__ import annotations

import errno
import os
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from anlan.analysis.study.play import WHOLE, Shard, check_shard
from anlan.analysis.words import word
from anlan.app.folder import claim, path_text, tell_what_is_there
from anlan.app.profile import Profile, show_profile
from anlan.app.progress import progress, say
from anlan.sim.scenario.errors import BadInput

if TYPE_CHECKING:
    from anlan.analysis.results.folder import Results
    from anlan.analysis.study.checked import CheckedStudy
    from anlan.sim.study import Batch, Playing

STOPPED, SOME_FAILED = 130, 4
# what a disk says when it is full, read-only or not ours
DISK = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO}


@dataclass(frozen=True)
class How:
    """Where and by whom runs are played. `share`: i of n; `cluster`: the scheduler's address."""

    workers: int
    cluster: str | None = None
    share: Shard = WHOLE
    overwrite: bool = False
    profile: bool = False

    @classmethod
    def of_options(
        cls,
        workers: int | None,
        cluster: str | None,
        shard: str | None,
        overwrite: bool,
        profile: bool = False,
    ) -> How:
        """As it was typed; every core where no workers are named. Raises BadInput for a shard that
        is none.
        """
        share = WHOLE if shard is None else check_shard(shard)
        return cls(workers or os.cpu_count() or 1, cluster, share, overwrite, profile)


def use_named(modules: Sequence[str] | None, lang: str) -> None:
    """Load the modules of one's own that the command line names, and say so. Raises BadInput."""
    if modules:
        from anlan.analysis.own.loading import use

        use(modules, say=say, lang=lang)


def play(checked: CheckedStudy, home: Path, how: How, lang: str) -> bool:
    """Play a study or a share of it in a folder; whether it came to its end. Raises BadInput."""
    from anlan.analysis.study.play import play_study

    begun = claim(home, checked.identity, how.overwrite, lang)
    tell_what_is_there(home, begun, checked.most_runs, lang)
    try:
        with on_disk(home, lang), progress(lang) as show:
            elsewhere = _elsewhere(how.cluster)
            cost = Profile() if how.profile else None
            told = cost.add if cost is not None else None
            play_study(checked, home, how.workers, how.share, show, elsewhere, told)
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # one Ctrl-C is enough
        say(word("cli.run.stopped", lang, out=home))
        return False
    if cost is not None:
        show_profile(cost, lang)
    return True


def _elsewhere(address: str | None) -> Playing[Batch] | None:
    if address is None:
        return None
    from anlan.sim.study import cluster_players

    return partial(cluster_players, address=address)


def finish(checked: CheckedStudy, home: Path, lang: str) -> Results:
    """Merge, judge, draw and report what was played. Raises BadInput where runs are missing."""
    from anlan.analysis import pipeline

    with on_disk(home, lang):
        results = pipeline.finish(checked, home)
        say(word("cli.progress.drawing", lang))
        pipeline.show(results, lang)
    return results


@contextmanager
def on_disk(folder: Path, lang: str) -> Iterator[None]:
    """Says in one line what a disk says; any other error stays as it is."""
    try:
        yield
    except OSError as error:
        if error.errno not in DISK:
            raise
        why = error.strerror or str(error)
        raise BadInput(
            word("cli.bad.out_unwritable", lang, out=path_text(folder), why=why)
        ) from error
