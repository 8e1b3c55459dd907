"""Wind of a typhoon: from the centre, the pressure and the largest wind to a place's wind.

The field is the 10-minute mean at 10 m. The Holland (1980) profile gives its shape; its
height is the track's own largest wind, so that what an agency says of a storm is kept.
Over land the wind is multiplied by a factor of the ground, and a gust ratio of the exposure
makes the 3-second gust. An agency's largest wind after landfall already contains the storm's
decay: `decayed_wind_kt` and `filled_deficit_hpa` serve only beyond a track's last fix.
Of Holland's forms the typhoon uses that of 1980, with Vickery and Wadhera's size.

Arrays broadcast throughout. Sources: Holland 1980; Vickery and Wadhera 2008; CLIMADA and TCRM as
read in the public code; WMO/TD-1555 (Harper et al. 2010).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from anlan.sim import portable

Floats = NDArray[np.floating[Any]]
Real = Floats | float

EARTH_TURN_RAD_S = 7.2921e-5
EARTH_RADIUS_KM = 6371.0
# Keeps the division by the radius finite at the very centre, where the wind is nought anyway.
MIN_RADIUS_KM = 0.5


def coriolis_per_s(lat_deg: Real) -> Floats:
    """Coriolis parameter, 1/s, taken positive in both hemispheres."""
    return np.asarray(2.0 * EARTH_TURN_RAD_S * portable.sin(np.radians(np.abs(lat_deg))))


def rmax_km(deficit_hpa: Real, lat_deg: Real) -> Floats:
    """Radius of the largest wind, km (Vickery and Wadhera 2008)."""
    return portable.exp(3.015 - 6.291e-5 * np.square(deficit_hpa) + 0.0337 * np.abs(lat_deg))


def holland_b(rmax: Real, lat_deg: Real) -> Floats:
    """Holland's peakedness from the radius in km (Vickery and Wadhera 2008), kept in 1 to 2.5."""
    metres = 1000.0 * np.asarray(rmax)
    return np.clip(1.833 - 0.326 * np.sqrt(coriolis_per_s(lat_deg) * metres), 1.0, 2.5)


def vmax_from_deficit_ms(b: Real, deficit_hpa: Real, density_kg_m3: float) -> Floats:
    """Largest wind in balance with the pressure deficit, m/s, without the earth's turning."""
    balance = np.asarray(b) * 100.0 * np.asarray(deficit_hpa) / (density_kg_m3 * np.e)
    return np.asarray(np.sqrt(balance))


def pressure_hpa(
    radius_km: Real, rmax: Real, b: Real, deficit_hpa: Real, centre_hpa: Real
) -> Floats:
    """Sea-level pressure at a radius, hPa (Holland 1980)."""
    power = portable.power(np.asarray(rmax) / np.asarray(radius_km), b)
    return np.asarray(np.asarray(centre_hpa) + np.asarray(deficit_hpa) * portable.exp(-power))


def surface_factor(gradient_ms: Real) -> Floats:
    """10 m wind over the sea as a share of the gradient wind (Harper; McConochie; TCRM)."""
    v = np.asarray(gradient_ms)
    return np.asarray(np.interp(v, [6.0, 19.5, 45.0], [0.81, 0.77, 0.66]))


def inflow_deg(radius_km: Real, rmax: Real) -> Floats:
    """Angle by which the wind turns in towards the centre, degrees (CLIMADA, TCRM)."""
    ratio = np.asarray(radius_km) / np.asarray(rmax)
    return np.asarray(np.where(ratio < 1.0, 10.0 * ratio, np.minimum(75.0 * ratio - 65.0, 25.0)))


def ten_minute_ms(wind_ms: Real, averaging_min: Real, one_min_ratio: float) -> Floats:
    """A mean over 1 to 10 minutes at sea as the 10-minute mean.

    `one_min_ratio` is the 1-minute over the 10-minute mean; between, the ratio falls with the
    logarithm of the period (assumption).
    """
    ratio = 1.0 + (one_min_ratio - 1.0) * (1.0 - portable.log10(averaging_min))
    return np.asarray(wind_ms) / ratio


def offsets_km(lat: Real, lon: Real, centre_lat: Real, centre_lon: Real) -> tuple[Floats, Floats]:
    """East and north of the centre, km, on a plane; within 0.5 % of the sphere to 500 km."""
    km_a_degree = EARTH_RADIUS_KM * np.pi / 180.0
    north = (np.asarray(lat) - centre_lat) * km_a_degree
    turn = (np.asarray(lon) - centre_lon + 180.0) % 360.0 - 180.0
    east = turn * km_a_degree * portable.cos(np.radians(0.5 * (np.asarray(lat) + centre_lat)))
    return east, north


def background_ms(
    move_east_ms: Real, move_north_ms: Real, share: Real, turn_deg: float, hemisphere: float = 1.0
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """East and north wind that a storm's own motion adds everywhere (Lin and Chavas 2012).

    A share of the motion, turned to the left of it north of the equator and to the right south.
    """
    turn = np.radians(turn_deg) * hemisphere
    cos, sin = portable.cos(turn), portable.sin(turn)
    east = share * (np.asarray(move_east_ms) * cos - np.asarray(move_north_ms) * sin)
    north = share * (np.asarray(move_east_ms) * sin + np.asarray(move_north_ms) * cos)
    return np.asarray(east, dtype=np.float64), np.asarray(north, dtype=np.float64)


def surface_wind_ms(
    east_km: Floats,
    north_km: Floats,
    symmetric_ms: Floats,
    add_east_ms: Real,
    add_north_ms: Real,
    inflow: Real,
    hemisphere: float = 1.0,
) -> Floats:
    """Speed of the moving vortex, m/s: the swirl, turned inwards, plus what the motion adds.

    The right side is stronger north of the equator (hemisphere 1; -1 in the south, where the
    storm turns the other way).
    """
    radius = np.maximum(np.hypot(east_km, north_km), MIN_RADIUS_KM)
    angle = np.radians(inflow)
    along = symmetric_ms * portable.cos(angle) * hemisphere / radius
    inward = symmetric_ms * portable.sin(angle) / radius
    u = -along * north_km - inward * east_km + add_east_ms
    v = along * east_km - inward * north_km + add_north_ms
    return np.hypot(u, v)


def decayed_wind_kt(v0_kt: Real, hours: Real) -> Floats:
    """Largest wind, knots, some hours after landfall (Kaplan and DeMaria 1995)."""
    background, rate_per_h, drop = 26.7, 0.095, 0.9
    return np.asarray(
        background
        + (drop * np.asarray(v0_kt) - background) * portable.exp(-rate_per_h * np.asarray(hours))
    )


def filled_deficit_hpa(
    deficit_hpa: Real,
    hours: Real,
    a0_per_h: float = 0.006,
    a1_per_h_hpa: float = 0.00046,
) -> Floats:
    """Pressure deficit, hPa, some hours after landfall (Vickery and Twisdale 1995)."""
    deficit = np.asarray(deficit_hpa)
    return np.asarray(
        deficit * portable.exp(-(a0_per_h + a1_per_h_hpa * deficit) * np.asarray(hours))
    )
