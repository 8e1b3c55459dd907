"""A forest fire with all that is at it: its front, crews' posts, line, breaks, drops and water."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from anlan.sim.fires.hoses import Place, TankTruck, WaterSupply
from anlan.sim.fires.rules import AttackRules
from anlan.sim.nature.forest import attack, firebreaks, spread
from anlan.sim.scenario.clock import Clock

if TYPE_CHECKING:
    from anlan.sim.crews.crew import Crew

NOTHING = float("nan")  # minutes of what did not happen
LineKind = Literal["line", "break", "drop"]
BLOWERS = {"comprehensive", "professional"}  # teams that carry blowers; others have hand tools


@dataclass
class WaterDrop:
    """Edge that water holds down for a while."""

    cells: tuple[int, ...]
    until: int  # tick


@dataclass
class Post:
    """A crew's place at a fire."""

    turn: int  # which way round the fire it goes: 1 clockwise, -1 the other way
    place: Place  # row and column where it stands, rests, or set out from
    until: int = -1  # walks or rests until this tick
    cell: int = -1  # where it stands; -1: it walks, has withdrawn, flies, or drives a truck
    goal: int = -1  # the cell that it walks to
    contact: attack.Contact | None = None
    side: int = -1  # of the break that it builds
    rests: bool = False
    spare_m: float = 0.0  # of an aircraft: edge that its drops still have to wet


@dataclass
class Blaze:
    """One forest fire from its ignition to the last cold metre of its line."""

    id: str
    lit_min: float
    cell: tuple[int, int]  # row and column of the ignition
    place: int  # community at the road head
    place_km: float  # from there to the ignition
    at_road_head: tuple[float, float]  # its longitude and latitude
    rules: AttackRules
    clock: Clock
    fire: spread.Fire | None = None
    # the same fire as it would burn if nobody had come; None: nobody has come yet
    unfought: spread.Fire | None = None
    belts: NDArray[np.float32] | None = None  # (rows, cols) kW/m, barriers from the beginning
    points: list[WaterSupply] = field(default_factory=list)  # of water; all fires share them
    posts: dict[str, Post] = field(default_factory=dict)  # by crew
    trucks: dict[str, TankTruck] = field(default_factory=dict)  # by crew
    brk: firebreaks.Break | None = None
    drops: list[WaterDrop] = field(default_factory=list)
    line: list[int] = field(default_factory=list)
    line_log: list[tuple[int, LineKind, tuple[int, ...]]] = field(default_factory=list)
    line_m: float = 0.0
    break_m: float = 0.0
    water_l: float = 0.0
    contained_tick: int = -1
    contained_min: float = NOTHING
    out_min: float = NOTHING  # no open flame
    cold_min: float = NOTHING  # mopped up and guarded
    rates_m_h: dict[bool, NDArray[np.float64]] = field(default_factory=dict)  # by blower, fuel

    # -- where and when ---------------------------------------------------------------------------

    @property
    def tick_min(self) -> float:
        """Minutes of a tick."""
        return float(self.clock.tick_min)

    @property
    def ticks_per_h(self) -> int:
        """Ticks of an hour."""
        return self.clock.ticks_per_h

    @property
    def burning(self) -> spread.Fire:
        """The front; only of a fire that has been lit."""
        assert self.fire is not None
        return self.fire

    @property
    def burning_unfought(self) -> spread.Fire:
        """The front as it would be if nobody had come; only of a fire that has been lit."""
        return self.burning if self.unfought is None else self.unfought

    @property
    def cell_m(self) -> float:
        """Side of a cell of the landscape."""
        return self.burning.ground.land.cell_m

    @property
    def road_head(self) -> Place:
        """Row and column of the community where vehicles stay; it may lie off the map."""
        row, col = self.burning.ground.land.cell_at(*self.at_road_head)
        return float(row), float(col)

    def walk_ticks(self, metres: float) -> int:
        """Ticks on foot, to the nearest."""
        minutes = metres / 1000.0 / self.rules.walk_kmh * 60.0
        return int(minutes / self.tick_min + 0.5)

    def on_map(self, cell: int) -> tuple[int, int] | None:
        """Row and column of a cell; None in the border round the map, and for -1."""
        g = self.burning.ground
        r, c = divmod(cell, g.width)
        r, c = r - g.stencil.reach, c - g.stencil.reach
        return (r, c) if 0 <= r < g.land.rows and 0 <= c < g.land.cols else None

    def edge_m(self) -> float:
        """Length of the edge that still runs."""
        return 0.0 if self.fire is None else spread.edge_m(self.fire)

    def built_m(self) -> float:
        """Line along the edge and breaks ahead of it."""
        return self.line_m + self.break_m

    def round_m(self) -> float:
        """Round of the burnt area as of a circle: the least that must be made cold."""
        return float(2.0 * np.sqrt(np.pi * spread.burnt_ha(self.burning) * 1e4))

    # -- what crews build -------------------------------------------------------------------------

    def note(self, tick: int, kind: LineKind, cells: tuple[int, ...]) -> None:
        """Writes down line that was built; what crews built may flare up."""
        if cells:
            self.line_log.append((tick, kind, cells))
            if kind != "drop":
                self.line.extend(cells)

    def leave_break(self) -> None:
        """Nobody builds the break any more; what stands of it stays."""
        self.brk = None
        for post in self.posts.values():
            post.side = -1

    def supplies(self, now_min: float) -> list[WaterSupply]:
        """Water that hoses may be laid from: trucks that are at the road head, and points."""
        tanks = [t.tank for t in self.trucks.values() if t.back_min <= now_min]
        return [*tanks, *self.points]

    def line_m_h(self, crew: Crew, cell: int, tick: int) -> float:
        """Metres of line an hour of this crew, in the fuel and on the slope of a cell."""
        land = self.burning.ground.land
        by_fuel = self.rates_m_h[blows(crew)]
        at = self.on_map(cell)
        # Where nothing burns there is nothing to build: as fast as in the easiest fuel.
        rate = float(by_fuel[land.fuel[at]]) if at else 0.0
        each = (rate or float(by_fuel.max())) * self.rules.skill(crew.team.kind)
        return self._paced_m_h(each, crew.people, crew, cell, tick)

    def break_m_h(self, crew: Crew, cell: int, tick: int) -> float:
        """Metres of break an hour of this crew, on the slope of a cell."""
        return self._paced_m_h(self.rules.break_m_h, 1, crew, cell, tick)

    def _paced_m_h(self, each_m_h: float, people: int, crew: Crew, cell: int, tick: int) -> float:
        at = self.on_map(cell)
        return attack.line_rate_m_h(
            each_m_h,
            people,
            float(self.burning.ground.land.slope_deg[at]) if at else 0.0,
            (self.clock.minute_of(tick) - crew.on_duty_since_min) / 60.0,
            self.rules.tired_after_h,
            self.rules.tired_factor,
        )


def blows(crew: Crew) -> bool:
    """Whether a crew has blowers."""
    return crew.team.kind in BLOWERS
