"""Whether a structural verdict rests on rows that the scenario's author assumed.

Decided by the marks of the tables' rows and by nothing else. A verdict is assumed where no row that
decides it was observed (`found` or `known`), where leaving the assumed ones out would turn it, or
where the list that it is held against is itself an assumption. Whoever puts in observed rows gets a
verdict.
"""

from __future__ import annotations

from typing import NamedTuple

from anlan.analysis.measures.structural import Structural
from anlan.analysis.verdict.hinge import ASSUMPTION, outcome_at
from anlan.sim.scenario.schema import Scenario, Target


class Assumed(NamedTuple):
    """What makes a verdict an assumption: the assumed rows, of how many, in which tables.

    `of_list`: it is the list that is held against, and not what is held.
    """

    rows: int
    of: int
    files: tuple[str, ...]
    of_list: bool = False


def assumed(measure: Structural, target: Target, scenario: Scenario) -> Assumed | None:
    """What makes a structural verdict an assumption; None for one that observed rows decide."""
    asked = getattr(scenario, measure.against) if measure.against else ()
    made_up = sum(row.mark == ASSUMPTION for row in asked)
    if made_up:
        return Assumed(made_up, len(asked), (f"{measure.against}.csv",), of_list=True)
    deciding = measure.deciding(scenario)
    rows = [row for found in deciding.values() for row in found]
    count = sum(row.mark == ASSUMPTION for row in rows)
    if not count:
        return None
    without = outcome_at(measure, target, _observed(measure, scenario))
    if count < len(rows) and without == outcome_at(measure, target, scenario):
        return None
    files = tuple(f"{table}.csv" for table, found in deciding.items() if found)
    return Assumed(count, len(rows), files)


def _observed(measure: Structural, scenario: Scenario) -> Scenario:
    """The scenario without the assumed rows that decide the measure."""
    kept = {
        table: tuple(
            row for row in getattr(scenario, table) if row.mark != ASSUMPTION or not decides(row)
        )
        for table, decides in measure.rows.items()
    }
    return scenario.model_copy(update=kept)
