"""The tables of `scenarios/haimen-typhoon/` and of its stress event `haimen-typhoon-stress/`.

Run as `python -m anlan.scenarios.derivation.haimen [folder]`; the same input gives the same bytes.
Facts are in `facts/`, assumptions in `../parameters/derive.csv` and `tables/haimen/`. plan.toml and
assumptions.csv of the first are written by hand and left alone, and each scenario.toml.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from anlan.scenarios.derivation import places, rosters, stress
from anlan.scenarios.derivation.chance import Floats
from anlan.scenarios.derivation.dikes import dikes
from anlan.scenarios.derivation.files import SCENARIOS, outline, read_assumed, write_tables
from anlan.scenarios.derivation.places import Assumed, Layout
from anlan.scenarios.derivation.roads import Link, pair, roads
from anlan.scenarios.derivation.sites import Plane, lattice, share_out
from anlan.scenarios.derivation.storms import tracks
from anlan.scenarios.derivation.units import Unit, read_counties, read_units, split_names

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


def main(target: Path = SCENARIOS) -> None:
    """Write every derived table into the two folders under the target."""
    assumed = read_assumed("haimen")
    counties = read_counties("haimen")
    layout = lay_out(assumed)
    line = Plane(*layout.lonlat[0]).xy(outline("haimen", "coast"))
    communities = places.communities(layout, counties, coast(layout, line, assumed), assumed)
    ids = [str(row["community"]) for row in communities]
    on = rosters.ground("haimen", layout, counties, communities, assumed)
    common = {
        "towns.csv": places.towns(layout.units, assumed),
        "communities.csv": communities,
        "roads.csv": roads(layout, ids, assumed, [ISLAND], [link(layout, assumed)]),
        "dikes.csv": dikes(communities, assumed),
        **rosters.all_tables(on, assumed),
    }
    write_tables(target / "haimen-typhoon", {**common, "tracks.csv": tracks(STORMS)})
    stress.typhoon(target, "haimen", common)


def split_units(assumed: Assumed) -> list[Unit]:
    """The twelve towns; the one statistical unit of two subdistricts is split as assumed."""
    units = {u.id: u for u in read_units("haimen")}
    both = units["haimen-jd"]
    own = int(assumed["haimen_jd_neighbourhoods"])
    own_villages = int(assumed["haimen_jd_units"]) - own
    ours, theirs = split_names(both, own, own_villages)
    units["haimen-jd"] = replace(both, neighbourhoods=own, villages=own_villages, names=ours)
    units["binjiang-jd"] = replace(
        units["binjiang-jd"],
        neighbourhoods=both.neighbourhoods - own,
        villages=both.villages - own_villages,
        names=theirs,
    )
    return list(units.values())


def lay_out(assumed: Assumed) -> Layout:
    """Sites shared out over the outline; on the island a row along the shore."""
    units = split_units(assumed)
    plane = Plane(units[0].lon, units[0].lat)
    ring = plane.xy(outline("haimen", "district"))
    seats = plane.xy([(u.lon, u.lat) for u in units])
    main_land = [i for i, u in enumerate(units) if u.id != ISLAND]
    step = float(np.sqrt(assumed["site_km2"]))
    points = lattice(ring, assumed["site_km2"], assumed["site_jitter_share"], assumed["seed"])
    shared = share_out(points, seats[main_land], [units[i].places for i in main_land], step / 2)
    sites = dict(zip(main_land, shared, strict=True))
    for i, unit in enumerate(units):
        if unit.id == ISLAND:
            sites[i] = places.in_a_row([unit], plane, step, assumed["site_km2"]).points
    together = np.vstack([sites[i] for i in range(len(units))])
    area = [assumed["site_km2"]] * len(together)
    return Layout(units, together, plane.lonlat(together), area)


def coast(layout: Layout, line: Floats, assumed: Assumed) -> Sequence[float]:
    """Kilometres to the water; the island's places all lie by their own bank."""
    island = np.array([u.id == ISLAND for u in layout.units])[layout.town_of]
    return [
        assumed["haiyong_coast_km"] if on_it else km
        for km, on_it in zip(places.coast(layout.points, line), island, strict=True)
    ]


def link(layout: Layout, assumed: Assumed) -> Link:
    """The one long way from the island to the mainland, over the Chongming-Qidong bridge."""
    seat = {u.id: int(i) for u, i in zip(layout.units, layout.seats, strict=True)}
    between = pair(seat[ISLAND], seat[NEAR_ISLAND])
    return Link(between, assumed["haiyong_link_km"], assumed["haiyong_link_kmh"])


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else SCENARIOS)
