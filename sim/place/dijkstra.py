"""The router that needs nothing but scipy: Dijkstra over the nodes that chains leave."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from anlan.sim.place.graph import CLOSED_MS, Floats, Ints, RoadGraph
from anlan.sim.place.routes import Way, whole_ms
from anlan.sim.place.searches import FARTHEST_MS, Net, Searches, settle_ties


class End(NamedTuple):
    """The kept node by which a drive leaves a node or comes to it, and how far off that is."""

    at: int
    ms: float


class DijkstraRouter:
    """Fulfils `Router`. `net`, if given, is the graph's own, which its routers share."""

    def __init__(self, graph: RoadGraph, net: Net | None = None) -> None:
        self.graph = graph
        self.version = 0
        self.net = net or Net(graph)
        self._chains = self.net.chains
        self._link_ms = np.full(graph.links, CLOSED_MS, dtype=np.int64)
        self._searches = Searches(self.net, self._chains.arc_ms(self._link_ms))

    def set_weights(self, link_ms: Ints) -> bool:
        """New milliseconds of every link; True when any is new."""
        new_ms = whole_ms(link_ms, self.graph.links)
        return self._take(np.flatnonzero(new_ms != self._link_ms), new_ms)

    def change(self, links: ArrayLike, link_ms: ArrayLike) -> bool:
        """New milliseconds of a few links; True when any is new."""
        some = np.asarray(links, dtype=np.int64)
        new_ms = self._link_ms.copy()
        new_ms[some] = whole_ms(link_ms, len(some))
        return self._take(some[new_ms[some] != self._link_ms[some]], new_ms)

    def _take(self, changed: Ints, new_ms: Ints) -> bool:
        if not len(changed):
            return False
        self.version += 1
        self._link_ms[changed] = new_ms[changed]
        arcs = self._chains.arcs_of(changed)
        arc_ms = self._chains.some_arc_ms(self._link_ms, arcs)
        other = arc_ms != self._searches.arc_ms[arcs]
        if other.any():
            self._searches.change(arcs[other], arc_ms[other])
        return True

    def ms_from(self, origin: int) -> Ints:
        """(S,) from a node to every stop."""
        return _answer(self._spread(origin, back=False)[self.net.stops])

    def ms_to(self, destination: int) -> Ints:
        """(S,) from every stop to a node."""
        return _answer(self._spread(destination, back=True)[self.net.stops])

    def ms_within(self, origin: int, most_ms: int) -> Ints:
        """(S,) from a node to the stops that are that near."""
        ms = self._spread(origin, False, float(min(most_ms, CLOSED_MS - 1)))[self.net.stops]
        return _answer(np.where(ms <= most_ms, ms, np.inf))

    def ms_between(self, origin: int, destination: int) -> int:
        """From one node to another."""
        if origin == destination:
            return 0
        ms = self._on_one_chain(origin, destination)
        for first in self._ends(origin, back=False):
            for last in self._ends(destination, back=True):
                ms = min(ms, first.ms + self._searches.between(first.at, last.at) + last.ms)
        return int(ms) if ms <= FARTHEST_MS else CLOSED_MS

    def table(self, origins: ArrayLike, destinations: ArrayLike) -> Ints:
        """(A, B) from each of A nodes to each of B nodes."""
        rows = np.asarray(origins, dtype=np.int64)
        columns = np.asarray(destinations, dtype=np.int64)
        missing, against = self._fewer(rows, columns)
        self._searches.whole(missing, against)
        few, many = (columns, rows) if against else (rows, columns)
        which, place = np.unique(few, return_inverse=True)
        lines = [self._line(node, many, against) for node in which.tolist()]
        found = np.reshape(lines, (len(which), len(many)))[place]
        return _answer(found.T if against else found)

    def _fewer(self, origins: Ints, destinations: Ints) -> tuple[list[int], bool]:
        """The searches that a table needs, from its origins or to its destinations (True)."""
        fore = self._missing(origins, back=False)
        back = self._missing(destinations, back=True)
        return (back, True) if len(back) < len(fore) else (fore, False)

    def _missing(self, nodes: Ints, back: bool) -> list[int]:
        """The kept nodes from which a search would be needed to tell all about some nodes."""
        starts = self._chains.kept_at[nodes].tolist()
        if starts and min(starts) < 0:
            starts = [end.at for node in nodes.tolist() for end in self._ends(node, back)]
        return self._searches.missing(starts, back)

    def nearest(self, targets: ArrayLike) -> tuple[Ints, Ints]:
        """(S,) to the nearest of a few nodes: milliseconds, and node or -1."""
        nodes = np.unique(np.asarray(targets, dtype=np.int64))
        nodes = nodes[np.argsort(self.graph.node_rank[nodes])]
        best = np.full(len(self.net.stops), np.inf)
        which = np.full(len(best), -1, dtype=np.int64)  # a place in `nodes`
        at = self._chains.kept_at[nodes]
        if (at >= 0).any():
            best, which = self._nearest_kept(nodes)
        for place in np.flatnonzero(at < 0).tolist():
            ms = self._spread(int(nodes[place]), back=True)[self.net.stops]
            nearer = (ms < best) | ((ms == best) & (place < which) & (ms < np.inf))
            best, which = np.where(nearer, ms, best), np.where(nearer, place, which)
        return _answer(best), np.append(nodes, -1)[which]

    def _nearest_kept(self, nodes: Ints) -> tuple[Floats, Ints]:
        """(S,) to the nearest of the kept ones among some nodes, and its place in `nodes`."""
        at = self._chains.kept_at[nodes]
        place = np.full(len(self._chains.kept), len(nodes), dtype=np.int64)
        place[at[at >= 0]] = np.flatnonzero(at >= 0)
        ms, found = self._searches.to_any(at[at >= 0].tolist())
        label = np.where(ms < np.inf, place[np.maximum(found, 0)], len(nodes))
        chains = self._chains
        label = settle_ties(chains.tail, chains.head, self._searches.arc_ms, ms, label)
        stops = self.net.stops
        return ms[stops], np.where(ms[stops] < np.inf, label[stops], -1)

    def in_order(self, origin: int, targets: ArrayLike) -> Iterator[tuple[int, int]]:
        """The targets that can be reached, nearest first: node and milliseconds."""
        left = np.unique(np.asarray(targets, dtype=np.int64))
        for most_ms in self.net.rings_ms:
            if not len(left):
                return
            ms = self._line(origin, left, False, most_ms)
            found = ms <= most_ms
            near, near_ms = left[found], ms[found]
            for n in np.lexsort((self.graph.node_rank[near], near_ms)).tolist():
                yield int(near[n]), int(near_ms[n])
            left = left[~found]

    def route(self, origin: int, destination: int) -> Way | None:
        """The quickest way, or None."""
        if origin == destination:
            return Way((origin,), (), (0,))
        fore_ms = self._fore(origin, destination)
        total_ms = self._on_one_chain(origin, destination)
        for last in self._ends(destination, back=True):
            total_ms = min(total_ms, float(fore_ms[last.at]) + last.ms)
        if total_ms > FARTHEST_MS:
            return None
        return self._way(origin, self._back_over(origin, destination, fore_ms, total_ms))

    # -- ways -------------------------------------------------------------------------------

    def _way(self, origin: int, pieces: list[Ints]) -> Way:
        links = np.concatenate(pieces[::-1])
        heads, ms = self.graph.head[links], self._link_ms[links].cumsum()
        return Way((origin, *heads.tolist()), tuple(links.tolist()), (0, *ms.tolist()))

    def _back_over(
        self, origin: int, destination: int, fore_ms: Floats, total_ms: float
    ) -> list[Ints]:
        """The links of the way that wins all ties, in pieces, the last piece first."""
        pieces: list[Ints] = []
        node = int(self._chains.kept_at[destination])
        if node < 0:
            node, piece = self._last_piece(origin, destination, fore_ms, total_ms)
            pieces.append(piece)
        while node >= 0 and self._chains.kept[node] != origin:
            node, piece = self._piece_into(node, origin, fore_ms)
            pieces.append(piece)
        return pieces

    def _fore(self, origin: int, destination: int) -> Floats:
        """(K,) from the origin, right for all that lies on a quickest way to the destination."""
        fore_ms: Floats | None = None
        for first in self._ends(origin, back=False):
            for last in self._ends(destination, back=True):
                ms = self._searches.covering(first.at, last.at)
                ms = ms + first.ms if first.ms else ms
                fore_ms = ms if fore_ms is None else np.minimum(fore_ms, ms)
        return np.full(len(self._chains.kept), np.inf) if fore_ms is None else fore_ms

    def _piece_into(self, node: int, origin: int, fore_ms: Floats) -> tuple[int, Ints]:
        """The last arc of the way to a kept node, or what there is of it after the origin (-1)."""
        chains, arc_ms, at_ms = self._chains, self._searches.arc_ms, fore_ms[node]
        found: list[tuple[int, int, Ints]] = []  # rank of the last link, where it begins, links
        for arc, tail in self.net.into[node]:  # the lowest rank comes first
            if fore_ms[tail] + arc_ms[arc] == at_ms:
                found.append((int(chains.rank[arc]), tail, chains.links_of(arc)))
                break
        for arc, passed in chains.on.get(origin, ()):
            if chains.head[arc] == node and self._sum_ms(arc, passed, None) == at_ms:
                found.append((int(chains.rank[arc]), -1, chains.links_of(arc)[passed:]))
        _, before, piece = min(found, key=lambda one: one[0])
        return before, piece

    def _last_piece(
        self, origin: int, destination: int, fore_ms: Floats, total_ms: float
    ) -> tuple[int, Ints]:
        """The way along a chain into a left-out node, from its kept end or the origin (-1)."""
        chains, rank = self._chains, self.graph.rank
        found: list[tuple[int, int, Ints]] = []
        starts = dict(chains.on.get(origin, ()))
        for arc, passed in chains.on[destination]:
            links, tail = chains.links_of(arc), int(chains.tail[arc])
            last = int(rank[links[passed - 1]])
            if fore_ms[tail] + self._sum_ms(arc, 0, passed) == total_ms:
                found.append((last, tail, links[:passed]))
            start = starts.get(arc, passed)
            if start < passed and self._sum_ms(arc, start, passed) == total_ms:
                found.append((last, -1, links[start:passed]))
        _, node, piece = min(found, key=lambda one: one[0])
        return node, piece

    # -- nodes that chains leave out ----------------------------------------------------------

    def _sum_ms(self, arc: int, first: int, end: int | None) -> float:
        """Over some of an arc's links; inf where one is closed."""
        ms = self._link_ms[self._chains.links_of(arc)[first:end]]
        return float(ms.sum()) if (ms < CLOSED_MS).all() else float("inf")

    def _ends(self, node: int, back: bool) -> list[End]:
        """The kept nodes by which one can leave a node (back: come to it): itself, if kept."""
        chains = self._chains
        at = int(chains.kept_at[node])
        if at >= 0:
            return [End(at, 0.0)]
        ends = []
        for arc, passed in chains.on[node]:
            ms = self._sum_ms(arc, 0, passed) if back else self._sum_ms(arc, passed, None)
            if ms < np.inf:
                ends.append(End(int((chains.tail if back else chains.head)[arc]), ms))
        return ends

    def _on_one_chain(self, origin: int, destination: int) -> float:
        """From one left-out node straight along its chain to another; inf where that is not so."""
        starts = dict(self._chains.on.get(origin, ()))
        ways = [
            self._sum_ms(arc, starts[arc], passed)
            for arc, passed in self._chains.on.get(destination, ())
            if starts.get(arc, passed) < passed
        ]
        return min(ways, default=float("inf"))

    def _spread(self, start: int, back: bool, most_ms: float = FARTHEST_MS) -> Floats:
        """(K,) from a node (back: to it), right as far as `most_ms` at least."""
        ends = self._ends(start, back)
        if len(ends) == 1 and ends[0].ms == 0.0:
            return self._searches.within(ends[0].at, back, most_ms)
        ms = np.full(len(self._chains.kept), np.inf)
        for end in ends:
            ms = np.minimum(ms, self._searches.within(end.at, back, most_ms) + end.ms)
        return ms

    def _line(self, start: int, others: Ints, back: bool, most_ms: float = FARTHEST_MS) -> Floats:
        """(B,) from a node to others (back: to it), right as far as `most_ms` at least."""
        spread = self._spread(start, back, most_ms)
        at = self._chains.kept_at[others]
        ms = spread[at]
        for n in np.flatnonzero(at < 0).tolist() if self._chains.on else ():
            other = int(others[n])
            straight = (other, start) if back else (start, other)
            ms[n] = 0.0 if other == start else self._on_one_chain(*straight)
            for end in self._ends(other, not back):
                ms[n] = min(ms[n], spread[end.at] + end.ms)
        return ms


def _answer(ms: Floats) -> Ints:
    return np.where(ms <= FARTHEST_MS, ms, CLOSED_MS).astype(np.int64)
