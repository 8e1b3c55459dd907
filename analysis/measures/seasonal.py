"""Measures of years of forest fires: ratios of sums over seasons, of which clauses speak.

What counts is fixed beforehand (`recorded`, drawn with the ignition); a season without a recorded
fire has nothing to judge and adds nothing. Labels and definitions stand in words/words.csv under
`measure.<name>`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from anlan.analysis.measures.facts import Floats
from anlan.analysis.measures.measure import Better
from anlan.analysis.words import word
from anlan.sim import land_of
from anlan.sim.scenario.schema import Scenario

if TYPE_CHECKING:
    import pandas as pd

OUT_WITHIN_H = 24.0  # as the clause says


@dataclass(frozen=True)
class BySeason:
    """The fires of some seasons as sums a season; arrays (seasons,)."""

    fires: Floats  # recorded
    out_in_time: Floats  # of them out within OUT_WITHIN_H of their ignition
    burnt_ha: Floats  # forest that burnt
    damaged_ha: Floats  # of that, forest that counts as damaged
    alarms: Floats  # all ignitions, fires among them
    forest_ha: float  # of the whole district


@dataclass(frozen=True)
class Seasonal:
    """A ratio of sums over seasons."""

    name: str
    unit: str
    better: Better
    parts: Callable[[BySeason], tuple[Floats, Floats]]

    def label(self, lang: str) -> str:
        """What to call it, in words."""
        return word(f"measure.{self.name}", lang)

    def definition(self, lang: str) -> str:
        """How it is worked out."""
        return word(f"measure.{self.name}.definition", lang)


def by_season(scenario: Scenario, fires: pd.DataFrame, seasons: int) -> BySeason:
    """The sums of seasons 0 to seasons - 1 from the table of their ignitions."""
    own = fires[fires["recorded"].astype(bool)]
    late_h = ((own["out_min"] - own["ignited_min"]) / 60.0).to_numpy(dtype=float)
    burnt = _total(own, own["forest_ha"].to_numpy(dtype=float), seasons)
    return BySeason(
        fires=_total(own, np.ones(len(own)), seasons),
        out_in_time=_total(own, (late_h <= OUT_WITHIN_H).astype(float), seasons),
        burnt_ha=burnt,
        damaged_ha=burnt * scenario.p("season.damaged_share"),
        alarms=_total(fires, np.ones(len(fires)), seasons),
        forest_ha=forest_of(scenario),
    )


def forest_of(scenario: Scenario) -> float:
    """Hectares of forest of the district; of the map where the scenario does not say."""
    assert scenario.forest is not None
    if scenario.forest.district_forest_ha is not None:
        return scenario.forest.district_forest_ha
    land = land_of(scenario)
    return float(np.count_nonzero(land.forest)) * land.cell_ha


def _total(rows: pd.DataFrame, values: Floats, seasons: int) -> Floats:
    number = rows["season"].to_numpy(dtype=np.int64)
    return np.bincount(number, weights=values, minlength=seasons)[:seasons]


def _some(s: BySeason) -> Floats:
    return np.asarray((s.fires > 0.0).astype(float))


SEASONAL: Mapping[str, Seasonal] = {
    m.name: m
    for m in (
        Seasonal("season.out_24h_share", "share", "higher", lambda s: (s.out_in_time, s.fires)),
        Seasonal("season.damage_permille", "permille", "lower",
                 lambda s: (1000.0 * s.damaged_ha / s.forest_ha, _some(s))),
        Seasonal("season.burnt_permille", "permille", "lower",
                 lambda s: (1000.0 * s.burnt_ha / s.forest_ha, _some(s))),
        Seasonal("season.burnt_ha", "ha", "lower", lambda s: (s.burnt_ha, s.fires)),
    )
}  # fmt: skip
