"""Files that are there are whole: the one writer of all that is left in a folder."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Write to the path that this gives; it takes the real name only when all went well."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        yield beside
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)


MARK = "\ufeff"  # by which Excel and WPS know that a table is in UTF-8


def write_table(path: Path, text: str) -> None:
    """Write a table that people open (CSV) with the mark of its encoding, whole or not at all."""
    write_text(path, MARK + text)


def write_text(path: Path, text: str) -> None:
    """Write a text in UTF-8 with plain line ends, whole or not at all."""
    with whole(path) as beside:
        beside.write_bytes(text.encode("utf-8"))
