"""Chains of nodes between two crossings, drawn together into arcs of exactly the same length.

Some two thirds of the nodes of a real road network only bend a road. A node with two neighbours
that is no stop is left out, and the links through it become one arc. Left-out nodes can still be
asked about: each knows the arcs that it lies on and how far along.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anlan.sim.place.graph import CLOSED_MS, Floats, Ints, RoadGraph


@dataclass(frozen=True, eq=False)
class Chains:
    """K nodes that are kept and A arcs between them; N nodes and L links of the graph."""

    graph: RoadGraph
    kept: Ints  # (K,) node
    kept_at: Ints  # (N,) its number among the kept, -1 for one that is left out
    tail: Ints  # (A,) numbers among the kept
    head: Ints
    links: Ints  # (L,) links of all arcs, one arc after the other
    start: Ints  # (A + 1,) where each arc's links begin
    rank: Ints  # (A,) rank of its last link, by which ties are broken
    arc_of: Ints  # (L,) the arc of a link
    on: dict[int, list[tuple[int, int]]]  # left-out node -> arcs it lies on, links before it

    def arc_ms(self, link_ms: Ints) -> Floats:
        """(A,) milliseconds of the arcs; inf where a link of them is closed."""
        return np.add.reduceat(_open_ms(link_ms[self.links]), self.start[:-1])

    def some_arc_ms(self, link_ms: Ints, arcs: Ints) -> Floats:
        """The same for a few arcs."""
        if len(self.links) == len(self.tail):  # every arc is one link
            return _open_ms(link_ms[self.links[arcs]])
        lengths = self.start[arcs + 1] - self.start[arcs]
        first = np.cumsum(lengths) - lengths
        inside = np.arange(lengths.sum()) - np.repeat(first, lengths)
        links = self.links[np.repeat(self.start[arcs], lengths) + inside]
        return np.add.reduceat(_open_ms(link_ms[links]), first)

    def arcs_of(self, links: Ints) -> Ints:
        """The arcs that some links, each named once, are part of; each arc once."""
        if len(self.links) == len(self.tail):  # every arc is one link
            return self.arc_of[links]
        arcs = np.unique(self.arc_of[links])
        return arcs[arcs >= 0]

    def links_of(self, arc: int) -> Ints:
        """The links of an arc, in order."""
        return self.links[self.start[arc] : self.start[arc + 1]]


def _open_ms(link_ms: Ints) -> Floats:
    return np.where(link_ms < CLOSED_MS, link_ms, np.inf)


def contract(graph: RoadGraph) -> Chains:
    """Leave out what only bends a road. Stops stay, and so does a ring that nobody enters."""
    after = _passes(graph)
    out = np.zeros(graph.nodes, dtype=bool)
    out[graph.head[after >= 0]] = True
    chains = _follow(graph, after, out)
    passed = np.zeros(graph.nodes, dtype=bool)
    for chain in chains:
        passed[graph.head[chain[:-1]]] = True
    lost = out & ~passed  # on rings that nobody enters
    if lost.any():
        after[lost[graph.head]] = -1
        out &= passed
        chains = _follow(graph, after, out)
    return _assemble(graph, chains, out)


def _passes(graph: RoadGraph) -> Ints:
    """(L,) the link by which a drive must go on from the head of each, -1 where it may choose.

    Set where the head is no stop, has two neighbours, and each of its links goes on as another: a
    two-way road bent, or a one-way road bent.
    """
    n = graph.nodes
    ends = np.concatenate([graph.tail, graph.head])
    beside = np.concatenate([graph.head, graph.tail])
    real = ends != beside
    pairs = np.unique(ends[real] * n + beside[real])
    neighbours = np.bincount(pairs // n, minlength=n)
    into, out_of = np.bincount(graph.head, minlength=n), np.bincount(graph.tail, minlength=n)
    bend = (neighbours == 2) & (into == out_of) & (into <= 2)
    bend[graph.stops] = False
    leaving: dict[int, list[int]] = {}
    for link in np.flatnonzero(bend[graph.tail]).tolist():
        leaving.setdefault(int(graph.tail[link]), []).append(link)
    after = np.full(graph.links, -1, dtype=np.int64)
    arriving = np.flatnonzero(bend[graph.head])
    for link, tail, head in zip(
        arriving.tolist(), graph.tail[arriving].tolist(), graph.head[arriving].tolist(), strict=True
    ):
        onward = [out for out in leaving[head] if graph.head[out] != tail]
        after[link] = onward[0] if len(onward) == 1 else -1
    # Two links that would go on as the same one leave a third without a beginning: no bend, either.
    onward_of, counts = np.unique(after[arriving], return_counts=True)
    doubled = onward_of[(counts > 1) & (onward_of >= 0)]
    torn = np.zeros(n, dtype=bool)
    torn[graph.tail[doubled]] = True
    after[torn[graph.head]] = -1
    return after


def _follow(graph: RoadGraph, after: Ints, out: NDArray[np.bool_]) -> list[list[int]]:
    """The links of each arc, from one kept node to the next."""
    onward = after.tolist()
    chains = []
    for link in np.flatnonzero(~out[graph.tail]).tolist():
        chain = [link]
        while onward[chain[-1]] >= 0:
            chain.append(onward[chain[-1]])
        chains.append(chain)
    return chains


def _assemble(graph: RoadGraph, chains: list[list[int]], out: NDArray[np.bool_]) -> Chains:
    kept = np.flatnonzero(~out)
    kept_at = np.full(graph.nodes, -1, dtype=np.int64)
    kept_at[kept] = np.arange(len(kept))
    lengths = np.array([len(chain) for chain in chains], dtype=np.int64)
    links = np.array([link for chain in chains for link in chain], dtype=np.int64)
    start = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    arc_of = np.full(graph.links, -1, dtype=np.int64)
    arc_of[links] = np.repeat(np.arange(len(chains)), lengths)
    on: dict[int, list[tuple[int, int]]] = {}
    for arc in np.flatnonzero(lengths > 1).tolist():
        for before, link in enumerate(chains[arc][:-1], start=1):
            on.setdefault(int(graph.head[link]), []).append((arc, before))
    return Chains(
        graph=graph,
        kept=kept,
        kept_at=kept_at,
        tail=kept_at[graph.tail[links[start[:-1]]]],
        head=kept_at[graph.head[links[start[1:] - 1]]],
        links=links,
        start=start,
        rank=graph.rank[links[start[1:] - 1]],
        arc_of=arc_of,
        on=on,
    )
