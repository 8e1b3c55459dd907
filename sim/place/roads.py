"""What is open to which vehicle now, and the quickest ways: state of the roads in one run.

A router a vehicle class answers (`routes.py`); its weights, whole milliseconds a link, are set anew
when water or trees change. A vehicle that is too heavy or too high for a road never takes it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from anlan.sim.forcing.base import Realisation
from anlan.sim.place.graph import CLOSED_MS, Floats, Ints, RoadGraph, graph_of, travel_ms
from anlan.sim.place.routers import make_router
from anlan.sim.place.routes import Router
from anlan.sim.scenario.schema import Scenario

CLASSES = ("car", "lorry", "boat")
STEP_M = 0.05
MS_A_MIN = 60_000.0
Bools = NDArray[np.bool_]


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
    """State of the roads in one run. C communities are the nodes, R roads the rows of roads.csv.

    `graph`: the scenario's, where it is at hand (`World.graph`); else it is made.
    """

    def __init__(
        self, scenario: Scenario, index: dict[str, int], graph: RoadGraph | None = None
    ) -> None:
        self._scenario = scenario
        self.graph = graph or graph_of(scenario)
        self.a = np.array([index[r.from_community] for r in scenario.roads], dtype=np.int64)
        self.b = np.array([index[r.to_community] for r in scenario.roads], dtype=np.int64)
        self.length_km = np.array([r.length_km for r in scenario.roads])
        self.free_kmh = np.array([r.speed_kmh for r in scenario.roads])
        self.n = len(self.a)
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
        self._barred = {
            c: self.graph.bars(p(f"vehicle.{c}_kg"), p(f"vehicle.{c}_height_m")) for c in CLASSES
        }
        self._refresh_ticks = max(1, scenario.ticks_of(p("road.refresh_min")))
        self.version = 0
        self._routers = {c: make_router(self.graph) for c in CLASSES}
        self._road_ms: dict[str, Ints] = {}  # (R,) a class
        self._stale = dict.fromkeys(CLASSES, False)  # the router has not been told of them yet
        self._boat_ms = travel_ms(self.length_km, np.full(self.n, p("vehicle.boat_kmh")))
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
        driven_ms = travel_ms(self.length_km, kmh)
        floated_ms = np.where(afloat, self._boat_ms, driven_ms)
        for name in CLASSES:
            open_ms = floated_ms if name == "boat" else driven_ms
            road_ms = np.where(shut[name], CLOSED_MS, open_ms)
            if name not in self._road_ms or not np.array_equal(road_ms, self._road_ms[name]):
                self._road_ms[name] = road_ms
                self._stale[name] = True
                self.class_version[name] += 1
        self.version += 1

    def _router(self, vehicle: str) -> Router:
        """The router of a class; it is told of new weights only when it is asked something."""
        router = self._routers[vehicle]
        if self._stale[vehicle]:
            link_ms = self._road_ms[vehicle][self.graph.road]
            link_ms[self._barred[vehicle]] = CLOSED_MS
            router.set_weights(link_ms)
            self._stale[vehicle] = False
        return router

    def minutes_from(self, vehicle: str, origin: int) -> Floats:
        """(C,) minutes from a place to every place; inf where no road is open."""
        return _minutes(self._router(vehicle).ms_from(origin))

    def minutes_to(self, vehicle: str, destination: int) -> Floats:
        """(C,) minutes from every place to one; inf where no road is open."""
        return _minutes(self._router(vehicle).ms_to(destination))

    def minutes_within(self, vehicle: str, origin: int, most_min: float) -> Floats:
        """(C,) minutes from a place to those that are that near; inf for all others."""
        most_ms = int(min(most_min * MS_A_MIN, CLOSED_MS - 1))
        return _minutes(self._router(vehicle).ms_within(origin, most_ms))

    def minutes_between(self, vehicle: str, origin: int, destination: int) -> float:
        """Minutes from one place to another; inf where no road is open."""
        ms = self._router(vehicle).ms_between(origin, destination)
        return ms / MS_A_MIN if ms < CLOSED_MS else float("inf")

    def minutes_table(self, vehicle: str, origins: ArrayLike, destinations: ArrayLike) -> Floats:
        """(A, B) minutes from each of A places to each of B; inf where no road is open."""
        return _minutes(self._router(vehicle).table(origins, destinations))

    def nearest(self, vehicle: str, places: ArrayLike) -> tuple[Floats, Ints]:
        """(C,) minutes from every place to the nearest of a few, and which; inf and -1 for none."""
        ms, place = self._router(vehicle).nearest(places)
        return _minutes(ms), place

    def in_order(self, vehicle: str, origin: int, places: ArrayLike) -> Iterator[int]:
        """Those of some places that can be reached from one, nearest first."""
        return (place for place, _ in self._router(vehicle).in_order(origin, places))

    def route(self, vehicle: str, origin: int, destination: int) -> Route | None:
        """The quickest open way, or None. A way of no length has one node."""
        way = self._router(vehicle).route(origin, destination)
        if way is None:
            return None
        roads = self.graph.road[list(way.links)]
        return Route(
            nodes=way.nodes,
            roads=tuple(roads.tolist()),
            minutes=tuple(ms / MS_A_MIN for ms in way.ms),
            distance_km=float(sum(self.length_km[roads].tolist())),
        )


def _minutes(ms: Ints) -> Floats:
    return np.where(ms < CLOSED_MS, ms / MS_A_MIN, np.inf)
