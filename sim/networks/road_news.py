"""News of the roads: who lives at either end of a road tells command what closes or opens it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from anlan.sim.networks.messages import Messages
from anlan.sim.networks.roads import Roads

Bools = NDArray[np.bool_]


@dataclass
class RoadWatch:
    """What has been told of each road so far. `news(road, tick, by_tree, by_water)` words it."""

    roads: Roads
    messages: Messages
    news: Callable[[int, int, bool, bool], Any]
    _tree: Bools = field(init=False)
    _water: Bools = field(init=False)
    _count: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._tree = np.zeros(self.roads.table.n, dtype=bool)
        self._water = np.zeros(self.roads.table.n, dtype=bool)

    def step(self, tick: int) -> None:
        """One tick: tell what is otherwise than it was told last."""
        tree = self.roads.closed["boat"]  # which water does not stop
        water = self.roads.depth_m > self.roads.rules.lorry_wading_m
        fresh = np.flatnonzero((tree != self._tree) | (water != self._water))
        for road in fresh.tolist():
            self._tell(road, tick, bool(tree[road]), bool(water[road]))
        self._tree, self._water = tree.copy(), water

    def _tell(self, road: int, tick: int, by_tree: bool, by_water: bool) -> None:
        """From the end that can telephone, the first of the two if both or neither can."""
        table, number = self.roads.table, self._count.get(road, 0) + 1
        self._count[road] = number
        a, b = int(table.a[road]), int(table.b[road])
        far = self.messages.phone.works(b) and not self.messages.phone.works(a)
        said = "tree" if by_tree else "water" if by_water else "open"
        name = table.ids[road]
        self.messages.send(
            f"road/{name}/{number}", "road", b if far else a, name, said,
            self.news(road, tick, by_tree, by_water), self.messages.clock.minute_of(tick),
        )  # fmt: skip
