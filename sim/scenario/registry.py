"""What a scenario's parts say of themselves: their file, their key, what they refer to.

A part is a field of `Scenario` (or of a block of it) with one of the marks below. The reader,
the checks, `--set` and `replace`, studies' factors, the documentation and the data dictionary
loop over `entries(Scenario)`; none of them names a table. What a number may be (its hard range)
stands in its row class, what a column means in `columns.csv`
(`dictionary.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from anlan.sim.scenario.takes import part_of

Refers = Mapping[str, tuple[str, ...]]  # column -> tables whose key it names, or "table.column"


@dataclass(frozen=True, eq=False)
class Part:
    """What every part says: its file, what it is called in `--set`, what it is."""

    file: str
    name: str = ""  # of the table in a TOML file
    en: str = field(kw_only=True)
    zh: str = field(kw_only=True)
    section: str = field(default="", kw_only=True)  # in --set; empty: that of the attribute
    refers: Refers = field(default_factory=dict, kw_only=True)
    # numbers that may be changed by spending: more people, boats, places
    capacity: tuple[str, ...] = field(default=(), kw_only=True)


@dataclass(frozen=True, eq=False, kw_only=True)
class Rows(Part):
    """A part of many rows."""

    key: tuple[str, ...] = ()  # the columns that name a row; none: no row is asked for by name
    also_unique: tuple[str, ...] = ()  # further columns in which no two rows may be the same
    ordered: bool = False  # its order is checked, which says more than that a key is there twice


@dataclass(frozen=True, eq=False, kw_only=True)
class Table(Rows):
    """A CSV file. Its rows become a tuple of row objects."""

    optional: bool = False  # the file may be missing
    missing_is_none: bool = False  # None where it is, which a file without rows is not
    at_least: int = 0  # the fewest rows
    shipped: bool = False  # where a folder has no rows, those of scenarios/<file> stand in
    site: bool = False  # its ids share one space with those of the other sites
    rows_vary: bool = False  # rows may be added and taken away: bought, built, called in
    stands: tuple[str, ...] = ()  # the columns that say where it stands: what may be moved
    amount: str = ""  # the column that --set means where it names a row alone (stock)
    happens: str = ""  # the column with a time that must lie within the run
    hazard: str = ""  # the one kind of hazard that reads it; empty: whatever comes


@dataclass(frozen=True, eq=False, kw_only=True)
class Block(Part):
    """A `[name]` of a TOML file, or what stands at its top where it has no name."""

    fixed: bool = False  # holds nothing that --set may change


@dataclass(frozen=True, eq=False, kw_only=True)
class Blocks(Rows):
    """Each `[[name]]` of a TOML file, at least one."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Kind:
    """One of the kinds that a part of kinds knows: the row class of its block, what it is."""

    row: type[BaseModel]
    en: str
    zh: str
    refers: Refers = field(default_factory=dict)
    sky: bool = False  # of hazards: gives wind and rain
    under_sky: bool = False  # goes by wind and rain, so that another has to give them
    happens: str = ""  # the key with a time that must lie within the run


@dataclass(frozen=True, eq=False, kw_only=True)
class Kinds(Part):
    """Each `[name.<kind>]` of a TOML file, at least one: a mapping by kind, sorted."""

    kinds: Mapping[str, Kind]


@dataclass(frozen=True, eq=False, kw_only=True)
class Numbers(Part):
    """The parameters: the shipped rows, and a folder's own in place of those of the same name."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Raster:
    """A raster file beside the tables: what it holds, whether it may be missing."""

    en: str
    zh: str
    optional: bool = False


@dataclass(frozen=True, eq=False, kw_only=True)
class Grids(Part):
    """Rasters beside the tables, each a text by its file's name."""

    rasters: Mapping[str, Raster]


@dataclass(frozen=True)
class Entry:
    """A part in its place: which attribute of the scenario it is, and the class of its rows."""

    attribute: str
    row: type[BaseModel]
    part: Part
    optional: bool
    inside: str = ""  # the attribute of the block that holds it

    @property
    def section(self) -> str:
        """What `--set` calls it."""
        return self.part.section or (self.part.name if self.inside else self.attribute)

    @property
    def title(self) -> str:
        """How pages and the data dictionary call it: `teams.csv`, `scenario.toml [policy]`."""
        match self.part:
            case Blocks():
                return f"{self.part.file} [[{self.part.name}]]"
            case Block(name=name) if name:
                return f"{self.part.file} [{name}]"
        return self.part.file

    def of(self, scenario: BaseModel) -> Any:
        """What the scenario holds of it: rows, a block or None, a mapping."""
        holder = getattr(scenario, self.inside) if self.inside else scenario
        held = getattr(holder, self.attribute)
        return () if held is None and isinstance(self.part, Table) else held


@cache
def entries(kind: type[BaseModel]) -> tuple[Entry, ...]:
    """The parts of a class of scenarios, in the order of its fields."""
    return tuple(_entries(kind, ""))


def _entries(kind: type[BaseModel], inside: str) -> Iterator[Entry]:
    for name, spec in kind.model_fields.items():
        part = next((m for m in spec.metadata if isinstance(m, Part)), None)
        if part is None:
            continue
        entry = _entry(name, spec, part, inside)
        yield entry
        if isinstance(part, Block):
            yield from _entries(entry.row, name)


def _entry(name: str, spec: FieldInfo, part: Part, inside: str) -> Entry:
    row = part_of(spec.annotation)
    if not (isinstance(row, type) and issubclass(row, BaseModel)):
        row = BaseModel  # rasters have no rows
    optional = not spec.is_required()
    if isinstance(part, Table | Numbers):
        optional = part.optional if isinstance(part, Table) else True
    return Entry(name, row, part, optional, inside)


def names_of_row(row: BaseModel) -> set[str]:
    """What a row is called, in every language; nothing of a row without names."""
    fields = (f for f in type(row).model_fields if f.startswith("name_"))
    return {str(getattr(row, f)) for f in fields} - {"", "None"}
