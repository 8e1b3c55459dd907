"""The tables of a district that is one census unit, from its folder under `tables/`.

What differs from district to district stands in that folder: counties.csv, units.csv,
outline.csv, the two template files, and, where there are any, assumed.csv, peaks.csv (hills),
bridges.csv (the only ways over a river) and shelters.csv (shelters known by name).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from anlan.scenarios.derivation import places, rivers, rosters
from anlan.scenarios.derivation.files import TABLES, Record, outline, read_assumed, read_rows
from anlan.scenarios.derivation.places import Assumed, Layout
from anlan.scenarios.derivation.roads import roads
from anlan.scenarios.derivation.sites import Plane
from anlan.scenarios.derivation.units import read_counties, read_units


def derive(district: str) -> dict[str, list[Record]]:
    """Every table but tracks.csv, by file name; in hills also hills.csv: which places lie high."""
    assumed = read_assumed(district)
    counties, units = read_counties(district), read_units(district)
    plane = Plane(units[0].lon, units[0].lat)
    ring = plane.xy(outline(district, "district"))
    courses = list(rivers.courses(district, plane).values())
    layout = places.lay_out(units, plane, ring, assumed, rivers=courses)
    coast_km = _coast(district, plane, layout, assumed)
    communities = places.communities(layout, counties, coast_km, assumed)
    _raise_hills(district, plane, layout, communities, counties[0].highest_m)
    ids = [str(row["community"]) for row in communities]
    on = rosters.ground(district, layout, counties, communities, assumed)
    water = rivers.bridge(district, plane, layout.points)
    hilly = any(u.elevation_m is not None for u in units)
    return {
        "towns.csv": places.towns(layout.units, assumed),
        "communities.csv": communities,
        "roads.csv": roads(layout, ids, assumed, bridges=water.bridges, apart=water.apart),
        **rosters.all_tables(on, assumed),
        **({"hills.csv": _hills(communities, assumed["hill_m"])} if hilly else {}),
    }


def _coast(district: str, plane: Plane, layout: Layout, assumed: Assumed) -> Sequence[float]:
    """Kilometres to the sea as drawn, or one assumed number for a district far inland."""
    line = outline(district, "coast")
    if line:
        return places.coast(layout.points, plane.xy(line))
    return [assumed["inland_coast_km"]] * len(layout.points)


def _raise_hills(
    district: str, plane: Plane, layout: Layout, rows: Sequence[Record], highest_m: float
) -> None:
    """Add the foot of each peak, a bell over its radius, to the places on it but town seats."""
    path = TABLES / district / "peaks.csv"
    for peak in read_rows(path) if path.exists() else []:
        top = plane.xy([(float(peak["lon"]), float(peak["lat"]))])[0]
        away = np.linalg.norm(layout.points - top, axis=1) / float(peak["radius_km"])
        lift = np.exp(-(away**2))
        lift[layout.seats] = 0.0
        for row, share in zip(rows, lift, strict=True):
            now = float(row["elevation_m"])
            lifted = now + share * max(0.0, float(peak["height_m"]) - now)
            row["elevation_m"] = round(min(lifted, max(now, highest_m)), 2)


def _hills(communities: Sequence[Record], hill_m: float) -> list[Record]:
    return [
        {
            "community": row["community"],
            "hill": int(float(row["elevation_m"]) >= hill_m),
            "mark": "assumption",
        }
        for row in communities
    ]


def table(district: str, file: str) -> list[Record]:
    """A table of the district's folder as it stands, to be copied into a scenario."""
    return [dict(row) for row in read_rows(TABLES / district / file)]
