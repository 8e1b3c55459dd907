"""How a site waits for goods: asked for, no way, no stock, no lorry, loading, on the road."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from anlan.analysis.chains.hours import cut_off, shared
from anlan.analysis.measures.facts import Bools, Column, Facts, Floats, Ints, once
from anlan.sim.ledger import NEVER

FED = ("water_ml", "meal")  # what ends a person's wait for relief
DELIVERY, RETURN, ARRIVED = "delivery", "return", "arrived"


@dataclass(frozen=True)
class Book:
    """What each site asked for and was brought, in minutes, in order of time.

    `heard`: site -> when command heard each request. `brought`: site -> (departed, arrived) of
    each delivery by lorry, NaN for what did not happen.
    """

    heard: dict[str, list[float]]
    brought: dict[str, list[tuple[float, float]]]


@once
def book(facts: Facts, items: tuple[str, ...] = FED) -> Book:
    """The requests and deliveries of some items."""
    tick_min = float(facts.scenario.settings.tick_min)
    heard: dict[str, list[float]] = defaultdict(list)
    table = facts.tables["request"]
    for site, tick in zip(table["site"].tolist(), table["heard_tick"].tolist(), strict=True):
        if tick != NEVER:
            heard[site].append(tick * tick_min)
    brought: dict[str, list[tuple[float, float]]] = defaultdict(list)
    table = facts.tables["delivery"]
    rows = np.flatnonzero(np.isin(table["item"].astype(str), items) & (table["request"] != ""))
    for n in rows.tolist():
        went, came = int(table["departed_tick"][n]), int(table["arrived_tick"][n])
        pair = (went * tick_min if went != NEVER else np.nan,
                came * tick_min if came != NEVER else np.nan)  # fmt: skip
        brought[str(table["site"][n])].append(pair)
    return Book(
        {site: sorted(times) for site, times in heard.items()},
        {site: sorted(set(pairs), key=_by_arrival) for site, pairs in brought.items()},
    )


def _by_arrival(pair: tuple[float, float]) -> tuple[float, float]:
    return (np.inf if np.isnan(pair[1]) else pair[1], np.inf if np.isnan(pair[0]) else pair[0])


def to_goods(
    facts: Facts,
    sites: Column,
    home: Ints,
    begins: Floats,
    given: Floats,
    until: Floats,
    items: tuple[str, ...] = FED,
) -> dict[str, Floats]:
    """Minutes of the links from a moment until people at a site are given something.

    given: (n,) minutes, NaN for never; then the wait is looked at up to `until`.
    """
    loading = load_min(facts)
    told = book(facts, items)
    stamps = [
        _stamps(told, site, begin, got, over, loading)
        for site, begin, got, over in zip(
            sites.tolist(), begins.tolist(), given.tolist(), until.tolist(), strict=True
        )
    ]
    asked, wait, load, drive = np.array(stamps, dtype=float).reshape(-1, 4).T
    ready = begins + np.where(np.isfinite(asked), asked, 0.0)
    # A wait without end is weighed by what held until it no longer mattered.
    ended = np.where(np.isinf(wait), np.maximum(until - ready, 0.0), wait)
    found = shared(facts, home, ready, ended, reasons(facts, items), "review")
    if np.isinf(wait).any():
        names = list(found)
        longest = np.argmax(np.column_stack([found[name] for name in names]), axis=1)
        for k, name in enumerate(names):
            found[name] = np.where(np.isinf(wait) & (longest == k), np.inf, found[name])
    return found | {"asked": asked, "load": load, "drive": drive}


def load_min(facts: Facts) -> float:
    """How long a lorry is loaded."""
    parameter = facts.scenario.parameters.get("store.load_min")
    return parameter.value if parameter is not None else 0.0


def _stamps(
    told: Book, site: str, begin: float, given: float, until: float, load_took: float
) -> tuple[float, float, float, float]:
    """(asked, waited, loaded, driven) minutes of one who waits at a site.

    The request counts from which on command knew; the delivery that ended the wait is the last
    that came by then.
    """
    end = until if np.isnan(given) else given
    heard = [t for t in told.heard.get(site, ()) if t <= end]
    if not heard:
        return (np.inf, 0.0, 0.0, 0.0) if np.isnan(given) else (end - begin, 0.0, 0.0, 0.0)
    asked = min(max(heard[0], begin), end)
    pairs = told.brought.get(site, ())
    if np.isnan(given):
        under_way = any(np.isnan(came) and not np.isnan(went) for went, came in pairs)
        under_way &= not any(begin <= came <= until for _, came in pairs)
        wait, drive = (0.0, np.inf) if under_way else (np.inf, 0.0)
        return asked - begin, wait, 0.0, drive
    came_in_time = [pair for pair in pairs if asked <= pair[1] <= given]
    if not came_in_time:
        return asked - begin, given - asked, 0.0, 0.0
    went, came = came_in_time[-1]
    loading = min(max(went - load_took, asked), came)
    went = min(max(went, loading), came)
    return asked - begin, loading - asked + given - came, went - loading, came - went


@once
def reasons(facts: Facts, items: tuple[str, ...] = FED) -> dict[str, Bools]:
    """What keeps goods from a place in each hour: link -> (H, C) or (H, 1).

    No way for a lorry; nothing of the items in any store that has lorries; something there, but
    all lorries of such stores out. Else command has not looked at the site again.
    """
    held, free = _on_shelf(facts, items), _idle(facts)
    return {
        "road": cut_off(facts),
        "stock": ~held.any(axis=1)[:, None] & np.ones((1, len(facts.communities)), dtype=bool),
        "lorries": ~(held & free).any(axis=1)[:, None]
        & np.ones((1, len(facts.communities)), dtype=bool),
    }


def _stores(facts: Facts) -> tuple[str, ...]:
    return tuple(s.store for s in facts.scenario.stores if s.trucks > 0)


def _on_shelf(facts: Facts, items: Sequence[str]) -> Bools:
    """(H, S) whether a store with lorries holds any of the items that can be loaded."""
    from anlan.analysis.measures.facts import index_of

    ticks, _ = facts.hours("hazard_level")
    stores, table = _stores(facts), facts.tables["store_level"]
    found = np.zeros((len(ticks), len(stores)), dtype=bool)
    store = index_of(table["store"], stores)
    hour = np.searchsorted(ticks, table["tick"])
    some = (store >= 0) & (table["available"] > 0) & np.isin(table["item"].astype(str), items)
    some &= hour < len(ticks)
    found[hour[some], store[some]] = True
    return found


def _idle(facts: Facts) -> Bools:
    """(H, S) whether a store has a lorry that is neither loading nor out."""
    ticks, _ = facts.hours("hazard_level")
    stores = {name: n for n, name in enumerate(_stores(facts))}
    trucks = [s.trucks for s in facts.scenario.stores if s.trucks > 0]
    at = (ticks + 1.0) * facts.scenario.settings.tick_min
    out = np.zeros((len(ticks), len(stores)), dtype=np.int64)
    for agent, begins, ends in _rounds(facts):
        store = stores.get(agent.rpartition("/")[0])
        if store is not None:
            out[(at >= begins) & (at < ends), store] += 1
    return np.asarray(out < np.array(trucks, dtype=np.int64)[None, :])


def _rounds(facts: Facts) -> list[tuple[str, float, float]]:
    """(lorry, when it began to load, when it was back) of each round; back: infinite for never."""
    table, loading = facts.tables["trip"], load_min(facts)
    rows = np.flatnonzero(table["kind"] == "truck")
    rows = rows[np.argsort(table["departed_min"][rows], kind="stable")]
    begun: dict[str, float] = {}
    found = []
    for n in rows.tolist():
        agent = str(table["agent"][n])
        begun.setdefault(agent, float(table["departed_min"][n]) - loading)
        if table["purpose"][n] == RETURN and table["outcome"][n] == ARRIVED:
            found.append((agent, begun.pop(agent), float(table["arrived_min"][n])))
    return found + [(agent, begin, np.inf) for agent, begin in begun.items()]
