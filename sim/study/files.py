"""Files that are there are whole: the one writer of all that is left in a folder.

What somebody has gone on writing in since is never written over: it is kept beside.
"""

from __future__ import annotations

import glob
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from hashlib import file_digest
from itertools import count
from pathlib import Path

WRITTEN = "written.txt"  # among the parts: each file that was written beside them, a line a file

# What people go on writing in, in Word, Excel, WPS and QGIS (whose styles go into .qml and .gpkg):
# of these a checksum is noted as well.
EDITED = (".docx", ".xlsx", ".csv", ".html", ".qml", ".geojson", ".gpkg")
BETWEEN = "\t"  # of a name and its checksum

# Who is told where a file that somebody has changed goes, and what it is called from then on.
telling: list[Callable[[Path, Path], None]] = []

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
            _note(path, _sum(beside))
            _keep(path)
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
    _noting[home] = (parts, set(_lines(parts)))
    try:
        yield
    finally:
        del _noting[home]


def written(parts: Path) -> list[str]:
    """The files that were noted, as seen from the folder of the parts' own; no file twice."""
    return sorted({line.partition(BETWEEN)[0] for line in _lines(parts)})


def _lines(parts: Path) -> list[str]:
    """What was noted, as it was: a name, or a name and a checksum."""
    try:
        return (parts / WRITTEN).read_bytes().decode("utf-8", errors="replace").splitlines()
    except OSError:
        return []


def edited(parts: Path, file: str) -> bool:
    """Whether a file that was noted has been changed since by others."""
    noted_sums = (line.partition(BETWEEN) for line in _lines(parts))
    sums = {checksum for name, _, checksum in noted_sums if checksum and name == file}
    try:
        return bool(sums) and _sum(parts.parent / file) not in sums
    except OSError:
        return False


def set_aside(path: Path) -> Path:
    """Give a file that somebody has changed a name that nobody writes to, and tell of it."""
    names = (path.with_name(f"{path.stem}.kept-{n}{path.suffix}") for n in count(1))
    aside = next(name for name in names if not os.path.lexists(name))
    os.rename(path, aside)
    for tell in telling:
        tell(path, aside)
    return aside


def _keep(path: Path) -> None:
    """Set aside what stands where something is written, if somebody has changed it since."""
    real = Path(os.path.realpath(path))
    for home, (parts, _) in _noting.items():
        if real.is_relative_to(home) and edited(parts, real.relative_to(home).as_posix()):
            set_aside(path)
            return


def _sum(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


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
