"""Water for crews on foot: points that pumps stand at, and tank trucks at the road head.

A crew whose place lies within a hose's reach of water attacks longer flames and uses litres for
each metre of edge. Points and tanks run dry; trucks drive to the nearest point that has water and
come back full. What a pump or a hose passes in a minute is no limit here: points, tanks and the
crews' own pace are.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from anlan.sim.place.landscape.landscape import Landscape
from anlan.sim.scenario.schema import WaterPoint

Place = tuple[float, float]  # row, column


@dataclass
class WaterSupply:
    """Water that hoses can be laid from."""

    place: Place
    left_l: float  # inf: it does not run dry


def points_of(rows: Sequence[WaterPoint], land: Landscape) -> list[WaterSupply]:
    """The water points of a scenario as they are at the start of a run."""
    return [
        WaterSupply(land.cell_at(w.lon, w.lat), math.inf if w.water_l is None else w.water_l)
        for w in rows
    ]


def apart_m(one: Place, other: Place, cell_m: float) -> float:
    """Metres between two places in a straight line."""
    return math.hypot(one[0] - other[0], one[1] - other[1]) * cell_m


def in_reach(
    sources: Sequence[WaterSupply], place: Place, reach_m: float, cell_m: float
) -> list[WaterSupply]:
    """Those with water within reach of a place, nearest first."""
    near = [(apart_m(s.place, place, cell_m), n) for n, s in enumerate(sources) if s.left_l > 0]
    return [sources[n] for away_m, n in sorted(near) if away_m <= reach_m]


def draw(sources: Sequence[WaterSupply], litres: float) -> float:
    """Takes litres from sources, one after another; how much there was."""
    got = 0.0
    for source in sources:
        part = min(source.left_l, litres - got)
        source.left_l -= part
        got += part
    return got


@dataclass
class TankTruck:
    """A tank truck at a road head, or away to fill its tank."""

    tank: WaterSupply
    holds_l: float
    back_min: float = -math.inf  # away until then

    def fetch(
        self,
        points: Sequence[WaterSupply],
        now_min: float,
        cell_m: float,
        truck_kmh: float,
        fill_l_min: float,
    ) -> None:
        """Drives to the nearest point with water and fills up; with none it stays.

        The water leaves the point when the truck sets out: it is bespoken.
        """
        near = in_reach(points, self.tank.place, math.inf, cell_m)
        if not near:
            return
        away_m = apart_m(near[0].place, self.tank.place, cell_m)
        got = draw(near[:1], self.holds_l - self.tank.left_l)
        self.tank.left_l += got
        self.back_min = now_min + 2.0 * away_m / 1000.0 / truck_kmh * 60.0 + got / fill_l_min
