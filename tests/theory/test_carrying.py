"""Carrying the hurt against what follows by hand, and that more hands and stretchers only help."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan import sim
from anlan.sim.people.carrying import CarryRules
from tests.oracle.hurt import carry_min
from tests.oracle.shaken import shaken, with_hospitals

TINY = sim.load("tiny")
RULES = CarryRules.read(TINY)
STRETCHER_MIN, IMPROVISED_MIN = 6.0, 0.3 / 1.3 * 60.0  # 300 m at 3 and at 1.3 km/h
PEOPLE = st.integers(0, 60)


@pytest.mark.parametrize(
    ("persons", "people", "stretchers", "minutes"),
    [
        (0, 6, 1, 0.0),
        (1, 4, 1, STRETCHER_MIN),
        (1, 3, 1, STRETCHER_MIN * 4 / 3),  # three where four belong
        (1, 6, 0, IMPROVISED_MIN),
        (1, 3, 0, IMPROVISED_MIN * 2),  # three where six belong
        (1, 0, 0, IMPROVISED_MIN),  # neighbours
        (2, 4, 2, 3 * STRETCHER_MIN),  # there, back, there
        (2, 8, 2, STRETCHER_MIN),  # side by side
        (3, 8, 2, 3 * STRETCHER_MIN),
        (4, 24, 1, IMPROVISED_MIN),  # four by hand at once are quicker than one after another
    ],
)
def test_by_hand(persons: int, people: int, stretchers: int, minutes: float) -> None:
    assert RULES.minutes(persons, people, stretchers) == pytest.approx(minutes)


@given(persons=st.integers(1, 30), people=st.integers(1, 60), stretchers=st.integers(0, 20))
def test_more_never_takes_longer(persons: int, people: int, stretchers: int) -> None:
    now = RULES.minutes(persons, people, stretchers)
    assert RULES.minutes(persons, people, stretchers + 1) <= now
    assert RULES.minutes(persons, people + 1, stretchers) <= now
    assert RULES.minutes(persons + 1, people, stretchers) >= now


@given(persons=st.integers(0, 30), people=PEOPLE, stretchers=st.integers(0, 20))
def test_the_oracle_has_the_same_rule(persons: int, people: int, stretchers: int) -> None:
    plain = carry_min(TINY.p, persons, people, stretchers)
    assert RULES.minutes(persons, people, stretchers) == pytest.approx(plain)


def wounds_with(each: int | None) -> tuple[dict[str, Any], int]:
    """Wounds and deaths of one earthquake where each medical team has so many stretchers."""
    scenario = with_hospitals(shaken(), 400)
    teams = tuple(t.model_copy(update={"stretchers": each}) for t in scenario.teams)
    tables = sim.run(scenario.model_copy(update={"teams": teams}), seed=1).tables()
    died = tables["casualty"]["outcome"] == "died"
    return tables["wound"], int(tables["casualty"]["persons"][died].sum())


def test_stretchers_bring_the_hurt_to_the_road_sooner() -> None:
    (with_them, fewer), (without, more) = wounds_with(2), wounds_with(None)

    def minutes(wounds: dict[str, Any], until: str) -> float:
        badly = wounds["severity"] != "minimal"
        return float(np.nanmean((wounds[until] - wounds["care_min"])[badly]))

    assert minutes(with_them, "carried_min") < 0.7 * minutes(without, "carried_min")
    assert minutes(with_them, "hospital_min") < minutes(without, "hospital_min")
    assert fewer <= more
    for wounds in (with_them, without):
        driven = wounds["hospital"] != ""
        loaded = np.fmax(wounds["fetched_min"], wounds["carried_min"])[driven]
        there = wounds["hospital_min"][driven]
        assert (np.isnan(there) | (there > loaded + 11.99)).all()  # twelve minutes at the scene
        walks = wounds["severity"] == "minimal"
        same = wounds["carried_min"] == wounds["care_min"]
        assert (same | np.isnan(wounds["care_min"]))[walks].all()
    assert math.isfinite(minutes(without, "carried_min"))
