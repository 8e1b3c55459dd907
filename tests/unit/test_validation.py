"""What was observed beside what the model says: the facts' file, the looks, inside and outside."""

from __future__ import annotations

import math
import os
import runpy
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from anlan.analysis.measures.facts import Facts
from anlan.analysis.validation.beside import ALONE, Budget, beside, compare
from anlan.analysis.validation.city import city_of
from anlan.analysis.validation.facts import Fact, facts
from anlan.analysis.validation.hands import drowned_village, fire_in
from anlan.analysis.validation.looks import LOOKS, FactDigest
from anlan.analysis.words import word
from anlan.app.docs.markdown import DOCS
from anlan.app.docs.validation import page
from anlan.app.validation import merged
from anlan.sim import chosen_track, load, run
from anlan.sim.ledger import NEVER

TINY = load("tiny")
ROOT = Path(__file__).parents[2]
PORT = Fact(
    "f", "people", "tiny", (), "moved_persons", "", 1.0, 2.0, "person", {}, "", False, "", {}
)


@pytest.mark.long
def test_every_fact_names_a_scenario_a_look_and_a_source() -> None:
    assert len({f.id for f in facts()}) == len(facts())
    for fact in facts():
        assert fact.look in LOOKS or fact.look in ALONE, fact.id
        assert fact.low <= fact.high
        assert fact.source
        assert all(fact.labels.values())
        assert word(f"validation.group.{fact.group}", "zh")
        fact.loaded()


def test_inside_is_between_the_fifth_and_the_ninety_fifth_percentile() -> None:
    values = np.linspace(0.0, 100.0, 101)
    for low, high, verdict in ((5.0, 5.0, "inside"), (4.9, 4.9, "outside"), (0.0, 6.0, "inside"),
                               (96.0, 200.0, "outside")):  # fmt: skip
        row = beside(replace(PORT, low=low, high=high), values)
        assert row[-1] == verdict
        assert row[4:8] == (101, 50.0, 5.0, 95.0)
    gone = beside(PORT, np.full(3, np.nan))
    assert (gone[4], gone[-1]) == (0, "unplayed")


def test_a_run_is_asked_for_the_same_as_was_observed() -> None:
    tables = run(TINY).tables()
    rows = tables["evacuation"]
    left = rows["left_tick"]
    found = Facts(TINY, tables)
    assert LOOKS["moved_persons"](found, "") == rows["persons"][left != NEVER].sum() > 0
    everybody = sum(c.residents for c in TINY.communities)
    last = int(left.max())
    at = found.scenario.settings.tick_min
    by = [LOOKS["moved_share_by"](found, _hour(tick * at)) for tick in (-1, last, last + 1000)]
    assert by[0] == 0.0
    assert by[1] == by[2] == pytest.approx(rows["persons"][left != NEVER].sum() / everybody)
    inside = tables["shelter_level"]["occupants"].max(initial=0)
    assert LOOKS["sheltered_share_peak"](found, "") == pytest.approx(inside / everybody)


def _hour(minutes: float) -> str:
    from anlan.sim.scenario.clock import start_time

    return (start_time(TINY) + timedelta(minutes=minutes)).isoformat()


def test_a_forest_fire_is_asked_for_its_area_and_how_long_it_burnt() -> None:
    scenario = load("tiny-fire")
    found = Facts(scenario, run(scenario).tables())
    fronts = found.tables["fire_front"]
    name = str(fronts["fire"][0])
    assert LOOKS["burnt_ha"](found, name) == pytest.approx(fronts["burnt_ha"].max())
    assert LOOKS["burnt_ha"](found, "none-such") == 0.0
    assert 0.0 < LOOKS["out_h"](found, name) <= scenario.settings.duration_h
    assert np.isnan(LOOKS["out_h"](found, "none-such"))


def test_runs_are_kept_and_compared(tmp_path: Path) -> None:
    budget = Budget(tmp_path, runs=2, draws=1)
    first = compare([PORT], budget)
    told: list[int] = []
    again = compare([PORT], budget, lambda _s, played, _w: told.append(played))
    assert told == []
    assert first.equals(again)
    assert int(first["runs"].iloc[0]) == 2
    digest = FactDigest.of((PORT,))
    values = digest(TINY, run(TINY, 1, 0).tables())["facts"]["f"]
    assert first["mean"].iloc[0] >= 0.0
    assert values.shape == (1,)


def test_a_city_has_its_stations_elsewhere_in_each_draw() -> None:
    cities = [city_of(3, 16.0, 1, number) for number in (0, 1)]
    assert [len(c.teams) for c in cities] == [3, 3]
    assert len(cities[0].communities) == 16
    assert len(cities[0].roads) == 24
    assert {t.community for t in cities[0].teams} != {t.community for t in cities[1].teams}


def _asked(look: str, at: str, **settings: str) -> Fact:
    still = {f"parameters.storm.{name}": "0" for name in ("position_sd_km", "wind_sd_share")}
    return replace(PORT, look=look, at=at, settings=tuple((still | settings).items()))


def test_rain_within_hours_is_a_part_of_the_storms_rain_at_the_same_place() -> None:
    place = min(TINY.communities, key=lambda c: c.community)
    whole_h = TINY.settings.duration_h
    hours = [_hour(60.0 * h) for h in (0, whole_h // 2, whole_h)]
    here = f"{place.lat} {place.lon}"
    whole = ALONE["rain_total"](_asked("rain_total", here), 1, 2)
    parts = [
        ALONE["rain_between"](_asked("rain_between", f"{since} {until} {here}"), 1, 2)
        for since, until in pairwise(hours)
    ]
    assert min(part.min() for part in parts) > 0.0
    assert sum(parts) == pytest.approx(whole, rel=1e-4)
    twice = _asked("rain_between", f"{hours[0]} {hours[1]} {here} {here}")
    assert ALONE["rain_between"](twice, 1, 2) == pytest.approx(parts[0])
    for times, share in ((0.99, 1.0), (1.01, 0.0)):
        least = f"{times * parts[0][0]} {hours[0]} {hours[1]} {here}"
        assert ALONE["rain_share_from"](_asked("rain_share_from", least), 1, 1) == [share]
    with pytest.raises(ValueError, match="do not lie in the run"):
        ALONE["rain_between"](_asked("rain_between", f"{hours[0]} {_hour(1e5)} {here}"), 1, 1)


def test_a_track_that_ends_leaves_the_storm_to_the_rule_of_decay() -> None:
    """Kaplan and DeMaria (1995) by hand: 26.7 knots stay, the rest falls off by 0.095 an hour."""
    last = chosen_track(TINY)[-1]
    hours = 9.0
    later = (last.time + timedelta(hours=hours)).isoformat()
    asked = _asked("wind_by_decay", f"{last.time.isoformat()} {later}")
    found = ALONE[asked.look](asked, 1, 2)
    knots = (last.wind_ms or 0.0) * 3600.0 / 1852.0
    left = 26.7 + (knots - 26.7) * math.exp(-0.095 * hours)
    assert found == pytest.approx(min(left, knots) * 1852.0 / 3600.0, rel=1e-3)


def test_gusts_within_hours_go_by_the_ground_that_is_named() -> None:
    place = TINY.communities[0]
    hours = f"{_hour(0.0)} {_hour(60.0 * TINY.settings.duration_h)} {place.lat} {place.lon}"
    shore, inland = (
        ALONE["gust_between"](_asked("gust_between", f"{hours} village {km}"), 1, 2)
        for km in (0, 100)
    )
    p = TINY.p
    ratio = p("wind.coast_factor") * p("wind.gust_coast_ratio") / (
        p("wind.open_factor") * p("wind.gust_inland_ratio")
    )  # fmt: skip
    assert shore / inland == pytest.approx(ratio, rel=1e-4)


def test_a_part_of_the_facts_may_be_played_and_the_others_stay() -> None:
    first, second = facts()[:2]
    kept = (DOCS / "figures" / "validation.csv").read_text(encoding="utf-8").splitlines()
    text = merged(f"{kept[0]}\n{second.id},anew\n", [second])
    assert text.splitlines() == [kept[0], kept[1], f"{second.id},anew", *kept[3:]]
    assert kept[1].startswith(first.id)
    assert merged(f"{kept[0]}\n{second.id},anew\n", facts()).splitlines()[1:] == [
        f"{second.id},anew"
    ]


def test_what_a_parameter_was_set_by_is_counted_as_no_test() -> None:
    """The mark on the page is that of the parameter's own source."""
    setting = [f for f in facts() if f.sets]
    assert [f.sets for f in setting] == ["rain.scale"]
    source = TINY.parameters["rain.scale"].source
    assert source.startswith("calibrated")
    assert f"Of {len(facts()) - len(setting)}, " in page()


def test_a_boat_brings_out_no_more_than_its_rule_lets_it() -> None:
    """18 minutes a trip of six by the rule: 20 an hour, less for tired people and small groups."""
    village = drowned_village()
    p = village.p
    trip_min = 120.0 * p("team.boat_leg_km") / p("team.boat_kmh") + p("team.boat_stop_min")
    seats = p("team.boat_seats")
    most = 60.0 * seats / (trip_min + p("team.boat_person_min") * seats)
    (an_hour,) = ALONE["boat_persons_per_h"](PORT, 1, 1)
    (a_sortie,) = ALONE["boat_persons_per_sortie"](PORT, 1, 1)
    assert 0.25 * most < an_hour < most
    assert 0.5 * seats < a_sortie <= seats


@pytest.mark.long
def test_twenty_people_build_line_as_fast_as_the_fuel_says() -> None:
    """The first hours of a fresh crew on level ground: twenty times a person's rate."""
    for fuel in ("needle", "pine"):
        asked = replace(PORT, look="line_m_h", at=fuel)
        (built,) = ALONE["line_m_h"](asked, 1, 1)
        each = next(f.hand_m_h_person for f in fire_in(fuel).fuels if f.fuel == fuel)
        assert built == pytest.approx(20.0 * each, rel=0.05)


def test_the_page_shows_each_fact_in_both_languages() -> None:
    text = page()
    for fact in facts():
        assert all(label in text for label in fact.labels.values()), fact.id


def test_the_scars_are_played_anew_where_their_data_are() -> None:
    """The data do not ship: ANLAN_FIRE_HINDCAST names their folder, else this says it skips."""
    folder = os.environ.get("ANLAN_FIRE_HINDCAST")
    if folder is None:
        pytest.skip("ANLAN_FIRE_HINDCAST does not name the folder of the two Belgian fires")
    hindcast = runpy.run_path(str(ROOT / "benchmarks" / "fire_hindcast.py"))
    kept = (DOCS / "figures" / "fire_scars.csv").read_text(encoding="utf-8")
    assert hindcast["rows"](Path(folder)) == kept.splitlines()


def test_the_page_shows_both_scars_with_their_overlap() -> None:
    kept = (DOCS / "figures" / "fire_scars.csv").read_text(encoding="utf-8").splitlines()
    assert len(kept) == 1 + 2 * 2 * 3 * 3
    page = (DOCS / "validation.md").read_text(encoding="utf-8")
    assert {line.split(",")[0] for line in kept[1:]} == {"case1_clinge", "case3_arlon"}
    assert all(name in page for name in ("case1_clinge", "case3_arlon"))
