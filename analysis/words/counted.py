"""One of a thing: `1 run was`, where a text in the list has `{n} runs were`.

A language that has a plural lists its words in `languages.csv` (`one`: nouns, `one_between`: what
may stand before one, `one_does`: verbs that follow at once). Only what stands in the text itself is
changed, never what fills its blanks: the names that planners give stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

One = tuple[str, str, str]  # nouns (`runs=run;rows=row`), what may stand before one, verbs


def agreed(text: str, fill: Mapping[str, object], one: One) -> str:
    """A text whose blanks are still open, its words in the singular behind a blank that holds 1.

    one: empty texts for a language without a plural. Raises nothing.
    """
    for blank, spec, plural, single in _counted(text, one):
        if blank in fill and format(fill[blank], spec) == "1":
            text = text.replace(plural, single)
    return text


def one_of(plural: str, nouns: str) -> str:
    """The singular of a word that stands behind a number, such as a unit; itself if it has none."""
    return _pairs(nouns).get(plural, plural)


@lru_cache(maxsize=8)
def _pairs(listed: str) -> dict[str, str]:
    return dict(pair.split("=") for pair in listed.split(";")) if listed else {}


@lru_cache(maxsize=4096)
def _counted(text: str, one: One) -> tuple[tuple[str, str, str, str], ...]:
    """(blank, its format, the words from the blank on, the same in the singular) of a text."""
    nouns, between, verbs = one
    return tuple(_found(text, _pairs(nouns), between, _pairs(verbs))) if nouns else ()


def _found(
    text: str, nouns: Mapping[str, str], between: str, verbs: Mapping[str, str]
) -> Iterator[tuple[str, str, str, str]]:
    # a map of {rows} x {cols} cells has many
    begin = rf"(?<!x )(\{{(\w+)(?::([^}}]*))?\}} (?:(?:{_any(between.split(';'))}) )?)"
    looks = rf"{begin}({_any(nouns)})(?: ({_any(verbs)}))?\b"
    for found in re.finditer(looks, text):
        begins, blank, spec, noun, verb = found.groups()
        single = begins + nouns[noun] + (f" {verbs[verb]}" if verb else "")
        yield blank, spec or "", found[0], single


def _any(words: Iterable[str]) -> str:
    return "|".join(rf"{re.escape(word)}\b" for word in words)
