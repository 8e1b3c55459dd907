"""A sheet of a workbook as a plain table of one language, whatever the file."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from anlan.analysis.study.naming import unit_text
from anlan.analysis.words import word

Cell = str | float | None


class Share(float):
    """A number that is shown as per cent."""


@dataclass(frozen=True)
class Sheet:
    """A table of one language. `meanings`: what each head means, for the dictionary; `units`: of
    columns that have one throughout; `wide`: columns that hold long texts; `pictures`: of the last
    column, one a row.
    """

    title: str
    heads: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    units: Sequence[str]
    meanings: Sequence[str]
    wide: Sequence[int] = ()
    pictures: Sequence[Path] = ()


def told_sheet(
    title: str,
    what: str,
    keys: Sequence[str],
    rows: Sequence[Sequence[Cell]],
    wide: Sequence[int],
    lang: str,
) -> Sheet:
    """A sheet whose columns have their heads and meanings among the words of `book.<what>`."""
    return Sheet(
        title,
        [word(f"book.{what}.{key}", lang) for key in keys],
        rows,
        [""] * len(keys),
        [word(f"book.{what}.{key}.text", lang) for key in keys],
        wide,
    )


def two_columns(title: str, rows: Sequence[Sequence[Cell]], lang: str) -> Sheet:
    """A sheet of things and what they are, which needs no dictionary."""
    heads = [word("book.what", lang), word("book.told", lang)]
    return Sheet(title, heads, rows, ["", ""], ["", ""], wide=(1,))


def dictionary(found: Sequence[Sheet], lang: str) -> Sheet:
    """What each column of the sheets before it means."""
    rows: list[list[Cell]] = [
        [sheet.title, head, unit_text(unit, lang), meaning]
        for sheet in found
        for head, unit, meaning in zip(sheet.heads, sheet.units, sheet.meanings, strict=True)
        if meaning
    ]
    heads = [word(f"book.dictionary.{key}", lang) for key in ("sheet", "column", "unit", "meaning")]
    return Sheet(word("book.dictionary", lang), heads, rows, [""] * 4, [""] * 4, wide=(1, 3))


def cell(value: float, unit: str) -> Cell:
    """A number as a cell; nothing where there is none."""
    if not math.isfinite(value):
        return None
    return Share(value) if unit == "share" else float(value)
