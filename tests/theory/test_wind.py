"""Wind against published values: V1-V9 and V18 of the domain reference."""

from __future__ import annotations

import numpy as np
import pytest

from anlan.sim import portable
from anlan.sim.forcing import wind
from tests.theory.holland import gradient_wind_ms

CLOSE = 1e-3


def test_v1_holland_1980_at_two_radii_with_and_without_the_earths_turning() -> None:
    radius = np.array([299.450, 40.6655])
    with_f = gradient_wind_ms(radius, 40.6655, 1.48608, 39.12, 3.54922e-5, 1.15)
    without = gradient_wind_ms(radius, 40.6655, 1.48608, 39.12, 0.0, 1.15)
    assert with_f == pytest.approx([11.28, 42.41], rel=CLOSE)
    assert without == pytest.approx([15.72, 43.13], rel=CLOSE)


def test_v6_vickery_wadhera_size_and_the_profile_and_pressure_that_follow() -> None:
    rmax = wind.rmax_km(50.0, 30.0)
    b = wind.holland_b(rmax, 30.0)
    assert rmax == pytest.approx(47.88, rel=CLOSE)
    assert b == pytest.approx(1.2238, rel=CLOSE)
    v = gradient_wind_ms(
        np.array([47.88, 100.0, 300.0]), rmax, b, 50.0, wind.coriolis_per_s(30.0), 1.15
    )
    assert v == pytest.approx([42.53, 34.47, 14.09], rel=CLOSE)
    assert wind.pressure_hpa(100.0, rmax, b, 50.0, 960.0) == pytest.approx(993.3, rel=1e-4)


def test_v7_surface_factor() -> None:
    factor = wind.surface_factor(np.array([5.0, 10.0, 30.0, 40.0, 45.0]))
    assert factor == pytest.approx([0.81, 0.7983, 0.7247, 0.6816, 0.66], rel=CLOSE)


def test_v8_kaplan_demaria_decay() -> None:
    v = wind.decayed_wind_kt(100.0, np.array([0.0, 6.0, 12.0, 24.0]))
    assert v == pytest.approx([90.0, 62.50, 46.94, 33.17], rel=CLOSE)


def test_v9_pressure_filling_with_two_published_pairs_of_coefficients() -> None:
    assert wind.filled_deficit_hpa(50.0, 6.0, 0.008, 0.0008) == pytest.approx(37.49, rel=CLOSE)
    assert wind.filled_deficit_hpa(50.0, 6.0) == pytest.approx(42.01, rel=CLOSE)


def test_inflow_angle_is_10_degrees_at_the_radius_and_25_beyond() -> None:
    angle = wind.inflow_deg(np.array([0.0, 20.0, 40.0, 44.0, 48.0, 400.0]), 40.0)
    assert angle == pytest.approx([0.0, 5.0, 10.0, 17.5, 25.0, 25.0])


@pytest.mark.parametrize("hemisphere", [1.0, -1.0])
def test_v18_a_storm_at_rest_blows_alike_all_round(hemisphere: float) -> None:
    bearing = np.linspace(0.0, 2.0 * np.pi, 25)
    radius, swirl = 60.0, np.full(25, 30.0)
    v = wind.surface_wind_ms(
        radius * np.sin(bearing),
        radius * np.cos(bearing),
        swirl,
        0.0,
        0.0,
        wind.inflow_deg(radius, 40.0),
        hemisphere,
    )
    assert v == pytest.approx(np.full(25, 30.0), rel=portable.RESOLUTION)


@pytest.mark.parametrize(("hemisphere", "stronger"), [(1.0, "right"), (-1.0, "left")])
def test_v18_a_moving_storm_differs_by_twice_its_speed_across_the_track(
    hemisphere: float, stronger: str
) -> None:
    east = np.array([40.0, -40.0])  # right and left of a storm that moves north
    v = wind.surface_wind_ms(east, np.zeros(2), np.full(2, 30.0), 0.0, 6.0, 0.0, hemisphere)
    right, left = v if stronger == "right" else v[::-1]
    assert right - left == pytest.approx(2 * 6.0, rel=1e-12)


def test_distance_on_the_plane_agrees_with_the_great_circle_to_half_a_per_cent() -> None:
    lat, lon = np.array([31.9, 33.5, 28.5, 31.9]), np.array([121.2, 125.0, 119.0, 126.0])
    east, north = wind.offsets_km(lat, lon, 31.5, 122.0)
    a, b = np.radians(31.5), np.radians(lat)
    half = np.sin((b - a) / 2) ** 2
    half += np.cos(a) * np.cos(b) * np.sin(np.radians(lon - 122.0) / 2) ** 2
    assert np.hypot(east, north) == pytest.approx(
        2 * wind.EARTH_RADIUS_KM * np.arcsin(np.sqrt(half)), rel=5e-3
    )


def test_offsets_cross_the_date_line_the_short_way() -> None:
    east, _ = wind.offsets_km(0.0, -179.5, 0.0, 179.5)
    assert east == pytest.approx(111.19, rel=CLOSE)


def test_averaging_period_at_its_two_ends() -> None:
    assert wind.ten_minute_ms(30.0, 10, 1.05) == pytest.approx(30.0)
    assert wind.ten_minute_ms(31.5, 1, 1.05) == pytest.approx(30.0)


@pytest.mark.parametrize("hemisphere", [1.0, -1.0])
def test_what_the_motion_adds_is_a_share_of_it_turned_to_the_side(hemisphere: float) -> None:
    """Lin and Chavas 2012: 0.55 of the motion, 20 degrees to the left in the north."""
    east, north = wind.background_ms(0.0, 10.0, 0.55, 20.0, hemisphere)
    assert np.hypot(east, north) == pytest.approx(5.5, rel=1e-6)
    assert np.degrees(np.arctan2(east, north)) == pytest.approx(-20.0 * hemisphere, rel=1e-6)
