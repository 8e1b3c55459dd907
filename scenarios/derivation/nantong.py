"""The tables of `scenarios/nantong-typhoon/` and of its stress event: the whole city.

Run as `python -m anlan.scenarios.derivation.nantong [folder]`. Haimen's 296 places are those of
`haimen-typhoon`, row for row; every other town has the land nearest to its seat.
"""

from __future__ import annotations

import sys
from pathlib import Path

from anlan.scenarios.derivation import haimen, places, rosters, stress
from anlan.scenarios.derivation.files import SCENARIOS, TABLES, outline, read_assumed, read_rows
from anlan.scenarios.derivation.files import write_tables as write
from anlan.scenarios.derivation.places import Assumed, Layout
from anlan.scenarios.derivation.roads import Link, pair, roads
from anlan.scenarios.derivation.sites import Plane, inside
from anlan.scenarios.derivation.storms import tracks
from anlan.scenarios.derivation.units import read_counties, read_units

MIDDLE = (120.95, 32.15)  # of the plane, degrees
ISLANDS = ("haiyong", "qilong")  # on Chongming, south of the river's north branch


def main(target: Path = SCENARIOS) -> None:
    """Write every derived table into the two folders under the target."""
    assumed = read_assumed("nantong")
    counties = read_counties("nantong")
    own = haimen.lay_out(read_assumed("haimen"))
    layout = lay_out(own, assumed)
    communities = places.communities(layout, counties, coast(own, layout, assumed), assumed)
    ids = [str(row["community"]) for row in communities]
    on = rosters.ground("nantong", layout, counties, communities, assumed)
    common = {
        "towns.csv": places.towns(layout.units, assumed),
        "communities.csv": communities,
        "roads.csv": roads(layout, ids, assumed, ISLANDS, links(layout)),
        **rosters.all_tables(on, assumed),
    }
    write(target / "nantong-typhoon", {**common, "tracks.csv": tracks(haimen.STORMS)})
    stress.typhoon(target, "nantong", common)


def lay_out(own: Layout, assumed: Assumed) -> Layout:
    """Haimen as it is, the islands in rows, and the rest of the city by nearest seat."""
    plane = Plane(*MIDDLE)
    units = read_units("nantong")
    islands = [u for u in units if u.id in ISLANDS]
    others = [u for u in units if u.id not in ISLANDS]
    step = float(assumed["site_km2"]) ** 0.5
    taken = plane.xy(outline("haimen", "district"))
    rest = places.lay_out(
        others,
        plane,
        plane.xy(outline("nantong", "district")),
        assumed,
        without=lambda points: inside(points, taken),
    )
    row = places.in_a_row(islands, plane, step, assumed["site_km2"])
    return places.join(plane, [own, row, rest])


def coast(own: Layout, layout: Layout, assumed: Assumed) -> list[float]:
    """Kilometres to the sea or the bank; Haimen's as in its own scenario."""
    line = Plane(*MIDDLE).xy(outline("nantong", "coast"))
    found = places.coast(layout.points, line)
    near = Plane(*own.lonlat[0]).xy(outline("haimen", "coast"))
    found[: len(own.points)] = haimen.coast(own, near, assumed)
    for i, town in enumerate(layout.town_of):
        if layout.units[town].id in ISLANDS:
            found[i] = assumed["haiyong_coast_km"]
    return found


def links(layout: Layout) -> list[Link]:
    """The ways over the water, from `links.csv`."""
    seat = {u.id: int(i) for u, i in zip(layout.units, layout.seats, strict=True)}
    return [
        Link(
            pair(seat[r["from_town"]], seat[r["to_town"]]),
            float(r["length_km"]),
            float(r["speed_kmh"]),
        )
        for r in read_rows(TABLES / "nantong" / "links.csv")
    ]


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else SCENARIOS)
