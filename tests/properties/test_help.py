"""Help that comes sooner, or with more people, never costs a life: common draws, small districts.

A few places in a row, each with a professional team of every kind that has a crew for every call,
so that nobody has to choose between calls. Homes fall and water comes at random; the same happens
to the same people whatever the teams are.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from anlan import sim
from anlan.sim.scenario.schema import Scenario
from tests.oracle.calm import places
from tests.oracle.deeds import at_random
from tests.oracle.district import set_parameters
from tests.oracle.held import act, hold
from tests.oracle.runs import calm_run

CREWS = 40
# team, what it can do, crew size
TEAMS = (("dig", "rescue", 4), ("heal", "medical", 3), ("row", "water", 4))
# Many are hurt badly and few can hold on in the water, so that minutes count.
GRAVE = {
    "damage__collapse_trapped_share": 0.5, "damage__collapse_injured_share": 0.4,
    "damage__trapped_scale_h": 6.0, "damage__drown_mu": 0.0, "damage__drown_sigma": 1.0,
    "damage__upstairs_share": 0.2, "damage__hold_h": 1.0,
    "wounds__collapse_immediate_share": 0.4, "wounds__collapse_delayed_share": 0.4,
}  # fmt: skip


def district(
    seed: int, strength: float = 1.0, responders: int = 6, boats: int = CREWS, **values: float
) -> Scenario:
    """Three to five places; crews of so many times the people, with as many boats."""
    tiny, draw = sim.load("tiny"), np.random.default_rng(seed)
    n = int(draw.integers(3, 6))
    row = places(n, [(k, k + 1, float(draw.uniform(2.0, 8.0)), 40.0) for k in range(n - 1)])
    size = {"residents": 60, "households": 24, "kind": "village", "dangerous_share": 0.5}
    teams = []
    for k in range(n):
        for name, can, people in TEAMS:
            crew = max(1, round(people * strength))
            teams.append(_team(tiny, f"{name}-{k}", k, "professional", can, crew, CREWS))
        teams.append(_team(tiny, f"first-{k}", k, "first_responder", "micro", 2, responders // 2))
    teams = [t.model_copy(update={"boats": boats}) if "water" in t.capabilities else t
             for t in teams]  # fmt: skip
    changed = row.model_copy(
        update={
            "communities": tuple(c.model_copy(update=size) for c in row.communities),
            "teams": tuple(t for t in teams if t.members),
            "settings": row.settings.model_copy(update={"duration_h": 30}),
        }
    )
    return set_parameters(changed, **(GRAVE | values))


def _team(tiny: Scenario, name: str, at: int, kind: str, can: str, crew: int, crews: int) -> Any:
    return tiny.teams[0].model_copy(
        update={
            "team": name, "community": f"c{at}", "kind": kind, "members": crew * crews,
            "crew_size": crew, "boats": 0, "capabilities": (can,), "asked_at": None,
        }
    )  # fmt: skip


def dead(scenario: Scenario, seed: int) -> dict[str, int]:
    """Persons who died, by cause: collapse (in ruins and of wounds) and flood."""
    draw = np.random.default_rng(100 + seed)
    depth_m = np.zeros((scenario.ticks, len(scenario.communities)))
    for place in range(len(scenario.communities)):
        begin = int(draw.integers(10, 60))
        depth_m[begin:, place] = draw.uniform(1.5, 3.5)
    deeds = at_random(scenario, seed, ("ruin",), 3)
    model = act(hold(calm_run(scenario, seed), depth_m=depth_m), deeds)
    table = model.run().table("casualty")
    died = table["outcome"] == "died"
    return {
        cause: int(table["persons"][died & (table["cause"] == cause)].sum())
        for cause in ("collapse", "flood")
    }


SOONER = {"team__muster_professional_min": 5.0}
LATER = {"team__muster_professional_min": 80.0}


@pytest.mark.parametrize(
    "seed", [0, *(pytest.param(seed, marks=pytest.mark.long) for seed in (1, 2, 3))]
)
def test_sooner_and_stronger_help_never_costs_a_life(seed: int) -> None:
    """Each pair is (less help, more help), all else common."""
    as_is = district(seed)
    pairs = {
        "mustered later": (district(seed, **LATER), as_is),
        "mustered sooner": (as_is, district(seed, **SOONER)),
        "half the people": (district(seed, strength=0.5), as_is),
        "twice the people": (as_is, district(seed, strength=2.0)),
        "no first responders": (district(seed, responders=0), as_is),
        "many first responders": (as_is, district(seed, responders=40)),
        "no boats": (district(seed, boats=0), as_is),
    }
    toll: dict[int, dict[str, int]] = {}
    for what, (less, more) in pairs.items():
        for scenario in (less, more):
            if id(scenario) not in toll:
                toll[id(scenario)] = dead(scenario, seed)
        for cause, lost in toll[id(more)].items():
            assert lost <= toll[id(less)][cause], (what, cause)
    assert toll[id(pairs["no boats"][0])]["flood"] > 2 * toll[id(as_is)]["flood"]


@pytest.mark.long
def test_over_some_districts_each_kind_of_help_saves_somebody() -> None:
    def all_dead(**changes: float) -> int:
        return sum(sum(dead(district(seed, **changes), seed).values()) for seed in range(4))

    as_is = all_dead()
    assert all_dead(**LATER) > as_is
    assert all_dead(strength=0.34) > as_is
    assert all_dead(responders=0) > as_is
