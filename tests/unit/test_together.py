"""Typhoon, building fires and cut roads at once: one set of teams and stores, and a policy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from anlan import sim
from anlan.analysis.measures.registry import measure_run
from anlan.sim.ledger import NEVER
from anlan.sim.scenario.schema import BuildingFireHazard, Scenario
from tests.oracle.district import beside_a_fire, cut, set_parameters

LIVES = {"collapse", "flood"}


def storm_and_fires(policy: str) -> Scenario:
    """A fierce typhoon over five places, many fires in buildings, and few crews for both."""
    scenario = cut(800, 5, 40, 24.0, 1.3, fire__rate_per_1000_year=2500.0,
                   tree__blocking_share=0.05)  # fmt: skip
    return scenario.model_copy(
        update={
            "hazards": {**scenario.hazards, "building_fire": BuildingFireHazard(random=True)},
            "policy": scenario.policy.model_copy(update={"dispatch": policy}),
        }
    )


SEEDS = range(1, 7)


@pytest.fixture(scope="module")
def played() -> dict[str, list[dict[str, Any]]]:
    """Some runs under each of two policies: the same storms and the same fires."""
    return {
        name: [sim.run(storm_and_fires(name), seed).tables() for seed in SEEDS]
        for name in ("fires-first", "lives-first")
    }


def first_at(tables: dict[str, Any], kinds: set[str]) -> set[str]:
    """Crews that were the first at an incident of some kinds."""
    incident = tables["incident"]
    return set(incident["crew"][np.isin(incident["kind"], list(kinds))]) - {""}


@pytest.mark.long
def test_one_crew_serves_fires_floods_and_ruins(played: dict[str, list[dict[str, Any]]]) -> None:
    for runs in played.values():
        assert any(first_at(tables, {"fire"}) & first_at(tables, LIVES) for tables in runs)
        assert any(len(tables["road_closure"]["road"]) for tables in runs)


@pytest.mark.long
def test_the_policy_says_who_is_served_first(played: dict[str, list[dict[str, Any]]]) -> None:
    """The same storms and the same fires; only the order differs. Over some runs together."""

    def wait(runs: list[dict[str, Any]], kinds: set[str]) -> float:
        """Mean ticks from report to the first order to a crew, to the end where none came."""
        waits = []
        for tables in runs:
            incident = tables["incident"]
            these = np.isin(incident["kind"], list(kinds)) & (incident["known_tick"] != NEVER)
            sent = np.where(incident["dispatched_tick"] == NEVER, 480, incident["dispatched_tick"])
            waits += (sent - incident["known_tick"])[these].tolist()
        return float(np.mean(waits))

    fires, lives = played["fires-first"], played["lives-first"]
    for one, other in zip(fires, lives, strict=True):
        first = [t["fire"]["ignited_min"][t["fire"]["spread_from"] == ""] for t in (one, other)]
        assert (first[0] == first[1]).all()
        assert (one["hazard_level"]["gust_ms"] == other["hazard_level"]["gust_ms"]).all()
    assert wait(fires, {"fire"}) < wait(lives, {"fire"})
    assert wait(fires, LIVES) > wait(lives, LIVES)


@pytest.mark.long
def test_crews_come_later_where_trees_cut_the_roads() -> None:
    """The same fires under the same storm, with hardly a tree across a road and with many."""

    def wait_min(blocking: float) -> float:
        """Mean wait of the fires for their first crew, to the end where none came."""
        scenario = set_parameters(storm_and_fires("fires-first"), tree__blocking_share=blocking)
        found = [measure_run(scenario, sim.run(scenario, seed).tables()) for seed in SEEDS]
        return float(np.nanmean([f["fire.first_engine_min_mean"] for f in found]))

    assert wait_min(0.3) > 1.1 * wait_min(1e-6)  # a gale holds them up in either case


@pytest.mark.long
def test_who_leaves_for_a_forest_fire_draws_on_the_same_shelters_and_stores() -> None:
    tables = sim.run(beside_a_fire(300, residents__kin_share=0.0)).tables()
    assert tables["shelter_level"]["occupants"].max() > 0
    water = tables["stock_level"]["item"] == "water_ml"
    assert tables["stock_level"]["issued"][water][-1] > 0
