"""A scenario changed in memory: `--set key=value` and `scenario.replace(...)`.

Keys: settings.<key>, hazard.<kind>.<key>, policy.<key>, forest.<key>, parameters.<name>,
<table>.<id>.<column> for each table whose rows have an id, stock.<holder>.<item>,
response.<level>.<key> and target.<id>.<key>; the sections are those of the registry. In the place
of an id its thing's name in any language does as well, where only one thing has it.
`hazard.<key>` alone means the one named hazard that has the key. Every changed row is validated
again; whether the whole still fits together is asked by `anlan.sim.checks`.
"""

from __future__ import annotations

import re
import typing
from collections.abc import Mapping
from functools import cache
from typing import Any

from pydantic import BaseModel

from anlan.sim.scenario.errors import (
    BadInput,
    Slips,
    either,
    nearest,
    no_parameter,
    one_line,
    shown,
    worded,
)
from anlan.sim.scenario.migrate import RENAMED
from anlan.sim.scenario.registry import (
    Block,
    Entry,
    Kinds,
    Numbers,
    Rows,
    Table,
    entries,
    names_of_row,
)
from anlan.sim.scenario.rows import make
from anlan.sim.scenario.schema import Scenario
from anlan.sim.scenario.takes import is_many, is_optional

SIGNED = re.compile(r"\+\s*[0-9]+(\.[0-9]*)?([eE][+-]?[0-9]{1,3})?")
MOST_SHAPES = 3  # sections that a column alone may be of
MOST_TOLD = 8  # ids that an error lists
Changes = dict[str, dict[Any, Any]]


@cache
def sections(kind: type[BaseModel]) -> dict[str, Entry]:
    """What `--set` may begin with -> the part that it changes."""
    found = {}
    for entry in entries(kind):
        match entry.part:
            case Rows() if entry.part.key:
                found[entry.section] = entry
            case Block() if not entry.part.fixed:
                found[entry.section] = entry
            case Kinds() | Numbers():
                found[entry.section] = entry
    return found


def changes_of(scenario: Scenario, texts: Mapping[str, str]) -> Changes:
    """`key=value` texts as `changed` takes them. Raises BadInput that names each wrong key."""
    _need_mapping(texts, "overrides", "{key: value}")
    changes, slips = Changes(), Slips()
    seen: dict[tuple[str, ...], str] = {}  # what is changed -> the key that changes it
    for key, value in texts.items():
        with slips.of(key.strip()):
            what = _sort_in(changes, scenario, key, value)
            if what in seen:
                problem = worded("changes the same as {other}; keep one", other=shown(seen[what]))
                raise _unknown(key, problem)
            seen[what] = key.strip()
    slips.raise_first()
    return changes


def _sort_in(changes: Changes, scenario: Scenario, key: str, value: str) -> tuple[str, ...]:
    """Put one `key=value` where `changed` expects it; what it changes, however it is called."""
    if key.strip() in RENAMED:
        raise _unknown(
            key, worded("is called {name} since format 2; write that", name=RENAMED[key.strip()])
        )
    known = sections(type(scenario))
    section, _, rest = key.strip().partition(".")
    if section not in known:
        shapes = [] if rest else _having(known, section)
        near = (
            worded("write {choice}", choice=either(shapes)) if shapes else nearest(section, known)
        )
        raise _unknown(
            key, worded("no section {section}; {near}", section=shown(section), near=near)
        )
    part = known[section].part
    into = changes.setdefault(section, {})
    first, _, column = rest.rpartition(".")
    match part:
        case Block() | Numbers() if rest:
            into[rest] = value
            return section, rest
        case Table(amount=amount) if amount and first:
            ids = _ids(scenario, part, key, (first, column))
            into[ids] = value
            return section, *ids
        case Rows() if first:
            row = _id_of(known[section].of(scenario), part.key[0], first, key)
            into.setdefault(row, {})[column] = value
            return section, row, column
        case Kinds() if first:
            into.setdefault(first, {})[column] = value
            return section, first, column
        case Kinds() if rest:
            into[rest] = value
            held = known[section].of(scenario)
            having = [name for name, row in held.items() if rest in type(row).model_fields]
            return section, *having, rest
        case _:
            raise _unknown(
                key,
                worded("the key stops short; write {shape}=<value>", shape=_shape(known[section])),
            )


def _ids(scenario: Scenario, part: Table, key: str, given: tuple[str, ...]) -> tuple[str, ...]:
    """The ids of what several columns name together, such as a store and an item."""
    tables = {e.attribute: e for e in entries(type(scenario))}
    found = []
    for column, name in zip(part.key, given, strict=True):
        others = [tables[t] for t in part.refers.get(column, ())]
        named = [
            (e.part.key[0], row)
            for e in others
            if isinstance(e.part, Rows)
            for row in e.of(scenario) or ()
        ]
        ids = {str(getattr(row, first)) for first, row in named}
        meant = {str(getattr(row, first)) for first, row in named if name in names_of_row(row)}
        found.append(name if name in ids else _the_one(meant, name, key))
    return tuple(found)


def _id_of(rows: Any, column: str, name: str, key: str) -> str:
    """The id of the one row of a table that has an id or a name."""
    if any(str(getattr(row, column)) == name for row in rows or ()):
        return name
    return _the_one(
        {str(getattr(r, column)) for r in rows or () if name in names_of_row(r)}, name, key
    )


def _the_one(meant: set[str], name: str, key: str) -> str:
    """The id that a name means; the name itself where it is none. Raises BadInput for several."""
    if len(meant) > 1:
        several, left = ", ".join(sorted(meant)[:MOST_TOLD]), len(meant) - MOST_TOLD
        if left > 0:
            several = worded("{words} and {left} more", words=several, left=left)
        raise _unknown(
            key,
            worded(
                "{name} is the name of several; write one's id: {several}",
                name=shown(name),
                several=several,
            ),
        )
    return meant.pop() if meant else name


def _having(known: Mapping[str, Entry], column: str) -> list[str]:
    """How the key of a column looks in each section that has one of the name."""
    having = [e for e in known.values() if column in e.row.model_fields]
    shapes = [_shape(e) for e in having if isinstance(e.part, Rows | Block)]
    named = [s.replace("<column>", column).replace("<key>", column) for s in shapes]
    return named[:MOST_SHAPES]


def _shape(entry: Entry) -> str:
    """How the keys of a section look."""
    section = entry.section
    match entry.part:
        case Block():
            return f"{section}.<key>"
        case Numbers():
            return f"{section}.<name>"
        case Kinds():
            return f"{section}.<kind>.<key>"
        case Table(amount=amount, key=key) if amount:
            return ".".join([section, *(f"<{column}>" for column in key)])
    return f"{section}.<id>.<column>"


def _example(entry: Entry) -> str:
    """How the changes of a section look as Python writes them."""
    match entry.part:
        case Block():
            return "{key: value}"
        case Numbers():
            return "{name: value}"
        case Kinds():
            return "{kind: {key: value}}"
        case Table(amount=amount, key=key) if amount:
            return f"{{({', '.join(key)}): {amount}}}"
    return "{id: {column: value}}"


def _need_mapping(change: object, where: str, example: str) -> None:
    """Raise BadInput where changes given in Python are not by name."""
    if not isinstance(change, Mapping):
        raise BadInput(
            worded(
                "{where}: changes are given by name, {example}, not as {value}",
                where=where,
                example=example,
                value=shown(repr(change)),
            )
        )


def _unknown(key: str, problem: str) -> BadInput:
    return BadInput(one_line(worded("--set {key}: {problem}", key=shown(key), problem=problem)))


def changed[S: Scenario](scenario: S, changes: Mapping[str, Mapping[Any, Any]]) -> S:
    """The scenario with the changes by section; the given one stays as it is.

    Rows, blocks and hazards are validated one by one, not the whole. Raises BadInput.
    """
    known, slips = sections(type(scenario)), Slips()
    parts: dict[str, Any] = {}
    for section, change in changes.items():
        with slips:
            entry = _section(known, section)
            _need_mapping(change, section, _example(entry))
            held = _changed_part(entry, entry.of(scenario), change)
            if entry.inside:
                block = parts.get(entry.inside, getattr(scenario, entry.inside))
                parts[entry.inside] = block.model_copy(update={entry.attribute: held})
            else:
                parts[entry.attribute] = held
    slips.raise_first()
    return scenario.model_copy(update=parts)


def _section(known: Mapping[str, Entry], section: str) -> Entry:
    """The part that a section names. Raises BadInput."""
    if section not in known:
        raise BadInput(
            worded(
                "no section {section}; {near}", section=shown(section), near=nearest(section, known)
            )
        )
    return known[section]


def _changed_part(entry: Entry, held: Any, change: Mapping[Any, Any]) -> Any:
    """What a scenario holds of a part, changed."""
    section = entry.section
    match entry.part:
        case Numbers():
            return _with_numbers(held, change, section)
        case Kinds():
            return _with_hazards(entry.part, held, change, section)
        case Table(amount=amount) if amount:
            return _with_amounts(entry, held, change)
        case Rows():
            return _with_rows(held, entry.part.key[0], change, section)
    if held is None:
        raise BadInput(worded("this scenario has no [{section}] to change", section=section))
    return _changed(held, change, section)


def _changed[B: BaseModel](row: B, change: Mapping[str, Any], where: str) -> B:
    """A row with some fields changed and everything validated again."""
    _need_mapping(change, where, "{column: value}")
    fields, slips = type(row).model_fields, Slips()
    raw = dict(row)
    for column, value in change.items():
        with slips.of(f"{where}.{column}"):
            if column not in fields:
                raise BadInput(
                    worded(
                        "{where}: no key {column}; {near}",
                        where=where,
                        column=shown(column),
                        near=nearest(column, fields),
                    )
                )
            _refuse_sign(value, raw[column], f"{where}.{column}")
            raw[column] = _typed(value, fields[column].annotation)
    slips.raise_first()
    return _made(type(row), raw, where)


def _refuse_sign(value: Any, now: Any, where: str) -> None:
    """Raise BadInput for +2, of which nobody can tell whether it means 2, or two more."""
    if not isinstance(value, str) or not SIGNED.fullmatch(value.strip()):
        return
    plain = value.strip().removeprefix("+").strip()
    if isinstance(now, bool) or not isinstance(now, int | float):
        raise BadInput(
            worded(
                "{where}: {value}: leave out the sign: {plain}",
                where=where,
                value=shown(value),
                plain=plain,
            )
        )
    raise BadInput(
        worded(
            "{where}: {value}: it is {now:.10g} now; for {plain} more write {more:.10g}, for "
            "{plain} in all write {plain}",
            where=where,
            value=shown(value),
            now=now,
            plain=plain,
            more=now + float(plain),
        )
    )


def _made[B: BaseModel](model: type[B], raw: Mapping[str, Any], where: str) -> B:
    def wrong(column: str | None, problem: str) -> BadInput:
        about = f"{where}.{column}" if column else where
        error = BadInput(worded("{where}: {problem}", where=about, problem=problem))
        error.about = about
        return error

    return make(model, raw, wrong)


def _typed(value: Any, annotation: Any) -> Any:
    """A text from the command line as a cell of a table would be read."""
    if not isinstance(value, str):
        return value
    if is_many(annotation):
        return tuple(w.strip() for w in value.split(";") if w.strip())
    if typing.get_origin(annotation) is typing.Literal:  # of numbers, as tick_min
        choice = typing.get_args(annotation)
        return next((a for a in choice if value.strip() in _ways(a)), value)
    return None if value == "" and is_optional(annotation) else value


def _ways(choice: object) -> tuple[str, ...]:
    """How one of the choices of a field may be written: 5 as 5.0 too, as other whole numbers."""
    return (str(choice), f"{choice}.0") if isinstance(choice, int) else (str(choice),)


def _with_rows(
    rows: tuple[BaseModel, ...], key: str, change: Mapping[str, Mapping[str, Any]], section: str
) -> tuple[BaseModel, ...]:
    """Rows with changes by their ids, or by a name that one of them alone has."""
    slips = Slips()
    called: dict[str, set[str]] = {}
    for row in rows:
        for name in names_of_row(row):
            called.setdefault(name, set()).add(str(getattr(row, key)))
    ids, by_id = {str(getattr(row, key)) for row in rows}, dict[str, Mapping[str, Any]]()
    for name, given in change.items():
        with slips.of(f"{section}.{name}"):
            one = _one_id(str(name), ids, called, (section, key))
            if one in by_id:
                raise BadInput(worded("{section}: {name} changes the same as {other}; keep one",
                                      section=section, name=shown(name), other=one))  # fmt: skip
            by_id[one] = given
    found = list(rows)
    for i, row in enumerate(rows):
        if (name := str(getattr(row, key))) in by_id:
            with slips:
                found[i] = _changed(row, by_id[name], f"{section}.{name}")
    slips.raise_first()
    return tuple(found)


def _one_id(
    name: str, ids: set[str], called: Mapping[str, set[str]], where: tuple[str, str]
) -> str:
    """The id of the row that a name means. Raises BadInput where it is none, or several."""
    if name in ids:
        return name
    meant = sorted(called.get(name, ()))
    if len(meant) == 1:
        return meant[0]
    near = nearest(name, ids if name.isascii() else called)
    if meant:
        near = worded("that is the name of several; write one's id: {several}",
                      several=", ".join(meant[:MOST_TOLD]))  # fmt: skip
    problem = worded(
        "{section}: no {key} {name}; {near}",
        section=where[0], key=where[1], name=shown(name), near=near,
    )  # fmt: skip
    raise BadInput(problem)


def _with_numbers(
    held: Mapping[str, BaseModel], change: Mapping[str, Any], section: str
) -> dict[str, BaseModel]:
    """Parameters with new values."""
    found, slips = dict(held), Slips()
    for name, value in change.items():
        with slips.of(f"{section}.{name}"):
            if name not in found:
                problem = no_parameter(name, found)
                raise BadInput(worded("{section}: {problem}", section=section, problem=problem))
            found[name] = _changed(found[name], {"value": value}, f"{section}.{name}")
    slips.raise_first()
    return found


def _with_amounts(
    entry: Entry, rows: tuple[BaseModel, ...], change: Mapping[tuple[str, ...], Any]
) -> tuple[BaseModel, ...]:
    """Rows that are named by several columns, with new amounts; one that is not there is added."""
    table = entry.part
    assert isinstance(table, Table)
    left, slips = dict(change), Slips()
    found = []
    for row in rows:
        names = tuple(str(getattr(row, column)) for column in table.key)
        where = ".".join((entry.section, *names))
        if names in left:
            with slips:
                row = _changed(row, {table.amount: left.pop(names)}, where)
        found.append(row)
    for names, value in left.items():
        with slips.of(".".join((entry.section, *map(str, names)))):
            found.append(_added(entry, table, names, value))
    slips.raise_first()
    return tuple(found)


def _added(entry: Entry, table: Table, names: Any, value: Any) -> BaseModel:
    """A new row that is named by several columns, with its amount. Raises BadInput."""
    if not (isinstance(names, tuple) and len(names) == len(table.key)):
        raise BadInput(
            worded(
                "{section}: a row is named by ({columns}), not by {value}",
                section=entry.section,
                columns=", ".join(table.key),
                value=shown(repr(names)),
            )
        )
    raw = dict(zip(table.key, names, strict=True)) | {table.amount: value, "mark": "assumption"}
    return _made(entry.row, raw, ".".join((entry.section, *names)))


def _with_hazards(
    part: Kinds, held: Mapping[str, BaseModel], change: Mapping[str, Any], section: str
) -> dict[str, BaseModel]:
    """Hazards with some keys changed. A kind that is not there is added, one that is None goes."""
    found, slips = dict(held), Slips()
    for name, given in change.items():
        with slips.of(f"{section}.{name}"):
            if name not in part.kinds:
                name, given = _alias(part, found, name, given, section)
            where = f"{section}.{name}"
            if given is None:
                found.pop(name, None)
            elif name in found:
                found[name] = _changed(found[name], given, where)
            else:
                _need_mapping(given, where, "{key: value}")
                row = part.kinds[name].row
                raw = {key: _typed(v, _annotation(row, key)) for key, v in given.items()}
                found[name] = _made(row, raw, where)
    slips.raise_first()
    return dict(sorted(found.items()))


def _annotation(row: type[BaseModel], key: str) -> Any:
    return row.model_fields[key].annotation if key in row.model_fields else None


def _alias(
    part: Kinds, held: Mapping[str, BaseModel], key: str, value: Any, section: str
) -> tuple[str, dict[str, Any]]:
    """The named hazard that a key without a kind means, and the change to it. Raises BadInput."""
    if f"{section}.{key}" in RENAMED:
        name = RENAMED[f"{section}.{key}"]
        raise BadInput(
            worded(
                "{section}.{key} is called {name} since format 2; write that",
                section=section,
                key=key,
                name=name,
            )
        )
    having = [name for name, row in held.items() if key in type(row).model_fields]
    if len(having) == 1:
        return having[0], {key: value}
    if having:
        choice = either([f"{section}.{name}.{key}" for name in having])
        raise BadInput(
            worded(
                "{section}.{key} may mean several; write {choice}",
                section=section,
                key=key,
                choice=choice,
            )
        )
    keys = [k for row in held.values() for k in type(row).model_fields]
    near = nearest(key, [*keys, *part.kinds])
    raise BadInput(
        worded(
            "{section}: no key {key} of {held}; {near}",
            section=section,
            key=shown(key),
            held=", ".join(held),
            near=near,
        )
    )
