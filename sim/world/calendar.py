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
        self._due: dict[str, dict[int, list[Ids]]] = defaultdict(dict)
        self._singles: dict[str, dict[int, list[int]]] = defaultdict(dict)

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
            self._due[kind].setdefault(int(tick), []).append(part)

    def add_one(self, kind: str, tick: int, who: int) -> None:
        """Note one event."""
        if tick < self._ticks:
            self._singles[kind].setdefault(tick, []).append(who)

    def due(self, kind: str, tick: int) -> Ids:
        """Take out the ids due at a tick, in rising order, each once."""
        parts = self._due[kind].pop(tick, [])
        singles = self._singles[kind].pop(tick, None)
        if singles:
            parts.append(np.array(singles, dtype=np.int64))
        if not parts:
            return NONE
        return np.unique(np.concatenate(parts)) if len(parts) > 1 else np.unique(parts[0])
