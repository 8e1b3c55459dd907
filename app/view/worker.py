"""The process that plays for a tab: `python -m anlan.app.view.worker`.

It reads what it needs first, then waits for one task on its standard input, so that a task begins
at once. It tells how far it is a line at a time on standard output, as JSON. When its input ends,
whoever started it is gone: then it ends too, with all that it has started.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Any

from anlan.analysis.words import LANGS
from anlan.analysis.words.errors import in_words
from anlan.sim.scenario.errors import BadInput

Task = Mapping[str, Any]
Tell = Callable[..., None]
SMALLEST = "tiny"  # the scenario that is played while nobody waits
FIRST_RUNS = 3  # after which the first verdict is shown: a few seconds in a small district


def main() -> int:
    """Get ready, take one task, do it."""
    tell = _teller()
    _read_all()
    tell("ready")
    line = sys.stdin.readline()
    if not line.strip():
        return 0
    threading.Thread(target=_end_with_owner, daemon=True).start()
    try:
        task: Task = json.loads(line)
        TASKS[str(task["what"])](task, tell)
        tell("done")
    except BadInput as error:
        slips = (error, *error.others)
        tell("bad", lines={lang: [in_words(slip, lang) for slip in slips] for lang in LANGS})
    return 0


def _teller() -> Tell:
    """A callable that tells an event on what was standard output; all that is printed goes to
    the error stream instead, so that nothing can be taken for an event.
    """
    out: IO[str] = os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1)
    os.dup2(2, 1)
    lock = threading.Lock()

    def tell(event: str, **facts: Any) -> None:
        with lock:
            out.write(json.dumps({"event": event, **facts}, ensure_ascii=False) + "\n")
            out.flush()

    return tell


def _read_all() -> None:
    """Import what every task needs, before there is one: much of it comes with the first run."""
    from anlan.analysis import pipeline
    from anlan.app.view.told import tell_results
    from anlan.sim import load

    results = pipeline.replicate(load(SMALLEST), 1, keep_ledgers=1)
    tell_results(results, results.folder / "told.json", whole=True)


def _end_with_owner() -> None:
    """Wait until nobody holds the other end of the input, then end with all processes of ours."""
    while sys.stdin.readline():
        pass
    if hasattr(os, "killpg") and os.getpgrp() == os.getpid():
        os.killpg(os.getpid(), signal.SIGKILL)
    os._exit(1)


def _run(task: Task, tell: Tell) -> None:
    """Play a scenario: a few runs first, whose verdict is shown at once, then all of them."""
    from anlan.app.view.told import tell_results

    out, shown = Path(task["out"]), Path(task["shown"])
    for runs in sorted({min(FIRST_RUNS, int(task["runs"])), int(task["runs"])}):
        last = runs == int(task["runs"])
        results = _played(task["scenario"], out, runs, task, tell)
        tell("judging")
        tell_results(results, shown, whole=last)
        tell("verdict", runs=runs, last=last)


def _played(scenario: str, out: Path, runs: int, task: Task, tell: Tell) -> Any:
    """The results of so many runs, in a folder that goes on from what is there."""
    from anlan.analysis import pipeline
    from anlan.analysis.study.checked import check_study
    from anlan.analysis.study.play import play_study
    from anlan.analysis.study.runs import study_of_runs
    from anlan.app.folder import claimed
    from anlan.app.targets import load_judged

    lang = str(task["lang"])
    loaded = load_judged(scenario, {}, lang)
    study = study_of_runs(loaded, runs, int(task["seed"]), FIRST_RUNS)
    checked = check_study(study, loaded)
    total = int(task["runs"])

    def progress(done: int, _total: int) -> None:
        tell("progress", done=done, total=total)

    few = runs <= FIRST_RUNS
    with claimed(out, checked.identity, False, lang):
        play_study(checked, out, 1 if few else int(task["workers"]), progress=progress)
        return pipeline.finish(checked, out)


def _compare(task: Task, tell: Tell) -> None:
    """Two plans under the same chance, run by run."""
    from anlan.analysis import pipeline
    from anlan.app.view.told import tell_comparison

    found = []
    for plan in task["plans"]:
        tell("plan", called=plan["called"])
        found.append(_played(plan["scenario"], Path(plan["out"]), int(task["runs"]), task, tell))
    tell("judging")
    tell_comparison(pipeline.compare(*found), [plan["called"] for plan in task["plans"]],
                    Path(task["shown"]))  # fmt: skip


def _size(task: Task, tell: Tell) -> None:
    """What would be enough, of what may change."""
    from anlan.analysis.sizing.asked import ask
    from anlan.analysis.sizing.played import identity_of_all
    from anlan.analysis.sizing.sized import all_targets, size_up
    from anlan.analysis.sizing.tables import Sized, write
    from anlan.app.folder import claimed
    from anlan.app.targets import load_judged
    from anlan.app.view.told import tell_size

    lang, home, most = str(task["lang"]), Path(task["out"]), int(task["runs"])
    scenario = load_judged(task["scenario"], {}, lang)
    asked = ask([scenario], None, Path(task["may_change"]), (), int(task["seed"]), 0.95, most)
    with claimed(home, identity_of_all(asked, all_targets(asked)), False, lang):
        size = size_up(
            asked, home, int(task["workers"]),
            lambda done: tell("progress", done=done, total=most),
        )  # fmt: skip
        found = Sized(size, home)
        write(found)
    tell_size(found, Path(task["shown"]))


def _document(task: Task, tell: Tell) -> None:
    """The document, or the workbook, of runs that are finished."""
    from anlan.analysis import pipeline
    from anlan.app.document import Asked, write_document
    from anlan.app.folder import read_whole

    lang, out = str(task["lang"]), Path(task["out"])
    tell("drawing")
    if task["kind"] == "document":
        write_document(Asked(out, Path(task["file"]), pictures=bool(task["pictures"])), lang)
    else:
        pipeline.show(read_whole(out, lang), lang, bool(task["pictures"]))


def _import(task: Task, tell: Tell) -> None:
    """A workbook's rosters read into a copy of a scenario; what was in doubt is told."""
    from anlan.app.workbook.command import Asked, import_workbook

    tell("judging")
    book, folder, report = (Path(task[key]) for key in ("book", "folder", "report"))
    asked = Asked(book, folder, base=str(task["base"]), yes=True, report=report)
    import_workbook(asked, str(task["lang"]))


TASKS: Mapping[str, Callable[[Task, Tell], None]] = {
    "run": _run,
    "compare": _compare,
    "size": _size,
    "document": _document,
    "import": _import,
}

if __name__ == "__main__":
    sys.exit(main())
