"""`python3 dev.py what-counts`: play what is missing, write the table, its page and its pictures.

Stopped at any moment, the same command goes on where it was. A row of the table is played anew
only where the code or the data that it came from have changed (`capabilities/standing.py`), or
where `--capability` names it; runs are kept in the folder by the hash of code and data.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from anlan.analysis.capabilities.conducted import Budget, conduct, conduct_scenario
from anlan.analysis.capabilities.judged import Judged
from anlan.analysis.capabilities.kept import keep, read_cells, read_effects
from anlan.analysis.capabilities.levels import Cell
from anlan.analysis.capabilities.listed import Played, scenarios
from anlan.analysis.capabilities.played import Tell
from anlan.analysis.capabilities.standing import standing
from anlan.analysis.plots import dose, what_counts
from anlan.analysis.plots.style import save, styled
from anlan.analysis.words import LANGS
from anlan.analysis.words.names import said
from anlan.app.docs.markdown import DOCS
from anlan.app.docs.what_counts import DOSE, FIGURES, MAP, PAGE, page
from anlan.sim import load
from anlan.sim.scenario.errors import BadInput, nearest, worded
from anlan.sim.study import write_text

if TYPE_CHECKING:
    import pandas as pd

Wanted = Callable[..., bool]  # (cell, capabilities whose rows stand)
RUNS_FOLDER = ".what-counts"
MINUTES = 90.0
CHANGED = 1  # exit code of --check where a row is decided otherwise than the table says


def main(arguments: Sequence[str]) -> int:
    """Do what the command line asks; the exit code."""
    asked = _parser().parse_args(arguments)
    try:
        chosen = _chosen(asked.scenario)
    except BadInput as error:
        print(error, file=sys.stderr)
        return 2
    budget = Budget(
        Path(asked.folder), asked.runs, asked.workers, monotonic() + 60.0 * asked.minutes
    )
    only = _only(asked.capability)
    table = DOCS / FIGURES
    otherwise: list[str] = []
    if asked.check:
        for played, found in conduct(chosen, budget, only, _tell):
            otherwise += differing(played, found)
        print("\n".join(otherwise) or "every row is decided as the table says")
        return CHANGED if otherwise else 0
    for played in chosen:
        if not budget.spent:
            _play_what_does_not_stand(table, played, budget, only, bool(asked.capability))
    show()
    return 0


def _play_what_does_not_stand(
    table: Path, played: Played, budget: Budget, only: Wanted, named: bool
) -> None:
    """A scenario's rows, those that do not stand played anew as far as the time goes.

    Where rows are named nobody asks whether others stand, which takes a run for each of them.
    """
    stands: Collection[str] = ()
    stamp = None
    if not named:
        stands, stamp = standing(read_cells(table), played, budget)
        print(f"{played.scenario}: {len(stands)} rows stand as they are", flush=True)
    found = conduct_scenario(played, budget, lambda c: only(c, stands), _tell(played.scenario))
    keep(table, played, found, stands, stamp)


def differing(played: Played, found: Sequence[Judged]) -> list[str]:
    """A line for each row that is decided otherwise than the table says."""
    kept = read_cells(DOCS / FIGURES)
    kept = kept[kept["scenario"] == played.scenario]
    said = dict(zip(kept["capability"], kept["verdict"], strict=True))
    return [
        f"{played.scenario}, {judged.cell.id}: {said.get(judged.cell.id)} before, {judged.verdict}"
        for judged in found
        if judged.verdict not in (said.get(judged.cell.id), "unplayed")
    ]


def show() -> None:
    """Write the page and the pictures from the table alone."""
    table = DOCS / FIGURES
    write_text(DOCS / PAGE, page())
    effects = read_effects(table)
    limits = asked(effects)
    for lang in LANGS:
        with styled():
            save(what_counts.draw(read_cells(table), effects, lang), table, MAP, lang)
            save(dose.draw(effects, limits, lang), table, DOSE, lang)


def asked(effects: pd.DataFrame) -> list[dose.Asked]:
    """The limits that the plans of the scenarios that were played set to measures of runs."""
    found = []
    for name in dict.fromkeys(effects["scenario"]):
        scenario = load(str(name))
        names = {lang: said(scenario.settings.name, lang) for lang in LANGS}
        limits = {t.measure: t.limit for t in scenario.plan.targets if t.kind == "performance"}
        found += [dose.Asked(str(name), names, *limit) for limit in limits.items()]
    return found


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="dev.py what-counts", description=__doc__)
    add = parser.add_argument
    add("--scenario", action="append", default=[], help="only this one; again: more")
    add("--capability", action="append", default=[], help="play this one only; again: more")
    add("--runs", type=int, help="the most runs, where less than the scenario's own")
    add("--minutes", type=float, default=MINUTES, help="begin nothing after these")
    add("--workers", type=int, default=min(os.cpu_count() or 1, 2))
    add("--folder", default=RUNS_FOLDER, help="where the runs are kept")
    add("--check", action="store_true", help="compare with the table, write nothing")
    return parser


def _chosen(names: Sequence[str]) -> list[Played]:
    """The scenarios that are asked for, all where none is named. Raises BadInput."""
    known = scenarios()
    for name in names:
        if name not in known:
            raise BadInput(
                worded(
                    "--scenario {name}: not in the list; {near}",
                    name=name,
                    near=nearest(name, known),
                )
            )
    return [known[name] for name in (names or known)]


def _only(capabilities: Sequence[str]) -> Wanted:
    """Those that are named; where none is, those whose rows do not stand."""

    def wanted(cell: Cell, stands: Collection[str] = ()) -> bool:
        return cell.id in capabilities if capabilities else cell.id not in stands

    return wanted


def _tell(scenario: str) -> Tell:
    def tell(played: int, wanted: int) -> None:
        print(f"{scenario}: {played} of {wanted} runs", flush=True)

    return tell


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
