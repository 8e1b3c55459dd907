"""Measures of building fires; NaN where a run has none."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from anlan.analysis.measures.facts import Facts
from anlan.analysis.measures.fires import (
    ENGINE_MIN,
    WATER_MIN,
    first_buildings,
    rows_of,
)
from anlan.analysis.measures.measure import Better, Measure, added, mean, share
from anlan.analysis.measures.population import BUILDING_FIRES


def _total_of(column: str) -> Callable[[Facts], float]:
    """Sum of a column over all buildings that burnt."""

    def total(facts: Facts) -> float:
        rows = rows_of(facts, "building")
        return added(rows[column]) if len(rows["fire"]) else float("nan")

    return total


def buildings(facts: Facts) -> float:
    """Buildings that burnt, neighbours that were lit among them."""
    count = len(rows_of(facts, "building")["fire"])
    return float(count) if count else float("nan")


def first_engine_min_mean(facts: Facts) -> float:
    """Mean minutes from the call to the first engine."""
    return mean(first_buildings(facts)["wait_min"])


def first_engine_5min_share(facts: Facts) -> float:
    """Share of the fires with an engine within five minutes of the call."""
    return _in_time(facts, "wait_min")


def engine_reached_share(facts: Facts) -> float:
    """Share of the fires that an engine reached before the end of the run."""
    return share(~np.isnan(first_buildings(facts)["arrived_min"]))


def never_engine_fires(facts: Facts) -> float:
    """Fires that no engine reached; the means of minutes count these to the end of the run."""
    rows = first_buildings(facts)
    return float(np.isnan(rows["arrived_min"]).sum()) if len(rows["fire"]) else float("nan")


def order_to_engine_min_mean(facts: Facts) -> float:
    """Mean minutes from the order to the first engine, waiting for a free one included."""
    return mean(first_buildings(facts)["order_wait_min"])


def order_to_engine_5min_share(facts: Facts) -> float:
    """Share of the fires with an engine within five minutes of the order, a queue included."""
    return _in_time(facts, "order_wait_min")


def _in_time(facts: Facts, wait: str) -> float:
    rows = first_buildings(facts)
    return share(~np.isnan(rows["arrived_min"]) & (rows[wait] <= ENGINE_MIN))


def first_water_15min_share(facts: Facts) -> float:
    """Share of the fires with water on them within fifteen minutes of ignition."""
    rows = first_buildings(facts)
    return share(rows["first_water_min"] - rows["ignited_min"] <= WATER_MIN)  # NaN is not


def spread_share(facts: Facts) -> float:
    """Share of the fires that lit a neighbour."""
    lit = set(rows_of(facts, "building")["spread_from"]) - {""}
    return share(np.array([name in lit for name in first_buildings(facts)["fire"]], dtype=bool))


def _of_fires(name: str, unit: str, better: Better, function: Callable[[Facts], float]) -> Measure:
    """A measure over the fires that no other fire lit."""
    return Measure(f"fire.{name}", unit, better, function, BUILDING_FIRES)


MEASURES = (
    Measure("fire.buildings", "building", "lower", buildings),
    Measure("fire.burnt_m2", "m2", "lower", _total_of("burnt_m2")),
    _of_fires("first_engine_min_mean", "min", "lower", first_engine_min_mean),
    _of_fires("first_engine_5min_share", "share", "higher", first_engine_5min_share),
    _of_fires("engine_reached_share", "share", "higher", engine_reached_share),
    _of_fires("never_engine_fires", "incident", "lower", never_engine_fires),
    _of_fires("order_to_engine_min_mean", "min", "lower", order_to_engine_min_mean),
    _of_fires("order_to_engine_5min_share", "share", "higher", order_to_engine_5min_share),
    _of_fires("first_water_15min_share", "share", "higher", first_water_15min_share),
    _of_fires("spread_share", "share", "lower", spread_share),
    Measure("fire.victims", "person", "lower", _total_of("victims")),
    Measure("fire.building_deaths", "person", "lower", _total_of("died")),
)
