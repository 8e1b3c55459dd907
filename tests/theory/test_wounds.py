"""The clock of the hurt against its closed forms, and that help which comes sooner only saves."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan import sim
from anlan.sim.chance import Streams
from anlan.sim.incidents.incident import Incident
from anlan.sim.people.wounded import Wounded
from anlan.sim.people.wounds import Severity, Wound, WoundRules, dies_min
from anlan.sim.place.world import build
from anlan.sim.scenario.clock import Clock
from tests.oracle.calm import places
from tests.oracle.district import set_parameters

RULES = WoundRules.read(sim.load("tiny"))
PER_MIN = math.log(2.0) / 90.0  # immediate: half are dead after 90 min


def wound(load: float, severity: Severity = Severity.IMMEDIATE, **help_min: float) -> Wound:
    return Wound(
        0, Incident[Any]("i", "injury", 0, 0), "wind", severity, 100.0, 20,
        RULES.per_min(severity), load, **help_min,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("severity", "minutes", "alive"),
    [
        (Severity.IMMEDIATE, 90.0, 0.5),
        (Severity.IMMEDIATE, 180.0, 0.25),
        (Severity.EXPECTANT, 20.0, 0.5),
        (Severity.DELAYED, 600.0, math.exp(-0.05)),
    ],
)
def test_untreated_they_die_by_the_exponential_of_their_class(
    severity: Severity, minutes: float, alive: float
) -> None:
    """Whoever lives through as much hazard as -log of the share of survivors dies then."""
    assert dies_min(wound(-math.log(alive), severity), RULES) == pytest.approx(100.0 + minutes)


def test_nobody_dies_of_a_scratch() -> None:
    assert dies_min(wound(1e-9, Severity.MINIMAL), RULES) == math.inf


def test_help_slows_the_clock_from_its_minute_on() -> None:
    """30 min alone, 40 with first aid at 0.6, 25 with care at 0.2, and then none in a hospital."""
    spent = PER_MIN * (30.0 + 0.6 * 40.0 + 0.2 * 25.0)
    helped = {"aid_min": 130.0, "care_min": 170.0, "hospital_min": 195.0}
    assert dies_min(wound(spent - 1e-6, **helped), RULES) == pytest.approx(195.0, abs=1e-2)
    assert dies_min(wound(spent + 1e-6, **helped), RULES) == math.inf
    assert dies_min(wound(PER_MIN * 30.0 * 0.999, **helped), RULES) < 130.0  # too late
    half = PER_MIN * (30.0 + 0.6 * 20.0)
    assert dies_min(wound(half, **helped), RULES) == pytest.approx(150.0)
    # Care without first aid before it.
    assert dies_min(wound(PER_MIN * (30.0 + 0.2 * 10.0), care_min=130.0), RULES) == pytest.approx(
        140.0
    )


MINUTES = st.floats(100.0, 2000.0)


@given(
    st.floats(1e-6, 30.0), st.sampled_from(list(Severity)), MINUTES, MINUTES, MINUTES, MINUTES
)  # fmt: skip
def test_sooner_help_never_kills(
    load: float, severity: Severity, a: float, b: float, c: float, d: float
) -> None:
    first, last = min(c, d), max(c, d)
    sooner = wound(load, severity, aid_min=min(a, b), care_min=first, hospital_min=first + 25.0)
    later = wound(load, severity, aid_min=max(a, b), care_min=last, hospital_min=last + 60.0)
    never = wound(load, severity)
    dies = [dies_min(w, RULES) for w in (sooner, later, never)]
    assert dies[0] >= dies[1] - 1e-6
    assert dies[1] >= dies[2] - 1e-6


def crowd(residents: int, **values: float) -> Wounded:
    town = places(1, [])
    row = town.communities[0].model_copy(
        update={"residents": residents, "households": residents // 3}
    )
    town = set_parameters(town.model_copy(update={"communities": (row,)}), **values)
    world = build(town)
    return Wounded(WoundRules.read(town), Clock.of(town), world.people, Streams(3, 0))


def test_classes_and_deaths_of_many_are_those_of_the_shares_and_the_law() -> None:
    n = 20_000
    wounded = crowd(n)
    incident = Incident[Any]("i", "injury", 0, 0)
    found = wounded.strike(np.arange(n), "collapse", 60.0, incident)
    rules = wounded.rules
    shares = {
        Severity.IMMEDIATE: rules.collapse_immediate_share,
        Severity.DELAYED: rules.collapse_delayed_share,
        Severity.EXPECTANT: rules.collapse_expectant_share,
    }
    shares[Severity.MINIMAL] = 1.0 - sum(shares.values())
    for severity, share in shares.items():
        of = [w for w in found if w.severity == severity]
        assert len(of) == pytest.approx(n * share, abs=4.5 * math.sqrt(n * share * (1.0 - share)))
        dead = sum(w.dies_min <= 60.0 + 45.0 for w in of) / len(of)
        law = -math.expm1(-rules.per_min(severity) * 45.0)
        assert dead == pytest.approx(law, abs=4.5 * math.sqrt(law * (1 - law) / len(of)) + 1e-12)


def test_helpers_go_from_one_to_the_next_the_worst_first() -> None:
    """Two helpers, five minutes each: two are done after 5 min, the third after 7.5, and so on."""
    wounded = crowd(60)
    people = np.arange(30)
    found = wounded.strike(people, "collapse", 60.0, Incident[Any]("i", "injury", 0, 0))
    wounded.first_aid(people, 70.0, 2.0)
    order = wounded.in_turn(people)
    aided = [wounded.of[person].aid_min for person in order]
    assert aided == pytest.approx([75.0, 75.0] + [70.0 + 2.5 * k for k in range(3, 31)])
    ranks = [wounded.of[person].severity for person in order]
    assert ranks == sorted(ranks)
    assert len({w.severity for w in found}) == 4
    # Ten more, later: nobody waits longer for it.
    wounded.first_aid(people, 90.0, 10.0)
    again = [wounded.of[person].aid_min for person in order]
    assert all(now <= before for now, before in zip(again, aided, strict=True))
    assert again[:8] == aided[:8]
    assert sum(again) < sum(aided)


def test_each_dies_once_and_no_help_comes_after_death() -> None:
    wounded = crowd(60)
    people = np.arange(30)
    wounded.strike(people, "fire", 60.0, Incident[Any]("i", "injury", 0, 0))
    first = wounded.due(120.0)
    assert first
    assert [w.died_min for w in first] == sorted(w.died_min for w in first)
    for one in first:
        wounded.aid(one, 121.0)
        wounded.care(one, 121.0)
        assert math.isinf(one.aid_min)
        assert math.isinf(one.care_min)
    later = wounded.due(1e9)
    assert not {w.person for w in first} & {w.person for w in later}
    assert wounded.due(1e9) == []
