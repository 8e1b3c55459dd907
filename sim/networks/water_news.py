"""News of the water: a place tells command when its water has risen or fallen by a step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from anlan.sim.nature.water import Water
from anlan.sim.networks.messages import Messages
from anlan.sim.scenario.rules import Rules


@dataclass(frozen=True)
class WaterNewsRules(Rules, prefix="pump"):
    """How much the water changes before a place speaks of it."""

    news_step_m: float


@dataclass
class WaterWatch:
    """What has been told of each place's water so far. `news(place, minute, depth_m)` words it.

    `asked`: whether command has pumps to send; else nobody asks for depths.
    """

    rules: WaterNewsRules
    water: Water
    messages: Messages
    news: Callable[[int, float, float], Any]
    asked: bool
    _told: NDArray[np.int64] = field(init=False)  # (C,) whole steps of depth
    _told_any: bool = False
    _count: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._told = np.zeros(len(self.messages.place_ids), dtype=np.int64)

    def step(self, tick: int) -> None:
        """One tick: each place whose depth has passed a whole step says how deep it is now."""
        if not self.asked or not (self.water.wet or self._told_any):
            return
        depth_m = self.water.depth_m.astype(np.float64)
        steps = np.floor(depth_m / self.rules.news_step_m + 1e-6).astype(np.int64)
        minute = self.messages.clock.minute_of(tick)
        for place in np.flatnonzero(steps != self._told).tolist():
            self._tell(place, minute, float(depth_m[place]))
        self._told, self._told_any = steps, bool(steps.any())

    def _tell(self, place: int, minute: float, depth_m: float) -> None:
        number = self._count[place] = self._count.get(place, 0) + 1
        name = self.messages.place_ids[place]
        self.messages.send(
            f"water/{name}/{number}", "water", place, "", f"{depth_m:.2f}",
            self.news(place, minute, depth_m), minute,
        )  # fmt: skip
