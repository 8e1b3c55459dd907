"""Ambulances and beds, worked out by hand, and that more of them only saves."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from anlan import sim
from anlan.sim.engine import prepare
from anlan.sim.incidents.incident import Incident
from anlan.sim.networks.roads import RoadRules, Roads
from anlan.sim.people.transport import Transport, TransportRules
from anlan.sim.people.wounds import Severity, Wound
from anlan.sim.place.exposure import exposure_of
from anlan.sim.place.roads import RoadMap, RoadTable
from anlan.sim.place.world import build
from anlan.sim.scenario.schema import Hospital, Scenario
from anlan.sim.travel.drivers import DriverRules, Drivers
from tests.oracle.calm import places, quiet_traffic
from tests.oracle.shaken import shaken, with_hospitals

RULES = TransportRules.read(sim.load("tiny"))
INF = math.inf
# 10 km at 60 km/h between neighbours: ten minutes; streets of three at either end.
WAY_MIN = 10.0
FIXED_MIN = RULES.turnout_min + RULES.local_min + RULES.load_min + RULES.local_min


def hospital(at: int, beds: int) -> Hospital:
    return Hospital(
        hospital=f"h{at}", name_zh="医院", name_en="hospital", community=f"c{at}", beds=beds,
        source="made up", mark="known",
    )  # fmt: skip


def row_of(n: int, ambulances: dict[int, int], beds: dict[int, int]) -> tuple[Transport, RoadMap]:
    """`n` places in a row; how many ambulances and beds stand at which."""
    like = sim.load("tiny").teams[0]
    scenario = places(
        n,
        [(k, k + 1, 10.0, 60.0) for k in range(n - 1)],
        teams=tuple(
            like.model_copy(update={"team": f"t{at}", "community": f"c{at}", "ambulances": k})
            for at, k in ambulances.items()
        ),
        hospitals=tuple(hospital(at, k) for at, k in beds.items()),
    )
    world = build(scenario)
    table = RoadTable(scenario, world.index, world.graph)
    traffic = quiet_traffic(scenario, table)
    roads = Roads(RoadRules.read(scenario), table, exposure_of(scenario), 1, traffic)
    return Transport(scenario, world.people, Drivers(DriverRules.read(scenario), roads)), roads.map


def treated(
    at: int,
    minute: float,
    severity: Severity = Severity.IMMEDIATE,
    person: int = 0,
    carried_min: float = 0.0,
) -> Wound:
    incident = Incident[Any](f"i{person}", "injury", at, 0)
    return Wound(
        person, incident, "wind", severity, 0.0, 0, 0.0, 1.0, care_min=minute,
        carried_min=max(minute, carried_min),
    )  # fmt: skip


def test_a_ride_is_the_sum_of_its_parts() -> None:
    """Base c0, patient c1, hospital c2: two ways of ten minutes, and what a ride takes besides."""
    transport, _ = row_of(3, {0: 1}, {2: 5})
    wound = treated(1, 100.0)
    transport.call(wound)
    assert transport.drive(100.0) == []  # not before the call
    assert transport.drive(105.0) == [wound]
    assert wound.fetched_min == pytest.approx(100.0 + RULES.turnout_min + WAY_MIN + RULES.local_min)
    assert wound.hospital_min == pytest.approx(100.0 + FIXED_MIN + 2.0 * WAY_MIN)
    assert (wound.hospital, wound.ambulance) == ("h2", "t0/1")
    assert transport.hospitals["h2"].beds == 4


def test_the_ambulance_waits_while_they_are_carried() -> None:
    """Who is at the road before it comes does not hold it up; who is not does by that much."""
    fetched = 100.0 + RULES.turnout_min + WAY_MIN + RULES.local_min
    there = []
    for carried_min in (100.0, fetched, fetched + 7.0):
        transport, _ = row_of(3, {0: 1}, {2: 5})
        wound = treated(1, 100.0, carried_min=carried_min)
        transport.call(wound)
        transport.drive(105.0)
        assert wound.fetched_min == pytest.approx(fetched)
        there.append(wound.hospital_min)
    assert there[1] == there[0]
    assert there[2] == pytest.approx(there[0] + 7.0)


def test_the_second_waits_until_the_ambulance_is_free_at_the_hospital() -> None:
    transport, _ = row_of(3, {0: 1}, {2: 5})
    first, second = treated(1, 100.0), treated(1, 101.0, person=1)
    transport.call(first)
    transport.call(second)
    transport.drive(1000.0)
    free_min = first.hospital_min + RULES.turnaround_min
    assert second.hospital_min == pytest.approx(free_min + FIXED_MIN + 2.0 * WAY_MIN)


def test_the_worst_hurt_come_first_and_the_nearest_goes() -> None:
    transport, _ = row_of(4, {0: 1, 3: 1}, {3: 9})
    light, bad = treated(2, 100.0, Severity.DELAYED), treated(2, 100.0, person=1)
    transport.call(light)
    transport.call(bad)
    transport.drive(110.0)
    assert (bad.ambulance, light.ambulance) == ("t3/1", "t0/1")
    assert bad.hospital_min < light.hospital_min


def test_full_hospitals_are_passed_by_and_without_a_bed_one_waits() -> None:
    transport, _ = row_of(3, {0: 2}, {1: 1, 2: 1})
    wounds = [treated(0, 100.0, person=0), treated(0, 101.0, person=0), treated(0, 102.0, person=0)]
    for wound in wounds:
        transport.call(wound)
    transport.drive(1000.0)
    assert [w.hospital for w in wounds] == ["h1", "h2", ""]
    assert wounds[2].hospital_min == INF
    # The first dies on the way: the bed is free, and the third gets it from then on.
    wounds[0].died_min = wounds[0].hospital_min - 1.0
    transport.give_back(wounds[0])
    transport.drive(1005.0)
    assert wounds[2].hospital == "h1"
    assert wounds[2].fetched_min > 1000.0


def test_nobody_comes_over_a_closed_road_until_it_is_open() -> None:
    transport, roads = row_of(3, {0: 1}, {0: 5})
    wound = treated(1, 100.0)
    transport.call(wound)
    open_min = np.full(2, WAY_MIN)
    roads.set_minutes("car", np.full(len(open_min), INF))
    assert transport.drive(200.0) == []
    roads.set_minutes("car", open_min)
    assert transport.drive(205.0) == [wound]
    assert wound.fetched_min >= 200.0


def test_who_is_dead_by_then_is_not_fetched() -> None:
    transport, _ = row_of(2, {0: 1}, {0: 5})
    wound = treated(1, 100.0)
    wound.dies_min = 99.0
    transport.call(wound)
    assert transport.drive(200.0) == []
    assert transport.hospitals["h0"].beds == 5


def test_without_the_table_everybody_is_driven_at_once() -> None:
    """As before there were ambulances: so many minutes, and always a bed."""
    scenario = shaken(7.5).model_copy(update={"hospitals": None})
    wounds = prepare(scenario).run(1, 0).table("wound")
    driven = ~np.isnan(wounds["hospital_min"])
    assert driven.any()
    rides = (wounds["hospital_min"] - wounds["carried_min"])[driven]
    np.testing.assert_allclose(rides, scenario.p("wounds.transport_min"))
    empty = scenario.model_copy(update={"hospitals": ()})  # a table without rows: no beds
    assert np.isnan(prepare(empty).run(1, 0).table("wound")["hospital_min"]).all()


def harmed(scenario: Scenario, seeds: range) -> tuple[float, float]:
    """Those who came to a hospital, and the dead of wounds, of some runs."""
    driven = died = 0.0
    for seed in seeds:
        tables = prepare(scenario).run(seed, 0).tables()
        wound = tables["wound"]
        driven += float(wound["persons"][~np.isnan(wound["hospital_min"])].sum())
        died += float(wound["persons"][wound["died_tick"] >= 0].sum())
    return driven, died


@pytest.mark.long
def test_more_ambulances_and_beds_save_more() -> None:
    """None, some and many of either, after an earthquake: more come to a hospital, fewer die."""
    seeds = range(1, 4)
    base = with_hospitals(shaken(7.5), 400)

    def fleet(each: int) -> Scenario:
        teams = tuple(
            t.model_copy(update={"ambulances": each if t.ambulances is not None else None})
            for t in base.teams
        )
        return base.model_copy(update={"teams": teams})

    by_fleet = [harmed(fleet(each), seeds) for each in (0, 1, 8)]
    by_beds = [harmed(with_hospitals(shaken(7.5), beds), seeds) for beds in (0, 4, 400)]
    for found in (by_fleet, by_beds):
        driven, died = zip(*found, strict=True)
        assert driven[0] == 0.0
        assert driven[0] < driven[1] <= driven[2]
        assert died[0] >= died[1] >= died[2]
        assert died[0] > died[2]
