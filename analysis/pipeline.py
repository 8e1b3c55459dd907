"""From a question to a finished folder: one way, whatever is asked.

A study is checked, its runs are played, its tables merged and judged, its pictures drawn and its
report written. A run of a scenario as it is is a study of one variant.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from anlan.analysis.compare.comparison import Comparison, check_how, comparison, writing
from anlan.analysis.compare.folders import put_together
from anlan.analysis.compare.plans import (
    asked,
    check_asked,
    check_several,
    folder_of_plan,
    settled,
)
from anlan.analysis.own.loading import use_modules
from anlan.analysis.results.folder import Results, drawing, load
from anlan.analysis.results.over_assumptions import OverAssumptions
from anlan.analysis.statistics.paired import Method
from anlan.analysis.study.assumed import study_of_assumptions
from anlan.analysis.study.checked import CheckedStudy, check_study
from anlan.analysis.study.finish import finish_study
from anlan.analysis.study.play import play_study
from anlan.analysis.study.runs import KEEP, study_of_runs
from anlan.analysis.study.schema import Study
from anlan.analysis.words import FALLBACK, word
from anlan.sim.scenario.errors import BadInput, shown, worded
from anlan.sim.scenario.schema import Scenario
from anlan.sim.study import (
    LARGEST_COUNT,
    MOST_WORKERS,
    Digest,
    Progress,
    check_digest,
    check_scenario,
    check_seed,
    check_whole,
    folder_given,
    telling,
    texts_given,
    using,
)

log = logging.getLogger("anlan")
__all__ = [
    "Comparison", "OverAssumptions", "Results", "assumptions", "compare", "conduct", "finish",
    "load", "replicate", "show",
]  # fmt: skip


def conduct(
    study: Study | str | Path,
    out: str | Path,
    workers: int = 1,
    progress: Progress | None = None,
) -> Results:
    """Check, play and finish a study in the folder `out`; going on where it stopped.

    The same as `anlan study` without pictures and report (`show` makes them). A run that raises is
    a row of `failures`. Raises BadInput.
    """
    if not isinstance(study, Study | str | Path):
        raise BadInput(
            worded("give a Study, or the path of a study file, not {study}", study=shown(study))
        )
    asked = study if isinstance(study, Study) else Study.read(study)
    use_modules(asked)
    checked = check_study(asked)
    with using(Path(out)):
        play_study(checked, Path(out), workers, progress=progress)
        return finish(checked, Path(out))


def replicate(
    scenario: Scenario,
    runs: int,
    seed: int = 1,
    workers: int = 1,
    folder: str | Path | None = None,
    keep_ledgers: int = KEEP,
    digest: Digest | None = None,
    progress: Progress | None = None,
) -> Results:
    """Play runs 0 .. runs - 1 of a scenario in `folder` (a temporary one if None).

    The same as `anlan run` without pictures and report (`show` makes them). Measures and all
    digests are kept of every run, whole ledgers of the first `keep_ledgers`. `digest(scenario,
    tables)`, called where the run was played, gives further tables that are kept of every run. What
    a run raises is raised here; what was played before is kept. Raises BadInput.
    """
    check_scenario(scenario)
    check_seed(seed)
    check_whole("runs", runs, 1, LARGEST_COUNT)
    check_whole("workers", workers, 1, MOST_WORKERS)
    check_whole("keep_ledgers", keep_ledgers, 0, LARGEST_COUNT)
    check_digest(digest)
    study = study_of_runs(scenario, runs, seed, keep_ledgers)
    checked = check_study(study, scenario, digest=digest, forgiving=False)
    held = TemporaryDirectory(prefix="anlan-") if folder is None else None
    home = Path(held.name if held is not None else str(folder))
    with using(home):
        play_study(checked, home, workers, progress=progress)
        finish_study(checked, home)
    return Results(home, held=held)


def compare(
    *plans: Results | Scenario | str | Path,
    base: int = 0,
    measures: Sequence[str] = (),
    confidence: float = 0.95,
    method: Method = "t",
    together: bool = False,
    other_events: bool = False,
    runs: int | None = None,
    seed: int | None = None,
    workers: int = 1,
    folder: str | Path | None = None,
) -> Comparison:
    """What every other plan has differently from `base`, run by run under the same chance.

    `plans`: results, of runs or of studies, whose variants are numbered one after the other; and
    scenarios, or their names or folders, which are played first, `runs` times from `seed` (else as
    the results that are given; else 80 from 1), in `folder`, where what was played before is taken
    as it is (a temporary one if None). Compared are the measures that are named, else the targets
    of the first plan. `confidence`, `method` and `together` are those of `differences`. The tables
    of the `Comparison` are pandas; its `write(folder)` makes the page. Raises BadInput where the
    runs are no pairs, or of another storm, other places or hours and `other_events` does not say
    that this is meant.
    """
    check_how(confidence, method)
    check_whole("base", base, 0, LARGEST_COUNT)
    check_whole("workers", workers, 1, MOST_WORKERS)
    if runs is not None:
        check_whole("runs", runs, 1, LARGEST_COUNT)
    if seed is not None:
        check_seed(seed)
    measures = texts_given("measures", measures)
    home = folder_given(folder)
    given = [asked(plan) for plan in plans]
    check_several(given)
    check_asked(given, other_events, "other_events=True")
    runs, seed = settled(given, runs, seed)
    played = [
        one.what
        if isinstance(one.what, Results)
        else replicate(one.what, runs, seed, workers, home and folder_of_plan(home, one.what, seed))
        for one in given
    ]
    found = put_together(played, other_events, called=[one.called for one in given])
    return comparison(found, base, measures, confidence, method, together, other_events)


def assumptions(
    scenario: Scenario,
    sets: int,
    runs: int,
    seed: int = 1,
    workers: int = 1,
    folder: str | Path | None = None,
    progress: Progress | None = None,
) -> OverAssumptions:
    """Judge a plan over what is assumed: `sets` sets of assumptions, `runs` runs in each.

    All numbers that are marked as assumptions and read in a run are drawn together from their
    ranges; each set is played under the same chance. `shares` says in how many sets a target is
    met, `deciding` which assumptions decide it most; `results` are those of the study. Played in
    `folder`, where it goes on (a temporary one if None). Raises BadInput.
    """
    check_scenario(scenario)
    check_seed(seed)
    check_whole("sets", sets, 2, LARGEST_COUNT)
    check_whole("runs", runs, 1, LARGEST_COUNT)
    check_whole("workers", workers, 1, MOST_WORKERS)
    checked = check_study(study_of_assumptions(scenario, sets, runs, seed), scenario)
    held = TemporaryDirectory(prefix="anlan-") if folder is None else None
    home = Path(held.name if held is not None else str(folder))
    with using(home):
        play_study(checked, home, workers, progress=progress)
        finish_study(checked, home)
    return OverAssumptions(Results(home, held=held))


def _written(found: Comparison, folder: Path) -> list[Path]:
    """What `Comparison.write` does."""
    from anlan.analysis.report.compared_page import write_comparison

    return write_comparison(found, folder)


writing[:] = [_written]


def finish(checked: CheckedStudy, home: Path) -> Results:
    """Merge and judge what was played. Raises BadInput where runs are missing."""
    finish_study(checked, home)
    return load(home)


def _drawn(results: Results, lang: str) -> list[Path]:
    """What `Results.plot` does, wherever the results came from."""
    from anlan.analysis.plots.pictures import draw_pictures

    with using(results.folder):
        return draw_pictures(results, lang)


drawing[:] = [_drawn]


def _set_aside(file: Path, aside: Path) -> None:
    """Tell of a file that somebody has changed and that keeps another name."""
    log.warning(word("cli.set_aside", FALLBACK, file=file, name=aside.name))


if not telling:  # the command tells it in the language that was asked for
    telling.append(_set_aside)


def show(results: Results, lang: str, draw: bool = True) -> None:
    """Draw the pictures, write the report, the workbook and the map, from the folder alone.

    Without `draw` the report has no pictures, and those of earlier runs go.
    """
    from anlan.analysis.exports.map_files import write_map
    from anlan.analysis.exports.workbook import write_workbook
    from anlan.analysis.plots.pictures import forget_pictures
    from anlan.analysis.report.page import write_report

    with using(results.folder):
        if draw:
            results.plot(lang)
        else:
            forget_pictures(results, lang)
        write_workbook(results)
        write_map(results)
        write_report(results, lang)
