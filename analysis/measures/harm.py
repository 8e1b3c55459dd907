"""Measures of harm: deaths, injuries, people trapped."""

from __future__ import annotations

from functools import partial

import numpy as np

from anlan.analysis.measures.facts import Bools, Facts, Floats, Ints, index_of
from anlan.analysis.measures.measure import Measure, added, total, with_worst_town

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


def _badly_hurt(facts: Facts) -> tuple[Ints, Floats, Bools]:
    """Of those whom the disaster itself hurts badly: persons, hours until they were in a hospital
    or else to the end of the run, and whether they came there.

    Whoever is brought out of a ruin alive, and hurt, is there by what crews did, and is left out.
    """
    table, incident = facts.tables["wound"], facts.tables["incident"]
    direct = set(incident["incident"][incident["kind"] == "injury"].tolist())
    here = np.array([i in direct for i in table["incident"].tolist()], dtype=bool)
    keep = here & (table["severity"] != "minimal")
    rows = {name: column[keep] for name, column in table.items()}
    came = ~np.isnan(rows["hospital_min"])
    until_min = np.where(came, rows["hospital_min"], facts.end_min)
    return rows["persons"], (until_min - rows["since_min"]) / 60.0, came


def hospital_share(facts: Facts) -> float:
    """Share of the badly hurt who came to a hospital alive."""
    persons, _, came = _badly_hurt(facts)
    return added(persons * came) / float(persons.sum()) if len(persons) else float("nan")


def hospital_wait_h_mean(facts: Facts) -> float:
    """Mean hours from the wound to a hospital, or to the end of the run."""
    persons, hours, _ = _badly_hurt(facts)
    return added(persons * hours) / float(persons.sum()) if len(persons) else float("nan")


def hospital_wait_person_h(facts: Facts) -> float:
    """Hours that all of them waited; whom no wound has hurt has waited for none."""
    persons, hours, _ = _badly_hurt(facts)
    return added(persons * hours)


def hospital_never_persons(facts: Facts) -> float:
    """Persons of them who did not come to a hospital."""
    persons, _, came = _badly_hurt(facts)
    return float(persons[~came].sum())


MEASURES = (
    # Whoever was warned or moved is not among the hurt, so their means say nothing of better.
    Measure("harm.hospital_share", "share", "none", hospital_share),
    Measure("harm.hospital_wait_h_mean", "h", "none", hospital_wait_h_mean),
    Measure("harm.hospital_wait_person_h", "person_h", "lower", hospital_wait_person_h),
    Measure("harm.hospital_never_persons", "person", "lower", hospital_never_persons),
    Measure("harm.drowned_persons", "person", "lower", partial(died_later, kinds=("flood",))),
    # Whoever is brought out hurt and dies would have died in the ruin: neither better nor worse.
    Measure("harm.died_of_wounds_persons", "person", "none", partial(died_later, kinds=HURT)),
    Measure("harm.trapped_persons", "person", "lower", trapped_persons),
    *with_worst_town("harm.deaths", "person", "lower", partial(casualties, outcome="died")),
    *with_worst_town("harm.injured", "person", "lower", partial(casualties, outcome="injured")),
)
