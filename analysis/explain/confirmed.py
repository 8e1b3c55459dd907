"""The attribution held against the model: a link relaxed, the same seeds, the gain beside it.

A link that binds many late cases should give a gain when it is relaxed, and one that binds hardly
any should give none. Where it is otherwise it is said. Runs are pairs (common random numbers); the
gain is the mean paired difference of the target's measure with Student's interval.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np

from anlan.analysis.capabilities.played import Tell, Variant, play
from anlan.analysis.digests.digest import RunDigest
from anlan.analysis.explain.relaxed import relaxed
from anlan.analysis.results.folder import Results
from anlan.analysis.results.numbers import numbers_sha256
from anlan.analysis.statistics.paired import mean_difference
from anlan.sim.scenario.errors import BadInput
from anlan.sim.scenario.schema import Scenario, Target
from anlan.sim.study import write_table

if TYPE_CHECKING:
    import pandas as pd

FILE = "confirmed.csv"
COLUMNS = ("target", "link", "share", "measure", "base", "relaxed", "gain", "low", "high", "pairs",
           "agrees")  # fmt: skip
MUCH, LITTLE = 0.25, 0.1  # shares of late cases: what should give a gain, what should not
FEWEST = 3  # pairs of runs: the interval of fewer says nothing
LEAST = 0.01  # a link that binds fewer of them is not tried
MEASURES_TABLE = "measures"


def confirm(
    results: Results,
    links: pd.DataFrame,
    targets: Sequence[Target],
    runs: int,
    workers: int = 1,
    confidence: float = 0.95,
    tell: Tell | None = None,
) -> pd.DataFrame:
    """A row a target and link that was tried: the gain in the target's measure over paired runs.

    `gain` has the sign that is good for the target: positive is nearer to it. `agrees`: see
    `agreement`.
    """
    import pandas as pd

    if not targets:
        return pd.DataFrame(columns=list(COLUMNS))
    tried = links[(links["share"] >= LEAST) & links["target"].isin([t.id for t in targets])]
    scenarios = _scenarios(results.scenario, sorted(set(tried["link"])))
    measures = tuple(dict.fromkeys(t.measure for t in targets))
    values = _played(results, scenarios, measures, runs, workers, tell)
    rows = []
    for target in targets:
        for row in tried[tried["target"] == target.id].to_dict("records"):
            if row["link"] in values:
                base, other = (values[k][target.measure] for k in ("", row["link"]))
                rows.append(_row(target, row, base, other, confidence))
            else:
                nothing = (np.nan,) * 5
                rows.append((target.id, row["link"], row["share"], target.measure, *nothing, 0,
                             "untried"))  # fmt: skip
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _scenarios(scenario: Scenario, links: Sequence[str]) -> dict[str, Scenario]:
    """Link -> the scenario with it relaxed; empty: as it is. What cannot be relaxed is missing."""
    found = {"": scenario}
    for link in links:
        try:
            changed = relaxed(scenario, link)
        except BadInput:  # this scenario does not take it
            continue
        if changed is not None:
            found[link] = changed
    return found


def _played(
    results: Results,
    scenarios: dict[str, Scenario],
    measures: tuple[str, ...],
    runs: int,
    workers: int,
    tell: Tell | None,
) -> dict[str, pd.DataFrame]:
    """Link -> measures of runs 0 .. runs - 1; scenarios that are the same are played once."""
    digest, seed = RunDigest(measures), results.study.seed
    with TemporaryDirectory(prefix="anlan-") as held:
        variants = {
            link: Variant.of(scenario, seed, Path(held), digest)
            for link, scenario in scenarios.items()
        }
        play(list(variants.values()), runs, workers, tell=tell)
        return {
            link: variant.table(MEASURES_TABLE).reindex(range(runs))
            for link, variant in variants.items()
        }


def _row(
    target: Target, row: dict[Any, Any], base: Any, other: Any, confidence: float
) -> tuple[Any, ...]:
    sign = -1.0 if target.statistic.endswith("at_most") else 1.0
    found = mean_difference(
        sign * base.to_numpy(dtype=float), sign * other.to_numpy(dtype=float), confidence
    )
    gain, low, high = found.interval[:3]
    told = agreement(float(row["share"]), gain, low, found.pairs)
    return (target.id, row["link"], row["share"], target.measure, sign * found.base_value,
            sign * found.other_value, gain, low, high, found.pairs, told)  # fmt: skip


def agreement(share: float, gain: float, low: float, pairs: int) -> str:
    """How attribution and experiment stand to each other.

    `confirmed`: the link binds, and relaxing it gives a gain beyond chance. `no_gain`: it binds at
    least a quarter of the late cases, and relaxing it gives none: the mean is not better. `hidden`:
    it binds less than a tenth, and gives a gain beyond chance all the same. `open`: too few runs to
    say. `small`: binds little and gives nothing.
    """
    if pairs < FEWEST:
        return "open"
    beyond = low > 0.0
    if beyond:
        return "hidden" if share < LITTLE else "confirmed"
    if gain <= 0.0:
        return "no_gain" if share >= MUCH else "small"
    return "open"


def save(results: Results, gains: pd.DataFrame) -> None:
    """Keep the experiments beside the runs, with a hash of the numbers that they belong to."""
    text = gains.assign(numbers=numbers_sha256(results)).to_csv(index=False, lineterminator="\n")
    write_table(results.folder / FILE, text)


def saved(results: Results) -> pd.DataFrame:
    """The experiments that were kept of these numbers; empty where there are none."""
    import pandas as pd

    path = results.folder / FILE
    if path.is_file():
        found = pd.read_csv(path, encoding="utf-8-sig")
        if len(found) and set(found["numbers"]) == {numbers_sha256(results)}:
            return found[list(COLUMNS)]
    return pd.DataFrame(columns=list(COLUMNS))
