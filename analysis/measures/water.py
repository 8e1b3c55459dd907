"""Measures of water on the streets and in homes, and of what pumps and bags did against it."""

from __future__ import annotations

import numpy as np

from anlan.analysis.measures.facts import Facts, Floats, Ints
from anlan.analysis.measures.measure import Measure, added, total, with_worst_town


def stranded_persons(facts: Facts) -> float:
    """Persons whom water in their homes has stranded."""
    rows = facts.rescues
    return float(rows["persons"][rows["kind"] == "flood"].sum())


def stranded_person_h(facts: Facts) -> float:
    """Hours that these were stranded, until all of an incident were out or the run ended."""
    rows = facts.rescues
    done_min = np.where(np.isnan(rows["done_min"]), facts.end_min, rows["done_min"])
    hours = (done_min - rows["occurred_min"]) / 60.0
    return added((rows["persons"] * hours)[rows["kind"] == "flood"])


def flooded_homes(facts: Facts) -> float:
    """Homes that the water came into, so high that who was there was stranded."""
    return float(facts.tables["flooded"]["homes"].sum())


def homes_behind_bags(facts: Facts) -> float:
    """Homes before whose doors crews laid bags."""
    return float(facts.tables["flooded"]["homes_behind_bags"].sum())


def laid_bags(facts: Facts) -> float:
    """Bags that crews filled and laid."""
    return added(facts.tables["bagged"]["bags"])


def wet_person_h(facts: Facts, group: Ints, groups: int) -> Floats:
    """Hours with water on the streets of where people live, summed over all residents."""
    hours = (facts.hazard("depth_m") >= facts.scenario.p("measure.wet_depth_m")).sum(axis=0)
    return total(np.arange(len(facts.residents)), hours * facts.residents, group, groups)


def depth_m_h(facts: Facts) -> float:
    """Depth of that water times its hours, for the mean resident."""
    of_places = facts.hazard("depth_m").sum(axis=0, dtype=np.float64)
    return added(of_places * facts.residents) / max(1, int(facts.residents.sum()))


def pumped_m3(facts: Facts) -> float:
    """Water that mobile pumps took out."""
    return added(facts.tables["pumped"]["pumped_m3"])


def broken_dikes(facts: Facts) -> float:
    """Lengths of dike that broke."""
    return float((~np.isnan(facts.tables["dike"]["broken_min"])).sum())


def dikes_to_break(facts: Facts) -> float:
    """Lengths of dike that would have broken without any help: by the sea alone."""
    return float((~np.isnan(facts.tables["dike"]["unaided_min"])).sum())


def let_in_m3(facts: Facts) -> float:
    """Water that came in where dikes had broken."""
    return added(facts.tables["dike"]["let_in_m3"])


MEASURES = (
    Measure("flood.stranded_persons", "person", "lower", stranded_persons),
    Measure("flood.stranded_person_h", "person_h", "lower", stranded_person_h),
    Measure("flood.flooded_homes", "home", "lower", flooded_homes),
    Measure("flood.homes_behind_bags", "home", "none", homes_behind_bags),
    Measure("flood.laid_bags", "bag", "none", laid_bags),
    Measure("flood.dikes_to_break", "dike", "none", dikes_to_break),
    Measure("flood.broken_dikes", "dike", "lower", broken_dikes),
    Measure("flood.let_in_m3", "m3", "lower", let_in_m3),
    Measure("flood.depth_m_h", "m_h", "lower", depth_m_h),
    Measure("flood.pumped_m3", "m3", "none", pumped_m3),
    *with_worst_town("flood.wet_person_h", "person_h", "lower", wet_person_h),
)
