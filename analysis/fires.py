"""The numbers of a run's fires: forest fires, and building fires.

NaN where a run has no such fire. What did not happen counts: a fire that nobody noticed and a
crew that never came count to the end of the run; a fire that is not out then counts as one
hour more than the time to the end, and never as less than `OUT_H` + 1, so that a target of
`OUT_H` hours is not met by a run that ends early.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np

from anlan.analysis.context import Bools, Column, Context, Floats, once
from anlan.sim.nature.forest.classes import CLASSES

OUT_H = 24.0  # these three limits are the measures' own names
ENGINE_MIN = 5.0
WATER_MIN = 15.0
NOT_OUT_H = 1.0  # what a fire that is not out counts beyond the end of the run
MIN_PER_H = 60.0
CLASS = {c.en: rank for rank, c in enumerate(CLASSES)}

Row = tuple[str, str, Literal["higher", "lower", "none"], Callable[[Context], float]]


@once
def rows_of(x: Context, kind: str) -> dict[str, Column]:
    """The rows of one kind of fire, with how long each waited for its first crew."""
    table = x.tables["fire"]
    keep = table["kind"] == kind
    rows: dict[str, Column] = {name: column[keep] for name, column in table.items()}
    rows["wait_min"] = crew_wait_min(x)[keep]
    return rows


def forest(x: Context) -> dict[str, Column]:
    """The rows of the forest fires."""
    return rows_of(x, "forest")


@once
def first_buildings(x: Context) -> dict[str, Column]:
    """The building fires that no other fire lit: each is one call for the engines."""
    rows = rows_of(x, "building")
    return {name: column[rows["spread_from"] == ""] for name, column in rows.items()}


def end_min(x: Context) -> float:
    """The end of the run, minutes since the start."""
    return x.end * float(x.scenario.settings.tick_min)


def waits(since: Floats, until: Floats, end: float) -> Floats:
    """Minutes from one moment to another, to the end of the run where it did not come."""
    return np.maximum(np.where(np.isnan(until), end, until) - since, 0.0)


def _mean(values: Floats) -> float:
    return float(values.mean()) if len(values) else float("nan")


def _share(good: Bools) -> float:
    return _mean(good.astype(float))


@once
def crew_wait_min(x: Context) -> Floats:
    """Minutes that the first crew of each row of `fire` took, to the end where none came.

    For a building from the order, for a forest from the report; from the report where no crew
    was ordered out, from the ignition where nobody reported the fire.
    """
    rows = x.tables["fire"]
    since = np.where(np.isnan(rows["called_min"]), rows["ignited_min"], rows["called_min"])
    ordered = (rows["kind"] == "building") & ~np.isnan(rows["dispatched_min"])
    since = np.where(ordered, rows["dispatched_min"], since)
    return waits(since, rows["arrived_min"], end_min(x))


# ---- forest fires --------------------------------------------------------------------------


def _hours_to(column: str) -> Callable[[Context], float]:
    """The longest time of a forest fire from ignition to a moment; see the module for `not`."""

    def hours(x: Context) -> float:
        rows = forest(x)
        if not len(rows["fire"]):
            return float("nan")
        took = (rows[column] - rows["ignited_min"]) / MIN_PER_H
        left = (end_min(x) - rows["ignited_min"]) / MIN_PER_H
        never = np.maximum(left, OUT_H) + NOT_OUT_H
        return float(np.where(np.isnan(took), never, took).max())

    return hours


def out_24h_share(x: Context) -> float:
    rows = forest(x)
    return _share(rows["out_min"] - rows["ignited_min"] <= OUT_H * MIN_PER_H)  # NaN is not


def detection_min_mean(x: Context) -> float:
    rows = forest(x)
    return _mean(waits(rows["ignited_min"], rows["discovered_min"], end_min(x)))


def arrival_min_mean(x: Context) -> float:
    return _mean(forest(x)["wait_min"])


def _last(x: Context, column: str) -> float:
    """Sum over the forest fires of a fire_front column at its last hour."""
    table = x.tables["fire_front"]
    if not len(forest(x)["fire"]):
        return float("nan")
    order = np.argsort(table["tick"], kind="stable")
    last = dict(zip(table["fire"][order], table[column][order], strict=True))
    return float(sum(last.values()))


def burnt_ha(x: Context) -> float:
    rows = forest(x)
    return float(rows["burnt_ha"].sum()) if len(rows["fire"]) else float("nan")


def district_forest_ha(x: Context) -> float:
    """The forest that damage is set against: the district's where it is known."""
    settings = x.scenario.forest
    if settings is None:
        return float("nan")
    if settings.district_forest_ha is not None:
        return settings.district_forest_ha
    from anlan.sim.place.landscape.land import land_of

    land = land_of(x.scenario)
    return float(np.count_nonzero(land.forest) * land.cell_ha)


def damage_permille(x: Context) -> float:
    damaged, whole = _last(x, "forest_ha"), district_forest_ha(x)
    return 1000.0 * damaged / whole if whole > 0 else float("nan")


def class_worst(x: Context) -> float:
    ranks = [CLASS[name] for name in forest(x)["fire_class"]]
    return float(max(ranks)) if ranks else float("nan")


def _deaths(cause: str | None) -> Callable[[Context], float]:
    """Deaths in forest fires: of crews (the cause `overrun`), or of everybody."""

    def persons(x: Context) -> float:
        rows, harm = forest(x), x.tables["casualty"]
        if not len(rows["fire"]):
            return float("nan")
        if cause is None:
            return float(rows["died"].sum())
        died = (harm["outcome"] == "died") & (harm["cause"] == cause)
        return float(harm["persons"][died].sum())

    return persons


def crew_h(x: Context) -> float:
    if not len(forest(x)["fire"]):
        return float("nan")
    return float(x.tables["fire_front"]["crews"].sum())  # hourly rows


def water_l(x: Context) -> float:
    table = x.tables["fire"]
    return float(table["water_l"].sum()) if len(table["fire"]) else float("nan")


# ---- building fires ------------------------------------------------------------------------


def _of_buildings(column: str) -> Callable[[Context], float]:
    def persons(x: Context) -> float:
        rows = rows_of(x, "building")
        return float(rows[column].sum()) if len(rows["fire"]) else float("nan")

    return persons


def buildings(x: Context) -> float:
    count = len(rows_of(x, "building")["fire"])
    return float(count) if count else float("nan")


def first_engine_min_mean(x: Context) -> float:
    return _mean(first_buildings(x)["wait_min"])


def first_engine_5min_share(x: Context) -> float:
    rows = first_buildings(x)
    return _share(~np.isnan(rows["arrived_min"]) & (rows["wait_min"] <= ENGINE_MIN))


def first_water_15min_share(x: Context) -> float:
    rows = first_buildings(x)
    return _share(rows["first_water_min"] - rows["ignited_min"] <= WATER_MIN)  # NaN is not


def spread_share(x: Context) -> float:
    lit = set(rows_of(x, "building")["spread_from"]) - {""}
    return _share(np.array([name in lit for name in first_buildings(x)["fire"]], dtype=bool))


ROWS: list[Row] = [
    ("fire.out_h", "h", "lower", _hours_to("out_min")),
    ("fire.out_24h_share", "share", "higher", out_24h_share),
    ("fire.contained_h", "h", "lower", _hours_to("controlled_min")),
    ("fire.detection_min_mean", "min", "lower", detection_min_mean),
    ("fire.arrival_min_mean", "min", "lower", arrival_min_mean),
    ("fire.burnt_ha", "ha", "lower", burnt_ha),
    ("fire.forest_ha", "ha", "lower", lambda x: _last(x, "forest_ha")),
    ("fire.damage_permille", "permille", "lower", damage_permille),
    ("fire.class_worst", "class", "lower", class_worst),
    ("fire.crew_deaths", "person", "lower", _deaths("overrun")),
    ("fire.forest_deaths", "person", "lower", _deaths(None)),
    ("fire.line_m", "m", "none", lambda x: _last(x, "line_m")),
    ("fire.crew_h", "crew_h", "none", crew_h),
    ("fire.water_l", "litre", "none", water_l),
    ("fire.buildings", "building", "lower", buildings),
    ("fire.first_engine_min_mean", "min", "lower", first_engine_min_mean),
    ("fire.first_engine_5min_share", "share", "higher", first_engine_5min_share),
    ("fire.first_water_15min_share", "share", "higher", first_water_15min_share),
    ("fire.spread_share", "share", "lower", spread_share),
    ("fire.victims", "person", "lower", _of_buildings("victims")),
    ("fire.building_deaths", "person", "lower", _of_buildings("died")),
]
