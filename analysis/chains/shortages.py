"""Person-hours short of an item, each with what kept the goods away in that hour."""

from __future__ import annotations

import numpy as np

from anlan.analysis.chains.cases import Cases, cases, together
from anlan.analysis.chains.links import LINKS
from anlan.analysis.chains.relief import MIN_PER_H, roofless
from anlan.analysis.chains.supply import book, load_min, reasons
from anlan.analysis.measures.facts import Facts, Floats

SHORT = "short"  # the cause of those who draw on a site that has too little


def short(facts: Facts, item: str) -> Cases:
    """Person-hours short of an item: at sites that owe it, and of those without a roof.

    Each hour is a case of its own, that no delay is allowed: what held in that hour binds it.
    """
    return together(_at_sites(facts, item), _without_roof(facts))


def _at_sites(facts: Facts, item: str) -> Cases:
    level = facts.tables["site_level"]
    rows = (level["item"] == item) & (level["persons_short"] > 0) & (level["persons_at_risk"] > 0)
    persons = level["persons"][rows]
    theirs = level["persons_short"][rows] * level["persons_at_risk"][rows] / np.maximum(persons, 1)
    home = facts.site_community("site_level")[rows]
    tick_min = float(facts.scenario.settings.tick_min)
    minute = (level["tick"][rows] + 1.0) * tick_min
    link = _link_at(facts, item, level["site"][rows].astype(object).tolist(), home.tolist(), minute)
    took = {
        name: np.where(link == name, MIN_PER_H, 0.0)
        for name in np.unique(link.astype(str)).tolist()
    }
    cause = np.full(len(home), SHORT, dtype=object)
    return cases(home, cause, theirs, minute - MIN_PER_H, 0.0, took, level["site"][rows])


def _link_at(
    facts: Facts, item: str, sites: list[str], homes: list[int], minute: Floats
) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
    """(n,) what kept an item from each site in the hour that ends then."""
    told, loading = book(facts, (item,)), load_min(facts)
    why = reasons(facts, (item,))
    ticks, _ = facts.hours("hazard_level")
    hours = np.searchsorted(ticks, minute / facts.scenario.settings.tick_min - 1.0)
    hours = np.minimum(hours, max(len(ticks) - 1, 0))
    found = []
    for site, home, hour, now in zip(sites, homes, hours.tolist(), minute.tolist(), strict=True):
        heard = any(t <= now for t in told.heard.get(site, ()))
        way = [
            went for went, came in told.brought.get(site, ())
            if not np.isnan(went) and went - loading <= now and not came <= now
        ]  # fmt: skip
        if way:
            found.append("drive" if min(way) <= now else "load")
        elif not heard:
            found.append("asked")
        else:
            held = (link for link, flags in why.items() if len(ticks) and _at(flags, hour, home))
            found.append(next(held, "review"))
    return np.array(found, dtype=object)


def _at(flags: np.ndarray[tuple[int, int], np.dtype[np.bool_]], hour: int, home: int) -> bool:
    return bool(flags[hour, home])


def _without_roof(facts: Facts) -> Cases:
    """Hours without a roof, by the link at which people stood in them."""
    whole = roofless(facts)
    ends = np.minimum(whole.since + whole.took.sum(axis=1), facts.end_min)
    row, link = np.nonzero(whole.took)
    begun = np.cumsum(np.column_stack([np.zeros(len(whole)), whole.took[:, :-1]]), axis=1)
    begins = whole.since[row] + begun[row, link]
    spent = np.minimum(begins + whole.took[row, link], ends[row]) - begins
    part = whole.only(row)
    took = {name: np.where(link == LINKS.index(name), spent, 0.0) for name in LINKS}
    hours = part.weight * np.maximum(spent, 0.0) / MIN_PER_H
    return cases(part.home, part.cause, hours, begins, 0.0, took)
