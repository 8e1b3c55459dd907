"""Reading a scenario, changing it with `--set` or `replace`, and its clock."""

from __future__ import annotations

import pickle
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from anlan.sim import load
from anlan.sim.scenario.clock import closest_approach, great_circle_km, start_time
from anlan.sim.scenario.errors import BadInput
from anlan.sim.scenario.read import SHIPPED, shipped, shipped_parameters
from anlan.sim.scenario.schema import Scenario
from tests.chinese import english


@pytest.fixture(scope="module")
def tiny() -> Scenario:
    return load("tiny")


@pytest.fixture(scope="module")
def haimen() -> Scenario:
    return load("haimen-typhoon")


def test_shipped_scenarios_are_listed_by_folder_name_in_both_languages() -> None:
    found = shipped()
    names = [name for name, _, _ in found]
    assert names == [
        "fuling-forest-fire",
        "fuling-forest-fire-stress",
        "haimen-typhoon",
        "haimen-typhoon-stress",
        "linyi-building-fire",
        "linyi-building-fire-stress",
        "linyi-earthquake-sketch",
        "linyi-flood",
        "linyi-flood-stress",
        "nantong-typhoon",
        "nantong-typhoon-stress",
        "pingshan-forest-fire",
        "pingshan-forest-fire-stress",
        "pingshan-typhoon",
        "pingshan-typhoon-stress",
        "tiny",
        "tiny-fire",
    ]
    assert all(t.zh and t.en and s.zh and s.en for _, t, s in found)


def test_haimen_has_the_census_totals(haimen: Scenario) -> None:
    """12 towns, 296 places, 991,782 residents, 384,993 households: as the census says."""
    assert len(haimen.towns) == 12
    assert len(haimen.communities) == 296
    assert haimen.residents == 991_782
    assert sum(c.households for c in haimen.communities) == 384_993
    urban = [c.residents for c in haimen.communities if c.kind == "neighbourhood"]
    assert sum(urban) == 661_983


def test_loading_twice_gives_the_same(tiny: Scenario) -> None:
    assert load("tiny") == tiny


def test_a_scenario_can_be_sent_to_a_worker(tiny: Scenario) -> None:
    assert pickle.loads(pickle.dumps(tiny)) == tiny


def test_a_path_and_a_name_give_the_same_scenario(tmp_path: Path, tiny: Scenario) -> None:
    own = shutil.copytree(SHIPPED / "tiny", tmp_path / "mine")
    assert load(own) == load(str(own)) == tiny


def test_a_table_as_excel_writes_it_reads_the_same(tmp_path: Path, tiny: Scenario) -> None:
    """The mark at the start, CRLF, empty columns and rows at the end change nothing."""
    own = Path(shutil.copytree(SHIPPED / "tiny", tmp_path / "mine"))
    for path in own.glob("*.csv"):
        lines = [line + ",," for line in path.read_text(encoding="utf-8").splitlines()]
        empty = "," * lines[0].count(",")
        text = "\r\n".join([*lines, empty, ""])
        path.write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert load(own) == tiny


def test_files_that_are_not_named_are_not_read(tmp_path: Path, tiny: Scenario) -> None:
    own = Path(shutil.copytree(SHIPPED / "tiny", tmp_path / "mine"))
    (own / "photo.csv").write_bytes(b"\xff\xfe\x00")
    (own / "notes.md").write_text("x", encoding="utf-8")
    assert load(own) == tiny


def test_a_scenario_may_bring_its_own_items_gauge_and_parameters(tmp_path: Path) -> None:
    own = Path(shutil.copytree(SHIPPED / "tiny", tmp_path / "mine"))
    items = (SHIPPED / "items.csv").read_text(encoding="utf-8").replace(",125,", ",250,", 1)
    (own / "items.csv").write_text(items, encoding="utf-8")
    (own / "gauge.csv").write_text(
        "time,rain_mm\n2024-09-01T00:00:00Z,5\n2024-09-01T01:00:00Z,7.5\n", encoding="utf-8"
    )
    (own / "parameters.csv").write_text(
        "name,value,unit,low,high,source,mark,zh,en\n"
        "wind.air_density_kg_m3,1.15,kg/m3,1.1,1.25,test,known,密度,density\n",
        encoding="utf-8",
    )
    scenario = load(own, {"hazard.rain": "gauge"})
    assert scenario.items[0].need_per_h == 250
    assert [g.rain_mm for g in scenario.gauge] == [5.0, 7.5]
    assert scenario.p("wind.air_density_kg_m3") == 1.15


def test_set_changes_what_it_names_and_nothing_else(tiny: Scenario) -> None:
    changed = load(
        "tiny",
        {
            "settings.duration_h": "24",
            "settings.start_before_closest_h": "12",
            "settings.tick_min": "10.0",
            "policy.dispatch": "most-people-first",
            "parameters.wind.air_density_kg_m3": "1.2",
            "towns.tiny.bus_seats_per_h": "96",
            "communities.port.residents": "20",
            "roads.r1.speed_kmh": "72",
            "teams.team-1.members": "40",
            "teams.team-1.capabilities": "rescue; fire",
            "stores.store-1.trucks": "3",
            "shelters.shelter-1.capacity": "800",
            "stock.store-1.water_ml": "9000",
            "stock.shelter-1.meal": "7",
            "response.III.move": "low_lying;boat",
            "target.flood-team-30.limit": "8",
        },
    )
    assert changed.settings.duration_h == 24
    assert changed.settings.start_before_closest_h == 12.0
    assert changed.settings.tick_min == 10
    assert changed.policy.dispatch == "most-people-first"
    assert changed.p("wind.air_density_kg_m3") == 1.2
    assert changed.towns[0].bus_seats_per_h == 96
    assert [c.residents for c in changed.communities] == [24, 20]
    assert changed.roads[0].speed_kmh == 72.0
    assert changed.teams[0].members == 40
    assert changed.teams[0].capabilities == ("rescue", "fire")
    assert changed.stores[0].trucks == 3
    assert changed.shelters[0].capacity == 800
    held = {(s.holder, s.item): s.quantity for s in changed.stock}
    before = {(s.holder, s.item): s.quantity for s in tiny.stock}
    assert held == before | {("store-1", "water_ml"): 9000, ("shelter-1", "meal"): 7}
    assert changed.responses[1].move == ("low_lying", "boat")
    assert next(t.limit for t in changed.plan.targets if t.id == "flood-team-30") == 8.0
    assert changed.tracks == tiny.tracks
    assert changed.plan.targets[0] == tiny.plan.targets[0]
    assert load("tiny") == tiny


@pytest.mark.parametrize(
    ("key", "value", "says"),
    [
        ("hazrd.storm", "straight", "did you mean hazard?"),
        ("hazard.strom", "straight", "did you mean storm?"),
        ("hazard.storm", "strait", "did you mean straight?"),
        ("settings.tick_min", "7", "one of these numbers; give one of 1, 2, 5, 10, 15, 20, 30, 60"),
        ("settings.duration_h", "-1", "-1 is less than 1"),
        ("parameters.wind.air_densty_kg_m3", "1.2", "did you mean wind.air_density_kg_m3?"),
        ("parameters.wind.air_density_kg_m3", "nan", "nan is not a finite number"),
        ("parameters.wind.air_density_kg_m3", "500", "outside its range"),
        (
            "parameters.derive.main_road_kmh",
            "45",
            "python -m anlan.scenarios.derivation.<district>",
        ),
        ("settings.command_community", "prot", "did you mean port?"),
        ("settings.start_before_closest_h", "1e9", "1e9 is more than 720"),
        ("teams.team-1.members", "1000000000", "a whole number from 0 to 100000"),
        ("teams.team-1.members", "1_6", "1_6 is not a number"),
        ("stores.store-1.trucks", "1000000000", "a whole number from 0 to 10000"),
        ("teams.team-1.boats", "1000000000", "a whole number from 0 to 10000"),
        ("policy.supply", "nearest-fist", "did you mean nearest-first?"),
        ("teams.team-2.members", "40", "did you mean team-1?"),
        ("teams.team-1.member", "40", "did you mean members?"),
        ("teams.team-1.members", "forty", "give a whole number from 0 to 100000"),
        ("teams.team-1", "40", "the key stops short; write teams.<id>.<column>=<value>"),
        ("stock.store-1", "40", "the key stops short; write stock.<holder>.<item>=<value>"),
        ("stock.store-1.watr_ml", "40", "did you mean water_ml?"),
        ("stock.store-1.water_ml", "-1", "-1 is less than 0"),
        ("communities.port.residents", "3", "8 households for 3 residents"),
        ("hazard.rain", "gauge", "there is no gauge.csv"),
        ("response.V.signal", "red", "no level V"),
        ("hazard", "x", "the key stops short; write hazard.<kind>.<key>=<value>"),
        ("", "x", "no section"),
    ],
)
def test_a_wrong_set_is_one_line_that_names_the_key_and_what_is_right(
    key: str, value: str, says: str
) -> None:
    with pytest.raises(BadInput) as caught:
        load("tiny", {key: value})
    line = str(caught.value)
    assert english(caught.value) == []
    assert line.startswith("--set")
    assert key in line
    assert says in line, line
    assert "\n" not in line


def test_one_thing_is_set_once_whatever_it_is_called() -> None:
    for one, other in (
        ("teams.team-1.boats", "teams.救援队.boats"),
        ("hazard.storm", "hazard.typhoon.storm"),
        ("stock.store-1.water_ml", "stock.store-1.饮用水"),
    ):
        with pytest.raises(BadInput, match=f"--set {other}: changes the same as {one}; keep one"):
            load("tiny", {one: "1", other: "2"})


def test_what_only_the_derivation_reads_is_no_parameter_of_a_scenario(tiny: Scenario) -> None:
    """It is shipped and documented, but no run reads it and no scenario assumes it."""
    derived = {k for k in shipped_parameters() if k.startswith("derive.")}
    assert derived
    assert set(tiny.parameters) == set(shipped_parameters()) - derived


@pytest.mark.long
def test_summaries_name_no_storm_where_one_can_be_chosen() -> None:
    """The report's headline holds for every storm of tracks.csv."""
    for name, _, summary in shipped():
        scenario = load(name)
        if "typhoon" not in scenario.hazards or name == "pingshan-typhoon":  # that lists them all
            continue
        if scenario.settings.event == "stress":  # it has its one design storm
            continue
        for fix in scenario.tracks:
            assert fix.name_zh not in summary.zh
            assert fix.name_en.lower() not in summary.en.lower()


def test_every_storm_of_haimen_can_be_chosen_without_editing_files() -> None:
    """Its closest approach lies within an hour and 25 km of the table in facts (one seat)."""
    expected = {
        "muifa-2022": (datetime(2022, 9, 14, 21, tzinfo=UTC), 14),
        "in-fa-2021": (datetime(2021, 7, 26, 6, tzinfo=UTC), 111),
        "lekima-2019": (datetime(2019, 8, 10, 18, tzinfo=UTC), 55),
        "bebinca-2024": (datetime(2024, 9, 16, 4, tzinfo=UTC), 70),
        "ampil-2018": (datetime(2018, 7, 22, 8, tzinfo=UTC), 35),
        "rumbia-2018": (datetime(2018, 8, 16, 23, tzinfo=UTC), 106),
    }
    for storm, (when, km) in expected.items():
        found, distance = closest_approach(load("haimen-typhoon", {"hazard.storm": storm}))
        assert abs(found - when) <= timedelta(hours=1), storm
        assert abs(distance - km) <= 25, storm


def test_replace_leaves_the_original_and_checks_the_whole(tiny: Scenario) -> None:
    more = tiny.replace(
        stock={("store-1", "water_ml"): 90_000},
        teams={"team-1": {"members": 40}},
        parameters={"wind.air_density_kg_m3": 1.2},
        settings={"duration_h": 24},
    )
    assert more.stock[0].quantity == 90_000
    assert tiny.stock[0].quantity != 90_000
    assert more.teams[0].members == 40
    assert more.p("wind.air_density_kg_m3") == 1.2
    assert tiny.p("wind.air_density_kg_m3") != 1.2
    with pytest.raises(BadInput, match="no town nowhere"):
        tiny.replace(communities={"port": {"town": "nowhere"}})
    with pytest.raises(BadInput, match="no section shops"):
        tiny.replace(shops={})


def test_start_is_the_closest_approach_less_the_lead_in_down_to_the_hour(
    haimen: Scenario,
) -> None:
    near, _ = closest_approach(haimen)
    start = start_time(haimen)
    ahead = timedelta(hours=haimen.settings.start_before_closest_h)
    assert timedelta(0) <= near - ahead - start < timedelta(hours=1)
    assert (start.minute, start.second, start.utcoffset()) == (0, 0, timedelta(hours=8))


def test_great_circle_of_a_degree_and_of_a_quarter_of_the_earth() -> None:
    """One degree of latitude is 2 pi R / 360; the pole lies a quarter of the way round."""
    assert great_circle_km(121.0, 31.0, 121.0, 32.0) == pytest.approx(111.195, abs=1e-3)
    assert great_circle_km(0.0, 0.0, 57.0, 90.0) == pytest.approx(10007.557, abs=1e-2)
    assert great_circle_km(179.5, 0.0, -179.5, 0.0) == pytest.approx(111.195, abs=1e-3)
