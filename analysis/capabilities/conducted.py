"""All cells of all scenarios, played until each is decided or its runs or the time are spent."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic

from anlan.analysis.capabilities.judged import Judged, judge_cell, settled
from anlan.analysis.capabilities.levels import Cell, cells, levels
from anlan.analysis.capabilities.listed import Played
from anlan.analysis.capabilities.played import Tell, Variant, play
from anlan.sim import load
from anlan.sim.scenario.schema import Scenario

STILL_LOOK = 2  # runs of each level of what moves nothing in any of them, and a reason says why
FIRST_LOOK = 12  # runs; then twice as many, and so on; with fewer hardly anything can be decided
STILL_RUNS = 24  # runs after which what moved nothing at all in any of them is left
PEOPLE_PER_ROW = "parameters.residents.scale"


@dataclass(frozen=True)
class Budget:
    """How much is played, by whom, and where the runs are kept."""

    folder: Path
    most_runs: int | None = None  # of each scenario, where less than its own
    workers: int = 1
    deadline: float | None = None  # monotonic seconds
    seed: int = 1

    def looks(self, played: Played) -> list[int]:
        """After how many runs a scenario's cells are looked at."""
        most = min(played.most_runs, self.most_runs or played.most_runs)
        found = [FIRST_LOOK]
        while found[-1] < most:
            found.append(min(found[-1] * 2, most))
        return [n for n in found if n <= most] or [most]

    @property
    def spent(self) -> bool:
        """Whether the time is over."""
        return self.deadline is not None and monotonic() >= self.deadline


def scenario_of(played: Played) -> Scenario:
    """The scenario of the list, at its stated scale and for its stated hours. Raises BadInput."""
    scale = {PEOPLE_PER_ROW: str(played.people_per_row)} if played.people_per_row != 1 else {}
    scenario = load(played.scenario, scale)
    return scenario.replace(settings={"duration_h": played.hours}) if played.hours else scenario


def conduct_scenario(
    played: Played,
    budget: Budget,
    only: Callable[[Cell], bool] = lambda _cell: True,
    tell: Tell | None = None,
) -> list[Judged]:
    """Every cell of a scenario, decided as far as the budget goes.

    Runs are played for those cells alone that are wanted; others are decided where theirs are
    there already. Two runs of each level are enough for a capability that moves nothing in them
    if its reason holds in them, and in all runs of the first look as the scenario is.
    """
    scenario = scenario_of(played)
    as_is = Variant.of(scenario, budget.seed, budget.folder)
    made = {cell: levels(scenario, cell) for cell in cells(scenario)}
    changed = {
        cell: {
            level: Variant.of(other, budget.seed, budget.folder)
            for level, other in found.scenarios.items()
        }
        for cell, found in made.items()
    }
    found = {cell: Judged(cell, "unplayed", ()) for cell in changed}
    looks = budget.looks(played)
    first = [as_is] if any(map(only, changed)) else []
    play(first, looks[0], budget.workers, budget.deadline, tell)
    briefly = [v for cell in changed if only(cell) for v in changed[cell].values()]
    few = min(STILL_LOOK, looks[0])
    play(briefly, few, budget.workers, budget.deadline, tell)
    for cell, variants in changed.items():
        if _there([as_is], looks[0]) and _there(variants.values(), few):
            judged = _judged(cell, as_is, variants, [few], looks[0])
            if judged.verdict in ("no_matter", "none_there"):
                found[cell] = judged
    still = {c for c in found if found[c].verdict == "no_matter"}
    for number, runs in enumerate(looks):
        left = [c for c in changed if c not in still and not settled(found[c], STILL_RUNS)]
        if not left:
            break
        more = [v for cell in left if only(cell) for v in changed[cell].values()]
        wanted = [as_is, *more] if more else []
        whole = play(wanted, runs, budget.workers, budget.deadline, tell)
        for cell in left:
            variants = changed[cell]
            if _there((as_is, *variants.values()), runs):
                found[cell] = _judged(cell, as_is, variants, looks[: number + 1], runs)
        if not whole:
            break
    return [replace(judged, refused=made[cell].refused) for cell, judged in found.items()]


def conduct(
    chosen: Iterable[Played],
    budget: Budget,
    only: Callable[[Cell], bool] = lambda _cell: True,
    tell: Callable[[str], Tell] | None = None,
) -> Iterator[tuple[Played, list[Judged]]]:
    """Scenario by scenario; those for which no time is left are not begun."""
    for played in chosen:
        if budget.spent:
            return
        telling = tell(played.scenario) if tell else None
        yield played, conduct_scenario(played, budget, only, telling)


def _there(variants: Iterable[Variant], runs: int) -> bool:
    return all(all(v.there(runs)) for v in variants)


def _judged(
    cell: Cell, as_is: Variant, variants: dict[str, Variant], looks: list[int], looked: int
) -> Judged:
    """The cell after the last of these looks; reasons hold in `looked` of it as it is."""
    runs = looks[-1]
    base, held = as_is.results(looked)
    frames = {}
    for level, variant in variants.items():
        frames[level], more = variant.results(runs)
        held = held + more
    return judge_cell(cell, base.head(runs), frames, held, looks)
