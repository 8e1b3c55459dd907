"""The roads in one run: what is open to which vehicle now, and how fast it drives.

Water and fallen trees close links for cars, lorries and boats' trailers separately; water and gales
slow them down. Whether a road is closed is decided by the true depth, at once; speeds follow the
water in steps of five centimetres and now and then, so that ways can be kept.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anlan.sim.forcing.base import Now
from anlan.sim.nature.water import Water
from anlan.sim.networks.traffic import Traffic
from anlan.sim.networks.trees import Trees
from anlan.sim.place.exposure import Exposure
from anlan.sim.place.roads import CLASSES, RoadMap, RoadTable
from anlan.sim.scenario.rules import Rules, of

Bools = NDArray[np.bool_]
F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
STEP_M = 0.05
FLAT_MM = 300.0  # past its lowest point (307 mm) the parabola rises again: hold the least speed


@dataclass(frozen=True)
class RoadRules(Rules, prefix="road"):
    """How water and wind slow vehicles, and what stops them."""

    wet_a_kmh_per_mm2: float
    wet_b_kmh_per_mm: float
    wet_c_kmh: float
    least_kmh: float
    gale_wind_ms: float
    gale_factor: float
    refresh_min: float
    dip_full_depth_m: float = of("flood.dip_full_depth_m")
    car_wading_m: float = of("vehicle.car_wading_m")
    lorry_wading_m: float = of("vehicle.lorry_wading_m")
    boat_kmh: float = of("vehicle.boat_kmh")

    def wading_m(self, vehicle: str) -> float:
        """The depth that stops a vehicle; nothing stops a boat."""
        limits = {"car": self.car_wading_m, "lorry": self.lorry_wading_m}
        return limits.get(vehicle, np.inf)


def depth_on_roads_m(depth_m: F32, sites: Exposure, dip_full_m: float) -> F32:
    """(R,) depth at each road's lowest point from that in the communities (C,).

    That of the deeper end, and of its dip, which fills as the water rises and is full once the
    deeper end stands `dip_full_m` deep.
    """
    depth = np.maximum(depth_m[sites.road_from], depth_m[sites.road_to])
    fill = np.minimum(depth * np.float32(1.0 / dip_full_m), np.float32(1.0))
    return np.maximum(fill * sites.road_dip_m + depth, np.float32(0.0))


class Roads:
    """State of R roads in one run, and the ways over them as they are."""

    def __init__(
        self, rules: RoadRules, table: RoadTable, sites: Exposure, ticks: int, traffic: Traffic
    ) -> None:
        self.rules = rules
        self.traffic = traffic
        self.table = table
        self.sites = sites
        self.map = RoadMap(table)
        self._refresh_ticks = max(1, ticks)
        self.depth_m: F32 = np.zeros(table.n, dtype=np.float32)
        self.closed: dict[str, Bools] = {c: np.zeros(table.n, dtype=bool) for c in CLASSES}
        self.minutes: dict[str, F64] = {}
        self._slow_m = np.zeros(table.n)  # depth that speeds go by
        self._gale = np.zeros(table.n, dtype=bool)
        self._slow = False  # anywhere
        self._wet = False  # in the latest tick, anywhere
        self._trees_as_of = 0
        self._drive()

    def step(self, tick: int, water: Water, sky: Now, trees: Trees) -> bool:
        """One tick of water, wind and trees. True when anything changed."""
        wet, self._wet = water.wet or self._wet, water.wet
        if wet:
            self.depth_m = depth_on_roads_m(water.depth_m, self.sites, self.rules.dip_full_depth_m)
        changed = False
        if wet or trees.version != self._trees_as_of:
            self._trees_as_of = trees.version
            changed = self._close(trees.across > 0)
        if tick % self._refresh_ticks == 0:
            changed |= self._slow_down(sky)
        if changed:
            self._drive()
        return changed

    def queue_min(self, road: int, origin: int, minute: float) -> float:
        """How long a vehicle that comes to a road at one of its ends waits for its turn."""
        if not self.traffic.slots:
            return 0.0
        return self.traffic.wait_min(self.traffic.link(road, origin), minute)

    def _close(self, blocked: Bools) -> bool:
        """Shut what trees block or water covers, open the rest; whether anything changed."""
        shut = {c: blocked | (self.depth_m > self.rules.wading_m(c)) for c in CLASSES}
        if not any((shut[c] != self.closed[c]).any() for c in CLASSES):
            return False
        self.closed = shut
        return True

    def _slow_down(self, sky: Now) -> bool:
        """Look at water and gales anew; whether speeds change anywhere."""
        if not (self._slow or self._wet) and sky.peak_wind_ms < self.rules.gale_wind_ms:
            return False
        slow_m = np.floor(self.depth_m.astype(np.float64) / STEP_M) * STEP_M
        mean = (sky.wind_ms[self.table.a] + sky.wind_ms[self.table.b]) / 2
        gale = np.asarray(mean >= self.rules.gale_wind_ms)
        if np.array_equal(slow_m, self._slow_m) and np.array_equal(gale, self._gale):
            return False
        self._slow_m, self._gale = slow_m, gale
        self._slow = bool(slow_m.any() or gale.any())
        return True

    def _drive(self) -> None:
        """Minutes over each road for each class, and the map anew where they differ."""
        r, table = self.rules, self.table
        water_mm = self._slow_m * 1000.0
        bend_kmh = r.wet_a_kmh_per_mm2 * np.square(water_mm)
        wet_kmh = bend_kmh + r.wet_b_kmh_per_mm * water_mm + r.wet_c_kmh
        wet_kmh = np.where(water_mm > FLAT_MM, 0.0, wet_kmh)
        dry_kmh = np.where(self._gale, table.free_kmh * r.gale_factor, table.free_kmh)
        kmh = np.minimum(dry_kmh, np.maximum(wet_kmh, r.least_kmh))
        afloat = self._slow_m > r.lorry_wading_m
        for name in CLASSES:
            speed = np.where(afloat, r.boat_kmh, kmh) if name == "boat" else kmh
            minutes = np.where(self.closed[name], np.inf, table.length_km / speed * 60.0)
            self.minutes[name] = minutes
            self.map.set_minutes(name, minutes)
