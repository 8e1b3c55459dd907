"""What broke in a run, where and when: the first failure of each kind."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from anlan.analysis.digests.fire_breaks import fire_failures
from anlan.analysis.digests.series import Arrays
from anlan.analysis.measures.facts import Facts, index_of
from anlan.analysis.measures.fires import MIN_PER_H
from anlan.analysis.measures.rescue import RESCUE_MIN
from anlan.analysis.measures.shelters import full

Break = tuple[str, str, str, float]  # kind, place, item, hours since the start


def breaks(facts: Facts) -> Arrays:
    """The table `breaks`: the first failure of each kind (of each item for stock and shortages)."""
    rows = [row for row in _first_breaks(facts) if row is not None]
    columns = list(zip(*rows, strict=True)) or [(), (), (), ()]
    return {
        "kind": np.array(columns[0], dtype=object),
        "place": np.array(columns[1], dtype=object),
        "item": np.array(columns[2], dtype=object),
        "hour": np.array(columns[3], dtype=float),
    }


def _first_breaks(facts: Facts) -> Iterator[Break | None]:
    tables = facts.tables
    sites = tables["site_level"]
    for item in facts.items:
        yield _store_out(facts, item.item)
        rows = (sites["item"] == item.item) & (sites["persons_short"] > 0)
        ends = sites["tick"] + 1  # such rows tell how it stood at the end of the tick
        yield _first(facts, "short", sites["site"], ends, rows, item.item)
    level = tables["shelter_level"]
    yield _first(facts, "shelter_full", level["shelter"], level["tick"] + 1, full(facts))
    closure = tables["road_closure"]
    every = np.ones(len(closure["road"]), dtype=bool)
    yield _first(facts, "road_closed", closure["road"], closure["closed_tick"], every)
    hazard = tables["hazard_level"]
    for column in ("cut_off", "power_out", "phone_out"):
        yield _first(facts, column, hazard["community"], hazard["tick"] + 1, hazard[column])
    rescue = facts.rescues
    late = ~rescue["reached"] | (rescue["wait_min"] > RESCUE_MIN)
    limit_min = np.minimum(rescue["occurred_min"] + RESCUE_MIN, facts.end_min)
    limit = limit_min / facts.scenario.settings.tick_min
    yield _first(facts, "late_rescue", rescue["community"], limit, late)
    casualty = tables["casualty"]
    died = casualty["outcome"] == "died"
    yield _first(facts, "death", casualty["community"], casualty["tick"], died)
    for kind, places, minute in fire_failures(facts):
        if len(minute):
            at = int(np.argmin(minute))
            yield kind, str(places[at]), "", float(minute[at]) / MIN_PER_H


def _first(
    facts: Facts,
    kind: str,
    place: NDArray[Any],
    tick: NDArray[Any],
    rows: NDArray[np.bool_],
    item: str = "",
) -> Break | None:
    if not rows.any():
        return None
    at = np.flatnonzero(rows)[np.argmin(tick[rows])]
    return kind, str(place[at]), item, float(tick[at] * facts.h_per_tick)


def _store_out(facts: Facts, item: str) -> Break | None:
    """The first store of physical stock to have sent out all of the item that was usable.

    What the other modes really hold is drawn run by run and not in the ledger.
    """
    table = facts.tables["delivery"]
    held = {s.holder: s.quantity for s in facts.scenario.stock if s.item == item and s.quantity > 0}
    usable = facts.scenario.p("store.usable_share")
    physical = (s.store for s in facts.scenario.stores if s.mode == "physical")
    stores = tuple(s for s in physical if s in held)
    sent = (table["item"] == item) & (table["departed_tick"] >= 0)
    store, tick = index_of(table["store"][sent], stores), table["departed_tick"][sent]
    quantity = table["quantity"][sent]
    best: Break | None = None
    for s, name in enumerate(stores):
        order = np.argsort(tick[store == s], kind="stable")
        total = quantity[store == s][order].cumsum()
        all_of_it = math.floor(held[name] * usable + 1e-9)  # pieces; a share of one is none
        if len(total) and total[-1] >= all_of_it:
            when = tick[store == s][order][np.searchsorted(total, all_of_it)]
            hour = float(when * facts.h_per_tick)
            if best is None or hour < best[3]:
                best = ("store_out", name, item, hour)
    return best
