"""Measures of relief and shortage: how long people were in need, and what they were short of."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from anlan.analysis.measures.facts import Bools, Facts, Floats, Ints, short_name
from anlan.analysis.measures.measure import (
    WORST,
    Grouped,
    Measure,
    ratio,
    total,
    with_worst_town,
    worst_of_towns,
)

RELIEF_H = 10  # the limit in the measure's own name
ITEMS = ("water_ml", "meal", "bedding", "clothing", "medicine")  # scenarios/items.csv


def persons_in_need(facts: Facts) -> float:
    """Residents who came to need relief."""
    return float(facts.reliefs["persons"].sum())


def first_relief_h_mean(facts: Facts, group: Ints, groups: int) -> Floats:
    """Mean hours in need before the first relief, weighted by persons."""
    rows = facts.reliefs
    waited = total(rows["home"], rows["persons"] * rows["wait_h"], group, groups)
    return ratio(waited, total(rows["home"], rows["persons"], group, groups))


def relief_late(facts: Facts) -> Bools:
    """The rows of relief that were late: more than ten hours in need, or never relieved."""
    rows = facts.reliefs
    late: Bools = rows["never"] | (rows["wait_h"] > RELIEF_H)
    return late


def within_10h_share(facts: Facts, group: Ints, groups: int) -> Floats:
    """Of those in need, the share that was relieved within ten hours."""
    rows = facts.reliefs
    late = relief_late(facts)
    judged = late | rows["reached"]  # a need that soon ended by itself is neither
    in_time = total(rows["home"], rows["persons"] * (judged & ~late), group, groups)
    return ratio(in_time, total(rows["home"], rows["persons"] * judged, group, groups))


def relief_never_persons(facts: Facts) -> float:
    """Residents in need whom no relief ever reached."""
    return float(facts.reliefs["persons"][facts.reliefs["never"]].sum())


def _shortage(item: str) -> Callable[[Facts], float]:
    """Person-hours short of an item, from the district's own level of it."""

    def person_h(facts: Facts) -> float:
        table = facts.tables["stock_level"]
        if item not in facts.item_names:
            return float("nan")
        rows = facts.item_at("stock_level") == facts.item_names.index(item)
        tick, short = table["tick"][rows].astype(np.int64), table["persons_short"][rows]
        if not len(tick):
            return 0.0
        step = np.diff(tick, prepend=2 * tick[0] - tick[1] if len(tick) > 1 else tick[0] - 1)
        return float((step * short).sum() * facts.h_per_tick)

    return person_h


def _shortage_by_group(item: str) -> Grouped:
    """Person-hours short of an item, from the hourly rows of sites in use."""

    def person_h(facts: Facts, group: Ints, groups: int) -> Floats:
        if item not in facts.item_names:
            return np.full(groups, np.nan)
        rows = facts.item_at("site_level") == facts.item_names.index(item)
        # hourly rows, so a person short at a row is a person-hour
        short = facts.tables["site_level"]["persons_short"][rows]
        return total(facts.site_community("site_level")[rows], short, group, groups)

    return person_h


def _of_item(item: str) -> tuple[Measure, Measure]:
    name = f"shortage.{short_name(item)}_person_h"
    by_town = worst_of_towns(_shortage_by_group(item), "lower")
    return (
        Measure(name, "person_h", "lower", _shortage(item)),
        Measure(name + WORST, "person_h", "lower", by_town),
    )


RELIEF = (
    Measure("relief.persons_in_need", "person", "none", persons_in_need),
    Measure("relief.never_persons", "person", "lower", relief_never_persons),
    *with_worst_town("relief.first_relief_h_mean", "h", "lower", first_relief_h_mean),
    *with_worst_town("relief.within_10h_share", "share", "higher", within_10h_share),
)
SHORTAGE = tuple(measure for item in ITEMS for measure in _of_item(item))
MEASURES = RELIEF + SHORTAGE
