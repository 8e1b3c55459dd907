"""What `anlan check` notes: valid scenarios that do what their maker may not have meant."""

from __future__ import annotations

from datetime import timedelta

import pytest

from anlan.analysis.notes import highest_sea_m, notes
from anlan.app.cli import main
from anlan.sim import Streams, Typhoon, load
from anlan.sim.scenario.clock import start_time
from anlan.sim.scenario.schema import Dike, Scenario

FIRE = "tiny-fire"  # its weather goes on beyond its 3 h; it has a fire on grass, no forest crew


def crew() -> Scenario:
    """The tiny fire with a crew that can fight it."""
    scenario = load(FIRE)
    first = scenario.teams[0].model_copy(update={"capabilities": ("forest",)})
    return scenario.model_copy(update={"teams": (first, *scenario.teams[1:])})


def test_weather_that_covers_the_run_and_crews_that_can_fight_need_no_note() -> None:
    assert notes(crew(), "en") == []
    assert notes(load("tiny"), "en") == []


def test_weather_that_ends_before_the_run_or_begins_after_it_is_noted() -> None:
    scenario = crew()
    rows, start = scenario.weather, start_time(scenario)
    for hours, said in ((3, []), (2, ["ends 1 h before"]), (0.5, ["ends 2.5 h before"])):
        last = rows[-1].model_copy(update={"time": start + timedelta(hours=hours)})
        found = notes(scenario.model_copy(update={"weather": (rows[0], last)}), "en")
        assert len(found) == len(said)
        assert all(s in f for s, f in zip(said, found, strict=True))
    first = rows[0].model_copy(update={"time": start + timedelta(hours=1)})
    found = notes(scenario.model_copy(update={"weather": (first, rows[-1])}), "en")
    assert ["begins 1 h after" in f for f in found] == [True]


def test_a_forest_fire_that_nobody_can_fight_is_noted() -> None:
    able = crew()
    nobody = "nobody fights the forest fires"
    assert [nobody in n for n in notes(load(FIRE), "en")] == [True]
    few = able.teams[0].model_copy(update={"members": 0})
    found = notes(able.model_copy(update={"teams": (few, *able.teams[1:])}), "en")
    assert [nobody in n for n in found] == [False, True]  # the first says that it has nobody
    without = able.model_copy(update={"teams": able.teams[1:], "ignitions": ()})
    assert notes(without, "en") == []  # no fire, nobody needed


def test_fuels_in_which_nobody_builds_line_are_noted() -> None:
    none = {"hand_m_h_person": 0.0, "blower_m_h_person": 0.0}
    scenario = crew()
    fuels = tuple(f.model_copy(update=none) for f in scenario.fuels)
    found = notes(scenario.model_copy(update={"fuels": fuels}), "en")
    assert ["build no line" in n for n in found] == [True]
    some = (*fuels[:-1], scenario.fuels[-1])
    assert notes(scenario.model_copy(update={"fuels": some}), "en") == []


def test_a_map_with_more_forest_than_the_district_is_noted() -> None:
    scenario = load("pingshan-forest-fire")
    assert scenario.forest is not None
    for whole_ha, said in ((1.0, ["(18,624 ha)"]), (18_700.0, []), (None, [])):
        forest = scenario.forest.model_copy(update={"district_forest_ha": whole_ha})
        found = notes(scenario.model_copy(update={"forest": forest}), "en")
        assert [s in n for s, n in zip(said, found, strict=True)] == [True] * len(said)


@pytest.mark.parametrize(("lang", "said"), [("en", "Please note:"), ("zh", "请留意")])
def test_check_prints_the_notes_in_both_languages(
    lang: str, said: str, capfd: pytest.CaptureFixture[str]
) -> None:
    main(["check", FIRE, "--lang", lang])
    assert said in capfd.readouterr().out
    main(["check", "tiny", "--lang", lang])
    assert said not in capfd.readouterr().out


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"saws": None}, "and no saw"),
        ({"capabilities": ("rescue", "water")}, "have saws and lack"),
        ({"capabilities": ("rescue", "engineering"), "boats": 1}, "have boats and lack"),
        (
            {"capabilities": ("rescue", "engineering"), "boats": 0, "pumps_m3_h": 500.0},
            "have mobile pumps and lack",
        ),
        (
            {"capabilities": ("rescue", "engineering"), "boats": 0, "bags": 500},
            "have bags and lack",
        ),
    ],
)
def test_tools_that_are_missing_or_do_nothing_are_noted(
    change: dict[str, object], said: str
) -> None:
    tiny = load("tiny")
    team = tiny.teams[0].model_copy(update=change)
    found = notes(tiny.model_copy(update={"teams": (team,)}), "en")
    assert [said in note for note in found] == [True]


def test_more_tools_than_a_team_has_hands_for_are_noted_in_one_line_a_kind() -> None:
    scenario = load("haimen-typhoon").model_copy(update={"dikes": ()})
    assert notes(scenario, "en") == []
    first = next(t for t in scenario.teams if t.boats)
    for column, many in (("boats", 500), ("saws", 500), ("pumps_m3_h", 1e4)):
        able = {"capabilities": ("water", "engineering"), "saws": 1, column: many}
        odd = first.model_copy(update=able)
        teams = tuple(odd if t.team == first.team else t for t in scenario.teams)
        for lang in ("en", "zh"):
            found = notes(scenario.model_copy(update={"teams": teams}), lang)
            assert len(found) == 1
            assert column in found[0]
            assert first.team in found[0]
            assert f"{many:,g}" in found[0]


def test_dikes_that_no_sea_of_the_storm_reaches_are_noted() -> None:
    scenario = load("tiny")
    behind, *others = scenario.communities
    names = {"dike": "d1", "name_zh": "堤", "name_en": "dike", "community": behind.community}
    size = {"length_km": 1.0, "guards": 10, "rings": 1}
    dike = Dike.model_validate(names | size | {"source": "made up", "mark": "assumption"})
    sea_m = highest_sea_m(scenario)
    assert sea_m > 0.0
    for above_m, noted in ((0.1, 1), (-1.0, 0)):
        ground = behind.model_copy(update={"elevation_m": sea_m + above_m})
        places = (ground, *others)
        found = notes(scenario.model_copy(update={"communities": places, "dikes": (dike,)}), "en")
        assert len(found) == noted
        assert all(n.startswith("Dikes that the scenario will not stress: 1 (d1") for n in found)


def test_the_highest_sea_is_that_of_runs() -> None:
    """The place nearest to the sea gives it alone, so the note speaks of what a run would see."""
    scenario = load("tiny")
    first = max(
        float(forcing.sky.sea_level_m.max())
        for forcing in (Typhoon(scenario).draw(Streams(1, run)) for run in range(20))
        if forcing.sky is not None
    )
    assert highest_sea_m(scenario) == pytest.approx(first, abs=1e-6)


def test_a_radius_that_no_run_reads_is_noted_with_the_first_row() -> None:
    scenario = load("tiny")
    rows = tuple(f.model_copy(update={"outer_km": 350.0}) for f in scenario.tracks)
    (found,) = notes(scenario.model_copy(update={"tracks": rows}), "en")
    assert "no run reads the radius of the outermost closed isobar, 350 km" in found
    assert f"({len(rows)} such in all)" in found


def test_contraflow_where_no_lane_can_be_turned_or_none_is_left_is_noted() -> None:
    scenario, told = load("tiny"), {}
    road = scenario.roads[0]
    for name, change in {
        "one-way as it is": {"oneway": True, "lanes": 3},
        "one lane each way": {"lanes": 1},
        "": {"lanes": 2},
    }.items():
        turned = road.model_copy(update={"contraflow_to": road.to_community, **change})
        told[name] = notes(scenario.model_copy(update={"roads": (turned,)}), "en")
    assert told.pop("") == []
    assert all(name in " ".join(said) for name, said in told.items()), told
