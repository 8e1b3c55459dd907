"""All measures of a run by name, subject by subject."""

from __future__ import annotations

from anlan.analysis.measures import (
    arrests,
    building_fires,
    evacuation,
    fires,
    forest_fires,
    harm,
    networks,
    relief,
    rescue,
    shelters,
    warning,
    water,
)
from anlan.analysis.measures.facts import Facts, Tables
from anlan.analysis.measures.measure import Measure
from anlan.sim.scenario.schema import Scenario

LISTS = (
    warning.MEASURES,
    evacuation.MEASURES,
    rescue.MEASURES,
    forest_fires.MEASURES,
    fires.MEASURES,
    building_fires.MEASURES,
    relief.MEASURES,
    shelters.MEASURES,
    harm.MEASURES,
    arrests.MEASURES,
    water.MEASURES,
    networks.MEASURES,
)
MEASURES: dict[str, Measure] = {m.name: m for measures in LISTS for m in measures}


def measure_run(scenario: Scenario, tables: Tables) -> dict[str, float]:
    """Every measure of one run, by name; NaN where there is nothing to judge."""
    facts = Facts(scenario, tables)
    return {name: measure.function(facts) for name, measure in MEASURES.items()}
