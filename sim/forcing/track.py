"""A storm's track: from an agency's fixes to position, strength and motion at any hour.

Between two fixes the centre runs on the great circle at an even speed; wind and pressure run
straight. A fix without wind takes it from its pressure. Before the first fix and after the
last the centre goes on as it did on the leg beside; after the last the storm decays by the
rule of `storm.decay_rule`. Nowhere else is decay applied: a best track contains it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from anlan.sim import portable
from anlan.sim.forcing import wind
from anlan.sim.forcing.rain import KNOT_MS
from anlan.sim.scenario.clock import chosen_track
from anlan.sim.scenario.rules import Rules, of
from anlan.sim.scenario.schema import Fix, Scenario

F64 = NDArray[np.float64]
KM_A_DEGREE = wind.EARTH_RADIUS_KM * np.pi / 180.0
# A centre carried on past a track's end stays clear of the poles, where east has no meaning.
MOST_LAT = 85.0
MOST_DEFICIT_HPA = 160.0  # the deepest storm on record (Tip, 1979) had some 140
DEFICIT_STEP_HPA = 0.25  # how finely a wind's deficit is looked up
BLANK_BELOW_MS = 17.2  # agencies leave the wind of a depression, below gale force, empty


@dataclass(frozen=True)
class TrackRules(Rules, prefix="storm"):
    """What a fix's pressure is set against, and how its wind is averaged."""

    environment_pressure_hpa: float
    min_deficit_hpa: float
    one_min_ratio: float = of("wind.one_min_ratio")
    air_density_kg_m3: float = of("wind.air_density_kg_m3")


@dataclass(frozen=True)
class Fixes:
    """A track as arrays, (K,), in time."""

    hour: F64  # since the run's start
    lat: F64
    lon: F64
    wind_ms: F64  # largest 10-minute mean at sea
    deficit_hpa: F64  # pressure far off less pressure at the centre
    rmax_km: F64  # radius of the largest wind; NaN where nobody says it


@dataclass(frozen=True)
class Storm:
    """A storm at N times, each array (N,)."""

    lat: F64
    lon: F64
    vmax_ms: F64  # largest 10-minute mean at sea
    deficit_hpa: F64
    move_east_ms: F64
    move_north_ms: F64
    rmax_km: F64


def wind_from_deficit_ms(deficit_hpa: F64, lat: F64, density_kg_m3: float) -> F64:
    """Largest 10-minute mean at sea, m/s, from the pressure deficit and the latitude."""
    b = wind.holland_b(wind.rmax_km(deficit_hpa, lat), lat)
    gradient = wind.vmax_from_deficit_ms(b, deficit_hpa, density_kg_m3)
    return np.asarray(gradient * wind.surface_factor(gradient), dtype=np.float64)


def fixes_of(scenario: Scenario, start: datetime) -> Fixes:
    """The chosen storm's fixes, hours counted from `start`."""
    rows = chosen_track(scenario)
    lat = np.array([f.lat for f in rows])
    rules = TrackRules.read(scenario)
    given = np.array([ten_minute_ms(f, rules.one_min_ratio) for f in rows])
    deficit = _deficits_hpa(rows, given, lat, rules)
    derived = wind_from_deficit_ms(deficit, lat, rules.air_density_kg_m3)
    return Fixes(
        hour=np.array([(f.time - start).total_seconds() / 3600.0 for f in rows]),
        lat=lat,
        lon=np.array([f.lon for f in rows]),
        wind_ms=_filled(given, derived),
        deficit_hpa=deficit,
        rmax_km=np.array([np.nan if f.rmax_km is None else f.rmax_km for f in rows]),
    )


def _deficits_hpa(rows: Sequence[Fix], given_ms: F64, lat: F64, rules: TrackRules) -> F64:
    """(K,) pressure deficit of each fix.

    The pressure far off is that of the outermost closed isobar where the fix gives it (Holland
    1980 sets the centre against it), else the parameter's. One without pressure has what lies
    straight between those beside it; before the first that has one and after the last, what goes
    with its wind.
    """
    centre = np.array([np.nan if f.pressure_hpa is None else f.pressure_hpa for f in rows])
    usual = rules.environment_pressure_hpa
    around = np.array([usual if f.outer_hpa is None else f.outer_hpa for f in rows])
    deficit = np.maximum(around - centre, rules.min_deficit_hpa)
    without = np.isnan(deficit)
    if not without.any():
        return np.asarray(deficit)
    at = np.array([(f.time - rows[0].time).total_seconds() for f in rows])
    known = np.flatnonzero(~without)
    steps = np.arange(rules.min_deficit_hpa, MOST_DEFICIT_HPA, DEFICIT_STEP_HPA)
    for n in np.flatnonzero(without):
        if len(known) and known[0] < n < known[-1]:
            deficit[n] = np.interp(at[n], at[known], deficit[known])
            continue
        winds = wind_from_deficit_ms(steps, np.full(len(steps), lat[n]), rules.air_density_kg_m3)
        deficit[n] = np.interp(given_ms[n], np.maximum.accumulate(winds), steps)
    return np.asarray(deficit)


def _filled(given_ms: F64, derived_ms: F64) -> F64:
    """Winds with the blank ones taken from the pressure.

    Where the track gives winds elsewhere, a blank is a storm below gale force: so it is no
    stronger than that, nor than the last wind that was given before it.
    """
    if np.isnan(given_ms).all():
        return derived_ms
    found = given_ms.copy()
    last = BLANK_BELOW_MS
    for n in range(len(found)):
        if np.isnan(found[n]):
            found[n] = min(derived_ms[n], last, BLANK_BELOW_MS)
        else:
            last = found[n]
    return found


def ten_minute_ms(fix: Fix, one_min_ratio: float) -> float:
    """A fix's largest 10-minute wind, m/s; NaN where it gives none."""
    if not fix.wind_ms:  # empty, or the nought that agencies write where they give none
        return float("nan")
    return float(wind.ten_minute_ms(fix.wind_ms, fix.wind_averaging_min, one_min_ratio))


def storm_at(fixes: Fixes, hours: F64, decay_rule: float) -> Storm:
    """The storm at the hours (N,), none of them needing to lie within the track."""
    lat, lon = positions(fixes, hours)
    vmax = np.interp(hours, fixes.hour, fixes.wind_ms)
    deficit = np.interp(hours, fixes.hour, fixes.deficit_hpa)
    after = np.maximum(hours - fixes.hour[-1], 0.0)
    share = DECAY[round(decay_rule)](fixes, after)
    move_east, move_north = _motion_ms(fixes, hours)
    deficit = deficit * share * share  # the wind goes with the root of the deficit
    return Storm(
        lat,
        lon,
        vmax * share,
        deficit,
        move_east,
        move_north,
        _rmax_km(fixes, hours, deficit, lat),
    )


def _rmax_km(fixes: Fixes, hours: F64, deficit_hpa: F64, lat: F64) -> F64:
    """Radius of the largest wind: as given, else by pressure and latitude (N,)."""
    known = ~np.isnan(fixes.rmax_km)
    if known.any():
        return np.interp(hours, fixes.hour[known], fixes.rmax_km[known])
    return np.asarray(wind.rmax_km(deficit_hpa, lat), dtype=np.float64)


def _kaplan_demaria(fixes: Fixes, after_h: F64) -> F64:
    last_kt = fixes.wind_ms[-1] / KNOT_MS
    # The drop to nine tenths belongs to the crossing of the coast, which a best track contains.
    kept = wind.decayed_wind_kt(last_kt / 0.9, after_h) / max(last_kt, 1e-9)
    return np.asarray(np.minimum(kept, 1.0), dtype=np.float64)


def _filling(fixes: Fixes, after_h: F64) -> F64:
    last = fixes.deficit_hpa[-1]
    return np.asarray(np.sqrt(wind.filled_deficit_hpa(last, after_h) / last), dtype=np.float64)


# storm.decay_rule -> share of the last fix's wind that is left some hours after it
DECAY: dict[int, Callable[[Fixes, F64], F64]] = {1: _kaplan_demaria, 2: _filling}


def positions(fixes: Fixes, hours: F64) -> tuple[F64, F64]:
    """Centre at the hours, (lat, lon) in degrees, on great circles between the fixes."""
    if len(fixes.hour) == 1:
        return np.full(len(hours), fixes.lat[0]), np.full(len(hours), fixes.lon[0])
    points = _unit(fixes.lat, fixes.lon)
    leg = np.clip(np.searchsorted(fixes.hour, hours, side="right") - 1, 0, len(fixes.hour) - 2)
    share = (hours - fixes.hour[leg]) / (fixes.hour[leg + 1] - fixes.hour[leg])
    a, b = points[leg], points[leg + 1]
    angle = portable.arctan2(np.linalg.norm(np.cross(a, b), axis=1), (a * b).sum(axis=1))
    still = angle < 1e-12
    safe = np.where(still, 1.0, angle)
    wa = np.where(still, 1.0, portable.sin((1.0 - share) * safe) / portable.sin(safe))
    wb = np.where(still, 0.0, portable.sin(share * safe) / portable.sin(safe))
    p = wa[:, None] * a + wb[:, None] * b
    lat = np.degrees(portable.arctan2(p[:, 2], np.hypot(p[:, 0], p[:, 1])))
    lon = np.degrees(portable.arctan2(p[:, 1], p[:, 0]))
    return np.clip(lat, -MOST_LAT, MOST_LAT), lon


def _unit(lat: F64, lon: F64) -> F64:
    la, lo = np.radians(lat), np.radians(lon)
    return np.stack(
        [
            portable.cos(la) * portable.cos(lo),
            portable.cos(la) * portable.sin(lo),
            portable.sin(la),
        ],
        axis=1,
    )


def _motion_ms(fixes: Fixes, hours: F64) -> tuple[F64, F64]:
    """East and north speed: each leg's at its middle, straight between, so without jumps."""
    if len(fixes.hour) == 1:
        return np.zeros(len(hours)), np.zeros(len(hours))
    east, north = wind.offsets_km(fixes.lat[1:], fixes.lon[1:], fixes.lat[:-1], fixes.lon[:-1])
    seconds = np.diff(fixes.hour) * 3600.0
    middle = 0.5 * (fixes.hour[1:] + fixes.hour[:-1])
    return (
        np.interp(hours, middle, 1000.0 * east / seconds),
        np.interp(hours, middle, 1000.0 * north / seconds),
    )


def displaced(
    storm: Storm,
    east_km: float,
    north_km: float,
    wind_factor: float,
    rmax_factor: float,
) -> Storm:
    """The storm moved aside and made stronger or wider. The deficit goes with the wind squared."""
    return replace(
        storm,
        lat=storm.lat + north_km / KM_A_DEGREE,
        lon=storm.lon + east_km / (KM_A_DEGREE * portable.cos(np.radians(storm.lat))),
        vmax_ms=storm.vmax_ms * wind_factor,
        deficit_hpa=storm.deficit_hpa * wind_factor * wind_factor,
        rmax_km=storm.rmax_km * rmax_factor,
    )
