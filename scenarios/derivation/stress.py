"""The folder of a stress event: a district's own tables beside the tables of its design event.

The plan is that of the district's other scenario, byte for byte, and so are its assumptions, but
for those on files that the event replaces. scenario.toml and SOURCES.md are written by hand.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from anlan.scenarios.derivation.design import Design, design
from anlan.scenarios.derivation.design_fire import building_fires, ignitions, weather
from anlan.scenarios.derivation.design_rain import gauge, rates_mm_h
from anlan.scenarios.derivation.design_storm import design_track
from anlan.scenarios.derivation.files import (
    SCENARIOS,
    TABLES,
    Record,
    read_assumed,
    read_rows,
    write_tables,
)
from anlan.scenarios.derivation.river_stages import river_tables

Tables = Mapping[str, Sequence[Record]]
PLAN = "plan.toml"
ASSUMED = "assumptions.csv"
RAIN_BEFORE_H, RAIN_H = 12, 30  # of the wettest hour, and in all: a day of rain and some more
WEATHER_BEFORE_H, WEATHER_H = 18, 72  # the same of a flood, as long as its run
RAIN_STEP_MIN = 30  # between rows of weather that rain runs straight between
DAYS_H = 96  # of fire weather, from the midnight before the first fire
REPLACED = {"gauge.csv", "weather.csv"}  # whichever of the two the event has
STORM = ("design", "设计台风", "design typhoon")


def typhoon(target: Path, district: str, common: Tables) -> None:
    """A design typhoon with design rain."""
    event = design(district, "typhoon")
    seat = common["towns.csv"][0]
    start = event.time("rain_peak_hour") - timedelta(hours=RAIN_BEFORE_H)
    hazard = {
        "tracks.csv": design_track(event, (float(seat["lon"]), float(seat["lat"])), *STORM),
        "gauge.csv": gauge(event, start, RAIN_H),
    }
    write_stress(target, f"{district}-typhoon", common, hazard)


def flood(target: Path, district: str, common: Tables) -> None:
    """Design rain in still weather such as its other scenario has, and rivers in flood."""
    other = f"{district}-flood"
    event = design(district, "flood")
    start = event.time("rain_peak_hour") - timedelta(hours=WEATHER_BEFORE_H)
    rivers = river_tables(district, "flood-stress", common["communities.csv"], start, WEATHER_H)
    stage = rivers.pop("river_stage.csv")
    hazard = {"weather.csv": _rainy(event), "river_stage.csv": stage}
    write_stress(target, other, {**common, **rivers}, hazard)


def _rainy(event: Design) -> list[Record]:
    peak = event.time("rain_peak_hour")
    first, steps = peak - timedelta(hours=WEATHER_BEFORE_H), 60 // RAIN_STEP_MIN * WEATHER_H
    times = [first + timedelta(minutes=RAIN_STEP_MIN * n) for n in range(steps + 1)]
    return [
        {
            "time": time.isoformat(),
            "temperature_c": f"{event['temperature_c']:g}",
            "humidity_pct": f"{event['humidity_pct']:g}",
            "wind_ms": f"{event['wind_ms']:g}",
            "wind_from_deg": f"{event['wind_from_deg']:g}",
            "rain_mm_h": rain,
        }
        for time, rain in zip(times, rates_mm_h(event, times), strict=True)
    ]


def forest_fire(target: Path, district: str, common: Tables) -> None:
    """A design day with several fires at once, on the land of the district's other scenario."""
    other = f"{district}-forest-fire"
    event, seed = design(district, "forest-fire"), read_assumed(district)["seed"]
    land = SCENARIOS / other / "scenario.toml"
    hazard = {
        "ignitions.csv": ignitions(event, common["communities.csv"], seed, land),
        "weather.csv": _dry(event),
    }
    write_stress(target, other, common, hazard)


def building_fire(target: Path, district: str, common: Tables) -> None:
    """A dry windy evening with many fires in buildings at once."""
    event, seed = design(district, "building-fire"), read_assumed(district)["seed"]
    hazard = {
        "building_fires.csv": building_fires(event, common["communities.csv"], seed),
        "weather.csv": _dry(event),
    }
    write_stress(target, f"{district}-building-fire", common, hazard)


def _dry(event: Design) -> list[Record]:
    first = event.time("first_fire")
    midnight = datetime(first.year, first.month, first.day, tzinfo=first.tzinfo)
    return weather(event, midnight, DAYS_H)


def write_stress(target: Path, other: str, common: Tables, hazard: Tables) -> None:
    """Write `<other>-stress` under the target.

    other: the shipped scenario whose plan and assumptions it shares. common: the tables that both
    have. hazard: those of the event.
    """
    folder = target / f"{other}-stress"
    write_tables(folder, {**common, **hazard, ASSUMED: assumptions(other, set(hazard))})
    (folder / PLAN).write_bytes((SCENARIOS / other / PLAN).read_bytes())


def assumptions(other: str, replaced: set[str]) -> list[Record]:
    """Those of the other scenario that still hold, then the event's own."""
    district, event = other.split("-", 1)
    kept = [
        r for r in read_rows(SCENARIOS / other / ASSUMED) if r["file"] not in replaced | REPLACED
    ]
    own = read_rows(TABLES / "design_assumptions.csv")
    mine = [r for r in own if r["event"] == event and r["district"] in ("", district)]
    keys = ("file", "zh", "en", "source")
    return [{key: row[key] for key in keys} for row in (*kept, *mine)]
