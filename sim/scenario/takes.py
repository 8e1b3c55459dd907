"""What a field takes, read off its type: its kind, its hard range, and both in words."""

from __future__ import annotations

import math
import types
import typing
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import reduce
from typing import Any

from pydantic.fields import FieldInfo

from anlan.sim.scenario.errors import worded

IN_A_CELL = "words separated by ';'"  # how several stand in a cell; in TOML they are a list
HAN = r"\p{Han}"  # how a pattern says Chinese characters
Metadata = Iterable[Any]


def is_many(annotation: Any) -> bool:
    """Whether a field holds several words."""
    return typing.get_origin(annotation) is tuple


def is_optional(annotation: Any) -> bool:
    """Whether a field may be None."""
    union = typing.get_origin(annotation) in (typing.Union, types.UnionType)
    return union and type(None) in typing.get_args(annotation)


def part_of(annotation: Any) -> Any:
    """The one class in a type: of a tuple, a mapping, of a thing that may be None."""
    kinds = [a for a in typing.get_args(annotation) if a not in (type(None), ..., str)]
    return part_of(kinds[0]) if kinds else annotation


def plain(annotation: Any) -> Any:
    """The type of a field without its limits and without `or nothing`."""
    return _whole(annotation, ())[0]


def _whole(annotation: Any, metadata: Metadata) -> tuple[Any, list[Any]]:
    """The plain type of a field, and all that is said of it."""
    found = list(metadata)
    while True:
        if is_optional(annotation):
            annotation = next(a for a in typing.get_args(annotation) if a is not type(None))
        elif typing.get_origin(annotation) is typing.Annotated:
            annotation, *more = typing.get_args(annotation)
            found += more
        else:
            return annotation, found


def hard_range(annotation: Any, metadata: Metadata = ()) -> tuple[float, float] | None:
    """The least and the most that a number or time may be; None for what is neither.

    An end that is not bounded is infinite. A time's range is in years, a yes or no is 0 or 1; of
    several numbers (a place's longitude and latitude) it is the widest.
    """
    kind, said = _whole(annotation, metadata)
    if kind is bool:
        return 0.0, 1.0
    if kind in (int, float):
        low, high = _bounds(said)
        return (
            max((v for v, _ in low), default=-math.inf),
            min((v for v, _ in high), default=math.inf),
        )
    if kind is datetime:
        years = next((m for m in _flat(said) if hasattr(m, "first") and hasattr(m, "last")), None)
        return (float(years.first), float(years.last)) if years else (-math.inf, math.inf)
    if typing.get_origin(kind) is typing.Literal:
        numbers = [float(a) for a in typing.get_args(kind) if isinstance(a, (int, float))]
        return (min(numbers), max(numbers)) if numbers else None
    inner = [hard_range(a) for a in typing.get_args(kind) if a is not ...]
    known = [r for r in inner if r is not None]
    return (min(r[0] for r in known), max(r[1] for r in known)) if known else None


def range_of(spec: FieldInfo) -> tuple[float, float] | None:
    """The hard range of a field of a row class."""
    return hard_range(spec.annotation, spec.metadata)


Bounds = list[tuple[float, str]]


def _bounds(metadata: Metadata) -> tuple[Bounds, Bounds]:
    """The lower and the upper bounds among what is said of a field, each with its name."""
    found = [
        (value, name)
        for m in _flat(metadata)
        for name in ("ge", "gt", "le", "lt")
        if (value := getattr(m, name, None)) is not None
    ]
    return [b for b in found if b[1][0] == "g"], [b for b in found if b[1][0] == "l"]


def _flat(metadata: Metadata) -> Iterator[Any]:
    for m in metadata:
        yield m
        yield from _flat(getattr(m, "metadata", ()))


def expected(annotation: Any, metadata: Metadata = ()) -> str:
    """What a field takes, in words: `a whole number from 0 to 10000`."""
    if is_optional(annotation):
        inner = next(a for a in typing.get_args(annotation) if a is not type(None))
        return worded("{what}, or nothing", what=expected(inner))
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated:
        base, *rest = arguments
        return expected(base, [*metadata, *rest])
    if origin in (typing.Union, types.UnionType):
        return _any_of([expected(a, metadata) for a in arguments])
    if origin is typing.Literal:
        words = ", ".join(str(a) for a in arguments)
        return f'"{words}"' if len(arguments) == 1 else worded("one of {words}", words=words)
    if origin is tuple:
        if is_many(arguments[0]):
            # the one such key: the coast
            return worded("a list, each [longitude, latitude]")
        return worded("words separated by ';', each {what}", what=expected(arguments[0]))
    return _expected_of_one(annotation, metadata)


def _expected_of_one(annotation: Any, metadata: Metadata) -> str:
    """What a field takes that is no choice and no list."""
    if annotation is bool:
        return worded("1 or 0")
    if annotation is int:
        return _within(worded("a whole number"), metadata)
    if annotation is float:
        return _within(worded("a number"), metadata)
    if annotation is datetime:
        return worded("a time such as 2022-09-14T18:00:00Z")
    if annotation is str:
        pattern = next(filter(None, (getattr(m, "pattern", "") for m in _flat(metadata))), "")
        if HAN in pattern:
            return worded("small letters a-z, Chinese characters, digits, '-', '_' or '.'")
        if pattern:
            return worded("small letters a-z, digits, '-', '_' or '.'")
        return worded("a text")
    return worded("keys {words}", words=", ".join(getattr(annotation, "model_fields", {})))


def _any_of(kinds: list[str]) -> str:
    return reduce(lambda one, other: worded("{one}, or {other}", one=one, other=other), kinds)


def in_toml(annotation: Any, metadata: Metadata = ()) -> str:
    """What a key of a TOML file takes: lists and true or false where a cell has words and 1 or 0.

    Raises nothing.
    """
    if is_many(annotation):
        inner = typing.get_args(annotation)[0]
        what = "[lon, lat]" if is_many(inner) else expected(inner)
        return worded("a list, each {what}", what=what)
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        kinds = [k for k in typing.get_args(annotation) if k is not type(None)]
        return _any_of([in_toml(k, metadata) for k in kinds])
    return worded("true or false") if annotation is bool else expected(annotation, metadata)


def _within(what: str, metadata: Metadata) -> str:
    """A kind of number with its limits."""
    low, high = _bounds(metadata)
    found = {name: amount(value) for value, name in [*low, *high]}
    if "ge" in found and "le" in found:
        return worded("{what} from {low} to {high}", what=what, low=found["ge"], high=found["le"])
    for name, limit in found.items():
        match name:
            case "ge":
                what = worded("{what}, {limit} or more", what=what, limit=limit)
            case "gt":
                what = worded("{what}, more than {limit}", what=what, limit=limit)
            case "le":
                what = worded("{what}, {limit} or less", what=what, limit=limit)
            case "lt":
                what = worded("{what}, less than {limit}", what=what, limit=limit)
    return what


def amount(value: float) -> str:
    """A number in figures, without an exponent where it is whole."""
    return f"{value:.0f}" if value == round(value) and abs(value) < 1e15 else f"{value:.10g}"
