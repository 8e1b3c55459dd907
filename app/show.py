"""What all commands print with: the console, tables, verdicts."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from anlan.analysis.words import word

if TYPE_CHECKING:
    from anlan.analysis.verdict.verdict import Verdicts
    from anlan.sim.scenario.schema import Scenario

PLAIN_WIDTH = 120  # columns where the output goes to a file or a pipe
COLOURS = {"met": "green", "not met": "bold red", "undecided": "yellow"}
UNJUDGED_COLOUR = "dim"


def console() -> Console:
    """Standard output: colours and the terminal's own width on a terminal, plain text elsewhere."""
    wide = None if sys.stdout.isatty() or "COLUMNS" in os.environ else PLAIN_WIDTH
    return Console(width=wide, highlight=False, markup=False, emoji=False)


def table(title: str, columns: Iterable[str], right: Iterable[int] = ()) -> Table:
    """An empty table; the columns of the numbers in `right` stand flush right."""
    made = Table(title=title, title_justify="left", title_style="bold", header_style="bold")
    numbers = set(right)
    for i, column in enumerate(columns):
        made.add_column(column, justify="right" if i in numbers else "left", overflow="fold")
    return made


def say_scale(people_per_row: int, out: Console, lang: str) -> None:
    """Say it where one row of residents stands for several people."""
    if people_per_row > 1:
        out.print(word("scale.used", lang, k=people_per_row), style="bold yellow")


def say_event(scenario: Scenario, out: Console, lang: str) -> None:
    """Say it where the scenario is a stress event."""
    from anlan.analysis.text.events import event_text

    if text := event_text(scenario, lang):
        out.print(text, style="bold yellow")


def verdict_table(verdicts: Verdicts, lang: str, title: str, over: str = "runs") -> Table:
    """The verdicts, headed by how many are judged: what each asks, what came out, how sure.

    `over` what they are judged: "runs" or "seasons".
    """
    from anlan.analysis.verdict.verdict import TABLE

    made = table(
        f"{title}\n{verdicts.headline(lang)}",
        (word(f"table.{over if key == 'runs' else key}", lang) for key in TABLE),
        right=(2, 4),
    )
    for v in verdicts:
        *cells, verdict = v.row(lang)
        made.add_row(*cells, Text(verdict, style=COLOURS.get(v.verdict, UNJUDGED_COLOUR)))
    return made
