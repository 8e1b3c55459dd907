"""Who is at hand is kept up through a tick; asking only about what is new changes no run."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import anlan
from anlan.sim import run
from anlan.sim.command.at_hand import IDLE, MUSTERING, OFF, AtHand
from anlan.sim.command.dispatch import Dispatch
from anlan.sim.scenario.schema import Scenario
from tests.oracle.district import cut


def scenario_of(name: str) -> Scenario:
    """One that ships, or a part of Haimen under a stronger wind, where trees and water do harm."""
    if name != "part of Haimen":
        return anlan.load(name)
    return cut(240, 4, 48, 24.0, 1.4, 0.2, tree__blocking_share=0.1)


def tables_of(name: str) -> dict[str, dict[str, str]]:
    ledger = run(scenario_of(name), 1, 0)
    return {
        table: {column: repr(np.asarray(values).tolist()) for column, values in columns.items()}
        for table, columns in ledger.tables().items()
    }


@pytest.mark.parametrize("name", ["part of Haimen", "linyi-flood"])
def test_who_is_at_hand_is_kept_up(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = 0

    def checked(dispatch: Dispatch, minute: float) -> None:
        nonlocal asked
        step(dispatch, minute)
        dispatch._at_hand.keep_up((), minute)
        those, at_hand = dispatch.duty.those, dispatch._at_hand
        calm = dispatch._where_it_is_calm()
        ready = {c.turn for c in dispatch.agenda.free.values()}  # told of at the next step
        fit = [c for c in those("idle") if calm[c.place] and c.strength > c.lost]
        idle = [c.turn for c in at_hand.those(IDLE)]
        assert {c.turn for c in fit} - ready <= set(idle) <= {c.turn for c in fit}
        assert at_hand.those(MUSTERING) == those(MUSTERING)
        hung = [c for places in at_hand.idle.values() for at in places.values() for c in at]
        assert sorted(hung) == idle
        assert all(at_hand.is_idle(c) == (c.turn in hung) for c in those(IDLE))
        can = {c.can for c in (*at_hand.those(IDLE), *at_hand.those(OFF))}
        assert at_hand.can(IDLE, OFF) == frozenset().union(*can)
        asked += 1

    step = Dispatch.step
    monkeypatch.setattr(Dispatch, "step", checked)
    run(scenario_of(name), 1, 0)
    assert asked > 50


@pytest.mark.parametrize(
    "name",
    [
        "part of Haimen",
        "linyi-flood",
        pytest.param("linyi-flood-stress", marks=pytest.mark.long),
        pytest.param("haimen-typhoon", marks=pytest.mark.long),
    ],
)
def test_who_was_asked_about_already_need_not_be_asked_again(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = tables_of(name)
    whole = []

    def all_anew(dispatch: Dispatch, minute: float) -> None:
        dispatch._left_over = True  # as if the policy had kept somebody back
        whole.append(minute)
        step(dispatch, minute)

    step = Dispatch.step
    monkeypatch.setattr(Dispatch, "step", all_anew)
    assert tables_of(name) == usual
    assert whole


def test_nothing_is_looked_up_anew_where_it_is_as_calm_as_before() -> None:
    class Asked:
        times = 0

        def those(self, state: str) -> list[Any]:
            self.times += 1
            return []

        def take_left(self) -> list[Any]:
            return []

    duty = Asked()
    at_hand = AtHand(duty)  # type: ignore[arg-type]
    at_hand.look([True, False], 0.0)
    assert duty.times == 3
    at_hand.look([True, False], 5.0)
    assert duty.times == 3
    at_hand.look([True, True], 10.0)
    assert duty.times == 6
