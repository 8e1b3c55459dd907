"""Crews at the edge, mopping up, classes, and who sees the fire."""

from __future__ import annotations

import math

import numpy as np
import pytest

from anlan import sim
from anlan.sim.chance import Streams
from anlan.sim.forcing.fire_weather import steady
from anlan.sim.nature.forest import attack, classes, detect, mop_up, spread
from anlan.sim.nature.forest.front_rules import FrontRules, rates_of
from anlan.sim.nature.forest.ground import ground
from anlan.sim.nature.forest.rates import wang_mao_rates
from anlan.sim.place.landscape.fuels import read_fuels
from anlan.sim.place.landscape.landscape import Landscape, landscape

FUELS = read_fuels()
TINY = sim.load("tiny-fire")  # its parameters are the shipped ones


def flat(rows: int = 80, cols: int = 80, cell_m: float = 10.0) -> Landscape:
    return landscape(np.zeros((rows, cols)), np.full((rows, cols), 4), cell_m, FUELS)


def burning(wind_ms: float = 0.0, minutes: float = 60.0) -> spread.Fire:
    sky = steady(30.0, 40.0, wind_ms, 270.0).at(0.0)
    fire = spread.start(wang_mao_rates(ground(flat()), 30.0, 60.0), sky)
    spread.ignite(fire, 40, 20)
    spread.advance(fire, minutes)
    return fire


def test_a_crew_builds_what_its_rate_gives_and_no_more() -> None:
    fire = burning()
    anchor = attack.rear(fire)
    assert anchor is not None
    crew = attack.Contact(anchor, 1)
    total = 0.0
    for _ in range(10):
        total += attack.build(fire, crew, 7.0, 1730.0, 9.0).metres
    assert 70.0 - math.sqrt(2) * 10.0 <= total <= 70.0
    assert int((fire.hold_kw_m > 0).sum()) >= 5


def test_flames_above_the_limit_stop_a_crew_and_the_head_is_fiercer_than_the_rear() -> None:
    fire = burning(wind_ms=8.0, minutes=20.0)
    cells = attack.edge(fire)
    strength = spread.intensity_at_kw_m(fire, cells)
    rear = attack.rear(fire)
    head = int(cells[np.argmax(strength)])
    assert rear is not None
    assert fire.ground.row_col(head)[1] > fire.ground.row_col(rear)[1]
    assert strength.max() > 3.0 * strength.min() > 0.0
    assert attack.build(fire, attack.Contact(head, 1), 50.0, 1730.0, 1.2).stop == "flame"
    assert attack.build(fire, attack.Contact(rear, 1), 50.0, 1730.0, 1.2).metres > 0.0


def test_there_is_no_edge_before_a_fire_and_none_when_all_has_burnt() -> None:
    fire = spread.start(
        wang_mao_rates(ground(flat(6, 6)), 30.0, 60.0), steady(30.0, 40.0, 0.0, 0.0).at(0.0)
    )
    assert attack.rear(fire) is None
    assert attack.nearest_edge(fire, 0, 0) is None
    spread.ignite(fire, 2, 2)
    spread.advance(fire, 1e4)
    assert attack.rear(fire) is None


def test_a_surrounded_fire_is_contained_until_its_line_opens() -> None:
    fire = burning()
    anchor = attack.rear(fire)
    assert anchor is not None
    done = attack.build(fire, attack.Contact(anchor, 1), 1e6, 1e9, 99.0)
    assert spread.contained(fire)
    before = spread.burnt_ha(fire)
    spread.advance(fire, 500.0)
    assert spread.burnt_ha(fire) == before
    attack.open_line(fire, done.cells[0])
    assert not spread.contained(fire)
    spread.advance(fire, 560.0)
    assert spread.burnt_ha(fire) > before
    # the fire goes on from now on: nothing burnt while the line held
    late = spread.arrivals(fire)
    assert late[np.isfinite(late) & (late > 60.0)].min() >= 500.0


def test_a_line_that_a_stronger_wind_overruns_did_hold_the_weaker() -> None:
    fire = burning()
    g = fire.ground
    line = g.flat(np.arange(80), np.full(80, 50))
    spread.set_hold(fire, line, 1000.0)
    spread.advance(fire, 2000.0)
    assert not spread.burnt(fire)[:, 50:].any()
    spread.set_sky(fire, steady(35.0, 20.0, 14.0, 270.0).at(0.0))
    spread.advance(fire, 2030.0)
    assert spread.burnt(fire)[:, 50:].any()


def test_line_rates_fall_with_slope_and_after_long_work() -> None:
    full = attack.line_rate_m_h(16.1, 20, 0.0, 2.0, 10.0, 0.5)
    assert full == pytest.approx(322.0)
    assert attack.line_rate_m_h(16.1, 20, 60.0, 2.0, 10.0, 0.5) == pytest.approx(161.0)
    assert attack.line_rate_m_h(16.1, 20, 0.0, 10.0, 10.0, 0.5) == pytest.approx(161.0)


def closed() -> tuple[spread.Fire, mop_up.HotLine]:
    """A fire that line holds all round, and what is hot of it."""
    fire = burning()
    anchor = attack.rear(fire)
    assert anchor is not None
    line = attack.build(fire, attack.Contact(anchor, 1), 1e6, 1e9, 99.0).cells
    assert spread.contained(fire)
    return fire, mop_up.hot_line(fire, np.array(line, dtype=np.int32), 30.0)


CLOSED = closed()


def test_what_is_to_be_mopped_up_is_a_strip_inside_the_line_but_no_more_than_has_burnt() -> None:
    fire, hot = closed()
    (pine,) = [row for row in FUELS.rows if row.code == 4]
    strip_ha = hot.cells.size * 10.0 * 30.0 / 1e4
    each = pine.mop_up_person_h_ha
    assert hot.person_h == pytest.approx(min(strip_ha, spread.burnt_ha(fire)) * each)
    thin = mop_up.hot_line(fire, hot.cells, 5.0)
    assert thin.person_h == pytest.approx(strip_ha / 6.0 * each)
    deep = mop_up.hot_line(fire, hot.cells, 3000.0)  # a small fire is mopped up all over
    assert deep.person_h == pytest.approx(spread.burnt_ha(fire) * each)


def test_the_line_cools_by_itself_in_its_fuels_time() -> None:
    fire, hot = closed()
    (pine,) = [row for row in FUELS.rows if row.code == 4]
    now = fire.time_min
    later = now + 60.0 * pine.smoulder_h
    assert hot.hot_share(later) == pytest.approx(hot.hot_share(now) / math.e)
    whole_km = hot.cells.size * 10.0 / 1000.0
    assert 0.8 * whole_km < hot.hot_km(now) < whole_km
    assert hot.heat(now).max() <= 1.0


def test_the_chance_that_a_brand_lights_fuel_is_near_the_published_table() -> None:
    """Rothermel 1983 after Schroeder 1969, unshaded, from memory: 5 % at 30 C 70, 10 % 30-40."""
    assert mop_up.ignition_chance(30.0, 0.05) == pytest.approx(0.62, abs=0.08)
    assert mop_up.ignition_chance(25.0, 0.10) == pytest.approx(0.3, abs=0.06)
    assert mop_up.ignition_chance(20.0, 0.30) < 0.01
    chances = mop_up.ignition_chance(25.0, np.linspace(0.0, 0.6, 40))
    assert (np.diff(chances) <= 0.0).all()


def test_flare_ups_go_by_hot_line_dry_air_and_wind_and_guards_miss_some() -> None:
    def rate(km: float, humidity_pct: float, wind_ms: float) -> float:
        sky = steady(30.0, humidity_pct, wind_ms, 0.0).at(0.0)
        return mop_up.flare_up_per_h(0.2, km, sky, 3.0)

    assert rate(2.0, 40.0, 3.0) == pytest.approx(2.0 * rate(1.0, 40.0, 3.0))
    assert rate(1.0, 40.0, 6.0) == pytest.approx(2.0 * rate(1.0, 40.0, 3.0))
    assert rate(1.0, 20.0, 3.0) > rate(1.0, 40.0, 3.0) > rate(1.0, 80.0, 3.0) > 0.0
    assert rate(1.0, 40.0, 0.0) == rate(0.0, 40.0, 3.0) == 0.0
    nobody = mop_up.flare_up_chance(0.1, 2.0, 0.0, 0.7)
    assert nobody == pytest.approx(1.0 - math.exp(-0.2), rel=1e-5)
    assert mop_up.flare_up_chance(0.1, 2.0, 1.0, 0.7) == pytest.approx(
        1.0 - math.exp(-0.06), rel=1e-5
    )
    assert mop_up.flare_up_chance(0.1, 2.0, 5.0, 1.0) == 0.0


def test_fires_flare_up_as_often_as_the_chance_says_and_by_their_own_number() -> None:
    def opened(run: int, chance: float) -> int | None:
        fire, hot = CLOSED[0].twin(), CLOSED[1]
        return mop_up.flare_up(fire, Streams(1, run), "f", 3, hot, chance)

    hits = [opened(r, 0.2) is not None for r in range(500)]
    assert 60 <= sum(hits) <= 140  # 100 expected; 4.5 standard deviations each way
    assert hits[:50] == [opened(r, 0.2) is not None for r in range(50)]
    fire, hot = CLOSED[0].twin(), CLOSED[1]
    cell = mop_up.flare_up(fire, Streams(1, 0), "f", 3, hot, 1.0)
    assert cell in hot.cells
    assert not spread.contained(fire)
    bare = mop_up.hot_line(fire, hot.cells[:0], 30.0)
    assert mop_up.flare_up(fire, Streams(1, 0), "f", 3, bare, 1.0) is None


@pytest.mark.parametrize(
    ("ha", "dead", "injured", "wanted"),
    [
        (0.5, 0, 0, 0), (0.0, 2, 9, 0), (1.0, 0, 0, 1), (99.9, 0, 0, 1), (0.0, 3, 0, 1),
        (0.0, 0, 10, 1), (100.0, 0, 0, 2), (80.0, 19, 3, 2), (999.9, 0, 0, 2), (1000.0, 0, 0, 3),
        (0.1, 30, 0, 3), (0.1, 0, 100, 3),
    ],
)  # fmt: skip
def test_classes_of_article_40_take_the_worst_criterion(
    ha: float, dead: int, injured: int, wanted: int
) -> None:
    assert classes.fire_class(ha, dead, injured, classes.ClassRules.read(TINY)) == wanted
    assert len(classes.CLASSES) == 4


def ridge() -> Landscape:
    """A wall 100 m high at column 20 of a plain."""
    height = np.zeros((41, 41))
    height[:, 20] = 100.0
    return landscape(height, np.full((41, 41), 4), 30.0, FUELS)


def test_a_ridge_hides_what_lies_behind_it_up_to_the_sight_line() -> None:
    land = ridge()
    at = np.array([20.0, 20.0]), np.array([10.0, 30.0])
    need = detect.needed_height_m(land, 20, 0, 20.0, *at)
    assert need[0] == 0.0
    assert need[1] == pytest.approx(20.0 + 80.0 * 30.0 / 20.0)  # similar triangles
    rows, cols = np.indices((41, 41)).reshape(2, -1).astype(float)
    height_m = detect.needed_height_m(land, 20, 0, 20.0, rows, cols).reshape(41, 41)
    assert (height_m[:, :20] == 0.0).all()
    assert (height_m[:, 21:] > 0.0).all()
    assert (height_m <= 400.0).all()


def test_smoke_comes_in_sight_when_it_has_risen_over_the_ridge() -> None:
    watch = detect.Watch("tower", 20, 0, 20.0, 10.0, 6.0, 1.0)
    smoke = detect.Smoke(rise_m_min=20.0, top_m=300.0)
    assert detect.in_sight_min(ridge(), watch, smoke, 20, 30) == pytest.approx(7.0)
    assert detect.in_sight_min(ridge(), watch, detect.Smoke(20.0, 100.0), 20, 30) == math.inf
    near = detect.Watch("tower", 20, 0, 20.0, 0.5, 6.0, 1.0)
    assert detect.in_sight_min(ridge(), near, smoke, 20, 30) == math.inf


def test_a_notice_comes_when_the_rate_summed_over_day_and_night_is_enough() -> None:
    def dark(minute: float) -> bool:
        return minute < 60.0

    # an hour at 1, then 6 an hour: 2.0 is reached ten minutes later
    assert detect.noticed_min(2.0, 0.0, 6.0, 1.0, dark, 1e4) == pytest.approx(70.0)
    assert detect.noticed_min(2.0, 0.0, 6.0, 1.0, dark, 30.0) == math.inf


def test_detection_by_day_is_quicker_and_another_camera_leaves_the_others_luck() -> None:
    land, smoke = flat(), detect.Smoke(20.0, 300.0)
    tower = detect.Watch("tower", 0, 0, 20.0, 10.0, 6.0, 0.5)
    camera = detect.Watch("camera", 79, 79, 20.0, 10.0, 10.0, 8.0)
    nobody = detect.Passers(0.0, 0.0, 1.0)

    def first(watches: list[detect.Watch], night: bool, run: int) -> detect.Detected | None:
        return detect.detect(
            land, watches, nobody, smoke, 40, 40, 100.0, 5.0, lambda _: night, 1e5,
            Streams(3, run), "f",
        )  # fmt: skip

    for run in range(30):
        day, night = first([tower], False, run), first([tower], True, run)
        both = first([camera, tower], False, run)
        assert day is not None
        assert night is not None
        assert both is not None
        assert 100.0 <= both.minute <= day.minute < night.minute
    mean = np.mean([d.minute - 100.0 for r in range(400) if (d := first([tower], False, r))])
    assert mean == pytest.approx(10.0, rel=0.2)  # six an hour; 4 standard errors
    assert first([], False, 0) is None


def test_the_shipped_parameters_make_rates_of_both_formulas() -> None:
    chosen = FrontRules.read(TINY)
    sky = steady(30.0, 40.0, 4.0, 270.0).at(0.0)
    for formula in ("wang_mao", "rothermel"):
        fire = spread.start(rates_of(flat(), formula, chosen), sky)
        spread.ignite(fire, 40, 40)
        spread.advance(fire, 60.0)
        assert spread.burnt_ha(fire) > 0.05
        assert spread.forest_ha(fire) == spread.burnt_ha(fire)
