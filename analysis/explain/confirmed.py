"""The attribution held against the model: a link relaxed, the same seeds, the gain beside it.

A link that binds many late cases should give a gain when it is relaxed, and one that binds hardly
any should give none. Where it is otherwise it is said. Runs are pairs (common random numbers); the
gain is the mean paired difference of the target's measure with Student's interval. Experiments stay
among the parts of the runs, so that whoever was stopped goes on from there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np

from anlan.analysis.capabilities.played import Tell, Variant, play
from anlan.analysis.chains.targets import has_chain
from anlan.analysis.digests.digest import RunDigest
from anlan.analysis.explain.relaxed import relaxed
from anlan.analysis.results.folder import Results
from anlan.analysis.results.numbers import numbers_sha256
from anlan.analysis.statistics.paired import mean_difference
from anlan.sim.scenario.errors import BadInput
from anlan.sim.scenario.schema import Scenario, Target
from anlan.sim.study import PARTS, policies_used, sweep, using, write_table

if TYPE_CHECKING:
    import pandas as pd

FILE = "confirmed.csv"
EXPERIMENTS = "experiments"  # among the parts of the runs
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
    values = _played(results, scenarios, runs, workers, tell)
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
    runs: int,
    workers: int,
    tell: Tell | None,
) -> dict[str, pd.DataFrame]:
    """Link -> measures of runs 0 .. runs - 1; scenarios that are the same are played once."""
    digest, seed = RunDigest(_kept(results.scenario)), results.study.seed
    with _beside(results) as home:
        variants = {
            link: Variant.of(scenario, seed, home, digest) for link, scenario in scenarios.items()
        }
        distinct = {v.home: v for v in variants.values()}.values()
        for variant in distinct:
            sweep(variant.home)
        there = sum(sum(variant.there(runs)) for variant in distinct)

        def told(played: int, wanted: int) -> None:
            if tell is not None:
                tell(there + played, there + wanted)

        play(list(variants.values()), runs, workers, tell=told)
        return {
            link: variant.table(MEASURES_TABLE).reindex(range(runs))
            for link, variant in variants.items()
        }


def _kept(scenario: Scenario) -> tuple[str, ...]:
    """The measures of all targets that have a chain: to ask for others plays no run anew."""
    return tuple(dict.fromkeys(t.measure for t in scenario.plan.targets if has_chain(t)))


@contextmanager
def _beside(results: Results) -> Iterator[Path]:
    """Where the experiments are played: with the runs, or, where nobody may write, for once.

    Code of one's own is no part of the names of the folders in there, so it gets one of its own.
    Raises InUse where another process works in the folder.
    """
    own = "-".join(p.identity[:12] for p in policies_used(results.scenario, ({},)))
    with ExitStack() as held:
        try:
            held.enter_context(using(results.folder))
            home = results.folder / PARTS / EXPERIMENTS / own
            home.mkdir(parents=True, exist_ok=True)
        except OSError:
            home = Path(held.enter_context(TemporaryDirectory(prefix="anlan-")))
        yield home


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
    """Keep the experiments beside the runs, with a hash of the numbers that they belong to.

    Those of other targets that were kept before stay.
    """
    import pandas as pd

    before = saved(results)
    before = before[~before["target"].isin(gains["target"])]
    if len(before):
        gains = pd.concat([gains, before], ignore_index=True)
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
