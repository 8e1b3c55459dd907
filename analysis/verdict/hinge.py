"""One assumed number that alone decides a verdict, and where the verdict turns.

Of a structural target: the size of assumed rows, searched for the factor at which the verdict
turns. Of a performance target: a parameter marked as an assumption that bounds what the measure can
reach whatever teams and stores there are; the runs are not played anew.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from anlan.analysis.measures.structural import Structural, everything
from anlan.analysis.statistics.intervals import Interval
from anlan.analysis.verdict.bounds import bound_on
from anlan.analysis.verdict.target import Outcome, outcome_of
from anlan.sim.scenario.schema import Scenario, Target

ASSUMPTION = "assumption"
MOST_TIMES = 1024.0  # an assumed size is looked at up to so many times what it is
Size = tuple[str, tuple[str, ...], Callable[[Any], bool]]  # table, columns, which rows
HALVINGS = 40  # of the range in which a verdict turns


@dataclass(frozen=True)
class Hinge:
    """What a verdict hangs on. `value` as assumed; `turns_at` the value that turns the verdict.

    `what`: a parameter's name, or "table.column" for the size of a table's assumed rows; then both
    numbers are times what is assumed, and `value` is 1. `best`: the most (or, where small is good,
    the least) that a measure can reach as things are; NaN of a structural target.
    """

    what: str
    value: float
    turns_at: float
    best: float = math.nan


def structural_hinge(measure: Structural, target: Target, scenario: Scenario) -> Hinge | None:
    """The first assumed size that alone turns the verdict, with the factor at which it does."""
    now = outcome_at(measure, target, scenario)
    for table, columns in measure.sizes.items():
        decides = measure.rows.get(table, everything)

        def turned(factor: float, size: Size = (table, columns, decides)) -> bool:
            then = outcome_at(measure, target, _scaled(scenario, *size, factor))
            # Undecided: nothing is left that it is a share of.
            return then not in (now, "undecided")

        at = turning(turned)
        if at is not None:
            return Hinge(f"{table}.{'+'.join(columns)}", 1.0, at)
    return None


def outcome_at(measure: Structural, target: Target, scenario: Scenario) -> Outcome:
    """Which side of its limit a structural target is on; undecided where there is nothing."""
    value = measure.function(scenario)
    if math.isnan(value):
        return "undecided"
    return outcome_of(Interval(value, value, value, True), target)


def performance_hinge(target: Target, scenario: Scenario) -> Hinge | None:
    """An assumed parameter that by itself keeps a target from ever being met."""
    bound = bound_on(target)
    if bound is None or not set(bound.parameters) <= scenario.parameters.keys():
        return None
    if bound.can_be_met(scenario, target):
        return None
    for name in bound.parameters:
        row = scenario.parameters[name]

        def within_reach(value: float, name: str = name) -> bool:
            return bound.can_be_met(with_parameter(scenario, name, value), target)

        if row.mark == ASSUMPTION and within_reach(bound.easiest):
            at = _between(within_reach, row.value, bound.easiest)
            return Hinge(name, row.value, at, bound.best(scenario))
    return None  # no single assumption: several of them, or what was found


def with_parameter(scenario: Scenario, name: str, value: float) -> Scenario:
    """The scenario with a parameter at another value, inside its range or not."""
    row = scenario.parameters[name].model_copy(update={"value": value})
    return scenario.model_copy(update={"parameters": {**scenario.parameters, name: row}})


def turning(turned: Callable[[float], bool]) -> float | None:
    """The factor nearest to 1 at which something turns: below 1 if it does there, else above."""
    if turned(0.0):
        return _between(turned, 1.0, 0.0)
    high = 2.0
    while high <= MOST_TIMES:
        if turned(high):
            return _between(turned, high / 2, high)
        high *= 2
    return None


def _between(turned: Callable[[float], bool], before: float, after: float) -> float:
    """By halving: the last factor at which it is still as it was, and has just turned beyond."""
    for _ in range(HALVINGS):
        middle = (before + after) / 2
        before, after = (before, middle) if turned(middle) else (middle, after)
    return after


def _scaled(
    scenario: Scenario,
    table: str,
    columns: tuple[str, ...],
    decides: Callable[[Any], bool],
    factor: float,
) -> Scenario:
    """The scenario with the numbers of a table's assumed rows that decide, times a factor."""

    def row_of(row: Any) -> Any:
        if row.mark != ASSUMPTION or not decides(row):
            return row
        return row.model_copy(update={c: _times(getattr(row, c), factor) for c in columns})

    rows = tuple(row_of(row) for row in getattr(scenario, table))
    return scenario.model_copy(update={table: rows})


def _times(value: float, factor: float) -> float:
    """A count stays a whole number, of those that are whole."""
    return math.floor(value * factor + 1e-9) if isinstance(value, int) else value * factor
