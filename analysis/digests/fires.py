"""The fires of a run: each fire, the fronts of forest fires hour by hour, the land that burnt."""

from __future__ import annotations

import numpy as np

from anlan.analysis.digests.series import Arrays, clock_hours
from anlan.analysis.digests.tables import FIRE_STEPS, TABLES
from anlan.analysis.measures.facts import Facts
from anlan.analysis.measures.fires import MIN_PER_H, crew_wait_min


def fires(facts: Facts) -> Arrays:
    """The table `fires`: a row a fire."""
    table = facts.tables["fire"]
    lit = table["spread_from"] != ""  # by a neighbour: the crews were called to that one
    return {
        **{c: table[c] for c in ("fire", "kind", "community", "spread_from")},
        "ignited_h": table["ignited_min"] / MIN_PER_H,
        "wait_min": np.where(lit, np.nan, crew_wait_min(facts)),
        "reached": np.where(lit, table["engines_peak"] > 0, ~np.isnan(table["arrived_min"])),
        "out_h": (table["out_min"] - table["ignited_min"]) / MIN_PER_H,
        **{c: table[c] - table["ignited_min"] for c in FIRE_STEPS},
    }


def fire_fronts(facts: Facts) -> Arrays:
    """The table `fire_fronts`: a row an hour and forest fire."""
    table = facts.tables["fire_front"]
    columns = ("fire", "burnt_ha", "edge_m", "line_m", "crews")
    return {"hour": clock_hours(facts, table["tick"]), **{c: table[c] for c in columns}}


def fire_cells(facts: Facts) -> Arrays:
    """The table `fire_cells`: a row a cell of land that burnt."""
    return {c: facts.tables["fire_cell"][c] for c in TABLES["fire_cells"]}
