"""The residents' small parts: who lives where, and the calendar of what falls due."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from anlan import sim
from anlan.sim.people.calendar import Calendar
from anlan.sim.place.population import AGE_BANDS, settle
from anlan.sim.scenario.schema import DWELLINGS
from tests.oracle.district import cut

QUICK = settings(
    max_examples=50, derandomize=True, deadline=None, phases=[Phase.explicit, Phase.generate]
)


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


def test_people_are_as_many_as_the_scenario_says() -> None:
    scenario = cut(2_000, 5)
    people = settle(scenario)
    sizes = people.sizes
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
        share = getattr(scenario.communities[0], name)  # of the county, the same in all
        spread = np.sqrt(share * (1 - share) / outside.sum())
        assert (people.age_band[outside] == band).mean() == pytest.approx(share, abs=4.5 * spread)
    assert set(people.age_band[~outside].tolist()) == {AGE_BANDS.index("15-59")}


def test_the_population_is_the_same_in_every_run() -> None:
    tiny = sim.load("tiny")
    other = tiny.replace(settings={"population_seed": 2})
    assert (settle(tiny).age_band == settle(tiny).age_band).all()
    assert (settle(tiny).household != settle(other).household).any()
