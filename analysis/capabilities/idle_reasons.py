"""Reasons that look closest: the thing did its work, and what it changed was then of no use.

Predicates on one run, as in `reasons`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import numpy as np

from anlan.analysis.capabilities.closer_reasons import (
    came_in_time,
    kinds_of_stores,
    kinds_of_teams,
    short_at_risk,
)
from anlan.analysis.measures.facts import ARREST, Bools, Facts
from anlan.sim.ledger import NEVER

TOO_LATE, TO_NO_USE = "store_after_shortage", "team_to_no_use"
OF_THINGS = (TOO_LATE, TO_NO_USE)
# Orders of command, and what is seen as it happens, are not found by looking.
SEEN = ("fire", "forest_fire", "wounded", "pumping", "bagging", ARREST)
SLOW_MIN = 180.0  # as late as the slowest call-up that is played (`parameters.csv`)
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


def nobody_at_risk_ordered(facts: Facts) -> bool:
    """Nobody whose home became untenable was told to leave it."""
    rows = facts.tables["evacuation"]
    return not (rows["home_at_risk"] & (rows["ordered_tick"] != NEVER)).any()


def no_kit_in_need(facts: Facts) -> bool:
    """None of those whose supply or road failed had an emergency kit."""
    rows = facts.tables["at_risk"]
    on_a_kit = (rows["way"] != "home") & (rows["lacks_tick"] > rows["from_tick"])
    return not on_a_kit.any()


def aid_to_no_use(facts: Facts) -> bool:
    """Teams from outside came only where others had come before, and finished nothing there."""
    asked = [t.team for t in facts.scenario.teams if t.asked_at is not None]
    return _to_no_use(facts, np.isin(facts.tables["deployment"]["team"], asked))


def called_in_to_no_use(facts: Facts) -> bool:
    """Whoever was called in, and ready for less than `SLOW_MIN` when sent, did as little."""
    rows, muster = facts.tables["deployment"], facts.tables["muster"]
    ready: dict[str, list[tuple[float, float]]] = {}
    for crew, *times in zip(*(muster[c].tolist() for c in _MUSTER), strict=True):
        ready.setdefault(crew, []).append((times[0], times[1]))
    lately = [
        _ready_for_min(ready.get(crew, ()), sent_min) < SLOW_MIN
        for crew, sent_min in zip(rows["crew"].tolist(), rows["sent_min"].tolist(), strict=True)
    ]
    return _to_no_use(facts, np.array(lately, dtype=bool))


_MUSTER = ("crew", "called_min", "ready_min")


def _ready_for_min(musters: Iterable[tuple[float, float]], sent_min: float) -> float:
    """How long a crew had been ready since it was last called in; infinite where it never was."""
    before = [times for times in musters if times[0] <= sent_min]
    return sent_min - max(before)[1] if before else np.inf


def _to_no_use(facts: Facts, chosen: Bools) -> bool:
    """Whether none of the chosen deployments was the first at its incident or finished it."""
    rows = facts.tables["deployment"]
    first: dict[str, float] = {}
    for incident, came_min in zip(rows["incident"][~chosen].tolist(),
                                  rows["arrived_min"][~chosen].tolist(), strict=True):  # fmt: skip
        first[incident] = float(np.fmin(came_min, first.get(incident, np.inf)))
    others_min = np.array([first.get(i, np.inf) for i in rows["incident"][chosen].tolist()])
    led = rows["arrived_min"][chosen] < others_min  # false for those that never came
    return not (led | (rows["outcome"][chosen] == "done")).any()


IDLE: dict[str, Callable[[Facts], bool]] = {
    "all_found_at_once": all_found_at_once,
    "nobody_sent_who_waited": nobody_sent_who_waited,
    "nobody_at_risk_ordered": nobody_at_risk_ordered,
    "no_kit_in_need": no_kit_in_need,
    "aid_to_no_use": aid_to_no_use,
    "called_in_to_no_use": called_in_to_no_use,
}


def idle_of_things(facts: Facts) -> Iterator[tuple[str, bool]]:
    """Of each level and mode of stores, whether what they sent came only where nobody at risk was
    to be short of it any more; of each kind and capability of teams, whether they came to no use.
    """
    team = facts.tables["deployment"]["team"]
    for kind, these in kinds_of_teams(facts):
        yield f"{TO_NO_USE}.{kind}", _to_no_use(facts, np.isin(team, list(these)))
    short, came = short_at_risk(facts), facts.tables["delivery"]
    eased = set(came["store"][came_in_time(facts, short, ("site", "item"))].tolist())
    for kind, these in kinds_of_stores(facts):
        yield f"{TOO_LATE}.{kind}", not these & eased
