"""The clauses of the plans, the systems that they build and where each stands, from data files.

`clauses.csv` holds the clauses, `systems.csv` the systems that they ask for in the numbering of the
list that they were taken from, `promises.csv` the numbers that they promise. `parts.csv` says part
by part where a system is in the model: tables, parameters, measures, capabilities, a scenario.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cache

from anlan.analysis.text.data import rows_of
from anlan.analysis.words import FALLBACK, LANGS
from anlan.sim import shipped_parameters

ACTS, PARTLY, DECORATION, ABSENT = "acts", "partly", "decoration", "absent"
JUDGED, NOT_SIMULATED = "judged", "not_simulated"
STATES = (ACTS, PARTLY, DECORATION, ABSENT, JUDGED, NOT_SIMULATED)
MARKS = ("found", "known", "assumption")
PROMISES = "promises"  # in place of clauses: those of the promised numbers
NO_CLAUSE = "most plans"  # in place of clauses: what nearly all plans ask for, without a number


@dataclass(frozen=True)
class Plan:
    """A work plan of a district. `numbering`: how its clauses are numbered, where it is known."""

    id: str
    title: str
    numbering: str
    district: dict[str, str] = field(compare=False)


@dataclass(frozen=True)
class Clause:
    """A clause. Marked `found`: with words or numbers of the plan; `known`: what it is about."""

    id: str
    plan: str
    mark: str
    text: dict[str, str] = field(compare=False)


@dataclass(frozen=True)
class System:
    """A system that the plans build, and what it becomes in the model."""

    number: int
    clauses: tuple[str, ...]
    name: dict[str, str] = field(compare=False)
    becomes: dict[str, str] = field(compare=False)


@dataclass(frozen=True)
class Promise:
    """A number that the plans promise, and the targets (scenario, id) that ask it."""

    id: str
    value: str
    clauses: tuple[str, ...]
    targets: tuple[tuple[str, str], ...]
    mark: str
    text: dict[str, str] = field(compare=False)


@dataclass(frozen=True)
class Part:
    """A part of a system, and where it is in the model.

    `columns`: (table, column) of a scenario; `parameters`: patterns of names; `missing`: what of it
    is not there, or why it is not simulated, in each language.
    """

    id: str
    system: int
    clauses: tuple[str, ...]
    state: str
    columns: tuple[tuple[str, str], ...]
    parameters: tuple[str, ...]
    measures: tuple[str, ...]
    capabilities: tuple[str, ...]
    scenario: str
    name: dict[str, str] = field(compare=False)
    missing: dict[str, str] = field(compare=False)

    def named(self) -> list[str]:
        """The parameters that its patterns name, in the order of the list."""
        found = {name for pattern in self.parameters for name in matching(pattern)}
        return [name for name in _parameters() if name in found]


@cache
def matching(pattern: str) -> tuple[str, ...]:
    """The parameters that fit a pattern."""
    return tuple(name for name in _parameters() if fnmatchcase(name, pattern))


@cache
def _parameters() -> tuple[str, ...]:
    return tuple(shipped_parameters())


@cache
def plans() -> tuple[Plan, ...]:
    """The work plans that the clauses stand in."""
    return tuple(
        Plan(r["plan"], r["title"], r["numbering"], _words(r, "district_"))
        for r in rows_of(__package__, "plans.csv")
    )


@cache
def clauses() -> tuple[Clause, ...]:
    """All clauses."""
    return tuple(
        Clause(r["clause"], r["plan"], r["mark"], _words(r))
        for r in rows_of(__package__, "clauses.csv")
    )


@cache
def systems() -> tuple[System, ...]:
    """All systems by their number."""
    return tuple(
        System(int(r["system"]), _split(r["clauses"]), _words(r), _words(r, "becomes_"))
        for r in rows_of(__package__, "systems.csv")
    )


@cache
def promises() -> tuple[Promise, ...]:
    """All promised numbers."""
    return tuple(
        Promise(
            r["promise"], r["value"], _split(r["clauses"]), _pairs(r["targets"], ":"), r["mark"],
            _words(r),
        )
        for r in rows_of(__package__, "promises.csv")
    )  # fmt: skip


@cache
def parts() -> tuple[Part, ...]:
    """All parts of all systems."""
    return tuple(
        Part(
            r["part"], int(r["system"]), _split(r["clauses"]), r["state"],
            _pairs(r["tables"], "."), _split(r["parameters"]), _split(r["measures"]),
            _split(r["capabilities"]), r["scenario"], _words(r), _words(r, "missing_"),
        )
        for r in rows_of(__package__, "parts.csv")
    )  # fmt: skip


@cache
def short() -> dict[str, tuple[int, int]]:
    """Scenario -> people a row and hours, of those that are not played whole for parameters."""
    return {
        r["scenario"]: (int(r["people_per_row"]), int(r["hours"]))
        for r in rows_of(__package__, "short.csv")
    }


def parts_of(system: System) -> list[Part]:
    """The parts of a system."""
    return [part for part in parts() if part.system == system.number]


def state_of(system: System) -> str:
    """Of a system as a whole: what all its parts have in common, else `partly`.

    Parts that are judged off the data count only where there is no other.
    """
    states = {part.state for part in parts_of(system)}
    states = states - {JUDGED} or states
    return states.pop() if len(states) == 1 else PARTLY


def _words(row: dict[str, str], before: str = "") -> dict[str, str]:
    return {lang: row.get(before + lang, row[before + FALLBACK]) for lang in LANGS}


def _split(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(";") if word.strip())


def _pairs(text: str, between: str) -> tuple[tuple[str, str], ...]:
    cut = (word.partition(between) for word in _split(text))
    return tuple((first, second) for first, _, second in cut)
