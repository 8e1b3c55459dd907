"""How long trapped people last, and who drowns, against the published curves."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.stats import norm

from anlan.sim.chance import Streams, keys_of, numbered
from anlan.sim.parts import Parts
from anlan.sim.people.draws import (
    LIVE,
    HarmRules,
    drown_depth_m,
    hold_min,
    survival_ticks,
    under_m,
    under_min,
)
from anlan.sim.people.states import State
from anlan.sim.scenario.clock import Clock
from anlan.sim.scenario.schema import Scenario
from tests.oracle.calm import places
from tests.oracle.district import set_parameters
from tests.oracle.held import act, hold
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
    town = set_parameters(  # and no wounds that kill: the trapped alone are counted
        TOWN.model_copy(update={"communities": (crowd,), "settings": longer}),
        wounds__collapse_immediate_share=0.0, wounds__collapse_delayed_share=0.0,
        wounds__collapse_expectant_share=0.0,
    )  # fmt: skip
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


def flooded_town(n: int, **values: float) -> Scenario:
    """One village, homes all at one height, nobody upstairs, and a function that kills many."""
    crowd = TOWN.communities[0].model_copy(
        update={"residents": n, "households": n // 3, "kind": "village"}
    )
    level = {f"damage__{name}": 0.0 for name in ("floor_sd_m", "higher_ground_m", "upstairs_share")}
    floors = {"damage__floor_m": 0.5, "damage__floor_low_lying_m": 0.5}
    deadly = {"damage__drown_mu": 1.0, "damage__drown_sigma": 1.0}
    town = TOWN.model_copy(update={"communities": (crowd,)})
    return set_parameters(town, **level, **floors, **deadly, **values)


def test_who_has_drowned_by_a_depth_is_the_share_of_that_depth_in_the_run_itself() -> None:
    """Homes all at one height, nobody upstairs, water that rises, falls and rises again: of those
    stranded Phi of the deepest water so far, each in the tick after it came, as nobody here can
    hold on.
    """
    n = 6_000
    town = flooded_town(n, damage__hold_h=1e-6)
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


# R45, the table of the US Coast Guard: water at the middle of a band, and hours until exhausted.
BANDS = [(2.5, 0.25, 0.5), (7.5, 0.5, 1.0), (12.5, 1.0, 2.0), (17.5, 2.0, 7.0), (22.5, 3.0, 12.0)]


@pytest.mark.parametrize(("water_c", "least_h", "most_h"), BANDS)
def test_people_hold_on_within_the_hours_of_the_table(
    water_c: float, least_h: float, most_h: float
) -> None:
    rules = HarmRules.read(set_parameters(TOWN, damage__water_c=water_c))
    hours = hold_min(rules, np.array([0.0, 0.5, 1.0])) / 60.0
    assert hours[0] >= least_h - 1e-9
    assert hours[-1] <= most_h + 1e-9
    assert np.diff(hours) == pytest.approx(0.5 * (hours[-1] - hours[0]))  # evenly


@pytest.mark.parametrize(("minutes", "good"), [(4, 0.9), (8, 0.44), (20, 0.12), (30, 0.0)])
def test_vr25_out_after_minutes_under_water(minutes: float, good: float) -> None:
    """Saved is whose own time is not over; of those out after 25 min R44 has some left, who are
    taken as lost from the first minute after it."""
    u = (np.arange(10_000) + 0.5) / 10_000
    saved = (under_min(HARM, u) > minutes).mean()
    assert saved == pytest.approx(good, abs=1e-9)


def test_the_depth_that_closes_over_people() -> None:
    assert under_m(HARM, np.array([True, False])).tolist() == [1.52, 2.4]


@pytest.mark.parametrize(("deep_m", "soonest_h"), [(1.9, 4.0), (3.5, 0.0)])
def test_without_help_all_die_whom_the_depth_overcomes_and_when_by_how_deep_it_is(
    deep_m: float, soonest_h: float
) -> None:
    """1.4 m indoors are over nobody's head: by hours. 3 m are: within the half hour. The number is
    that of the depth alone, whatever the time.
    """
    town = flooded_town(3_000)
    depth_m = np.zeros((town.ticks, 1))
    depth_m[20:] = deep_m
    model = hold(calm_run(town, seed=4), depth_m=depth_m)
    died = model.run().table("casualty")
    people, streams = model.parts.world.people, model.parts.streams
    own_m = drown_depth_m(HarmRules.read(town), streams.uniform(LIVE, people.resident_key))
    overcome = int((own_m + 0.5 <= deep_m).sum())
    assert overcome > 200
    assert len(died["tick"]) == died["persons"].sum() == overcome
    waited_h = (died["tick"] - 20) / CLOCK.ticks_per_h
    warmth = 2.0 ** ((24.0 - 22.5) / 5.0)
    if soonest_h:
        assert waited_h.min() >= soonest_h * warmth
        assert waited_h.max() <= 2.0 * soonest_h * warmth + 0.1
    else:
        assert waited_h.max() <= 0.5


@pytest.mark.parametrize("at_h", [2.0, 6.0, 12.0])
def test_a_boat_in_time_saves_and_a_later_one_does_not(at_h: float) -> None:
    """Everybody brought out so long after the water came: dead are those who could not hold on."""
    town = flooded_town(3_000)
    depth_m = np.zeros((town.ticks, 1))
    depth_m[20:] = 1.9
    tick = 20 + round(at_h * CLOCK.ticks_per_h)

    def bring_out(parts: Parts, now: int) -> None:
        for incident in parts.incidents.all:
            parts.people.bring_out(incident, now)

    def deaths(deeds: dict[int, Any]) -> Any:
        model = act(hold(calm_run(town, seed=4), depth_m=depth_m), deeds)
        return model.run().table("casualty")["tick"]

    alone, helped = deaths({}), deaths({tick: bring_out})
    assert len(helped) == (alone < tick).sum()
    if at_h == 2.0:
        assert not len(helped)
    if at_h == 12.0:
        assert len(helped) == len(alone)
