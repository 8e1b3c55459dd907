"""Why something may not matter: what a run's facts say, by name.

Each is a predicate on one run. A cell in which nothing moves is excused by one of them only where
it holds in every run that was played, with none, half and double of the thing as well. Their words
stand in words/words.csv under `reason.<name>`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from anlan.analysis.capabilities.listed import measures_looked_at
from anlan.analysis.digests.digest import RunDigest
from anlan.analysis.digests.series import Arrays
from anlan.analysis.measures.facts import Facts, Tables
from anlan.sim.scenario.schema import Scenario

Reason = Callable[[Facts], bool]
REASONS_TABLE = "reasons"


def _no_row(table: str, column: str = "", value: str = "") -> Reason:
    def holds(facts: Facts) -> bool:
        rows = facts.tables[table]
        if column:
            return not (rows[column] == value).any()
        return not len(next(iter(rows.values())))

    return holds


def _nobody_in(kind: str = "") -> Reason:
    def holds(facts: Facts) -> bool:
        rows = facts.tables["incident"]
        hit = rows["persons"] > 0
        return not (hit & (rows["kind"] == kind) if kind else hit).any()

    return holds


def _never(table: str, column: str) -> Reason:
    return lambda facts: not (facts.tables[table][column] > 0).any()


def _nobody_ordered_out(facts: Facts) -> bool:
    return not (facts.tables["evacuation"]["ordered_tick"] >= 0).any()


REASONS: dict[str, Reason] = {
    "nobody_in_incident": _nobody_in(),
    "nobody_in_water": _nobody_in("flood"),
    "nobody_in_collapse": _nobody_in("collapse"),
    "no_tree_down": _no_row("incident", "kind", "tree"),
    "no_building_fire": _no_row("fire", "kind", "building"),
    "no_forest_fire": _no_row("fire", "kind", "forest"),
    "nobody_in_need": _no_row("relief"),
    "nobody_ordered_out": _nobody_ordered_out,
    "no_street_water": _never("hazard_level", "depth_m"),
    "no_power_outage": _no_row("outage", "network", "power"),
    "no_level": _no_row("message", "kind", "level"),
    "no_call": _no_row("message", "means", "phone"),
}
OF_ITEM = "item_not_needed"  # with the item after a dot


def holding(facts: Facts) -> dict[str, bool]:
    """Every reason by name, and of each item whether nobody needed any; what holds in a run."""
    found = {name: bool(reason(facts)) for name, reason in REASONS.items()}
    rows = facts.tables["stock_level"]
    for item in facts.item_names:
        needed = rows["needed"][rows["item"] == item]
        found[f"{OF_ITEM}.{item}"] = not (needed > 0).any()
    return found


def excuse(reasons: tuple[str, ...], held: dict[str, bool]) -> str:
    """The first of the reasons that holds, `a+b` where both must; empty where none does."""
    for reason in reasons:
        if all(held.get(name, False) for name in reason.split("+")):
            return reason
    return ""


@dataclass(frozen=True)
class CellDigest:
    """What is kept of a run: the measures that are looked at, and which reasons hold."""

    def __call__(self, scenario: Scenario, tables: Tables) -> dict[str, Arrays]:
        """table -> column -> array of one value."""
        found = RunDigest(measures_looked_at())(scenario, tables)
        held = holding(Facts(scenario, tables))
        return found | {REASONS_TABLE: {name: np.array([flag]) for name, flag in held.items()}}
