"""What one row for k people costs in truth and saves in time: every measure against k = 1.

    python benchmarks/scale.py haimen-typhoon --runs 60 --scale 10 100 --workers 2
    python benchmarks/scale.py --cost haimen-typhoon nantong-typhoon

Runs are paired: run n has the same storm, outages and trees for every k, and the population is
drawn anew in each run, so that the interval of the differences holds that chance as well.
`severe` is the fierce little district of the oracle's tests, where all that is rare is common.
"""

from __future__ import annotations

import argparse
import json
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache, partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.child import told_by  # noqa: E402

SEVERE = "severe"


@dataclass(frozen=True)
class Bias:
    """One measure: means over the runs that both judged, and the paired difference."""

    measure: str
    runs: int
    one: float
    many: float
    low: float
    high: float

    @property
    def clear(self) -> bool:
        """The interval leaves no difference out."""
        return not self.low <= 0.0 <= self.high

    @property
    def difference(self) -> float:
        """The paired difference of the means."""
        return self.many - self.one


@cache
def district(name: str) -> Any:
    """The scenario, read once a process."""
    from anlan import sim
    from tests.oracle.district import cut

    return cut(6_000, 8, wind_factor=1.3) if name == SEVERE else sim.load(name)


def measures_of(name: str, seed: int, scale: int, run: int) -> dict[str, float]:
    """All measures of one run of a scenario whose rows stand for `scale` people."""
    from anlan import sim
    from anlan.analysis.measures.registry import measure_run

    base = district(name)
    scenario = base.replace(
        parameters={"residents.scale": scale},
        settings={"population_seed": base.settings.population_seed + run},
    )
    return measure_run(scenario, sim.run(scenario, seed, run).tables())


def play(name: str, runs: int, seed: int, scale: int, workers: int) -> dict[str, Any]:
    """measure -> (runs,) values."""
    one = partial(measures_of, name, seed, scale)
    if workers == 1:
        rows = [one(n) for n in range(runs)]
    else:
        with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
            rows = list(pool.map(one, range(runs)))
    return {m: np.array([row[m] for row in rows]) for m in rows[0]}


def biases(one: dict[str, Any], many: dict[str, Any]) -> list[Bias]:
    """Every measure of k against k = 1, with the 95 % t interval of the paired difference."""
    from anlan.analysis.statistics.intervals import mean_interval

    found = []
    for measure, first in one.items():
        both = ~(np.isnan(first) | np.isnan(many[measure]))
        if not both.any():
            continue
        a, b = first[both], many[measure][both]
        difference = mean_interval(b - a)
        found.append(Bias(measure, len(a), a.mean(), b.mean(), difference.low, difference.high))
    return found


def table(found: list[Bias], scale: int) -> None:
    """Print the measures side by side."""
    print(f"\n| measure | runs | k = 1 | k = {scale} | difference (95 %) | |")
    print("|---|---:|---:|---:|---:|---|")
    for b in found:
        if b.one == b.many and b.low == b.high == 0.0:
            continue
        mark = "**biased**" if b.clear else ""
        print(f"| {b.measure} | {b.runs} | {b.one:,.4g} | {b.many:,.4g} | "
              f"{b.difference:+,.3g} ({b.low:+,.3g} to {b.high:+,.3g}) | {mark} |")  # fmt: skip
    same = [b.measure for b in found if b.one == b.many and b.low == b.high == 0.0]
    print(f"\nThe same in every run: {', '.join(same)}.")


def cost(names: list[str], scales: list[int]) -> None:
    """CPU time and peak memory of one run in a process of its own (the system's own count)."""
    print("| scenario | k | rows of residents | CPU s | peak MB |\n|---|---:|---:|---:|---:|")
    for name in names:
        for scale in scales:
            told = told_by(__file__, name, "--child", str(scale))
            print(f"| {name} | {scale} | {told['rows']:,} | {told['cpu_s']:.1f} | "
                  f"{told['peak_mb']:,.0f} |", flush=True)  # fmt: skip


def child(name: str, scale: int) -> None:
    """One run; how many rows of residents it has."""
    from anlan import sim
    from anlan.sim.engine import prepare

    scenario = sim.load(name, {"parameters.residents.scale": str(scale)})
    rows = prepare(scenario).world.people.residents
    sim.run(scenario, 1, 0)
    print(json.dumps({"rows": rows}))


def main() -> None:
    """The command line."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("scenario", nargs="+", help=f"a scenario that ships, or {SEVERE}")
    asked.add_argument("--runs", type=int, default=40)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--scale", type=int, nargs="+", default=[10, 100])
    asked.add_argument("--workers", type=int, default=1)
    asked.add_argument("--cost", action="store_true", help="CPU and memory instead of bias")
    asked.add_argument("--child", type=int, help=argparse.SUPPRESS)
    given = asked.parse_args()
    if given.child is not None:
        child(given.scenario[0], given.child)
        return
    if given.cost:
        cost(given.scenario, [1, *given.scale])
        return
    for name in given.scenario:
        print(f"\n## {name}, {given.runs} paired runs from seed {given.seed}")
        one = play(name, given.runs, given.seed, 1, given.workers)
        for scale in given.scale:
            many = play(name, given.runs, given.seed, scale, given.workers)
            table(biases(one, many), scale)


if __name__ == "__main__":
    main()
