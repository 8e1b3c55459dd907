"""What every fire keeps to, whatever the landscape, the weather and the crews."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.sim.chance import Streams
from anlan.sim.forcing.fire_weather import FireWeather, draw_error, steady, weather
from anlan.sim.nature.forest import attack, spread
from anlan.sim.nature.forest.ground import ground
from anlan.sim.nature.forest.rates import rothermel_rates, wang_mao_rates
from anlan.sim.place.landscape.fuels import read_fuels
from anlan.sim.place.landscape.landscape import landscape
from anlan.sim.place.landscape.lines import lay_belt, straight
from anlan.sim.place.landscape.synthetic import synthetic

FUELS = read_fuels()
LAND = synthetic(36, 48, 30.0, FUELS, seed=11)
RATES = wang_mao_rates(ground(LAND), 30.0, 60.0)
BURNABLE = np.argwhere(LAND.fuel > 0)

skies = st.tuples(st.floats(-5, 45), st.floats(0, 100), st.floats(0, 25), st.floats(0, 360))
series = st.lists(skies, min_size=1, max_size=5).map(
    lambda rows: weather([(90.0 * i, *row) for i, row in enumerate(rows)])
)
places = st.integers(0, len(BURNABLE) - 1)


def fight(fire: spread.Fire, sky: FireWeather, ticks: int, crews: int) -> list[np.ndarray]:
    """Runs a fire that crews attack; the burnt map at each tick."""
    contacts: list[attack.Contact] = []
    maps = []
    for tick in range(ticks):
        if tick == 4 and (anchor := attack.rear(fire)) is not None:
            contacts = [attack.Contact(anchor, 1 - 2 * (i % 2)) for i in range(crews)]
        for contact in contacts:
            attack.build(fire, contact, 60.0, 1730.0, 2.4)
        spread.advance_weather(fire, fire.time_min + 10.0, sky, 30.0)
        maps.append(spread.arrivals(fire))
    return maps


@given(series, places, st.integers(0, 3))
@settings(max_examples=12)
def test_burnt_cells_never_unburn_and_keep_their_time(
    sky: FireWeather, place: int, crews: int
) -> None:
    fire = spread.start(RATES, sky.at(0.0))
    spread.ignite(fire, *BURNABLE[place].tolist())
    before = np.full(LAND.fuel.shape, np.inf)
    for now in fight(fire, sky, 30, crews):
        was = np.isfinite(before)
        np.testing.assert_array_equal(now[was], before[was])
        assert np.isfinite(now).sum() >= was.sum()
        before = now
    assert not spread.burnt(fire)[LAND.fuel == 0].any()


@given(series, places, st.integers(0, 3))
@settings(max_examples=10)
def test_the_same_fire_twice_is_the_same_to_the_bit(
    sky: FireWeather, place: int, crews: int
) -> None:
    def once() -> np.ndarray:
        fire = spread.start(RATES, sky.at(0.0))
        spread.ignite(fire, *BURNABLE[place].tolist())
        return fight(fire, sky, 20, crews)[-1]

    assert once().tobytes() == once().tobytes()


@given(series, places, st.floats(1.0, 500.0))
@settings(max_examples=8)
def test_how_often_one_looks_changes_nothing(sky: FireWeather, place: int, tick: float) -> None:
    def burn(step: float) -> np.ndarray:
        fire = spread.start(RATES, sky.at(0.0))
        spread.ignite(fire, *BURNABLE[place].tolist())
        while fire.time_min < 600.0:
            spread.advance_weather(fire, min(fire.time_min + step, 600.0), sky, 30.0)
        return spread.arrivals(fire)

    np.testing.assert_allclose(burn(tick), burn(600.0), atol=1e-6)


@given(st.floats(0, 20), st.floats(0, 10), st.floats(0, 360), places)
@settings(max_examples=15)
def test_more_wind_of_one_force_makes_no_smaller_head(
    wind: float, more: float, towards: float, place: int
) -> None:
    """On the flat: the farthest way down the wind grows with it."""

    def reach(ms: float) -> float:
        prices = FLAT.price(steady(30.0, 40.0, ms, (towards + 180.0) % 360.0).at(0.0))
        g = FLAT.ground
        cost = prices.rows(np.array([g.flat(3, 3)], dtype=np.int32))[0]
        along = g.length_m * np.cos(g.stencil.bearing_rad - np.radians(towards)) / cost
        return float(along.max())

    assert reach(wind + more) >= reach(wind) * (1.0 - 0.03)


FLAT = wang_mao_rates(
    ground(landscape(np.zeros((7, 7)), np.full((7, 7), 1), 10.0, FUELS)), 30.0, 1e6
)


@pytest.mark.parametrize("wind", [(0, 3), (3, 6), (6, 12)])
def test_area_grows_with_wind_on_a_real_slope(wind: tuple[float, float]) -> None:
    def area(ms: float) -> float:
        sky = steady(30.0, 40.0, ms, 270.0)
        fire = spread.start(RATES, sky.at(0.0))
        spread.ignite(fire, *BURNABLE[len(BURNABLE) // 3].tolist())
        spread.advance(fire, 60.0)
        return spread.burnt_ha(fire)

    assert area(wind[1]) >= area(wind[0]) > 0.0


def test_a_fire_in_calm_on_the_flat_is_symmetric() -> None:
    land = landscape(np.zeros((61, 61)), np.full((61, 61), 4), 20.0, FUELS)
    sky = steady(30.0, 40.0, 0.0, 0.0)
    fire = spread.start(wang_mao_rates(ground(land), 30.0, 60.0), sky.at(0.0))
    spread.ignite(fire, 30, 30)
    spread.advance(fire, 250.0)
    times = spread.arrivals(fire)
    for other in (times.T, times[::-1], times[:, ::-1], times[::-1].T):
        np.testing.assert_allclose(times, other, rtol=1e-6)


def test_a_fire_that_the_wind_blows_west_mirrors_one_that_it_blows_east() -> None:
    land = landscape(np.zeros((61, 61)), np.full((61, 61), 4), 20.0, FUELS)
    rates = wang_mao_rates(ground(land), 30.0, 60.0)
    times = []
    for blows_from in (90.0, 270.0):
        fire = spread.start(rates, steady(30.0, 40.0, 6.0, blows_from).at(0.0))
        spread.ignite(fire, 30, 30)
        spread.advance(fire, 100.0)
        times.append(spread.arrivals(fire))
    np.testing.assert_allclose(times[0], times[1][:, ::-1], rtol=1e-6)


@given(st.integers(1, 1000), st.integers(0, 50))
@settings(max_examples=20)
def test_a_runs_weather_error_belongs_to_its_seed_and_run(seed: int, run: int) -> None:
    one = draw_error(Streams(seed, run), 1.5, 8.0, 0.2, 15.0)
    assert one == draw_error(Streams(seed, run), 1.5, 8.0, 0.2, 15.0)
    assert one != draw_error(Streams(seed, run + 1), 1.5, 8.0, 0.2, 15.0)


@given(places, st.floats(0.1, 5000.0))
@settings(max_examples=8)
def test_a_barrier_keeps_out_fire_up_to_its_intensity_and_no_more(
    place: int, hold_kw_m: float
) -> None:
    """A column of the map that holds: cells behind it burn only if one of its cells did."""
    sky = steady(32.0, 30.0, 8.0, 270.0)
    hold = np.zeros(LAND.fuel.shape, np.float32)
    hold[:, 24] = hold_kw_m
    fire = spread.start(RATES, sky.at(0.0), hold_kw_m=hold)
    row, col = BURNABLE[place].tolist()
    if col == 24:
        col = 23 if LAND.fuel[row, 23] else 25
    if LAND.fuel[row, col] == 0:
        return
    spread.ignite(fire, row, col)
    spread.advance(fire, 3000.0)
    burnt = spread.burnt(fire)
    behind = burnt[:, 25:] if col < 24 else burnt[:, :24]
    if not burnt[:, 24].any():
        assert not behind.any()
    stronger = spread.start(RATES, sky.at(0.0), hold_kw_m=np.where(hold > 0, np.inf, 0.0))
    spread.ignite(stronger, row, col)
    spread.advance(stronger, 3000.0)
    sealed = spread.burnt(stronger)
    assert not (sealed & ~burnt).any()
    assert not (sealed[:, 24:] if col < 24 else sealed[:, :25]).any()


def test_a_diagonal_line_leaves_no_gap() -> None:
    land = landscape(np.zeros((40, 40)), np.full((40, 40), 4), 20.0, FUELS)
    sky = steady(30.0, 40.0, 8.0, 315.0).at(0.0)
    for directions in (16, 32):
        fire = spread.start(wang_mao_rates(ground(land, directions), 30.0, 60.0), sky)
        spread.ignite(fire, 5, 5)
        cells = fire.ground.flat(*straight(39, 0, 0, 39))
        used, made = attack.build_away(fire, cells, 1e9, np.inf)
        assert made == 40
        assert used == pytest.approx(np.hypot(39, 39) * 20.0, rel=0.06)
        spread.advance(fire, 1e5)
        rows, cols = np.nonzero(spread.burnt(fire))
        assert (rows + cols).max() < 39


@pytest.mark.parametrize("directions", [16, 32])
def test_a_diagonal_stream_leaves_no_gap_either(directions: int) -> None:
    fuel = np.full((40, 40), 4)
    fuel[np.arange(40), 39 - np.arange(40)] = 0
    land = landscape(np.zeros((40, 40)), fuel, 20.0, FUELS)
    sky = steady(30.0, 40.0, 8.0, 315.0).at(0.0)
    for rates in (
        wang_mao_rates(ground(land, directions), 30.0, 60.0),
        rothermel_rates(ground(land, directions), 0.4, 60.0, 60.0),
    ):
        fire = spread.start(rates, sky)
        spread.ignite(fire, 5, 5)
        spread.advance(fire, 1e5)
        rows, cols = np.nonzero(spread.burnt(fire))
        assert (rows + cols).max() == 38
        assert rows.size == 40 * 39 // 2


@given(
    st.lists(st.integers(8, 28), min_size=2, max_size=6),
    st.floats(5.0, 70.0),
    st.sampled_from([16, 32]),
    skies,
)
@settings(max_examples=15)
def test_no_fire_slips_through_a_belt_from_border_to_border(
    rows: list[int], width_m: float, directions: int, sky: tuple[float, float, float, float]
) -> None:
    """A crooked belt that holds more than any fire gives: the north burns, the south does not."""
    land = landscape(np.zeros((36, 48)), np.full((36, 48), 4), 30.0, FUELS)
    cols = np.linspace(0, 47, len(rows)).round()
    points = [land.place(r, c) for r, c in zip(rows, cols.tolist(), strict=True)]
    hold = np.zeros((36, 48), np.float32)
    lay_belt(hold, land, points, width_m, 1e5)
    fire = spread.start(
        wang_mao_rates(ground(land, directions), 30.0, 60.0), steady(*sky).at(0.0), hold_kw_m=hold
    )
    spread.ignite(fire, 0, 24)
    spread.advance(fire, 1e6)
    burnt = spread.burnt(fire)
    assert not burnt[hold > 0].any()
    lowest = np.where(hold > 0, np.arange(36)[:, None], -1).max(axis=0)
    assert not burnt[np.arange(36)[:, None] > lowest].any()
    assert burnt.any()
