"""Killed, told to end, or stopped by hand at any moment: said in a line, and gone on with."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

import numpy as np
import pytest

from anlan.sim.study import PARTS
from tests.faults.kept import BAD_INPUT, program, run_of, started
from tests.typed import Command, tables

pytestmark = pytest.mark.skipif(os.name != "posix", reason="sends signals")
STOPPED, ALL = 130, 3


def begun(out: Path, process: subprocess.Popen[str], deadline_s: float = 120.0) -> None:
    """Wait for the first finished part."""
    deadline = time.monotonic() + deadline_s
    while not list((out / PARTS).glob("variants-*")) and time.monotonic() < deadline:
        assert process.poll() is None, process.communicate()[1]
        time.sleep(0.02)


def alone(process: subprocess.Popen[str], deadline_s: float = 60.0) -> bool:
    """Whether all of a process's session end, the workers too."""
    deadline = time.monotonic() + deadline_s
    while time.monotonic() < deadline:
        try:
            os.killpg(process.pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


def heard(process: subprocess.Popen[str]) -> None:
    """It says in its last line that it can be gone on with, and nothing of where it was."""
    _, err = process.communicate(timeout=120)
    assert process.returncode == STOPPED, err
    assert "Traceback" not in err
    assert err.splitlines()[-1].startswith("anlan: stopped; finished runs are kept"), err
    assert alone(process)


def signalled(out: Path, number: signal.Signals, group: bool, workers: int) -> None:
    process = started(run_of(out, 200, workers=workers))
    begun(out, process)
    if group:
        os.killpg(process.pid, number)
    else:
        process.send_signal(number)
    heard(process)


@pytest.mark.long
def test_sigterm_is_a_line_and_the_workers_go_too(tmp_path: Path) -> None:
    """As `kill` and batch systems send it: to the command alone."""
    signalled(tmp_path / "out", signal.SIGTERM, False, 2)


@pytest.mark.long
@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("group", [True, False])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_any_way_to_be_told_to_end(
    number: signal.Signals, group: bool, workers: int, tmp_path: Path
) -> None:
    signalled(tmp_path / "out", number, group, workers)


@pytest.mark.long
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_told_to_end_at_any_moment(
    number: signal.Signals, anlan: Command, finished: dict[str, Path], tmp_path: Path
) -> None:
    """From its first imports to its pictures: no traceback, and what it says is so."""
    out, draw = tmp_path / "out", np.random.default_rng(5)
    for delay in [0.15, 0.3, 0.6, *draw.uniform(0.5, 12.0, 10)]:
        process = started(run_of(out, ALL, workers=2))
        time.sleep(float(delay))
        os.killpg(process.pid, number)
        _, err = process.communicate(timeout=120)
        assert "Traceback" not in err, (delay, err)
        assert process.returncode in (0, 1, 3, STOPPED, -number), (delay, err)
        assert alone(process)
    assert anlan(*run_of(out)).code in (0, 1, 3)
    assert tables(out) == tables(finished["run"])


def killed(out: Path, delay_s: float) -> int:
    process = subprocess.Popen(
        program(*run_of(out, ALL, workers=2)), start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    time.sleep(delay_s)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert alone(process)
    return process.returncode


@pytest.mark.long
def test_killed_at_random_moments_again_and_again(
    anlan: Command, finished: dict[str, Path], tmp_path: Path
) -> None:
    """In one folder: whatever was left there, what comes out is what comes out at once."""
    out, draw = tmp_path / "out", np.random.default_rng(26)
    for _ in range(12):
        killed(out, float(draw.uniform(0.5, 12.0)))
        code = anlan("report", out).code  # finished or not, nothing is taken for what it is not
        assert code in (0, 1, 3, BAD_INPUT)
        if code != BAD_INPUT:
            assert tables(out) == tables(finished["run"])
    assert anlan(*run_of(out)).code in (0, 1, 3)
    assert tables(out) == tables(finished["run"])
    left = [p for p in out.rglob(".*") if p.name != PARTS]
    assert left == []
