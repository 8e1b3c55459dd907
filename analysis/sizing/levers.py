"""What a planner may change, by name: where it stands in a scenario, and the scenario changed.

Nothing here names a table: what is a capacity, and which rows may be bought, the registry says.
Four forms: a cell (`teams.team-1.boats`), an amount (`stock.store-1.water_ml`), all rows of a
column together (`teams.members`, with `where` those of a kind, a base, a capability), and how many
of a row there are (`teams.team-1`). Parameters that the list of capabilities knows, and
of which more is better, are named as in `--set` (`parameters.response.desks`).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from anlan.analysis.capabilities.listed import capabilities
from anlan.sim.scenario.errors import BadInput, nearest, shown, worded
from anlan.sim.scenario.registry import Entry, Table, entries
from anlan.sim.scenario.schema import Scenario

NUMBERS = "parameters"
COPY = "-more-"  # in the id of a further row of a kind
Key = tuple[str, ...]


@dataclass(frozen=True)
class Lever:
    """A capacity of a scenario that may be changed: which rows, which column, what they hold now.

    `column` is empty where the number of rows is what changes, `attribute` where it is a parameter,
    whose name is then the key. `now`: what each row holds, in the order of `keys`.
    """

    what: str
    where: str
    attribute: str
    keys: tuple[Key, ...]
    column: str
    now: tuple[float, ...]
    whole: bool  # a count: only whole numbers

    @property
    def id(self) -> str:
        """What it is called in tables."""
        return f"{self.what} ({self.where})" if self.where else self.what

    @property
    def today(self) -> float:
        """How much of it there is."""
        return math.fsum(self.now) if self.column or not self.attribute else float(len(self.keys))

    def shares(self, amount: float) -> list[float]:
        """What each row holds of an amount: in proportion to today, a count rounded up.

        A larger amount gives no row less. Where there is nothing today all rows get the same.
        """
        total = math.fsum(self.now)
        parts = [n / total for n in self.now] if total else [1.0 / len(self.now)] * len(self.now)
        if amount == self.today:
            return list(self.now)
        return [math.ceil(amount * p - 1e-9) if self.whole else amount * p for p in parts]


def lever(scenario: Scenario, what: str, where: str | None) -> Lever:
    """The capacity of a name. Raises BadInput that says what is no capacity, and what is."""
    section, _, rest = what.partition(".")
    if section == NUMBERS:
        return _parameter(scenario, what, rest)
    tables = {e.section: e for e in entries(type(scenario)) if _buys(e)}
    if section not in tables:
        near = nearest(section, [*tables, NUMBERS])
        problem = worded("no capacity {what}; {near}", what=shown(what), near=near)
        raise BadInput(problem)
    entry = tables[section]
    found = _of_table(scenario, entry, what, rest, where or "")
    if not found.keys:
        raise BadInput(
            worded("no row of {file} is meant by {what} {where}", file=entry.part.file,
                   what=shown(what), where=shown(where or ""))
        )  # fmt: skip
    return found


def _buys(entry: Entry) -> bool:
    part = entry.part
    return isinstance(part, Table) and bool(part.key) and bool(part.capacity or part.rows_vary)


def _parameter(scenario: Scenario, what: str, name: str) -> Lever:
    rising = {
        c.parameter
        for c in capabilities()
        if c.parameter in scenario.parameters and _rises(dict(c.settings))
    }
    if name not in rising:
        near = nearest(name, rising)
        raise BadInput(worded("no capacity {what}; {near}", what=shown(what), near=near))
    value = scenario.p(name)
    whole = scenario.parameters[name].unit == "count"
    return Lever(what, "", "", ((name,),), "value", (value,), whole)


def _rises(settings: Mapping[str, float]) -> bool:
    """Whether more of a parameter is more of the capability."""
    return settings.get("double", math.inf) > settings.get("half", settings.get("none", math.inf))


def _of_table(scenario: Scenario, entry: Entry, what: str, rest: str, where: str) -> Lever:
    part = entry.part
    assert isinstance(part, Table)
    rows = {key_of(part, row): row for row in entry.of(scenario)}
    first, _, last = rest.rpartition(".")
    if rest in part.capacity:
        chosen = [k for k, row in rows.items() if _fits(entry, row, where)]
        return _lever(entry, rows, (what, where), chosen, rest)
    if where:
        raise BadInput(
            worded("{what} is one thing; leave out where, or name a column of all: {columns}",
                   what=shown(what), columns=", ".join(part.capacity))
        )  # fmt: skip
    if part.amount:
        mine = [k for k in rows if ".".join(k) == rest]
        if not mine:
            raise _no_row(entry, rest, (".".join(k) for k in rows))
        return _lever(entry, rows, (what, where), mine, part.amount)
    if last in part.capacity and first:
        return _lever(entry, rows, (what, where), [_named(entry, rows, first)], last)
    if first and not part.rows_vary:
        raise BadInput(
            worded("{column} is no capacity of {file}; {near}", column=shown(last),
                   file=part.file, near=nearest(last, part.capacity))
        )  # fmt: skip
    if first and (first,) in rows:
        raise BadInput(
            worded("{column} is no capacity of {file}; {near}", column=shown(last),
                   file=part.file, near=nearest(last, part.capacity))
        )  # fmt: skip
    if not part.rows_vary:
        raise _no_row(entry, rest, (".".join((*k, c)) for k in rows for c in part.capacity))
    return _lever(entry, rows, (what, where), [_named(entry, rows, rest)], "")


def key_of(part: Table, row: BaseModel) -> Key:
    """What names a row."""
    return tuple(str(getattr(row, column)) for column in part.key)


def _lever(
    entry: Entry, rows: Mapping[Key, BaseModel], named: tuple[str, str], keys: list[Key],
    column: str,
) -> Lever:  # fmt: skip
    if not column:
        return Lever(*named, entry.attribute, tuple(keys), "", (1.0,) * len(keys), True)
    now = tuple(float(getattr(rows[k], column) or 0) for k in keys)
    kind = str(entry.row.model_fields[column].annotation)
    whole = "int" in kind or "bool" in kind
    return Lever(*named, entry.attribute, tuple(keys), column, now, whole)


def _named(entry: Entry, rows: Mapping[Key, BaseModel], name: str) -> Key:
    """The row that an id or a name in any language means. Raises BadInput."""
    if (name,) in rows:
        return (name,)
    called = [
        k for k, row in rows.items()
        if name in {str(v) for f, v in row if f.startswith("name_") and v}
    ]  # fmt: skip
    if len(called) == 1:
        return called[0]
    if called:
        several = ", ".join(".".join(k) for k in called[:8])
        raise BadInput(
            worded("{name} is the name of several; write one's id: {several}",
                   name=shown(name), several=several)
        )  # fmt: skip
    raise _no_row(entry, name, (".".join(k) for k in rows))


def _no_row(entry: Entry, name: str, known: Iterable[str]) -> BadInput:
    return BadInput(
        worded("no row {name} of {file}; {near}", name=shown(name), file=entry.part.file,
               near=nearest(name, known))
    )  # fmt: skip


def _fits(entry: Entry, row: BaseModel, where: str) -> bool:
    """Whether a row has every `column=value` of a condition. Raises BadInput for what is none."""
    for one in filter(None, (w.strip() for w in where.split(";"))):
        column, sign, wanted = (part.strip() for part in one.partition("="))
        if not sign or column not in entry.row.model_fields:
            raise BadInput(
                worded("where {given} is not column=value; {near}", given=shown(one),
                       near=nearest(column, entry.row.model_fields))
            )  # fmt: skip
        held = getattr(row, column)
        several = held if isinstance(held, tuple) else (held,)
        if wanted not in map(str, several):
            return False
    return True


def with_amounts(scenario: Scenario, levers: Iterable[tuple[Lever, float]]) -> Scenario:
    """The scenario with each capacity at an amount, checked anew. Raises BadInput."""
    found, changes = scenario, dict[str, dict[Any, Any]]()
    sections = {e.attribute: e for e in entries(type(scenario))}
    for one, amount in levers:
        if amount == one.today:
            continue
        if not one.attribute:
            changes.setdefault(NUMBERS, {})[one.keys[0][0]] = _cast(one, amount)
            continue
        entry = sections[one.attribute]
        if not one.column:
            found = found.model_copy(update={one.attribute: _rows(entry, found, one, amount)})
            continue
        into = changes.setdefault(entry.section, {})
        for key, value in zip(one.keys, one.shares(amount), strict=True):
            part = entry.part
            assert isinstance(part, Table)
            if part.amount:
                into[key] = _cast(one, value)
            else:
                into.setdefault(key[0], {})[one.column] = _cast(one, value)
    return found.replace(**changes)


def _cast(one: Lever, value: float) -> float | int:
    return round(value) if one.whole else float(value)


def _rows(entry: Entry, scenario: Scenario, one: Lever, amount: float) -> tuple[BaseModel, ...]:
    """A table's rows with so many of some kind: copies have ids of their own."""
    part = entry.part
    assert isinstance(part, Table)
    rows: tuple[BaseModel, ...] = tuple(entry.of(scenario))
    if amount < 1:
        return tuple(row for row in rows if key_of(part, row) not in one.keys)
    return rows + tuple(_copies(part, rows, one, int(amount)))


def _copies(
    part: Table, rows: tuple[BaseModel, ...], one: Lever, count: int
) -> Iterator[BaseModel]:
    column = part.key[-1]
    for row in rows:
        if key_of(part, row) in one.keys:
            for n in range(2, count + 1):
                yield row.model_copy(update={column: f"{getattr(row, column)}{COPY}{n}"})


def set_texts(levers: Iterable[tuple[Lever, float]], scenario: Scenario) -> list[str] | None:
    """The same as `--set` takes it; None where rows come or go, which it cannot say."""
    found = []
    sections = {e.attribute: e.section for e in entries(type(scenario))}
    for one, amount in levers:
        if amount == one.today:
            continue
        if not one.column:
            return None
        if not one.attribute:
            found.append(f"{one.what}={_cast(one, amount):.10g}")
            continue
        section = sections[one.attribute]
        for key, value in zip(one.keys, one.shares(amount), strict=True):
            tail = key if len(key) > 1 else (*key, one.column)
            found.append(f"{section}.{'.'.join(tail)}={_cast(one, value):.10g}")
    return found
