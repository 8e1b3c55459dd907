"""Growth, flashover, water, radiation and travel against published figures (V31-V36)."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest

from anlan.sim import load
from anlan.sim.nature.building import growth
from anlan.sim.nature.building.radiation import lighting_min, view_factor
from anlan.sim.nature.building.travel import accelerating_min, run_up_km
from anlan.sim.scenario.read import SHIPPED
from anlan.sim.scenario.schema import BuildingClass

CLASSES = {c.building_class: c for c in load("tiny").building_classes}
FAST = 1055.0 / 300.0**2  # 1,055 kW at 300 s


def test_fast_fire_after_five_minutes() -> None:  # V31
    assert growth.heat_kw(0.0469, 5.0) == pytest.approx(4221, rel=1e-3)
    assert growth.heat_kw(FAST, 5.0) == pytest.approx(1055, rel=1e-3)


@pytest.mark.parametrize(("km", "minutes"), [(0.25, 1.5), (0.5, 2.121), (1.0, 3.0), (3.0, 6.0)])
def test_travel_from_standing(km: float, minutes: float) -> None:  # V32
    assert accelerating_min(km, 40.0, 0.5) == pytest.approx(minutes, rel=1e-3)


def test_travel_is_smooth_where_the_speed_is_reached() -> None:
    below, above = (accelerating_min(1.0 + d, 40.0, 0.5) for d in (-1e-9, 1e-9))
    assert below == pytest.approx(above)
    assert run_up_km(18.0, 0.5) == pytest.approx(0.025)
    assert accelerating_min(0.0, 40.0, 0.5) == 0.0


def test_water_and_engines_for_215_m2() -> None:  # V35
    assert growth.branches_needed(215.0, 0.15, 6.5) == 5
    assert growth.engines_needed(215.0, 0.15, 6.5, 2) == 3


def test_an_exact_number_of_branches_is_not_rounded_up() -> None:
    assert growth.branches_needed(130.0, 0.15, 6.5) == 3
    assert growth.engines_needed(4 * 6.5 / 0.15, 0.15, 6.5, 2) == 2
    assert growth.engines_needed(0.0, 0.15, 6.5, 2) == 0


@pytest.mark.parametrize(("gap_m", "kw_m2"), [(6.0, 27.9), (9.0, 15.6), (13.0, 8.4)])
def test_radiation_on_a_neighbour(gap_m: float, kw_m2: float) -> None:  # V36
    assert 84.0 * view_factor(6.0, 10.0, gap_m) == pytest.approx(kw_m2, abs=0.06)
    assert math.isinf(lighting_min(kw_m2, 12.6, 10.0)) == (gap_m == 13.0)


def test_view_factor_at_a_gap_of_six_metres() -> None:  # V36
    assert view_factor(6.0, 10.0, 6.0) == pytest.approx(0.3318, rel=1e-3)


def test_a_touching_wall_sends_all_a_far_one_nothing() -> None:
    assert view_factor(6.0, 10.0, 1e-4) == pytest.approx(1.0, abs=1e-3)
    assert view_factor(6.0, 10.0, 1e4) == pytest.approx(0.0, abs=1e-6)
    assert view_factor(6.0, 10.0, 50.0) == pytest.approx(60.0 / (math.pi * 50.0**2), rel=0.02)


def test_brick_and_timber_has_burnt_215_m2_at_a_quarter_of_an_hour() -> None:
    assert growth.burnt_m2(CLASSES["old_town"], 15.0) == pytest.approx(215.0)


@pytest.mark.parametrize("building", CLASSES.values(), ids=CLASSES.keys())
def test_area_never_shrinks_and_ends_at_the_whole_building(building: BuildingClass) -> None:
    minutes = [0.5 * n for n in range(4000)]
    areas = [growth.burnt_m2(building, m) for m in minutes]
    assert all(b >= a for a, b in pairwise(areas))
    lasts = growth.burnt_out_min(building, 1500.0)
    assert growth.burnt_m2(building, lasts) == pytest.approx(
        building.compartment_m2 * building.compartments
    )
    left = growth.burnt_m2(building, lasts + 1.0, growth.compartment_out_min(building, 1500.0))
    assert left == 0.0


def test_openings_hold_the_heat() -> None:
    shed = load("tiny-fire").building_classes[0]
    assert growth.ventilation_kw(shed, 1500.0) == pytest.approx(30_000.0)
    assert growth.wall_alight_min(shed, 1500.0) == pytest.approx(math.sqrt(30_000 / 0.0469) / 60)
    slit = shed.model_copy(update={"openings": 1, "opening_width_m": 0.2})
    assert math.isinf(growth.flashover_min(slit, 1500.0, 1500.0))


def test_the_shipped_classes_keep_their_fires_from_running_away_by_themselves() -> None:
    """Each burning neighbour lights less than one more on average, even if nobody comes."""
    assert (SHIPPED / "building_classes.csv").exists()
    for c in CLASSES.values():
        gaps = [c.gap_low_m + (c.gap_high_m - c.gap_low_m) * (n + 0.5) / 200 for n in range(200)]
        face = (c.face_height_m, c.face_width_m)
        lit = [c.radiation_kw_m2 * view_factor(*face, g) >= 12.6 for g in gaps]
        assert max(0, c.neighbours - 1) * sum(lit) / len(lit) < 1.0
