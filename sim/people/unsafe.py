"""Homes that nobody should stay in while the storm is strong, whether or not they fall."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anlan.sim.people.at_risk import AtRisk, Cause, Way
from anlan.sim.people.surroundings import Surroundings
from anlan.sim.scenario.rules import Rules
from anlan.sim.scenario.schema import DWELLINGS

Ids = NDArray[np.int64]
FRAIL = ("dangerous", "dormitory", "boat")


@dataclass(frozen=True)
class UnsafeRules(Rules, prefix="risk"):
    """The wind in which frail homes are no place to stay."""

    unsafe_wind_ms: float
    unsafe_gust_ms: float


class Unsafe:
    """Frail homes of each place while mean wind or gust is above what they are to be left at."""

    def __init__(self, around: Surroundings, at_risk: AtRisk) -> None:
        self.around = around
        self.at_risk = at_risk
        rules = UnsafeRules.read(around.world.scenario)
        self._wind_ms = np.float32(rules.unsafe_wind_ms)
        self._gust_ms = np.float32(rules.unsafe_gust_ms)
        self._is_on = np.zeros(around.world.places, dtype=bool)
        self._anywhere = False
        self._homes: dict[int, Ids] = {}  # of each place where it has stormed

    def feel_the_wind(self, tick: int) -> None:
        """Where the wind has risen above the limit in this tick, and where it has fallen below."""
        sky = self.around.present.sky
        calm = sky.peak_wind_ms < self._wind_ms and sky.peak_gust_ms < self._gust_ms
        if calm and not self._anywhere:
            return
        now = (sky.wind_ms >= self._wind_ms) | (sky.gust_ms >= self._gust_ms)
        for place in np.flatnonzero(now != self._is_on).tolist():
            homes = self._frail(place)
            if now[place]:
                self.at_risk.note(Way.HOME, homes, Cause.WIND, tick)
            else:
                self.at_risk.home_is_safe(homes, tick)
        self._is_on, self._anywhere = now, bool(now.any())

    def _frail(self, place: int) -> Ids:
        if place not in self._homes:
            self._homes[place] = self._frail_of(place)
        return self._homes[place]

    def _frail_of(self, place: int) -> Ids:
        people = self.around.world.people
        first, last = people.household_start[place], people.household_start[place + 1]
        kinds = [DWELLINGS.index(kind) for kind in FRAIL]
        return np.asarray(first + np.flatnonzero(np.isin(people.dwelling[first:last], kinds)))
