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
    assert found["warning.lead_h"] == pytest.approx((50 * 1.0 - 30 * 1.0) / 80)


def test_where_nothing_was_warned_of_nobody_could_hear(scenario):
    """No signal was given out: the share that heard is no number, not 0."""
    found = measured(scenario, lambda ledger: heard(ledger, "t0-c0", NEVER, 200))
    assert np.isnan(found["warning.heard_share"])


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


def test_evacuation_is_judged_over_those_ordered_to_leave(scenario):
    def write(ledger):
        winds(ledger, at_hour=5)
        for place in ("t0-c0", "t1-c0"):
            message(ledger, "order", place, 12)
        rows = [
            ("t0-c0", 10, 20, 40, "t0-s", "arrived", 10),  # before the gale at tick 71
            ("t0-c0", 10, 60, 80, "kin", "arrived", 20),  # after it
            ("t1-c0", 10, 20, -1, "none", "no_place", 30),
            ("t1-c0", 10, -1, -1, "none", "refused", 40),
            ("t1-c0", -1, 20, 30, "kin", "arrived", 99),  # left unasked: not judged
        ]
        for place, ordered, left, arrived, to, outcome, persons in rows:
            ledger.add(
                facts.Evacuation(
                    community=place, dwelling="dangerous",
                    order=f"order/III/{place}" if ordered != NEVER else "", ordered_tick=ordered,
                    heard_tick=12, left_tick=left, arrived_tick=arrived, destination=to,
                    outcome=outcome, persons=persons,
                )
            )  # fmt: skip

    found = measured(scenario, write)
    assert found["evacuation.ordered_persons"] == 100
    assert found["evacuation.left_share"] == 60 / 100
    assert found["evacuation.left_share.worst_town"] == 30 / 70
    assert found["evacuation.arrived_share"] == 30 / 100
    assert found["evacuation.before_gale_share"] == 10 / 100
    assert found["evacuation.before_gale_share.worst_town"] == 0.0
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
    later = measured(scenario, lambda ledger: write(ledger, 15.0))
    assert later["rescue.response_min_mean"] == found["rescue.response_min_mean"] + 3 * 15 / 4


def test_relief_counts_persons_and_leaves_out_a_need_that_soon_ended(scenario):
    def write(ledger):
        columns = ("site", "kind", "need_tick", "relief_tick", "ended_tick", "persons")
        rows = [
            ("t0-s", "shelter", 0, 120, -1, 10),  # 10 h: in time
            ("t0-s", "shelter", 0, 121, -1, 20),  # just too late
            ("t1-c0", "community", 24, -1, -1, 30),  # never: 10 h to the end, not in time
            ("t1-c0", "community", 24, -1, 36, 40),  # the need ended after an hour: not judged
        ]
        for row in rows:
            ledger.add(facts.Relief(**dict(zip(columns, row, strict=True))))

    found = measured(scenario, write)
    assert found["relief.persons_in_need"] == 100
    assert found["relief.never_persons"] == 30
    waited = 10 * 10 + 20 * 121 / 12 + 30 * 10 + 40 * 1
    assert found["relief.first_relief_h_mean"] == pytest.approx(waited / 100)
    assert found["relief.first_relief_h_mean.worst_town"] == pytest.approx((100 + 2420 / 12) / 30)
    assert found["relief.within_10h_share"] == 10 / 60
    assert found["relief.within_10h_share.worst_town"] == 0.0


def test_shortage_is_persons_times_hours(scenario):
    def write(ledger):
        for tick in range(END):  # 12 persons short for ticks 24 to 35: one hour
            ledger.add(fact(facts.StockLevel, tick=tick, item="water_ml",
                            persons_short=12 if 24 <= tick < 36 else 0))  # fmt: skip
        sites(ledger)

    found = measured(scenario, write)
    assert found["shortage.water_person_h"] == pytest.approx(12.0)
    assert found["shortage.water_person_h.worst_town"] == 8.0
    assert found["shortage.meal_person_h"] == 0.0
    assert found["shortage.meal_person_h.worst_town"] == 99.0


def sites(ledger):
    for site, kind, item, short in (
        ("t0-s", "shelter", "water_ml", 4),
        ("t1-c1", "community", "water_ml", 8),
        ("t1-c1", "community", "meal", 99),
    ):
        ledger.add(facts.SiteLevel(tick=35, site=site, kind=kind, item=item, stock=0, owed=9,
                                   persons=40, persons_short=short))  # fmt: skip


def test_shortage_is_the_same_from_levels_at_the_ends_of_hours(scenario):
    """As a run writes them: a person short at the end of an hour is short for it."""

    def write(ledger):
        for tick in range(11, END, 12):
            ledger.add(fact(facts.StockLevel, tick=tick, item="water_ml",
                            persons_short=12 if tick == 35 else 0))  # fmt: skip
        sites(ledger)

    found = measured(scenario, write)
    assert found["shortage.water_person_h"] == pytest.approx(12.0)
    assert found["shortage.water_person_h.worst_town"] == 8.0
    assert found["shortage.meal_person_h"] == 0.0
    assert found["shortage.meal_person_h.worst_town"] == 99.0


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
