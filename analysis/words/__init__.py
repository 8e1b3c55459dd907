"""The languages: every label in each of them, one list, looked up by key.

`words.csv` holds what readers see, `languages.csv` what a language does besides (its marks, the
gap before a unit, its code in HTML), `errors.csv` what is said of bad input (see `errors.py`). A
further language is one more column in each.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from anlan.analysis.words.counted import agreed

FALLBACK = "en"  # the language of sources, of errors, and of names that lack a language


def text_of_file(file: str) -> str:
    """The text of a file of this folder."""
    return files(__package__).joinpath(file).read_text(encoding="utf-8")


LANGS: list[str] = (
    text_of_file("words.csv").partition("\n")[0].split(",")[1:]
)  # the columns after the key


def _table(file: str) -> dict[str, dict[str, str]]:
    """key -> language -> text of one of the two files."""
    rows = csv.DictReader(io.StringIO(text_of_file(file)))
    return {row["key"]: {lang: row[lang] for lang in LANGS} for row in rows}


@cache
def words() -> dict[str, dict[str, str]]:
    """The whole list: key -> language -> text."""
    return _table("words.csv")


@cache
def traits() -> dict[str, dict[str, str]]:
    """What the languages do: key -> language -> text."""
    return _table("languages.csv")


def word(key: str, lang: str, **fill: object) -> str:
    """The text of a key in a language of `LANGS`, its {blanks} filled in.

    Raises KeyError for an unknown key or language.
    """
    text = words()[key][lang]
    return filled(text, lang, fill) if fill else text


def filled(text: str, lang: str, fill: Mapping[str, object]) -> str:
    """A text with its {blanks} filled in: behind one that holds 1 its words are singular."""
    nouns, between, verbs = (trait(key, lang) for key in ("one", "one_between", "one_does"))
    return agreed(text, fill, (nouns, between, verbs)).format(**fill)


def trait(key: str, lang: str, **fill: object) -> str:
    """What a language does, by its key in languages.csv. Raises KeyError as `word` does."""
    text = traits()[key][lang]
    return text.format(**fill) if fill else text


def in_every_language(key: str, **fill: object) -> dict[str, str]:
    """language -> the text of a key."""
    return {lang: word(key, lang, **fill) for lang in LANGS}
