"""How long trapped people last, and who drowns, against the published curves."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.stats import norm

from anlan.sim.chance import Streams, keys_of, numbered
from anlan.sim.people.draws import (
    LIVE,
    HarmRules,
    drown_depth_m,
    survival_ticks,
)
from anlan.sim.people.states import State
from anlan.sim.scenario.clock import Clock
from tests.oracle.calm import places
from tests.oracle.district import set_parameters
from tests.oracle.held import hold
from tests.oracle.runs import calm_run

TOWN = places(1, [])
HARM = HarmRules.read(TOWN)
CLOCK = Clock.of(TOWN)
SURVIVAL = [(24, 0.810), (48, 0.570), (72, 0.368), (96, 0.222)]  # exp(-(t / 72)^1.42)


@pytest.mark.parametrize(("hours", "alive"), SURVIVAL)
def test_v52_threshold(hours: float, alive: float) -> None:
    """Who draws less than S(t) is alive at t."""
    ticks = survival_ticks(HARM, CLOCK, np.array([alive - 1e-3, alive + 1e-3], dtype=np.float32))
    assert ticks[0] > hours * 12 - 1
    assert ticks[1] < hours * 12 + 1


@pytest.mark.parametrize(("hours", "alive"), SURVIVAL)
def test_v52_share(hours: float, alive: float) -> None:
    u = Streams(1, 0).uniform(LIVE, numbered(keys_of(["x"]), np.arange(40_000)))
    share = (survival_ticks(HARM, CLOCK, u) > hours * 12).mean()
    assert share == pytest.approx(alive, abs=4.5 * np.sqrt(alive * (1 - alive) / len(u)) + 5e-4)


def test_everybody_outlives_the_moment() -> None:
    """Nobody is trapped and dead of it in the same tick, however unlucky."""
    most = np.array([np.nextafter(np.float32(1), np.float32(0)), 0.0], dtype=np.float32)
    unlucky, lucky = survival_ticks(HARM, CLOCK, most)
    assert unlucky == 1
    assert lucky > 72 * 12


def test_nobody_comes() -> None:
    """A town in ruins and no teams: of the trapped S(t) are alive after t, in the run itself."""
    n = 2_400
    crowd = TOWN.communities[0].model_copy(update={"residents": n, "households": n // 3})
    longer = TOWN.settings.model_copy(update={"duration_h": 80})
    town = TOWN.model_copy(update={"communities": (crowd,), "settings": longer})
    gust = np.zeros((town.ticks, 1), dtype=np.float32)
    gust[10] = 400.0  # everything falls
    model = calm_run(town, seed=6, gust_ms=gust)
    model.run()
    ruins = [i for i in model.parts.incidents.all if i.kind == "collapse"]
    trapped = np.concatenate([i.people for i in ruins])
    share = town.p("damage.collapse_trapped_share")
    assert len(trapped) == pytest.approx(n * share, abs=4.5 * np.sqrt(n * share * (1 - share)))
    state = model.ledger.table("resident_state")
    dead_at_once = int(state["dead"][0])
    for hours, alive in ((24, 0.810), (48, 0.570), (72, 0.368)):
        tick = 10 + hours * 12
        row = int(np.flatnonzero(state["tick"] >= tick)[0])
        died = int(state["dead"][row]) - dead_at_once
        spread = np.sqrt(alive * (1 - alive) * len(trapped))
        slack = 0.02 * len(trapped)  # the hour's row comes up to an hour later
        assert len(trapped) - died == pytest.approx(alive * len(trapped), abs=4.5 * spread + slack)
    casualty = model.ledger.table("casualty")
    killed = (casualty["cause"] == "collapse") & (casualty["outcome"] == "died")
    assert casualty["persons"][killed].sum() == state["dead"][-1]
    assert sum(i.died for i in ruins) == state["dead"][-1] - dead_at_once
    assert model.parts.people.counts[:, State.TRAPPED].sum() > 0


def drowning_chance(rules: HarmRules, depth_m: Any) -> Any:
    """Jonkman's function for a slow rise, Phi((ln h - mu) / sigma)."""
    return norm.cdf((np.log(depth_m) - rules.drown_mu) / rules.drown_sigma)


# V17: slow rise, Phi((ln h - 7.60) / 2.75)
@pytest.mark.parametrize(("depth_m", "chance"), [(2.0, 0.00601), (4.0, 0.01193)])
def test_v17_drowning(depth_m: float, chance: float) -> None:
    assert drowning_chance(HARM, depth_m) == pytest.approx(chance, abs=5e-6)
    u = np.array([chance - 1e-5, chance + 1e-5], dtype=np.float32)
    assert (drown_depth_m(HARM, u) <= depth_m).tolist() == [True, False]


def test_each_drowns_at_the_depth_at_which_the_chance_reaches_their_own_number() -> None:
    u = np.linspace(1e-4, 0.2, 57).astype(np.float32)
    assert drowning_chance(HARM, drown_depth_m(HARM, u)) == pytest.approx(u, rel=1e-6)


def test_nobody_drowns_on_dry_ground() -> None:
    assert drown_depth_m(HARM, np.array([1e-5], dtype=np.float32)) > 0.01
    assert (drown_depth_m(HARM, np.zeros(1, dtype=np.float32)) > 0.0).all()


def test_who_has_drowned_by_a_depth_is_the_share_of_that_depth_in_the_run_itself() -> None:
    """Homes all at one height, nobody upstairs, water that rises, falls and rises again: of those
    stranded Phi of the deepest water so far, each in the tick after it came.
    """
    n = 6_000
    crowd = TOWN.communities[0].model_copy(
        update={"residents": n, "households": n // 3, "kind": "village"}
    )
    town = set_parameters(
        TOWN.model_copy(update={"communities": (crowd,)}),
        damage__floor_m=0.5, damage__floor_low_lying_m=0.5, damage__floor_sd_m=0.0,
        damage__higher_ground_m=0.0, damage__upstairs_share=0.0, damage__drown_mu=1.0,
        damage__drown_sigma=1.0,
    )  # fmt: skip
    depth_m = np.zeros((town.ticks, 1))
    for begin, deep in ((20, 1.0), (40, 1.5), (60, 1.2), (80, 3.0)):
        depth_m[begin:] = deep
    model = hold(calm_run(town, seed=4), depth_m=depth_m)
    dead = []
    for _ in range(100):
        model.step()
        dead.append(int(model.parts.people.counts[0, State.DEAD]))
    rules = HarmRules.read(town)
    for begin, deepest in ((20, 1.0), (40, 1.5), (80, 3.0)):
        share = float(drowning_chance(rules, deepest - 0.5))
        assert dead[begin + 1] == pytest.approx(n * share, abs=4.5 * np.sqrt(n * share))
    # They move in no other tick: not at the moment itself, nor while the water falls.
    moved = np.flatnonzero(np.diff(dead)) + 1
    assert moved.tolist() == [21, 41, 81]
