"""`anlan check SCENARIO --factors`: every name that `--set` takes, and a study's factor."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, get_args, get_origin

from pydantic import BaseModel

from anlan.analysis.study.naming import unit_text
from anlan.analysis.words import LANGS, trait, word
from anlan.analysis.words.errors import in_words
from anlan.analysis.words.names import names, said
from anlan.app.show import console, table
from anlan.sim import expected
from anlan.sim.scenario.dictionary import ColumnWords, Described, described
from anlan.sim.scenario.registry import Block, Kinds, Numbers, Rows, Table

if TYPE_CHECKING:
    from anlan.sim.scenario.schema import Parameter, Scenario

MOST_IN_A_TABLE = 200  # more are written as lines with tabs, which a spreadsheet takes
NO_UNIT = ("", "-", "1", "ratio")
BESIDE = {"source", "mark", *LANGS}  # say where a row comes from, not what happens


class Name(NamedTuple):
    """A name that `--set` takes: what it is now, in which unit, what it may be, what it is."""

    name: str
    value: str
    unit: str
    takes: str
    called: dict[str, str]  # by language
    words: tuple[str, ...] = ()  # those that it may be, where it is one of a few


def show_factors(scenario: Scenario, find: str | None, lang: str) -> int:
    """Print every name that `--set` takes, or those in which a word is found."""
    found = [n for n in settable(scenario, lang) if find is None or _has(n, find.casefold())]
    heads = [word(f"cli.factors.{key}", lang) for key in ("name", "value", "unit", "takes")]
    heads += [word(f"cli.factors.what_{one}", lang) for one in LANGS]
    title = word("cli.factors.title", lang, scenario=scenario.id, n=f"{len(found):,}")
    rows = [(n.name, n.value, n.unit, n.takes, *(n.called[one] for one in LANGS)) for n in found]
    out = console()
    if len(rows) > MOST_IN_A_TABLE:
        print("\t".join(heads))
        for row in rows:
            print("\t".join(row))
        out.print(title, style="bold")
    elif rows:
        made = table(title, heads)
        made.columns[0].no_wrap = True  # to be copied
        for row in rows:
            made.add_row(*row)
        out.print(made)
    else:
        out.print(word("cli.factors.none", lang, word=find, scenario=scenario.id))
    return 0


def _has(one: Name, word: str) -> bool:
    return any(word in text.casefold() for text in (one.name, *one.called.values()))


def settable(scenario: Scenario, lang: str) -> Iterator[Name]:
    """Every name that `--set` takes, in the order of the scenario's files."""
    called = {one: names(scenario, one) for one in LANGS}
    for part in described(type(scenario)):
        entry, held = part.entry, part.entry.of(scenario)
        if entry.inside:
            held = getattr(getattr(scenario, entry.inside), entry.attribute)
        match entry.part:
            case Numbers():
                yield from (_parameter(p, lang) for p in held.values())
            case Kinds():
                kind = part.path.rpartition(".")[2]
                if kind in held:
                    yield from _columns(f"{entry.section}.{kind}", held[kind], part, lang)
            case Block(fixed=False) if held is not None:
                yield from _columns(entry.section, held, part, lang)
            case Table(amount=amount) if amount:
                yield from _amounts(scenario, part, held or (), called, lang)
            case Rows() if entry.part.key:
                for row in held or ():
                    key = str(getattr(row, entry.part.key[0]))
                    who = {one: called[one].get(key, key) for one in LANGS}
                    yield from _columns(f"{entry.section}.{key}", row, part, lang, who)


def _parameter(p: Parameter, lang: str) -> Name:
    unit = _unit(p.unit, lang)
    what = {one: said(p, one) for one in LANGS}
    return Name(f"parameters.{p.name}", _text(p.value), unit, f"{p.low:g} – {p.high:g}", what)


def _columns(
    begins: str, row: Any, part: Described, lang: str, who: dict[str, str] | None = None
) -> Iterator[Name]:
    """A row's columns, or a block's keys, but for those that only name it."""
    key = getattr(part.entry.part, "key", ())
    for column in part.columns:
        if column.name in BESIDE or column.name in key or column.name.startswith("name_"):
            continue
        held = getattr(row, column.name)
        deep = isinstance(held, tuple) and any(isinstance(one, tuple) for one in held)
        if deep or isinstance(held, BaseModel):  # a coast, words in both languages: no one text
            continue
        what = {one: said(column, one) for one in LANGS}
        if who is not None:
            what = {one: trait("colon", one).join((who[one], what[one])) for one in LANGS}
        value = _text(getattr(row, column.name))
        name, unit = f"{begins}.{column.name}", _unit(column.unit, lang)
        yield Name(name, value, unit, _takes(column, lang), what, _words(column.spec.annotation))


def _amounts(
    scenario: Scenario, part: Described, rows: Any, called: dict[str, dict[str, str]], lang: str
) -> Iterator[Name]:
    """What a row of several names holds, such as stock."""
    table = part.entry.part
    assert isinstance(table, Table)
    column = next(c for c in part.columns if c.name == table.amount)
    units = {item.item: item.unit for item in scenario.items}
    for row in rows:
        ids = [str(getattr(row, name)) for name in table.key]
        what = {
            one: trait("between_parts", one).join(called[one].get(i, i) for i in ids)
            for one in LANGS
        }
        name = ".".join((part.entry.section, *ids))
        yield Name(
            name,
            _text(getattr(row, table.amount)),
            _unit(units.get(ids[-1], column.unit), lang),
            _takes(column, lang),
            what,
        )


def _unit(unit: str, lang: str) -> str:
    if unit == "share":  # typed as 0.8, not as 80
        return word("cli.factors.share", lang)
    return "" if unit in NO_UNIT else unit_text(unit, lang)


def _takes(column: ColumnWords, lang: str) -> str:
    return in_words(expected(column.spec.annotation, column.spec.metadata), lang)


def _words(annotation: Any) -> tuple[str, ...]:
    """The words of a Literal, however deep in a type it stands."""
    if get_origin(annotation) is Literal:
        return tuple(map(str, get_args(annotation)))
    return tuple(word for part in get_args(annotation) for word in _words(part))


def _text(value: Any) -> str:
    """A value as `--set` takes it."""
    if value is None:
        return ""
    if isinstance(value, tuple):
        return ";".join(map(_text, value))
    if isinstance(value, float):
        return f"{value:.10g}"
    return " ".join(str(value).split())
