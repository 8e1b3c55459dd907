"""The ledger's own data dictionary: its tables, units and words, whatever tables there are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from anlan.analysis.words import FALLBACK, LANGS
from anlan.sim.ledger import TABLES

WORDS = {"en": 2, "zh": 3}  # where each language's words stand in a column of the ledger


def ledger_tables() -> dict[str, dict[str, str]]:
    """Table of the ledger -> column -> unit."""
    return {
        table: {column: spec[1] for column, spec in columns.items()}
        for table, columns in TABLES.items()
    }


def column_words(table: str, column: str) -> Mapping[str, str]:
    """What a column of the ledger means, by language."""
    spec = TABLES[table][column]
    return {lang: spec[WORDS.get(lang, WORDS[FALLBACK])] for lang in LANGS}


def column_types(table: str) -> dict[str, np.dtype[Any]]:
    """Column of a table -> the type of its array; texts are objects."""
    return {
        column: np.dtype(object if spec[0] == "str" else spec[0])
        for column, spec in TABLES[table].items()
    }
