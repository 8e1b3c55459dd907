"""Each measure on a run that is small enough to work out by hand.

Two towns (t0, t1) of two communities each, 100 residents apiece, twelve hours in ticks of five
minutes: 144 ticks, twelve an hour.
"""

from __future__ import annotations

import math

import numpy as np
import pytest

from anlan.analysis.digests.digest import digest
from anlan.analysis.digests.tables import TABLES as DIGEST
from anlan.analysis.measures.registry import MEASURES, measure_run
from anlan.analysis.measures.structural import STRUCTURAL
from anlan.sim.ledger import NEVER, facts
from tests.fabricated import (
    ITEMS,
    deliver,
    district,
    empty_tables,
    fact,
    joined,
    made_up_ledger,
)

END = 144


@pytest.fixture(scope="module")
def scenario():
    return district()


def measured(scenario, write):
    return measure_run(scenario, joined(write))


def winds(ledger, at_hour, **columns):
    """Hourly hazard rows: a gale in t0-c0 from the end of hour `at_hour` on, calm elsewhere."""
    for hour in range(12):
        tick = hour * 12 + 11
        for place in ("t0-c0", "t0-c1", "t1-c0", "t1-c1"):
            wind = 20.0 if place == "t0-c0" and hour >= at_hour else 5.0
            off = hour in columns.get("out", {}).get(place, ())
            ledger.add(
                facts.HazardLevel(
                    tick=tick, community=place, wind_ms=wind, gust_ms=1.5 * wind,
                    rain_mm=hour * 2.0, depth_m=0.1 * hour, power_out=off, phone_out=off,
                    cut_off=off,
                )
            )  # fmt: skip


def message(ledger, kind, receiver, received, name="III", sender="command", sent=10):
    """Something said to a community, or to all: the signal or order `name`, or a report."""
    ledger.add(
        fact(
            facts.Message, message=f"{kind}/{name}/{receiver}", kind=kind, sender=sender,
            receiver=receiver, content=name, sent_tick=sent, received_tick=received, means="phone",
        )
    )  # fmt: skip


def heard(ledger, place, tick, persons):
    ledger.add(facts.WarningHeard(community=place, heard_tick=tick, persons=persons))


def test_every_measure_is_nan_or_a_number_where_nothing_happened(scenario):
    found = measure_run(scenario, empty_tables())
    assert found.keys() == MEASURES.keys()
    judged_nothing = ["rescue.response_min_mean", "rescue.within_60min_share.worst_town",
                      "relief.within_10h_share", "evacuation.left_share", "warning.lead_h",
                      "warning.responsible_5min_share"]  # fmt: skip
    assert all(math.isnan(found[name]) for name in judged_nothing)
    counts = ["harm.deaths", "rescue.incidents", "relief.persons_in_need",
              "shelter.full_shelters", "road.closed_peak_roads",
              "shortage.water_person_h"]  # fmt: skip
    assert all(found[name] == 0.0 for name in counts)


def test_warning_counts_residents_and_the_gale_of_their_own_community(scenario):
    def write(ledger):
        message(ledger, "signal", "public", 50, "blue", "weather office", sent=50)
        winds(ledger, at_hour=5)  # first gale in t0-c0 at tick 71
        heard(ledger, "t0-c0", 59, 50)  # 12 ticks before the gale
        heard(ledger, "t0-c0", 83, 30)  # 12 ticks after it
        heard(ledger, "t1-c1", 140, 80)  # no gale there: before the end is in time

    found = measured(scenario, write)
    assert found["warning.heard_share"] == 160 / 400
    assert found["warning.heard_share.worst_town"] == 80 / 200
    assert found["warning.heard_before_gale_share"] == 130 / 400
    assert found["warning.heard_before_gale_share.worst_town"] == 50 / 200
    # 100 live where a gale came: who heard later, or not at all, had no lead.
    assert found["warning.lead_h"] == pytest.approx(50 * 1.0 / 100)


def test_where_there_was_nothing_to_warn_of_nobody_could_hear(scenario):
    """No signal, no gale and nobody at risk: the share that heard is no number, not 0."""
    found = measured(scenario, lambda ledger: heard(ledger, "t0-c0", NEVER, 200))
    assert np.isnan(found["warning.heard_share"])


def test_a_warning_that_was_not_given_was_heard_by_nobody(scenario):
    def write(ledger):
        heard(ledger, "t0-c0", NEVER, 200)
        at_risk(ledger, "t0-c0", "home", "flood", 40, 10)

    found = measured(scenario, write)
    assert found["warning.heard_share"] == 0.0
    assert found["warning.in_time_share"] == 0.0


def at_risk(ledger, place, way, cause, since, persons, **story):
    """People at risk since a tick, whom nobody told, moved or reached, unless `story` says so."""
    ledger.add(
        fact(facts.AtRisk, community=place, way=way, cause=cause, from_tick=since,
             persons=persons,
             **{"state": "home", "fate": "well", "again": False, "lacks_tick": since} | story)
    )  # fmt: skip


def test_responsible_persons_have_five_minutes_and_silence_counts_against(scenario):
    def write(ledger):
        for receiver, received in (("t0-c0", 10), ("t0-c1", 11), ("t1-c0", 12), ("t1-c1", -1)):
            message(ledger, "order", receiver, received)
        # None of these is a warning to a community's responsible persons.
        message(ledger, "report", "command", 90, sender="t0-c0")
        message(ledger, "threat", "command", 91, sender="t0-c0")
        message(ledger, "level", "all", 10)

    found = measured(scenario, write)
    assert found["warning.responsible_5min_share"] == 2 / 4
    assert found["warning.responsible_5min_share.worst_town"] == 0.0


def test_evacuation_is_judged_over_those_at_risk(scenario):
    def write(ledger):
        winds(ledger, at_hour=5)  # first gale in t0-c0 at tick 71
        for persons, story in (
            (10, {"state": "sheltered", "roof_tick": 40, "warned": True}),  # before the gale
            (20, {"state": "with_kin", "roof_tick": 80, "warned": True}),  # after it
            (30, {"state": "travelling", "roof_tick": 101}),
            (40, {"roof_tick": 60}),  # had been away, but was at home again
        ):
            at_risk(ledger, "t0-c0", "home", "flood", 100, persons, **story)
        at_risk(ledger, "t1-c0", "home", "collapse", 30, 25, state="sheltered", roof_tick=20)
        at_risk(ledger, "t1-c0", "home", "shaking", 30, 999)  # nobody can see it come
        at_risk(ledger, "t1-c0", "supply", "outage", 30, 999)  # need not move

    found = measured(scenario, write)
    assert found["warning.in_time_share"] == 30 / 125
    assert found["warning.in_time_share.worst_town"] == 0.0
    assert found["evacuation.left_share"] == 85 / 125
    assert found["evacuation.left_share.worst_town"] == 60 / 100
    assert found["evacuation.arrived_share"] == 55 / 125
    assert found["evacuation.before_gale_share"] == 35 / 125
    assert found["evacuation.before_gale_share.worst_town"] == 10 / 100


def evacuated(ledger, place, ordered, left, arrived, to, outcome, persons, **more):
    ledger.add(
        facts.Evacuation(
            community=place, dwelling="dangerous",
            order=f"order/III/{place}" if ordered != NEVER else "", ordered_tick=ordered,
            heard_tick=12, left_tick=left, arrived_tick=arrived, destination=to,
            outcome=outcome, persons=persons,
            **{"home_at_risk": False, "away_person_ticks": 0, "harmed_persons": 0,
               "died_persons": 0, "driven_persons": 0, "queue_person_min": 0.0} | more,
        )
    )  # fmt: skip


def test_who_moves_without_need_is_counted(scenario):
    def write(ledger):
        for place in ("t0-c0", "t1-c0"):
            message(ledger, "order", place, 12)
        evacuated(ledger, "t0-c0", 10, 20, 40, "t0-s", "arrived", 10, home_at_risk=True,
                  away_person_ticks=1200, harmed_persons=2, died_persons=1)  # fmt: skip
        evacuated(ledger, "t0-c0", 10, 60, 80, "kin", "arrived", 20, away_person_ticks=240)
        evacuated(ledger, "t1-c0", 10, -1, -1, "none", "no_place", 30)
        evacuated(ledger, "t1-c0", -1, 20, 30, "kin", "arrived", 99, away_person_ticks=99,
                  harmed_persons=3, died_persons=2)  # fmt: skip

    found = measured(scenario, write)
    assert found["evacuation.ordered_persons"] == 60
    assert found["evacuation.needless_persons"] == 119
    assert found["evacuation.needless_person_h"] == pytest.approx(339 / 12)
    assert found["evacuation.needless_harmed_persons"] == 3
    assert found["evacuation.harmed_persons"] == 5
    assert found["evacuation.way_deaths"] == 3
    assert found["evacuation.sheltered_share"] == 10 / 30
    assert found["evacuation.no_place_persons"] == 30


def incident(
    ledger, name, place, reported, arrived, persons, rescued=0, kind="collapse", cases=1, died=0
):
    """It happened in tick 20 and was found in 22, whether its report came through or not."""
    ledger.add(
        fact(
            facts.Incident, incident=name, kind=kind, community=place,
            place="r0" if kind == "tree" else "",
            occurred_tick=20, found_tick=22, reported_tick=reported, known_tick=reported,
            dispatched_tick=reported, arrived_tick=arrived, done_tick=NEVER, persons=persons,
            rescued=rescued, died=died, crew="", cases=cases,
        )
    )  # fmt: skip


def test_an_incident_never_reached_waits_to_the_end_and_a_tree_is_no_rescue(scenario):
    def write(ledger):
        incident(ledger, "a", "t0-c0", 24, 32, 2, rescued=2)  # 60 min: still in time
        incident(ledger, "b", "t0-c1", 24, 33, 3, rescued=3)  # 65 min: late
        incident(ledger, "c", "t1-c0", 134, -1, 4)  # since tick 20, to the end: 620 min
        incident(ledger, "d", "t1-c0", -1, -1, 5, kind="injury")  # unreported: 620 min
        incident(ledger, "e", "t1-c0", 24, -1, 0, kind="tree")

    found = measured(scenario, write)
    assert found["rescue.incidents"] == 4
    assert found["rescue.response_min_mean"] == (60 + 65 + 620 + 620) / 4
    assert found["rescue.response_min_mean.worst_town"] == 620
    assert found["rescue.response_min_p90"] == 620
    assert found["rescue.reached_share"] == 2 / 4
    assert found["rescue.reached_share.worst_town"] == 0.0
    assert found["rescue.within_60min_share"] == 1 / 4
    assert found["rescue.within_60min_share.worst_town"] == 0.0
    assert found["rescue.rescued_persons"] == 5
    assert found["rescue.never_reached_persons"] == 9
    assert found["harm.trapped_persons"] == 9  # the injured are not trapped


def test_an_incident_that_stands_for_several_counts_as_several(scenario):
    def write(ledger):
        incident(ledger, "a", "t0-c0", 24, 32, 8, cases=3)  # 60 min
        incident(ledger, "b", "t1-c0", 24, 40, 4)  # 100 min

    found = measured(scenario, write)
    assert found["rescue.incidents"] == 4
    assert found["rescue.response_min_mean"] == (3 * 60 + 100) / 4
    assert found["rescue.response_min_p90"] == 100
    assert found["rescue.within_60min_share"] == 3 / 4
    assert found["rescue.reached_share.worst_town"] == 1.0
    assert found["harm.trapped_persons"] == 12


def test_the_clock_starts_when_it_happens_and_each_link_has_its_part(scenario):
    """Ten minutes to find, ten to report, three to read, ...; another is never found, 620 min."""
    minutes = (100.0, 110.0, 120.0, 123.0, 130.0, 150.0, 151.0, 171.0, 172.0, 202.0)
    columns = ("occurred", "found", "reported", "read", "dispatched", "mustered", "departed",
               "arrived", "started", "done")  # fmt: skip
    links = dict(zip((f"{c}_min" for c in columns), minutes, strict=True))

    def write(ledger, later_min=0.0):
        whole = {c: m if c == "occurred_min" else m + later_min for c, m in links.items()}
        ledger.add(fact(facts.Incident, incident="a", kind="collapse", community="t0-c0",
                        occurred_tick=20, persons=2, cases=3, **whole))  # fmt: skip
        ledger.add(fact(facts.Incident, incident="b", kind="collapse", community="t0-c0",
                        occurred_tick=20, persons=1, cases=1))  # fmt: skip

    found = measured(scenario, write)
    assert found["rescue.response_min_mean"] == (3 * 71 + 620) / 4
    assert found["rescue.link_found_min"] == (3 * 10 + 620) / 4
    rest = {"reported": 10, "read": 3, "dispatched": 7, "mustered": 20, "departed": 1,
            "travel": 20, "start": 1, "work": 30}  # fmt: skip
    assert {link: found[f"rescue.link_{link}_min"] for link in rest} == rest
    # Done after 10 + 10 + 3 + 7 + 20 + 1 + 20 + 1 + 30 minutes; the other one not by the end.
    assert found["rescue.done_min_mean"] == (3 * 102 + 620) / 4
    later = measured(scenario, lambda ledger: write(ledger, 15.0))
    assert later["rescue.done_min_mean"] == found["rescue.done_min_mean"] + 3 * 15 / 4
    assert later["rescue.response_min_mean"] == found["rescue.response_min_mean"] + 3 * 15 / 4


def test_relief_counts_all_at_risk_and_leaves_out_a_need_that_soon_ended(scenario):
    def write(ledger):
        at_risk(ledger, "t0-c0", "home", "flood", 0, 10, relief_tick=120)  # 10 h: in time
        at_risk(ledger, "t0-c0", "home", "flood", 0, 20, relief_tick=121)  # just too late
        at_risk(ledger, "t1-c0", "home", "flood", 24, 30)  # never: 10 h to the end, not in time
        at_risk(ledger, "t1-c0", "supply", "outage", 24, 40, ended_tick=36)  # after an hour
        at_risk(ledger, "t1-c0", "supply", "outage", 24, 50, ended_tick=36, relief_tick=30)
        # The same people once more, in another way: counted already.
        at_risk(ledger, "t1-c0", "supply", "outage", 48, 30, again=True, relief_tick=48)

    found = measured(scenario, write)
    assert found["relief.persons_in_need"] == 150
    assert found["relief.never_persons"] == 30
    waited = 10 * 10 + 20 * 121 / 12 + 30 * 10 + 40 * 1 + 50 * 0.5
    assert found["relief.first_relief_h_mean"] == pytest.approx(waited / 150)
    assert found["relief.first_relief_h_mean.worst_town"] == pytest.approx((100 + 2420 / 12) / 30)
    assert found["relief.within_10h_share"] == 10 / 60
    assert found["relief.within_10h_share.worst_town"] == 0.0


def test_shortage_is_persons_at_risk_times_hours(scenario):
    def write(ledger):
        for site, kind, item, short, at_risk_there in (
            ("t0-s", "shelter", "water_ml", 4, 40),
            ("t1-c1", "community", "water_ml", 8, 10),  # a quarter of those there
            ("t1-c1", "community", "meal", 99, 40),
        ):
            ledger.add(facts.SiteLevel(tick=35, site=site, kind=kind, item=item, stock=0, owed=9,
                                       persons=40, persons_at_risk=at_risk_there,
                                       persons_short=short))  # fmt: skip
        at_risk(ledger, "t1-c0", "home", "flood", 24, 5, roof_tick=36)  # an hour without a roof
        at_risk(ledger, "t1-c0", "home", "flood", 24, 3, roof_tick=12)  # had one
        at_risk(ledger, "t1-c0", "supply", "outage", 24, 7)  # at home

    found = measured(scenario, write)
    assert found["shortage.water_person_h"] == pytest.approx(4 + 2 + 5)
    assert found["shortage.water_person_h.worst_town"] == 7.0
    assert found["shortage.meal_person_h"] == 99.0 + 5.0
    assert found["shortage.bedding_person_h"] == 5.0
    assert found["relief.no_roof_person_h"] == 5.0
    assert found["relief.no_roof_10h_persons"] == 0.0


def test_who_never_has_a_roof_counts_to_the_end(scenario):
    def write(ledger):
        at_risk(ledger, "t0-c0", "home", "collapse", 12, 4, fate="dead")
        at_risk(ledger, "t0-c1", "home", "collapse", 12, 5, roof_tick=12 + 121)

    found = measured(scenario, write)
    assert found["relief.no_roof_person_h"] == pytest.approx(4 * 11 + 5 * 121 / 12)
    assert found["relief.no_roof_10h_persons"] == 9


def test_shelters_are_full_when_taken_and_booked_places_reach_the_capacity(scenario):
    def write(ledger):
        for tick, shelter, occupants, reserved in (
            (11, "t0-s", 30, 20),  # 30 inside, 20 on the way: full
            (11, "t1-s", 10, 0),
            (23, "t0-s", 20, 0),
            (23, "t1-s", 25, 0),
        ):
            ledger.add(
                facts.ShelterLevel(
                    tick=tick, shelter=shelter, occupants=occupants, reserved=reserved,
                    capacity=50, open=True,
                )
            )  # fmt: skip

    found = measured(scenario, write)
    assert found["shelter.peak_use_share"] == 45 / 100
    assert found["shelter.peak_use_share.worst_town"] == 30 / 50
    assert found["shelter.full_shelters"] == 1


def test_harm_roads_networks_and_crews(scenario):
    def write(ledger):
        winds(ledger, at_hour=5, out={"t0-c0": (3, 4), "t1-c0": (4,)})
        incident(ledger, "flood", "t0-c0", 24, 36, 3, rescued=1, kind="flood", died=2)
        incident(ledger, "wind", "t1-c0", 24, 36, 3, rescued=3, kind="injury")
        for name, place, outcome, persons in (
            ("flood", "t0-c0", "died", 1),  # a row a death
            ("flood", "t0-c0", "died", 1),
            ("wind", "t1-c0", "injured", 3),
        ):
            ledger.add(
                facts.Casualty(
                    incident=name, tick=50, community=place, cause=name, outcome=outcome,
                    age_band="60-79", persons=persons,
                )
            )  # fmt: skip
        # one road under water and a tree at once counts once; r1 opens as r2 closes
        closures = [("r0", 10, 30), ("r0", 20, 40), ("r1", 15, 35), ("r2", 35, -1)]
        for road, closed, opened in closures:
            ledger.add(
                facts.RoadClosure(
                    road=road, from_community="t0-c0", to_community="t0-c1", reason="water",
                    closed_tick=closed, opened_tick=opened,
                )
            )  # fmt: skip
        for place, pumped_m3 in (("t0-c0", 100.0), ("t1-c1", 60.0)):
            ledger.add(facts.Pumped(place, ordered_tick=0, orders=1, pumped_m3=pumped_m3))
        for tick, off_duty, idle, working in ((11, 1, 3, 0), (23, 0, 1, 3)):
            ledger.add(
                facts.CrewLevel(
                    tick=tick, off_duty=off_duty, mustering=0, idle=idle, travelling=1,
                    working=working,
                )
            )  # fmt: skip

    found = measured(scenario, write)
    assert (found["harm.deaths"], found["harm.deaths.worst_town"]) == (2, 2)
    assert (found["harm.injured"], found["harm.injured.worst_town"]) == (3, 3)
    assert found["road.closed_peak_roads"] == 2
    assert found["road.cut_off_peak_persons"] == 200
    assert found["power.out_peak_share"] == 0.5
    assert found["phone.out_peak_share"] == 0.5
    assert found["crew.busy_peak_share"] == 4 / 5
    assert found["hazard.max_wind_ms"] == 20.0
    assert found["hazard.max_gust_ms"] == 30.0
    assert found["hazard.max_rain_mm"] == 22.0
    assert found["hazard.max_depth_m"] == pytest.approx(1.1)
    # 0.1 m more an hour in four places of 100 people: at 0.15 m or more for ten of twelve hours
    assert found["flood.wet_person_h"] == 4000
    assert found["flood.wet_person_h.worst_town"] == 2000
    assert found["flood.depth_m_h"] == pytest.approx(6.6)
    assert found["flood.stranded_persons"] == 3
    assert found["flood.pumped_m3"] == 160.0


def test_structural_measures_are_read_off_the_scenario(scenario):
    found = {name: s.function(scenario) for name, s in STRUCTURAL.items()}
    assert found == {
        "structure.towns_with_store_share": 1 / 2,
        "structure.communities_with_store_share": 1 / 4,
        "structure.villages_with_room_share": 1 / 4,
        "structure.counties_with_full_store_share": 1.0,  # without counties the district is one
        "structure.towns_with_team_share": 1 / 2,
        "structure.largest_flood_team_members": 30,
        "structure.flood_team_members_least_county": 0,  # it is a town's team, not the county's
        "structure.cameras": 0,
        "structure.checkpoints": 0,
        "structure.towns_with_shelter_share": 1.0,
        "structure.shelter_places_per_100_at_risk": pytest.approx(100.0),  # 100 places, 4 x 25
        "structure.medical_team_towns_share": 0.0,
    }


def test_the_digest_has_the_tables_that_the_dictionary_names(scenario):
    found = digest(scenario, made_up_ledger(scenario, 0))
    assert found.keys() == DIGEST.keys()
    for table, columns in DIGEST.items():
        expected = MEASURES if table == "measures" else columns
        assert list(found[table]) == list(expected)
        assert len({len(column) for column in found[table].values()}) == 1
    assert len(found["measures"]["harm.deaths"]) == 1
    assert len(found["places"]["community"]) == 4


def test_a_store_is_out_when_all_that_was_usable_has_left(scenario):
    """It held 1,000 meals, of which 97 % are usable."""

    def breaks(sent):
        def write(ledger):
            for tick, quantity in sent:
                deliver(ledger, "t0-s", "meal", quantity, departed_tick=tick)

        found = digest(scenario, joined(write))["breaks"]
        return list(zip(found["kind"], found["place"], found["item"], found["hour"], strict=True))

    assert breaks([(24, 969)]) == []
    assert breaks([(36, 1), (24, 969)]) == [("store_out", "store-1", "meal", 3.0)]


def test_series_are_hourly_and_hold_the_district(scenario):
    found = digest(scenario, made_up_ledger(scenario, 3))["series"]
    names, counts = np.unique(found["series"].astype(str), return_counts=True)
    assert {f"needed.{item}" for item in ITEMS} | {"occupants", "crews_busy"} <= set(names)
    assert set(counts) == {12}
    assert set(found["hour"]) == set(np.arange(1.0, 13.0))
