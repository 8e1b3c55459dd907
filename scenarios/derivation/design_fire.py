"""Design fire weather, and fires that break out together: in woods and in buildings."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np

from anlan.scenarios.derivation.chance import uniform
from anlan.scenarios.derivation.design import Design
from anlan.scenarios.derivation.design_storm import going
from anlan.scenarios.derivation.files import Record

STEP_H = 3  # between two rows of weather
COOLEST_H, HOTTEST_H = 6.0, 15.0  # hours of the day (W25)


def weather(design: Design, start: datetime, hours: int) -> list[Record]:
    """Three-hourly rows of the design day over and over; the last one closes the run."""
    times = [start + timedelta(hours=h) for h in range(0, hours + STEP_H, STEP_H)]
    return [
        {
            "time": time.isoformat(),
            "temperature_c": round(warm := temperature_c(design, time.hour), 1),
            "humidity_pct": round(humidity_pct(design, warm), 1),
            "wind_ms": round(design["wind_ms"] * wind_share(design, time.hour), 2),
            "wind_from_deg": f"{design['wind_from_deg']:g}",
            "rain_mm_h": 0,
        }
        for time in times
    ]


def temperature_c(design: Design, hour: float) -> float:
    """Half a cosine up from the coolest hour to the hottest, and half a longer one down."""
    up = HOTTEST_H - COOLEST_H
    since = (hour - COOLEST_H) % 24.0
    turn = since / up if since <= up else 1.0 + (since - up) / (24.0 - up)
    share = 0.5 * (1.0 - math.cos(math.pi * turn))
    return design["night_c"] + (design["day_c"] - design["night_c"]) * share


def humidity_pct(design: Design, warm_c: float) -> float:
    """What the same vapour is at another temperature (Tetens as in FAO-56, equation 11)."""

    def over(c: float) -> float:
        return design["vapour_a"] * c / (c + design["vapour_b_c"])

    return min(100.0, design["humidity_pct"] * math.exp(over(design["day_c"]) - over(warm_c)))


def wind_share(design: Design, hour: float) -> float:
    """Of the design wind, which blows at 14 to 17 h: by day less, at night least (W25)."""
    if 14 <= hour <= 17:
        return 1.0
    return design["wind_night_share"] if hour >= 20 or hour <= 6 else design["wind_day_share"]


def ignitions(
    design: Design, communities: Sequence[Record], seed: float, land: Path
) -> list[Record]:
    """Fires upwind of places drawn at random from those on the land of a scenario.toml."""
    with land.open("rb") as file:
        forest = tomllib.load(file)["forest"]
    on = [c for c in communities if _within(c, forest, design["edge_km"] + design["upwind_km"])]
    order = np.argsort(uniform(seed, "stress ignition order", len(on)), kind="stable")
    rows: list[Record] = []
    for n, at in enumerate(order[: int(design["fires"])]):
        place = on[at]
        lon, lat = going(
            float(place["lon"]), float(place["lat"]), design["wind_from_deg"], design["upwind_km"]
        )
        time = design.time("first_fire") + timedelta(minutes=n * design["apart_min"])
        rows.append(
            {
                "ignition": f"stress-{n + 1}",
                "name_zh": f"{place['name_zh']}上风向林地",
                "name_en": f"woods upwind of {place['name_en']}",
                "time": time.isoformat(),
                "lon": round(lon, 4),
                "lat": round(lat, 4),
                "source": "stress event: drawn at random upwind of a village (design.csv)",
                "mark": "assumption",
            }
        )
    return rows


def _within(place: Record, forest: dict[str, float], margin_km: float) -> bool:
    """Whether a place lies on the land, at least so far from its edge."""
    lon, lat = float(place["lon"]), float(place["lat"])
    west, south = forest["lon"], forest["lat"]
    east, _ = going(west, south, 90.0, forest["cols"] * forest["cell_m"] / 1000.0)
    _, north = going(west, south, 0.0, forest["rows"] * forest["cell_m"] / 1000.0)
    _, dlat = going(0.0, 0.0, 0.0, margin_km)
    dlon = dlat / math.cos(math.radians(lat))
    return west + dlon <= lon <= east - dlon and south + dlat <= lat <= north - dlat


def building_fires(design: Design, communities: Sequence[Record], seed: float) -> list[Record]:
    """So many fires of each kind of building, each at a place drawn by its residents, in turn."""
    kinds = [(kind, int(n)) for kind, n in design.beginning("fires_")]
    total = sum(n for _, n in kinds)
    people = np.cumsum([float(c["residents"]) for c in communities])
    at = np.searchsorted(people, uniform(seed, "stress fire place", total) * people[-1])
    minute = design["within_min"] * np.sort(uniform(seed, "stress fire time", total))
    turn = np.argsort(uniform(seed, "stress fire order", total), kind="stable")
    names = [kind for kind, n in kinds for _ in range(n)]
    rows: list[Record] = []
    for n in range(total):
        kind = names[turn[n]]
        time = design.time("first_fire") + timedelta(minutes=int(minute[n]))
        rows.append(
            {
                "fire": f"stress-{n + 1:02d}",
                "time": time.isoformat(),
                "community": communities[int(at[n])]["community"],
                "building_class": kind,
                "inside_km": "",
                "discovery_min": "",
                "victims": f"{design[f'victims_{kind}']:g}" if f"victims_{kind}" in design else "",
            }
        )
    return rows
