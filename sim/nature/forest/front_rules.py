"""The parameters `forest.*` that the spread of a fire takes, and the rates that they choose."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from anlan.sim.nature.forest.ground import ground
from anlan.sim.nature.forest.rates import Rates, rothermel_rates, wang_mao_rates
from anlan.sim.place.landscape.landscape import Landscape
from anlan.sim.scenario.rules import Rules

Formula = Literal["wang_mao", "rothermel"]


@dataclass(frozen=True)
class FrontRules(Rules, prefix="forest"):
    """What the spread of a front takes of the parameters."""

    slope_cap_deg: float
    slope_limit_deg: float
    max_rate_m_min: float
    wind_adjustment: float


def rates_of(land: Landscape, formula: Formula, chosen: FrontRules) -> Rates:
    """A landscape's rates: 16 directions for Wang and Mao, 32 for Rothermel's thin ellipses."""
    if formula == "wang_mao":
        return wang_mao_rates(ground(land, 16), chosen.slope_cap_deg, chosen.max_rate_m_min)
    return rothermel_rates(
        ground(land, 32), chosen.wind_adjustment, chosen.slope_limit_deg, chosen.max_rate_m_min
    )
