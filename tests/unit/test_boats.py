"""What people in the water want: seats in boats that somebody rows, and people besides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from anlan import sim
from anlan.sim.incidents.incident import BOAT, ON_FOOT, Incident, WorkRules

RULES = WorkRules.read(sim.load("tiny"))


@dataclass
class Some:
    """A crew, as far as an incident counts it."""

    people: int
    boats: int = 0
    saws: int = 0


def flood(persons: int, *crews: Some) -> Incident[Any]:
    incident: Incident[Any] = Incident("f", "flood", 0, 0, persons=persons)
    incident.crews.extend(crews)
    return incident


def test_many_hands_take_no_boats_place() -> None:
    """Twelve persons want two boats of six seats, however many people stand in the water."""
    assert RULES.boats_wanted(12) == 2
    for hands in (9, 18, 100):
        incident = flood(12, Some(hands))
        assert incident.short(RULES)
        assert incident.need == BOAT
    assert not flood(12, Some(9), Some(2, boats=1), Some(2, boats=1)).short(RULES)


def test_a_larger_crew_brings_no_more_boats() -> None:
    """Both sizes of crew bring one boat, so both are followed by the next one."""
    for people in (6, 12):
        assert flood(12, Some(people, boats=1)).short(RULES)
        assert not flood(12, *[Some(people, boats=1)] * 2).short(RULES)


def test_a_boat_wants_two_people_to_row_it() -> None:
    assert RULES.boats_manned(Some(3, boats=4)) == 1.5  # type: ignore[arg-type]
    assert RULES.saws_manned(Some(3, saws=4)) == 1.5  # type: ignore[arg-type]


def test_where_boats_suffice_only_crews_without_one_follow() -> None:
    """Six want one boat, but six people: the second boat is left for somebody else."""
    incident = flood(6, Some(2, boats=1))
    assert incident.short(RULES)
    assert incident.need == ON_FOOT
    incident = flood(6)
    assert incident.short(RULES)
    assert incident.need == "water"


def test_where_it_is_too_deep_to_wade_boats_are_enough() -> None:
    incident = flood(6, Some(2, boats=1))
    incident.only_by_boat()
    assert not incident.short(RULES)
    incident = flood(6, Some(40))
    incident.only_by_boat()
    assert incident.short(RULES)
    assert incident.need == incident.may_need == BOAT


@pytest.mark.parametrize(("trees", "saws"), [(1, 1), (8, 1), (9, 2)])
def test_trees_want_saws_and_two_people_each(trees: int, saws: int) -> None:
    incident: Incident[Any] = Incident("t", "tree", 0, 0, trees=trees)
    incident.crews.append(Some(100, saws=saws - 1))
    assert incident.short(RULES)
    incident.is_short = None
    incident.crews.append(Some(2, saws=1))
    assert not incident.short(RULES)
