"""The tables of `scenarios/fuling-forest-fire/` and of its stress event.

Run as `python -m anlan.scenarios.derivation.fuling [folder]`. Besides places and rosters: the two
ignitions of 17 August 2022, assumed peaks, belts and water points, and
the 134 watch points of the plan, whose places are drawn at random near hill villages.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from anlan.scenarios.derivation import stress
from anlan.scenarios.derivation.chance import uniform
from anlan.scenarios.derivation.district import derive, table
from anlan.scenarios.derivation.files import SCENARIOS, Record, read_assumed, write_tables
from anlan.scenarios.derivation.places import Assumed
from anlan.scenarios.derivation.sites import Plane


def main(target: Path = SCENARIOS) -> None:
    """Write every derived table into the two folders under the target."""
    tables = derive("fuling")
    points = watch_points(tables["communities.csv"], tables["hills.csv"], read_assumed("fuling"))
    files = ("ignitions.csv", "peaks.csv", "belts.csv", "water_points.csv",
             "season_months.csv", "season_numbers.csv")  # fmt: skip
    given = {f: table("fuling", f) for f in files}
    common = {**tables, "watch_points.csv": points, **given}
    write_tables(target / "fuling-forest-fire", common)
    stress.forest_fire(target, "fuling", common)


def watch_points(
    communities: Sequence[Record], hills: Sequence[Record], assumed: Assumed
) -> list[Record]:
    """Smart cameras and checkpoints: one near a hill place drawn at random, places in turn."""
    places = [c for c, h in zip(communities, hills, strict=True) if h["hill"]]
    seed = assumed["seed"]
    order = np.argsort(uniform(seed, "watch order", len(places)), kind="stable")
    n_watch = int(assumed["watch_points"])
    n = n_watch + int(assumed["checkpoints"])
    turn = 2 * math.pi * uniform(seed, "watch bearing", n)
    away = assumed["watch_offset_km"] * np.sqrt(uniform(seed, "watch distance", n))
    rows: list[Record] = []
    for i in range(n):
        place = places[order[i % len(order)]]
        plane = Plane(float(place["lon"]), float(place["lat"]))
        lon, lat = plane.lonlat(away[i] * np.array([[np.cos(turn[i]), np.sin(turn[i])]]))[0]
        watch = i < n_watch
        zh, en = ("智能监控", "smart camera") if watch else ("检查站", "checkpoint")
        number = i + 1 if watch else i + 1 - n_watch
        rows.append(
            {
                "watch": f"{'watch' if watch else 'check'}-{number:03d}",
                "name_zh": f"{zh}{number:03d}",
                "name_en": f"{en} {number:03d}",
                "kind": "camera" if watch else "checkpoint",
                "community": place["community"],
                "lon": lon,
                "lat": lat,
                "source": "number: clause 5 of the plan; place drawn at random",
                "mark": "assumption",
            }
        )
    return rows


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else SCENARIOS)
