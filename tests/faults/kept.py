"""What the tests of kept results share: short runs, the command, and ways to damage a file."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tests.typed import SHORT, Result, study_text

ROOT = Path(__file__).resolve().parents[2]
STUDY = study_text(
    "two",
    2,
    outputs="""
[outputs]
ledgers = 1
tables = ["places", "breaks"]
""",
)
BAD_INPUT = 2


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
