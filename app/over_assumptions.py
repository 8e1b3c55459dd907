"""`anlan run --assumptions N`: a plan judged over what is assumed, beside its runs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from anlan.analysis.words import word
from anlan.app.folder import claimed, on_disk, tell_what_is_there
from anlan.app.playing import How, play
from anlan.app.progress import say
from anlan.app.show import console, table
from anlan.sim.scenario.errors import BadInput

if TYPE_CHECKING:
    from anlan.analysis.results.folder import Results
    from anlan.analysis.study.checked import CheckedStudy

RUNS_A_SET = 20  # where nobody says; at most as many as the plan itself gets
COLUMNS = ("target", "share", "counts", "by_estimate", "top")


def check_sets(sets: int | None, runs: int | None, how: How, lang: str) -> None:
    """Raise BadInput where sets of assumptions cannot go with what else was typed."""
    if sets is None and runs is not None:
        raise BadInput(word("cli.bad.assumption_runs", lang))
    if sets is not None and (how.share[1] > 1 or how.cluster is not None):
        raise BadInput(word("cli.bad.sets_shard", lang))


def play_sets(checked: CheckedStudy, home: Path, how: How, lang: str) -> None:
    """Play the sets in a folder of their own beside the runs, going on from what is there."""
    from anlan.analysis import pipeline
    from anlan.analysis.study.assumed import ASSUMPTIONS

    folder, counts = home / ASSUMPTIONS, {"sets": len(checked.variants), "runs": checked.runs_each}
    say(word("cli.over.playing", lang, **counts))
    with claimed(folder, checked.identity, how.overwrite, lang) as there:
        tell_what_is_there(folder, there, checked.most_runs, lang)
        play(checked, folder, replace(how, profile=False), lang)
        with on_disk(folder, lang):
            pipeline.finish(checked, folder)


def show_over(results: Results, lang: str) -> None:
    """The table of verdicts over what is assumed, where that was played."""
    from anlan.analysis.report.over_assumed import shown_over

    told = shown_over(results, lang)
    if not told["rows"]:
        return
    shown = table(word("over.head", lang), [word(f"over.{key}", lang) for key in COLUMNS])
    for row in told["rows"]:
        counts = "\n".join(filter(None, (row["counts"], row["unjudged"])))
        cells = (row["text"], row["share"], counts, row["by_estimate"])
        shown.add_row(*cells, "\n".join(row["top"]))
    console().print(shown)
    for text in told["texts"]:
        console().print(text)
