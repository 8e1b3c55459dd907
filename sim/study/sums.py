"""Checksums of what lies in a folder, so that a flipped bit is met before a number is read.

The file is one that `sha256sum --check` reads. Its last line is a checksum of those above it, so
that the file itself may be damaged without an innocent file being blamed.
"""

from __future__ import annotations

import errno
import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from anlan.sim.scenario.errors import BadInput, worded
from anlan.sim.study.files import write_text

SUMS = "SHA256SUMS"
SEAL = "# the lines above: "  # `sha256sum` passes over what begins with #
SEALED = "sha256"  # the key of a JSON file of ours that holds the checksum of its others
# What is no more where it was, or on a disk that has forgotten it; whatever else goes wrong is told
# as it is.
LOST = {errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.EIO, errno.ELOOP}

_known: dict[Path, tuple[tuple[int, int, int], str]] = {}


class Spoilt(BadInput):
    """A file that is missing, or not what it was when it was written."""

    def __init__(self, path: Path, advice: str) -> None:
        super().__init__(worded("{path}: is missing or spoilt; {advice}", path=path, advice=advice))
        self.path = path


def write_sums(folder: Path, files: Iterable[str]) -> None:
    """Write the checksums of some files of a folder, named as seen from it."""
    lines = "".join(f"{_sha256(folder / name)}  {name}\n" for name in sorted(files))
    write_text(folder / SUMS, f"{lines}{SEAL}{_of_text(lines)}\n")


def read_sums(folder: Path) -> dict[str, str] | None:
    """File -> checksum of a folder; None where they are missing or spoilt."""
    try:
        text = (folder / SUMS).read_bytes().decode("utf-8")
    except (OSError, ValueError) as error:
        if isinstance(error, OSError) and error.errno not in LOST:
            raise
        return None
    lines, _, seal = text.rpartition(SEAL)
    if not seal or seal != f"{_of_text(lines)}\n":
        return None
    pairs = (line.split("  ", 1) for line in lines.splitlines())
    return {name: found for found, name in pairs}


def is_sound(path: Path, wanted: str) -> bool:
    """Whether a file is there and has its checksum. One that was looked at is not read again."""
    try:
        stat = path.stat()
        now = (stat.st_size, stat.st_mtime_ns, stat.st_ino)
        before = _known.get(path)
        if before is None or before[0] != now:
            before = _known[path] = (now, _sha256(path))
    except OSError as error:
        if error.errno not in LOST:
            raise
        return False
    return before[1] == wanted


def first_spoilt(folder: Path, sums: Mapping[str, str] | None = None) -> str | None:
    """The first file of a folder that is missing or not what it was; None where all is well."""
    sums = read_sums(folder) if sums is None else sums
    if sums is None:
        return SUMS
    return next(
        (name for name, wanted in sums.items() if not is_sound(folder / name, wanted)), None
    )


def write_sealed(path: Path, told: Mapping[str, Any]) -> None:
    """Write a JSON file that holds its own checksum."""
    write_text(path, json.dumps({**told, SEALED: _seal(told)}, ensure_ascii=False))


def read_sealed(path: Path) -> dict[str, Any] | None:
    """What such a file says; None where there is none. Raises Spoilt.

    One without a checksum is of an older version. Raises OSError where it is not ours to read.
    """
    try:
        found = json.loads(path.read_bytes().decode("utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError, RecursionError) as error:
        if isinstance(error, OSError) and error.errno not in LOST:
            raise
        raise _unreadable(path) from None
    if not isinstance(found, dict):
        raise _unreadable(path)
    seal = found.pop(SEALED, None)
    if seal is not None and seal != _seal(found):
        raise _unreadable(path)
    return found


def _unreadable(path: Path) -> Spoilt:
    return Spoilt(
        path, worded("whose runs these are is not known: play them anew with --overwrite")
    )


def _seal(told: Mapping[str, Any]) -> str:
    return _of_text(json.dumps(told, sort_keys=True))


def _of_text(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
