"""Forest fires whose crowns burn: they run, and throw brands over what bars them."""

from __future__ import annotations

import numpy as np
import pytest

from anlan import sim
from anlan.sim.chance import Streams
from anlan.sim.crews.crew import Crew
from anlan.sim.fires.blaze import Blaze
from anlan.sim.fires.edge_work import TACTICS
from anlan.sim.fires.forest_scene import ForestScene
from anlan.sim.fires.rules import AttackRules
from anlan.sim.forcing.fire_weather import FireSky, SkyError, steady, weather
from anlan.sim.incidents.incident import Incident
from anlan.sim.nature.forest import attack, embers, spread
from anlan.sim.nature.forest.crowns import crowns_of
from anlan.sim.nature.forest.ground import ground
from anlan.sim.nature.forest.intensity import flame_m
from anlan.sim.nature.forest.rates import Rates, rothermel_rates
from anlan.sim.place.landscape.fuels import Fuels, read_fuels
from anlan.sim.place.landscape.landscape import landscape
from anlan.sim.scenario.clock import Clock, DayRules
from anlan.sim.scenario.schema import Fuel

TINY = sim.load("tiny-fire")
FUELS = read_fuels()
PINE = next(r for r in FUELS.rows if r.fuel == "masson_pine")
DRY = steady(38.0, 20.0, 10.0, 270.0).at(0.0)  # from the west
WET = steady(20.0, 90.0, 10.0, 270.0).at(0.0)
BRANDS = embers.Brands(2.0, 0.3, np.radians(15.0), 0.87)
RIVER = (60, 63)  # columns that cannot burn


def rates(base_m: float = 1.0, kg_m3: float = 0.12, river: bool = False) -> Rates:
    low = PINE.model_copy(update={"canopy_base_m": base_m, "canopy_kg_m3": kg_m3})
    fuels = Fuels(tuple(low if r is PINE else r for r in FUELS.rows))
    codes = np.full((100, 160), PINE.code)
    if river:
        codes[:, slice(*RIVER)] = 0
    land = landscape(np.zeros(codes.shape), codes, 20.0, fuels)
    trees = crowns_of(fuels, 100.0, 0.87)
    return rothermel_rates(ground(land, 32), 0.2, 60.0, 60.0, crowns=trees)


LOW, RIVERSIDE = rates(), rates(river=True)


def played(
    over: Rates, sky: FireSky, hours: float = 1.5, brands: embers.Brands = BRANDS, run: int = 0
) -> tuple[spread.Fire, float, int]:
    """(the fire, ha of its crowns, its spot fires), tick by tick of ten minutes."""
    fire = spread.start(over, sky)
    spread.ignite(fire, 50, 30)
    crown_ha, spots, streams = 0.0, 0, Streams(1, run)
    while fire.time_min < 60.0 * hours:
        since = fire.time_min
        spread.advance(fire, since + 10.0)
        ha, lit = embers.throw(fire, since, streams, "f", brands)
        crown_ha, spots = crown_ha + ha, spots + lit
    return fire, crown_ha, spots


NO_BRANDS = embers.Brands(0.0, 0.3, 0.3, 0.87)


def test_without_crowns_it_is_smaller_with_denser_ones_larger_in_a_dry_wind() -> None:
    none, some, dense = (
        spread.burnt_ha(played(r, DRY, brands=NO_BRANDS)[0])
        for r in (rates(kg_m3=0.0), LOW, rates(kg_m3=0.24))
    )
    assert none < some < dense
    high = spread.burnt_ha(played(rates(base_m=8.0), DRY, brands=NO_BRANDS)[0])
    assert high == none  # the surface fire does not reach up


def test_on_a_wet_day_nothing_crowns_and_every_cell_burns_as_without_trees() -> None:
    trees = rates(base_m=2.0)
    assert played(trees, DRY)[1] > 0.0
    fire, crown_ha, spots = played(trees, WET, hours=3.0)
    bare, _, _ = played(rates(kg_m3=0.0), WET, hours=3.0)
    assert (crown_ha, spots) == (0.0, 0)
    assert spread.burnt_ha(fire) > 1.0
    np.testing.assert_array_equal(spread.arrivals(fire), spread.arrivals(bare))


def test_crowns_burn_at_the_head_only_and_crews_cannot_stand_before_them() -> None:
    fire, crown_ha, _ = played(LOW, DRY, brands=NO_BRANDS)
    assert 0.0 < crown_ha < spread.burnt_ha(fire)
    cells, share = embers.crowned(fire, 0.0)
    west = np.flatnonzero(spread.burnt(fire).any(axis=0)).min()
    assert fire.ground.row_col(cells)[1].min() > west  # none where it backs against the wind
    assert share.max() <= 1.0
    edge = spread.edge(fire)
    flames = flame_m(spread.intensity_at_kw_m(fire, edge))
    rear = attack.rear(fire)
    assert rear is not None
    assert flames.min() < 1.2 < flames.max()
    head = int(edge[np.argmax(flames)])
    built = attack.build(fire, attack.Contact(head, 1), 100.0, 1730.0, 1.5)
    assert (built.stop, built.cells) == ("flame", ())


def test_brands_carry_it_over_a_river_and_without_them_it_stays_on_its_side() -> None:
    beyond = []
    for run in range(6):
        fire, _, spots = played(RIVERSIDE, DRY, 3.0, run=run)
        burnt = spread.burnt(fire)
        assert not burnt[:, slice(*RIVER)].any()
        beyond.append(bool(burnt[:, RIVER[1] :].any()))
        assert spots > 0
    assert any(beyond)
    fire, crown_ha, spots = played(RIVERSIDE, DRY, 3.0, NO_BRANDS)
    assert crown_ha > 0.0
    assert spots == 0
    assert not spread.burnt(fire)[:, RIVER[1] :].any()


def test_twice_the_brands_light_what_half_of_them_light_and_more() -> None:
    fire, _, _ = played(LOW, DRY, brands=NO_BRANDS)
    cells, share = embers.crowned(fire, 0.0)
    lit: list[set[int]] = []
    for per_ha in (1.0, 2.0, 4.0):
        brands = embers.Brands(per_ha, 0.8, 0.3, 0.87)
        to = embers.landing(fire, cells, share, Streams(1, 0), "f", brands)
        lit.append(set(to.tolist()))
    assert lit[0] < lit[1] < lit[2]


def test_a_cells_brands_hang_on_the_fire_and_the_cell_alone() -> None:
    fire, _, _ = played(LOW, DRY, brands=NO_BRANDS)
    cells, share = embers.crowned(fire, 0.0)
    far = embers.Brands(3.0, 0.8, 0.3, 0.87)
    both = embers.landing(fire, cells, share, Streams(1, 0), "f", far)
    half = len(cells) // 2
    parts = [
        embers.landing(fire, cells[s], share[s], Streams(1, 0), "f", far)
        for s in (slice(half, None), slice(half))
    ]
    np.testing.assert_array_equal(both, np.unique(np.concatenate(parts)))
    other = embers.landing(fire, cells, share, Streams(1, 0), "g", far)
    assert set(other.tolist()) != set(both.tolist())


def test_brands_go_down_the_wind_and_light_no_line_nor_what_has_burnt() -> None:
    fire, _, _ = played(LOW, DRY, brands=NO_BRANDS)
    cells, share = embers.crowned(fire, 0.0)
    far = embers.Brands(20.0, 1.0, 0.2, 0.87)
    to = embers.landing(fire, cells, share, Streams(1, 0), "f", far)
    assert to.size > 1
    assert (fire.label_min[to] > fire.time_min).all()
    assert fire.ground.row_col(to)[1].min() > 30
    spread.set_hold(fire, to[:1], 1730.0)
    again = embers.landing(fire, cells, share, Streams(1, 0), "f", far)
    np.testing.assert_array_equal(again, to[1:])


def test_a_spot_fire_opens_what_was_contained() -> None:
    fire, _, _ = played(LOW, DRY, hours=0.5, brands=NO_BRANDS)
    anchor = attack.rear(fire)
    assert anchor is not None
    attack.build(fire, attack.Contact(anchor, 1), 1e6, 1e9, 99.0)
    assert spread.contained(fire)
    _, spots = embers.throw(fire, 0.0, Streams(1, 0), "f", embers.Brands(50.0, 1.0, 0.2, 0.87))
    assert spots > 0
    assert not spread.contained(fire)


def test_what_comes_later_changes_nothing_of_what_has_burnt() -> None:
    maps = []
    for then in (1.0, 14.0):
        sky = weather([(m, 38.0, 20.0, ms, 270.0) for m, ms in ((0, 10.0), (60, 10.0), (61, then))])
        fire, streams = spread.start(LOW, sky.at(0.0)), Streams(1, 0)
        spread.ignite(fire, 50, 30)
        for tick in range(12):
            spread.advance_weather(fire, 10.0 * (tick + 1), sky, 30.0)
            embers.throw(fire, 10.0 * tick, streams, "f", BRANDS)
        maps.append(spread.arrivals(fire))
    early = [np.where(m <= 60.0, m, np.inf) for m in maps]
    np.testing.assert_array_equal(*early)
    assert not np.array_equal(*maps)


def test_crowns_must_begin_between_ground_and_treetops() -> None:
    row = PINE.model_dump() | {"canopy_base_m": 12.0}
    with pytest.raises(ValueError, match="crowns that burn begin above the ground"):
        Fuel(**row)
    assert Fuel(**(row | {"canopy_kg_m3": 0.0})).canopy_base_m == 12.0


def nobody(scene: ForestScene, crews: list[Crew], tick: int) -> None:
    """No crew is there to be caught."""


def test_a_scene_counts_its_spots_and_burns_the_same_fire_without_crews_alike() -> None:
    clock = Clock(10, 36, 8.0, DayRules.read(TINY))
    blaze = Blaze("f", 0.0, (50, 30), 0, 1.0, (0.0, 0.0), AttackRules.read(TINY), clock)
    incident = Incident[Crew]("forest_fire/f", "forest_fire", 0, 0, occurred_min=0.0)
    scene = ForestScene(blaze, incident, TACTICS["flank-only"], Streams(1, 0), nobody)
    sky = weather([(0.0, 38.0, 20.0, 10.0, 270.0)])
    for tick in range(9):
        scene.burn(tick, sky, LOW, SkyError())
        if tick == 2:
            blaze.unfought = blaze.burning.twin()
    assert scene.crown_ha > 0.0
    assert scene.spots > 0
    np.testing.assert_array_equal(
        spread.arrivals(blaze.burning), spread.arrivals(blaze.burning_unfought)
    )
