"""Each of these once went wrong."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from anlan import sim
from anlan.sim.chance import Streams
from anlan.sim.crews.crew import Crew
from anlan.sim.incidents.incident import Incident, WorkRules
from anlan.sim.ledger import NEVER
from anlan.sim.model import ResponseModel
from anlan.sim.parts import Parts
from anlan.sim.people.draws import Draws
from anlan.sim.people.residents import Residents
from anlan.sim.people.states import State
from anlan.sim.place.world import build
from anlan.sim.scenario.schema import Scenario
from tests.oracle.calm import calm, places, winds_said
from tests.oracle.district import set_parameters
from tests.oracle.held import act, hold
from tests.oracle.residents import OracleResidents
from tests.oracle.runs import calm_run, rows

TINY = sim.load("tiny")


def residents_of(model: ResponseModel) -> Residents:
    assert isinstance(model.parts.people, Residents)
    return model.parts.people


def waiting_for_a_bus(model: ResponseModel) -> list[int]:
    """Everybody of tiny's port who must move has joined the bus list, as rules have it."""
    residents = residents_of(model)
    homes = np.flatnonzero(residents.people.dwelling == 3)
    residents.where.move(homes, State.PREPARING)
    residents.evacuation.on_bus_list[homes] = True
    residents.evacuation.ordered_tick[homes] = 0
    residents.buses.lists[0] = deque(homes.tolist())
    model.parts.shelters.open()
    return [int(h) for h in homes]


def windy(scenario: Scenario, until: int) -> Any:
    wind = np.zeros((scenario.ticks, 1), dtype=np.float32)
    wind[:until] = 30.0
    return wind


def test_nobody_is_driven_out_after_the_stand_down() -> None:
    model = calm_run(TINY)
    homes, residents = waiting_for_a_bus(model), residents_of(model)
    residents.stand_down(5)
    residents.step(5)
    assert (residents.where.state[homes] == State.HOME).all()
    assert not residents.evacuation.on_bus_list.any()
    assert not residents.buses.lists[0]
    assert (residents.evacuation.left_tick == NEVER).all()


def test_buses_do_not_save_up_seats_while_the_wind_holds_them() -> None:
    """Tiny's town moves 48 people an hour, 4 in a tick: eight people take two ticks."""
    model = calm_run(TINY, wind_ms=windy(TINY, 100))
    homes, residents = waiting_for_a_bus(model), residents_of(model)
    for _ in range(104):
        model.step()
    assert residents.people.sizes[homes].tolist() == [3, 2, 1, 2]
    # Of 4 seats 3 are taken and 1 is kept for the next two; then 1 + 4 = 2 + 1 + 2.
    assert residents.evacuation.left_tick[homes].tolist() == [100, 101, 101, 101]


def test_a_household_has_one_next_try() -> None:
    """Ready at tick 20, but the house falls at tick 10: they try at 11 and hourly from there."""
    residents = residents_of(calm_run(TINY, wind_ms=windy(TINY, TINY.ticks)))
    homes = np.array([8])
    residents.where.move(homes, State.PREPARING)
    residents.evacuation.plan_leave(homes, np.array([20]))
    residents.where.collapsed[8] = True
    residents.deciding.flee(8, 10)
    tries = []
    for tick in range(11, 60):
        before = int(residents.evacuation.next_leave[8])
        residents.leaving.leave(residents.calendar.due("leave", tick), tick)
        if residents.evacuation.next_leave[8] != before:
            tries.append(tick)
    assert tries == [11, 23, 35, 47, 59]


# -- reports ---------------------------------------------------------------------------------


def collapse(name: str, tick: int = 0, **changes: Any) -> Incident[Crew]:
    return Incident[Crew](name, "collapse", 0, tick, **changes)


def reported(scenario: Scenario, tick: int, incidents: list[Incident[Crew]]) -> ResponseModel:
    """A run in which incidents happen in a tick, and are found and phoned in at once, in order."""

    def happen(parts: Parts, now: int) -> None:
        for incident in incidents:
            parts.incidents.open(incident, now, unseen=True)
            parts.notice.found_at(incident, parts.clock.minute_of(now))

    return act(calm_run(scenario), {tick: happen})


def test_the_desk_reads_no_faster_than_it_can() -> None:
    """One seat, 15 minutes a report, five reports at once: known at 15, 30, ... minutes."""
    slow = set_parameters(TINY, response__desks=1.0, response__desk_min=15.0)
    reports = [collapse(f"c{n}") for n in range(5)]
    model = reported(slow, 0, reports)
    known: dict[str, int] = {}
    parts = model.parts
    know = parts.command.picture.know

    def note(incident: Incident[Crew]) -> None:
        known[incident.id] = parts.present.tick
        know(incident)

    parts.command.picture.know = note  # type: ignore[method-assign]
    for _ in range(20):
        model.step()
    assert known == {"c0": 3, "c1": 6, "c2": 9, "c3": 12, "c4": 15}
    assert [i.read_min for i in reports] == [15.0, 30.0, 45.0, 60.0, 75.0]


def test_an_incident_for_several_is_as_many_reports() -> None:
    """Two seats, 15 minutes a report: three reports are read by 15, 15 and 30, known at 20."""
    slow = set_parameters(TINY, response__desks=2.0, response__desk_min=15.0)
    several, after = collapse("a", persons=6, cases=3), collapse("b")
    model = reported(slow, 0, [several, after])
    for _ in range(8):
        model.step()
    assert several.read_min == 20.0
    assert after.read_min == 30.0  # the other seat was free from minute 15
    rules = WorkRules.read(slow)  # six people a case, or three for four who are trapped
    assert several.people_wanted(rules) == 3 * 6
    assert collapse("c", persons=40, cases=3).people_wanted(rules) == 30


def test_what_is_read_after_the_end_is_not_known() -> None:
    last = TINY.ticks - 1
    slow = set_parameters(TINY, response__desk_min=15.0)
    table = reported(slow, last, [collapse("late", last)]).run().table("incident")
    assert table["reported_tick"].tolist() == [last]
    assert table["known_tick"].tolist() == [NEVER]
    assert np.isnan(table["read_min"]).all()


def test_a_silent_site_sends_a_runner() -> None:
    """The port's taps are dry and its phone is dead throughout; relief comes all the same."""
    dry = set_parameters(TINY, residents__water_lost_share=1.0, residents__kit_share=0.0)
    model = calm_run(dry, bulletins=winds_said((0, 20.0)))
    hold(model, power_out=[False, True], phone_out=[False, True])
    runs = int(model.parts.command.means.calls.runner_ticks[1])
    tables = model.run().tables()
    relief = rows(tables["relief"], site="port")
    assert any(tick != NEVER for tick in relief["relief_tick"])
    asked = rows(tables["request"], site="port")
    assert set(asked["means"]) == {"runner"}
    first = asked["heard_tick"][0] - asked["wanted_tick"][0]
    assert runs <= first < runs + 12  # told when the hourly review after that takes it up


def test_a_large_incident_gets_its_crews_at_once() -> None:
    """Ten people want eight rescuers, and both crews of four stand idle: both leave at once."""
    team = TINY.teams[0].model_copy(update={"kind": "comprehensive"})
    parts = calm_run(TINY.model_copy(update={"teams": (team,)})).parts
    incident = Incident[Crew]("large", "collapse", 1, 0, np.arange(10), persons=10, read_min=0.0)
    parts.command.picture.know(incident)
    parts.command.means.dispatch.step(0.0)
    assert incident.people_wanted(WorkRules.read(TINY)) == 8
    assert [c.id for c in incident.crews] == ["team-1/1", "team-1/2"]


def test_a_place_without_a_road() -> None:
    parts = calm_run(places(1, [])).parts
    roads, sky, trees = parts.roads, parts.present.sky, parts.trees
    assert roads.map.minutes_from("car", 0).tolist() == [0.0]
    assert not roads.step(0, parts.water, sky, trees)
    parts.water.depth_m, parts.water.wet = np.full(1, 9.0, dtype=np.float32), True
    assert not roads.step(1, parts.water, sky, trees)
    assert parts.command.picture.roads.map.minutes_from("car", 0).tolist() == [0.0]
    assert calm_run(places(1, [])).run().table("hazard_level")["cut_off"].tolist() == [False] * 36


@pytest.mark.parametrize("kind", [Residents, OracleResidents])
def test_a_house_that_falls_in_the_tick_of_leaving(kind: Callable[..., Any]) -> None:
    """Told at tick 25 and ready 15 ticks later, when the house falls: they go in the next tick."""
    scenario = set_parameters(
        TINY,
        damage__collapse_death_share=0.0,
        damage__collapse_trapped_share=0.0,
        damage__collapse_injured_share=0.0,
        damage__outdoor_harm_per_million=0.0,
        residents__kin_share=1.0,
        residents__comply_low_lying=1.0,
        warning__sms_a_per_min=100.0,
        warning__sms_cap=1.0,
    )
    gust = np.zeros((scenario.ticks, 1), dtype=np.float32)
    gust[40:] = 400.0

    def fifteen(around: Any, draws: Draws) -> Any:
        return kind(around, replace(draws, prepare_ticks=np.full_like(draws.prepare_ticks, 15)))

    def order(parts: Parts, tick: int) -> None:
        spread = parts.words.say(("sms",))
        spread.begin_everywhere()
        everywhere = np.ones(parts.world.places, dtype=bool)
        parts.people.order(("low_lying",), tick, spread, everywhere, "out")

    forcing = calm(scenario, gust_ms=gust)
    model = ResponseModel(build(scenario), forcing, Streams(1, 0), people=fifteen)
    act(hold(model, trees={}), {25: order})
    table = model.run().table("evacuation")
    low = table["dwelling"] == "low_lying"
    assert set(table["order"][low]) == {"order/out/port"}
    assert set(table["ordered_tick"][low]) == set(table["heard_tick"][low]) == {25}
    assert set(table["left_tick"][low]) == {41}
