"""The two languages: every label in Chinese and in English, one file, looked up by key."""

from __future__ import annotations

import csv
import io
from functools import cache
from importlib.resources import files

LANGS = ("zh", "en")


@cache
def words() -> dict[str, dict[str, str]]:
    """The whole list: key -> language -> text."""
    text = files(__package__).joinpath("words.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(io.StringIO(text)))
    return {row["key"]: {lang: row[lang] for lang in LANGS} for row in rows}


def word(key: str, lang: str, **fill: object) -> str:
    """The text of a key in a language ("zh" or "en"), its {blanks} filled in.

    Raises KeyError for an unknown key or language.
    """
    text = words()[key][lang]
    return text.format(**fill) if fill else text
