"""How strongly the ground shakes at each place: China's intensity by magnitude and distance.

Isoseismals are ellipses along the fault. Their half axes R (km) at an intensity I follow, for a
shallow earthquake of eastern China (Wang, Yu and others 2000),

    I = 5.019 + 1.446 M - 4.136 lg(R + 24)    along the fault
    I = 2.240 + 1.446 M - 3.070 lg(R + 9)     across it

with a standard deviation of 0.517 about both; both give the same intensity at the epicentre. The
relation knows no depth: one other than the depth of reference moves it by Kövesligethy's term
S lg(r / r0) of the two distances from the focus. Intensity is that of GB/T 17742 (I to XII), here a
real number.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anlan.sim import portable
from anlan.sim.chance import Streams, keys_of, stream
from anlan.sim.scenario.clock import EARTH_KM, start_time
from anlan.sim.scenario.rules import Rules
from anlan.sim.scenario.schema import Scenario
from anlan.sim.scenario.schema.hazards import EarthquakeHazard

F64 = NDArray[np.float64]

SCATTER = stream("quake.scatter", "community")
HIGHEST = 12.0  # the scale ends there
HALVINGS = 60  # of an interval of intensities: it is then as narrow as the numbers allow
NEAR_KM = 1e-9  # no half axis is shorter, so that it can be divided by


@dataclass(frozen=True)
class ShakingRules(Rules, prefix="quake"):
    """The attenuation relation, and what people feel."""

    per_magnitude: float
    along_constant: float
    along_log: float
    along_km: float
    across_constant: float
    across_log: float
    across_km: float
    scatter_sd: float
    depth_log: float
    depth_reference_km: float
    felt_intensity: float

    def axes_km(self, magnitude: float, intensity: F64) -> tuple[F64, F64]:
        """The half axes of some isoseismals along and across the fault, (n,) each."""
        lift = self.per_magnitude * magnitude - intensity
        along = portable.power(10.0, (self.along_constant + lift) / self.along_log) - self.along_km
        across = (
            portable.power(10.0, (self.across_constant + lift) / self.across_log) - self.across_km
        )
        return np.maximum(along, NEAR_KM), np.maximum(across, NEAR_KM)

    def at_epicentre(self, magnitude: float) -> float:
        """The intensity at the epicentre of an earthquake at the depth of reference."""
        along = self.along_constant - self.along_log * portable.log10(self.along_km)
        across = self.across_constant - self.across_log * portable.log10(self.across_km)
        return float(self.per_magnitude * magnitude + min(along, across))


def median(
    rules: ShakingRules, magnitude: float, depth_km: float, along_km: F64, across_km: F64
) -> F64:
    """(n,) the intensity expected at points so far from the epicentre along and across the fault.

    It is that of the ellipse on which a point lies, found by halving; below zero where nothing can
    be felt.
    """
    high = np.full(len(along_km), rules.at_epicentre(magnitude))
    low = high - (rules.along_log + rules.across_log) * portable.log10(
        2.0 + (np.abs(along_km) + np.abs(across_km)) / min(rules.along_km, rules.across_km)
    )
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        along, across = rules.axes_km(magnitude, middle)
        inside = np.square(along_km / along) + np.square(across_km / across) <= 1.0
        low, high = np.where(inside, middle, low), np.where(inside, high, middle)
    away2 = np.square(along_km) + np.square(across_km)
    deep2, usual2 = np.square((depth_km, rules.depth_reference_km))
    deeper = 0.5 * portable.log10((away2 + deep2) / (away2 + usual2))
    return np.asarray(low - rules.depth_log * deeper)


def offsets_km(quake: EarthquakeHazard, lon: F64, lat: F64) -> tuple[F64, F64]:
    """How far points lie from the epicentre along the fault and across it, on a plane."""
    degree_km = np.pi / 180.0 * EARTH_KM
    east = (lon - quake.lon) * degree_km * portable.cos(np.radians(quake.lat))
    north = (lat - quake.lat) * degree_km
    strike = np.radians(quake.strike_deg)
    along = east * portable.sin(strike) + north * portable.cos(strike)
    across = east * portable.cos(strike) - north * portable.sin(strike)
    return along, across


class Shaking:
    """The earthquake of a scenario: where it is expected to be how strong, and when."""

    def __init__(self, scenario: Scenario) -> None:
        quake = scenario.hazard(EarthquakeHazard)
        assert quake is not None
        self.quake = quake
        self.rules = ShakingRules.read(scenario)
        places = scenario.communities
        self.keys = keys_of(c.community for c in places)
        self.along_km, self.across_km = offsets_km(
            quake, np.array([c.lon for c in places]), np.array([c.lat for c in places])
        )
        self.minute = (quake.time - start_time(scenario)).total_seconds() / 60.0
        self.tick = int(self.minute // scenario.settings.tick_min)

    def expected(self, magnitude: float) -> F64:
        """(C,) the intensity expected at each place for some magnitude."""
        return median(self.rules, magnitude, self.quake.depth_km, self.along_km, self.across_km)

    def drawn(self, streams: Streams) -> F64:
        """(C,) the intensity at each place in one run: what is expected, and its scatter."""
        scatter = self.rules.scatter_sd * streams.normal(SCATTER, self.keys).astype(np.float64)
        return np.minimum(self.expected(self.quake.magnitude) + scatter, HIGHEST)
