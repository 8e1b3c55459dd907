"""Files that are there are whole: the one writer of all that is left in a folder."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

WRITTEN = "written.txt"  # among the parts: each file that was written beside them, a line a file

EDITED = (".docx",)  # what people go on writing in: of these a checksum is noted as well
BETWEEN = "\t"  # of a name and its checksum

_noting: dict[Path, tuple[Path, set[str]]] = {}  # folder -> (where it is noted, what is)


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Write to the path that this gives; it takes the real name only when all went well."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    _note(path)
    try:
        yield beside
        if path.suffix in EDITED:
            _note(path, sha256(beside.read_bytes()).hexdigest())
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


@contextmanager
def noted(parts: Path, home: Path) -> Iterator[None]:
    """Note, among the parts, each file that is written in a folder: what is ours may be removed."""
    _noting[home] = (parts, set(written(parts)))
    try:
        yield
    finally:
        del _noting[home]


def written(parts: Path) -> list[str]:
    """The files that were noted, as seen from the folder of the parts' own; no file twice."""
    try:
        text = (parts / WRITTEN).read_bytes().decode("utf-8", errors="replace")
    except OSError:
        return []
    return sorted({line.partition(BETWEEN)[0] for line in text.splitlines()})


def edited(parts: Path, file: str) -> bool:
    """Whether a file that was noted has been changed since by others."""
    try:
        lines = (parts / WRITTEN).read_text(encoding="utf-8", errors="replace").splitlines()
        now = sha256((parts.parent / file).read_bytes()).hexdigest()
    except OSError:
        return False
    sums = {s for name, _, s in (line.partition(BETWEEN) for line in lines) if s and name == file}
    return bool(sums) and now not in sums


def halves(home: Path, names: Iterable[str]) -> Iterator[Path]:
    """What a killed process left of files that it was writing."""
    for name in names:
        path = home / name
        for half in path.parent.glob(f".{glob.escape(path.name)}.*"):
            if half.name.rpartition(".")[2].isdecimal():
                yield half


def _note(path: Path, checksum: str = "") -> None:
    """Before it is written, so that none is ever missing."""
    if not _noting:
        return
    real = Path(os.path.realpath(path))
    for home, (parts, known) in _noting.items():
        if not real.is_relative_to(home) or real.is_relative_to(home / parts.name):
            continue
        name = real.relative_to(home).as_posix()
        name += BETWEEN + checksum if checksum else ""
        if name not in known:
            known.add(name)
            with (parts / WRITTEN).open("a", encoding="utf-8", newline="\n") as file:
                file.write(f"{name}\n")
