"""`anlan seasons`: years of forest fires, pooled, and the plan's annual clauses judged by them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from anlan.analysis.text.numbers import amount, ends_text
from anlan.analysis.words import word
from anlan.analysis.words.names import said
from anlan.app.folder import claimed, tell_what_is_there
from anlan.app.playing import How, stoppable
from anlan.app.progress import progress
from anlan.app.show import console, table, verdict_table
from anlan.app.targets import load_judged

if TYPE_CHECKING:
    from rich.table import Table

    from anlan.analysis.seasons.finished import Finished

NAME = "seasons"


def play_years(
    name: str,
    changes: Mapping[str, str],
    seasons: int,
    seed: int,
    out: Path | None,
    how: How,
    lang: str,
) -> int:
    """Play seasons of a scenario, judge its annual targets, draw them; the exit code."""
    from anlan.analysis.seasons.finished import pooled, write
    from anlan.analysis.seasons.played import identity, play_seasons
    from anlan.analysis.study.asked import now
    from anlan.sim import check_seasons

    scenario = load_judged(name, changes, lang)
    check_seasons(scenario)
    home = out if out is not None else Path("out") / f"{scenario.id}-{NAME}"
    begun = now()

    def work() -> int:
        with claimed(home, identity(scenario, seed), how.overwrite, lang) as there:
            tell_what_is_there(home, there, seasons, lang)
            with progress(lang, NAME) as show:
                fires = play_seasons(scenario, seed, seasons, home, how.workers, show)
            found = pooled(scenario, fires, seasons)
            write(found, home, seed, changes, begun)
            draw(found, home, lang)
            return show_seasons(found, home, lang)

    return stoppable(work, home, lang)


def draw(found: Finished, home: Path, lang: str) -> None:
    """The picture with the numbers that it shows beside it."""
    from anlan.analysis.plots import seasons
    from anlan.analysis.plots.pictures import FIGURES
    from anlan.analysis.plots.style import save, styled

    with styled():
        save(seasons.draw(found, lang), home / FIGURES, NAME, lang)


def show_seasons(found: Finished, home: Path, lang: str) -> int:
    """The measures, the verdicts and where the files are; the exit code."""
    scenario, out = found.scenario, console()
    name = said(scenario.settings.name, lang)
    sums = found.sums
    out.print(
        word(
            "cli.seasons.summary", lang, name=name, seasons=f"{found.seasons:,}",
            some=f"{int((sums.fires > 0).sum()):,}", fires=f"{int(sums.fires.sum()):,}",
            alarms=f"{int(sums.alarms.sum()):,}",
        ),
        style="bold",
    )  # fmt: skip
    out.print(_measures(found, lang))
    plan = said(scenario.plan.title, lang)
    title = word("cli.title.verdicts", lang, name=name, plan=plan)
    out.print(verdict_table(found.verdicts, lang, title, over=NAME))
    for verdict in found.verdicts:
        out.print(f"{verdict.id}: {verdict.note(lang)}")
    out.print(word("cli.run.assumed", lang, scenario=scenario.id))
    out.print(word("cli.seasons.files", lang, out=home), soft_wrap=True)
    return found.verdicts.exit_code()


def _measures(found: Finished, lang: str) -> Table:
    heads = [word(f"cli.seasons.{c}", lang) for c in ("measure", "estimate", "interval", "of")]
    made = table(word("cli.seasons.measures", lang), heads, right=(1, 3))
    for one in found.measures:
        unit, ends = one.measure.unit, one.found
        value = amount(ends.estimate, unit, lang)
        between = ends_text(ends.low, ends.high, unit, lang) if value != "–" else ""
        made.add_row(one.measure.label(lang), value, between, f"{one.seasons:,}")
    return made
