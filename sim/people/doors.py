"""Bags before the doors of homes: which homes get them, and up to what depth they keep water out.

A wall of bags stands so high above the street. Until the water is higher than that the home stays
dry; then it fills to the street's level, as without. The homes of a place that water below the
wall's top would reach get theirs one after another, the lowest first, since everybody there knows
which go under first; whoever has moved out has a home to come back to as well. A home that water
has reached is past help.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anlan.sim.people.flooding import Flooding
from anlan.sim.people.surroundings import DoorRules
from anlan.sim.place.population import Population

Ids = NDArray[np.int64]
NEARLY = 1e-9  # bags


@dataclass
class Queue:
    """The homes of one place that are to get bags, the lowest first."""

    homes: Ids
    limits_m: list[float]  # depths on the street that reach them
    before: list[int]  # (n + 1,) how many homes the rows before each one stand for
    at: int = 0  # whose turn it is
    begun: float = 0.0  # bags that lie there already

    def rows_to(self, depth_m: float) -> int:
        """How many of them a depth on the street would reach."""
        return bisect_right(self.limits_m, depth_m)


class Doors:
    """The walls of bags of one run."""

    def __init__(self, rules: DoorRules, people: Population, flooding: Flooding) -> None:
        self.rules = rules
        self.people = people
        self.flooding = flooding
        self._per_home = rules.per_home()
        self._queues: dict[int, Queue] = {}  # by place

    def wanted(self, place: int, upto_m: float) -> float:
        """How many more bags the homes of a place take which a depth on the street would reach,
        and which can still be kept dry.
        """
        queue = self._queue(place)
        last = max(queue.at, queue.rows_to(upto_m))
        homes = queue.before[last] - queue.before[queue.at]
        return homes * self._per_home - queue.begun if homes else 0.0

    def lay(self, place: int, bags: float, upto_m: float) -> float:
        """So many bags come for these homes; how many of them are laid."""
        queue = self._queue(place)
        left, first, last = bags, queue.at, queue.rows_to(upto_m)
        while queue.at < last and left > 0.0:
            rows = queue.before[queue.at + 1] - queue.before[queue.at]
            lacks = rows * self._per_home - queue.begun
            if left < lacks - NEARLY:
                queue.begun += left
                left = 0.0
                break
            left, queue.begun = max(0.0, left - lacks), 0.0
            queue.at += 1
        if queue.at > first:
            self.flooding.keep_out(queue.homes[first : queue.at], self.rules.height_m)
        return bags - left

    def _queue(self, place: int) -> Queue:
        if place not in self._queues:
            self._queues[place] = self._list(place)
        queue = self._queues[place]
        most_m = float(self.flooding.most_m[place])
        reached = queue.rows_to(most_m)
        if reached > queue.at:
            queue.at, queue.begun = reached, 0.0
        return queue

    def _list(self, place: int) -> Queue:
        first, last = self.people.household_start[place : place + 2]
        limits_m = self.flooding.limits_m[first:last]
        order = np.argsort(limits_m, kind="stable")
        order = order[limits_m[order] < np.float32(self.rules.height_m)]
        homes = np.asarray(first + order, dtype=np.int64)
        before = np.concatenate([[0], np.cumsum(self.flooding.stands_for(homes))])
        return Queue(homes, limits_m[order].tolist(), before.tolist())
