"""The rule by which a link binds a late case, and the chains from ledgers made by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from anlan.analysis.chains import fires, harm, moving, relief, rescues, shortages, warnings
from anlan.analysis.chains.binding import binding, late
from anlan.analysis.chains.cases import Cases, steps
from anlan.analysis.chains.links import LINKS
from anlan.analysis.chains.targets import FAMILIES, has_chain, late_cases
from anlan.analysis.digests.late import late_worst
from anlan.analysis.measures.facts import Facts
from anlan.analysis.measures.registry import MEASURES
from anlan.sim.incidents.incident import CAPABILITY
from anlan.sim.ledger import NEVER, facts
from tests.fabricated import district, fact, joined

NEVER_MIN = math.inf


def bound(limit: float, *took: float) -> list[int]:
    return np.flatnonzero(binding(np.array([took]), np.array([limit]))[0]).tolist()


def test_the_link_that_alone_would_do_binds():
    assert bound(60, 10, 55, 5) == [1]  # without it 15, without any other more than 60


def test_of_several_that_would_do_the_longest_binds():
    assert bound(60, 40, 30, 10) == [0]  # 80: without the first 40, without the second 50


def test_where_none_alone_would_do_the_fewest_together_bind():
    assert bound(60, 50, 45, 40, 5) == [0, 1]  # 140: without both 45
    assert bound(20, 30, 30, 30) == [0, 1, 2]


def test_a_link_that_never_ended_binds_with_what_was_too_long_before_it():
    assert bound(60, 10, NEVER_MIN, 0) == [1]
    assert bound(60, 100, NEVER_MIN, 0) == [0, 1]


def test_who_keeps_the_limit_is_bound_by_nothing():
    assert bound(60, 30, 30) == []
    assert not late(np.array([[30.0, 30.0]]), np.array([60.0]))[0]


def test_no_smaller_set_would_do_and_none_of_its_size_is_longer():
    """Against all sets, on random chains."""
    rng = np.random.default_rng(3)
    took = rng.integers(0, 60, (200, 5)).astype(float)
    limit = rng.integers(0, 90, 200).astype(float)
    sets = [[k for k in range(5) if mask >> k & 1] for mask in range(32)]
    for row, most, found in zip(took, limit, binding(took, limit), strict=True):
        enough = [s for s in sets if row.sum() - row[s].sum() <= most]
        fewest = min(map(len, enough))
        assert found.sum() == fewest
        assert row[found].sum() == max(row[s].sum() for s in enough if len(s) == fewest)


def test_a_step_is_passed_at_the_latest_when_a_later_one_is():
    nan = np.nan
    took = steps(np.array([0.0, 0.0]), {"a": np.array([nan, 5.0]), "b": np.array([20.0, nan])})
    assert took["a"].tolist() == [20.0, 5.0]
    assert took["b"].tolist() == [0.0, NEVER_MIN]


@pytest.fixture(scope="module")
def scenario():
    return district()


def told(cases: Cases) -> dict[str, float]:
    """Links that bind -> how many late cases, `!` where one of them never ended."""
    cases = cases.only(cases.late & (cases.weight > 0))
    found: dict[str, float] = {}
    for took, binds, weight in zip(cases.took, cases.binds, cases.weight, strict=True):
        names = "+".join(LINKS[k] for k in np.flatnonzero(binds))
        names += "!" if np.isinf(took[binds]).any() else ""
        found[names] = found.get(names, 0.0) + weight
    return found


def of(scenario, write) -> Facts:
    return Facts(scenario, joined(write))


def calm(ledger, cut_off=(), wind=5.0):
    """Twelve hours; in some of them t0-c0 is cut off."""
    for hour in range(12):
        for place in ("t0-c0", "t0-c1", "t1-c0", "t1-c1"):
            off = place == "t0-c0" and hour in cut_off
            ledger.add(fact(facts.HazardLevel, tick=hour * 12 + 11, community=place, wind_ms=wind,
                            cut_off=off))  # fmt: skip


def incident(ledger, name, *ticks, **more):
    """Happened, found, reported, read, dispatched, mustered, departed, arrived."""
    names = ("occurred", "found", "reported", "known", "dispatched")
    known = {f"{n}_tick": t for n, t in zip(names, ticks, strict=False)}
    minutes = zip(("mustered_min", "departed_min", "arrived_min"), ticks[5:], strict=False)
    known |= {n: np.nan if t == NEVER else t * 5.0 for n, t in minutes}
    ledger.add(fact(facts.Incident, incident=name, kind="flood", community="t0-c0", persons=2,
                    cases=1, **known, **more))  # fmt: skip


def test_each_late_incident_waited_for_its_own_link(scenario):
    def write(ledger):
        calm(ledger)
        incident(ledger, "in-time", 0, 1, 2, 3, 4, 4, 5, 8)
        incident(ledger, "unfound", 0, 20, 21, 22, 23, 23, 23, 25)
        incident(ledger, "unread", 0, 1, 2, 30, 30, 30, 31, 33)
        incident(ledger, "no-crew", 0, 1, 2, 3, 40, 40, 41, 43)
        incident(ledger, "never-found", 0)
        incident(ledger, "nobody", 0, 1, 2, 3)

    cases = rescues.rescues(of(scenario, write), 60.0)
    assert told(cases) == {"found": 1, "read": 1, "crews": 1, "found!": 1, "crews!": 1}


@pytest.mark.parametrize(("idle", "waited"), [(1, "road"), (0, "crews")])  # its one team can
def test_a_wait_while_no_road_is_open_is_for_the_road_if_some_crew_is_idle(scenario, idle, waited):
    def write(ledger):
        calm(ledger, cut_off=range(12))
        for hour in range(12):
            ledger.add(fact(facts.CrewLevel, tick=hour * 12 + 11, idle=idle))
        incident(ledger, "cut-off", 0, 1, 2, 3, 40, 40, 41, 43)
        incident(ledger, "never", 0, 1, 2, 3)

    assert told(rescues.rescues(of(scenario, write), 60.0)) == {
        waited: 1, f"{waited}!": 1,
    }  # fmt: skip


def test_what_crews_must_be_able_to_do_is_what_the_model_asks_of_them():
    known = {kind: need for kind, need in rescues.NEED.items() if kind in CAPABILITY}
    assert known == {kind: CAPABILITY[kind] for kind in known}
    assert set(rescues.NEED) <= set(CAPABILITY)


def test_a_crew_that_turned_back_is_a_link_of_its_own(scenario):
    def write(ledger):
        calm(ledger)
        incident(ledger, "again", 0, 1, 2, 3, 3, 3, 30, 33, crew="c/2")
        for crew, sent, arrived, left, outcome in (
            ("c/1", 15.0, np.nan, 140.0, "turned_back"), ("c/2", 145.0, 165.0, 200.0, "done"),
        ):  # fmt: skip
            ledger.add(fact(facts.Deployment, crew=crew, incident="again", sent_min=sent,
                            departed_min=sent + 5, arrived_min=arrived, left_min=left,
                            outcome=outcome))  # fmt: skip

    assert told(rescues.rescues(of(scenario, write), 60.0)) == {"turned_back": 1}


def at_risk(ledger, way, cause, since, persons, place="t0-c0", **story):
    ledger.add(fact(facts.AtRisk, community=place, way=way, cause=cause, from_tick=since,
                    lacks_tick=since, persons=persons, fate="well", **story))  # fmt: skip


def evacuation(ledger, persons, ordered=NEVER, heard=NEVER, left=NEVER, arrived=NEVER, **more):
    ledger.add(fact(facts.Evacuation, community="t0-c0", ordered_tick=ordered, heard_tick=heard,
                    left_tick=left, arrived_tick=arrived, persons=persons, home_at_risk=True,
                    **more))  # fmt: skip


def test_who_was_not_moved_before_the_gale_waited_for_an_order_or_would_not_go(scenario):
    def write(ledger):
        ledger.add(fact(facts.Threat, tick=0, kind="wind"))
        for hour in range(12):
            wind = 20.0 if hour >= 6 else 5.0
            ledger.add(fact(facts.HazardLevel, tick=hour * 12 + 11, community="t0-c0",
                            wind_ms=wind))  # fmt: skip
        at_risk(ledger, "home", "wind", 80, 7, ordered=True)
        evacuation(ledger, 5, 10, 11, outcome="refused")
        evacuation(ledger, 2, 10, outcome="not_heard")
        at_risk(ledger, "home", "flood", 90, 4, roof_tick=100)  # nobody told them: brought out
        at_risk(ledger, "home", "wind", 80, 3, ordered=True, roof_tick=86, state="travelling")
        evacuation(ledger, 3, 79, 80, 83, 86, outcome="arrived")  # the gale is known at tick 83
        at_risk(ledger, "home", "wind", 80, 9, ordered=True, roof_tick=60, state="sheltered")
        evacuation(ledger, 9, 10, 11, 50, 60, outcome="arrived")

    cases = moving.before_gale(of(scenario, write))
    assert told(cases) == {"refused!": 5, "told!": 2, "ordered!": 4, "ordered": 3}


def supplies():
    """A district whose runs are long enough for somebody to wait more than ten hours."""
    return district(duration_h=36)


def hours_of(ledger, hours, cut_off=()):
    for hour in range(hours):
        ledger.add(fact(facts.HazardLevel, tick=hour * 12 + 11, community="t0-c0",
                        cut_off=hour in cut_off))  # fmt: skip


def shelf(ledger, hours, available):
    for hour in range(hours):
        ledger.add(fact(facts.StoreLevel, tick=hour * 12 + 11, store="store-1", item="meal",
                        available=available))  # fmt: skip


def lorries_out(ledger, until):
    for number in (1, 2):
        for leg, purpose, begins, ends in (
            ("out", "delivery", 0, until - 60), ("home", "return", until - 60, until),
        ):  # fmt: skip
            ledger.add(fact(facts.Trip, trip=f"{number}{leg}", agent=f"store-1/{number}",
                            kind="truck", purpose=purpose, outcome="arrived",
                            departed_min=float(begins), arrived_min=float(ends)))  # fmt: skip


def waits_at_home(ledger, relief_tick=NEVER, heard=0):
    at_risk(ledger, "supply", "outage", 0, 10, relief_tick=relief_tick)
    if heard != NEVER:
        ledger.add(fact(facts.Request, request="t0-c0/1", site="t0-c0", wanted_tick=0,
                        heard_tick=heard))  # fmt: skip


def delivered(ledger, departed, arrived):
    ledger.add(fact(facts.Delivery, request="t0-c0/1", store="store-1", site="t0-c0", item="meal",
                    quantity=9, departed_tick=departed, arrived_tick=arrived))  # fmt: skip


@pytest.mark.parametrize(
    ("available", "busy", "cut_off", "wanted"),
    [(5, False, (), "review!"), (0, False, (), "stock!"), (5, True, (), "lorries!"),
     (0, True, range(36), "road!")],
)  # fmt: skip
def test_who_was_never_relieved_waited_for_what_was_missing(available, busy, cut_off, wanted):
    def write(ledger):
        hours_of(ledger, 36, cut_off)
        shelf(ledger, 36, available)
        if busy:
            lorries_out(ledger, 36 * 60)
        waits_at_home(ledger)

    assert told(relief.relief(of(supplies(), write))) == {wanted: 10}


def test_a_need_that_nobody_heard_of_waited_for_command_to_hear():
    def write(ledger):
        hours_of(ledger, 36)
        waits_at_home(ledger, heard=NEVER)

    assert told(relief.relief(of(supplies(), write))) == {"asked!": 10}


def test_a_late_lorry_is_taken_apart_into_waiting_and_driving():
    def write(ledger):
        hours_of(ledger, 36)
        shelf(ledger, 36, 5)
        lorries_out(ledger, 600)
        waits_at_home(ledger, relief_tick=156)
        delivered(ledger, 132, 156)  # hour 11 to 13

    cases = relief.relief(of(supplies(), write))
    assert told(cases) == {"lorries": 10}
    took = dict(zip(LINKS, cases.took[0], strict=True))
    assert took["drive"] == 120.0
    assert took["lorries"] + took["review"] == 660.0


def test_whom_the_water_caught_waited_for_the_crew_that_brought_them_out():
    def write(ledger):
        hours_of(ledger, 36)
        incident(ledger, "flood/a", 0, 1, 2, 3, 200, 200, 201, 203)
        at_risk(ledger, "home", "flood", 0, 2, roof_tick=210, relief_tick=210)

    facts_ = of(supplies(), write)
    assert told(relief.relief(facts_)) == {"crews": 2}
    assert told(relief.roofs(facts_)) == {"crews": 2}


def test_each_hour_of_a_shortage_is_bound_by_what_held_then():
    def write(ledger):
        hours_of(ledger, 36)
        shelf(ledger, 36, 0)
        ledger.add(fact(facts.Request, request="t0-c0/1", site="t0-c0", wanted_tick=0,
                        heard_tick=24))  # fmt: skip
        delivered(ledger, 36, 60)
        for hour in range(6):
            ledger.add(fact(facts.SiteLevel, tick=hour * 12 + 11, site="t0-c0", kind="community",
                            item="meal", persons=10, persons_at_risk=10,
                            persons_short=4))  # fmt: skip

    found = told(shortages.short(of(supplies(), write), "meal"))
    assert found == {"asked": 4, "stock": 12, "drive": 8}  # person-hours


def test_the_dead_waited_for_what_had_not_come_when_they_died(scenario):
    def write(ledger):
        calm(ledger)
        incident(ledger, "slow", 0, 1, 2, 3, 20, 20, 21, 23)
        for tick, persons in ((10, 1), (40, 2), (0, 4)):
            ledger.add(fact(facts.Casualty, incident="slow", tick=tick, community="t0-c0",
                            cause="flood", outcome="died", persons=persons))  # fmt: skip
        incident(ledger, "wounded/a", 50, 51, 52, 53, 54, 54, 54, 55)
        ledger.add(fact(facts.Wound, incident="wounded/a", community="t0-c0", cause="wind",
                        persons=1, since_min=250.0, died_tick=60))  # fmt: skip
        ledger.add(fact(facts.Casualty, tick=60, community="t0-c0", cause="wind", outcome="died",
                        persons=1))  # fmt: skip

    # One before any crew was sent, two while a crew was there, four at once, one of wounds.
    found = told(harm.deaths(of(scenario, write)))
    assert found == {"crews": 1, "work!": 2, "at_once!": 4, "care!": 1}


def test_who_did_not_hear_or_answer(scenario):
    def write(ledger):
        calm(ledger)
        ledger.add(fact(facts.Message, message="s", kind="signal", receiver="public",
                        content="blue", sent_tick=0, received_tick=0))  # fmt: skip
        ledger.add(fact(facts.WarningHeard, community="t0-c0", heard_tick=5, persons=90))
        for name, place, received, means in (
            ("a", "t0-c0", 1, "phone"), ("b", "t0-c1", 3, "phone"), ("c", "t1-c0", 9, "runner"),
            ("d", "t1-c1", NEVER, "phone"),
        ):  # fmt: skip
            ledger.add(fact(facts.Message, message=name, kind="order", receiver=place,
                            content="III", sent_tick=0, received_tick=received,
                            means=means))  # fmt: skip

    known = of(scenario, write)
    assert told(warnings.unheard(known)) == {"heard!": 310}
    assert told(warnings.unanswered(known)) == {"answer": 1, "phone": 1, "answer!": 1}


def test_late_cases_are_those_that_the_measures_count(scenario):
    """What the chains call late is what keeps the measure from its best."""

    def write(ledger):
        calm(ledger)
        incident(ledger, "in-time", 0, 1, 2, 3, 4, 4, 5, 8)
        incident(ledger, "late", 0, 20, 21, 22, 23, 23, 23, 25)
        at_risk(ledger, "home", "flood", 10, 6, roof_tick=12, relief_tick=140)
        at_risk(ledger, "home", "flood", 10, 5, roof_tick=12, relief_tick=20)

        for name, persons in (("in-time", 4), ("late", 2), ("late", 1), ("", 9)):
            ledger.add(fact(facts.InPeril, community="t0-c0", incident=name, fate="well",
                            persons=persons))  # fmt: skip

    known = of(scenario, write)
    assert MEASURES["rescue.safe_or_reached_60min_share"].function(known) == 13 / 16
    assert told(rescues.in_peril(known, 60.0)) == {"found": 3}
    assert MEASURES["rescue.within_60min_share"].function(known) == 0.5
    assert told(rescues.rescues(known, 60.0)) == {"found": 1}
    assert MEASURES["relief.within_10h_share"].function(known) == pytest.approx(5 / 11)
    assert sum(told(relief.relief(known)).values()) == 6


def test_every_chain_is_of_a_measure_that_there_is():
    assert set(FAMILIES) <= set(MEASURES)
    target = district().plan.targets[3]
    assert target.measure == "rescue.response_min_mean"
    assert has_chain(target)
    assert not has_chain(district().plan.targets[0])  # read off the data


def test_a_target_in_minutes_brings_its_own_limit(scenario):
    def write(ledger):
        calm(ledger)
        incident(ledger, "a", 0, 1, 2, 3, 4, 4, 5, 9)

    target = scenario.plan.targets[3]
    assert not len(late_cases(of(scenario, write), target))
    strict = target.model_copy(update={"limit": 30.0})
    assert len(late_cases(of(scenario, write), strict)) == 1


def fire_district():
    """One of its teams has fire engines, the other is a micro station's crew."""
    plain = district()
    engines = plain.teams[0].model_copy(update={"team": "engines", "capabilities": ("fire",)})
    micro = engines.model_copy(update={"team": "micro", "capabilities": ("fire", "micro")})
    return plain.model_copy(update={"teams": (engines, micro)})


def burns(ledger, **minutes):
    """A building fire lit at 400 and ordered at 420; minutes of the rest as they are given."""
    known = {"ignited_min": 400.0, "discovered_min": 410.0, "called_min": 411.0,
             "ordered_min": 420.0}  # fmt: skip
    ledger.add(fact(facts.Incident, incident="fire/a", kind="fire", community="t0-c0"))
    ledger.add(fact(facts.Fire, fire="a", kind="building", community="t0-c0", incident="fire/a",
                    fire_class="old_town", **known | minutes))  # fmt: skip


def goes(ledger, team, sent, departed, arrived, left, outcome="done"):
    ledger.add(fact(facts.Deployment, crew=f"{team}/1", team=team, incident="fire/a",
                    sent_min=sent, departed_min=departed, arrived_min=arrived, left_min=left,
                    outcome=outcome))  # fmt: skip


def chain(cases: Cases) -> dict[str, float]:
    took = dict(zip(LINKS, cases.took[0], strict=True))
    return {link: minutes for link, minutes in took.items() if minutes > 0.0}


def test_a_fire_waits_for_the_engine_that_came_first_and_not_for_the_micro_station():
    def write(ledger):
        calm(ledger)
        burns(ledger, dispatched_min=420.0, left_min=421.0, arrived_min=462.0, out_min=615.0)
        goes(ledger, "micro", 420.0, 421.0, 435.0, 640.0)
        goes(ledger, "engines", 440.0, 441.0, 462.0, 640.0)

    known = of(fire_district(), write)
    cases = fires.order_to_engine(known, 30.0)
    assert chain(cases) == {"crews": 20.0, "departed": 1.0, "travel": 21.0}
    assert told(cases) == {"travel": 1}  # without it 21
    assert told(fires.order_to_engine(known, 21.0)) == {"travel": 1}
    assert told(fires.order_to_engine(known, 15.0)) == {"crews+travel": 1}


def test_a_fire_whose_ledger_has_no_deployment_keeps_its_own_stamps():
    def write(ledger):
        calm(ledger)
        burns(ledger, dispatched_min=425.0, left_min=426.0, arrived_min=462.0)

    cases = fires.order_to_engine(of(fire_district(), write), 5.0)
    assert chain(cases) == {"crews": 5.0, "departed": 1.0, "travel": 36.0}


@pytest.mark.parametrize(
    ("sent", "links", "binds"),
    [
        (608.0, {"crews": 188.0, "departed": 1.0, "travel": NEVER_MIN}, "crews"),
        (
            609.5,
            {"crews": 189.5, "departed": NEVER_MIN},
            "crews",
        ),  # it was turning out
        (625.0, {"crews": NEVER_MIN}, "crews!"),  # when all was over
        (None, {"crews": NEVER_MIN}, "crews!"),
    ],
)
def test_the_chain_of_a_fire_that_burnt_out_ends_when_it_is_out(sent, links, binds):
    def write(ledger):
        calm(ledger)
        own = {} if sent is None else {"dispatched_min": sent, "left_min": sent + 1.0}
        burns(ledger, out_min=610.0, **own)
        goes(ledger, "micro", 420.0, 421.0, 435.0, 640.0)
        if sent is not None:
            goes(ledger, "engines", sent, sent + 1.0, np.nan, 640.0, "released")

    scenario = fire_district()
    cases = fires.order_to_engine(of(scenario, write), 5.0)
    assert chain(cases) == links
    assert told(cases) == {binds: 1}
    assert cases.ends.tolist() == [610.0]
    target = scenario.plan.targets[3].model_copy(
        update={"measure": "fire.order_to_engine_min_mean", "limit": 5.0}
    )
    plan = scenario.plan.model_copy(update={"targets": (target,)})
    drawn = late_worst(of(scenario.model_copy(update={"plan": plan}), write))
    assert drawn["to_min"].max() == 610.0
    assert drawn["never"].tolist() == [math.isinf(minutes) for minutes in links.values()]


def test_a_fire_that_was_out_within_the_limit_still_waited_for_what_did_not_come():
    def write(ledger):
        calm(ledger)
        burns(ledger, out_min=423.0)

    assert told(fires.order_to_engine(of(fire_district(), write), 5.0)) == {"crews!": 1}


def test_an_incident_that_was_closed_before_a_crew_came_waited_until_then(scenario):
    def write(ledger):
        calm(ledger)
        incident(ledger, "closed", 0, 1, 2, 3, done_tick=20)

    cases = rescues.rescues(of(scenario, write), 60.0)
    assert told(cases) == {"crews!": 1}
    assert cases.ends.tolist() == [100.0]


def test_the_chain_of_the_dead_ends_with_their_death(scenario):
    def write(ledger):
        calm(ledger)
        incident(ledger, "slow", 0, 1, 2, 3, 4, 4, 5, 6)
        ledger.add(fact(facts.Casualty, incident="slow", tick=10, community="t0-c0",
                        cause="flood", outcome="died", persons=1))  # fmt: skip

    target = scenario.plan.targets[3].model_copy(update={"measure": "harm.deaths", "limit": 0.0})
    plan = scenario.plan.model_copy(update={"targets": (target,)})
    drawn = late_worst(of(scenario.model_copy(update={"plan": plan}), write))
    assert drawn["link"].tolist()[-1] == "work"
    assert (drawn["from_min"][-1], drawn["to_min"][-1]) == (30.0, 50.0)
    assert drawn["never"].tolist()[-1]


@pytest.mark.parametrize(
    ("ticks", "died", "binds"),
    [
        # found, reported, read, dispatched, mustered, departed, arrived, done
        (
            (8, 9, 12, 60, 60, 61, 63),
            10,
            {"found": 1},
        ),  # no crew, had it been there, was called yet
        ((8, 9, 10, 60, 60, 61, 63), 10, {"found": 1}),  # read as they died
        ((2, 3, 4, 5, 5, 6, 10), 10, {"crews": 1}),  # the crew comes as they die
        ((2, 3, 4, 60, 60, 61, 63), 10, {"crews": 1}),  # it runs over the death
    ],
)
def test_what_lies_wholly_after_a_death_does_not_bind_it(scenario, ticks, died, binds):
    def write(ledger):
        calm(ledger)
        incident(ledger, "slow", 0, *ticks)
        ledger.add(fact(facts.Casualty, incident="slow", tick=died, community="t0-c0",
                        cause="flood", outcome="died", persons=1))  # fmt: skip

    assert told(harm.deaths(of(scenario, write))) == binds


def test_who_came_under_a_roof_in_one_tick_shares_the_orders_of_it(scenario):
    """Orders of three, two and four persons; homes of two, six and three."""

    def write(ledger):
        calm(ledger)
        for persons in (3, 2, 4):
            ledger.add(fact(facts.Evacuation, community="t0-c0", persons=persons, ordered_tick=1,
                            arrived_tick=20, home_at_risk=True))  # fmt: skip
        for persons in (2, 6, 3):
            ledger.add(fact(facts.AtRisk, community="t0-c0", persons=persons, cause="flood",
                            way="home", roof_tick=20, ordered=True))  # fmt: skip

    found = moving.movers(of(scenario, write))
    assert list(zip(found.row, found.order, found.persons, strict=True)) == [
        (0, 0, 2), (1, 0, 1), (1, 1, 2), (1, 2, 3), (2, 2, 1), (2, -1, 2),
    ]  # fmt: skip
