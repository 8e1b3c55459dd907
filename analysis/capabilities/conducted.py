"""All cells of all scenarios, played until each is decided or its runs or the time are spent."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic

from anlan.analysis.capabilities.judged import Judged, Looks, judge_cell, settled
from anlan.analysis.capabilities.levels import Cell, cells, levels
from anlan.analysis.capabilities.listed import Played
from anlan.analysis.capabilities.played import Tell, Variant, play
from anlan.analysis.capabilities.reasons import excuse
from anlan.analysis.capabilities.screened import Groups
from anlan.sim import load
from anlan.sim.scenario.schema import Scenario

STILL_LOOK = 2  # runs in which what has a reason not to matter is taken away together
FIRST_LOOK = 6  # runs; then twice as many, and so on: what is plain is seen in these
STILL_RUNS = 24  # runs after which what moved nothing at all in any of them is left
PEOPLE_PER_ROW = "parameters.residents.scale"


@dataclass(frozen=True)
class Budget:
    """How much is played, by whom, and where the runs are kept.

    `planned`: how many looks the rows are to be judged by, where those that are played are fewer.
    """

    folder: Path
    most_runs: int | None = None  # of each scenario, where less than its own
    workers: int = 1
    deadline: float | None = None  # monotonic seconds
    seed: int = 3
    planned: int | None = None

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
    there already. What has a reason not to matter in all runs of the first look as the scenario is
    is taken away together first (`screened.py`); the rest is played by itself, none of it to the
    scenario's most runs, half and double of it to as many as the list says.
    """
    scenario = scenario_of(played)
    as_is = Variant.of(scenario, budget.seed, budget.folder)
    made = {cell: levels(scenario, cell) for cell in cells(scenario)}
    table = _Table(played, budget, as_is, {
        cell: {
            level: Variant.of(other, budget.seed, budget.folder)
            for level, other in found.scenarios.items()
        }
        for cell, found in made.items()
    }, only, tell)  # fmt: skip
    found = {cell: Judged(cell, "unplayed", ()) for cell in made}
    looks = budget.looks(played)
    if any(map(only, made)):
        table.play([as_is], looks[0])
    if _there([as_is], looks[0]):
        found |= table.without_levels() | table.screened(scenario, looks[0])
    done = {c for c in found if found[c].verdict in ("no_matter", "none_there")}
    for number in range(len(looks)):
        left = [c for c in made if c not in done and not settled(found[c], STILL_RUNS)]
        more, whole = table.look(left, looks, number)
        found |= more
        if not left or not whole:
            break
    return [replace(judged, refused=made[cell].refused) for cell, judged in found.items()]


@dataclass(frozen=True)
class _Table:
    """The cells of a scenario with what is to be played of each."""

    played: Played
    budget: Budget
    as_is: Variant
    changed: dict[Cell, dict[str, Variant]]
    only: Callable[[Cell], bool]
    tell: Tell | None

    def play(self, variants: Sequence[Variant], runs: int) -> bool:
        """Whether all that was asked for is there now."""
        return play(variants, runs, self.budget.workers, self.budget.deadline, self.tell)

    def without_levels(self) -> dict[Cell, Judged]:
        """Of what the scenario has nothing."""
        return {c: Judged(c, "none_there", ()) for c, made in self.changed.items() if not made}

    def screened(self, scenario: Scenario, looked: int) -> dict[Cell, Judged]:
        """Those that do not matter, though all of them are taken away, halved or doubled."""
        base, held = self.as_is.results(looked)
        calm = [c for c, made in self.changed.items() if made and excuse(c.reasons, held)]
        groups = Groups(scenario, self.budget.seed, self.budget.folder, base, self.play)
        few = min(STILL_LOOK, looked)
        quiet = groups.quiet({c: list(self.changed[c]) for c in calm if self.only(c)}, few)
        found = {}
        for cell, variants in quiet.items():
            judged = self.judged(cell, variants, dict.fromkeys(variants, few), [few], looked)
            if judged.verdict == "no_matter":
                found[cell] = judged
        return found

    def look(
        self, left: Sequence[Cell], looks: Sequence[int], number: int
    ) -> tuple[dict[Cell, Judged], bool]:
        """What the cells that are left come to at a look, and whether all of it was played."""
        runs = looks[number]
        fewer = min(runs, max(self.played.level_runs, looks[0]))
        wanted = [c for c in left if self.only(c)]
        first = [v for c in wanted for v in [*self.changed[c].values()][:1]]
        others = [v for c in wanted for v in [*self.changed[c].values()][1:]]
        whole = not wanted or (self.play([self.as_is, *first], runs) and self.play(others, fewer))
        if not _there([self.as_is], runs):
            return {}, whole
        found = {}
        so_far, planned = looks[: number + 1], self.budget.planned or len(looks)
        for cell in left:
            variants = self.changed[cell]
            upto = {level: fewer if n else runs for n, level in enumerate(variants)}
            there = all(_there([v], upto[level]) for level, v in variants.items())
            if variants and there:
                found[cell] = self.judged(cell, variants, upto, so_far, runs, planned)
        return found, whole

    def judged(
        self, cell: Cell, variants: Mapping[str, Variant], upto: Mapping[str, int],
        looks: Sequence[int], looked: int, planned: int = 1,
    ) -> Judged:  # fmt: skip
        """The cell after the last of these looks; reasons hold in `looked` of it as it is."""
        base, held = self.as_is.results(looked)
        frames = {}
        for level, variant in variants.items():
            frames[level], more = variant.results(upto[level])
            held = held + more
        return judge_cell(cell, base.head(looks[-1]), frames, held, Looks((*looks,), planned))


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
