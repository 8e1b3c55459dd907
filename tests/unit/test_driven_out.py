"""Homes that fire takes: who is driven out and when, who hears of it, who stays away."""

from __future__ import annotations

import numpy as np

from anlan import sim
from anlan.sim.engine import prepare
from anlan.sim.model import ResponseModel
from anlan.sim.people.at_risk import Cause, Way
from anlan.sim.people.states import State
from anlan.sim.scenario.schema import Scenario
from anlan.sim.threats import HOMELESS
from tests.oracle.district import set_parameters


def tiny_fire(**values: float) -> Scenario:
    return set_parameters(sim.load("tiny-fire"), **values)


def test_they_leave_by_hand() -> None:
    """As in the scenario's README: noticed at 14, told of at 15, to the shelter and to kin."""
    tables = sim.run(tiny_fire()).tables()
    left = tables["evacuation"]
    ways = sorted(zip(left["destination"], left["left_tick"], left["arrived_tick"], strict=True))
    assert ways == [("kin", 15, 45), ("shelter-1", 15, 25)]
    assert (left["ordered_tick"] < 0).all()
    assert left["home_at_risk"].all()
    rows = tables["at_risk"]
    well = rows["fate"] == "well"
    assert set(rows["roof_tick"][well].tolist()) == {25, 35, 45}  # 35: brought out by the engines
    assert rows["persons"][well].sum() == 4


def test_nobody_leaves_before_the_fire_is_noticed() -> None:
    scenario = tiny_fire()
    (shed,) = scenario.building_fires
    unnoticed = scenario.model_copy(
        update={"building_fires": (shed.model_copy(update={"discovery_min": 40.0}),)}
    )
    left = sim.run(unnoticed).tables()["evacuation"]["left_tick"]
    assert left.min() > 50


def test_command_opens_the_shelters_when_it_is_told() -> None:
    """No level of this plan does; nobody to tell of, and they stay shut."""
    model = _to_tick(tiny_fire(), 16)
    assert not any(r.open_shelters for r in model.parts.command.means.responses)
    assert all(shelter.open for shelter in model.parts.shelters.all)
    threats = model.parts.ledger.tables()["threat"]
    assert threats["value"][threats["quantity"] == HOMELESS].tolist() == [2.0]
    scenario = tiny_fire()
    (shed,) = scenario.building_fires
    empty = scenario.model_copy(
        update={"building_fires": (shed.model_copy(update={"victims": 0}),)}
    )
    model = _to_tick(empty, 60)
    assert not any(shelter.open for shelter in model.parts.shelters.all)
    assert HOMELESS not in model.parts.ledger.tables()["threat"]["quantity"]


def test_nobody_goes_back_to_a_home_that_is_burnt() -> None:
    model = _to_tick(tiny_fire(residents__return_spread_h=1.0), 60)
    people = model.parts.people
    people.stand_down(60)
    before = people.counts.copy()
    _go_on(model, 150)
    away = [State.SHELTERED, State.WITH_KIN]
    assert before[:, away].sum() == 2
    assert (people.counts[:, away] == before[:, away]).all()


def test_who_is_kept_from_a_forest_fire_has_a_roof_until_it_comes() -> None:
    model = _to_tick(tiny_fire(), 5)
    people, homes = model.parts.people, np.array([0, 1, 2])
    people.threaten(homes, 5, Cause.FOREST_FIRE)
    people.spare(homes[:2], 5)
    risk = people.at_risk
    assert risk.roof_tick[homes].tolist() == [5, 5, -1]
    assert risk.relief_tick[homes].tolist() == [5, 5, -1]
    people.spare(homes[:2], 6)
    assert risk.kept_from(homes).tolist() == [True, True, False]
    risk.is_spared_no_longer(homes[:1], 7)
    assert risk.kept_from(homes).tolist() == [False, True, False]
    assert risk.roof_tick[homes].tolist() == [-1, 5, -1]
    assert risk.relief_tick[homes].tolist() == [-1, 5, -1]
    assert risk.from_tick[Way.HOME, homes].tolist() == [5, 5, 5]


def test_who_has_left_by_then_keeps_the_roof_they_found() -> None:
    model = _to_tick(tiny_fire(), 5)
    people, homes = model.parts.people, np.array([0])
    people.threaten(homes, 5, Cause.FOREST_FIRE)
    people.spare(homes, 5)
    assert people.unhouse(homes, 6) == people.where.members[0]
    assert people.unhouse(homes, 6) == 0
    model.parts.shelters.open()
    _go_on(model, 60)
    assert people.where.state[0] in (State.SHELTERED, State.WITH_KIN)
    people.at_risk.is_spared_no_longer(homes, 60)
    assert people.at_risk.roof_tick[0] == people.evacuation.arrived_tick[0] > 6


def _to_tick(scenario: Scenario, tick: int) -> ResponseModel:
    model = prepare(scenario).model(1, 0)
    _go_on(model, tick)
    return model


def _go_on(model: ResponseModel, tick: int) -> None:
    while model.parts.present.tick < tick:
        model.step()
