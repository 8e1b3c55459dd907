"""The two languages: every label in Chinese and in English, one file, looked up by key."""

from __future__ import annotations

import csv
import io
import re
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


@cache
def _phrases() -> dict[str, str]:
    """The English remarks that sources are written with -> Chinese."""
    return {t["en"]: t["zh"] for key, t in words().items() if key.startswith("phrase.")}


def source_text(source: str, lang: str) -> str:
    """A source as it is shown: its known English remarks in Chinese where Chinese is asked for.

    Documents keep their own titles in either language.
    """
    if lang != "zh":
        return source
    phrases = _phrases()
    longest = sorted(phrases, key=len, reverse=True)  # so that a part does not hide the whole
    one = re.compile(r"(?<![A-Za-z])(?:" + "|".join(map(re.escape, longest)) + r")(?![A-Za-z])")
    text = one.sub(lambda found: phrases[found[0]], source)
    if text == source:
        return source
    for mark, chinese in ((": ", "："), ("; ", "；"), (", ", "，")):
        text = text.replace(mark, chinese)
    return text
