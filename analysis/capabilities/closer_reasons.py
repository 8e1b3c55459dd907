"""Reasons that look closer: the thing was used, but not where it could have moved a measure.

Predicates on one run, as in `reasons`, each over more than one table or column of the ledger.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from anlan.analysis.measures.facts import Bools, Facts
from anlan.sim.ledger import NEVER

_LEAST_MIN = 1e-6  # what rounding may leave of a time that was none
_FULL = 0.9  # of what a lorry takes: less than that, and some of everything had still found room
ONLY_FOR_BAGS, NOT_SHORT = "team_only_for_bags", "item_not_short"
NOT_TO_RISK, SHELTER_ENOUGH = "store_not_to_those_at_risk", "shelter_enough"
OF_THINGS = (ONLY_FOR_BAGS, NOT_SHORT, NOT_TO_RISK, SHELTER_ENOUGH)


def no_home_to_keep_dry(facts: Facts) -> bool:
    """Without pumps and bags, too, the water would have come into no home."""
    return not (facts.tables["flooded"]["homes_unaided"] > 0).any()


def no_aed_first(facts: Facts) -> bool:
    """Nobody whose heart could be shocked got the shock otherwise than from the medical crew."""
    rows = facts.tables["arrest"]
    judged = rows["seen"] & rows["shockable"] & ~np.isnan(rows["shock_min"])
    from_crew_min = rows["care_min"] + facts.scenario.p("arrest.attach_min")
    return not (judged & ~(rows["shock_min"] >= from_crew_min - _LEAST_MIN)).any()


def nobody_lacked_at_home(facts: Facts) -> bool:
    """Nobody was at risk by a supply that failed or a road that was closed: no reserve counted."""
    return (
        bool((facts.tables["at_risk"]["way"] == "home").all())
        and not (facts.tables["relief"]["kind"] != "shelter").any()
    )


def drive_saves_nobody(facts: Facts) -> bool:
    """Whoever was treated and needed a hospital came out of a ruin or a fire, and lived.

    Times to hospital are judged of those whom the disaster itself hurts (`measures/harm.py`).
    """
    rows, incident = facts.tables["wound"], facts.tables["incident"]
    direct = incident["incident"][incident["kind"] == "injury"]
    to_drive = (rows["severity"] != "minimal") & ~np.isnan(rows["care_min"])
    counted = np.isin(rows["incident"], direct) | (rows["died_tick"] != NEVER)
    return not (to_drive & counted).any()


def no_lorry_to_those_at_risk(facts: Facts) -> bool:
    """No lorry unloaded where somebody at risk was still to draw on what it brought."""
    rows = facts.tables["delivery"]
    return not _in_time_for_risk(facts, rows["trip"] != "").any()


def no_stock_to_those_at_risk(facts: Facts) -> bool:
    """Nothing was unloaded in time where somebody at risk drew, and no such place had any."""
    came = _in_time_for_risk(facts, np.ones(len(facts.tables["delivery"]["site"]), dtype=bool))
    return not came.any() and not _stock_where_risk_draws(facts)


def no_bags_where_water_came(facts: Facts) -> bool:
    """Bags were called for in no community into whose homes water would have come."""
    rows, incident = facts.tables["flooded"], facts.tables["incident"]
    wet = rows["community"][rows["homes_unaided"] > 0]
    return not np.isin(incident["community"][incident["kind"] == "bagging"], wet).any()


def no_lorry_full(facts: Facts) -> bool:
    """No lorry that unloaded anything had been loaded nearly to what it takes."""
    rows, room = facts.tables["delivery"], {s.store: s for s in facts.scenario.stores}
    items = {i.item: i for i in facts.items}
    load: dict[str, list[float]] = {}
    for trip, store, item, n in zip(*(rows[c].tolist() for c in _LOAD), strict=True):
        if not trip:
            continue
        kg, m3 = items[item].kg_per_unit * n, items[item].m3_per_unit * n
        sums = load.setdefault(trip, [0.0, 0.0])
        sums[0] += kg / room[store].truck_kg
        sums[1] += m3 / room[store].truck_m3
    return not any(share >= _FULL for sums in load.values() for share in sums)


_LOAD = ("trip", "store", "item", "quantity")
CLOSER: dict[str, Callable[[Facts], bool]] = {
    "no_home_to_keep_dry": no_home_to_keep_dry,
    "no_aed_first": no_aed_first,
    "nobody_lacked_at_home": nobody_lacked_at_home,
    "drive_saves_nobody": drive_saves_nobody,
    "no_lorry_to_those_at_risk": no_lorry_to_those_at_risk,
    "no_stock_to_those_at_risk": no_stock_to_those_at_risk,
    "no_bags_where_water_came": no_bags_where_water_came,
    "no_lorry_full": no_lorry_full,
}


def closer_of_things(facts: Facts) -> Iterator[tuple[str, bool]]:
    """The same of each kind of team, each item, and each level and mode of stores."""
    yield from _of_teams(facts)
    yield from _of_items(facts)
    yield from _of_stores(facts)


def _of_teams(facts: Facts) -> Iterator[tuple[str, bool]]:
    """Of each kind of teams, whether none was sent but to lay bags."""
    rows, incident = facts.tables["deployment"], facts.tables["incident"]
    bags = incident["incident"][incident["kind"] == "bagging"]
    elsewhere = set(rows["team"][~np.isin(rows["incident"], bags)].tolist())
    teams = facts.scenario.teams
    for kind in {t.kind for t in teams}:
        away = any(t.team in elsewhere for t in teams if t.kind == kind)
        yield f"{ONLY_FOR_BAGS}.kind.{kind}", not away


def _of_items(facts: Facts) -> Iterator[tuple[str, bool]]:
    """Of each item, whether nobody at risk was where somebody was short of it."""
    items = facts.tables["site_level"]["item"][short_at_risk(facts)]
    for item in facts.item_names:
        yield f"{NOT_SHORT}.{item}", not (items == item).any()


def _of_stores(facts: Facts) -> Iterator[tuple[str, bool]]:
    """Of each level and mode, whether nothing of these stores came in time to a place where
    somebody at risk drew; and whether nobody at risk was short of what shelters of a level hold.
    """
    rows, scenario = facts.tables["delivery"], facts.scenario
    in_time = _in_time_for_risk(facts, np.ones(len(rows["site"]), dtype=bool))
    helped = set(rows["store"][in_time].tolist())
    for kind, these in kinds_of_stores(facts):
        yield f"{NOT_TO_RISK}.{kind}", not these & helped
    level = {s.shelter: s.level for s in scenario.shelters}
    levels = {s.level for s in scenario.stores} | set(level.values())
    site, short = facts.tables["site_level"], short_at_risk(facts)
    lacks = set(zip(site["site"][short].tolist(), site["item"][short].tolist(), strict=True))
    for value in levels:
        held = {(s.holder, s.item) for s in scenario.stock if level.get(s.holder) == value}
        yield f"{SHELTER_ENOUGH}.level.{value}", not held & lacks


def short_at_risk(facts: Facts) -> Bools:
    """(rows of site_level,) where somebody at risk drew and somebody was short."""
    rows = facts.tables["site_level"]
    short: Bools = (rows["persons_at_risk"] > 0) & (rows["persons_short"] > 0)
    return short


def _stock_where_risk_draws(facts: Facts) -> bool:
    """Whether somebody at risk drew at a place that holds stock of its own."""
    site = facts.tables["site_level"]
    holders = {s.holder for s in facts.scenario.stock if s.quantity}
    return not holders.isdisjoint(site["site"][site["persons_at_risk"] > 0].tolist())


def _in_time_for_risk(facts: Facts, chosen: Bools) -> Bools:
    """(deliveries,) those of the chosen that came before the last hour in which somebody at risk
    drew on the site.
    """
    at_risk = facts.tables["site_level"]["persons_at_risk"] > 0
    return chosen & came_in_time(facts, at_risk, ("site",))


def came_in_time(facts: Facts, hours: Bools, by: tuple[str, ...]) -> Bools:
    """(deliveries,) those that came by the last of some hours, (rows of site_level,), of the same
    site, or of whatever else both tables say.
    """
    site, rows = facts.tables["site_level"], facts.tables["delivery"]
    last: dict[tuple[str, ...], int] = {}
    for *whose, tick in zip(*(site[c][hours].tolist() for c in (*by, "tick")), strict=True):
        last[*whose] = max(last.get((*whose,), tick), tick)
    keys = zip(*(rows[c].tolist() for c in by), strict=True)
    upto = np.array([last.get(key, NEVER) for key in keys], dtype=np.int64)
    came = rows["arrived_tick"]
    found: Bools = (came != NEVER) & (came <= upto)
    return found


def kinds_of_teams(facts: Facts) -> Iterator[tuple[str, set[str]]]:
    """`kind.<kind>` and `capability.<capability>`, each with the ids of its teams."""
    teams = facts.scenario.teams
    for kind in {t.kind for t in teams}:
        yield f"kind.{kind}", {t.team for t in teams if t.kind == kind}
    for able in {c for t in teams for c in t.capabilities}:
        yield f"capability.{able}", {t.team for t in teams if able in t.capabilities}


def kinds_of_stores(facts: Facts) -> Iterator[tuple[str, set[str]]]:
    """`level.<level>` and `mode.<mode>`, each with the ids of its stores."""
    stores = facts.scenario.stores
    for column in ("level", "mode"):
        for value in {getattr(s, column) for s in stores}:
            yield f"{column}.{value}", {s.store for s in stores if getattr(s, column) == value}
