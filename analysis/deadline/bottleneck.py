"""How soon the roads alone let people out: vehicles over a link's capacity.

In the runs vehicles queue where a road passes no more of them. What is worked out here beside them,
for roads that are dry and open, is a bound from below, in the form of HURREVAC and RtePM: N
vehicles that all have to pass one link of capacity c are not over it sooner than N / c, and the
last of them has its way still to go. Nobody is asked to queue, and every town is taken as if its
people drove first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from anlan.analysis.measures.facts import Floats, Ints
from anlan.sim import flows_of
from anlan.sim.scenario.schema import Scenario

START = -9999  # what scipy writes for the node before the first


class Trips(NamedTuple):
    """Vehicles from one place to another; numbers of communities."""

    origin: int
    destination: int
    vehicles: float


@dataclass(frozen=True)
class Ways:
    """The roads of a scenario, dry and open. minutes (C, C); veh_h: from where to where -> what all
    roads there carry one way.
    """

    minutes: csr_array
    veh_h: dict[tuple[int, int], float]

    @classmethod
    def of(cls, scenario: Scenario) -> Ways:
        """What a road carries is what it does in the runs, with contraflow where that is more."""
        index = {c.community: n for n, c in enumerate(scenario.communities)}
        best: dict[tuple[int, int], float] = {}
        veh_h: dict[tuple[int, int], float] = {}
        flows = flows_of(scenario)
        most = np.maximum(flows.veh_h, flows.contraflow).tolist()
        for road, carries in zip(scenario.roads, most, strict=True):
            a, b = index[road.from_community], index[road.to_community]
            minutes = road.length_km / road.speed_kmh * 60.0
            for pair, one in zip(((a, b), (b, a)), carries, strict=True):
                best[pair] = min(best.get(pair, np.inf), minutes)
                veh_h[pair] = veh_h.get(pair, 0.0) + one
        rows, columns = np.array([*best] or np.empty((0, 2)), dtype=np.int64).T
        n = len(index)
        graph = csr_array(([*best.values()], (rows, columns)), shape=(n, n))
        return cls(graph, veh_h)

    def no_sooner_h(self, trips: Sequence[Trips]) -> float:
        """Hours from the first departure before which not all of these can have come to their end.

        The largest, over the links, of vehicles by the shortest ways over its capacity, and the
        least time that any of them still has to go from there. 0 where nobody takes a road.
        """
        load, onward = self._load([t for t in trips if t.vehicles > 0.0])
        return max((load[k] / self.veh_h[k] + onward[k] / 60.0 for k in load), default=0.0)

    def _load(
        self, trips: Sequence[Trips]
    ) -> tuple[dict[tuple[int, int], float], dict[tuple[int, int], float]]:
        """(vehicles, least minutes from its beginning to an end) of each directed link."""
        load: dict[tuple[int, int], float] = {}
        onward: dict[tuple[int, int], float] = {}
        origins = np.array(sorted({t.origin for t in trips}), dtype=np.int64)
        if not len(origins):
            return load, onward
        minutes, before = self._trees(origins)
        row_of = {origin: row for row, origin in enumerate(origins.tolist())}
        for trip in trips:
            row, node = row_of[trip.origin], trip.destination
            if not np.isfinite(minutes[row, node]):
                continue  # no road: whoever goes there takes none of these links
            whole = minutes[row, node]
            while (last := int(before[row, node])) != START:
                link = (last, node)
                load[link] = load.get(link, 0.0) + trip.vehicles
                left = float(whole - minutes[row, last])
                onward[link] = min(onward.get(link, np.inf), left)
                node = last
        return load, onward

    def _trees(self, origins: Ints) -> tuple[Floats, Ints]:
        """(minutes, the node before) of the shortest ways from each origin, (origins, C)."""
        minutes, before = dijkstra(self.minutes, indices=origins, return_predecessors=True)
        return minutes, before.astype(np.int64)
