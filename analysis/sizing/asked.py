"""`anlan.size`: what would be enough, from Python."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from anlan.analysis.sizing.evidence import Tell
from anlan.analysis.sizing.may_change import Choice, MayChange, choices, read_choices
from anlan.analysis.sizing.prices import Price, read_prices
from anlan.analysis.sizing.sized import CONFIDENCE, MOST_RUNS, Asked, size_up
from anlan.analysis.sizing.tables import Sized, write
from anlan.sim.scenario.errors import BadInput, shown, worded
from anlan.sim.scenario.schema import Scenario
from anlan.sim.study import (
    MOST_WORKERS,
    check_number,
    check_scenario,
    check_seed,
    check_whole,
    folder_given,
    texts_given,
    using,
)

Changes = str | Path | Sequence[MayChange | Mapping[str, Any]]


def size(
    scenario: Scenario | Sequence[Scenario],
    costs: Mapping[str, float] | str | Path | None = None,
    may_change: Changes = (),
    *,
    targets: Sequence[str] = (),
    seed: int = 1,
    workers: int = 1,
    confidence: float = CONFIDENCE,
    most_runs: int = MOST_RUNS,
    folder: str | Path | None = None,
    progress: Tell | None = None,
) -> Sized:
    """The least capacity that was found to meet a plan's targets, confirmed by fresh runs.

    `scenario`: one, or several that it must hold in. `costs`: what one more costs, by name (as
    `teams.members`) or a file of prices; the shipped ones, which are assumptions, stand in for what
    is missing. `may_change`: a file, or a row a capacity. The same as `anlan size`.
    Raises BadInput.
    """
    several = tuple(scenario) if isinstance(scenario, list | tuple) else (scenario,)
    for one in several:
        check_scenario(one)
    check_seed(seed)
    check_whole("workers", workers, 1, MOST_WORKERS)
    named = folder_given(folder)
    asked = ask(several, costs, may_change, targets, seed, confidence, most_runs)
    home = named or Path(mkdtemp(prefix="anlan-"))
    with using(home):
        found = Sized(size_up(asked, home, workers, progress), home)
        write(found)
    return found


def ask(
    scenarios: Sequence[Scenario],
    costs: Mapping[str, float] | str | Path | None,
    may_change: Changes,
    targets: Sequence[str] = (),
    seed: int = 1,
    confidence: float = CONFIDENCE,
    most_runs: int = MOST_RUNS,
) -> Asked:
    """What is asked, checked. Raises BadInput."""
    check_number("confidence", confidence, 0.0, 1.0)
    targets = texts_given("targets", targets)
    if not 0.5 <= confidence < 1.0:
        raise BadInput(worded("confidence {given} is not from 0.5 to below 1", given=confidence))
    check_whole("most_runs", most_runs, 1, 10**9)
    ids = [s.id for s in scenarios]
    if not ids or len(set(ids)) < len(ids):
        raise BadInput(worded("give at least one scenario, each once"))
    found = _choices(scenarios, costs, may_change)
    if not found:
        raise BadInput(worded("nothing may change; list at least one capacity"))
    return Asked(tuple(scenarios), tuple(found), tuple(targets), seed, confidence, most_runs)


def _choices(
    scenarios: Sequence[Scenario],
    costs: Mapping[str, float] | str | Path | None,
    may_change: Changes,
) -> list[Choice]:
    if isinstance(costs, Mapping):
        for what, cost in costs.items():
            check_number(f"costs of {shown(what)}", cost, 0.0, 1e12)
        own = [Price(what, float(cost), "", "own") for what, cost in costs.items()]
        prices = [*own, *read_prices()]
    elif costs is None or isinstance(costs, str | Path):
        prices = read_prices(None if costs is None else Path(costs))
    else:
        raise BadInput(
            worded("costs must be a dict or the path of a file, not {value}", value=shown(costs))
        )
    if isinstance(may_change, str | Path):
        return read_choices(scenarios, Path(may_change), prices)
    if not isinstance(may_change, list | tuple):
        raise BadInput(
            worded(
                "may_change must be rows or the path of a file, not {value}",
                value=shown(may_change),
            )
        )
    for row in may_change:
        if not isinstance(row, MayChange | Mapping):
            raise BadInput(
                worded("may_change must hold a dict a row, not {value}", value=shown(row))
            )
    rows = [r if isinstance(r, MayChange) else MayChange(**r) for r in may_change]
    return choices(scenarios, rows, prices)
