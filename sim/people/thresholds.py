"""Thresholds that a level passes: who is next, found without asking everybody in every tick."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.int64]
F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
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
        self._sorted: dict[
            int, tuple[F32, Ids, int]
        ] = {}  # place -> limits, ids, how many are done

    def reached(self, level: F32) -> Ids:
        """Those whom the level (C,) has reached and who were not before, in rising order."""
        hit = np.flatnonzero(level >= self.next)
        if not len(hit):
            return NONE
        found = [self._take(place, level[place]) for place in hit.tolist()]
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


class Reached:
    """Households, each with the share of its place that a message must pass to reach it, once."""

    def __init__(self, place: NDArray[np.integer], u: F32, ids: Ids) -> None:
        """place, u, ids (n,); u in [0, 1)."""
        # Sorted by place and then by u, as one number: a binary search a place and tick.
        key = place.astype(np.float64) + u
        order = np.argsort(key, kind="stable")
        self._keys = key[order]
        self._ids = ids[order]
        self._done: Ids | None = None

    def up_to(self, share: F64) -> Ids:
        """Those whom the share (C,) has passed and who were not reached before, in rising order."""
        if not len(self._keys):
            return NONE
        places = np.arange(len(share))
        if self._done is None:
            self._done = np.searchsorted(self._keys, places.astype(np.float64), side="left")
        upto = np.searchsorted(self._keys, places + share, side="left")
        more = upto - self._done
        if not more.any():
            return NONE
        first = np.repeat(self._done, more)
        offset = np.arange(int(more.sum())) - np.repeat(np.cumsum(more) - more, more)
        self._done = upto
        return np.sort(self._ids[first + offset])
