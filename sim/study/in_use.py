"""A folder that somebody works in: held by one process at a time, and known by name.

The lock is the system's and goes with the process, however that ends: what a killed process left
behind blocks nobody.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from anlan.sim.scenario.errors import BadInput, worded
from anlan.sim.study.files import halves, noted, written
from anlan.sim.study.parts import PARTS, STAMP
from anlan.sim.study.tables import SORTING

LOCK = "in-use.json"  # among the parts
UNKNOWN = "?"

_held: dict[Path, int] = {}  # folder -> how often this process is at work there


class InUse(BadInput):
    """Another process is at work in the folder."""

    def __init__(self, folder: Path, user: dict[str, Any]) -> None:
        self.folder = folder
        self.user = {key: user.get(key, UNKNOWN) for key in ("pid", "host", "since")}
        super().__init__(
            worded(
                "{folder}: is in use by process {pid} on {host} since {since}; wait for it, stop "
                "it, or choose another folder",
                folder=folder,
                **self.user,
            )
        )


@contextmanager
def using(folder: Path) -> Iterator[None]:
    """Work in a folder of runs, alone. Raises InUse where another process does.

    The same process may come in again. Which files it writes meanwhile is noted.
    """
    home = Path(os.path.realpath(folder))
    if home in _held:
        yield
        return
    lock = _take(folder)
    _held[home] = lock
    try:
        _tidy(folder)
        with noted(folder / PARTS, home):
            yield
    finally:
        del _held[home]
        _give_back(folder / PARTS / LOCK, lock)


def check_unused(folder: Path) -> None:
    """Raise InUse where another process is at work in a folder; nothing is written."""
    path = folder / PARTS / LOCK
    if Path(os.path.realpath(folder)) in _held:
        return
    try:
        file = os.open(path, os.O_RDWR)
    except OSError:  # nobody ever was, or it is a copy that nobody may write to
        return
    try:
        if not _lock(file):
            raise InUse(folder, _user(path))
    finally:
        os.close(file)


def _take(folder: Path) -> int:
    path = folder / PARTS / LOCK
    path.parent.mkdir(parents=True, exist_ok=True)
    while True:
        file = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        if not _lock(file):
            os.close(file)
            raise InUse(folder, _user(path))
        with suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(file), path.stat()):
                break
        os.close(file)  # whoever had it took it away just now
    now = datetime.now().astimezone().isoformat(timespec="seconds")
    told = {"pid": os.getpid(), "host": socket.gethostname(), "since": now}
    os.ftruncate(file, 0)
    os.write(file, json.dumps(told).encode())
    return file


def _tidy(folder: Path) -> None:
    """Remove what a killed process had half written; nobody else is at work here."""
    parts = folder / PARTS
    for half in (*halves(folder, written(parts)), *halves(parts, (STAMP, "asked.json"))):
        half.unlink(missing_ok=True)
    shutil.rmtree(folder / SORTING, ignore_errors=True)


def _give_back(path: Path, file: int) -> None:
    """Without the file; of a folder in which nothing was written nothing stays."""
    with suppress(OSError):
        path.unlink()
    os.close(file)
    with suppress(OSError):
        path.unlink(missing_ok=True)  # where no open file can be removed
        path.parent.rmdir()


def _user(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


if sys.platform == "win32":
    import msvcrt

    BEYOND = 1 << 30  # the byte that is locked; those that tell who has it can be read

    def _lock(file: int) -> bool:
        """Have the system's lock of an open file; whether nobody else has it."""
        os.lseek(file, BEYOND, os.SEEK_SET)
        try:
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        finally:
            os.lseek(file, 0, os.SEEK_SET)
        return True

else:
    import fcntl

    def _lock(file: int) -> bool:
        """Have the system's lock of an open file; whether nobody else has it."""
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:  # a disk that knows no locks: then nobody can be told
            return True
        return True
