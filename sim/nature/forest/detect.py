"""Who sees a fire first: watch points and cameras over the terrain, and people who pass by.

A watch point sees the smoke once its column stands above whatever terrain lies between. From
then on it is noticed at a rate (day and night differ): the wait is exponential in the sum of the
rate over time. Rays are straight: over the few kilometres of a watch point the earth's curve and
the bending of light leave less than the height of a tree.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anlan.sim import portable
from anlan.sim.chance import Streams, stream
from anlan.sim.place.landscape.landscape import Landscape

F64 = NDArray[np.float64]
Bools = NDArray[np.bool_]

CHUNK = 2_000_000  # samples of terrain looked at together: 16 MB an array


NOTICE = stream("forest.notice", "forest fire, for each who may see it")


@dataclass(frozen=True)
class Watch:
    """A watch point or a camera. Rates are notices an hour once smoke is in sight."""

    name: str
    row: int
    col: int
    eye_m: float  # above the ground
    range_km: float
    day_per_h: float
    night_per_h: float


@dataclass(frozen=True)
class Passers:
    """People who happen by: a rate where they live and travel, falling with the way to it."""

    day_per_h: float
    night_per_h: float
    fade_km: float  # the rate falls by a factor e over this distance


@dataclass(frozen=True)
class Smoke:
    """A column that rises at a rate up to a height."""

    rise_m_min: float
    top_m: float


@dataclass(frozen=True)
class Detected:
    """When, and by whom (a watch's name, or `passer-by`)."""

    minute: float
    by: str


def needed_height_m(land: Landscape, row: int, col: int, eye_m: float, rows: F64, cols: F64) -> F64:
    """How high above the ground at each place one sees from an eye at (row, col), m; 0: the ground.

    rows, cols: (n,) places in cells. The terrain between is sampled at every cell of the way.
    """
    z = land.elevation_m
    eye = float(z[row, col]) + eye_m
    out = np.empty(rows.size)
    far = np.maximum(np.abs(rows - row), np.abs(cols - col))
    samples = max(int(far.max(initial=1)), 2)
    share = np.arange(1, samples) / samples
    for begin in range(0, rows.size, max(1, CHUNK // samples)):
        part = slice(begin, begin + max(1, CHUNK // samples))
        r = row + np.outer(rows[part] - row, share)
        c = col + np.outer(cols[part] - col, share)
        rise = (z[np.rint(r).astype(np.int64), np.rint(c).astype(np.int64)] - eye) / share
        # what stands less than a cell from the eye or from the place does not hide it
        way = np.maximum(np.hypot(rows[part] - row, cols[part] - col), 1e-9)[:, None]
        between = (share * way >= 1.0) & ((1.0 - share) * way >= 1.0)
        highest = np.where(between, rise, -np.inf).max(axis=1)
        ground = z[rows[part].astype(np.int64), cols[part].astype(np.int64)]
        out[part] = np.maximum(eye + highest - ground, 0.0)
    return out


def in_sight_min(land: Landscape, watch: Watch, smoke: Smoke, row: int, col: int) -> float:
    """Minutes after the ignition at which a watch point first sees the smoke; inf: never."""
    away_km = math.hypot(row - watch.row, col - watch.col) * land.cell_m / 1000.0
    if away_km > watch.range_km:
        return math.inf
    at = (np.array([float(row)]), np.array([float(col)]))
    need = float(needed_height_m(land, watch.row, watch.col, watch.eye_m, *at)[0])
    return need / smoke.rise_m_min if need <= smoke.top_m else math.inf


def noticed_min(
    wait: float, visible_min: float, day_per_h: float, night_per_h: float,
    is_night: Callable[[float], bool], horizon_min: float,
) -> float:  # fmt: skip
    """When the rate summed over time from `visible_min` reaches `wait`; inf beyond the horizon.

    Steps of a minute; day or night is that of the step's beginning.
    """
    minute, left = visible_min, wait
    while minute < horizon_min:
        rate = (night_per_h if is_night(minute) else day_per_h) / 60.0
        if rate >= left:
            return minute + left / rate
        left -= rate
        minute += 1.0
    return math.inf


def detect(
    land: Landscape,
    watches: Sequence[Watch],
    passers: Passers,
    smoke: Smoke,
    row: int,
    col: int,
    lit_min: float,
    people_km: float,
    is_night: Callable[[float], bool],
    horizon_min: float,
    streams: Streams,
    fire: str,
) -> Detected | None:
    """The first to notice a fire, or None by the horizon.

    people_km: how far the nearest road or house is. Draws belong to the fire and the watch
    (stream `forest.notice`), so one more camera leaves the others' luck.
    """
    found = []
    for watch in watches:
        seen = lit_min + in_sight_min(land, watch, smoke, row, col)
        rates = watch.day_per_h, watch.night_per_h
        found.append((seen, rates, watch.name))
    fade = float(portable.exp(-people_km / passers.fade_km))
    found.append((lit_min, (passers.day_per_h * fade, passers.night_per_h * fade), "passer-by"))
    first: Detected | None = None
    for seen, (day, night), name in found:
        wait = -float(portable.log1p(-streams.one(NOTICE, f"{fire}/{name}")))
        end = min(horizon_min, first.minute) if first else horizon_min
        minute = noticed_min(wait, seen, day, night, is_night, end)
        if minute < end or (first is None and minute <= end):
            first = Detected(minute, name)
    return first
