"""Numbers that can be played and are surely not meant: told with file, row, and what was taken."""

from __future__ import annotations

from typing import Any

import pytest

from anlan.analysis.notes import notes
from anlan.analysis.unusual import unusual
from anlan.analysis.unusual.ranges import usual
from anlan.analysis.words import LANGS
from anlan.sim import load, odd
from anlan.sim.scenario.dictionary import described
from anlan.sim.scenario.read import shipped
from anlan.sim.scenario.schema import Scenario

HAIMEN = load("haimen-typhoon")
# table, what becomes of its second row, which note tells it
SLIPS: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("communities", {"elevation_m": 350.0}, "height_off"),  # centimetres
    ("communities", {"coast_km": 900.0}, "coast_off"),
    ("communities", {"coast_km": 6300.0}, "unusual"),  # metres
    ("communities", {"area_km2": 370.0}, "area_large"),  # hectares
    ("communities", {"area_km2": 0.0002}, "unusual"),
    ("communities", {"households": 1}, "unusual"),
    (
        "communities",
        {"share_60_79": 0.05, "share_80_plus": 0.14},
        "ages_swapped",
    ),
    ("stores", {"truck_kg": 5.0}, "unusual"),  # tonnes
    ("stock", {"quantity": 10**12}, "large_stock"),
    ("teams", {"members": 100_000}, "unusual"),
    ("roads", {"max_kg": 1000.0}, "road_barred"),
    ("roads", {"dip_m": 60.0}, "unusual"),  # centimetres
    ("shelters", {"capacity": 1_000_000}, "unusual"),
)


def with_second(table: str, change: dict[str, Any]) -> Scenario:
    """Haimen with its second row of a table changed."""
    first, second, *more = getattr(HAIMEN, table)
    rows = (first, second.model_copy(update=change), *more)
    return HAIMEN.model_copy(update={table: rows})


@pytest.mark.parametrize(("table", "change", "key"), SLIPS)
def test_a_slip_of_the_unit_is_told_by_row_and_column(
    table: str, change: dict[str, Any], key: str
) -> None:
    told = [one for one in unusual(with_second(table, change)) if one.key == key]
    [one] = told
    assert (one.file, one.index) == (f"{table}.csv", 1)
    assert one.column in (*change, "residents")  # a ratio is told where its numerator stands


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"limit": 0.0, "statistic": "share_of_runs_at_least"}, "target_always"),
        ({"limit": 1.0, "statistic": "mean_at_most"}, "target_always"),
        ({"limit": -1.0, "statistic": "mean_at_most"}, "target_never"),
        ({"limit": 0.9, "statistic": "mean_at_most"}, "target_wrong_way"),
    ],
)
def test_a_target_that_says_nothing_is_told(change: dict[str, Any], key: str) -> None:
    plan = HAIMEN.plan
    one = next(t for t in plan.targets if t.measure.endswith("before_gale_share"))
    targets = tuple(t.model_copy(update=change) if t is one else t for t in plan.targets)
    changed = HAIMEN.model_copy(update={"plan": plan.model_copy(update={"targets": targets})})
    assert [(o.key, o.fill["what"]) for o in unusual(changed)] == [(key, one.id)]
    for lang in LANGS:
        assert len([n for n in notes(changed, lang) if one.id in n]) == 1


def test_a_clock_of_another_place_is_told() -> None:
    settings = HAIMEN.settings.model_copy(update={"utc_offset_h": 0.0})
    changed = HAIMEN.model_copy(update={"settings": settings})
    assert [o.key for o in unusual(changed)] == ["clock_off"]
    assert any("UTC+8.1" in note for note in notes(changed, "en"))


def test_a_rainstorm_without_rain_is_told() -> None:
    flood = load("linyi-flood")
    dry = tuple(w.model_copy(update={"rain_mm_h": w.rain_mm_h / 1000.0}) for w in flood.weather)
    told = [o.key for o in unusual(flood.model_copy(update={"weather": dry}))]
    assert told == ["calm"]


def test_it_is_said_in_every_language_with_its_hint() -> None:
    scenario = with_second("stores", {"truck_kg": 5.0})
    for lang, hint in zip(LANGS, ("不是吨？", "not tonnes?"), strict=True):
        [note] = [n for n in notes(scenario, lang) if "truck_kg" in n]
        assert hint in note
        assert "300" in note


def test_two_communities_of_one_name_in_one_town_are_told() -> None:
    name = HAIMEN.communities[0].name_zh
    [one] = [o for o in odd(with_second("communities", {"name_zh": name})) if o.key == "twice"]
    assert (one.file, one.index) == ("communities.csv", 1)


def test_each_range_is_of_a_column_within_its_hard_range_and_has_a_source() -> None:
    columns = {(c.file, c.name): c for d in described(Scenario) for c in d.columns}
    for one in usual():
        hard = columns[one.file, one.column].hard_range
        assert hard is not None
        assert one.low < one.high
        if one.per:
            assert (one.file, one.per) in columns
        else:
            assert hard[0] <= one.low < one.high <= hard[1], one
            assert (one.low, one.high) != hard, f"{one} says nothing"


@pytest.mark.parametrize(
    "name",
    ["haimen-typhoon", "tiny", "tiny-fire",
     *(pytest.param(n, marks=pytest.mark.long) for n, *_ in shipped() if "tiny" not in n)],
)  # fmt: skip
def test_what_ships_is_usual(name: str) -> None:
    assert unusual(load(name)) == []
