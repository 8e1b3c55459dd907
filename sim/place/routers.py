"""Which router answers for a graph. All give the same answers; they differ in what they cost."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any
from weakref import WeakKeyDictionary

from anlan.sim.place.dijkstra import DijkstraRouter
from anlan.sim.place.graph import RoadGraph
from anlan.sim.place.hierarchy import HierarchyRouter, topology
from anlan.sim.place.routes import Router
from anlan.sim.place.searches import Net

# From here on the extra is quicker where it is installed (benchmarks/routes.py).
LARGE = 10_000
# What is worked out once for a graph and shared by its routers.
_NETS: WeakKeyDictionary[RoadGraph, Net] = WeakKeyDictionary()
_ORDERS: WeakKeyDictionary[RoadGraph, Any] = WeakKeyDictionary()


def make_router(graph: RoadGraph) -> Router:
    """A router with weights of its own, all links closed."""
    if graph not in _NETS:
        _NETS[graph] = Net(graph)
    if graph.nodes < LARGE or graph.node_lon is None or find_spec("pyroutingkit") is None:
        return DijkstraRouter(graph, _NETS[graph])
    if graph not in _ORDERS:
        _ORDERS[graph] = topology(graph)
    return HierarchyRouter(graph, _NETS[graph], _ORDERS[graph])
