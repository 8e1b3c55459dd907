"""`anlan merge`: what the shards of runs or of a study have left, put together."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from anlan.app.folder import claimed
from anlan.app.playing import finish, stoppable
from anlan.app.progress import say
from anlan.app.run import show_verdicts
from anlan.app.study import show_variants
from anlan.sim.scenario.errors import BadInput, worded


def merge_shards(paths: Sequence[Path], out: Path | None, lang: str) -> int:
    """Merge the folders of shards, the study's file before them or not; the exit code.

    The folders say themselves what was asked; a file must say the same. Raises BadInput.
    """
    from anlan.analysis.own.loading import use_modules
    from anlan.analysis.study.asked import check_shards, gather, read_asked
    from anlan.analysis.study.checked import check_study
    from anlan.analysis.study.schema import Study

    file, folders = (paths[0], paths[1:]) if paths[0].is_file() else (None, paths)
    if not folders:
        raise BadInput(worded("merge: name each FOLDER that a shard wrote to"))
    if file is None:
        checked = read_asked(folders[0])
    else:
        asked = Study.read(file)
        use_modules(asked, say, lang)
        checked = check_study(asked)
    home = out if out is not None else folders[0]
    check_shards(checked, folders)

    def work() -> int:
        with claimed(home, checked.identity, False, lang):
            gather(checked, folders, home)
            results = finish(checked, home, lang)
            alone = len(results.variants) == 1
            return show_verdicts(results, lang) if alone else show_variants(results, lang)

    return stoppable(work, home, lang)
