"""Over whom or what a measure is taken: populations that the disaster fixes, never the response.

A measure of which it is said that more or less of it is better names its population; what is not
done for somebody in it counts against it. So whoever was moved out, kept dry or treated before
harm came counts as helped, and cannot make a mean worse by being missing from it.

A few things that a planner builds beforehand change the disaster itself: drains and their pumps,
and firebreak belts. With other drains other homes are flooded. So shares of those at risk are not
compared between them (`shaped_by`); sums over all residents are.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from anlan.analysis.measures.facts import Column, Facts, Floats, Ints
from anlan.analysis.words import word

# (table, column) of the scenario; without a column its rows
DRAINS = tuple(("communities", c) for c in ("drain_mm_h", "pump_mm_h", "generator"))
BUILT = (*DRAINS, ("belts", ""))


@dataclass(frozen=True)
class Population:
    """Rows with a weight each: persons, fires, arrests.

    `rows`: facts -> weight of each row, and the number of its community (-1: none).
    `shaped_by`: what of the scenario changes the disaster, and with it the population.
    """

    name: str
    rows: Callable[[Facts], tuple[Floats | Ints, Ints]]
    shaped_by: tuple[tuple[str, str], ...] = ()

    def label(self, lang: str) -> str:
        """Who or what they are, in words."""
        return word(f"population.{self.name}", lang)

    def counts(self, facts: Facts) -> Floats:
        """(C + 1,) how many belong to each community; the last: to none."""
        weights, home = self.rows(facts)
        whole = np.round(np.asarray(weights, dtype=np.float64))
        places = len(facts.communities)
        at = np.where(home < 0, places, home)
        return np.bincount(at, weights=whole, minlength=places + 1)


def _residents(facts: Facts) -> tuple[Ints, Ints]:
    return facts.residents, np.arange(len(facts.residents))


def _in_gale(facts: Facts) -> tuple[Ints, Ints]:
    persons, home = _residents(facts)
    return persons * (facts.gale_tick < facts.end), home


def _persons(rows: dict[str, Column]) -> tuple[Ints, Ints]:
    return rows["persons"], rows["home"]


def _judged(facts: Facts) -> tuple[Ints, Ints]:
    rows = facts.in_need
    return rows["persons"] * ~rows["soon_over"], rows["home"]


def _cut_off(facts: Facts) -> tuple[Ints, Ints]:
    persons, home = _judged(facts)
    return persons * (facts.in_need["way"] == "road"), home


def _fires(kind: str) -> Callable[[Facts], tuple[Ints, Ints]]:
    def rows(facts: Facts) -> tuple[Ints, Ints]:
        table = facts.tables["fire"]
        lit_anew = (table["kind"] == kind) & (table["spread_from"] == "")
        return lit_anew.astype(np.int64), facts.community_at("fire")

    return rows


def _arrests(shockable: bool) -> Callable[[Facts], tuple[Ints, Ints]]:
    def rows(facts: Facts) -> tuple[Ints, Ints]:
        table = facts.tables["arrest"]
        of = table["seen"] & (table["shockable"] | (not shockable))
        return table["persons"] * of, facts.community_at("arrest")

    return rows


RESIDENTS = Population("residents", _residents)
IN_GALE = Population("in_gale", _in_gale)
UNSAFE_HOMES = Population("unsafe_homes", lambda facts: _persons(facts.unsafe_homes), BUILT)
IN_PERIL = Population("in_peril", lambda facts: _persons(facts.in_peril), DRAINS)
AT_RISK = Population("at_risk", lambda facts: _persons(facts.in_need), BUILT)
JUDGED_10H = Population("at_risk_10h", _judged, BUILT)
CUT_OFF_10H = Population("cut_off_10h", _cut_off, DRAINS)
BUILDING_FIRES = Population("building_fires", _fires("building"))
FOREST_FIRES = Population("forest_fires", _fires("forest"))
SEEN_ARRESTS = Population("seen_arrests", _arrests(shockable=False))
SHOCKABLE_ARRESTS = Population("shockable_arrests", _arrests(shockable=True))
