"""What crews do next of themselves, by the minute: the end of a muster, a way, a shift, a rest."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from math import inf
from typing import Any, Protocol

from anlan.sim.incidents.incident import Incident


class Due(Protocol):
    """Who has something before them."""

    turn: int
    due_min: float


@dataclass
class Agenda[C: Due]:
    """One run's crews in the order in which something is due for them; those at once by `turn`.

    `begins_min`, `ends_min`: of the present tick. `changed`: incidents to which crews came, or
    which they left, since somebody last looked. `free`: crews that have become ready, or rested.
    """

    begins_min: float = 0.0
    ends_min: float = 0.0
    on_the_road: dict[int, C] = field(default_factory=dict)  # by turn
    changed: dict[str, Incident[Any]] = field(default_factory=dict)
    free: dict[int, C] = field(default_factory=dict)  # by turn
    _heap: list[tuple[float, int, C]] = field(default_factory=list)
    _crews: int = 0

    def join(self) -> int:
        """The turn of one more crew."""
        self._crews += 1
        return self._crews

    def put(self, crew: C, minute: float) -> None:
        """What is due next for a crew, instead of what was before; infinite for nothing."""
        crew.due_min = minute
        if minute < inf:
            heapq.heappush(self._heap, (minute, crew.turn, crew))

    def next_min(self) -> float:
        """When the next one is due; infinite for never."""
        heap = self._heap
        while heap and heap[0][2].due_min != heap[0][0]:
            heapq.heappop(heap)  # something else is due for it by now
        return heap[0][0] if heap else inf

    def take(self, minute: float) -> list[C]:
        """Those for whom something is due by a minute. It counts as done."""
        found: list[C] = []
        while self.next_min() <= minute:
            crew = heapq.heappop(self._heap)[2]
            crew.due_min = inf
            found.append(crew)
        return found
