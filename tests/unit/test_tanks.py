"""A forest fire wants water by the litre and the nearest first: more people take no place."""

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


@pytest.mark.long
def test_twice_the_people_do_not_keep_the_nearest_crew_away() -> None:
    """With twice the members brigades were ready far away, met the need of Fuling's second fire,
    and those who live beside it stayed at home: 50 minutes to the first crew for 12."""
    changes = {"parameters.residents.scale": "10", "settings.duration_h": "10"}
    scenario = sim.load("fuling-forest-fire", changes)
    double = scenario.replace(teams={t.team: {"members": 2 * t.members} for t in scenario.teams})

    def first_min(one: sim.Scenario) -> dict[str, float]:
        table = sim.run(one, 1, 0).table("incident")
        burns = table["kind"] == "forest_fire"
        return dict(zip(table["incident"][burns], table["arrived_min"][burns], strict=True))

    as_is, more = first_min(scenario), first_min(double)
    assert len(as_is) == 2
    assert all(more[fire] <= as_is[fire] for fire in as_is)
