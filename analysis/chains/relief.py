"""The chains of relief: people out of their homes, then the goods to where they are."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from anlan.analysis.chains.cases import Cases, cases, minutes
from anlan.analysis.chains.moving import movers, to_roof
from anlan.analysis.chains.rescues import to_crew
from anlan.analysis.chains.supply import to_goods
from anlan.analysis.measures.facts import RELIEF_H, Bools, Column, Facts, Floats, Ints, once
from anlan.analysis.measures.relief import relief_late, roofless_h
from anlan.sim.ledger import NEVER

MIN_PER_H = 60.0
LIMIT_MIN = RELIEF_H * MIN_PER_H


def relief(facts: Facts, cut_off_alone: bool = False) -> Cases:
    """Persons at risk without relief within ten hours, from when they had nothing left."""
    first = np.flatnonzero(~facts.at_risk["again"].astype(bool))
    late = relief_late(facts)
    if cut_off_alone:
        late = late & (facts.in_need["way"] == "road")
    row, order, persons = _pieces(facts, first[late])
    rows, tick_min = facts.at_risk, facts.scenario.settings.tick_min
    since = minutes(rows["lacks_tick"][row], tick_min)
    given = minutes(rows["relief_tick"][row], tick_min)
    ended = minutes(rows["ended_tick"][row], tick_min)
    home_way = rows["way"][row] == "home"
    until = np.where(np.isnan(ended) | home_way, facts.end_min, ended)
    given = np.where(given > until, np.nan, np.maximum(given, since))
    took = _first_part(facts, row, order, since, given)
    housed = since + sum(took.values(), np.zeros(len(row)))
    home = rows["home"][row]
    there = np.isfinite(housed)
    begins = np.where(there, housed, facts.end_min)
    goods = to_goods(facts, _sites(facts, row, order), home, begins,
                     np.where(there, given, begins), np.maximum(until, begins))  # fmt: skip
    for link, took_min in goods.items():
        took[link] = took.get(link, np.zeros(len(row))) + np.where(there, took_min, 0.0)
    return cases(home, rows["cause"][row], persons, since, LIMIT_MIN, took)


def roofs(facts: Facts) -> Cases:
    """Persons whose home is untenable, without another roof ten hours later."""
    late = np.flatnonzero(roofless_h(facts) > RELIEF_H)
    return _to_roofs(facts, late, LIMIT_MIN)


def roofless(facts: Facts) -> Cases:
    """Persons without another roof for any time at all."""
    return _to_roofs(facts, np.flatnonzero(roofless_h(facts) > 0.0), 0.0)


def _to_roofs(facts: Facts, which: Ints, limit_min: float) -> Cases:
    row, order, persons = _pieces(facts, which)
    rows, tick_min = facts.at_risk, facts.scenario.settings.tick_min
    since, roof = (minutes(rows[c][row], tick_min) for c in ("from_tick", "roof_tick"))
    took = _first_part(facts, row, order, since, roof)
    return cases(rows["home"][row], rows["cause"][row], persons, since, limit_min, took)


def _pieces(facts: Facts, which: Ints) -> tuple[Ints, Ints, Ints]:
    """Rows of at_risk, each with its row of evacuation and its persons; see `movers`."""
    found, persons = movers(facts), facts.at_risk["persons"]
    mine = np.isin(found.row, which)
    others = which[facts.at_risk["way"][which] != "home"]
    none = np.full(len(others), NEVER, dtype=np.int64)
    return (
        np.concatenate([found.row[mine], others]),
        np.concatenate([found.order[mine], none]),
        np.concatenate([found.persons[mine], persons[others]]),
    )


def _first_part(
    facts: Facts, row: Ints, order: Ints, since: Floats, given: Floats
) -> dict[str, Floats]:
    """Minutes of the links until people whose home is untenable are out of it.

    Those who were caught in it are brought out, the others leave. Relief ends this part too: whom
    a crew brings out is cared for. Nothing where people stay at home.
    """
    rows, tick_min = facts.at_risk, facts.scenario.settings.tick_min
    home_way = rows["way"][row] == "home"
    roof = minutes(rows["roof_tick"][row], tick_min)
    out = np.where(np.isnan(roof), given, np.fmin(roof, given))
    caught = _incident(facts)[row]
    caught = np.where((order == NEVER) & home_way, caught, NEVER)
    moved = to_roof(facts, rows["home"][row], order, since, out)
    brought = _brought_out(facts, caught, since, out)
    by_crew = caught != NEVER
    return {
        link: np.where(home_way, np.where(by_crew, brought.get(link, 0.0), moved.get(link, 0.0)), 0)
        for link in {**moved, **brought}
    }


def _brought_out(facts: Facts, incident: Ints, since: Floats, out: Floats) -> Mapping[str, Floats]:
    """Minutes of the links until people in an incident are out of it."""
    table = facts.tables["incident"]
    some = incident != NEVER
    rows = {name: column[incident[some]] for name, column in table.items()}
    home = facts.community_at("incident")[incident[some]]
    found = to_crew(facts, rows, home)
    begun = since[some] + sum(found.values(), np.zeros(int(some.sum())))
    there = np.isfinite(begun)
    done = np.where(np.isnan(out[some]), np.inf, out[some])
    work = np.where(there, np.maximum(done - np.where(there, begun, 0.0), 0.0), 0.0)
    # Somebody else may have brought them out before the first crew: then the chain ends there.
    found = _cut(found, done - since[some]) | {"work": work}
    return {link: _spread(took, some) for link, took in found.items()}


def _cut(took: dict[str, Floats], most: Floats) -> dict[str, Floats]:
    """A chain that ends, at the latest, after so many minutes."""
    left = np.asarray(most, dtype=float)
    found = {}
    for link, minutes_ in took.items():
        found[link] = np.minimum(minutes_, np.maximum(left, 0.0))
        with np.errstate(invalid="ignore"):
            left = np.where(np.isinf(left), left, left - found[link])
    return found


def _spread(values: Floats, where: Bools) -> Floats:
    found = np.zeros(len(where))
    found[where] = values
    return found


@once
def _incident(facts: Facts) -> Ints:
    """(rows of at_risk,) the incident in which its people are caught; -1 for none."""
    table = facts.tables["incident"]
    opened: dict[tuple[int, int, str], int] = {}
    for n, (home, tick, kind) in enumerate(
        zip(
            facts.community_at("incident").tolist(),
            table["occurred_tick"].tolist(),
            table["kind"].tolist(),
            strict=True,
        )
    ):
        opened.setdefault((home, tick, kind), n)
    rows = facts.at_risk
    keys = zip(
        rows["home"].tolist(), rows["from_tick"].tolist(), rows["cause"].tolist(), strict=True
    )
    found = [
        opened.get((home, tick, kind), opened.get((home, tick + 1, kind), NEVER))
        for home, tick, kind in keys
    ]
    return np.array(found, dtype=np.int64)


def _sites(facts: Facts, row: Ints, order: Ints) -> Column:
    """(n,) where people are given something: their shelter, else their own community."""
    sites = facts.at_risk["community"][row].astype(object)
    table = facts.tables["evacuation"]["destination"]
    if not len(table):
        return sites
    went = np.where(order == NEVER, "", table[order])
    sheltered = np.isin(went.astype(str), np.array(facts.shelters, dtype=str))
    return np.where(sheltered, went, sites)
