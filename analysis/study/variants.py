"""The variants of a study, checked against its scenario before anything runs."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, cast

import numpy as np

from anlan.analysis.digests.tables import TABLES as DIGEST
from anlan.analysis.measures.facts import Floats
from anlan.analysis.measures.registry import MEASURES
from anlan.analysis.study.design import text_of, value_at, values, variants_of
from anlan.analysis.study.schema import Factor, Study, Value
from anlan.analysis.verdict.judge import unknown_measures
from anlan.analysis.verdict.stopping import unsettled
from anlan.sim import changes_of, load, override
from anlan.sim.scenario.errors import BadInput, Slips, Worded, about, nearest, retold, shown, worded
from anlan.sim.scenario.schema import Scenario

if TYPE_CHECKING:
    import pandas as pd

OPTION = "--set "  # what the errors of a change begin with
SCALE = "parameters.residents.scale"
WHOLE = "whole"  # the key of a factor that keeps to whole numbers
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
                _check_factor(study, scenario, factor)
    slips.raise_first()
    _check_apart(study, scenario)
    points, rows = values(study)
    found = Variants(scenario, study.factor_names, points, rows)
    _check_size(study, scenario, len(rows))
    if not study.factors:
        return found
    for i in np.unique(np.linspace(0, len(rows) - 1, TRIED).astype(int)).tolist():
        try:
            _try(scenario, found.changes_of(i))
        except BadInput as error:
            raise retold(error, partial(_of_variant, i)) from None
    return found


def _check_apart(study: Study, scenario: Scenario) -> None:
    """Raise BadInput where two factors, or one and [set], are of one thing under two names."""
    try:
        changes_of(scenario, dict.fromkeys((*study.set, *study.factor_names), ""))
    except BadInput as error:
        factors = {factor.name: factor for factor in study.factors}
        slips = Slips()
        for one in (error, *error.others):
            change, factor = _of_change(one), factors.get(one.about)
            told = change[1] if change else one.told
            slips.note(study.wrong_factor(told, factor, "name") if factor else BadInput(told))
        slips.raise_first()


def loaded(study: Study) -> Scenario:
    """The scenario that a study names, with [set] applied."""
    try:
        return load(study.scenario_folder, {k: text_of(v) for k, v in study.set.items()})
    except BadInput as error:
        raise retold(error, partial(_of_set, study)) from None


def _of_set(study: Study, error: BadInput) -> BadInput:
    """The error of what [set] changes as the study's file has it; any other as it stands."""
    change = _of_change(error)
    if change is None:
        return BadInput(error.told)
    where, problem = change
    keys = about(error, study.set)
    if len(keys) == 1:
        return study.wrong(problem, "set", keys[0])
    return study.wrong(worded("{where}: {problem}", where=where, problem=problem), "set", None)


def _of_change(error: BadInput) -> tuple[str, str] | None:
    """(what is changed, what is wrong with it) without the `--set`; None for any other error."""
    said = error.told
    if not (isinstance(said, Worded) and said.template.startswith(OPTION)):
        return None
    where, problem = said.blanks.values()
    return cast("str", where), cast("str", problem)


def runs_each(study: Study) -> int:
    """The most runs that a variant can get."""
    if study.stop is not None:
        return study.stop.most_runs
    assert study.replications is not None  # the schema sees to it
    return study.replications


def _of_variant(variant: int, error: BadInput) -> BadInput:
    """The error of what a variant changes, or of what follows from it."""
    where, told = worded("variant {i}", i=variant), error.told
    if (change := _of_change(error)) is not None:
        where, told = worded("{where}: {problem}", where=where, problem=change[0]), change[1]
    return BadInput(worded("{where}: {problem}", where=where, problem=told))


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
            if name not in MEASURES:
                slips.note(study.wrong(_no_measure(name, MEASURES), "outputs", key))
    for name in outputs.tables:
        if name not in tables:
            near = nearest(name, tables)
            problem = worded("no table {name}; {near}", name=shown(name), near=near)
            slips.note(study.wrong(problem, "outputs", "tables"))
    for measure in unknown_measures(scenario.plan):
        with slips:
            _check_measure("plan.toml", measure, MEASURES)
    if study.stop is not None:
        for fault in unsettled(study.stop, scenario.plan):
            slips.note(study.wrong(fault, "stop", "targets"))


def _check_measure(where: str, name: str, known: Collection[str]) -> None:
    """Raise BadInput for a measure that there is not."""
    if name not in known:
        problem = _no_measure(name, known)
        raise BadInput(worded("{where}: {problem}", where=where, problem=problem))


def _no_measure(name: str, known: Collection[str]) -> str:
    return worded("no measure {name}; {near}", name=shown(name), near=nearest(name, known))


def _own_range(scenario: Scenario, factor: Factor) -> bool:
    """Whether a factor goes over nothing but the range that its parameter has."""
    row = scenario.parameters.get(factor.name.removeprefix("parameters."))
    ends = (factor.low, factor.high)
    return row is not None and ends == (row.low, row.high) and factor.values is None


def _check_factor(study: Study, scenario: Scenario, factor: Factor) -> None:
    """Whether the scenario takes the factor's ends, or each of its values. Raises BadInput."""
    if factor.values is not None:
        places = [("values", value) for value in factor.values]
    else:
        between = value_at(factor, 0.5)
        parts = isinstance(between, float) and not between.is_integer() and not factor.whole
        ends = (("low", 0.0), ("high", 1.0), (WHOLE if parts else "high", 0.5))
        places = [(key, value_at(factor, u)) for key, u in ends]
    wrong, refused = dict[str, BadInput](), 0
    for key, value in places:
        try:
            _try(scenario, {factor.name: text_of(value)})
        except BadInput as error:
            wrong.setdefault(key, error)
            refused += 1
    if refused == len(places):  # no value does: it is not the values
        wrong = {"name": next(iter(wrong.values()))}
    slips = Slips()
    if len(wrong) > 1:
        wrong.pop(WHOLE, None)  # it is the ends, of which what lies between follows
    if WHOLE in wrong:
        problem = worded("its ends are taken, and {value:g} between them is not; for whole numbers "
                         "alone write whole = true", value=between)  # fmt: skip
        raise study.wrong_factor(problem, factor, WHOLE)
    for key, found in wrong.items():
        for one in (found, *found.others):
            change = _of_change(one)
            slips.note(study.wrong_factor(change[1] if change else one.told, factor, key))
    slips.raise_first()


def _try(scenario: Scenario, changes: dict[str, str]) -> None:
    """Raise BadInput where the scenario does not take what a variant changes."""
    tried = override(scenario, changes)
    for measure in unknown_measures(tried.plan):
        _check_measure("plan.toml", measure, MEASURES)
