"""Mobile pumps against what can be worked out by hand, and the balance of a place's water.

One paved place of 0.05 km² without drains, on which 60 mm fall in the first hour: 3,000 m³, and
0.5 m in the low 12 % of it. A fire station of six stands there with one pump of 1,500 m³/h.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from anlan import sim
from anlan.sim.model import ResponseModel
from anlan.sim.scenario.schema import Scenario
from tests.oracle.calm import places
from tests.oracle.district import set_parameters
from tests.oracle.runs import calm_run, rows

HOUR = 12  # ticks
AREA_M2 = 50_000.0
FELL_M3 = 3_000.0
LIFTS_M3_H = 0.7 * 1500.0
READY_MIN = 15.0 + 20.0  # kerb-deep in the fourth tick; then the pump is set up


def flooded(members: int = 6, pumps_m3_h: float = 1500.0, **values: float) -> Scenario:
    """The place, and its team."""
    one = places(1, [])
    update = {"curve_number": 100.0, "drain_mm_h": 0.0, "pump_mm_h": 0.0, "area_km2": 0.05}
    team = sim.load("tiny").teams[0].model_copy(
        update={"community": "c0", "kind": "comprehensive", "members": members, "crew_size": 6,
                "boats": 0, "capabilities": ("water",), "pumps_m3_h": pumps_m3_h}
    )  # fmt: skip
    scenario = one.model_copy(
        update={"communities": (one.communities[0].model_copy(update=update),), "teams": (team,)}
    )
    return set_parameters(scenario, **values)


def played(scenario: Scenario, ticks: int) -> ResponseModel:
    rain_mm_h = np.zeros((scenario.ticks, 1))
    rain_mm_h[:HOUR] = 60.0
    model = calm_run(scenario, rain_mm_h=rain_mm_h)
    for _ in range(ticks):
        model.step()
    return model


def taken_m3(model: ResponseModel) -> float:
    return model.parts.water.lifted_m3(0)


@pytest.mark.parametrize("tick", [8, 20, 30])
def test_what_is_lifted_is_flow_times_time(tick: int) -> None:
    """In the water's turn of a tick all is gone that was lifted before it began."""
    model = played(flooded(), tick + 1)
    expected_m3 = LIFTS_M3_H * max(0.0, 5.0 * tick - READY_MIN) / 60.0
    assert taken_m3(model) == pytest.approx(expected_m3)
    rain_m3 = FELL_M3 * min(1.0, (tick + 1) / HOUR)
    depth_m = (rain_m3 - expected_m3) / (0.12 * AREA_M2)
    assert model.parts.water.depth_m[0] == pytest.approx(depth_m, rel=1e-5)


def test_all_of_it_is_pumped_out_and_then_the_crew_goes() -> None:
    """3,000 m³ at 1,050 m³/h: dry after 171 min of pumping; command looks again each hour."""
    scenario = flooded()
    model = played(scenario, scenario.ticks)
    assert taken_m3(model) == pytest.approx(FELL_M3)
    model.finish()
    (done_min,) = rows(model.ledger.table("incident"), kind="pumping")["done_min"]
    dry_min = READY_MIN + FELL_M3 / LIFTS_M3_H * 60.0
    assert dry_min < done_min <= dry_min + 70.0
    assert model.ledger.table("pumped")["pumped_m3"].tolist() == pytest.approx([FELL_M3])


@pytest.mark.parametrize(
    ("members", "pumps_m3_h", "lifts_m3_h"),
    [
        (5, 1500.0, 1050.0),  # five people a unit
        (4, 1500.0, 840.0),
        (6, 750.0, 525.0),
        (6, 3000.0, 1.2 * 1050.0),  # two units and six people
        (12, 3000.0, 2100.0),
        (12, 4500.0, 2.2 * 1050.0),  # 2 + 1 units: six people run 1.2 of two, and one
        (0, 1500.0, 0.0),
    ],
)
def test_a_unit_wants_its_people(members: int, pumps_m3_h: float, lifts_m3_h: float) -> None:
    crews = played(flooded(members, pumps_m3_h), 0).parts.crews
    assert 0.7 * sum(c.pumps_m3_h for c in crews) == pytest.approx(lifts_m3_h)


def test_no_water_is_made_or_lost() -> None:
    """What fell and came is what stands, drained and was pumped, by fixed pumps and mobile ones."""
    scenario = flooded(pump__set_up_min=7.0)
    place = scenario.communities[0].model_copy(update={"drain_mm_h": 4.0, "pump_mm_h": 3.0})
    model = played(scenario.model_copy(update={"communities": (place,)}), 0)
    cells = model.parts.water.cells
    for _ in range(8 * HOUR):
        model.step()
        went = cells.stored + cells.drained + cells.pumped + cells.taken
        assert went == pytest.approx(cells.runoff + cells.from_sea, abs=1e-9)
        assert (cells.stored >= 0.0).all()
    assert cells.taken[0] > 0.0
    assert cells.stored[0] == 0.0


def without_pumps(model: Any) -> None:
    model.parts.water.lift = lambda place, m3: None


def test_without_pumps_the_water_is_as_it_was() -> None:
    """To the bit: neither the order nor the crew that stands there changes it."""
    left = played(flooded(pumps_m3_h=0.0), 3 * HOUR)
    idle = played(flooded(), 0)
    without_pumps(idle)
    for _ in range(3 * HOUR):
        idle.step()
    assert (left.parts.water.cells.stored == idle.parts.water.cells.stored).all()
    assert not left.parts.water.helped
    # and what would stand without help is the same to the bit where pumps run
    helped = played(flooded(), 3 * HOUR)
    assert (helped.parts.water.depth_unaided_m == left.parts.water.depth_m).all()
