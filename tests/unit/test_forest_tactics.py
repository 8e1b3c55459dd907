"""Breaks, belts, water and withdrawal: figures by hand, a real fight, and what is refused."""

from __future__ import annotations

import math
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from anlan import sim
from anlan.sim.engine import prepare
from anlan.sim.fires import edge_work, hoses
from anlan.sim.fires.blaze import Blaze, Post
from anlan.sim.fires.forest import ForestFires
from anlan.sim.forcing.fire_weather import steady
from anlan.sim.nature.forest import attack, firebreaks, spread
from anlan.sim.nature.forest.ground import ground
from anlan.sim.nature.forest.intensity import flame_m
from anlan.sim.nature.forest.rates import wang_mao_rates
from anlan.sim.place.landscape import lines
from anlan.sim.place.landscape.fuels import Fuels, read_fuels
from anlan.sim.place.landscape.landscape import Landscape, landscape
from anlan.sim.scenario.read import SHIPPED
from tests.oracle.runs import FIERCE, check_crews, forest_of

# Where all that lies there burns at the front, flames are long.
FUELS = Fuels(
    tuple(r.model_copy(update={"load_kg_m2": 1.2}) if r.code else r for r in read_fuels().rows)
)
RULES = firebreaks.FirebreakRules(
    crews=4.0, crew_m_h=100.0, walk_m_min=50.0, spare_min=30.0, widen=1.5, lead_max_m=3000.0
)


def flat(rows: int = 60, cols: int = 160, cell_m: float = 20.0) -> Landscape:
    return landscape(np.zeros((rows, cols)), np.full((rows, cols), 4), cell_m, FUELS)


def burning(hold: np.ndarray | None = None, wind_ms: float = 5.0) -> spread.Fire:
    """Forty minutes of fire that a west wind drives east over flat pine."""
    sky = steady(30.0, 40.0, wind_ms, 270.0).at(0.0)
    fire = spread.start(wang_mao_rates(ground(flat()), 30.0, 60.0), sky, hold_kw_m=hold)
    spread.ignite(fire, 30, 20)
    spread.advance(fire, 40.0)
    return fire


# -- breaks -----------------------------------------------------------------------------------


def test_a_breaks_lead_is_the_heads_way_while_crews_walk_build_and_have_time_to_spare() -> None:
    """500 m at 50 m/min, 200 m by 4 crews of 100 m/h, 30 min: 70 min, and 2.9 for the lead."""
    lead = firebreaks.lead_m(2.0, 500.0, 200.0, RULES)
    assert lead == pytest.approx(2.0 * (10.0 + 30.0 + 30.0) / (1.0 - 2.0 / 50.0))
    assert lead / 2.0 == pytest.approx((500.0 + lead) / 50.0 + 30.0 + 30.0)
    assert firebreaks.lead_m(50.0, 500.0, 200.0, RULES) == math.inf


def planned(
    fire: spread.Fire, limit_m: float = 1.2, rules: firebreaks.FirebreakRules = RULES
) -> firebreaks.Break:
    edge = spread.edge(fire)
    flames = np.asarray(flame_m(spread.intensity_at_kw_m(fire, edge)))
    found = firebreaks.plan(fire, edge, flames, limit_m, (30.0, 10.0), 1e9, rules)
    assert found is not None
    return found


def test_a_break_lies_across_the_wind_ahead_of_the_head_and_as_broad_as_planned() -> None:
    fire = burning()
    brk = planned(fire)
    edge = spread.edge(fire)
    rows, cols = fire.ground.row_col(edge)
    hot = flame_m(spread.intensity_at_kw_m(fire, edge)) > 1.2
    r, c = fire.ground.row_col(np.concatenate(brk.sides))
    assert np.unique(c).size == 1
    assert c[0] == round(cols.max() + brk.lead_m / 20.0)
    breadth = rows[hot].max() - rows[hot].min() + 1
    assert np.unique(r).size == pytest.approx(1.5 * breadth, abs=2.0)


def test_no_break_is_begun_too_far_ahead_or_where_every_flame_can_be_attacked() -> None:
    fire = burning()
    edge = spread.edge(fire)
    flames = np.asarray(flame_m(spread.intensity_at_kw_m(fire, edge)))
    near = replace(RULES, lead_max_m=20.0)
    assert firebreaks.plan(fire, edge, flames, 1.2, (30.0, 10.0), 1e9, near) is None
    assert firebreaks.plan(fire, edge, flames, 99.0, (30.0, 10.0), 1e9, RULES) is None


def test_crews_finish_the_break_before_the_head_comes_and_it_holds_the_head() -> None:
    """At the planned pace: half of the crews on each side, every five minutes."""
    fire = burning()
    brk = planned(fire)
    metres = 0.0
    while not brk.finished:
        spread.advance(fire, fire.time_min + 5.0)
        assert not brk.reached(fire)
        for side in range(2):
            done, cells = firebreaks.build(fire, brk, side, 2 * 100.0 / 12.0)
            metres += done
            assert set(cells) <= set(brk.sides[side].tolist())
    cells = np.unique(np.concatenate(brk.sides))
    assert metres == pytest.approx(cells.size * 20.0 * attack.CHAIN)
    col = int(fire.ground.row_col(cells)[1][0])
    free = burning()
    spread.advance(free, fire.time_min + 120.0)
    spread.advance(fire, fire.time_min + 120.0)
    assert brk.reached(fire)
    middle = spread.burnt(fire)[30]
    assert not middle[col]
    assert spread.burnt(free)[30, col + 3]


# -- belts ------------------------------------------------------------------------------------


def test_a_belt_holds_just_more_than_comes_and_burns_through_at_just_more_than_it_holds() -> None:
    """Byram: I = H w R, with Wang and Mao's rate down the wind on the flat."""
    fire = burning()
    _, rate = firebreaks.run_of(fire, int(fire.ground.flat(30, 60)))
    comes = float(fire.prices.heat_kj_m2[fire.ground.fuel[fire.ground.flat(30, 60)]]) * rate / 60.0
    for share, crosses in ((1.02, False), (0.98, True)):
        hold = np.zeros((60, 160), dtype=np.float32)
        hold[:, 100] = share * comes
        held = burning(hold)
        spread.advance(held, 2000.0)
        assert spread.burnt(held)[:, 101:].any() == crosses


def test_a_belts_cells_by_hand() -> None:
    land = flat(6, 8, 10.0)
    hold = np.zeros((6, 8), dtype=np.float32)
    points = [land.place(1, 1), land.place(1, 4), land.place(4, 7)]
    lines.lay_belt(hold, land, points, 5.0, 3460.0)
    cells = [(1, 1), (1, 2), (1, 3), (1, 4), (2, 5), (3, 6), (4, 7)]
    assert sorted(map(tuple, np.argwhere(hold).tolist())) == cells
    assert set(hold[hold > 0].tolist()) == {3460.0}
    wide = np.zeros((6, 8), dtype=np.float32)
    lines.lay_belt(wide, land, points[:2], 30.0, 3460.0)  # 15 m to either side, and round the ends
    assert np.argwhere(wide).min(axis=0).tolist() == [0, 0]
    assert (wide[0:3, 1:5] > 0).all()
    assert not wide[3:].any()


def test_crews_build_over_a_belt_too_weak_to_be_line() -> None:
    hold = np.zeros((60, 160), dtype=np.float32)
    hold[:, 19] = 1.0
    fire = burning(hold, wind_ms=0.0)
    anchor = attack.rear(fire)
    assert anchor is not None
    attack.build(fire, attack.Contact(anchor, 1), 1e6, 1e9, 99.0)
    assert spread.contained(fire)


BELT = "belt,name_zh,name_en,points,width_m,hold_kw_m,source,mark\n"


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("b,带,Belt,121.2555 31.8955;122.5 31.8955,10,,made up,assumption", "outside the map"),
        ("b,带,Belt,121.2555 31.8955;121.2555 31.8955,10,,made up,assumption", "at least two"),
        ("b,带,Belt,121.2555 31.8955,10,,made up,assumption", "at least two"),
        ("b,带,Belt,121.2555;31.8955,10,,made up,assumption", "is no place"),
        ("b,带,Belt,121.2555 31.8955;121.256 31.8955,0,,made up,assumption", "width_m"),
        ("b,带,Belt,121.2555 31.8955;121.256 31.8955,10,-1,made up,assumption", "hold_kw_m"),
    ],
)
def test_a_wrong_belt_is_refused_in_one_line(tmp_path: Path, row: str, says: str) -> None:
    folder = tmp_path / "mine"
    shutil.copytree(SHIPPED / "tiny-fire", folder)
    (folder / "belts.csv").write_text(BELT + row + "\n", encoding="utf-8")
    with pytest.raises(sim.BadInput, match=says) as error:
        sim.load(folder)
    assert "\n" not in str(error.value)
    assert str(error.value).startswith("belts.csv, row 2")


def test_a_belt_stops_the_tiny_circle_on_its_side(tmp_path: Path) -> None:
    """A belt 60 m north of the spark: the circle of 192 m comes no farther that way."""
    folder = tmp_path / "mine"
    shutil.copytree(SHIPPED / "tiny-fire", folder)
    row = "b,带,Belt,121.2550 31.897811;121.26028 31.897811,5,,made up,assumption\n"
    (folder / "belts.csv").write_text(BELT + row, encoding="utf-8")
    ledgers = [sim.run(sim.load(f)).tables()["fire_cell"] for f in (folder, "tiny-fire")]
    belt, free = (t["row"].min() for t in ledgers)
    lit = int(np.median(ledgers[1]["row"]))
    assert lit - belt == 11  # the belt's own cells are in row 12 above the spark
    assert lit - free > 36
    changed = sim.load(folder, {"belts.b.hold_kw_m": "1"})
    assert sim.run(changed).tables()["fire_cell"]["row"].min() == free


# -- water ------------------------------------------------------------------------------------


def test_water_is_drawn_from_the_nearest_within_reach_until_it_is_dry() -> None:
    """Cells of 10 m, reach 100 m: 5 and 9 cells away are within, 11 is not."""
    far, near, out = (hoses.WaterSupply((0.0, c), 100.0) for c in (9.0, 5.0, 11.0))
    found = hoses.in_reach([far, near, out], (0.0, 0.0), 100.0, 10.0)
    assert found == [near, far]
    assert hoses.draw(found, 150.0) == 150.0
    assert (near.left_l, far.left_l, out.left_l) == (0.0, 50.0, 100.0)
    assert hoses.in_reach([far, near, out], (0.0, 0.0), 100.0, 10.0) == [far]
    assert hoses.draw([far], 80.0) == 50.0


def test_a_truck_fills_at_the_nearest_point_and_takes_its_time() -> None:
    """2,000 of 8,000 L left; 1 km at 20 km/h: 6 min both ways; 5,000 L at 800 L/min: 6.25."""
    points = [hoses.WaterSupply((0.0, 100.0), 5000.0), hoses.WaterSupply((0.0, 300.0), math.inf)]
    truck = hoses.TankTruck(hoses.WaterSupply((0.0, 0.0), 2000.0), 8000.0)
    truck.fetch(points, 60.0, 10.0, 20.0, 800.0)
    assert truck.tank.left_l == 7000.0
    assert truck.back_min == pytest.approx(60.0 + 12.25)
    assert points[0].left_l == 0.0
    truck.tank.left_l = 0.0
    truck.fetch(points, 100.0, 10.0, 20.0, 800.0)  # 3 km to the next; 8,000 L
    assert truck.back_min == pytest.approx(100.0 + 18.0 + 10.0)


# -- in a run ---------------------------------------------------------------------------------


def play(hours: int, settings: dict[str, str] | None = None) -> ForestFires:
    """Pingshan's fires; every tick, crews, posts and water are what they must be."""
    chosen = {"settings.duration_h": str(hours), **FIERCE, **(settings or {})}
    scenario = sim.load("pingshan-forest-fire", chosen)
    model = prepare(scenario).model(1, 0)
    source = forest_of(model)
    had_l = [p.left_l for p in source.points]
    for tick in range(scenario.ticks):
        model.step()
        check_crews(model)
        used_l = sum(f.blaze.water_l for f in source.fires)
        left_l = sum(p.left_l for p in source.points if math.isfinite(p.left_l))
        endless = sum(1 for w in had_l if math.isinf(w))
        gone_l = sum(w for w in had_l if math.isfinite(w)) - left_l
        assert gone_l <= used_l + 1e-6
        assert endless or gone_l == pytest.approx(used_l)
        for fire in source.fires:
            check_posts(fire.blaze, tick)
    return source


def check_posts(blaze: Blaze, tick: int) -> None:
    for post in blaze.posts.values():
        if post.cell >= 0:
            assert blaze.burning.label_min[post.cell] > blaze.burning.time_min
            row, col = blaze.burning.ground.row_col(post.cell)
            assert post.place == (float(row), float(col))
        if post.until > tick + 1:
            assert post.cell == -1  # on its way or at rest


@pytest.fixture(scope="module")
def fought() -> ForestFires:
    return play(9)


def test_crews_use_water_for_each_metre_of_line_that_hoses_reach(fought: ForestFires) -> None:
    fire = fought.fires[0].blaze
    assert fire.line_m > 0
    assert 0 < fire.water_l <= fire.line_m * fire.rules.water_l_m + 1e-6
    cells = [c for _, kind, made in fire.line_log if kind in ("line", "break") for c in made]
    assert cells == fire.line
    assert len(set(cells)) == len(cells)


def test_points_that_run_dry_give_no_more_than_they_had() -> None:
    ids = ("maluan-pond", "maluan-tank", "tiantou-tank", "shijing-hydrant")
    dry = {f"water_points.{name}.water_l": "3000" for name in ids}
    source = play(7, dry)
    assert 0 < sum(f.blaze.water_l for f in source.fires) <= 3000.0 * len(ids)
    assert min(p.left_l for p in source.points) < 1000.0


def test_a_crew_withdraws_walks_rests_and_is_nowhere_meanwhile(fought: ForestFires) -> None:
    """500 m at 3 km/h: 10 min; 30 min rest: 8 ticks of 5 min. Near the road head, only to it."""
    scene = fought.fires[0].blaze
    home, cell_m = scene.road_head, scene.cell_m
    far = Post(1, (home[0], home[1] + 1200.0 / cell_m), cell=1)
    edge_work.withdraw(scene, far, 100)
    assert (far.until, far.cell, far.rests) == (108, -1, True)
    assert hoses.apart_m(far.place, home, cell_m) == pytest.approx(700.0)
    near = Post(1, (home[0], home[1] + 240.0 / cell_m), cell=1)
    edge_work.withdraw(scene, near, 100)
    assert near.until == 100 + 7  # 4.8 min: the nearest tick
    assert near.place == home
    again = Post(1, near.place)
    edge_work.withdraw(scene, again, 107)
    assert again.until == 113


@pytest.mark.long
def test_where_flames_are_too_long_for_anybody_crews_build_a_break_or_go_back() -> None:
    """No water, and hand crews that attack hardly any flame."""
    names = ("forest.flame_limit_hand_m", "forest.flame_limit_blower_m", "forest.hose_reach_m")
    values = ("1.0", "1.2", "100")
    settings = {f"parameters.{n}": v for n, v in zip(names, values, strict=True)}
    blazes = [fire.blaze for fire in play(24, settings).fires]
    kinds = {kind for blaze in blazes for _, kind, _ in blaze.line_log}
    assert "break" in kinds
    built = next(blaze for blaze in blazes if blaze.break_m > 0)
    assert built.built_m() == built.line_m + built.break_m
    # The other tactic of the table builds none.
    flanks = play(24, settings | {"policy.tactics": "flank-only"})
    assert {k for f in flanks.fires for _, k, _ in f.blaze.line_log} <= {"line", "drop"}
    assert all(f.blaze.break_m == 0.0 for f in flanks.fires)


def test_the_same_seed_gives_the_same_fight() -> None:
    one, other = ([f.blaze for f in play(8).fires] for _ in range(2))
    for a, b in zip(one, other, strict=True):
        assert (a.line_log, a.water_l, a.break_m) == (b.line_log, b.water_l, b.break_m)
        assert {k: p.cell for k, p in a.posts.items()} == {k: p.cell for k, p in b.posts.items()}


def test_trucks_of_fuling_carry_water_to_crews_near_the_road_head() -> None:
    """With every hydrant a tank of 1,000 L, what is used comes from them and from four trucks."""
    ids = ("lizhi-hydrant", "jiangbei-hydrant")
    dry = {f"water_points.{name}.water_l": "1000" for name in ids}
    far = {"settings.duration_h": "14", "parameters.forest.hose_reach_m": "1500"}
    scenario = sim.load("fuling-forest-fire", {**dry, **far})
    # Of the professional teams, no aircraft among them, the trucks are needed as well.
    teams = (t for t in scenario.teams if t.kind == "professional" and "air" not in t.capabilities)
    scenario = scenario.model_copy(update={"teams": tuple(teams)})
    model = prepare(scenario).model(1, 0)
    source = forest_of(model)
    blazes = [fire.blaze for fire in source.fires]
    tanks = {}  # a truck that goes and comes again has a full one
    for _ in range(scenario.ticks):
        model.step()
        tanks |= {id(t.tank): t.tank for b in blazes for t in b.trucks.values()}
    assert len(tanks) >= 1
    drops_l = sum(1 for b in blazes for _, kind, _ in b.line_log if kind == "drop")
    assert drops_l == 0  # no aircraft in these hours: the sum is of hoses alone
    left_l = sum(p.left_l for p in source.points)
    used_l = sum(b.water_l for b in blazes)
    assert used_l > 2000.0
    assert used_l == pytest.approx(
        len(tanks) * 8000.0 + 2000.0 - left_l - sum(t.left_l for t in tanks.values())
    )
