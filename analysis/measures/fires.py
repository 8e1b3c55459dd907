"""The rows of a run's fires, and what measures of all fires share.

What did not happen counts: a fire that nobody noticed and a crew that never came count to the
end of the run; a fire that is not out then counts as one hour more than the time to the end, and
never as less than `OUT_H` + 1, so that a target of `OUT_H` hours is not met by a run that ends
early.
"""

from __future__ import annotations

import numpy as np

from anlan.analysis.measures.facts import Column, Facts, Floats, once
from anlan.analysis.measures.measure import Measure, added

OUT_H = 24.0  # these three limits are the measures' own names
ENGINE_MIN = 5.0
WATER_MIN = 15.0
NOT_OUT_H = 1.0  # what a fire that is not out counts beyond the end of the run
MIN_PER_H = 60.0


@once
def rows_of(facts: Facts, kind: str) -> dict[str, Column]:
    """The rows of one kind of fire, with how long each waited for its first crew: `wait_min` from
    the call, `order_wait_min` from the order.
    """
    table = facts.tables["fire"]
    keep = table["kind"] == kind
    rows: dict[str, Column] = {name: column[keep] for name, column in table.items()}
    rows["wait_min"] = crew_wait_min(facts)[keep]
    rows["order_wait_min"] = order_wait_min(facts)[keep]
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
    """Minutes from the call to the first crew of each row of `fire`, queues included.

    From the ignition where nobody called, to the end of the run where nobody came. For a forest
    fire the call is the report.
    """
    rows = facts.tables["fire"]
    return waits(_called_min(facts), rows["arrived_min"], end_min(facts))


@once
def order_wait_min(facts: Facts) -> Floats:
    """Minutes from the order to the first crew, as `crew_wait_min`.

    An order stands when the desk has read the call, whether or not a crew is free. Where none was
    given it runs from the call.
    """
    rows = facts.tables["fire"]
    since = np.where(np.isnan(rows["ordered_min"]), _called_min(facts), rows["ordered_min"])
    return waits(since, rows["arrived_min"], end_min(facts))


def _called_min(facts: Facts) -> Floats:
    """When each fire was called in; the ignition where nobody called."""
    rows = facts.tables["fire"]
    return np.where(np.isnan(rows["called_min"]), rows["ignited_min"], rows["called_min"])


def water_l(facts: Facts) -> float:
    """Water put on all fires."""
    table = facts.tables["fire"]
    return added(table["water_l"]) if len(table["fire"]) else float("nan")


MEASURES = (Measure("fire.water_l", "litre", "none", water_l),)
