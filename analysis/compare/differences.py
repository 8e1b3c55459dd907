"""What differs between variants that met the same chance, measure by measure, target by target."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import numpy as np

from anlan.analysis.statistics.paired import (
    Difference,
    Method,
    mean_difference,
    share_difference,
)
from anlan.analysis.verdict.target import kept, on_share_of_runs
from anlan.sim.scenario.errors import BadInput, nearest, worded
from anlan.sim.scenario.schema import Target

if TYPE_CHECKING:
    import pandas as pd


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
    asked += [(t.id, t.measure, t if on_share_of_runs(t) else None) for t in targets]
    for _, measure, _ in asked:
        if measure not in runs.columns:
            raise BadInput(
                worded(
                    "no measure {measure}; {near}",
                    measure=measure,
                    near=nearest(measure, map(str, runs.columns)),
                )
            )
    known = [int(v) for v in np.unique(runs["variant"])]
    if base not in known:
        raise BadInput(
            worded(
                "no variant {base} to compare with; {near}",
                base=base,
                near=nearest(str(base), map(str, known)),
            )
        )
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
                found = share_difference(kept(target, a), kept(target, b), confidence)
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
        raise BadInput(worded("no variant {base} to compare with", base=base))
    other = table.ne(table.loc[base])
    single = other.index[other.sum(axis=1) == 1]
    if not len(single):
        raise BadInput(
            worded("no variant differs from variant {base} in one factor only", base=base)
        )
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


def _flat(found: Difference) -> dict[str, float]:
    row = asdict(found)
    del row["interval"]
    ends = {"difference": found.interval.estimate, "low": found.interval.low}
    return {**ends, "high": found.interval.high, **row}
