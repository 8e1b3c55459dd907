"""Measures as outcomes of a study: what each variant has of them, with an interval."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from anlan.analysis.measures.facts import Floats
from anlan.analysis.measures.registry import MEASURES
from anlan.analysis.statistics.intervals import mean_interval
from anlan.analysis.statistics.sequences import mean_bounds
from anlan.analysis.verdict.stopping import Stopping

if TYPE_CHECKING:
    import pandas as pd

CONFIDENCE = 0.95


def outcome_rows(
    variant: int, frame: pd.DataFrame, names: Sequence[str], rule: Stopping | None
) -> list[dict[str, Any]]:
    """A row a measure of one variant: `OUTCOME_COLUMNS`.

    The interval is that of the mean. Without a stopping rule it is Student's; after one, which
    looked at the runs again and again, one that holds over all looks.
    """
    rows = []
    for name in names:
        values = frame.sort_values("run")[name].to_numpy(dtype=float)
        judged = values[~np.isnan(values)]
        mean, low, high = _interval(judged, MEASURES[name].unit == "share", rule)
        rows.append(
            {
                "variant": variant,
                "measure": name,
                "unit": MEASURES[name].unit,
                "estimate": mean,
                "low": low,
                "high": high,
                "median": float(np.median(judged)) if len(judged) else math.nan,
                "runs": len(values),
                "applicable_runs": len(judged),
            }
        )
    return rows


def _interval(judged: Floats, share: bool, rule: Stopping | None) -> tuple[float, float, float]:
    """(mean, low, high); everything for fewer than two runs."""
    if rule is None or not len(judged):
        found = mean_interval(judged, CONFIDENCE)
        low, high = found.low, found.high
        return found.estimate, max(low, 0.0) if share else low, min(high, 1.0) if share else high
    within = bool(share and ((judged >= 0) & (judged <= 1)).all())
    bounds = (0.0, 1.0) if within else None
    alpha = 1.0 - rule.confidence
    ends = mean_bounds(judged, np.array([len(judged)]), alpha, bounds)
    return float(judged.mean()), float(ends[0][0]), float(ends[1][0])
