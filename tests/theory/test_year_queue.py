"""A year of calls and `cover` against the theory of queues: Erlang's waits, Larson's hypercube.

Calls without a fire come as a Poisson process and keep an engine for an exponential time, so
engines at one station are an M/M/c queue. Each figure is compared by the 99 % interval of batch
means, after a tenth of the calls (the queue begins empty).
"""

from __future__ import annotations

import heapq
import math
from functools import cache
from itertools import pairwise, product
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from anlan.analysis.cover import ALL, cover
from anlan.analysis.statistics.intervals import mean_interval
from anlan.sim import load, run_year
from anlan.sim.scenario.schema import Scenario
from anlan.sim.year.calls import YEAR_MIN
from tests.oracle.calm import places
from tests.oracle.district import set_parameters

SERVICE_MIN = 45.0
HANDLING_MIN = 1.5
BATCHES = 30
SURE = 0.99


def stations(
    engines: list[int], calls_per_service: list[float], km: list[float] | None = None
) -> Scenario:
    """Communities c0, c1, ... in a line, `km` apart, so many engines standing in each; calls that
    come in the mean time of a service. Nobody turns out or drives for longer than the roads take.
    """
    apart = km or []
    links = [(n, n + 1, length, 60.0) for n, length in enumerate(apart)]
    like = load("tiny-fire").teams[0]
    teams = tuple(
        like.model_copy(
            update={"team": f"s{n}", "community": f"c{n}", "members": m, "crew_size": 1}
        )
        for n, m in enumerate(engines)
        if m
    )
    scenario = places(len(calls_per_service), links, teams=teams)
    communities = tuple(
        c.model_copy(update={"residents": rate * YEAR_MIN / SERVICE_MIN, "area_km2": 0.0})
        for c, rate in zip(scenario.communities, calls_per_service, strict=True)
    )
    return set_parameters(
        scenario.model_copy(update={"communities": communities}),
        fire__rate_per_1000_year=0.0,
        fire__other_calls_per_1000_year=1000.0,  # one a resident
        fire__other_service_min=SERVICE_MIN,
        fire__turnout_day_min=0.0,
        fire__turnout_night_min=0.0,
        fire__handling_min=HANDLING_MIN,
        fire__call_seats=12.0,  # the desk is asked for 0.12 at most: nobody waits there
    )


def played(scenario: Scenario, calls: int) -> pd.DataFrame:
    """The calls of a long year, by the order in which they were ordered."""
    a_day = sum(c.residents for c in scenario.communities) / 365.0
    table = pd.DataFrame(run_year(scenario, days=calls / a_day).table("fire"))
    assert len(table) == pytest.approx(calls, rel=0.05)
    return table.sort_values("ordered_min", ignore_index=True)


def batches(table: pd.DataFrame) -> list[pd.DataFrame]:
    """Equal parts, one after another, of what comes after the first tenth."""
    edges = np.linspace(len(table) // 10, len(table), BATCHES + 1).astype(int)
    return [table.iloc[a:b] for a, b in pairwise(edges)]


def agrees(values: Any, theory: float, within: float) -> None:
    """Theory lies in the 99 % interval, whose half is at most so much of it: it can fail."""
    found = mean_interval(values, SURE)
    assert found.low <= theory <= found.high, (found, theory)
    assert found.high - found.low < 2.0 * within * theory, (found, theory)


# -- one station: M/M/c ---------------------------------------------------------------------------


def erlang_b(servers: int, erlangs: float) -> float:
    """Share lost where nobody waits, by its recursion."""
    lost = 1.0
    for n in range(1, servers + 1):
        lost = erlangs * lost / (n + erlangs * lost)
    return lost


def erlang_c(servers: int, load: float) -> float:
    """Chance of having to wait; `load` of each server."""
    lost = erlang_b(servers, servers * load)
    return lost / (1.0 - load * (1.0 - lost))


def test_the_reference_itself() -> None:
    assert erlang_b(2, 1.0) == pytest.approx(0.2)
    assert erlang_c(2, 0.75) == pytest.approx(0.64286, abs=5e-6)
    assert erlang_c(5, 0.8) == pytest.approx(0.55411, abs=5e-6)


# Calls of each load: enough for the intervals to be narrow, more where few wait, and where a
# queue remembers long.
LOADS = {0.3: 160_000, 0.5: 60_000, 0.7: 80_000, 0.9: 240_000}
LONG = [
    pytest.param(servers, load, calls, marks=pytest.mark.long)
    for servers, (load, calls) in product((1, 2, 4), LOADS.items())
]


@cache
def queue(servers: int, load: float, calls: int) -> tuple[Scenario, pd.DataFrame]:
    scenario = stations([servers], [servers * load])
    return scenario, played(scenario, calls)


@pytest.mark.parametrize(("servers", "load", "calls"), [(2, 0.5, 15_000), *LONG])
def test_waits_are_erlang_s(servers: int, load: float, calls: int) -> None:
    """Who waits, how long, and who is reached in five minutes of the call and of the order."""
    scenario, table = queue(servers, load, calls)
    narrow = 1.0 if calls in LOADS.values() else 2.0
    rows = [cover(scenario, part).loc[ALL] for part in batches(table)]  # type: ignore[arg-type]
    found = pd.DataFrame(rows)
    waits = erlang_c(servers, load)
    ends_per_min = servers * (1.0 - load) / SERVICE_MIN
    agrees(found["queue_share"], waits, within=0.1 * narrow)
    agrees(found["queue_min"], waits / ends_per_min, within=0.2 * narrow)
    agrees(found["reach_min"], HANDLING_MIN + waits / ends_per_min, within=0.2 * narrow)
    for name, left_min in (("order_share", 5.0), ("reach_share", 5.0 - HANDLING_MIN)):
        late = waits * math.exp(-ends_per_min * left_min)
        agrees(1.0 - found[name], late, within=0.1 * narrow)


@pytest.mark.parametrize(("servers", "load"), [(1, 0.7), (4, 0.7), (1, 0.99)])
def test_each_wait_is_that_of_the_recursion(servers: int, load: float) -> None:
    """Call by call: it is sent when it has been ordered and the first of the engines is free."""
    _, table = queue(servers, load, 10_000)
    free = [0.0] * servers
    wait = np.zeros(len(table))
    lasts = table["out_min"] - table["arrived_min"]
    for n, (at, takes) in enumerate(zip(table["ordered_min"], lasts, strict=True)):
        begins = max(at, heapq.heappop(free))
        heapq.heappush(free, begins + takes)
        wait[n] = begins - at
    waited = (table["dispatched_min"] - table["ordered_min"]).to_numpy()
    assert waited == pytest.approx(wait, abs=1e-5)
    assert ((waited > 0.0) == (wait > 0.0)).mean() > 0.9999  # sums are rounded differently


def test_one_engine_that_is_hardly_ever_free_reaches_hardly_anybody_in_time() -> None:
    """At load 0.99 in the long run 1 - 0.99 exp(-0.01 x 3.5 / 45) = 1.1 % in five minutes of the
    call, and whoever counts from the engine's start finds all of them.
    """
    scenario, table = queue(1, 0.99, 10_000)
    row = cover(scenario, table).loc[ALL]  # type: ignore[arg-type]
    assert (table["arrived_min"] - table["dispatched_min"] <= 5.0).all()
    late = table["arrived_min"] - table["called_min"] > 5.0
    assert row["reach_share"] == pytest.approx(1.0 - late.mean(), abs=1e-12)
    assert row["reach_share"] < 0.05
    assert row["order_share"] < 0.05


# -- several stations: the hypercube --------------------------------------------------------------


def hypercube(
    rates: NDArray[np.float64], prefer: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], float]:
    """(busy (N,), dispatches (N, J) that add up to 1, chance to wait) of Larson's model.

    `rates` (J,) calls by atom in the mean time of a service, `prefer` (J, N) units by preference;
    the nearest idle one goes, calls wait in one line. The states of idle and busy units are
    solved exactly; behind "all busy" the line is geometric (Larson and Odoni, 5.4).
    """
    atoms, units = prefer.shape
    full = 2**units - 1
    total = float(rates.sum())
    flow = np.zeros((2**units, 2**units))  # from, to
    goes = np.zeros((2**units, atoms), dtype=int)
    for state in range(full):
        for atom in range(atoms):
            unit = next(u for u in prefer[atom] if not state >> u & 1)
            goes[state, atom] = unit
            flow[state, state | 1 << unit] += rates[atom]
    for state in range(1, 2**units):
        for unit in range(units):
            if state >> unit & 1:
                flow[state, state & ~(1 << unit)] += 1.0
    balance = flow.T - np.diag(flow.sum(axis=1))
    line = 1.0 / (1.0 - total / units)  # all states with all busy, over the one without a line
    balance[0] = np.where(np.arange(2**units) == full, line, 1.0)
    chance = np.linalg.solve(balance, np.eye(2**units)[0])
    waits = float(chance[full] * line)
    chance[full] = waits
    busy = np.array(
        [chance[[s for s in range(2**units) if s >> u & 1]].sum() for u in range(units)]
    )
    sent = np.full((units, atoms), waits / units) * rates / total
    for state, atom in product(range(full), range(atoms)):
        sent[goes[state, atom], atom] += chance[state] * rates[atom] / total
    return busy, sent, waits


def test_the_hypercube_itself() -> None:
    """Larson and Odoni's example: workloads .5574 .4734 .4693, a wait with chance .23684; and
    alike units at one place are Erlang's.
    """
    rates = np.array([0.50, 0.25, 0.35, 0.40])
    busy, sent, waits = hypercube(rates, np.array([[0, 1, 2], [0, 2, 1], [1, 0, 2], [2, 0, 1]]))
    assert busy == pytest.approx([0.55736, 0.47337, 0.46926], abs=5e-6)
    assert waits == pytest.approx(0.23684, abs=5e-6)
    assert sent.sum() == pytest.approx(1.0)
    assert sent.sum(axis=0) == pytest.approx(rates / rates.sum())
    assert sent.sum(axis=1) == pytest.approx(busy / busy.sum())
    assert waits == pytest.approx(erlang_c(3, 0.5))


# Stations at the communities with an engine; the way along the line is so short that a service
# takes 45 min of which 0.01 % is on the road.
DISTRICTS = [
    pytest.param(
        [1, 0, 1], [0.4, 0.3, 0.3], [0.001, 0.0015], id="two stations, load 0.5",
        marks=pytest.mark.long,
    ),
    pytest.param(
        [1, 0, 1, 0, 1], [0.5, 0.2, 0.3, 0.3, 0.5], [0.001, 0.0015, 0.0011, 0.0016],
        id="three stations, load 0.6", marks=pytest.mark.long,
    ),
    pytest.param(
        [1, 0, 1, 0, 1], [1.2, 0.1, 0.2, 0.6, 0.3], [0.001, 0.0015, 0.0011, 0.0016],
        id="three stations, load 0.8", marks=pytest.mark.long,
    ),
]  # fmt: skip


@pytest.mark.parametrize(("engines", "rates", "km"), DISTRICTS)
def test_dispatch_is_larson_s(engines: list[int], rates: list[float], km: list[float]) -> None:
    """How busy each station is, which goes where and how far it has to go."""
    scenario = stations(engines, rates, km)
    at = np.flatnonzero(engines)
    along = np.concatenate([[0.0], np.cumsum(km)])
    drive_min = np.abs(along[at][:, None] - along[None, :])  # at a km a minute
    busy, sent, waits = hypercube(np.array(rates), np.argsort(drive_min, axis=0).T)
    parts = batches(played(scenario, 120_000))
    found = [measured(part, [f"s{n}" for n in at], len(rates)) for part in parts]
    for unit in range(len(at)):
        agrees([f["busy"][unit] for f in found], busy[unit], within=0.05)
        for atom in range(len(rates)):
            agrees([f["sent"][unit, atom] for f in found], sent[unit, atom], within=0.15)
    covered = pd.DataFrame([cover(scenario, part).loc[ALL] for part in parts])  # type: ignore[arg-type]
    agrees(covered["queue_share"], waits, within=0.1)
    agrees(covered["travel_min"], float((sent * drive_min).sum()), within=0.05)


def measured(part: pd.DataFrame, units: list[str], atoms: int) -> dict[str, NDArray[np.float64]]:
    """Share of its time that each unit is out, and of the calls that each unit takes where."""
    span_min = part["ordered_min"].iloc[-1] - part["ordered_min"].iloc[0]
    span_min *= len(part) / (len(part) - 1)
    takes_min = (part["out_min"] - part["arrived_min"]).groupby(part["first_crew"]).sum()
    counts = pd.crosstab(part["first_crew"], part["community"])
    names = [f"c{n}" for n in range(atoms)]
    return {
        "busy": takes_min.reindex(units).to_numpy() / span_min,
        "sent": counts.reindex(index=units, columns=names).to_numpy() / len(part),
    }
