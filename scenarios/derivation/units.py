"""The counties of a district and its towns: names from a table, counts and seats from facts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from anlan.scenarios.derivation.files import FACTS, TABLES, read_rows

KINDS = ("neighbourhood", "village")  # in each town the neighbourhoods come first


# Groups of age: a column of communities.csv and the bands of the census table in it.
AGES = {
    "share_0_14": ("age_0_4", "age_5_14"),
    "share_60_79": ("age_60_64", "age_65_69", "age_70_79"),
    "share_80_plus": ("age_80_up",),
}


@dataclass(frozen=True)
class County:
    """A county-level unit: what the census says of it and where its forces are based."""

    id: str
    name_zh: str
    name_en: str
    residents: int
    urban_residents: int
    households: int
    plain_m: float
    lowest_m: float
    highest_m: float
    bases: tuple[str, ...]  # towns, the seat first
    hall_zh: str
    hall_en: str
    ages: tuple[float, ...]  # shares of residents, one a group of AGES


@dataclass(frozen=True)
class Name:
    """A village or neighbourhood of the statistics list; its town's name is not part of it."""

    kind: str
    zh: str
    en: str


@dataclass(frozen=True)
class Unit:
    """A town of the statistics list, with how many places of each kind it has."""

    id: str
    county: str
    name_zh: str
    name_en: str
    lon: float
    lat: float
    neighbourhoods: int
    villages: int
    residents: int  # of an earlier census, to weigh towns against each other; 0 if not known
    elevation_m: float | None  # of the seat, in hills; None on a plain
    source: str
    mark: str
    names: tuple[Name, ...] = ()  # one a place: neighbourhoods, then villages, each by code

    @property
    def places(self) -> int:
        return self.neighbourhoods + self.villages


def read_counties(district: str) -> list[County]:
    """`counties.csv`, residents by census code and year; missing counts from assumed shares.

    `ages_of` names the county, or several parts of it, of the 2020 census whose ages it has.
    """
    by_code = {r["code"]: r for r in read_rows(FACTS / "county_census.csv")}
    census = {(r["code"], r["year"]): int(r["population"]) for r in read_rows(FACTS / "census.csv")}
    counties = []
    for row in read_rows(TABLES / district / "counties.csv"):
        residents = int(row["residents"] or census[row["code"], row["year"]])
        urban = row["urban_residents"] or round(residents * float(row["urban_share"]))
        households = row["households"] or round(residents / float(row["household_persons"]))
        counties.append(
            County(
                row["county"],
                row["name_zh"],
                row["name_en"],
                residents,
                int(urban),
                int(households),
                float(row["plain_m"]),
                float(row["lowest_m"]),
                float(row["highest_m"]),
                tuple(row["bases"].split(";")),
                row["hall_zh"],
                row["hall_en"],
                _ages([by_code[code] for code in row["ages_of"].split(";")]),
            )
        )
    return counties


def _ages(parts: Sequence[dict[str, str]]) -> tuple[float, ...]:
    counts = [sum(int(part[band]) for part in parts for band in bands) for bands in AGES.values()]
    total = sum(int(part["residents"]) for part in parts)
    return tuple(round(count / total, 4) for count in counts)


def read_units(district: str) -> list[Unit]:
    """`units.csv`: a seat given there is assumed and stands in for the facts' blank or guess."""
    facts = {(r["county_code"], r["town"]): r for r in read_rows(FACTS / "towns.csv")}
    names = read_names()
    keyed = [
        ((row["county_code"], row["town_zh"]), row)
        for row in read_rows(TABLES / district / "units.csv")
    ]
    return [_unit(row, facts[key], names.get(key, ())) for key, row in keyed]


def read_names() -> dict[tuple[str, str], tuple[Name, ...]]:
    """The places of each (county code, town) in the list of 2023, as `Unit.names` has them."""
    found: dict[tuple[str, str], list[Name]] = {}
    for row in sorted(read_rows(FACTS / "communities.csv"), key=lambda r: r["code12"]):
        name = Name(row["kind"], row["name_zh"], row["name_en"])
        found.setdefault((row["county_code"], row["town"]), []).append(name)
    return {town: tuple(_in_order(names)) for town, names in found.items()}


def _in_order(names: Sequence[Name]) -> list[Name]:
    return [name for kind in KINDS for name in names if name.kind == kind]


def split_names(unit: Unit, neighbourhoods: int, villages: int) -> tuple[tuple[Name, ...], ...]:
    """The names of a statistical unit of two towns: the first of each kind, and the rest."""
    first = [
        name
        for kind, n in zip(KINDS, (neighbourhoods, villages), strict=True)
        for name in [name for name in unit.names if name.kind == kind][:n]
    ]
    return tuple(first), tuple(name for name in unit.names if name not in first)


def _unit(row: dict[str, str], fact: dict[str, str], names: tuple[Name, ...]) -> Unit:
    source = row["source"] if row["lon"] else fact["coord_source"]
    guessed = bool(row["lon"]) or "estimate" in source or "proxy" in source
    return Unit(
        row["town"],
        row["county"],
        row["town_zh"],
        row["name_en"],
        float(row["lon"] or fact["lon_wgs84"]),
        float(row["lat"] or fact["lat_wgs84"]),
        int(fact["n_communities"]),
        int(fact["n_villages"]),
        int(row["residents"] or fact["population"] or 0),
        float(row["elevation_m"]) if row["elevation_m"] else None,
        source,
        "assumption" if guessed else "found",
        names,
    )
