"""Errors in the language of whoever made them.

An error is made of a template in `FALLBACK`, the language of sources, and of what fills its blanks
(`anlan.sim.scenario.errors.worded`). `errors.csv` holds each template in every language; one that
it lacks is said as it is.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from functools import cache

from anlan.analysis.words import FALLBACK, filled, text_of_file
from anlan.sim.scenario.errors import BadInput, Worded, one_line

FILE = "errors.csv"


class InEvery(str):
    """A text that has been made in every language, to fill a blank with."""

    texts: Mapping[str, str]

    def __new__(cls, texts: Mapping[str, str]) -> InEvery:
        """The text as it is in the language of errors, with the others beside it."""
        text = super().__new__(cls, texts[FALLBACK])
        text.texts = dict(texts)
        return text

    def __reduce__(self) -> tuple[type[InEvery], tuple[Mapping[str, str]]]:
        return InEvery, (self.texts,)


@cache
def templates() -> dict[str, dict[str, str]]:
    """Template -> language -> the same in it."""
    rows = csv.DictReader(io.StringIO(text_of_file(FILE)))
    return {row[FALLBACK]: dict(row) for row in rows}


def in_words(error: BadInput | str, lang: str) -> str:
    """An error, or a part of one, as one line in a language."""
    return one_line(_filled(error.told if isinstance(error, BadInput) else error, lang))


def _filled(text: str, lang: str) -> str:
    """A text in a language, with all that fills its blanks."""
    if isinstance(text, InEvery):
        return text.texts[lang]
    if not isinstance(text, Worded):
        return text
    template = templates().get(text.template, {}).get(lang) or text.template
    return filled(template, lang, {k: _said(v, lang) for k, v in text.blanks.items()})


def _said(value: object, lang: str) -> object:
    if isinstance(value, BadInput):
        return in_words(value, lang)
    return _filled(value, lang) if isinstance(value, Worded | InEvery) else value
