"""The counties of a district and its towns: names from a table, counts and seats from facts."""

from __future__ import annotations

from dataclasses import dataclass

from anlan.scenarios.derivation.files import FACTS, TABLES, read_rows


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

    @property
    def places(self) -> int:
        return self.neighbourhoods + self.villages


def read_counties(district: str) -> list[County]:
    """`counties.csv`, residents by census code and year; missing counts from assumed shares."""
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
            )
        )
    return counties


def read_units(district: str) -> list[Unit]:
    """`units.csv`: a seat given there is assumed and stands in for the facts' blank or guess."""
    facts = {(r["county_code"], r["town"]): r for r in read_rows(FACTS / "towns.csv")}
    return [
        _unit(row, facts[row["county_code"], row["town_zh"]])
        for row in read_rows(TABLES / district / "units.csv")
    ]


def _unit(row: dict[str, str], fact: dict[str, str]) -> Unit:
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
    )
