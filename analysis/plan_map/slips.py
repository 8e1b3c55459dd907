"""What of the map from plan to model is not so: names that are not there, clauses that are lost,
states that what was played does not bear out. A line a slip. What is not played yet is none.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from anlan.analysis.capabilities.kept import read_cells, read_effects
from anlan.analysis.measures.registry import MEASURES
from anlan.analysis.measures.seasonal import SEASONAL
from anlan.analysis.measures.structural import STRUCTURAL
from anlan.analysis.plan_map.decided import moved
from anlan.analysis.plan_map.listed import (
    ABSENT,
    ACTS,
    DECORATION,
    JUDGED,
    MARKS,
    NO_CLAUSE,
    NOT_SIMULATED,
    PARTLY,
    PROMISES,
    STATES,
    Part,
    System,
    clauses,
    matching,
    parts,
    parts_of,
    plans,
    promises,
    systems,
)
from anlan.analysis.plan_map.played import CHANGES, read_changes
from anlan.sim import folder_of, shipped
from anlan.sim.scenario.dictionary import described
from anlan.sim.scenario.schema import Scenario

if TYPE_CHECKING:
    import pandas as pd

NOT_THERE = (ABSENT, NOT_SIMULATED)


@dataclass(frozen=True)
class Seen:
    """What was played, as the tables under docs/ hold it."""

    cells: pd.DataFrame
    effects: pd.DataFrame
    changes: Mapping[tuple[str, str], str]  # (scenario, parameter) -> result

    @classmethod
    def of(cls, folder: Path) -> Seen:
        """Read the tables."""
        rows = read_changes(folder).to_dict("records")
        changes = {(str(r["scenario"]), str(r["parameter"])): str(r["result"]) for r in rows}
        return cls(read_cells(folder), read_effects(folder), changes)


def slips(folder: Path) -> list[str]:
    """All slips of the map; `folder` holds the tables of what was played."""
    return [*lost(), *unnamed(), *unborne(Seen.of(folder))]


def lost() -> Iterator[str]:
    """Rows, clauses and parts that are missing, there twice or belong to nothing."""
    numbers = [system.number for system in systems()]
    if numbers != list(range(1, len(numbers) + 1)):
        yield f"systems.csv: the rows are numbered {numbers}, not one after the other from 1"
    for file, ids in (
        ("clauses.csv", [c.id for c in clauses()]),
        ("promises.csv", [p.id for p in promises()]),
        ("parts.csv", [p.id for p in parts()]),
    ):
        yield from (f"{file}: {name} is there twice" for name in _twice(ids))
    known = {clause.id for clause in clauses()}
    cited = {c for s in systems() for c in s.clauses} | {c for p in promises() for c in p.clauses}
    cited -= {PROMISES, NO_CLAUSE}
    yield from (f"clauses.csv: {name} is cited and not there" for name in sorted(cited - known))
    yield from (f"clauses.csv: {name} belongs to no row" for name in sorted(known - cited))
    named = {plan.id for plan in plans()}
    for clause in clauses():
        if clause.plan not in named or not clause.id.startswith(f"{clause.plan} "):
            yield f"clauses.csv, {clause.id}: {clause.plan} is not its work plan"
        if clause.mark not in MARKS:
            yield f"clauses.csv, {clause.id}: {clause.mark} is no mark"
    for system in systems():
        yield from _lost_parts(system)
    orphans = [part.id for part in parts() if part.system not in numbers]
    yield from (f"parts.csv: {name} belongs to no row of systems.csv" for name in orphans)


def _lost_parts(system: System) -> Iterator[str]:
    mine = parts_of(system)
    ids = [part.id for part in mine]
    wanted = [f"{system.number}.{n + 1}" for n in range(len(mine))]
    if not mine or ids != wanted:
        yield f"parts.csv: the parts of row {system.number} are {ids}, not {wanted or 'any'}"
    asked = set(system.clauses) - {PROMISES, NO_CLAUSE}
    taken = {clause for part in mine for clause in part.clauses}
    for name in sorted(asked - taken):
        yield f"parts.csv: no part of row {system.number} takes up {name}"
    for name in sorted(taken - asked):
        yield f"parts.csv: row {system.number} does not cite {name}"


def _twice(names: Collection[str]) -> list[str]:
    return sorted({name for name in names if list(names).count(name) > 1})


def unnamed() -> Iterator[str]:
    """Names of the map that the registries do not have."""
    columns = {
        (part.entry.attribute, column.name)
        for part in described(Scenario)
        for column in part.columns
    }
    measures = {*MEASURES, *STRUCTURAL, *SEASONAL}
    ships = {name for name, *_ in shipped()}
    for part in parts():
        at = f"parts.csv, {part.id}"
        if part.state not in STATES:
            yield f"{at}: {part.state} is no state"
        yield from (f"{at}: no column {t}.{c}" for t, c in part.columns if (t, c) not in columns)
        yield from (f"{at}: no measure {m}" for m in part.measures if m not in measures)
        yield from (f"{at}: no parameter {p}" for p in part.parameters if not matching(p))
        if part.scenario and part.scenario not in ships:
            yield f"{at}: no scenario {part.scenario} ships"
        if part.scenario == "" and part.named():
            yield f"{at}: parameters, and no scenario to play them in"
    for promise in promises():
        for name, target in promise.targets:
            if name not in ships or target not in _targets(name):
                yield f"promises.csv, {promise.id}: no target {target} in {name}"


@cache
def _targets(scenario: str) -> frozenset[str]:
    """The targets of a scenario that ships: of its plan alone, for all its tables take long."""
    with (folder_of(scenario) / "plan.toml").open("rb") as file:
        return frozenset(target["id"] for target in tomllib.load(file)["target"])


def unborne(seen: Seen) -> Iterator[str]:
    """States that what was played does not bear out, and what was not played."""
    rows = set(zip(seen.cells["scenario"], seen.cells["capability"], strict=True))
    for part in parts():
        at = f"parts.csv, {part.id}"
        for capability in part.capabilities:
            if (part.scenario, capability) not in rows:
                yield f"{at}: what-counts has no row {capability} of {part.scenario}"
        decides = bool(moved(part, seen.cells, seen.effects))
        if decides != (part.state == ACTS):
            yield f"{at}: {part.state}, and what-counts decides {'an' if decides else 'no'} outcome"
        yield from (f"{at}: {why}" for why in _unlike(part, seen))


def _unlike(part: Part, seen: Seen) -> Iterator[str]:
    """Where a part has more or less than its state allows."""
    told = all(part.missing.values())
    names = (part.columns, part.parameters, part.measures, part.capabilities)
    if part.state in NOT_THERE and any(names):
        yield f"{part.state}, and it names something of the model"
    if part.state not in (ACTS, JUDGED) and not told:
        yield f"{part.state}, and it does not say what is missing"
    if part.state == JUDGED and not set(part.measures) & {*STRUCTURAL, *SEASONAL, *MEASURES}:
        yield f"{part.state}, and it names no measure"
    results = [seen.changes.get((part.scenario, name)) for name in part.named()]
    changes = CHANGES in results
    if part.state == PARTLY and not changes and None not in results:
        yield f"{part.state}, and no parameter of it changes the ledger: it is {DECORATION}"
    if part.state == DECORATION and changes:
        yield f"{part.state}, and a parameter of it changes the ledger: it is {PARTLY}"
