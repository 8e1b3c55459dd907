"""What came too late for a target of the plan, and what it waited for.

`late` counts the late cases by what binds them (`analysis/chains/binding.py`), place and cause;
`late_worst` keeps the chain of the worst few.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from anlan.analysis.chains.cases import Cases
from anlan.analysis.chains.links import LINKS
from anlan.analysis.chains.targets import has_chain, late_cases
from anlan.analysis.digests.series import Arrays
from anlan.analysis.digests.tables import TABLES
from anlan.analysis.measures.facts import Bools, Facts, Floats, once

AND = "+"  # between the links that bind a case together
WORST = 5  # cases of a target, of one run; no two of them in one place


@once
def _cases(facts: Facts) -> tuple[tuple[str, Cases, Bools, Floats], ...]:
    """(target, its late cases, which links bind each, minutes late until all was over)."""
    found = []
    for target in filter(has_chain, facts.scenario.plan.targets):
        cases = late_cases(facts, target)
        most = np.maximum(np.minimum(facts.end_min, cases.ends) - cases.since, 0.0)
        over = np.minimum(cases.took.sum(axis=1), most) - cases.limit
        found.append((target.id, cases, cases.binds, np.maximum(over, 0.0)))
    return tuple(found)


def late(facts: Facts) -> Arrays:
    """The table `late`: a row a target, binding links, place and cause."""
    sums: dict[tuple[str, str, bool, str, str], list[float]] = defaultdict(lambda: [0.0, 0.0])
    for target, cases, binds, over in _cases(facts):
        links = joined(binds)
        never = (np.isinf(cases.took) & binds).any(axis=1)
        keys = zip(
            links, never.tolist(), places_of_cases(facts, cases), cases.cause.tolist(), strict=True
        )
        for key, weight, minutes in zip(keys, cases.weight, over, strict=True):
            held = sums[target, *key]
            held[0] += float(weight)
            held[1] += float(weight * minutes)
    ordered = sorted(sums.items())
    return columns_of("late", ([*key, *held] for key, held in ordered))


def late_worst(facts: Facts) -> Arrays:
    """The table `late_worst`: the cases that lost most person-minutes, a row a link of each."""
    rows = []
    for target, cases, binds, over in _cases(facts):
        places = places_of_cases(facts, cases)
        for rank, n in enumerate(_worst(cases, over, places)):
            for link, begins, ends, never in _segments(facts, cases, n):
                told = (target, rank, places[n], cases.cause[n], cases.about[n], cases.weight[n],
                        cases.since[n], cases.limit[n])  # fmt: skip
                bound = bool(binds[n, LINKS.index(link)])
                rows.append((*told, link, begins, ends, never, bound))
    return columns_of("late_worst", rows)


def joined(binds: Bools) -> list[str]:
    """The names of the links that bind each case, in their order."""
    kinds, place = np.unique(binds, axis=0, return_inverse=True)
    names = [AND.join(LINKS[k] for k in np.flatnonzero(kind)) for kind in kinds]
    return [names[k] for k in place.ravel().tolist()]


def places_of_cases(facts: Facts, cases: Cases) -> list[str]:
    """The community of each case; empty where it has none."""
    return [facts.communities[n] if n >= 0 else "" for n in cases.home.tolist()]


def _worst(cases: Cases, over: Floats, places: list[str]) -> list[int]:
    found: dict[str, int] = {}
    # The dead are not late by any minutes: of equals those come first that stand for more.
    for n in np.lexsort((-cases.weight, -over * cases.weight)).tolist():
        found.setdefault(places[n], n)
        if len(found) == WORST:
            break
    return list(found.values())


def _segments(facts: Facts, cases: Cases, n: int) -> Iterator[tuple[str, float, float, bool]]:
    """(link, from, to, whether it never ended) of each link of a case that took any time."""
    at = float(cases.since[n])
    most = max(min(facts.end_min, float(cases.ends[n])), at)
    for k in np.flatnonzero(cases.took[n] > 0.0).tolist():
        took = float(cases.took[n, k])
        ends = min(at + took, most)
        if ends > at or bool(cases.binds[n, k]):
            yield LINKS[k], at, ends, bool(np.isinf(took))
        at = ends


TYPES = {"never": bool, "binds": bool, "rank": np.int64, "cases": float,
         "persons": float}  # fmt: skip


def columns_of(table: str, rows: Iterable[Sequence[Any]]) -> Arrays:
    """The columns of a table of `TABLES` from its rows."""
    columns: list[Any] = list(zip(*rows, strict=True)) or [()] * len(TABLES[table])
    return {
        name: np.array(values, dtype=TYPES.get(name, float if unit == "min" else object))
        for (name, unit), values in zip(TABLES[table].items(), columns, strict=True)
    }
