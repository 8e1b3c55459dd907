"""What is kept between variants is what would be made anew."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np
import pytest

from anlan import sim
from anlan.sim.engine import prepare
from anlan.sim.people.population import settle
from anlan.sim.scenario.clock import start_time
from anlan.sim.scenario.kept import kept
from anlan.sim.scenario.schema import Scenario


def test_a_difference_that_was_read_is_made_anew_and_no_other() -> None:
    made: list[str] = []

    @kept
    def work(scenario: Scenario) -> float:
        made.append(scenario.id)
        return scenario.p("team.shift_h") * scenario.people_per_row * len(scenario.communities)

    tiny = sim.load("tiny")
    assert work(tiny) == work(tiny) == work(tiny.replace(parameters={"response.desks": 3}))
    assert len(made) == 1
    assert work(tiny.replace(parameters={"team.shift_h": 9})) == 9 * len(tiny.communities)
    assert work(tiny) == tiny.p("team.shift_h") * len(tiny.communities)
    assert work(tiny.replace(parameters={"residents.scale": 3})) == 3 * work(tiny)
    assert len(made) == 5


@pytest.mark.parametrize(
    ("section", "change", "same"),
    [
        ("parameters", {"response.desks": 3}, True),
        ("parameters", {"residents.car_share": 0.9}, False),
        ("parameters", {"residents.scale": 2}, False),
        ("settings", {"population_seed": 99}, False),
        ("communities", {"c1": {"residents": 900}}, False),
    ],
)
def test_people_of_a_variant_are_those_drawn_for_it(
    section: str, change: dict[str, Any], same: bool
) -> None:
    tiny = sim.load("tiny")
    place = tiny.communities[0].community
    given = {place: change["c1"]} if "c1" in change else change
    before = prepare(tiny).world.people
    variant = tiny.replace(**{section: given})
    people, anew = prepare(variant).world.people, settle(variant)
    assert (people is before) == same
    for f in fields(anew):
        assert np.array_equal(getattr(people, f.name), getattr(anew, f.name)), f.name


def test_the_start_follows_what_it_is_worked_out_from() -> None:
    tiny = sim.load("tiny")
    begins = start_time(tiny)
    before_h = tiny.settings.start_before_closest_h or 0.0
    assert start_time(tiny.replace(parameters={"response.desks": 3})) == begins
    later = tiny.replace(settings={"start_before_closest_h": before_h - 2})
    assert (start_time(later) - begins).total_seconds() == 2 * 3600.0
    assert start_time(tiny) == begins
