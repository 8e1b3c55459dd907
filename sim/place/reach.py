"""Which places a vehicle can drive to from where most people of the district live."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import breadth_first_order, connected_components

from anlan.sim.place.graph import RoadGraph

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]


class Reach:
    """Asked for links that are open, it says which of C places lie apart from the main part.

    The main part is that of the places that can all be driven to from one another in which most
    people live; of several as large the one with the lowest id.
    """

    def __init__(self, graph: RoadGraph, residents: Ints) -> None:
        """residents (C,): how many live in each place."""
        order = np.argsort(graph.tail, kind="stable")
        self._road, self._links = graph.road[order], order
        self._head = graph.head[order].astype(np.int32)
        self._first = np.searchsorted(graph.tail[order], np.arange(graph.nodes + 1))
        self._rank = graph.node_rank
        self._residents = residents

    def apart(self, closed: Bools, barred: Bools) -> Bools:
        """(C,) places that nobody can drive to; closed (R,) roads, barred (L,) links."""
        passes = ~(closed[self._road] | barred[self._links])
        places = len(self._residents)
        upto = np.concatenate([[0], np.cumsum(passes)]).astype(np.int32)
        heads = self._head[passes]
        links = csr_matrix((np.ones(len(heads)), heads, upto[self._first]), shape=(places, places))
        _, part = connected_components(links, directed=True, connection="strong")
        people = np.bincount(part, weights=self._residents)
        main = np.flatnonzero(people[part] == people.max())
        start = main[np.argmin(self._rank[main])]
        found = np.ones(places, dtype=bool)
        found[breadth_first_order(links, start, return_predecessors=False)] = False
        return found
