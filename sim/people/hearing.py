"""When each household hears a message, as things stand; dated anew where the course changes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from anlan.sim.people.spread import Spread

Ids = NDArray[np.int64]
NONE: Ids = np.empty(0, dtype=np.int64)


class Hearing:
    """Some households, each with the share of its place that a message must pass to reach it."""

    def __init__(
        self,
        spread: Spread,
        ids: Ids,
        place: NDArray[np.integer],
        u: NDArray[np.float32],
        ticks: int,
    ) -> None:
        """ids, place, u (n,), in the order of their places; u in [0, 1)."""
        self.spread = spread
        self.ids = ids
        self.never = ticks
        self.tick = np.full(len(ids), ticks, dtype=np.int64)  # in which it hears; or never
        self._u = u
        self._first = np.searchsorted(place, np.arange(spread.places + 1)).tolist()

    def follow(self, tick: int) -> Ids:
        """Date anew whoever has not heard before a tick and lives where the course is new.

        Returns their rows (r,) among the n.
        """
        found = []
        for course, group in self.spread.fresh:
            rows = np.concatenate([np.arange(self._first[p], self._first[p + 1]) for p in group])
            rows = rows[self.tick[rows] >= tick]
            after = np.searchsorted(course.share, self._u[rows], side="right")
            self.tick[rows] = course.start + after
            found.append(rows)
        return np.concatenate(found) if found else NONE
