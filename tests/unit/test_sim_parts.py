"""The small parts of the model: calendar, people, ledger, stores, crews."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from anlan import sim
from anlan.sim.chance import Streams
from anlan.sim.ledger import NEVER, TABLES, Ledger
from anlan.sim.model import ResponseModel
from anlan.sim.people.calendar import Calendar
from anlan.sim.place.population import AGE_BANDS, settle
from anlan.sim.place.world import build
from anlan.sim.scenario.schema import DWELLINGS, Scenario
from tests.oracle.calm import calm
from tests.oracle.district import cut, set_parameters

QUICK = settings(
    max_examples=50, derandomize=True, deadline=None, phases=[Phase.explicit, Phase.generate]
)


def model_of(scenario: Scenario, **arrays: Any) -> ResponseModel:
    return ResponseModel(build(scenario), calm(scenario, **arrays), Streams(1, 0))


# -- calendar --------------------------------------------------------------------------------


@QUICK
@given(
    st.lists(st.lists(st.tuples(st.integers(0, 14), st.integers(0, 9)), max_size=12), max_size=5)
)
def test_calendar_gives_each_once_in_rising_order(calls: list[list[tuple[int, int]]]) -> None:
    calendar = Calendar(10)
    expected: dict[int, set[int]] = {}
    for events in calls:
        ticks = np.array([t for t, _ in events], dtype=np.int64)
        ids = np.array([i for _, i in events], dtype=np.int64)
        calendar.add("x", ticks, ids)
        for tick, who in events:
            expected.setdefault(tick, set()).add(who)
    for tick in range(15):
        due = calendar.due("x", tick).tolist()
        assert due == (sorted(expected.get(tick, set())) if tick < 10 else [])
        assert calendar.due("x", tick).tolist() == []  # taken out
        assert calendar.due("y", tick).tolist() == []


# -- people ----------------------------------------------------------------------------------


def test_people_are_as_many_as_the_scenario_says() -> None:
    scenario = cut(2_000, 5)
    people = settle(scenario)
    sizes = people.sizes()
    assert sizes.min() >= 1
    for n, c in enumerate(scenario.communities):
        here = people.community == n
        assert here.sum() == c.households
        assert sizes[here].sum() == c.residents
        # Exact quotas, each within rounding of its share.
        for code, dwelling in enumerate(DWELLINGS[1:], start=1):
            share = getattr(c, f"{dwelling}_share")
            assert abs((people.dwelling[here] == code).sum() - share * c.households) <= 1.0
    assert (np.repeat(np.arange(len(sizes)), sizes) == people.household).all()
    slowest = min(scenario.p(f"residents.walk_{x}_ms") for x in ("old", "assisted", "adult"))
    assert people.walk_ms.min() == pytest.approx(slowest)
    assert not people.assisted[people.dwelling == DWELLINGS.index("dormitory")].any()


def test_age_bands_have_their_shares() -> None:
    people = settle(cut(20_000, 4))
    scenario = cut(20_000, 4)
    outside = people.dwelling[people.household] != DWELLINGS.index("dormitory")
    for band, name in ((0, "share_0_14"), (2, "share_60_79"), (3, "share_80_plus")):
        share = scenario.p(f"residents.{name}")
        spread = np.sqrt(share * (1 - share) / outside.sum())
        assert (people.age_band[outside] == band).mean() == pytest.approx(share, abs=4.5 * spread)
    assert set(people.age_band[~outside].tolist()) == {AGE_BANDS.index("15-59")}


def test_the_population_is_the_same_in_every_run() -> None:
    tiny = sim.load("tiny")
    other = tiny.replace(settings={"population_seed": 2})
    assert (settle(tiny).age_band == settle(tiny).age_band).all()
    assert (settle(tiny).household != settle(other).household).any()


# -- ledger ----------------------------------------------------------------------------------


def test_ledger_keeps_order_and_types() -> None:
    ledger = Ledger()
    ledger.add("relief", "a", "shelter", 1, 2, NEVER, 5)
    ledger.add_many("relief", site=["b", "c"], kind="community", need_tick=[3, 4],
                    relief_tick=NEVER, ended_tick=NEVER, persons=[6, 7])  # fmt: skip
    ledger.add("relief", "d", "shelter", 9, 9, NEVER, 8)
    table = ledger.table("relief")
    assert table["site"].tolist() == ["a", "b", "c", "d"]
    assert table["kind"].tolist() == ["shelter", "community", "community", "shelter"]
    assert table["persons"].tolist() == [5, 6, 7, 8]
    assert table["need_tick"].dtype == np.int32
    assert table.keys() == TABLES["relief"].keys()
    assert {len(v) for t in ("trip", "casualty") for v in ledger.table(t).values()} == {0}


def test_ledger_refuses_a_row_that_does_not_fit() -> None:
    with pytest.raises(ValueError, match="6 columns, not 2"):
        Ledger().add("relief", "a", "shelter")
    with pytest.raises(ValueError, match="persons"):
        Ledger().add_many("relief", site="a", kind="shelter", need_tick=1, relief_tick=1,
                          ended_tick=1)  # fmt: skip


# -- stores ----------------------------------------------------------------------------------


def store_of(mode: str, **arrays: Any) -> Any:
    model = model_of(sim.load("tiny").replace(stores={"store-1": {"mode": mode}}), **arrays)
    return model.stores[0]


def test_physical_stock_is_there_at_once() -> None:
    store = store_of("physical")
    assert store.available(0).tolist() == [58_200, 58, 19, 9, 3]
    assert store.lost.tolist() == [1_800, 2, 1, 1, 1]


@pytest.mark.parametrize(("mode", "lead_h"), [("enterprise", 4), ("social", 2)])
def test_stock_of_others_takes_its_time_and_is_never_whole(mode: str, lead_h: int) -> None:
    store = store_of(mode)
    scenario = store.model.world.scenario
    assert not store.available(400).any()  # nobody has asked for it
    store.call_in(10)
    store.call_in(50)  # a second call changes nothing
    assert not store.available(10 + lead_h * 12 - 1).any()
    share = store.available(10 + lead_h * 12)[0] / 60_000
    low, high = (scenario.p(f"store.{mode}_fill_{x}") for x in ("low", "high"))
    assert low <= share <= high
    assert store.stock[0] + store.lost[0] == 60_000


def test_social_stock_vanishes_with_the_power() -> None:
    out = np.zeros((432, 2), dtype=bool)
    out[100:200] = True
    store = store_of("social", power_out=out)
    store.call_in(0)
    assert store.available(99).any()
    assert not store.available(100).any()
    assert store.available(200).any()


def test_production_ramps_up() -> None:
    """q(t) = qmax min(1, (t - L) / T): after L + T, T / 2 of full production; then full."""
    store = store_of("production")
    scenario = store.model.world.scenario
    lead, ramp = scenario.p("store.production_lead_h"), scenario.p("store.production_ramp_h")
    store.call_in(0)
    for hours, full_hours in (
        (lead, 0.0),
        (lead + ramp / 2, ramp / 8),
        (lead + ramp, ramp / 2),
        (lead + ramp + 24, ramp / 2 + 24),
    ):
        store.make(round(hours * 12))
        assert store.received[0] == pytest.approx(60_000 * full_hours / 24, abs=1)
    assert (store.stock == store.received).all()
    assert not store.lost.any()


def test_a_load_is_cut_alike_to_mass_and_room() -> None:
    supply = model_of(sim.load("tiny")).command.supply
    want = np.array([400_000, 0, 40, 0, 0])  # 408 kg + 240 kg; 0.52 m3 + 1.6 m3
    enough = np.full(5, 10**9)
    assert supply.fill(want, enough, 648.0, 10.0).tolist() == [400_000, 0, 40, 0, 0]
    assert supply.fill(want, enough, 324.0, 10.0).tolist() == [200_000, 0, 20, 0, 0]
    assert supply.fill(want, enough, 648.0, 0.53).tolist() == [100_000, 0, 10, 0, 0]
    assert supply.fill(want, np.array([100, 5, 2, 5, 5]), 648.0, 10.0).tolist() == [100, 0, 2, 0, 0]


# -- crews -----------------------------------------------------------------------------------


def test_a_crew_tires_along_two_lines() -> None:
    """1 when fresh, .7 after the shift of 12 h, .4 after 24 h and later."""
    crew = model_of(sim.load("tiny")).crews[0]
    crew.on_duty_since = 20
    for hours, rate in ((0, 1.0), (6, 0.85), (12, 0.7), (18, 0.55), (24, 0.4), (30, 0.4)):
        assert crew.efficiency(20 + hours * 12) == pytest.approx(rate)


def test_a_shift_of_a_day_has_no_second_line() -> None:
    crew = model_of(set_parameters(sim.load("tiny"), team__shift_h=24.0)).crews[0]
    crew.on_duty_since = 0
    assert crew.efficiency(12 * 12) == pytest.approx(0.85)
    assert crew.efficiency(24 * 12) == pytest.approx(0.7)
    assert crew.efficiency(25 * 12) == pytest.approx(0.4)


def test_a_shift_and_a_rest() -> None:
    """On duty round the clock from tick 0: 12 h of duty, 8 h of rest, and so on."""
    team = sim.load("tiny").teams[0].model_copy(update={"kind": "comprehensive"})
    model = model_of(sim.load("tiny").model_copy(update={"teams": (team,)}))
    levels = model.run().tables()["crew_level"]
    # 2 crews idle in hours 1-12 (tick 144 ends it), resting for 8 h, back at tick 144 + 96 = 240.
    assert levels["idle"].tolist() == [2] * 12 + [0] * 8 + [2] * 12 + [0] * 4
    assert (levels["idle"] + levels["off_duty"]).tolist() == [2] * 36


def test_boats_are_shared_out() -> None:
    team = sim.load("tiny").teams[0]
    many = team.model_copy(update={"members": 13, "crew_size": 4, "boats": 6})
    crews = model_of(sim.load("tiny").model_copy(update={"teams": (many,)})).crews
    assert [c.boats for c in crews] == [2, 2, 1, 1]
    assert [c.vehicle for c in crews] == ["boat"] * 4
    nobody = team.model_copy(update={"members": 0})
    assert model_of(sim.load("tiny").model_copy(update={"teams": (nobody,)})).crews == []
