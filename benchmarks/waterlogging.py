"""Do Pingshan's communities with waterlogging spots flood deeper, or earlier, than the others?

    python3 benchmarks/waterlogging.py [runs]

plays the water of its storm and of its stress event alone (no people), and prints for each the AUC
over communities, how often labels dealt out by chance give as much, and the power of the test.
"""

from __future__ import annotations

import sys

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from anlan import sim
from anlan.analysis.validation.spots import auc, held
from anlan.sim.engine import prepare
from anlan.sim.phases import PHASES

F64 = NDArray[np.float64]
Bools = NDArray[np.bool_]
PERMUTATIONS = 10_000
DEEP_M = 0.15  # a kerb: from then on a street counts as flooded
NATURE = [p for p in PHASES if p.name in ("sky", "power", "water")]


def permutation_p(score: F64, positive: Bools, seed: int) -> float:
    """How often labels dealt out by chance give an AUC as high; the labels as they are count, too.

    Nobody's place in a table matters: labels are dealt to the scores in their order of size.
    """
    ranked = np.sort(score)
    found, rng = auc(score, positive), np.random.default_rng(seed)
    chance = (auc(ranked, rng.permutation(positive)) for _ in range(PERMUTATIONS))
    labels = sum(a >= found - 1e-12 for a in chance)
    return (1 + labels) / (1 + PERMUTATIONS)


def power(true_auc: float, positives: int, others: int, seed: int, draws: int = 4000) -> float:
    """How often a true AUC of two normal scores is told from chance at p < 0.05, one-sided."""
    rng = np.random.default_rng(seed)
    labels = np.arange(positives + others) < positives
    scores = rng.standard_normal((2, draws, positives + others))
    null = [auc(s, labels) for s in scores[0]]
    scores[1, :, labels] += np.sqrt(2.0) * norm.ppf(true_auc)
    told = np.array([auc(s, labels) for s in scores[1]])
    return float((told > np.quantile(null, 0.95)).mean())


def played(name: str, runs: int) -> tuple[F64, F64]:
    """(C,) the deepest water, and the first tick as deep as a kerb, on average over runs."""
    scenario = sim.load(name, {"parameters.residents.scale": "1000"})
    deepest, first = [], []
    for run in range(runs):
        model = prepare(scenario).model(1, run)
        rows = []
        for tick in range(model.ticks):
            for phase in NATURE:
                phase.do(model.parts, tick)
            rows.append(model.parts.water.depth_m.astype(np.float64))
        depth_m = np.array(rows)
        flooded = depth_m >= DEEP_M
        deepest.append(depth_m.max(axis=0))
        first.append(np.where(flooded.any(axis=0), flooded.argmax(axis=0), model.ticks))
    return np.mean(deepest, axis=0), np.mean(first, axis=0)


def main(runs: int) -> None:
    """Play and print."""
    names = [c.community for c in sim.load("pingshan-typhoon").communities]
    mine = held(names)
    for name in ("pingshan-typhoon", "pingshan-typhoon-stress"):
        deepest_m, first_tick = played(name, runs)
        for what, score in (("deeper", deepest_m), ("earlier", -first_tick)):
            p = permutation_p(score, mine, seed=1)
            print(f"{name}, {what}: AUC {auc(score, mine):.3f}, p {p:.3f}", flush=True)
    n = int(mine.sum())
    for true_auc in (0.6, 0.7, 0.8):
        told = power(true_auc, n, len(mine) - n, seed=1)
        print(f"power at a true AUC of {true_auc}: {told:.2f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
