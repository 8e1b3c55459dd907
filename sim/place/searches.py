"""Searches over the kept nodes of a road graph that are kept, widened and outlive small changes.

A search begins at a node, forward or backward, and goes as far as a question needs. It is still
right after a change of weights if no arc that it may have used became slower and none that became
quicker offers anything better; that is looked at when it is asked for again.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from anlan.sim.place.chains import contract
from anlan.sim.place.graph import CLOSED_MS, Floats, Ints, RoadGraph

FARTHEST_MS = float(CLOSED_MS - 1)
# How far a search goes that may end early, one after the other: no answer depends on these. Over a
# small graph all of it takes hardly longer than a part.
RINGS_MS = (600_000.0, 2_400_000.0, 9_600_000.0, FARTHEST_MS)
SMALL = 512
KEPT_BYTES = 32_000_000  # of searches that are kept; what goes beyond is found anew
STEPS = 64  # changes back over which a search is looked at again
LARGE_SHARE = 0.05  # of all arcs: a change of more than that is taken to touch every search


class Sparse:
    """Arcs in the order of scipy's CSR arrays; the quickest of parallel arcs stands for all."""

    def __init__(self, nodes: int, tail: Ints, head: Ints) -> None:
        order = np.lexsort((head, tail))
        rows, columns = tail[order], head[order]
        first = np.ones(len(rows), dtype=bool)
        first[1:] = (rows[1:] != rows[:-1]) | (columns[1:] != columns[:-1])
        at = np.cumsum(first) - 1
        self.slot = np.empty(len(rows), dtype=np.int64)  # where an arc's weight stands
        self.slot[order] = at
        beside = np.bincount(at)[at] > 1 if len(at) else first
        self.parallel = order[beside]  # arcs that have others beside them, group by group
        self.group = np.flatnonzero(first[beside])  # where each group begins
        # 32 bits is what scipy's search works with: it would convert others at every call.
        self.columns = columns[first].astype(np.int32)
        self.pointers = np.searchsorted(rows[first], np.arange(nodes + 1)).astype(np.int32)
        self.nodes = nodes

    def matrix(self, arc_ms: Floats) -> csr_array:
        """A CSR matrix of weights, (A,)."""
        shape = (self.nodes, self.nodes)
        found = csr_array((np.empty(len(self.columns)), self.columns, self.pointers), shape=shape)
        self.rewrite(found, arc_ms, np.arange(len(arc_ms)))
        return found

    def rewrite(self, matrix: csr_array, arc_ms: Floats, arcs: Ints) -> None:
        """Bring a matrix to new weights, which differ from its own at some arcs only."""
        matrix.data[self.slot[arcs]] = arc_ms[arcs]
        if len(self.parallel):
            quickest = np.minimum.reduceat(arc_ms[self.parallel], self.group)
            matrix.data[self.slot[self.parallel[self.group]]] = quickest


class Net:
    """What is worked out once for a graph: its chains, and its arcs in both directions."""

    def __init__(self, graph: RoadGraph) -> None:
        self.chains = chains = contract(graph)
        kept = len(chains.kept)
        self.along = Sparse(kept, chains.tail, chains.head)
        self.against = Sparse(kept, chains.head, chains.tail)
        self.stops = chains.kept_at[graph.stops]
        self.rings_ms = RINGS_MS if kept > SMALL else (FARTHEST_MS,)
        # Arcs into each kept node with their tails, those that win a tie first.
        self.into: list[list[tuple[int, int]]] = [[] for _ in range(kept)]
        order = np.argsort(chains.rank)
        for arc, tail, head in zip(
            order.tolist(), chains.tail[order].tolist(), chains.head[order].tolist(), strict=True
        ):
            self.into[head].append((arc, tail))


@dataclass(eq=False)
class Search:
    """Milliseconds from a kept node (backward: to it) as far as `most_ms`; inf beyond."""

    ms: Floats  # (K,)
    most_ms: float
    version: int

    def knows(self, node: int) -> bool:
        """Whether it came as far as a node, or looked everywhere."""
        return self.most_ms >= FARTHEST_MS or bool(self.ms[node] < np.inf)


class Step(NamedTuple):
    """A change of a few arcs' weights, which led to `version`."""

    version: int
    tail: Ints
    head: Ints
    old_ms: Floats
    new_ms: Floats

    def touches(self, search: Search, back: bool) -> bool:
        """Whether the search could be other after the change than it was before."""
        near_ms = search.ms[self.head if back else self.tail]
        if not (near_ms < np.inf).any():
            return False
        far_ms = search.ms[self.tail if back else self.head]
        used = near_ms + self.old_ms <= np.minimum(far_ms, search.most_ms)
        better = (near_ms + self.new_ms < far_ms) & (near_ms + self.new_ms <= search.most_ms)
        return bool(np.where(self.new_ms > self.old_ms, used, better).any())


class Searches:
    """The searches of one set of weights. K kept nodes, A arcs; a node here is a kept one's number.

    `back`: against the arcs, so that the milliseconds are those to the node where it began.
    """

    def __init__(self, net: Net, arc_ms: Floats) -> None:
        self.net = net
        self.arc_ms = arc_ms
        self._version = 0
        self._kept: dict[tuple[int, bool], Search] = {}
        self._steps: deque[Step] = deque(maxlen=STEPS)
        self._matrices: dict[bool, csr_array] = {}
        self._most_kept = max(16, KEPT_BYTES // (8 * max(1, len(net.chains.kept))))

    def change(self, arcs: Ints, new_ms: Floats) -> None:
        """Take new weights of some arcs, each named once."""
        self._version += 1
        if len(arcs) > LARGE_SHARE * len(self.arc_ms):
            self._kept.clear()
            self._steps.clear()
        else:
            tail, head = self.net.chains.tail[arcs], self.net.chains.head[arcs]
            self._steps.append(Step(self._version, tail, head, self.arc_ms[arcs], new_ms))
        self.arc_ms[arcs] = new_ms
        for back, matrix in self._matrices.items():
            self._direction(back).rewrite(matrix, self.arc_ms, arcs)

    def within(self, start: int, back: bool, most_ms: float = FARTHEST_MS) -> Floats:
        """(K,) right as far as `most_ms` at least; inf beyond what was searched."""
        search = self._still_right(start, back)
        if search is None or search.most_ms < most_ms:
            search = self._search(start, back, most_ms)
        return search.ms

    def missing(self, starts: Iterable[int], back: bool) -> list[int]:
        """Those of some nodes from which there is no whole search yet."""
        missing = []
        for start in dict.fromkeys(starts):
            search = self._kept.get((start, back))
            if search is not None and search.version != self._version:
                search = self._still_right(start, back)
            if search is None or search.most_ms < FARTHEST_MS:
                missing.append(start)
        return missing

    def whole(self, missing: list[int], back: bool) -> None:
        """Do the whole searches from some nodes in one go."""
        at_once = max(1, self._most_kept // 4)
        for first in range(0, len(missing), at_once):
            some = missing[first : first + at_once]
            found = dijkstra(self._matrix(back), indices=some, limit=FARTHEST_MS)
            for start, ms in zip(some, found, strict=True):
                self._keep(start, back, Search(ms.copy(), FARTHEST_MS, self._version))

    def between(self, start: int, end: int) -> float:
        """From one node to another; inf where there is no way. The search to `end` grows."""
        for node, other, back in ((end, start, True), (start, end, False)):
            search = self._still_right(node, back)
            if search is not None and search.knows(other):
                return float(search.ms[other])
        return float(self._grown(end, start, True).ms[start])

    def covering(self, start: int, end: int) -> Floats:
        """(K,) from a node as far as another at least (all that it can reach, if not that one)."""
        search = self._still_right(start, False)
        if search is not None and search.knows(end):
            return search.ms
        backward = self._still_right(end, True)
        if backward is not None and backward.ms[start] < np.inf:
            return self._search(start, False, float(backward.ms[start])).ms
        return self._grown(start, end, False).ms

    def to_any(self, ends: list[int]) -> tuple[Floats, Ints]:
        """(K,) to the nearest of a few nodes, and one that is as near (negative: none)."""
        ms, _, ends_found = dijkstra(
            self._matrix(True),
            indices=ends,
            return_predecessors=True,
            min_only=True,
            limit=FARTHEST_MS,
        )
        return ms, ends_found.astype(np.int64)

    def _grown(self, start: int, until: int, back: bool) -> Search:
        search = self._still_right(start, back)
        for most_ms in self.net.rings_ms:
            if search is None or search.most_ms < most_ms:
                search = self._search(start, back, most_ms)
            if search.knows(until):
                break
        assert search is not None
        return search

    def _search(self, start: int, back: bool, most_ms: float) -> Search:
        ms = dijkstra(self._matrix(back), indices=start, limit=most_ms)
        return self._keep(start, back, Search(ms, most_ms, self._version))

    def _keep(self, start: int, back: bool, search: Search) -> Search:
        if len(self._kept) >= self._most_kept:
            self._kept.clear()
        self._kept[start, back] = search
        return search

    def _still_right(self, start: int, back: bool) -> Search | None:
        """The kept search from a node, if none of the changes since then touches it."""
        search = self._kept.get((start, back))
        if search is None or search.version == self._version:
            return search
        if not self._steps or self._steps[0].version > search.version + 1:
            del self._kept[start, back]  # too long ago
            return None
        for step in self._steps:
            if step.version > search.version and step.touches(search, back):
                del self._kept[start, back]
                return None
        search.version = self._version
        return search

    def _matrix(self, back: bool) -> csr_array:
        if back not in self._matrices:
            self._matrices[back] = self._direction(back).matrix(self.arc_ms)
        return self._matrices[back]

    def _direction(self, back: bool) -> Sparse:
        return self.net.against if back else self.net.along


def settle_ties(
    tail: Ints, head: Ints, arc_ms: Floats, ms: Floats, label: Ints
) -> NDArray[np.int64]:
    """(K,) the lowest label of all equally near ends, given one of them at each node.

    `ms` (K,) to the nearest end, `label` (K,) of an end that is as near. Labels flow back over the
    arcs of quickest ways, along which `ms` falls, until none becomes lower.
    """
    with np.errstate(invalid="ignore"):
        quickest = (ms[head] + arc_ms == ms[tail]) & (ms[tail] < np.inf)
    tail, head, label = tail[quickest], head[quickest], label.copy()
    while True:
        lower = label[head] < label[tail]
        if not lower.any():
            return label
        np.minimum.at(label, tail[lower], label[head[lower]])
