"""Brands from crowns that burn, and the spot fires that they light ahead of the front.

How far the farthest flies is Albini's (1983, INT-309; closed forms of Chase 1984, as BehavePlus has
them): a wind-driven line of fire lifts it by the square root of its intensity. His formula of 1979
is for a few trees that torch one by one and asks for their stems and kind, which no map here has.
In feet, miles and Btu inside, as published. Whether a brand lights fuel is Schroeder's
(`mop_up.ignition_chance`). Brands of a surface fire alone are not followed.

A cell's brands are drawn by the fire's id and the cell's own place: neither hour nor crews come in.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from anlan.sim import portable
from anlan.sim.chance import Streams, keys_of, numbered, stream
from anlan.sim.nature.forest.edge import intensity_at_kw_m
from anlan.sim.nature.forest.ground import Cells
from anlan.sim.nature.forest.mop_up import ignition_chance
from anlan.sim.nature.forest.rothermel import M_PER_FT, dead_moisture_share
from anlan.sim.nature.forest.spread import ignite_many
from anlan.sim.nature.forest.state import Fire

BRANDS = stream("forest.brands", "cell of a forest fire")  # draws: lights, how far, which way

F64 = NDArray[np.float64]
Real = NDArray[np.floating[Any]] | float

MPH_PER_MS = 2.23694
M_PER_MILE = 1609.344
KW_M_PER_BTU_FT_S = 3.4613


@dataclass(frozen=True)
class Brands:
    """How many come down glowing, and where."""

    per_ha: float  # of crowns that all burn
    reach_share: float  # mean way over that of the farthest
    within_rad: float  # of straight down the wind
    wind_20ft_share: float  # wind at 20 ft over that of the sky


def farthest_m(intensity_kw_m: Real, wind_20ft_ms: Real, cover_m: Real) -> F64:
    """How far from a line of fire a brand may light another, over flat land (Albini 1983).

    cover_m: height of what grows downwind. 0 in a calm, and where brands rise no higher than that.
    """
    mph = np.asarray(wind_20ft_ms, float) * MPH_PER_MS
    btu = np.asarray(intensity_kw_m, float) / KW_M_PER_BTU_FT_S
    with np.errstate(divide="ignore", invalid="ignore"):
        lifts = 322.0 * portable.power(0.474 * mph, -1.01)
        top_ft = 1.055 * np.sqrt(lifts * btu)
        least_ft = 2.2 * portable.power(top_ft, 0.337) - 4.0
        cover_ft = np.maximum(np.asarray(cover_m, float) / M_PER_FT, least_ft)
        ratio = top_ft / cover_ft
        falls = 0.362 + 0.5 * np.sqrt(ratio) * portable.log(ratio)
        miles = 0.000718 * mph * np.sqrt(cover_ft) * np.maximum(falls, 0.0)
        miles = miles + 0.000278 * mph * portable.power(top_ft, 0.643)
    good = (mph > 0.0) & (btu > 0.0) & (cover_ft > 0.0)
    return np.where(good, miles * M_PER_MILE, 0.0)


def crowned(fire: Fire, since_min: float) -> tuple[Cells, F64]:
    """(cells that have burnt after a time, until now, crowns and all, share of their crowns)."""
    g, label, none = fire.ground, fire.label_min, (np.empty(0, dtype=np.int32), np.empty(0))
    if not fire.prices.may_crown:
        return none
    cells = np.flatnonzero((label > since_min) & (label <= fire.time_min)).astype(np.int32)
    cells = fire.prices.crowning(cells)
    if not cells.size:
        return none
    starts = cells[:, None] - g.steps
    i, d = np.nonzero(label[starts] < label[cells][:, None])
    share = fire.prices.crown_share(cells[i], d)
    if share is None:
        return none
    came, shares = np.full(starts.shape, np.inf), np.zeros(starts.shape)
    came[i, d] = label[starts[i, d]] + fire.prices.steps(starts[i, d], d)
    shares[i, d] = share
    found = shares[np.arange(cells.size), came.argmin(axis=1)]
    return cells[found > 0.0], found[found > 0.0]


def landing(
    fire: Fire, cells: Cells, share: F64, streams: Streams, fire_id: str, brands: Brands
) -> Cells:
    """Cells in which brands from some cells light a fire now, in order of number."""
    g, sky, land = fire.ground, fire.sky, fire.ground.land
    row, col = g.row_col(cells)
    keys = numbered(keys_of([fire_id]), row * land.cols + col)
    wet = dead_moisture_share(sky.temperature_c, sky.humidity_pct)
    often = brands.per_ha * land.cell_ha * share * ignition_chance(sky.temperature_c, wet)
    some = streams.uniform64(BRANDS, keys, 0) < 1.0 - portable.exp(-often)
    cells, keys, row, col = cells[some], keys[some], row[some], col[some]
    cover_m = land.fuels.column("canopy_height_m")[g.fuel[cells]]
    wind_ms = sky.wind_ms * brands.wind_20ft_share
    most_m = farthest_m(intensity_at_kw_m(fire, cells), wind_ms, cover_m)
    mean = brands.reach_share
    u = streams.uniform64(BRANDS, keys, 1)
    part = -mean * portable.log(1.0 - u * (1.0 - portable.exp(-1.0 / np.float64(mean))))
    turn = (2.0 * streams.uniform64(BRANDS, keys, 2) - 1.0) * brands.within_rad
    away = most_m * part / land.cell_m
    row = np.rint(row - away * portable.cos(sky.wind_to_rad + turn)).astype(np.int64)
    col = np.rint(col + away * portable.sin(sky.wind_to_rad + turn)).astype(np.int64)
    inside = (row >= 0) & (row < land.rows) & (col >= 0) & (col < land.cols)
    to = np.unique(g.flat(row[inside], col[inside]))
    burns = g.burnable[to] & (fire.label_min[to] > fire.time_min) & (fire.hold_kw_m[to] == 0.0)
    found: Cells = to[burns]
    return found


def throw(
    fire: Fire, since_min: float, streams: Streams, fire_id: str, brands: Brands
) -> tuple[float, int]:
    """Lights the spot fires of what has burnt since a time.

    Returns (ha of crowns that burnt, spot fires). A spot fire is part of the same fire: it spreads,
    is fought and counts as such, wherever its brand flew over.
    """
    cells, share = crowned(fire, since_min)
    if not cells.size:
        return 0.0, 0
    to = landing(fire, cells, share, streams, fire_id, brands)
    if to.size:
        ignite_many(fire, *fire.ground.row_col(to))
    return float(share.sum()) * fire.ground.land.cell_ha, int(to.size)
