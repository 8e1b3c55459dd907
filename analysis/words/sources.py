"""Sources as they are shown: known remarks in the reader's language."""

from __future__ import annotations

import re
from functools import cache

from anlan.analysis.words import FALLBACK, trait, words

MARKS = {": ": "colon", "; ": "semicolon", ", ": "comma"}


@cache
def _phrases() -> dict[str, dict[str, str]]:
    """The remarks that sources are written with -> language -> text."""
    return {t[FALLBACK]: t for key, t in words().items() if key.startswith("phrase.")}


@cache
def _any_phrase() -> re.Pattern[str]:
    longest = sorted(_phrases(), key=len, reverse=True)  # so that a part does not hide the whole
    return re.compile(r"(?<![A-Za-z])(?:" + "|".join(map(re.escape, longest)) + r")(?![A-Za-z])")


def source_text(source: str, lang: str) -> str:
    """A source with its known remarks in a language.

    Documents keep their own titles in every language.
    """
    text = _any_phrase().sub(lambda found: _phrases()[found[0]][lang], source)
    if text == source:
        return source
    for mark, key in MARKS.items():
        text = text.replace(mark, trait(key, lang))
    return text
