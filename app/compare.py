"""`anlan compare`: what differs between plans, run by run; scenarios are played first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rich.table import Table

from anlan.analysis.compare.comparison import Comparison, comparison
from anlan.analysis.compare.folders import put_together
from anlan.analysis.compare.moved import MOST_VARIANTS
from anlan.analysis.report import compared
from anlan.analysis.words import word
from anlan.app.compared_plans import (
    OTHER_EVENTS,
    Given,
    Plays,
    claim,
    home_of,
    plans_of,
    played,
)
from anlan.app.playing import SOME_FAILED, stoppable
from anlan.app.progress import say
from anlan.app.show import console, table
from anlan.sim.scenario.errors import BadInput, reason, worded

if TYPE_CHECKING:
    import pandas as pd

MOST_MOVED, MOST_OPEN = 25, 10  # rows of what moved, beyond chance and maybe by chance
MOST_LINES = 12  # of what two scenarios hold otherwise, on a screen
COLUMNS = ("what", "variant", "base", "other", "difference", "interval", "pairs", "saved")


@dataclass(frozen=True)
class Shown:
    """What is to be shown of a comparison."""

    base: int = 0
    measures: Sequence[str] = ()
    confidence: float = 0.95
    csv: Path | None = None


def compare_plans(given: Given, plays: Plays, how: Shown, lang: str) -> int:
    """Play what is to be played, then show what differs from the plan `base`; the exit code."""
    plans = plans_of(given, lang)
    home = home_of(plans, plays.out)
    if len(plans) == 1 and not hasattr(plans[0].what, "variants"):
        raise BadInput(
            worded("nothing to compare: give the folder of a study, or two folders of runs")
        )
    if home is not None:
        claim(home, plans, lang)

    def work() -> int:
        results = played(plans, given, plays, home, lang)
        names = [plan.called for plan in plans]
        found = put_together(results, given.other_events, OTHER_EVENTS, names)
        if len(found.called) < 2:
            raise BadInput(
                worded("nothing to compare: give the folder of a study, or two folders of runs")
            )
        if how.base not in found.called:
            last = len(found.called) - 1
            raise BadInput(
                worded("--base {base}: there are variants 0 to {last}", base=how.base, last=last)
            )
        made = comparison(found, how.base, how.measures, how.confidence,
                          other_events=given.other_events)  # fmt: skip
        return show(made, how.csv, home, lang)

    return stoppable(work, home or Path(), lang)


def show(found: Comparison, csv: Path | None, home: Path | None, lang: str) -> int:
    """Print what differs, what is clearest first, and write the page into the folder.

    What moved beyond chance, verdicts that turn, places, then the targets; what may be chance is
    the last.
    """
    whole = len(found.together.called) <= MOST_VARIANTS and not found.measures
    if whole:
        _show_edits(found, lang)
        moved, turned, *places = compared.headline(found, lang)
        _show_moved(found, moved, lang)
        _show_turned(found, turned, places, lang)
    if csv is not None:
        _write(csv, found)
    title = word("cli.compare.title", lang, confidence=f"{100 * found.confidence:g}")
    console().print(_table(title, found, compared.turned_first(found), lang))
    if whole:
        _show_open(found, lang)
    console().print(word("cli.compare.note", lang))
    if home is not None:
        from anlan.analysis.report.compared_page import write_comparison

        say(word("cli.progress.drawing", lang))
        for path in write_comparison(found, home):
            if path.suffix == ".html":
                console().print(word("cli.compare.page", lang, path=path), soft_wrap=True)
    return SOME_FAILED if found.plans["failures"].any() else 0


def _show_edits(found: Comparison, lang: str) -> None:
    """What the plans hold otherwise: whoever compares must know it before any number."""
    out = console()
    for text in compared.warnings(found, lang):
        out.print(text, style="bold yellow")
    for other in found.others:
        lines = compared.what_differs(found, other, lang, MOST_LINES)
        if lines or found.same_scenario(other):
            out.print(compared.differs_title(found, other, lang))
        for line in lines:
            out.print(f"  {line}")


def _show_turned(found: Comparison, turned: str, places: Sequence[str], lang: str) -> None:
    out = console()
    out.print(turned, style="bold")
    for line in compared.turned_lines(found, lang):
        out.print(f"  {line}")
    for text in places:
        out.print(text)


def _write(csv: Path, found: Comparison) -> None:
    """The differences as a file. Raises BadInput where it cannot be written."""
    import pandas as pd

    from anlan.sim.study import write_table

    whole = (
        found.differences if found.measures else pd.concat([found.all_measures, found.differences])
    )
    try:
        write_table(csv, whole.to_csv(index=False, lineterminator="\n"))
    except OSError as error:
        raise BadInput(
            worded("--csv {csv}: cannot be written: {why}", csv=csv, why=reason(error))
        ) from None


def _show_moved(found: Comparison, moved: str, lang: str) -> None:
    """The measures that differ beyond chance, the clearest first."""
    console().print(moved, style="bold")
    if found.moved.clear:
        _show_rows("cli.compare.beyond", found, found.moved.beyond, MOST_MOVED, lang)


def _show_open(found: Comparison, lang: str) -> None:
    """The measures that differ in some run and may do so by chance."""
    if len(found.moved.open):
        _show_rows("cli.compare.open", found, found.moved.open, MOST_OPEN, lang)


def _show_rows(title: str, found: Comparison, rows: pd.DataFrame, most: int, lang: str) -> None:
    console().print(_table(word(title, lang), found, rows.head(most), lang, "head.measure"))
    if len(rows) > most:
        console().print(word("cli.compare.more", lang, n=len(rows) - most))


def _table(
    title: str, found: Comparison, rows: pd.DataFrame, lang: str, what: str = "table.target"
) -> Table:
    """Differences as a table; with one other plan only its columns bear the names of the two."""
    several = len(found.others) > 1
    kept = [c for c in COLUMNS if several or c != "variant"]
    numbers = [kept.index(c) for c in ("base", "other", "difference")]
    of = "cli.compare.what" if found.measures else what
    heads = {**compared.heads(found, lang), "what": word(of, lang)}
    shown = table(title, [heads[c] for c in kept], right=numbers)
    for label, plan, cells in compared.difference_rows(found, rows, lang):
        shown.add_row(label, *([plan] if several else []), *cells)
    return shown
