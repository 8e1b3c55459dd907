"""Stores: what lies there, when it can be had, and what fits on a lorry."""

from __future__ import annotations

import numpy as np
import pytest

from anlan import sim
from anlan.sim.model import ResponseModel
from anlan.sim.stores.store import Store
from tests.oracle.held import hold
from tests.oracle.runs import calm_run

TINY = sim.load("tiny")
P = TINY.p


def run_of(mode: str) -> ResponseModel:
    return calm_run(TINY.replace(stores={"store-1": {"mode": mode}}))


def store_of(mode: str) -> Store:
    return run_of(mode).parts.stores[0]


def test_physical_stock_is_there_at_once() -> None:
    store = store_of("physical")
    assert store.available(0).tolist() == [58_200, 58, 19, 9, 3]
    assert store.lost.tolist() == [1_800, 2, 1, 1, 1]


@pytest.mark.parametrize(("mode", "lead_h"), [("enterprise", 4), ("social", 2)])
def test_stock_of_others_takes_its_time_and_is_never_whole(mode: str, lead_h: int) -> None:
    store = store_of(mode)
    assert not store.available(400).any()  # nobody has asked for it
    store.call_in(10)
    store.call_in(50)  # a second call changes nothing
    assert not store.available(10 + lead_h * 12 - 1).any()
    share = store.available(10 + lead_h * 12)[0] / 60_000
    low, high = (P(f"store.{mode}_fill_{x}") for x in ("low", "high"))
    assert low <= share <= high
    assert store.stock[0] + store.lost[0] == 60_000


def test_social_stock_vanishes_with_the_power() -> None:
    """Gone while the power is out, in ticks 100 to 199, and back with it."""
    model = run_of("social")
    out = np.zeros((model.ticks, 1), dtype=bool)
    out[100:200] = True
    hold(model, power_out=out)
    store = model.parts.stores[0]
    store.call_in(0)
    there = []
    for tick in range(202):
        model.step()
        there.append(bool(store.available(tick).any()))
    lead = round(P("store.social_lead_h") * 12)
    assert there == [False] * lead + [True] * (100 - lead) + [False] * 100 + [True] * 2


def test_production_ramps_up() -> None:
    """q(t) = qmax min(1, (t - L) / T): after L + T, T / 2 of full production; then full."""
    store = store_of("production")
    lead, ramp = P("store.production_lead_h"), P("store.production_ramp_h")
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
    supply = calm_run(TINY).parts.command.means.supply
    want = np.array([400_000, 0, 40, 0, 0])  # 408 kg + 240 kg; 0.52 m3 + 1.6 m3
    enough = np.full(5, 10**9)
    assert supply.fill(want, enough, 648.0, 10.0).tolist() == [400_000, 0, 40, 0, 0]
    assert supply.fill(want, enough, 324.0, 10.0).tolist() == [200_000, 0, 20, 0, 0]
    assert supply.fill(want, enough, 648.0, 0.53).tolist() == [100_000, 0, 10, 0, 0]
    assert supply.fill(want, np.array([100, 5, 2, 5, 5]), 648.0, 10.0).tolist() == [100, 0, 2, 0, 0]
