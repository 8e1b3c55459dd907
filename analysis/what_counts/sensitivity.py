"""Which factor matters: Sobol and Morris indices with intervals, by SALib (an extra).

The runs of a variant are averaged first. What chance is left in the averages
(`outcomes.chance_share`) belongs to no factor and shows as interaction of all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from anlan.analysis.study.extras import needed
from anlan.analysis.what_counts.outcomes import responses
from anlan.sim.scenario.errors import BadInput, worded
from anlan.sim.scenario.schema import Target

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
RESAMPLES = 200


class Problem(NamedTuple):
    """The factors that were varied, in the order of the design, and their ranges."""

    names: tuple[str, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]

    def salib(self) -> dict[str, Any]:
        """The problem as SALib takes it."""
        bounds = [[a, b] for a, b in zip(self.low, self.high, strict=True)]
        return {"num_vars": len(self.names), "names": list(self.names), "bounds": bounds}


def sobol(
    problem: Problem,
    runs: pd.DataFrame,
    what: str | Target,
    confidence: float = 0.95,
    seed: int = 1,
) -> pd.DataFrame:
    """A row a factor: `first` and `total` index, each with `_low` and `_high` (bootstrap).

    `first` is the share of the variance that goes if the factor is known, `total` the share
    that stays if all others are. Variants are in the order of `SALib.sample.sobol`, drawn without
    second order. Raises BadInput for a design of another size, a variant with
    nothing to judge, or outcomes that are all equal.
    Source: Saltelli et al. 2010, Computer Physics Communications 181: 259-270.
    """
    import pandas as pd

    if seed < 1:
        raise ValueError("seed from 1 up: SALib takes 0 for none")
    analyze = needed("SALib.analyze.sobol").analyze
    y = _responses(runs, what)
    block = len(problem.names) + 2
    if len(y) % block:
        raise BadInput(_size("Sobol", len(y), block))
    if np.ptp(y) == 0.0:
        raise BadInput(
            worded("every variant gave the same ({y:g}): there is nothing to explain", y=y[0])
        )
    found = analyze(
        problem.salib(),
        y,
        calc_second_order=False,
        num_resamples=RESAMPLES,
        conf_level=confidence,
        seed=seed,
    )
    table = {"factor": list(problem.names)}
    for name, key in (("first", "S1"), ("total", "ST")):
        table |= _with_ends(name, found[key], found[f"{key}_conf"])
    return pd.DataFrame(table)


def morris(
    problem: Problem,
    runs: pd.DataFrame,
    variants: pd.DataFrame,
    what: str | Target,
    levels: int = 4,
    confidence: float = 0.95,
    seed: int = 1,
) -> pd.DataFrame:
    """A row a factor: mu (mean effect), mu_star (of its size) and sigma (its spread), with ends.

    Effects are of a move over the factor's whole range, in the unit of the outcome. sigma well
    above 0: the effect depends on the other factors or is not linear. Variants are in the order
    of `SALib.sample.morris` with as many `levels`. The ends of mu_star are SALib's, those of sigma
    percentiles over resampled trajectories. Raises BadInput as `sobol` does.
    Source: Morris 1991, Technometrics 33: 161-174; Campolongo et al. 2007, Environmental
    Modelling and Software 22: 1509-1518.
    """
    import pandas as pd

    analyze = needed("SALib.analyze.morris").analyze
    y = _responses(runs, what)
    points = variants.sort_values("variant")[list(problem.names)].to_numpy(dtype=float)
    steps = len(problem.names) + 1
    if len(y) != len(points) or len(y) % steps:
        raise BadInput(_size("Morris", len(y), steps))
    paths = np.arange(len(y)).reshape(-1, steps)
    if ((np.diff(points[paths], axis=1) != 0.0).sum(axis=2) > 1).any():
        raise BadInput(
            worded("these variants are no Morris design: two factors change in one step")
        )
    settings: dict[str, Any] = {"num_levels": levels, "conf_level": confidence, "seed": seed}
    found = analyze(problem.salib(), points, y, num_resamples=RESAMPLES, **settings)
    rng = np.random.default_rng(seed)
    sigmas = []
    for _ in range(RESAMPLES):
        again = rng.choice(paths, len(paths)).ravel()
        sigmas.append(
            analyze(problem.salib(), points[again], y[again], num_resamples=2, **settings)
        )
    tail = (1.0 - confidence) / 2.0
    low, high = np.quantile([s["sigma"] for s in sigmas], [tail, 1.0 - tail], axis=0)
    table = {"factor": list(problem.names), "mu": np.asarray(found["mu"], dtype=float)}
    table |= _with_ends("mu_star", found["mu_star"], found["mu_star_conf"])
    table |= {"sigma": found["sigma"], "sigma_low": low, "sigma_high": high}
    return pd.DataFrame(table)


def ranked(table: pd.DataFrame, value: str = "total") -> pd.DataFrame:
    """The factors by falling `value`, with a rank that only those share whose order is not known.

    Factors whose intervals overlap, directly or through others between them, are one group
    with one rank: the runs do not say which of them matters more. Columns: rank (1, 2, 2, 4),
    factor, estimate, low, high.
    """
    import pandas as pd

    ends = {"estimate": value, "low": f"{value}_low", "high": f"{value}_high"}
    found = table[["factor"]].assign(**{name: table[column] for name, column in ends.items()})
    found = found.sort_values(["estimate", "factor"], ascending=[False, True], ignore_index=True)
    highest_after = found["high"][::-1].cummax()[::-1].shift(-1)
    lowest_yet = found["low"].cummin()
    begins = (lowest_yet > highest_after).shift(1, fill_value=True)  # a gap before this factor
    first = pd.Series(np.where(begins, np.arange(1, len(found) + 1), 0)).cummax()
    found.insert(0, "rank", first.astype(int))
    return found


def _responses(runs: pd.DataFrame, what: str | Target) -> Floats:
    found = responses(runs, what)
    empty = found.index[found.isna()]
    if len(empty):
        raise BadInput(
            worded(
                "variant {variant}: no run has anything to judge; the design is broken",
                variant=empty[0],
            )
        )
    return np.asarray(found, dtype=np.float64)


def _size(design: str, n: int, step: int) -> str:
    return worded(
        "{n} variants are no {design} design: a multiple of {step} is needed; failed variants "
        "break it",
        n=n,
        design=design,
        step=step,
    )


def _with_ends(name: str, estimate: Any, half: Any) -> dict[str, Any]:
    middle, width = np.asarray(estimate, dtype=float), np.asarray(half, dtype=float)
    return {name: middle, f"{name}_low": middle - width, f"{name}_high": middle + width}
