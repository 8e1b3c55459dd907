"""What routing over a network as large as a real one costs: plain scipy, this program, its extra.

    python benchmarks/routes.py [--states 30] [--repeats 3] [--seed 1]

The network of `network.py` goes through states of closure. In each one, 300 communities ask for the
nearest of 150 shelters, 20 stores for the way to all communities, 60 bases to 100 incidents, and 60
ways are driven. Each method is a process of its own; CPU time and peak memory are the system's
(wait4). "Once" is what is worked out before the first weights. All must give the same numbers. The
fixed load of `unit.py` is timed before and after each. Needs Linux or macOS.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from anlan.sim.place.graph import CLOSED_MS, Ints  # noqa: E402
from anlan.sim.place.routes import Router  # noqa: E402
from benchmarks.child import told_by, unit  # noqa: E402
from benchmarks.network import Town, closures, make_town  # noqa: E402

METHODS = {
    "none": "imports and the network, no question",
    "plain": "scipy, a tree from every origin",
    "default": "this program: chains, few searches",
    "extra": "the extra: contraction hierarchy",
}
Answers = list[Ints]


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--states", type=int, default=30)
    parser.add_argument("--repeats", type=int, default=3, help="of which the medians are shown")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--child", choices=tuple(METHODS), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        child(given.child, given.states, given.seed)
    else:
        compare(given.states, given.repeats, given.seed)


def compare(states: int, repeats: int, seed: int) -> None:
    """Measure the methods in turn, several times over, and print medians."""
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in METHODS}
    for _ in range(repeats):
        for name, told in found.items():
            unit_s = unit()
            one = told_by(__file__, "--child", name, "--states", str(states), "--seed", str(seed))
            told.append(one | {"units": 2 * one["asked_s"] / (unit_s + unit())})
    print(f"{'':40}{'once s':>8}{'asked s':>9}{'units':>8}{'process s':>11}{'peak MB':>9}")
    for name, told in found.items():
        if "missing" in told[0]:
            print(f"{METHODS[name]:40}{told[0]['missing']}")
            continue
        once, asked, units, cpu, peak = (
            statistics.median(t[k] for t in told)
            for k in ("once_s", "asked_s", "units", "cpu_s", "peak_mb")
        )
        print(f"{METHODS[name]:40}{once:>8.2f}{asked:>9.2f}{units:>8.2f}{cpu:>11.2f}{peak:>9.0f}")
    digests = {t["answers"] for told in found.values() for t in told if t.get("answers")}
    print("the same answers:", "yes" if len(digests) == 1 else "NO")


def child(name: str, states: int, seed: int) -> None:
    """What a process of its own measures and prints."""
    town = make_town(seed)
    weights = closures(town, states, seed)
    begin = time.process_time()
    try:
        ask = asker(name, town)
    except ImportError:
        print(json.dumps({"missing": "not installed: pip install -e '.[routes]'", "asked_s": 0.0}))
        return
    once = time.process_time()
    digest = hashlib.sha256()
    for link_ms in weights if name != "none" else ():
        for answer in ask(link_ms):
            digest.update(np.ascontiguousarray(answer, dtype=np.int64).tobytes())
    told = {"once_s": once - begin, "asked_s": time.process_time() - once}
    print(json.dumps(told | ({"answers": digest.hexdigest()} if name != "none" else {})))


def asker(name: str, town: Town) -> Callable[[Ints], Answers]:
    """What answers all questions at some weights."""
    if name in ("none", "plain"):
        return lambda link_ms: plain(town, link_ms)
    router: Router
    if name == "default":
        from anlan.sim.place.dijkstra import DijkstraRouter

        router = DijkstraRouter(town.graph)
    else:
        from anlan.sim.place.hierarchy import HierarchyRouter

        router = HierarchyRouter(town.graph)
    return lambda link_ms: routed(town, router, link_ms)


def routed(town: Town, router: Router, link_ms: Ints) -> Answers:
    """Ask a router what a run asks, at each of some states."""
    router.set_weights(link_ms)
    ms, which = router.nearest(town.shelters)
    some = slice(0, len(town.communities))  # the first stops
    drives = zip(town.bases.tolist(), town.incidents.tolist(), strict=False)
    return [
        ms[some],
        which[some],
        router.table(town.stores, town.communities),
        router.table(town.bases, town.incidents),
        np.array([driven(router, base, incident) for base, incident in drives]),
    ]


def driven(router: Router, base: int, incident: int) -> int:
    """A number that tells ways apart."""
    way = router.route(base, incident)
    return -1 if way is None else sum(n * link for n, link in enumerate(way.links, start=1))


def plain(town: Town, link_ms: Ints) -> Answers:
    """Dijkstra's tree from every origin over all nodes, as the roads were asked before."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import dijkstra

    graph = town.graph
    open_ms = np.where(link_ms < CLOSED_MS, link_ms, np.inf)
    matrix = csr_array((open_ms, (graph.tail, graph.head)), shape=(graph.nodes, graph.nodes))

    def tree(origin: int) -> Any:
        return dijkstra(matrix, indices=origin, return_predecessors=True)

    def whole(ms: Any) -> Ints:
        return np.where(np.isfinite(ms), ms, CLOSED_MS).astype(np.int64)

    shelters = town.shelters[np.argsort(graph.node_rank[town.shelters])]
    near = np.stack([whole(tree(c)[0][shelters]) for c in town.communities.tolist()])
    stores = [whole(tree(s)[0][town.communities]) for s in town.stores.tolist()]
    trees = [tree(b) for b in town.bases.tolist()]
    link_at = {(a, b): n for n, (a, b) in enumerate(zip(graph.tail, graph.head, strict=True))}
    ways = []
    for base, incident, (_, before) in zip(town.bases, town.incidents, trees, strict=False):
        nodes = [int(incident)]
        while nodes[-1] != base and before[nodes[-1]] >= 0:
            nodes.append(int(before[nodes[-1]]))
        pairs = list(zip(nodes[1:], nodes, strict=False))[::-1]
        found = sum(n * link_at[pair] for n, pair in enumerate(pairs, start=1))
        ways.append(found if nodes[-1] == base else -1)
    best = near.min(axis=1)
    which = np.where(best < CLOSED_MS, shelters[near.argmin(axis=1)], -1)
    bases = np.stack([whole(ms[town.incidents]) for ms, _ in trees])
    return [best, which, np.stack(stores), bases, np.array(ways)]


if __name__ == "__main__":
    main()
