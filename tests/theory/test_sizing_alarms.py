"""The whole procedure of sizing on made-up storms that are small enough to enumerate.

What it calls enough is enough but for the stated chance, it finds the optimum where fresh runs can
tell it from its neighbours, and "no such capacity" is said where there is none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import pytest
from scipy.stats import binom

from anlan.analysis.sizing.evidence import Evidence
from anlan.analysis.sizing.problem import Goal, Knob, Problem
from anlan.analysis.sizing.procedure import Found, sized
from tests.toy_sizing import Toy, optimum, problem_of

ALPHA = 0.05
# What asks most of a knob asks for is 2 and 3: everything less is too little by far.
CLEAR = ((0.3, 0.2, 0.5, 0.0, 0.0), (0.3, 0.2, 0.1, 0.4, 0.0))
# (2, 1) keeps 94.5 % of the runs where 95 % are asked for: a search is tempted by it.
TEMPTING = ((0.5, 0.3, 0.145, 0.035, 0.01, 0.01), (0.6, 0.4, 0.0, 0.0))
# The most of everything keeps exactly what is asked for.
EDGE = ((0.45, 0.25, 0.15, 0.10, 0.05), (0.5, 0.5, 0.0))
# Nothing that there is keeps more than 80 %.
SHORT = ((0.5, 0.3, 0.2), (0.5, 0.5, 0.0))


def procedures(
    chances: tuple[tuple[float, ...], ...],
    bound: float,
    seeds: Iterable[int],
    together: bool = True,
    cut: int | None = None,
) -> Iterator[tuple[Toy, Problem, Found]]:
    """The procedure with chance after chance; `cut`: so many levels of the first knob only."""
    for seed in seeds:
        toy = Toy(chances, bound, seed, together)
        problem = problem_of(toy, (3.0, 1.0))
        if cut is not None:
            first = problem.knobs[0]
            less = Knob(first.id, first.levels[:cut], first.unit_cost, first.today)
            problem = Problem((less, *problem.knobs[1:]), problem.storms)
        yield toy, problem, sized(Evidence(problem, 1500), ALPHA)


def false_alarms(found: Iterable[tuple[Toy, Problem, Found]]) -> list[bool]:
    """Whether what each said is untrue: of enough, of no such capacity, of the least."""
    wrong = []
    for toy, problem, said in found:
        best = optimum(toy, problem)
        if said.outcome == "enough":
            costs_more = best is not None and problem.cost(said.point) > problem.cost(best) + 1e-9
            wrong.append(not toy.is_enough(said.point) or (said.least and costs_more))
        else:
            wrong.append(said.outcome == "none" and best is not None and best <= problem.top)
    return wrong


def within(wrong: list[bool]) -> bool:
    """Whether so many false alarms may come of a rate of ALPHA (one test in a thousand fails)."""
    return sum(wrong) <= binom.ppf(0.999, len(wrong), ALPHA)


@pytest.mark.parametrize("together", [True, False])
def test_it_finds_the_optimum_where_runs_can_tell(together: bool) -> None:
    found = list(procedures(CLEAR, 0.9, range(6), together))
    assert all(said.outcome == "enough" for _, _, said in found)
    assert all(said.point == optimum(toy, problem) == (2, 3) for toy, problem, said in found)
    assert sum(said.least for _, _, said in found) >= 5


@pytest.mark.parametrize(("chances", "cut"), [(TEMPTING, None), (EDGE, 4)])
def test_false_alarms_are_as_rare_as_stated(
    chances: tuple[tuple[float, ...], ...], cut: int | None
) -> None:
    assert within(false_alarms(procedures(chances, 0.95, range(16), cut=cut)))


@pytest.mark.long
@pytest.mark.parametrize("together", [True, False])
@pytest.mark.parametrize(("chances", "cut"), [(TEMPTING, None), (EDGE, 4), (CLEAR, None)])
def test_false_alarms_are_as_rare_as_stated_at_length(
    chances: tuple[tuple[float, ...], ...], cut: int | None, together: bool
) -> None:
    assert within(false_alarms(procedures(chances, 0.95, range(1000), together, cut)))


def test_a_search_that_believed_itself_would_raise_false_alarms() -> None:
    """So that the test above can fail: what the search alone likes best is often too little."""
    wrong = []
    for seed in range(40):
        toy = Toy(TEMPTING, 0.95, seed)
        problem = problem_of(toy, (3.0, 1.0))
        by_cost = sorted((tuple(map(int, p)) for p in np.ndindex(6, 4)), key=problem.cost)
        liked = next(p for p in by_cost if toy.play(p, 0, range(20)).mean() >= 0.95)
        wrong.append(not toy.is_enough(liked))
    assert not within(wrong)


def test_no_such_capacity_is_said_with_the_goal_that_forbids_it() -> None:
    for toy, problem, said in procedures(SHORT, 0.95, range(5), together=False, cut=2):
        assert optimum(toy, problem) is None
        assert said.outcome == "none"
        assert [j.goal for j in said.forbids] == ["toy-0"]
        assert said.point == problem.top


def test_too_few_runs_confirm_nothing() -> None:
    toy = Toy(CLEAR, 0.95, 1)
    said = sized(Evidence(problem_of(toy, (3.0, 1.0)), 200), ALPHA)
    assert said.outcome == "open"


def test_what_is_confirmed_was_played_in_runs_of_its_own() -> None:
    for _, _, said in procedures(CLEAR, 0.9, range(2)):
        assert [a.block for a in said.attempts] == [2 + n for n in range(len(said.attempts))]
        assert said.attempts[-1].confirmed


@pytest.mark.parametrize("low_is_good", [True, False])
def test_a_goal_on_a_mean_is_judged_on_its_good_side(low_is_good: bool) -> None:
    goal = Goal("mean", 10.0, share=False, low_is_good=low_is_good)
    values = np.random.default_rng(1).normal(8.0, 1.0, 200)
    assert goal.state(values, ALPHA) == ("met" if low_is_good else "not met")
    assert (goal.margin(values) > 0) == low_is_good
    assert goal.kept(np.array([8.0, np.nan]))[0] == float(low_is_good)
