"""The tables of `scenarios/haimen-typhoon/` from copied facts and stated assumptions.

Run as `python -m scenarios.derivation.haimen`; the same input gives the same bytes. Facts are
in `facts/`, assumptions in `../parameters/derive.csv`, `outline.csv` and the two template
files. scenario.toml, plan.toml and assumptions.csv are written by hand and left alone.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from scenarios.derivation import rosters
from scenarios.derivation.chance import Floats, normal, uniform, whole_shares
from scenarios.derivation.files import (
    HERE,
    SCENARIOS,
    Record,
    read_assumed,
    read_rows,
    write_rows,
)
from scenarios.derivation.network import gabriel
from scenarios.derivation.sites import Plane, distance_to_line, lattice, share_out

FACTS = HERE / "facts"
TARGET = SCENARIOS / "haimen-typhoon"

# Chinese name in the statistics list -> (id, English name, plain Chinese place name)
TOWNS = {
    "海门街道": ("haimen-jd", "Haimen Subdistrict"),
    "滨江街道": ("binjiang-jd", "Binjiang Subdistrict"),
    "三厂街道": ("sanchang-jd", "Sanchang Subdistrict"),
    "三星镇": ("sanxing", "Sanxing Town"),
    "海永镇": ("haiyong", "Haiyong Town"),
    "常乐镇": ("changle", "Changle Town"),
    "悦来镇": ("yuelai", "Yuelai Town"),
    "四甲镇": ("sijia", "Sijia Town"),
    "余东镇": ("yudong", "Yudong Town"),
    "正余镇": ("zhengyu", "Zhengyu Town"),
    "包场镇": ("baochang", "Baochang Town"),
    "临江镇": ("linjiang", "Linjiang Town"),
}
ISLAND = "haiyong"  # on Chongming, south of the river's north branch
NEAR_ISLAND = "linjiang"  # the mainland town across the water from it
STORMS = {
    "MUIFA": ("muifa-2022", "梅花", "Muifa"),
    "IN-FA": ("in-fa-2021", "烟花", "In-Fa"),
    "LEKIMA": ("lekima-2019", "利奇马", "Lekima"),
    "BEBINCA": ("bebinca-2024", "贝碧嘉", "Bebinca"),
    "AMPIL": ("ampil-2018", "安比", "Ampil"),
    "RUMBIA": ("rumbia-2018", "温比亚", "Rumbia"),
}


@dataclass(frozen=True)
class Unit:
    """A town of the statistics list, with how many places of each kind it has."""

    id: str
    name_zh: str
    name_en: str
    lon: float
    lat: float
    neighbourhoods: int
    villages: int
    source: str
    mark: str

    @property
    def places(self) -> int:
        return self.neighbourhoods + self.villages


def main(target: Path = TARGET) -> None:
    """Write every derived table into the target folder."""
    assumed = read_assumed()
    units = read_units(assumed)
    plane = Plane(units[0].lon, units[0].lat)
    sites = place_sites(units, plane, assumed)
    communities = derive_communities(units, sites, plane, assumed)
    seats, others = seats_and_others(units, communities)
    rooms = rosters.spread_over(
        [o for o in others if o.kind == "village"],
        int(assumed["village_rooms"]),
        assumed["seed"],
        "village rooms",
    )
    halls = choose_halls(seats, others, assumed)
    stores, stock = rosters.stores(seats, rooms)
    shelters, kept = rosters.shelters(seats, halls, assumed)
    tables = {
        "towns.csv": derive_towns(units, assumed),
        "communities.csv": communities,
        "roads.csv": derive_roads(units, sites, communities, assumed),
        "teams.csv": rosters.teams(seats),
        "stores.csv": stores,
        "shelters.csv": shelters,
        "stock.csv": stock + kept,
        "tracks.csv": derive_tracks(),
    }
    for file, rows in tables.items():
        write_rows(target / file, rows)


def read_units(assumed: dict[str, float]) -> list[Unit]:
    """The twelve towns; the one statistical unit of two subdistricts is split as assumed."""
    facts = {r["town"]: r for r in read_rows(FACTS / "towns.csv")}
    counts = {t: (int(f["n_communities"]), int(f["n_villages"])) for t, f in facts.items()}
    both, villages = counts["海门街道"]
    own = int(assumed["haimen_jd_neighbourhoods"])
    own_villages = int(assumed["haimen_jd_units"]) - own
    counts["海门街道"] = (own, own_villages)
    counts["滨江街道"] = (both - own, villages - own_villages)
    units = []
    for town, (slug, english) in TOWNS.items():
        fact = facts[town]
        guessed = town == "滨江街道" or "estimate" in fact["coord_source"]
        units.append(
            Unit(
                slug,
                town,
                english,
                float(fact["lon_wgs84"]),
                float(fact["lat_wgs84"]),
                *counts[town],
                fact["coord_source"],
                "assumption" if guessed else "found",
            )
        )
    return units


def place_sites(units: list[Unit], plane: Plane, assumed: dict[str, float]) -> list[Floats]:
    """The sites of each town in kilometres on the plane, seat first."""
    ring = plane.xy(_outline("district"))
    seats = plane.xy([(u.lon, u.lat) for u in units])
    main_land = [i for i, u in enumerate(units) if u.id != ISLAND]
    step = float(np.sqrt(assumed["site_km2"]))
    points = lattice(ring, assumed["site_km2"], assumed["site_jitter_share"], assumed["seed"])
    shared = share_out(points, seats[main_land], [units[i].places for i in main_land], step / 2)
    sites = dict(zip(main_land, shared, strict=True))
    for i, unit in enumerate(units):
        if unit.id == ISLAND:  # a row along the island's shore, about the seat
            east = [0.0] + [(k + 1) // 2 * step * (-1) ** k for k in range(1, unit.places)]
            sites[i] = seats[i] + np.array([(x, 0.0) for x in east])
    return [sites[i] for i in range(len(units))]


def _outline(part: str) -> list[tuple[float, float]]:
    rows = read_rows(HERE / "outline.csv")
    return [(float(r["lon"]), float(r["lat"])) for r in rows if r["part"] == part]


def derive_communities(
    units: list[Unit], sites: list[Floats], plane: Plane, assumed: dict[str, float]
) -> list[Record]:
    """communities.csv: in each town the neighbourhoods lie nearest to the seat."""
    kinds = [
        k for u in units for k in ["neighbourhood"] * u.neighbourhoods + ["village"] * u.villages
    ]
    points = np.vstack(sites)
    residents, households = derive_people(kinds, assumed)
    coast = derive_coast(units, sites, plane, assumed)
    elevation = derive_elevation(coast, assumed)
    shares = derive_dwellings(kinds, coast, assumed)
    lonlat = plane.lonlat(points)
    spare = uniform(assumed["seed"], "generator", len(kinds)) < assumed["generator_share"]
    rows: list[Record] = []
    for unit in units:
        for number in range(1, unit.places + 1):
            i = len(rows)
            kind = kinds[i]
            zh, en = ("社区", "neighbourhood") if kind == "neighbourhood" else ("村", "village")
            rows.append(
                {
                    "community": f"{unit.id}-{number:02d}",
                    "town": unit.id,
                    "name_zh": f"{unit.name_zh}{number:02d}{zh}",
                    "name_en": f"{unit.name_en} {en} {number:02d}",
                    "kind": kind,
                    "lon": lonlat[i][0],
                    "lat": lonlat[i][1],
                    "residents": residents[i],
                    "households": households[i],
                    "elevation_m": elevation[i],
                    "coast_km": coast[i],
                    "area_km2": assumed["site_km2"],
                    "curve_number": f"{assumed[f'{kind}_curve_number']:g}",
                    "drain_mm_h": f"{assumed[f'{kind}_drain_mm_h']:g}",
                    "pump_mm_h": f"{assumed[f'{kind}_pump_mm_h']:g}",
                    "generator": int(number == 1 or spare[i]),
                    **shares[i],
                    "mark": "assumption",
                }
            )
    return rows


def derive_people(kinds: list[str], assumed: dict[str, float]) -> tuple[list[int], list[int]]:
    """Residents and households of each place; the census totals are met exactly."""
    census = {r["what"]: int(r["value"]) for r in read_rows(FACTS / "population.csv")}
    town_like = np.array([k == "neighbourhood" for k in kinds])
    draws = normal(assumed["seed"], "residents", len(kinds))
    spread = np.where(town_like, assumed["neighbourhood_spread"], assumed["village_spread"])
    weight = np.exp(spread * draws)
    residents = np.zeros(len(kinds), dtype=int)
    residents[town_like] = whole_shares(census["urban_residents"], weight[town_like])
    rural = census["residents"] - census["urban_residents"]
    residents[~town_like] = whole_shares(rural, weight[~town_like])
    size = np.exp(assumed["household_spread"] * normal(assumed["seed"], "households", len(kinds)))
    households = whole_shares(census["households"], residents * size)
    return [int(n) for n in residents], households


def derive_coast(
    units: list[Unit], sites: list[Floats], plane: Plane, assumed: dict[str, float]
) -> list[float]:
    """Kilometres from each place to the sea or the tidal bank, to ten metres."""
    line = plane.xy(_outline("coast"))
    found = []
    for unit, own in zip(units, sites, strict=True):
        if unit.id == ISLAND:
            found += [assumed["haiyong_coast_km"]] * unit.places
        else:
            found += [round(float(d), 2) for d in distance_to_line(own, line)]
    return found


def derive_elevation(coast_km: list[float], assumed: dict[str, float]) -> list[float]:
    """Metres above the datum: a plain, a little lower by the water, with noise."""
    distance = np.array(coast_km)
    drop = assumed["coast_drop_m"] * np.exp(-distance / assumed["coast_drop_km"])
    noise = assumed["elevation_spread_m"] * normal(assumed["seed"], "elevation", len(coast_km))
    height = np.clip(assumed["plain_m"] - drop + noise, assumed["lowest_m"], assumed["highest_m"])
    return [round(float(h), 2) for h in height]


def derive_dwellings(
    kinds: list[str], coast_km: list[float], assumed: dict[str, float]
) -> list[Record]:
    """Shares of households by dwelling; boats only near the water."""
    columns = ("dangerous", "dormitory", "low_lying", "boat")
    spread = assumed["dwelling_spread"]
    factor = {
        c: np.exp(spread * normal(assumed["seed"], f"{c} share", len(kinds)) - spread**2 / 2)
        for c in columns
    }
    rows: list[Record] = []
    for i, kind in enumerate(kinds):
        mean = {c: assumed[f"{kind}_{c}_share"] for c in columns[:3]}
        mean["boat"] = assumed["boat_share"] if coast_km[i] <= assumed["boat_km"] else 0.0
        rows.append({f"{c}_share": round(float(mean[c] * factor[c][i]), 4) for c in columns})
    return rows


def derive_towns(units: list[Unit], assumed: dict[str, float]) -> list[Record]:
    """towns.csv: seats as found, bus capacity from one observed evacuation."""
    each = assumed["bus_persons_h"]
    return [
        {
            "town": u.id,
            "name_zh": u.name_zh,
            "name_en": u.name_en,
            "lon": u.lon,
            "lat": u.lat,
            "bus_seats_per_h": round(max(each, each * u.places / assumed["bus_units"])),
            "source": u.source,
            "mark": u.mark,
        }
        for u in units
    ]


def derive_roads(
    units: list[Unit], sites: list[Floats], communities: list[Record], assumed: dict[str, float]
) -> list[Record]:
    """roads.csv: village roads, roads between seats, and the one long way to the island."""
    points = np.vstack(sites)
    town_of = np.repeat(np.arange(len(units)), [u.places for u in units])
    first = np.cumsum([0] + [u.places for u in units[:-1]])
    island = next(i for i, u in enumerate(units) if u.id == ISLAND)
    land = np.flatnonzero(town_of != island)
    seats = np.array([s for i, s in enumerate(first) if i != island])
    main_pairs = {_pair(seats[i], seats[j]) for i, j in gabriel(points[seats])}
    local_pairs = {_pair(land[i], land[j]) for i, j in gabriel(points[land])} - main_pairs
    own = np.flatnonzero(town_of == island)
    local_pairs |= {_pair(own[i], own[j]) for i, j in gabriel(points[own])}
    near = next(i for i, u in enumerate(units) if u.id == NEAR_ISLAND)
    link = _pair(first[island], first[near])
    pairs = sorted(main_pairs | local_pairs | {link})
    dips = assumed["dip_max_m"] * uniform(assumed["seed"], "dip", len(pairs)) ** 3
    rows: list[Record] = []
    for number, (i, j) in enumerate(pairs):
        length = float(np.linalg.norm(points[i] - points[j])) * assumed["detour_factor"]
        kind = "main" if (i, j) in main_pairs else "local"
        row: Record = {
            "road": f"r-{number + 1:03d}",
            "from_community": communities[i]["community"],
            "to_community": communities[j]["community"],
            "length_km": round(length, 3),
            "speed_kmh": f"{assumed[f'{kind}_road_kmh']:g}",
            "trees_per_km": f"{assumed[f'{kind}_trees_per_km']:g}",
            "dip_m": round(float(dips[number]), 2),
            "mark": "assumption",
        }
        if (i, j) == link:
            row["length_km"] = assumed["haiyong_link_km"]
            row["speed_kmh"] = f"{assumed['haiyong_link_kmh']:g}"
            row["trees_per_km"] = row["dip_m"] = 0
        rows.append(row)
    return rows


def _pair(i: int, j: int) -> tuple[int, int]:
    return (int(min(i, j)), int(max(i, j)))


def seats_and_others(
    units: list[Unit], communities: list[Record]
) -> tuple[list[rosters.Place], list[rosters.Place]]:
    """The seat of each town, named after the town, and every other place."""
    names = {u.id: u for u in units}
    seats, others = [], []
    for row in communities:
        town = names[str(row["town"])]
        if str(row["community"]) == f"{town.id}-01":
            seat = rosters.Place(
                str(row["community"]), town.id, town.name_zh, town.name_en, str(row["kind"])
            )
            seats.append(seat)
        else:
            values = [str(row[c]) for c in ("community", "town", "name_zh", "name_en", "kind")]
            others.append(rosters.Place(*values))
    return seats, others


def choose_halls(
    seats: list[rosters.Place], others: list[rosters.Place], assumed: dict[str, float]
) -> list[rosters.Place]:
    """Places with a village shelter: every neighbourhood, and villages drawn at random."""
    n = int(assumed["village_shelters"])
    near = [o for o in others if o.kind == "neighbourhood"]
    far = [o for o in others if o.kind == "village"]
    drawn = rosters.spread_over(far, max(0, n - len(near)), assumed["seed"], "village shelters")
    return (near + drawn)[:n]


def derive_tracks() -> list[Record]:
    """tracks.csv: the agency's six-hourly fixes; one without pressure is left out."""
    rows: list[Record] = []
    for storm, (slug, chinese, english) in STORMS.items():
        for fact in read_rows(FACTS / "tracks.csv"):
            if fact["name_en"] == storm and fact["min_pressure_hpa"]:
                rows.append(
                    {
                        "storm": slug,
                        "name_zh": chinese,
                        "name_en": english,
                        "time": fact["time_utc"],
                        "lat": fact["lat"],
                        "lon": fact["lon"],
                        "wind_ms": fact["max_wind_ms"],
                        "pressure_hpa": fact["min_pressure_hpa"],
                        "wind_averaging_min": fact["wind_averaging"].removesuffix("-min"),
                    }
                )
    return rows


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else TARGET)
