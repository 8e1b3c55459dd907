"""What a run of Haimen would cost on a road network of 50,000 nodes: its own questions, replayed.

    python benchmarks/routes_in_run.py [--scenario haimen-typhoon] [--runs 3] [--seed 1]

Every question that a run asks of its routers, and every change of a road, is written down in order.
Then the same is asked of the network of `network.py`: each community stands at one of its nodes,
and each of its links shares the fate (closed, slowed) of the scenario's nearest link. The run's own
CPU, less what its own network took, plus what the large one took, is what the run would have cost.
Scenarios have no other nodes than communities yet, so nothing else of the run can differ.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from scipy.spatial import cKDTree

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from anlan import sim  # noqa: E402
from anlan.sim.place import roads as roads_module  # noqa: E402
from anlan.sim.place.graph import CLOSED_MS, Ints, RoadGraph, travel_ms  # noqa: E402
from anlan.sim.place.routers import make_router  # noqa: E402
from anlan.sim.place.routes import Router  # noqa: E402
from benchmarks.child import unit  # noqa: E402
from benchmarks.network import Town, make_town  # noqa: E402

ASKED = (
    "ms_from", "ms_to", "ms_within", "ms_between", "table", "nearest", "in_order", "route"
)  # fmt: skip
Call = tuple[int, str, tuple[Any, ...]]  # which router, what, arguments


class Noting:
    """A router that writes down what it is asked."""

    def __init__(self, router: Router, number: int, calls: list[Call]) -> None:
        self._router, self._number, self._calls = router, number, calls

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._router, name)
        if name not in (*ASKED, "set_weights", "change"):
            return found

        def noted(*arguments: Any) -> Any:
            copies = tuple(np.array(a) if isinstance(a, np.ndarray) else a for a in arguments)
            self._calls.append((self._number, name, copies))
            return found(*arguments)

        return noted


def note(play: Callable[[], object]) -> tuple[list[Call], RoadGraph]:
    """All calls of a run, and the graph that its routers share."""
    calls: list[Call] = []
    graphs: list[RoadGraph] = []

    def making(graph: RoadGraph) -> Any:
        graphs.append(graph)
        return Noting(make_router(graph), len(graphs) - 1, calls)

    before = roads_module.make_router
    roads_module.make_router = making
    try:
        play()
    finally:
        roads_module.make_router = before
    return calls, graphs[0]


class Laid:
    """A small network's questions laid over a large one."""

    def __init__(self, small: RoadGraph, town: Town, open_ms: Ints) -> None:
        large = town.graph
        place_of = [np.stack([g.node_lon, g.node_lat], axis=1) for g in (small, large)]
        scaled = [(p - p.min(axis=0)) / np.ptp(p, axis=0) for p in place_of]
        middle = [(p[g.tail] + p[g.head]) / 2 for p, g in zip(scaled, (small, large), strict=True)]
        nearest = cKDTree(middle[0]).query(middle[1])[1]
        self.shares = [np.flatnonzero(nearest == link) for link in range(len(small.tail))]
        self.at = np.array(town.communities)[np.arange(small.nodes) % len(town.communities)]
        self.open_ms = travel_ms(large.length_km, town.speed_kmh)
        self.small_open_ms = open_ms

    def weights(self, links: Ints, link_ms: Ints) -> tuple[Ints, Ints]:
        """The links that share the fate of some links, and their new milliseconds."""
        theirs = [self.shares[n] for n in links.tolist()]
        times = np.repeat(link_ms / self.small_open_ms[links], [len(t) for t in theirs])
        which = np.concatenate([*theirs, np.empty(0, dtype=np.int64)])
        closed = np.repeat(link_ms >= CLOSED_MS, [len(t) for t in theirs])
        slowed = np.maximum(1, np.rint(self.open_ms[which] * times)).astype(np.int64)
        return which, np.where(closed, CLOSED_MS, np.minimum(slowed, CLOSED_MS))

    def call(self, name: str, arguments: tuple[Any, ...]) -> tuple[str, tuple[Any, ...]]:
        """The same question of the large network."""
        if name in ("set_weights", "change"):
            links = np.arange(len(self.shares)) if name == "set_weights" else arguments[0]
            which, ms = self.weights(np.atleast_1d(links), np.atleast_1d(arguments[-1]))
            return "change", (which, ms)
        if name == "ms_within":
            return name, (int(self.at[arguments[0]]), arguments[1])
        return name, tuple(
            int(self.at[a]) if np.ndim(a) == 0 else self.at[np.asarray(a)] for a in arguments
        )


def replay(calls: list[Call], routers: dict[int, Router]) -> float:
    """CPU seconds of all answers."""
    begin = time.process_time()
    for number, name, arguments in calls:
        answer = getattr(routers[number], name)(*arguments)
        if name == "in_order":
            next(iter(answer), None)  # who takes only the nearest pays only for it
    return time.process_time() - begin


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--scenario", default="haimen-typhoon")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    engine = sim.prepare(sim.load(given.scenario))
    engine.run(given.seed, 0)  # warm
    town = make_town(given.seed)
    make_router(town.graph)  # what is worked out once
    print(f"{'run':>4}{'calls':>8}{'run s':>8}{'own ways s':>12}{'large ways s':>14}"
          f"{'would cost s':>14}{'times':>7}{'units':>7}")  # fmt: skip
    for run in range(1, given.runs + 1):
        begin = time.process_time()
        engine.run(given.seed, run)
        spent = time.process_time() - begin
        calls, small = note(lambda run=run: engine.run(given.seed, run))
        numbers = sorted({number for number, *_ in calls})
        weights = (a[0] for _, name, a in calls if name == "set_weights")
        laid = Laid(small, town, np.minimum.reduce([np.asarray(w) for w in weights]))
        own = replay(calls, {n: make_router(small) for n in numbers})
        over = [(n, *laid.call(name, a)) for n, name, a in calls]
        large = replay(over, {n: make_router(town.graph) for n in numbers})
        would = spent - own + large
        print(f"{run:>4}{len(calls):>8}{spent:>8.2f}{own:>12.2f}{large:>14.2f}{would:>14.2f}"
              f"{would / spent:>7.1f}{would / unit():>7.1f}")  # fmt: skip


if __name__ == "__main__":
    main()
