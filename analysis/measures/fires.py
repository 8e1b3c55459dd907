"""The rows of a run's fires, and what measures of all fires share.

What did not happen counts: a fire that nobody noticed and a crew that never came count to the
end of the run; a fire that is not out then counts as one hour more than the time to the end, and
never as less than `OUT_H` + 1, so that a target of `OUT_H` hours is not met by a run that ends
early.
"""

from __future__ import annotations

import numpy as np

from anlan.analysis.measures.facts import Column, Facts, Floats, once
from anlan.analysis.measures.measure import Measure

OUT_H = 24.0  # these three limits are the measures' own names
ENGINE_MIN = 5.0
WATER_MIN = 15.0
NOT_OUT_H = 1.0  # what a fire that is not out counts beyond the end of the run
MIN_PER_H = 60.0


@once
def rows_of(facts: Facts, kind: str) -> dict[str, Column]:
    """The rows of one kind of fire, with how long each waited for its first crew."""
    table = facts.tables["fire"]
    keep = table["kind"] == kind
    rows: dict[str, Column] = {name: column[keep] for name, column in table.items()}
    rows["wait_min"] = crew_wait_min(facts)[keep]
    return rows


def forest_fires(facts: Facts) -> dict[str, Column]:
    """The rows of the forest fires."""
    return rows_of(facts, "forest")


@once
def first_buildings(facts: Facts) -> dict[str, Column]:
    """The building fires that no other fire lit: each is one call for the engines."""
    rows = rows_of(facts, "building")
    return {name: column[rows["spread_from"] == ""] for name, column in rows.items()}


def end_min(facts: Facts) -> float:
    """The end of the run, minutes since the start."""
    return facts.end * float(facts.scenario.settings.tick_min)


def waits(since: Floats, until: Floats, end: float) -> Floats:
    """Minutes from one moment to another, to the end of the run where it did not come."""
    return np.maximum(np.where(np.isnan(until), end, until) - since, 0.0)


@once
def crew_wait_min(facts: Facts) -> Floats:
    """Minutes that the first crew of each row of `fire` took, to the end where none came.

    For a building from the order, for a forest from the report; from the report where no crew
    was ordered out, from the ignition where nobody reported the fire.
    """
    rows = facts.tables["fire"]
    since = np.where(np.isnan(rows["called_min"]), rows["ignited_min"], rows["called_min"])
    ordered = (rows["kind"] == "building") & ~np.isnan(rows["dispatched_min"])
    since = np.where(ordered, rows["dispatched_min"], since)
    return waits(since, rows["arrived_min"], end_min(facts))


def water_l(facts: Facts) -> float:
    """Water put on all fires."""
    table = facts.tables["fire"]
    return float(table["water_l"].sum()) if len(table["fire"]) else float("nan")


MEASURES = (Measure("fire.water_l", "litre", "none", water_l),)
