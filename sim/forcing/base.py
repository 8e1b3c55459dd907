"""What comes whatever people do: wind, rain and sea by the tick, and what is said of it beforehand.

A hazard is built once from a scenario and drawn once a run. What it gives is forcing: nobody can
change it, and the model shows only the row of the present tick (`Now`). Forecasts are statements
of a weather office, made beforehand with their errors; they are messages, not a look ahead.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from anlan.sim.threats import Bulletin

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int32]


@dataclass(frozen=True)
class Sky:
    """Wind and rain over C communities in T ticks. Row t holds during tick t."""

    wind_ms: F32  # (T, C) 10-minute mean at 10 m
    gust_ms: F32  # (T, C) 3-second gust
    rain_mm_h: F32  # (T, C)
    sea_level_m: F64  # (T,) at the coast, above mean sea level

    @cached_property
    def peaks(self) -> tuple[list[float], list[float], list[float]]:
        """The strongest wind, gust and rain of all places in each tick."""
        wind, gust, rain = (
            series.max(axis=1, initial=0.0).tolist()
            for series in (self.wind_ms, self.gust_ms, self.rain_mm_h)
        )
        return wind, gust, rain


@dataclass(frozen=True)
class StormPath:
    """The storm's centre in this run, (T,) each."""

    lon: F64
    lat: F64
    pressure_hpa: F64
    max_wind_ms: F64


@dataclass(frozen=True)
class Forcing:
    """One run's forcing and what was said of it: of one hazard, or of all of them together."""

    sky: Sky | None = None
    path: StormPath | None = None
    bulletins: tuple[Bulletin, ...] = ()
    # (T, C) of the river that each place drains into; -inf where it has none. None: there are none
    river_m: F64 | None = None


class Now(NamedTuple):
    """The sky in one tick; wind, gust and rain (C,) each, and the strongest of all places."""

    wind_ms: F32
    gust_ms: F32
    rain_mm_h: F32
    sea_level_m: float
    peak_wind_ms: float
    peak_gust_ms: float
    peak_rain_mm_h: float
    river_m: F64 | None = None  # (C,)

    @property
    def outside_m(self) -> float | F64:
        """How high the water stands into which places drain: the sea, and (C,) rivers.

        A river stands no lower than the sea that it leads to.
        """
        if self.river_m is None:
            return self.sea_level_m
        return np.maximum(self.river_m, self.sea_level_m)


@dataclass
class Present:
    """The tick that is being played and its sky: all that the rest of the run sees of forcing."""

    tick: int
    sky: Now


def now(forcing: Forcing, tick: int) -> Now:
    """What the sky is like in a tick, and how high rivers stand."""
    sky, rivers = forcing.sky, forcing.river_m
    assert sky is not None
    wind, gust, rain = sky.peaks
    return Now(
        sky.wind_ms[tick], sky.gust_ms[tick], sky.rain_mm_h[tick], float(sky.sea_level_m[tick]),
        wind[tick], gust[tick], rain[tick], None if rivers is None else rivers[tick],
    )  # fmt: skip


def calm(ticks: int, places: int) -> Sky:
    """No wind, no rain, a low sea."""
    # One zero seen from everywhere: a long run costs no memory.
    nothing = np.broadcast_to(np.zeros((1, 1), dtype=np.float32), (ticks, places))
    return Sky(nothing, nothing, nothing, np.zeros(ticks))


def together(parts: Sequence[Forcing], ticks: int, places: int) -> Forcing:
    """The forcing of several hazards at once; the order in which they stand changes no bit.

    The stronger wind holds, rain adds up, the higher sea holds. Rain is added in an order of its
    own (by its bytes), since sums of rounded numbers depend on theirs.
    """
    skies = [p.sky for p in parts if p.sky is not None]
    paths = [p.path for p in parts if p.path is not None]
    said = [b for p in parts for b in p.bulletins]
    said.sort(key=lambda b: (b.tick, [(t.kind, t.within_h) for t in b.threats]))
    path = paths[0] if paths else None
    river_m = next((p.river_m for p in parts if p.river_m is not None), None)
    if len(skies) <= 1:
        sky = skies[0] if skies else calm(ticks, places)
        return Forcing(sky, path, tuple(said), river_m)
    rains = sorted((s.rain_mm_h for s in skies), key=lambda rain: rain.tobytes())
    joined = {
        f.name: np.maximum.reduce([getattr(s, f.name) for s in skies])
        for f in fields(Sky)
        if f.name != "rain_mm_h"
    }
    return Forcing(Sky(rain_mm_h=np.add.reduce(rains), **joined), path, tuple(said), river_m)
