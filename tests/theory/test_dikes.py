"""Dikes: boils by the sea alone, guards who find them, rings in time, and what a breach lets in.

One place behind one dike; the sea is held by the test.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import inf
from typing import Any

import numpy as np
import pytest
from scipy.stats import norm, poisson

from anlan import sim
from anlan.sim.chance import Streams
from anlan.sim.dikes.boils import Boil, BoilRules, found_min, waits_for
from anlan.sim.dikes.dikes import BreachRules
from anlan.sim.model import ResponseModel
from anlan.sim.people.draws import HarmRules, drown_depth_m, drown_in_rush_m
from anlan.sim.scenario.schema import Dike, Scenario
from tests.oracle.calm import places
from tests.oracle.district import set_parameters
from tests.oracle.runs import calm_run

N = 20_000
GROUND_M = 3.0
SURE = {"dike__boils_per_km_h_m": 1.0, "dike__breaks_least_h": 3.0, "dike__breaks_most_h": 3.0,
        "dike__find_day_share": 1.0, "dike__find_night_share": 1.0}  # fmt: skip
DIKE = Dike(
    dike="d0", name_zh="堤", name_en="dike", community="c0", length_km=2.0, guards=20, rings=9,
    source="made up", mark="assumption",
)  # fmt: skip


def rules(**values: float) -> BoilRules:
    return BoilRules.read(set_parameters(sim.load("tiny"), **values))


def boils_due(name: str, due: float) -> int:
    """How many boils of a dike come while so many are due in the mean."""
    count, at = 0, waits_for(Streams(1, 0), f"{name}/1")
    while at <= due:
        count += 1
        at += waits_for(Streams(1, 0), f"{name}/{count + 1}")
    return count


def test_boils_are_a_poisson_number() -> None:
    """Of 4,000 dikes under the same sea: the counts of each number within 99.9 % bounds."""
    dikes, due = 4000, 1.7
    counts = np.bincount([boils_due(f"d{n}", due) for n in range(dikes)], minlength=8)
    for number in range(6):
        share = poisson.pmf(number, due)
        bound = norm.ppf(0.9999) * np.sqrt(dikes * share * (1.0 - share))
        assert abs(counts[number] - dikes * share) <= bound


def test_guards_find_a_boil_by_passes() -> None:
    """The first pass comes within the interval, each finds it by a chance: geometric."""
    every, share = 30.0, 0.7
    waits = [found_min(Streams(1, 0), Boil(f"b{n}", 0, 100.0, inf), every, share) - 100.0
             for n in range(N)]  # fmt: skip
    mean = every * (0.5 + (1.0 - share) / share)
    spread = every * np.sqrt(1.0 / 12.0 + (1.0 - share) / share**2)
    assert np.mean(waits) == pytest.approx(mean, abs=4.0 * spread / np.sqrt(N))
    assert min(waits) >= 0.0


def test_fewer_guards_pass_less_often() -> None:
    r = rules()
    full = DIKE.model_copy(update={"guards": 20})  # ten a kilometre
    half = DIKE.model_copy(update={"guards": 10})
    none = DIKE.model_copy(update={"guards": 0})
    assert [r.pass_every_min(d) for d in (full, half, none)] == [30.0, 60.0, inf]
    assert found_min(Streams(1, 0), Boil("b", 0, 0.0, inf), inf, 0.9) == inf


def test_a_rapid_rise_drowns_as_jonkman_says() -> None:
    """From 2.1 m on Phi((ln h - 1.46) / 0.28), below as in a slow rise (rates R51)."""
    harm = HarmRules.read(sim.load("tiny"))
    u = ((np.arange(N) + 0.5) / N).astype(np.float32)
    slow, rush = drown_depth_m(harm, u), drown_in_rush_m(harm, u)
    for depth in (2.5, 3.0, 4.0, 6.0):
        share = norm.cdf((np.log(depth) - 1.46) / 0.28)
        # Whom a slow rise has drowned below 2.1 m has drowned.
        early = norm.cdf((np.log(2.1) - 7.60) / 2.75)
        assert np.mean(rush <= depth) == pytest.approx(max(share, early), abs=1.5 / N + 1e-4)
    assert np.mean(rush <= 1.5) == np.mean(slow <= 1.5)


def town(dike: Dike = DIKE, members: int = 60, **values: float) -> Scenario:
    """A place of 400 people, and crews who live on the spot, on duty round the clock."""
    scenario = places(1, [])
    place = scenario.communities[0].model_copy(
        update={"residents": 400, "households": 150, "elevation_m": GROUND_M, "area_km2": 1.0}
    )
    team = sim.load("tiny").teams[0].model_copy(
        update={"community": "c0", "kind": "comprehensive", "members": members, "crew_size": 6,
                "boats": 0, "capabilities": ("water",)}
    )  # fmt: skip
    return set_parameters(
        scenario.model_copy(
            update={"communities": (place,), "dikes": (dike,), "teams": (team,) if members else ()}
        ),
        **(SURE | values),
    )


def under_the_sea(
    scenario: Scenario, sea_m: Callable[[int], float] = lambda tick: GROUND_M + 1.5 * (tick < 96)
) -> ResponseModel:
    """The sea stands 1.5 m over the ground for eight hours, unless something else is said."""
    model = calm_run(scenario)
    sky = model.parts.forcing.sky
    assert sky is not None
    levels = np.array([sea_m(tick) for tick in range(model.ticks)])
    model.parts.forcing = replace(model.parts.forcing, sky=replace(sky, sea_level_m=levels))
    model.run()
    return model


def of_dike(model: ResponseModel) -> dict[str, Any]:
    table = model.ledger.table("dike")
    return {name: values[0] for name, values in table.items()}


def test_rings_keep_the_dike() -> None:
    """With enough people and material it holds; without either it breaks when it would have."""
    held = of_dike(under_the_sea(town(DIKE.model_copy(update={"rings": 10_000}), members=900)))
    nobody = of_dike(under_the_sea(town(members=0)))
    bare = of_dike(under_the_sea(town(DIKE.model_copy(update={"rings": 0}), members=900)))
    unseen = of_dike(under_the_sea(town(DIKE.model_copy(update={"guards": 0}), members=900)))
    assert np.isnan(held["broken_min"])
    assert held["let_in_m3"] == 0.0
    for other in (nobody, bare, unseen):
        assert other["broken_min"] == other["unaided_min"] == held["unaided_min"]
        assert other["rung"] == 0
        assert other["let_in_m3"] > 0.0


def test_who_is_at_risk_does_not_hang_on_the_rings() -> None:
    """The same homes, from the same tick on, whether the dike holds or breaks."""
    held = under_the_sea(town(DIKE.model_copy(update={"rings": 10_000}), members=900))
    broken = under_the_sea(town(members=0))
    assert held.ledger.table("flooded")["homes"].sum() == 0
    assert broken.ledger.table("flooded")["homes"].sum() > 0

    def floods(model: ResponseModel) -> list[tuple[int, int]]:
        table = model.ledger.table("at_risk")
        these = (table["way"] == "home") & (table["cause"] == "flood")
        grouped: dict[int, int] = {}
        for tick, persons in zip(table["from_tick"][these], table["persons"][these], strict=True):
            grouped[int(tick)] = grouped.get(int(tick), 0) + int(persons)
        return sorted(grouped.items())

    assert floods(held) == floods(broken)


def test_a_breach_lets_in_what_a_weir_does() -> None:
    """1.7 B h^1.5 a second, until the water behind stands as high as the sea."""
    wide = town(members=0, dike__breach_m=10.0)
    model = under_the_sea(wide, lambda tick: GROUND_M + 1.5)
    breach = BreachRules.read(wide)
    broken_min = of_dike(model)["broken_min"]
    let_in = model.parts.water.cells.from_sea[0] / 1000.0 * 1e6  # m3 over 1 km2
    seconds = 60.0 * (model.parts.clock.end_min - np.ceil(broken_min / 5.0) * 5.0)
    full_m3 = 1.5 * breach.ponding_share * 1e6
    assert breach.inflow_m3_s(1.5) == pytest.approx(1.7 * 10.0 * 1.5**1.5)
    assert breach.inflow_m3_s(1.5) * seconds > full_m3  # so that it is full in the end
    depth = model.parts.water.depth_m[0]
    assert depth == pytest.approx(1.5, abs=0.05)
    assert let_in >= full_m3


def test_a_low_sea_raises_no_boil() -> None:
    model = under_the_sea(town(), lambda tick: GROUND_M + 0.1)
    assert not len(model.ledger.table("dike")["dike"])
