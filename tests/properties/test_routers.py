"""Routers against plain Dijkstra on random networks: one-way streets, chains, islands, parallel and
zero-length ways, limits of weight and height, through random changes of the weights."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.sim.place import searches
from anlan.sim.place.dijkstra import DijkstraRouter
from anlan.sim.place.graph import CLOSED_MS, Ints, Links, Nodes, RoadGraph, build, travel_ms
from anlan.sim.place.routes import Router, Way
from tests.plain_ways import PlainWays, check_answers, random_graph

SEEDS = st.integers(0, 2**32 - 1)
needs_extra = pytest.mark.skipif(
    find_spec("pyroutingkit") is None, reason="the extra `routes` is not installed"
)


def open_ms(graph: RoadGraph, rng: np.random.Generator) -> Ints:
    """Weights with many equal ones, some links shut, and for a lorry those that are too weak."""
    ms = travel_ms(graph.length_km, rng.choice([20.0, 30.0, 60.0], graph.links))
    ms[rng.random(graph.links) < rng.choice([0.0, 0.2])] = CLOSED_MS
    if rng.random() < 0.5:
        ms[graph.bars(18_000.0, 4.0)] = CLOSED_MS
    return ms


def through_changes(seed: int, make: Callable[[RoadGraph], Router]) -> None:
    """All questions at some weights, then at others that differ in a few links, and so on."""
    rng = np.random.default_rng(seed)
    graph = random_graph(rng, int(rng.choice([6, 12, 30, 60])))
    router = make(graph)
    link_ms = open_ms(graph, rng)
    router.set_weights(link_ms)
    check_answers(router, link_ms, rng)
    for _ in range(3 if graph.links else 0):
        for _ in range(int(rng.integers(1, 4))):
            most = min(graph.links, int(rng.choice([1, 2, 5, 20])))
            some = rng.choice(graph.links, most, replace=False)
            link_ms = link_ms.copy()
            link_ms[some] = open_ms(graph, rng)[some]
            before = router.version
            if rng.random() < 0.5:
                changed = router.change(some, link_ms[some])
            else:
                changed = router.set_weights(link_ms)
            assert router.version == before + changed
        check_answers(router, link_ms, rng)


@given(SEEDS)
def test_the_default_is_plain_dijkstra(seed: int) -> None:
    through_changes(seed, DijkstraRouter)


@given(SEEDS)
def test_so_it_is_where_searches_end_early_and_are_kept_long(seed: int) -> None:
    """Rings as over a large graph, and no change so large that all searches are thrown away."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(searches, "SMALL", 0)
        patch.setattr(searches, "RINGS_MS", (40_000.0, 200_000.0, searches.FARTHEST_MS))
        patch.setattr(searches, "LARGE_SHARE", 1.0)
        through_changes(seed, DijkstraRouter)


@given(SEEDS)
def test_so_it_is_where_hardly_anything_is_kept(seed: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(searches, "KEPT_BYTES", 0)
        patch.setattr(searches, "STEPS", 1)
        through_changes(seed, DijkstraRouter)


@needs_extra
@given(SEEDS, st.sampled_from([-1, 0, 3]))
def test_the_extra_is_plain_dijkstra(seed: int, searches_first: int) -> None:
    from anlan.sim.place.hierarchy import HierarchyRouter

    through_changes(seed, lambda graph: HierarchyRouter(graph, searches=searches_first))


def shuffled(graph: RoadGraph, rng: np.random.Generator) -> tuple[RoadGraph, Ints, Ints]:
    """The same network with its rows in another order; old numbers of new nodes and links."""
    links, nodes = rng.permutation(graph.links), rng.permutation(graph.nodes)
    number = np.argsort(nodes)
    again = build(
        Links(
            tail=number[graph.tail[links]],
            head=number[graph.head[links]],
            length_km=graph.length_km[links],
            ids=[f"{rank:06d}" for rank in graph.rank[links].tolist()],
        ),
        Nodes(
            count=graph.nodes,
            ids=[f"{rank:06d}" for rank in graph.node_rank[nodes].tolist()],
            stops=number[graph.stops],
        ),
    )
    return again, nodes, links


@given(SEEDS)
def test_the_order_of_rows_changes_no_answer(seed: int) -> None:
    rng = np.random.default_rng(seed)
    graph = random_graph(rng)
    again, nodes, links = shuffled(graph, rng)
    first, second = DijkstraRouter(graph), DijkstraRouter(again)
    link_ms = open_ms(graph, rng)
    first.set_weights(link_ms)
    second.set_weights(link_ms[links])
    number = np.argsort(nodes)
    few = rng.permutation(graph.nodes)[:6]
    ms, which = first.nearest(few)
    ms_again, which_again = second.nearest(number[few])
    assert ms.tolist() == ms_again.tolist()
    assert which.tolist() == [int(nodes[n]) if n >= 0 else -1 for n in which_again.tolist()]
    for a in few.tolist():
        for b in few.tolist():
            way, found = first.route(a, b), second.route(int(number[a]), int(number[b]))
            if found is not None:
                found = Way(
                    tuple(nodes[list(found.nodes)].tolist()),
                    tuple(links[list(found.links)].tolist()),
                    found.ms,
                )
            assert way == found


@pytest.mark.long
@needs_extra
def test_the_extra_gives_the_default_s_ways_over_a_large_network() -> None:
    from anlan.sim.place.hierarchy import HierarchyRouter
    from benchmarks.network import closures, make_town

    town = make_town(2)
    default, extra = DijkstraRouter(town.graph), HierarchyRouter(town.graph, searches=-1)
    for link_ms in closures(town, states=2):
        rounded = np.where(link_ms < CLOSED_MS, -(-link_ms // 8000) * 8000, CLOSED_MS)  # many ties
        default.set_weights(rounded)
        extra.set_weights(rounded)
        pairs = (town.bases[:20], town.incidents[:20])
        assert (default.table(*pairs) == extra.table(*pairs)).all()
        for base, incident in zip(*(p.tolist() for p in pairs), strict=True):
            assert default.route(base, incident) == extra.route(base, incident)


def test_the_default_over_a_large_network_is_plain_dijkstra() -> None:
    from benchmarks.network import closures, make_town

    town = make_town(4)
    router = DijkstraRouter(town.graph)
    for link_ms in closures(town, states=2, seed=5):
        router.set_weights(link_ms)
        base, incident = int(town.bases[0]), int(town.incidents[0])
        plain = PlainWays(town.graph, link_ms).ms_from(base)
        stops = town.graph.stops.tolist()
        assert router.ms_from(base).tolist() == [plain.get(s, CLOSED_MS) for s in stops]
        assert router.ms_between(base, incident) == plain.get(incident, CLOSED_MS)
