"""Runoff (V12), surge (V11), the water balance of a cell, gates, and water on the roads."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.sim.forcing import surge
from anlan.sim.nature import water
from anlan.sim.networks.drainage import HELD_OPEN, HELD_SHUT, Drainage, GateRules
from anlan.sim.networks.roads import depth_on_roads_m
from anlan.sim.place.exposure import exposure_of
from tests.oracle.calm import places


def runoff_mm(rain_mm: Any, curve_number: Any) -> Any:
    return water.runoff_over_mm(np.asarray(rain_mm), water.storage_mm(np.asarray(curve_number)))


def test_v12_runoff_by_curve_number() -> None:
    q = runoff_mm(np.array([100.0, 200.0, 50.0]), np.array([80.0, 90.0, 70.0]))
    assert q == pytest.approx([50.54, 169.71, 5.81], rel=1e-3)
    # TR-55's own table: 4 inches on curve number 80.
    assert runoff_mm(101.6, 80.0) / 25.4 == pytest.approx(2.04, abs=0.005)


def test_no_runoff_below_the_first_loss_and_all_of_it_from_a_sealed_place() -> None:
    assert runoff_mm(10.0, 70.0) == 0.0
    assert runoff_mm(np.array([0.0, 25.0]), 100.0) == pytest.approx([0.0, 25.0])


def test_v11_surge_by_wind_setup_and_its_way_inland() -> None:
    assert surge.flood_depth_m(3.688, 1.0, 5.0, 0.2) == pytest.approx(1.688, rel=1e-3)
    assert surge.setup_m(40.0, 50.0, 10.0, 0.0025, 1.2, 1025.0) == pytest.approx(2.387, rel=1e-3)


def test_tide_has_its_amplitude_and_period() -> None:
    t = surge.tide_m(np.array([0.0, 6.21, 12.42]), 1.8, 12.42, 0.0)
    assert t == pytest.approx([1.8, -1.8, 1.8])


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    ticks=st.integers(1, 40),
    places=st.integers(1, 5),
    with_sea=st.booleans(),
)
def test_water_is_neither_made_nor_lost(seed: int, ticks: int, places: int, with_sea: bool) -> None:
    rng = np.random.default_rng(seed)
    rain_mm = (rng.random((ticks, places)) * 20.0).astype(np.float32)
    rain_mm *= rng.random((ticks, 1)) < 0.6  # with dry ticks between
    number = rng.uniform(30.0, 100.0, places)
    sea_mm = rng.random((ticks, places)) * 60.0 - 30.0
    cells = water.Cells.dry(number)
    for tick in range(ticks):
        cells.step(
            rain_mm[tick],
            rng.uniform(0.0, 3.0, places) * (rng.random() < 0.7),  # gates shut at times
            rng.uniform(0.0, 3.0, places) * (rng.random(places) < 0.7),  # pumps without power
            sea_mm[tick] if with_sea else None,
        )
        if rng.random() < 0.3:  # crews bring pumps of their own
            place, most_mm = int(rng.integers(places)), float(rng.uniform(0.0, 9.0))
            before = float(cells.stored[place])
            assert cells.take(place, most_mm) == min(before, most_mm)
        assert (cells.stored >= 0.0).all()
        fallen_mm = rain_mm[: tick + 1].sum(axis=0, dtype=np.float64)
        assert cells.runoff == pytest.approx(runoff_mm(fallen_mm, number), abs=1e-6)
        came = cells.runoff + cells.from_sea
        went = cells.drained + cells.pumped + cells.taken
        assert cells.stored + went == pytest.approx(came, abs=1e-6)
    assert with_sea or not cells.from_sea.any()


def test_pumps_that_stand_still_leave_their_water() -> None:
    """Paved ground, 5 mm a tick for six ticks; the one pump lifts 2 mm a tick, the other none."""
    cells = water.Cells.dry(np.full(2, 100.0))
    for _ in range(6):
        cells.step(np.full(2, 5.0), np.zeros(2), np.array([2.0, 0.0]), None)
    assert cells.stored == pytest.approx([18.0, 30.0])
    assert cells.pumped == pytest.approx([12.0, 0.0])


def cells_of(gate_level_m: float, **update: float) -> tuple[Drainage, water.Water]:
    """One paved place of tiny's, whose sluice shuts by itself at a level of the sea."""
    scenario = places(1, [])
    place = scenario.communities[0].model_copy(update={"curve_number": 100.0, **update})
    scenario = scenario.model_copy(update={"communities": (place,)})
    sites = exposure_of(scenario)
    rules = replace(water.WaterRules.read(scenario), drain_working_share=1.0, wall_crest_m=9.0)
    tick_h = scenario.settings.tick_min / 60.0
    return Drainage(GateRules(gate_level_m), sites), water.Water(rules, sites, tick_h)


def test_shut_gates_hold_the_water_back_until_they_open() -> None:
    """10 mm fall; the gate lets out 4 mm a tick (48 mm/h) once the sea is down."""
    drainage, streets = cells_of(1.0, drain_mm_h=48.0, pump_mm_h=0.0)
    stored = []
    for rain_mm, sea_level_m in ((10.0, 1.0), (0.0, 1.5), (0.0, 0.99), (0.0, 0.0), (0.0, 0.0)):
        gates, pumps = drainage.gates_open(sea_level_m), np.zeros(1)
        streets.step(np.array([rain_mm], dtype=np.float32), gates, pumps, sea_level_m)
        stored.append(float(streets.cells.stored[0]))
        assert streets.depth_m[0] * streets.rules.ponding_share == pytest.approx(stored[-1] / 1000)
    assert stored == pytest.approx([10.0, 10.0, 6.0, 2.0, 0.0])


def test_a_gate_that_is_held_goes_by_no_level() -> None:
    """Held open under a high sea it drains, held shut under a low one it does not."""
    for held, sea_level_m, left_mm in ((HELD_OPEN, 1.5, 6.0), (HELD_SHUT, 0.0, 10.0)):
        drainage, streets = cells_of(1.0, drain_mm_h=48.0, pump_mm_h=0.0)
        drainage.gate[0] = held
        gates = drainage.gates_open(sea_level_m)
        streets.step(np.array([10.0], dtype=np.float32), gates, np.zeros(1), sea_level_m)
        assert streets.cells.stored[0] == pytest.approx(left_mm)


def test_a_road_lies_under_its_deeper_end_and_its_dip_fills_with_the_water() -> None:
    """Dips of 0.25 m that are full once the deeper end stands 0.1 m deep."""
    three = places(3, [(0, 1, 1.0, 40.0), (1, 2, 1.0, 40.0)])
    roads = tuple(r.model_copy(update={"dip_m": 0.25}) for r in three.roads)
    sites = exposure_of(three.model_copy(update={"roads": roads}))
    for depth, on_roads in (([0.0, 0.0, 0.2], [0.0, 0.45]), ([0.05, 0.02, 0.0], [0.175, 0.07])):
        found = depth_on_roads_m(np.array(depth, dtype=np.float32), sites, 0.1)
        assert found == pytest.approx(on_roads)


def test_a_road_above_the_low_streets_lies_under_less_water() -> None:
    """A dip of -0.25 m is a rise: full where the street stands 0.1 m deep, and dry until then."""
    three = places(3, [(0, 1, 1.0, 40.0), (1, 2, 1.0, 40.0)])
    roads = tuple(r.model_copy(update={"dip_m": -0.25}) for r in three.roads)
    sites = exposure_of(three.model_copy(update={"roads": roads}))
    for depth, on_roads in (([0.0, 0.0, 0.8], [0.0, 0.55]), ([0.05, 0.02, 0.0], [0.0, 0.0])):
        found = depth_on_roads_m(np.array(depth, dtype=np.float32), sites, 0.1)
        assert found == pytest.approx(on_roads)
