"""Which region of the factors fails the plan: boxes by PRIM, confirmed on variants kept back.

The patient rule induction method peels thin slices off the space of factors while the share of
failing variants in what is left rises (Friedman and Fisher 1999, Statistics and Computing 9:
123-143; for plans Bryant and Lempert 2010, Technological Forecasting and Social Change 77: 34-49).
The peeling is that of the EMA Workbench, an extra. It is greedy: a region in the middle of a
factor's range with failing ones on both sides of it may hide both. A box that was sought until it
looked good always looks good; so half of the variants find it and the other half judge it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from anlan.analysis.statistics.intervals import Interval, clopper_pearson
from anlan.analysis.study.extras import needed
from anlan.sim.scenario.errors import BadInput, nearest, worded

if TYPE_CHECKING:
    import pandas as pd

Bools = NDArray[np.bool_]
FEWEST = 20  # failing, and not failing, variants: fewer cannot confirm a box
DOUBT = 0.05  # quasi-p from which a side of a box is taken off again, as Bryant and Lempert do


@dataclass(frozen=True)
class Limit:
    """One factor's side of a box: from `low` to `high`, or one of `values` (for categories).

    `p_value`: were the box without this limit as dense in what it adds, so large a difference
    would be as rare as that (Fisher's exact test, one-sided, on the confirming half).
    """

    factor: str
    low: float
    high: float
    values: tuple[str, ...]
    p_value: float

    def holds(self, column: pd.Series[Any]) -> Bools:
        """(variants,) which values of the factor keep the limit."""
        if self.values:
            return np.isin(column.astype(str).to_numpy(dtype=object), self.values)
        values = column.to_numpy(dtype=float)
        found: Bools = (values >= self.low) & (values <= self.high)
        return found


@dataclass(frozen=True)
class Box:
    """A region that fails, as the confirming half has it (what earlier boxes hold is left out).

    density: share of its variants that fail. coverage: share of all failing variants that lie in
    it. mass: share of all variants. p_value: were it no worse than the rest, it would be so
    dense as rarely as that (Fisher, one-sided).
    """

    limits: tuple[Limit, ...]
    density: Interval
    coverage: Interval
    mass: float
    p_value: float

    def holds(self, variants: pd.DataFrame) -> Bools:
        """(variants,) which of them lie inside."""
        inside = np.ones(len(variants), dtype=bool)
        for limit in self.limits:
            inside &= limit.holds(variants[limit.factor])
        return inside


def discover(
    variants: pd.DataFrame,
    fails: pd.Series[bool],
    factors: Sequence[str] = (),
    least_density: float | None = None,
    most_boxes: int = 3,
    confidence: float = 0.95,
    seed: int = 1,
) -> list[Box]:
    """The boxes of factors in which variants fail, the first the best; none if none is confirmed.

    `fails` is by variant number (`outcomes.failing`). `factors`: which columns to use, all unless
    named. Of the boxes that PRIM passes on its way the one with the largest harmonic mean of
    density and coverage is taken, or the one of largest coverage with `least_density`. The chance
    of any box where the factors do not matter is at most 1 - confidence. `seed` draws the halves.
    Raises BadInput for an unknown factor or too few variants that fail, or that do not.
    """
    settings, failed = _prepared(variants, fails, factors)
    finding = _half(failed, seed)
    prim = _prim(settings[finding], failed[finding])
    left = ~finding
    boxes: list[Box] = []
    while len(boxes) < most_boxes:
        sides = _next_sides(prim, least_density)
        box = _confirmed(sides, settings, failed, left, ~finding, confidence)
        if not sides or box.p_value > (1.0 - confidence) / most_boxes:
            break
        boxes.append(box)
        left = left & ~box.holds(settings)
    return boxes


def _prepared(
    variants: pd.DataFrame, fails: pd.Series[bool], factors: Sequence[str]
) -> tuple[pd.DataFrame, Bools]:
    given = [str(c) for c in variants.columns if c != "variant"]
    for name in factors:
        if name not in given:
            raise BadInput(worded("no factor {name}; {near}", name=name, near=nearest(name, given)))
    table = variants.set_index("variant")[list(factors) or given]
    table = table.loc[table.index.intersection(fails.index).sort_values()]
    varied = [c for c in table.columns if table[c].nunique() > 1]
    failed = fails.loc[table.index].to_numpy(dtype=bool)
    for count, kind in (
        (int(failed.sum()), worded("fail")),
        (int((~failed).sum()), worded("do not fail")),
    ):
        if count < FEWEST:
            raise BadInput(
                worded(
                    "{count} of {all} variants {kind}; it takes {fewest} to find a region",
                    count=count,
                    all=len(failed),
                    kind=kind,
                    fewest=FEWEST,
                )
            )
    whole = table[varied].reset_index(drop=True)
    numbers = whole.select_dtypes("number").columns
    return whole.astype(dict.fromkeys(numbers, float)), failed


def _half(failed: Bools, seed: int) -> Bools:
    """(variants,) a random half of those that fail and of those that do not."""
    rng = np.random.default_rng(seed)
    chosen = np.zeros(len(failed), dtype=bool)
    for kind in (True, False):
        members = np.flatnonzero(failed == kind)
        chosen[rng.permutation(members)[: len(members) // 2]] = True
    return chosen


def _prim(settings: pd.DataFrame, failed: Bools) -> Any:
    prim = needed("ema_workbench.analysis.prim").Prim
    return prim(settings.reset_index(drop=True), failed)


Sides = dict[str, tuple[float, float, tuple[str, ...]]]  # factor -> low, high, values


def _next_sides(prim: Any, least_density: float | None) -> Sides:
    """The sides of the next box on the finding half; none where nothing that fails is left."""
    if not prim.y[_remaining(prim)].any():
        return {}
    box = prim.find_box()
    path = box.peeling_trajectory
    score = 2 * path["density"] * path["coverage"] / (path["density"] + path["coverage"])
    if least_density is not None:
        score = path["coverage"].where(path["density"] >= least_density, path["density"] - 1.0)
    box.select(int(score.fillna(0.0).to_numpy().argmax()))
    p_values = box.p_values[box._cur_box]
    sides: Sides = {}
    for factor, p in p_values.items():
        ends, whole = box.box_lim[factor], prim.box_init[factor]
        if isinstance(ends.iloc[0], (set, frozenset)):
            if p[0] <= DOUBT:
                sides[factor] = (-math.inf, math.inf, tuple(sorted(map(str, ends.iloc[0]))))
            continue
        low = float(ends.iloc[0]) if 0 <= p[0] <= DOUBT else -math.inf
        high = float(ends.iloc[1]) if 0 <= p[1] <= DOUBT else math.inf
        if (low, high) != (-math.inf, math.inf) and not ends.equals(whole):
            sides[factor] = (low, high, ())
    return sides


def _remaining(prim: Any) -> NDArray[np.intp]:
    taken = np.zeros(len(prim.y), dtype=bool)
    for box in prim._boxes:
        taken[box.yi] = True
    return np.flatnonzero(~taken)


def _confirmed(
    sides: Sides, settings: pd.DataFrame, failed: Bools, left: Bools, half: Bools, confidence: float
) -> Box:
    """The box as the confirming `half` has it; `left` is what earlier boxes did not take of it."""
    bare = [Limit(factor, *ends, math.nan) for factor, ends in sides.items()]
    held = {limit.factor: limit.holds(settings[limit.factor]) for limit in bare}

    def inside(without: str = "") -> Bools:
        found = left.copy()
        for factor, holds in held.items():
            found &= holds | (factor == without)
        return found

    box = inside()
    n, k = int(box.sum()), int((box & failed).sum())
    limits = []
    for limit in bare:
        p = _fisher(failed, box, inside(limit.factor) & ~box)
        limits.append(Limit(limit.factor, limit.low, limit.high, limit.values, p))
    return Box(
        limits=tuple(limits),
        density=clopper_pearson(k, n, confidence),
        coverage=clopper_pearson(k, int((failed & half).sum()), confidence),
        mass=n / int(half.sum()),
        p_value=_fisher(failed, box, left & ~box),
    )


def _fisher(failed: Bools, here: Bools, there: Bools) -> float:
    """One-sided exact p-value that fewer of `there` fail than of `here`."""
    from scipy.stats import fisher_exact

    table = [[(failed & where).sum(), (~failed & where).sum()] for where in (here, there)]
    return float(fisher_exact(table, alternative="greater").pvalue)
