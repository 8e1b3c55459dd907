"""The dispatch and supply policies against what their one line says, by brute force."""

from __future__ import annotations

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
    number: int
    persons: int
    known_tick: int
    scene: object = None  # a fire has one


@st.composite
def desks(draw: st.DrawFn) -> tuple[list[Any], Any]:
    """Waiting incidents, and minutes for each crew to each; some crews cannot come."""
    n, crews = draw(st.integers(1, 6)), draw(st.integers(1, 6))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    tasks = [
        Task(i, int(rng.integers(0, 4)), int(rng.integers(0, 3)), rng.choice([None, "a fire"]))
        for i in rng.permutation(n)
    ]
    eta = rng.permutation(n * crews).reshape(n, crews).astype(float)  # no two alike
    eta[rng.random((n, crews)) < 0.3] = np.inf
    return tasks, eta


@QUICK
@given(desks(), st.sampled_from(sorted(DISPATCH)))
def test_every_policy_is_a_fair_desk(desk: tuple[list[Any], Any], name: str) -> None:
    """One crew a task and one task a crew, nobody sent who cannot come, nobody idle who could."""
    tasks, eta = desk
    before = eta.copy()
    pairs = DISPATCH[name](tasks, [None] * eta.shape[1], eta)
    assert (eta == before).all()
    assert len({i for i, _ in pairs}) == len({c for _, c in pairs}) == len(pairs)
    assert all(np.isfinite(eta[i, c]) for i, c in pairs)
    tasks_left = set(range(len(tasks))) - {i for i, _ in pairs}
    crews_left = set(range(eta.shape[1])) - {c for _, c in pairs}
    assert not any(np.isfinite(eta[i, c]) for i in tasks_left for c in crews_left)


@QUICK
@given(desks())
def test_nearest_idle(desk: tuple[list[Any], Any]) -> None:
    """Task by task, people first, then as reported: the crew that is there first."""
    tasks, eta = desk
    free = set(range(eta.shape[1]))
    expected = []
    for task in sorted(tasks, key=lambda t: (t.persons == 0, t.known_tick, t.number)):
        i = tasks.index(task)
        near = [(eta[i, c], c) for c in sorted(free) if np.isfinite(eta[i, c])]
        if near:
            expected.append((i, min(near)[1]))
            free.discard(min(near)[1])
    assert nearest_idle(tasks, [], eta) == expected


@QUICK
@given(desks())
def test_most_people_first(desk: tuple[list[Any], Any]) -> None:
    """No task is served while one with more people, which the same crew could reach, is not."""
    tasks, eta = desk
    pairs = DISPATCH["most-people-first"](tasks, [], eta)
    served = {i for i, _ in pairs}
    for i, crew in pairs:
        for other in set(range(len(tasks))) - served:
            assert tasks[other].persons <= tasks[i].persons or np.isinf(eta[other, crew])


@QUICK
@given(desks())
def test_closest_pair_first(desk: tuple[list[Any], Any]) -> None:
    """Again and again the shortest drive among the tasks and crews that are left."""
    tasks, eta = desk
    drives = []
    left = eta.copy()
    while np.isfinite(left).any():
        drives.append(float(left.min()))
        i, c = np.argwhere(left == left.min())[0]
        left[i, :] = np.inf
        left[:, c] = np.inf
    pairs = closest_pair_first(tasks, [], eta)
    assert sorted(float(eta[i, c]) for i, c in pairs) == drives


def test_closest_pair_by_hand() -> None:
    """After task 0 has crew 0, the closest pair is task 2 and crew 1, not task 1 and crew 1."""
    tasks: list[Any] = [Task(i, 1, 0) for i in range(3)]
    eta = np.array([[1.0, 9.0], [2.0, 100.0], [3.0, 4.0]])
    assert sorted(closest_pair_first(tasks, [], eta)) == [(0, 0), (2, 1)]


def test_supply_orders() -> None:
    short = np.array([0, 5, 5, 9])
    want = np.array([900.0, 10.0, 20.0, 1.0])
    minutes = np.array([7.0, 3.0, 3.0, np.inf])
    assert SUPPLY["most-short-first"](short, want, minutes) == [3, 2, 1, 0]
    assert nearest_first(short, want, minutes) == [1, 2, 0, 3]


@pytest.mark.parametrize("name", sorted(DISPATCH))
def test_nobody_to_send(name: str) -> None:
    tasks: list[Any] = [Task(0, 1, 0)]
    assert DISPATCH[name](tasks, [], np.full((1, 2), np.inf)) == []
