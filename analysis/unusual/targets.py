"""Targets that say nothing: that no run can miss, that none can meet, that ask for the worse."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from anlan.analysis.measures.registry import MEASURES
from anlan.analysis.measures.seasonal import SEASONAL
from anlan.analysis.measures.structural import STRUCTURAL
from anlan.sim import Odd
from anlan.sim.scenario.schema import Scenario, Target

FILE = "plan.toml"
BETTER_BY = {"higher": "at_most", "lower": "at_least"}  # what asks for the worse


def odd_targets(scenario: Scenario) -> Iterator[Odd]:
    """Each target that cannot mean what it says."""
    for target in scenario.plan.targets:
        measure: Any = {**MEASURES, **STRUCTURAL, **SEASONAL}.get(target.measure)
        if measure is None:
            continue
        said = {"what": target.id, "limit": f"{target.limit:g}", "measure": target.measure}
        if key := _certain(target, measure.unit):
            yield Odd(key, FILE, None, "", said)
        elif target.statistic.endswith(BETTER_BY.get(getattr(measure, "better", ""), "\0")):
            yield Odd("target_wrong_way", FILE, None, "", said)


def _certain(target: Target, unit: str) -> str:
    """Whether it is met or missed whatever happens: no measure is less than 0, no share above 1."""
    if target.statistic.endswith("at_least"):
        return "target_always" if target.limit <= 0.0 else ""
    if target.limit < 0.0:
        return "target_never"
    return "target_always" if unit == "share" and target.limit >= 1.0 else ""
