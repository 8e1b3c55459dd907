"""What the earthquake network says: magnitude and place within minutes, then what was measured.

Both are statements about what has happened. The quick report works out the intensity from a first
magnitude that is a little off; the intensity report says what the instruments of the places have
measured. Either is a threat of kind `shaking` that is there already, for as long as aftershocks and
damaged houses keep people in danger.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from anlan.sim.chance import Streams, stream
from anlan.sim.forcing.base import F64, Forcing
from anlan.sim.quake.shaking import Shaking
from anlan.sim.scenario.rules import Rules
from anlan.sim.scenario.schema import Scenario
from anlan.sim.threats import Bulletin, Threat

KIND = "shaking"
NETWORK = "earthquake network"
MAGNITUDE = stream("quake.magnitude", "quick report")
QUICK = "quick report"  # there is one a run


@dataclass(frozen=True)
class ReportRules(Rules, prefix="quake"):
    """How soon the network speaks, how far off its first word is, how long the danger lasts."""

    quick_report_min: float
    intensity_report_min: float
    magnitude_sd: float
    threat_h: float


class EarthquakeNetwork:
    """The reports of a scenario's earthquake. It brings no weather."""

    def __init__(self, scenario: Scenario) -> None:
        self.rules = ReportRules.read(scenario)
        self.shaking = Shaking(scenario)
        self.tick_min = scenario.settings.tick_min

    def draw(self, streams: Streams) -> Forcing:
        """One run's reports; none of an earthquake that nobody feels."""
        magnitude = self.shaking.quake.magnitude
        off = self.rules.magnitude_sd * streams.one_normal(MAGNITUDE, QUICK)
        said = (
            (self.rules.quick_report_min, self.shaking.expected(magnitude + off)),
            (self.rules.intensity_report_min, self.shaking.drawn(streams)),
        )
        found = (self._bulletin(after_min, intensity) for after_min, intensity in said)
        return Forcing(bulletins=tuple(b for b in found if b is not None))

    def _bulletin(self, after_min: float, intensity: F64) -> Bulletin | None:
        felt = np.flatnonzero(intensity >= self.shaking.rules.felt_intensity)
        if not len(felt):
            return None
        tick = int(np.ceil((self.shaking.minute + after_min) / self.tick_min - 1e-9))
        threat = Threat(
            kind=KIND,
            source=NETWORK,
            severity={"intensity_csis": float(intensity.max())},
            within_h=0.0,
            until_tick=tick + int(np.ceil(60.0 * self.rules.threat_h / self.tick_min)),
            places=felt,
        )
        return Bulletin(tick, (threat,))
