"""Measures of harm: deaths, injuries, people trapped."""

from __future__ import annotations

from functools import partial

from anlan.analysis.measures.facts import Facts, Floats, Ints, index_of
from anlan.analysis.measures.measure import Measure, total, with_worst_town

HURT = ("injury", "wounded")  # kinds of incident with people who are hurt
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


def died_later(facts: Facts, kinds: tuple[str, ...]) -> float:
    """Persons who died in incidents of some kinds, not at once."""
    table = facts.tables["incident"]
    return float(table["died"][index_of(table["kind"], kinds) >= 0].sum())


MEASURES = (
    Measure("harm.drowned_persons", "person", "lower", partial(died_later, kinds=("flood",))),
    # Whoever is brought out hurt and dies would have died in the ruin: neither better nor worse.
    Measure("harm.died_of_wounds_persons", "person", "none", partial(died_later, kinds=HURT)),
    Measure("harm.trapped_persons", "person", "lower", trapped_persons),
    *with_worst_town("harm.deaths", "person", "lower", partial(casualties, outcome="died")),
    *with_worst_town("harm.injured", "person", "lower", partial(casualties, outcome="injured")),
)
