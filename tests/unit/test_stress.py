"""Stress events: how they are marked, and that their design numbers are what they say they are."""

from __future__ import annotations

import json
import shutil
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from anlan.analysis.notes import notes
from anlan.analysis.text.events import event_text
from anlan.analysis.words import LANGS
from anlan.app.cli import main
from anlan.scenarios.derivation import design_fire, design_rain, design_storm
from anlan.scenarios.derivation.chance import Floats
from anlan.scenarios.derivation.design import Design, design
from anlan.scenarios.derivation.files import SCENARIOS, TABLES, read_rows
from anlan.sim import load, stress_events
from anlan.sim.forcing import wind
from anlan.sim.scenario.clock import closest_approach, great_circle_km
from anlan.sim.scenario.errors import BadInput
from anlan.sim.scenario.schema import Scenario

EVENTS = {
    "fuling-forest-fire-stress": None,
    "haimen-typhoon-stress": 100.0,
    "linyi-building-fire-stress": None,
    "linyi-flood-stress": None,
    "nantong-typhoon-stress": 100.0,
    "pingshan-forest-fire-stress": None,
    "pingshan-typhoon-stress": 100.0,
}
RAINS = [("haimen", "typhoon"), ("nantong", "typhoon"), ("pingshan", "typhoon"), ("linyi", "flood")]
STORMS = ["haimen", "nantong", "pingshan"]
HOURS: Floats = np.array([1.0, 2.0, 3.0, 6.0, 12.0, 24.0])


# -- how they are marked --------------------------------------------------------------------------


def test_the_stress_events_that_ship_are_known_without_reading_tables() -> None:
    assert stress_events() == EVENTS


@pytest.mark.parametrize("name", EVENTS)
def test_title_summary_and_sources_say_that_it_is_no_forecast(name: str) -> None:
    scenario = load(name)
    settings = scenario.settings
    assert settings.event == "stress"
    assert "压力事件" in settings.name.zh
    assert "stress event" in settings.name.en
    assert settings.summary.zh.startswith("压力事件，不是预报")
    assert settings.summary.en.startswith("Stress event, not a forecast")
    sources = (SCENARIOS / name / "SOURCES.md").read_text(encoding="utf-8")
    assert "压力事件，不是预报" in sources
    assert "stress event, not a forecast" in sources
    texts = [event_text(scenario, lang) for lang in LANGS]
    assert "Stress event, not a forecast." in texts[LANGS.index("en")]
    assert "压力事件，不是预报。" in texts[LANGS.index("zh")]


def test_the_list_names_the_events(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "1000")
    assert main(["list", "--lang", "en"]) == 0
    out = capsys.readouterr().out
    for name, years in EVENTS.items():
        (line,) = (row for row in out.splitlines() if f" {name} " in row)
        assert "stress event" + (f" ({years:g} years)" if years else "") in line


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ('event = "stress"', "states return_period_y"),
        ("return_period_y = 100", "only an event"),
        ('event = "stress"\nreturn_period_y = 0.5', "0.5 is not more than 1"),
        ('event = "forecast"', "case"),
    ],
)
def test_an_event_that_does_not_say_how_rare_it_is_is_refused(
    tmp_path: Path, given: str, says: str
) -> None:
    folder = Path(shutil.copytree(SCENARIOS / "tiny", tmp_path / "mine"))
    file = folder / "scenario.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("tick_min", f"{given}\ntick_min", 1), encoding="utf-8")
    with pytest.raises(BadInput, match=says):
        load(folder)


def test_report_and_manifest_name_a_stress_event(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(SCENARIOS / "tiny", tmp_path / "mine"))
    file = folder / "scenario.toml"
    given = 'event = "stress"\nreturn_period_y = 50\n'
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("tick_min", given + "tick_min", 1), encoding="utf-8")
    out = tmp_path / "out"
    assert main(
        ["run", str(folder), "--runs", "2", "--no-pictures", "--out", str(out), "--lang", "en"]
    ) in (0, 1, 3)
    assert json.loads((out / "manifest.json").read_text(encoding="utf-8"))["event"] == {
        "event": "stress",
        "return_period_y": 50.0,
        "exaggeration": None,
    }
    page = (out / "report.en.html").read_text(encoding="utf-8")
    head = page[page.index("<header>") : page.index("</header>")]
    assert "Stress event, not a forecast. Return period: 50 years." in head


# -- nothing but the event is different -----------------------------------------------------------


@pytest.mark.parametrize("name", EVENTS)
def test_the_district_is_that_of_its_other_scenario(name: str) -> None:
    """Plan, tables, levels and land are the same; the event alone is another, and what of the sea
    and the dikes its own parameters.csv says.
    """
    one, other = load(name), load(name.removesuffix("-stress"))
    event = {"settings", "hazards", "tracks", "gauge", "weather", "ignitions", "building_fires"}
    event |= {"river_stage"}
    for field in set(Scenario.model_fields) - event - {"assumptions", "parameters"}:
        assert getattr(one, field) == getattr(other, field), field
    differ = {n for n, row in one.parameters.items() if row != other.parameters.get(n)}
    for number in differ:
        assert number.startswith(("surge.", "dike."))
        assert one.parameters[number].source.startswith(("stress event: ", "stated exaggeration"))
    assert (len(differ) > 0) == (name == "haimen-typhoon-stress")
    assert one.settings.population_seed == other.settings.population_seed
    assert one.settings.command_community == other.settings.command_community
    assert one.settings.tick_min == other.settings.tick_min
    # a design rain is shorter than the run, and the notes say so: that belongs to the event
    # and so does whether the sea comes to the dikes
    of_event = ("gauge.csv covers", "weather.csv", "will not stress")
    said, others = (
        [n for n in notes(each, "en") if not any(words in n for words in of_event)]
        for each in (one, other)
    )
    assert said == others


def test_each_number_of_a_design_lies_in_its_range_and_has_a_source() -> None:
    for path in sorted(TABLES.glob("*/design.csv")):
        for row in read_rows(path):
            assert row["mark"] in ("found", "known", "assumption"), row
            assert row["source"], row
            assert row["unit"], row
            assert row["zh"], row
            assert row["en"], row
            if row["low"]:
                assert float(row["low"]) <= float(row["value"]) <= float(row["high"]), row


# -- rain -----------------------------------------------------------------------------------------


def test_the_formula_gives_the_depths_of_its_sources() -> None:
    """Nantong by hand: 2007.34 (1 + 0.752 x 2) / 77.9^0.71 = 227.96 L/(s ha), 82.1 mm in an hour.
    Haimen by the other formula of its handbook: 109 mm (events S8).
    The official table of Pingshan's basin has 176.41 mm for 100 years and 120 min.
    """
    depths = design_rain.formula_mm(design("nantong", "typhoon"), np.array([60.0, 180.0]))
    assert depths == pytest.approx([82.1, 127.1], rel=5e-3)
    depths = design_rain.formula_mm(design("haimen", "typhoon"), np.array([60.0]))
    assert depths == pytest.approx([109.0], rel=5e-3)
    depths = design_rain.formula_mm(design("pingshan", "typhoon"), np.array([120.0]))
    assert depths == pytest.approx([176.41], rel=5e-3)


def test_an_area_of_the_table_has_the_share_of_the_table() -> None:
    share = design_rain.areal_share(500.0, np.array([60.0, 1440.0]))
    assert share == pytest.approx([0.75, 0.90])


@pytest.mark.parametrize(("district", "event"), RAINS)
def test_the_wettest_hours_of_the_pattern_hold_the_design_depths(district: str, event: str) -> None:
    """Keifer and Chu: r d before the peak to (1 - r) d after it holds the depth of d.

    No window of that length holds more (but for 1 %: depths bend where the areal share begins
    and the formula ends).
    """
    of = design(district, event)
    r = of["rain_peak_share"]
    minutes = 60.0 * HOURS
    held = design_rain.fallen_mm(of, (1 - r) * minutes) - design_rain.fallen_mm(of, -r * minutes)
    assert held == pytest.approx(design_rain.depth_mm(of, minutes), rel=1e-9)
    fine = np.arange(-1440.0, 1441.0, 3.0)
    fallen = design_rain.fallen_mm(of, fine)
    for length, depth in zip(minutes, held, strict=True):
        most = (np.interp(fine + length, fine, fallen) - fallen).max()
        assert most <= depth * 1.01
    assert np.all(np.diff(fallen) >= 0.0)


@pytest.mark.parametrize("district", STORMS)
def test_the_gauge_s_wettest_hour_and_day_are_those_of_the_design(district: str) -> None:
    of = design(district, "typhoon")
    rain = [
        float(r["rain_mm"]) for r in read_rows(SCENARIOS / f"{district}-typhoon-stress/gauge.csv")
    ]
    hour, day = design_rain.depth_mm(of, np.array([60.0, 1440.0]))
    assert max(rain) == pytest.approx(hour, abs=0.01)
    assert sum(rain) == pytest.approx(day, abs=0.2)


def test_straight_lines_between_the_rows_of_weather_hold_the_rain_of_the_day() -> None:
    of = design("linyi", "flood")
    rows = load("linyi-flood-stress").weather
    hours = [(b.time - a.time) / timedelta(hours=1) for a, b in pairwise(rows)]
    means = [(a.rain_mm_h + b.rain_mm_h) / 2 for a, b in pairwise(rows)]
    total = sum(h * mm for h, mm in zip(hours, means, strict=True))
    assert total == pytest.approx(float(design_rain.depth_mm(of, np.array([1440.0]))[0]), abs=0.2)


# -- storm ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("district", STORMS)
def test_the_storm_passes_as_it_is_stated(district: str) -> None:
    of, scenario = design(district, "typhoon"), load(f"{district}-typhoon-stress")
    seat = scenario.towns[0]
    km = [great_circle_km(f.lon, f.lat, seat.lon, seat.lat) for f in scenario.tracks]
    assert min(km) == pytest.approx(of["pass_km"], abs=1.0)
    near = scenario.tracks[km.index(min(km))]
    assert near.time == of.time("passes")
    assert near.pressure_hpa == pytest.approx(1010.0 - of["deficit_hpa"])
    before = [f for f in scenario.tracks if f.time <= near.time]
    for a, b in pairwise(before):
        hours = (b.time - a.time) / timedelta(hours=1)
        far_km = great_circle_km(a.lon, a.lat, b.lon, b.lat)
        assert far_km / hours == pytest.approx(of["speed_kmh"], rel=0.02)
    assert abs(closest_approach(scenario)[0] - near.time) < timedelta(hours=3)


@pytest.mark.parametrize("district", STORMS)
def test_the_model_s_profile_gives_a_radius_in_the_range_of_the_region(district: str) -> None:
    """Vickery and Wadhera: 35-80 km off the Yangtze's mouth, 20-45 km off Pingshan."""
    near = load(f"{district}-typhoon-stress").tracks[12]
    deficit, lat = np.array([1010.0 - near.pressure_hpa]), np.array([near.lat])
    low, high = (20.0, 45.0) if district == "pingshan" else (35.0, 80.0)
    assert low < float(wind.rmax_km(deficit, lat)[0]) < high


def test_going_a_quarter_round_the_equator() -> None:
    lon, lat = design_storm.going(10.0, 0.0, 90.0, 0.5 * np.pi * design_storm.EARTH_KM)
    assert (lon, lat) == pytest.approx((100.0, 0.0), abs=1e-9)


# -- fire -----------------------------------------------------------------------------------------


def test_a_design_day_has_its_ends_at_their_hours_and_keeps_its_vapour() -> None:
    of = design("fuling", "forest-fire")
    assert design_fire.temperature_c(of, 6) == pytest.approx(of["night_c"])
    assert design_fire.temperature_c(of, 15) == pytest.approx(of["day_c"])
    assert design_fire.humidity_pct(of, of["day_c"]) == pytest.approx(of["humidity_pct"])
    # Saturation at 33 and 43 C: 5.03 and 8.65 kPa.
    assert design_fire.humidity_pct(of, 33.0) == pytest.approx(20 * 8.65 / 5.03, rel=2e-3)


@pytest.mark.parametrize("district", ["fuling", "pingshan"])
def test_fires_lie_upwind_of_a_village(district: str) -> None:
    of, scenario = design(district, "forest-fire"), load(f"{district}-forest-fire-stress")
    assert len(scenario.ignitions) == of["fires"]
    for fire in scenario.ignitions:
        near = min(great_circle_km(fire.lon, fire.lat, c.lon, c.lat) for c in scenario.communities)
        assert near <= of["upwind_km"] + 0.02


def test_as_many_buildings_burn_as_the_design_says_each_within_the_hour() -> None:
    of, scenario = design("linyi", "building-fire"), load("linyi-building-fire-stress")
    kinds = [fire.building_class for fire in scenario.building_fires]
    for kind, n in of.beginning("fires_"):
        assert kinds.count(kind) == n
    first = of.time("first_fire")
    for fire in scenario.building_fires:
        assert first <= fire.time < first + timedelta(minutes=of["within_min"])
        assert fire.victims == of[f"victims_{fire.building_class}"]


def test_an_unknown_number_is_said() -> None:
    with pytest.raises(KeyError, match="nothing"):
        Design({})["nothing"]
