"""Trees that fall across roads in the wind, one after another, until crews clear them.

Along a road stand many trees; how many have fallen and lie across it by a gust is a Poisson number
whose mean grows with the gust, so each next tree has a gust of its own that it does not stand.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anlan.sim.chance import Keys, Streams, stream
from anlan.sim.forcing.base import Now
from anlan.sim.networks.fragility import road_gust_ms
from anlan.sim.place.exposure import Exposure
from anlan.sim.scenario.rules import Rules

F32 = NDArray[np.float32]

TREE = stream("tree.fall", "road, for each of its trees")


@dataclass(frozen=True)
class TreeRules(Rules, prefix="tree"):
    """How trees stand the wind."""

    blocking_share: float
    median_gust_ms: float
    gust_scale_ms: float
    min_gust_ms: float


class Trees:
    """Fallen trees on R roads in one run."""

    def __init__(self, rules: TreeRules, keys: Keys, sites: Exposure, streams: Streams) -> None:
        self.rules = rules
        self.keys = keys
        self.streams = streams
        self.trees = sites.road_trees
        self.a, self.b = sites.road_from, sites.road_to
        self.across = np.zeros(len(keys), dtype=np.int64)  # lying there now
        self.version = 0  # goes up whenever trees come to lie or are cleared
        self.helped = False  # whether crews have cleared any
        self.fell = np.zeros(len(keys), dtype=bool)  # some came to lie there, cleared or not
        self._fallen = np.zeros(len(keys), dtype=np.int64)  # since the start
        # Sums of unit exponential steps: the mean number at which the next tree falls.
        self._falls_at = self._step(np.arange(len(keys)), 0)
        self.stands_ms = self._gust_of(np.arange(len(keys)))
        self._least_ms = float(self.stands_ms.min(initial=np.inf))

    def _step(self, roads: NDArray[np.int64], number: int) -> NDArray[np.float64]:
        return np.asarray(-np.log(self.streams.uniform64(TREE, self.keys[roads], number)))

    def _gust_of(self, roads: NDArray[np.int64]) -> NDArray[np.float64]:
        """The gust at which the next tree of each road falls; infinite where none will."""
        r = self.rules
        curve = (r.blocking_share, r.median_gust_ms, r.gust_scale_ms)
        gust = road_gust_ms(self._falls_at[roads], self.trees[roads], *curve)
        return np.maximum(gust, r.min_gust_ms)

    def step(self, sky: Now) -> list[tuple[int, int]]:
        """One tick of gusts: (road, trees that fell across it in this tick), by road."""
        if sky.peak_gust_ms < self._least_ms:
            return []
        gust_ms = sky.gust_ms
        gust = 0.5 * (gust_ms[self.a].astype(np.float64) + gust_ms[self.b])
        hit = np.flatnonzero(gust >= self.stands_ms)
        found = [(road, self._fall(road, float(gust[road]))) for road in hit.tolist()]
        if len(hit):
            self._least_ms = float(self.stands_ms.min())
        return found

    def _fall(self, road: int, gust_ms: float) -> int:
        """Let fall what does not stand a gust; how many."""
        one = np.array([road])
        count = 0
        while gust_ms >= self.stands_ms[road]:
            count += 1
            self._fallen[road] += 1
            self._falls_at[road] += float(self._step(one, int(self._fallen[road]))[0])
            self.stands_ms[road] = float(self._gust_of(one)[0])
        self.lay(road, count)
        return count

    def lay(self, road: int, count: int) -> None:
        """Trees come to lie across a road."""
        self.across[road] += count
        self.fell[road] = True
        self.version += 1

    def clear(self, road: int) -> None:
        """A crew has cleared all that lies across a road."""
        self.across[road] = 0
        self.helped = True
        self.version += 1
