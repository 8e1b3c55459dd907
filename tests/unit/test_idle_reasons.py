"""Reasons that look closest never hold while the thing could still have mattered."""

from __future__ import annotations

import numpy as np

from anlan.analysis.capabilities.idle_reasons import IDLE, idle_of_things
from anlan.sim import load, run
from tests.fabricated import changed

TINY = load("tiny")
NAN = float("nan")


def test_who_is_looked_for_is_not_found_at_once() -> None:
    base = dict(run(TINY).tables())
    for kind, found_min, holds in (
        ("flood", 54.9, True),  # began in the tick from 50 to 55 min
        ("flood", 55.1, False),
        ("flood", NAN, False),
        ("arrest", 99.0, True),  # is seen, or never
        ("bagging", NAN, True),
    ):
        facts = changed(
            TINY, base, "incident", kind=[kind], occurred_tick=[10], found_min=[found_min]
        )
        assert IDLE["all_found_at_once"](facts) is holds, (kind, found_min)


def test_a_wait_at_the_desk_counts_where_somebody_was_sent() -> None:
    base = dict(run(TINY).tables())
    desk_min = TINY.p("response.desk_min")
    for kind, read, sent, holds in (
        ("flood", 10.0 + desk_min, 3, True),
        ("flood", 11.0 + desk_min, 3, False),
        ("flood", 11.0 + desk_min, -1, True),
        ("flood", NAN, -1, True),
        ("fire", 99.0, 3, True),  # another desk
    ):
        facts = changed(TINY, base, "incident", kind=[kind], reported_min=[10.0], read_min=[read],
                        dispatched_tick=[sent])  # fmt: skip
        assert IDLE["nobody_sent_who_waited"](facts) is holds, (kind, read, sent)


def test_a_kit_counts_where_somebody_lives_on_it() -> None:
    base = dict(run(TINY).tables())
    for way, lacks, holds in (("supply", 20, True), ("road", 21, False), ("home", 21, True)):
        facts = changed(TINY, base, "at_risk", way=[way], from_tick=[20], lacks_tick=[lacks])
        assert IDLE["no_kit_in_need"](facts) is holds


def test_goods_count_until_the_last_hour_in_which_somebody_at_risk_is_short() -> None:
    base = dict(run(TINY).tables())
    base["site_level"] = {
        "tick": np.array([10, 20, 30]),
        "site": np.array(["shelter-1"] * 3),
        "item": np.array(["water_ml"] * 3),
        "persons_at_risk": np.array([2, 2, 0]),
        "persons_short": np.array([1, 1, 5]),
    }
    for item, came, holds in (("water_ml", 20, False), ("water_ml", 21, True),
                              ("water_ml", -1, True), ("meal", 5, True)):  # fmt: skip
        facts = changed(TINY, base, "delivery", site=["shelter-1"], store=["store-1"], item=[item],
                        arrived_tick=[came])  # fmt: skip
        assert dict(idle_of_things(facts))["store_after_shortage.level.district"] is holds
