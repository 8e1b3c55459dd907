"""The variants of a study, checked against its scenario before anything runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from anlan.analysis.digests.tables import TABLES as DIGEST
from anlan.analysis.measures.facts import Floats
from anlan.analysis.measures.registry import MEASURES
from anlan.analysis.study.design import text_of, value_at, values, variants_of
from anlan.analysis.study.schema import Factor, Study, Value
from anlan.analysis.verdict.judge import unknown_measures
from anlan.analysis.verdict.stopping import named
from anlan.sim import load, override
from anlan.sim.scenario.errors import BadInput, nearest, shown
from anlan.sim.scenario.schema import Scenario

if TYPE_CHECKING:
    import pandas as pd

SCALE = "parameters.residents.scale"
TRIED = 64  # variants that are tried whole before anything runs; every factor's ends are too


@dataclass(frozen=True)
class Variants:
    """The scenario with [set] applied, and what each variant sets besides."""

    scenario: Scenario
    names: tuple[str, ...]
    points: Floats  # (variants, factors) in the unit cube; no row for a table
    values: list[tuple[Value, ...]]

    def __len__(self) -> int:
        return len(self.values)

    def changes(self) -> tuple[dict[str, str], ...]:
        """What each variant sets anew, as for `--set`."""
        return tuple(self.changes_of(i) for i in range(len(self)))

    def changes_of(self, variant: int) -> dict[str, str]:
        """What one variant sets anew."""
        row = self.values[variant]
        return {n: text_of(v) for n, v in zip(self.names, row, strict=True)}

    def people_per_row(self) -> int:
        """The most people that one row of residents stands for, in any variant."""
        if SCALE not in self.names:
            return self.scenario.people_per_row
        at = self.names.index(SCALE)
        return max(int(float(row[at])) for row in self.values)

    def frame(self) -> pd.DataFrame:
        """`variant` and a column a factor."""
        import pandas as pd

        columns = dict(zip(self.names, zip(*self.values, strict=True), strict=False))
        return pd.DataFrame({"variant": np.arange(len(self.values)), **columns})


def variants_of_study(
    study: Study,
    scenario: Scenario | None = None,
    given: Sequence[tuple[Value, ...]] | None = None,
) -> Variants:
    """Make a study's variants and check them all that can be checked. Raises BadInput.

    `scenario` stands in the place of the one that the study names, with [set] applied already, and
    the values `given` in that of its design's.
    """
    scenario = loaded(study) if scenario is None else scenario
    if given is not None:
        return Variants(
            scenario, study.factor_names, np.empty((0, len(study.factors))), list(given)
        )
    _check_size(study, scenario)
    _check_outputs(study, scenario)
    for factor in study.factors:
        if not _own_range(scenario, factor):
            _check_factor(scenario, factor)
    points, rows = values(study)
    found = Variants(scenario, study.factor_names, points, rows)
    _check_size(study, scenario, len(rows))
    if not study.factors:
        return found
    for i in np.unique(np.linspace(0, len(rows) - 1, TRIED).astype(int)).tolist():
        _try(scenario, found.changes_of(i), f"variant {i}")
    return found


def loaded(study: Study) -> Scenario:
    """The scenario that a study names, with [set] applied."""
    try:
        return load(study.scenario_folder, {k: text_of(v) for k, v in study.set.items()})
    except BadInput as error:
        raise BadInput(str(error).replace("--set ", "[set] ", 1)) from None


def runs_each(study: Study) -> int:
    """The most runs that a variant can get."""
    if study.stop is not None:
        return study.stop.most_runs
    assert study.replications is not None  # the schema sees to it
    return study.replications


def _check_size(study: Study, scenario: Scenario, count: int | None = None) -> None:
    count = variants_of(study) if count is None else count
    runs = count * runs_each(study)
    if runs > study.most_runs:
        from anlan.analysis.study.cost import cost

        raise BadInput(
            f"{study.id}: {count:,} variants of {runs_each(study):,} runs are {runs:,} runs, more "
            f"than most_runs {study.most_runs:,}; {cost(scenario, runs)}; take a smaller design, "
            "or set study.most_runs"
        )


def _check_outputs(study: Study, scenario: Scenario) -> None:
    if study.outputs.measures != "all":
        for name in study.outputs.measures:
            if name not in MEASURES:
                raise BadInput(f"outputs.measures: no measure {shown(name)}; "
                               f"{nearest(name, MEASURES)}")  # fmt: skip
    for name in study.outputs.outcomes:
        if name not in MEASURES:
            raise BadInput(f"outputs.outcomes: no measure {shown(name)}; "
                           f"{nearest(name, MEASURES)}")  # fmt: skip
    for name in study.outputs.tables:
        if name not in DIGEST or name == "measures":
            others = [t for t in DIGEST if t != "measures"]
            raise BadInput(f"outputs.tables: no table {shown(name)}; {nearest(name, others)}")
    for measure in unknown_measures(scenario.plan):
        raise BadInput(f"plan.toml: no measure {shown(measure)}; {nearest(measure, MEASURES)}")
    if study.stop is not None:
        named(study.stop, scenario.plan)


def _own_range(scenario: Scenario, factor: Factor) -> bool:
    """Whether a factor goes over nothing but the range that its parameter has."""
    row = scenario.parameters.get(factor.name.removeprefix("parameters."))
    ends = (factor.low, factor.high)
    return row is not None and ends == (row.low, row.high) and factor.values is None


def _check_factor(scenario: Scenario, factor: Factor) -> None:
    """Whether the scenario takes the factor's ends, or each of its values."""
    several = factor.values if factor.values is not None else tuple(
        value_at(factor, u) for u in (0.0, 1.0, 0.5)
    )  # fmt: skip
    for value in several:
        _try(scenario, {factor.name: text_of(value)}, f"factor {factor.name}")


def _try(scenario: Scenario, changes: dict[str, str], what: str) -> None:
    try:
        tried = override(scenario, changes)
    except BadInput as error:
        raise BadInput(f"{what}: {str(error).removeprefix('--set ')}") from None
    for measure in unknown_measures(tried.plan):
        raise BadInput(f"{what}: no measure {shown(measure)}; {nearest(measure, MEASURES)}")
