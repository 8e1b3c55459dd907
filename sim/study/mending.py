"""Parts that are damaged: found by their checksums, and taken away so that they are played anew."""

from __future__ import annotations

import os
import shutil
import socket
import warnings
from collections.abc import Callable
from pathlib import Path

from anlan.sim.scenario.errors import worded
from anlan.sim.study.parts import MAKING, PARTS, Chunk, finished
from anlan.sim.study.sums import SUMS, Spoilt, first_spoilt, read_sums

Told = Callable[[Chunk, str], None]  # of what part which file was spoilt


def spoilt_in(home: Path, chunk: Chunk, old: bool = False) -> str | None:
    """The file of a part that is missing, not what it was, or none of its own; None: all is well.

    `old`: one without checksums is taken as it is; it was made before there were any.
    """
    folder = home / PARTS / chunk.name
    if old and folder.is_dir() and not (folder / SUMS).exists():
        return None
    sums = read_sums(folder)
    if sums is None:
        return SUMS
    strange = {path.name for path in folder.iterdir()} - set(sums) - {SUMS}
    return min(strange) if strange else first_spoilt(folder, sums)


def check_parts(home: Path) -> None:
    """Raise Spoilt for a finished part that is damaged."""
    for chunk in finished(home):
        file = spoilt_in(home, chunk)
        if file is not None:
            raise Spoilt(
                home / PARTS / chunk.name / file,
                worded(
                    "the command that played these {runs:,} runs plays them anew", runs=chunk.size
                ),
            )


def mend(home: Path, told: Told | None = None, old: bool = False) -> None:
    """Take away the finished parts that are damaged and tell of each; their runs are missing then.

    `old` is that of `spoilt_in`.
    """
    for chunk in finished(home):
        file = spoilt_in(home, chunk, old)
        if file is not None:
            (told or _warn)(chunk, file)
            _take_away(home / PARTS / chunk.name)


def _warn(chunk: Chunk, file: str) -> None:
    warnings.warn(
        f"{PARTS}/{chunk.name}/{file} is missing or spoilt; its {chunk.size:,} runs are played "
        "anew",
        stacklevel=2,
    )


def _take_away(path: Path) -> None:
    """Out of the way at once; what is left when we are killed meanwhile is swept like a half."""
    aside = path.with_name(f"{MAKING}{socket.gethostname()}-{os.getpid()}-{path.name}")
    os.replace(path, aside)
    if aside.is_dir() and not aside.is_symlink():
        shutil.rmtree(aside)
    else:
        aside.unlink()
