"""Cardiac arrests: Larsen's survival, the nearest helper, and that only help in time saves."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from anlan import sim
from anlan.sim.arrests.survival import ArrestRules
from anlan.sim.engine import prepare
from anlan.sim.scenario.schema import Scenario
from tests.oracle.district import set_parameters

RULES = ArrestRules.read(sim.load("tiny"))
MANY = {"arrest.per_100000_y": 3e6, "arrest.seen_share": 1.0, "arrest.shockable_share": 1.0}
SEEDS = range(1, 9)


def often(aeds: int | None, helpers: int, **values: float) -> Scenario:
    """`tiny` with first responders at its second place, and arrests by the dozen."""
    scenario = set_parameters(sim.load("tiny"), **(MANY | values))
    team = scenario.teams[0].model_copy(
        update={"team": "first", "kind": "first_responder", "members": helpers, "boats": 0,
                "saws": None, "capabilities": ("rescue",), "aeds": aeds}
    )  # fmt: skip
    teams = (*scenario.teams, team) if helpers else scenario.teams
    return scenario.model_copy(update={"teams": teams})


def arrests(scenario: Scenario, seed: int = 1) -> dict[str, Any]:
    return prepare(scenario).run(seed, 0).table("arrest")


@pytest.mark.parametrize(
    ("cpr", "shock", "care", "lives"),
    [(0, 0, 0, 0.67), (4, 4, 8, 0.366), (4, 8, 10, 0.28), (12, 12, 12, 0.01), (13, 13, 13, 0.0)],
)
def test_larsen(cpr: float, shock: float, care: float, lives: float) -> None:
    """Worked out by hand (VR12 and V51 of the sheets)."""
    assert RULES.survival(cpr, shock, care) == pytest.approx(lives)


def test_nobody_lives_without_a_medical_crew() -> None:
    assert RULES.survival(1.0, 2.0, math.inf) == 0.0


def test_the_nearest_of_randomly_spread_helpers() -> None:
    """Its mean distance is half over the root of the density; four times as many, half as far."""
    u = (np.arange(20_000) + 0.5) / 20_000
    for helpers in (40.0, 160.0):
        ways = [RULES.way_min(helpers, 10.0, one) for one in u.tolist()]
        density = helpers / (10.0 * RULES.lived_in_share)  # per km2
        mean_min = 0.5 / math.sqrt(density) * 1000.0 * RULES.detour / RULES.fetch_ms / 60.0
        assert np.mean(ways) == pytest.approx(mean_min, rel=0.01)


def test_none_is_near_where_few_live() -> None:
    """One helper a place in the mean: none at exp(-1) of the arrests, and none at all of none."""
    u = (np.arange(1000) + 0.5) / 1000
    nobody = [math.isinf(RULES.way_min(1.0, 5.0, one)) for one in u.tolist()]
    assert np.mean(nobody) == pytest.approx(math.exp(-1.0), abs=0.002)
    assert math.isinf(RULES.way_min(0.0, 5.0, 0.0))


def test_the_rate_is_that_of_the_calendar() -> None:
    scenario = often(None, 0)
    expected = scenario.residents * 30.0 * scenario.settings.duration_h / 8760.0
    found = [arrests(scenario, seed)["persons"].sum() for seed in SEEDS]
    sd = math.sqrt(expected / len(found))  # a little less, as nobody has two
    assert abs(np.mean(found) - expected) < 4.0 * sd


def test_who_has_an_arrest_hangs_on_nothing_that_is_done() -> None:
    """Teams, AEDs and their number change minutes and survival, and nothing else of the rows."""
    fixed = ("arrest", "community", "occurred_min", "persons", "seen", "shockable")
    plain = arrests(often(None, 0))
    for other in (often(None, 20), often(20, 20), often(5, 400)):
        found = arrests(other)
        for column in fixed:
            assert found[column].tolist() == plain[column].tolist(), column


def test_rows_say_what_larsen_makes_of_their_minutes() -> None:
    for seed in SEEDS:
        rows = arrests(often(10, 20), seed)
        assert len(rows["arrest"])
        late = [rows[f"{k}_min"] - rows["occurred_min"] for k in ("cpr", "shock", "care")]
        lives = 0.67 - 0.023 * late[0] - 0.011 * late[1] - 0.021 * late[2]
        lives = np.where(np.isnan(lives), 0.0, np.maximum(lives, 0.0))
        np.testing.assert_allclose(rows["survival_share"], lives, atol=1e-12)
        assert not rows["survived"][rows["survival_share"] == 0.0].any()


def test_help_is_there_in_the_order_in_which_it_can_be() -> None:
    rows = arrests(often(10, 20))
    for minute in ("cpr_min", "shock_min", "care_min"):
        there = rows[minute][~np.isnan(rows[minute])]
        assert (there >= rows["occurred_min"][~np.isnan(rows[minute])] + RULES.recognise_min).all()
    both = ~np.isnan(rows["shock_min"])
    assert (rows["cpr_min"][both] <= rows["shock_min"][both]).all()


@pytest.mark.long
def test_more_of_it_only_saves() -> None:
    """No AED, 5, 10, 20 of 20 helpers; then 40 helpers: in every arrest the chance only rises."""
    last = None
    total = []
    for aeds, helpers in ((None, 20), (5, 20), (10, 20), (20, 20), (40, 40)):
        rows = [arrests(often(aeds, helpers), seed)["survival_share"] for seed in SEEDS]
        share = np.concatenate(rows)
        total.append(float(share.sum()))
        assert last is None or (share >= last - 1e-12).all()
        last = share
    assert total == sorted(total)
    assert total[-1] > total[0]


def test_an_aed_that_comes_late_saves_nobody() -> None:
    """Helpers who walk at a hundredth of the pace are there after the medical crew."""
    slow = {"arrest.fetch_ms": 0.011}
    none, late = arrests(often(None, 20, **slow)), arrests(often(20, 20, **slow))
    near = late["shock_min"] < none["shock_min"] - 1e-9  # who lives next door
    assert late["survival_share"][~near].tolist() == none["survival_share"][~near].tolist()
    in_time = arrests(often(20, 20))["survival_share"]
    assert in_time.sum() > late["survival_share"].sum()


def test_unseen_and_not_to_be_shocked_die() -> None:
    for values in ({"arrest.seen_share": 0.0}, {"arrest.shockable_share": 0.0}):
        rows = arrests(often(20, 20, **values))
        assert len(rows["arrest"])
        assert not rows["survived"].any()


def test_no_arrests_at_a_rate_of_none() -> None:
    scenario = often(20, 20, **{"arrest.disaster_factor": 0.0})
    assert not len(arrests(scenario)["arrest"])
