"""Villages and neighbourhoods bear the names of the statistics list, not numbers."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from anlan.scenarios.derivation import haimen
from anlan.scenarios.derivation.files import FACTS, SCENARIOS, read_assumed, read_rows
from anlan.scenarios.derivation.places import Layout
from anlan.scenarios.derivation.units import KINDS, Unit, read_names, read_units

DISTRICTS = ("haimen", "nantong", "pingshan", "linyi", "fuling")
FOLDERS = sorted(
    p.parent.name for p in SCENARIOS.glob("*/communities.csv") if "tiny" not in p.parent.name
)


def rows(folder: str) -> list[dict[str, str]]:
    return read_rows(SCENARIOS / folder / "communities.csv")


def units(district: str) -> list[Unit]:
    """With Haimen's two subdistricts of one statistical unit apart."""
    if district == "haimen":
        return haimen.split_units(read_assumed("haimen"))
    return read_units(district)


def test_every_town_has_as_many_names_of_each_kind_as_it_has_places() -> None:
    names = read_names()
    assert sum(map(len, names.values())) == 2511
    facts = {(r["county_code"], r["town"]): r for r in read_rows(FACTS / "towns.csv")}
    counted = {k: r for k, r in facts.items() if int(r["n_village_units"])}
    assert names.keys() == counted.keys()
    assert len(names) == 140
    for town, fact in counted.items():
        kinds = Counter(name.kind for name in names[town])
        assert kinds["neighbourhood"] == int(fact["n_communities"]), town
        assert kinds["village"] == int(fact["n_villages"]), town


@pytest.mark.parametrize("folder", FOLDERS)
def test_no_place_is_a_numbered_stand_in_and_no_two_are_called_alike(folder: str) -> None:
    found = rows(folder)
    for row in found:
        assert not re.search(r"\d", row["name_zh"] + row["name_en"]), row["community"]
        assert re.search(r"[\u4e00-\u9fff]", row["name_zh"]), row["community"]
        assert re.fullmatch(r"[A-Za-zü' -]+", row["name_en"]), row["community"]
    assert len({r["name_zh"] for r in found}) == len(found)
    # What differs in Chinese may sound alike: 新民 and 新闵. Not more than one pair in fifty.
    assert len({r["name_en"] for r in found}) > 0.98 * len(found)


def test_all_shipped_names_are_all_of_the_list() -> None:
    """The five districts together: Nantong's folder holds Haimen, the others one each."""
    own = {u.id: u for d in DISTRICTS for u in units(d)}
    shipped: Counter[tuple[str, str]] = Counter()
    for folder in ("nantong-typhoon", "pingshan-typhoon", "linyi-flood", "fuling-forest-fire"):
        for row in rows(folder):
            town = own[row["town"]].name_zh
            assert row["name_zh"].startswith(town)
            shipped[row["name_zh"].removeprefix(town), row["kind"]] += 1
    listed = Counter((n.zh, n.kind) for names in read_names().values() for n in names)
    assert shipped == listed


@pytest.mark.parametrize("district", DISTRICTS)
def test_a_name_s_kind_is_its_place_s_kind(district: str) -> None:
    found = units(district)
    layout = Layout(found, points=None, lonlat=[], area_km2=[])  # type: ignore[arg-type]
    assert layout.kinds == [name.kind for unit in found for name in unit.names]
    assert set(layout.kinds) <= set(KINDS)


def test_a_stress_event_stands_on_the_same_places_as_its_district() -> None:
    pairs = [(f, f"{f}-stress") for f in FOLDERS if f"{f}-stress" in FOLDERS]
    assert len(pairs) >= 7
    for own, stress in pairs:
        read = [(SCENARIOS / f / "communities.csv").read_bytes() for f in (own, stress)]
        assert read[0] == read[1], own


def test_names_of_other_tables_follow() -> None:
    """A store room, a shelter or an ignition that is called after a place has its name too."""
    for folder in FOLDERS:
        for file in ("stores.csv", "shelters.csv", "ignitions.csv"):
            path = SCENARIOS / folder / file
            for row in read_rows(path) if path.exists() else []:
                assert not re.search(r"\d\d(社区|村)", row["name_zh"]), (folder, file)
                assert not re.search(r"(neighbourhood|village) \d\d", row["name_en"])
