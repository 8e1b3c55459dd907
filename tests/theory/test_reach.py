"""Which places lie apart from where most people live, against a search by hand."""

from __future__ import annotations

import numpy as np
import pytest

from anlan.sim.place.graph import Links, Nodes, build
from anlan.sim.place.reach import Reach


def plainly_apart(links: list[tuple[int, int]], residents: list[int], ids: list[str]) -> list[bool]:
    """Each place asked of each other one, link by link."""
    places = range(len(residents))
    reached = []
    for start in places:
        seen, at = {start}, [start]
        while at:
            here = at.pop()
            for tail, head in links:
                if tail == here and head not in seen:
                    seen.add(head)
                    at.append(head)
        reached.append(seen)
    parts = [{b for b in places if b in reached[a] and a in reached[b]} for a in places]
    most = max(sum(residents[b] for b in part) for part in parts)
    main = [a for a in places if sum(residents[b] for b in parts[a]) == most]
    start = min(main, key=lambda a: ids[a])
    return [place not in reached[start] for place in places]


@pytest.mark.parametrize("seed", range(30))
def test_against_a_plain_search(seed: int) -> None:
    """Random roads, some one-way, some closed, some barred; small numbers of people, so ties."""
    draw = np.random.default_rng(seed)
    places, roads = int(draw.integers(1, 9)), int(draw.integers(0, 14))
    ends = draw.integers(0, places, (roads, 2)) if roads else np.zeros((0, 2), dtype=int)
    ways = [(r, a, b) for r, (a, b) in enumerate(ends.tolist())]
    ways += [(r, b, a) for r, a, b in ways if draw.random() < 0.7]
    ids = [f"p{n}" for n in draw.permutation(places)]
    graph = build(
        Links(
            tail=np.array([a for _, a, _ in ways], dtype=np.int64),
            head=np.array([b for _, _, b in ways], dtype=np.int64),
            length_km=np.ones(len(ways)),
            road=np.array([r for r, _, _ in ways], dtype=np.int64),
        ),
        Nodes(places, ids=ids),
    )
    residents = draw.integers(0, 3, places)
    closed, barred = draw.random(roads) < 0.3, draw.random(len(ways)) < 0.1
    open_links = [(a, b) for n, (r, a, b) in enumerate(ways) if not closed[r] and not barred[n]]
    found = Reach(graph, residents).apart(closed, barred)
    assert found.tolist() == plainly_apart(open_links, residents.tolist(), ids)


def test_one_road_closed() -> None:
    """A village of 10 behind one road is cut off from a town of 90, not the town from it."""
    graph = build(Links([0, 1], [1, 0], [1.0, 1.0], road=[0, 0]), Nodes(2))
    reach = Reach(graph, np.array([10, 90]))
    nothing = np.zeros(2, dtype=bool)
    assert reach.apart(np.array([False]), nothing).tolist() == [False, False]
    assert reach.apart(np.array([True]), nothing).tolist() == [True, False]
