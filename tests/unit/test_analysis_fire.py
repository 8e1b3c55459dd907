"""Measures, digests and pictures of fires, on runs small enough to work out by hand.

Twelve hours (720 minutes) in ticks of five minutes; two towns of two communities.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from importlib import import_module
from types import SimpleNamespace

import numpy as np
import pytest

from anlan.analysis.digests.digest import digest
from anlan.analysis.digests.fire_breaks import fire_failures
from anlan.analysis.digests.tables import TABLES as DIGEST
from anlan.analysis.measures import building_fires as of_buildings
from anlan.analysis.measures import fires as of_fires
from anlan.analysis.measures import forest_fires as of_forests
from anlan.analysis.measures.facts import Facts
from anlan.analysis.measures.registry import MEASURES, measure_run
from anlan.analysis.plots.pictures import FIRES, OF_RUNS, WHY, of_runs
from anlan.analysis.words import LANGS, word
from anlan.sim.ledger import NEVER, facts
from anlan.sim.place.landscape.fuels import read_fuels
from anlan.sim.scenario.schema import Forest, Ignition
from tests.fabricated import (
    _parameter,
    district,
    fact,
    finished_folder,
    joined,
    made_up_ledger,
)

NOWHEN = math.nan  # the minutes of what did not happen
NAMES = [m.name for of in (of_forests, of_fires, of_buildings) for m in of.MEASURES]


def burning(district_forest_ha=None, duration_h=12):
    """The made-up district with a landscape of 40 x 50 cells of 0.25 ha and two ignitions."""
    scenario = district(duration_h=duration_h)
    forest = Forest(landscape="synthetic", lon=120.99, lat=31.79, rows=40, cols=50, cell_m=50.0,
                    district_forest_ha=district_forest_ha)  # fmt: skip
    lit = tuple(
        Ignition(ignition=name, name_zh=f"{name}号山", name_en=f"Hill {name}",
                 time="2021-07-25T08:00:00+08:00", lon=121.0 + 0.01 * n, lat=31.8, source="made up",
                 mark="assumption")
        for n, name in enumerate(("f1", "f2"))
    )  # fmt: skip
    village = _parameter("forest.village_m", 300.0).model_copy(update={"unit": "m"})
    added = {"forest": forest, "ignitions": lit, "fuels": read_fuels().rows,
             "parameters": scenario.parameters | {"forest.village_m": village}}  # fmt: skip
    return scenario.model_copy(update=added)


NONE = {"community": "t0-c0", "fire_class": "general"}
INCIDENT = {"forest": "forest_fire", "building": "fire"}  # kind of its incident


def fire(ledger, name, **known):
    """A row of `fire`, and its incident's unless a neighbour's fire lit it.

    What is not given did not happen, or is none.
    """
    row = NONE | known
    kind = INCIDENT[row["kind"]]
    incident = f"{kind}/{row.get('spread_from', name)}"
    if "spread_from" not in row:
        ledger.add(fact(facts.Incident, incident=incident, kind=kind, community=row["community"],
                        cases=1))  # fmt: skip
    ledger.add(fact(facts.Fire, fire=name, incident=incident, **row))


def harm(ledger, cause, outcome, persons, tick=30, place="t0-c0", age_band="15-59"):
    """People who came to harm in a forest fire: a row each; the hurt have their own incident."""
    hurt = outcome == "injured"
    incident = f"{cause}/{place}/{tick}" if hurt else "forest_fire/f1"
    if hurt:
        ledger.add(fact(facts.Incident, incident=incident, kind="injury", community=place,
                        occurred_tick=tick, reported_tick=tick, known_tick=tick,
                        dispatched_tick=tick, arrived_tick=tick, persons=persons,
                        cases=1))  # fmt: skip
    for _ in range(persons):
        ledger.add(
            facts.Casualty(
                incident=incident, tick=tick, community=place, cause=cause, outcome=outcome,
                age_band=age_band, persons=1,
            )
        )  # fmt: skip


def cell(ledger, name, row, col, arrival_min):
    ledger.add(facts.FireCell(fire=name, row=row, col=col, arrival_min=arrival_min))


def forest_fires(ledger):
    """f1 is fought and out; nobody notices f2, which burns on."""
    fire(ledger, "f1", kind="forest", fire_class="larger", ignited_min=60, discovered_min=90,
         called_min=90, dispatched_min=100, arrived_min=120, controlled_min=300, out_min=420,
         water_l=1000.0, burnt_ha=10.0, victims=5, died=3, cold_min=540, flare_ups=2,
         mop_up_person_h=120.0, crown_ha=1.5, spots=3)  # fmt: skip
    fire(ledger, "f2", kind="forest", ignited_min=120, burnt_ha=20.0)
    for hour, one, two in ((2, 4.0, 1.0), (3, 8.0, 12.0)):
        tick = hour * 12 - 1
        for name, forest_ha, other_ha, edge_m, line_m, crews in (
            ("f1", one, 2.0, 300.0, 250.0 * (hour - 1), 3),
            ("f2", two, 8.0, 900.0, 0.0, 0),
        ):
            ledger.add(
                facts.FireFront(
                    tick=tick, fire=name, burnt_ha=forest_ha + other_ha, forest_ha=forest_ha,
                    edge_m=edge_m, line_m=line_m, crews=crews, held_back=0, status="running",
                )
            )  # fmt: skip
    for name, row, col in (("f1", 5, 5), ("f1", 5, 6), ("f2", 5, 6), ("f2", 20, 30)):
        cell(ledger, name, row, col, 60.0 + 20 * row + col)
    for kind, row in (("line", 4), ("line", 4), ("break", 7), ("drop", 6)):
        ledger.add(facts.FireLine(fire="f1", tick=30, kind=kind, row=row, col=5))
    for cause, outcome, persons in (
        ("overrun", "died", 2),
        ("overrun", "injured", 1),
        ("forest_fire", "died", 1),
        ("forest_fire", "injured", 1),
    ):
        harm(ledger, cause, outcome, persons)


def building_fires(ledger):
    """b1 is reached quickly but has lit b2; b3 waits for an engine; nobody calls for b4."""
    fire(ledger, "b1", kind="building", ignited_min=100, called_min=104, ordered_min=105,
         dispatched_min=105, arrived_min=109, first_water_min=114, out_min=200, victims=3,
         died=1)  # fmt: skip
    fire(ledger, "b2", kind="building", spread_from="b1", ignited_min=130, first_water_min=131,
         engines_peak=1, victims=1, died=1)  # fmt: skip
    fire(ledger, "b3", kind="building", ignited_min=200, called_min=210, ordered_min=212,
         dispatched_min=219, arrived_min=222, first_water_min=226, community="t1-c0",
         water_l=500.0)  # fmt: skip
    fire(ledger, "b4", kind="building", ignited_min=600, community="t1-c1")


def test_the_names_that_plans_use_are_there():
    assert {"fire.out_h", "fire.damage_permille", "fire.first_engine_min_mean",
            "fire.first_water_15min_share"} <= set(NAMES) <= MEASURES.keys()  # fmt: skip


def test_a_run_without_fires_is_not_judged():
    found = measure_run(district(), joined())
    assert all(math.isnan(found[name]) for name in NAMES)


def test_forest_fires_by_hand():
    found = measure_run(burning(40_000.0), joined(forest_fires))
    expected = {
        "fire.out_h": 25.0,  # f2 burns for the 10 h that are left: 24 h at least, and one
        "fire.contained_h": 25.0,
        "fire.cold_h": 25.0,
        "fire.flare_ups": 2.0,
        "fire.mop_up_person_h": 120.0,
        "fire.crown_ha": 1.5,
        "fire.spots": 3.0,
        "fire.out_24h_share": 0.5,
        "fire.detection_min_mean": (30 + 600) / 2,
        "fire.arrival_min_mean": (30 + 600) / 2,
        "fire.burnt_ha": 30.0,
        "fire.forest_ha": 8.0 + 12.0,
        "fire.damage_permille": 1000 * 20.0 / 40_000.0,
        "fire.class_worst": 1.0,
        "fire.line_m": 500.0,
        "fire.crew_h": 6.0,
        "fire.crew_deaths": 2.0,
        "fire.forest_deaths": 3.0,
        "fire.water_l": 1000.0,
    }
    assert {name: found[name] for name in expected} == pytest.approx(expected)
    rest = set(NAMES) - expected.keys()
    assert all(math.isnan(found[name]) for name in rest)


def test_a_fire_that_is_not_out_counts_an_hour_more_than_a_long_run():
    found = measure_run(burning(duration_h=48), joined(forest_fires))
    assert found["fire.out_h"] == (48 * 60 - 120) / 60 + 1


def test_fires_that_are_all_out_count_the_longest_of_their_own_times():
    def write(ledger):
        fire(ledger, "f1", kind="forest", ignited_min=60, out_min=420, controlled_min=300)
        fire(ledger, "f2", kind="forest", ignited_min=400, out_min=600, controlled_min=500)

    found = measure_run(burning(), joined(write))
    assert (found["fire.out_h"], found["fire.contained_h"]) == (6.0, 4.0)
    assert found["fire.out_24h_share"] == 1.0


def test_damage_is_set_against_the_landscape_where_the_district_is_unknown():
    from anlan.sim.place.landscape.land import land_of

    scenario = burning()
    forest_ha = np.count_nonzero(land_of(scenario).forest) * 0.25
    found = measure_run(scenario, joined(forest_fires))
    assert found["fire.damage_permille"] == pytest.approx(1000 * 20.0 / forest_ha)


def test_building_fires_by_hand():
    found = measure_run(district(), joined(building_fires))
    expected = {
        "fire.buildings": 4.0,
        "fire.burnt_m2": 0.0,
        "fire.first_engine_min_mean": (5 + 12 + 120) / 3,  # b4 waits to the end; b2 is b1's
        "fire.first_engine_5min_share": 1 / 3,
        "fire.engine_reached_share": 2 / 3,
        "fire.never_engine_fires": 1.0,
        "fire.order_to_engine_min_mean": (4 + 10 + 120) / 3,
        "fire.order_to_engine_5min_share": 1 / 3,
        "fire.first_water_15min_share": 1 / 3,
        "fire.spread_share": 1 / 3,
        "fire.victims": 4.0,
        "fire.building_deaths": 2.0,
        "fire.water_l": 500.0,
    }
    assert {name: found[name] for name in expected} == pytest.approx(expected)
    assert all(math.isnan(found[name]) for name in set(NAMES) - expected.keys())


def test_waiting_for_a_free_engine_counts_from_the_call_and_from_the_order():
    """The same call and the same drive of 3 minutes; the engine is free 1, 2.1 and 60 min later."""

    def written(free_min):
        def write(ledger):
            fire(ledger, "b1", kind="building", ignited_min=95, called_min=100, ordered_min=101,
                 dispatched_min=101 + free_min, arrived_min=104 + free_min)  # fmt: skip

        return measure_run(district(), joined(write))

    names = ("first_engine_min_mean", "first_engine_5min_share", "order_to_engine_min_mean",
             "order_to_engine_5min_share")  # fmt: skip
    found = [[written(m)[f"fire.{n}"] for n in names] for m in (1.0, 2.0, 2.1, 60.0)]
    assert found == [
        pytest.approx(row)
        for row in ([5.0, 1, 4.0, 1], [6.0, 0, 5.0, 1], [6.1, 0, 5.1, 0], [64.0, 0, 63.0, 0])
    ]


def test_the_digest_keeps_fires_fronts_and_cells():
    found = digest(burning(), joined(forest_fires, building_fires))
    for name in ("fires", "fire_fronts", "fire_cells"):
        assert list(found[name]) == list(DIGEST[name])
    waits = [30, 600, 5, NOWHEN, 12, 120]  # b1 has lit b2: the engines were called to b1
    np.testing.assert_array_equal(found["fires"]["wait_min"], waits)
    assert found["fires"]["reached"].tolist() == [True, False, True, True, True, False]
    assert found["fires"]["out_h"][0] == 6.0
    assert found["fire_fronts"]["hour"].tolist() == [2, 2, 3, 3]
    assert found["fire_cells"]["col"].tolist() == [5, 6, 6, 30]


def broke(scenario, *write):
    """Kind -> (place, hour) of what first broke."""
    found = digest(scenario, joined(*write))["breaks"]
    rows = zip(found["kind"], found["place"], found["hour"], strict=True)
    return {kind: (place, hour) for kind, place, hour in rows}


def test_what_breaks_at_building_fires_by_hand():
    """The earliest of each kind: b1 is in time but short and spreads, b3 late, b4 dry."""

    def write(ledger):
        fire(ledger, "b1", kind="building", ignited_min=60, called_min=63, dispatched_min=64,
             arrived_min=68, first_water_min=75, engines_needed_max=3, engines_peak=2)  # fmt: skip
        fire(ledger, "b2", kind="building", community="t0-c1", spread_from="b1", ignited_min=90,
             engines_needed_max=2, engines_peak=2)  # fmt: skip
        fire(ledger, "b3", kind="building", community="t1-c0", ignited_min=180, called_min=184,
             dispatched_min=187, arrived_min=192.5, first_water_min=195, engines_needed_max=1,
             engines_peak=1)  # fmt: skip
        fire(ledger, "b4", kind="building", community="t1-c1", ignited_min=225, called_min=239,
             out_min=600)  # fmt: skip

    assert broke(district(), write) == {
        "engines_short": ("t0-c0", 75 / 60),
        "fire_spread": ("t0-c1", 90 / 60),
        "engine_late": ("t1-c0", 189 / 60),
        "water_late": ("t1-c1", 240 / 60),
    }


def test_limits_that_are_met_or_left_open_are_not_broken():
    """In 5 and 15 minutes to the second; out by itself; lit too late in the run to tell."""

    def write(ledger):
        fire(ledger, "b1", kind="building", ignited_min=60, called_min=65, dispatched_min=66,
             arrived_min=70, first_water_min=75, engines_needed_max=2, engines_peak=2)  # fmt: skip
        fire(ledger, "b2", kind="building", ignited_min=100, called_min=100, dispatched_min=101,
             arrived_min=105, out_min=110)  # fmt: skip
        fire(ledger, "b3", kind="building", ignited_min=716)
        fire(ledger, "f1", kind="forest", ignited_min=100, called_min=110, arrived_min=170,
             engines_needed_max=2, engines_peak=2)  # fmt: skip
        fire(ledger, "f2", kind="forest", ignited_min=665)

    assert broke(burning(), write) == {}  # 12 h: nothing has burnt for 24


def test_what_breaks_at_forest_fires_by_hand():
    """f1 waits, f2 is short of crews and is contained and out too late."""

    def write(ledger):
        fire(ledger, "f1", kind="forest", ignited_min=60, called_min=90, arrived_min=151,
             controlled_min=1499, out_min=1501, engines_needed_max=4, engines_peak=4)  # fmt: skip
        fire(ledger, "f2", kind="forest", ignited_min=120, called_min=120, arrived_min=150,
             controlled_min=1561, engines_needed_max=9, engines_peak=4)  # fmt: skip
        harm(ledger, "forest_fire", "injured", 1, tick=36, place="t0-c1")
        harm(ledger, "overrun", "injured", 1, tick=48)

    assert broke(burning(duration_h=48), write) == {
        "forest_wait": ("f1", 150 / 60),
        "forest_short": ("f2", 150 / 60),
        "forest_open": ("f2", 120 / 60 + 24),
        "forest_not_out": ("f1", 60 / 60 + 24),
        "fire_overrun": ("t0-c0", 4.0),
    }


def test_fire_at_the_homes_and_at_the_edge_of_the_map_by_hand():
    """Homes stand within 300 m: six cells from the seat, not seven."""
    from anlan.sim.place.landscape.land import land_of

    lon, lat = land_of(burning()).place(20, 30)
    there = burning().communities[0].model_copy(update={"lon": lon, "lat": lat})
    scenario = burning().model_copy(update={"communities": (there,)})

    def cells(*rows):
        def write(ledger):
            fire(ledger, "f1", kind="forest", ignited_min=690)  # too late in the run to tell
            for row in rows:
                cell(ledger, "f1", *row)

        return write

    assert broke(scenario, cells((20, 37, 60.0), (24, 35, 60.0), (38, 48, 60.0))) == {}
    assert broke(scenario, cells((20, 36, 120.0), (20, 35, 90.0), (39, 48, 180.0))) == {
        "fire_village": ("t0-c0", 1.5),
        "fire_map_edge": ("f1", 3.0),
    }


def test_every_kind_of_fire_failure_is_named_in_both_languages():
    kinds = {kind for kind, *_ in fire_failures(Facts(burning(), joined()))}
    en = word("column.digest.breaks.kind", "en")
    assert len(kinds) == 11
    for kind in kinds:
        assert kind in en
        assert all(word(f"break.{kind}", lang) for lang in LANGS)


def results_in(folder, scenario, *runs):
    """A results folder of made-up runs with some fires each; the ledger of run 0 is kept."""
    ledgers = [made_up_ledger(scenario, run, *write) for run, write in enumerate(runs)]
    return finished_folder(folder, scenario, ledgers)


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    folder = tmp_path_factory.mktemp("fires")
    return results_in(folder, burning(), (forest_fires, building_fires), (building_fires,))


def test_burn_probability_counts_a_cell_once_a_run(both):
    from anlan.analysis.plots.fire_burn import burn_share
    from anlan.sim.place.landscape.land import land_of

    share = burn_share(both, land_of(both.scenario))
    assert share.shape == (40, 50)
    assert np.argwhere(share).tolist() == [[5, 5], [5, 6], [20, 30]]
    assert set(share[share > 0]) == {0.5}  # (5, 6) burnt in both fires of the one run


def test_curves_are_nought_where_a_run_has_no_fire(both):
    from anlan.analysis.plots.fire_containment import by_hour

    hours, total = by_hour(both)
    assert total["burnt_ha"].shape == (2, len(hours)) == (2, 13)
    assert total["burnt_ha"][:, 2].tolist() == [6.0 + 9.0, 0.0]


def test_first_engines_by_community(both):
    from anlan.analysis.plots.fire_arrival import _fill, by_community

    found = by_community(both)
    assert found["size"].to_dict() == {"t0-c0": 2, "t1-c0": 2, "t1-c1": 2}
    assert found["mean"].to_dict() == {"t0-c0": 5.0, "t1-c0": 12.0, "t1-c1": 120.0}
    assert _fill([5.0]) != _fill([5.1])


def test_a_fire_at_the_edge_of_the_landscape_is_told(both, tmp_path):
    from anlan.analysis.plots.relief import at_edge_share

    def at_edge(ledger):
        forest_fires(ledger)
        cell(ledger, "f1", 39, 7, 500.0)

    assert at_edge_share(both) == 0.0
    assert at_edge_share(results_in(tmp_path, burning(), (at_edge,), (forest_fires,))) == 0.5


@pytest.mark.parametrize("lang", LANGS)
def test_fire_pictures_are_drawn(both, lang, tmp_path):
    from anlan.analysis.plots.style import styled

    assert of_runs(both) == [*OF_RUNS, *WHY]  # its targets fail by time
    with styled():
        for name in (*FIRES, "timeline"):
            figure = import_module(f"anlan.analysis.plots.{name}").draw(both, lang).figure
            figure.savefig(tmp_path / f"{name}.png", dpi=40)
            assert (tmp_path / f"{name}.png").stat().st_size > 0


def test_no_fire_no_fire_picture(tmp_path):
    quiet = results_in(tmp_path, district(), ())
    assert of_runs(quiet) == [name for name in OF_RUNS if name not in FIRES]


def test_crews_on_the_road_and_at_the_scene_by_the_tick():
    """One goes out, works and comes home; one goes from a task to another and is still there.

    One never arrives, one meets a closed road and turns round, one is there already.
    """
    from anlan.analysis.plots.timeline_fires import crews_out

    def sent(ledger, crew, number, times, outcome, drives=True):
        trip = f"{crew}/{number}" if drives else ""
        left, came, gone = times
        if drives:
            over = came if came != NEVER else gone
            drive(ledger, trip, crew, "task", left, over, "forest_fire/f1")
        ledger.add(
            fact(
                facts.Deployment, crew=crew, team="team-1", incident="forest_fire/f1",
                trip=trip, people=6,
                sent_tick=left, arrived_tick=came, left_tick=gone, outcome=outcome,
            )
        )  # fmt: skip

    def drive(ledger, trip, crew, purpose, left, came, about=""):
        ledger.add(
            fact(
                facts.Trip, trip=trip, agent=crew, kind="crew", purpose=purpose, about=about,
                origin="t0-c0", destination="t0-c1", departed_tick=left, arrived_tick=came,
                distance_km=1.0, outcome="under_way" if came == NEVER else "arrived",
            )
        )  # fmt: skip

    def write(ledger):
        fire(ledger, "f1", kind="forest")
        sent(ledger, "c1", 1, (10, 12, 20), "done")
        drive(ledger, "c1/2", "c1", "return", 20, 23)
        sent(ledger, "c2", 1, (11, 13, 15), "sent_on")
        sent(ledger, "c2", 2, (15, 16, NEVER), "open")
        sent(ledger, "c3", 1, (142, NEVER, NEVER), "open")
        sent(ledger, "c4", 1, (50, NEVER, 54), "turned_back")
        sent(ledger, "c5", 1, (60, 61, 64), "done", drives=False)
        drive(ledger, "lorry/1", "lorry", "return", 30, 33)
        ledger.add(
            fact(facts.Trip, trip="lorry/2", agent="lorry", kind="truck", purpose="return",
                 departed_tick=33, arrived_tick=35, outcome="arrived")
        )  # fmt: skip

    road, scene = crews_out(Facts(district(), joined(write)))
    assert len(road) == len(scene) == 145
    out = [10, 11, 12, 15, 20, 21, 22, 30, 31, 32, 50, 51, 52, 53, 60, 142, 143]
    assert np.flatnonzero(road).tolist() == out
    assert road[11] == 2
    assert scene[[11, 12, 13, 15, 16, 19, 20, 54, 61, 64, 143]].tolist() == [
        0, 1, 2, 1, 2, 2, 1, 1, 2, 1, 1,
    ]  # fmt: skip


def test_a_timeline_with_fires_leaves_out_what_did_not_happen():
    from anlan.analysis.plots import timeline

    def crew(ledger):
        ledger.add(fact(facts.HazardLevel, tick=11, community="t0-c0", wind_ms=3.0, gust_ms=5.0))

    def panels(*write):
        return [panel.__name__ for panel, _ in timeline._parts(Facts(burning(), joined(*write)))]

    assert panels(crew, building_fires) == ["wind", "building_fires", "crews"]
    assert panels(crew, forest_fires) == ["wind", "burnt", "incidents"]  # some were hurt
    always = ["wind", "rain", "levels", "moves", "incidents", "outages"]
    assert panels(crew) == always


def test_a_flood_without_a_gale_is_told_by_its_water():
    from anlan.analysis.plots import timeline

    def water(ledger):
        for tick, depth_m in ((11, 0.1), (23, 0.42), (35, 0.2)):
            ledger.add(fact(facts.HazardLevel, tick=tick, community="t0-c0", depth_m=depth_m))

    start = datetime(2024, 7, 1, 8, tzinfo=UTC)
    results = SimpleNamespace(
        has_measure=lambda _name: False, clock=lambda hours: start + timedelta(hours=hours)
    )
    told = timeline._title(results, Facts(burning(), joined(water)), 0, "en")
    assert "0.42 m" in told
    assert "gale" not in told
    assert "0 of 0 incidents" in told


@pytest.mark.parametrize(
    ("across_km", "km", "label"), [(100, 20, "20 km"), (5, 1, "1 km"), (0.5, 0.1, "100 m")]
)
def test_the_scale_bar_is_less_than_a_quarter_of_the_map(across_km, km, label):
    from anlan.analysis.plots.maps import scale_bar

    assert scale_bar(across_km, "en") == (km, label)


def test_a_name_near_the_frame_is_written_inwards():
    from anlan.analysis.plots.relief import _inwards

    window = (0.0, 1.0, 0.0, 1.0)
    assert _inwards(0.5, 0.5, window) == ("center", "top", -4.0)
    assert _inwards(0.05, 0.5, window)[0] == "left"
    assert _inwards(0.95, 0.01, window) == ("right", "bottom", 4.0)
