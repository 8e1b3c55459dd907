"""Trees across a road are an incident; those that fall later on the same road add to its work."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from anlan.sim.forcing.base import Now
from anlan.sim.incidents.incident import Incident, Incidents
from anlan.sim.networks.trees import Trees
from anlan.sim.place.roads import RoadTable


@dataclass
class FallenTrees:
    """The open incident of each road that has trees across it."""

    trees: Trees
    table: RoadTable
    incidents: Incidents
    _open: dict[int, Incident[Any]] = field(default_factory=dict)
    _count: dict[int, int] = field(default_factory=dict)

    def step(self, tick: int, sky: Now) -> None:
        """One tick of gusts."""
        for road, fallen in self.trees.step(sky):
            there = self._open.get(road)
            if there is not None and there.open:
                there.trees += fallen
                there.look_anew()
                if there.reached:
                    there.work_left_h += fallen
                continue
            number = self._count[road] = self._count.get(road, 0) + 1
            name = f"tree/{self.table.ids[road]}/{number}"
            ends = int(self.table.a[road]), int(self.table.b[road])
            self._open[road] = Incident(
                name, "tree", ends[0], tick, other_end=ends[1], road=road, trees=fallen
            )
            self.incidents.open(self._open[road], tick)
