"""Which property of a feature is which column: the importer's synonyms, and those of a GIS."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files

from anlan.app.workbook.columns import bare, unit_of
from anlan.app.workbook.known import Head, choices, folded, heads
from anlan.app.workbook.own import own_takes, own_words

TABLES = ("shelters", "water_points", "communities")  # that features may go into


@cache
def words_of(table: str) -> dict[str, Head]:
    """What a property may be called -> the column that it means."""
    found = {
        word: Head(table, column, own_takes(table, column), "", 1, adds=False)
        for word, column in own_words(table).items()
    }
    for row in _rows("heads.csv"):
        if row["table"] == table:
            head = Head(table, row["field"], row["takes"], row["unit"], 1, adds=False)
            found |= {folded(word): head for word in row["words"].split(";")}
    return found | heads().get(table, {})


def head_of(name: str, table: str) -> tuple[Head | None, str]:
    """The column that a property means, and the unit that its name has in brackets."""
    words = words_of(table)
    return words.get(folded(name)) or words.get(bare(name)), unit_of([name])


@cache
def choices_of(table: str, column: str) -> dict[str, str]:
    """What a property may say -> the word of the scenario."""
    own = {
        folded(word): row["value"]
        for row in _rows("choices.csv")
        if (row["table"], row["field"]) == (table, column)
        for word in row["words"].split(";")
    }
    return choices(table, column) | own


def _rows(file: str) -> list[dict[str, str]]:
    with files(__package__).joinpath(file).open(encoding="utf-8") as text:
        return list(csv.DictReader(text))
