"""The router that uses the extra `routes`: a contraction hierarchy where much is asked at once.

pyroutingkit wraps RoutingKit's customizable contraction hierarchies (Dibbelt, Strasser, Wagner
2016). One answers for any pair of nodes in a fraction of a millisecond, but each new set of weights
has to be worked into it first. So the first searches are done as by the default, and the hierarchy
is brought up to date when they have taken about as long as that will. No answer shows which it was.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from anlan.sim.place.dijkstra import DijkstraRouter
from anlan.sim.place.graph import CLOSED_MS, Ints, RoadGraph
from anlan.sim.place.routes import Way
from anlan.sim.place.searches import Net

# Measured on 50,000 nodes (benchmarks/routes.py); no answer depends on these. Working all weights
# in takes about as long as ten searches, or as working in 200 of them one by one; a search takes as
# long as ten origins of a table; the search for a way takes a quarter of a whole one.
SEARCHES = 10.0
FEW = 200
ORIGINS = 10
A_WAY = 0.25


def topology(graph: RoadGraph) -> Any:
    """The order of a graph's nodes, shared by routers of the same graph.

    Raises ImportError without the extra, ValueError where the nodes have no coordinates.
    """
    from pyroutingkit import CCHTopology

    if graph.node_lon is None or graph.node_lat is None:
        raise ValueError("a contraction hierarchy needs the nodes' coordinates")
    order = CCHTopology()
    order.build(
        graph.tail.astype(np.uint32),
        graph.head.astype(np.uint32),
        graph.node_lat.astype(np.float32),
        graph.node_lon.astype(np.float32),
        graph.nodes,
    )
    return order


class HierarchyRouter(DijkstraRouter):
    """Fulfils `Router`. `order`, if given, is the graph's own `topology`.

    `searches`: how many searches are done at some weights before the hierarchy takes over.
    """

    def __init__(
        self,
        graph: RoadGraph,
        net: Net | None = None,
        order: Any = None,
        searches: float = SEARCHES,
    ) -> None:
        from pyroutingkit import CCHMetric

        super().__init__(graph, net)
        self._hierarchy = CCHMetric(topology(graph) if order is None else order)
        self._hierarchy.customize(self._link_ms.astype(np.uint32))
        self._new = np.zeros(graph.links, dtype=bool)  # weights that are not worked in yet
        self._behind = False  # some are not
        self._most = searches
        self._searched = 0.0
        # Links into each node, those that win a tie first.
        self._into = np.lexsort((graph.rank, graph.head))
        self._into_at = np.searchsorted(graph.head[self._into], np.arange(graph.nodes + 1))

    def _take(self, changed: Ints, new_ms: Ints) -> bool:
        if len(changed):
            self._new[changed] = True
            self._behind = True
            self._searched = 0.0
        return super()._take(changed, new_ms)

    def _pays(self, searches: float) -> bool:
        """Whether the hierarchy should answer what would take some more searches."""
        self._searched += searches
        return self._searched > self._most or not self._behind

    def _customised(self) -> Any:
        """The hierarchy at the weights set last."""
        new = np.flatnonzero(self._new)
        if len(new) > FEW:
            self._hierarchy.customize(self._link_ms.astype(np.uint32))
        elif len(new):
            some_ms = self._link_ms[new].astype(np.uint32)
            self._hierarchy.update_weights(new.astype(np.uint32), some_ms)
        self._new[new] = False
        self._behind = False
        return self._hierarchy

    def table(self, origins: ArrayLike, destinations: ArrayLike) -> Ints:
        """(A, B) from each of A nodes to each of B nodes."""
        rows = np.asarray(origins, dtype=np.int64)
        columns = np.asarray(destinations, dtype=np.int64)
        missing = len(self._fewer(rows, columns)[0])
        if missing * ORIGINS >= len(rows) and self._pays(missing):
            return self._pairs(rows, columns)
        return super().table(rows, columns)

    def _pairs(self, rows: Ints, columns: Ints) -> Ints:
        if not len(rows) or not len(columns):
            return np.empty((len(rows), len(columns)), dtype=np.int64)
        ms = self._customised().distances_many_to_many(
            rows.astype(np.uint32), columns.astype(np.uint32)
        )
        found: Ints = np.minimum(ms.astype(np.int64), CLOSED_MS)
        return found

    def route(self, origin: int, destination: int) -> Way | None:
        """The quickest way, or None."""
        if origin == destination or not self._pays(A_WAY):
            return super().route(origin, destination)
        pieces: list[Ints] = []
        end = destination
        while end != origin:
            ms, _, links = self._customised().query(origin, end)
            if ms >= CLOSED_MS:
                return None
            end, piece = self._settled(origin, np.asarray(links, dtype=np.int64))
            pieces.append(piece)
        return self._way(origin, pieces)

    def _settled(self, origin: int, links: Ints) -> tuple[int, Ints]:
        """As much of the end of a quickest way as wins its ties, and the node where that begins.

        Where another link that is on a quickest way comes into a node of this one and has the lower
        rank, that link is taken, and what lies before it is to be found anew.
        """
        graph = self.graph
        at_ms = self._link_ms[links].cumsum()
        first, end = self._into_at[graph.head[links]], self._into_at[graph.head[links] + 1]
        place = np.repeat(np.arange(len(links)), end - first)  # in the way, of each link into it
        begins = np.cumsum(end - first) - (end - first)
        into = self._into[np.arange(len(place)) - begins[place] + first[place]]
        tails, which = np.unique(graph.tail[into], return_inverse=True)
        before_ms = self._pairs(np.array([origin]), tails)[0][which]
        quickest = before_ms + self._link_ms[into] == at_ms[place]
        places, chosen = np.unique(place[quickest], return_index=True)  # the lowest rank of each
        winners = into[quickest][chosen]
        other = np.flatnonzero(winners != links[places])
        if not len(other):
            return origin, links
        last = int(other[-1])
        kept = np.concatenate([winners[last : last + 1], links[places[last] + 1 :]])
        return int(graph.tail[winners[last]]), kept
