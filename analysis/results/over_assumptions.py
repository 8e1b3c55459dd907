"""Verdicts over what is assumed: in how many sets of assumptions a target is met, what decides it.

The outer loop draws all assumed numbers together (`study/assumed.py`), the inner one plays each set
under the same chance. A set whose runs settle nothing is undecided, and is counted as such.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from anlan.analysis.results.folder import Results, load
from anlan.analysis.statistics.intervals import Interval, clopper_pearson
from anlan.analysis.statistics.ranks import rank_correlation
from anlan.analysis.study.assumed import ASSUMPTIONS
from anlan.analysis.verdict.target import JUDGED, outcome_of
from anlan.sim.scenario.errors import BadInput
from anlan.sim.scenario.schema import Target

if TYPE_CHECKING:
    import pandas as pd

TOP = 3  # assumptions that are named
SHARES = ("id", "sets", "met", "not_met", "undecided", "not_judged", "share", "low", "high",
          "at_most", "at_most_high", "by_estimate", "by_estimate_low", "by_estimate_high",
          "runs")  # fmt: skip
DECIDING = ("id", "rank", "parameter", "correlation", "low", "high", "low_of_all", "high_of_all",
            "clear", "sets")  # fmt: skip


@dataclass(frozen=True)
class OverAssumptions:
    """A finished study of the design `assumptions`, read as verdicts over what is assumed."""

    results: Results
    confidence: float = 0.95

    @property
    def sets(self) -> int:
        """How many sets of assumptions were played."""
        return len(self.results.variants)

    @property
    def runs(self) -> int:
        """Runs in each set."""
        return int(self.results.study.replications or 0)

    @cached_property
    def shares(self) -> pd.DataFrame:
        """A row a target that runs judge: `SHARES`.

        `share`, with Clopper and Pearson's interval over the sets: of the sets in which there was
        anything to judge, those whose runs settle that it is met. `at_most`: the same if all
        undecided sets were met. `by_estimate`: those whose estimate lies on the good side, settled
        or not.
        """
        import pandas as pd

        rows = [self._share(target) for target in self.results.judged()]
        return pd.DataFrame(rows, columns=list(SHARES))

    @cached_property
    def deciding(self) -> pd.DataFrame:
        """A row a target and each of the assumptions that decide it most: `DECIDING`.

        Spearman's correlation of the parameter with the mean of the target's measure over a set's
        runs; `low_of_all` and `high_of_all` hold for all assumptions at once (Bonferroni), `clear`
        where these leave zero out. No row where the measure is the same in every set.
        """
        import pandas as pd

        rows = [row for target in self.results.judged() for row in self._deciding(target)]
        return pd.DataFrame(rows, columns=list(DECIDING))

    def _share(self, target: Target) -> dict[str, Any]:
        rows = self.results.targets
        mine = rows[rows["id"] == target.id]
        met, failed, open_ = (int((mine["verdict"] == v).sum()) for v in JUDGED)
        n = met + failed + open_
        found = clopper_pearson(met, n, self.confidence)
        most = clopper_pearson(met + open_, n, self.confidence)
        good = sum(
            outcome_of(Interval(e, e, e, True), target) == "met"
            for e in mine.loc[mine["verdict"].isin(JUDGED), "estimate"]
        )
        point = clopper_pearson(good, n, self.confidence)
        return {
            "id": target.id, "sets": len(mine), "met": met, "not_met": failed, "undecided": open_,
            "not_judged": len(mine) - n, "share": found.estimate, "low": found.low,
            "high": found.high, "at_most": most.estimate, "at_most_high": most.high,
            "by_estimate": point.estimate, "by_estimate_low": point.low,
            "by_estimate_high": point.high, "runs": self.runs,
        }  # fmt: skip

    def _deciding(self, target: Target) -> list[dict[str, Any]]:
        measure = target.measure
        values = self.results.measure(measure).groupby("variant")[measure].mean()
        factors = self.results.variants.set_index("variant").loc[values.index]
        told = []
        for name in self.results.factors:
            column = factors[name].to_numpy(dtype=float)
            found = rank_correlation(column, values, self.confidence)
            if not np.isnan(found.estimate):
                told.append((name, column, found))
        told.sort(key=lambda one: -abs(one[2].estimate))
        each = 1.0 - (1.0 - self.confidence) / max(len(told), 1)
        rows = []
        for rank, (name, column, found) in enumerate(told[:TOP], start=1):
            wide = rank_correlation(column, values, each)
            rows.append({
                "id": target.id, "rank": rank, "parameter": name, "correlation": found.estimate,
                "low": found.low, "high": found.high, "low_of_all": wide.low,
                "high_of_all": wide.high, "clear": wide.low > 0.0 or wide.high < 0.0,
                "sets": int(values.notna().sum()),
            })  # fmt: skip
        return rows

    def __str__(self) -> str:
        shown = ["id", "sets", "met", "not_met", "undecided", "share", "low", "high"]
        return str(self.shares[shown].to_string(index=False))


def over_assumptions(results: Results) -> OverAssumptions | None:
    """What is known of some results over what is assumed; None where nothing was played.

    Of a study of the design `assumptions` itself, or of the one that lies beside the runs of a plan
    and is of the same scenario, code and seed.
    """
    design = results.study.design
    if design is not None and design.kind == ASSUMPTIONS:
        return OverAssumptions(results)
    folder = results.folder / ASSUMPTIONS
    if not folder.is_dir():
        return None
    try:
        beside = load(folder)
    except BadInput:  # not finished, or not a study
        return None
    same = ("scenario_sha256", "code_sha256", "seed")
    if any(beside.manifest.get(key) != results.manifest.get(key) for key in same):
        return None
    return OverAssumptions(beside)
