"""The data dictionary of a scenario: each file and block, each column, its unit and its words.

What a file is stands in the registry, what a column means in `columns.csv` beside this module.
The documentation, the dictionary of a run's folder and the list of capacities are made of it.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from anlan.sim.scenario.registry import Entry, Grids, Kinds, Part, Refers, Table, entries
from anlan.sim.scenario.takes import range_of

FILE = "columns.csv"


@dataclass(frozen=True)
class ColumnWords:
    """A column of a file, or a key of a block. `unit` is empty for what is not counted."""

    file: str
    name: str
    spec: FieldInfo
    unit: str
    en: str
    zh: str
    refers: tuple[str, ...]  # the files that hold what it names
    capacity: bool  # may be changed by spending
    stands: bool  # says where the thing stands: may be moved

    @property
    def hard_range(self) -> tuple[float, float] | None:
        """The least and the most that it may be (a time: years); None for words."""
        return range_of(self.spec)


@dataclass(frozen=True)
class Described:
    """A file or block of a scenario, and its columns or keys."""

    title: str
    path: str  # in the scenario's JSON
    entry: Entry
    optional: bool
    en: str
    zh: str
    columns: tuple[ColumnWords, ...]


@dataclass(frozen=True)
class Said:
    """What `columns.csv` says of a column."""

    unit: str
    en: str
    zh: str


@cache
def said() -> dict[tuple[str, str], Said]:
    """(file, column) -> its unit and its words."""
    with files(__package__).joinpath(FILE).open(encoding="utf-8") as file:
        return {
            (row["file"], row["column"]): Said(row["unit"], row["en"], row["zh"])
            for row in csv.DictReader(file)
        }


def described(kind: type[BaseModel]) -> Iterator[Described]:
    """Every file and block of a class of scenarios, in the registry's order, with its columns.

    Raises KeyError for a column that `columns.csv` says nothing of.
    """
    held_in = {e.attribute: e.part.file for e in entries(kind)}
    for entry in entries(kind):
        part = entry.part
        if isinstance(part, Grids):
            continue
        if isinstance(part, Kinds):
            for name, k in part.kinds.items():
                title, path = f"{part.file} [{part.name}.{name}]", f"{entry.attribute}.{name}"
                columns = _columns(title, k.row, part, k.refers, held_in)
                yield Described(title, path, entry, True, k.en, k.zh, columns)
            continue
        columns = _columns(entry.title, entry.row, part, part.refers, held_in)
        path = ".".join(p for p in (entry.inside, entry.attribute) if p)
        yield Described(entry.title, path, entry, entry.optional, part.en, part.zh, columns)


def _columns(
    title: str, row: type[BaseModel], part: Part, refers: Refers, held_in: dict[str, str]
) -> tuple[ColumnWords, ...]:
    inner = {e.attribute for e in entries(row)}  # parts of their own
    words = said()
    stands = part.stands if isinstance(part, Table) else ()
    found = []
    for name, spec in row.model_fields.items():
        if name in inner:
            continue
        here = words[title, name]
        targets = tuple(held_in[t.partition(".")[0]] for t in refers.get(name, ()))
        found.append(
            ColumnWords(
                title, name, spec, here.unit, here.en, here.zh, targets,
                name in part.capacity, name in stands,
            )
        )  # fmt: skip
    return tuple(found)


def capacities(kind: type[BaseModel]) -> list[ColumnWords]:
    """Every number that may be changed by spending, with its unit and hard range."""
    return [c for d in described(kind) for c in d.columns if c.capacity]
