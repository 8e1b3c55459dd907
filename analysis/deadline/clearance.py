"""Clearance times: how long from the order until the people of a town have moved."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from anlan.analysis.measures.facts import Floats
from anlan.analysis.statistics.intervals import Interval

if TYPE_CHECKING:
    import pandas as pd

OFTEN = 0.9  # share of the runs in which the longer of the two times is enough
COLUMNS = (
    "town", "runs", "ordered", "refused_share", "moved_share", "median_h", "median_low_h",
    "median_high_h", "often_h", "often_low_h", "often_high_h", "last_h", "road_h",
)  # fmt: skip


def quantile_interval(values: Floats, share: float, confidence: float = 0.95) -> Interval:
    """The least value that a share of the runs keeps to, with ends that hold for any distribution.

    Ends are order statistics: each leaves out the quantile with a chance of at most half of 1 -
    confidence, by the binomial law of how many runs lie below it (David and Nagaraja 2003, section
    7.1). Infinite values (it never came to it) count as the largest; no end where runs are too few.
    """
    from scipy.stats import binom

    ordered, n = np.sort(values), len(values)
    if not n:
        return Interval(math.nan, math.nan, math.nan, True)
    tail = (1.0 - confidence) / 2.0
    low = int(binom.ppf(tail, n, share))  # below it lie fewer than `low` runs with chance <= tail
    high = int(binom.isf(tail, n, share)) + 1
    middle = ordered[min(n - 1, math.ceil(share * n - 1e-9) - 1)]
    return Interval(
        float(middle),
        float(ordered[low - 1]) if low >= 1 else 0.0,
        float(ordered[high - 1]) if high <= n else math.inf,
        True,
    )


def clearance(cleared: pd.DataFrame, by: tuple[str, ...] = ()) -> pd.DataFrame:
    """A row a town (and each of `by`) of the rows of `timing.cleared` of many runs.

    `median_h` and `often_h` (in 90 % of runs) until 90 % of those who do not refuse have moved,
    each with the ends of its interval; `last_h` the median until the last of them has; `road_h`
    the median of what the roads alone would ask.
    """
    import pandas as pd

    rows = []
    for keys, frame in cleared.groupby([*by, "town"], sort=False):
        told = frame[frame["ordered"] > 0]
        row = dict(zip((*by, "town"), keys, strict=True)) | {"runs": len(told)}
        rows.append(row | _of(told))
    return pd.DataFrame(rows, columns=[*by, *COLUMNS])


def _of(told: pd.DataFrame) -> dict[str, float]:
    hours = told["moved_h"].to_numpy(dtype=float)
    half, often = quantile_interval(hours, 0.5), quantile_interval(hours, OFTEN)
    ordered = float(told["ordered"].sum())
    return {
        "ordered": float(told["ordered"].mean()) if len(told) else 0.0,
        "refused_share": float(told["refused"].sum()) / ordered if ordered else math.nan,
        "moved_share": float(told["moved"].sum()) / ordered if ordered else math.nan,
        "median_h": half.estimate,
        "median_low_h": half.low,
        "median_high_h": half.high,
        "often_h": often.estimate,
        "often_low_h": often.low,
        "often_high_h": often.high,
        "last_h": quantile_interval(told["last_h"].to_numpy(dtype=float), 0.5).estimate,
        "road_h": quantile_interval(told["road_h"].to_numpy(dtype=float), 0.5).estimate,
    }
