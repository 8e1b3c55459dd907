"""Ways over the roads against networkx, speeds in water against Pregnolato, and turning back."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from anlan.sim.crews.journey import Journey
from anlan.sim.place.roads import Roads
from anlan.sim.scenario.schema import Scenario
from tests.oracle.calm import calm, places

QUICK = settings(
    max_examples=25, derandomize=True, deadline=None, phases=[Phase.explicit, Phase.generate]
)
Links = list[tuple[int, int, float, float]]


@st.composite
def networks(draw: st.DrawFn) -> tuple[int, Links, list[int]]:
    """A connected random network and the roads that are under water."""
    n = draw(st.integers(2, 14))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    pairs = {(int(rng.integers(0, i)), i) for i in range(1, n)}
    for _ in range(draw(st.integers(0, 3 * n))):
        a, b = sorted(rng.integers(0, n, 2).tolist())
        if a != b:
            pairs.add((a, b))
    links = [
        (a, b, float(rng.uniform(0.5, 9.0)), float(rng.choice([20.0, 40.0, 60.0])))
        for a, b in sorted(pairs)
    ]
    shut = draw(st.lists(st.integers(0, len(links) - 1), max_size=len(links) // 2, unique=True))
    return n, links, shut


@QUICK
@given(networks())
def test_quickest_ways_are_networkx_s(network: tuple[int, Links, list[int]]) -> None:
    n, links, shut = network
    scenario = places(n, links)
    index = {c.community: i for i, c in enumerate(scenario.communities)}
    depth = np.zeros((1, len(links)), dtype=np.float32)
    depth[0, shut] = 2.0
    roads = Roads(scenario, index)
    assert roads.update(calm(scenario, 1, road_depth_m=depth), 0)
    graph = nx.Graph()
    graph.add_nodes_from(range(n))
    for k, (a, b, km, kmh) in enumerate(links):
        if k not in shut:
            # Travel times are whole milliseconds.
            graph.add_edge(a, b, minutes=round(km / kmh * 3.6e6) / 60_000, road=k, km=km)
    for origin in range(n):
        truth = nx.single_source_dijkstra_path_length(graph, origin, weight="minutes")
        found = roads.minutes_from("lorry", origin)
        for place in range(n):
            if place not in truth:
                assert np.isinf(found[place])
                assert roads.route("lorry", origin, place) is None
                continue
            assert found[place] == pytest.approx(truth[place], abs=1e-9)
            route = roads.route("lorry", origin, place)
            assert route is not None
            assert (route.nodes[0], route.nodes[-1]) == (origin, place)
            assert not set(route.roads) & set(shut)
            steps = [graph.edges[u, v] for u, v in zip(route.nodes, route.nodes[1:], strict=False)]
            assert [s["road"] for s in steps] == list(route.roads)
            assert route.total_min == pytest.approx(sum(s["minutes"] for s in steps), abs=1e-9)
            assert route.distance_km == pytest.approx(sum(s["km"] for s in steps))


ONE_ROAD = places(2, [(0, 1, 10.0, 130.0)])
INDEX = {"c0": 0, "c1": 1}


def kmh(depth_m: float, vehicle: str = "lorry", wind_ms: float = 0.0) -> float:
    """Speed over ten kilometres of a fast road with water of a depth on it; 0 when closed."""
    roads = Roads(ONE_ROAD, INDEX)
    storm = calm(
        ONE_ROAD,
        1,
        road_depth_m=np.full((1, 1), depth_m, dtype=np.float32),
        wind_ms=np.full((1, 2), wind_ms, dtype=np.float32),
    )
    roads.update(storm, 0)
    minutes = float(roads.minutes_from(vehicle, 0)[1])
    return 0.0 if np.isinf(minutes) else 10.0 / minutes * 60.0


# V14: v = 0.0009 w^2 - 0.5529 w + 86.9448 (Pregnolato et al. 2017)
@pytest.mark.parametrize(("mm", "speed"), [(0, 86.94), (100, 40.65), (150, 24.26), (200, 12.36)])
def test_speed_through_water(mm: int, speed: float) -> None:
    assert kmh(mm / 1000.0) == pytest.approx(speed, abs=0.01)


def test_deep_water_is_waded_at_least_speed_then_closed() -> None:
    least = ONE_ROAD.p("road.least_kmh")
    assert kmh(0.30) == pytest.approx(least)  # the formula's 2.07 km/h is below it
    assert kmh(0.55) == pytest.approx(least)  # past the parabola's turn at 307 mm
    assert kmh(0.60) == pytest.approx(least)
    assert kmh(0.61) == 0.0
    assert kmh(0.30, "car") == pytest.approx(least)
    assert kmh(0.31, "car") == 0.0
    assert kmh(0.65, "boat") == pytest.approx(ONE_ROAD.p("vehicle.boat_kmh"))


def test_a_gale_slows_the_dry_road() -> None:
    slow = places(2, [(0, 1, 10.0, 40.0)])
    roads = Roads(slow, INDEX)
    roads.update(calm(slow, 1, wind_ms=np.full((1, 2), 17.2, dtype=np.float32)), 0)
    assert roads.minutes_from("car", 0)[1] == pytest.approx(10.0 / (40.0 * 0.7) * 60.0)
    roads = Roads(slow, INDEX)
    roads.update(calm(slow, 1, wind_ms=np.full((1, 2), 17.1, dtype=np.float32)), 0)
    assert roads.minutes_from("car", 0)[1] == pytest.approx(15.0)


def test_a_tree_shuts_a_road_until_it_is_cleared() -> None:
    scenario = places(3, [(0, 1, 3.0, 60.0), (1, 2, 3.0, 60.0), (0, 2, 3.0, 6.0)])
    roads = Roads(scenario, {f"c{i}": i for i in range(3)})
    storm = calm(
        scenario,
        40,
        tree_tick=np.array([5, 40, 40], dtype=np.int32),
        tree_count=np.array([4, 0, 0], dtype=np.int32),
    )
    minutes = []
    for tick in range(40):
        roads.update(storm, tick)
        if tick == 20:
            assert roads.trees_left[0] == 4
            roads.clear(0)
        minutes.append(float(roads.minutes_from("lorry", 0)[1]))
    assert minutes[:5] == [pytest.approx(3.0)] * 5
    assert minutes[5:21] == [pytest.approx(33.0)] * 16  # round by the slow road
    assert minutes[21:] == [pytest.approx(3.0)] * 19


def test_ticks_without_news_need_no_look() -> None:
    """Roads that look when something can have changed are as those that look in every tick."""
    links = [(0, 1, 3.0, 60.0), (1, 2, 3.0, 60.0), (0, 2, 3.0, 6.0)]
    scenario = places(3, links)
    rng = np.random.default_rng(3)
    ticks = 400
    wander = np.cumsum(rng.normal(0.0, 0.02, (ticks, 3)) * (rng.random((ticks, 1)) < 0.1), axis=0)
    storm = calm(
        scenario,
        ticks,
        road_depth_m=np.abs(wander + 0.3).astype(np.float32),
        wind_ms=np.repeat(rng.uniform(15.0, 20.0, (ticks // 20, 3)), 20, axis=0).astype(np.float32),
        tree_tick=np.array([50, 223, ticks], dtype=np.int32),
        tree_count=np.array([1, 1, 0], dtype=np.int32),
    )
    index = {f"c{i}": i for i in range(3)}
    sparing, looking = Roads(scenario, index), Roads(scenario, index)
    changes = 0
    for tick in range(ticks):
        looking._settled = False
        changed = looking.update(storm, tick)
        assert sparing.update(storm, tick) == changed, tick
        changes += changed
        for vehicle in ("car", "lorry", "boat"):
            seen = looking.minutes_from(vehicle, 0)
            assert (sparing.minutes_from(vehicle, 0) == seen).all(), tick
        if tick in (97, 301):
            sparing.clear(0 if tick == 97 else 1)
            looking.clear(0 if tick == 97 else 1)
    assert sparing._news is not None
    assert changes > 10
    assert sparing._news.sum() < ticks / 4


def with_roads(scenario: Scenario, **update: dict[str, object]) -> Scenario:
    """The scenario with some columns of some roads changed."""
    rows = (r.model_copy(update=update.get(r.road, {})) for r in scenario.roads)
    return scenario.model_copy(update={"roads": tuple(rows)})


def test_a_weak_bridge_and_a_low_one_are_no_way_for_a_lorry() -> None:
    """Cars take the short way over r0; the lorry (18 t, 4 m) must go round by r1 and r2."""
    links = [(0, 1, 3.0, 60.0), (0, 2, 6.0, 60.0), (2, 1, 6.0, 60.0)]
    for limit in ({"max_kg": 10_000.0}, {"max_height_m": 3.5}):
        scenario = with_roads(places(3, links), r0=limit)
        roads = Roads(scenario, {f"c{i}": i for i in range(3)})
        roads.update(calm(scenario, 1), 0)
        ways = {v: roads.route(v, 0, 1) for v in ("car", "lorry", "boat")}
        assert {v: way.roads for v, way in ways.items() if way is not None} == {
            "car": (0,),
            "lorry": (1, 2),
            "boat": (0,),
        }
        assert roads.minutes_to("lorry", 1).tolist() == [12.0, 0.0, 6.0]
        assert not roads.closed["lorry"].any()  # nothing has shut it: no fact of the day
    strict = with_roads(places(2, links[:1]), r0={"max_kg": 1500.0, "max_height_m": 1.5})
    roads = Roads(strict, INDEX)
    roads.update(calm(strict, 1), 0)
    assert all(roads.route(v, 0, 1) is None for v in ("car", "lorry", "boat"))
    assert np.isinf(roads.minutes_between("car", 1, 0))


def test_a_one_way_road_leads_one_way() -> None:
    """Round the ring c0 > c1 > c2 > c0: a minute there, two minutes back."""
    links = [(0, 1, 1.0, 60.0), (1, 2, 1.0, 60.0), (2, 0, 1.0, 60.0)]
    scenario = with_roads(places(3, links), **{f"r{k}": {"oneway": True} for k in range(3)})
    roads = Roads(scenario, {f"c{i}": i for i in range(3)})
    roads.update(calm(scenario, 1), 0)
    assert roads.minutes_from("car", 1).tolist() == [2.0, 0.0, 1.0]
    assert roads.minutes_to("car", 1).tolist() == [1.0, 0.0, 2.0]
    way = roads.route("car", 1, 0)
    assert way is not None
    assert (way.nodes, way.roads, way.distance_km) == ((1, 2, 0), (1, 2), 2.0)
    assert roads.minutes_table("car", [1, 2], [0]).tolist() == [[2.0], [1.0]]
    assert roads.minutes_within("car", 1, 1.5).tolist() == [np.inf, 0.0, 1.0]
    assert list(roads.in_order("car", 1, [0, 1, 2])) == [1, 2, 0]
    minutes, place = roads.nearest("car", [0])
    assert (minutes.tolist(), place.tolist()) == ([0.0, 2.0, 1.0], [0, 0, 0])


def test_two_roads_between_the_same_places() -> None:
    """The weak bridge is quicker; the lorry takes the other road, and its length is told."""
    links = [(0, 1, 3.0, 60.0), (0, 1, 8.0, 60.0)]
    scenario = with_roads(places(2, links), r0={"max_kg": 10_000.0})
    roads = Roads(scenario, INDEX)
    roads.update(calm(scenario, 1), 0)
    car, lorry = roads.route("car", 0, 1), roads.route("lorry", 0, 1)
    assert car is not None
    assert lorry is not None
    assert (car.roads, car.distance_km) == ((0,), 3.0)
    assert (lorry.roads, lorry.distance_km) == ((1,), 8.0)


def line_of_three() -> tuple[Roads, Journey]:
    """Three roads of 10 minutes in a row, left at tick 100."""
    scenario = places(4, [(0, 1, 6.0, 36.0), (1, 2, 6.0, 36.0), (2, 3, 6.0, 36.0)])
    roads = Roads(scenario, {f"c{i}": i for i in range(4)})
    roads.update(calm(scenario, 1), 0)
    route = roads.route("lorry", 0, 3)
    assert route is not None
    return roads, Journey(route, "lorry", 100, 5)


def test_a_journey_by_hand() -> None:
    _, journey = line_of_three()
    assert journey.route.minutes == pytest.approx((0.0, 10.0, 20.0, 30.0))
    assert journey.arrival_tick == 106
    assert [journey.legs_done(t) for t in range(100, 107)] == [0, 0, 1, 1, 2, 2, 3]


@pytest.mark.parametrize(
    # At tick 103 it is halfway along road 1: road 0 lies behind, roads 1 and 2 lie ahead.
    ("closed", "blocked"),
    [(0, False), (1, True), (2, True)],
)
def test_only_what_lies_ahead_stops_it(closed: int, blocked: bool) -> None:
    roads, journey = line_of_three()
    roads.closed["lorry"][closed] = True
    assert journey.blocked(roads, 103) is blocked


def test_turning_back() -> None:
    """5 minutes past node 1 at tick 103: back there takes the same 5 minutes."""
    _, journey = line_of_three()
    back = journey.back_to_last_node(103)
    assert (back.origin, back.destination) == (1, 1)
    assert back.arrival_tick == 104
    assert back.route.total_min == pytest.approx(5.0)
    at_node = journey.back_to_last_node(104)
    assert at_node.destination == 2
    assert at_node.route.total_min == 0.0
    assert at_node.arrival_tick == 105  # no move takes less than a tick
