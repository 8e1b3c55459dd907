"""Stock and where it lies: a start for the search, and what moving today's stock would gain.

Both are models of sums on sampled runs. Their assumptions: what a site needs in a run is what it
came to need in the runs of the scenario as it is; a store can send to any site that its roads
lead to; time counts as minutes on the road, without loading, lorries and closed roads. So their
answer is a start or a gain on paper, and no proof: "least" is never said because of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from anlan.analysis.measures.facts import Floats
from anlan.sim.scenario.schema import Scenario

if TYPE_CHECKING:
    import pandas as pd

UNREACHED_MIN = 1e5  # what a unit counts that no store can send
LEAST_MOVED = 1e-6


@dataclass(frozen=True)
class Moving:
    """What best placing today's stock of an item would gain: mean minutes on the road for a unit.

    `moves`: (from, to, quantity). `short`: share of the need that all stores together do not hold.
    """

    item: str
    now_min: float
    best_min: float
    runs: int
    needed: float
    short: float
    moves: tuple[tuple[str, str, float], ...]


def minutes_by_road(scenario: Scenario, stores: Sequence[str], sites: Sequence[str]) -> Floats:
    """(stores, sites) minutes over open roads; `UNREACHED_MIN` where none lead there."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import dijkstra

    number = {c.community: n for n, c in enumerate(scenario.communities)}
    ends = [(number[r.from_community], number[r.to_community]) for r in scenario.roads]
    length = [60.0 * r.length_km / r.speed_kmh for r in scenario.roads]
    count = len(number)
    best: dict[tuple[int, int], float] = {}
    for (a, b), minutes in zip(ends, length, strict=True):
        for way in ((a, b), (b, a)):
            best[way] = min(best.get(way, np.inf), minutes)
    rows, columns = zip(*best, strict=True) if best else ((), ())
    graph = coo_array((list(best.values()), (rows, columns)), shape=(count, count)).tocsr()
    home = {s.store: s.community for s in scenario.stores}
    home |= {s.shelter: s.community for s in scenario.shelters} | {c: c for c in number}
    found = dijkstra(graph, indices=[number[home[s]] for s in stores])
    there = found[:, [number[home[s]] for s in sites]]
    minutes_: Floats = np.where(np.isfinite(there), there, UNREACHED_MIN)
    return minutes_


def moving(scenario: Scenario, needs: pd.DataFrame, runs: int) -> list[Moving]:
    """For each item what it would gain if today's stock lay where it is best.

    A transportation model over the sampled runs: one placement for all of them, and in each run
    the cheapest ways from stores to sites. After Acimovic and Goentzel 2016, Journal of Operations
    Management 45: 11-22, who set the same two sums side by side.
    """
    held: dict[str, dict[str, float]] = {}
    stores = {s.store for s in scenario.stores}
    for row in scenario.stock:
        if row.holder in stores and row.quantity:
            held.setdefault(row.item, {})[row.holder] = float(row.quantity)
    found = []
    for item, mine in sorted(held.items()):
        wanted = needs[needs["item"] == item]
        if len(wanted) and runs:
            found.append(_item(scenario, item, mine, wanted, runs))
    return found


def _item(
    scenario: Scenario, item: str, held: Mapping[str, float], wanted: pd.DataFrame, runs: int
) -> Moving:
    stores = sorted(s.store for s in scenario.stores)
    sites = sorted(set(wanted["site"]))
    minutes = minutes_by_road(scenario, stores, sites)
    table = wanted.pivot_table(index="run", columns="site", values="quantity", aggfunc="sum")
    need = table.reindex(columns=sites).fillna(0.0).to_numpy(dtype=float)
    stock = np.array([held.get(s, 0.0) for s in stores])
    now = _solved(minutes, need, stock, None)[0]
    best, placed = _best_placed(minutes, need, float(stock.sum()))
    served = float(sum(min(row.sum(), stock.sum()) for row in need))
    return Moving(
        item,
        now / served if served else 0.0,
        best / served if served else 0.0,
        runs,
        float(need.sum()) / runs,
        1.0 - served / float(need.sum()),
        tuple(_moves(stores, stock, placed, minutes, scenario)),
    )


def _best_placed(minutes: Floats, need: Floats, total: float) -> tuple[float, Floats]:
    """Unit-minutes of all runs with one placement for all, the best; and that placement."""
    return _solved(minutes, need, None, total)


def _solved(
    minutes: Floats, need: Floats, stock: Floats | None, total: float | None
) -> tuple[float, Floats]:
    """Flows of each run from stores to sites; the stores hold `stock`, or share out `total`.

    What a run needs beyond all stock is served by nobody, and the same in either case.
    """
    from scipy.optimize import linprog
    from scipy.sparse import lil_array, vstack

    runs, (stores, sites) = len(need), minutes.shape
    each = stores * sites
    whole = float(stock.sum()) if stock is not None else float(total or 0.0)
    places = stores if stock is None else 0
    width = runs * each + places
    capped = lil_array((runs * stores, width))
    limit = np.zeros(runs * stores)
    met = lil_array((runs * sites, width))
    served = lil_array((runs + bool(places), width))
    goal = np.zeros(len(range(served.shape[0])))
    for r in range(runs):
        for s in range(stores):
            row, first = r * stores + s, r * each + s * sites
            capped[row, first : first + sites] = 1.0
            if places:
                capped[row, runs * each + s] = -1.0
            elif stock is not None:
                limit[row] = stock[s]
        for t in range(sites):
            met[r * sites + t, [r * each + s * sites + t for s in range(stores)]] = 1.0
        served[r, r * each : (r + 1) * each] = 1.0
        goal[r] = min(need[r].sum(), whole)
    if places:
        served[runs, runs * each :] = 1.0
        goal[runs] = whole
    cost = np.concatenate([np.tile(minutes.reshape(-1), runs), np.zeros(places)])
    solve: Any = linprog  # its stubs know no sparse matrices
    found = solve(
        cost,
        A_ub=vstack([capped, met]).tocsr(),
        b_ub=np.concatenate([limit, need.reshape(-1)]),
        A_eq=served.tocsr(),
        b_eq=goal,
        method="highs",
    )
    if not found.success:
        raise RuntimeError(f"the transportation model has no answer: {found.message}")
    return float(found.fun), found.x[runs * each :]


def _moves(
    stores: Sequence[str], now: Floats, best: Floats, minutes: Floats, scenario: Scenario
) -> Any:
    """Which stores give to which, the nearest first, to come from one placement to the other."""
    between = minutes_by_road(scenario, stores, [_home(scenario, s) for s in stores])
    gives, takes = np.maximum(now - best, 0.0), np.maximum(best - now, 0.0)
    pairs = sorted(
        (float(between[a, b]), a, b)
        for a in np.flatnonzero(gives).tolist()
        for b in np.flatnonzero(takes).tolist()
    )
    for _, a, b in pairs:
        quantity = min(gives[a], takes[b])
        if quantity > LEAST_MOVED:
            gives[a] -= quantity
            takes[b] -= quantity
            yield stores[a], stores[b], float(quantity)


def _home(scenario: Scenario, store: str) -> str:
    return next(s.community for s in scenario.stores if s.store == store)


def covering(
    levels: Sequence[Sequence[float]], costs: Sequence[float], holds: Floats, asks: Floats,
    free: Floats, share: float,
) -> tuple[int, ...] | None:  # fmt: skip
    """The cheapest levels with which in a share of sampled runs enough of each item is there.

    `levels[k]` the amounts of knob k, `costs` what one more costs, `holds` (knobs, items) of which
    item a knob is, `asks` (runs, items) what a run needs, `free` (items,) what others hold. A mixed
    integer model: a level a knob, and the runs that are given up. None where no level suffices.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp

    offsets = np.concatenate([[0], np.cumsum([len(one) for one in levels])]).astype(int)
    runs, items = asks.shape
    width = int(offsets[-1]) + runs
    price = np.zeros(width)
    rows, low = [], []
    for k, amounts in enumerate(levels):
        price[offsets[k] : offsets[k + 1]] = costs[k] * np.array(amounts)
        one = np.zeros(width)
        one[offsets[k] : offsets[k + 1]] = 1.0
        rows += [one, -one]
        low += [1.0, -1.0]
    for r in range(runs):
        for i in range(items):
            row = np.zeros(width)
            for k, amounts in enumerate(levels):
                row[offsets[k] : offsets[k + 1]] = holds[k, i] * np.array(amounts)
            row[offsets[-1] + r] = asks[r, i]  # given up: nothing is asked
            rows.append(row)
            low.append(asks[r, i] - free[i])
    given_up = np.zeros(width)
    given_up[offsets[-1] :] = -1.0
    rows.append(given_up)
    low.append(-np.floor(runs * (1.0 - share) + 1e-9))
    found = milp(
        price,
        constraints=LinearConstraint(np.array(rows), lb=np.array(low)),
        integrality=np.ones(width),
        bounds=Bounds(0.0, 1.0),
    )
    if not found.success:
        return None
    return tuple(int(np.argmax(found.x[offsets[k] : offsets[k + 1]])) for k in range(len(levels)))
