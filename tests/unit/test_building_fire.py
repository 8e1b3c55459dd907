"""Fires in buildings within a run: the tiny chain by hand, spread, policies, bad input."""

from __future__ import annotations

import math
import shutil
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import numpy as np
import pytest

from anlan import sim
from anlan.sim import load
from anlan.sim.chance import Streams
from anlan.sim.command.policies import fires_first, lives_first
from anlan.sim.crews.crew import Crew
from anlan.sim.engine import prepare
from anlan.sim.fires.building import BuildingScene
from anlan.sim.incidents.incident import Incident
from anlan.sim.model import ResponseModel
from anlan.sim.nature.building.outbreaks import (
    Outbreak,
    OutbreakRules,
    Outbreaks,
    poisson_count,
)
from anlan.sim.scenario.clock import Clock
from anlan.sim.scenario.errors import BadInput
from anlan.sim.scenario.read import SHIPPED
from anlan.sim.scenario.schema import Scenario
from tests.chinese import english
from tests.oracle.district import set_parameters

TINY = load("tiny-fire")


def play(scenario: Scenario, seed: int = 1) -> ResponseModel:
    """A run that has been played to its end, ledger and all."""
    model = prepare(scenario).model(seed, 0)
    model.run()
    return model


def fires(scenario: Scenario, seed: int = 1) -> list[dict[str, Any]]:
    """The rows of a run's fire table."""
    return rows(sim.run(scenario, seed), "fire")


def rows(ledger: sim.Ledger, table: str) -> list[dict[str, Any]]:
    """The rows of a table, those of the forest fire beside the port, and the care of whom a crew
    has brought out hurt, left out.
    """
    columns = ledger.table(table)
    found = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    return [r for r in found if r.get("kind") not in ("forest", "forest_fire", "wounded")]


def test_the_chain_of_the_tiny_fire_is_as_worked_out_by_hand() -> None:
    (fire,) = fires(TINY)
    minutes = {
        "ignited_min": 10.0,
        "flashover_min": 12.980629,
        "discovered_min": 14.0,
        "called_min": 15.0,
        "ordered_min": 16.5,
        "dispatched_min": 16.5,
        "left_min": 17.25,
        "arrived_min": 28.25,
        "first_water_min": 31.75,
        "controlled_min": 31.75,
        "out_min": 31.75 + 25.0 + 0.05 * 94.6125,
    }
    for column, minute in minutes.items():
        assert fire[column] == pytest.approx(minute, abs=1e-5), column
    assert fire["burnt_m2"] == pytest.approx(0.2 * (31.75 - 10.0) ** 2)
    assert fire["water_l"] == pytest.approx(11_700.0 + 6.5 * 60.0 * 19.730625)
    assert (fire["engines_needed_max"], fire["engines_peak"]) == (2, 2)
    assert (fire["victims"], fire["rescued"], fire["died"]) == (3, 2, 1)
    assert (fire["fire"], fire["first_crew"], fire["spread_from"]) == ("shed-1", "fire-1/1", "")


def test_the_rest_of_the_tiny_ledger_tells_the_same() -> None:
    ledger = sim.run(TINY)
    # Who comes out hurt calls for medics besides.
    (incident,) = (i for i in rows(ledger, "incident") if i["kind"] != "wounded")
    ticks = [incident[f"{x}_tick"] for x in ("occurred", "reported", "known", "dispatched")]
    assert ticks == [10, 15, 16, 16]
    assert (incident["arrived_min"], incident["done_min"]) == (28.25, 63.0)
    assert (incident["persons"], incident["rescued"], incident["died"]) == (3, 2, 1)
    inside = incident["incident"]
    (death,) = (c for c in rows(ledger, "casualty") if c["incident"] == inside)
    assert (death["tick"], death["cause"], death["outcome"]) == (39, "fire", "died")
    trips = [
        (t["agent"], t["purpose"], t["departed_min"], t["arrived_min"])
        for t in rows(ledger, "trip")
    ]
    # Ten minutes of road, and on the way to it a minute of streets; the fire is looked at once a
    # tick, so the second engine is let go and the first done with full minutes.
    assert trips == [
        ("fire-1/1", "task", 17.25, 28.25),
        ("fire-1/2", "task", 17.25, 28.25),
        ("fire-1/2", "return", 43.0, 53.0),
        ("fire-1/1", "return", 63.0, 73.0),
    ]


@pytest.mark.parametrize("tick_min", [2, 5])
def test_a_longer_tick_moves_nothing_of_the_chain(tick_min: int) -> None:
    """Calls, orders, turnout and roads have their minutes, whatever the tick."""
    (fire,) = fires(alone(settings={"tick_min": tick_min}))
    order = 16.5
    assert fire["dispatched_min"] == order
    assert fire["arrived_min"] == pytest.approx(order + 11.75)
    assert fire["first_water_min"] == pytest.approx(order + 15.25)


def closer(gap_m: float) -> Scenario:
    """The neighbour stands at another distance."""
    return TINY.replace(building_classes={"shed": {"gap_low_m": gap_m, "gap_high_m": gap_m}})


def alone(**changes: Any) -> Scenario:
    """The shed has no neighbour."""
    return TINY.replace(building_classes={"shed": {"neighbours": 0}}, **changes)


def test_a_neighbour_that_stands_nearer_catches_before_the_water_comes() -> None:
    """At 5 m: 14.943 kW/m2, 10 x (12.6 / 14.943)^2 = 7.110 min after 23.330."""
    first, second = fires(closer(5.0))
    assert second["spread_from"] == "shed-1"
    assert second["fire"] == "shed-1.0"
    assert second["ignited_min"] == pytest.approx(23.330 + 7.110, abs=0.002)
    assert math.isnan(second["called_min"])
    # One engine holds the small fire; the other cannot hold the big one, which goes on growing.
    assert second["controlled_min"] == pytest.approx(31.75)
    assert math.isnan(first["controlled_min"])
    assert first["engines_needed_max"] == 9


def test_engines_that_come_later_hold_it_at_last() -> None:
    """The officer asks at arrival for what will burn a quarter of an hour later."""
    first, second = fires(closer(5.0).replace(teams={"fire-1": {"members": 60}}))
    assert first["arrived_min"] == pytest.approx(28.25)
    assert second["controlled_min"] == pytest.approx(31.75)
    # at tick 29 its area of minute 44 is .2 x 34^2 = 231.2 m2: 6 branches, 3 engines, one more
    # than there are. Command sends it in tick 30; water at 30 + .75 + 11 + 3.5 = 45.25, when
    # .2 x 35.25^2 = 248.5 m2 burn: 6 branches still, 3 engines
    assert first["controlled_min"] == pytest.approx(45.25)
    assert first["engines_needed_max"] == 3
    assert first["burnt_m2"] == pytest.approx(0.2 * 35.25**2)


def test_a_fire_that_nobody_can_hold_burns_out_and_says_so() -> None:
    scenario = alone(teams={"fire-1": {"members": 6}}, settings={"duration_h": 10})
    (fire,) = fires(scenario)
    assert math.isnan(fire["controlled_min"])
    assert fire["burnt_m2"] == pytest.approx(720.0)
    assert fire["out_min"] == pytest.approx(10.0 + 460.0)  # 60 min to fill, 400 min of fuel
    assert fire["engines_needed_max"] == 9  # 720 x .15 = 108 L/s: 17 branches


def test_a_fire_that_no_engine_reaches_is_a_row_all_the_same() -> None:
    ledger = sim.run(alone(teams={"fire-1": {"members": 0}}))
    (fire,) = rows(ledger, "fire")
    assert fire["called_min"] == 15.0
    assert fire["ordered_min"] == 16.5  # given, though nobody was free to follow it
    for column in ("dispatched_min", "left_min", "arrived_min", "first_water_min", "out_min"):
        assert math.isnan(fire[column]), column
    assert (fire["victims"], fire["rescued"], fire["died"]) == (3, 0, 3)
    assert fire["water_l"] == 0.0


def test_people_who_have_left_cannot_be_trapped() -> None:
    model = play(TINY)
    incident = model.parts.incidents.all[0]
    assert len(incident.people) == 3
    again = Incident[Crew]("fire/again", "fire", incident.place, 180, incident.people)
    caught = model.parts.people.trap(incident.people, np.full(3, 200), 180, again)
    assert len(caught) == 0


def test_crews_and_residents_are_conserved() -> None:
    ledger = sim.run(TINY)
    level = ledger.table("crew_level")
    states = ("off_duty", "mustering", "idle", "travelling", "working")
    assert set(sum(level[s] for s in states).tolist()) == {2}
    people = ledger.table("resident_state")
    total = sum(people[c] for c in people if c not in ("tick", "community"))
    assert sorted(set(total.tolist())) == [16, 24]


def equal(a: sim.Ledger, b: sim.Ledger) -> bool:
    return all(
        np.array_equal(x, b.table(t)[c], equal_nan=x.dtype.kind == "f")
        for t, columns in a.tables().items()
        for c, x in columns.items()
    )


BUSY = {"fire.rate_per_1000_year": 1.5}


def busy() -> Scenario:
    """Haimen's first towns would do, but tiny with many residents does it quicker.

    Without the fire in the grass, which would move them all.
    """
    return TINY.model_copy(update={"ignitions": ()}).replace(
        hazard={"building_fire": {"random": True}, "forest_fire": None},
        settings={"duration_h": 48, "tick_min": 5},
        communities={
            "seat": {"residents": 90_000, "households": 30_000},
            "port": {"residents": 60_000, "households": 20_000},
        },
        building_classes={"shed": {"rescue_day": 0.5, "rescue_night": 1.0}},
        parameters=BUSY,
    )


@pytest.fixture(scope="module")
def busy_runs() -> dict[str, sim.Ledger]:
    scenario = busy()
    return {
        "one": sim.run(scenario, 3),
        "again": sim.run(scenario, 3),
        "other": sim.run(scenario, 4),
        "more": sim.run(scenario.replace(teams={"fire-1": {"members": 60}}), 3),
    }


def test_a_seed_gives_the_same_facts_to_the_bit(busy_runs: dict[str, sim.Ledger]) -> None:
    assert len(rows(busy_runs["one"], "fire")) > 1
    assert equal(busy_runs["one"], busy_runs["again"])
    assert not equal(busy_runs["one"], busy_runs["other"])


def test_more_engines_meet_the_same_fires(busy_runs: dict[str, sim.Ledger]) -> None:
    same = ("fire", "ignited_min", "discovered_min", "called_min", "victims")

    def first(ledger: sim.Ledger) -> list[tuple[Any, ...]]:
        return [tuple(f[c] for c in same) for f in rows(ledger, "fire") if not f["spread_from"]]

    assert str(first(busy_runs["one"])) == str(first(busy_runs["more"]))
    assert not equal(busy_runs["one"], busy_runs["more"])


def test_rows_add_up_to_incidents(busy_runs: dict[str, sim.Ledger]) -> None:
    for ledger in busy_runs.values():
        found = rows(ledger, "fire")
        for incident in rows(ledger, "incident"):
            if incident["kind"] == "wounded":  # one whom somebody has brought out
                assert incident["persons"] == 1
                continue
            own = [f for f in found if f["incident"] == incident["incident"]]
            assert sum(f["victims"] for f in own) == incident["persons"]
            assert sum(f["died"] for f in own) == incident["died"]
            # those who hold out until the fire is over come out with nobody's help
            assert sum(f["rescued"] for f in own) <= incident["rescued"]
        for f in found:
            assert f["rescued"] + f["died"] <= f["victims"]
            order = ["ignited", "discovered", "called", "dispatched", "arrived", "first_water"]
            done = [f[f"{x}_min"] for x in order if not math.isnan(f[f"{x}_min"])]
            assert done == sorted(done)


def outbreaks(scenario: Scenario, seed: int) -> Outbreaks:
    return Outbreaks.of(scenario, Streams(seed, 0), Clock.of(scenario))


def in_wind(scenario: Scenario, seed: int, wind_ms: float) -> list[Outbreak]:
    """The fires of a run in which that wind blows from its beginning to its end."""
    drawn, wind = outbreaks(scenario, seed), np.full(2, wind_ms)
    return [o for tick in range(scenario.ticks) for o in drawn.random(tick, wind)]


def test_rates_follow_the_residents_and_the_storm() -> None:
    scenario = busy().replace(parameters={"fire.rate_per_1000_year": 0.5})
    year = 365 * 24 * 60.0
    expected = 0.5 * 150  # the four blocks' mean is 1
    calm = list(outbreaks(scenario, 1).calm(year))
    assert len(calm) == pytest.approx(expected, abs=4 * math.sqrt(expected))
    gale = [in_wind(scenario, s, 30.0) for s in range(60)]
    still = [in_wind(scenario, s, 0.0) for s in range(60)]
    many, few = sum(map(len, gale)), sum(map(len, still))
    assert many == pytest.approx(5 * 60 * 0.5 * 150 * 2 / 365, rel=0.2)
    assert few == pytest.approx(60 * 0.5 * 150 * 2 / 365, rel=0.45)
    for a, b in zip(still, gale, strict=True):  # the storm only adds
        assert {o.key for o in a} <= {o.key for o in b}


def test_a_fire_is_lit_by_the_wind_of_its_own_tick_and_of_its_own_place() -> None:
    """A gale of one hour over one place: there and then more, elsewhere and else the same."""
    scenario = set_parameters(busy(), fire__rate_per_1000_year=3_000.0)
    drawn, still = outbreaks(scenario, 1), outbreaks(scenario, 1)
    added: list[Outbreak] = []
    for tick in range(scenario.ticks):
        wind = np.array([0.0, 30.0 if 240 <= tick < 252 else 0.0])
        with_gale, without = drawn.random(tick, wind), still.random(tick, np.zeros(2))
        assert {o.key for o in without} <= {o.key for o in with_gale}
        assert all(tick == o.ignited_min // 5 for o in with_gale)
        added += [o for o in with_gale if o.key not in {x.key for x in without}]
    rules = OutbreakRules.read(scenario)
    in_an_hour = 3_000.0 * 60.0 / (365 * 24)  # of 60,000 residents, on average
    more = in_an_hour * rules.hour_rates()[4] * (rules.in_wind(30.0) - 1.0)
    assert len(added) == pytest.approx(more, abs=4.0 * math.sqrt(more))
    assert {o.place for o in added} == {1}
    assert {o.ignited_min // 5 // 12 for o in added} == {20}


def test_fires_by_day_and_by_night() -> None:
    rates = OutbreakRules.read(TINY).hour_rates()
    assert rates.mean() == pytest.approx(1.0)
    assert rates[3] < rates[9] < rates[15]


def test_counts_from_one_uniform_are_poisson() -> None:
    u = (np.arange(20_000) + 0.5) / 20_000
    counts = np.array([poisson_count(1.3, x) for x in u])
    assert counts.mean() == pytest.approx(1.3, rel=1e-3)
    assert counts.var() == pytest.approx(1.3, rel=1e-2)
    assert poisson_count(0.0, 0.999) == 0


def test_policies_put_fires_and_lives_in_their_order() -> None:
    three = np.arange(3)
    scene = Mock(BuildingScene, capability="fire")
    tree = Incident[Crew]("tree", "tree", 0, 0, read_min=1.0)
    flood = Incident[Crew]("flood", "flood", 0, 0, three, persons=3, read_min=2.0)
    fire = Incident[Crew]("fire", "fire", 0, 0, read_min=3.0, scene=scene)
    manned = Incident[Crew]("manned", "fire", 0, 0, three, persons=3, read_min=4.0, scene=scene)
    crew = prepare(TINY).model(1, 0).parts.crews[0]
    eta = np.ones((4, 1))
    in_order = {
        fires_first: ["manned", "fire", "flood", "tree"],
        lives_first: ["manned", "flood", "fire", "tree"],
    }
    for policy, order in in_order.items():
        left = [tree, flood, fire, manned]
        taken = []
        while left:
            ((i, _),) = policy(left, [crew], eta[: len(left)])
            taken.append(left.pop(i).id)
        assert taken == order


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SHIPPED / "tiny-fire", tmp_path / "mine"))


GOOD = "shed-1,2024-01-10T08:10:00+08:00,port,shed,0.25,4,3"


@pytest.mark.parametrize(
    ("row", "column", "says"),
    [
        (GOOD.replace(",shed,", ",shde,"), "building_class", "did you mean shed?"),
        (GOOD.replace(",port,", ",prot,"), "community", "did you mean port?"),
        (GOOD.replace("08:10", "07:59"), "time", "outside the run"),
        (GOOD.replace("T08:10", "T11:00"), "time", "outside the run"),
        (GOOD.replace("+08:00", ""), "time", "has no offset"),
        (GOOD.replace("2024-01-10T08:10:00+08:00", "at ten"), "time", "is not a time"),
        (GOOD.replace("0.25", "-1"), "inside_km", "is less than 0"),
        (GOOD.replace(",4,3", ",nan,3"), "discovery_min", "is not a finite number"),
        (GOOD[:-1] + "17", "victims", "port has 16 residents"),
        (GOOD[:-1] + "2.5", "victims", "is not a whole number"),
        (GOOD.replace("shed-1", "Shed 1"), "fire", "has a blank in it; write shed-1"),
        (f"{GOOD}\n{GOOD}", "fire", "already the id of a row"),
    ],
)
def test_a_bad_fire_is_one_line(folder: Path, row: str, column: str, says: str) -> None:
    head = (folder / "building_fires.csv").read_text(encoding="utf-8").splitlines()[0]
    (folder / "building_fires.csv").write_text(f"{head}\n{row}\n", encoding="utf-8")
    with pytest.raises(BadInput) as error:
        load(folder)
    text = str(error.value)
    assert english(error.value, *row.split(",")) == []
    line = 2 + row.count("\n")
    assert text.startswith(f"building_fires.csv, row {line}, column {column}: "), text
    assert says in text
    assert "\n" not in text


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"building_classes": {"shed": {"gap_low_m": 9.0}}}, "gap_low_m 9 is more than gap_high_m"),
        ({"building_classes": {"shed": {"share_village": 0.5}}}, "must add up to 1"),
        ({"building_classes": {"shed": {"compartment_m2": 0}}}, "is less than 0.1"),
        ({"building_classes": {"shde": {"compartment_m2": 5}}}, "did you mean shed?"),
        ({"settings": {"tick_min": 10}}, "too long for fires in buildings"),
        ({"hazard": {"building_fire": {"randon": True}}}, "did you mean random?"),
    ],
)
def test_a_bad_change_is_one_line(change: dict[str, Any], says: str) -> None:
    with pytest.raises(BadInput, match=says):
        TINY.replace(**change)


def test_a_station_is_never_off_duty() -> None:
    """The next watch takes over after twelve hours; other teams rest."""
    ledger = sim.run(TINY.replace(settings={"duration_h": 30, "tick_min": 5}))
    assert set(ledger.table("crew_level")["off_duty"].tolist()) == {0}
