"""The variants of a study, checked against its scenario before anything runs."""

from __future__ import annotations

from collections.abc import Collection, Sequence
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
from anlan.sim.scenario.errors import BadInput, Slips, Worded, nearest, retold, shown, worded
from anlan.sim.scenario.schema import Scenario

if TYPE_CHECKING:
    import pandas as pd

OPTION = "--set "  # what the errors of a change begin with
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
    slips = Slips()
    _check_outputs(study, scenario, slips)
    for factor in study.factors:
        with slips:
            if not _own_range(scenario, factor):
                _check_factor(scenario, factor)
    slips.raise_first()
    points, rows = values(study)
    found = Variants(scenario, study.factor_names, points, rows)
    _check_size(study, scenario, len(rows))
    if not study.factors:
        return found
    for i in np.unique(np.linspace(0, len(rows) - 1, TRIED).astype(int)).tolist():
        _try(scenario, found.changes_of(i), worded("variant {i}", i=i))
    return found


def loaded(study: Study) -> Scenario:
    """The scenario that a study names, with [set] applied."""
    try:
        return load(study.scenario_folder, {k: text_of(v) for k, v in study.set.items()})
    except BadInput as error:
        raise _of_file(error) from None


def _of_file(error: BadInput, where: str = "") -> BadInput:
    """The error of a change and those beside it, as a study file has it, without `--set`."""
    return retold(error, lambda one: _told(one, where))


def _told(error: BadInput, where: str) -> BadInput:
    said = error.told
    change: str | None = None
    if isinstance(said, Worded) and said.template.startswith(OPTION):
        key, problem = said.blanks.values()
        change = worded("{where}: {problem}", where=key, problem=problem)
    if where:
        return BadInput(worded("{where}: {problem}", where=where, problem=change or said))
    return BadInput(worded("[set] {change}", change=change)) if change else BadInput(said)


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
            worded(
                "{id}: {count:,} variants of {runs_each:,} runs are {runs:,} runs, more "
                "than most_runs {most_runs:,}; {cost}; take a smaller design, or set "
                "study.most_runs",
                id=study.id,
                count=count,
                runs_each=runs_each(study),
                runs=runs,
                most_runs=study.most_runs,
                cost=cost(scenario, runs),
            )
        )


def _check_outputs(study: Study, scenario: Scenario, slips: Slips) -> None:
    outputs, tables = study.outputs, [t for t in DIGEST if t != "measures"]
    kept = () if outputs.measures == "all" else outputs.measures
    for key, names in (("measures", kept), ("outcomes", outputs.outcomes)):
        for name in names:
            with slips:
                _check_measure(f"outputs.{key}", name, MEASURES)
    for name in outputs.tables:
        if name not in tables:
            near = nearest(name, tables)
            slips.note(
                BadInput(
                    worded("outputs.tables: no table {name}; {near}", name=shown(name), near=near)
                )
            )
    for measure in unknown_measures(scenario.plan):
        with slips:
            _check_measure("plan.toml", measure, MEASURES)
    if study.stop is not None:
        with slips:
            named(study.stop, scenario.plan)


def _check_measure(where: str, name: str, known: Collection[str]) -> None:
    """Raise BadInput for a measure that there is not."""
    if name not in known:
        raise BadInput(
            worded("{where}: no measure {name}; {near}", where=where, name=shown(name),
                   near=nearest(name, known))
        )  # fmt: skip


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
        _try(scenario, {factor.name: text_of(value)}, worded("factor {name}", name=factor.name))


def _try(scenario: Scenario, changes: dict[str, str], what: str) -> None:
    try:
        tried = override(scenario, changes)
    except BadInput as error:
        raise _of_file(error, what) from None
    for measure in unknown_measures(tried.plan):
        _check_measure(what, measure, MEASURES)
