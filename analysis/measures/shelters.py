"""Measures of shelters: how full they became."""

from __future__ import annotations

import numpy as np

from anlan.analysis.measures.facts import Bools, Facts, Floats, Ints, index_of, once
from anlan.analysis.measures.measure import Measure, ratio, total, with_worst_town


@once
def occupants(facts: Facts) -> Floats:
    """(H, S) occupants by hour and shelter."""
    table = facts.tables["shelter_level"]
    ticks, place = facts.hours("shelter_level")
    out = np.zeros((len(ticks), len(facts.shelters)))
    out[place, index_of(table["shelter"], facts.shelters)] = table["occupants"]
    return out


@once
def full(facts: Facts) -> Bools:
    """The rows of shelter_level in which a shelter is full or fully booked."""
    level = facts.tables["shelter_level"]
    taken = level["occupants"] + level["reserved"]
    found: Bools = level["open"] & (level["capacity"] > 0) & (taken >= level["capacity"])
    return found


def peak_use_share(facts: Facts, group: Ints, groups: int) -> Floats:
    """Most occupants at any hour over all places."""
    if not facts.shelters:
        return np.full(groups, np.nan)
    places = total(facts.shelter_home, facts.shelter_capacity, group, groups)
    inside = occupants(facts)
    if not len(inside):
        return ratio(np.zeros(groups), places)
    member = group[facts.shelter_home][:, None] == np.arange(groups)[None, :]
    return ratio((inside @ member).max(axis=0), places)


def full_shelters(facts: Facts) -> float:
    """Shelters that were full or fully booked at some hour."""
    return float(len(set(facts.tables["shelter_level"]["shelter"][full(facts)])))


MEASURES = (
    Measure("shelter.full_shelters", "shelter", "none", full_shelters),
    *with_worst_town("shelter.peak_use_share", "share", "none", peak_use_share),
)
