"""Water on the streets: runoff by the curve number, drained by gravity and by pumps.

Each community is one cell. What runs off and is not drained stands in its low places, a
share of its area. Pumps and sluices are networks and tell each tick what they can do; what a crew
changes there, or at the wall, shows in the same tick. What crews' own pumps lift in a tick is gone
in the next. Water that comes over the sea wall fills the
cell to the sea's level. What stands higher than a kerb runs on to neighbours (`overflow`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from anlan.sim.forcing import surge
from anlan.sim.forcing.base import Now
from anlan.sim.forcing.wind import Floats
from anlan.sim.nature.overflow import Overflow
from anlan.sim.place.exposure import Exposure
from anlan.sim.scenario.rules import Rules, of

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
Bools = NDArray[np.bool_]
MM_IN_M = 1000.0
ABSTRACTION = 0.2  # TR-55: the share of S that wets leaves and hollows before anything runs off


@dataclass(frozen=True)
class WaterRules(Rules, prefix="flood"):
    """How a cell drains, and how the sea comes in."""

    drain_working_share: float
    ponding_share: float
    wall_crest_m: float = of("surge.wall_crest_m")
    inland_loss_m_km: float = of("surge.inland_loss_m_km")
    reach_km: float = of("surge.reach_km")
    reach_elevation_m: float = of("surge.reach_elevation_m")


def storage_mm(curve_number: NDArray[Any]) -> F64:
    """What the ground can hold, S, of a curve number."""
    return np.asarray(25400.0 / curve_number - 254.0, dtype=np.float64)


def runoff_over_mm(rain_mm: Floats, storage_mm: Floats) -> Floats:
    """Runoff of rain fallen since the start, mm (SCS curve number, TR-55: Ia = 0.2 S)."""
    excess = np.maximum(rain_mm - ABSTRACTION * storage_mm, 0.0)
    # Where nothing runs off the quotient is 0 / S; where S is 0 too (paved), rain runs off whole.
    return excess * excess / np.maximum(excess + storage_mm, 1e-12)


def street_depth_m(stored_mm: F64, ponding_share: float) -> F32:
    """Depth in the low places, m, of water stored over the whole area in mm."""
    return (stored_mm * (0.001 / ponding_share)).astype(np.float32)


@dataclass
class Cells:
    """The water of C cells, millimetres over each cell's area, stepped tick by tick.

    At every moment runoff + from the sea + flowed = stored + drained + pumped + taken + to river.
    """

    storage_mm: F64
    fallen: F64  # rain since the start
    runoff: F64  # of it ran off
    stored: F64
    from_sea: F64
    drained: F64  # by gravity
    pumped: F64
    taken: F64  # by crews with pumps of their own
    flowed: F64  # from neighbours, less what went to them
    to_river: F64  # over the kerb
    most_fallen: float = 0.0  # no cell has had more
    # what would be stored if crews had taken none; None: they have not
    unaided: F64 | None = None

    @classmethod
    def dry(cls, curve_number: F64) -> Cells:
        """Cells on which nothing has fallen yet."""
        return cls(storage_mm(curve_number), *np.zeros((9, len(curve_number))))

    @cached_property
    def _least_abstraction_mm(self) -> float:
        return float(ABSTRACTION * self.storage_mm.min(initial=np.inf))

    def soak(self, rain_mm: Floats, peak_mm: float) -> bool:
        """Let a tick's rain (C,), at most `peak_mm`, fall where it soaks away everywhere.

        False, and nothing is done, once so much may have fallen somewhere that some runs off.
        """
        most = self.most_fallen + peak_mm
        if most > self._least_abstraction_mm:
            return False
        self.fallen += rain_mm
        self.most_fallen = most
        return True

    def step(
        self,
        rain_mm: Floats,
        drain_mm: Floats,
        pump_mm: Floats,
        sea_mm: Floats | None,
        pump_unaided_mm: Floats | None = None,
    ) -> None:
        """One tick: rain, then the sea, then gravity, then pumps, (C,) each.

        `drain_mm`, `pump_mm`: the most that can go in this tick. `sea_mm`: the least that the sea
        fills a cell to, or None where it is not over its wall. `pump_unaided_mm`: what pumps could
        lift if nobody had helped to bring their power back; None: the same.
        """
        self.fallen += rain_mm
        # Rounding never takes runoff back.
        ran = np.maximum(self.runoff, runoff_over_mm(self.fallen, self.storage_mm))
        if pump_unaided_mm is None:
            pump_unaided_mm = pump_mm
        elif self.unaided is None:
            self.unaided = self.stored.copy()
        if self.unaided is not None:
            level = self.unaided + (ran - self.runoff)
            level = level if sea_mm is None else np.maximum(level, sea_mm)
            self.unaided = np.maximum(np.maximum(level - drain_mm, 0.0) - pump_unaided_mm, 0.0)
        self.stored += ran - self.runoff
        self.runoff = ran
        if sea_mm is not None:
            rise = np.maximum(sea_mm - self.stored, 0.0)
            self.stored += rise
            self.from_sea += rise
        for most_mm, total in ((drain_mm, self.drained), (pump_mm, self.pumped)):
            out = np.minimum(self.stored, most_mm)
            self.stored -= out
            total += out

    def let_in(self, place: int, mm: float, unaided_mm: float | None = None) -> None:
        """A dike has broken: so much comes over a cell; without help it would be `unaided_mm`.

        None: as much, whatever crews have done.
        """
        would_mm = mm if unaided_mm is None else unaided_mm
        if would_mm != mm and self.unaided is None:
            self.unaided = self.stored.copy()
        self.stored[place] += mm
        self.from_sea[place] += mm
        if self.unaided is not None:
            self.unaided[place] += would_mm

    def run_over(self, overflow: Overflow, outside_m: float | F64) -> None:
        """What stands higher than a kerb runs on to neighbours and rivers, which stand so high;
        without help, as it then would.
        """
        if overflow.runs_over(self.stored):
            net_mm = overflow.net_mm(self.stored)
            river_mm = overflow.to_river_mm(self.stored, outside_m)
            self.stored += net_mm - river_mm
            self.flowed += net_mm
            self.to_river += river_mm
        if self.unaided is not None and overflow.runs_over(self.unaided):
            net_mm = overflow.net_mm(self.unaided)
            self.unaided += net_mm - overflow.to_river_mm(self.unaided, outside_m)

    def take(self, place: int, mm: float) -> float:
        """Crews pump some out of a cell; how much there was."""
        if self.unaided is None:
            self.unaided = self.stored.copy()
        out = min(mm, float(self.stored[place]))
        self.stored[place] -= out
        self.taken[place] += out
        return out


class Water:
    """Water on the streets of C communities in one run."""

    def __init__(
        self,
        rules: WaterRules,
        sites: Exposure,
        tick_h: float,
        overflow: Overflow | None = None,
    ) -> None:
        self.rules = rules
        self.overflow = overflow  # None: each place keeps its water
        self.tick_h = tick_h
        self.sites = sites
        self.cells = Cells.dry(sites.curve_number.astype(np.float64))
        self.drain_mm = sites.drain_mm * rules.drain_working_share  # a tick
        # What a crew heightens with bags counts for its own place.
        self.crest_m = np.full(len(sites.lat), rules.wall_crest_m)
        self.depth_m: F32 = np.zeros(len(sites.lat), dtype=np.float32)
        self.wet = False  # anywhere
        # The same as it would be if crews had taken no water away; these hold once they have.
        self.depth_unaided_m: F32 = self.depth_m
        self.wet_unaided = False
        self.area_m2 = sites.area_m2
        # place -> what crews' own pumps could lift since the latest tick
        self._lifts_m3: dict[int, float] = {}
        self._reached = (sites.coast_km <= rules.reach_km) & (
            sites.elevation_m <= rules.reach_elevation_m
        )

    @property
    def helped(self) -> bool:
        """Whether crews have taken any water away."""
        return self.cells.unaided is not None

    def rain_mm(self, sky: Now) -> F32:
        """(C,) what falls in a tick."""
        return sky.rain_mm_h * np.float32(self.tick_h)

    def stays_dry(self, sky: Now) -> bool:
        """A tick in which the rain soaks away and the sea stays below every wall.

        False where it is otherwise, and nothing is done then.
        """
        # Whoever lets water in adds to what is stored.
        if self.wet or self.wet_unaided or np.logical_or.reduce(self.cells.stored):
            return False
        if self.cells.unaided is not None and np.logical_or.reduce(self.cells.unaided):
            return False
        if sky.sea_level_m > np.minimum.reduce(self.crest_m):
            return False
        peak_mm = sky.peak_rain_mm_h * self.tick_h
        dry = peak_mm == 0.0 or self.cells.soak(self.rain_mm(sky), peak_mm)
        if dry:
            self._lifts_m3.clear()  # there was nothing to lift
        return dry

    def lift(self, place: int, m3: float) -> None:
        """Crews' own pumps lift so much more at a place in this tick, if it is there."""
        self._lifts_m3[place] = self._lifts_m3.get(place, 0.0) + m3

    def lifted_m3(self, place: int) -> float:
        """What crews' own pumps have taken out of a place so far."""
        return float(self.cells.taken[place] * self.area_m2[place]) / MM_IN_M

    def _take_lifted(self) -> None:
        for place in sorted(self._lifts_m3):
            if self.cells.stored[place] > 0.0:
                over_the_cell_m = self._lifts_m3[place] / float(self.area_m2[place])
                self.cells.take(place, over_the_cell_m * MM_IN_M)
        self._lifts_m3.clear()

    def step(
        self,
        rain_mm: F32,
        gates_open: Bools,
        pump_mm: F64,
        sea_level_m: float,
        pump_unaided_mm: F64 | None = None,
        outside_m: float | F64 | None = None,
    ) -> None:
        """One tick: rain_mm (C,) in it, gates_open (C,), pump_mm (C,) that pumps can lift in it.

        pump_unaided_mm (C,): what they could lift if nobody had helped to mend the power.
        outside_m: how high the water stands that places run over to; None: as the sea.
        """
        sea_mm = None
        if sea_level_m > np.minimum.reduce(self.crest_m):
            sea_mm = self._from_sea_mm(sea_level_m, sea_level_m > self.crest_m)
        drain_mm = self.drain_mm * gates_open
        self.cells.step(rain_mm, drain_mm, pump_mm, sea_mm, pump_unaided_mm)
        if self._lifts_m3:
            self._take_lifted()
        if self.overflow is not None:
            self.cells.run_over(self.overflow, sea_level_m if outside_m is None else outside_m)
        self.depth_m = street_depth_m(self.cells.stored, self.rules.ponding_share)
        self.wet = bool(self.depth_m.any())
        if self.cells.unaided is not None:
            self.depth_unaided_m = street_depth_m(self.cells.unaided, self.rules.ponding_share)
            self.wet_unaided = bool(self.depth_unaided_m.any())

    def _from_sea_mm(self, sea_level_m: float, over: Bools) -> F64:
        """What the sea fills each cell to, where it stands over the wall."""
        s = self.sites
        depth = surge.flood_depth_m(
            sea_level_m, s.elevation_m, s.coast_km, self.rules.inland_loss_m_km
        )
        return np.asarray(depth * (over & self._reached) * (1000.0 * self.rules.ponding_share))
