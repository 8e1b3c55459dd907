"""Bags before doors: how fast they are laid, which homes get them, and what they keep out.

One place of 40 homes; a fire station of six stands there, on duty round the clock.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from anlan import sim
from anlan.sim.incidents.incident import Incident
from anlan.sim.model import ResponseModel
from anlan.sim.parts import Parts
from anlan.sim.people.at_risk import Way
from anlan.sim.people.residents import Residents
from anlan.sim.scenario.schema import Scenario
from tests.oracle.calm import places, winds_said
from tests.oracle.district import set_parameters
from tests.oracle.held import act, hold
from tests.oracle.runs import calm_run, rows

HOUR = 12  # ticks
PER_HOME = 1.5 * (16.15 * 0.9 + 158.9 * 0.9**2)
PERSON_H = 12.0
YELLOW = winds_said((0, 20.0))


def one_place(bags: int = 100_000, members: int = 6, **values: float) -> Scenario:
    """The place, whose homes all lie low, and its team."""
    scenario = places(1, [])
    place = scenario.communities[0].model_copy(
        update={"residents": 100, "households": 40, "low_lying_share": 1.0,
                "dangerous_share": 0.0, "dormitory_share": 0.0, "boat_share": 0.0}
    )  # fmt: skip
    team = sim.load("tiny").teams[0].model_copy(
        update={"community": "c0", "kind": "comprehensive", "members": members, "crew_size": 6,
                "boats": 0, "capabilities": ("water", "rescue"), "bags": bags}
    )  # fmt: skip
    fixed = {"damage__floor_low_lying_m": 0.0, "residents__comply_low_lying": 0.0} | values
    return set_parameters(
        scenario.model_copy(update={"communities": (place,), "teams": (team,)}), **fixed
    )


def street(model: ResponseModel, depth_m: Callable[[int], float]) -> ResponseModel:
    """Water is held on the street, by tick."""
    return hold(model, depth_m=np.array([[depth_m(t)] for t in range(model.ticks)]))


def played(
    scenario: Scenario, depth_m: Callable[[int], float] = lambda tick: 0.0, **given: Any
) -> ResponseModel:
    """To its end, yellow being said at first unless something else is."""
    model = street(calm_run(scenario, **({"bulletins": YELLOW} | given)), depth_m)
    model.run()
    return model


def residents(model: ResponseModel) -> Residents:
    people = model.parts.people
    assert isinstance(people, Residents)
    return people


def at_hour(hour: int, metres: float) -> Callable[[int], float]:
    return lambda tick: metres if tick >= hour * HOUR else 0.0


def flooded(model: ResponseModel) -> dict[str, int]:
    table = rows(model.ledger.table("flooded"))
    return {name: sum(table[name]) for name in ("homes", "homes_unaided", "homes_behind_bags")}


def bags_laid(model: ResponseModel) -> float:
    return float(model.ledger.table("bagged")["bags"].sum())


@pytest.mark.parametrize(("height_m", "feet", "per_foot"), [(0.9144, 3, 45.0), (1.2192, 4, 78.0)])
def test_bags_in_a_wall_follow_the_published_rule(
    height_m: float, feet: int, per_foot: float
) -> None:
    """(3 H + 9 H²) / 2 a foot: 4,500 bags for 100 ft of 3 ft, 7,800 of 4 ft (rates R21, VR7)."""
    assert (3 * feet + 9 * feet**2) / 2 == per_foot
    scenario = one_place(bag__height_m=height_m, bag__door_m=0.9144)
    around = calm_run(scenario).parts.people.around  # type: ignore[attr-defined]
    assert around.doors.per_home() == pytest.approx(3 * per_foot, rel=1e-3)


def test_bags_are_laid_by_person_hours() -> None:
    """Six people, twelve bags each an hour, less as they tire; from the level's first minute on."""
    model = street(calm_run(one_place(), bulletins=YELLOW), lambda tick: 0.0)
    for _ in range(6 * HOUR):
        model.step()
    (site,) = [i.scene for i in model.parts.incidents.all if i.kind == "bagging"]
    (crew,) = model.parts.crews
    hours = (6 * 60.0 - crew.arrived_min) / 60.0
    mean_efficiency = (crew.efficiency(crew.arrived_min) + crew.efficiency(6 * 60.0)) / 2
    assert site.laid == pytest.approx(6 * PERSON_H * hours * mean_efficiency, rel=0.01)
    assert crew.bags.left == pytest.approx(100_000 - site.laid)


def test_half_a_crew_lays_half() -> None:
    whole, half = (bags_laid(played(one_place(members=n), at_hour(8, 0.8))) for n in (6, 3))
    assert half == pytest.approx(whole / 2)


@pytest.mark.parametrize("bags", [0, 50, 500])
def test_no_more_bags_are_laid_than_there_are(bags: int) -> None:
    model = played(one_place(bags=bags))
    assert bags_laid(model) == pytest.approx(bags)
    assert flooded(model)["homes_behind_bags"] == int(bags / PER_HOME)


def test_the_lowest_homes_are_kept_dry_and_nobody_is_stranded_there() -> None:
    """Water of 0.7 m comes after ten hours and reaches every home; bags stand to 0.9 m."""
    model = played(one_place(), at_hour(10, 0.7))
    without = played(one_place(bags=0), at_hour(10, 0.7))
    kept = flooded(model)
    assert kept["homes_behind_bags"] > 0
    assert kept["homes"] == kept["homes_unaided"] - kept["homes_behind_bags"]
    assert flooded(without)["homes"] == flooded(without)["homes_unaided"] == kept["homes_unaided"]
    floors = residents(model).flooding.limits_m
    behind = residents(model).flooding._stranded_at.limits >= np.float32(0.9)
    assert floors[behind].max() <= floors[~behind].min()
    stranded = [rows(m.ledger.table("incident"), kind="flood")["persons"] for m in (model, without)]
    assert sum(stranded[0]) < sum(stranded[1])


def test_above_the_top_of_the_bags_the_water_comes_in() -> None:
    deep = flooded(played(one_place(), at_hour(10, 0.95)))
    assert deep["homes_behind_bags"] > 0
    assert deep["homes"] == deep["homes_unaided"]


def test_who_is_at_risk_is_the_same_with_bags_and_without() -> None:
    """And whoever is kept dry at home lacks nothing, until the water comes in after all."""
    for depth_m, stays in ((0.7, True), (0.95, False)):
        rising = lambda tick, top=depth_m: min(top, 0.01 * max(0, tick - 10 * HOUR))  # noqa: E731
        model, without = (played(one_place(bags=b), rising) for b in (100_000, 0))
        risk, other = residents(model).at_risk, residents(without).at_risk
        assert (risk.from_tick == other.from_tick).all()
        behind = residents(model).flooding._stranded_at.limits >= np.float32(0.9)
        assert behind.any()
        since = risk.from_tick[Way.HOME, behind]
        assert ((risk.relief_tick[behind] == since) & (since >= 0)).all() == stays


def test_homes_that_the_water_has_reached_get_no_bags() -> None:
    model = played(one_place(), at_hour(0, 0.8))
    assert bags_laid(model) == 0.0


@pytest.mark.parametrize(("wind_ms", "depth_m"), [(30.0, 0.0), (0.0, 0.65)])
def test_nothing_is_laid_in_a_gale_or_in_deep_water(wind_ms: float, depth_m: float) -> None:
    """The crew is there by then; of the homes, some lie higher than the water. It stays through a
    gale, and leaves water that stands too deep."""
    scenario = one_place(damage__floor_low_lying_m=0.3, bag__leave_depth_m=0.5, bag__reckon_m=0.9)
    wind = np.zeros((scenario.ticks, 1))
    wind[3 * HOUR : 5 * HOUR] = wind_ms
    depth = lambda tick: depth_m if 3 * HOUR <= tick < 5 * HOUR else 0.0  # noqa: E731
    model = street(calm_run(scenario, bulletins=YELLOW, wind_ms=wind), depth)
    laid = []
    for _ in range(7 * HOUR):
        model.step()
        laid.append(100_000.0 - model.parts.crews[0].bags.left)
    assert 0.0 < laid[3 * HOUR - 1] == laid[5 * HOUR - 1]
    assert (laid[-1] > laid[5 * HOUR - 1]) == (depth_m == 0.0)


def test_who_may_not_work_on_water_lays_none() -> None:
    scenario = one_place()
    team = scenario.teams[0].model_copy(update={"capabilities": ("rescue",)})
    assert bags_laid(played(scenario.model_copy(update={"teams": (team,)}))) == 0.0


@pytest.mark.parametrize(("grade", "laid"), [(1, True), (2, False)])
def test_before_the_storm_from_a_grade_on(grade: int, laid: bool) -> None:
    model = played(one_place(bag__ahead_grade=float(grade)))
    assert (bags_laid(model) > 0.0) == laid


def test_people_come_before_bags() -> None:
    """Somebody is caught in a ruin in the third hour; the crew drops its bags and goes at once."""

    def happens(p: Parts, tick: int) -> None:
        incident: Incident[Any] = Incident("ruin", "collapse", 0, tick, persons=1, others=1)
        p.incidents.open(incident, tick, unseen=True)
        p.notice.found_at(incident, p.clock.minute_of(tick))

    model = act(calm_run(one_place(), bulletins=YELLOW), {2 * HOUR: happens})
    for _ in range(4 * HOUR):
        model.step()
    model.finish()
    found = rows(model.ledger.table("deployment"))
    assert found["incident"][:2] == ["bagging/c0/1", "ruin"]
    assert found["outcome"][0] == "sent_on"
    assert found["departed_min"][1] == found["left_min"][0]


def test_a_shift_ends_for_whoever_lays_bags() -> None:
    """So that crews are rested when people call, unlike beside a pump."""
    shift_h = 4.0
    model = played(one_place(team__shift_h=shift_h))
    found = rows(model.ledger.table("deployment"))
    assert found["outcome"][0] == "released"
    assert found["left_min"][0] == found["sent_min"][0] + shift_h * 60.0


def test_more_bags_never_flood_more_homes() -> None:
    """In one place, none, few and many; the same water."""
    homes = [flooded(played(one_place(bags=b), at_hour(14, 0.7)))["homes"] for b in (0, 400, 800)]
    assert homes[0] > homes[1] > homes[2]
