"""The one error that a planner meets: bad input, said in one line."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable
from types import TracebackType

_CLOSE = 0.6  # likeness from which a word may be meant (difflib's own default)
_AS_GOOD = 0.05  # a second guess is named when it is this near to the best
_WHITE = "\n\r\t"  # may stand in a quoted cell
_UNSEEN = ("Cc", "Cf", "Zl", "Zp")  # Unicode's kinds: control, format (joiners, marks), separators
_SHOWN = 8  # how many valid names an error lists before it says how many more there are


DERIVED = "derive."  # parameters of these names make the shipped tables; no run reads them


class BadInput(ValueError):  # noqa: N818 (the name that planners and scripts meet)
    """The input is wrong; `str(e)` is one line: where, what, and what would be right.

    `others` are further slips that were found beside it, a line each.
    """

    others: tuple[str, ...] = ()


class Slips:
    """Slips that are collected: `with slips:` notes a BadInput and goes on behind the block."""

    def __init__(self) -> None:
        self.found: list[BadInput] = []

    def __enter__(self) -> None:
        pass

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        if isinstance(error, BadInput):
            self.found.append(error)
            return True
        return False

    def raise_first(self) -> None:
        """Raise the first slip, the lines of the others beside it, if there is any."""
        if self.found:
            first, *others = self.found
            first.others = tuple(str(other) for other in others)
            raise first


def bad(problem: str, file: str, row: int | None = None, column: str | None = None) -> BadInput:
    """A BadInput worded `file, row 5, column members: problem`. `row` is the editor's line."""
    where = [file]
    if row is not None:
        where.append(f"row {row}")
    if column is not None:
        where.append(f"column {column}")
    return BadInput(one_line(f"{', '.join(where)}: {problem}"))


def bad_key(problem: str, file: str, key: str, row: int | None = None) -> BadInput:
    """A BadInput for TOML, worded `scenario.toml, row 12, key hazard.storm: problem`."""
    at = f"{file}, row {row}, key {key}" if row is not None else f"{file}, key {key}"
    return BadInput(one_line(f"{at}: {problem}"))


def one_line(text: str) -> str:
    """The text with every line break and control character turned into a space."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def shown(value: object, limit: int = 60) -> str:
    """A value as an error shows it: one line, cut when long."""
    text = one_line(str(value))
    return text if len(text) <= limit else text[: limit - 1] + "…"


def hidden(text: str) -> str:
    """What to say of the first character that nobody sees, such as U+200B; empty without one.

    Such characters come along when text is copied out of pages and chats. They make two words that
    look the same differ, turn the text beside them round, or spoil a picture's file.
    """
    for at, c in enumerate(text):
        if c not in _WHITE and unicodedata.category(c) in _UNSEEN:
            called = unicodedata.name(c, "a control character").lower()
            after = f"after {shown(text[:at])!r}" if text[:at].strip() else "at its beginning"
            return f"holds a character that is not seen, U+{ord(c):04X} ({called}), {after}"
    return ""


def full_width(text: str) -> str:
    """The text in plain characters where it is written in full-width ones (１２); else empty."""
    plain = unicodedata.normalize("NFKC", text).strip()
    return plain if plain != text.strip() and plain.isascii() else ""


def no_parameter(name: object, valid: Iterable[str]) -> str:
    """What to say of a parameter that a scenario does not have."""
    if str(name).startswith(DERIVED):
        return (
            f"{shown(name)} is used only when tables are derived (python -m "
            "anlan.scenarios.derivation.<district>), not in a run; change the tables themselves, "
            "such as roads.csv"
        )
    return f"no parameter {shown(name)}; {nearest(str(name), valid)}"


def nearest(word: str, valid: Iterable[str]) -> str:
    """`did you mean x?`, or else the valid words (a few of them)."""
    options = sorted(set(valid))
    close = difflib.get_close_matches(word, options, n=3, cutoff=_CLOSE)
    if close:
        best = _likeness(word, close[0])
        close = [c for c in close if _likeness(word, c) > best - _AS_GOOD]
        return f"did you mean {' or '.join(close)}?"
    if not options:
        return "there is none to choose from"
    more = f" and {len(options) - _SHOWN} more" if len(options) > _SHOWN else ""
    return f"valid: {', '.join(options[:_SHOWN])}{more}"


def _likeness(a: str, b: str) -> float:
    return difflib.SequenceMatcher(None, b, a).ratio()
