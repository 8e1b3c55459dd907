"""Measures of forest fires; NaN where a run has none."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from anlan.analysis.measures.facts import Facts
from anlan.analysis.measures.fires import (
    MIN_PER_H,
    NOT_OUT_H,
    OUT_H,
    end_min,
    forest_fires,
    waits,
)
from anlan.analysis.measures.measure import Measure, added, mean, share
from anlan.analysis.measures.population import FOREST_FIRES
from anlan.analysis.words import FALLBACK
from anlan.analysis.words.names import said
from anlan.sim import FOREST_FIRE_CLASSES, land_of

# the ledger's name of a class of fire -> its rank
RANK = {said(c, FALLBACK): rank for rank, c in enumerate(FOREST_FIRE_CLASSES)}


def _hours_to(column: str) -> Callable[[Facts], float]:
    """The longest time of a forest fire from ignition to a moment; see `fires` for `never`."""

    def hours(facts: Facts) -> float:
        rows = forest_fires(facts)
        if not len(rows["fire"]):
            return float("nan")
        took = (rows[column] - rows["ignited_min"]) / MIN_PER_H
        left = (end_min(facts) - rows["ignited_min"]) / MIN_PER_H
        never = np.maximum(left, OUT_H) + NOT_OUT_H
        return float(np.where(np.isnan(took), never, took).max())

    return hours


def out_24h_share(facts: Facts) -> float:
    """Share of the forest fires that were out within a day."""
    rows = forest_fires(facts)
    return share(rows["out_min"] - rows["ignited_min"] <= OUT_H * MIN_PER_H)  # NaN is not


def detection_min_mean(facts: Facts) -> float:
    """Mean minutes from ignition until somebody noticed."""
    rows = forest_fires(facts)
    return mean(waits(rows["ignited_min"], rows["discovered_min"], end_min(facts)))


def arrival_min_mean(facts: Facts) -> float:
    """Mean minutes from report to first crew."""
    return mean(forest_fires(facts)["wait_min"])


def _at_the_end(column: str) -> Callable[[Facts], float]:
    """Sum over the forest fires of a fire_front column at its last hour."""

    def last(facts: Facts) -> float:
        table = facts.tables["fire_front"]
        if not len(forest_fires(facts)["fire"]):
            return float("nan")
        order = np.argsort(table["tick"], kind="stable")
        found = dict(zip(table["fire"][order], table[column][order], strict=True))
        return added(np.array(list(found.values()), dtype=float))

    return last


def burnt_ha(facts: Facts) -> float:
    """Land burnt."""
    rows = forest_fires(facts)
    return added(rows["burnt_ha"]) if len(rows["fire"]) else float("nan")


def district_forest_ha(facts: Facts) -> float:
    """The forest that damage is set against: the district's where it is known."""
    settings = facts.scenario.forest
    if settings is None:
        return float("nan")
    if settings.district_forest_ha is not None:
        return settings.district_forest_ha
    land = land_of(facts.scenario)
    return float(np.count_nonzero(land.forest) * land.cell_ha)


def damage_permille(facts: Facts) -> float:
    """Forest burnt over the district's forest, in thousandths."""
    damaged, whole = _at_the_end("forest_ha")(facts), district_forest_ha(facts)
    return 1000.0 * damaged / whole if whole > 0 else float("nan")


def class_worst(facts: Facts) -> float:
    """Rank of the worst fire, 0 for the smallest class."""
    ranks = [RANK[name] for name in forest_fires(facts)["fire_class"]]
    return float(max(ranks)) if ranks else float("nan")


def crew_deaths(facts: Facts) -> float:
    """Members of crews whom a forest fire overran and killed."""
    rows, harm = forest_fires(facts), facts.tables["casualty"]
    if not len(rows["fire"]):
        return float("nan")
    died = (harm["outcome"] == "died") & (harm["cause"] == "overrun")
    return float(harm["persons"][died].sum())


def forest_deaths(facts: Facts) -> float:
    """Everybody who died in a forest fire."""
    rows = forest_fires(facts)
    return float(rows["died"].sum()) if len(rows["fire"]) else float("nan")


def crew_h(facts: Facts) -> float:
    """Crew-hours at forest fires."""
    if not len(forest_fires(facts)["fire"]):
        return float("nan")
    return float(facts.tables["fire_front"]["crews"].sum())  # hourly rows


def _added(column: str) -> Callable[[Facts], float]:
    """Sum of a column over the forest fires."""

    def total(facts: Facts) -> float:
        rows = forest_fires(facts)
        return float(rows[column].sum()) if len(rows["fire"]) else float("nan")

    return total


MEASURES = (
    Measure("fire.out_h", "h", "lower", _hours_to("out_min"), FOREST_FIRES),
    Measure("fire.out_24h_share", "share", "higher", out_24h_share, FOREST_FIRES),
    Measure("fire.contained_h", "h", "lower", _hours_to("controlled_min"), FOREST_FIRES),
    Measure("fire.cold_h", "h", "lower", _hours_to("cold_min"), FOREST_FIRES),
    Measure("fire.detection_min_mean", "min", "lower", detection_min_mean, FOREST_FIRES),
    Measure("fire.arrival_min_mean", "min", "lower", arrival_min_mean, FOREST_FIRES),
    Measure("fire.burnt_ha", "ha", "lower", burnt_ha, FOREST_FIRES),
    Measure("fire.forest_ha", "ha", "lower", _at_the_end("forest_ha"), FOREST_FIRES),
    Measure("fire.damage_permille", "permille", "lower", damage_permille, FOREST_FIRES),
    Measure("fire.class_worst", "class", "lower", class_worst, FOREST_FIRES),
    Measure("fire.crew_deaths", "person", "lower", crew_deaths, FOREST_FIRES),
    Measure("fire.forest_deaths", "person", "lower", forest_deaths, FOREST_FIRES),
    Measure("fire.line_m", "m", "none", _at_the_end("line_m")),
    Measure("fire.crew_h", "crew_h", "none", crew_h),
    Measure("fire.flare_ups", "time", "none", _added("flare_ups")),
    Measure("fire.mop_up_person_h", "person_h", "none", _added("mop_up_person_h")),
    Measure("fire.crown_ha", "ha", "none", _added("crown_ha")),
    Measure("fire.spots", "time", "none", _added("spots")),
)
