"""Harm on the way against its rates: an hour on the way, by who needs help to move."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from scipy.stats import binomtest

from anlan import sim
from anlan.analysis.measures.registry import measure_run
from anlan.sim.chance import Streams
from anlan.sim.engine import prepare
from anlan.sim.model import ResponseModel
from anlan.sim.people.states import State
from anlan.sim.scenario.schema import DWELLINGS, Scenario
from tests.oracle.district import DANGEROUS_WAYS, cut, set_parameters

HARMED = {"deaths": 20_000.0, "hurt": 100_000.0}  # in a million hours, of everybody
FRAIL = {"deaths": 100_000.0, "hurt": 400_000.0}  # besides, of those who need help to move


def people_of(scenario: Scenario) -> Any:
    """The residents of a run that has not begun: all at home, and not a breath of wind."""
    engine, streams = prepare(scenario), Streams(1, 0)
    return ResponseModel(engine.world, engine.forcing(streams), streams).parts.people


@pytest.fixture(scope="module")
def district() -> Scenario:
    return cut(4000, 4, 12, **DANGEROUS_WAYS)


def moved(scenario: Scenario, minutes: float) -> tuple[Any, set[int]]:
    """Everybody sets out for so many minutes; the people, and the rows of those harmed."""
    people = people_of(scenario)
    places = people.people.community.tolist()
    for home, place in enumerate(places):
        people.on_the_way.way_harm.strike(home, place, minutes, 0)
    return people, set(people.evacuation.harmed)


def test_shares_are_hours_by_rates(district: Scenario) -> None:
    people, harmed = moved(district, 30.0)
    frail = people.people.frail
    rows = np.array(sorted(harmed))
    dead = rows[people.where.apart[rows] == State.DEAD]
    for which, more in ((~frail, dict.fromkeys(FRAIL, 0.0)), (frail, FRAIL)):
        those, died = which.sum(), which[dead].sum()
        hurt = which[rows].sum() - died
        for found, what in ((died, "deaths"), (hurt, "hurt")):
            share = 0.5 * (HARMED[what] + more[what]) / 1e6
            assert binomtest(int(found), int(those), share).pvalue > 0.001, what


def test_a_longer_way_harms_whom_a_shorter_one_does_and_more(district: Scenario) -> None:
    found = [moved(district, minutes)[1] for minutes in (0.0, 10.0, 30.0, 60.0)]
    assert not found[0]
    for fewer, more in pairwise(found):
        assert fewer < more


def test_in_a_gale_it_is_so_many_times_as_bad(district: Scenario) -> None:
    """As if the way were three times as long."""
    stormy = set_parameters(district, road__gale_wind_ms=0.0, moving__gale_harm_factor=3.0)
    assert moved(stormy, 10.0)[1] == moved(district, 30.0)[1]


def test_moving_a_whole_district_harms_many_who_were_not_at_risk() -> None:
    """Persons, hours away and harm on the way are all more than as it is, on the same seeds;
    whoever is told nothing and stays comes to none.
    """
    scenario = cut(500, 3, 36, wind_factor=1.2, **DANGEROUS_WAYS)
    whole = tuple(r.model_copy(update={"move": DWELLINGS}) for r in scenario.responses)
    calm = cut(500, 3, 36, wind_factor=0.3, rain__scale=0.0, **DANGEROUS_WAYS)
    variants = {
        "as it is": scenario,
        "everybody out": scenario.model_copy(update={"responses": whole}),
        "nobody told": calm.model_copy(update={"responses": (), "triggers": ()}),
    }
    found = {
        name: [measure_run(of, sim.run(of, seed=seed).tables()) for seed in (1, 2)]
        for name, of in variants.items()
    }

    def added(name: str, measure: str) -> float:
        return sum(f[f"evacuation.{measure}"] for f in found[name])

    for measure in ("needless_persons", "needless_person_h", "needless_harmed_persons"):
        assert added("everybody out", measure) > added("as it is", measure), measure
        assert added("nobody told", measure) == 0.0, measure
    for measure in ("harmed_persons", "way_deaths"):
        assert added("everybody out", measure) > added("as it is", measure) > 0.0, measure
        assert added("nobody told", measure) == 0.0, measure
    for run in found["everybody out"]:
        assert run["evacuation.harmed_persons"] >= run["evacuation.needless_harmed_persons"]
        assert run["harm.deaths"] >= run["evacuation.way_deaths"]


def test_where_the_way_is_safe_nobody_is_harmed_on_it() -> None:
    """The mechanism relaxed: with rates of zero a run has none of it, however many move."""
    safe = dict.fromkeys(DANGEROUS_WAYS, 0.0)
    tables = sim.run(cut(600, 4, 36, wind_factor=1.4, **safe), seed=1).tables()
    assert tables["evacuation"]["persons"][tables["evacuation"]["left_tick"] >= 0].sum() > 0
    assert not tables["evacuation"]["harmed_persons"].any()
    assert not (tables["casualty"]["cause"] == "moving").any()
