"""Orders given at an hour of the run, in place of the level that names them."""

from __future__ import annotations

import numpy as np
import pytest

from anlan import sim
from anlan.sim.command.timed import Timed
from anlan.sim.ledger import NEVER
from anlan.sim.scenario.clock import Clock
from anlan.sim.scenario.schema import Orders, Response
from tests.oracle.both import assert_same

TICKS_AN_HOUR = 12
LOW = Response(
    level="IV", signal="blue", move=("boat",), muster=("professional",), open_shelters=False
)
HIGH = Response(
    level="I",
    signal="red",
    move=("boat", "low_lying"),
    muster=("professional", "town"),
    open_shelters=True,
)


def test_an_order_with_an_hour_is_given_at_that_hour_and_not_by_the_level() -> None:
    tables = sim.run(sim.load("tiny", {"orders.move_h": "20"}), 1).tables()
    assert set(tables["evacuation"]["ordered_tick"]) == {20 * TICKS_AN_HOUR}
    orders = tables["message"]["kind"] == "order"
    assert set(tables["message"]["sent_tick"][orders]) == {20 * TICKS_AN_HOUR}
    assert "level" in tables["message"]["kind"]  # the level comes as before, without the order


def test_who_is_told_to_leave_at_an_hour_finds_a_shelter_open() -> None:
    tables = sim.run(sim.load("tiny", {"orders.move_h": "6", "orders.open_h": "30"}), 1).tables()
    rows = tables["evacuation"]
    sheltered = rows["destination"] == "shelter-1"
    assert sheltered.any()
    assert (rows["arrived_tick"][sheltered] < 10 * TICKS_AN_HOUR).all()


def test_shelters_that_open_at_an_hour_take_nobody_in_before() -> None:
    tables = sim.run(sim.load("tiny", {"orders.open_h": "20"}), 1).tables()
    rows = tables["evacuation"]
    sheltered = (rows["destination"] == "shelter-1") & (rows["arrived_tick"] != NEVER)
    assert sheltered.any()
    assert (rows["left_tick"][sheltered] >= 20 * TICKS_AN_HOUR).all()


def test_teams_are_called_in_at_their_hour() -> None:
    tables = sim.run(sim.load("tiny", {"orders.muster_h": "3"}), 1).tables()
    assert set(tables["muster"]["called_min"]) == {180.0}
    as_planned = sim.run(sim.load("tiny"), 1).tables()
    assert not set(as_planned["muster"]["called_min"]) & {180.0}


def test_hours_that_are_left_out_change_nothing() -> None:
    named = sim.load("tiny", {"orders.move_h": ""})
    assert_same(sim.run(named, 1).tables(), sim.run(sim.load("tiny"), 1).tables())


def test_an_order_at_an_hour_names_all_whom_any_level_names() -> None:
    clock = Clock.of(sim.load("tiny"))
    timed = Timed.of(Orders(move_h=2.0, muster_h=5.0), (LOW, HIGH), clock)
    assert timed.due(0) == set()
    assert timed.due(2 * TICKS_AN_HOUR) == {"move_h"}
    assert timed.due(2 * TICKS_AN_HOUR) == set()
    given = timed.only({"move_h"})
    assert given.move == ("boat", "low_lying")
    assert given.muster == ()
    assert given.open_shelters
    left = timed.left_to(HIGH)
    assert (left.move, left.muster, left.open_shelters) == ((), (), True)


def test_after_the_stand_down_a_new_level_gives_what_was_given_at_its_hour() -> None:
    clock = Clock.of(sim.load("tiny"))
    timed = Timed.of(Orders(move_h=2.0, muster_h=5.0), (LOW, HIGH), clock)
    timed.due(2 * TICKS_AN_HOUR)
    timed.stand_down()
    left = timed.left_to(HIGH)
    assert left.move == HIGH.move
    assert left.muster == ()  # its hour is still ahead


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        ("orders.move_h", "36", "36 is after the run; give less than 36 hours"),
        ("orders.move_h", "-1", "-1 is less than 0"),
        ("orders.move_h", "soon", "soon"),
        ("orders.mv_h", "1", "did you mean move_h?"),
    ],
)
def test_a_wrong_hour_is_told_in_one_line(key: str, value: str, told: str) -> None:
    with pytest.raises(sim.BadInput, match=key.rpartition(".")[2]) as error:
        sim.load("tiny", {key: value})
    assert told in str(error.value)
    assert "\n" not in str(error.value)


def test_an_order_that_no_response_gives_is_refused() -> None:
    with pytest.raises(sim.BadInput, match=r"orders\.move_h: no response gives this order"):
        sim.load("tiny-fire", {"orders.move_h": "1"})


def test_every_hour_of_an_order_can_be_varied() -> None:
    scenario = sim.load("tiny")
    assert scenario.orders == Orders()
    changed = scenario.replace(orders={"move_h": 3.5})
    assert changed.orders.hours == {"move_h": 3.5}
    assert np.isclose(changed.orders.hours["move_h"], 3.5)
