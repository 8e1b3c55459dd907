"""Rates of spread against published values: V19-V24 and V27 of the domain reference."""

from __future__ import annotations

import numpy as np
import pytest

from anlan.sim.nature.forest import ellipse, intensity, rothermel, wang_mao
from anlan.sim.nature.forest.stencil import sector_gain, stencil

TAN20 = np.tan(np.radians(20.0))


def test_v19_wang_mao_with_wind_up_a_slope() -> None:
    r0 = wang_mao.initial_rate_m_min(30.0, 4.0, 40.0)
    kw, kphi = wang_mao.wind_factor(7.0, 0.0), wang_mao.slope_factor(TAN20, 30.0)
    assert r0 == pytest.approx(1.4)
    assert kw == pytest.approx(3.4837, rel=1e-4)
    assert kphi == pytest.approx(2.8593, rel=1e-4)
    assert r0 * kw * kphi == pytest.approx(13.945, rel=1e-4)
    # 7 m/s is force 4, so the whole formula gives the same
    assert wang_mao.rate_m_min(30.0, 40.0, 7.0, 0.0, TAN20, 1.0, 30.0) == pytest.approx(
        13.945, rel=1e-4
    )


def test_v21_slope_factor_up_and_its_inverse_down_and_its_cap() -> None:
    tan = np.tan(np.radians([10.0, 20.0, 30.0]))
    up = wang_mao.slope_factor(tan, 30.0)
    assert up == pytest.approx([1.553, 2.859, 6.219], rel=1e-3)
    assert wang_mao.slope_factor(-tan, 30.0) == pytest.approx(1.0 / up)
    assert wang_mao.slope_factor(np.tan(1.0), 30.0) == pytest.approx(6.219, rel=1e-3)


def test_wind_force_is_the_beaufort_class() -> None:
    ms = np.array([0.0, 0.9, 1.6, 3.4, 5.5, 8.0, 10.8, 13.9, 17.2])
    assert wang_mao.wind_force(ms).tolist() == [0, 1, 1, 2, 3, 4, 5, 6, 7]


def test_no_fire_spreads_in_cold_and_damp_air() -> None:
    assert wang_mao.initial_rate_m_min(0.0, 0.0, 100.0) == 0.0


FM1 = rothermel.bed(0.034, 3500.0, 1.0, 0.12)


def test_v23_rothermel_short_grass_in_calm_in_wind_and_on_a_slope() -> None:
    def head(wind: float, tan: float) -> float:
        return float(rothermel.head(FM1, 0.06, wind, 0.0, tan, 0.0)[0])

    assert head(0.0, 0.0) == pytest.approx(1.404, rel=1e-3)
    assert head(2.2352, 0.0) == pytest.approx(31.48, rel=1e-3)
    assert head(0.0, TAN20) == pytest.approx(9.05, rel=1e-3)


def test_the_effective_wind_of_wind_alone_is_the_wind() -> None:
    _, bearing, wind = rothermel.head(FM1, 0.06, 2.0, 1.0, 0.0, 0.0)
    assert float(wind) == pytest.approx(2.0)
    assert float(bearing) == pytest.approx(1.0)


def test_wind_across_the_slope_turns_the_head_between_the_two() -> None:
    _, bearing, _ = rothermel.head(FM1, 0.06, 1.0, np.pi / 2, TAN20, 0.0)
    assert 0.0 < float(bearing) < np.pi / 2


def test_fuel_at_its_moisture_of_extinction_does_not_burn() -> None:
    assert float(rothermel.base_rate_m_min(FM1, 0.12)) == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize(
    ("celsius", "humidity"), [(20.0, 9.99), (35.0, 9.99), (20.0, 49.99), (35.0, 49.99)]
)
def test_simards_moisture_hardly_jumps_where_its_pieces_meet(
    celsius: float, humidity: float
) -> None:
    below = rothermel.dead_moisture_share(celsius, humidity)
    above = rothermel.dead_moisture_share(celsius, humidity + 0.02)
    assert abs(float(above - below)) < 0.01


def test_v24_rothermel_agrees_with_pyretechnics() -> None:
    fire = pytest.importorskip("pyretechnics.surface_fire")
    fuels = pytest.importorskip("pyretechnics.fuel_models")
    model = fuels.moisturize(fuels.get_fuel_model(1), (0.06,) * 6)
    calm = fire.calc_surface_fire_behavior_no_wind_no_slope(model, 1.0)
    windy = fire.calc_surface_fire_behavior_max(calm, 2.2352 * 60.0, 180.0, 0.0, 0.0, False)
    assert float(rothermel.base_rate_m_min(FM1, 0.06)) == pytest.approx(
        calm["base_spread_rate"], rel=1e-3
    )
    assert float(rothermel.head(FM1, 0.06, 2.2352, 0.0, 0.0, 0.0)[0]) == pytest.approx(
        windy["max_spread_rate"], rel=1e-3
    )
    assert float(ellipse.length_to_breadth(2.2352)) == pytest.approx(
        windy["length_to_width_ratio"], rel=1e-3
    )


def test_v27_ellipse_of_a_mid_flame_wind() -> None:
    lb = ellipse.length_to_breadth(2.0)
    half, breadth = ellipse.semi_axes_m(5.0, lb, 60.0)
    assert lb == pytest.approx(1.505, abs=1e-3)
    assert ellipse.head_to_back(lb) == pytest.approx(6.915, rel=1e-3)
    assert ellipse.area_ha(half, breadth) == pytest.approx(6.154, rel=1e-3)
    assert ellipse.perimeter_m(half, breadth) == pytest.approx(907.0, rel=1e-3)


def test_the_ellipses_length_to_breadth_agrees_with_pyretechnics_and_is_capped() -> None:
    assert ellipse.length_to_breadth(2.235) == pytest.approx(1.590, abs=1e-3)
    assert ellipse.length_to_breadth(0.0) == pytest.approx(1.0)
    assert ellipse.length_to_breadth(40.0) == 8.0


def test_the_rate_from_the_rear_focus_is_head_and_back_at_its_ends() -> None:
    lb = ellipse.length_to_breadth(2.0)
    rate = ellipse.rate_m_min(5.0, ellipse.eccentricity(lb), np.array([0.0, np.pi]))
    assert rate == pytest.approx([5.0, 5.0 / 6.915], rel=1e-3)


def test_byrams_intensity_and_the_flames_that_limit_attack() -> None:
    assert intensity.intensity_kw_m(18000.0 * 0.5, 2.0) == pytest.approx(300.0)
    # the limits of NWCG in kW/m and in m say the same
    assert intensity.flame_m(np.array([346.0, 1730.0, 3460.0])) == pytest.approx(
        [1.2, 2.4, 3.4], abs=0.12
    )


@pytest.mark.parametrize(("directions", "bare"), [(16, 0.9720), (32, 0.9902)])
def test_a_polygon_of_steps_lacks_what_plain_geometry_says_and_the_gain_gives_it_back(
    directions: int, bare: float
) -> None:
    st = stencil(directions)
    ones = np.ones(directions)

    def area(r: np.ndarray) -> float:
        return float(0.5 * np.sum(r * np.roll(r, -1) * np.sin(st.gap_rad)) / np.pi)

    assert area(ones) == pytest.approx(bare, abs=2e-4)
    assert area(ones * sector_gain(ones, ones, st.gap_rad)) == pytest.approx(1.0, abs=2e-3)
