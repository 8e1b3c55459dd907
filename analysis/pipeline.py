"""From a question to a finished folder: one way, whatever is asked.

A study is checked, its runs are played, its tables merged and judged, its pictures drawn and its
report written. A run of a scenario as it is is a study of one variant.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from anlan.analysis.own.loading import use_modules
from anlan.analysis.results.folder import Results, drawing, load
from anlan.analysis.study.checked import CheckedStudy, check_study
from anlan.analysis.study.finish import finish_study
from anlan.analysis.study.play import play_study
from anlan.analysis.study.runs import KEEP, study_of_runs
from anlan.analysis.study.schema import Study
from anlan.sim.scenario.errors import BadInput, shown
from anlan.sim.scenario.schema import Scenario
from anlan.sim.study import (
    LARGEST_COUNT,
    MOST_WORKERS,
    Digest,
    Progress,
    check_scenario,
    check_seed,
    check_whole,
    using,
)

__all__ = ["Results", "conduct", "finish", "load", "replicate", "show"]


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
        raise BadInput(f"give a Study, or the path of a study file, not {shown(study)}")
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
    study = study_of_runs(scenario, runs, seed, keep_ledgers)
    checked = check_study(study, scenario, digest=digest, forgiving=False)
    held = TemporaryDirectory(prefix="anlan-") if folder is None else None
    home = Path(held.name if held is not None else str(folder))
    with using(home):
        play_study(checked, home, workers, progress=progress)
        finish_study(checked, home)
    return Results(home, held=held)


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
