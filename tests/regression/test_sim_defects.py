"""Each of these once went wrong."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from anlan import sim
from anlan.sim import record
from anlan.sim.chance import Streams
from anlan.sim.forcing.base import Realisation
from anlan.sim.incidents.incident import Incident
from anlan.sim.ledger import NEVER
from anlan.sim.model import ResponseModel
from anlan.sim.people.draws import Draws
from anlan.sim.people.residents import Residents, State
from anlan.sim.place.roads import Roads
from anlan.sim.place.world import build
from anlan.sim.scenario.schema import Scenario
from tests.oracle.calm import calm, places
from tests.oracle.district import set_parameters
from tests.oracle.residents import OracleResidents

NOBODY = np.empty(0, dtype=np.int64)


def model_of(scenario: Scenario, **arrays: Any) -> ResponseModel:
    return ResponseModel(build(scenario), calm(scenario, **arrays), Streams(1, 0))


def waiting_for_a_bus(model: ResponseModel) -> list[int]:
    """Everybody of tiny's port who must move has joined the bus list, as rules have it."""
    residents = model.residents
    homes = np.flatnonzero(residents.people.dwelling == 3)
    residents._move(homes, State.PREPARING)
    residents.on_bus_list[homes] = True
    residents.ordered_tick[homes] = 0
    model.bus_lists[0] = deque(homes.tolist())
    model.open_shelters()
    model.roads.update(model.realisation, 0)
    return [int(h) for h in homes]


def windy(scenario: Scenario, until: int) -> dict[str, Any]:
    wind = np.zeros((scenario.ticks, 2), dtype=np.float32)
    wind[:until] = 30.0
    return {"wind_ms": wind}


def test_nobody_is_driven_out_after_the_stand_down() -> None:
    model = model_of(sim.load("tiny"))
    homes = waiting_for_a_bus(model)
    model.residents.stand_down(5)
    model.residents.step(5)
    assert (model.residents.state[homes] == State.HOME).all()
    assert not model.residents.on_bus_list.any()
    assert not model.bus_lists[0]
    assert (model.residents.left_tick == NEVER).all()


def test_buses_do_not_save_up_seats_while_the_wind_holds_them() -> None:
    """Tiny's town moves 48 people an hour, 4 in a tick: eight people take two ticks."""
    scenario = sim.load("tiny")
    model = model_of(scenario, **windy(scenario, 100))
    homes = waiting_for_a_bus(model)
    for tick in range(104):
        model.residents.step(tick)
    left = model.residents.left_tick[homes]
    sizes = model.residents.people.sizes()[homes]
    assert sizes.tolist() == [3, 2, 1, 2]
    # Of 4 seats 3 are taken and 1 is kept for the next two; then 1 + 4 = 2 + 1 + 2.
    assert left.tolist() == [100, 101, 101, 101]


def test_a_household_has_one_next_try() -> None:
    """Ready at tick 20, but the house falls at tick 10: they try at 11 and hourly from there."""
    scenario = sim.load("tiny")
    model = model_of(scenario, **windy(scenario, scenario.ticks))
    residents = model.residents
    homes = np.array([8])
    residents._move(homes, State.PREPARING)
    residents._plan_leave(homes, np.array([20]))
    residents.collapsed[8] = True
    residents._flee(8, 10)
    tries = []
    for tick in range(11, 60):
        before = int(residents.next_leave[8])
        residents._leave(residents.calendar.due("leave", tick), tick)
        if residents.next_leave[8] != before:
            tries.append(tick)
    assert tries == [11, 23, 35, 47, 59]


def test_the_desk_reads_no_faster_than_it_can() -> None:
    """One seat, 15 minutes a report, five reports at once: known at 15, 30, ... minutes."""
    slow = set_parameters(sim.load("tiny"), response__desks=1.0, response__desk_min=15.0)
    model = model_of(slow)
    reports = [Incident(n, "collapse", 0, 0, -1, 0, NOBODY) for n in range(5)]
    for incident in reports:
        model.command.report(incident, 0)
    known: dict[int, int] = {}
    for tick in range(20):
        model.command._read_reports(tick)
        known |= {i.number: tick for i in model.command.open if i.number not in known}
    assert known == {0: 3, 1: 6, 2: 9, 3: 12, 4: 15}
    assert [i.known_tick for i in reports] == [3, 6, 9, 12, 15]


def test_an_incident_for_several_is_as_many_reports() -> None:
    """Two seats, 15 minutes a report: three reports are read by 15, 15 and 30, known at 20."""
    slow = set_parameters(sim.load("tiny"), response__desks=2.0, response__desk_min=15.0)
    model = model_of(slow)
    several = Incident(0, "collapse", 0, 0, -1, 0, np.arange(2), persons=6, cases=3)
    after = Incident(1, "collapse", 0, 0, -1, 0, NOBODY)
    for incident in (several, after):
        model.command.report(incident, 0)
    for tick in range(8):
        model.command._read_reports(tick)
    assert several.known_tick == slow.ticks_of(20)
    assert after.known_tick == slow.ticks_of(30)  # the other seat was free from minute 15
    assert several.crews_wanted(slow) == 3
    assert Incident(2, "collapse", 0, 0, -1, 0, NOBODY, persons=25, cases=3).crews_wanted(slow) == 6


def test_what_is_read_after_the_end_is_not_known() -> None:
    model = model_of(sim.load("tiny"))
    last = model.ticks - 1
    for tick in range(model.ticks):
        if tick == last:
            incident = Incident(0, "collapse", 0, 0, -1, last, NOBODY)
            model.incidents.append(incident)
            model.command.report(incident, last)
        model.step()
    record.finish(model)
    table = model.ledger.table("incident")
    assert table["reported_tick"].tolist() == [last]
    assert table["known_tick"].tolist() == [NEVER]


def test_a_silent_site_sends_a_runner() -> None:
    """The port's taps are dry and its phone is dead throughout; relief comes all the same."""
    scenario = sim.load("tiny")
    out = np.zeros((scenario.ticks, 2), dtype=bool)
    out[:, 1] = True
    scenario = set_parameters(scenario, residents__water_lost_share=1.0, residents__kit_share=0.0)
    model = model_of(scenario, power_out=out, phone_out=out)
    model.command.level = 0
    tables = model.run().tables()
    relief = tables["relief"]
    at_port = relief["site"] == "port"
    assert at_port.any()
    assert (relief["relief_tick"][at_port] != NEVER).any()


def test_a_large_incident_gets_its_crews_at_once() -> None:
    """Sixteen people want two crews, and both stand idle: both leave in the same tick."""
    team = sim.load("tiny").teams[0].model_copy(update={"kind": "comprehensive"})
    scenario = sim.load("tiny").model_copy(update={"teams": (team,)})
    model = model_of(scenario)
    model.roads.update(model.realisation, 0)
    incident = Incident(0, "collapse", 1, 1, -1, 0, np.arange(16), known_tick=0)
    model.command.open.append(incident)
    model.command._dispatch(0)
    assert incident.crews_wanted(scenario) == 2
    assert [c.id for c in incident.crews] == ["team-1/1", "team-1/2"]


def test_a_place_without_a_road() -> None:
    alone = places(1, [])
    roads = Roads(alone, {"c0": 0})
    storm: Realisation = calm(alone)
    roads.update(storm, 0)
    assert roads.minutes_from("car", 0).tolist() == [0.0]
    assert not roads.update(storm, 1)


@pytest.mark.parametrize("kind", [Residents, OracleResidents])
def test_a_house_that_falls_in_the_tick_of_leaving(kind: Callable[..., Any]) -> None:
    """Told at tick 25 and ready 15 ticks later, when the house falls: they go in the next tick."""
    scenario = set_parameters(
        sim.load("tiny"),
        damage__collapse_death_share=0.0,
        damage__collapse_trapped_share=0.0,
        damage__collapse_injured_share=0.0,
        residents__kin_share=1.0,
        residents__comply_low_lying=1.0,
    )
    gust = np.zeros((scenario.ticks, 2), dtype=np.float32)
    gust[40:] = 400.0
    storm = calm(scenario, gust_ms=gust)

    def fifteen(model: ResponseModel, draws: Draws) -> Any:
        return kind(model, replace(draws, prepare_ticks=np.full_like(draws.prepare_ticks, 15)))

    model = ResponseModel(build(scenario), storm, Streams(1, 0), residents=fifteen)
    model.roads.update(storm, 0)
    for tick in range(60):
        if tick == 25:
            everywhere = np.ones(model.world.places, dtype=bool)
            shares = np.ones((2, scenario.ticks))
            model.residents.order(("low_lying",), tick, shares, everywhere)
        model.residents.step(tick)
    model.residents.finish(model.ledger)
    table = model.ledger.table("evacuation")
    low = table["dwelling"] == "low_lying"
    assert set(table["left_tick"][low]) == {41}
    assert set(table["ordered_tick"][low]) == {25}
