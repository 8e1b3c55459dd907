"""Which targets a size is judged by, and which are told apart.

Asked of the runs: targets on runs that no assumption alone decides and that some run puts to the
test. Asked of the data: structural targets; they give the fewest levels. Told apart: what an
assumption alone decides, with the value at which it turns, what is judged by years, what the model
lacks, and what nothing happened for.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from anlan.analysis.measures.registry import MEASURES
from anlan.analysis.sizing.problem import Goal, Point, moved
from anlan.analysis.verdict.hinge import Hinge, performance_hinge
from anlan.analysis.verdict.judge import structural_verdicts
from anlan.analysis.verdict.target import bound_of, on_share_of_runs, small_is_good
from anlan.analysis.verdict.tested import TESTED_BY
from anlan.sim.scenario.errors import BadInput, nearest, shown, worded
from anlan.sim.scenario.schema import Scenario, Target


@dataclass(frozen=True)
class Apart:
    """A target that the size is not judged by, and why: a key of the words `size.apart.<why>`."""

    scenario: str
    target: Target
    why: str
    hinge: Hinge | None = None
    kept: float = math.nan  # of one that nothing moves: the share of runs that keep its limit
    of_runs: int = 0


@dataclass(frozen=True)
class Targets:
    """The targets of a scenario: asked of the runs, asked of the data, and told apart."""

    scenario: Scenario
    runs: tuple[Target, ...]
    data: tuple[Target, ...]
    apart: tuple[Apart, ...] = ()
    tested: tuple[str, ...] = field(default=())  # measures by which one sees what was tested

    @property
    def measures(self) -> tuple[str, ...]:
        """What is kept of a run: of all targets, so that others may be asked for afterwards."""
        plan = (t.measure for t in self.scenario.plan.targets if t.kind == "performance")
        return tuple(dict.fromkeys([*plan, *self.tested]))


def targets_of(
    scenario: Scenario, bottom: Scenario, top: Scenario, only: Sequence[str] = ()
) -> Targets:
    """Sort a plan's targets; `bottom` and `top`: the scenario with the fewest and the most.

    `only`: ids of those that are asked for; all where it is empty. Raises BadInput for an unknown.
    """
    known = {t.id for t in scenario.plan.targets}
    for name in only:
        if name not in known:
            near = nearest(name, known)
            raise BadInput(
                worded("--target: no target {name}; {near}", name=shown(name), near=near)
            )
    runs, data, apart = list[Target](), list[Target](), list[Apart]()
    read_off = {v.id: v for v in structural_verdicts(top)}
    before = {v.id: v for v in structural_verdicts(bottom)}
    for target in scenario.plan.targets:
        if only and target.id not in only:
            apart.append(Apart(scenario.id, target, "left_out"))
        elif target.kind == "performance":
            hinge = performance_hinge(target, top)
            if hinge is not None:
                apart.append(Apart(scenario.id, target, "assumed", hinge))
            else:
                runs.append(target)
        elif (found_ := read_off[target.id].verdict) in ("met", "not met"):
            same = found_ == before[target.id].verdict
            if same and read_off[target.id].estimate == before[target.id].estimate:
                apart.append(Apart(scenario.id, target, f"unmoved_{found_.replace(' ', '_')}"))
            else:
                data.append(target)
        else:
            verdict = read_off[target.id]
            found = None
            if verdict.hinge:
                found = Hinge(verdict.hinge, float(verdict.hinge_value), float(verdict.turns_at))
            apart.append(Apart(scenario.id, target, verdict.verdict.replace(" ", "_"), found))
    every = [t for t in scenario.plan.targets if t.kind == "performance"]
    names = {m for t in every for b, by in TESTED_BY.items() if t.measure.startswith(b) for m in by}
    tested = tuple(m for m in MEASURES if m in names)
    return Targets(scenario, tuple(runs), tuple(data), tuple(apart), tested)


def goal_of(target: Target) -> Goal:
    """A target as the search sees it."""
    share = on_share_of_runs(target)
    whole = share or MEASURES[target.measure].unit == "share"
    return Goal(
        target.id, bound_of(target), share, small_is_good(target), (0.0, 1.0) if whole else None
    )


def unmet(scenario: Scenario, targets: Sequence[Target]) -> list[str]:
    """Which of some structural targets a scenario does not meet."""
    ids = {t.id for t in targets}
    return [v.id for v in structural_verdicts(scenario) if v.id in ids and v.verdict != "met"]


def fewest(met: Callable[[Point], bool], top: Point) -> Point:
    """The fewest levels of each knob, the others at their most, that the data's targets ask for.

    More of a capacity meets no fewer of them, so each is found by halving.
    """
    found = []
    for knob, most in enumerate(top):
        bad, good = -1, most
        middle = 0
        while good - bad > 1:
            if met(moved(top, knob, middle)):
                good = middle
            else:
                bad = middle
            middle = (good + bad) // 2
        found.append(good)
    return tuple(found)
