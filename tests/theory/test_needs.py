"""Stock, needs and backlog of one site, worked out by hand and by random play."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from anlan import sim
from anlan.sim.chance import Streams
from anlan.sim.ledger import NEVER, Ledger
from anlan.sim.people.needs import Sites, set_up
from anlan.sim.place.world import build

WATER, MEAL, BEDDING, CLOTHING, MEDICINE = range(5)


def site_with(water_ml: int = 0) -> Sites:
    sites = set_up(build(sim.load("tiny")), Streams(1, 0))
    sites.begun[:] = 0
    sites.stock[:] = 0
    sites.stock[0, WATER] = water_ml
    return sites


def test_v50_stock_and_backlog() -> None:
    """100 L, 30 L a day, 60 L more on day 4.

    Ten people at 125 mL an hour need 1.25 L an hour, 30 L a day. 100 L last 80 h = 3.333 days.
    At 96 h they have gone without for 16 h: 20 L are owed. 60 L come, 20 go at once, 40 stay.
    """
    sites = site_with(100_000)
    sites.enter(0, 10, 0)
    given = 100_000
    for hour in range(1, 97):
        sites.serve(hour * 12 - 1, meal=False)
        stock, owed = int(sites.stock[0, WATER]), int(sites.owed[0, WATER])
        assert stock == max(0, 100_000 - 1_250 * hour)
        assert owed == max(0, 1_250 * (hour - 80))
        assert stock + sites.issued[WATER] == given
        assert sites.short()[0, WATER] == (10 if hour > 80 else 0)
    assert int(sites.owed[0, WATER]) == 20_000
    sites.stock[0, WATER] += 60_000
    sites.serve(97 * 12 - 1, meal=False)  # the 97th hour's own 1.25 L too
    assert int(sites.stock[0, WATER]) == 40_000 - 1_250
    assert int(sites.owed[0, WATER]) == 0
    assert int(sites.issued[WATER]) == 100_000 + 20_000 + 1_250
    assert int(sites.short()[0, WATER]) == 0


def test_three_days_of_ten_thousand() -> None:
    """V48: 10,000 people for three days need 90,000 L, 90,000 meals and 10,000 beds."""
    sites = site_with()
    sites.stock[0] = 10**9
    sites.enter(0, 10_000, 0)
    for hour in range(72):
        sites.serve(hour * 12 + 11, meal=(hour + 1) % 24 in (7, 12, 18))
    assert sites.issued[WATER] == 90_000_000
    assert sites.issued[MEAL] == 90_000
    assert sites.issued[BEDDING] == 10_000
    assert sites.issued[CLOTHING] == 5_000
    assert sites.issued[MEDICINE] == 1_700


def test_once_only_needs_do_not_depend_on_how_they_come() -> None:
    """Per mille of heads: ones and twos add up to what a crowd would need."""
    one_by_one, together = site_with(), site_with()
    for _ in range(100):
        one_by_one.enter(0, 1, 3)
    together.enter(0, 100, 3)
    assert (one_by_one.owed == together.owed).all()
    assert together.owed[0].tolist() == [0, 0, 100, 50, 17]


def test_small_sites_need_in_the_mean_what_a_crowd_of_them_needs() -> None:
    """17 packs for 100 people: for two at a site 0.34 in the mean of runs, never always none.

    Within four standard errors of a share; and a site's own need is at most one off.
    """
    world = build(sim.load("tiny"))
    needs = []
    for run in range(2_000):
        sites = set_up(world, Streams(1, run))
        sites.enter(0, 2, 0)
        needs.append(int(sites.owed[0, MEDICINE]))
    share = 0.34
    assert set(needs) == {0, 1}
    assert abs(np.mean(needs) - share) < 4.0 * np.sqrt(share * (1.0 - share) / len(needs))


def test_first_come_first_served() -> None:
    """Eight hours' water for three: the first three in the queue get it."""
    sites = site_with(3 * 125)
    sites.enter(0, 2, 5)
    sites.enter(0, 2, 6)
    sites.serve(11, meal=False)
    ledger = Ledger()
    sites.finish(ledger)
    rows = ledger.table("relief")
    assert rows["need_tick"].tolist() == [5, 6, 6]
    assert rows["relief_tick"].tolist() == [11, NEVER, 11]
    assert rows["ended_tick"].tolist() == [NEVER, NEVER, NEVER]
    assert rows["persons"].tolist() == [2, 1, 1]


def test_gone_before_anything_came() -> None:
    sites = site_with()
    sites.enter(0, 5, 4)
    sites.serve(11, meal=False)
    sites.leave(0, 3, 4, 20)
    assert sites.persons[0] == 2
    sites.leave(0, 2, 4, 30)
    assert (sites.owed[0] == 0).all()  # nobody is left to whom it could be given
    ledger = Ledger()
    sites.finish(ledger)
    rows = ledger.table("relief")
    assert rows["ended_tick"].tolist() == [20, 30]
    assert rows["persons"].tolist() == [3, 2]
    assert set(rows["relief_tick"].tolist()) == {NEVER}


def test_want_is_what_is_owed_and_what_is_ahead() -> None:
    """Two people there, one coming, for 24 h: 3 x 3 L, 3 x 3 meals, once-only things for one."""
    sites = site_with()
    sites.enter(0, 2, 0)
    coming = np.zeros(len(sites.ids), dtype=np.int64)
    coming[0] = 1
    assert sites.want(coming, 24.0)[0].tolist() == [9_000, 9, 2 + 1, 1 + 1, 0 + 1]


step = st.one_of(
    st.tuples(st.just("enter"), st.integers(1, 30)),
    st.tuples(st.just("leave"), st.integers(1, 30)),
    st.tuples(st.just("deliver"), st.integers(1, 40_000)),
    st.tuples(st.just("serve"), st.booleans()),
)


@settings(max_examples=60, derandomize=True, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(st.lists(step, min_size=5, max_size=40), st.integers(0, 20_000))
def test_nothing_is_lost_and_nobody_forgotten(steps: list[tuple[str, int]], first: int) -> None:
    """stock + issued = initial + delivered; each who ever came has one fate in the facts."""
    sites = site_with(first)
    delivered = first
    groups: list[list[int]] = []  # [tick, persons still there]
    came = 0
    for tick, (what, amount) in enumerate(steps):
        if what == "enter":
            sites.enter(0, amount, tick)
            groups.append([tick, amount])
            came += amount
        elif what == "leave" and groups:
            group = groups[amount % len(groups)]
            gone = min(amount, group[1])
            sites.leave(0, gone, group[0], tick)
            group[1] -= gone
        elif what == "deliver":
            sites.stock[0, WATER] += amount
            delivered += amount
        elif what == "serve":
            sites.serve(tick, meal=bool(amount))
        assert sites.stock[0, WATER] + sites.issued[WATER] == delivered
        assert sites.persons[0] == sum(g[1] for g in groups)
        assert (sites.owed >= 0).all()
        assert (sites.short()[0] <= sites.persons[0]).all()
        assert (sites.issued <= sites.needed).all()
    ledger = Ledger()
    sites.finish(ledger)
    rows = ledger.table("relief")
    assert rows["persons"].sum() == came
    helped = rows["relief_tick"] != NEVER
    assert (rows["relief_tick"][helped] >= rows["need_tick"][helped]).all()
    assert (rows["ended_tick"][helped] == NEVER).all()


def test_stock_of_another_site_is_not_touched() -> None:
    sites = site_with(1_000)
    sites.enter(1, 4, 0)
    sites.serve(11, meal=True)
    assert sites.stock[0, WATER] == 1_000
    assert sites.owed[1].tolist() == pytest.approx([500, 4, 4, 2, 0])
