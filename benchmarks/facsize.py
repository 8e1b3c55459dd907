"""simoptlib's facility-sizing problem (FACSIZE-1): anlan's sizing, driven by the library's model.

    pip install simoptlib && python3 benchmarks/facsize.py [--runs 5000] [--seed 1]

The library's own model plays each replication: normal demand at three facilities, a shortage where
one holds less than is asked. The library then judges what was called enough, with replications of
its own. Where it is not installed one line says so.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from anlan.analysis.sizing.evidence import Evidence  # noqa: E402
from anlan.analysis.sizing.problem import Goal, Knob, Point, Problem  # noqa: E402
from anlan.analysis.sizing.procedure import sized  # noqa: E402

LEVELS = tuple(float(n) for n in range(100, 301, 10))
JUDGING, JUDGES = 20_000, 90  # replications that judge the answer, and the stream that they are of


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--runs", type=int, default=5000, help="replications at most")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    try:
        import simopt.models.facilitysizing as library
    except ImportError:
        print("simoptlib is not installed (pip install simoptlib): nothing to compare with")
        return
    solve(library, given.runs, given.seed)


class Library:
    """A storm that the library's model plays: run r of a block is a substream of its own."""

    def __init__(self, library: Any, seed: int, epsilon: float) -> None:
        self.model = library.FacilitySize()
        self.rng = library.MRG32k3a
        self.seed = seed
        self.goals = (Goal("no-shortage", 1.0 - epsilon),)

    def play(self, point: Point | None, block: int, runs: Sequence[int]) -> Any:
        """(runs, 1) 1 where nothing is short."""
        self.model.factors["capacity"] = [LEVELS[i] for i in point or (0, 0, 0)]
        found = []
        for run in runs:
            self.model.before_replicate([self.rng(s_ss_sss_index=[self.seed, block, run])])
            responses, _ = self.model.replicate()
            found.append(1.0 - responses["stockout_flag"])
        return np.array(found)[:, None]


def solve(library: Any, runs: int, seed: int) -> None:
    """Size the library's problem and have the library judge the answer."""
    config = library.FacilitySizingTotalCostConfig()
    storm = Library(library, seed, config.epsilon)
    knobs = tuple(
        Knob(f"facility {n + 1}", LEVELS, cost, 0.0)
        for n, cost in enumerate(config.installation_costs)
    )
    problem = Problem(knobs, (storm,))
    evidence = Evidence(problem, runs)
    found = sized(evidence, 0.05)
    short = 1.0 - float(storm.play(found.point, JUDGES, range(JUDGING)).mean())
    print(f"{found.outcome}: capacities {problem.amounts(found.point)}, cost "
          f"{problem.cost(found.point):g}, {evidence.played:,} replications")  # fmt: skip
    print(f"the library's own: a shortage in {100 * short:.2f} % of {JUDGING:,} replications, at "
          f"most {100 * config.epsilon:g} % asked")  # fmt: skip


if __name__ == "__main__":
    main()
