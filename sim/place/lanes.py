"""What the lanes of each road carry in an hour: by class of road, and with contraflow.

The class goes by the speed: from `road.main_kmh` on a main road, below it a local one. Where
`roads.csv` gives lanes or the capacity of a lane, these hold. With contraflow most lanes of the one
direction serve the other, and each of them carries more, as far as evacuations have shown.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anlan.sim.scenario.rules import Rules
from anlan.sim.scenario.schema import Road, Scenario

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class LaneRules(Rules, prefix="road"):
    """Lanes of a direction and what one of them carries, by class of road."""

    main_kmh: float
    main_lanes: float
    local_lanes: float
    evacuation_veh_h: float
    local_veh_h: float
    capacity_factor: float
    contraflow_veh_h: float
    contraflow_in_share: float

    def lanes(self, road: Road) -> float:
        """Lanes in each direction."""
        if road.lanes is not None:
            return float(road.lanes)
        return self.main_lanes if road.speed_kmh >= self.main_kmh else self.local_lanes

    def lane_veh_h(self, road: Road) -> float:
        """Vehicles that a lane carries in an hour."""
        given = road.capacity_veh_h_lane
        if given is None:
            given = self.evacuation_veh_h if road.speed_kmh >= self.main_kmh else self.local_veh_h
        return given * self.capacity_factor

    def veh_h(self, road: Road) -> float:
        """Vehicles an hour in each direction."""
        return self.lanes(road) * self.lane_veh_h(road)

    def contraflow(self, road: Road) -> tuple[float, float]:
        """Vehicles an hour out and in while most lanes lead out."""
        more = self.contraflow_veh_h / self.evacuation_veh_h
        lanes, back = self.lanes(road), self.contraflow_in_share
        out = lanes if road.oneway else lanes * (2.0 - back)
        return out * self.lane_veh_h(road) * more, lanes * back * self.lane_veh_h(road)


@dataclass(frozen=True)
class Flows:
    """Vehicles an hour over R roads, (R, 2): from `from_community` on, and back.

    `contraflow` is the same while contraflow is in force; equal where no road is prepared for it.
    """

    veh_h: Floats
    contraflow: Floats


def flows_of(scenario: Scenario) -> Flows:
    """What the roads of a scenario carry, in the dry."""
    rules = LaneRules.read(scenario)
    veh_h = np.array([[rules.veh_h(r)] * 2 for r in scenario.roads]).reshape(-1, 2)
    contraflow = veh_h.copy()
    for row, road in enumerate(scenario.roads):
        if road.contraflow_to is not None:
            out, back = rules.contraflow(road)
            onwards = road.contraflow_to == road.to_community
            contraflow[row] = (out, back) if onwards else (back, out)
    return Flows(veh_h, contraflow)
