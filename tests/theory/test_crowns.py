"""Crowns and brands against the published formulas and BehavePlus's own worked cases."""

from __future__ import annotations

import numpy as np
import pytest

from anlan.sim.forcing.fire_weather import steady
from anlan.sim.nature.forest import crowns, ellipse, embers, rothermel
from anlan.sim.nature.forest.edge import step_intensity_kw_m
from anlan.sim.nature.forest.ground import ground
from anlan.sim.nature.forest.rates import rothermel_rates
from anlan.sim.nature.forest.spread import start
from anlan.sim.place.landscape.fuels import Fuels, read_fuels
from anlan.sim.place.landscape.landscape import landscape

FT_MIN = 0.3048  # m/min
BED = (
    "rothermel_load_lb_ft2", "sav_per_ft", "depth_ft", "extinction_share",
    "load_10h_lb_ft2", "load_100h_lb_ft2", "load_live_lb_ft2", "live_sav_per_ft",
)  # fmt: skip


@pytest.mark.parametrize(
    ("base_m", "moisture_pct", "kw_m"),
    [
        (1.0, 100, 168.44),
        (2.0, 100, 476.43),
        (6.0, 100, 2475.58),
        (6.0, 70, 1592.75),
        (3.0, 120, 1107.44),
    ],
)
def test_crowns_catch_at_van_wagners_intensity(
    base_m: float, moisture_pct: float, kw_m: float
) -> None:
    """(0.010 z (460 + 25.9 m))^1.5, by hand: 6 m and 100 %: 183 to the power of 1.5."""
    assert float(crowns.ignition_kw_m(base_m, moisture_pct)) == pytest.approx(kw_m, rel=1e-4)


def test_van_wagners_own_stand() -> None:
    """Red pine at 6 m and 100 % caught at some 2,500 kW/m: where 0.010 is from (known)."""
    assert float(crowns.ignition_kw_m(6.0, 100.0)) == pytest.approx(2500.0, rel=0.02)


def test_crowns_burn_by_themselves_from_three_over_their_density() -> None:
    rates = crowns.active_m_min(np.array([0.1, 0.2, 0.0]))
    np.testing.assert_allclose(rates, [30.0, 15.0, np.inf])


def test_nine_tenths_of_the_crowns_burn_nine_tenths_of_the_way_to_active_crowning() -> None:
    share = crowns.burnt_share(np.array([4.0, 5.0, 23.0]), 5.0, 25.0)
    np.testing.assert_allclose(share, [0.0, 0.0, 0.9])
    rising = np.asarray(crowns.burnt_share(np.linspace(5.0, 40.0, 50), 5.0, 25.0))
    assert (np.diff(rising) > 0.0).all()
    assert rising[-1] < 1.0
    # crowns that burn by themselves at once where they catch at all
    assert float(crowns.burnt_share(5.1, 5.0, 3.0)) == pytest.approx(1.0)


def test_a_running_crown_fire_is_as_fast_as_behaveplus_has_it() -> None:
    """Model 10 at 8, 9, 10 and 117 %, 40 km/h at 20 ft straight up 20 %: 65.2 ft/min.

    The worked case of BehavePlus's tests for Scott and Reinhardt 2001; all crowns burn.
    """
    own = crowns.crowns_of(read_fuels(), 100.0, 1.0)
    wet = rothermel.Moisture(0.08, 0.09, 0.10, 1.17)
    under = crowns.Under(np.zeros(1), own.calm_m_min(wet))
    wind_ms = 2187.226624 * FT_MIN / 60.0
    up = np.zeros(1)
    rate = own.running_m_min(under, wind_ms, 0.0, np.array([0.2]), up)
    assert float(rate[0]) == pytest.approx(65.221842 * FT_MIN, rel=0.03)


def test_the_farthest_brand_flies_as_far_as_behaveplus_has_it() -> None:
    """Flames of 8.523508 ft, 5 miles an hour at 20 ft, cover of 30 ft: 0.132964 miles."""
    btu_ft_s = (8.523508 / 0.45) ** (1.0 / 0.46)
    metres = embers.farthest_m(
        btu_ft_s * embers.KW_M_PER_BTU_FT_S, 5.0 / embers.MPH_PER_MS, 30.0 * 0.3048
    )
    assert float(metres) == pytest.approx(0.132964 * embers.M_PER_MILE, rel=1e-4)


def test_brands_fly_farther_from_fiercer_fire_in_more_wind_over_lower_trees_and_not_in_a_calm() -> (
    None
):
    far = embers.farthest_m(4000.0, 5.0, 12.0)
    assert embers.farthest_m(8000.0, 5.0, 12.0) > far
    assert embers.farthest_m(4000.0, 8.0, 12.0) > far
    assert embers.farthest_m(4000.0, 5.0, 24.0) < far
    assert embers.farthest_m(4000.0, 0.0, 12.0) == 0.0
    assert embers.farthest_m(0.0, 5.0, 12.0) == 0.0


def test_the_rate_along_the_normal_is_that_of_the_ellipse() -> None:
    """The front's normal from a small step along the polar curve r = (1 - e) / (1 - e cos)."""
    e, step = 0.8, 1e-4
    for off in (0.0, 0.3, 1.0, 2.0, 3.0):
        here, near = (
            float(ellipse.rate_m_min(1.0, e, a)) * np.array([np.cos(a), np.sin(a)])
            for a in (off, off + step)
        )
        along = (near - here) / np.linalg.norm(near - here)
        normal = np.array([along[1], -along[0]])
        by_hand = float(here @ normal) / float(np.linalg.norm(here))
        assert float(ellipse.normal_share(e, off)) == pytest.approx(by_hand, rel=1e-3)


def test_the_head_runs_and_gives_heat_between_surface_and_crown_fire() -> None:
    """R = Rs + CFB (Rc - Rs), I = (heat of the bed + CFB heat of the crowns) R / 60, by hand."""
    own = read_fuels()
    pine = next(r for r in own.rows if r.fuel == "masson_pine")
    low = pine.model_copy(update={"canopy_base_m": 1.0, "canopy_kg_m3": 0.2})
    fuels = Fuels(tuple(low if r is pine else r for r in own.rows))
    land = landscape(np.zeros((9, 9)), np.full((9, 9), pine.code), 30.0, fuels)
    sky = steady(38.0, 20.0, 12.0, 270.0).at(0.0)
    trees = crowns.crowns_of(fuels, 100.0, 0.87)
    bare = rothermel_rates(ground(land, 32), 0.2, 60.0, 1000.0)
    full = rothermel_rates(ground(land, 32), 0.2, 60.0, 1000.0, crowns=trees)
    cell = bare.ground.flat(np.array([4]), np.array([4]))
    east = np.array([int(np.argmin(abs(bare.ground.stencil.bearing_rad - np.pi / 2)))])
    length = bare.ground.length_m[east]
    before, after = bare.price(sky), full.price(sky)
    surface = float(length[0] / before.steps(cell, east)[0])
    heat = float(before.heat_kj_m2[pine.code])
    catches = 60.0 * 168.4417 / heat
    assert surface > catches
    # the polygon's gain of area is not part of Rothermel's rate
    columns = [getattr(pine, name) for name in BED]
    wet = bare.beds.wetness.under(sky)
    gain = surface / float(rothermel.head(rothermel.bed(*columns), wet, 2.4, 0.0, 0.0, 0.0)[0])
    share = 1.0 - 0.1 ** ((surface / gain - catches) / (0.9 * (15.0 - catches)))
    in_wind = rothermel.head(crowns.MODEL_10, wet, 12.0 * 0.87 * 0.4, 0.0, 0.0, 0.0)
    running = 3.34 * float(in_wind[0])
    rate = surface / gain + share * (running - surface / gain)
    cost = after.steps(cell, east)
    assert float(length[0] / cost[0]) / gain == pytest.approx(rate, rel=1e-4)
    fire = start(full, sky)
    found = float(step_intensity_kw_m(fire, cell, east, cost)[0])
    tops = 0.2 * (low.canopy_height_m - 1.0) * low.heat_kj_kg
    assert found / gain == pytest.approx((heat + share * tops) * rate / 60.0, rel=1e-4)
