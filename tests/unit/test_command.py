"""Command: it raises, stands down and raises again, asks for aid, and knows what it was told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pytest

from anlan import sim
from anlan.sim.chance import Streams
from anlan.sim.command.desk import Desk
from anlan.sim.command.picture import Picture
from anlan.sim.command.seats import Eta, Pairs
from anlan.sim.crews.crew import MUSTER, Crew
from anlan.sim.incidents.incident import Incident
from anlan.sim.ledger import NEVER
from anlan.sim.model import ResponseModel, seated
from anlan.sim.parts import Parts
from anlan.sim.place.world import build
from anlan.sim.scenario.schema import Scenario
from anlan.sim.threats import Threat
from tests.oracle.calm import calm, places, winds_said
from tests.oracle.district import set_parameters
from tests.oracle.held import Deed, act, hold
from tests.oracle.runs import Tables, calm_run, rows

TINY = sim.load("tiny")
YELLOW, NOTHING = 20.0, 0.0  # m/s expected: level III, or none
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
}


def said(tables: Tables, kind: str) -> list[tuple[int, str]]:
    """(tick, content) of what command says of a kind."""
    found = rows(tables["message"], kind=kind)
    return list(zip(found["sent_tick"], found["content"], strict=True))


# -- levels and orders ---------------------------------------------------------------------------


def test_command_raises_again_after_it_has_stood_down_and_nobody_is_told_twice() -> None:
    """Yellow at ticks 0 and 120, all clear at 60 and 180; a level is in force half an hour later.

    Those who left in the first storm have been told: they do not leave in the second.
    """
    bulletins = winds_said((0, YELLOW), (60, NOTHING), (120, YELLOW), (180, NOTHING))
    tables = calm_run(set_parameters(TINY, **CERTAIN), bulletins=bulletins).run().tables()
    assert said(tables, "signal") == [(0, "yellow"), (120, "yellow")]
    assert said(tables, "level") == [(6, "III"), (126, "III")]
    assert said(tables, "stand_down") == [(60, ""), (180, "")]
    orders = rows(tables["message"], kind="order", receiver="port")
    assert orders["content"] == ["III", "III-2"]
    assert orders["sent_tick"] == [6, 126]
    assert set(tables["evacuation"]["left_tick"]) == {7}
    home = rows(tables["resident_state"], community="port")["home"]
    assert home == [8] * 5 + [16] * 31  # from tick 7 to the return at 61


def test_what_is_about_to_come_into_force_still_does_and_is_stood_down_after() -> None:
    """The all-clear comes ten minutes after the warning: twenty before the level is in force."""
    tables = calm_run(TINY, bulletins=winds_said((0, YELLOW), (2, NOTHING))).run().tables()
    assert said(tables, "level") == [(6, "III")]
    assert said(tables, "stand_down") == [(12, "")]  # at the next hourly review


def test_a_threat_to_the_whole_district_is_one_to_all_of_its_places() -> None:
    """Three places in a row, two roads."""
    scenario = places(3, [(0, 1, 6.0, 36.0), (1, 2, 6.0, 36.0)])
    threat = calm_run(scenario, bulletins=winds_said((0, YELLOW))).run().table("threat")
    assert set(threat["places"]) == {3}


# -- aid from outside ----------------------------------------------------------------------------


def with_aid(asked_at: str) -> Scenario:
    """Tiny, and a team and a store of a neighbouring city that are asked for at a level."""
    team = TINY.teams[0].model_copy(update={"team": "aid", "asked_at": asked_at})
    store = {"store": "aid", "asked_at": asked_at, "mode": "enterprise"}
    return TINY.model_copy(
        update={
            "teams": (*TINY.teams, team),
            "stores": (*TINY.stores, TINY.stores[0].model_copy(update=store)),
        }
    )


def hurt_in(place: int) -> Deed:
    """Somebody is hurt in a place, and found and phoned in at once."""

    def happen(parts: Parts, now: int) -> None:
        incident = Incident[Crew]("hurt", "injury", place, now, persons=1, others=1)
        parts.incidents.open(incident, now, unseen=True)
        parts.notice.found_at(incident, parts.clock.minute_of(now))

    return happen


@pytest.mark.parametrize(("asked_at", "asked"), [("IV", True), ("III", True), ("II", False)])
def test_aid_is_asked_for_at_its_level_or_a_higher_one(asked_at: str, asked: bool) -> None:
    """Level III at tick 6. Those who are asked decide, then muster; nobody comes unasked."""
    scenario = with_aid(asked_at)
    decided_min = 30.0 + scenario.p("response.aid_decision_min")
    decided = int(decided_min // 5)
    model = act(calm_run(scenario, bulletins=winds_said((0, YELLOW))), {2: hurt_in(1)})
    tables = model.run().tables()
    mustered = rows(tables["muster"], team="aid")
    assert mustered["called_tick"] == ([decided] * 2 if asked else [])
    if asked:
        u = [Streams(1, 0).one(MUSTER, f"aid/{n}", 0) for n in (1, 2)]
        assert mustered["ready_min"] == [decided_min + 20 * (0.5 + x) for x in u]
    (store,) = (s for s in model.parts.stores if s.id == "aid")
    assert store.called_tick == (decided if asked else NEVER)
    # The hurt called in the district's own team as soon as command had read of it.
    assert set(rows(tables["muster"], team="team-1")["called_min"]) == {10.0 + 3.0}


def test_aid_is_asked_for_once_however_often_the_level_comes_into_force() -> None:
    bulletins = winds_said((0, YELLOW), (60, NOTHING), (120, YELLOW), (180, NOTHING))
    scenario = with_aid("III")
    model = calm_run(scenario, bulletins=bulletins)
    model.run()
    decided_min = 30.0 + scenario.p("response.aid_decision_min")
    assert [minute for minute, _ in model.parts.command.aid_asked] == [decided_min] * 3


# -- seats ---------------------------------------------------------------------------------------


@dataclass
class Watching:
    """Somebody in the seat of dispatch who sends nobody, and notes what there is to decide."""

    saw: list[tuple[list[str], list[str]]]

    def __call__(self, incidents: list[Incident[Crew]], crews: list[Crew], eta: Eta) -> Pairs:
        self.saw.append(([i.id for i in incidents], [c.id for c in crews]))
        return []


class NoAid:
    """Somebody who never asks."""

    def asks(self, asked_at: str, level: str | None) -> bool:
        return False


def test_whoever_sits_in_a_seat_decides() -> None:
    scenario = with_aid("III")
    watching = Watching([])
    forcing = calm(scenario, bulletins=winds_said((0, YELLOW)))
    who = seated(dispatch=watching, aid=NoAid())
    model = ResponseModel(build(scenario), forcing, Streams(1, 0), seats=who)
    tables = act(model, {2: hurt_in(1)}).run().tables()
    assert model.parts.command.aid_asked == []
    assert not len(rows(tables["muster"], team="aid")["crew"])
    assert not len(tables["deployment"]["crew"])
    # Both crews of the district were called in for it, and nobody was sent.
    assert tables["incident"]["dispatched_min"].tolist() == [13.0]
    assert tables["incident"]["departed_min"].tolist() == pytest.approx([np.nan], nan_ok=True)
    assert {i for seen, _ in watching.saw for i in seen} == {"hurt"}
    assert {c for _, seen in watching.saw for c in seen} == {"team-1/1", "team-1/2"}


class Loses:
    """Somebody at the map who writes no incident on it."""

    def __init__(self) -> None:
        self.lost: list[str] = []

    def threat(self, picture: Picture, threat: Threat) -> None:
        picture.hear_of(threat)

    def incident(self, picture: Picture, incident: Incident[Crew]) -> None:
        self.lost.append(incident.id)


class Slow(Desk[Incident[Crew]]):
    """Somebody at the desk who takes an hour for each report."""

    def serve(self, before_min: float, takes_min: float) -> Iterator[tuple[Incident[Crew], float]]:
        return super().serve(before_min, 60.0)


def test_somebody_else_can_sit_at_the_desk_and_at_the_map() -> None:
    scenario = with_aid("III")
    forcing = calm(scenario, bulletins=winds_said((0, YELLOW)))
    loses = Loses()
    read = {}
    others = {"usual": None, "slow": seated(desk=Slow(1)), "lost": seated(picture=loses)}
    for name, who in others.items():
        model = ResponseModel(build(scenario), forcing, Streams(1, 0), seats=who)
        table = act(model, {2: hurt_in(1)}).run().tables()["incident"]
        read[name] = table["read_min"][0], table["dispatched_min"][0]
    assert read["slow"][0] == read["usual"][0] + 60.0 - scenario.p("response.desk_min")
    assert read["slow"][1] >= read["slow"][0] > read["usual"][1]
    assert loses.lost == ["hurt"]
    assert np.isnan(read["lost"][1])


# -- roads that command knows of -----------------------------------------------------------------


AT_C0 = TINY.teams[0].model_copy(
    update={"community": "c0", "kind": "comprehensive", "members": 4, "boats": 0}
)  # one crew, always on duty


def fall(road: int) -> Deed:
    """A tree falls across a road; it is nobody's work."""

    def happen(parts: Parts, tick: int) -> None:
        parts.trees.lay(road, 1)

    return happen


def clear(road: int) -> Deed:
    def happen(parts: Parts, tick: int) -> None:
        parts.trees.clear(road)

    return happen


def test_a_crew_meets_a_tree_that_nobody_told_of_turns_round_and_says_so() -> None:
    """c0 - c1 - c2 - c3, 10 min or 2 ticks each; somebody is hurt in c3 at tick 20.

    From tick 11 on a tree lies between c1 and c2, which are both silent. The report is read from
    100 to 103 min, and the crew sent. At 113 it is in c1 and before the tree; it says so by
    radio, so nobody is sent again. The tree is gone in 101, but command hears of that with the
    phones, in 120 (minute 600): from c1 two roads, 20 minutes.
    """
    model = calm_run(places(4, [(n, n + 1, 6.0, 36.0) for n in range(3)], teams=(AT_C0,)))
    ticks = np.arange(model.ticks)[:, None]
    hold(model, phone_out=(ticks < 120) & np.array([True, True, True, False]))
    model.parts.messages.runner_min[:] = 1e7  # nobody can walk so far
    act(model, {10: fall(1), 20: hurt_in(3), 100: clear(1)})
    believed = []
    for _ in range(model.ticks):
        model.step()
        believed.append(bool(model.parts.command.picture.roads.by_tree[1]))
    model.finish()
    assert np.flatnonzero(believed).tolist() == list(range(22, 120))
    tables = model.ledger.tables()
    stays = tables["deployment"]
    assert stays["outcome"].tolist() == ["turned_back", "done"]
    assert stays["sent_min"].tolist() == [103.0, 600.0]
    assert stays["arrived_min"].tolist() == pytest.approx([np.nan, 620.0], nan_ok=True)
    assert stays["left_min"][0] == 113.0
    trip = rows(tables["trip"], about="hurt")
    assert trip["trip"] == stays["trip"].tolist()
    assert trip["outcome"] == ["turned_back", "arrived"]
    assert (trip["origin"], trip["arrived_min"]) == (["c0", "c1"], [113.0, 620.0])
    # The same two words of the road, as of ticks 11 and 101, came by phone in tick 120.
    road = rows(tables["message"], kind="road")
    assert (road["content"], road["sent_tick"]) == (["tree", "open"], [11, 101])
    assert road["received_tick"] == [120, 120]


def test_a_road_that_closes_under_the_wheels_sends_the_crew_back_as_long_as_it_drove() -> None:
    """18 km to c1, half an hour: sent at 103 min; the road closes in tick 23, at 115.

    Twelve minutes back: 127. The road opens in 41, at 205; half an hour from there.
    """
    scenario = places(2, [(0, 1, 18.0, 36.0)], teams=(AT_C0,))
    model = act(calm_run(scenario), {20: hurt_in(1), 22: fall(0), 40: clear(0)})
    trip = rows(model.run().table("trip"), about="hurt")
    assert trip["outcome"] == ["turned_back", "arrived"]
    assert (trip["origin"], trip["departed_min"]) == (["c0", "c0"], [103.0, 205.0])
    assert trip["arrived_min"] == [127.0, 235.0]


def test_command_sends_by_the_way_that_it_was_told_is_open() -> None:
    """Two ways from c0 to c2, 10 min straight and 20 by c1; the straight one is closed by a tree.

    Told of it by phone in the tick in which it closes, command sends the crew the long way.
    """
    links = [(0, 2, 6.0, 36.0), (0, 1, 6.0, 36.0), (1, 2, 6.0, 36.0)]
    for deeds, km in ({20: hurt_in(2)}, 6.0), ({10: fall(0), 20: hurt_in(2)}, 12.0):
        tables = act(calm_run(places(3, links, teams=(AT_C0,))), deeds).run().tables()
        trip = rows(tables["trip"], about="hurt")
        assert (trip["outcome"], trip["distance_km"]) == (["arrived"], [km])
        assert trip["arrived_min"] == pytest.approx([103.0 + km / 0.6])
