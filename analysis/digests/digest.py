"""One run's digest: the tables that are kept of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from anlan.analysis.digests.breaks import breaks
from anlan.analysis.digests.fires import fire_cells, fire_fronts, fires
from anlan.analysis.digests.late import late, late_worst
from anlan.analysis.digests.places import places, responses, road_closed, shelter_use
from anlan.analysis.digests.series import Arrays, series
from anlan.analysis.digests.stores import store_out
from anlan.analysis.digests.unreached import unreached
from anlan.analysis.measures.facts import Facts, Tables
from anlan.analysis.measures.registry import MEASURES
from anlan.sim.scenario.schema import Scenario

DIGESTS: dict[str, Callable[[Facts], Arrays]] = {
    "series": series,
    "places": places,
    "responses": responses,
    "road_closed": road_closed,
    "store_out": store_out,
    "shelter_use": shelter_use,
    "fires": fires,
    "fire_fronts": fire_fronts,
    "fire_cells": fire_cells,
    "late": late,
    "late_worst": late_worst,
    "unreached": unreached,
    "breaks": breaks,
}


@dataclass(frozen=True)
class RunDigest:
    """Gives of a run the values of some measures, and some of the tables of `DIGESTS`."""

    measures: tuple[str, ...]
    tables: tuple[str, ...] = ()

    def __call__(self, scenario: Scenario, tables: Tables) -> dict[str, Arrays]:
        """table -> column -> array, as `tables.TABLES` names them."""
        facts = Facts(scenario, tables)
        values = {name: np.array([MEASURES[name].function(facts)]) for name in self.measures}
        return {"measures": values} | {name: DIGESTS[name](facts) for name in self.tables}


def digest(scenario: Scenario, tables: Tables) -> dict[str, Arrays]:
    """All that can be kept of a run."""
    return RunDigest(tuple(MEASURES), tuple(DIGESTS))(scenario, tables)
