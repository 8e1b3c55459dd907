"""A made-up storm over a few places in a row, for tests of what it brings and what it does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Literal

from anlan.sim import load
from anlan.sim.scenario.schema import Community, Fix, Road, Scenario, TyphoonHazard

NOON = datetime(2022, 9, 14, 12, tzinfo=UTC)
TINY = load("tiny")


def community(name: str, lat: float, lon: float, **changes: object) -> Community:
    base = TINY.communities[0].model_dump()
    base.update(community=name, lat=lat, lon=lon, coast_km=20.0, kind="village")
    return Community(**(base | changes))


def fix(hour: float, lat: float, lon: float, wind_ms: float | None, hpa: float) -> Fix:
    return Fix(
        storm="s", name_zh="风", name_en="s", time=NOON + timedelta(hours=hour), lat=lat, lon=lon,
        wind_ms=wind_ms, pressure_hpa=hpa, wind_averaging_min=10,
    )  # fmt: skip


# A storm of 40 m/s that comes from the south at 30 km/h and passes over 32 N, 121 E.
NORTHWARD = tuple(fix(h, 32.0 + 0.27 * h, 121.0, 40.0, 960.0) for h in range(-30, 31, 6))


def small(
    communities: tuple[Community, ...] | None = None,
    tracks: tuple[Fix, ...] = NORTHWARD,
    changes: dict[str, float] | None = None,
    rain: Literal["r-clipper", "gauge"] = "r-clipper",
) -> Scenario:
    """Four places in a row from west to east, roads between them, and one storm."""
    places = communities or tuple(community(f"c{i}", 32.0, 120.7 + 0.2 * i) for i in range(4))
    road = {"length_km": 20.0, "speed_kmh": 40.0, "trees_per_km": 100.0, "dip_m": 0.2}
    roads = tuple(
        Road(road=f"r{i}", from_community=a.community, to_community=b.community,
             mark="assumption", **road)
        for i, (a, b) in enumerate(pairwise(places))
    )  # fmt: skip
    parameters = dict(TINY.parameters)
    for name, value in (changes or {}).items():
        wide = {"value": value, "low": -1e9, "high": 1e9}
        parameters[name] = parameters[name].model_copy(update=wide)
    towns = (TINY.towns[0].model_copy(update={"lat": 32.0, "lon": 121.0}),)
    begins = {"start_before_closest_h": 24.0, "duration_h": 48, "tick_min": 5}
    nothing = dict.fromkeys(("teams", "stores", "shelters", "stock"), ())
    return TINY.model_copy(
        update={
            "communities": places,
            "roads": roads,
            "tracks": tracks,
            "towns": towns,
            "parameters": parameters,
            "hazards": {"typhoon": TyphoonHazard(storm=tracks[0].storm, rain=rain)},
            "settings": TINY.settings.model_copy(update={**begins, "command_community": None}),
            **nothing,
        }
    )
