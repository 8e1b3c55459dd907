"""Who is burnt out of a home: a roof and goods by the way of all who leave. Same draws throughout.

Three to five places in a row, eight fires, each with people who cannot get out; who lives with them
is driven out. Beds, kin, stock and lorries are what they need then.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from anlan import sim
from anlan.analysis.measures.registry import measure_run
from anlan.sim.scenario.clock import start_time
from anlan.sim.scenario.schema import BuildingFire, Scenario
from tests.oracle.calm import places
from tests.oracle.district import beside_a_fire, set_parameters

FIRES = 8
ROOFLESS, NEVER, LATE = "relief.no_roof_person_h", "relief.never_persons", "relief.within_10h_share"
SHORT = "shortage.meal_person_h"


def burning(
    seed: int, beds: int = 12, kin: float = 0.3, stock: float = 1.0, lorries: int = 2
) -> Scenario:
    """Some places, a shelter in two of them with so many beds, a store in another, and fires."""
    tiny, draw = sim.load("tiny-fire"), np.random.default_rng(seed)
    n = int(draw.integers(3, 6))
    row = places(n, [(k, k + 1, float(draw.uniform(2.0, 8.0)), 40.0) for k in range(n - 1)])
    size = {"residents": 80, "households": 20, "kind": "village"}
    classes = [c.building_class for c in tiny.building_classes]
    fires = tuple(
        BuildingFire(
            fire=f"fire-{k}",
            time=start_time(tiny) + timedelta(minutes=float(draw.uniform(5.0, 120.0))),
            community=f"c{int(draw.integers(n))}",
            building_class=classes[int(draw.integers(len(classes)))],
            inside_km=0.2,
            discovery_min=3.0,
            victims=3,
        )
        for k in range(FIRES)
    )
    shelters = tuple(
        tiny.shelters[0].model_copy(
            update={"shelter": f"s{k}", "community": f"c{k}", "capacity": beds}
        )
        for k in range(2 if beds else 0)
    )
    changed = tiny.model_copy(
        update={
            "settings": tiny.settings.model_copy(
                update={"duration_h": 30, "tick_min": 5, "command_community": "c0"}
            ),
            "hazards": {k: h for k, h in tiny.hazards.items() if k != "forest_fire"},
            "forest": None,
            "ignitions": (),
            "communities": tuple(c.model_copy(update=size) for c in row.communities),
            "towns": row.towns,
            "roads": row.roads,
            "teams": tuple(t.model_copy(update={"community": "c0"}) for t in tiny.teams),
            "shelters": shelters,
            "stores": tuple(
                s.model_copy(update={"community": "c2", "trucks": lorries}) for s in tiny.stores
            ),
            "stock": tuple(
                s.model_copy(update={"quantity": int(s.quantity * stock)})
                for s in tiny.stock
                if s.holder == "store-1"
            ),
            "building_fires": fires,
        }
    )
    return set_parameters(changed, residents__kin_share=kin, residents__lodged_share=0.0)


def measured(scenario: Scenario, seed: int) -> dict[str, float]:
    return measure_run(scenario, sim.run(scenario, seed=seed).tables())


def test_where_room_is_short_more_beds_help() -> None:
    few, enough = (
        sum(measured(burning(seed, beds=beds, kin=0.0), seed)[ROOFLESS] for seed in range(3))
        for beds in (3, 12)
    )
    assert few > 1.2 * enough


@pytest.mark.parametrize(
    "seed", [0, *(pytest.param(seed, marks=pytest.mark.long) for seed in (1, 2, 3))]
)
def test_more_beds_kin_and_goods_never_worsen_what_becomes_of_them(seed: int) -> None:
    """Each list is from less to more; who is at risk is the same in all."""
    as_is = measured(burning(seed), seed)

    def found(*changes: dict[str, Any]) -> list[dict[str, float]]:
        return [measured(burning(seed, **change), seed) for change in changes]

    beds = [*found({"beds": 0}, {"beds": 3}), as_is, *found({"beds": 24})]
    kin = [*found({"beds": 0, "kin": 0.0}), beds[0], *found({"beds": 0, "kin": 1.0})]
    goods = [*found({"stock": 0.0}), as_is, *found({"stock": 2.0})]
    drive = [*found({"lorries": 0}), as_is, *found({"lorries": 4})]
    for row in (beds, kin, goods, drive):
        assert {m["relief.persons_in_need"] for m in row} == {as_is["relief.persons_in_need"]}
    for measure in (ROOFLESS, NEVER, "relief.no_roof_10h_persons"):
        for row in (beds, kin):
            values = [m[measure] for m in row]
            assert values == sorted(values, reverse=True), measure
        assert beds[0][measure] > beds[1][measure] >= beds[3][measure], measure
        assert kin[0][measure] > kin[1][measure], measure
    for row in (goods, drive):
        assert row[0][NEVER] > row[1][NEVER] >= row[2][NEVER]
        assert row[0][LATE] < row[1][LATE] <= row[2][LATE]
        assert row[0][SHORT] > row[1][SHORT] >= row[2][SHORT]


def test_who_is_without_a_roof_counts_to_the_end() -> None:
    """No kin and no bed: whoever lives through a fire is roofless for the rest of the run."""
    scenario = burning(1, beds=0, kin=0.0)
    tables = sim.run(scenario, seed=1).tables()
    rows = tables["at_risk"]
    by_themselves = rows["fate"] != "well"
    assert (rows["cause"] == "fire").all()
    assert (rows["roof_tick"][~by_themselves] < 0).sum() > 5
    stays = (rows["relief_tick"] < 0) & ~by_themselves
    assert rows["persons"][stays].sum() > 10
    assert not len(tables["evacuation"]["persons"])


def test_fewer_to_hold_a_forest_fire_leave_more_without_a_roof() -> None:
    """Whom crews keep from the fire stays at home with a roof and lacks nothing."""
    roofless: list[float] = []
    in_need: list[list[float]] = []
    for hands in (0, 20, 200):
        scenario = beside_a_fire(
            600, weather_calm=True, forest__warn_lead_min=0.0, residents__kin_share=0.0
        )
        teams = tuple(
            t.model_copy(update={"members": hands}) if t.team == "hands" else t
            for t in scenario.teams
            if hands or t.team != "hands"
        )
        scenario = scenario.model_copy(update={"teams": teams, "shelters": ()})
        found = [measured(scenario, seed) for seed in (1, 2)]
        in_need.append([m["relief.persons_in_need"] for m in found])
        roofless.append(sum(m[ROOFLESS] for m in found))
    assert in_need[0] == in_need[1] == in_need[2]
    assert roofless[0] >= roofless[1] > 2 * roofless[2] > 0
