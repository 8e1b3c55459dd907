"""Communities that are cut off by road: no lorry can drive there from the rest of the district.

A community is cut off when no open way for a lorry leads to it from the part of the district where
most people live (`place/reach.py`). Beside how it is stands how it would be if nobody had cleared a
tree or taken any water away: that is the hazard's doing alone.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from anlan.sim.nature.water import Water
from anlan.sim.networks.roads import Roads, depth_on_roads_m
from anlan.sim.networks.trees import Trees
from anlan.sim.place.reach import Reach

Bools = NDArray[np.bool_]
VEHICLE = "lorry"


class CutOff:
    """C communities in one run."""

    def __init__(self, roads: Roads, trees: Trees, water: Water, reach: Reach) -> None:
        self.roads = roads
        self.trees = trees
        self.water = water
        self.reach = reach
        self.version = 0  # goes up when either of the next two changes
        self._closed = roads.closed[VEHICLE]
        self.now: Bools = self._apart(self._closed)  # (C,) as the roads are
        self.unaided: Bools = self.now  # (C,) as they would be without help
        self._closed_unaided = self._closed
        self._trees_as_of = 0
        self._wet = False

    def step(self) -> None:
        """Look at the roads as they are in this tick."""
        closed = self.roads.closed[VEHICLE]
        if closed is not self._closed:
            self._closed = closed
            self._set(self._apart(closed), self.unaided)
        if not (self.trees.helped or self.water.helped):
            self._closed_unaided = closed
            self._set(self.now, self.now)
        else:
            self._step_unaided()

    def _step_unaided(self) -> None:
        """The same for how it would be without help, once there has been some."""
        wet = self.water.wet or self.water.wet_unaided
        as_before = self.trees.version == self._trees_as_of and not wet and not self._wet
        self._trees_as_of, self._wet = self.trees.version, wet
        if as_before:
            return
        depth_m = self.roads.depth_m
        if self.water.helped:
            fills_m = self.roads.rules.dip_full_depth_m
            depth_m = depth_on_roads_m(self.water.depth_unaided_m, self.roads.sites, fills_m)
        closed = self.trees.fell | (depth_m > self.roads.rules.wading_m(VEHICLE))
        if not np.array_equal(closed, self._closed_unaided):
            self._closed_unaided = closed
            self._set(self.now, self._apart(closed))

    def _apart(self, closed: Bools) -> Bools:
        if not closed.any() and not self.roads.table.barred[VEHICLE].any():
            return np.zeros(len(self.water.depth_m), dtype=bool)
        return self.reach.apart(closed, self.roads.table.barred[VEHICLE])

    def _set(self, now: Bools, unaided: Bools) -> None:
        """Keep what is new of the two."""
        if now is not self.now and not np.array_equal(now, self.now):
            self.now = now
            self.version += 1
        if unaided is not self.unaided and not np.array_equal(unaided, self.unaided):
            self.unaided = unaided
            self.version += 1
