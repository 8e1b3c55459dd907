"""What the tests of kept results share: short runs, the command, and ways to damage a file."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from anlan.sim.study import PARTS

ROOT = Path(__file__).resolve().parents[2]
# six hours round the storm: a run takes some hundredths of a second
SHORT = ("--set", "settings.duration_h=6", "--set", "settings.start_before_closest_h=4")
STUDY = """
[study]
id = "two"
question = { zh = "水够吗", en = "Is there enough water?" }
scenario = "tiny"
replications = 2

[set]
"settings.duration_h" = 6
"settings.start_before_closest_h" = 4

[[factor]]
name = "stock.store-1.water_ml"
values = [0, 60000]

[design]
kind = "grid"

[outputs]
ledgers = 1
tables = ["places", "breaks"]
"""
BAD_INPUT = 2


class Result(NamedTuple):
    """What a command printed and the code that it ended with."""

    code: int
    out: str
    err: str


Command = Callable[..., Result]


def refused(result: Result, *words: str) -> None:
    """One line on the error stream, exit code 2, no traceback."""
    assert result.code == BAD_INPUT, result
    assert len(result.err.splitlines()) == 1, result.err
    for word in words:
        assert word in result.err


def run_of(out: Path | str, runs: int = 3, *more: str, workers: int = 1) -> list[str]:
    """The command line of some short runs."""
    counts = ["--runs", str(runs), "--workers", str(workers), "--keep-ledgers", "1"]
    return ["run", "tiny", *counts, *SHORT, "--out", str(out), *more]


def program(*arguments: str) -> list[str]:
    """The command in a process of its own."""
    return [sys.executable, "-m", "anlan.app", *arguments]


def started(arguments: list[str], **more: object) -> subprocess.Popen[str]:
    """The command in a process and a session of its own, in English."""
    return subprocess.Popen(  # type: ignore[call-overload, no-any-return]
        program(*arguments), cwd=ROOT, env=os.environ | {"LC_ALL": "C.UTF-8"}, text=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True, **more,
    )  # fmt: skip


def tables(folder: Path) -> dict[str, bytes]:
    """Every merged file of a folder, byte for byte; the manifest tells the time and is left out."""
    files = [f for f in folder.rglob("*") if f.suffix in (".parquet", ".csv", ".json")]
    return {
        f.relative_to(folder).as_posix(): f.read_bytes()
        for f in files
        if not {PARTS, "figures"} & set(f.parts) and f.name != "manifest.json"
    }


def flip(path: Path, at: float = 0.5) -> None:
    """Turn one bit of a file over, `at` from its beginning (0) to its end (1)."""
    data = bytearray(path.read_bytes())
    bit = min(int(at * 8 * len(data)), 8 * len(data) - 1)
    data[bit // 8] ^= 1 << bit % 8
    path.write_bytes(bytes(data))


def cut_short(path: Path) -> None:
    """Leave half of a file."""
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])


DAMAGES: dict[str, Callable[[Path], None]] = {
    "flipped": flip,
    "cut short": cut_short,
    "emptied": lambda path: path.write_bytes(b"") and None,
    "gone": Path.unlink,
}
