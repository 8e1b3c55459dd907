"""What wind and rain do to a district: outages, fallen trees, water, and what is forecast.

Every hazard that brings wind and rain (typhoon, weather) goes through here.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from anlan.sim.chance import Keys, Streams, keys_of, stream
from anlan.sim.forcing import forecast, surge
from anlan.sim.forcing.base import F32, Bools, Forecast, Ints
from anlan.sim.nature import water as flood
from anlan.sim.networks import fragility as networks
from anlan.sim.place.exposure import sites_of
from anlan.sim.scenario.schema import Scenario

F64 = NDArray[np.float64]

POLE = stream("power.pole", "community")
REPAIR = stream("power.repair", "community")
TREE = stream("tree.fall", "road")
TREE_COUNT = stream("tree.count", "road")
FORECAST = stream("forecast.strength", "bulletin")
FORECAST_TIME = stream("forecast.time", "bulletin")


class Impacts:
    """The chain trees, power -> water (pumps need power) -> phone, for one scenario's places."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.sites = sites_of(scenario)
        self.ticks = scenario.ticks
        self.tick_h = scenario.settings.tick_min / 60.0
        self.place_keys = keys_of(c.community for c in scenario.communities)
        self.road_keys = keys_of(r.road for r in scenario.roads)

    def road_depth_m(self, depth_m: F32) -> F32:
        """(T, R) water at each road's lowest point."""
        s = self.sites
        dip_full_m = self.scenario.p("flood.dip_full_depth_m")
        return flood.road_depth_m(depth_m, s.road_from, s.road_to, s.road_dip_m, dip_full_m)

    def power(self, streams: Streams, wind_ms: F32, gust_ms: F32) -> tuple[Ints, Ints]:
        """(C,) first tick without power, and the tick when it is back; T where never."""
        p = self.scenario.p
        u = streams.uniform(POLE, self.place_keys)
        stands = networks.feeder_strength_ms(u, p("power.poles_per_feeder"))
        down = networks.first_tick(gust_ms, np.maximum(stands, p("power.min_gust_ms")))
        wait_h = networks.exponential(
            streams.uniform(REPAIR, self.place_keys), p("power.restore_mean_h")
        )
        calm = networks.calm_from(wind_ms, p("power.crew_wind_ms"))
        return down, networks.restored_tick(down, calm, wait_h / self.tick_h, self.ticks)

    def phone(self, down: Ints, up: Ints) -> Bools:
        """Base stations live on their battery, then fall silent until the power is back."""
        p = self.scenario.p
        battery_h = np.where(self.sites.town, p("phone.battery_city_h"), p("phone.battery_rural_h"))
        silent = down + np.ceil(battery_h / self.tick_h).astype(np.int32)
        return networks.between(self.ticks, silent, up)

    def trees(self, streams: Streams, gust_ms: F32) -> tuple[Ints, Ints]:
        """(R,) the tick when fallen trees close the road, and how many lie across it."""
        p = self.scenario.p
        s = self.sites
        roads = len(s.road_from)
        curve = (
            p("tree.blocking_share"),
            p("tree.median_gust_ms"),
            p("tree.gust_scale_ms"),
        )
        u = streams.uniform(TREE, self.road_keys)
        stands = networks.road_strength_ms(u, s.road_trees, *curve)
        stands = np.maximum(stands, p("tree.min_gust_ms"))
        # Only roads that the storm's largest gust could close are looked at tick by tick.
        worst = gust_ms.max(axis=0)
        worst = np.maximum(worst[s.road_from], worst[s.road_to])
        near = np.flatnonzero(worst >= stands)
        gust = 0.5 * (gust_ms[:, s.road_from[near]] + gust_ms[:, s.road_to[near]])
        tick = np.full(roads, self.ticks, dtype=np.int32)
        tick[near] = networks.first_tick(gust, stands[near])
        count = np.zeros(roads, dtype=np.int32)
        fall = networks.tree_fall(gust.max(axis=0, initial=0.0), *curve[1:]) * curve[0]
        more = networks.blockages(
            streams.uniform(TREE_COUNT, self.road_keys[near]),
            fall * s.road_trees[near],
        )
        count[near] = np.where(tick[near] < self.ticks, more, 0)
        return tick, count

    def water(self, rain_mm_h: F32, power_out: Bools, sea_level_m: F64) -> F32:
        """(T, C) depth on the streets, from rain and from the sea."""
        p = self.scenario.p
        s = self.sites
        cell = flood.balance(
            rain_mm_h * np.float32(self.tick_h),
            s.curve_number,
            s.drain_mm * p("flood.drain_working_share"),
            s.pump_mm,
            sea_level_m < p("flood.gates_shut_level_m"),
            ~power_out | s.generator,
            self._from_sea_mm(sea_level_m),
        )
        return flood.street_depth_m(cell.stored_mm, p("flood.ponding_share"))

    def _from_sea_mm(self, sea_level_m: F64) -> F32 | None:
        """What the sea fills each cell to while it stands over its wall; None if it never does."""
        p = self.scenario.p
        s = self.sites
        over = sea_level_m > p("surge.wall_crest_m")
        if not over.any():
            return None
        depth = surge.flood_depth_m(
            sea_level_m[:, None], s.elevation_m, s.coast_km, p("surge.inland_loss_m_km")
        )
        reached = (s.coast_km <= p("surge.reach_km")) & (
            s.elevation_m <= p("surge.reach_elevation_m")
        )
        depth = depth * (over[:, None] & reached)
        return np.asarray(depth * (1000.0 * p("flood.ponding_share")), dtype=np.float32)

    def forecast(self, streams: Streams, wind_ms: F32, gust_ms: F32) -> Forecast:
        """What the weather office will say in this run."""
        p = self.scenario.p
        every = self.scenario.ticks_of(60.0 * p("forecast.interval_h"))
        issued = np.arange(0, self.ticks, every, dtype=np.int32)
        keep = p("forecast.persistence")
        keys = bulletin_keys(issued)
        return forecast.bulletins(
            wind_ms.max(axis=1).astype(np.float64),
            gust_ms.max(axis=1).astype(np.float64),
            issued,
            self.tick_h,
            forecast.alike(streams.normal(FORECAST, keys), keep),
            forecast.alike(streams.normal(FORECAST_TIME, keys), keep),
            (p("forecast.wind_sd_now"), p("forecast.wind_sd_24h")),
            p("forecast.time_sd_24h_h"),
        )


def bulletin_keys(issued_tick: Ints) -> Keys:
    """(B,) what chance knows each bulletin by: when it is issued."""
    return keys_of(f"tick {tick}" for tick in issued_tick.tolist())
