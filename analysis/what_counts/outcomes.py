"""One number a variant: a measure's mean, or how a target fared, with its interval."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from anlan.analysis.statistics.intervals import mean_interval
from anlan.analysis.verdict.judge import judge
from anlan.analysis.verdict.target import bound_of, kept, on_share_of_runs, small_is_good
from anlan.sim.scenario.errors import BadInput, nearest, worded
from anlan.sim.scenario.schema import Plan, Target

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
COLUMNS = ("variant", "estimate", "low", "high", "runs", "verdict")


def outcomes(runs: pd.DataFrame, what: str | Target, confidence: float = 0.95) -> pd.DataFrame:
    """A row a variant, by rising number: estimate, low, high, runs that could be judged, verdict.

    `what` is a measure (its mean; verdict empty) or a target (judged as `analysis.judge` does, at
    the target's own confidence). The intervals hold for a number of runs that was fixed beforehand;
    after a stopping rule use those of `stopping.decide`. Raises BadInput for an unknown measure.
    """
    import pandas as pd

    measure = _measure(runs, what)
    rows: list[tuple[int, float, float, float, int, str]] = []
    for variant, group in runs.groupby("variant", sort=True):
        number = int(str(variant))
        if isinstance(what, Target):
            plan = Plan(title=what.text, source=what.source, targets=(what,))
            found = judge(group, plan)[0]
            ends = found.estimate, found.low, found.high
            rows.append((number, *ends, found.applicable_runs, found.verdict))
        else:
            values = group[measure].to_numpy(dtype=float)
            mean = mean_interval(values, confidence)
            judged = int((~np.isnan(values)).sum())
            rows.append((number, mean.estimate, mean.low, mean.high, judged, ""))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def responses(runs: pd.DataFrame, what: str | Target) -> pd.Series[float]:
    """By variant: a measure's mean over the runs, or the share of runs that keep a target's limit.

    A target on a mean gives that mean. NaN where no run had anything to judge.
    """
    values = _values(runs, what)
    found: pd.Series[float] = values.groupby(runs["variant"].to_numpy()).mean().sort_index()
    return found.rename_axis("variant")


def failing(runs: pd.DataFrame, target: Target) -> pd.Series[bool]:
    """By variant: whether its runs, as they are, miss what the target asks (no interval).

    A variant in which no run had anything to judge does not fail.
    """
    found = responses(runs, target)
    bound = bound_of(target)
    return found > bound if small_is_good(target) else found < bound


def chance_share(runs: pd.DataFrame, what: str | Target) -> float:
    """How much of the variance between the variants' means is chance of the runs, 0 to 1.

    The mean variance within a variant over its number of runs, over the variance of the means. With
    common random numbers much of it is the same in all variants: so it is an upper limit.
    """
    groups = _values(runs, what).groupby(runs["variant"].to_numpy())
    between = float(groups.mean().var(ddof=1))
    within = float((groups.var(ddof=1) / groups.count()).mean())
    return min(within / between, 1.0) if between > 0.0 else math.nan


def _values(runs: pd.DataFrame, what: str | Target) -> pd.Series[float]:
    import pandas as pd

    values = runs[_measure(runs, what)].to_numpy(dtype=float)
    if isinstance(what, Target) and on_share_of_runs(what):
        values = kept(what, values)
    return pd.Series(values)


def _measure(runs: pd.DataFrame, what: str | Target) -> str:
    measure = what.measure if isinstance(what, Target) else what
    if measure not in runs.columns:
        raise BadInput(
            worded(
                "no measure {measure}; {near}",
                measure=measure,
                near=nearest(measure, map(str, runs.columns)),
            )
        )
    return measure
