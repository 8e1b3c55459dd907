"""Rivers beside a district: their stage by the hour, who drains into which, dikes along them.

The crest's discharge is a fact or a design value; its stage goes by a rating and its course by a
unit hydrograph, both of them assumed (`tables/<district>/rivers.csv`). The ground of a plain is
drawn level, so the river is, too: it falls nowhere between its gauge and a place.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import numpy as np

from anlan.scenarios.derivation.design import Design
from anlan.scenarios.derivation.dikes import dike
from anlan.scenarios.derivation.files import TABLES, Record, outline, read_assumed, read_rows
from anlan.scenarios.derivation.sites import Plane, distance_to_line

RATING = 0.6  # wide channel, Manning: depth goes with discharge to the power 3/5
GAMMA = 3.7  # shape of the dimensionless hydrograph of the SCS (peak factor 484)
NAMES = {"yi": ("沂河", "Yi River"), "shu": ("沭河", "Shu River")}
SOURCE = (
    "crest's discharge and time: found or design value; stage by an assumed rating, course of the "
    "hours assumed (scenarios/derivation/tables/{district}/rivers.csv)"
)


def numbers(district: str, event: str) -> dict[str, Design]:
    """The numbers of each river in one event."""
    found: dict[str, dict[str, str]] = {}
    for row in read_rows(TABLES / district / "rivers.csv"):
        if row["event"] in ("", event):
            found.setdefault(row["river"], {})[row["name"]] = row["value"]
    return {river: Design(cells) for river, cells in found.items()}


def stage_m(river: Design, flow_m3_s: float) -> float:
    """The stage of a discharge by the rating of a wide channel through one known point."""
    depth_m = river["known_stage_m"] - river["dry_stage_m"]
    share = float((flow_m3_s / river["known_m3_s"]) ** RATING)
    return river["dry_stage_m"] + depth_m * share


def flow_m3_s(river: Design, time: datetime) -> float:
    """The discharge at a time: the gamma hydrograph over what flowed before."""
    since_h = (time - river.time("peak_time")).total_seconds() / 3600.0 + river["rise_h"]
    at = max(0.0, since_h / river["rise_h"])
    share = float((at * math.exp(1.0 - at)) ** GAMMA)
    return river["base_m3_s"] + (river["peak_m3_s"] - river["base_m3_s"]) * share


def river_tables(
    district: str, event: str, communities: Sequence[Record], start: datetime, hours: int
) -> dict[str, list[Record]]:
    """rivers.csv, river_stage.csv, river_places.csv and dikes.csv of one event."""
    rivers, assumed = numbers(district, event), read_assumed(district)
    near = _nearest(district, communities, sorted(rivers))
    return {
        "rivers.csv": [
            {
                "river": river,
                "name_zh": NAMES[river][0],
                "name_en": NAMES[river][1],
                "source": SOURCE.format(district=district),
                "mark": "assumption",
            }
            for river in sorted(rivers)
        ],
        "river_stage.csv": [
            row for river in sorted(rivers) for row in _stages(river, rivers[river], start, hours)
        ],
        "river_places.csv": [
            {
                "community": row["community"],
                "river": river,
                "fall_m": 0,
                "outlet_m": round(float(row["elevation_m"]) - assumed["outlet_below_m"], 2),
                "mark": "assumption",
            }
            for row, (_, river) in zip(communities, near, strict=True)
        ],
        "dikes.csv": [
            dike(row, assumed, river=river, crest_m=_crest_m(rivers, river))
            for row, (km, river) in zip(communities, near, strict=True)
            if km <= assumed["dike_bank_km"]
        ],
    }


def _crest_m(rivers: Mapping[str, Design], river: str) -> float:
    of = rivers[river]
    return round(stage_m(of, of["design_m3_s"]) + of["freeboard_m"], 2)


def _stages(name: str, river: Design, start: datetime, hours: int) -> list[Record]:
    """A row an hour, and one at the crest."""
    times = {start + timedelta(hours=n) for n in range(hours + 1)} | {river.time("peak_time")}
    return [
        {
            "river": name,
            "time": time.isoformat(),
            "stage_m": round(stage_m(river, flow_m3_s(river, time)), 2),
            "mark": "assumption",
        }
        for time in sorted(times)
    ]


def _nearest(
    district: str, communities: Sequence[Record], rivers: Sequence[str]
) -> list[tuple[float, str]]:
    """(kilometres, river) of the course nearest to each place, as drawn."""
    plane = Plane(float(communities[0]["lon"]), float(communities[0]["lat"]))
    points = plane.xy([(float(r["lon"]), float(r["lat"])) for r in communities])
    away = np.array([distance_to_line(points, plane.xy(outline(district, r))) for r in rivers])
    return [(float(away[:, n].min()), rivers[int(away[:, n].argmin())]) for n in range(len(points))]
