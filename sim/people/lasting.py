"""What each household holds lasts for a while of its own from when it begins to use it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from anlan.sim.people.draws import FAR

Ids = NDArray[np.int64]
NONE: Ids = np.empty(0, dtype=np.int64)


class Lasting:
    """Households by place; all of a place begin at once, and stop, and may begin anew.

    A tick costs one comparison a place; a place's households are sorted when it first begins.
    """

    def __init__(self, starts: Ids, lasts_ticks: NDArray[np.int32]) -> None:
        """starts (C + 1,): first household of each place; lasts_ticks (H,)."""
        self.starts = starts
        self.lasts_ticks = lasts_ticks
        self.since = np.full(len(starts) - 1, FAR, dtype=np.int64)  # (C,) FAR: it does not run
        self._next = np.full(len(starts) - 1, FAR, dtype=np.int64)
        self._least = int(FAR)
        self._done = np.zeros(len(starts) - 1, dtype=np.int64)
        self._sorted: dict[int, tuple[NDArray[np.int32], Ids]] = {}

    def begin(self, places: Ids, tick: int) -> None:
        """At some places households begin to use what they hold."""
        for place in places.tolist():
            self.since[place] = tick
            self._done[place] = 0
            lasts, _ = self._of(place)
            self._next[place] = tick + lasts[0] if len(lasts) else FAR
        self._least = int(self._next.min(initial=FAR))

    def stop(self, places: Ids) -> None:
        """At some places there is no need any more; what was used is full again."""
        self.since[places] = self._next[places] = FAR
        self._least = int(self._next.min(initial=FAR))

    def used_up(self, tick: int) -> Ids:
        """Those who have used up by a tick what they hold, and had not before; in rising order."""
        if tick < self._least:
            return NONE
        found = [self._take(place, tick) for place in np.flatnonzero(self._next <= tick).tolist()]
        self._least = int(self._next.min())
        return np.sort(np.concatenate(found))

    def _take(self, place: int, tick: int) -> Ids:
        lasts, ids = self._of(place)
        done = int(self._done[place])
        upto = int(np.searchsorted(lasts, tick - self.since[place], side="right"))
        self._done[place] = upto
        self._next[place] = self.since[place] + lasts[upto] if upto < len(lasts) else FAR
        return ids[done:upto]

    def _of(self, place: int) -> tuple[NDArray[np.int32], Ids]:
        if place not in self._sorted:
            first, last = int(self.starts[place]), int(self.starts[place + 1])
            order = np.argsort(self.lasts_ticks[first:last], kind="stable")
            self._sorted[place] = self.lasts_ticks[first:last][order], first + order
        return self._sorted[place]
