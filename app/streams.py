"""Standard output and the error stream, whatever they are: narrow, full, closed, or a pipe that
nobody reads any more.

A sign that the terminal's encoding lacks is replaced, never a traceback; a language whose letters
it lacks is refused in one line. Output that cannot be written ends the command with one line; a
line that the error stream does not take is lost.
"""

from __future__ import annotations

import codecs
import io
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

from anlan.analysis.words import FALLBACK, word
from anlan.analysis.words.errors import in_words
from anlan.sim.scenario.errors import BadInput, reason

REPLACING = "anlan.replacing"  # the name under which codecs know `_replaced`
# What stands in for a sign of our tables and texts where there is none of it.
PLAIN = {"–": "-", "—": "-", "·": "-", "…": "...", "≥": ">=", "≤": "<=", "×": "x", "’": "'"}
LOST = "?"


def _replaced(error: UnicodeError) -> tuple[str | bytes, int]:
    """The error handler of codecs: plain signs in the place of what cannot be encoded."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    wanting = error.object[error.start : error.end]
    return "".join(PLAIN.get(c, LOST) for c in wanting), error.end


codecs.register_error(REPLACING, _replaced)


class _Guarded(io.RawIOBase):
    """A raw stream that calls `failed` at the first write that goes wrong, and then takes all."""

    def __init__(self, raw: io.RawIOBase, failed: Callable[[OSError], None]) -> None:
        self._raw, self._failed = raw, failed
        self._broken = False

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._raw.fileno()

    def isatty(self) -> bool:
        return self._raw.isatty()

    def write(self, data: object, /) -> int | None:
        whole = memoryview(data)  # type: ignore[arg-type]
        if self._broken or not whole.nbytes:  # who asks whether it takes text writes nothing
            return whole.nbytes
        try:
            return self._raw.write(whole)
        except OSError as error:
            self._broken = True
            self._failed(error)
        return whole.nbytes


@contextmanager
def guarded(lang: str) -> Iterator[None]:
    """Both streams guarded. Raises BadInput where standard output is closed or takes no more."""

    def refuse(error: OSError) -> None:
        raise BadInput(word("cli.bad.output", lang, why=in_words(reason(error), lang)))

    _hold_places()
    before = sys.stdout, sys.stderr
    if sys.stderr is not None:
        sys.stderr = _guard(sys.stderr, lambda error: None)
    try:
        if sys.stdout is None:
            raise BadInput(word("cli.bad.output_closed", lang))
        if not _shows(sys.stdout, lang):
            encoding = sys.stdout.encoding
            raise BadInput(word("cli.bad.output_encoding", FALLBACK, encoding=encoding))
        sys.stdout = _guard(sys.stdout, refuse)
        yield
        sys.stdout.flush()
    finally:
        _leave(*before)


def _shows(stream: TextIO, lang: str) -> bool:
    """Whether a stream's encoding has the letters of a language, whatever its signs."""
    try:
        word("cli.cover.all", lang).encode(stream.encoding or "utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _leave(stdout: TextIO, stderr: TextIO) -> None:
    """The streams as they were; what is still to be written is written, if it can be."""
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:
                stream.flush()
        except (BadInput, OSError):
            continue
    sys.stdout, sys.stderr = stdout, stderr


def _guard(stream: TextIO, failed: Callable[[OSError], None]) -> TextIO:
    """A text stream over the same raw one; whatever else stands there (a test's) stays itself."""
    under = getattr(stream, "buffer", None)
    raw = getattr(under, "raw", under)  # with PYTHONUNBUFFERED there is nothing between the two
    if type(stream) is not io.TextIOWrapper or not isinstance(raw, io.RawIOBase):
        return stream
    stream.flush()
    guarded_raw = _Guarded(raw, failed)
    return io.TextIOWrapper(
        guarded_raw if raw is under else io.BufferedWriter(guarded_raw),  # type: ignore[type-var]
        encoding=stream.encoding,
        errors=REPLACING,
        newline="\n" if os.linesep == "\n" else None,
        line_buffering=stream.line_buffering,
        write_through=stream.write_through,
    )


def _hold_places() -> None:
    """Keep the numbers 0, 1 and 2 taken: a file that was opened under one of them would get what
    a library prints.
    """
    while True:
        number = os.open(os.devnull, os.O_RDWR)
        if number > 2:
            os.close(number)
            return


def can_show(text: str) -> bool:
    """Whether the error stream has every character of a text."""
    try:
        text.encode(getattr(sys.stderr, "encoding", None) or "utf-8")
    except UnicodeEncodeError:
        return False
    return True
