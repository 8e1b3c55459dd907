"""How far gales reach: through the given radii, and what then comes out elsewhere."""

from __future__ import annotations

import math

import numpy as np
import pytest

from anlan.sim.forcing import size, track, wind
from anlan.sim.forcing.typhoon import Typhoon
from tests.storm import NORTHWARD, community, fix, small
from tests.theory.holland import gradient_wind_ms

STILL = {
    "storm.position_sd_km": 0.0, "storm.wind_sd_share": 0.0, "storm.rmax_sd_log": 0.0,
}  # fmt: skip
RULES = size.SizeRules(0.54, 0.25, 0.15, 1.3)


def storm(vmax_ms: float = 40.0, rmax_km: float = 40.0, lat: float = 25.0) -> track.Storm:
    one = np.array([1.0])
    return track.Storm(lat * one, 120.0 * one, vmax_ms * one, 50.0 * one, 0.0 * one, 0.0 * one,
                       rmax_km * one)  # fmt: skip


def at(radius_km: float, bearing_deg: float, of: track.Storm, exponent: np.ndarray) -> float:
    b = wind.holland_b(of.rmax_km, of.lat)
    args = [np.float32(np.array([[v]])) for v in (radius_km, bearing_deg)]
    rest = [np.float32(v[:, None]) for v in (of.vmax_ms, of.rmax_km, b)]
    return float(size.swirl_ms(*args, *rest, np.float32(exponent))[0, 0])


def test_the_profile_passes_through_the_gale_radius_of_each_quadrant() -> None:
    radii = np.array([[400.0, 300.0, 200.0, 250.0]])
    zero = np.zeros(1)
    of = storm()
    found = size.exponents(of, radii, np.array([17.5]), (zero, zero), RULES)
    for n, radius in enumerate(radii[0]):
        assert at(radius, 45.0 + 90.0 * n, of, found) == pytest.approx(17.5, rel=1e-4)
    assert at(40.0, 0.0, of, found) == pytest.approx(40.0, rel=1e-5)
    north = at(325.0, 0.0, of, found)  # between two quadrants, between their winds
    assert at(325.0, 315.0, of, found) < north < at(325.0, 45.0, of, found)


def test_within_the_core_it_is_the_profile_of_holland_1980_without_the_earths_turning() -> None:
    of = storm()
    b = wind.holland_b(of.rmax_km, of.lat)
    shape = gradient_wind_ms(20.0, 40.0, b, 50.0, 0.0, 1.15)
    most = gradient_wind_ms(40.0, 40.0, b, 50.0, 0.0, 1.15)
    found = at(20.0, 0.0, of, np.full((1, 4), 0.9))
    assert found == pytest.approx(float(40.0 * shape[0] / most[0]), rel=1e-5)


def test_what_the_motion_adds_is_taken_off_before_the_exponent_is_found() -> None:
    """North of the equator a northward motion adds in the east and takes away in the west."""
    radii = np.full((1, 4), 300.0)
    still = size.exponents(storm(), radii, np.array([17.5]), (np.zeros(1), np.zeros(1)), RULES)
    moving = size.exponents(storm(), radii, np.array([17.5]), (np.zeros(1), np.full(1, 5.0)), RULES)
    assert (moving[0, :2] > still[0, :2]).all()
    assert (moving[0, 2:] < still[0, 2:]).all()


def test_a_longest_and_a_shortest_radius_are_a_circle_off_the_centre() -> None:
    long = fix(0, 20.0, 115.0, 40.0, 950.0).model_copy(
        update={"gale_long_km": 600.0, "gale_short_km": 400.0, "gale_long_to": "NE"}
    )
    ne, se, sw, nw = size.radii_km(long)
    assert (ne, sw) == (pytest.approx(600.0), pytest.approx(400.0))
    assert se == pytest.approx(nw) == pytest.approx(math.sqrt(500.0**2 - 100.0**2))
    named = long.model_copy(update={"gale_ne_km": 300.0})
    assert size.radii_km(named)[0] == 300.0
    assert np.isnan(size.radii_km(named)[1:]).all()


def test_wider_gales_blow_harder_far_off_and_not_in_the_core() -> None:
    places = (community("near", 32.0, 121.2), community("far", 32.0, 124.0))

    def most(radius_km: float) -> np.ndarray:
        rows = tuple(f.model_copy(update={"gale_long_km": radius_km, "gale_short_km": radius_km})
                     for f in NORTHWARD)  # fmt: skip
        scenario = small(places, rows, STILL)
        typhoon = Typhoon(scenario)
        return typhoon._sea_wind(typhoon.node_storm, typhoon.exponents)[1].max(axis=0)

    narrow, wide = most(150.0), most(400.0)
    assert wide[1] > 1.5 * narrow[1]
    assert wide[0] == pytest.approx(narrow[0], rel=0.02)


def test_a_blank_wind_is_never_stronger_than_the_one_before() -> None:
    given = np.array([np.nan, 20.0, np.nan, np.nan, 15.0, np.nan])
    derived = np.array([25.0, 25.0, 25.0, 12.0, 25.0, 16.0])
    found = track._filled(given, derived)
    assert found.tolist() == [17.2, 20.0, 17.2, 12.0, 15.0, 15.0]
    nothing = np.full(3, np.nan)
    assert track._filled(nothing, derived[:3]).tolist() == [25.0, 25.0, 25.0]
