"""Queues on the roads against the bottleneck formula, and what no queue may do."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from anlan import sim
from anlan.sim.networks.roads import RoadRules, Roads
from anlan.sim.networks.traffic import UNITS, Traffic
from anlan.sim.place.exposure import exposure_of
from anlan.sim.place.roads import RoadTable, Route
from anlan.sim.scenario.schema import Road, Scenario
from anlan.sim.travel.drivers import DriverRules, Drivers
from anlan.sim.travel.journey import Journey
from tests.oracle.calm import air, places, quiet_traffic

SLOT_MIN = 5.0
LINK = 0  # the first road, onwards


def a_row(n: int, kmh: float = 60.0, **road: Any) -> Scenario:
    """`n` places in a row, ten kilometres apart, with one lane of 600 cars an hour between."""
    made = places(n, [(k, k + 1, 10.0, kmh) for k in range(n - 1)])
    given = {"lanes": 1, "capacity_veh_h_lane": 600.0} | road
    roads = tuple(r.model_copy(update=given) for r in made.roads)
    return made.model_copy(update={"roads": roads})


def roads_of(scenario: Scenario, **sky: Any) -> Roads:
    index = {c.community: n for n, c in enumerate(scenario.communities)}
    table = RoadTable(scenario, index)
    traffic = quiet_traffic(scenario, table, **sky)
    return Roads(RoadRules.read(scenario), table, exposure_of(scenario), 1, traffic)


def drivers_of(scenario: Scenario) -> Drivers:
    return Drivers(DriverRules.read(scenario), roads_of(scenario))


def most(traffic: Traffic) -> int:
    """Thousandths of a car in the fullest slot of all."""
    return max(max(slots.taken) for slots in traffic.slots.values())


@pytest.mark.parametrize("load", [0.5, 1.0, 1.5, 3.0])
def test_the_delay_behind_one_road_is_that_of_the_bottleneck_formula(load: float) -> None:
    """Cars come at the rate q for T hours to a road that passes c: all of them together wait
    q T^2 (q / c - 1) / 2, and not at all while q is no more than c.
    """
    traffic, capacity_h, hours = roads_of(a_row(2)).traffic, 600.0, 2.0
    cars = round(load * capacity_h * hours)
    came_min = (np.arange(cars) + 0.5) * 60.0 * hours / cars
    waited_h = sum(traffic.book(LINK, float(m), UNITS) for m in came_min) / 60.0
    formula_h = max(0.0, load - 1.0) * load * capacity_h * hours**2 / 2.0
    # A car passes as its slot begins, or as it comes: half a slot sooner than the formula.
    assert formula_h - cars * SLOT_MIN / 2.0 / 60.0 <= waited_h + 1e-9
    assert waited_h <= formula_h * 1.02


def test_six_thousand_cars_on_one_lane_take_ten_hours() -> None:
    """600 an hour: the last of them waits until the tenth hour; two lanes take five."""
    for lanes, hours in ((1, 10.0), (2, 5.0)):
        traffic = roads_of(a_row(2, lanes=lanes)).traffic
        last = max(traffic.book(LINK, 0.0, UNITS) for _ in range(6000))
        assert last == pytest.approx(60.0 * hours - SLOT_MIN)
        assert traffic.book(LINK, 60.0 * hours + 1.0, UNITS) == 0.0


def test_no_slot_passes_more_than_the_road_carries_and_nobody_is_lost() -> None:
    """Bookings of any size, from minutes in any order, with rain that comes and goes."""
    rng = np.random.default_rng(7)
    traffic, booked = roads_of(a_row(2)).traffic, 0
    room = int(600.0 * SLOT_MIN / 60.0 * UNITS)
    for tick in range(200):
        traffic.present.tick = tick
        traffic.present.sky = air(2, rain_mm_h=float(rng.choice([0.0, 20.0])))
        units = int(rng.integers(1, 40 * UNITS))
        traffic.book(LINK, 5.0 * tick + float(rng.uniform(0.0, 300.0)), units)
        booked += units
    assert most(traffic) <= room
    assert sum(traffic.slots[LINK].taken) == booked


def test_what_is_known_to_be_full_is_what_is_full() -> None:
    """The first free slot is the one that a look at every slot finds."""
    rng = np.random.default_rng(3)
    traffic = roads_of(a_row(2)).traffic
    for step in range(400):
        traffic.present.tick = step
        traffic.present.sky = air(2, rain_mm_h=float(rng.choice([0.0, 20.0])))
        minute, room = float(rng.uniform(0.0, 600.0)), traffic._room(LINK)
        taken = traffic.slots[LINK].taken if traffic.slots else []
        slot = int(minute // SLOT_MIN)
        while slot < len(taken) and taken[slot] >= room:
            slot += 1
        found = traffic.wait_min(LINK, minute)
        assert found == max(0.0, slot * SLOT_MIN - minute)
        traffic.book(LINK, minute, int(rng.integers(1, 20 * UNITS)))


def test_who_comes_early_is_not_held_up_by_who_booked_before_and_comes_late() -> None:
    traffic = roads_of(a_row(2)).traffic
    for _ in range(600):
        traffic.book(LINK, 120.0, UNITS)
    assert traffic.book(LINK, 0.0, UNITS) == 0.0
    assert traffic.book(LINK, 120.0, UNITS) == pytest.approx(60.0)


def test_the_other_direction_is_free() -> None:
    traffic = roads_of(a_row(2)).traffic
    for _ in range(600):
        traffic.book(traffic.link(0, 0), 0.0, UNITS)
    assert traffic.wait_min(traffic.link(0, 0), 0.0) == pytest.approx(60.0)
    assert traffic.wait_min(traffic.link(0, 1), 0.0) == 0.0


def test_a_queue_passes_once_and_not_at_every_road_of_a_way() -> None:
    """Roads one after another that carry the same: only the first holds anybody up."""
    drivers = drivers_of(a_row(4))
    persons = int(drivers.rules.car_persons)
    waits = [drivers.set_out(0, 3, persons, False, 0.0) for _ in range(300)]
    assert waits[-1] == pytest.approx(60.0 * 300 / 600 - SLOT_MIN)
    assert most(drivers.roads.traffic) <= 50 * UNITS


def test_a_bus_takes_less_of_the_road_than_the_cars_of_its_people() -> None:
    rules = drivers_of(a_row(2)).rules
    assert rules.units(45, True) == 2 * UNITS
    assert rules.units(45, False) == 15 * UNITS
    assert rules.units(1, True) > 0


def test_roads_carry_by_their_class_unless_they_say_otherwise() -> None:
    scenario = a_row(2)
    p = scenario.p
    main, local = p("road.main_lanes"), p("road.local_lanes")
    for road, veh_h in (
        ({"lanes": None, "capacity_veh_h_lane": None, "speed_kmh": 60.0},
         main * p("road.evacuation_veh_h")),
        ({"lanes": None, "capacity_veh_h_lane": None, "speed_kmh": 30.0},
         local * p("road.local_veh_h")),
        ({"lanes": 3, "capacity_veh_h_lane": 1000.0}, 3000.0),
    ):  # fmt: skip
        traffic = roads_of(a_row(2, **road)).traffic
        assert traffic.flows.veh_h.tolist() == [[veh_h, veh_h]]


def test_heavy_rain_takes_part_of_the_capacity() -> None:
    for rain_mm_h, cars in ((0.0, 50), (20.0, 42.5)):
        traffic = roads_of(a_row(2), rain_mm_h=rain_mm_h).traffic
        traffic.book(LINK, 0.0, 1000 * UNITS)
        assert most(traffic) == cars * UNITS


def test_contraflow_opens_most_lanes_outwards_when_they_have_been_cleared() -> None:
    """Two lanes of 600 each way: out 2 x 1.9 x 800, in 2 x 0.1 x 600, two hours after the order."""
    scenario = a_row(2, lanes=2, contraflow_to="c1")
    traffic = roads_of(scenario).traffic
    out, back = traffic.link(0, 0), traffic.link(0, 1)

    def rooms(minute: float) -> list[float]:
        traffic.present.tick = int(minute // traffic.clock.tick_min)
        return [traffic._room(link) * 60.0 / SLOT_MIN / UNITS for link in (out, back)]

    assert rooms(0.0) == [1200.0, 1200.0]
    traffic.begin_contraflow(0.0)
    assert rooms(115.0) == [1200.0, 1200.0]
    assert rooms(120.0) == pytest.approx([3040.0, 120.0], rel=1e-3)
    traffic.end_contraflow(300.0)
    assert rooms(300.0) == [1200.0, 1200.0]
    assert traffic.is_contraflow(60.0, 125.0)
    assert not traffic.is_contraflow(300.0, 360.0)


def test_crews_pass_a_part_of_the_queue_and_lorries_none() -> None:
    scenario = a_row(2)
    roads = roads_of(scenario)
    for _ in range(600):
        roads.traffic.book(LINK, 0.0, UNITS)
    way = Route(nodes=(0, 1), roads=(0,), minutes=(0.0, 10.0), distance_km=10.0)
    share = scenario.p("road.rescue_wait_share")
    for given, wait_min in ((1.0, 60.0), (share, 60.0 * share)):
        journey = Journey("j", way, "lorry", 0.0, queue_share=given)
        assert journey.drive(0.0, 1000.0, roads)
        assert journey.over_min == pytest.approx(wait_min + 10.0)
    ambulance = Drivers(DriverRules.read(scenario), roads)
    assert ambulance.queue_min(0, 1, 0.0) == pytest.approx(60.0 * share)
    assert ambulance.queue_min(1, 0, 0.0) == 0.0


# -- in a run ---------------------------------------------------------------------------------


def moved_out(**changes: str) -> dict[str, dict[str, Any]]:
    """A run of tiny in which all are told to leave in its first hour; its tables."""
    scenario = sim.load("tiny")
    seat, port = (c.model_copy(update={"residents": 2000, "households": 800, "low_lying_share": 1.0,
                                       "dangerous_share": 0.0, "dormitory_share": 0.0,
                                       "boat_share": 0.0})
                  for c in scenario.communities)  # fmt: skip
    shelter = scenario.shelters[0].model_copy(update={"capacity": 5000})
    scenario = scenario.model_copy(
        update={"communities": (seat, port), "shelters": (shelter,)}
    ).model_copy(update=changes.pop("update", {}))  # type: ignore[arg-type]
    settings = {f"parameters.{k}": v for k, v in changes.items() if k != "order"}
    return sim.run(sim.override(scenario, {"orders.move_h": "1"} | settings), seed=1).tables()


def queue_h(tables: dict[str, dict[str, Any]]) -> float:
    return float(tables["evacuation"]["queue_person_min"].sum() / 60.0)


def test_fewer_lanes_make_people_later_and_more_make_them_sooner() -> None:
    runs = [moved_out(**{"road.capacity_factor": f}) for f in ("0.2", "0.4", "1000000")]
    waits = [queue_h(tables) for tables in runs]
    assert waits[0] > waits[1] > waits[2] == 0.0
    late = []
    for tables in runs:
        rows = tables["evacuation"]
        there = rows["arrived_tick"] >= 0
        way = (rows["arrived_tick"] - rows["left_tick"])[there]
        late.append(float((way * rows["persons"][there]).sum()))
    assert late[0] > late[1] > late[2]


def test_an_hour_carries_no_more_than_the_road_does() -> None:
    load = moved_out(**{"road.capacity_factor": "0.2"})["road_load"]
    assert len(load["tick"])
    assert (load["vehicles"] <= load["capacity_veh_h"] + 1e-9).all()
    assert load["longest_wait_min"].max() > 5.0


def test_every_vehicle_that_sets_out_is_in_the_loads() -> None:
    """One road: what passes it is the people who drove, in cars."""
    tables = moved_out(**{"road.capacity_factor": "0.4"})
    rows, load = tables["evacuation"], tables["road_load"]
    from_port = rows["community"] == "port"
    cars = rows["driven_persons"][from_port].sum() / sim.load("tiny").p("vehicle.car_persons")
    assert load["origin"].tolist() == ["port"] * len(load["tick"])
    assert 0.0 < load["vehicles"].sum() <= cars * 1.001
    waited = load["waited_veh_min"].sum()
    assert waited <= rows["queue_person_min"].sum() / 3.0 * 1.001


def test_contraflow_ordered_at_an_hour_lets_people_out_sooner() -> None:
    def turned(road: Road) -> Road:
        return road.model_copy(update={"contraflow_to": "seat"})

    roads = tuple(turned(r) for r in sim.load("tiny").roads)
    slow = {"road.capacity_factor": "0.2", "road.contraflow_setup_min": "30"}
    without = moved_out(update={"roads": roads}, **slow)  # type: ignore[arg-type]
    orders = sim.load("tiny").orders.model_copy(update={"contraflow_h": 0.0})
    given = moved_out(update={"roads": roads, "orders": orders}, **slow)  # type: ignore[arg-type]
    assert queue_h(given) < 0.8 * queue_h(without)
    kinds = given["message"]["kind"].tolist()
    assert kinds.count("contraflow") == 1
    assert "contraflow" not in without["message"]["kind"].tolist()
    assert given["road_load"]["capacity_veh_h"].max() > without["road_load"]["capacity_veh_h"].max()


def test_rows_in_another_order_change_no_load() -> None:
    """Places the other way round, and the road told from its other end."""
    scenario = sim.load("tiny")
    road = scenario.roads[0]
    ends = {"from_community": road.to_community, "to_community": road.from_community}
    update = {"roads": (road.model_copy(update=ends),)}
    slow = {"road.capacity_factor": "0.2"}
    told, turned = moved_out(**slow), moved_out(update=update, **slow)  # type: ignore[arg-type]
    for table in ("evacuation", "road_load"):
        for column, values in told[table].items():
            assert values.tolist() == turned[table][column].tolist(), column
