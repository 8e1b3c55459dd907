"""Who notices a fire of a season, and when.

Where the map holds both the fire and a watch point, the ground between them decides, as in a run.
Elsewhere no ground is known: how high smoke must rise to be seen is then drawn from what pairs of
places on the map, as far apart, need.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anlan.sim import portable
from anlan.sim.chance import Streams, stream
from anlan.sim.fires.rules import SightRules
from anlan.sim.nature.forest import detect
from anlan.sim.place.landscape.land import land_of
from anlan.sim.place.landscape.landscape import Landscape, metres_from
from anlan.sim.scenario.clock import Clock
from anlan.sim.scenario.kept import kept
from anlan.sim.scenario.schema import Scenario

F64 = NDArray[np.float64]

HIDDEN = stream("season.hidden", "ignition of a season, for each who may see it")
PAIRS = stream("season.pairs", "class of distance")
CLASS_KM, PAIRS_A_CLASS = 2.0, 300  # classes of distance, and pairs of places in each


@dataclass(frozen=True)
class Sight:
    """What of a scenario decides who sees smoke."""

    rules: SightRules
    land: Landscape
    watches: tuple[tuple[str, float, float, bool], ...]  # (id, lon, lat, whether a camera)
    needed_m: tuple[F64, ...]  # by class of distance, in rising order

    def seen_min(
        self,
        key: str,
        place: tuple[float, float],
        cell: tuple[int, int] | None,
        lit_min: float,
        road_km: float,
        clock: Clock,
        streams: Streams,
    ) -> tuple[float, str]:
        """(minute, who) of the first notice; (inf, "") where nobody notices it in time.

        place: (lon, lat) of the fire; cell: its row and column where the map holds it.
        """
        found = [(lit_min, self._passers(road_km), "passer-by")]
        for name, lon, lat, camera in self.watches:
            away_m = math.hypot(*metres_from(lon, lat, *place))
            if away_m > 1000.0 * self.rules.watch_range_km:
                continue
            after = self._hidden_min(f"{key}/{name}", away_m, (lon, lat), cell, streams)
            if math.isfinite(after):
                found.append((lit_min + after, self._rates(camera), name))
        first, by = math.inf, ""
        for seen, (day, night), name in found:
            u = streams.one(detect.NOTICE, f"{key}/{name}")
            wait = -float(portable.log1p(-u))
            minute = detect.noticed_min(
                wait, seen, day, night,
                lambda at: clock.is_night(int(at // clock.tick_min)),
                min(clock.end_min, first),
            )  # fmt: skip
            if minute < first:
                first, by = minute, name
        return first, by

    def _passers(self, road_km: float) -> tuple[float, float]:
        fade = float(portable.exp(-road_km / self.rules.passer_fade_km))
        return self.rules.passer_day_per_h * fade, self.rules.passer_night_per_h * fade

    def _rates(self, camera: bool) -> tuple[float, float]:
        r = self.rules
        if camera:
            return r.camera_day_per_h, r.camera_night_per_h
        return r.watch_day_per_h, r.watch_night_per_h

    def _hidden_min(
        self,
        key: str,
        away_m: float,
        watch: tuple[float, float],
        cell: tuple[int, int] | None,
        streams: Streams,
    ) -> float:
        """Minutes until smoke stands above what lies between; inf: it never does."""
        at = self.land.cell_at(*watch)
        on_map = 0 <= at[0] < self.land.rows and 0 <= at[1] < self.land.cols
        if cell is not None and on_map:
            where = tuple(np.array([float(n)]) for n in cell)
            need = float(detect.needed_height_m(self.land, *at, self.rules.watch_eye_m, *where)[0])
        else:
            known = self.needed_m[min(int(away_m / 1000.0 / CLASS_KM), len(self.needed_m) - 1)]
            need = float(known[int(streams.one(HIDDEN, key) * len(known))])
        return need / self.rules.smoke_rise_m_min if need <= self.rules.smoke_top_m else math.inf


def sight_of(scenario: Scenario) -> Sight:
    """Who may see smoke in a scenario."""
    rules, land = SightRules.read(scenario), land_of(scenario)
    watches = tuple((w.watch, w.lon, w.lat, w.kind == "camera") for w in scenario.watch_points)
    return Sight(rules, land, watches, _pairs(scenario))


@kept
def _pairs(scenario: Scenario) -> tuple[F64, ...]:
    """Heights that smoke needs between pairs of places on the map, by class of distance, sorted."""
    rules, land = SightRules.read(scenario), land_of(scenario)
    classes = max(1, math.ceil(rules.watch_range_km / CLASS_KM))
    found: list[F64] = []
    for k in range(classes):
        u = Streams(0, 0).generator(PAIRS, str(k)).random((4, 40 * PAIRS_A_CLASS))
        row, col = u[0] * land.rows, u[1] * land.cols
        away = (k + u[2]) * CLASS_KM * 1000.0 / land.cell_m
        to_row = row + away * portable.sin(2.0 * np.pi * u[3])
        to_col = col + away * portable.cos(2.0 * np.pi * u[3])
        inside = (to_row >= 0) & (to_row < land.rows) & (to_col >= 0) & (to_col < land.cols)
        chosen = np.flatnonzero(inside)[:PAIRS_A_CLASS]
        need = [
            detect.needed_height_m(
                land, int(row[n]), int(col[n]), rules.watch_eye_m,
                np.floor(to_row[n : n + 1]), np.floor(to_col[n : n + 1]),
            )[0]
            for n in chosen.tolist()
        ]  # fmt: skip
        # a map too small for a distance says nothing of it: what is nearer stands for it
        found.append(np.sort(np.array(need)) if need else found[-1])
    return tuple(found)
