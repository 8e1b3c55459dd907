"""`anlan size`: what would be enough, from what may change to a shopping list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from anlan.analysis.text.numbers import amount, ends_text, number
from anlan.analysis.words import word
from anlan.analysis.words.names import said
from anlan.app.folder import claimed
from anlan.app.modules import use_named
from anlan.app.playing import How, stoppable
from anlan.app.progress import progress, say
from anlan.app.show import console, say_event, say_scale, table
from anlan.app.targets import load_judged
from anlan.sim.scenario.errors import BadInput, worded

if TYPE_CHECKING:
    from anlan.analysis.sizing.sized import Asked
    from anlan.analysis.sizing.tables import Sized

NAME = "size"
EXIT = {"enough": 0, "none": 1, "open": 3, "unmoved": 3}


@dataclass(frozen=True)
class Typed:
    """What was typed: scenarios and their `--set`, what may change, prices, targets, bounds."""

    scenarios: Sequence[str]
    changes: dict[str, str]
    may_change: Path
    costs: Path | None
    targets: tuple[str, ...]
    seed: int
    confidence: float
    most_runs: int
    modules: tuple[str, ...] = ()


def run_size(typed: Typed, out: Path | None, how: How, estimate: bool, lang: str) -> int:
    """Find what would be enough, and show it; the exit code."""
    from anlan.analysis.sizing.asked import ask

    use_named(typed.modules, lang, typed.scenarios)
    if out is not None and not typed.scenarios:
        raise BadInput(worded("give at least one scenario, each once"))
    scenarios = [load_judged(name, typed.changes, lang) for name in typed.scenarios]
    asked = ask(
        scenarios, typed.costs, typed.may_change, typed.targets, typed.seed, typed.confidence,
        typed.most_runs,
    )  # fmt: skip
    _say_plan(asked, how.workers, estimate, lang)
    if estimate:
        return 0
    home = out if out is not None else Path("out") / f"{scenarios[0].id}-{NAME}"
    return stoppable(lambda: _sized(asked, home, how, lang), home, lang)


def _say_plan(asked: Asked, workers: int, estimate: bool, lang: str) -> None:
    """How many capacities and points, how many runs at most; what they take where it is asked."""
    points = 1
    for choice in asked.choices:
        points *= len(choice.levels)
    text = word(
        "cli.size.plan", lang, knobs=len(asked.choices), points=f"{points:,}",
        runs=f"{asked.most_runs:,}",
    )  # fmt: skip
    if estimate:
        from anlan.analysis.study.cost import pilot

        found = pilot(asked.scenarios[0], asked.seed, len(asked.scenarios[0].plan.targets))
        cost = found.text(asked.most_runs, workers, lang)
        text = word("cli.study.plan_cost", lang, plan=text, cost=cost)
    say(text)


def _sized(asked: Asked, home: Path, how: How, lang: str) -> int:
    """Play in a folder that is claimed; the exit code."""
    from anlan.analysis.exports.size_book import write_size_book
    from anlan.analysis.sizing.played import identity_of_all
    from anlan.analysis.sizing.sized import all_targets, size_up
    from anlan.analysis.sizing.tables import Sized, write

    mine = identity_of_all(asked, all_targets(asked))
    with claimed(home, mine, how.overwrite, lang):
        with progress(lang) as show:
            size = size_up(asked, home, how.workers, lambda done: show(done, asked.most_runs))
        found = Sized(size, home)
        write(found)
        write_size_book(found)
        draw(found, lang)
    return show_size(found, lang)


def draw(found: Sized, lang: str) -> None:
    """The curve of cost against confidence, where there is one."""
    from anlan.analysis.plots import sizing
    from anlan.analysis.plots.pictures import FIGURES
    from anlan.analysis.plots.style import save, styled

    if len(found.curve):
        with styled():
            save(sizing.draw(found, lang), found.folder / FIGURES, NAME, lang)


def show_size(found: Sized, lang: str) -> int:
    """The answer, the shopping list, what is told apart and where the files are; the exit code."""
    from anlan.analysis.sizing.tables import apart_text, headline, rest_text

    size, out = found.size, console()
    out.print(headline(found, lang), style="bold")
    for line in rest_text(size, lang):
        out.print(line, soft_wrap=True)
    if found.outcome in ("enough", "open"):
        out.print(_shopping(found, lang))
    for attempt in size.found.attempts[-1:]:
        for one in attempt.judged:
            unit = _unit(found, one.storm, one.goal)
            out.print(
                word(
                    "size.fresh", lang, target=_text(found, one.storm, one.goal, lang),
                    estimate=amount(one.estimate, unit, lang),
                    interval=ends_text(one.low, one.high, unit, lang),
                    runs=one.runs, state=word(f"size.state.{one.state}", lang),
                )
            )  # fmt: skip
    for line in apart_text(size, lang):
        out.print(line)
    for row in found.prices.to_dict("records"):
        if not row["confirmed"]:
            key = "size.other_price" + (".today" if row["cheaper_today"] else "")
            out.print(word(key, lang, what=row["price_of"], times=f"{row['times']:g}"))
    for m in found.moving.drop_duplicates("item").to_dict("records") if len(found.moving) else ():
        if m["sooner_min"] > 0.05:
            out.print(word("size.moving", lang, item=m["item"], now=number(m["now_min"]),
                           best=number(m["best_min"])))  # fmt: skip
    for scenario in size.asked.scenarios:
        say_event(scenario, out, lang)
        say_scale(scenario.people_per_row, out, lang)
    if command := found.command():
        out.print(word("size.command", lang, command=command), soft_wrap=True)
    out.print(word("size.files", lang, out=found.folder), soft_wrap=True)
    return EXIT[found.outcome]


def _text(found: Sized, storm: int, goal: str, lang: str) -> str:
    scenario = found.size.asked.scenarios[storm]
    target = next(t for t in scenario.plan.targets if t.id == goal)
    return said(target.text, lang)


def _unit(found: Sized, storm: int, goal: str) -> str:
    """Of what a goal's mean is counted in: shares of runs, or its measure."""
    from anlan.analysis.study.naming import what_unit

    scenario = found.size.asked.scenarios[storm]
    return what_unit(next(t for t in scenario.plan.targets if t.id == goal))


def _shopping(found: Sized, lang: str) -> object:
    heads = [word(f"size.head.{key}", lang) for key in ("what", "today", "enough", "more", "cost")]
    made = table(word("size.list", lang), heads, right=(1, 2, 3, 4))
    for row in found.shopping.to_dict("records"):
        mark = " *" if row["price_mark"] == "assumption" else ""
        cells = (number(row["today"]), number(row["enough"]), number(row["more"]))
        made.add_row(row[lang], *cells, f"{row['cost']:,.10g}{mark}")
    return made
