"""Station cover by town, on rows made by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from anlan.analysis.cover import cover
from anlan.sim import load
from anlan.sim.year.calls import run_year
from tests.fabricated import district


def made_up() -> dict[str, np.ndarray]:
    nan = math.nan
    rows = [  # community, kind, spread_from, ignited, called, ordered, sent, left, arrived, water
        ("t0-c0", "building", "", 0.0, 5.0, 6.0, 6.0, 7.0, 10.0, 15.0),  # just in time for all
        ("t0-c1", "building", "", 0.0, 5.0, 5.5, 6.5, 7.5, 10.5, 15.1),  # just too late, but for
        ("t0-c1", "building", "b", 9.0, nan, nan, nan, nan, nan, 15.1),  # the order; it spread
        ("t0-c0", "other", "", 0.0, 0.0, 2.0, 30.0, 31.0, 33.0, nan),  # no fire, a queue
        ("t0-c0", "building", "", 0.0, 1.0, 2.0, nan, nan, nan, nan),  # never reached
        ("t0-c0", "forest", "", 0.0, 1.0, 1.0, 1.0, 1.0, 90.0, nan),  # another matter
    ]
    names = ("community", "kind", "spread_from", "ignited_min", "called_min", "ordered_min",
             "dispatched_min", "left_min", "arrived_min", "first_water_min")  # fmt: skip
    return {n: np.array(c) for n, c in zip(names, zip(*rows, strict=True), strict=True)}


def test_shares_by_town() -> None:
    scenario = district().model_copy(update={"parameters": load("tiny").parameters})
    table = cover(scenario, made_up())
    assert table.index.tolist() == ["t0", "t1", "all"]
    town = table.loc["t0"]
    assert (town["calls"], town["fires"], town["never"]) == (4, 3, 1)
    assert town["reach_share"] == 1 / 4
    assert town["order_share"] == 2 / 4
    assert town["queue_share"] == 3 / 4
    assert town["chain_share"] == 1 / 3
    assert town["reach_min"] == pytest.approx((5.0 + 5.5 + 33.0) / 3)
    assert town["chain_min"] == pytest.approx(15.05)
    links = {"desk_min": 1.0 + 0.5 + 2.0, "queue_min": 0.0 + 1.0 + 28.0,
             "turnout_min": 1.0 + 1.0 + 1.0, "travel_min": 3.0 + 3.0 + 2.0}  # fmt: skip
    assert {n: town[n] for n in links} == pytest.approx({n: m / 3 for n, m in links.items()})
    assert town["water_min"] == pytest.approx((5.0 + 4.6) / 2)
    assert table.loc["t1", "calls"] == 0
    assert math.isnan(table.loc["t1", "reach_share"])
    assert (table.loc["all"] == town).all()


def test_a_year_of_the_tiny_fire_can_be_covered() -> None:
    scenario = load("tiny-fire").replace(
        communities={
            "seat": {"residents": 60_000, "households": 20_000},
            "port": {"residents": 60_000, "households": 20_000},
        }
    )
    table = cover(scenario, run_year(scenario).table("fire"))
    assert table.loc["all", "calls"] > 50
    assert 0.0 < table.loc["all", "reach_share"] < 1.0
    links = ["desk_min", "queue_min", "turnout_min", "travel_min"]
    assert table.loc["all", links].sum() == pytest.approx(table.loc["all", "reach_min"])
