"""The dispatch and supply policies against what their one line says, by brute force."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from anlan.sim.command.policies import (
    DISPATCH,
    SUPPLY,
    closest_pair_first,
    nearest_first,
    nearest_idle,
)

QUICK = settings(
    max_examples=60, derandomize=True, deadline=None, phases=[Phase.explicit, Phase.generate]
)


@dataclass
class Task:
    id: str
    persons: int
    read_min: float
    burns: bool = False


@dataclass
class Hands:
    id: str


Desk = tuple[list[Any], list[Any], Any]


def hands(count: int) -> list[Any]:
    return [Hands(f"crew-{n}") for n in range(count)]


@st.composite
def desks(draw: st.DrawFn) -> Desk:
    """Waiting incidents, crews, and minutes for each crew to each; some crews cannot come."""
    n, crews = draw(st.integers(1, 6)), draw(st.integers(1, 6))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    tasks = [
        Task(f"i-{i}", int(rng.integers(0, 4)), int(rng.integers(0, 3)), fire)
        for i, fire in zip(rng.permutation(n), rng.choice([None, "a fire"], n), strict=True)
    ]
    eta = rng.permutation(n * crews).reshape(n, crews).astype(float)  # no two alike
    eta[rng.random((n, crews)) < 0.3] = np.inf
    return tasks, [hands(crews)[c] for c in rng.permutation(crews)], eta


@QUICK
@given(desks(), st.sampled_from(sorted(DISPATCH)))
def test_every_policy_is_a_fair_desk(desk: Desk, name: str) -> None:
    """One crew a task and one task a crew, nobody sent who cannot come, nobody idle who could."""
    tasks, crews, eta = desk
    before = eta.copy()
    pairs = DISPATCH[name](tasks, crews, eta)
    assert (eta == before).all()
    assert len({i for i, _ in pairs}) == len({c for _, c in pairs}) == len(pairs)
    assert all(np.isfinite(eta[i, c]) for i, c in pairs)
    tasks_left = set(range(len(tasks))) - {i for i, _ in pairs}
    crews_left = set(range(eta.shape[1])) - {c for _, c in pairs}
    assert not any(np.isfinite(eta[i, c]) for i in tasks_left for c in crews_left)


@QUICK
@given(desks())
def test_nearest_idle(desk: Desk) -> None:
    """Task by task, people first, then as reported: the crew that is there first."""
    tasks, crews, eta = desk
    free = set(range(eta.shape[1]))
    expected = []
    for task in sorted(tasks, key=lambda t: (t.persons == 0, t.read_min, t.id)):
        i = tasks.index(task)
        near = [(eta[i, c], c) for c in sorted(free) if np.isfinite(eta[i, c])]
        if near:
            expected.append((i, min(near)[1]))
            free.discard(min(near)[1])
    assert nearest_idle(tasks, crews, eta) == expected


@QUICK
@given(desks())
def test_most_people_first(desk: Desk) -> None:
    """No task is served while one with more people, which the same crew could reach, is not."""
    tasks, crews, eta = desk
    pairs = DISPATCH["most-people-first"](tasks, crews, eta)
    served = {i for i, _ in pairs}
    for i, crew in pairs:
        for other in set(range(len(tasks))) - served:
            assert tasks[other].persons <= tasks[i].persons or np.isinf(eta[other, crew])


@QUICK
@given(desks())
def test_closest_pair_first(desk: Desk) -> None:
    """Again and again the shortest drive among the tasks and crews that are left."""
    tasks, crews, eta = desk
    drives = []
    left = eta.copy()
    while np.isfinite(left).any():
        drives.append(float(left.min()))
        i, c = np.argwhere(left == left.min())[0]
        left[i, :] = np.inf
        left[:, c] = np.inf
    pairs = closest_pair_first(tasks, crews, eta)
    assert sorted(float(eta[i, c]) for i, c in pairs) == drives


def test_closest_pair_by_hand() -> None:
    """After task 0 has crew 0, the closest pair is task 2 and crew 1, not task 1 and crew 1."""
    tasks: list[Any] = [Task(f"i-{i}", 1, 0) for i in range(3)]
    eta = np.array([[1.0, 9.0], [2.0, 100.0], [3.0, 4.0]])
    assert sorted(closest_pair_first(tasks, hands(2), eta)) == [(0, 0), (2, 1)]


def test_supply_orders() -> None:
    short = np.array([0, 5, 5, 9])
    want = np.array([900.0, 10.0, 20.0, 1.0])
    minutes = np.array([7.0, 3.0, 3.0, np.inf])
    assert SUPPLY["most-short-first"](short, want, minutes) == [3, 2, 1, 0]
    assert nearest_first(short, want, minutes) == [1, 2, 0, 3]


@pytest.mark.parametrize("name", sorted(DISPATCH))
def test_nobody_to_send(name: str) -> None:
    tasks: list[Any] = [Task("i-0", 1, 0)]
    assert DISPATCH[name](tasks, hands(2), np.full((1, 2), np.inf)) == []


RANK: dict[str, Callable[[Task], tuple[object, ...]]] = {
    "nearest-idle": lambda t: (t.persons == 0,),
    "most-people-first": lambda t: (-t.persons,),
    "fires-first": lambda t: (not t.burns, t.persons == 0),
    "lives-first": lambda t: (t.persons == 0, not t.burns),
}


@QUICK
@given(desks(), st.sampled_from(sorted(RANK)))
def test_with_one_crew_the_first_by_rank_is_served(desk: Desk, name: str) -> None:
    """Whatever the drive: of those that the one crew can reach, the first by what the policy says,
    then as reported, then by id.
    """
    tasks, crews, eta = desk
    pairs = DISPATCH[name](tasks, crews[:1], eta[:, :1])
    can = [t for t, minutes in zip(tasks, eta[:, 0], strict=True) if np.isfinite(minutes)]
    first = min(can, key=lambda t: (*RANK[name](t), t.read_min, t.id), default=None)
    assert pairs == ([] if first is None else [(tasks.index(first), 0)])


@QUICK
@given(st.sampled_from(sorted(DISPATCH)), st.integers(0, 2**32 - 1))
def test_the_order_in_which_things_are_listed_sends_the_same_crews(name: str, seed: int) -> None:
    """Drives that take equally long, incidents that are alike: ids decide, not rows."""
    rng = np.random.default_rng(seed)
    n, m = (int(k) for k in rng.integers(1, 6, 2))
    tasks: list[Any] = [Task(f"i-{k}", int(rng.integers(0, 2)), 0) for k in range(n)]
    eta = rng.integers(1, 3, (n, m)).astype(float)
    eta[rng.random((n, m)) < 0.2] = np.inf
    found = []
    for rows, columns in (
        (np.arange(n), np.arange(m)),
        (rng.permutation(n), rng.permutation(m)),
    ):
        here, crews = [tasks[r] for r in rows], [hands(m)[c] for c in columns]
        pairs = DISPATCH[name](here, crews, eta[np.ix_(rows, columns)])
        found.append({(here[i].id, crews[c].id) for i, c in pairs})
    assert found[0] == found[1]
