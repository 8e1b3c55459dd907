"""A design storm: an even track past a district, as deep all the way until it passes.

Its wind is left to the model's profile (Vickery and Wadhera 2008). From the passage on it is over
land and fills; after the last fix it decays by the model's own rule.
"""

from __future__ import annotations

import math
from datetime import UTC, timedelta

from anlan.scenarios.derivation.design import Design
from anlan.scenarios.derivation.files import SCENARIOS, Record, read_rows

EARTH_KM = 6371.0088  # mean radius, IUGG
STEP_H = 6  # between two fixes, as agencies give them
AFTER_H = 12  # of track after the passage


def design_track(
    design: Design, seat: tuple[float, float], storm: str, name_zh: str, name_en: str
) -> list[Record]:
    """The fixes, six-hourly, of a storm that leaves the seat (lon, lat) on its right."""
    closest = going(*seat, design["heading_deg"] - 90.0, design["pass_km"])
    hours = range(-STEP_H * round(design["track_h"] / STEP_H), AFTER_H + 1, STEP_H)
    rows: list[Record] = []
    for hour in hours:
        lon, lat = going(*closest, design["heading_deg"], hour * design["speed_kmh"])
        filled = math.exp(-design["filling_per_h"] * max(hour, 0))
        time = (design.time("passes") + timedelta(hours=hour)).astimezone(UTC)
        rows.append(
            {
                "storm": storm,
                "name_zh": name_zh,
                "name_en": name_en,
                "time": time.strftime("%Y-%m-%dT%H:%M:%SZ"),
                "lat": round(lat, 2),
                "lon": round(lon, 2),
                "wind_ms": "",
                "pressure_hpa": round(environment_hpa() - design["deficit_hpa"] * filled, 1),
                "wind_averaging_min": 10,
            }
        )
    return rows


def going(lon: float, lat: float, bearing_deg: float, km: float) -> tuple[float, float]:
    """(lon, lat) of the place so far away on a great circle that sets out with this bearing."""
    phi, turn, far = math.radians(lat), math.radians(bearing_deg), km / EARTH_KM
    there = math.asin(
        math.sin(phi) * math.cos(far) + math.cos(phi) * math.sin(far) * math.cos(turn)
    )
    east = math.atan2(
        math.sin(turn) * math.sin(far) * math.cos(phi),
        math.cos(far) - math.sin(phi) * math.sin(there),
    )
    return lon + math.degrees(east), math.degrees(there)


def environment_hpa() -> float:
    """Pressure far from a storm, which the model sets a fix against."""
    rows = read_rows(SCENARIOS / "parameters" / "storm.csv")
    return next(float(r["value"]) for r in rows if r["name"] == "storm.environment_pressure_hpa")
