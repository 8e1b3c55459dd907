"""Measures of water on the streets and of what mobile pumps took of it."""

from __future__ import annotations

import numpy as np

from anlan.analysis.measures.facts import Facts, Floats, Ints
from anlan.analysis.measures.measure import Measure, added, total, with_worst_town


def stranded_persons(facts: Facts) -> float:
    """Persons whom water in their homes has stranded."""
    rows = facts.rescues
    return float(rows["persons"][rows["kind"] == "flood"].sum())


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


MEASURES = (
    Measure("flood.stranded_persons", "person", "lower", stranded_persons),
    Measure("flood.depth_m_h", "m_h", "lower", depth_m_h),
    Measure("flood.pumped_m3", "m3", "none", pumped_m3),
    *with_worst_town("flood.wet_person_h", "person_h", "lower", wet_person_h),
)
