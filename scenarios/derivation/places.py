"""communities.csv and towns.csv: how a district's totals divide over its places."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anlan.scenarios.derivation.chance import Floats, normal, uniform, whole_shares
from anlan.scenarios.derivation.files import Record
from anlan.scenarios.derivation.sites import Plane, cells, distance_to_line, spread_sites
from anlan.scenarios.derivation.units import AGES, County, Unit

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Assumed = Mapping[str, float]


@dataclass(frozen=True)
class Layout:
    """Where the places of a district lie, one entry a place: towns in order, seat first."""

    units: Sequence[Unit]
    points: Floats  # (n, 2) kilometres on a plane
    lonlat: Sequence[tuple[float, float]]
    area_km2: Sequence[float]

    @property
    def town_of(self) -> Ints:
        return np.repeat(np.arange(len(self.units)), [u.places for u in self.units])

    @property
    def seats(self) -> Ints:
        """The first place of each town."""
        return np.cumsum([0] + [u.places for u in self.units[:-1]])

    @property
    def kinds(self) -> list[str]:
        """In each town the neighbourhoods lie nearest to the seat."""
        return [
            kind
            for u in self.units
            for kind in ["neighbourhood"] * u.neighbourhoods + ["village"] * u.villages
        ]


def lay_out(
    units: Sequence[Unit],
    plane: Plane,
    ring: Floats,
    assumed: Assumed,
    without: Callable[[Floats], Flags] | None = None,
    rivers: Sequence[Floats] = (),
) -> Layout:
    """Every town has the land inside the ring nearest to its seat; its sites spread over that."""
    seats = plane.xy([(u.lon, u.lat) for u in units])
    each = assumed["cell_km2"]
    pull = np.array([u.places for u in units]) ** assumed["land_exponent"]
    spread = [
        spread_sites(land, seat, unit.places)
        for land, seat, unit in zip(
            cells(ring, seats, pull, each, without, rivers), seats, units, strict=True
        )
    ]
    points = np.vstack([sites for sites, _ in spread])
    low, high = assumed["least_km2"], assumed["most_km2"]
    area = [round(min(max(k * each, low), high), 2) for _, counts in spread for k in counts]
    return Layout(units, points, plane.lonlat(points), area)


def in_a_row(units: Sequence[Unit], plane: Plane, step_km: float, cell_km2: float) -> Layout:
    """Towns on an island's shore: a row of sites east and west of each seat."""
    seats = plane.xy([(u.lon, u.lat) for u in units])
    rows = []
    for unit, seat in zip(units, seats, strict=True):
        east = [0.0] + [(k + 1) // 2 * step_km * (-1) ** k for k in range(1, unit.places)]
        rows.append(seat + np.array([(x, 0.0) for x in east]))
    points = np.vstack(rows)
    return Layout(units, points, plane.lonlat(points), [cell_km2] * len(points))


def join(plane: Plane, layouts: Sequence[Layout]) -> Layout:
    """Layouts side by side, on one plane."""
    lonlat = [at for layout in layouts for at in layout.lonlat]
    return Layout(
        [u for layout in layouts for u in layout.units],
        plane.xy(lonlat),
        lonlat,
        [a for layout in layouts for a in layout.area_km2],
    )


def communities(
    layout: Layout, counties: Sequence[County], coast_km: Sequence[float], assumed: Assumed
) -> list[Record]:
    """communities.csv: residents, land and dwellings of every place."""
    kinds = layout.kinds
    residents, households = people(layout, counties, assumed)
    elevation = elevations(layout, counties, coast_km, assumed)
    shares = dwellings(kinds, coast_km, assumed)
    ages = {c.id: dict(zip(AGES, c.ages, strict=True)) for c in counties}
    spare = uniform(assumed["seed"], "generator", len(kinds)) < assumed["generator_share"]
    rows: list[Record] = []
    for unit in layout.units:
        for number, name in enumerate(unit.names, start=1):
            i = len(rows)
            kind = name.kind
            rows.append(
                {
                    "community": f"{unit.id}-{number:02d}",
                    "town": unit.id,
                    "name_zh": unit.name_zh + name.zh,
                    "name_en": f"{unit.name_en} {name.en} {kind}",
                    "kind": kind,
                    "lon": layout.lonlat[i][0],
                    "lat": layout.lonlat[i][1],
                    "residents": residents[i],
                    "households": households[i],
                    "elevation_m": elevation[i],
                    "coast_km": coast_km[i],
                    "area_km2": layout.area_km2[i],
                    "curve_number": f"{assumed[f'{kind}_curve_number']:g}",
                    "drain_mm_h": f"{assumed[f'{kind}_drain_mm_h']:g}",
                    "pump_mm_h": f"{assumed[f'{kind}_pump_mm_h']:g}",
                    "generator": int(number == 1 or spare[i]),
                    **shares[i],
                    **ages[unit.county],
                    "mark": "assumption",
                }
            )
    return rows


def people(
    layout: Layout, counties: Sequence[County], assumed: Assumed
) -> tuple[list[int], list[int]]:
    """Residents and households of each place; each county's totals are met exactly."""
    town_like = np.array([k == "neighbourhood" for k in layout.kinds])
    draws = normal(assumed["seed"], "residents", len(town_like))
    spread = np.where(town_like, assumed["neighbourhood_spread"], assumed["village_spread"])
    weight = np.exp(spread * draws)
    size = np.exp(assumed["household_spread"] * normal(assumed["seed"], "households", len(weight)))
    residents = np.zeros(len(weight), dtype=int)
    households = np.zeros(len(weight), dtype=int)
    county_of = np.array([u.county for u in layout.units])[layout.town_of]
    for county in counties:
        here = county_of == county.id
        for group, total in _groups(layout, county, here, town_like, assumed):
            residents[group] = whole_shares(total, weight[group])
        households[here] = whole_shares(county.households, residents[here] * size[here])
    return [int(n) for n in residents], [int(n) for n in households]


def _groups(
    layout: Layout, county: County, here: Flags, town_like: Flags, assumed: Assumed
) -> list[tuple[Flags, int]]:
    """Places that share a known total: a county's two kinds, or a town's where towns are known."""
    own = [i for i, u in enumerate(layout.units) if u.county == county.id]
    if not all(layout.units[i].residents for i in own):
        groups = [
            (here & town_like, county.urban_residents),
            (here & ~town_like, county.residents - county.urban_residents),
        ]
        return [(group, total) for group, total in groups if group.any()]
    totals = whole_shares(county.residents, np.array([layout.units[i].residents for i in own]))
    found = []
    for i, total in zip(own, totals, strict=True):
        in_town = layout.town_of == i
        unit = layout.units[i]
        urban = unit.neighbourhoods * assumed["neighbourhood_weight"]
        n_urban = round(total * urban / (urban + unit.villages))
        found += [(in_town & town_like, n_urban), (in_town & ~town_like, total - n_urban)]
    return [(group, total) for group, total in found if group.any()]


def coast(points: Floats, line: Floats) -> list[float]:
    """Kilometres from each place to the sea or the tidal bank, to ten metres."""
    return [round(float(d), 2) for d in distance_to_line(points, line)]


def elevations(
    layout: Layout, counties: Sequence[County], coast_km: Sequence[float], assumed: Assumed
) -> list[float]:
    """Metres above the datum: a plain a little lower by the water, or hills about a seat."""
    n = len(coast_km)
    by_id = {c.id: c for c in counties}
    own = [by_id[layout.units[t].county] for t in layout.town_of]
    draws = normal(assumed["seed"], "elevation", n)
    drop = assumed["coast_drop_m"] * np.exp(-np.array(coast_km) / assumed["coast_drop_km"])
    plain = np.array([c.plain_m for c in own])
    low, high = np.array([c.lowest_m for c in own]), np.array([c.highest_m for c in own])
    height = np.clip(plain - drop + assumed["elevation_spread_m"] * draws, low, high)
    for i, t in enumerate(layout.town_of):
        seat_m = layout.units[t].elevation_m
        if seat_m is not None:
            away = float(np.linalg.norm(layout.points[i] - layout.points[layout.seats[t]]))
            rise = assumed["hill_rise_m_per_km"] * away
            rough = assumed["hill_spread_m"] * draws[i] * (away > 0)
            height[i] = np.clip(seat_m + rise + rough, low[i], high[i])
    return [round(float(h), 2) for h in height]


def dwellings(kinds: Sequence[str], coast_km: Sequence[float], assumed: Assumed) -> list[Record]:
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


def towns(units: Sequence[Unit], assumed: Assumed) -> list[Record]:
    """towns.csv: seats as found, bus capacity from one observed evacuation; counties if several."""
    each = assumed["bus_persons_h"]
    several = len({u.county for u in units}) > 1
    return [
        {
            "town": u.id,
            "name_zh": u.name_zh,
            "name_en": u.name_en,
            "lon": u.lon,
            "lat": u.lat,
            "bus_seats_per_h": round(max(each, each * u.places / assumed["bus_units"])),
            **({"county": u.county} if several else {}),
            "source": u.source,
            "mark": u.mark,
        }
        for u in units
    ]
