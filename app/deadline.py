"""`anlan deadline`: the latest hour at which each order of a plan still meets its target."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from anlan.analysis.text.numbers import number, percent
from anlan.analysis.words import word
from anlan.analysis.words.names import name_of, said
from anlan.app.folder import claimed
from anlan.app.playing import How, stoppable
from anlan.app.progress import progress, say
from anlan.app.show import COLOURS, console, say_event, table
from anlan.app.targets import load_judged

if TYPE_CHECKING:
    from rich.table import Table

    from anlan.analysis.deadline.found import Deadlines
    from anlan.sim.study import Progress

NAME = "deadline"
NO_HOUR, OPEN = 1, 3  # exit codes, as those of verdicts
NOTHING = "nothing"  # the answer where there was nothing to judge by, which counts neither way
COLOUR = {"hour": "met", "every": "met", "none": "not met", "undecided": "undecided"}


@dataclass(frozen=True)
class Question:
    """What was typed besides where and by whom: which orders and targets, how often, how finely."""

    orders: Sequence[str]
    targets: Sequence[str]
    runs: int
    seed: int
    step_h: float


def last_moments(
    name: str, changes: Mapping[str, str], asked: Question, out: Path | None, how: How, lang: str
) -> int:
    """Play the orders of a scenario at one hour after another, write and show; the exit code."""
    from anlan.analysis.deadline.found import asked_for, find
    from anlan.analysis.deadline.orders import questions
    from anlan.analysis.deadline.played import NothingComes
    from anlan.analysis.deadline.written import identity, write
    from anlan.analysis.study.asked import now
    from anlan.sim.study import stamp

    scenario = load_judged(name, changes, lang)
    questions(scenario, asked.orders, asked.targets)
    wanted = asked_for(scenario, asked.seed, asked.runs, asked.step_h, how.workers)
    mine = identity(wanted, asked.orders, asked.targets)
    home = out if out is not None else Path("out") / f"{scenario.id}-{NAME}"
    begun = now()

    def show(study: str) -> AbstractContextManager[Progress]:
        say(word("cli.deadline.now", lang, study=study))
        return progress(lang)

    def work() -> int:
        with claimed(home, mine, how.overwrite, lang):
            stamp(home, mine)
            try:
                found = find(wanted, asked.orders, asked.targets, home, show)
            except NothingComes:
                console().print(word("cli.deadline.nothing_comes", lang, name=scenario.id))
                return OPEN
            write(found, home, changes, begun)
            draw(found, home, lang)
            return show_last_moments(found, home, lang)

    return stoppable(work, home, lang)


def draw(found: Deadlines, home: Path, lang: str) -> None:
    """The picture with the numbers that it shows beside it."""
    from anlan.analysis.plots import deadline
    from anlan.analysis.plots.pictures import FIGURES
    from anlan.analysis.plots.style import save, styled

    with styled():
        save(deadline.draw(found, lang), home / FIGURES, NAME, lang)


def show_last_moments(found: Deadlines, home: Path, lang: str) -> int:
    """The sentences, the table, the clearance times and where the files are; the exit code."""
    from anlan.analysis.deadline.told import heading, road_note, sentences

    out = console()
    out.print(heading(found, lang), style="bold")
    say_event(found.scenario, out, lang)
    out.print(_orders(found, lang))
    for line in sentences(found, lang):
        out.print(line)
    for made in _towns(found, lang):
        out.print(made)
    out.print(road_note(found, lang))
    out.print(word("cli.run.assumed", lang, scenario=found.scenario.id))
    out.print(word("cli.deadline.files", lang, out=home), soft_wrap=True)
    code = exit_code(found.last["answer"])
    if code == OPEN and set(found.last["answer"]) <= {NOTHING}:
        out.print(word("cli.deadline.nothing_judged", lang), style="bold")
    return code


def exit_code(answers: Iterable[str]) -> int:
    """0 all orders that are judged have an hour, 1 for some none would do, 3 some are undecided or
    nothing is judged.
    """
    judged = set(answers) - {NOTHING}
    return NO_HOUR if "none" in judged else OPEN if not judged or "undecided" in judged else 0


def _orders(found: Deadlines, lang: str) -> Table:
    from rich.text import Text

    from anlan.analysis.deadline.told import at, target_of

    heads = ("order", "target", "answer", "last", "lead", "not_met", "planned", "known")
    made = table(
        word("cli.deadline.orders", lang),
        [word(f"cli.deadline.{key}", lang) for key in heads],
        right=(4, 7),
    )
    for row in found.last.to_dict("records"):
        style = COLOURS.get(COLOUR.get(row["answer"], ""), "dim")
        made.add_row(
            word(f"deadline.order.{row['order']}", lang),
            said(target_of(found, row["target"]).text, lang),
            Text(word(f"deadline.answer.{row['answer']}", lang), style=style),
            at(found, row["met_h"], lang),
            number(row["lead_h"]),
            at(found, row["not_met_h"], lang),
            at(found, row["planned_h"], lang),
            percent(row["known_share"]),
        )
    return made


def _towns(found: Deadlines, lang: str) -> list[Table]:
    """Clearance by town: as planned, and with the order to move at its last moment."""
    from anlan.analysis.deadline.found import MOVE
    from anlan.analysis.deadline.played import AS_PLANNED
    from anlan.analysis.deadline.told import at

    towns = found.towns
    shown = [(word("cli.deadline.towns_planned", lang), towns[towns["order"] == AS_PLANNED])]
    last = found.last[(found.last["order"] == MOVE) & found.last["met_h"].notna()]
    if len(last):
        hour = float(last["met_h"].min())
        rows = towns[(towns["order"] == MOVE) & (towns["hour"] == hour)]
        shown.append((word("cli.deadline.towns_at", lang, clock=at(found, hour, lang)), rows))
    return [_clearance(found, title, rows, lang) for title, rows in shown]


def _clearance(found: Deadlines, title: str, rows: object, lang: str) -> Table:
    import pandas as pd

    assert isinstance(rows, pd.DataFrame)
    heads = ("town", "ordered", "moved", "median", "often", "last_one", "road")
    made = table(title, [word(f"cli.deadline.{k}", lang) for k in heads], right=range(1, 7))
    names = {t.town: name_of(t, lang) for t in found.scenario.towns}
    for row in rows.to_dict("records"):
        made.add_row(
            names[row["town"]],
            number(row["ordered"]),
            percent(row["moved_share"]),
            _with_ends(row, "median", lang),
            _with_ends(row, "often", lang),
            _hours(row["last_h"], lang),
            _hours(row["road_h"], lang),
        )
    return made


def _with_ends(row: Mapping[object, float], key: str, lang: str) -> str:
    if math.isnan(row[f"{key}_h"]):
        return "–"
    low, high = (_hours(row[f"{key}_{end}_h"], lang) for end in ("low", "high"))
    return f"{_hours(row[f'{key}_h'], lang)} ({low} – {high})"


def _hours(hours: float, lang: str) -> str:
    """Hours, or that it never comes to it."""
    return word("deadline.never", lang) if math.isinf(hours) else number(hours)
