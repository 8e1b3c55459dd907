"""What of each place and road the weather acts on: arrays in the scenario's order."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anlan.sim.scenario.rules import Rules
from anlan.sim.scenario.schema import Community, Scenario

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]


@dataclass(frozen=True)
class GroundRules(Rules, prefix="wind"):
    """How the ground slows the wind and roughens it."""

    suburban_factor: float
    coast_factor: float
    open_factor: float
    coast_zone_km: float
    near_coast_km: float
    gust_coast_ratio: float
    gust_near_coast_ratio: float
    gust_inland_ratio: float


@dataclass(frozen=True)
class Exposure:
    """Communities, (C,), and roads, (R,)."""

    lat: F64
    lon: F64
    land_factor: F32  # 10-minute wind over that at sea
    gust_ratio: F32  # 3-second gust over the 10-minute wind
    town: NDArray[np.bool_]  # built up
    coast_km: F64
    elevation_m: F64
    area_m2: F64
    curve_number: F64
    drain_mm: F64  # a tick
    pump_mm: F64  # a tick
    generator: NDArray[np.bool_]
    road_from: NDArray[np.int64]
    road_to: NDArray[np.int64]
    road_trees: F64
    road_dip_m: F32


def exposure_of(scenario: Scenario) -> Exposure:
    """Gather what wind, rain and sea act on: each place and road."""
    rules = GroundRules.read(scenario)
    places = scenario.communities
    tick_h = scenario.settings.tick_min / 60.0
    index = {c.community: i for i, c in enumerate(places)}
    roads = scenario.roads
    return Exposure(
        lat=np.array([c.lat for c in places]),
        lon=np.array([c.lon for c in places]),
        land_factor=np.array([_land_factor(rules, c) for c in places], dtype=np.float32),
        gust_ratio=np.array([_gust_ratio(rules, c) for c in places], dtype=np.float32),
        town=np.array([c.kind == "neighbourhood" for c in places]),
        coast_km=np.array([c.coast_km for c in places]),
        elevation_m=np.array([c.elevation_m for c in places]),
        area_m2=np.array([c.area_km2 for c in places]) * 1e6,
        curve_number=np.array([c.curve_number for c in places]),
        drain_mm=np.array([c.drain_mm_h for c in places]) * tick_h,
        pump_mm=np.array([c.pump_mm_h for c in places]) * tick_h,
        generator=np.array([c.generator for c in places]),
        road_from=np.array([index[r.from_community] for r in roads], dtype=np.int64),
        road_to=np.array([index[r.to_community] for r in roads], dtype=np.int64),
        road_trees=np.array([r.trees_per_km * r.length_km for r in roads], dtype=np.float64),
        road_dip_m=np.array([r.dip_m for r in roads], dtype=np.float32),
    )


def _land_factor(rules: GroundRules, place: Community) -> float:
    if place.kind == "neighbourhood":
        return rules.suburban_factor
    on_shore = place.coast_km < rules.coast_zone_km
    return rules.coast_factor if on_shore else rules.open_factor


def _gust_ratio(rules: GroundRules, place: Community) -> float:
    if place.coast_km < rules.coast_zone_km:
        return rules.gust_coast_ratio
    near = place.coast_km < rules.near_coast_km
    return rules.gust_near_coast_ratio if near else rules.gust_inland_ratio
