"""The tables of the other districts: same bytes again, the census met, nothing cut off."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from anlan.scenarios.derivation import (
    district,
    files,
    fuling,
    haimen,
    linyi,
    nantong,
    pingshan,
    places,
    river_stages,
    rivers,
    stress,
)
from anlan.scenarios.derivation.files import FACTS, SCENARIOS, read_assumed, read_rows
from anlan.scenarios.derivation.sites import Plane, cells, spread_sites
from anlan.scenarios.derivation.units import read_counties, read_units
from anlan.sim import load

MAINS: dict[str, Callable[[Path], None]] = {
    "haimen": haimen.main,
    "nantong": nantong.main,
    "pingshan": pingshan.main,
    "linyi": linyi.main,
    "fuling": fuling.main,
}
# folder -> residents that the census (or the stated figure) gives
RESIDENTS = {
    "nantong-typhoon": 7_726_635,
    "pingshan-typhoon": 551_333,
    "pingshan-forest-fire": 551_333,
    "linyi-building-fire": 151_600,
    "linyi-flood": 151_600,
    "fuling-forest-fire": 1_115_016,
}
STRESS = {f"{name}-stress": n for name, n in (RESIDENTS | {"haimen-typhoon": 991_782}).items()}


class Derived:
    """Every district derived once, and which assumed numbers were asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.asked: set[str] = set()
        asked, real = self.asked, files.read_assumed

        class Watched(dict[str, float]):
            def __getitem__(self, name: str) -> float:
                asked.add(name)
                return super().__getitem__(name)

        with pytest.MonkeyPatch.context() as patch:
            for module in (haimen, nantong, district, fuling, stress, river_stages):
                patch.setattr(module, "read_assumed", lambda d: Watched(real(d)))
            for main in MAINS.values():
                main(folder)


@pytest.fixture(scope="module")
def derived(tmp_path_factory: pytest.TempPathFactory) -> Derived:
    return Derived(tmp_path_factory.mktemp("derived"))


def test_deriving_again_gives_the_same_bytes(derived: Derived) -> None:
    made = sorted(p.relative_to(derived.folder) for p in derived.folder.rglob("*.*"))
    assert {p.parts[0] for p in made} == {"haimen-typhoon", *RESIDENTS, *STRESS}
    for file in made:
        assert (derived.folder / file).read_bytes() == (SCENARIOS / file).read_bytes(), file


def test_every_assumed_number_of_the_derivations_is_used(derived: Derived) -> None:
    """A row of derive.csv that no code reads would be a number without a meaning."""
    assert derived.asked == set(read_assumed("haimen"))


@pytest.mark.parametrize("name", MAINS)
def test_a_district_s_own_numbers_lie_in_their_ranges_and_differ(name: str) -> None:
    path = files.TABLES / name / "assumed.csv"
    shared = {r["name"]: r for r in read_rows(SCENARIOS / "parameters" / "derive.csv")}
    for row in read_rows(path) if path.exists() else []:
        assert float(row["low"]) <= float(row["value"]) <= float(row["high"]), row["name"]
        assert row["unit"] == shared[row["name"]]["unit"], row["name"]
        assert row["mark"] in ("found", "known", "assumption")
        assert row["zh"]
        assert row["en"]
        assert row["source"]


@pytest.mark.parametrize("folder", [*RESIDENTS, *STRESS])
def test_the_folder_fits_together_and_has_its_residents(folder: str, tmp_path: Path) -> None:
    """load() also checks that every id exists and that no place is cut off."""
    scenario = load(folder)
    assert scenario.id == folder
    assert scenario.residents == (RESIDENTS | STRESS)[folder]
    assert all(c.residents > 0 for c in scenario.communities)
    assert scenario.settings.command_community in {c.community for c in scenario.communities}
    files_named = {a.file for a in scenario.assumptions}
    for file in ("communities.csv", "roads.csv", "teams.csv", "stores.csv", "shelters.csv"):
        assert file in files_named


@pytest.mark.parametrize("name", ["nantong", "pingshan", "linyi", "fuling"])
def test_each_town_has_as_many_places_as_the_statistics_list_says(
    name: str, derived: Derived
) -> None:
    folder = next(p for p in sorted(derived.folder.iterdir()) if p.name.startswith(name))
    found = Counter(r["town"] for r in read_rows(folder / "communities.csv"))
    facts = {(r["county_code"], r["town"]): r for r in read_rows(FACTS / "towns.csv")}
    rows = read_rows(files.TABLES / name / "units.csv")
    for row in rows:
        fact = facts[row["county_code"], row["town_zh"]]
        assert found[row["town"]] == int(fact["n_village_units"]), row["town"]


def test_the_counties_of_nantong_have_their_census(derived: Derived) -> None:
    """Eight rows of the bulletin, each met to the person."""
    county = {u.id: u.county for u in [*read_units("nantong"), *read_units("haimen")]}
    found: Counter[str] = Counter()
    for row in read_rows(derived.folder / "nantong-typhoon" / "communities.csv"):
        found[county[row["town"]]] += int(row["residents"])
    census = {
        r["code"]: int(r["population"])
        for r in read_rows(FACTS / "census.csv")
        if r["code"].startswith("3206") and len(r["code"]) == 6
    }
    assert sorted(found.values()) == sorted(census.values())
    assert len(found) == 8


def test_haimen_within_nantong_is_haimen(derived: Derived) -> None:
    own = read_rows(derived.folder / "haimen-typhoon" / "communities.csv")
    city = read_rows(derived.folder / "nantong-typhoon" / "communities.csv")
    assert city[: len(own)] == own


def test_fuling_s_towns_keep_the_proportions_of_2010(derived: Derived) -> None:
    units = read_units("fuling")
    total = sum(u.residents for u in units)
    assert total == 1_066_714  # the sum that the 2010 census gives
    found: Counter[str] = Counter()
    for row in read_rows(derived.folder / "fuling-forest-fire" / "communities.csv"):
        found[row["town"]] += int(row["residents"])
    for unit in units:
        assert abs(found[unit.id] - unit.residents * 1_115_016 / total) < 1


def test_roads_cross_a_river_only_at_bridges(derived: Derived) -> None:
    """As many roads cross the Yangtze and the Wujiang as there are bridges."""
    folder = derived.folder / "fuling-forest-fire"
    rows = read_rows(folder / "communities.csv")
    plane = Plane(float(rows[0]["lon"]), float(rows[0]["lat"]))
    at = {r["community"]: plane.xy([(float(r["lon"]), float(r["lat"]))])[0] for r in rows}
    lines = rivers.courses("fuling", plane).values()
    crossing = [
        r["road"]
        for r in read_rows(folder / "roads.csv")
        if any(
            rivers.crosses(at[r["from_community"]], at[r["to_community"]], line) for line in lines
        )
    ]
    assert len(crossing) == len(read_rows(files.TABLES / "fuling" / "bridges.csv")) == 6


def test_watch_points_are_as_many_as_the_plan_says(derived: Derived) -> None:
    """Clause 5: 134 smart cameras and 5 new checkpoints."""
    kinds = Counter(
        r["kind"] for r in read_rows(derived.folder / "fuling-forest-fire" / "watch_points.csv")
    )
    assert kinds == {"camera": 134, "checkpoint": 5}


def test_every_flood_team_of_a_county_has_thirty_people(derived: Derived) -> None:
    """Nantong 2021, emergency 5."""
    teams = read_rows(derived.folder / "nantong-typhoon" / "teams.csv")
    flood = [int(t["members"]) for t in teams if t["team"].endswith("-base-1-flood")]
    assert len(flood) == 8
    assert min(flood) >= 30


def test_the_gauge_has_175_mm_in_24_hours() -> None:
    rows = read_rows(SCENARIOS / "linyi-flood" / "gauge.csv")
    rain = [float(r["rain_mm"]) for r in rows]
    assert max(sum(rain[i : i + 24]) for i in range(len(rain) - 23)) == sum(rain) == 175
    assert all(a["time"] < b["time"] for a, b in pairwise(rows))


def test_an_unknown_number_in_a_district_s_table_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "assumed.csv").write_text("name,value\nderive.nothing,1\n", "utf-8")
    monkeypatch.setattr(files, "TABLES", tmp_path)
    with pytest.raises(KeyError, match=r"derive\.nothing"):
        read_assumed("mine")


def test_land_goes_to_the_nearest_seat_and_stays_on_its_bank() -> None:
    ring = np.array([(0, 0), (10, 0), (10, 4), (0, 4)], dtype=float)
    seats = np.array([(2, 2), (8, 2)], dtype=float)
    left, right = cells(ring, seats, np.ones(2), 0.04)
    assert left[:, 0].max() < 5 < right[:, 0].min()
    river = np.array([(7, -1), (7, 5)], dtype=float)
    left, right = cells(ring, seats, np.ones(2), 0.04, rivers=[river])
    assert left[:, 0].max() < 7 < right[:, 0].min()


def test_sites_spread_evenly_over_land_with_the_seat_first() -> None:
    """On a square, four sites and a seat in the middle share the land within a factor of two."""
    axis = np.arange(0.05, 4, 0.1)
    land = np.array([(x, y) for x in axis for y in axis])
    seat = np.array([2.0, 2.0])
    sites, counts = spread_sites(land, seat, 5)
    assert np.array_equal(sites[0], seat)
    assert sum(counts) == len(land)
    assert max(counts) < 2 * min(counts)
    away = np.linalg.norm(sites - seat, axis=1)
    assert np.all(np.diff(away) >= 0)


def test_more_sites_than_land_is_said() -> None:
    with pytest.raises(ValueError, match="2 lattice points for 3 sites"):
        spread_sites(np.zeros((2, 2)), np.zeros(2), 3)


def test_people_of_a_county_add_up_with_and_without_known_towns() -> None:
    units = read_units("linyi")
    plane = Plane(units[0].lon, units[0].lat)
    assumed = read_assumed("linyi")
    ring = plane.xy(files.outline("linyi", "district"))
    layout = places.lay_out(units, plane, ring, assumed)
    counties = read_counties("linyi")
    residents, households = places.people(layout, counties, assumed)
    assert sum(residents) == counties[0].residents
    assert sum(households) == counties[0].households
    by_town = np.bincount(layout.town_of, weights=residents)
    assert by_town.tolist() == [u.residents for u in units]
