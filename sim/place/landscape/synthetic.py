"""A made-up landscape: ridged hills, a valley with villages and fields, a road of bare ground.

It is drawn from a seed and stands for no real place; its metadata says so in both languages.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from anlan.sim import portable
from anlan.sim.place.landscape.fuels import Fuels
from anlan.sim.place.landscape.landscape import Landscape, landscape
from anlan.sim.scenario.errors import bad, worded

Floats = NDArray[np.float64]
# The shape of the drawing; nothing in it is measured.
RIDGE_LENGTH_M = 1500.0  # from one ridge to the next
OCTAVES = 4
SHRUB_ABOVE = 0.8  # share of the relief above which shrub and grass stand
FIELD_BELOW = 0.18  # share of the relief below which fields lie
PATCH_CELLS = 12.0  # from one patch of another cover to the next
DRAWN = ("crop", "broadleaf", "masson_pine", "grass", "shrub")  # fuels by name
HOUSE_CELLS = 2  # a village is a square of (2 n + 1) cells


def synthetic(
    rows: int,
    cols: int,
    cell_m: float,
    fuels: Fuels,
    seed: int,
    relief_m: float = 500.0,
    villages: int = 4,
    lon: float = 0.0,
    lat: float = 0.0,
    rise_m: Floats | None = None,
) -> Landscape:
    """A landscape of hills on both sides of a valley that runs from west to east.

    rise_m (rows, cols): hills on top of the drawn ones; they carry forest up to their tops.
    The same arguments give the same landscape to the bit. Raises BadInput through `landscape`.
    """
    if missing := set(DRAWN) - {row.fuel for row in fuels.rows}:
        raise bad(
            worded(
                "no fuel is named {fuel}, which a synthetic landscape is drawn with; give rows for "
                "{fuels}",
                fuel=min(missing),
                fuels=", ".join(DRAWN),
            ),
            "fuels.csv",
            None,
            "fuel",
        )
    rng = np.random.Generator(np.random.Philox(key=seed))
    row = np.arange(rows)[:, None] / max(rows - 1, 1)
    ridges = _ridges(rng, rows, cols, cell_m)
    bend = 0.5 + 0.08 * portable.sin(
        np.linspace(0.0, 2.0 * np.pi, cols) + rng.uniform(0, 2 * np.pi)
    )
    valley = np.minimum(np.abs(row - bend[None, :]) / 0.35, 1.0)
    height = valley * (0.35 + 0.65 * ridges)
    wooded = height
    if rise_m is not None and relief_m > 0:
        below_shrub = np.maximum(height, np.nextafter(SHRUB_ABOVE, 0.0))
        wooded = np.minimum(height + rise_m / relief_m, below_shrub)
    fuel = _cover(rng, wooded, fuels)
    _villages(rng, fuel, valley, villages)
    metadata = {
        "kind": "synthetic",
        "zh": f"合成地形(随机种子 {seed}),不代表任何真实地点",
        "en": f"a synthetic landscape (seed {seed}); it stands for no real place",
    }
    top_m = 100.0 + relief_m * height + (0.0 if rise_m is None else rise_m)
    return landscape(top_m, fuel, cell_m, fuels, None, lon, lat, metadata, ("synthetic",) * 3)


def _ridges(rng: np.random.Generator, rows: int, cols: int, cell_m: float) -> Floats:
    """Ridged noise between 0 and 1, sharpest at the crests."""
    total, weight = np.zeros((rows, cols)), 0.0
    for octave in range(OCTAVES):
        share = 0.5**octave
        step = max(RIDGE_LENGTH_M * share / cell_m, 2.0)
        total += share * (1.0 - np.abs(_noise(rng, rows, cols, step)))
        weight += share
    return total / weight


def _noise(rng: np.random.Generator, rows: int, cols: int, step: float) -> Floats:
    """Smooth noise between -1 and 1 with knots every `step` cells."""
    knots = rng.uniform(-1.0, 1.0, (int(rows / step) + 3, int(cols / step) + 3))
    r, c = np.arange(rows) / step, np.arange(cols) / step
    i, j = r.astype(int), c.astype(int)
    s, t = _smooth(r - i)[:, None], _smooth(c - j)[None, :]
    top = knots[i][:, j] * (1 - t) + knots[i][:, j + 1] * t
    low = knots[i + 1][:, j] * (1 - t) + knots[i + 1][:, j + 1] * t
    return np.asarray(top * (1 - s) + low * s)


def _smooth(x: Floats) -> Floats:
    return x * x * (3.0 - 2.0 * x)


def _cover(rng: np.random.Generator, height: Floats, fuels: Fuels) -> NDArray[np.int8]:
    """Fuel by height, with patches of broadleaf in the pine and of grass in the shrub."""
    patch = _noise(rng, height.shape[0], height.shape[1], PATCH_CELLS)
    names = np.where(patch > 0.25, fuels.code("broadleaf"), fuels.code("masson_pine"))
    high = np.where(patch > 0.0, fuels.code("grass"), fuels.code("shrub"))
    names = np.where(height > SHRUB_ABOVE, high, names)
    return np.where(height < FIELD_BELOW, fuels.code("crop"), names).astype(np.int8)


def _villages(
    rng: np.random.Generator, fuel: NDArray[np.int8], valley: Floats, villages: int
) -> None:
    """Puts squares of houses on the valley's floor, spread from west to east."""
    cols = fuel.shape[1]
    floor = np.argmin(valley, axis=0)
    for i in range(villages):
        col = int((i + rng.uniform(0.2, 0.8)) / max(villages, 1) * cols)
        top, left = max(int(floor[col]) - HOUSE_CELLS, 0), max(col - HOUSE_CELLS, 0)
        fuel[top : floor[col] + HOUSE_CELLS + 1, left : col + HOUSE_CELLS + 1] = 0
