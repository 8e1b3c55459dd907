"""Measures of harm: deaths, injuries, people trapped."""

from __future__ import annotations

from functools import partial

from anlan.analysis.measures.facts import Facts, Floats, Ints, index_of
from anlan.analysis.measures.measure import Measure, total, with_worst_town

TRAPS = ("collapse", "flood")  # kinds of incident that trap people


def casualties(facts: Facts, group: Ints, groups: int, outcome: str) -> Floats:
    """Persons who came to harm in one way: died or injured."""
    table = facts.tables["casualty"]
    hit = table["outcome"] == outcome
    return total(facts.community_at("casualty"), table["persons"] * hit, group, groups)


def trapped_persons(facts: Facts) -> float:
    """Persons in incidents that trap people."""
    rows = facts.rescues
    return float(rows["persons"][index_of(rows["kind"], TRAPS) >= 0].sum())


MEASURES = (
    Measure("harm.trapped_persons", "person", "lower", trapped_persons),
    *with_worst_town("harm.deaths", "person", "lower", partial(casualties, outcome="died")),
    *with_worst_town("harm.injured", "person", "lower", partial(casualties, outcome="injured")),
)
