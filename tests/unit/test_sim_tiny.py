"""Tiny, worked out by hand: every number here can be had with pencil and paper.

The weather is made up so that chance has nothing to say: one bulletin says yellow, the air is
still, officials answer at once, everybody hears at once, follows, has a car and goes to the
shelter. A tick is 5 minutes, 12 ticks an hour; the run starts at 08:00.

    0    08:00  the bulletin: yellow, so level III
    6    08:30  level III in force (30 min): shelter open, team called, low land told to leave;
                the port's officer answers at once; all hear it; 1 tick to get ready
    7           4 households of 3 + 2 + 1 + 2 = 8 people leave: 6 km at 36 km/h = 10 min = 2 ticks
    9    08:45  they are there: 8 of 20 places
    11   09:00  the end of the first hour: the first water, 8 x 125 mL = 1,000 mL
    12   09:00  the first review of supplies
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from anlan import sim
from anlan.sim.chance import Streams
from anlan.sim.crews.crew import MUSTER
from anlan.sim.ledger import NEVER
from anlan.sim.model import ResponseModel
from anlan.sim.scenario.schema import Scenario
from tests.oracle.calm import winds_said
from tests.oracle.district import set_parameters
from tests.oracle.held import hold
from tests.oracle.runs import Tables, calm_run, rows

PORT = 1
LINKS = ("dispatched", "departed", "arrived", "started", "done")
T = 432  # 36 h
ITEMS = ("water_ml", "meal", "bedding", "clothing", "medicine")
CERTAIN = {
    "warning__answer_share": 1.0,
    "warning__sms_a_per_min": 100.0,
    "warning__sms_cap": 1.0,
    "residents__comply_low_lying": 1.0,
    "residents__prepare_mode_min": 1e-6,
    "residents__kin_share": 0.0,
    "residents__car_share": 1.0,
    "residents__return_spread_h": 1e-9,
    "residents__water_lost_share": 0.0,
    "response__discovery_min": 1e-9,
    "team__tired_at_shift_end": 1.0,
    "team__tired_at_24h": 1.0,
}


def model_of(scenario: Scenario, settled: dict[str, float], **sky: Any) -> ResponseModel:
    said = winds_said((0, 20.0), (300, 0.0))
    return calm_run(set_parameters(scenario, **settled), bulletins=said, **sky)


def play(**changes: Any) -> Tables:
    """Tiny with a yellow bulletin at tick 0 and the all-clear at 300."""
    return model_of(sim.load("tiny").replace(**changes), CERTAIN).run().tables()


@pytest.fixture(scope="module")
def by_hand() -> Tables:
    return play()


def hourly(tables: Tables, item: str, column: str) -> list[int]:
    return rows(tables["stock_level"], item=item)[column]


def test_who_is_told_and_when_they_arrive(by_hand: Tables) -> None:
    assert rows(by_hand["evacuation"]) == {
        "community": ["port"],
        "dwelling": ["low_lying"],
        "order": ["order/III/port"],
        "ordered_tick": [6],
        "heard_tick": [6],
        "left_tick": [7],
        "arrived_tick": [9],
        "destination": ["shelter-1"],
        "outcome": ["arrived"],
        "home_at_risk": [False],  # no home of theirs becomes untenable
        "persons": [8],
        "away_person_ticks": [8 * (301 - 7)],
        "harmed_persons": [0],
        "died_persons": [0],
        "driven_persons": [8],
        "queue_person_min": [0.0],
    }


def test_messages(by_hand: Tables) -> None:
    said = by_hand["message"]
    assert rows(said, kind="signal")["sent_tick"] == [0]
    assert rows(said, kind="level")["sent_tick"] == [6]
    assert rows(said, kind="order") == {
        "message": ["order/III/seat", "order/III/port"],
        "kind": ["order", "order"],
        "sender": ["command", "command"],
        "receiver": ["seat", "port"],
        "about": ["", ""],
        "content": ["III", "III"],
        "sent_tick": [6, 6],
        "received_tick": [6, 6],
        "sent_min": [30.0, 30.0],
        "received_min": [30.0, 30.0],
        "means": ["phone", "phone"],
    }
    assert rows(said, kind="stand_down")["sent_tick"] == [300]


def test_the_shelter_fills_and_empties(by_hand: Tables) -> None:
    """8 of 20 from the first hour to the 25th; all go home in tick 301, in the 26th hour."""
    level = by_hand["shelter_level"]
    assert level["occupants"].tolist() == [8] * 25 + [0] * 11
    assert set(level["capacity"].tolist()) == {20}
    assert level["reserved"].sum() == 0
    home = rows(by_hand["resident_state"], community="port")["home"]
    assert home == [8] * 25 + [16] * 11


def test_first_relief(by_hand: Tables) -> None:
    """In need from tick 9, first water at the end of the hour, tick 11: 10 minutes."""
    assert rows(by_hand["relief"]) == {
        "site": ["shelter-1"],
        "kind": ["shelter"],
        "need_tick": [9],
        "relief_tick": [11],
        "ended_tick": [NEVER],
        "persons": [8],
    }


def test_water_by_the_hour(by_hand: Tables) -> None:
    """97 % of the store's 60,000 mL can be used: 58,200; 1,800 are lost.

    At tick 12 the shelter has 7,000 mL and wants 24 h x 1,000 mL: 17,000 are carried over (the
    store is in the same place). After that 1,000 go out and 1,000 are carried over each hour,
    in the reviews at ticks 24, 36, ... 300: 24 times. In all 25 hours are served.
    """
    hours = np.arange(1, 37)
    served = np.minimum(hours, 25)
    assert hourly(by_hand, "water_ml", "issued") == (1_000 * served).tolist()
    assert hourly(by_hand, "water_ml", "needed") == (1_000 * served).tolist()
    assert set(hourly(by_hand, "water_ml", "lost")) == {1_800}
    carried = np.where(hours == 1, 0, 17_000 + 1_000 * np.minimum(hours - 2, 24))
    assert hourly(by_hand, "water_ml", "at_stores") == (58_200 - carried).tolist()
    assert hourly(by_hand, "water_ml", "at_sites") == (8_000 + carried - 1_000 * served).tolist()
    assert hourly(by_hand, "water_ml", "at_stores")[-1] == 17_200
    assert hourly(by_hand, "water_ml", "at_sites")[-1] == 24_000
    assert set(hourly(by_hand, "water_ml", "persons_short")) == {0}


def test_meals_and_beds(by_hand: Tables) -> None:
    """Meals at 12, 18 and 7 o'clock: the 4th, 10th and 23rd hour after 08:00."""
    meals = np.array(hourly(by_hand, "meal", "issued"))
    hours = np.arange(1, 37)
    eaten = np.searchsorted([4, 10, 23], hours, side="right")  # meals so far
    assert meals.tolist() == (8 * eaten).tolist()
    # 24 meals a day are carried over at tick 12, and 8 after each meal: 58 - 48 = 10 are left.
    assert hourly(by_hand, "meal", "at_stores")[-1] == 58 - 24 - 3 * 8
    # Once a head: 8 beds, 4 sets of clothing, 1.36 packs of medicine; none before tick 12.
    for item, needed in (("bedding", 8), ("clothing", 4), ("medicine", 1)):
        assert hourly(by_hand, item, "needed") == [needed] * 36
        assert hourly(by_hand, item, "issued") == [0] + [needed] * 35
        assert hourly(by_hand, item, "persons_short") == [needed] + [0] * 35


def test_shortage_when_the_store_is_empty() -> None:
    """The shelter's own 8,000 mL last 8 hours; 17 of the 25 hours are dry for 8 people."""
    empty = play(stock={("store-1", item): 0 for item in ITEMS})
    short = hourly(empty, "water_ml", "persons_short")
    assert short == [0] * 8 + [8] * 17 + [0] * 11
    assert sum(short) == 136  # person-hours
    assert hourly(empty, "water_ml", "issued")[-1] == 8_000
    # No meal at all: 8 are short from noon (the 4th hour) to the 25th, 22 hours.
    assert sum(hourly(empty, "meal", "persons_short")) == 22 * 8
    assert hourly(empty, "meal", "needed")[-1] == 24


def test_a_truck_from_the_port() -> None:
    """The store at the port: asked at tick 12, loaded in 45 min, 2 ticks on the road.

    12 + 9 = 21 it leaves, 23 it is there; a stop of 10 min and 45 min to unload a whole load are
    11 ticks: 34. It is home at 36.
    """
    far = play(stores={"store-1": {"community": "port"}})
    first = rows(far["delivery"], requested_tick=12)
    assert first["item"] == list(ITEMS)
    assert first["quantity"] == [17_000, 24, 8, 4, 1]
    assert set(first["departed_tick"]) == {21}
    assert set(first["arrived_tick"]) == {34}
    trips = rows(far["trip"], agent="store-1/1")
    assert trips["departed_tick"][:2] == [21, 34]
    assert trips["arrived_tick"][:2] == [23, 36]
    assert trips["purpose"][:2] == ["delivery", "return"]
    assert trips["distance_km"][:2] == [6.0, 6.0]
    # What is asked at tick 12 is heard by phone at once, and answered by that drive.
    asked = rows(far["request"], heard_tick=12)
    assert asked["request"] == ["shelter-1/1"]
    assert (asked["wanted_tick"], asked["means"]) == ([12], ["phone"])
    assert set(first["request"]) == set(asked["request"])
    assert set(first["trip"]) == {"store-1/1/1"}
    # Beds are short for two hourly readings, and there for the third (tick 35).
    assert hourly(far, "bedding", "persons_short")[:4] == [8, 8, 0, 0]


def test_eight_hurt_and_two_crews() -> None:
    """Every one of the 8 people still at the port is hurt at tick 100, one incident each.

    The reports are phoned at once (minute 500). Three seats, 3 min a report: three are read by 503,
    three by 506, two by 509 min. Two crews drive ten minutes, 503 to 513, and treat one person in
    half an hour: done 543. The next two, next door, are treated from 543 to 573, and so on.
    """
    gust_ms = np.zeros((T, 2), dtype=np.float32)
    gust_ms[100, PORT] = 36.0  # 35 harms people outdoors; nothing falls down below some 50
    harmful = {
        "damage__outdoor_harm_per_million": 1e6,
        "wounds__wind_immediate_share": 0.0,
        "wounds__wind_delayed_share": 0.0,
        "wounds__wind_expectant_share": 0.0,
        "damage__outdoor_death_share": 0.0,
        "damage__warned_factor": 1.0,
    }
    model = model_of(sim.load("tiny"), CERTAIN | harmful, gust_ms=gust_ms)
    tables = model.run().tables()
    hurt = tables["incident"]
    assert hurt["kind"].tolist() == ["injury"] * 8
    assert hurt["persons"].tolist() == [1] * 8
    assert hurt["occurred_tick"].tolist() == hurt["reported_tick"].tolist() == [100] * 8
    in_turn = {name: np.sort(hurt[f"{name}_min"]) for name in (*LINKS, "reported", "read")}
    assert in_turn["reported"] == pytest.approx([500.0] * 8)
    assert in_turn["read"] == pytest.approx([503.0] * 3 + [506.0] * 3 + [509.0] * 2)
    sent = [503.0, 503.0, 543.0, 543.0, 573.0, 573.0, 603.0, 603.0]
    there = [513.0, 513.0, *sent[2:]]
    for name, expected in (("dispatched", sent), ("departed", sent), ("arrived", there)):
        assert in_turn[name] == pytest.approx(expected)
    assert in_turn["started"] == pytest.approx(there)
    assert in_turn["done"] == pytest.approx([543.0, 543.0, *(t + 30.0 for t in there[2:])])
    assert hurt["rescued"].tolist() == [1] * 8
    assert sorted(set(hurt["crew"])) == ["team-1/1", "team-1/2"]
    state = rows(tables["resident_state"], community="port")
    # Tick 107 is the end of the 9th hour, 119 of the 10th, 131 of the 11th.
    assert state["trapped"][7:12] == [0, 8, 4, 0, 0]
    assert state["in_care"][7:12] == [0, 0, 4, 8, 8]
    crews = tables["crew_level"]
    assert crews["working"][8:10].tolist() == [2, 2]
    assert crews["idle"][7] == 2
    # Each incident has its report, its one deployment and, for the first two, the drive to it.
    assert set(rows(tables["message"], kind="report")["about"]) == set(hurt["incident"])
    stays = tables["deployment"]
    row_of = {name: row for row, name in enumerate(hurt["incident"].tolist())}
    served = [row_of[name] for name in stays["incident"].tolist()]
    assert sorted(served) == list(range(8))
    for stay, of_incident in (("sent", "dispatched"), ("arrived", "arrived"), ("left", "done")):
        assert stays[f"{stay}_min"].tolist() == hurt[f"{of_incident}_min"][served].tolist()
        assert stays[f"{stay}_tick"].tolist() == hurt[f"{of_incident}_tick"][served].tolist()
    assert stays["crew"].tolist() == hurt["crew"][served].tolist()
    assert set(stays["outcome"]) == {"done"}
    assert sorted(stays["trip"].tolist()) == [""] * 6 + ["team-1/1/1", "team-1/2/1"]
    driven = stays["incident"][stays["trip"] != ""].tolist()
    assert sorted(rows(tables["trip"], purpose="task")["about"]) == sorted(driven)


def test_a_tree_is_cleared() -> None:
    """Two blockages at tick 60: reported at 300 min, read by 303.

    The crews are at the seat, where the road begins: there at once. Two trees need one saw,
    which clears four an hour: done at 333, in tick 66; the road is open from the next on.
    """
    model = hold(model_of(sim.load("tiny"), CERTAIN), trees={60: {0: 2}})
    tables = model.run().tables()
    (tree,) = [rows(tables["incident"])]
    assert tree["kind"] == ["tree"]
    assert tree["place"] == ["r1"]
    assert tree["persons"] == [0]
    times = ("occurred", "reported", "read", "dispatched", "arrived", "done")
    minutes = [tree[f"{t}_min"][0] for t in times]
    assert minutes == pytest.approx([300.0, 300.0, 303.0, 303.0, 303.0, 333.0])
    ticks = ("occurred", "reported", "known", "dispatched", "arrived", "done")
    assert [tree[f"{t}_tick"][0] for t in ticks] == [60, 60, 60, 60, 60, 66]
    assert rows(tables["road_closure"]) == {
        "road": ["r1"],
        "from_community": ["seat"],
        "to_community": ["port"],
        "reason": ["tree"],
        "closed_tick": [60],
        "opened_tick": [67],
    }
    cut_off = rows(tables["hazard_level"], community="port")["cut_off"]
    # It lies there from one end of an hour, tick 59, to before the next, tick 71.
    assert np.flatnonzero(cut_off).tolist() == []


def test_the_team_is_called_at_level_iii() -> None:
    """Professional: 20 min, half as long to one and a half times as long, from minute 30 on."""
    streams = Streams(1, 0)
    ready = [30.0 + 20.0 * (0.5 + streams.one(MUSTER, f"team-1/{n}", 0)) for n in (1, 2)]
    model = model_of(sim.load("tiny"), CERTAIN)
    seen: dict[str, list[int]] = {c.id: [] for c in model.parts.crews}
    for tick in range(20):
        model.step()
        for crew in model.parts.crews:
            if crew.state == "idle":
                seen[crew.id].append(tick)
    assert [seen[c.id][0] for c in model.parts.crews] == [int(r // 5) for r in ready]
    assert [c.boats for c in model.parts.crews] == [1, 0]
    muster = model.ledger.table("muster")
    called = dict(zip(muster["crew"].tolist(), muster["called_tick"].tolist(), strict=True))
    assert called == {"team-1/1": 6, "team-1/2": 6}
    assert set(muster["called_min"]) == {30.0}
    found = dict(zip(muster["crew"].tolist(), muster["ready_min"].tolist(), strict=True))
    assert [found[c.id] for c in model.parts.crews] == ready
