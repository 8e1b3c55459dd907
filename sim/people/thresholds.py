"""Thresholds that a level passes: who is next, found without asking everybody in every tick."""

from __future__ import annotations

from copy import copy

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.int64]
F32 = NDArray[np.float32]
NONE: Ids = np.empty(0, dtype=np.int64)


class Rising:
    """Households by place, each with the level (of gust, of water) at which it is reached, once.

    A tick costs one comparison a place; a place's households are sorted when its level first
    reaches one of them.
    """

    def __init__(self, starts: Ids, limits: F32) -> None:
        """starts (C + 1,): first household of each place; limits (H,)."""
        self.starts = starts
        self.limits = limits
        self.next = np.full(len(starts) - 1, np.inf, dtype=np.float32)
        filled = starts[1:] > starts[:-1]
        if filled.any():
            self.next[filled] = np.minimum.reduceat(limits, starts[:-1][filled])
        self._least = float(self.next.min(initial=np.inf))
        # place -> limits, ids, how many are done
        self._sorted: dict[int, tuple[F32, Ids, int]] = {}

    def copy(self) -> Rising:
        """One that has come as far and goes on by itself."""
        twin = copy(self)
        twin.next, twin._sorted = self.next.copy(), self._sorted.copy()
        twin.limits = self.limits.copy()
        return twin

    def lift(self, ids: Ids, limits: F32) -> None:
        """Some (n,) of those not reached yet are reached at higher levels (n,) from now on."""
        self.limits[ids] = np.maximum(self.limits[ids], limits)
        places = np.searchsorted(self.starts, ids, side="right") - 1
        for place in np.unique(places).tolist():
            rest = np.arange(self.starts[place], self.starts[place + 1])
            if place in self._sorted:
                _, ordered, done = self._sorted[place]
                rest = np.sort(ordered[done:])
            rest = rest[np.argsort(self.limits[rest], kind="stable")]
            self._sorted[place] = (self.limits[rest], rest, 0)
            self.next[place] = self.limits[rest[0]]
        self._least = float(self.next.min())

    def reached(self, level: F32, peak: float) -> Ids:
        """Those whom the level (C,) has reached and who were not before, in rising order.

        `peak` is the highest level of all places.
        """
        if peak < self._least:
            return NONE
        hit = (level >= self.next).nonzero()[0]
        if not len(hit):
            return NONE
        found = [self._take(place, level[place]) for place in hit.tolist()]
        self._least = float(self.next.min())
        return np.sort(np.concatenate(found))

    def _take(self, place: int, level: np.float32) -> Ids:
        if place not in self._sorted:
            first, last = self.starts[place], self.starts[place + 1]
            order = np.argsort(self.limits[first:last], kind="stable")
            self._sorted[place] = (self.limits[first:last][order], first + order, 0)
        limits, ids, done = self._sorted[place]
        upto = int(np.searchsorted(limits, level, side="right"))
        self._sorted[place] = (limits, ids, upto)
        self.next[place] = limits[upto] if upto < len(limits) else np.inf
        return ids[done:upto]
