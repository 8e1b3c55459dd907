"""The places and roads of a scenario as the hazard sees them: arrays in the scenario's order."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anlan.sim.scenario.schema import Community, Scenario

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]


@dataclass(frozen=True)
class Sites:
    """Communities, (C,), and roads, (R,)."""

    lat: F64
    lon: F64
    land_factor: F32  # 10-minute wind over that at sea
    gust_ratio: F32  # 3-second gust over the 10-minute wind
    town: NDArray[np.bool_]  # built up
    coast_km: F64
    elevation_m: F64
    curve_number: F64
    drain_mm: F64  # a tick
    pump_mm: F64  # a tick
    generator: NDArray[np.bool_]
    road_from: NDArray[np.int64]
    road_to: NDArray[np.int64]
    road_trees: F64
    road_dip_m: F32


def sites_of(scenario: Scenario) -> Sites:
    """Gather what the hazard needs of each place and road."""
    places = scenario.communities
    tick_h = scenario.settings.tick_min / 60.0
    index = {c.community: i for i, c in enumerate(places)}
    roads = scenario.roads
    return Sites(
        lat=np.array([c.lat for c in places]),
        lon=np.array([c.lon for c in places]),
        land_factor=np.array([_land_factor(scenario, c) for c in places], dtype=np.float32),
        gust_ratio=np.array([_gust_ratio(scenario, c) for c in places], dtype=np.float32),
        town=np.array([c.kind == "neighbourhood" for c in places]),
        coast_km=np.array([c.coast_km for c in places]),
        elevation_m=np.array([c.elevation_m for c in places]),
        curve_number=np.array([c.curve_number for c in places]),
        drain_mm=np.array([c.drain_mm_h for c in places]) * tick_h,
        pump_mm=np.array([c.pump_mm_h for c in places]) * tick_h,
        generator=np.array([c.generator for c in places]),
        road_from=np.array([index[r.from_community] for r in roads], dtype=np.int64),
        road_to=np.array([index[r.to_community] for r in roads], dtype=np.int64),
        road_trees=np.array([r.trees_per_km * r.length_km for r in roads], dtype=np.float64),
        road_dip_m=np.array([r.dip_m for r in roads], dtype=np.float32),
    )


def _land_factor(scenario: Scenario, place: Community) -> float:
    if place.kind == "neighbourhood":
        return scenario.p("wind.suburban_factor")
    on_shore = place.coast_km < scenario.p("wind.coast_zone_km")
    return scenario.p("wind.coast_factor" if on_shore else "wind.open_factor")


def _gust_ratio(scenario: Scenario, place: Community) -> float:
    if place.coast_km < scenario.p("wind.coast_zone_km"):
        return scenario.p("wind.gust_coast_ratio")
    near = place.coast_km < scenario.p("wind.near_coast_km")
    return scenario.p("wind.gust_near_coast_ratio" if near else "wind.gust_inland_ratio")
