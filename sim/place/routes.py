"""What can be asked about the ways over a road graph, whoever answers.

A router holds one set of weights (whole milliseconds a directed link) and answers exactly. Ties are
broken by ids, never by row order or by how a way was found:

- Of several ways that take equally long, the one is given that comes into its last node over the
  link with the lowest id, before that into its last node but one over the link with the lowest id,
  and so on back to the start (`RoadGraph.rank`).
- Of several places that are equally near, the one with the lowest id comes first
  (`RoadGraph.node_rank`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike

from anlan.sim.place.graph import CLOSED_MS, Ints, RoadGraph


@dataclass(frozen=True)
class Way:
    """Nodes and links in order, and the milliseconds from the start at each node."""

    nodes: tuple[int, ...]
    links: tuple[int, ...]
    ms: tuple[int, ...]


class Unrolled[T]:
    """What an iterator gives, kept: read as often as one likes, found only as far as it is read."""

    def __init__(self, more: Iterator[T]) -> None:
        self._so_far: list[T] = []
        self._more = more

    def __iter__(self) -> Iterator[T]:
        n = 0
        while True:
            if n == len(self._so_far):
                found = next(self._more, None)
                if found is None:
                    return
                self._so_far.append(found)
            yield self._so_far[n]
            n += 1


class Router(Protocol):
    """Answers hold for the weights set last. `CLOSED_MS` in an answer: there is no way.

    Any node may be asked about; stops are quicker. Before the first weights all links are closed.
    """

    graph: RoadGraph
    version: int  # goes up when a weight really changes

    def set_weights(self, link_ms: Ints) -> bool:
        """(L,) milliseconds, 1 to `CLOSED_MS` (closed); True when any of them is new.

        Raises ValueError for a weight below 1: ways that take no time at all have no order.
        """
        ...

    def change(self, links: ArrayLike, link_ms: ArrayLike) -> bool:
        """The same for a few links, the others staying as they are. One link at most once."""
        ...

    def ms_from(self, origin: int) -> Ints:
        """(S,) from a node to every stop."""
        ...

    def ms_to(self, destination: int) -> Ints:
        """(S,) from every stop to a node."""
        ...

    def ms_within(self, origin: int, most_ms: int) -> Ints:
        """(S,) from a node to the stops that are that near; `CLOSED_MS` for those further away."""
        ...

    def ms_between(self, origin: int, destination: int) -> int:
        """From one node to another. Many origins and one destination share their search."""
        ...

    def table(self, origins: ArrayLike, destinations: ArrayLike) -> Ints:
        """(A, B) from each of A nodes to each of B nodes."""
        ...

    def nearest(self, targets: ArrayLike) -> tuple[Ints, Ints]:
        """(S,) from every stop to the nearest of a few nodes: milliseconds, and node or -1."""
        ...

    def in_order(self, origin: int, targets: ArrayLike) -> Iterator[tuple[int, int]]:
        """The targets that can be reached, nearest first: node and milliseconds.

        Found as they are asked for: who takes only the first pays only for the first. Good until
        the weights change.
        """
        ...

    def route(self, origin: int, destination: int) -> Way | None:
        """The quickest way, or None. From a node to itself it has one node and no link."""
        ...


def whole_ms(link_ms: ArrayLike, count: int) -> Ints:
    """(count,) weights as a router takes them. Raises ValueError on what is none."""
    given = np.asarray(link_ms)
    if given.shape != (count,) or given.dtype.kind not in "iu":
        raise ValueError(f"weights are {count} whole milliseconds, one a link")
    if count and not 1 <= int(given.min()) <= int(given.max()) <= CLOSED_MS:
        raise ValueError(f"a weight is 1 to {CLOSED_MS} ms, the last of which is closed")
    return given.astype(np.int64, copy=False)
