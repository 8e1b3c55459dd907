"""Ways over roads against networkx, speeds in water against Pregnolato, journeys by hand."""

from __future__ import annotations

from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import networkx as nx
import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from anlan.sim.command.picture import KnownRoads, RoadNews
from anlan.sim.ledger import NEVER
from anlan.sim.networks.roads import RoadRules, Roads
from anlan.sim.place.exposure import exposure_of
from anlan.sim.place.roads import CLASSES, RoadMap, RoadTable, Route
from anlan.sim.scenario.schema import Scenario
from anlan.sim.travel.journey import ARRIVED, STOPPED, UNDER_WAY, Journey
from tests.oracle.calm import air, places, quiet_traffic

QUICK = settings(
    max_examples=25, derandomize=True, deadline=None, phases=[Phase.explicit, Phase.generate]
)
Links = list[tuple[int, int, float, float]]


@st.composite
def networks(draw: st.DrawFn) -> tuple[int, Links, list[int]]:
    """A connected random network and the roads that are closed."""
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


def index_of(scenario: Scenario) -> dict[str, int]:
    return {c.community: n for n, c in enumerate(scenario.communities)}


def roads_of(scenario: Scenario) -> Roads:
    """Dry roads without dips, whose speeds are looked at in every tick."""
    flat = tuple(r.model_copy(update={"dip_m": 0.0}) for r in scenario.roads)
    scenario = scenario.model_copy(update={"roads": flat})
    table = RoadTable(scenario, index_of(scenario))
    traffic = quiet_traffic(scenario, table)
    return Roads(RoadRules.read(scenario), table, exposure_of(scenario), 1, traffic)


def step(
    roads: Roads, tick: int, depth_m: float = 0.0, wind_ms: float = 0.0, trees: tuple[int, ...] = ()
) -> bool:
    """One tick with the same water and wind everywhere and a tree across some roads."""
    n = roads.table.graph.nodes
    across = np.zeros(roads.table.n, dtype=np.int64)
    across[list(trees)] = 1
    water: Any = SimpleNamespace(wet=depth_m > 0.0, depth_m=np.full(n, depth_m, dtype=np.float32))
    fallen: Any = SimpleNamespace(version=hash(trees), across=across)
    return roads.step(tick, water, air(n, wind_ms=wind_ms), fallen)


@QUICK
@given(networks())
def test_quickest_ways_are_networkx_s(network: tuple[int, Links, list[int]]) -> None:
    n, links, shut = network
    scenario = places(n, links)
    roads = RoadMap(RoadTable(scenario, index_of(scenario)))
    minutes = np.array([km / kmh * 60.0 for _, _, km, kmh in links])
    minutes[shut] = np.inf
    assert roads.set_minutes("lorry", minutes)
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
            route = roads.route("lorry", origin, place)
            if place not in truth:
                assert np.isinf(found[place])
                assert route is None
                continue
            assert found[place] == pytest.approx(truth[place], abs=1e-9)
            assert route is not None
            is_a_way(route, graph, origin, place)
            assert route.minutes[-1] == pytest.approx(truth[place], abs=1e-9)


def is_a_way(route: Route, graph: nx.Graph, origin: int, place: int) -> None:
    """From the one to the other over open roads, minutes and kilometres as these add up."""
    assert (route.nodes[0], route.nodes[-1]) == (origin, place)
    steps = [graph.edges[u, v] for u, v in pairwise(route.nodes)]
    assert [s["road"] for s in steps] == list(route.roads)
    sums = np.cumsum([0.0] + [s["minutes"] for s in steps])
    assert route.minutes == pytest.approx(sums, abs=1e-9)
    assert route.distance_km == pytest.approx(sum(s["km"] for s in steps))


@QUICK
@given(networks(), st.integers(0, 2**32 - 1))
def test_ways_that_are_kept_are_those_of_a_map_drawn_anew(
    network: tuple[int, Links, list[int]], seed: int
) -> None:
    """Whatever is set and asked before; and its version tells whether anything is new."""
    n, links, _ = network
    scenario = places(n, links)
    table = RoadTable(scenario, index_of(scenario))
    kept, rng = RoadMap(table), np.random.default_rng(seed)
    minutes = table.free_min
    kept.set_minutes("car", minutes.copy())
    for _ in range(12):
        version, before = kept.version["car"], minutes.copy()
        road = int(rng.integers(len(links)))
        minutes[road] = rng.choice([np.inf, table.free_min[road], 3.0 * table.free_min[road]])
        is_new = kept.set_minutes("car", minutes.copy())
        assert is_new == bool((minutes != before).any()) == (kept.version["car"] != version)
        fresh = RoadMap(table)
        fresh.set_minutes("car", minutes.copy())
        for origin in rng.integers(0, n, 3).tolist():
            assert (kept.minutes_from("car", origin) == fresh.minutes_from("car", origin)).all()
            there = int(rng.integers(n))
            assert kept.route("car", origin, there) == fresh.route("car", origin, there)


ONE_ROAD = places(2, [(0, 1, 10.0, 130.0)])


def kmh(depth_m: float, vehicle: str = "lorry", wind_ms: float = 0.0) -> float:
    """Speed over ten kilometres of a fast road with water of a depth on it; 0 when closed."""
    roads = roads_of(ONE_ROAD)
    step(roads, 0, depth_m, wind_ms)
    minutes = float(roads.map.minutes_from(vehicle, 0)[1])
    assert bool(np.isinf(minutes)) == bool(roads.closed[vehicle][0])
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
    for wind_ms, minutes in ((17.2, 10.0 / (40.0 * 0.7) * 60.0), (17.1, 15.0)):
        roads = roads_of(slow)
        step(roads, 0, wind_ms=wind_ms)
        assert roads.map.minutes_from("car", 0)[1] == pytest.approx(minutes)


def test_a_tree_shuts_a_road_until_it_is_cleared() -> None:
    """The long way round takes 33 minutes instead of three, by every vehicle."""
    roads = roads_of(places(3, [(0, 1, 3.0, 60.0), (1, 2, 3.0, 60.0), (0, 2, 3.0, 6.0)]))
    changed = []
    for tick in range(40):
        lies = 5 <= tick < 21
        if step(roads, tick, trees=(0,) if lies else ()):
            changed.append(tick)
        for vehicle in CLASSES:
            minutes = roads.map.minutes_from(vehicle, 0)[1]
            assert minutes == pytest.approx(33.0 if lies else 3.0), (tick, vehicle)
    assert changed == [5, 21]


def test_speeds_follow_the_water_now_and_then_but_closures_at_once() -> None:
    """Looked at every sixth tick; 0.25 m that rises to 0.7 m between two looks closes at once."""
    scenario = places(2, [(0, 1, 10.0, 130.0)])
    flat = tuple(r.model_copy(update={"dip_m": 0.0}) for r in scenario.roads)
    table = RoadTable(scenario, index_of(scenario))
    sites = exposure_of(scenario.model_copy(update={"roads": flat}))
    roads = Roads(RoadRules.read(scenario), table, sites, 6, quiet_traffic(scenario, table))
    least = 10.0 / roads.rules.least_kmh * 60.0
    dry, seen = 10.0 / roads.rules.wet_c_kmh * 60.0, []
    for tick, depth_m in enumerate([0.0, 0.4, 0.4, 0.7, 0.4, 0.4, 0.4, 0.0]):
        step(roads, tick, depth_m)
        seen.append(float(roads.map.minutes_from("lorry", 0)[1]))
    assert seen == pytest.approx([dry, dry, dry, np.inf, dry, dry, least, least])


def with_roads(scenario: Scenario, **update: dict[str, object]) -> Scenario:
    """The scenario with some columns of some roads changed."""
    rows = (r.model_copy(update=update.get(r.road, {})) for r in scenario.roads)
    return scenario.model_copy(update={"roads": tuple(rows)})


def test_a_weak_bridge_and_a_low_one_are_no_way_for_a_lorry() -> None:
    """Cars take the short way over r0; the lorry (18 t, 4 m) must go round by r1 and r2."""
    links = [(0, 1, 3.0, 60.0), (0, 2, 6.0, 60.0), (2, 1, 6.0, 60.0)]
    for limit in ({"max_kg": 10_000.0}, {"max_height_m": 3.5}):
        scenario = with_roads(places(3, links), r0=limit)
        roads = roads_of(scenario).map
        ways = {v: roads.route(v, 0, 1) for v in ("car", "lorry", "boat")}
        assert {v: way.roads for v, way in ways.items() if way is not None} == {
            "car": (0,),
            "lorry": (1, 2),
            "boat": (0,),
        }
        assert roads.minutes_to("lorry", 1).tolist() == [12.0, 0.0, 6.0]
        assert not roads_of(scenario).closed["lorry"].any()  # nothing shut it: no fact of the day
    strict = with_roads(places(2, links[:1]), r0={"max_kg": 1500.0, "max_height_m": 1.5})
    roads = roads_of(strict).map
    assert all(roads.route(v, 0, 1) is None for v in ("car", "lorry", "boat"))
    assert np.isinf(roads.minutes_between("car", 1, 0))


def test_a_one_way_road_leads_one_way() -> None:
    """Round the ring c0 > c1 > c2 > c0: a minute there, two minutes back."""
    links = [(0, 1, 1.0, 60.0), (1, 2, 1.0, 60.0), (2, 0, 1.0, 60.0)]
    scenario = with_roads(places(3, links), **{f"r{k}": {"oneway": True} for k in range(3)})
    roads = roads_of(scenario).map
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
    roads = roads_of(scenario).map
    car, lorry = roads.route("car", 0, 1), roads.route("lorry", 0, 1)
    assert car is not None
    assert lorry is not None
    assert (car.roads, car.distance_km) == ((0,), 3.0)
    assert (lorry.roads, lorry.distance_km) == ((1,), 8.0)


TICK_MIN = 5.0
LINE = places(4, [(0, 1, 6.0, 36.0), (1, 2, 6.0, 36.0), (2, 3, 6.0, 36.0)])


def line_of_three(wait_min: float = 0.0, last_min: float = 0.0) -> tuple[Roads, Journey]:
    """Three roads of 10 minutes in a row, left at tick 100; ticks of five minutes."""
    roads = roads_of(LINE)
    route = roads.map.route("lorry", 0, 3)
    assert route is not None
    return roads, Journey("t/1", route, "lorry", 100 * TICK_MIN, wait_min, last_min)


def drive(
    roads: Roads, journey: Journey, closed: dict[int, tuple[int, ...]], until: int = 140
) -> int:
    """Play ticks, roads first, until the journey is over; the tick. `closed` from a tick on."""
    shut: tuple[int, ...] = ()
    for tick in range(100, until):
        shut = closed.get(tick, shut)
        step(roads, tick, trees=shut)
        if journey.step(tick * TICK_MIN, roads):
            return tick
    return NEVER


def test_a_journey_by_hand() -> None:
    roads, journey = line_of_three()
    assert journey.route.minutes == pytest.approx((0.0, 10.0, 20.0, 30.0))
    passed = []
    for tick in range(100, 106):
        assert not journey.step(tick * TICK_MIN, roads)
        passed.append(journey.place)
    assert passed == [0, 0, 1, 1, 2, 2]
    assert journey.step(106 * TICK_MIN, roads)
    assert (journey.place, journey.outcome, journey.over_min) == (3, ARRIVED, 530.0)
    assert journey.driven_km == pytest.approx(18.0)


def test_waiting_before_and_streets_after_take_their_minutes() -> None:
    roads, journey = line_of_three(wait_min=3.0, last_min=4.0)
    assert drive(roads, journey, {}) == 108  # 37 minutes: within the eighth tick
    assert journey.over_min == 537.0


def test_no_way_of_a_lorry_takes_less_than_a_tick() -> None:
    roads = roads_of(LINE)
    here = roads.map.route("lorry", 1, 1)
    assert here is not None
    journey = Journey("", here, "lorry", 100 * TICK_MIN)
    assert drive(roads, journey, {}) == 101
    assert (journey.place, journey.outcome, journey.driven_km) == (1, ARRIVED, 0.0)


@pytest.mark.parametrize(
    # At tick 103 it is halfway along road 1: road 0 lies behind, road 2 lies ahead.
    ("closed", "over_tick", "place", "outcome", "blocked"),
    [
        (0, 106, 3, ARRIVED, NEVER),  # behind: it does not matter
        (1, 104, 1, STOPPED, 1),  # under the wheels: back to node 1, five minutes as it came
        (2, 104, 2, STOPPED, 2),  # ahead: found closed at node 2, after 20 minutes
    ],
)
def test_a_road_that_closes_stops_it_where_it_meets_it(
    closed: int, over_tick: int, place: int, outcome: str, blocked: int
) -> None:
    roads, journey = line_of_three()
    assert drive(roads, journey, {103: (closed,)}) == over_tick
    assert (journey.place, journey.outcome, journey.blocked) == (place, outcome, blocked)


def test_a_road_that_closes_when_it_has_been_driven_to_its_end_stops_nobody() -> None:
    """Tick 102 begins at minute 510, when it comes to node 1: road 0 closes behind it."""
    roads, journey = line_of_three()
    assert drive(roads, journey, {102: (0,)}) == 106
    assert journey.outcome == ARRIVED


def test_a_road_that_opens_again_before_it_is_met_stops_nobody() -> None:
    roads, journey = line_of_three()
    assert drive(roads, journey, {101: (2,), 103: ()}) == 106
    assert journey.outcome == ARRIVED


def test_nobody_turns_back_for_what_is_not_met_yet() -> None:
    """It sets out although the last road closes at once: it learns of it on the spot."""
    roads, journey = line_of_three()
    for tick in range(100, 104):
        step(roads, tick, trees=(2,))
        assert not journey.step(tick * TICK_MIN, roads)
        assert journey.outcome == UNDER_WAY
    step(roads, 104, trees=(2,))
    assert journey.step(104 * TICK_MIN, roads)
    assert (journey.place, journey.blocked) == (2, 2)


def test_water_that_rises_slows_only_the_roads_that_it_has_not_begun() -> None:
    """At tick 101 water of 0.2 m: road 0 was begun dry, roads 1 and 2 take 6 km at 12.36 km/h."""
    roads, journey = line_of_three()
    step(roads, 100)
    assert not journey.step(100 * TICK_MIN, roads)
    journey.step(101 * TICK_MIN, roads)  # road 0 is begun, dry
    wet_min = 6.0 / 12.3648 * 60.0
    for tick in range(102, 140):
        step(roads, tick, depth_m=0.2)
        if journey.step(tick * TICK_MIN, roads):
            break
    assert journey.over_min == pytest.approx(510.0 + 2.0 * wet_min, rel=1e-4)


def test_what_a_journey_meets_is_known_by_radio_and_ways_go_round_it() -> None:
    """A square: the way that is known leads over road 1, which a tree or water closes."""
    square = places(4, [(0, 1, 1.0, 60.0), (1, 2, 1.0, 60.0), (2, 3, 9.0, 60.0), (0, 3, 9.0, 60.0)])
    for by_water in (False, True):
        roads, known = roads_of(square), KnownRoads(RoadTable(square, index_of(square)))
        for vehicle in CLASSES:
            roads.closed[vehicle][1] = not (by_water and vehicle == "boat")
        route = known.route("lorry", 0, 2)
        assert route is not None
        assert route.roads == (0, 1)
        journey = Journey("t/1", route, "lorry", 100 * TICK_MIN)
        assert journey.step(101 * TICK_MIN, roads)  # the one kilometre takes a minute
        journey.tell(known, roads, 101)
        assert (journey.outcome, journey.blocked) == (STOPPED, 1)
        round_it = known.route("lorry", 1, 2)
        assert round_it is not None
        assert round_it.roads == (0, 3, 2)
        by_boat = known.route("boat", 1, 2)
        assert by_boat is not None
        assert by_boat.roads == ((1,) if by_water else (0, 3, 2))


def test_older_news_of_a_road_does_not_undo_newer() -> None:
    known = KnownRoads(RoadTable(LINE, index_of(LINE)))
    known.hear(RoadNews(1, 50, by_tree=True, by_water=False))
    assert known.route("lorry", 0, 3) is None
    known.hear(RoadNews(1, 40, by_tree=False, by_water=False))  # a runner who comes late
    assert known.route("lorry", 0, 3) is None
    known.hear(RoadNews(1, 60, by_tree=False, by_water=True))
    assert known.route("car", 0, 3) is None
    assert known.route("boat", 0, 3) is not None
    known.hear(RoadNews(1, 61, by_tree=False, by_water=False))
    assert known.route("car", 0, 3) is not None
