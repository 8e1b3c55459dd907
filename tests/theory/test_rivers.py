"""Rivers: their stage by the hour, outlets that it holds shut, dikes that it tops or breaks.

Plain sums beside the model: straight lines between rows, a broad-crested weir over the crest.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan import sim
from anlan.sim.forcing.rivers import RiverStages
from anlan.sim.model import ResponseModel
from anlan.sim.phases import PHASES
from anlan.sim.scenario.clock import start_time
from anlan.sim.scenario.schema import Dike, River, RiverPlace, RiverStage, Scenario
from tests.oracle.calm import places
from tests.oracle.district import set_parameters
from tests.oracle.known import differing
from tests.oracle.runs import calm_run
from tests.properties.test_conservation import water_adds_up

GROUND_M = 60.0
HOURS = 12
NATURE = [p for p in PHASES if p.name in ("sky", "power", "water", "sources")]
YI = River(river="yi", name_zh="沂河", name_en="Yi", source="made up", mark="assumption")
SURE = {"dike__boils_per_km_h_m": 0.1, "dike__breaks_least_h": 1.0, "dike__breaks_most_h": 1.0}


def by_a_river(
    stages: list[tuple[float, float]],
    number: int = 1,
    dikes: tuple[Dike, ...] = (),
    **values: float,
) -> Scenario:
    """Places in a row, 400 people each, the next one half a metre higher; their outlets lie 2 m
    below. stages: (hour, m).
    """
    scenario = places(number, [(n, n + 1, 2.0, 40.0) for n in range(number - 1)])
    rows = tuple(
        c.model_copy(update={
            "residents": 400, "households": 150, "elevation_m": GROUND_M + 0.5 * n,
            "area_km2": 1.0, "lon": 121.2 + 0.01 * n, "drain_mm_h": 24.0, "pump_mm_h": 0.0,
            "coast_km": 95.0,
        })
        for n, c in enumerate(scenario.communities)
    )  # fmt: skip
    start = start_time(scenario)
    scenario = scenario.model_copy(update={
        "settings": scenario.settings.model_copy(update={"duration_h": HOURS}),
        "communities": rows,
        "dikes": dikes,
        "rivers": (YI,),
        "river_stage": tuple(
            RiverStage(river="yi", time=start + timedelta(hours=h), stage_m=m, mark="assumption")
            for h, m in stages
        ),
        "river_places": tuple(
            RiverPlace(community=c.community, river="yi", fall_m=0.0,
                       outlet_m=c.elevation_m - 2.0, mark="assumption")
            for c in rows
        ),
    })  # fmt: skip
    return set_parameters(scenario, **(SURE | {"flood__drain_working_share": 1.0} | values))


def dike(**columns: Any) -> Dike:
    return Dike(
        dike="d0", name_zh="堤", name_en="dike", community="c0", length_km=0.5, guards=0, rings=0,
        source="made up", mark="assumption", **columns,
    )  # fmt: skip


def depths_m(model: ResponseModel) -> list[list[float]]:
    """Of each tick; only nature is played."""
    found = []
    for tick in range(model.ticks):
        for phase in NATURE:
            phase.do(model.parts, tick)
        found.append(model.parts.water.depth_m.tolist())
    return found


def test_a_stage_is_straight_between_rows_and_held_at_the_ends() -> None:
    scenario = by_a_river([(1.0, 57.0), (3.0, 61.0), (4.0, 60.0)], river__rise_m=0.25)
    fallen = scenario.river_places[0].model_copy(update={"fall_m": 0.5})
    level = RiverStages(scenario.model_copy(update={"river_places": (fallen,)})).level_m[:, 0]
    per_h = scenario.ticks_per_h
    for hour, stage_m in ((0, 57.0), (1, 57.0), (1.5, 58.0), (2, 59.0), (3.5, 60.5), (9, 60.0)):
        assert level[int(hour * per_h)] == pytest.approx(stage_m + 0.25 - 0.5)


def test_a_place_without_a_river_goes_by_the_sea() -> None:
    scenario = by_a_river([(0.0, 70.0)], number=2)
    scenario = scenario.model_copy(update={"river_places": scenario.river_places[:1]})
    model = calm_run(scenario, rain_mm_h=10.0)
    sky = model.parts.present.sky
    assert np.asarray(sky.outside_m).tolist() == [70.0, 0.0]
    assert model.parts.drainage.gates_open(sky.sea_level_m, sky.outside_m).tolist() == [False, True]


def test_a_river_as_high_as_the_outlet_holds_the_rain_back() -> None:
    """Paved ground, 12 mm/h fall: 24 mm/h drain while the river is below the outlet, from hour 4 to
    8 it is not. Against a plain balance; with pumps of 6 mm/h they lift on.
    """
    stages = [(3.9, 57.9), (4.0, 58.0), (7.99, 58.0), (8.0, 57.9)]
    for pump_mm_h in (0.0, 6.0):
        scenario = by_a_river(stages, flood__overflow_width_m=0.0)
        paved = scenario.communities[0].model_copy(
            update={"curve_number": 100.0, "pump_mm_h": pump_mm_h, "generator": True}
        )
        scenario = scenario.model_copy(update={"communities": (paved,)})
        stored, share = 0.0, scenario.p("flood.ponding_share")
        for tick, (depth_m,) in enumerate(depths_m(calm_run(scenario, rain_mm_h=12.0))):
            shut = 4.0 <= tick / scenario.ticks_per_h < 8.0
            out_mm_h = pump_mm_h + (0.0 if shut else 24.0)
            stored = max(0.0, stored + (12.0 - out_mm_h) / scenario.ticks_per_h)
            assert depth_m == pytest.approx(stored / 1000.0 / share, abs=1e-6)
            assert shut == (stored > 0.0) or tick / scenario.ticks_per_h >= 8.0


def test_a_river_over_the_crest_runs_in_as_over_a_weir() -> None:
    """0.4 m over a crest of 500 m, a square kilometre behind it: tick by tick, up to the level."""
    crest_m, level_m = GROUND_M + 1.0, GROUND_M + 1.4
    scenario = by_a_river(
        [(0.0, level_m)], dikes=(dike(river="yi", crest_m=crest_m),),
        dike__boil_head_m=2.0, flood__overflow_width_m=0.0,
    )  # fmt: skip
    model = calm_run(scenario)
    share, seconds = scenario.p("flood.ponding_share"), 60.0 * scenario.settings.tick_min
    full_m3 = 1.4 * share * 1e6
    for tick in range(1, model.ticks + 1):
        model.step()
        came_m3 = min(tick * 1.7 * 500.0 * 0.4**1.5 * seconds, full_m3)
        got_m3 = float(model.parts.water.cells.stored[0]) * 1e3
        assert got_m3 == pytest.approx(came_m3, rel=1e-6)
    assert came_m3 == full_m3
    model.finish()
    table = model.ledger.table("dike")
    assert table["let_in_m3"].tolist() == [pytest.approx(full_m3)]
    assert np.isnan(table["broken_min"]).all()


def test_a_river_below_the_crest_stays_out() -> None:
    level_m = GROUND_M + 1.0
    scenario = by_a_river(
        [(0.0, level_m)], dikes=(dike(river="yi", crest_m=level_m),), dike__boil_head_m=2.0
    )
    model = calm_run(scenario)
    model.run()
    assert len(model.ledger.table("dike")["dike"]) == 0
    assert not model.parts.water.cells.from_sea.any()


def test_a_river_breaks_a_dike_by_the_law_of_the_sea() -> None:
    """The same level before the same dike, once of the sea and once of a river: the same breach."""
    level_m, dry_m = GROUND_M + 1.5, GROUND_M - 3.0
    river = calm_run(by_a_river([(0.0, level_m)], dikes=(dike(river="yi"),)))
    sea = calm_run(by_a_river([(0.0, dry_m)], dikes=(dike(),)))
    sky = sea.parts.forcing.sky
    assert sky is not None
    sea.parts.water.crest_m[:] = level_m + 1.0  # the sea wall holds
    sea.parts.forcing = replace(
        sea.parts.forcing, sky=replace(sky, sea_level_m=np.full(sea.ticks, level_m))
    )
    tables = [m.run().table("dike") for m in (river, sea)]
    assert not np.isnan(tables[0]["broken_min"]).any()
    for column in ("boils", "broken_min", "unaided_min", "let_in_m3"):
        assert tables[0][column].tolist() == tables[1][column].tolist(), column


@settings(max_examples=8, derandomize=True, deadline=None)
@given(
    peak_m=st.floats(57.0, 62.0), higher_m=st.floats(0.01, 1.5), rain_mm_h=st.floats(0.0, 40.0),
    crest_m=st.sampled_from([60.5, 61.0, None]),
)  # fmt: skip
def test_a_higher_stage_is_never_a_shallower_place(
    peak_m: float, higher_m: float, rain_mm_h: float, crest_m: float | None
) -> None:
    stages = [(1.0, 57.0), (5.0, peak_m), (10.0, 57.0)]
    dikes = (dike(river="yi", crest_m=crest_m),)
    low, high = (
        depths_m(calm_run(by_a_river(stages, 4, dikes, river__rise_m=m), rain_mm_h=rain_mm_h))
        for m in (0.0, higher_m)
    )
    assert (np.array(high) >= np.array(low) - 1e-6).all()


@pytest.mark.parametrize(
    "scenario",
    [
        by_a_river([(0.0, 57.0), (6.0, 62.0), (9.0, 59.0)], 4, (dike(river="yi", crest_m=61.0),)),
        pytest.param("linyi-flood-stress", marks=pytest.mark.long),
    ],
    ids=["four places", "linyi"],
)
def test_the_order_of_rows_changes_nothing(scenario: Scenario | str) -> None:
    if isinstance(scenario, str):
        scenario = sim.load(scenario, {"parameters.residents.scale": "100"})
    turned = scenario.model_copy(
        update={n: getattr(scenario, n)[::-1] for n in ("rivers", "river_places", "dikes")}
        | {"river_stage": tuple(sorted(scenario.river_stage, key=lambda s: (s.time, s.river)))}
    )
    a, b = (sim.run(s, seed=3).tables() for s in (scenario, turned))
    assert differing(a, b) == []


def test_no_water_is_lost_where_rivers_come_in() -> None:
    stages = [(0.0, 57.0), (4.0, 61.5), (9.0, 59.0)]
    model = calm_run(by_a_river(stages, 4, (dike(river="yi", crest_m=61.0),)), rain_mm_h=20.0)
    for _ in range(model.ticks):
        model.step()
        water_adds_up(model)
    cells = model.parts.water.cells
    assert cells.from_sea.any()
    assert cells.flowed.any()
