"""`anlan run` and `anlan report`: from a scenario's name to the verdict table."""

from __future__ import annotations

import errno
import signal
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from anlan import sim
from anlan.analysis.words import word
from anlan.app.folder import path_text, prepare, read_results, read_study
from anlan.app.progress import progress, say
from anlan.app.show import console, exploratory, verdict_table
from anlan.sim.scenario.errors import BadInput
from anlan.sim.study import fingerprint

if TYPE_CHECKING:
    from anlan.analysis.verdict import Verdicts
    from anlan.sim.scenario.schema import Scenario

STOPPED = 130
KEEP = 20  # ledgers kept where nobody says: enough to look into, some megabytes each
# what a disk says when it is full, read-only or not ours
DISK = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO}


def run_study(
    name: str,
    settings: Mapping[str, str],
    *,
    runs: int,
    seed: int,
    workers: int,
    out: Path | None,
    overwrite: bool,
    keep_ledgers: int | None,
    lang: str,
) -> int:
    """Run a scenario many times, judge its plan, write the report; the verdicts' exit code."""
    scenario = load(name, settings, lang)
    from anlan import analysis

    folder = out if out is not None else Path("out") / scenario.id
    begun = prepare(folder, fingerprint(scenario), seed, overwrite, lang)
    if begun is not None:
        say(word("cli.run.goes_on", lang, out=folder))
        keep_ledgers = begun.ledgers if keep_ledgers is None else keep_ledgers
    try:
        with progress(lang) as show:
            verdicts = analysis.evaluate(
                scenario,
                runs=runs,
                seed=seed,
                workers=workers,
                out=folder,
                lang=lang,
                progress=show,
                keep_ledgers=KEEP if keep_ledgers is None else keep_ledgers,
                changes=dict(settings),
            )
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # one Ctrl-C is enough
        say(word("cli.run.stopped", lang, out=folder))
        return STOPPED
    except OSError as error:
        raise _disk(error, folder, lang) from error
    _show(verdicts, scenario, runs, folder, lang)
    return int(verdicts.exit_code())


def load(name: str, settings: Mapping[str, str], lang: str) -> Scenario:
    """The scenario, whose plan's targets can all be judged. Raises BadInput."""
    from anlan.app.targets import check_targets

    scenario = sim.load(name, settings)
    check_targets(scenario, name, settings, lang)
    return scenario


def rebuild_report(folder: Path, lang: str) -> int:
    """Make the pictures and the report of a finished study anew; the verdicts' exit code."""
    if read_study(folder, lang) is None:
        raise BadInput(word("cli.bad.no_study", lang, out=path_text(folder)))
    if not (folder / "measures.parquet").exists():
        raise BadInput(word("cli.bad.unfinished", lang, out=path_text(folder)))
    from anlan import analysis

    results = read_results(folder, lang)
    try:
        verdicts = analysis.rebuild(folder, lang)
    except OSError as error:
        raise _disk(error, folder, lang) from error
    _show(verdicts, results.scenario, results.runs, folder, lang)
    return int(verdicts.exit_code())


def _disk(error: OSError, folder: Path, lang: str) -> Exception:
    """The BadInput for what a disk says; any other error as it is."""
    if error.errno not in DISK:
        return error
    why = error.strerror or str(error)
    return BadInput(word("cli.bad.out_unwritable", lang, out=path_text(folder), why=why))


def _show(verdicts: Verdicts, scenario: Scenario, runs: int, folder: Path, lang: str) -> None:
    out = console()
    name, plan = getattr(scenario.settings.name, lang), getattr(scenario.plan.title, lang)
    out.print(verdict_table(verdicts, lang, word("cli.title.verdicts", lang, name=name, plan=plan)))
    counts = {k.replace(" ", "_"): verdicts.count(k) for k in ("met", "not met", "undecided")}
    out.print(word("cli.run.summary", lang, runs=runs, **counts))
    exploratory(scenario, out, lang)
    if counts["undecided"]:
        out.print(word("cli.run.undecided", lang))
    out.print(word("cli.run.assumed", lang, scenario=scenario.id))
    out.print(word("cli.run.report", lang, path=folder / "report.html"), soft_wrap=True)
