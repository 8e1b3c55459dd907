"""From scenarios and what may change to what would be enough: all of it, in one folder."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from anlan.analysis.sizing.allocation import Moving, covering, moving
from anlan.analysis.sizing.beyond import Bought, Cheaper, CurvePoint, bought, curve, other_prices
from anlan.analysis.sizing.evidence import BATCH, Evidence, SpentError, Tell
from anlan.analysis.sizing.levers import with_amounts
from anlan.analysis.sizing.may_change import Choice
from anlan.analysis.sizing.played import ScenarioStorm, identity, identity_of_all, storm
from anlan.analysis.sizing.problem import SEARCH, Point, Problem
from anlan.analysis.sizing.procedure import FEWEST, Found, runs_a_point, sized, too_few
from anlan.analysis.sizing.targets import Apart, Targets, fewest, goal_of, targets_of, unmet
from anlan.analysis.verdict.tested import tested_runs
from anlan.sim.scenario.errors import BadInput, worded
from anlan.sim.scenario.schema import Scenario
from anlan.sim.study import stamp

if TYPE_CHECKING:
    import pandas as pd

CONFIDENCE = 0.95
MOST_RUNS = 2000
FOR_REST = 0.5  # of the runs that are left, for what the next one buys; the rest for curve, prices
FEW = 2 * BATCH  # runs of a point that go beside "no such capacity": its answer is there at once


@dataclass(frozen=True)
class Asked:
    """What is asked: where, what may change, for which targets, how surely, in how many runs."""

    scenarios: tuple[Scenario, ...]
    choices: tuple[Choice, ...]
    only: tuple[str, ...] = ()  # targets
    seed: int = 1
    confidence: float = CONFIDENCE
    most_runs: int = MOST_RUNS

    @property
    def alpha(self) -> float:
        """The chance that what is said is wrong, at most."""
        return 1.0 - self.confidence

    def at(self, scenario: Scenario, point: Point) -> Scenario:
        """A scenario with what a point has."""
        amounts = [(c.lever, c.levels[i]) for c, i in zip(self.choices, point, strict=True)]
        return with_amounts(scenario, amounts)

    @property
    def bottom(self) -> Point:
        """The fewest of everything."""
        return (0,) * len(self.choices)

    @property
    def top(self) -> Point:
        """The most of everything."""
        return tuple(len(c.levels) - 1 for c in self.choices)


@dataclass(frozen=True)
class Size:
    """What would be enough, and what else was found on the way.

    `forbids`: (scenario, target) that keep "enough" from being said. Where there is no such
    capacity, `rest`: the targets for which there may be one, `unsettled`: those of which the runs
    with the most of everything say neither.
    """

    asked: Asked
    problem: Problem
    found: Found
    forbids: tuple[tuple[str, str], ...]
    apart: tuple[Apart, ...]
    rest: tuple[str, ...] = ()
    unsettled: tuple[str, ...] = ()
    played: int = 0
    bought: tuple[Bought, ...] = ()
    curve: tuple[CurvePoint, ...] = ()
    prices: tuple[Cheaper, ...] = ()
    moving: tuple[tuple[str, Moving], ...] = ()
    storms: tuple[ScenarioStorm, ...] = field(default=(), repr=False)


def all_targets(asked: Asked) -> tuple[Targets, ...]:
    """The targets of each scenario, sorted. Raises BadInput."""
    return tuple(
        targets_of(s, asked.at(s, asked.bottom), asked.at(s, asked.top), asked.only)
        for s in asked.scenarios
    )


def size_up(asked: Asked, home: Path, workers: int = 1, tell: Tell | None = None) -> Size:
    """Find what would be enough; runs are left in the folder, from which it goes on.

    Raises BadInput.
    """
    targets = all_targets(asked)
    stamp(home, identity_of_all(asked, targets))
    apart = tuple(a for t in targets for a in t.apart)
    knobs = tuple(c.knob for c in asked.choices)
    lacking = [
        (t.scenario.id, name)
        for t in targets
        for name in unmet(asked.at(t.scenario, asked.top), t.data)
    ]
    if lacking:
        for t in targets:  # whoever asks for other targets goes on in this folder
            stamp(_folder(home, asked, t), identity(asked, t))
        bare = Problem(knobs, ())
        others = {t.id for one in targets for t in (*one.runs, *one.data)}
        rest = tuple(sorted(others - {name for _, name in lacking}))
        return Size(asked, bare, Found("none", asked.top), tuple(lacking), apart, rest)
    at_least, allowed = _by_the_data(asked, targets)
    with ExitStack() as open_:
        storms = tuple(
            open_.enter_context(storm(asked, t, _folder(home, asked, t), workers)) for t in targets
        )
        problem = Problem(knobs, storms, at_least, allowed)
        evidence = Evidence(problem, asked.most_runs, tell)
        return _played(asked, evidence, storms, apart)


def _folder(home: Path, asked: Asked, targets: Targets) -> Path:
    return home if len(asked.scenarios) == 1 else home / targets.scenario.id


def _by_the_data(
    asked: Asked, targets: Sequence[Targets]
) -> tuple[Point, Callable[[Point], bool] | None]:
    """The fewest levels with which the data's targets can be met, and whether a point does."""

    @cache
    def met(point: Point) -> bool:
        return not any(unmet(asked.at(t.scenario, point), t.data) for t in targets if t.data)

    bottom = (0,) * len(asked.choices)
    if met(bottom):
        return bottom, None
    least = fewest(met, asked.top)
    return least, None if met(least) else met


def _played(
    asked: Asked, evidence: Evidence, storms: Sequence[ScenarioStorm], apart: tuple[Apart, ...]
) -> Size:
    """The runs: which targets anything tests, the procedure, and what goes beside its answer."""
    problem = evidence.problem
    first = range(min(FEWEST, evidence.left // (2 * len(storms))))
    apart += tuple(_untested(storms, problem.top, first))
    if too_few(evidence, asked.alpha):
        raise BadInput(
            worded("{runs} runs are too few to confirm anything; allow more (--most-runs)",
                   runs=asked.most_runs)
        )  # fmt: skip
    apart += tuple(_unmoved(evidence, storms, first))
    runs = min(runs_a_point(evidence), evidence.left // (2 * len(storms)))
    if not any(s.goals or s.targets.data for s in storms):
        return Size(
            asked, problem, Found("unmoved", problem.today), (), apart, played=evidence.played
        )
    found = sized(evidence, asked.alpha, _starts(asked, evidence, storms, len(first)))
    runs = runs if any(s.goals for s in storms) else 0  # else there is nothing to hold them by
    runs = min(runs, FEW) if found.outcome == "none" else runs
    moved_stock = tuple(_moving(evidence, storms, len(first)))
    with evidence.upto(FOR_REST):
        gains = list(bought(evidence, runs)) if runs else []
    with evidence.upto(FOR_REST):
        points = list(curve(evidence, found, runs)) if runs else []
    lists = other_prices(evidence, found, [c.price.what for c in asked.choices])
    forbids = tuple((storms[j.storm].targets.scenario.id, j.goal) for j in found.forbids)
    return Size(
        asked, problem, found, forbids, apart, *_rest(found, storms), evidence.played,
        tuple(gains), tuple(points), tuple(lists), moved_stock, tuple(storms),
    )  # fmt: skip


def _rest(found: Found, storms: Sequence[ScenarioStorm]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Of "no such capacity": the targets that the most of everything seems to meet everywhere, and
    those of which its runs say neither.
    """
    if found.outcome != "none":
        return (), ()
    goals = [{g.id: g for g in s.goals} for s in storms]
    good, bad = {t.id for s in storms for t in s.targets.data}, set[str]()
    for one in found.top:
        sound = goals[one.storm][one.goal].margin(np.array([one.estimate])) >= 0.0
        (good if sound and one.state != "not met" else bad).add(one.goal)
    forbids = {one.goal for one in found.forbids}
    return tuple(sorted(good - bad)), tuple(sorted(bad - forbids))


def _untested(storms: Sequence[ScenarioStorm], top: Point, runs: range) -> Iterator[Apart]:
    """Targets that nothing put to the test in the first runs: left out of what is judged."""
    for one in storms:
        frame = one.measures(top, SEARCH, runs)
        for target in one.targets.runs:
            if tested_runs(target.measure, frame) == 0:
                one.left_out.add(target.id)
                yield Apart(one.targets.scenario.id, target, "nothing_to_judge")


def _unmoved(evidence: Evidence, storms: Sequence[ScenarioStorm], runs: range) -> Iterator[Apart]:
    """Targets that are the same in every run with the fewest and with the most of everything.

    Where one is kept in all of these runs, and most of them put it to the test, it stays among
    those that are judged: it costs nothing, and what is called enough then holds for it as well.
    Of the others one run that differs is enough to stay, so the fewest are seldom played in all.
    """
    for one in storms:
        frame = one.measures(evidence.problem.top, SEARCH, runs)
        try:
            same = _same(evidence, one, _asked_of(one, frame), runs)
        except SpentError:
            return
        for target in [one.judged[j] for j in same]:
            kept = goal_of(target).kept(one.values_of(target, frame))
            share = float(np.nanmean(kept))
            one.left_out.add(target.id)
            yield Apart(one.targets.scenario.id, target, "unmoved", None, share, len(runs))
    evidence.forget()


def _asked_of(one: ScenarioStorm, frame: pd.DataFrame) -> list[int]:
    """The goals of which it is asked whether anything moves them; `frame`: the most of everything.

    Not of those that are kept in all of its runs and that most of them put to the test.
    """
    found = []
    for j, target in enumerate(one.judged):
        kept = goal_of(target).kept(one.values_of(target, frame))
        if (kept == 0.0).any() or 2 * tested_runs(target.measure, frame) < len(frame):
            found.append(j)
    return found


def _same(evidence: Evidence, storm: ScenarioStorm, goals: list[int], runs: range) -> list[int]:
    """Which targets' measures are the same with the fewest as with the most. Raises SpentError.

    The measures, not whether their limits are kept: what is better with more and yet not enough
    within the bounds is moved, and may say that there is no such capacity.
    """
    problem, same = evidence.problem, list(goals)
    number = list(problem.storms).index(storm)
    for upto in range(BATCH, len(runs) + BATCH, BATCH):
        if not same:
            break
        evidence.values(problem.bottom, number, SEARCH, runs[:upto])  # within what is allowed
        few, most = (storm.measures(p, SEARCH, runs[:upto]) for p in (problem.bottom, problem.top))
        names = {j: storm.judged[j].measure for j in same}
        same = [
            j for j, name in names.items()
            if np.array_equal(few[name].to_numpy(float), most[name].to_numpy(float), equal_nan=True)
        ]  # fmt: skip
    return same


def _as_it_is(evidence: Evidence, storm: int, runs: int) -> int:
    """Plays the scenario as it is today, for what was needed where; how many runs there are."""
    with suppress(SpentError):
        evidence.values(None, storm, SEARCH, range(runs))
    there = evidence.seen.get((None, storm, SEARCH), {})
    return runs if all(r in there for r in range(runs)) else 0


def _moving(
    evidence: Evidence, storms: Sequence[ScenarioStorm], runs: int
) -> Iterator[tuple[str, Moving]]:
    for n, one in enumerate(storms):
        if there := _as_it_is(evidence, n, runs):
            scenario = one.targets.scenario
            for found in moving(scenario, one.needs(SEARCH, there), there):
                yield scenario.id, found


def _starts(
    asked: Asked, evidence: Evidence, storms: Sequence[ScenarioStorm], first: int
) -> Iterator[Point]:
    """Where the search may begin: the stock that the needs of sampled runs ask for, at the most of
    everything else.
    """
    of_item = {
        n: c.lever.keys[0][-1]
        for n, c in enumerate(asked.choices)
        if c.lever.attribute == "stock" and len({k[-1] for k in c.lever.keys}) == 1
    }
    items = sorted(set(of_item.values()))
    if not items:
        return
    for number, one in enumerate(storms):
        runs = _as_it_is(evidence, number, first)
        if not runs:
            return
        needs = one.needs(SEARCH, runs)
        asks = np.zeros((runs, len(items)))
        for run, item, quantity in zip(needs["run"], needs["item"], needs["quantity"], strict=True):
            if item in items:
                asks[int(run), items.index(item)] += float(quantity)
        mine = {k for n in of_item for k in asked.choices[n].lever.keys}
        stock = one.targets.scenario.stock
        stores = {s.store for s in one.targets.scenario.stores}
        free = np.array([
            math.fsum(
                r.quantity for r in stock
                if r.item == i and r.holder in stores and (r.holder, r.item) not in mine
            )
            for i in items
        ])  # fmt: skip
        share = max((g.bound for g in one.goals if g.share), default=1.0)
        holds = np.array([[float(of_item[n] == i) for i in items] for n in of_item])
        chosen = covering(
            [asked.choices[n].levels for n in of_item],
            [asked.choices[n].price.unit_cost for n in of_item],
            holds, asks, free, share,
        )  # fmt: skip
        if chosen is not None:
            point = list(asked.top)
            for n, level in zip(of_item, chosen, strict=True):
                point[n] = level
            yield tuple(point)
