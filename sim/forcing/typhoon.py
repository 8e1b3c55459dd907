"""The typhoon: one run's storm, and from it wind, rain and the sea, and what is forecast of it.

What the storm does to trees, power, water and roads is state of the run and not here. What does
not depend on the run is prepared once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anlan.sim import portable
from anlan.sim.chance import Streams, numbered, stream
from anlan.sim.forcing import rain, size, surge, track, wind
from anlan.sim.forcing.base import F32, Forcing, Sky, StormPath
from anlan.sim.forcing.forecast import Office
from anlan.sim.forcing.size import SizeRules
from anlan.sim.forcing.track import Storm
from anlan.sim.place.exposure import exposure_of
from anlan.sim.scenario.clock import chosen_track, start_time
from anlan.sim.scenario.rules import Rules, of
from anlan.sim.scenario.schema import Fix, Scenario, TyphoonHazard

F64 = NDArray[np.float64]

POSITION = stream("typhoon.position", "storm")
STRENGTH = stream("typhoon.wind", "storm")
WIDTH = stream("typhoon.rmax", "storm")
REACH = stream("typhoon.gale_exponent", "storm")
RAIN = stream("typhoon.rain", "storm")
RAIN_CELL = stream("typhoon.rain_cell", "point of the rain lattice, for each stretch of time")
TIDE = stream("typhoon.tide", "storm")
STORM = "storm"  # there is one a run


@dataclass(frozen=True)
class StormRules(Rules, prefix="storm"):
    """How far one run's storm may be off the track, and how its wind, rain and sea are made."""

    environment_pressure_hpa: float
    position_sd_km: float
    wind_sd_share: float
    rmax_sd_log: float
    decay_rule: float
    step_min: float = of("wind.step_min")
    translation_share_max: float = of("wind.translation_share_max")
    motion_share: float = of("wind.motion_share")
    motion_turn_deg: float = of("wind.motion_turn_deg")
    one_min_ratio: float = of("wind.one_min_ratio")
    rain_scale: float = of("rain.scale")
    rain_run_sd_log: float = of("rain.run_sd_log")
    rain_cell_sd_log: float = of("rain.cell_sd_log")
    rain_cell_km: float = of("rain.cell_km")
    rain_cell_life_h: float = of("rain.cell_life_h")


@dataclass(frozen=True)
class SeaRules(Rules, prefix="surge"):
    """Set-up of the sea by the wind, the inverse barometer, and the tide."""

    onshore_share: float
    fetch_km: float
    shelf_depth_m: float
    drag_coefficient: float
    air_density_kg_m3: float
    water_density_kg_m3: float
    barometer_m_hpa: float
    tide_amplitude_m: float
    tide_period_h: float
    river_rise_m: float


class Typhoon:
    """A typhoon over a scenario. Wind and rain are computed on coarse nodes in time."""

    def __init__(self, scenario: Scenario) -> None:
        self.rules = StormRules.read(scenario)
        self.sea = SeaRules.read(scenario)
        self.sites = exposure_of(scenario)
        self.office = Office(scenario)
        typhoon = scenario.hazard(TyphoonHazard)
        self.gauged = typhoon is not None and typhoon.rain == "gauge"
        self.ticks = scenario.ticks
        self.tick_h = scenario.settings.tick_min / 60.0
        self.stride = max(1, int(self.rules.step_min // scenario.settings.tick_min))
        nodes = -(-(self.ticks - 1) // self.stride) + 1
        self.node_h: F64 = np.arange(nodes, dtype=np.float64) * self.stride * self.tick_h
        start = start_time(scenario)
        high = typhoon.high_water if typhoon is not None else None
        self.high_water_h = (high - start).total_seconds() / 3600.0 if high else None
        fixes = track.fixes_of(scenario, start)
        rule = self.rules.decay_rule
        self.storm = track.storm_at(
            fixes, np.arange(self.ticks, dtype=np.float64) * self.tick_h, rule
        )
        self.node_storm = track.storm_at(fixes, self.node_h, rule)
        self.reach = SizeRules.read(scenario)
        self.exponents = self._exponents(chosen_track(scenario), fixes.hour)
        self.lattice = rain.lattice_over(self.sites.lat, self.sites.lon, self.rules.rain_cell_km)
        near = [(c.coast_km, c.community, n) for n, c in enumerate(scenario.communities)]
        self.shore = min(near)[2]  # the place nearest to the sea
        gauge = [((g.time - start).total_seconds() / 3600.0, g.rain_mm) for g in scenario.gauge]
        self.gauge = np.array(sorted(gauge), dtype=np.float64).reshape(-1, 2)

    def draw(self, streams: Streams) -> Forcing:
        """Draw one run. Every draw is keyed by its stream and its thing."""
        storm, nodes = self._storms(streams)
        radius_km, sea_ms = self._sea_wind(nodes, self._reach_of(streams))
        wind_ms = to_ticks(sea_ms * self.sites.land_factor, self.stride, self.ticks)
        gust_ms = wind_ms * self.sites.gust_ratio
        sky = Sky(
            wind_ms=wind_ms,
            gust_ms=gust_ms,
            rain_mm_h=self._rain(streams, nodes, radius_km),
            sea_level_m=self._sea_level(streams, nodes, sea_ms, radius_km),
        )
        path = StormPath(
            lon=storm.lon,
            lat=storm.lat,
            pressure_hpa=self.rules.environment_pressure_hpa - storm.deficit_hpa,
            max_wind_ms=storm.vmax_ms,
        )
        return Forcing(sky, path, self.office.bulletins(streams, wind_ms, gust_ms))

    def _storms(self, streams: Streams) -> tuple[Storm, Storm]:
        """The run's own storm, at the ticks and at the nodes."""
        rules = self.rules
        east, north = (
            streams.one_normal(POSITION, STORM, n) * rules.position_sd_km for n in (0, 1)
        )
        strength = 1.0 + rules.wind_sd_share * streams.one_normal(STRENGTH, STORM)
        width = portable.exp(rules.rmax_sd_log * streams.one_normal(WIDTH, STORM))
        change = (east, north, max(strength, 0.0), float(width))
        return track.displaced(self.storm, *change), track.displaced(self.node_storm, *change)

    def _exponents(self, rows: Sequence[Fix], hour: F64) -> F64:
        """(N, 4) by what an agency says of the storm's gales; NaN where it says nothing."""
        storm = self.node_storm
        gale_km, gale_ms = size.gales_at(rows, hour, self.node_h, self.rules.one_min_ratio)
        found = size.exponents(storm, gale_km, gale_ms, self._background_ms(storm), self.reach)
        silent = np.isnan(found).all(axis=0)
        if silent.any() and not silent.all():
            found[:, silent] = found[:, ~silent].mean(axis=1, keepdims=True)
        return found

    def _reach_of(self, streams: Streams) -> F64:
        """(N, 4) the run's exponents: drawn where nobody says how far the gales reach."""
        rules = self.reach
        drawn = rules.gale_exponent + rules.gale_exponent_sd * streams.one_normal(REACH, STORM)
        drawn = min(max(drawn, rules.gale_exponent_min), rules.gale_exponent_max)
        return np.where(np.isnan(self.exponents), drawn, self.exponents)

    def _background_ms(self, storm: Storm) -> tuple[F64, F64]:
        """What the storm's own motion adds, east and north, m/s, (N,) each."""
        rules = self.rules
        speed = np.hypot(storm.move_east_ms, storm.move_north_ms)
        most = rules.translation_share_max * storm.vmax_ms / np.maximum(speed, 1e-9)
        share = np.minimum(rules.motion_share, most)
        return wind.background_ms(
            storm.move_east_ms, storm.move_north_ms, share, rules.motion_turn_deg,
            _hemisphere(storm),
        )  # fmt: skip

    def _sea_wind(self, storm: Storm, exponents: F64) -> tuple[F32, F32]:
        """(radius in km, 10-minute wind as over the sea in m/s), (N, C) each."""
        east, north = (
            a.astype(np.float32)
            for a in wind.offsets_km(
                self.sites.lat, self.sites.lon, storm.lat[:, None], storm.lon[:, None]
            )
        )
        radius = np.maximum(np.hypot(east, north), np.float32(wind.MIN_RADIUS_KM))
        b = wind.holland_b(storm.rmax_km, storm.lat)
        add_east, add_north = self._background_ms(storm)
        # The profile's height leaves room for what the storm's own motion adds.
        peak = storm.vmax_ms - np.hypot(add_east, add_north)
        bearing = np.degrees(portable.arctan2(east, north)).astype(np.float32)
        swirl = size.swirl_ms(
            radius, bearing, _column(peak), _column(storm.rmax_km), _column(b),
            exponents.astype(np.float32),
        )  # fmt: skip
        moving = wind.surface_wind_ms(
            east,
            north,
            swirl,
            _column(add_east),
            _column(add_north),
            wind.inflow_deg(radius, _column(storm.rmax_km)),
            _hemisphere(storm),
        )
        return radius, moving.astype(np.float32, copy=False)

    def _rain(self, streams: Streams, storm: Storm, radius_km: F32) -> F32:
        """Rain, mm/h, (T, C). A gauge is taken as measured: everywhere and in every run."""
        if self.gauged:
            at_h = np.arange(self.ticks) * self.tick_h
            rate = rain.gauge_mm_h(self.gauge[:, 0], self.gauge[:, 1], at_h)
            return np.repeat(rate.astype(np.float32)[:, None], len(self.sites.lat), axis=1)
        rules = self.rules
        one_min_kt = storm.vmax_ms * rules.one_min_ratio / rain.KNOT_MS
        mean = rain.rcliper_mm_h(radius_km, _column(one_min_kt))
        whole = rain.lognormal_factor(streams.one_normal(RAIN, STORM), rules.rain_run_sd_log)
        life_h = rules.rain_cell_life_h
        rows = int(np.ceil(self.node_h[-1] / life_h)) + 1
        stretches = numbered(self.lattice.keys[None, :], np.arange(rows)[:, None])
        draws = streams.normal(RAIN_CELL, stretches.ravel())
        cells = rain.cell_factor(
            draws.reshape(rows, -1),
            self.lattice,
            self.node_h,
            life_h,
            rules.rain_cell_sd_log,
        )
        nodes = (mean * cells * np.float32(rules.rain_scale * whole)).astype(np.float32)
        return to_ticks(nodes, self.stride, self.ticks)

    def _sea_level(self, streams: Streams, storm: Storm, sea_ms: F32, radius_km: F32) -> F64:
        """Level at the coast, m above mean sea level, (T,), at the place nearest to it."""
        sea = self.sea
        shore = self.shore
        b = wind.holland_b(storm.rmax_km, storm.lat)
        below = storm.deficit_hpa - wind.pressure_hpa(
            radius_km[:, shore], storm.rmax_km, b, storm.deficit_hpa, 0.0
        )
        push = surge.setup_m(
            sea_ms[:, shore].astype(np.float64) * sea.onshore_share,
            sea.fetch_km,
            sea.shelf_depth_m,
            sea.drag_coefficient,
            sea.air_density_kg_m3,
            sea.water_density_kg_m3,
        )
        hours = np.arange(self.ticks) * self.tick_h
        weather = np.interp(hours, self.node_h, push + sea.barometer_m_hpa * below)
        phase = streams.one(TIDE, STORM)
        if self.high_water_h is not None:
            phase = -self.high_water_h / sea.tide_period_h
        tide = surge.tide_m(hours, sea.tide_amplitude_m, sea.tide_period_h, phase)
        return np.asarray(weather + tide + sea.river_rise_m, dtype=np.float64)


def _hemisphere(storm: Storm) -> float:
    return 1.0 if storm.lat.mean() >= 0.0 else -1.0


def to_ticks(nodes: F32, stride: int, ticks: int) -> F32:
    """Straight lines between nodes `stride` ticks apart: (N, C) -> (T, C)."""
    if stride == 1 or len(nodes) == 1:
        return nodes[:ticks]
    out = np.empty((len(nodes) - 1, stride, nodes.shape[1]), dtype=np.float32)
    step = (nodes[1:] - nodes[:-1]) / np.float32(stride)
    for k in range(stride):
        np.multiply(step, np.float32(k), out=out[:, k])
        out[:, k] += nodes[:-1]
    flat = out.reshape(-1, nodes.shape[1])
    return np.concatenate([flat, nodes[-1:]])[:ticks]


def _column(values: wind.Floats) -> F32:
    return np.asarray(values, dtype=np.float32)[:, None]
