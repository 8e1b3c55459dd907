"""Reasons that look closest: the thing did its work, and what it changed was then of no use.

Predicates on one run, as in `reasons`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from anlan.analysis.capabilities.closer_reasons import (
    came_in_time,
    kinds_of_stores,
    short_at_risk,
)
from anlan.analysis.measures.facts import ARREST, Facts
from anlan.sim.ledger import NEVER

TOO_LATE = "store_after_shortage"
OF_THINGS = (TOO_LATE,)
# Orders of command, and what is seen as it happens, are not found by looking.
SEEN = ("fire", "forest_fire", "wounded", "pumping", "bagging", ARREST)
_LEAST_MIN = 1e-6  # what rounding may leave of a wait that was none


def all_found_at_once(facts: Facts) -> bool:
    """Whoever was in trouble told of it themselves, within the tick in which it began."""
    rows = facts.tables["incident"]
    looked_for = ~np.isin(rows["kind"], SEEN)
    tick_min = facts.scenario.settings.tick_min
    at_once = rows["found_min"] <= (rows["occurred_tick"] + 1) * tick_min  # false for never
    return bool((at_once | ~looked_for).all())


def nobody_sent_who_waited(facts: Facts) -> bool:
    """Nobody was ever sent to what waited at the duty desk to be read."""
    rows = facts.tables["incident"]
    waits = rows["read_min"] - rows["reported_min"] - facts.scenario.p("response.desk_min")
    waited = (rows["kind"] != "fire") & (waits > _LEAST_MIN)  # false for never
    return not (waited & (rows["dispatched_tick"] != NEVER)).any()


def no_kit_in_need(facts: Facts) -> bool:
    """None of those whose supply or road failed had an emergency kit."""
    rows = facts.tables["at_risk"]
    on_a_kit = (rows["way"] != "home") & (rows["lacks_tick"] > rows["from_tick"])
    return not on_a_kit.any()


IDLE: dict[str, Callable[[Facts], bool]] = {
    "all_found_at_once": all_found_at_once,
    "nobody_sent_who_waited": nobody_sent_who_waited,
    "no_kit_in_need": no_kit_in_need,
}


def idle_of_things(facts: Facts) -> Iterator[tuple[str, bool]]:
    """Of each level and mode of stores, whether what they sent came only where nobody at risk was
    to be short of it any more.
    """
    short, came = short_at_risk(facts), facts.tables["delivery"]
    eased = set(came["store"][came_in_time(facts, short, ("site", "item"))].tolist())
    for kind, these in kinds_of_stores(facts):
        yield f"{TOO_LATE}.{kind}", not these & eased
