"""Events by the tick in which they fall due, so that a tick touches only what is due."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.int64]
NONE: Ids = np.empty(0, dtype=np.int64)


class Calendar:
    """For each kind of event, ids by tick. Ids due together come out in rising order."""

    def __init__(self, ticks: int) -> None:
        self._ticks = ticks
        # tick -> kind -> what was noted: arrays of ids, and ids one by one
        self._due: dict[int, dict[str, list[Ids]]] = defaultdict(dict)
        self._singles: dict[int, dict[str, list[int]]] = defaultdict(dict)

    def add(self, kind: str, ticks: NDArray[np.integer], ids: NDArray[np.integer]) -> None:
        """Note events at `ticks` for `ids` (same length); those past the end are dropped."""
        inside = ticks < self._ticks
        if not inside.any():
            return
        when, who = ticks[inside], ids[inside].astype(np.int64)
        order = np.argsort(when, kind="stable")
        when, who = when[order], who[order]
        cuts = np.flatnonzero(np.diff(when)) + 1
        for tick, part in zip(when[np.r_[0, cuts]], np.split(who, cuts), strict=True):
            self._due[int(tick)].setdefault(kind, []).append(part)

    def add_one(self, kind: str, tick: int, who: int) -> None:
        """Note one event."""
        if tick < self._ticks:
            self._singles[tick].setdefault(kind, []).append(who)

    def busy(self, tick: int) -> bool:
        """Whether anything was noted for a tick (it may have been taken out since)."""
        return tick in self._due or tick in self._singles

    def due(self, kind: str, tick: int) -> Ids:
        """Take out the ids due at a tick, in rising order, each once."""
        parts = self._due[tick].pop(kind, []) if tick in self._due else []
        singles = self._singles[tick].pop(kind, None) if tick in self._singles else None
        if singles:
            parts.append(np.array(singles, dtype=np.int64))
        if not parts:
            return NONE
        return np.unique(np.concatenate(parts)) if len(parts) > 1 else np.unique(parts[0])


def by_tick(ticks: NDArray[np.integer]) -> dict[int, list[int]]:
    """Tick -> the numbers of those whose tick it is, rising."""
    found: dict[int, list[int]] = {}
    for number, tick in enumerate(ticks.tolist()):
        found.setdefault(tick, []).append(number)
    return found
