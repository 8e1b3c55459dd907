"""The chains of fires: noticed, called in, an engine free, there, water; or until it is out.

The stamps of the crew are those of the one that is judged (see `engines`): of the table `fire` the
columns `dispatched_min` and `left_min` are of the first crew, often one of a micro station, and
`arrived_min` of the first engine.
"""

from __future__ import annotations

import numpy as np

from anlan.analysis.chains.cases import Cases, cases, cut, steps
from anlan.analysis.chains.engines import sent
from anlan.analysis.chains.rescues import wait_for_crew
from anlan.analysis.measures.facts import Column, Facts, Floats, index_of
from anlan.analysis.measures.fires import first_buildings, forest_fires

TO_ENGINE = {
    "found": "discovered_min", "reported": "called_min", "read": "ordered_min",
    "crews": "engine_sent_min", "departed": "engine_left_min", "travel": "arrived_min",
}  # fmt: skip
TO_WATER = TO_ENGINE | {"setup": "first_water_min"}
TO_OUT = TO_ENGINE | {"control": "controlled_min", "mop_up": "out_min"}


def to_water(facts: Facts, limit_min: float) -> Cases:
    """Building fires that no other fire lit, from the ignition to the first water."""
    rows = first_buildings(facts)
    return _of_fires(facts, rows, rows["ignited_min"], TO_WATER, limit_min)


def call_to_engine(facts: Facts, limit_min: float) -> Cases:
    """The same from the call (the ignition where nobody called) to the first engine."""
    rows = first_buildings(facts)
    return _of_fires(facts, rows, _called(rows), TO_ENGINE, limit_min)


def order_to_engine(facts: Facts, limit_min: float) -> Cases:
    """The same from the order (the call where none was given) to the first engine."""
    rows = first_buildings(facts)
    ordered = rows["ordered_min"]
    since = np.where(np.isnan(ordered), _called(rows), ordered)
    return _of_fires(facts, rows, since, TO_ENGINE, limit_min)


def to_out(facts: Facts, limit_min: float) -> Cases:
    """Forest fires, from the ignition until they are out."""
    rows = forest_fires(facts)
    return _of_fires(facts, rows, rows["ignited_min"], TO_OUT, limit_min)


def to_forest_crew(facts: Facts, limit_min: float) -> Cases:
    """Forest fires, from the report to the first crew."""
    rows = forest_fires(facts)
    return _of_fires(facts, rows, _called(rows), TO_ENGINE, limit_min)


def _called(rows: dict[str, Column]) -> Floats:
    return np.where(np.isnan(rows["called_min"]), rows["ignited_min"], rows["called_min"])


def _of_fires(
    facts: Facts, rows: dict[str, Column], since: Floats, of: dict[str, str], limit_min: float
) -> Cases:
    home = index_of(rows["community"], facts.communities)
    rows = rows | sent(facts, rows)
    whole = {link: rows[column] for link, column in of.items()}
    stamps, ends = cut(since, limit_min, rows["out_min"], whole)
    took = steps(since, stamps)
    begins = since + took["found"] + took["reported"] + took["read"]
    took |= wait_for_crew(facts, _incidents(rows), home, begins, took["crews"], ends)
    weight = np.ones(len(home))
    return cases(home, rows["fire_class"], weight, since, limit_min, took, rows["fire"], ends)


def _incidents(rows: dict[str, Column]) -> Column:
    """The kinds of incident that fires are: as rescuers call them."""
    return np.where(rows["kind"] == "forest", "forest_fire", "fire").astype(object)
