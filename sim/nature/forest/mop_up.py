"""After the line is closed: what smoulders along it, mopping it up, and fire that breaks out again.

Behind a front litter is out within hours, duff and coarse wood within days: what smoulders beside
the line falls off with a time of its own fuel, and is as much less as crews have worked through.
Fire breaks out over the line by so much a km of hot line and hour, times the chance that a brand
lights fine fuel in this air (Schroeder 1969) and the wind that carries it there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from anlan.sim import portable
from anlan.sim.chance import Streams, stream
from anlan.sim.forcing.fire_weather import FireSky
from anlan.sim.nature.forest.attack import open_line
from anlan.sim.nature.forest.ground import Cells
from anlan.sim.nature.forest.rothermel import dead_moisture_share
from anlan.sim.nature.forest.spread import burnt_ha, neighbours
from anlan.sim.nature.forest.state import Fire

FLARE_UP = stream("forest.flare_up", "forest fire, in each hour")
WHERE = stream("forest.flare_up.place", "forest fire, in each hour")

F64 = NDArray[np.float64]
Real = NDArray[np.floating[Any]] | float


@dataclass(frozen=True)
class HotLine:
    """Line beside ground that has burnt, and what there is to be mopped up behind it."""

    cells: Cells  # of line, in order of number
    burnt_min: F64  # (n,) when the ground beside each burnt
    smoulder_min: F64  # (n,) in which what smoulders there falls to 1/e
    person_h: float  # to make all of it cold
    cell_m: float

    def heat(self, now_min: float) -> F64:
        """(n,) share that still smoulders beside each cell if nobody works there."""
        return portable.exp(-np.maximum(now_min - self.burnt_min, 0.0) / self.smoulder_min)

    def hot_share(self, now_min: float) -> float:
        """Mean of `heat`; 0 where there is no line."""
        return float(self.heat(now_min).mean()) if self.cells.size else 0.0

    def hot_km(self, now_min: float) -> float:
        """Length of line times the share that smoulders."""
        return float(self.heat(now_min).sum()) * self.cell_m / 1000.0


def hot_line(fire: Fire, line: Cells, depth_m: float) -> HotLine:
    """The cells of some line that lie beside burnt ground. depth_m: of the strip to be mopped up
    behind them, at most all that has burnt.
    """
    g, cells = fire.ground, np.unique(line).astype(np.int32)
    label = fire.label_min[cells[:, None] + neighbours(g)]
    label = np.where(label <= fire.time_min, label, -np.inf)
    last = label.argmax(axis=1)
    beside = np.isfinite(label.max(axis=1))
    cells, last, burnt_min = cells[beside], last[beside], label.max(axis=1)[beside]
    fuel = g.fuel[cells + neighbours(g)[last]]
    fuels = g.land.fuels
    strip_ha = np.full(cells.size, g.land.cell_m * depth_m / 1e4)
    whole_ha = float(strip_ha.sum())
    if whole_ha > 0.0:
        strip_ha *= min(1.0, burnt_ha(fire) / whole_ha)
    person_h = float((strip_ha * fuels.column("mop_up_person_h_ha")[fuel]).sum())
    smoulder_min = 60.0 * fuels.column("smoulder_h")[fuel]
    return HotLine(cells, burnt_min, smoulder_min, person_h, g.land.cell_m)


def ignition_chance(temperature_c: Real, moisture_share: Real) -> NDArray[np.floating[Any]]:
    """The chance that a brand lights fine dead fuel (Schroeder 1969, as in Rothermel 1983).

    From the heat, cal/g, that brings the fuel to the point of ignition.
    """
    t, m = np.asarray(temperature_c, float), np.asarray(moisture_share, float)
    heat = (
        144.512 - 0.266 * t - 0.00058 * t * t - t * m
        + 18.54 * (1.0 - portable.exp(-15.1 * m)) + 640.0 * m
    )  # fmt: skip
    ease = np.maximum(400.0 - np.minimum(heat, 400.0), 0.0) / 10.0
    return np.clip(0.000048 * portable.power(ease, 4.3) / 50.0, 0.0, 1.0)


def flare_up_per_h(per_km_h: float, hot_km: float, sky: FireSky, at_wind_ms: float) -> float:
    """How often an hour fire breaks out over the line, were nobody there.

    per_km_h: a km and hour where a brand lights fuel for sure, in a wind of `at_wind_ms`.
    """
    wet = dead_moisture_share(sky.temperature_c, sky.humidity_pct)
    lights = float(ignition_chance(sky.temperature_c, wet))
    return per_km_h * hot_km * lights * sky.wind_ms / at_wind_ms


def flare_up_chance(per_h: float, hours: float, guarded_share: float, caught_share: float) -> float:
    """The chance that a fire within line gets away in some hours.

    Guards put out the `caught_share` of what breaks out where they are: of `guarded_share` of it.
    """
    missed = 1.0 - caught_share * min(max(guarded_share, 0.0), 1.0)
    return 1.0 - float(portable.exp(-per_h * hours * missed))


def flare_up(
    fire: Fire, streams: Streams, fire_id: str, hour: int, line: HotLine, chance: float
) -> int | None:
    """Draws whether the line fails in an hour, and opens it where it does; the cell, or None.

    The draws belong to the fire and the hour (streams `forest.flare_up`, `.place`); of the line
    the hotter parts fail more often.
    """
    if not line.cells.size or streams.one(FLARE_UP, fire_id, hour) >= chance:
        return None
    so_far = np.cumsum(line.heat(fire.time_min))
    place = int(np.searchsorted(so_far, streams.one(WHERE, fire_id, hour) * so_far[-1], "right"))
    cell = int(line.cells[min(place, line.cells.size - 1)])
    open_line(fire, cell)
    return cell
