"""A capability in a scenario, and the scenario with none, half and double of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from anlan.analysis.capabilities.listed import EVERY, LEVELS, Listed, capabilities
from anlan.analysis.words import FALLBACK, LANGS, word, words
from anlan.analysis.words.names import name_of
from anlan.sim.scenario.errors import BadInput
from anlan.sim.scenario.registry import Entry, Table, entries
from anlan.sim.scenario.schema import Scenario

NONE = "none"
FEWER = (NONE, "half")
SET = "set"  # in the column `value`: wherever the column is not empty
AGAIN = "-again"  # ends the id of a row that is there twice


@dataclass(frozen=True)
class Cell:
    """A capability of a scenario; `value` is that of the rows it is about, where it has one."""

    listed: Listed
    value: str = ""

    @property
    def id(self) -> str:
        """Its short name, the same in every scenario."""
        return f"{self.listed.id}:{self.value}" if self.value else self.listed.id

    @property
    def reasons(self) -> tuple[str, ...]:
        """Each of them alone would say why nothing moves."""
        return tuple(r.replace("{value}", self.value) for r in self.listed.reasons)

    def label(self, lang: str, names: dict[str, str] | None = None) -> str:
        """What to call it; `names` of values that have one."""
        shown = (names or {}).get(self.value, self.value)
        return self.listed.labels.get(lang, self.listed.labels[FALLBACK]).replace("{value}", shown)

    def labels(self, scenario: Scenario) -> dict[str, str]:
        """What to call it in each language; an item has the scenario's own name."""
        found = {}
        key = f"value.{self.listed.by.rpartition('.')[2]}.{self.value}"
        for lang in LANGS:
            names = {i.item: name_of(i, lang) for i in scenario.items}
            if key in words():
                names[self.value] = word(key, lang)
            found[lang] = self.label(lang, names)
        return found


def cells(scenario: Scenario) -> Iterator[Cell]:
    """Every capability of the lists, as the scenario has it; one that it lacks too."""
    for listed in capabilities():
        if listed.value != EVERY:
            yield Cell(listed)
            continue
        for value in sorted(_values(scenario, listed)):
            yield Cell(listed, value)


@dataclass(frozen=True)
class Levels:
    """Level -> the scenario so changed; `refused`: level -> why it cannot be, in one line.

    A level that would change nothing is in neither.
    """

    scenarios: dict[str, Scenario]
    refused: dict[str, str]


def levels(scenario: Scenario, cell: Cell, wanted: Sequence[str] = LEVELS) -> Levels:
    """The scenario with none, half and double of a capability, each checked as any other is."""
    found, refused = {}, {}
    for level in wanted:
        try:
            changed = _changed(scenario, cell, level)
        except BadInput as error:
            refused[level] = str(error)
            continue
        if changed is not None:
            found[level] = changed
    return Levels(found, refused)


def _changed(scenario: Scenario, cell: Cell, level: str) -> Scenario | None:
    """The scenario at a level; None where nothing is another than it was. Raises BadInput."""
    listed = cell.listed
    if listed.parameter:
        value = dict(listed.settings).get(level)
        if listed.parameter not in scenario.parameters or value is None:
            return None
        if value == scenario.p(listed.parameter):
            return None
        return scenario.replace(parameters={listed.parameter: value})
    entry = _entry(listed.table)
    if entry is None:
        return None
    held = entry.of(scenario) or ()
    chosen = _chooser(scenario, listed, cell.value or listed.value)
    if listed.columns:
        changed = _scaled(entry, held, chosen, listed.columns, level)
    else:
        changed = _rows(entry, held, chosen, level)
    if changed == held:
        return None
    return scenario.model_copy(update={entry.attribute: changed}).replace()  # which checks it


def _entry(table: str) -> Entry | None:
    return next((e for e in entries(Scenario) if e.attribute == table and not e.inside), None)


def _key(entry: Entry, row: BaseModel) -> tuple[str, ...]:
    part = entry.part
    assert isinstance(part, Table)
    return tuple(str(getattr(row, column)) for column in part.key)


def _values(scenario: Scenario, listed: Listed) -> set[str]:
    entry = _entry(listed.table)
    held = (entry.of(scenario) if entry is not None else ()) or ()
    return {v for row in held for v in _of(scenario, listed, row)}


def _of(scenario: Scenario, listed: Listed, row: BaseModel) -> tuple[str, ...]:
    """The values by which a row is chosen."""
    column, _, further = listed.by.partition(".")
    value = getattr(row, column, None)
    if further:
        value = getattr(_named(scenario, listed.table, column, str(value)), further, None)
    if value is None:
        return ()
    return tuple(map(str, value)) if isinstance(value, tuple) else (str(value),)


def _named(scenario: Scenario, table: str, column: str, name: str) -> BaseModel | None:
    """The row of another table that a cell names."""
    entry = _entry(table)
    assert entry is not None
    for other in entry.part.refers.get(column, ()):
        there = _entry(other)
        for row in (there.of(scenario) or ()) if there is not None else ():
            assert there is not None
            if _key(there, row) == (name,):
                found: BaseModel = row
                return found
    return None


def _chooser(scenario: Scenario, listed: Listed, value: str) -> Callable[[BaseModel], bool]:
    if not listed.by:
        return lambda _row: True
    kept: dict[str, bool] = {}

    def chosen(row: BaseModel) -> bool:
        name = str(getattr(row, listed.by.partition(".")[0], None))
        if name not in kept:
            has = _of(scenario, listed, row)
            kept[name] = bool(has) if value == SET else value in has
        return kept[name]

    return chosen


def _in_order(entry: Entry, held: tuple[BaseModel, ...]) -> list[int]:
    """Row numbers by key, so that what half of something is does not hang on a file's order."""
    return sorted(range(len(held)), key=lambda n: _key(entry, held[n]))


def _scaled(
    entry: Entry,
    held: tuple[BaseModel, ...],
    chosen: Callable[[BaseModel], bool],
    columns: tuple[str, ...],
    level: str,
) -> tuple[BaseModel, ...]:
    new = list(held)
    for column in columns:
        scale = _Scale(level)
        for n in _in_order(entry, held):
            if chosen(held[n]) and getattr(held[n], column) is not None:
                cell = {column: scale.of(getattr(held[n], column))}
                new[n] = type(held[n])(**(dict(new[n]) | cell))
    return tuple(new)


class _Scale:
    """Gives numbers times 0, 1/2 or 2, row after row; halves of whole numbers add up to half."""

    def __init__(self, level: str) -> None:
        self.level = level
        self.odd = False

    def of(self, value: Any) -> Any:
        if isinstance(value, bool):
            if self.level == "half" and value:
                self.odd = not self.odd
                return self.odd
            return self.level == "double" if self.level != "half" else False
        if self.level == "none":
            return type(value)(0)
        if self.level == "double":
            return value * 2
        if not isinstance(value, int):
            return value / 2
        half = (value + self.odd) // 2  # every other half person is rounded up
        self.odd ^= value % 2 == 1
        return half


def _rows(
    entry: Entry, held: tuple[BaseModel, ...], chosen: Callable[[BaseModel], bool], level: str
) -> tuple[BaseModel, ...]:
    mine = [n for n in _in_order(entry, held) if chosen(held[n])]
    if level == "double":
        part = entry.part
        assert isinstance(part, Table)
        key = part.key[-1]
        return held + tuple(
            held[n].model_copy(update={key: f"{getattr(held[n], key)}{AGAIN}"}) for n in mine
        )
    gone = set(mine if level == "none" else mine[1::2])
    return tuple(row for n, row in enumerate(held) if n not in gone)
