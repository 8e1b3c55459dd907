"""What is known of one fire, and what was worked out of it and still holds."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from anlan.sim.forcing.fire_weather import FireSky
from anlan.sim.nature.forest.ground import Cells, Ground
from anlan.sim.nature.forest.rates import Prices, Rates

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
Bools = NDArray[np.bool_]

# Minutes of a step that a barrier holds: finite, so that the step is asked again under a new sky;
# longer than a step of 1 km at the rate of a fire that stands still.
HELD_MIN = 1e10


@dataclass
class Kept:
    """Answers that crews ask for many times a tick, each until what it rests on changes."""

    strength_kw_m: F64  # (size,) intensity of the fire that comes to a cell
    strength_of: Cells  # (size,) the `age` in which it was worked out, 0: not yet
    beside: Cells | None = None  # of the front, the cells beside burnt ones: hangs on what burns
    edge: Cells | None = None  # of those, the ones that no line holds: on line as well
    contained: bool | None = None  # on line as well
    edge_cells: float | None = None  # on line as well
    age: int = 1  # how often what burns, or the sky, has changed

    def burns_on(self) -> None:
        """Other cells burn, or the sky has changed."""
        self.beside = self.edge = self.contained = self.edge_cells = None
        self.age += 1

    def line_changes(self) -> None:
        """Line was built, or has failed; no other cell burns for that yet."""
        self.edge = self.contained = self.edge_cells = None


def nothing_kept(size: int) -> Kept:
    """Of a ground of some cells."""
    return Kept(np.zeros(size), np.zeros(size, dtype=np.int32))


@dataclass
class Fire:
    """One fire on one ground. Flat arrays have `ground.size` places; see `arrivals` for maps."""

    ground: Ground
    rates: Rates
    sky: FireSky
    prices: Prices  # of the sky
    time_min: float
    label_min: F64  # (size,) arrival: final up to `time_min`, a forecast under this sky beyond
    lit: bytearray  # (size,) 1: burnt; `label_min <= time_min` where single cells are asked
    front: Cells  # cells reached but not yet burnt
    in_front: Bools  # (size,)
    last_in: Cells  # (size,) scratch: where a cell stood among those that joined with it
    hold_kw_m: F32  # (size,) 0: no barrier
    held: NDArray[np.uint32]  # (size,) bit d: a barrier stands on step d out of the cell
    any_held: bool
    slot: Cells  # (size,) the row of a front cell in `share`, -1: none yet
    share: F64  # (rows, D) how much of each step into a front cell is done
    banked_min: F64  # (rows,) until when
    free: list[int]  # rows that nobody has
    span_min: float
    kept: Kept  # what was worked out of all this
    left_map: bool = False  # fire has reached the border of the map

    def twin(self) -> Fire:
        """One that has burnt as far, on the same ground, and goes on by itself."""
        return replace(
            self,
            label_min=self.label_min.copy(),
            lit=self.lit.copy(),
            front=self.front.copy(),
            in_front=self.in_front.copy(),
            last_in=self.last_in.copy(),
            hold_kw_m=self.hold_kw_m.copy(),
            held=self.held.copy(),
            slot=self.slot.copy(),
            share=self.share.copy(),
            banked_min=self.banked_min.copy(),
            free=self.free.copy(),
            kept=nothing_kept(self.ground.size),
        )
