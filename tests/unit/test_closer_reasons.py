"""Reasons that look closer never hold while the thing could still have mattered."""

from __future__ import annotations

import numpy as np

from anlan.analysis.capabilities.closer_reasons import CLOSER, closer_of_things
from anlan.analysis.measures.facts import Facts
from anlan.sim import load, run
from tests.fabricated import changed

TINY = load("tiny")


def test_bags_shocks_and_rides_count_as_soon_as_somebody_is_there_for_them() -> None:
    base = dict(run(TINY).tables())
    for homes, holds in (([], True), ([0, 0], True), ([0, 1], False)):
        facts = changed(TINY, base, "flooded", homes_unaided=homes)
        assert CLOSER["no_home_to_keep_dry"](facts) is holds
    attach_min = TINY.p("arrest.attach_min")
    nan = float("nan")
    for shock, care, shockable, holds in (
        (5.0, 20.0, True, False),  # an AED came first
        (5.0, nan, True, False),  # and nobody else ever
        (20.0 + attach_min, 20.0, True, True),
        (5.0, 20.0, False, True),
        (nan, nan, True, True),
    ):
        facts = changed(TINY, base, "arrest", seen=[True], shockable=[shockable], shock_min=[shock],
                        care_min=[care])  # fmt: skip
        assert CLOSER["no_aed_first"](facts) is holds
    incident = {"incident": np.array(["a", "b"]), "kind": np.array(["injury", "wounded"])}
    base["incident"] = base["incident"] | incident
    for whose, care, died, holds in (
        ("a", 9.0, -1, False),  # hurt by the disaster itself: the time to a hospital is judged
        ("a", nan, 99, True),  # nobody treated them
        ("b", 9.0, -1, True),
        ("b", 9.0, 99, False),
    ):
        facts = changed(TINY, base, "wound", incident=[whose], severity=["delayed"],
                        care_min=[care], died_tick=[died])  # fmt: skip
        assert CLOSER["drive_saves_nobody"](facts) is holds


def test_goods_count_as_soon_as_they_come_in_time_to_where_somebody_at_risk_draws() -> None:
    base = dict(run(TINY).tables())
    site = {
        "tick": np.array([10, 20, 30]),
        "site": np.array(["shelter-1"] * 3),
        "item": np.array(["water_ml"] * 3),
        "persons_at_risk": np.array([2, 2, 0]),
        "persons_short": np.array([0, 0, 5]),
    }
    base["site_level"] = site
    for came, trip, holds in ((20, "t", False), (5, "t", False), (25, "t", True), (-1, "t", True),
                              (5, "", True)):  # fmt: skip
        facts = changed(TINY, base, "delivery", site=["shelter-1"], store=["store-1"], trip=[trip],
                        arrived_tick=[came])  # fmt: skip
        assert CLOSER["no_lorry_to_those_at_risk"](facts) is holds
        of_stores = dict(closer_of_things(facts))
        assert of_stores["store_not_to_those_at_risk.level.district"] is (came in (25, -1))
        assert of_stores["item_not_short.water_ml"]
        assert of_stores["shelter_enough.level.town"]
    base["site_level"] = site | {"persons_short": np.array([0, 1, 5])}
    short = dict(closer_of_things(Facts(TINY, base)))
    assert not short["item_not_short.water_ml"]
    assert not short["shelter_enough.level.town"]
    assert short["item_not_short.medicine"]


def test_stock_bags_and_loads_are_excused_only_where_they_reached_nobody_or_nothing() -> None:
    base = dict(run(TINY).tables())
    rows = {"tick": np.array([10, 20]), "item": np.array(["water_ml"] * 2),
            "persons_at_risk": np.array([2, 2]), "persons_short": np.array([2, 2])}  # fmt: skip
    port = base["site_level"] | rows | {"site": np.array(["port"] * 2)}
    own = base["site_level"] | rows | {"site": np.array(["shelter-1"] * 2)}
    empty = not any(r.holder == "shelter-1" and r.quantity for r in TINY.stock)
    for site, came, holds in ((port, 15, False), (port, 25, True), (port, -1, True),
                              (own, 25, empty)):  # fmt: skip
        facts = changed(TINY, base | {"site_level": site}, "delivery", site=["port"],
                        store=["store-1"],
                        trip=["t"], arrived_tick=[came])  # fmt: skip
        assert CLOSER["no_stock_to_those_at_risk"](facts) is holds
    flooded = {"community": np.array(["port", "hill"]), "homes_unaided": np.array([3, 0])}
    base["flooded"] = base["flooded"] | flooded
    for place, kind, holds in (("port", "bagging", False), ("hill", "bagging", True),
                               ("port", "pumping", True)):  # fmt: skip
        facts = changed(TINY, base, "incident", community=[place], kind=[kind])
        assert CLOSER["no_bags_where_water_came"](facts) is holds
    store = TINY.stores[0]
    full = store.truck_kg / next(i.kg_per_unit for i in TINY.items if i.item == "water_ml")
    for trip, share, holds in (("t", 1.0, False), ("t", 0.5, True), ("", 1.0, True)):
        facts = changed(TINY, base, "delivery", trip=[trip], store=[store.store], item=["water_ml"],
                        quantity=[int(share * full)])  # fmt: skip
        assert CLOSER["no_lorry_full"](facts) is holds
