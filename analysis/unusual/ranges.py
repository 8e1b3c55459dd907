"""Columns whose numbers lie far from what is usual (`ranges.csv`): another unit, most often."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from anlan.analysis.text.data import rows_of
from anlan.analysis.text.numbers import number
from anlan.analysis.words import FALLBACK, LANGS
from anlan.sim import Odd
from anlan.sim.scenario.registry import Entry, Table, entries
from anlan.sim.scenario.schema import Scenario

FILE = "ranges.csv"


@dataclass(frozen=True)
class Usual:
    """From where to where a column lies as a rule, or its ratio to another one (`per`).

    zero: whether 0 is usual too. hint: what may have been meant, in each language; may be empty.
    """

    file: str
    column: str
    per: str
    low: float
    high: float
    zero: bool
    hint: Mapping[str, str]


@cache
def usual() -> tuple[Usual, ...]:
    """The rows of the list."""
    return tuple(
        Usual(
            r["file"], r["column"], r["per"], float(r["low"]), float(r["high"]), r["zero"] == "1",
            {lang: r.get(lang) or r[FALLBACK] for lang in LANGS},
        )
        for r in rows_of(__package__, FILE)
    )  # fmt: skip


def odd_columns(scenario: Scenario) -> Iterator[Odd]:
    """Each column of which some numbers are far from usual: the first of them."""
    tables = {e.part.file: e for e in entries(type(scenario)) if isinstance(e.part, Table)}
    for one in usual():
        yield from _odd(one, tables[one.file], scenario)


def _odd(one: Usual, entry: Entry, scenario: Scenario) -> Iterator[Odd]:
    found = [(i, v) for i, row in enumerate(entry.of(scenario) or ())
             if (v := _value(one, row)) is not None and not _is_usual(one, v)]  # fmt: skip
    if found:
        index, value = found[0]
        what = f"{one.column} / {one.per} = {number(value)}" if one.per else f"{value:,.10g}"
        fill = {"what": what, "low": f"{one.low:,.10g}", "high": f"{one.high:,.10g}",
                "n": len(found), "hint": one.hint}  # fmt: skip
        yield Odd("unusual", one.file, index, one.column, fill)


def _value(one: Usual, row: Any) -> float | None:
    """What is looked at; None where there is nothing to look at."""
    value: float | None = getattr(row, one.column)
    if value is None or not one.per:
        return value
    per: float = getattr(row, one.per)
    return value / per if per else None


def _is_usual(one: Usual, value: float) -> bool:
    return one.low <= value <= one.high or (one.zero and value == 0)
