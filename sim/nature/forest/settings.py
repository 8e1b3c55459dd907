"""The parameters `forest.*` that building a fire takes, and the rates that they choose."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from anlan.sim.nature.forest.ground import ground
from anlan.sim.nature.forest.rates import Rates, rothermel_rates, wang_mao_rates
from anlan.sim.place.landscape.landscape import Landscape

Formula = Literal["wang_mao", "rothermel"]


@dataclass(frozen=True)
class Settings:
    """What spread needs of the parameters; see `scenarios/parameters/forest.csv`."""

    slope_cap_deg: float
    slope_limit_deg: float
    max_rate_m_min: float
    wind_adjustment: float
    weather_step_min: float


def settings(p: Callable[[str], float]) -> Settings:
    """The settings of the parameters (`scenario.p`)."""
    return Settings(
        p("forest.slope_cap_deg"),
        p("forest.slope_limit_deg"),
        p("forest.max_rate_m_min"),
        p("forest.wind_adjustment"),
        p("forest.weather_step_min"),
    )


def rates_of(land: Landscape, formula: Formula, chosen: Settings) -> Rates:
    """A landscape's rates: 16 directions for Wang and Mao, 32 for Rothermel's thin ellipses."""
    if formula == "wang_mao":
        return wang_mao_rates(ground(land, 16), chosen.slope_cap_deg, chosen.max_rate_m_min)
    return rothermel_rates(
        ground(land, 32), chosen.wind_adjustment, chosen.slope_limit_deg, chosen.max_rate_m_min
    )
