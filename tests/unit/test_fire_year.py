"""A year of ordinary calls."""

from __future__ import annotations

import math

import numpy as np
import pytest

from anlan.sim import load
from anlan.sim.ledger import TABLES
from anlan.sim.scenario.errors import BadInput
from anlan.sim.scenario.schema import Scenario
from anlan.sim.year.calls import engines_of, run_year, station_minutes

TINY = load("tiny-fire")


def town(engines: int = 2) -> Scenario:
    return TINY.replace(
        communities={
            "seat": {"residents": 90_000, "households": 30_000},
            "port": {"residents": 60_000, "households": 20_000},
        },
        teams={"fire-1": {"members": 6 * engines}},
        building_classes={"shed": {"grow_share": 0.2, "rescue_day": 0.1, "rescue_night": 0.2}},
    )


def test_a_year_has_the_calls_that_its_residents_make() -> None:
    fire = run_year(town()).table("fire")
    first = fire["spread_from"] == ""
    for kind, per_1000 in (("building", 0.5), ("other", 1.0)):
        n = int((first & (fire["kind"] == kind)).sum())
        assert n == pytest.approx(150 * per_1000, abs=4 * math.sqrt(150 * per_1000))
    assert set(fire) == set(TABLES["fire"])
    assert np.isfinite(fire["arrived_min"][first]).all()
    assert np.isfinite(fire["out_min"]).all()


def test_the_way_is_turnout_road_and_streets() -> None:
    """From the seat's station to the port: 10 min of road; turnout 0.75 or 1; streets."""
    fire = run_year(town(20)).table("fire")  # never all out: nobody waits
    first = fire["spread_from"] == ""
    assert fire["ordered_min"][first] - fire["called_min"][first] == pytest.approx(1.5, abs=3.0)
    assert (fire["dispatched_min"][first] == fire["ordered_min"][first]).all()
    turnout = fire["left_min"][first] - fire["dispatched_min"][first]
    assert set(np.round(turnout, 6)) == {0.75, 1.0}
    took = fire["arrived_min"] - fire["dispatched_min"]
    # streets at most 1.4 x the radius of 1 km2 at 18 km/h, and 10 s to gain speed
    streets = 1.4 * math.sqrt(1 / math.pi) / 18 * 60 + 10 / 60
    for place, road in (("seat", 0.0), ("port", 10.0)):
        here = took[first & (fire["community"] == place)]
        assert here.min() >= road + 0.75
        assert here.max() <= road + 1.0 + streets + 1e-9


def test_a_year_is_the_same_to_the_bit_and_more_engines_meet_the_same_calls() -> None:
    one, again, more = (run_year(s).table("fire") for s in (town(), town(), town(20)))
    for column, values in one.items():
        kind = values.dtype.kind
        assert np.array_equal(values, again[column], equal_nan=kind == "f"), column
    firsts = [t["spread_from"] == "" for t in (one, more)]
    for column in ("fire", "ignited_min", "discovered_min", "called_min", "victims"):
        a, b = one[column][firsts[0]], more[column][firsts[1]]
        assert np.array_equal(a, b, equal_nan=a.dtype.kind == "f"), column
    assert not np.array_equal(run_year(town(), seed=2).table("fire")["fire"], one["fire"])


def test_a_year_knows_no_ticks() -> None:
    """Minutes as they fall: the same year to the bit whatever the scenario's tick."""
    years = [
        run_year(town(1).replace(settings={"tick_min": tick_min})).table("fire")
        for tick_min in (1, 2, 5)
    ]
    assert np.isfinite(years[0]["arrived_min"]).sum() > 100
    for other in years[1:]:
        for column, values in years[0].items():
            nan = values.dtype.kind == "f"
            assert np.array_equal(values, other[column], equal_nan=nan), column


def test_more_engines_are_never_later_on_average() -> None:
    few, many = (run_year(town(n)).table("fire") for n in (1, 20))
    a, b = (
        (t["arrived_min"] - t["called_min"])[t["spread_from"] == ""].mean() for t in (few, many)
    )
    assert b < a
    assert many["burnt_m2"].sum() < few["burnt_m2"].sum()


def test_engines_are_the_crews_of_stations_that_stand_by() -> None:
    teams, bases = engines_of(TINY)
    assert [t.team for t in teams] == ["fire-1", "fire-1"]
    assert bases.tolist() == [0, 0]
    assert station_minutes(TINY, bases) == pytest.approx(np.array([[0.0, 10.0]] * 2))
    with pytest.raises(BadInput, match="needs at least one fire station"):
        run_year(TINY.replace(teams={"fire-1": {"capabilities": ("rescue",)}}))
