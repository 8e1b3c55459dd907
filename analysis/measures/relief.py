"""Measures of relief and shortage: how long people at risk waited, and what they were short of.

Who is at risk is the hazard's doing; whoever is not reached stays in as not helped, the dead too.
"""

from __future__ import annotations

import numpy as np

from anlan.analysis.measures.facts import (
    RELIEF_H,
    Bools,
    Facts,
    Floats,
    Ints,
    once,
    short_name,
)
from anlan.analysis.measures.measure import (
    Grouped,
    Measure,
    added,
    mean_over,
    of_district,
    total,
    with_worst_town,
)
from anlan.analysis.measures.population import AT_RISK, CUT_OFF_10H, JUDGED_10H
from anlan.sim.ledger import NEVER

ITEMS = ("water_ml", "meal", "bedding", "clothing", "medicine")  # scenarios/items.csv


def persons_in_need(facts: Facts) -> float:
    """Residents whom the hazard puts at risk, each once."""
    return float(facts.in_need["persons"].sum())


def wait_h(facts: Facts) -> Floats:
    """Hours with nothing before the first relief, of each row of `in_need`."""
    return np.asarray(facts.in_need["wait_h"])


def relief_late(facts: Facts) -> Bools:
    """The rows of `in_need` that were late: more than ten hours, or never relieved."""
    rows = facts.in_need
    late: Bools = ~rows["soon_over"] & (~rows["reached"] | (rows["wait_h"] > RELIEF_H))
    return late


def in_time(facts: Facts) -> Bools:
    """The rows of `in_need` that were relieved within ten hours."""
    return ~relief_late(facts)


def relief_never_persons(facts: Facts) -> float:
    """Residents at risk whom no relief ever reached."""
    return float(facts.in_need["persons"][facts.in_need["never"]].sum())


def cut_off_persons(facts: Facts) -> float:
    """Residents who had nothing left since no road was open, where that came first."""
    rows = facts.in_need
    return float(rows["persons"][rows["way"] == "road"].sum())


def cut_off_wait_person_h(facts: Facts) -> float:
    """Person-hours that these waited for relief, for a way, or until the water had fallen."""
    rows = facts.in_need
    return added((rows["persons"] * rows["wait_h"])[rows["way"] == "road"])


def _shortage(item: str) -> Grouped:
    """Person-hours short of an item of those at risk.

    Whose home is untenable is short of everything until they are under another roof or are
    brought out; those who draw on a site are short of what it owes, as many as their share of
    those who draw on it.
    """

    def person_h(facts: Facts, group: Ints, groups: int) -> Floats:
        if item not in facts.item_names:
            return np.full(groups, np.nan)
        level = facts.tables["site_level"]
        rows = facts.item_at("site_level") == facts.item_names.index(item)
        short, persons = level["persons_short"][rows], level["persons"][rows]
        at_risk = level["persons_at_risk"][rows]
        theirs = np.divide(short * at_risk, persons, out=np.zeros(len(short)), where=persons > 0)
        # hourly rows, so a person short at a row is a person-hour
        at_sites = total(facts.site_community("site_level")[rows], theirs, group, groups)
        return at_sites + roofless_person_h(facts, group, groups)

    return person_h


@once
def roofless_h(facts: Facts) -> Floats:
    """(n,) hours that each row of at_risk, way home, was without another roof."""
    rows = facts.at_risk
    over = np.where(rows["ended_tick"] == NEVER, facts.end, rows["ended_tick"])
    until = np.where(rows["roof_tick"] == NEVER, over, np.minimum(rows["roof_tick"], over))
    hours = np.maximum(until - rows["from_tick"], 0) * facts.h_per_tick
    return np.where(rows["way"] == "home", hours, 0.0)


def roofless_person_h(facts: Facts, group: Ints, groups: int) -> Floats:
    """Person-hours from a home's becoming untenable until there is another roof."""
    rows = facts.at_risk
    return total(rows["home"], rows["persons"] * roofless_h(facts), group, groups)


def no_roof_persons(facts: Facts) -> float:
    """Residents whose home is untenable, without another roof ten hours later; no number where
    nobody's is.
    """
    if not (facts.at_risk["way"] == "home").any():
        return float("nan")
    return float(facts.at_risk["persons"][roofless_h(facts) > RELIEF_H].sum())


def _of_item(item: str) -> tuple[Measure, Measure]:
    name = f"shortage.{short_name(item)}_person_h"
    return with_worst_town(name, "person_h", "lower", _shortage(item))


RELIEF = (
    Measure("relief.persons_in_need", "person", "none", persons_in_need),
    Measure("relief.never_persons", "person", "lower", relief_never_persons),
    Measure("relief.no_roof_10h_persons", "person", "lower", no_roof_persons, AT_RISK),
    *with_worst_town("relief.no_roof_person_h", "person_h", "lower", roofless_person_h),
    Measure("relief.cut_off_persons", "person", "none", cut_off_persons),
    Measure("relief.cut_off_wait_person_h", "person_h", "lower", cut_off_wait_person_h),
    Measure(
        "relief.cut_off_within_10h_share",
        "share",
        "higher",
        of_district(mean_over(CUT_OFF_10H, in_time)),
        CUT_OFF_10H,
    ),
    *with_worst_town(
        "relief.first_relief_h_mean", "h", "lower", mean_over(AT_RISK, wait_h), AT_RISK
    ),
    *with_worst_town(
        "relief.within_10h_share", "share", "higher", mean_over(JUDGED_10H, in_time), JUDGED_10H
    ),
)
SHORTAGE = tuple(measure for item in ITEMS for measure in _of_item(item))
MEASURES = RELIEF + SHORTAGE
