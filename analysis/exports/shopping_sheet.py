"""The shopping list as a sheet: what, how many more than today, and what it costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from anlan.analysis.exports.sheet import Cell, Sheet, cell, told_sheet
from anlan.analysis.words import word
from anlan.analysis.words.sources import source_text

KEYS = ("what", "today", "enough", "more", "unit_cost", "cost", "mark", "source")
NUMBERS = KEYS[1:6]


def shopping_sheet(rows: Sequence[Mapping[Any, Any]], lang: str) -> Sheet:
    """A row a capacity, of rows as the table `shopping` of a size has them."""
    made: list[list[Cell]] = [
        [str(row[lang]), *(cell(float(row[key]), "") for key in NUMBERS),
         word(f"book.mark.{row['price_mark']}", lang), source_text(str(row["price_source"]), lang)]
        for row in rows
    ]  # fmt: skip
    title = word("book.shopping", lang)
    return told_sheet(title, "shopping", KEYS, made, (0, len(KEYS) - 1), lang)
