"""A link relaxed in the model: the scenario with more of what the link waits for.

What is changed for which link stands in `relaxations.csv`: a parameter at the `low` or `high` end
of its range or at a number, a column of a table at a value (`*2`: times two), a capability that
`analysis/capabilities/` lists, doubled.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic import BaseModel

from anlan.analysis.capabilities.levels import Cell, levels
from anlan.analysis.capabilities.listed import capabilities
from anlan.analysis.text.data import rows_of
from anlan.analysis.words import LANGS
from anlan.sim.scenario.registry import entries
from anlan.sim.scenario.schema import Scenario

PARAMETER, COLUMN, CAPABILITY = "parameter", "column", "capability"
SEVERAL = "|"


@dataclass(frozen=True)
class Relaxation:
    """What is changed where a link is relaxed: (kind, name, value) each."""

    link: str
    changes: tuple[tuple[str, str, str], ...]
    labels: Mapping[str, str]


@cache
def relaxations() -> dict[str, Relaxation]:
    """Link -> how it is relaxed; a link that is not here cannot be."""
    return {
        row["link"]: Relaxation(
            row["link"], tuple(_changes(row["changes"])), {lang: row[lang] for lang in LANGS}
        )
        for row in rows_of(__package__, "relaxations.csv")
    }


def _changes(text: str) -> Iterator[tuple[str, str, str]]:
    for change in text.split(";"):
        kind, _, rest = change.partition(":")
        name, _, value = rest.partition("=")
        yield kind, name, value


def relaxed(scenario: Scenario, link: str) -> Scenario | None:
    """The scenario with a link relaxed; None where nothing of it can be.

    What a scenario does not have (no watch points, no such parameter) stays away. Raises BadInput
    where it does not take what is set.
    """
    relaxation = relaxations().get(link)
    if relaxation is None:
        return None
    found = _with_parameters(scenario, relaxation)
    for kind, name, value in relaxation.changes:
        if kind == CAPABILITY:
            found = _doubled(found, name, value)
        elif kind == COLUMN:
            found = _with_column(found, name, value)
    return None if found is scenario else found.replace()


def _with_parameters(scenario: Scenario, relaxation: Relaxation) -> Scenario:
    new = {}
    for kind, name, value in relaxation.changes:
        held = scenario.parameters.get(name) if kind == PARAMETER else None
        if held is None:
            continue
        ends = {"low": held.low, "high": held.high}
        wanted = ends[value] if value in ends else float(value)
        if wanted != held.value:
            new[name] = wanted
    return scenario.replace(parameters=new) if new else scenario


def _doubled(scenario: Scenario, name: str, level: str) -> Scenario:
    (listed,) = (one for one in capabilities() if one.id == name)
    return levels(scenario, Cell(listed), (level,)).scenarios.get(level, scenario)


def _with_column(scenario: Scenario, name: str, value: str) -> Scenario:
    table, _, column = name.partition(".")
    (entry,) = (e for e in entries(Scenario) if e.attribute == table and not e.inside)
    rows: tuple[BaseModel, ...] = entry.of(scenario) or ()
    new = tuple(
        type(row)(**(dict(row) | {column: _value(getattr(row, column), value)})) for row in rows
    )
    return scenario if new == rows else scenario.model_copy(update={table: new})


def _value(held: Any, text: str) -> Any:
    if text.startswith("*"):
        return type(held)(held * float(text[1:])) if held is not None else None
    if isinstance(held, tuple):
        return tuple(text.split(SEVERAL))
    return type(held)(text)
