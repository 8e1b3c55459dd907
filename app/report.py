"""`anlan report`: pictures and report of finished results, from their folder alone."""

from __future__ import annotations

from pathlib import Path

from anlan.app.folder import on_disk, read_whole


def rebuild_report(folder: Path, lang: str) -> int:
    """Make the pictures and the report of finished results anew; the exit code.

    Of one variant that of its verdicts, of several that of a study.
    """
    results = read_whole(folder, lang)
    from anlan.analysis.pipeline import show  # late, as the rest: first the folder is looked at
    from anlan.app.run import show_verdicts
    from anlan.app.study import show_variants

    with on_disk(folder, lang):
        show(results, lang)
    alone = len(results.variants) == 1
    return show_verdicts(results, lang) if alone else show_variants(results, lang)
