"""What is wrong with a text that is no TOML, in words that every language can say.

The parser's own words are English sentences; those that it has are listed here, and one that is not
is told as it stands.
"""

from __future__ import annotations

import re
import unicodedata

from anlan.sim.scenario.errors import refilled, worded

PLACE = re.compile(r"(.*) \(at (?:line (\d+), column (\d+)|end of document)\)", re.DOTALL)
# What an input method writes where TOML has a plain sign; of most Unicode knows the plain one.
PLAIN = {"\u201c": '"', "\u201d": '"', "\u2018": "'", "\u2019": "'", "\u3001": ",", "\u3002": "."}
# The parser's sentences; `{what}` stands for what it quotes.
SAYINGS = (
    worded("Invalid statement"),
    worded("Invalid value"),
    worded("Invalid hex value"),
    worded("Invalid date or datetime"),
    worded("Invalid initial character for a key part"),
    worded("Expected newline or end of document after a statement"),
    worded("Expected '=' after a key in a key/value pair"),
    worded("Expected ']' at the end of a table declaration"),
    worded("Expected ']]' at the end of an array declaration"),
    worded("Expected {what}", what="{what}"),
    worded("Found invalid character {what}", what="{what}"),
    worded("Illegal character {what}", what="{what}"),
    worded("Cannot declare {what} twice", what="{what}"),
    worded("Cannot overwrite a value"),
    worded("Cannot mutate immutable namespace {what}", what="{what}"),
    worded("Cannot redefine namespace {what}", what="{what}"),
    worded("Duplicate inline table key {what}", what="{what}"),
    worded("Unclosed array"),
    worded("Unclosed inline table"),
    worded("Unescaped '\\' in a string"),
    worded("Unterminated string"),
    worded("Escaped character is not a Unicode scalar value"),
)


def what_is_wrong(error: Exception, text: str) -> tuple[str, int | None]:
    """(the parser's error, the line that it names), with the sign that was typed amiss, if any."""
    if isinstance(error, RecursionError):
        return worded("lists stand in lists too deep to be read"), None
    found = PLACE.fullmatch(str(error))
    if found is None:
        return str(error), None
    said = _said(found[1])
    if found[2] is None:
        return worded("{what} (at end of document)", what=said), None
    line, column = int(found[2]), int(found[3])
    told = worded("{what} (at line {line}, column {column})", what=said, line=line, column=column)
    sign, plain = _amiss(text, line)
    if not sign:
        return told, line
    return worded(
        "{told}; the line has {sign} (U+{code:04X}): write {plain}",
        told=told, sign=sign, code=ord(sign), plain=plain,
    ), line  # fmt: skip


def _said(text: str) -> str:
    """A sentence of the parser with what it quotes."""
    for saying in SAYINGS:
        pattern = re.escape(saying).replace(re.escape("{what}"), "(.+)")
        if found := re.fullmatch(pattern, text, re.DOTALL):
            return refilled(saying, **({"what": found[1]} if found.groups() else {}))
    return text


def _amiss(text: str, number: int) -> tuple[str, str]:
    """(the first sign of a line that is written in full width or bent, the plain one); or empty.

    What stands in plain quotes or in a comment may have any sign.
    """
    lines = text.split("\n")
    line = lines[number - 1] if number <= len(lines) else ""
    bare = re.sub(r"""("[^"]*"|'[^']*'|#.*)""", "", line)
    for sign in bare:
        plain = PLAIN.get(sign) or unicodedata.normalize("NFKC", sign)
        if not sign.isascii() and plain.isascii() and plain.isprintable():
            return sign, plain
    return "", ""
