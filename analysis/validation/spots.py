"""Do places that are known to stand under water flood deeper than the others? Ranks tell.

The area under the curve (AUC) is the chance that a place with a spot has a higher score than one
without, ties counted half; how often chance alone gives as much: `benchmarks/waterlogging.py`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from anlan.analysis.text.data import rows_of

F64 = NDArray[np.float64]
Bools = NDArray[np.bool_]
FILE = "waterlogging.csv"


def held(communities: Sequence[str]) -> Bools:
    """(C,) which communities hold a waterlogging spot of Pingshan's list of 2019."""
    known = {row["community"] for row in rows_of(__package__, FILE)}
    return np.array([name in known for name in communities])


def auc(score: F64, positive: Bools) -> float:
    """The chance that a positive (C,) has a higher score (C,) than one that is not."""
    apart = score[positive][:, None] - score[~positive][None, :]
    return float((apart > 0.0).mean() + 0.5 * (apart == 0.0).mean())
