"""Measures of what surrounds people: roads, power and phone, crews at work, the weather."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from anlan.analysis.measures.facts import Facts, Ints, index_of, once
from anlan.analysis.measures.measure import Measure, peak, ratio
from anlan.sim.ledger import NEVER


@once
def closed_roads(facts: Facts) -> Ints:
    """(T,) how many roads are closed for a lorry at each tick, each counted once."""
    table = facts.tables["road_closure"]
    names = tuple(r.road for r in facts.scenario.roads)
    road = index_of(table["road"], names)
    change = np.zeros((len(names), facts.end + 1), dtype=np.int32)
    opened = np.where(table["opened_tick"] == NEVER, facts.end, table["opened_tick"])
    np.add.at(change, (road, np.clip(table["closed_tick"], 0, facts.end)), 1)
    np.add.at(change, (road, np.clip(opened, 0, facts.end)), -1)
    closed: Ints = (change.cumsum(axis=1)[:, :-1] > 0).sum(axis=0).astype(np.int64)
    return closed


def closed_peak_roads(facts: Facts) -> float:
    """Most roads closed at once."""
    return peak(closed_roads(facts).astype(float))


def _peak_residents(column: str, as_share: bool) -> Callable[[Facts], float]:
    """Most residents, or the largest share of them, where a flag of hazard_level stands."""

    def most(facts: Facts) -> float:
        persons = peak(facts.hazard(column) @ facts.residents)
        return persons / float(facts.residents.sum()) if as_share else persons

    return most


def busy_peak_share(facts: Facts) -> float:
    """Largest share of the crews that were on the way or at work."""
    table = facts.tables["crew_level"]
    busy = table["travelling"] + table["working"]
    crews = busy + table["off_duty"] + table["mustering"] + table["idle"]
    return peak(ratio(busy, crews)) if len(crews) and crews.max() > 0 else float("nan")


def _hazard_peak(column: str) -> Callable[[Facts], float]:
    return lambda facts: peak(facts.hazard(column))


def fullest_share(facts: Facts) -> float:
    """Of what a road carries in an hour the part that passes, where and when it is most."""
    table = facts.tables["road_load"]
    return peak(table["vehicles"] / table["capacity_veh_h"])


def longest_queue_min(facts: Facts) -> float:
    """The longest wait of anybody at the beginning of a road."""
    return peak(facts.tables["road_load"]["longest_wait_min"])


MEASURES = (
    Measure("road.fullest_share", "share", "none", fullest_share),
    Measure("road.longest_queue_min", "min", "none", longest_queue_min),
    Measure("road.closed_peak_roads", "road", "lower", closed_peak_roads),
    Measure("road.cut_off_peak_persons", "person", "lower", _peak_residents("cut_off", False)),
    Measure("power.out_peak_share", "share", "lower", _peak_residents("power_out", True)),
    Measure("phone.out_peak_share", "share", "lower", _peak_residents("phone_out", True)),
    Measure("crew.busy_peak_share", "share", "none", busy_peak_share),
    Measure("hazard.max_wind_ms", "m/s", "none", _hazard_peak("wind_ms")),
    Measure("hazard.max_gust_ms", "m/s", "none", _hazard_peak("gust_ms")),
    Measure("hazard.max_rain_mm", "mm", "none", _hazard_peak("rain_mm")),
    Measure("hazard.max_depth_m", "m", "none", _hazard_peak("depth_m")),
)
