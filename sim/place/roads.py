"""The road graph, what is open to which vehicle now, and the quickest ways over it.

One symmetric CSR matrix a vehicle class, its weights (minutes) rewritten in place when water
or trees change; scipy's Dijkstra from an origin is cached until the roads change again.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from anlan.sim.forcing.base import Realisation
from anlan.sim.scenario.schema import Scenario

CLASSES = ("car", "lorry", "boat")
STEP_M = 0.05
Bools = NDArray[np.bool_]
Tree = tuple[NDArray[np.float64], NDArray[np.int32]]  # minutes, and the node before, of each place


@dataclass(frozen=True)
class Route:
    """A way over the roads: nodes and roads in order, minutes from the start at each node."""

    nodes: tuple[int, ...]
    roads: tuple[int, ...]
    minutes: tuple[float, ...]
    distance_km: float

    @property
    def total_min(self) -> float:
        return self.minutes[-1]


class Roads:
    """State of the roads in one run. C communities are the nodes, R roads the links."""

    def __init__(self, scenario: Scenario, index: dict[str, int]) -> None:
        self._scenario = scenario
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
        self._columns = np.concatenate([self.b, self.a])[order]
        self._pointers = np.searchsorted(rows, np.arange(self.places + 1))
        self._road_at = np.concatenate([np.arange(self.n), np.arange(self.n)])[order]
        self.trees_left = np.zeros(self.n, dtype=np.int64)
        self.tree_closed = np.zeros(self.n, dtype=bool)
        self.closed = {c: np.zeros(self.n, dtype=bool) for c in CLASSES}
        p = scenario.p
        # A boat is stopped by no depth.
        self._limits = {
            "car": p("vehicle.car_wading_m"),
            "lorry": p("vehicle.lorry_wading_m"),
            "boat": np.inf,
        }
        self._refresh_ticks = max(1, scenario.ticks_of(p("road.refresh_min")))
        self.version = 0
        self._graphs: dict[str, csr_array] = {}
        self._minutes: dict[str, NDArray[np.float64]] = {}
        self._trees: dict[str, dict[int, Tree]] = {c: {} for c in CLASSES}
        self.class_version = dict.fromkeys(CLASSES, 0)
        self._last_key: bytes | None = None
        self._news: Bools | None = None
        self._settled = False

    def update(self, realisation: Realisation, tick: int) -> bool:
        """Bring the roads to a tick; True when any weight changed. Trees that fall stay."""
        if self._news is None:
            self._news = self._ticks_with_news(realisation)
        if self._settled and not self._news[tick]:
            return False
        # Until a look at a refresh tick has found the speeds of the day, look in every tick.
        self._settled = tick % self._refresh_ticks == 0
        depth_m = realisation.road_depth_m[tick]
        falls = realisation.tree_tick == tick
        if falls.any():
            self.tree_closed |= falls
            self.trees_left[falls] = realisation.tree_count[falls]
        shut = {c: self.tree_closed | (depth_m > limit) for c, limit in self._limits.items()}
        same = all(np.array_equal(shut[c], self.closed[c]) for c in CLASSES)
        if same and self.version and tick % self._refresh_ticks:
            return False
        gale = self._gale(realisation, tick)
        # Speeds follow the water in steps of five centimetres and now and then, so that ways can
        # be kept; whether a road is closed is decided by the true depth, at once.
        step_m = self._water_step_m(depth_m)
        key = b"".join(x.tobytes() for x in (step_m, gale, *shut.values()))
        if key == self._last_key:
            return False
        self._last_key = key
        self._rewrite(step_m, gale, shut)
        return True

    def _ticks_with_news(self, realisation: Realisation) -> Bools:
        """(T,) whether any road can be other than it was: most ticks need no look at the roads.

        A tree falls, the water passes a vehicle's limit, or at a refresh the speeds have changed.
        """
        depth_m = realisation.road_depth_m
        news = np.zeros(len(depth_m) + 1, dtype=bool)
        news[realisation.tree_tick] = True  # T, one too many, is a tree that never falls
        for limit in set(self._limits.values()):
            deep = depth_m > limit
            news[1:-1] |= (deep[1:] != deep[:-1]).any(axis=1)
        at = np.arange(0, len(depth_m), self._refresh_ticks)
        water, gale = self._water_step_m(depth_m[at]), self._gale(realisation, at)
        news[at[1:]] |= (water[1:] != water[:-1]).any(axis=1) | (gale[1:] != gale[:-1]).any(axis=1)
        return news[:-1]

    def _gale(self, realisation: Realisation, tick: int | NDArray[np.int64]) -> Bools:
        """(R,) or (n, R) where it blows too hard to drive at full speed."""
        wind_ms = realisation.wind_ms[tick]
        mean = (wind_ms[..., self.a] + wind_ms[..., self.b]) / 2
        return np.asarray(mean >= self._scenario.p("road.gale_wind_ms"))

    def _water_step_m(self, depth_m: NDArray[np.float32]) -> NDArray[np.float64]:
        """Depth in whole steps of five centimetres."""
        return np.asarray(np.floor(depth_m.astype(np.float64) / STEP_M) * STEP_M)

    def clear(self, road: int) -> None:
        """A crew has cleared the trees on a road: it is open again from the next update."""
        self.trees_left[road] = 0
        self.tree_closed[road] = False
        self._settled = False

    def _rewrite(
        self,
        depth_m: NDArray[np.float64],
        gale: NDArray[np.bool_],
        shut: dict[str, NDArray[np.bool_]],
    ) -> None:
        p = self._scenario.p
        water_mm = depth_m * 1000.0
        wet_kmh = (
            p("road.wet_a_kmh_per_mm2") * water_mm**2
            + p("road.wet_b_kmh_per_mm") * water_mm
            + p("road.wet_c_kmh")
        )
        # The parabola rises again past its lowest point (307 mm): hold the least speed there.
        wet_kmh = np.where(water_mm > 300.0, 0.0, wet_kmh)
        dry_kmh = np.where(gale, self.free_kmh * p("road.gale_factor"), self.free_kmh)
        kmh = np.minimum(dry_kmh, np.maximum(wet_kmh, p("road.least_kmh")))
        self.closed = shut
        afloat = depth_m > self._limits["lorry"]
        for name in CLASSES:
            speed = np.where(afloat, p("vehicle.boat_kmh"), kmh) if name == "boat" else kmh
            minutes = np.where(self.closed[name], np.inf, self.length_km / speed * 60.0)
            if name in self._minutes and np.array_equal(minutes, self._minutes[name]):
                continue  # ways of this class are as they were
            self._minutes[name] = minutes
            self._graphs[name] = csr_array(
                (minutes[self._road_at], self._columns, self._pointers),
                shape=(self.places, self.places),
            )
            self._trees[name] = {}
            self.class_version[name] += 1
        self.version += 1

    def _tree(self, vehicle: str, origin: int) -> Tree:
        trees = self._trees[vehicle]
        if origin not in trees:
            trees[origin] = dijkstra(
                self._graphs[vehicle], indices=origin, return_predecessors=True
            )
        return trees[origin]

    def minutes_from(self, vehicle: str, origin: int) -> NDArray[np.float64]:
        """(C,) minutes from a place to every place; inf where no road is open."""
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
        roads = tuple(self._between(u, v) for u, v in pairwise(nodes))
        return Route(
            nodes=tuple(nodes),
            roads=roads,
            minutes=tuple(float(minutes[n]) for n in nodes),
            distance_km=float(sum(self.length_km[list(roads)])),
        )

    def _between(self, u: int, v: int) -> int:
        road: int = self._road_of[frozenset((u, v))]
        return road
