"""The one error that a planner meets: bad input, said in one line."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import reduce
from types import TracebackType

_CLOSE = 0.6  # likeness from which a word may be meant (difflib's own default)
_AS_GOOD = 0.05  # a second guess is named when it is this near to the best
_WHITE = "\n\r\t"  # may stand in a quoted cell
_UNSEEN = ("Cc", "Cf", "Zl", "Zp")  # Unicode's kinds: control, format (joiners, marks), separators
_SHOWN = 8  # how many valid names an error lists before it says how many more there are


DERIVED = "derive."  # parameters of these names make the shipped tables; no run reads them


class Worded(str):
    """A text made of a template and what fills its blanks, so that another language can say it too.

    The template is English and is what the list of errors (`analysis/words/errors.csv`) knows it
    by; what fills a blank may be such a text itself.
    """

    template: str
    blanks: Mapping[str, object]


def worded(template: str, /, **blanks: object) -> Worded:
    """The text of a template with its `{blanks}` filled in."""
    return _worded(template.format(**blanks), template, blanks)


def _worded(said: str, template: str, blanks: Mapping[str, object]) -> Worded:
    text = Worded(said)
    text.template, text.blanks = template, blanks
    return text


def refilled(text: Worded, **blanks: object) -> Worded:
    """The text of the same template with other things in its blanks."""
    return _worded(text.template.format(**blanks), text.template, blanks)


class BadInput(ValueError):  # noqa: N818 (the name that planners and scripts meet)
    """The input is wrong; `str(e)` is one line: where, what, and what would be right.

    `others` are further slips that were found beside it; `about`: the dotted name of the change,
    or of the row, that it is about, as `--set` has it.
    """

    others: tuple[BadInput, ...] = ()
    about: str = ""

    @property
    def told(self) -> str:
        """The line, with the template that it was made of where there is one."""
        return self.args[0] if self.args and isinstance(self.args[0], str) else str(self)


def retold(error: BadInput, tell: Callable[[BadInput], BadInput]) -> BadInput:
    """An error and those beside it, each told anew."""
    told, *others = (tell(one) for one in (error, *error.others))
    for one, of in zip((told, *others), (error, *error.others), strict=True):
        one.about = of.about
    told.others = tuple(others)
    return told


def about(error: BadInput, names: Iterable[str]) -> list[str]:
    """Those of the dotted names of changes that an error is about, if it says so."""
    told = f"{error.about}."
    named = ((name, f"{name.strip()}.") for name in names) if error.about else ()
    return [name for name, whole in named if told.startswith(whole) or whole.startswith(told)]


class Slips:
    """Slips that are collected: `with slips:` notes a BadInput and goes on behind the block.

    What is found wrong here and now is noted without one, by `slips.note(...)`.
    """

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
            self.note(error)
            return True
        return False

    def note(self, error: BadInput) -> None:
        """Note a slip, and those beside it after it."""
        self.found += [error, *error.others]
        error.others = ()

    @contextmanager
    def of(self, about: str) -> Iterator[None]:
        """Note as `with slips:` does, and of what the slips are where they do not say it."""
        before = len(self.found)
        with self:
            yield
        for slip in self.found[before:]:
            slip.about = slip.about or about

    def raise_first(self) -> None:
        """Raise the first slip, the lines of the others beside it, if there is any."""
        if self.found:
            first, *others = self.found
            first.others = tuple(others)
            raise first


# What systems say of files (strerror), so that other languages can say it too.
REASONS = (
    worded("Permission denied"),
    worded("Is a directory"),
    worded("Not a directory"),
    worded("No such file or directory"),
    worded("File name too long"),
    worded("Too many levels of symbolic links"),
    worded("Read-only file system"),
    worded("No space left on device"),
    worded("Input/output error"),
    worded("Operation not permitted"),
    worded("File exists"),
    worded("Directory not empty"),
    worded("Disk quota exceeded"),
    worded("File too large"),
    worded("Broken pipe"),
)
# Characters that nobody sees, as they most often come along; of others Unicode's name is said.
UNSEEN = {
    "\u200b": worded("zero width space"),
    "\u200c": worded("zero width non-joiner"),
    "\u200d": worded("zero width joiner"),
    "\u200e": worded("left-to-right mark"),
    "\u200f": worded("right-to-left mark"),
    "\u202a": worded("left-to-right embedding"),
    "\u202b": worded("right-to-left embedding"),
    "\u202c": worded("pop directional formatting"),
    "\u202d": worded("left-to-right override"),
    "\u202e": worded("right-to-left override"),
    "\u2066": worded("left-to-right isolate"),
    "\u2067": worded("right-to-left isolate"),
    "\u2068": worded("first strong isolate"),
    "\u2069": worded("pop directional isolate"),
    "\u2028": worded("line separator"),
    "\u2029": worded("paragraph separator"),
    "\u2060": worded("word joiner"),
    "\ufeff": worded("zero width no-break space"),
    "\u00ad": worded("soft hyphen"),
}
CONTROL = worded("a control character")


def bad(problem: str, file: str, row: int | None = None, column: str | None = None) -> BadInput:
    """A BadInput worded `file, row 5, column members: problem`. `row` is the editor's line."""
    if row is None and column is None:
        said = worded("{file}: {problem}", file=file, problem=problem)
    elif column is None:
        said = worded("{file}, row {row}: {problem}", file=file, row=row, problem=problem)
    elif row is None:
        said = worded(
            "{file}, column {column}: {problem}", file=file, column=column, problem=problem
        )
    else:
        said = worded(
            "{file}, row {row}, column {column}: {problem}",
            file=file, row=row, column=column, problem=problem,
        )  # fmt: skip
    return BadInput(one_line(said))


def bad_key(problem: str, file: str, key: str, row: int | None = None) -> BadInput:
    """A BadInput for TOML, worded `scenario.toml, row 12, key hazard.storm: problem`."""
    if row is None:
        said = worded("{file}, key {key}: {problem}", file=file, key=key, problem=problem)
    else:
        said = worded(
            "{file}, row {row}, key {key}: {problem}", file=file, row=row, key=key, problem=problem
        )
    return BadInput(one_line(said))


def one_line(text: str) -> str:
    """The text with every line break and control character turned into a space."""
    plain = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    if not isinstance(text, Worded):
        return plain
    return _worded(plain, text.template, text.blanks)


def swapped(text: str, old: str, new: str) -> str:
    """The text with other words in the place of some, wherever in it they stand."""
    if not isinstance(text, Worded):
        return text.replace(old, new)
    blanks = {k: swapped(v, old, new) if isinstance(v, str) else v for k, v in text.blanks.items()}
    template = text.template.replace(old, new)
    return _worded(template.format(**blanks), template, blanks)


def shown(value: object, limit: int = 60) -> str:
    """A value as an error shows it: one line, cut when long."""
    text = one_line(str(value))
    return text if len(text) <= limit else text[: limit - 1] + "…"


def reason(error: OSError) -> str:
    """Why a file cannot be read or written, as the system says it."""
    said = error.strerror or str(error)
    return next((text for text in REASONS if text == said), said)


def hidden(text: str) -> str:
    """What to say of the first character that nobody sees, such as U+200B; empty without one.

    Such characters come along when text is copied out of pages and chats. They make two words that
    look the same differ, turn the text beside them round, or spoil a picture's file.
    """
    for at, c in enumerate(text):
        if c not in _WHITE and unicodedata.category(c) in _UNSEEN:
            called = UNSEEN.get(c) or unicodedata.name(c, "").lower() or CONTROL
            number = f"U+{ord(c):04X}"
            if not text[:at].strip():
                return worded(
                    "holds a character that is not seen, {number} ({called}), at its beginning",
                    number=number, called=called,
                )  # fmt: skip
            return worded(
                "holds a character that is not seen, {number} ({called}), after '{before}'",
                number=number, called=called, before=shown(text[:at]),
            )  # fmt: skip
    return ""


def full_width(text: str) -> str:
    """The text in plain characters where it is written in full-width ones (１２); else empty."""
    plain = unicodedata.normalize("NFKC", text).strip()
    return plain if plain != text.strip() and plain.isascii() else ""


def no_parameter(name: object, valid: Iterable[str]) -> str:
    """What to say of a parameter that a scenario does not have."""
    if str(name).startswith(DERIVED):
        return worded(
            "{name} is used only when tables are derived (python -m "
            "anlan.scenarios.derivation.<district>), not in a run; change the tables themselves, "
            "such as roads.csv",
            name=shown(name),
        )
    return worded("no parameter {name}; {near}", name=shown(name), near=nearest(str(name), valid))


def nearest(word: str, valid: Iterable[str]) -> str:
    """`did you mean x?`, or else the valid words (a few of them)."""
    options = sorted(set(valid))
    close = difflib.get_close_matches(word, options, n=3, cutoff=_CLOSE)
    if close:
        best = _likeness(word, close[0])
        close = [c for c in close if _likeness(word, c) > best - _AS_GOOD]
        return worded("did you mean {words}?", words=either(close))
    if not options:
        return worded("there is none to choose from")
    words, left = ", ".join(options[:_SHOWN]), len(options) - _SHOWN
    if left > 0:
        return worded("valid: {words} and {left} more", words=words, left=left)
    return worded("valid: {words}", words=words)


def either(words: Sequence[str]) -> str:
    """`a or b or c`."""
    return reduce(lambda one, other: worded("{one} or {other}", one=one, other=other), words)


def all_of(words: Sequence[str]) -> str:
    """`a and b and c`."""
    return reduce(lambda one, other: worded("{one} and {other}", one=one, other=other), words)


def _likeness(a: str, b: str) -> float:
    return difflib.SequenceMatcher(None, b, a).ratio()
