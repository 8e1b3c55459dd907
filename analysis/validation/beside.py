"""Each fact beside what the model gives: the mean of the runs, their spread, inside or outside."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from anlan.analysis.capabilities.played import Variant, play
from anlan.analysis.validation.city import CITY
from anlan.analysis.validation.facts import Fact
from anlan.analysis.validation.hands import HANDS
from anlan.analysis.validation.looks import TABLE, FactDigest
from anlan.analysis.validation.weather import WEATHER

if TYPE_CHECKING:
    import pandas as pd

ALONE = WEATHER | CITY | HANDS
LOW_PERCENT, HIGH_PERCENT = 5.0, 95.0
COLUMNS = ("fact", "observed_low", "observed_high", "unit", "runs", "mean", "p5", "p95", "verdict")
Verdict = Literal["inside", "outside", "unplayed"]
Tell = Callable[[str, int, int], None]  # (scenario, runs played, runs wanted)


@dataclass(frozen=True)
class Budget:
    """How much is played, by whom, and where the runs are kept."""

    folder: Path
    runs: int  # of each scenario
    draws: int  # of each storm where nobody acts
    workers: int = 1
    seed: int = 1


def compare(facts: Sequence[Fact], budget: Budget, tell: Tell | None = None) -> pd.DataFrame:
    """A row a fact (`COLUMNS`). What has been played is not played again."""
    import pandas as pd

    values: dict[str, NDArray[np.float64]] = {}
    for fact in facts:
        if fact.look in ALONE:
            values[fact.id] = ALONE[fact.look](fact, budget.seed, budget.draws)
    asked = [f for f in facts if f.look not in ALONE]
    for first in dict.fromkeys((f.scenario, f.settings) for f in asked):
        mine = tuple(f for f in asked if (f.scenario, f.settings) == first)
        values |= _played(mine, budget, tell)
    rows = [beside(fact, values[fact.id]) for fact in facts]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def beside(fact: Fact, values: NDArray[np.float64]) -> tuple[object, ...]:
    """A row: the observed value is inside if some of it lies between the percentiles of the runs.

    A run that has nothing to say (NaN) is left out.
    """
    said = values[np.isfinite(values)]
    head = (fact.id, fact.low, fact.high, fact.unit, len(said))
    if not len(said):
        return (*head, np.nan, np.nan, np.nan, "unplayed")
    low, high = np.percentile(said, (LOW_PERCENT, HIGH_PERCENT))
    verdict: Verdict = "inside" if low <= fact.high and fact.low <= high else "outside"
    return (*head, float(said.mean()), float(low), float(high), verdict)


def _played(
    facts: tuple[Fact, ...], budget: Budget, tell: Tell | None
) -> dict[str, NDArray[np.float64]]:
    """The values of facts of one scenario and its settings."""
    scenario = facts[0].loaded()
    digest = FactDigest.of(facts)
    variant = Variant.of(scenario, budget.seed, budget.folder, digest)
    told = None
    if tell is not None:
        named = tell

        def told(played: int, wanted: int) -> None:
            named(facts[0].scenario, played, wanted)

    play([variant], budget.runs, budget.workers, tell=told)
    table = variant.table(TABLE)
    return {f.id: table[f.id].to_numpy(dtype=float)[: budget.runs] for f in facts}
