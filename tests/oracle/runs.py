"""Runs at their beginning, under weather that a test makes up, and their facts row by row."""

from __future__ import annotations

from typing import Any

import numpy as np

from anlan.sim.chance import Streams
from anlan.sim.fires.forest import ForestFires
from anlan.sim.model import ResponseModel
from anlan.sim.people.residents import Residents
from anlan.sim.people.states import MEMBER
from anlan.sim.place.world import build
from anlan.sim.scenario.schema import Scenario
from tests.oracle.calm import calm

Tables = dict[str, dict[str, Any]]


def calm_run(scenario: Scenario, seed: int = 1, run: int = 0, **given: Any) -> ResponseModel:
    """A run under still air, or under the wind, rain, sea and bulletins that `calm` takes."""
    return ResponseModel(build(scenario), calm(scenario, **given), Streams(seed, run))


def rows(table: dict[str, Any], **where: Any) -> dict[str, list[Any]]:
    """The rows of a table whose columns have given values, as lists by column."""
    count = len(next(iter(table.values())))
    keep = [all(table[c][n] == v for c, v in where.items()) for n in range(count)]
    return {c: v[keep].tolist() for c, v in table.items()}


# A fierce fire, for tests of tactics: rates of Wang and Mao, and all fuel burns at the front.
FIERCE = {
    "forest.formula": "wang_mao",
    "fuels.masson_pine.load_kg_m2": "1.2",
    "fuels.broadleaf.load_kg_m2": "0.8",
    "fuels.shrub.load_kg_m2": "1.5",
    "fuels.grass.load_kg_m2": "0.5",
    "fuels.crop.load_kg_m2": "0.4",
}


def forest_of(model: ResponseModel) -> ForestFires:
    """The forest fires of a run."""
    (source,) = (s for s in model.parts.sources if isinstance(s, ForestFires))
    return source


def check_crews(model: ResponseModel) -> None:
    """A crew is at one incident at a time: the one that is its task, on its way or at work."""
    for crew in model.parts.crews:
        at = [i for i in model.parts.incidents.all if crew in i.crews]
        assert at == ([crew.task] if crew.task is not None else []), crew.id
        assert (crew.task is None) == (crew.deployment is None), crew.id
        if crew.task is None:
            assert crew.state != "working", crew.id


def check_people(model: ResponseModel) -> None:
    """Everybody is in one state, and the counts of the communities are of those states."""
    people, residents = model.parts.world.people, model.parts.people
    assert isinstance(residents, Residents)
    alone = residents.where.apart != MEMBER
    state = np.where(alone, residents.where.apart, residents.where.state[people.household])
    counted = np.zeros_like(residents.counts)
    np.add.at(counted, (people.community[people.household], state), people.stands_for)
    assert (counted == residents.counts).all()
    homes = model.parts.world.scenario.communities
    assert residents.counts.sum(axis=1).tolist() == [c.residents for c in homes]
