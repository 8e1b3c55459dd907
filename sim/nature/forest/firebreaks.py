"""A break ahead of the head: where it lies, and building it (indirect attack).

It is straight, across the run of the head, and so far ahead that those who build it have done so
before the head comes. The head is the part of the edge with flames too long to attack; its run
is the direction in which fire leaves its fiercest cell soonest under the present sky and slope.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from anlan.sim.nature.forest import attack
from anlan.sim.nature.forest.ground import Cells
from anlan.sim.nature.forest.spread import Fire, neighbours
from anlan.sim.place.landscape.lines import on_map, straight

SIDES = 2  # it is built from its middle to both ends


@dataclass(frozen=True)
class FirebreakRules:
    """What command reckons with when it places a break."""

    crews: float
    crew_m_h: float  # break that a crew makes in an hour
    walk_m_min: float
    spare_min: float  # to be done this long before the head comes
    widen: float  # its length over the breadth of the head
    lead_max_m: float  # farther ahead than this none is begun


@dataclass
class Break:
    """A break as planned and as it is: each side's cells from the middle outwards."""

    sides: tuple[Cells, Cells]
    kw_m: float
    lead_m: float
    run_m_min: float  # of the head, when it was planned
    planned_tick: int = 0
    made: list[int] = field(default_factory=lambda: [0] * SIDES)
    spare_m: list[float] = field(default_factory=lambda: [0.0] * SIDES)

    def done(self, side: int) -> bool:
        """Whether a side is built to its end."""
        return self.made[side] >= len(self.sides[side])

    @property
    def finished(self) -> bool:
        """Whether every side of it stands."""
        return all(self.done(side) for side in range(SIDES))

    def place(self, side: int) -> int:
        """The cell at which those who build a side stand."""
        path = self.sides[side]
        return int(path[min(self.made[side], len(path) - 1)])

    def reached(self, fire: Fire) -> bool:
        """Whether fire has come to any of its cells."""
        cells = np.concatenate(self.sides)
        around = cells[:, None] + np.append(neighbours(fire.ground), 0)
        return bool((fire.label_min[around] <= fire.time_min).any())


def run_of(fire: Fire, cell: int) -> tuple[NDArray[np.float64], float]:
    """((rows, columns) of length 1, m/min): where fire goes soonest from a cell, and how fast."""
    g = fire.ground
    rate = g.length_m / fire.prices.rows(np.array([cell], dtype=np.int32))[0]
    d = int(np.argmax(rate))
    step = np.array(g.stencil.steps[d], dtype=float)
    return step / np.hypot(*step), float(rate[d])


def lead_m(run_m_min: float, walk_m: float, length_m: float, rules: FirebreakRules) -> float:
    """How far ahead of the head a break must lie; inf where those on foot cannot outrun it.

    The head takes lead / run minutes. The crews walk to the head and the lead beyond it, build the
    length, and have time to spare: lead = run (walk / w + length / b + spare) / (1 - run / w).
    """
    if run_m_min >= rules.walk_m_min:
        return np.inf
    build_min = length_m / (rules.crews * rules.crew_m_h) * 60.0
    busy_min = walk_m / rules.walk_m_min + build_min + rules.spare_min
    return run_m_min * busy_min / (1.0 - run_m_min / rules.walk_m_min)


def plan(
    fire: Fire,
    edge: Cells,
    flames_m: NDArray[np.float64],
    limit_m: float,
    place: tuple[float, float],
    kw_m: float,
    rules: FirebreakRules,
) -> Break | None:
    """The break for crews at a place (row, column); None where no part of it can be in time.

    edge, flames_m: the cells of the edge and the flames there. It is as long as the part of the
    edge with flames over the limit is broad across the run, times `widen`.
    """
    hot = flames_m > limit_m
    if not hot.any():
        return None
    g = fire.ground
    cell_m = g.land.cell_m
    rows, cols = g.row_col(edge)
    head = int(np.argmax(flames_m))
    (down, right), run_m_min = run_of(fire, int(edge[head]))
    ahead = rows * down + cols * right  # in cells, along the run
    beside = cols * down - rows * right  # across it
    low, high = beside[hot].min(), beside[hot].max()
    half = 0.5 * rules.widen * (high - low + 1.0)
    walk_m = float(np.hypot(rows[head] - place[0], cols[head] - place[1])) * cell_m
    lead = max(lead_m(run_m_min, walk_m, 2.0 * half * cell_m, rules), 2.0 * cell_m)
    if lead > rules.lead_max_m:
        return None
    along, across = float(ahead.max()) + lead / cell_m, 0.5 * (low + high)
    mid = (along * down - across * right, along * right + across * down)
    sides = []
    for turn in (-half, half):
        r, c = straight(*mid, mid[0] - turn * right, mid[1] + turn * down)
        inside = on_map(g.land, r, c)
        sides.append(g.flat(r[inside], c[inside]))
    if not all(side.size for side in sides):
        return None
    return Break((sides[0], sides[1]), kw_m, lead, run_m_min)


def build(fire: Fire, brk: Break, side: int, metres: float) -> tuple[float, tuple[int, ...]]:
    """Some metres of work on a side: (metres of break, cells) that stand now and did not before.

    Metres short of a cell are kept for the next time.
    """
    path = brk.sides[side]
    before = fire.hold_kw_m[path] >= brk.kw_m
    used, brk.made[side] = attack.build_away(fire, path, brk.spare_m[side] + metres, brk.kw_m)
    brk.spare_m[side] = 0.0 if brk.done(side) else brk.spare_m[side] + metres - used
    new = path[(fire.hold_kw_m[path] >= brk.kw_m) & ~before]
    return used, tuple(new.tolist())
