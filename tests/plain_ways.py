"""Quickest ways in plain Python, one heap and no cleverness: what routers are held against."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from anlan.sim.place.graph import CLOSED_MS, Ints, Links, Nodes, RoadGraph, build
from anlan.sim.place.routes import Router, Way


@dataclass
class PlainWays:
    """Milliseconds and ways over a graph at some weights."""

    graph: RoadGraph
    link_ms: Ints
    leaving: dict[int, list[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.ends = list(zip(self.graph.tail.tolist(), self.graph.head.tolist(), strict=True))
        for link, ms in enumerate(self.link_ms.tolist()):
            if ms < CLOSED_MS:
                self.leaving.setdefault(self.ends[link][0], []).append(link)

    def ms_from(self, origin: int) -> dict[int, int]:
        """Node -> milliseconds, of all that can be reached."""
        done: dict[int, int] = {}
        heap = [(0, origin)]
        while heap:
            ms, node = heapq.heappop(heap)
            if node in done or ms >= CLOSED_MS:
                continue
            done[node] = ms
            for link in self.leaving.get(node, ()):
                heapq.heappush(heap, (ms + int(self.link_ms[link]), self.ends[link][1]))
        return done

    def route(self, origin: int, destination: int) -> Way | None:
        """Back from the destination, over the link of lowest rank of those on quickest ways."""
        ms = self.ms_from(origin)
        if destination not in ms:
            return None
        nodes, links = [destination], []
        while nodes[-1] != origin:
            here = nodes[-1]
            quickest = [
                link
                for link, (tail, head) in enumerate(self.ends)
                if head == here
                and self.link_ms[link] < CLOSED_MS
                and tail in ms
                and ms[tail] + int(self.link_ms[link]) == ms[here]
            ]
            links.append(min(quickest, key=lambda link: int(self.graph.rank[link])))
            nodes.append(self.ends[links[-1]][0])
        nodes.reverse()
        return Way(tuple(nodes), tuple(reversed(links)), tuple(ms[n] for n in nodes))


def random_graph(rng: np.random.Generator, most_nodes: int = 30) -> RoadGraph:
    """Crossings joined by roads that bend, one-way streets, parallel roads, islands, limits."""
    crossings = int(rng.integers(1, max(2, most_nodes // 3)))
    nodes, tail, head = crossings, [], []
    for _ in range(int(rng.integers(0, 3 * crossings + 1))):
        bends = int(rng.choice([0, 0, 1, 2, 5]))
        stops = [
            int(rng.integers(0, crossings)),
            *range(nodes, nodes + bends),
            int(rng.integers(0, nodes)),
        ]
        nodes += bends
        both = bool(rng.random() < 0.7)
        for a, b in pairwise(stops):
            tail += [a, b] if both else [a]
            head += [b, a] if both else [b]
    nodes += int(rng.integers(0, 3))  # islands
    for _ in range(int(rng.integers(0, 4))):  # what spoils a chain: a link that leads in or out
        tail.append(int(rng.integers(0, nodes)))
        head.append(int(rng.integers(0, nodes)))
    count = len(tail)
    number = [f"w{n:04d}" for n in rng.permutation(count).tolist()]
    names = [f"n{n:04d}" for n in rng.permutation(nodes).tolist()]
    stops = np.flatnonzero(rng.random(nodes) < rng.choice([0.1, 0.3, 1.0]))
    return build(
        Links(
            tail=np.array(tail, dtype=np.int64),
            head=np.array(head, dtype=np.int64),
            length_km=np.where(rng.random(count) < 0.1, 0.0, rng.integers(1, 5, count) / 2.0),
            ids=number,
            max_kg=np.where(rng.random(count) < 0.1, 3000.0, np.inf),
            max_height_m=np.where(rng.random(count) < 0.1, 2.5, np.inf),
        ),
        Nodes(
            count=nodes,
            ids=names,
            stops=stops,
            lon=rng.uniform(120.0, 121.0, nodes),
            lat=rng.uniform(31.0, 32.0, nodes),
        ),
    )


def check_answers(router: Router, link_ms: Ints, rng: np.random.Generator) -> None:
    """Every question about some nodes, and all pairs of them, against the plain way."""
    graph = router.graph
    plain = PlainWays(graph, link_ms)
    asked = rng.permutation(graph.nodes)[:8].tolist()
    stops = graph.stops.tolist()
    ms = {node: plain.ms_from(node) for node in {*asked, *stops}}
    for node in asked:
        fore = [ms[node].get(s, CLOSED_MS) for s in stops]
        assert router.ms_from(node).tolist() == fore
        assert router.ms_to(node).tolist() == [ms[s].get(node, CLOSED_MS) for s in stops]
        most = int(rng.integers(0, 1_500_000))
        near = [one if one <= most else CLOSED_MS for one in fore]
        assert router.ms_within(node, most).tolist() == near
        reached = sorted((ms[node][t], int(graph.node_rank[t]), t) for t in asked if t in ms[node])
        assert list(router.in_order(node, asked)) == [(t, one) for one, _, t in reached]
        for other in asked:
            assert router.ms_between(node, other) == ms[node].get(other, CLOSED_MS)
            assert router.route(node, other) == plain.route(node, other)
    few = asked[: int(rng.integers(1, len(asked) + 1))]
    table = [[ms[a].get(b, CLOSED_MS) for b in few] for a in asked]
    assert router.table(asked, few).tolist() == table
    assert router.table(few, asked).tolist() == [
        [ms[a].get(b, CLOSED_MS) for b in asked] for a in few
    ]
    found_ms, found = router.nearest(few)
    for n, stop in enumerate(stops):
        near_few = [(ms[stop][t], int(graph.node_rank[t]), t) for t in few if t in ms[stop]]
        best_ms, _, best = min(near_few, default=(CLOSED_MS, 0, -1))
        assert (found_ms[n], found[n]) == (best_ms, best)
