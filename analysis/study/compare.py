"""What differs between variants that met the same chance.

Run 7 of every variant has the same storm and the same people (common random numbers), so
variants are compared run by run: the difference of a pair is free of the chance that both share.
How much that saves is said with every comparison.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from anlan.analysis.intervals import Interval, mean_interval
from anlan.analysis.study.stopping import good_runs
from anlan.sim.scenario.errors import BadInput, nearest
from anlan.sim.scenario.schema import Target

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
Method = Literal["t", "bootstrap"]
RESAMPLES = 2000


@dataclass(frozen=True)
class Difference:
    """`interval` is of other minus base, over the `pairs` of runs that both could judge.

    `variance_ratio`: how many times as many runs it would take to be as sure without pairing
    (1: pairing gave nothing; below 1: it cost; NaN: nothing varied). `p_value`: how likely a
    difference so large would be if there were none, for a share only (exact McNemar), else NaN.
    """

    base_value: float
    other_value: float
    interval: Interval
    pairs: int
    left_out: int
    variance_ratio: float
    p_value: float


def mean_difference(
    base: ArrayLike,
    other: ArrayLike,
    confidence: float = 0.95,
    method: Method = "t",
    seed: int = 1,
) -> Difference:
    """Mean of other minus base, run by run: (n,) arrays in the same order; NaN pairs are left out.

    "t" is Student's interval of the paired differences. "bootstrap" is the bias-corrected and
    accelerated one (Efron 1987, Journal of the American Statistical Association 82: 171-185) for
    skewed differences, with 20 pairs or more; `seed` makes it the same every time.
    """
    a, b, left_out = _paired(base, other)
    d = b - a
    found = mean_interval(d, confidence)
    if method == "bootstrap" and len(d) > 1 and np.ptp(d) > 0.0:
        found = _bootstrapped(d, confidence, seed)
    return Difference(_mean(a), _mean(b), found, len(d), left_out, _ratio(a, b), math.nan)


def share_difference(base: ArrayLike, other: ArrayLike, confidence: float = 0.95) -> Difference:
    """Share of runs that keep a limit, other minus base: (n,) of 1, 0 or NaN, in the same order.

    The interval is Newcombe's square-and-add (method 10), which keeps to -1..1 and holds near 0 %
    and 100 %; the p-value is McNemar's, exact. Raises ValueError for other values.
    Source: Newcombe 1998, Statistics in Medicine 17: 2635-2650; McNemar 1947, Psychometrika 12.
    """
    a, b, left_out = _paired(base, other)
    if not np.isin(np.concatenate([a, b]), (0.0, 1.0)).all():
        raise ValueError("a run keeps the limit (1) or not (0)")
    if not len(a):
        nothing = Interval(math.nan, -1.0, 1.0, False)
        return Difference(math.nan, math.nan, nothing, 0, left_out, math.nan, math.nan)
    both, gained, lost = (int(x.sum()) for x in (a * b, (1 - a) * b, a * (1 - b)))
    found = newcombe(both, gained, lost, len(a) - both - gained - lost, confidence)
    p = _mcnemar(gained, lost)
    return Difference(_mean(a), _mean(b), found, len(a), left_out, _ratio(a, b), p)


def differences(
    runs: pd.DataFrame,
    base: int,
    measures: Sequence[str] = (),
    targets: Sequence[Target] = (),
    confidence: float = 0.95,
    method: Method = "t",
    together: bool = False,
) -> pd.DataFrame:
    """Every other variant of `runs` against `base`: a row a (measure or target, variant).

    A target on a share of runs is compared by that share, one on a mean by its measure's mean;
    its `name` is its id. `together`: the intervals hold all at once (Bonferroni). Columns: name,
    kind (mean or share), variant, and the fields of `Difference` with the interval's ends as
    difference, low, high. Raises BadInput for a variant or measure that `runs` does not have.
    """
    import pandas as pd

    asked: list[tuple[str, str, Target | None]] = [(m, m, None) for m in measures]
    asked += [(t.id, t.measure, t if t.at_least is not None else None) for t in targets]
    for _, measure, _ in asked:
        if measure not in runs.columns:
            raise BadInput(f"no measure {measure}; {nearest(measure, map(str, runs.columns))}")
    known = [int(v) for v in np.unique(runs["variant"])]
    if base not in known:
        raise BadInput(f"no variant {base} to compare with; {nearest(str(base), map(str, known))}")
    others = [v for v in known if v != base]
    if together:
        confidence = 1.0 - (1.0 - confidence) / max(len(asked) * len(others), 1)
    rows = []
    for name, measure, target in asked:
        table = runs.pivot(index="run", columns="variant", values=measure)
        for variant in others:
            a, b = (table[v].to_numpy(dtype=float) for v in (base, variant))
            if target is None:
                found = mean_difference(a, b, confidence, method)
            else:
                found = share_difference(_kept(target, a), _kept(target, b), confidence)
            kind = "mean" if target is None else "share"
            rows.append({"name": name, "kind": kind, "variant": variant, **_flat(found)})
    columns = ["name", "kind", "variant", *_flat(mean_difference([], []))]
    return pd.DataFrame(rows, columns=columns)


def one_at_a_time(
    runs: pd.DataFrame,
    variants: pd.DataFrame,
    base: int,
    what: str | Target,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """What each factor does alone: a row a variant that differs from `base` in one factor only.

    Columns: factor, setting, variant, difference, low, high (paired, as in `differences`). Other
    variants are left out. Raises BadInput where no variant differs in one factor only.
    """
    import pandas as pd

    table = variants.set_index("variant")
    if base not in table.index:
        raise BadInput(f"no variant {base} to compare with")
    other = table.ne(table.loc[base])
    single = other.index[other.sum(axis=1) == 1]
    if not len(single):
        raise BadInput(f"no variant differs from variant {base} in one factor only")
    measures = [] if isinstance(what, Target) else [what]
    targets = [what] if isinstance(what, Target) else []
    found = differences(
        runs[runs["variant"].isin([base, *single])], base, measures, targets, confidence
    )
    factor = [str(other.columns[other.loc[v].to_numpy()][0]) for v in found["variant"]]
    setting = [table.loc[v, f] for v, f in zip(found["variant"], factor, strict=True)]
    kept = found[["variant", "difference", "low", "high"]]
    kept.insert(0, "setting", pd.Series(setting, dtype=object))
    kept.insert(0, "factor", factor)
    return kept


def newcombe(both: int, gained: int, lost: int, neither: int, confidence: float = 0.95) -> Interval:
    """Interval of (gained - lost) / n for paired shares, from the four counts of pairs."""
    n = both + gained + lost + neither
    before, after = both + lost, both + gained
    low_a, high_a = wilson(before, n, confidence)
    low_b, high_b = wilson(after, n, confidence)
    p, q = before / n, after / n
    likeness = _phi(both, gained, lost, neither)
    down_a, up_a, down_b, up_b = p - low_a, high_a - p, q - low_b, high_b - q
    down = math.sqrt(max(down_b**2 - 2 * likeness * down_b * up_a + up_a**2, 0.0))
    up = math.sqrt(max(up_b**2 - 2 * likeness * up_b * down_a + down_a**2, 0.0))
    return Interval(q - p, q - p - down, q - p + up, False)


def wilson(successes: int, n: int, confidence: float) -> tuple[float, float]:
    """Wilson's score interval of one share. Source: Wilson 1927, JASA 22: 209-212."""
    from scipy.special import ndtri

    z = float(ndtri(0.5 + confidence / 2.0))
    centre = (successes + z * z / 2.0) / (n + z * z)
    half = z / (n + z * z) * math.sqrt(successes * (n - successes) / n + z * z / 4.0)
    return max(centre - half, 0.0), min(centre + half, 1.0)


def _phi(both: int, gained: int, lost: int, neither: int) -> float:
    """Correlation of the pairs, drawn towards 0 where it is positive (Newcombe's method 10)."""
    n = both + gained + lost + neither
    product = (both + lost) * (gained + neither) * (both + gained) * (lost + neither)
    if product == 0:
        return 0.0
    cross = both * neither - gained * lost
    return (max(cross - n / 2.0, 0.0) if cross > 0 else cross) / math.sqrt(product)


def _mcnemar(gained: int, lost: int) -> float:
    """Two-sided exact p-value: of the pairs that changed, as many should gain as lose."""
    from scipy.stats import binomtest

    return float(binomtest(gained, gained + lost).pvalue) if gained + lost else 1.0


def _bootstrapped(d: Floats, confidence: float, seed: int) -> Interval:
    from scipy.stats import bootstrap

    rng = np.random.default_rng(seed)
    found = bootstrap(
        (d,), np.mean, n_resamples=RESAMPLES, confidence_level=confidence, rng=rng
    ).confidence_interval
    return Interval(float(d.mean()), float(found.low), float(found.high), False)


def _paired(base: ArrayLike, other: ArrayLike) -> tuple[Floats, Floats, int]:
    a, b = np.asarray(base, dtype=float), np.asarray(other, dtype=float)
    if a.shape != b.shape:
        raise ValueError(f"pairs need as many runs on both sides, not {len(a)} and {len(b)}")
    judged = ~(np.isnan(a) | np.isnan(b))
    return a[judged], b[judged], int((~judged).sum())


def _ratio(a: Floats, b: Floats) -> float:
    if len(a) < 2:
        return math.nan
    apart, paired = a.var(ddof=1) + b.var(ddof=1), (b - a).var(ddof=1)
    if paired == 0.0:
        return math.inf if apart > 0.0 else math.nan
    return float(apart / paired)


def _mean(values: Floats) -> float:
    return float(values.mean()) if len(values) else math.nan


def _kept(target: Target, values: Floats) -> Floats:
    """1 where the limit is kept, 0 where not, NaN where there was nothing to judge."""
    kept: Floats = np.where(np.isnan(values), np.nan, good_runs(target, values))
    return kept


def _flat(found: Difference) -> dict[str, float]:
    row = asdict(found)
    del row["interval"]
    ends = {"difference": found.interval.estimate, "low": found.interval.low}
    return {**ends, "high": found.interval.high, **row}
