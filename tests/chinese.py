"""What of an error's Chinese line is still English: a sentence that nobody put into the list."""

from __future__ import annotations

import re

from anlan.analysis.words.errors import in_words
from anlan.sim.scenario.errors import BadInput

LANG = "zh"
# Two English words with a gap between them; ids, columns, files and units are single words.
SENTENCE = re.compile(r"[A-Za-z']{2,} [A-Za-z']{2,}")
# What is typed as it stands, in every language, and Chinese words beside which it is.
TYPED = (
    "--set ",
    "pip install",
    "anlan list",
    "anlan migrate",
    "CSV UTF",
    "python -m",
    "install -e",
    "ESRI ASCII",
)


def lines(error: BadInput) -> list[str]:
    """An error and those beside it as `--lang zh` says them."""
    return [in_words(one, LANG) for one in (error, *error.others)]


def english(error: BadInput, *given: str) -> list[str]:
    """The English in the lines of an error and of those beside it.

    given: words of the input, which are shown as they are.
    """
    found = []
    for line in lines(error):
        for text in (*TYPED, *given):
            line = line.replace(text, "…")
        found += SENTENCE.findall(line)
    return found
