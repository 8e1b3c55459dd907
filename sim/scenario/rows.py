"""Raw cells or keys -> one validated row, and what is wrong with them in a planner's words."""

from __future__ import annotations

import typing
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from anlan.sim.scenario.errors import BadInput, full_width, hidden, nearest, shown
from anlan.sim.scenario.takes import amount, expected, plain

MAX_INTEGER = 10**15  # sums of such numbers still fit into 64 bits
# Text columns that a planner may leave empty; the other language stands in for a name.
MAY_BE_EMPTY = {"unit", "source", "name_en"}
WrongAt = Callable[[str | None, str], BaseException]  # (column or None, problem) -> what to raise


def make[R: BaseModel](
    model: type[R], raw: Mapping[str, Any], error: Callable[[str | None, str], BadInput]
) -> R:
    """A validated row. `error(column or None, problem)` words what is raised."""
    for key, given in raw.items():
        if unseen := next(filter(None, map(hidden, _texts(given))), ""):
            raise error(key, f"{unseen}; delete it")
        spec = model.model_fields.get(key)
        if spec is not None and _no_number(given, spec):
            text = shown(given).lower() if isinstance(given, bool) else shown(given)
            what = expected(spec.annotation, spec.metadata)
            raise error(key, f"{text} is not a number; give {what}")
    try:
        row = model.model_validate(raw)
    except ValidationError as wrong:
        column, problem = explain(wrong, model)
        raise error(column, problem) from None
    for column, value in row.__dict__.items():
        if isinstance(value, int) and abs(value) > MAX_INTEGER:
            raise error(column, f"{shown(value)} is too large; give at most {MAX_INTEGER}")
        given_empty = isinstance(value, str) and not value and column in raw
        if given_empty and column not in MAY_BE_EMPTY:
            raise error(column, "is empty; give a text")
        if isinstance(value, datetime) and value.tzinfo is None:
            problem = f"{value.isoformat()} has no offset from UTC; write it too"
            raise error(column, f"{problem}, such as 2022-09-14T18:00:00+08:00")
    return row


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


def explain(wrong: ValidationError, model: type[BaseModel]) -> tuple[str | None, str]:
    """(column, problem) of the first thing that pydantic found wrong, in a planner's words."""
    errors = wrong.errors(include_url=False)
    # a key misspelt is both missing and unknown; unknown says more
    first = next((e for e in errors if e["type"] == "extra_forbidden"), errors[0])
    # a key that takes several kinds is followed by the kind that was tried
    column = ".".join(p for p in first["loc"] if isinstance(p, str) and "[" not in p) or None
    top = str(first["loc"][0]) if first["loc"] else None
    kind, given = first["type"], first.get("input")
    if kind == "value_error":
        return column, str(first["ctx"]["error"])
    if kind == "extra_forbidden":
        return column, f"unknown key; {nearest(str(column), model.model_fields)}"
    spec = model.model_fields.get(top or "")
    what = expected(spec.annotation, spec.metadata) if spec else "another value"
    item = next((p for p in first["loc"] if isinstance(p, int)), None)
    if kind in ("missing", "too_long") and item is not None:
        much = "little" if kind == "missing" else "much"
        return column, f"its item {item + 1} holds too {much}; give {what}"
    if kind == "missing":
        return column, "is missing; give it"
    if given == "":
        return column, f"is empty; give {what}"
    fault = _fault(kind, first.get("ctx", {}))
    if plain_text := full_width(given) if isinstance(given, str) else "":
        return column, f"{shown(given)} is in full-width characters; write {plain_text}"
    return column, f"{shown(given)} {fault}; give {what}"


def _fault(kind: str, ctx: Mapping[str, Any]) -> str:
    """What is wrong with a value, from pydantic's kind of error."""
    if kind == "greater_than_equal":
        return f"is less than {amount(ctx['ge'])}"
    if kind == "greater_than":
        return f"is not more than {amount(ctx['gt'])}"
    if kind == "less_than_equal":
        return f"is more than {amount(ctx['le'])}"
    if kind == "less_than":
        return f"is not less than {amount(ctx['lt'])}"
    return _FAULTS.get(kind, _FAULTS.get(kind.split("_")[0], "does not fit"))


_FAULTS = {
    "int": "is not a whole number",
    "float": "is not a number",
    "finite": "is not a finite number",
    "bool": "is neither yes nor no",
    "literal": "is not one of the words",
    "string": "does not fit",
    "string_type": "is not a text",
    "string_pattern_mismatch": "is not an id",
    "string_too_long": "is too long",
    "datetime": "is not a time",
    "timezone": "has no offset",
    "model": "is not a table of keys",
    "tuple": "is not a list",
}
