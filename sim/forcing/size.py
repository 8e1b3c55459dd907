"""How far a storm's gales reach: the exponent by which its wind falls off outside the core.

Holland (2010) lets the wind fall as `v = v_max (u^b exp(1 - u^b))^x` with u = rmax / r. Within the
radius of the largest wind x is 1/2, the profile of Holland (1980). Outside it is one number in
each direction, such that the profile passes through the gale radius that an agency gives there
(docs/decisions.md compares this with other forms). Where none is given it is drawn from what the
storms of the western North Pacific had.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anlan.sim import portable
from anlan.sim.forcing import wind
from anlan.sim.forcing.track import Storm
from anlan.sim.scenario.rules import Rules
from anlan.sim.scenario.schema import Fix

F64 = NDArray[np.float64]
F32 = NDArray[np.float32]

QUADRANTS = ("ne", "se", "sw", "nw")  # clockwise; the middle of each lies at 45 degrees and on
MIDDLE_DEG = np.array([45.0, 135.0, 225.0, 315.0])
COMPASS_DEG = {
    name: 45.0 * n for n, name in enumerate(("N", "NE", "E", "SE", "S", "SW", "W", "NW"))
}
GALE_MS = 17.49  # 34 knots
WITHIN = 0.5  # the exponent of Holland (1980)
CLEAR = 1.1  # the largest wind must be this many times the gale's for a radius to say anything


@dataclass(frozen=True)
class SizeRules(Rules, prefix="storm"):
    """The exponents of storms of which nobody says how far their gales reach, and the bounds."""

    gale_exponent: float
    gale_exponent_sd: float
    gale_exponent_min: float
    gale_exponent_max: float


def radii_km(fix: Fix) -> F64:
    """(4,) gale radius of each quadrant, km; NaN where the fix says nothing.

    A longest and a shortest radius are a circle whose centre lies off the storm's, towards the
    longest (the usage of the Japan Meteorological Agency).
    """
    named = [getattr(fix, f"gale_{q}_km") for q in QUADRANTS]
    if any(value is not None for value in named):
        return np.array([np.nan if value is None else value for value in named])
    if fix.gale_long_km is None or fix.gale_short_km is None:
        return np.full(4, np.nan)
    circle = 0.5 * (fix.gale_long_km + fix.gale_short_km)
    off = 0.5 * (fix.gale_long_km - fix.gale_short_km)
    away = np.radians(MIDDLE_DEG - COMPASS_DEG.get(fix.gale_long_to or "", 0.0))
    along = off * portable.cos(away)
    across = off * portable.sin(away)
    return np.asarray(along + np.sqrt(circle * circle - across * across))


def gales_at(rows: Sequence[Fix], hour: F64, hours: F64, one_min_ratio: float) -> tuple[F64, F64]:
    """(N, 4) gale radii at some hours, straight between the fixes that give them; (N,) their wind.

    hour: (K,) of the fixes. NaN in a quadrant that no fix gives.
    """
    given = np.array([radii_km(f) for f in rows])
    radii = np.full((len(hours), 4), np.nan)
    for quadrant in range(4):
        known = ~np.isnan(given[:, quadrant])
        if known.any():
            radii[:, quadrant] = np.interp(hours, hour[known], given[known, quadrant])
    of = np.array([GALE_MS if f.gale_ms is None else f.gale_ms for f in rows])
    means = np.array([f.wind_averaging_min for f in rows], dtype=np.float64)
    return radii, np.interp(hours, hour, wind.ten_minute_ms(of, means, one_min_ratio))


def factor_log(radius_km: wind.Real, rmax_km: wind.Real, b: wind.Real) -> wind.Floats:
    """ln(u^b exp(1 - u^b)) at a radius: 0 at the radius of the largest wind, less elsewhere."""
    log_u = portable.log(np.asarray(rmax_km) / np.asarray(radius_km)) * b
    return np.asarray(log_u + 1.0 - portable.exp(log_u))


def exponents(
    storm: Storm, gale_km: F64, gale_ms: F64, motion_ms: tuple[F64, F64], rules: SizeRules
) -> F64:
    """(N, 4) exponent outside the core in each quadrant; NaN where no radius is ever given.

    gale_km: (N, 4); gale_ms: (N,) the wind at those radii; motion_ms: (N,) each, what the storm's
    own motion adds to the wind, east and north. Where a storm is too weak for its gale radius to
    say anything, the exponent runs straight between those before and after.
    """
    b = wind.holland_b(storm.rmax_km, storm.lat)
    east, north = motion_ms
    peak = storm.vmax_ms - np.hypot(east, north)
    turn = 1.0 if storm.lat.mean() >= 0.0 else -1.0
    middle = np.radians(MIDDLE_DEG)
    # What the motion adds along the swirl in the middle of each quadrant.
    along = turn * (-east[:, None] * portable.cos(middle) + north[:, None] * portable.sin(middle))
    swirl = np.maximum(gale_ms[:, None] - along, 1.0)
    with np.errstate(invalid="ignore"):
        clear = (peak[:, None] > CLEAR * swirl) & (gale_km > 1.5 * storm.rmax_km[:, None])
    safe_km = np.where(clear, gale_km, 10.0 * storm.rmax_km[:, None])
    below = portable.log(swirl / np.maximum(peak, 1.0)[:, None])
    found = below / factor_log(safe_km, storm.rmax_km[:, None], b[:, None])
    found = np.clip(found, rules.gale_exponent_min, rules.gale_exponent_max)
    at = np.arange(len(found))
    columns = [
        np.interp(at, at[ok], one[ok]) if ok.any() else np.full(len(one), np.nan)
        for one, ok in zip(found.T, clear.T, strict=True)
    ]
    return np.array(columns).T


def swirl_ms(
    radius_km: F32, bearing_deg: F32, peak_ms: F32, rmax_km: F32, b: F32, exponent: F32
) -> F32:
    """(N, C) wind of the vortex itself; the exponent (N, 4) straight between the quadrants.

    radius_km, bearing_deg (clockwise from north): (N, C); the others (N, 1).
    """
    place = (bearing_deg - np.float32(45.0)) / np.float32(90.0) % np.float32(4.0)
    before = np.minimum(place.astype(np.int64), 3)
    share = place - before.astype(np.float32)
    one = np.take_along_axis(exponent, before, axis=1)
    next_ = np.take_along_axis(exponent, (before + 1) % 4, axis=1)
    outside = one + share * (next_ - one)
    falls = np.where(radius_km < rmax_km, np.float32(WITHIN), outside)
    return np.asarray(peak_ms * portable.exp(falls * factor_log(radius_km, rmax_km, b)), np.float32)
