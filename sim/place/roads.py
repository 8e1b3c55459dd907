"""The roads of a scenario as rows, and the quickest ways over them for minutes that are set.

A router a class of vehicle answers (`routes.py`), exact on whole milliseconds. A vehicle that is
too heavy or too high for a road never takes it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from anlan.sim.place.graph import CLOSED_MS, Floats, Ints, RoadGraph, graph_of
from anlan.sim.place.routers import make_router
from anlan.sim.place.routes import Router
from anlan.sim.scenario.rules import Rules
from anlan.sim.scenario.schema import Scenario

CLASSES = ("car", "lorry", "boat")
MS_A_MIN = 60_000.0


@dataclass(frozen=True)
class VehicleRules(Rules, prefix="vehicle"):
    """What each class weighs and how high it is, against the limits of roads."""

    car_kg: float
    car_height_m: float
    lorry_kg: float
    lorry_height_m: float
    boat_kg: float
    boat_height_m: float

    def barred(self, graph: RoadGraph, vehicle: str) -> NDArray[np.bool_]:
        """(L,) links that a class may not take."""
        return graph.bars(getattr(self, f"{vehicle}_kg"), getattr(self, f"{vehicle}_height_m"))


@dataclass(frozen=True)
class Route:
    """A way over the roads: nodes and roads in order, minutes from the start at each node."""

    nodes: tuple[int, ...]
    roads: tuple[int, ...]
    minutes: tuple[float, ...]
    distance_km: float


class RoadTable:
    """The roads of a scenario as arrays: communities are the nodes, R roads the rows."""

    def __init__(
        self, scenario: Scenario, index: dict[str, int], graph: RoadGraph | None = None
    ) -> None:
        """graph: the scenario's, where it is at hand (`World.graph`); else it is made."""
        self.graph = graph or graph_of(scenario)
        self.ids = [r.road for r in scenario.roads]
        self.a = np.array([index[r.from_community] for r in scenario.roads], dtype=np.int64)
        self.b = np.array([index[r.to_community] for r in scenario.roads], dtype=np.int64)
        self.length_km = np.array([r.length_km for r in scenario.roads])
        self.free_kmh = np.array([r.speed_kmh for r in scenario.roads])
        self.n = len(self.a)
        rules = VehicleRules.read(scenario)
        self.barred = {c: rules.barred(self.graph, c) for c in CLASSES}

    @property
    def free_min(self) -> Floats:
        """(R,) minutes over each road, dry, calm and open."""
        return np.asarray(self.length_km / self.free_kmh * 60.0)


class RoadMap:
    """Quickest ways for minutes that are set by class of vehicle."""

    def __init__(self, table: RoadTable) -> None:
        self.table = table
        self.version = dict.fromkeys(CLASSES, 0)  # goes up when minutes of a class change
        self._minutes: dict[str, Floats] = {}
        self._stale = dict.fromkeys(CLASSES, False)  # the router has not been told of them yet
        self._routers = {c: make_router(table.graph) for c in CLASSES}
        self._parts: dict[str, tuple[int, Ints]] = {}  # of which version, and they

    def set_minutes(self, vehicle: str, minutes: Floats) -> bool:
        """(R,) minutes over each road, infinite where it is closed; True when any is new."""
        held = self._minutes.get(vehicle)
        if held is not None and (held == minutes).all():
            return False
        self._minutes[vehicle] = minutes
        self._stale[vehicle] = True
        self.version[vehicle] += 1
        return True

    def _router(self, vehicle: str) -> Router:
        """The router of a class; it is told of new minutes only when it is asked something."""
        router = self._routers[vehicle]
        if self._stale[vehicle]:
            # Past its largest number a router knows no way; a road takes some time at least.
            ms = np.rint(np.minimum(self._minutes[vehicle] * MS_A_MIN, CLOSED_MS))
            link_ms = np.maximum(ms, 1.0).astype(np.int64)[self.table.graph.road]
            link_ms[self.table.barred[vehicle]] = CLOSED_MS
            router.set_weights(link_ms)
            self._stale[vehicle] = False
        return router

    def minutes_from(self, vehicle: str, origin: int) -> Floats:
        """(C,) minutes from a place to every place; infinite where no road is open."""
        return _minutes(self._router(vehicle).ms_from(origin))

    def minutes_to(self, vehicle: str, destination: int) -> Floats:
        """(C,) minutes from every place to one; infinite where no road is open."""
        return _minutes(self._router(vehicle).ms_to(destination))

    def minutes_within(self, vehicle: str, origin: int, most_min: float) -> Floats:
        """(C,) minutes from a place to those that are that near; infinite for all others."""
        most_ms = int(min(most_min * MS_A_MIN, CLOSED_MS - 1))
        return _minutes(self._router(vehicle).ms_within(origin, most_ms))

    def minutes_between(self, vehicle: str, origin: int, destination: int) -> float:
        """Minutes from one place to another; infinite where no road is open."""
        ms = self._router(vehicle).ms_between(origin, destination)
        return ms / MS_A_MIN if ms < CLOSED_MS else float("inf")

    def minutes_table(self, vehicle: str, origins: ArrayLike, destinations: ArrayLike) -> Floats:
        """(A, B) minutes from each of A places to each of B; infinite where no road is open."""
        return _minutes(self._router(vehicle).table(origins, destinations))

    def parts(self, vehicle: str) -> Ints:
        """(N,) number of the part of the network in which each place lies, for a class of vehicle.

        No way leads from one part to another; in one part there may be none against one-way roads.
        """
        version, found = self._parts.get(vehicle, (-1, None))
        if found is None or version != self.version[vehicle]:
            graph, closed = self.table.graph, np.isinf(self._minutes[vehicle])
            open_link = ~(closed[graph.road] | self.table.barred[vehicle])
            ends = graph.tail[open_link], graph.head[open_link]
            links = coo_array((np.ones(len(ends[0])), ends), shape=(graph.nodes, graph.nodes))
            found = connected_components(links, directed=False)[1].astype(np.int64)
            self._parts[vehicle] = self.version[vehicle], found
        return found

    def nearest(self, vehicle: str, places: ArrayLike) -> tuple[Floats, Ints]:
        """(C,) minutes from every place to the nearest of a few, and which; -1 for none."""
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
        roads = self.table.graph.road[list(way.links)]
        return Route(
            nodes=way.nodes,
            roads=tuple(roads.tolist()),
            minutes=tuple(ms / MS_A_MIN for ms in way.ms),
            distance_km=float(sum(self.table.length_km[roads].tolist())),
        )


def _minutes(ms: Ints) -> Floats:
    return np.where(ms < CLOSED_MS, ms / MS_A_MIN, np.inf)
