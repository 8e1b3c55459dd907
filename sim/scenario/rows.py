"""Raw cells or keys -> one validated row, and what is wrong with them in a planner's words."""

from __future__ import annotations

import re
import typing
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from anlan.sim.scenario.errors import (
    BadInput,
    Slips,
    full_width,
    hidden,
    nearest,
    one_line,
    shown,
    worded,
)
from anlan.sim.scenario.takes import amount, expected, is_many, is_optional, plain, range_of

MAX_INTEGER = 10**15  # sums of such numbers still fit into 64 bits
# Text columns that a planner may leave empty; the other language stands in for a name.
MAY_BE_EMPTY = {"unit", "source", "name_en"}
WrongAt = Callable[[str | None, str], BaseException]  # (column or None, problem) -> what to raise
# (column, None for the whole row, what is wrong there): one a column, several of the whole row
Faults = list[tuple[str | None, str]]


def make[R: BaseModel](
    model: type[R], raw: Mapping[str, Any], error: Callable[[str | None, str], BadInput]
) -> R:
    """A validated row. `error(column or None, problem)` words what is raised.

    Every column with a slip is told, the further ones beside the first.
    """
    found = _unreadable(model, raw)
    try:
        row = model.model_validate(raw)
    except ValidationError as wrong:
        told = {column for column, _ in found}
        found = found + [fault for fault in explained(wrong, model) if fault[0] not in told]
    else:
        found = found or _unfit(row, raw)
        if not found:
            return row
    slips = Slips()
    for column, problem in found:
        slips.note(error(column, problem))
    slips.raise_first()
    raise AssertionError("a row without a slip was given back above")


class Given(BaseModel):
    """What Python hands over as an object of its own: a slip is a BadInput, as in a file."""

    def __init__(self, /, **given: Any) -> None:
        try:
            super().__init__(**given)
        except ValidationError as wrong:
            slips, called = Slips(), type(self).__name__
            for key, problem in explained(wrong, type(self)):
                where = f"{called}.{key}" if key else called
                slips.note(
                    BadInput(one_line(worded("{where}: {problem}", where=where, problem=problem)))
                )
            slips.raise_first()

    # pydantic would else go through it for files and JSON as well, whose errors name their rows
    __init__.__pydantic_base_init__ = True  # type: ignore[attr-defined]


def _unreadable(model: type[BaseModel], raw: Mapping[str, Any]) -> Faults:
    """What pydantic would take, or would tell in no planner's words."""
    found: Faults = []
    for key, given in raw.items():
        spec = model.model_fields.get(key)
        if unseen := next(filter(None, map(hidden, _texts(given))), ""):
            found.append((key, worded("{unseen}; delete it", unseen=unseen)))
        elif spec is not None and _no_number(given, spec):
            text = shown(given).lower() if isinstance(given, bool) else shown(given)
            what = expected(spec.annotation, spec.metadata)
            problem = worded("{given} is not a number; give {what}", given=text, what=what)
            found.append((key, problem))
    return found


def _unfit(row: BaseModel, raw: Mapping[str, Any]) -> Faults:
    """What is wrong with a row that has the right types."""
    found: Faults = []
    for column, value in row.__dict__.items():
        if isinstance(value, int) and abs(value) > MAX_INTEGER:
            problem = worded(
                "{given} is too large; give at most {most}", given=shown(value), most=MAX_INTEGER
            )
            found.append((column, problem))
        given_empty = isinstance(value, str) and not value and column in raw
        if given_empty and column not in MAY_BE_EMPTY:
            found.append((column, worded("is empty; give a text")))
        if isinstance(value, datetime) and value.tzinfo is None:
            problem = worded(
                "{given} has no offset from UTC; write it too, such as 2022-09-14T18:00:00+08:00",
                given=value.isoformat(),
            )
            found.append((column, problem))
    return found


def _texts(given: Any) -> Iterator[str]:
    """Every text in what was given, however deep."""
    if isinstance(given, str):
        yield given
    elif isinstance(given, Mapping):
        for value in given.values():
            yield from _texts(value)
    elif isinstance(given, list | tuple):
        for value in given:
            yield from _texts(value)


def _no_number(value: Any, spec: FieldInfo) -> bool:
    """Whether a value stands for a number only in Python: true as 1, or 1_6 as 16."""
    kind = plain(spec.annotation)
    if isinstance(value, bool):
        return kind in (int, float) or typing.get_origin(kind) is typing.Literal
    return kind in (int, float) and isinstance(value, str) and "_" in value


def explained(wrong: ValidationError, model: type[BaseModel]) -> Faults:
    """What pydantic found wrong, column by column, in a planner's words."""
    errors = wrong.errors(include_url=False)
    if unknown := [e for e in errors if e["type"] == "extra_forbidden"]:
        # a key misspelt is both missing and unknown; unknown says more
        errors = unknown + [e for e in errors if e["type"] not in ("extra_forbidden", "missing")]
    found: Faults = []
    columns: set[str] = set()
    for one in errors:
        # a key that takes several kinds is followed by the kind that was tried
        column = ".".join(p for p in one["loc"] if isinstance(p, str) and "[" not in p) or None
        first = column.partition(".")[0] if column else ""
        if first not in columns:  # of a key that takes several kinds the first says it
            found += [(column, problem) for problem in _problems(one, column, model)]
            columns.add(first)
    return found


def _problems(one: ErrorDetails, column: str | None, model: type[BaseModel]) -> Sequence[str]:
    """What to say of one thing that pydantic found wrong; a check of ours may tell several."""
    spec = model.model_fields.get(str(one["loc"][0])) if one["loc"] else None
    of_time = spec is not None and plain(spec.annotation) is datetime
    if of_time and (near := _meant_time(str(one.get("input", "")))):
        return (near,)
    if one["type"] == "value_error":
        told: tuple[str, ...] = one["ctx"]["error"].args
        return told
    return (_explain(one, column, model),)


def _explain(first: ErrorDetails, column: str | None, model: type[BaseModel]) -> str:
    """What to say of one thing that pydantic found wrong by itself."""
    top = str(first["loc"][0]) if first["loc"] else None
    kind, given = first["type"], first.get("input")
    if kind == "extra_forbidden":
        return worded("unknown key; {near}", near=nearest(str(column), model.model_fields))
    spec = model.model_fields.get(top or "")
    what = expected(spec.annotation, spec.metadata) if spec else worded("another value")
    item = next((p for p in first["loc"] if isinstance(p, int)), None)
    if kind == "missing" and item is not None:
        return worded("its item {number} holds too little; give {what}", number=item + 1, what=what)
    if kind == "too_long" and item is not None:
        return worded("its item {number} holds too much; give {what}", number=item + 1, what=what)
    if kind == "missing":
        return worded("is missing; give it")
    if given == "":
        return worded("is empty; give {what}", what=what)
    if isinstance(given, str) and (near := _meant(given, spec)):
        return near
    fault = _fault(kind, first.get("ctx", {}))
    if kind == "literal_error" and (choice := _numbers(spec)):
        fault = worded("is not one of these numbers")
        if given in map(str, choice):
            fault = worded("is a text; write the number without quotes")
    return worded("{given} {fault}; give {what}", given=shown(given), fault=fault, what=what)


def _meant(given: str, spec: FieldInfo | None) -> str:
    """What to write in the place of a text that a hand, an input method or Excel made; or empty."""
    many = spec is not None and is_many(spec.annotation)
    if many and (sign := next((s for s in BETWEEN if s in given), "")):
        return worded(
            "{given} has {sign} ({called}) between words; write a semicolon: {plain}",
            given=shown(given), sign=sign, called=BETWEEN[sign],
            plain=shown(";".join(given.split(sign))),
        )  # fmt: skip
    kind = plain(spec.annotation) if spec is not None else None
    if kind in (int, float) and (near := _meant_number(given, kind, spec)):
        return near
    if kind is bool and (answer := YES_OR_NO.get(given)) is not None:
        return worded(
            "{given} is neither 1 nor 0; write {answer}", given=shown(given), answer=answer
        )
    if kind is datetime and (near := _meant_time(given)):
        return near
    if text := full_width(given):
        first = next(c for c in given if not c.isascii())
        return worded(
            "{given} is in full-width characters; write {plain} (the first is {first}, "
            "U+{code:04X})",
            given=shown(given), first=first, code=ord(first), plain=text,
        )  # fmt: skip
    joined = "-".join(given.lower().split())
    if kind is str and " " in given.strip() and BROKEN_ID.fullmatch(joined):
        return worded("{given} has a blank in it; write {plain}", given=shown(given), plain=joined)
    if kind is str and given.lower() != given and PLAIN_ID.fullmatch(given.lower()):
        return worded("{given} has capital letters; write {plain}", given=shown(given),
                      plain=shown(given.lower()))  # fmt: skip
    return ""


def _meant_time(given: str) -> str:
    """What to write in the place of `2024/9/1 8:00`, `2024年9月1日8时`, `2024090108` (as weather
    services write it) or `45536.333` (as Excel counts days); empty for all else.
    """
    text = unicodedata.normalize("NFKC", given).strip()
    parts = A_DAY.fullmatch(text) or DIGITS.fullmatch(text)
    if parts is not None:
        year, month, day, hour, minute = (int(part or 0) for part in parts.groups())
        try:
            time = datetime(year, month, day, hour, minute)
        except ValueError:  # a 13th month, a 32nd day
            return ""
    elif DAYS_OF_EXCEL.fullmatch(text):
        time = EXCEL_BEGINS + timedelta(minutes=round(float(text) * 24.0 * 60.0))
    else:
        return ""
    return worded(
        "{given} is not a time; write {plain} with its offset from UTC, such as "
        "{plain}+08:00",
        given=shown(given), plain=time.isoformat(),
    )  # fmt: skip


def _meant_number(given: str, kind: type, spec: FieldInfo | None) -> str:
    """What to write in the place of `1,200`, `12。5`, `80%`, `12人`, `6E+07` or `无`; empty for
    all else.
    """
    text = unicodedata.normalize("NFKC", given).strip()
    if kind is int and SHORT.fullmatch(text) and abs(float(text)) <= MAX_INTEGER:
        return worded(
            "{given} is a number cut short, as Excel shows a long one; write all its digits, such "
            "as {plain:.0f}",
            given=shown(given), plain=float(text),
        )  # fmt: skip
    if text.lower() in NONE and spec is not None:
        if is_optional(spec.annotation) or not spec.is_required():
            return worded("{given} is not a number; where there is none leave the cell empty",
                          given=shown(given))  # fmt: skip
        if (limits := range_of(spec)) is not None and limits[0] == 0.0:
            return worded("{given} is not a number; where there is none write 0",
                          given=shown(given))  # fmt: skip
        return ""
    comma = "" if GROUPED.fullmatch(text) else "."
    for sign, instead in ((",", comma), ("\u3002", "."), (" ", "")):
        if sign in text and NUMBER.fullmatch(text.replace(sign, instead)):
            first = next(c for c in given if unicodedata.normalize("NFKC", c) == sign)
            return worded(
                "{given} holds {sign!r} inside the number; write {plain}",
                given=shown(given), sign=first, plain=text.replace(sign, instead),
            )  # fmt: skip
    found = NUMBER.match(text)
    if found is None:
        ahead = AHEAD.fullmatch(text)
        return "" if ahead is None else worded(
            "{given} holds {ahead!r} before the number; write the number alone, {plain}",
            given=shown(given), ahead=shown(ahead[1].strip()), plain=ahead[2],
        )  # fmt: skip
    rest = text[found.end() :].strip()
    if rest == "%":
        return worded("{given} is in percent; write {plain:g}", given=shown(given),
                      plain=float(found[0]) / 100.0)  # fmt: skip
    if rest and not any(c.isdigit() for c in rest):
        return worded(
            "{given} holds {rest!r} after the number; write the number alone, {plain}",
            given=shown(given), rest=shown(rest), plain=found[0],
        )  # fmt: skip
    return ""


def _numbers(spec: FieldInfo | None) -> tuple[int, ...]:
    """The numbers that a field takes where it takes these only, as `tick_min` does."""
    kind = plain(spec.annotation) if spec is not None else None
    choice = typing.get_args(kind) if typing.get_origin(kind) is typing.Literal else ()
    return choice if all(isinstance(word, int) for word in choice) else ()


def _fault(kind: str, ctx: Mapping[str, Any]) -> str:
    """What is wrong with a value, from pydantic's kind of error."""
    if kind == "greater_than_equal":
        return worded("is less than {limit}", limit=amount(ctx["ge"]))
    if kind == "greater_than":
        return worded("is not more than {limit}", limit=amount(ctx["gt"]))
    if kind == "less_than_equal":
        return worded("is more than {limit}", limit=amount(ctx["le"]))
    if kind == "less_than":
        return worded("is not less than {limit}", limit=amount(ctx["lt"]))
    return _FAULTS.get(kind, _FAULTS.get(kind.split("_")[0], worded("does not fit")))


# What stands between words where an input method or a hand wrote no semicolon.
BETWEEN = {
    "\uff1b": worded("a full-width semicolon"),
    "\u3001": worded("an enumeration comma"),
    "\uff0c": worded("a full-width comma"),
    ",": worded("a comma"),
}
# What stands in a cell of a number for "none", and in one of yes or no.
NONE = {
    "-", "--", "\u2014", "\u2014\u2014", "\u2013", "/", "\\", "n/a", "na", "nil", "none", "null",
    "\u65e0", "\u6ca1\u6709", "\u6682\u65e0", "\u7a7a",
}  # fmt: skip
YES = ("\u662f", "\u6709", "\u5bf9", "\u221a", "\u2713", "\u2714", "1.0")
NO = ("\u5426", "\u65e0", "\u6ca1\u6709", "\u00d7", "\u2717", "-", "0.0")
YES_OR_NO = dict.fromkeys(YES, 1) | dict.fromkeys(NO, 0)
AHEAD = re.compile(r"([^\d+.-]{1,8})(\d+(?:\.\d+)?)", re.ASCII)
SHORT = re.compile(r"[+-]?\d+(\.\d+)?[eE][+-]?\d{1,2}", re.ASCII)
A_DAY = re.compile(
    r"(\d{4})[-/.\u5e74](\d{1,2})[-/.\u6708](\d{1,2})\u65e5?"
    r"(?:[ T]*(\d{1,2})[:\u65f6\u70b9](\d{1,2})?\u5206?(?::00)?)?"
)
DIGITS = re.compile(r"((?:19|20)\d\d)(\d\d)(\d\d)(\d\d)?(\d\d)?", re.ASCII)
DAYS_OF_EXCEL = re.compile(r"[2-7]\d{4}(\.\d{1,12})?", re.ASCII)  # from 1954 to 2119
EXCEL_BEGINS = datetime(1899, 12, 30)
PLAIN_ID = re.compile(r"[a-z0-9][a-z0-9._-]*")
BROKEN_ID = re.compile(r"[a-z0-9\u4e00-\u9fff][a-z0-9\u4e00-\u9fff._-]{0,63}")
GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?", re.ASCII)
NUMBER = re.compile(r"[+-]?\d+(\.\d+)?", re.ASCII)
_FAULTS = {
    "int": worded("is not a whole number"),
    "float": worded("is not a number"),
    "finite": worded("is not a finite number"),
    "bool": worded("is neither yes nor no"),
    "literal": worded("is not one of the words"),
    "string": worded("does not fit"),
    "string_type": worded("is not a text"),
    "string_pattern_mismatch": worded("is not an id"),
    "string_too_long": worded("is too long"),
    "datetime": worded("is not a time"),
    "timezone": worded("has no offset"),
    "model": worded("is not a table of keys"),
    "tuple": worded("is not a list"),
}
