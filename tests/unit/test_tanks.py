"""A forest fire wants water by the litre: more people take no tank truck's place."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from anlan import sim
from anlan.sim.command.dispatch import lacks_water
from tests.oracle.runs import FIERCE


def fire(wanted_l: float, *tanks_l: float, capability: str = "forest") -> Any:
    crews = [SimpleNamespace(tank_l=tank, people=10) for tank in tanks_l]
    scene = SimpleNamespace(water_wanted_l=lambda: wanted_l)
    return SimpleNamespace(scene=scene, capability=capability, crews=crews)


def test_only_tanks_meet_the_need_for_water() -> None:
    assert lacks_water(fire(20_000.0, *[0.0] * 50))
    assert lacks_water(fire(20_000.0, 8000.0, 8000.0))
    assert not lacks_water(fire(20_000.0, 8000.0, 8000.0, 8000.0))
    assert not lacks_water(fire(0.0))  # it is contained
    assert not lacks_water(fire(20_000.0, capability="fire"))


@pytest.mark.long
def test_twice_the_people_do_not_keep_the_trucks_away() -> None:
    """The fire of a season of Fuling that burnt 70 times as much with twice the forest teams:
    its need was met by those who were nearest, and no truck was sent.
    """
    scenario = sim.load("fuling-forest-fire", FIERCE)
    forest = [t for t in scenario.teams if "forest" in t.capabilities]
    double = scenario.replace(teams={t.team: {"members": 2 * t.members} for t in forest})
    dry = scenario.replace(teams={t.team: {"tank_l": 0.0} for t in forest if t.tank_l})

    def burnt_ha(one: sim.Scenario) -> float:
        return next(f.burnt_ha for f in sim.run_season(one, 1, 388) if f.fire == "fire-2")

    assert burnt_ha(double) <= burnt_ha(scenario) < burnt_ha(dry)
