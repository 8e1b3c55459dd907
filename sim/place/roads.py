"""The road graph as it stands, and the quickest ways over it for given minutes on each road."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from anlan.sim.scenario.schema import Scenario

CLASSES = ("car", "lorry", "boat")
F64 = NDArray[np.float64]
Tree = tuple[F64, NDArray[np.int32]]  # minutes, and the node before, of each place


@dataclass(frozen=True)
class Route:
    """A way over the roads: nodes and roads in order, minutes from the start at each node."""

    nodes: tuple[int, ...]
    roads: tuple[int, ...]
    minutes: tuple[float, ...]
    distance_km: float

    @property
    def total_min(self) -> float:
        """Minutes from its start to its end."""
        return self.minutes[-1]


class RoadTable:
    """The links of a scenario as arrays: communities are the nodes, R roads the links."""

    def __init__(self, scenario: Scenario, index: dict[str, int]) -> None:
        self.ids = [r.road for r in scenario.roads]
        self.a = np.array([index[r.from_community] for r in scenario.roads], dtype=np.int64)
        self.b = np.array([index[r.to_community] for r in scenario.roads], dtype=np.int64)
        self.length_km = np.array([r.length_km for r in scenario.roads])
        self.free_kmh = np.array([r.speed_kmh for r in scenario.roads])
        self.places = len(index)
        self.n = len(self.a)
        self._road_of = {
            frozenset((int(a), int(b))): i
            for i, (a, b) in reversed(list(enumerate(zip(self.a, self.b, strict=True))))
        }
        order = np.lexsort((np.concatenate([self.b, self.a]), np.concatenate([self.a, self.b])))
        rows = np.concatenate([self.a, self.b])[order]
        self.columns = np.concatenate([self.b, self.a])[order]
        self.pointers = np.searchsorted(rows, np.arange(self.places + 1))
        self.road_at = np.concatenate([np.arange(self.n), np.arange(self.n)])[order]

    @property
    def free_min(self) -> F64:
        """(R,) minutes over each road, dry, calm and open."""
        return np.asarray(self.length_km / self.free_kmh * 60.0)

    def between(self, u: int, v: int) -> int:
        """The road between two neighbouring nodes."""
        road: int = self._road_of[frozenset((u, v))]
        return road


class RoadMap:
    """Quickest ways for minutes that are set by class of vehicle; trees are kept until they
    change.
    """

    def __init__(self, table: RoadTable) -> None:
        self.table = table
        self.version = dict.fromkeys(CLASSES, 0)
        self._minutes: dict[str, F64] = {}
        self._graphs: dict[str, csr_array] = {}
        self._trees: dict[str, dict[int, Tree]] = {c: {} for c in CLASSES}

    def set_minutes(self, vehicle: str, minutes: F64) -> bool:
        """(R,) minutes over each road, infinite where it is closed; True when any is new."""
        if vehicle in self._minutes and np.array_equal(minutes, self._minutes[vehicle]):
            return False
        self._minutes[vehicle] = minutes
        t = self.table
        self._graphs[vehicle] = csr_array(
            (minutes[t.road_at], t.columns, t.pointers), shape=(t.places, t.places)
        )
        self._trees[vehicle] = {}
        self.version[vehicle] += 1
        return True

    def _tree(self, vehicle: str, origin: int) -> Tree:
        trees = self._trees[vehicle]
        if origin not in trees:
            trees[origin] = dijkstra(
                self._graphs[vehicle], indices=origin, return_predecessors=True
            )
        return trees[origin]

    def minutes_from(self, vehicle: str, origin: int) -> F64:
        """(C,) minutes from a place to every place; infinite where no road is open."""
        return self._tree(vehicle, origin)[0]

    def route(self, vehicle: str, origin: int, destination: int) -> Route | None:
        """The quickest open way, or None. A way of no length has one node."""
        minutes, before = self._tree(vehicle, origin)
        if not np.isfinite(minutes[destination]):
            return None
        nodes = [destination]
        while nodes[-1] != origin:
            nodes.append(int(before[nodes[-1]]))
        nodes.reverse()
        roads = tuple(self.table.between(u, v) for u, v in pairwise(nodes))
        return Route(
            nodes=tuple(nodes),
            roads=roads,
            minutes=tuple(float(minutes[n]) for n in nodes),
            distance_km=float(sum(self.table.length_km[list(roads)])),
        )
