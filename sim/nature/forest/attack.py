"""Building line along the fire's edge: contact points that move while the fire does.

A crew follows the edge from an anchor, the fire on one hand, and leaves line behind it; the fire
runs on ahead of it meanwhile (Fried and Fried 1996). Crews attack the edge itself only where the
flames are short enough; elsewhere they go to a flank, or build line away from the fire.
Line cells are barriers in the sense of `spread`; they touch at sides or corners and leave no gap.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from anlan.sim.nature.forest.edge import (
    contained,
    edge,
    intensity_at_cell_kw_m,
    intensity_at_kw_m,
    neighbours,
)
from anlan.sim.nature.forest.ground import Cells
from anlan.sim.nature.forest.intensity import flame_m
from anlan.sim.nature.forest.spread import set_hold
from anlan.sim.nature.forest.state import HELD_MIN, Fire

Stop = Literal["spent", "flame", "closed", "no_edge"]

# Mean length of a smooth curve over that of its 8-connected chain of cells (Kulpa 1977):
# pi (1 + sqrt 2) / 8.
CHAIN = math.pi * (1.0 + math.sqrt(2.0)) / 8.0


@dataclass
class Contact:
    """Where a crew stands on the edge: `turn` 1 goes clockwise round the fire, -1 the other way."""

    cell: int
    turn: int
    back: int = -1  # the direction that it came from, as in `neighbours`; -1: just arrived
    spare_m: float = 0.0  # work done towards the next cell
    begun: bool = False  # the cell that it stands on is line


@dataclass(frozen=True)
class Built:
    """What a crew did in one go."""

    metres: float
    cells: tuple[int, ...]
    stop: Stop
    flame_m: float = 0.0  # of the flames that stopped it


def line_rate_m_h(
    per_person_m_h: float,
    members: int,
    slope_deg: float,
    worked_h: float,
    tired_after_h: float,
    tired_factor: float,
) -> float:
    """A crew's line rate: by the cosine of the slope (FARSITE), less when the crew is tired."""
    rate = per_person_m_h * members * math.cos(math.radians(slope_deg))
    return rate * tired_factor if worked_h >= tired_after_h else rate


def rear(fire: Fire) -> int | None:
    """The edge cell that the weakest fire comes to; None where there is no edge."""
    cells = edge(fire)
    return int(cells[np.argmin(intensity_at_kw_m(fire, cells))]) if cells.size else None


def anchored(fire: Fire, cells: Cells, hold_kw_m: float) -> NDArray[np.bool_]:
    """Which edge cells lie beside line (or belt) that holds, or beside what cannot burn.

    Line that begins there cannot be outflanked at its beginning: an anchor point (NWCG).
    """
    beside = cells[:, None] + neighbours(fire.ground)
    barred = (fire.hold_kw_m[beside] >= hold_kw_m) | ~fire.ground.burnable[beside]
    return np.asarray(barred.any(axis=1))


def nearest_edge(fire: Fire, row: float, col: float) -> int | None:
    """The edge cell nearest to a place in cells; None where there is no edge."""
    cells = edge(fire)
    if not cells.size:
        return None
    r, c = fire.ground.row_col(cells)
    return int(cells[np.argmin(np.square(r - row) + np.square(c - col))])


def build(
    fire: Fire, contact: Contact, metres: float, hold_kw_m: float, flame_limit_m: float
) -> Built:
    """Lets a crew build up to some metres of line from where it stands, now.

    It stops before a cell to which flames longer than the limit come ("flame"); where its line
    meets line all round what burns there ("closed"); and where the fire has left or surrounded it
    ("no_edge": it must go to another anchor). The contact moves; the fire gets the line.
    """
    if contained(fire):
        return Built(0.0, (), "closed")
    work = _Work(fire, contact, metres, hold_kw_m)
    stop = work.go(flame_limit_m)
    if work.built:
        set_hold(fire, np.array(work.built, dtype=np.int32), hold_kw_m)
    if stop != "spent":
        contact.spare_m = 0.0
    return Built(work.metres, tuple(work.built), stop, work.flame_m)


class _Work:
    """One stretch of line in the making."""

    def __init__(self, fire: Fire, contact: Contact, metres: float, hold_kw_m: float) -> None:
        self.fire, self.contact, self.hold_kw_m = fire, contact, hold_kw_m
        self.flame_m = 0.0
        self.contact.spare_m += metres
        self.metres = 0.0
        self.built: list[int] = []
        self.around: list[int] = neighbours(fire.ground).tolist()
        self.cell_m = fire.ground.land.cell_m * CHAIN

    def go(self, flame_limit_m: float) -> Stop:
        if not self.contact.begun:
            stop = self._make(self.contact.cell, 1.0, flame_limit_m)
            if stop is not None:
                return stop
            self.contact.begun = True
        lit, around, turn = self.fire.lit, self.around, self.contact.turn
        seen = set()
        while True:
            # the next cell: the first past the burning ones, turning from behind
            here = self.contact.cell
            direction = self.contact.back if self.contact.back >= 0 else self._behind()
            met = lit[here + around[direction]]
            for _ in range(8):
                direction = (direction + turn) % 8
                cell = here + around[direction]
                if lit[cell]:
                    met = 1
                elif met:
                    break
            else:
                return "no_edge"
            if (step := 8 * cell + direction) in seen:  # once round the fire, and nothing left
                return "closed"
            seen.add(step)
            length = math.sqrt(2.0) if direction % 2 else 1.0
            stop = self._make(cell, length, flame_limit_m)
            if stop is not None:
                return stop
            self.contact.cell, self.contact.back = cell, (direction + 4) % 8

    def _make(self, cell: int, length: float, flame_limit_m: float) -> Stop | None:
        """Makes a cell line, unless nothing comes there anyway; why not, if it cannot."""
        fire = self.fire
        stands = fire.hold_kw_m[cell] >= self.hold_kw_m
        if fire.label_min[cell] >= HELD_MIN or stands or cell in self.built:
            return None  # rock, water, line, or behind line: walked past
        cost = length * self.cell_m
        if self.contact.spare_m < cost:
            return "spent"
        flames = float(flame_m(intensity_at_cell_kw_m(fire, cell)))
        if flames > flame_limit_m:
            self.flame_m = flames
            return "flame"
        self.contact.spare_m -= cost
        self.metres += cost
        self.built.append(cell)
        return None

    def _behind(self) -> int:
        """For a crew just arrived: a direction from which the turn comes to the fire next."""
        turn, here = self.contact.turn, self.contact.cell
        burning = [self.fire.lit[here + step] for step in self.around]
        found = [d for d in range(8) if not burning[d] and burning[(d + turn) % 8]]
        return found[0] if found else 0


def build_away(fire: Fire, path: Cells, metres: float, hold_kw_m: float) -> tuple[float, int]:
    """Builds line along a planned path away from the fire (indirect attack), from its beginning.

    Returns (metres used, cells of the path that are line now). Cells that burn already, or that
    cannot burn, cost nothing.
    """
    g, used, made = fire.ground, 0.0, 0
    new = []
    for i, cell in enumerate(path.tolist()):
        step = abs(cell - int(path[i - 1])) if i else 1
        length = (1.0 if step in (1, g.width) else math.sqrt(2.0)) * g.land.cell_m * CHAIN
        waste = not g.burnable[cell] or fire.label_min[cell] <= fire.time_min
        if not waste and fire.hold_kw_m[cell] < hold_kw_m:
            if used + length > metres:
                break
            used += length
            new.append(cell)
        made = i + 1
    set_hold(fire, np.array(new, dtype=np.int32), hold_kw_m)
    return used, made


def open_line(fire: Fire, cell: int) -> None:
    """The line fails at a cell: what burns beside it takes up its way again.

    Where the cell only closed a corner, the line beside it fails with it.
    """
    set_hold(fire, np.array([cell], dtype=np.int32), 0.0)
    if fire.label_min[cell] >= HELD_MIN:
        set_hold(fire, cell + neighbours(fire.ground)[::2], 0.0)
