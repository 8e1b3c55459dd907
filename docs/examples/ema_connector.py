"""An anlan scenario as a model of the EMA Workbench: dotted names in, measures out.

The workbench wants names that Python could use, so `team.shift_h` is `team_shift_h` to it;
`tables` gives the dotted names back.

python docs/examples/ema_connector.py     # 6 scenarios x 2 policies x 3 runs of `tiny`
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from ema_workbench import ArrayOutcome, IntegerParameter, RealParameter, ReplicatorModel

from anlan import sim
from anlan.analysis import measure_run
from anlan.sim import override

Ranges = Mapping[str, tuple[float, float]]


class Player:
    """Plays one run of the scenario with some values changed; picklable, for many processes.

    `names`: what the workbench calls a value -> its dotted name.
    """

    def __init__(
        self, scenario: sim.Scenario, names: Mapping[str, str], measures: Sequence[str], seed: int
    ) -> None:
        self.scenario, self.names, self.seed = scenario, dict(names), seed
        self.measures = tuple(measures)
        self._last: tuple[dict[str, str], sim.Scenario] | None = None

    def __call__(self, run: int, **values: float) -> dict[str, float]:
        """The measures of one run. The same run meets the same chance whatever the values are."""
        changes = {self.names[name]: str(value) for name, value in values.items()}
        if self._last is None or self._last[0] != changes:  # a variant is built once for its runs
            self._last = (changes, override(self.scenario, changes))
        changed = self._last[1]
        found = measure_run(changed, sim.run(changed, self.seed, run).tables())
        return {identifier(name): found[name] for name in self.measures}


def identifier(name: str) -> str:
    """`stock.store-1.water_ml` -> `stock_store_1_water_ml`."""
    return re.sub(r"\W", "_", name)


def model(
    scenario: sim.Scenario,
    uncertainties: Ranges,
    levers: Ranges,
    measures: Sequence[str],
    runs: int,
    seed: int = 1,
) -> ReplicatorModel:
    """A model with a parameter a dotted name and an outcome a measure, played `runs` times each.

    A range of two whole numbers makes a parameter of whole numbers (members, boats, pieces).
    """
    names = {identifier(name): name for name in (*uncertainties, *levers)}
    player = Player(scenario, names, measures, seed)
    made = ReplicatorModel("anlan", function=player)
    made.uncertainties = [_parameter(name, *ends) for name, ends in uncertainties.items()]
    made.levers = [_parameter(name, *ends) for name, ends in levers.items()]
    made.outcomes = [
        ArrayOutcome(identifier(name), shape=(runs,), dtype=float) for name in measures
    ]
    made.replications = [{"run": run} for run in range(runs)]
    return made


def _parameter(name: str, low: float, high: float) -> RealParameter | IntegerParameter:
    kind = IntegerParameter if isinstance(low, int) and isinstance(high, int) else RealParameter
    return kind(identifier(name), low, high)


def tables(
    played: ReplicatorModel, experiments: pd.DataFrame, outcomes: Mapping[str, Any]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The workbench's results as `runs` and `variants`, for comparison and discovery."""
    player = played.function
    variants = experiments[list(player.names)].rename(columns=player.names).reset_index(drop=True)
    variants.insert(0, "variant", np.arange(len(variants)))
    variant, run = np.indices((len(variants), played.nreplications))
    runs = pd.DataFrame({"variant": variant.ravel(), "run": run.ravel()})
    for name in player.measures:
        runs[name] = np.asarray(outcomes[identifier(name)], dtype=float).ravel()
    return runs, variants


def main() -> None:
    from ema_workbench import perform_experiments

    from anlan.analysis.what_counts.outcomes import responses

    asked = model(
        sim.load("tiny"),
        uncertainties={"parameters.team.shift_h": (8.0, 16.0)},
        levers={"stock.store-1.water_ml": (0, 20_000)},
        measures=("relief.within_10h_share", "shortage.water_person_h"),
        runs=3,
    )
    runs, variants = tables(asked, *perform_experiments(asked, scenarios=6, policies=2))
    short = responses(runs, "shortage.water_person_h")
    print(variants.assign(short=short.to_numpy()).to_string(index=False))


if __name__ == "__main__":
    main()
