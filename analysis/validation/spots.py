"""Do places that are known to stand under water flood deeper than the others? Ranks tell.

The area under the curve (AUC) is the chance that a place with a spot has a higher score than one
without, ties counted half; labels dealt out anew tell how often chance alone gives as much.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from anlan.analysis.text.data import rows_of

F64 = NDArray[np.float64]
Bools = NDArray[np.bool_]
FILE = "waterlogging.csv"
PERMUTATIONS = 10_000


def held(communities: Sequence[str]) -> Bools:
    """(C,) which communities hold a waterlogging spot of Pingshan's list of 2019."""
    known = {row["community"] for row in rows_of(__package__, FILE)}
    return np.array([name in known for name in communities])


def auc(score: F64, positive: Bools) -> float:
    """The chance that a positive (C,) has a higher score (C,) than one that is not."""
    apart = score[positive][:, None] - score[~positive][None, :]
    return float((apart > 0.0).mean() + 0.5 * (apart == 0.0).mean())


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
