"""The parameters `forest.*` that the spread of a fire takes, and the rates that they choose."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from anlan.sim.nature.forest.beds import Wetness
from anlan.sim.nature.forest.canopy import wind_share
from anlan.sim.nature.forest.crowns import crowns_of
from anlan.sim.nature.forest.ground import ground
from anlan.sim.nature.forest.rates import Facing, Rates, rothermel_rates, wang_mao_rates
from anlan.sim.place.landscape.fuels import Fuels
from anlan.sim.place.landscape.landscape import Landscape
from anlan.sim.scenario.rules import Rules

Formula = Literal["wang_mao", "rothermel"]


@dataclass(frozen=True)
class FrontRules(Rules, prefix="forest"):
    """What the spread of a front takes of the parameters."""

    slope_cap_deg: float
    slope_limit_deg: float
    max_rate_m_min: float
    wind_20ft_share: float
    crown_ratio: float
    facing_wind_share: float
    facing_from_deg: float
    facing_within_deg: float
    wetter_10h_share: float
    wetter_100h_share: float
    live_moisture_share: float
    foliar_moisture_pct: float

    @property
    def wetness(self) -> Wetness:
        """How wet coarse and live fuel are."""
        return Wetness(self.wetter_10h_share, self.wetter_100h_share, self.live_moisture_share)

    @property
    def facing(self) -> Facing:
        """Slopes that trees shelter in part only; the share is of the wind at 20 ft."""
        share = self.wind_20ft_share * self.facing_wind_share
        return Facing(share, self.facing_from_deg, self.facing_within_deg)

    def wind_adjustment(self, fuels: Fuels) -> NDArray[np.float64]:
        """Wind at mid-flame over that at 10 m in the open, by code of fuel."""
        depth_ft, cover = fuels.column("depth_ft"), fuels.column("canopy_cover_share")
        height_m = fuels.column("canopy_height_m")
        share = wind_share(depth_ft, cover, height_m, self.crown_ratio)
        return np.asarray(self.wind_20ft_share * share)


def rates_of(land: Landscape, formula: Formula, chosen: FrontRules) -> Rates:
    """A landscape's rates: 16 directions for Wang and Mao, 32 for Rothermel's thin ellipses."""
    if formula == "wang_mao":
        return wang_mao_rates(
            ground(land, 16), chosen.slope_cap_deg, chosen.max_rate_m_min, chosen.wetness
        )
    return rothermel_rates(
        ground(land, 32),
        chosen.wind_adjustment(land.fuels),
        chosen.slope_limit_deg,
        chosen.max_rate_m_min,
        chosen.wetness,
        chosen.facing,
        crowns_of(land.fuels, chosen.foliar_moisture_pct, chosen.wind_20ft_share),
    )
