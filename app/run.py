"""`anlan run`: from a scenario's name to the verdict table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from anlan.analysis.words import word
from anlan.analysis.words.names import said
from anlan.app.modules import use_named
from anlan.app.over_assumptions import RUNS_A_SET, check_sets, play_sets, show_over
from anlan.app.playing import SOME_FAILED, Between, How, play_and_show
from anlan.app.show import console, say_event, say_scale, verdict_table
from anlan.app.targets import load_judged

if TYPE_CHECKING:
    from anlan.analysis.results.folder import Results


@dataclass(frozen=True)
class Asked:
    """What was typed: a scenario and its `--set`, runs, seed, ledgers, modules of one's own.

    `keep_ledgers`: None for as many as the folder keeps already, else the usual ones. `sets`: of
    assumptions, over which the plan is judged as well; None for none.
    """

    name: str
    changes: Mapping[str, str]
    runs: int
    seed: int
    keep_ledgers: int | None = None
    modules: tuple[str, ...] = ()
    sets: int | None = None
    runs_a_set: int | None = None


def run_scenario(asked: Asked, out: Path | None, how: How, lang: str) -> int:
    """Run a scenario many times, judge its plan, write the report; the exit code."""
    check_sets(asked.sets, asked.runs_a_set, how, lang)
    use_named(asked.modules, lang, [asked.name])
    scenario = load_judged(asked.name, asked.changes, lang)
    from anlan.analysis.study.assumed import study_of_assumptions
    from anlan.analysis.study.checked import check_study
    from anlan.analysis.study.runs import study_of_runs

    home = out if out is not None else Path("out") / scenario.id
    keep_ledgers = asked.keep_ledgers
    if keep_ledgers is None:
        keep_ledgers = _kept(home, how.overwrite)
    study = study_of_runs(
        scenario, asked.runs, asked.seed, keep_ledgers, asked.changes, asked.modules
    )
    checked = check_study(study, scenario)

    share_done = partial(word, "cli.run.shard_done", lang)
    over: Between | None = None
    if asked.sets is not None:
        few = asked.runs_a_set or min(RUNS_A_SET, asked.runs)
        sets = study_of_assumptions(
            scenario, asked.sets, few, asked.seed, dict(asked.changes), asked.modules
        )
        over = partial(play_sets, check_study(sets, scenario), home, how, lang)
    return play_and_show(checked, home, how, show_verdicts, share_done, lang, over)


def _kept(home: Path, overwrite: bool) -> int:
    """Of how many runs the folder keeps the ledgers already, else of how many is usual."""
    from anlan.analysis.study.asked import ledgers_asked
    from anlan.analysis.study.runs import KEEP
    from anlan.sim.study import Spoilt

    try:
        there = None if overwrite else ledgers_asked(home)
    except (OSError, Spoilt):  # told when the folder is claimed
        there = None
    return KEEP if there is None else there


def show_verdicts(results: Results, lang: str) -> int:
    """The verdict table of one variant, and what else a reader should know; the exit code."""
    from anlan.analysis.report.page import report_file
    from anlan.analysis.report.reached import reached
    from anlan.analysis.report.sections import skipped_pictures

    scenario, verdicts, out = results.scenario, results.verdicts, console()
    name, plan = said(scenario.settings.name, lang), said(scenario.plan.title, lang)
    out.print(verdict_table(verdicts, lang, word("cli.title.verdicts", lang, name=name, plan=plan)))
    out.print(word("cli.run.summary", lang, runs=results.run_count, judged=verdicts.headline(lang)))
    out.print(reached(results, lang))
    say_event(scenario, out, lang)
    say_scale(results.manifest["people_per_row"], out, lang)
    if verdicts.count("undecided"):
        out.print(word("cli.run.undecided", lang))
    out.print(word("cli.run.assumed", lang, scenario=scenario.id))
    show_over(results, lang)
    if skipped := skipped_pictures(results, lang):
        out.print(skipped)
    out.print(word("cli.run.report", lang, path=results.folder / report_file(lang)), soft_wrap=True)
    failures = results.manifest["failures"]
    if failures:
        out.print(word("cli.study.failed", lang, failures=failures))
    return SOME_FAILED if failures else verdicts.exit_code()
