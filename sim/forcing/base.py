"""What every hazard gives to a run, and the one Protocol that a new hazard fulfils."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from anlan.sim.chance import Streams
from anlan.sim.scenario.schema import Scenario

F32 = NDArray[np.float32]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int32]


@dataclass(frozen=True)
class Forecast:
    """What the weather office says at each bulletin, for the worst place in the district.

    Shapes: (B,) for B bulletins. A bulletin knows no later truth: errors grow with lead time.
    wind_within_ms[h] is the largest 10-minute mean wind, gust_within_ms[h] the largest gust,
    expected from now to h hours ahead, for h in 6, 12, 24.
    """

    issued_tick: Ints
    wind_within_ms: dict[int, F32]
    gust_within_ms: dict[int, F32]
    # rain_within_mm[h] for h in 3, 6, 12: expected at the wettest place; empty where the hazard's
    # warnings go by wind alone (a typhoon's signals)
    rain_within_mm: dict[int, F32] = field(default_factory=dict)


@dataclass(frozen=True)
class Realisation:
    """One run's hazard at every tick: nothing in it depends on what anybody does.

    Shapes: T ticks, C communities, R roads, in the scenario's order. Value [t] holds during
    tick t, which begins t * tick_min after the start.
    """

    wind_ms: F32  # (T, C) 10-minute mean at 10 m
    gust_ms: F32  # (T, C) 3-second gust
    rain_mm_h: F32  # (T, C)
    depth_m: F32  # (T, C) water on the streets, from rain and from the sea
    power_out: Bools  # (T, C)
    phone_out: Bools  # (T, C)
    road_depth_m: F32  # (T, R) at the road's lowest point
    tree_tick: Ints  # (R,) when fallen trees close the road; T where they never do
    tree_count: Ints  # (R,) how many blockages there are to clear; 0 where none
    centre_lon: NDArray[np.float64]  # (T,)
    centre_lat: NDArray[np.float64]  # (T,)
    pressure_hpa: NDArray[np.float64]  # (T,)
    max_wind_ms: NDArray[np.float64]  # (T,)
    sea_level_m: NDArray[np.float64]  # (T,)
    forecast: Forecast


class HazardModel(Protocol):
    """A hazard: built once from a scenario, then drawn once a run."""

    def realise(self, streams: Streams) -> Realisation:
        """Draw one run's realisation from its named streams."""
        ...


class HazardFactory(Protocol):
    """How the table HAZARDS makes one."""

    def __call__(self, scenario: Scenario) -> HazardModel: ...
