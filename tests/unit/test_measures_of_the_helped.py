"""Whoever was helped beforehand is in no incident and in no bed, and makes no measure worse.

By hand, on the two towns of `test_analysis_measures.py`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest

from anlan.analysis.measures.registry import MEASURES, measure_run
from anlan.sim.ledger import NEVER, facts
from anlan.sim.scenario.schema import Scenario
from tests.fabricated import district, fact, joined

H = 60.0  # minutes
END = 12 * H


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return district()


def measured(scenario: Scenario, *rows: Any) -> dict[str, float]:
    def write(ledger: Any) -> None:
        for row in rows:
            ledger.add(row)

    return measure_run(scenario, joined(write))


def incident(name: str, place: str, persons: int, **minutes: float) -> facts.Incident:
    """Something that happens 100 minutes after the start and is found ten minutes later."""
    known = {"occurred_min": 100.0, "found_min": 110.0} | minutes
    return fact(
        facts.Incident, incident=name, kind="collapse", community=place, persons=persons, cases=1,
        occurred_tick=20, found_tick=22, **known,
    )  # fmt: skip


INCIDENTS = (
    incident("a", "t0-c0", 2, first_aid_min=110.0, arrived_min=160.0, done_min=220.0),
    incident("b", "t0-c0", 3, first_aid_min=111.0, arrived_min=161.0, done_min=340.0),
    incident("c", "t1-c0", 5),
)


def test_rescue_is_persons_and_their_hours(scenario: Scenario) -> None:
    """Help after ten minutes is in time, after eleven it is not; a crew after 60, not after 61."""
    found = measured(scenario, *INCIDENTS)
    never_h = (END - 100.0) / H
    assert found["rescue.unhelped_10min_persons"] == 3 + 5
    assert found["rescue.unreached_60min_persons"] == 3 + 5
    assert found["rescue.unreached_60min_persons.worst_town"] == 5
    assert found["rescue.unfound_person_h"] == pytest.approx(10 * 10 / H)
    assert found["rescue.unreached_person_h"] == pytest.approx(2 + 3 * 61 / H + 5 * never_h)
    assert found["rescue.undone_person_h"] == pytest.approx(2 * 2 + 3 * 4 + 5 * never_h)
    assert found["rescue.undone_person_h.worst_town"] == pytest.approx(5 * never_h)


@pytest.mark.parametrize("spared", range(3))
def test_whoever_is_moved_out_before_it_happens_worsens_nothing(
    scenario: Scenario, spared: int
) -> None:
    """Without one of the incidents no measure with a direction is worse, though means may be."""
    as_is = measured(scenario, *INCIDENTS)
    fewer = measured(scenario, *(i for n, i in enumerate(INCIDENTS) if n != spared))
    changed = 0
    for name, measure in MEASURES.items():
        if measure.better == "none" or math.isnan(as_is[name]):
            continue
        gain = fewer[name] - as_is[name]
        assert gain <= 0.0 if measure.better == "lower" else gain >= 0.0, name
        changed += gain != 0.0
    assert changed > 0
    worse: list[Callable[[float, float], bool]] = [float.__gt__, float.__gt__, float.__lt__]
    assert worse[spared](fewer["rescue.response_min_mean"], as_is["rescue.response_min_mean"])


def in_peril(persons: int, incident: str = "", fate: str = "well") -> facts.InPeril:
    return fact(facts.InPeril, community="t0-c0", cause="flood", from_tick=20, state="home",
                incident=incident, fate=fate, persons=persons)  # fmt: skip


def test_whoever_was_moved_out_counts_as_helped_and_nobody_drops_out(scenario: Scenario) -> None:
    """Reached after 60 minutes, after 61 and never; moved out; killed by something else before."""
    share = "rescue.safe_or_reached_60min_share"
    rows = (in_peril(2, "a"), in_peril(3, "b"), in_peril(5, "c", "trapped"))
    assert measured(scenario, *INCIDENTS, *rows)[share] == pytest.approx(2 / 10)
    others = (in_peril(7), in_peril(1, fate="dead"))
    assert measured(scenario, *INCIDENTS, *rows, *others)[share] == pytest.approx(9 / 18)
    # Had those of "c" been moved out there were one incident less, and as many people in all.
    moved = (in_peril(2, "a"), in_peril(3, "b"), in_peril(5))
    assert measured(scenario, *INCIDENTS[:2], *moved)[share] == pytest.approx(7 / 10)
    assert math.isnan(measured(scenario, *INCIDENTS)[share])


def wound(severity: str, hospital_min: float = math.nan) -> facts.Wound:
    return fact(facts.Wound, incident="hurt", community="t0-c0", cause="wind", severity=severity,
                persons=2, since_min=100.0, hospital_min=hospital_min)  # fmt: skip


def test_hospitals_count_the_badly_hurt_and_their_hours(scenario: Scenario) -> None:
    hurt = fact(facts.Incident, incident="hurt", kind="injury", community="t0-c0", persons=6,
                occurred_tick=20, cases=1)  # fmt: skip
    found = measured(scenario, hurt, wound("immediate", 220.0), wound("delayed"), wound("minimal"))
    assert found["harm.hospital_never_persons"] == 2
    assert found["harm.hospital_wait_person_h"] == pytest.approx(2 * 2 + 2 * (END - 100.0) / H)
    assert found["harm.hospital_share"] == 0.5
    nobody = measured(scenario)
    assert nobody["harm.hospital_never_persons"] == nobody["harm.hospital_wait_person_h"] == 0.0
    assert math.isnan(nobody["harm.hospital_share"])


def short_of(place: str, persons: int, lacks_tick: int, **story: Any) -> facts.AtRisk:
    """People without supply from tick 12 on, with a kit that lasts until `lacks_tick`."""
    return fact(facts.AtRisk, community=place, way="supply", cause="outage", again=False,
                from_tick=12, lacks_tick=lacks_tick, state="home", fate="well",
                persons=persons, **story)  # fmt: skip


def test_the_hours_on_a_kit_are_no_wait_and_change_nobody_who_is_counted(
    scenario: Scenario,
) -> None:
    late, soon = 12 + 11 * 12, 12 + 2 * 12  # eleven and two hours after they are at risk
    rows: list[tuple[int, dict[str, int], float, bool]] = [
        (12, {}, 11.0, False),  # without a kit, never relieved
        (soon, {}, 9.0, False),  # the kit is used up after two hours, and nobody comes
        (late, {}, 0.0, True),  # it lasts to the end of the run
        (soon, {"relief_tick": soon + 12}, 1.0, True),
        (soon, {"relief_tick": 13}, 0.0, True),  # given something before
        (late - 12, {"ended_tick": late - 12}, 0.0, True),  # until the power is back
        (12, {"ended_tick": late - 12}, 10.0, False),  # soon over: not judged
    ]
    for lacks, story, wait_h, in_time in rows:
        found = measured(scenario, short_of("t0-c0", 10, lacks, **story))
        assert found["relief.persons_in_need"] == 10
        assert found["relief.first_relief_h_mean"] == pytest.approx(wait_h), (lacks, story)
        share = found["relief.within_10h_share"]
        assert (share == float(in_time)) or ("ended_tick" in story and math.isnan(share))
        never = not in_time and "ended_tick" not in story
        assert found["relief.never_persons"] == (10 if never else 0), (lacks, story)


def call(kind: str, receiver: str, sent: float, received: float) -> facts.Message:
    return fact(facts.Message, message=f"{kind}/{sent}/{receiver}", kind=kind, sender="command",
                receiver=receiver, content="III", sent_tick=int(sent // 5), sent_min=sent,
                received_min=received, means="phone")  # fmt: skip


def test_the_first_call_is_judged_over_those_at_risk(scenario: Scenario) -> None:
    """Answered in five minutes, later, and never made; what is said afterwards changes nothing."""
    at_risk = [
        fact(facts.AtRisk, community=place, way="home", cause="flood", again=False, from_tick=30,
             lacks_tick=30, state="home", fate="well", persons=persons, roof_tick=NEVER)
        for place, persons in (("t0-c0", 10), ("t0-c1", 20), ("t1-c0", 10))
    ]  # fmt: skip
    calls = [
        call("order", "t0-c0", 10.0, 15.0),
        call("order", "t0-c0", 40.0, math.nan),
        call("order", "t0-c1", 10.0, 16.0),
        call("order", "t0-c1", 40.0, 41.0),
        call("order", "t1-c1", 10.0, 10.0),  # nobody is at risk there
    ]
    found = measured(scenario, *at_risk, *calls)
    assert found["warning.first_call_5min_share"] == 10 / 40
    assert found["warning.first_call_5min_share.worst_town"] == 0.0
    again = measured(scenario, *at_risk, *calls[::-1])
    assert again["warning.first_call_5min_share"] == 10 / 40


def test_who_was_spared_by_help_need_not_have_been_told_or_moved(scenario: Scenario) -> None:
    """Else a fire that is out before anybody is told would count as nobody told."""
    at_risk = [
        fact(facts.AtRisk, community="t0-c0", way="home", cause="forest_fire", again=False,
             from_tick=30, lacks_tick=30, state="home", fate="well", persons=persons,
             roof_tick=30 if spared else NEVER, spared=spared)
        for persons, spared in ((30, True), (10, False))
    ]  # fmt: skip
    found = measured(scenario, *at_risk)
    for name in ("warning.in_time_share", "warning.first_call_5min_share",
                 "evacuation.left_share", "evacuation.arrived_share",
                 "evacuation.before_gale_share"):  # fmt: skip
        assert found[name] == 0.75, name


def test_what_burns_out_before_anybody_comes_is_not_done_for_its_people(
    scenario: Scenario,
) -> None:
    """The incident is over by itself after an hour; the first crew never came, or came later."""
    for arrived_min, until_min in ((math.nan, END), (300.0, 300.0)):
        over = incident("d", "t0-c0", 4, arrived_min=arrived_min, done_min=160.0)
        found = measured(scenario, over)
        assert found["rescue.undone_person_h"] == pytest.approx(4 * (until_min - 100.0) / H)
        assert found["rescue.undone_person_h"] >= found["rescue.unreached_person_h"]
