"""The road graph and the ways over it, on networks small enough to work out by hand."""

from __future__ import annotations

from importlib.util import find_spec

import numpy as np
import pytest

from anlan.sim.place.chains import contract
from anlan.sim.place.dijkstra import DijkstraRouter
from anlan.sim.place.graph import (
    CLOSED_MS,
    Links,
    Nodes,
    RoadGraph,
    build,
    graph_of,
    travel_ms,
)
from anlan.sim.place.routers import make_router
from anlan.sim.place.routes import Router, Unrolled, Way
from anlan.sim.place.world import build as build_world
from tests.oracle.calm import places

HIERARCHY = pytest.param(
    "hierarchy",
    marks=pytest.mark.skipif(
        find_spec("pyroutingkit") is None, reason="the extra `routes` is not installed"
    ),
)
BOTH = pytest.mark.parametrize("method", ["default", HIERARCHY])


def router_of(method: str, graph: RoadGraph) -> Router:
    if method == "default":
        return DijkstraRouter(graph)
    from anlan.sim.place.hierarchy import HierarchyRouter

    return HierarchyRouter(graph, searches=-1)  # the hierarchy answers from the first question on


def one_way_links(
    ends: list[tuple[int, int]],
    count: int,
    ids: list[str] | None = None,
    stops: list[int] | None = None,
    node_ids: list[str] | None = None,
) -> RoadGraph:
    return build(
        Links(
            tail=[a for a, _ in ends],
            head=[b for _, b in ends],
            length_km=np.ones(len(ends)),
            ids=ids,
        ),
        Nodes(
            count=count,
            ids=node_ids,
            stops=stops,
            lon=np.linspace(120.0, 121.0, count),
            lat=np.linspace(31.0, 32.0, count) ** 1.01,
        ),
    )


def test_travel_times_are_whole_milliseconds() -> None:
    km = np.array([1.0, 0.1, 0.0, 1e-7, 2000.0, 1.0, 1e9])
    kmh = np.array([60.0, 70.0, 50.0, 50.0, 5.0, 0.0, 5.0])
    ms = travel_ms(km, kmh)
    # 0.1 km at 70 km/h is 5142.86 ms; what has no length takes a millisecond all the same.
    assert ms.tolist() == [60_000, 5_143, 1, 1, 1_440_000_000, CLOSED_MS, CLOSED_MS]


# A square: 0 to 3 over 1 or over 2, both in two minutes.
SQUARE = [(0, 1), (0, 2), (1, 3), (2, 3)]


@BOTH
@pytest.mark.parametrize(
    ("ids", "through"),
    [
        # The last link decides: into 3 over the one with the lower id, wherever its row stands.
        (["a", "b", "c", "d"], 1),
        (["a", "b", "d", "c"], 2),
        (["b", "a", "c", "d"], 1),
    ],
)
def test_the_last_link_s_id_breaks_a_tie(method: str, ids: list[str], through: int) -> None:
    for order in ([0, 1, 2, 3], [3, 1, 0, 2], [2, 3, 1, 0]):
        graph = one_way_links([SQUARE[n] for n in order], 4, [ids[n] for n in order])
        router = router_of(method, graph)
        router.set_weights(np.full(4, 60_000))
        way = router.route(0, 3)
        assert way is not None
        assert (way.nodes, way.ms) == ((0, through, 3), (0, 60_000, 120_000))


@BOTH
def test_a_tie_far_back_is_broken_too(method: str) -> None:
    """3 to 5 is the only way on; before it, the link into 3 with the lower id is taken."""
    ends = [*SQUARE, (3, 4), (4, 5)]
    graph = one_way_links(ends, 6, ["a", "b", "d", "c", "e", "f"])
    router = router_of(method, graph)
    router.set_weights(np.full(6, 1000))
    way = router.route(0, 5)
    assert way is not None
    assert way.nodes == (0, 2, 3, 4, 5)


@BOTH
@pytest.mark.parametrize(("ids", "nodes"), [("abcdef", (0, 1)), ("bacdef", (0, 2, 1))])
def test_a_tie_between_both_ways_round(method: str, ids: str, nodes: tuple[int, ...]) -> None:
    """1 is a crossing, 0 and 2 are bends of the ring 1 - 2 - 0 - 1; both ways from 0 take 20 ms."""
    ends = [(0, 1), (2, 1), (0, 2), (1, 0), (1, 2), (2, 0)]
    router = router_of(method, one_way_links(ends, 3, list(ids), stops=[1]))
    router.set_weights(np.array([20, 10, 10, 20, 10, 10]))
    way = router.route(0, 1)
    assert way is not None
    assert way.nodes == nodes


@BOTH
def test_of_parallel_links_the_quicker_then_the_lower_id(method: str) -> None:
    graph = one_way_links([(0, 1), (0, 1), (0, 1)], 2, ["c", "b", "a"])
    router = router_of(method, graph)
    router.set_weights(np.array([5, 5, 9]))
    assert router.route(0, 1) == Way((0, 1), (1,), (0, 5))
    router.change([1], [CLOSED_MS])
    assert router.route(0, 1) == Way((0, 1), (0,), (0, 5))
    router.change([0], [10])
    assert router.route(0, 1) == Way((0, 1), (2,), (0, 9))


@BOTH
def test_of_equally_near_places_the_lower_id(method: str) -> None:
    for names, nearest in ((["o", "x", "y"], 1), (["o", "y", "x"], 2)):
        graph = one_way_links([(0, 1), (0, 2)], 3, node_ids=names)
        router = router_of(method, graph)
        router.set_weights(np.full(2, 700))
        ms, which = router.nearest([2, 1])
        assert (ms[0], which[0]) == (700, nearest)
        assert [place for place, _ in router.in_order(0, [2, 1])] == [nearest, 3 - nearest]


@BOTH
def test_one_way_streets_lead_one_way(method: str) -> None:
    """A ring 0 > 1 > 2 > 0: back from 1 to 0 is the long way round."""
    router = router_of(method, one_way_links([(0, 1), (1, 2), (2, 0)], 3))
    router.set_weights(np.array([10, 20, 30]))
    assert router.ms_between(0, 1) == 10
    assert router.ms_between(1, 0) == 50
    assert router.ms_from(1).tolist() == [50, 0, 20]
    assert router.ms_to(1).tolist() == [10, 0, 40]


@BOTH
def test_all_is_closed_at_first_and_a_place_reaches_itself(method: str) -> None:
    router = router_of(method, one_way_links([(0, 1)], 3))
    assert router.version == 0
    assert router.ms_from(0).tolist() == [0, CLOSED_MS, CLOSED_MS]
    assert router.route(0, 1) is None
    assert router.route(1, 1) == Way((1,), (), (0,))
    ms, which = router.nearest([1])
    assert (ms.tolist(), which.tolist()) == ([CLOSED_MS, 0, CLOSED_MS], [-1, 1, -1])
    ms, which = router.nearest([])
    assert (ms.tolist(), which.tolist()) == ([CLOSED_MS] * 3, [-1] * 3)
    assert router.table([], [0]).shape == (0, 1)


@BOTH
def test_a_way_of_24_days_is_none(method: str) -> None:
    """Two links that are open, but together take as long as the number that stands for closed."""
    router = router_of(method, one_way_links([(0, 1), (1, 2)], 3))
    router.set_weights(np.array([CLOSED_MS - 1, 1]))
    assert router.ms_from(0).tolist() == [0, CLOSED_MS - 1, CLOSED_MS]
    assert router.route(0, 2) is None
    router.change([0], [CLOSED_MS - 2])
    assert router.ms_between(0, 2) == CLOSED_MS - 1


@BOTH
def test_only_real_changes_count(method: str) -> None:
    router = router_of(method, one_way_links([(0, 1), (1, 2)], 3))
    assert router.set_weights(np.array([10, 20]))
    assert not router.set_weights(np.array([10, 20]))
    assert not router.change([1], [20])
    assert router.version == 1
    assert router.ms_between(0, 2) == 30
    assert router.change([1], [5])
    assert router.version == 2
    assert router.ms_between(0, 2) == 15
    given = np.array([1, 1])
    router.set_weights(given)
    given[:] = 7  # the caller's own array, to do with as it likes
    assert router.ms_between(0, 2) == 2


@BOTH
@pytest.mark.parametrize(
    ("weights", "problem"),
    [
        (np.array([0, 5]), "1 to"),
        (np.array([-4, 5]), "1 to"),
        (np.array([5, CLOSED_MS + 1]), "1 to"),
        (np.array([5.0, 5.0]), "whole milliseconds"),
        (np.array([5]), "2 whole milliseconds"),
    ],
)
def test_weights_that_are_none(
    method: str, weights: np.ndarray[tuple[int], np.dtype[np.int64]], problem: str
) -> None:
    router = router_of(method, one_way_links([(0, 1), (1, 2)], 3))
    with pytest.raises(ValueError, match=problem):
        router.set_weights(weights)
    assert router.version == 0


def test_a_bend_is_left_out_and_a_stop_is_not() -> None:
    """0 - 1 - 2 - 3 - 4, both ways; 3 is a stop, and the ends have one neighbour only."""
    ends = [(a, a + 1) for a in range(4)]
    graph = one_way_links(ends + [(b, a) for a, b in ends], 5, stops=[3])
    chains = contract(graph)
    assert chains.kept.tolist() == [0, 3, 4]
    assert sorted(map(sorted, (chains.links_of(n).tolist() for n in range(4)))) == [
        [0, 1, 2],
        [3],
        [4, 5, 6],
        [7],
    ]
    assert sorted(chains.on) == [1, 2]


@pytest.mark.parametrize(
    ("ends", "kept"),
    [
        ([(0, 1), (1, 2)], [0, 2]),  # a one-way street that bends
        ([(0, 1), (2, 1)], [0, 1, 2]),  # two that end in the same place
        ([(0, 1), (1, 0), (1, 2)], [0, 1, 2]),  # two-way, then one-way: there is a choice
        ([(0, 1), (1, 0), (1, 2), (2, 1), (1, 1)], [0, 1, 2]),  # a link from 1 to itself
        ([(0, 1), (0, 1), (1, 2), (2, 1)], [0, 1, 2]),  # two into it, one on
        ([(0, 1), (1, 2), (2, 0)], [0, 1, 2]),  # a ring that nobody enters
    ],
)
def test_what_is_left_out(ends: list[tuple[int, int]], kept: list[int]) -> None:
    assert contract(one_way_links(ends, 3, stops=[])).kept.tolist() == kept


def test_a_network_s_two_thirds_are_left_out() -> None:
    from benchmarks.network import make_town

    graph = make_town(3).graph
    assert 49_000 < graph.nodes < 51_000
    assert 125_000 < graph.links < 129_000
    bends = np.bincount(graph.tail, minlength=graph.nodes) == 2
    assert 0.62 < bends.mean() < 0.68
    chains = contract(graph)
    assert set(graph.stops.tolist()) <= set(chains.kept.tolist())
    assert len(chains.kept) == (~bends).sum() + bends[graph.stops].sum()


@pytest.mark.parametrize(
    ("links", "nodes", "problem"),
    [
        (Links([0], [2], [1.0]), Nodes(2), "head: every end is a node, 0 to 1"),
        (Links([-1], [1], [1.0]), Nodes(2), "tail: every end"),
        (Links([0, 1], [1], [1.0, 1.0]), Nodes(2), "2 tails for 1 heads"),
        (Links([0], [1], [-1.0]), Nodes(2), "length_km: every link"),
        (Links([0], [1], [np.nan]), Nodes(2), "length_km: every link"),
        (Links([0], [1], [1.0, 2.0]), Nodes(2), "length_km: 2 values for 1 rows"),
        (Links([0], [1], [1.0], max_kg=[1.0, 2.0]), Nodes(2), "max_kg: 2 values"),
        (Links([0], [1], [1.0], road=[0, 1]), Nodes(2), "road: 2 values"),
        (Links([0], [1], [1.0], ids=["a", "b"]), Nodes(2), "link ids: 1 different"),
        (Links([0, 1], [1, 0], [1.0, 1.0], ids=["a", "a"]), Nodes(2), "link ids: 2 different"),
        (Links([0], [1], [1.0]), Nodes(2, ids=["a", "a"]), "node ids: 2 different"),
        (Links([0], [1], [1.0]), Nodes(2, stops=[1, 1]), "stands there twice"),
        (Links([0], [1], [1.0]), Nodes(2, stops=[2]), "every stop is a node"),
        (Links([0], [1], [1.0]), Nodes(2, lon=[1.0]), "lon: 1 values for 2 rows"),
    ],
)
def test_what_is_no_road_graph(links: Links, nodes: Nodes, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        build(links, nodes)


def test_a_scenario_s_graph() -> None:
    scenario = places(3, [(0, 1, 4.0, 60.0), (1, 2, 5.0, 30.0), (2, 0, 6.0, 60.0)])
    changed = [
        scenario.roads[0],
        scenario.roads[1].model_copy(
            update={"oneway": True, "lanes": 2, "capacity_veh_h_lane": 900.0, "max_kg": 3000.0}
        ),
        scenario.roads[2].model_copy(update={"max_height_m": 2.5}),
    ]
    graph = graph_of(scenario.model_copy(update={"roads": tuple(changed)}))
    ends = list(zip(graph.tail.tolist(), graph.head.tolist(), graph.road.tolist(), strict=True))
    assert ends == [(0, 1, 0), (1, 2, 1), (2, 0, 2), (1, 0, 0), (0, 2, 2)]
    assert graph.length_km.tolist() == [4.0, 5.0, 6.0, 4.0, 6.0]
    assert graph.stops.tolist() == [0, 1, 2]
    assert graph.capacity_veh_h[1] == 1800.0
    assert np.isnan(graph.capacity_veh_h[[0, 2, 3, 4]]).all()
    assert graph.bars(3000.0, 2.5).tolist() == [False] * 5
    assert graph.bars(3001.0, 1.0).tolist() == [False, True, False, False, False]
    assert graph.bars(800.0, 2.6).tolist() == [False, False, True, False, True]
    assert build_world(scenario).graph.links == 6


def test_a_list_that_is_found_as_it_is_read() -> None:
    found: list[int] = []

    def numbers() -> object:
        for n in range(3):
            found.append(n)
            yield n

    unrolled = Unrolled(numbers())  # type: ignore[arg-type]
    assert next(iter(unrolled)) == 0
    assert found == [0]
    assert list(unrolled) == [0, 1, 2]
    assert list(unrolled) == [0, 1, 2]
    assert found == [0, 1, 2]


def test_the_default_needs_no_coordinates_and_routers_share_a_graph_s_net() -> None:
    graph = build(Links([0], [1], [1.0]), Nodes(2))
    first, second = make_router(graph), make_router(graph)
    assert isinstance(first, DijkstraRouter)
    assert isinstance(second, DijkstraRouter)
    assert first.net is second.net
    first.set_weights(np.array([10]))
    assert first.ms_between(0, 1) == 10
    assert second.ms_between(0, 1) == CLOSED_MS  # weights are each router's own


def test_the_hierarchy_needs_coordinates() -> None:
    pytest.importorskip("pyroutingkit", reason="the extra `routes` is not installed")
    from anlan.sim.place.hierarchy import HierarchyRouter

    with pytest.raises(ValueError, match="coordinates"):
        HierarchyRouter(build(Links([0], [1], [1.0]), Nodes(2)))


def test_the_extra_answers_for_large_graphs(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pyroutingkit", reason="the extra `routes` is not installed")
    from anlan.sim.place import routers
    from anlan.sim.place.hierarchy import HierarchyRouter

    graph = one_way_links([(0, 1), (1, 2)], 3)
    assert type(routers.make_router(graph)) is DijkstraRouter
    monkeypatch.setattr(routers, "LARGE", 3)
    assert type(routers.make_router(graph)) is HierarchyRouter
    monkeypatch.setattr(routers, "find_spec", lambda name: None)
    assert type(routers.make_router(graph)) is DijkstraRouter
