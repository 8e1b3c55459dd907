"""Sluices by hand: who comes in time keeps the river out, and the fewer come the more runs in."""

from __future__ import annotations

from datetime import timedelta
from functools import cache

import numpy as np
import pytest

from anlan import sim
from anlan.sim.model import ResponseModel
from anlan.sim.scenario.clock import start_time
from anlan.sim.scenario.schema import River, RiverPlace, RiverStage, Scenario
from tests.oracle.calm import places
from tests.oracle.district import set_parameters
from tests.oracle.observed import observed
from tests.oracle.response import play
from tests.oracle.runs import calm_run
from tests.oracle.test_response import assert_same
from tests.properties.test_conservation import water_adds_up

GROUND_M, OUTLET_M = 60.0, 58.0
# The river is a metre under the outlet at hour 2, over the ground from hour 4, 1.5 m over it at 6.
STAGES = ((0.0, 55.0), (2.0, 57.0), (4.0, 60.0), (6.0, 61.5), (12.0, 61.5), (16.0, 55.0))


def town(members: int, gate: str = "hand", **values: float) -> Scenario:
    """A place of 400 people and a crew that lives on the spot, on duty round the clock."""
    scenario = places(1, [])
    place = scenario.communities[0].model_copy(
        update={
            "residents": 400,
            "households": 150,
            "elevation_m": GROUND_M,
            "area_km2": 1.0,
            "pump_mm_h": 0.0,
        }
    )
    team = sim.load("tiny").teams[0].model_copy(
        update={"community": "c0", "kind": "comprehensive", "members": members, "crew_size": 4,
                "boats": 0, "capabilities": ("water",)}
    )  # fmt: skip
    start = start_time(scenario)
    made = scenario.model_copy(update={
        "communities": (place,),
        "teams": (team,) if members else (),
        "rivers": (
            River(river="yi", name_zh="沂河", name_en="Yi", source="made up", mark="assumption"),
        ),
        "river_stage": tuple(
            RiverStage(river="yi", time=start + timedelta(hours=h), stage_m=m, mark="assumption")
            for h, m in STAGES
        ),
        "river_places": (
            RiverPlace.model_validate(
                {"community": "c0", "river": "yi", "fall_m": 0.0, "outlet_m": OUTLET_M,
                 "gate": gate, "mark": "assumption"}
            ),
        ),
    })  # fmt: skip
    return set_parameters(made, flood__overflow_width_m=0.0, **values)


@cache
def played(members: int, gate: str = "hand", **values: float) -> tuple[ResponseModel, float]:
    """A run, and the deepest that the street stood."""
    model = calm_run(town(members, gate, **values))
    deepest_m = 0.0
    for _ in range(model.ticks):
        model.step()
        water_adds_up(model)
        deepest_m = max(deepest_m, float(model.parts.water.depth_m[0]))
    model.finish()
    return model, deepest_m


def test_an_open_gate_lets_the_river_in_as_over_a_weir() -> None:
    """Nobody comes: tick by tick through two metres, no higher than the river."""
    model, deepest_m = played(0)
    river_m = model.parts.forcing.river_m
    assert river_m is not None
    stored_m3, full_m3, most_m3 = 0.0, 0.12 * 1e6, 0.0
    for level_m in river_m[:, 0]:
        head_m = max(0.0, float(level_m) - GROUND_M)
        if head_m > 0.0:
            room_m3 = max(0.0, head_m * full_m3 - stored_m3)
            stored_m3 += min(1.7 * 2.0 * head_m**1.5 * 300.0, room_m3)
        else:
            break_m3 = stored_m3
        most_m3 = max(most_m3, stored_m3)
    assert break_m3 > 0.0
    assert deepest_m == pytest.approx(most_m3 / full_m3, rel=1e-3)


def test_a_crew_in_time_keeps_it_out_and_a_flap_needs_none() -> None:
    for members, gate in ((4, "hand"), (0, "flap")):
        model, deepest_m = played(members, gate)
        assert deepest_m == 0.0
        assert not model.parts.water.cells.from_sea.any()
    done_min = played(4)[0].ledger.table("incident")["done_min"]
    assert 2.0 * 60.0 < done_min[0] < 4.0 * 60.0


def test_fewer_hands_are_slower_and_let_more_in() -> None:
    """The call comes late: nobody, half a crew, a whole one, and twice as many, who find no room
    at the winch.
    """
    late = {"river__sluice_ahead_m": 0.0, "river__sluice_person_h": 6.0}
    depths = [played(members, **late)[1] for members in (0, 2, 4, 8)]
    assert depths[0] > depths[1] > depths[2] > 0.0
    assert depths[3] == depths[2]


def test_who_is_at_risk_does_not_hang_on_the_crew() -> None:
    homes = [
        played(members)[0].ledger.table("flooded")["homes_unaided"].sum() for members in (0, 4)
    ]
    assert homes[0] == homes[1] > 0
    assert played(4)[0].ledger.table("flooded")["homes"].sum() == 0


def test_it_is_opened_again_when_the_river_has_fallen() -> None:
    """And what nobody came to is called off."""
    model, _ = played(0)
    table = model.ledger.table("incident")
    mine = table["kind"] == "sluice"
    assert mine.sum() == 1
    assert np.isnan(table["done_min"][mine]).all()
    model.parts.water.cells.stored[:] = 0.0
    sky = model.parts.present.sky
    assert model.parts.drainage.gates_open(sky.sea_level_m, sky.outside_m).all()


def test_the_plain_model_sends_the_same_crews() -> None:
    for members in (2, 8):
        given, tables = observed(town(members), 3)
        assert_same(tables, play(given))
        assert any(r["kind"] == "sluice" for r in tables["incident"])
