"""What can go wrong with fires in a run: each kind of failure, where and when."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from anlan.analysis.measures.facts import Bools, Column, Facts, Floats
from anlan.analysis.measures.fires import (
    ENGINE_MIN,
    MIN_PER_H,
    OUT_H,
    WATER_MIN,
    end_min,
    first_buildings,
    forest_fires,
    rows_of,
)
from anlan.sim import land_of
from anlan.sim.scenario.schema import Community

FOREST_WAIT_MIN = 60.0  # as long as an incident may wait for its first crew

# a kind of failure, its places, and minutes since the start
Failures = tuple[str, Column, Floats]


def fire_failures(facts: Facts) -> Iterator[Failures]:
    """Every failure of each kind; a limit that the run's end left open is not broken."""
    yield from _buildings(facts)
    yield from _forests(facts)
    if facts.scenario.forest is not None:
        yield _at_map_edge(facts)
        yield _at_villages(facts)
    harm = facts.tables["casualty"]
    lost = harm["cause"] == "overrun"
    minute = harm["tick"][lost] * float(facts.scenario.settings.tick_min)
    yield "fire_overrun", harm["community"][lost], minute


def _buildings(facts: Facts) -> Iterator[Failures]:
    rows, first = rows_of(facts, "building"), first_buildings(facts)
    late = first["wait_min"] > ENGINE_MIN
    since = _first_known(first, "called_min", "ignited_min")
    yield "engine_late", first["community"][late], since[late] + ENGINE_MIN
    limit = first["ignited_min"] + WATER_MIN
    dry = (limit < end_min(facts)) & ~_by(first["first_water_min"], limit)
    dry &= ~_by(first["out_min"], limit)  # it went out by itself
    yield "water_late", first["community"][dry], limit[dry]
    short = rows["engines_needed_max"] > rows["engines_peak"]
    since = _first_known(rows, "first_water_min", "arrived_min", "called_min", "ignited_min")
    yield "engines_short", rows["community"][short], since[short]
    lit = rows["spread_from"] != ""
    yield "fire_spread", rows["community"][lit], rows["ignited_min"][lit]


def _forests(facts: Facts) -> Iterator[Failures]:
    rows = forest_fires(facts)
    late = rows["wait_min"] > FOREST_WAIT_MIN
    since = _first_known(rows, "called_min", "ignited_min")
    yield "forest_wait", rows["fire"][late], since[late] + FOREST_WAIT_MIN
    short = rows["engines_needed_max"] > rows["engines_peak"]
    since = _first_known(rows, "arrived_min", "called_min", "ignited_min")
    yield "forest_short", rows["fire"][short], since[short]
    limit = rows["ignited_min"] + OUT_H * MIN_PER_H
    for kind, column in (("forest_open", "controlled_min"), ("forest_not_out", "out_min")):
        over = (limit < end_min(facts)) & ~_by(rows[column], limit)
        yield kind, rows["fire"][over], limit[over]


def _at_map_edge(facts: Facts) -> Failures:
    """Cells burnt on the border of the landscape, beyond which nothing is played."""
    land, cells = land_of(facts.scenario), facts.tables["fire_cell"]
    row, col = cells["row"], cells["col"]
    out = (row == 0) | (col == 0) | (row == land.rows - 1) | (col == land.cols - 1)
    return "fire_map_edge", cells["fire"][out], cells["arrival_min"][out]


def _at_villages(facts: Facts) -> Failures:
    """Communities that a fire came near: burnt land where homes stand."""
    land, cells = land_of(facts.scenario), facts.tables["fire_cell"]
    arrival = np.full((land.rows, land.cols), np.inf)
    np.minimum.at(arrival, (cells["row"], cells["col"]), cells["arrival_min"])
    reach = facts.scenario.p("forest.village_m") / land.cell_m if len(cells["row"]) else 0.0

    def first_min(c: Community) -> float:
        row, col = land.cell_at(c.lon, c.lat)
        more = int(reach)
        top, left = max(row - more, 0), max(col - more, 0)
        window = arrival[top : max(row + more + 1, 0), left : max(col + more + 1, 0)]
        rows, cols = np.indices(window.shape)
        near = np.hypot(rows + top - row, cols + left - col) <= reach
        return float(window[near].min(initial=np.inf))

    minute = np.array([first_min(c) for c in facts.scenario.communities])
    came = np.isfinite(minute)
    return "fire_village", np.array(facts.communities, dtype=object)[came], minute[came]


def _by(minute: Floats, limit: Floats) -> Bools:
    """Whether it happened by a limit; what did not happen did not."""
    return np.asarray(minute <= limit)


def _first_known(rows: dict[str, Column], *columns: str) -> Floats:
    """For each row the first of some moments that is known."""
    found = np.asarray(rows[columns[-1]], dtype=float)
    for name in reversed(columns[:-1]):
        found = np.where(np.isnan(rows[name]), found, rows[name])
    return found
