"""The fuels as Rothermel's beds, by code: how wet they are, and what burns in the flaming front.

Byram's intensity is heat a square metre times the rate of spread. The heat is reaction intensity
times residence time (Rothermel 1972, Anderson 1969), of whatever law the rate is: coarse fuel burns
behind the front. A fuel whose row gives its own load and heat keeps these.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anlan.sim.forcing.fire_weather import FireSky
from anlan.sim.nature.forest import rothermel
from anlan.sim.place.landscape.fuels import Fuels

F64 = NDArray[np.float64]
_BED = (
    "rothermel_load_lb_ft2", "sav_per_ft", "depth_ft", "extinction_share",
    "load_10h_lb_ft2", "load_100h_lb_ft2", "load_live_lb_ft2", "live_sav_per_ft",
)  # fmt: skip


@dataclass(frozen=True)
class Wetness:
    """How much wetter coarse dead fuel is than fine, and how wet live fuel is; shares."""

    more_10h: float = 0.0
    more_100h: float = 0.0
    live: float = 1.0

    def under(self, sky: FireSky) -> rothermel.Moisture:
        """The fuel's moisture under a sky."""
        fine = rothermel.dead_moisture_share(sky.temperature_c, sky.humidity_pct)
        return rothermel.Moisture(fine, fine + self.more_10h, fine + self.more_100h, self.live)


EVEN = Wetness()


@dataclass(frozen=True)
class Beds:
    """Arrays by code of fuel."""

    bed: rothermel.Bed
    given_kj_m2: F64  # nan where the bed says it
    wetness: Wetness

    def reaction(self, wet: rothermel.Moisture) -> F64:
        """Reaction intensity, by code; nan where nothing burns."""
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(rothermel.reaction_btu_ft2_min(self.bed, wet), dtype=float)

    def heat_kj_m2(self, sky: FireSky, reaction: F64 | None = None) -> F64:
        """What a square metre gives in the flaming front under a sky, by code; reaction: where
        it is known already.
        """
        with np.errstate(invalid="ignore", divide="ignore"):
            heat = rothermel.heat_kj_m2(self.bed, self.wetness.under(sky), reaction)
        heat = np.where(np.isnan(self.given_kj_m2), heat, self.given_kj_m2)
        return np.asarray(np.nan_to_num(heat, nan=0.0))


def beds_of(fuels: Fuels, wetness: Wetness = EVEN) -> Beds:
    """The beds of a table of fuels."""
    given = fuels.column("load_kg_m2") * fuels.column("heat_kj_kg")
    return Beds(rothermel.bed(*(fuels.column(name) for name in _BED)), given, wetness)
