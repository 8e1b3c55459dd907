"""Mobile pumps: where command wants them, who is sent, and who is left to people in need."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from anlan import sim
from anlan.sim.incidents.incident import Incident
from anlan.sim.model import ResponseModel
from anlan.sim.parts import Parts
from anlan.sim.scenario.schema import Scenario
from tests.oracle.calm import places, winds_said
from tests.oracle.district import set_parameters
from tests.oracle.held import Deed, act, hold
from tests.oracle.runs import calm_run, rows

HOUR = 12
FAR_MIN = 10.0  # between neighbours


def row_of_three(*teams: Mapping[str, Any], **values: float) -> Scenario:
    """Places c0, c1, c2 in a row, ten minutes apart, most people at c2; teams of six with a pump
    of 600 m³/h, on duty round the clock at c0 unless they say otherwise."""
    three = places(3, [(0, 1, 6.0, 36.0), (1, 2, 6.0, 36.0)])
    like = sim.load("tiny").teams[0]
    usual = {"community": "c0", "kind": "comprehensive", "members": 6, "crew_size": 6, "boats": 0,
             "saws": 0, "capabilities": ("water", "rescue"), "pumps_m3_h": 600.0}  # fmt: skip
    scenario = three.model_copy(
        update={
            "communities": tuple(
                c.model_copy(update={"residents": 100 * (n + 1), "area_km2": 0.1})
                for n, c in enumerate(three.communities)
            ),
            "teams": tuple(
                like.model_copy(update={"team": f"t{n}", **usual, **team})
                for n, team in enumerate(teams)
            ),
        }
    )
    return set_parameters(scenario, **values)


def wet(model: ResponseModel, depths: Mapping[int, float], since: int = 0) -> ResponseModel:
    """Water is held over some places from a tick on."""
    depth_m = np.zeros((model.ticks, 3))
    for place, metres in depths.items():
        depth_m[since:, place] = metres
    return hold(model, depth_m=depth_m)


def stays(model: ResponseModel, ticks: int = 6 * HOUR) -> dict[str, list[Any]]:
    """Who was sent to which incident, in the first hours of a run."""
    for _ in range(ticks):
        model.step()
    model.finish()
    return rows(model.ledger.table("deployment"))


def trapped(place: int, persons: int = 8) -> Deed:
    """People are caught in a ruin, and it is known at once."""

    def happens(p: Parts, tick: int) -> None:
        incident: Incident[Any] = Incident(
            f"ruin/{place}", "collapse", place, tick, persons=persons, others=persons
        )
        p.incidents.open(incident, tick, unseen=True)
        p.notice.found_at(incident, p.clock.minute_of(tick))

    return happens


def test_water_that_was_told_of_is_pumped_where_most_people_live_on_an_area() -> None:
    model = wet(calm_run(row_of_three({})), {0: 0.5, 2: 0.5}, since=3)
    (crew,) = model.parts.crews
    found = stays(model)
    assert found["incident"] == ["pumping/c2/1"]
    assert found["sent_min"] == [15.0]
    assert found["arrived_min"] > [15.0 + 2 * FAR_MIN]  # the last road lies under water
    assert crew.state == "working"


def test_nobody_is_sent_to_water_that_nobody_told_of() -> None:
    """Without a telephone a runner has to come first: 15 minutes, and 12 km at 15 km/h."""
    model = wet(calm_run(row_of_three({})), {2: 0.5}, since=1)
    hold(model, phone_out=np.ones((model.ticks, 3), dtype=bool))
    seat_km = model.parts.world.seat_km[2]
    (sent_min,) = stays(model)["sent_min"]
    assert sent_min == 5.0 * np.floor((5.0 + 15.0 + seat_km / 15.0 * 60.0) / 5.0)


def test_a_puddle_is_not_told_of() -> None:
    model = wet(calm_run(row_of_three({})), {2: 0.14})
    assert stays(model)["crew"] == []
    assert rows(model.ledger.table("message"), kind="water")["message"] == []


def test_the_need_is_met_and_no_more_are_sent() -> None:
    """0.5 m over 12 % of 0.1 km² are 6,000 m³, in six hours 1,000 m³/h: three pumps at 420."""
    model = wet(calm_run(row_of_three({}, {}, {}, {}, {})), {2: 0.5})
    assert sorted(stays(model, HOUR)["crew"]) == ["t0/1", "t1/1", "t2/1"]


def test_pumps_go_to_the_crews_without_boats_first() -> None:
    team = {"members": 18, "boats": 2, "pumps_m3_h": 1500.0}
    crews = calm_run(row_of_three(team)).parts.crews
    assert [c.boats for c in crews] == [1, 1, 0]
    assert [c.pumps for c in crews] == [0, 0, 1]
    double = {"members": 18, "boats": 2, "pumps_m3_h": 3000.0}
    assert [c.pumps for c in calm_run(row_of_three(double)).parts.crews] == [0, 1, 1]


def test_who_may_not_work_on_water_has_no_pump() -> None:
    team = {"capabilities": ("rescue",)}
    model = wet(calm_run(row_of_three(team)), {2: 0.5})
    assert model.parts.crews[0].pumps_m3_h == 0.0
    assert stays(model)["crew"] == []


def test_people_come_before_water_and_the_pump_is_packed_up_first() -> None:
    """The only crew pumps at c2; people are caught at c1 in the third hour."""
    model = wet(calm_run(row_of_three({})), {2: 0.5})
    found = stays(act(model, {2 * HOUR: trapped(1)}))
    assert found["incident"][:2] == ["pumping/c2/1", "ruin/1"]
    assert found["outcome"][0] == "sent_on"
    left_min, departed_min = found["left_min"][0], found["departed_min"][1]
    assert departed_min == left_min + 25.0
    assert found["arrived_min"][1] > departed_min + FAR_MIN  # the road lies under water


def test_the_pump_stays_where_somebody_else_can_go() -> None:
    model = wet(calm_run(row_of_three({}, {"team": "others", "pumps_m3_h": 0.0})), {2: 0.5})
    found = stays(act(model, {2 * HOUR: trapped(1)}))
    went = dict(zip(found["incident"], found["crew"], strict=True))
    assert went == {"pumping/c2/1": "t0/1", "ruin/1": "others/1"}


def in_the_water(place: int) -> Deed:
    """Somebody is stranded by water, too deep for the crew to be sent before it can go by boat."""

    def happens(p: Parts, tick: int) -> None:
        incident: Incident[Any] = Incident(f"stranded/{place}", "flood", place, tick, persons=1)
        incident.is_short = False  # others are there
        p.incidents.open(incident, tick, unseen=True)
        p.command.picture.know(incident)

    return happens


@pytest.mark.parametrize(("boats", "pumps_run"), [(0, True), (1, False)])
def test_boats_stay_while_somebody_is_in_the_water(boats: int, pumps_run: bool) -> None:
    model = act(calm_run(row_of_three({"boats": boats})), {0: in_the_water(0)})
    found = stays(wet(model, {2: 0.5}, since=2))
    assert (found["incident"] == ["pumping/c2/1"]) == pumps_run


def test_hours_beside_a_pump_are_no_hours_on_duty() -> None:
    """Twenty hours at the pump, and the shift of twelve is not over."""
    model = wet(calm_run(row_of_three({})), {2: 0.5})
    (crew,) = model.parts.crews
    for _ in range(20 * HOUR):
        model.step()
    assert crew.state == "working"
    crew.leave_task(20 * 60.0, "released")
    assert crew.on_duty_since_min == 20 * 60.0 - crew.arrived_min
    assert crew.efficiency(20 * 60.0) == pytest.approx(1.0 - 0.3 * crew.arrived_min / 720.0)


def test_it_is_over_when_the_place_says_that_the_water_has_gone() -> None:
    model = calm_run(row_of_three({}))
    depth_m = np.zeros((model.ticks, 3))
    depth_m[: 2 * HOUR, 2] = 0.5
    found = stays(hold(model, depth_m=depth_m))
    assert found["outcome"] == ["done"]
    assert found["left_min"] == [2 * 60.0 + 5.0]


@pytest.mark.parametrize(("grade", "sent"), [(1, True), (2, False), (4, False)])
def test_before_the_storm_pumps_are_set_up_from_a_grade_on(grade: int, sent: bool) -> None:
    """Yellow is said at first, and in force with its level after half an hour."""
    scenario = row_of_three({}, pump__ahead_grade=float(grade))
    model = calm_run(scenario, bulletins=winds_said((0, 20.0)))
    found = stays(model)
    assert (found["incident"] == ["pumping/c2/1"]) == sent
    if sent:
        (activation_min,) = {scenario.p("response.activation_min")}
        assert activation_min <= found["sent_min"][0] <= activation_min + 60.0


def two_towns() -> Scenario:
    """c0 and c1 are one town's, c2, where most people live on an area, another's."""
    scenario = row_of_three({})
    other = scenario.towns[0].model_copy(update={"town": "other"})
    here = [scenario.communities[n] for n in (0, 1)]
    there = scenario.communities[2].model_copy(update={"town": "other"})
    return scenario.model_copy(
        update={"towns": (*scenario.towns, other), "communities": (*here, there)}
    )


def test_before_the_storm_each_town_looks_after_its_own_places() -> None:
    found = stays(calm_run(two_towns(), bulletins=winds_said((0, 20.0))))
    assert found["incident"] == ["pumping/c1/1"]


def test_pumps_that_a_town_can_spare_go_where_water_stands() -> None:
    found = stays(wet(calm_run(two_towns()), {2: 0.5}))
    assert found["incident"] == ["pumping/c2/1"]
